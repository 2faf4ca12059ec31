/* The inside of the gateway, shared by its files. */
#ifndef ROLE_GATEWAY_GATEWAY_STATE_H
#define ROLE_GATEWAY_GATEWAY_STATE_H

#include "base/arena.h"
#include "io/block.h"
#include "io/sign.h"
#include "role/gateway/call.h"
#include "role/gateway/calls_ticker.h"
#include "role/gateway/crowd.h"
#include "role/gateway/demo.h"
#include "role/gateway/desk_client.h"
#include "role/gateway/door_client.h"
#include "role/gateway/enrol_pace.h"
#include "role/gateway/feed.h"
#include "role/gateway/gateway.h"
#include "role/gateway/gateway_keys.h"
#include "role/gateway/inbox_client.h"
#include "role/gateway/keep_client.h"
#include "role/gateway/key_http.h"
#include "role/gateway/key_use.h"
#include "role/gateway/lookup_client.h"
#include "role/gateway/pack_shelf.h"
#include "role/gateway/page_keys.h"
#include "role/gateway/payout.h"
#include "role/gateway/pending.h"
#include "role/gateway/seed.h"
#include "role/gateway/session.h"
#include "role/gateway/stream.h"
#include "role/gateway/user_event.h"
#include "role/gateway/user_stream.h"
#include "wire/lookup.h"
#include "wire/query.h"

#define GATEWAY_JSON_BYTES    (8U << 20) /* the longest answer */
#define GATEWAY_DATE_BYTES    32U
#define GATEWAY_FEED_COMMANDS 512U /* in one turn */
#define GATEWAY_WS_PARAMS_MAX WS_STREAM_NAMES_MAX
#define GATEWAY_WS_BYTES_MAX  65536U /* of a client's message */

/* One answer is made at a time, so the memory for it is shared by all. */
struct gateway_scratch {
    char *json;  /* GATEWAY_JSON_BYTES: what a call writes */
    u8 *output;  /* GATEWAY_JSON_BYTES: what is put around it */
    u8 *text;    /* decoded parameters */
    u8 *payload; /* what was signed */
    u32 text_bytes;
    u8 *command; /* COMMAND_BYTES_MAX */
    struct lookup_ask ask;
    struct params params;
    struct query query;
    struct http_request request;
    struct param_pair pairs[PARAM_VALUES_MAX + 1];
    struct ws_room room;
};

/* Of a session that has asked for a key and waits for the door, then perhaps for the engine. */
struct page_ask {
    u64 owner; /* the session; 0: free */
    struct key_http_ask ask;
    struct key_answer made; /* a new key, with its secret */
};

/* What a call has waited for. */
enum gateway_wait_kind { GATEWAY_WAIT_NONE, GATEWAY_WAIT_ENGINE, GATEWAY_WAIT_HISTORY };
#define GATEWAY_WAITS   3U
#define GATEWAY_CLASSES 3U /* of status: 2xx, 4xx, 5xx */

/* NULL: nobody asks for metrics. */
struct gateway_measures {
    struct metric *requests[GATEWAY_CLASSES];
    struct metric *answers[GATEWAY_WAITS];
    struct histogram counts[GATEWAY_WAITS];
};

struct gateway {
    struct agent agent; /* first: it is cast back */
    struct gateway_options options;
    struct net *net;
    struct net_handler handler;
    struct block block;
    struct arena arena;
    struct feed *feed;
    struct feed_sink feed_sink;
    struct venue venue;
    struct limit limit;
    struct crowd crowd;
    struct signer signer;
    struct gateway_keys keys;
    void *keys_memory; /* of their table */
    struct page_keys page_keys;
    struct page_keys_sink page_keys_sink;
    u32 page_asks_count;        /* that wait */
    struct page_ask *page_asks; /* PAGE_ASKS_MAX */
    struct enrol_pace key_pace; /* API keys made by customers */
    u64 machine_us;             /* the machine's clock, which the door's times are of */
    struct payouts payouts;     /* open when venue.payouts is set */
    struct pending pending;
    struct user_stream users;
    struct key_uses key_uses; /* session_key.c */
    struct user_events *user_events;
    struct user_sink user_sink;
    struct stream_hub *hub;
    struct stream_sink stream_sink;
    struct frame_codec *codec;
    struct lookup_client *lookups;
    struct door_client door; /* where options.door is a line */
    struct keep_client keep; /* where options.keep is one */
    struct desk_client desk; /* where options.desk is one */
    struct enrol_pace enrol_pace;
    struct inbox_client inbox;       /* where options.inbox is one */
    struct enrol_pace inbox_pace[2]; /* of appeals, of evidence */
    struct session_table sessions;
    struct gateway_scratch scratch;
    struct ticker_pool tickers;
    u32 packs_turn;   /* of the view's packs that the shelf has looked for */
    struct seed seed; /* what the view lacks of the past */
    u64 seed_ticket;  /* of the question that is out; 0: none */
    struct channel_writer commands;
    struct channel_reader bell;
    u64 source_index;    /* of the last command sent */
    u64 generation;      /* of the engine that is known */
    bool asks_hello;     /* the engine that is known has not told where we stand */
    u64 hello;           /* the last one sent */
    u64 hello_first;     /* no command was sent since this one */
    u64 hello_ms;        /* when the last one was tried */
    u64 settle_index;    /* commands up to here were taken by the engine that is known... */
    u64 settle_position; /* ...and their events lie before this position */
    bool settles;
    enum fault turn_fault; /* of a turn inside the net's callbacks */
    bool turn_busy;
    bool is_started;
    bool is_ready;
    bool draining;
    u64 date_s;
    char date[GATEWAY_DATE_BYTES];
    u64 requests_count;
    struct net_buffer *page_bodies[PAGES_MAX][2]; /* plain, gzip */
    struct gateway_measures measures;
};

/* Sends what a call wants, or ends it, and keeps it waiting. `owner` is the session; `id` is copied
 * (WebSocket). CALL_COMMANDED and CALL_ASKED: it waits. Else it has ended in call->failure. */
enum call_end gateway_wait(struct gateway *gateway, struct call *call, enum call_end end, u64 owner,
                           struct span id);

/* A call with the gateway's memory, its JSON writer at the beginning. */
void gateway_call(struct gateway *gateway, struct call *call, struct json_writer *json);

/* Once, before the first request. */
void gateway_measures_declare(struct gateway *gateway);
/* A request was answered that was no call: counts it. */
void gateway_counted(struct gateway *gateway, u32 status);
/* A call has ended and is told: counts it and writes the log's line. */
void gateway_answered(struct gateway *gateway, const struct call *call);

void gateway_user_open(struct gateway *gateway);

/* Everything that start needs but the feed. */
MUST_USE enum fault gateway_take_memory(struct gateway *gateway);

/* "Sun, 22 Nov 2026 09:26:18 GMT" */
const char *gateway_date(struct gateway *gateway);

#endif /* ROLE_GATEWAY_GATEWAY_STATE_H */
