/* A line to the queue's socket: it is taken whole or refused by name, and either way the answer is
 * one line of JSON within its bounds. */
#include "base/check.h"
#include "base/span.h"
#include "role/cases/case_answer.h"
#include "tests/fuzz/fuzz.h"
#include "wire/json_pull.h"
#include "wire/schema.h"

#include <stdlib.h>
#include <string.h>

enum { CASES = 6, ANSWER_BYTES = 2000 };

static const u8 venue[CASE_VENUE_BYTES] = {1};
static struct case_store *store;
static struct case_view *view;
static struct case_holidays holidays;

/* Persons 1 to 6 with a case each, so that answers have rows, and more than fit. */
static void tell_cases(void)
{
    for (u32 i = 1; i <= CASES; i += 1) {
        struct {
            struct event_applied applied;
            struct command_case_act command;
        } event = {.applied = {.head = {.kind = EVENT_APPLIED,
                                        .units = sizeof(event) / WIRE_UNIT,
                                        .seq = i}},
                   .command = {.head = {.kind = COMMAND_CASE_ACT,
                                        .units = sizeof(event.command) / WIRE_UNIT,
                                        .source = 1},
                               .person = i,
                               .officer = 11,
                               .act = CASE_ACT_OPEN}};
        CHECK(case_store_begin(store) == FAULT_NONE);
        CHECK(case_store_apply(store, span_of(&event, sizeof(event)), i, i) == FAULT_NONE);
        CHECK(case_store_commit(store, i) == FAULT_NONE);
    }
}

static void begin(void)
{
    struct case_store_options options = {.path = ":memory:",
                                         .access = SQL_WRITE,
                                         .venue = venue,
                                         .disk = disk_real(),
                                         .packs = "tests/fuzz/corpus/pack_text"};
    CHECK(case_store_open(&store, &options) == FAULT_NONE);
    CHECK(case_view_create(&view, disk_real(), options.packs, ANSWER_BYTES) == FAULT_NONE);
    tell_cases();
    u64 open = 0;
    u64 late = 0;
    CHECK(case_query_counts(store, CASES, &open, &late) == FAULT_NONE && open == CASES);
}

static void check_json(struct span answer)
{
    struct json_pull pull;
    enum json_token token = JSON_TOKEN_NULL;
    CHECK(answer.size > 0 && answer.size < ANSWER_BYTES);
    CHECK(memchr(answer.data, '\n', answer.size) == NULL);
    json_pull_begin(&pull, answer);
    while (token != JSON_TOKEN_END) {
        token = json_pull_next(&pull);
        CHECK(token != JSON_TOKEN_BAD);
    }
}

static void check_ask(const struct case_ask *ask)
{
    CHECK(ask->kind > 0 && ask->kind < CASE_ASK_KINDS_COUNT);
    CHECK(ask->limit > 0 && ask->limit <= CASE_ASK_ROWS_MAX);
    CHECK(ask->kind != CASE_ASK_INBOX || ask->limit <= CASE_ASK_NOTICES_MAX);
    CHECK(ask->kind != CASE_ASK_SHOW || (ask->matter > 0 && ask->matter <= INT64_MAX));
    CHECK(ask->language < LANGUAGES_COUNT);
    CHECK(ask->filter.kind < CASE_KIND_COUNT && ask->filter.state < CASE_STATE_COUNT);
    CHECK(ask->at_us <= INT64_MAX && ask->filter.due_us <= INT64_MAX);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    struct case_ask ask;
    struct case_refusal refusal;
    struct span answer = {.data = NULL};
    bool is_refused = false;
    /* The exact size, so that a sanitizer sees one byte read too many. */
    u8 *line = malloc(size + (size == 0));
    CHECK(line != NULL);
    if (size > 0) {
        memcpy(line, data, size);
    }
    if (store == NULL) {
        begin();
    }
    if (case_ask_read(span_of(line, size), &ask, &refusal)) {
        CHECK(size <= CASE_ASK_BYTES_MAX);
        check_ask(&ask);
        CHECK(case_answer(view, store, &holidays, &ask, &answer, &is_refused) == FAULT_NONE);
    } else {
        CHECK(refusal.reason[0] != 0);
        answer = case_answer_refusal(view, &refusal);
    }
    check_json(answer);
    free(line);
    return 0;
}
