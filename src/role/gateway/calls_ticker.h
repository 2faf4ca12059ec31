/* Statistics of markets: prices of now, of a day, of a trading day, of any window up to seven days
 * (API rest-api.md "24hr ticker price change statistics" and the headings behind it). A day's
 * statistics begin at a whole minute (docs/view.md). Windows of more than a day are asked from
 * history, market by market: what is there already waits in a pool for the rest.
 *
 * Where nothing was traded in a window, its prices are 0 but the last one, and its trade ids -1. */
#ifndef ROLE_GATEWAY_CALLS_TICKER_H
#define ROLE_GATEWAY_CALLS_TICKER_H

#include "role/gateway/call.h"
#include "wire/history_rows.h"

#define TICKER_SYMBOLS_MAX 100U      /* of those that weigh each symbol */
#define TICKER_PLACES      4U        /* calls over several markets and days at once */
#define TICKER_LEFT_US     30000000U /* a place untouched for so long was left by its call */

/* Zeroed memory of whoever has the venue. */
struct ticker_pool {
    struct {
        u64 touched_us; /* 0: free */
        u64 owner;
        struct bar bars[TICKER_SYMBOLS_MAX];
    } places[TICKER_PLACES];
    u64 owners;
};

enum call_end ticker_price(struct call *call);
enum call_end ticker_book(struct call *call);
enum call_end ticker_24hr(struct call *call);
enum call_end ticker_trading_day(struct call *call);
enum call_end ticker_window_begin(struct call *call);
enum call_end ticker_window_finish(struct call *call);

#endif /* ROLE_GATEWAY_CALLS_TICKER_H */
