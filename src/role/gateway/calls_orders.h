/* Endpoints that show an account its orders, order lists and trades (API rest-api.md "Account
 * Endpoints").
 *
 * What is open, and what the view still knows of a single order or list, is answered at once; the
 * rest is asked of the history. */
#ifndef ROLE_GATEWAY_CALLS_ORDERS_H
#define ROLE_GATEWAY_CALLS_ORDERS_H

#include "role/gateway/call.h"

enum call_end orders_status(struct call *call);
enum call_end orders_status_found(struct call *call);
enum call_end orders_open(struct call *call);
enum call_end orders_all(struct call *call);
enum call_end orders_all_found(struct call *call);

enum call_end orders_list_status(struct call *call);
enum call_end orders_list_status_found(struct call *call);
enum call_end orders_lists_open(struct call *call);
enum call_end orders_lists_all(struct call *call);
enum call_end orders_lists_all_found(struct call *call);

enum call_end orders_trades(struct call *call);
enum call_end orders_trades_found(struct call *call);
enum call_end orders_prevented(struct call *call);
enum call_end orders_prevented_found(struct call *call);
enum call_end orders_amendments(struct call *call);
enum call_end orders_amendments_found(struct call *call);

#endif /* ROLE_GATEWAY_CALLS_ORDERS_H */
