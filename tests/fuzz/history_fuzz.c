/* A chunk of events from outside: the history takes it or refuses it, and after a refusal nothing
 * of it is there. What it took can be asked for. */
#include "base/check.h"
#include "base/span.h"
#include "role/history/query.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/fuzz_history.h"

#include <stdlib.h>
#include <string.h>

enum { ACCOUNTS = 4, MARKETS = 2, LIMIT = 20 };

static const u8 venue[STORE_VENUE_BYTES] = {1};

/* Whatever is in the rows, asking for them ends. */
static void ask(struct store *store, u32 account, u16 market)
{
    static struct history_order orders[LIMIT];
    static struct history_fill fills[LIMIT];
    static struct history_kline klines[LIMIT];
    struct history_page page = {.from_us = 1, .limit = LIMIT};
    struct history_kline_query query = {.market = market,
                                        .interval = INTERVAL_1W,
                                        .zone_minutes = 345,
                                        .now_us = 86400000000,
                                        .limit = LIMIT};
    u32 count = 0;
    CHECK(history_orders(store, account, market, &page, orders, &count) == FAULT_NONE);
    CHECK(count <= LIMIT);
    CHECK(history_fills(store, account, market, 0, &page, fills, &count) == FAULT_NONE);
    CHECK(count <= LIMIT);
    CHECK(history_klines(store, &query, klines, &count) == FAULT_NONE);
    CHECK(count <= LIMIT);
    fuzz_history_ask(store, account, market);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    struct store *store = NULL;
    struct store_point point;
    /* The exact size, so that a sanitizer sees one byte read too many. */
    u8 *events = malloc(size + (size == 0));
    CHECK(events != NULL);
    if (size > 0) {
        memcpy(events, data, size);
    }
    CHECK(store_open(&store, ":memory:", SQL_WRITE, venue) == FAULT_NONE);
    CHECK(store_begin(store) == FAULT_NONE);
    if (store_apply(store, span_of(events, size), 9, 5000000) == FAULT_NONE) {
        CHECK(store_commit(store, size) == FAULT_NONE);
    } else {
        store_abandon(store);
    }
    CHECK(store_point(store, &point) == FAULT_NONE);
    CHECK(point.position == 0 || point.position == size);
    for (u32 account = 0; account < ACCOUNTS; account += 1) {
        for (u16 market = 0; market < MARKETS; market += 1) {
            ask(store, account, market);
        }
    }
    store_close(store);
    free(events);
    return 0;
}
