/* What has become of a trading command, from its events and the view behind them: new orders with
 * their fills, canceled orders and lists. */
#ifndef ROLE_GATEWAY_TRADE_ANSWER_H
#define ROLE_GATEWAY_TRADE_ANSWER_H

#include "role/gateway/call.h"
#include "role/gateway/order_json.h"

/* What trading endpoints keep between begin and finish; in call_state.keep. */
struct trade_keep {
    struct command_cancel_replace replace; /* of cancelReplace: what was sent */
    struct client_id cancel_client;        /* names the cancellation; length 0: not sent */
    u8 response;                           /* PARAM_RESPONSE_ACK... */
    u8 over;                               /* cancelReplace: enum limit_verdict of new orders */
    u8 mode;                               /* cancelReplace: enum replace_mode */
    bool rates;                            /* order/test: commission rates are asked for */
    u32 over_limit;
    u32 retry_after_s;
    u16 market;
    u8 side; /* order/test */
};

/* The first refusal by the core in this phase; REJECT_NONE: there is none. */
u32 trade_reject(const struct call *call, enum reject_phase phase);

/* Writes a new order in the form of `response`, with its fills and prevented matches when that is
 * PARAM_RESPONSE_FULL. An order that waits for another one is shown as it was placed. False: the
 * view no longer knows it. */
MUST_USE bool trade_put_new(struct call *call, u64 order_id, u8 response);

/* The name of the cancellations by the command that `seq` numbers, where the sender gave none: the
 * same for whoever asks. */
struct client_id trade_cancel_client(u64 seq);

/* Writes what the command canceled, from the event at *offset on: the order, or the whole list when
 * this ended it. *offset moves behind what was told. False: nothing more was canceled. */
MUST_USE bool trade_put_canceled(struct call *call, const struct client_id *client, size_t *offset);

#endif /* ROLE_GATEWAY_TRADE_ANSWER_H */
