/* Endpoints that trade (API rest-api.md "Trading endpoints"): orders, cancellations, replacements,
 * amends and order lists. `begin` makes the command; `finish` reads its events and the view behind
 * them. */
#ifndef ROLE_GATEWAY_CALLS_TRADE_H
#define ROLE_GATEWAY_CALLS_TRADE_H

#include "role/gateway/call.h"

enum call_end order_place_begin(struct call *call);
enum call_end order_place_finish(struct call *call);
enum call_end order_test_begin(struct call *call);
enum call_end order_test_finish(struct call *call);
enum call_end order_cancel_begin(struct call *call);
enum call_end order_cancel_finish(struct call *call);
enum call_end open_orders_cancel_begin(struct call *call);
enum call_end open_orders_cancel_finish(struct call *call);

/* calls_replace.c */
enum call_end order_replace_begin(struct call *call);
enum call_end order_replace_finish(struct call *call);
enum call_end order_amend_begin(struct call *call);
enum call_end order_amend_finish(struct call *call);

/* calls_list.c; all of them end with order_list_finish */
enum call_end list_oco_old_begin(struct call *call);
enum call_end list_oco_begin(struct call *call);
enum call_end list_oto_begin(struct call *call);
enum call_end list_otoco_begin(struct call *call);
enum call_end list_opo_begin(struct call *call); /* opo and opoco: on no market */
enum call_end order_list_finish(struct call *call);
enum call_end list_cancel_begin(struct call *call);
enum call_end list_cancel_finish(struct call *call);

/* ---- for user data events, from the state of a call that still waits ---- */

/* The name that the sender gave its cancellation; false: none. */
MUST_USE bool trade_state_cancel_client(const struct call_state *state, struct client_id *id_out);
/* The order that a cancelReplace wanted; NULL: another call. */
const struct command_cancel_replace *trade_state_replace(const struct call_state *state);

#endif /* ROLE_GATEWAY_CALLS_TRADE_H */
