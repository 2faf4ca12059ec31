/* Statistics of markets: prices of now, of a day, of a trading day (API rest-api.md "24hr ticker
 * price change statistics" and the headings behind it). A day's statistics begin at a whole minute
 * (docs/view.md).
 *
 * Where nothing was traded in a window, its prices are 0 but the last one, and its trade ids -1. */
#ifndef ROLE_GATEWAY_CALLS_TICKER_H
#define ROLE_GATEWAY_CALLS_TICKER_H

#include "role/gateway/call.h"

#define TICKER_SYMBOLS_MAX 100U /* of those that weigh each symbol */

enum call_end ticker_price(struct call *call);
enum call_end ticker_book(struct call *call);
enum call_end ticker_24hr(struct call *call);
enum call_end ticker_trading_day(struct call *call);

#endif /* ROLE_GATEWAY_CALLS_TICKER_H */
