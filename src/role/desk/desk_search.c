#include "role/desk/desk_search.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/secret.h"
#include "base/span.h"
#include "io/digest.h"
#include "io/log.h"
#include "wire/count_line.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WAIT_NS (DESK_SEARCH_WAIT_S * 1000000000ULL)

_Static_assert((u32)DESK_FIELD_NAME == COUNT_LINE_NAME &&
                   (u32)DESK_FIELD_BIRTH_DATE == COUNT_LINE_BIRTH_DATE &&
                   (u32)DESK_FIELD_DOCUMENT == COUNT_LINE_DOCUMENT &&
                   (u32)DESK_FIELD_EMAIL == COUNT_LINE_EMAIL &&
                   (u32)DESK_FIELD_PHONE == COUNT_LINE_PHONE &&
                   (u32)DESK_FIELD_ACCOUNT == COUNT_LINE_ACCOUNT,
               "the line has the desk's fields");
_Static_assert(COUNT_LINE_CASE_BYTES == DESK_NAME_BYTES &&
                   COUNT_LINE_HASH_BYTES == DESK_HASH_BYTES &&
                   COUNT_LINE_MATTER_BYTES == SHA256_BYTES &&
                   COUNT_LINE_HASHES_MAX >= DESK_SUBJECTS_MAX,
               "and its names and hashes");

struct desk_search {
    int line; /* 0 and below: none, or nobody is heard any more */
    struct clock *clock;
    struct sha256 sha256;
    struct desk_search_counts counts;
    u64 id;                    /* of the last question; 0: there was none */
    const char *state;         /* of it */
    u64 until_ns;              /* while it waits */
    u8 name[DESK_NAME_BYTES];  /* its case, */
    u8 grant[DESK_HASH_BYTES]; /* what was approved of it, */
    u8 matter[SHA256_BYTES];   /* and what the log's event of the look-up carries */
};

static const char waits[] = "waits";

static bool is_waiting(const struct desk_search *search)
{
    return search->state == waits;
}

/* ---- the question ---- */

static const char *rule_text(enum desk_rule rule, char text[FAULT_TEXT_BYTES])
{
    (void)snprintf(text, FAULT_TEXT_BYTES, "%s: %s", desk_rule_name(rule), desk_rule_why(rule));
    return text;
}

/* Whether the case is at its count. The rules look once more when the number is there. */
static enum desk_rule rule_of(const struct desk_case *at, u64 now_s)
{
    if (at->class != DESK_CLASS_SEARCH || at->is_counted) {
        return DESK_RULE_REQUEST;
    }
    if (at->state != DESK_STATE_LOGGED) {
        return DESK_RULE_STATE;
    }
    if (now_s < at->logged_s + DESK_BULK_WAIT_S) {
        return DESK_RULE_WAIT;
    }
    return now_s >= at->grant_until_s ? DESK_RULE_EXPIRED : DESK_RULE_NONE;
}

/* "1 FIELD VALUE". */
static bool value_take(struct span line, struct count_line_value *value)
{
    const u8 *blank = line.size <= 2 ? NULL : memchr(line.data + 2, ' ', line.size - 2);
    if (blank == NULL || memcmp(line.data, "1 ", 2) != 0) {
        return false;
    }
    size_t head = (size_t)(blank - line.data);
    value->field = (u8)desk_word_number(DESK_WORDS_FIELD, span_of(line.data + 2, head - 2));
    value->bytes = span_after(line, head + 1);
    return value->field != 0;
}

static bool values_take(struct span paper, struct count_line_ask *ask)
{
    struct span line;
    while (span_cut_line(&paper, &line)) {
        if (ask->values_count == COUNT_LINE_VALUES_MAX ||
            !value_take(line, &ask->values[ask->values_count])) {
            return false;
        }
        ask->values_count += 1;
    }
    if (ask->values_count == 2 && ask->values[0].field == COUNT_LINE_BIRTH_DATE) {
        struct count_line_value first = ask->values[0];
        ask->values[0] = ask->values[1];
        ask->values[1] = first;
    }
    return paper.size == 0 && count_line_values_fit(ask->values, ask->values_count);
}

/* SHA-256 of a text that names case and approved text: whoever has the acts makes it too. */
static void matter_make(struct desk_search *search, const struct desk_case *at)
{
    char name[2 * DESK_NAME_BYTES + 1];
    char grant[2 * DESK_HASH_BYTES + 1];
    char text[256];
    int size = snprintf(text, sizeof(text), "cambist search v1\ncase: %s\ngrant: %s\n",
                        bytes_to_hex(at->name, sizeof(at->name), name),
                        bytes_to_hex(at->grant, sizeof(at->grant), grant));
    CHECK(size > 0 && (size_t)size < sizeof(text));
    sha256_begin(&search->sha256);
    sha256_add(&search->sha256, span_of(text, (size_t)size));
    sha256_end(&search->sha256, search->matter);
}

static void subjects_take(const struct desk_case *at, struct count_line_ask *ask)
{
    ask->hashes_count = at->subjects_count;
    for (u32 i = 0; i < at->subjects_count; i += 1) {
        ask->hashes[i].field = at->subjects[i].field;
        memcpy(ask->hashes[i].hash, at->subjects[i].hash, sizeof(ask->hashes[i].hash));
    }
}

/* False: the line takes no more. */
static bool ask_send(struct desk_search *search, const struct count_line_ask *ask)
{
    u8 message[COUNT_LINE_ASK_MAX];
    u32 size = count_line_ask_write(ask, message);
    bool is_sent = write(search->line, message, size) == (ssize_t)size;
    secret_wipe(message, sizeof(message));
    return is_sent;
}

enum fault desk_search_ask(struct desk_search *search, const struct desk_case *at,
                           struct span paper, u64 now_s)
{
    char text[FAULT_TEXT_BYTES];
    struct count_line_ask ask = {.values_count = 0};
    enum desk_rule rule = rule_of(at, now_s);
    if (rule != DESK_RULE_NONE) {
        return FAULT(FAULT_REFUSED, "%s", rule_text(rule, text));
    }
    if (search->line <= 0) {
        return FAULT(FAULT_REFUSED, "away: there is no vault that counts");
    }
    if (is_waiting(search)) {
        return FAULT(FAULT_REFUSED, "busy: another search is being counted");
    }
    if (!values_take(paper, &ask)) {
        return FAULT(FAULT_INPUT, "not a line \"1 FIELD VALUE\", or a name and a birth date");
    }
    /* Above those of the process's lives before, whose answers may still be under way. */
    search->id = u64_max(search->id + 1, clock_wall_us(search->clock));
    matter_make(search, at);
    memcpy(search->name, at->name, sizeof(search->name));
    memcpy(search->grant, at->grant, sizeof(search->grant));
    ask.id = search->id;
    memcpy(ask.name, at->name, sizeof(ask.name));
    memcpy(ask.matter, search->matter, sizeof(ask.matter));
    subjects_take(at, &ask);
    search->state = ask_send(search, &ask) ? waits : "away";
    search->until_ns = clock_mono_ns(search->clock) + WAIT_NS;
    return FAULT_NONE;
}

const char *desk_search_state(const struct desk_search *search, const struct desk_case *at)
{
    if (at->is_counted) {
        return "counted";
    }
    bool is_it = search->id > 0 && memcmp(search->name, at->name, sizeof(at->name)) == 0;
    return is_it ? search->state : "none";
}

/* ---- the answer ---- */

/* A number: the process's act, if what was asked for is still what was approved. */
static enum fault counted(struct desk_search *search, struct desk_store *store,
                          const struct desk_staff *staff, u64 now_s, u32 people)
{
    const struct desk_case *at = desk_case(desk_store_desk(store), search->name);
    struct desk_act act = {.kind = DESK_ACT_COUNTED, .count = people};
    enum desk_rule rule = DESK_RULE_NONE;
    search->state = "refused";
    if (at == NULL || memcmp(at->grant, search->grant, sizeof(at->grant)) != 0) {
        return FAULT_NONE;
    }
    memcpy(act.name, search->name, sizeof(act.name));
    memcpy(act.evidence, search->matter, sizeof(act.evidence));
    enum fault fault = desk_store_process(store, &act, staff, now_s, &rule);
    if (fault == FAULT_REFUSED) {
        log_warn("desk.refused", LOG_STR("act", "counted"), LOG_STR("rule", desk_rule_name(rule)));
        fault_forget();
        return FAULT_NONE;
    }
    TRY(fault);
    search->state = "counted";
    search->counts.counted += 1;
    log_info("desk.counted");
    return FAULT_NONE;
}

/* No `keep` of ours is at the other end any more: nobody is asked until the desk is started anew.
 */
static void line_end(struct desk_search *search)
{
    log_error("desk.search_ended", LOG_STR("cause", "an answer that keep does not give"));
    search->counts.wrong = 1;
    search->line = -1;
    search->state = is_waiting(search) ? "away" : search->state;
}

static enum fault answer_take(struct desk_search *search, struct desk_store *store,
                              const struct desk_staff *staff, u64 now_s, struct span message)
{
    struct count_line_answer answer;
    if (!count_line_answer_read(message, &answer)) {
        line_end(search);
        return FAULT_NONE;
    }
    if (answer.id != search->id || !is_waiting(search)) {
        return FAULT_NONE; /* it came too late: each question has its own number */
    }
    switch ((enum count_line_code)answer.code) {
    case COUNT_LINE_OK:
        return counted(search, store, staff, now_s, answer.people);
    case COUNT_LINE_OTHER:
        search->state = "other";
        return FAULT_NONE;
    case COUNT_LINE_FORM:
        search->state = "form";
        return FAULT_NONE;
    case COUNT_LINE_LIMIT:
        search->state = "limit";
        return FAULT_NONE;
    }
    return FAULT_NONE;
}

enum fault desk_search_turn(struct desk_search *search, struct desk_store *store,
                            const struct desk_staff *staff, u64 now_s, bool *busy_out)
{
    u8 message[COUNT_LINE_ANSWER_BYTES + 1]; /* one byte more: what is longer shows */
    ssize_t size = search->line > 0 ? read(search->line, message, sizeof(message)) : 0;
    if (size > 0) {
        *busy_out = true;
        return answer_take(search, store, staff, now_s, span_of(message, (size_t)size));
    }
    if (is_waiting(search) && clock_mono_ns(search->clock) >= search->until_ns) {
        search->state = "away";
        log_warn("desk.search_away");
    }
    return FAULT_NONE;
}

/* ---- the whole ---- */

enum fault desk_search_open(struct desk_search **search_out, int line, struct clock *clock)
{
    *search_out = NULL;
    struct desk_search *search = calloc(1, sizeof(struct desk_search));
    if (search == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for the count of searches");
    }
    search->line = line;
    search->clock = clock;
    search->state = "none";
    int flags = line > 0 ? fcntl(line, F_GETFL) : 0;
    enum fault fault = sha256_open(&search->sha256);
    if (fault == FAULT_NONE && line > 0 &&
        (flags < 0 || fcntl(line, F_SETFL, flags | O_NONBLOCK) != 0)) {
        fault = FAULT_ERRNO(errno, "the line to keep");
    }
    if (fault != FAULT_NONE) {
        desk_search_close(search);
        return fault;
    }
    *search_out = search;
    return FAULT_NONE;
}

void desk_search_close(struct desk_search *search)
{
    if (search == NULL) {
        return;
    }
    sha256_close(&search->sha256);
    free(search);
}

struct desk_search_counts desk_search_counts(const struct desk_search *search)
{
    return search->counts;
}
