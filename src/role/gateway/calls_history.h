/* What was traded: trades, aggregates, klines, the average price (API rest-api.md "Recent trades
 * list" and the headings behind it). What the view holds is answered at once, the rest is asked
 * from the history; both give the same rows.
 *
 * Ids begin with 1; a fromId of 0 means the first. Times select rows by their own time, klines by
 * the time they open. A selection that holds nothing is an empty list. */
#ifndef ROLE_GATEWAY_CALLS_HISTORY_H
#define ROLE_GATEWAY_CALLS_HISTORY_H

#include "role/gateway/call.h"

/* Minutes of avgPrice, here and on the streams. */
#define AVERAGE_PRICE_MINUTES 5U

enum call_end history_trades_begin(struct call *call); /* recent ones, and those from an id on */
enum call_end history_trades_finish(struct call *call);
enum call_end history_aggregates_begin(struct call *call);
enum call_end history_aggregates_finish(struct call *call);
enum call_end history_klines_begin(struct call *call); /* uiKlines are the same */
enum call_end history_klines_finish(struct call *call);
enum call_end history_average_begin(struct call *call);
enum call_end history_average_finish(struct call *call);

#endif /* ROLE_GATEWAY_CALLS_HISTORY_H */
