/* A chunk of events from outside: the officers' queue takes it or refuses it, and after a refusal
 * nothing of it is there. What it took can be asked for and printed. */
#include "base/check.h"
#include "base/span.h"
#include "role/cases/case_query.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

enum { ACCOUNTS = 8, ROWS = 50 };

static const u8 venue[CASE_VENUE_BYTES] = {1};

static void ask_notices(struct case_store *store)
{
    static struct case_notice_row notices[ROWS];
    static struct notice_text text;
    u32 count = 0;
    for (u32 account = 0; account < ACCOUNTS; account += 1) {
        CHECK(case_query_notices(store, account, NULL, ROWS, notices, &count) == FAULT_NONE);
        for (u32 i = 0; i < count; i += 1) {
            notice_print(&notices[i].notice, NULL, NULL, LANGUAGE_FR, &text);
            CHECK(text.count > 0);
        }
    }
}

static u32 ask(struct case_store *store)
{
    static struct case_row rows[ROWS];
    static struct case_act_row acts[ROWS];
    struct case_filter filter = {.limit = ROWS};
    u32 count = 0;
    u32 acts_count = 0;
    CHECK(case_query_list(store, &filter, rows, &count) == FAULT_NONE);
    for (u32 i = 0; i < count; i += 1) {
        CHECK(rows[i].kind > 0 && rows[i].kind < CASE_KIND_COUNT);
        CHECK(rows[i].state > 0 && rows[i].state < CASE_STATE_COUNT);
        CHECK((rows[i].closed_us != 0) == (rows[i].state == CASE_STATE_CLOSED));
        CHECK(case_query_acts(store, rows[i].matter, 0, ROWS, acts, &acts_count) == FAULT_NONE);
        (void)case_due_us(&rows[i], NULL);
    }
    ask_notices(store);
    return count;
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    struct case_store *store = NULL;
    struct projection_point point;
    struct case_store_options options = {.path = ":memory:",
                                         .access = SQL_WRITE,
                                         .venue = venue,
                                         .disk = disk_real(),
                                         .packs = "tests/fuzz/corpus/pack_text"};
    /* The exact size, so that a sanitizer sees one byte read too many. */
    u8 *events = malloc(size + (size == 0));
    CHECK(events != NULL);
    if (size > 0) {
        memcpy(events, data, size);
    }
    CHECK(case_store_open(&store, &options) == FAULT_NONE);
    CHECK(case_store_begin(store) == FAULT_NONE);
    bool is_taken = case_store_apply(store, span_of(events, size), 9, 5000000) == FAULT_NONE;
    if (is_taken) {
        CHECK(case_store_commit(store, size) == FAULT_NONE);
    } else {
        case_store_abandon(store);
    }
    CHECK(case_store_point(store, &point) == FAULT_NONE);
    CHECK(point.position == (is_taken ? size : 0));
    CHECK(ask(store) == 0 || is_taken);
    case_store_close(store);
    free(events);
    return 0;
}
