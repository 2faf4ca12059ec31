/* A call: one request of the API on its way through the gateway, whether it came over REST or over
 * the WebSocket API. Neither HTTP nor frames are known here: a call gets decoded parameters and
 * writes JSON.
 *
 *     call_begin    parameters, weight, key, signature, order counts, then the endpoint's function
 *     call_resume   after the events of its command were applied to the view, or history answered
 *     CALL_ANSWERED or CALL_REFUSED is the end; CALL_COMMANDED and CALL_ASKED leave the call
 *                   waiting: whoever drives it keeps struct call_state, which is all that is left
 *
 * An endpoint's function has the form of call_step. `begin` sees the parameters, which point into
 * the request; `finish` does not, and finds in state.keep what `begin` put there. Which functions
 * serve which endpoint is one table, call_table.c. docs/gateway.md tells the whole way. */
#ifndef ROLE_GATEWAY_CALL_H
#define ROLE_GATEWAY_CALL_H

#include "base/base.h"
#include "role/gateway/auth.h"
#include "role/gateway/endpoint.h"
#include "role/gateway/limit.h"
#include "role/gateway/param.h"
#include "role/gateway/view.h"
#include "wire/api_error.h"
#include "wire/json.h"
#include "wire/schema.h"

struct lookup_ask;    /* wire/lookup.h */
struct ticker_pool;   /* role/gateway/calls_ticker.h */
struct lookup_result; /* role/gateway/lookup_client.h */
struct pack_shelf;    /* role/gateway/pack_shelf.h */
struct payouts;       /* role/gateway/payout.h */
struct session;       /* role/gateway/session.h */

/* What every call may look at. One thread owns all of it. */
struct venue {
    struct view *view;
    struct limit *limit;
    struct key_view *keys;
    struct signer *signer;
    u64 now_us;          /* the gateway's clock, set by whoever drives the calls */
    u64 clock_behind_us; /* callers may stamp by a clock that is so far ahead of it */
    u64 random;          /* state of the generator of client order ids: call_client_id */
    u64 index_next;      /* source_index of the next command, set by whoever sends them */
    bool engine_away;    /* no command can be sent: writes are refused with -1001 */
    u32 withdraw_fee_bp; /* of the demo network: ten-thousandths of a coin (demo.h) */
    /* Whose travel rule asks for answers before money leaves: "EU"; empty: nobody's. */
    char travel_country[4];
    struct payouts *payouts;     /* NULL: nothing can be withdrawn */
    struct pack_shelf *packs;    /* the packs' words; NULL: none */
    struct ticker_pool *tickers; /* NULL: tickers that ask history more than once are -1008 */
};

enum call_end {
    CALL_ANSWERED,  /* the JSON is written */
    CALL_REFUSED,   /* `failure` says why; with failure_data the JSON is its `data` */
    CALL_COMMANDED, /* `command` is to be sent to the engine */
    CALL_ASKED,     /* `ask` is to be sent to history */
};

#define CALL_KEEP_BYTES 224U

/* What lives as long as the call. */
struct call_state {
    const struct endpoint *endpoint;
    u64 number; /* of the request, for the log: whoever drives the call sets it */
    u64 received_us;
    u64 weight_us; /* when the weight was taken */
    u64 orders_us; /* when orders were counted */
    struct auth_address address;
    u32 account; /* of signed endpoints */
    u32 key_rights;
    u32 weight;        /* taken for the address */
    u32 weight_refund; /* of it given back on success */
    u32 weight_used;   /* of the address in this minute, for the header */
    u32 orders_taken;  /* new orders counted for the account */
    bool microseconds; /* times are told in microseconds, not milliseconds */
    bool hide_rate_limits;
    u8 waited; /* enum gateway_wait_kind: set by whoever drives the call */
    u8 keep[CALL_KEEP_BYTES] __attribute__((aligned(16)));
};

struct call {
    struct call_state state;
    struct venue *venue;
    struct json_writer *json;
    struct session *session; /* of a WebSocket; NULL over REST, and in finish */

    /* in begin: */
    const struct params *params;
    const struct key_entry *key; /* NULL where nothing is signed */
    /* cancelReplace that is to cancel although new orders are over their limit; else admitted */
    struct limit_answer orders_over;

    /* in finish: */
    struct span events;                /* of the command, all of them, whole records */
    const struct lookup_result *found; /* what history answered */

    /* what it wants, or how it ended: */
    struct lookup_ask *ask; /* memory of whoever drives the call */
    struct span record;     /* the command in `command`, without source and source_index */
    struct api_failure failure;
    bool by_session;   /* signed by the session's key, not by its own */
    bool failure_data; /* the JSON holds what belongs under `data` of the refusal */
    u32 retry_after_s; /* of 429 and 418 */
    u64 banned_until_ms;
    u32 status;  /* HTTP: 200, or the failure's; a function may say otherwise */
    u8 *command; /* COMMAND_BYTES_MAX, aligned to 8: memory of whoever drives the call */
};

struct call_ops {
    enum call_end (*begin)(struct call *call);
    enum call_end (*finish)(struct call *call); /* NULL: begin never waits */
};

/* NULL functions: the endpoint is not served. */
struct call_ops call_ops_of(enum endpoint_id endpoint);
/* Whether it refuses whatever is asked: what the API has and this venue does not. */
bool call_only_refuses(enum endpoint_id endpoint);

/* Undoes what begin has put down for a command that was never sent, or that the engine never took.
 */
void call_never_taken(struct call *call);

/* A request, decoded. Everything it points to stays as it is until call_begin returns. */
struct call_request {
    const struct endpoint *endpoint;
    const struct param_pair *pairs;
    u32 pairs_count;
    struct span api_key;       /* REST: of the header; WebSocket: empty, it is a parameter */
    const struct span *pieces; /* what was signed */
    u32 pieces_count;
    struct auth_address address;
    bool microseconds;
    /* WebSocket: the session is signed in with this key; then a request without apiKey and
     * signature is its owner's. */
    struct span session_key;
    bool session_lost; /* that key is good for nothing any more */
};

/* `call` has venue, json, ask and command; everything else is written. `params` is memory. The JSON
 * writer is at its beginning (json_begin) and inside nothing. */
MUST_USE enum call_end call_begin(struct call *call, const struct call_request *request,
                                  struct params *params);

/* `call` has venue, json, ask and command, the state of before, and events or found. */
MUST_USE enum call_end call_resume(struct call *call);

/* Ends a waiting call with an error of whoever drives it. -1007 means that nobody knows what has
 * happened, any other one that nothing has. */
enum call_end call_abandon(struct call *call, enum api_error error);

/* Refuses a call that has ended, since its JSON does not fit. What it did stays done and counted.
 */
enum call_end call_overflow(struct call *call);

/* Refuses what never became a call: no such endpoint, or bytes that cannot be read. It counts all
 * the same, with the least weight; with no room for that, the refusal says so. `call` has venue,
 * and is otherwise zero. */
void call_turn_away(struct call *call, const struct auth_address *address, enum api_error error);

/* ---- for the endpoints' functions ---- */

/* state.keep as a struct of the endpoint's own, zeroed by call_begin. */
#define CALL_KEEP(call, type) \
    ((type *)(void *)((call)->state.keep + CALL_KEEP_FITS(sizeof(type) <= CALL_KEEP_BYTES)))
/* 0, and no program when it does not fit. */
#define CALL_KEEP_FITS(fits) (sizeof(char[(fits) ? 1 : -1]) - 1)

/* Each ends a function: return call_fail(call, API_ERROR_BAD_SYMBOL). */
enum call_end call_fail(struct call *call, enum api_error error);
enum call_end call_fail_name(struct call *call, enum api_error error, const char *name);
enum call_end call_fail_reject(struct call *call, u32 reject); /* a number of wire/reject.h */

/* The whole struct of the command is in call->command, zero where nothing is said; `detail` as in
 * wire_units. Fills its head: kind, units, the call's account. CALL_COMMANDED, or a refusal. */
enum call_end call_send(struct call *call, u16 kind, bool detail);

/* The market of parameter `symbol`; false: -1121 is in call->failure. */
MUST_USE bool call_market(struct call *call, u16 *market_out);
MUST_USE bool call_market_named(struct call *call, struct span name, u16 *market_out);

/* A client order id of 22 letters and digits, as the venue gives one to an order without. */
struct client_id call_client_id(struct venue *venue);

/* The first event of that kind among the command's; NULL: none. */
const void *call_event(const struct call *call, u16 kind);
/* The next event record; false at the end. `offset` begins as 0. */
bool call_event_next(struct span events, size_t *offset, const struct event_head **event_out);

#endif /* ROLE_GATEWAY_CALL_H */
