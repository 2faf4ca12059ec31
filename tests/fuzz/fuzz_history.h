/* Whatever a history has taken, its answers to questions of every kind are such as the asking side
 * lets in (wire/lookup.h). */
#ifndef TESTS_FUZZ_FUZZ_HISTORY_H
#define TESTS_FUZZ_FUZZ_HISTORY_H

#include "base/check.h"
#include "role/history/history_lookup.h"

#include <string.h>

enum { FUZZ_HISTORY_ROWS = 8 };

static inline void fuzz_history_ask(struct store *store, u32 account, u16 market)
{
    static u8 rows[FUZZ_HISTORY_ROWS * 512] __attribute__((aligned(16)));
    static u8 record[LOOKUP_BYTES_MAX];
    for (u32 i = 1; i < LOOKUP_KIND_COUNT; i += 1) {
        enum lookup_kind lookup = (enum lookup_kind)i;
        struct lookup_ask ask = lookup_ask_of(lookup);
        struct lookup_rows head;
        const char *reason = NULL;
        u32 count = 0;
        ask.account = account;
        ask.market = market;
        ask.id = i == LOOKUP_FILLS ? 0 : 1;
        ask.limit = FUZZ_HISTORY_ROWS;
        ask.now_us = 86400000000;
        ask.to_s = 86400;
        memset(rows, 0, sizeof(rows));
        CHECK(history_lookup(store, &ask, rows, &count) == FAULT_NONE);
        CHECK(count <= lookup_rows_max(&ask));
        if (count > 0) {
            size_t size = lookup_rows_put(record, lookup, 1, 0, rows, count);
            bool good = lookup_rows_check(&head, record, size, &reason);
            CHECK(good);
        }
    }
}

#endif /* TESTS_FUZZ_FUZZ_HISTORY_H */
