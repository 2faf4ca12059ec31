/* The inside of the hub, shared by its files. */
#ifndef ROLE_GATEWAY_STREAM_STATE_H
#define ROLE_GATEWAY_STREAM_STATE_H

#include "role/gateway/stream.h"
#include "role/gateway/view_book.h"
#include "role/gateway/view_market.h"
#include "wire/json.h"

#define STREAM_LEVELS_MAX 20U
#define STREAM_NEVER      UINT64_MAX
/* Before the data of a combined message: the name may be escaped. */
#define STREAM_WRAP_BYTES 320U
#define STREAM_MINUTE_US  60000000ULL

/* One variant of one market. */
struct stream {
    u32 first; /* of its subscriptions; 0: nobody listens */
    u32 mark;  /* of the round that looked at it last */
    /* What was told last. Depth: u. Partial depth, book ticker, prices, tickers: a hash of it.
     * Klines: where the current one opened, 0 for none. STREAM_NEVER: nothing. */
    u64 told;
    u64 told_count; /* klines: trades in it, or STREAM_NEVER */
};

struct stream_subscription {
    struct stream_client *client;
    u32 stream; /* its number */
    u32 next;   /* of the stream; free ones too */
    u32 previous;
    u32 client_next;
    u32 client_previous;
};

struct stream_market {
    u64 active; /* bit n: somebody listens to variant n */
};

struct stream_hub {
    struct stream_config config;
    struct view *view;
    struct stream_sink *sink;
    struct frame_codec *codec;
    struct net_pool *pool;
    struct stream *streams; /* [market * STREAM_VARIANTS + variant]; the last market is all */
    struct stream_market *markets; /* the same */
    u64 *told_all;                 /* [market * STREAM_VARIANTS_ALL]: told in streams of all */
    struct stream_subscription *subscriptions; /* counted from 1 */
    u32 subscriptions_used;
    u32 subscriptions_free;
    u32 round;
    struct view_change *changes; /* of one depth window */
    u16 *listed;                 /* markets in one message of all */
    char *text;                  /* STREAM_WRAP_BYTES, then one message */
    size_t text_bytes;
    u64 now_us;
    u64 tick;         /* number of the last 100 ms; STREAM_NEVER before the first */
    u64 events_count; /* since all depth windows were looked at */
    struct stream_counts counts;
};

/* Tickers that there is a stream of all markets for. */
#define STREAM_VARIANTS_ALL 4U

_Static_assert(STREAM_VARIANTS <= 64, "stream_market.active");

ALWAYS_INLINE bool stream_is_active(const struct stream_hub *hub, u32 market, u32 variant)
{
    return (hub->markets[market].active >> variant & 1U) != 0;
}

ALWAYS_INLINE struct stream *stream_at(struct stream_hub *hub, u32 market, u32 variant)
{
    return &hub->streams[market * STREAM_VARIANTS + variant];
}

/* ---- messages (stream_json.c) ---- */

struct stream_trade {
    u64 id;
    u64 first_id; /* of an aggregate: its trades */
    u64 last_id;
    u64 time_us;
    struct price price;
    struct amount qty;
    u16 market;
    bool buyer_is_maker;
};

struct stream_best {
    u64 update_id;
    u16 market;
    struct view_level bid; /* zero: nobody */
    struct view_level ask;
};

struct stream_depth {
    u64 first_id;
    u64 last_id;
    const struct view_change *changes;
    u32 count;
    u16 market;
};

struct stream_part {
    u64 update_id;
    u32 count[2];
    struct view_level levels[2][STREAM_LEVELS_MAX];
    u16 market;
};

struct stream_kline {
    struct view_kline kline;
    u16 market;
    u8 variant;
    bool is_closed;
};

struct stream_ticker {
    struct view_window window;
    struct view_level bid;
    struct view_level ask;
    struct price last; /* of all trades ever */
    u16 market;
    u8 variant;
};

/* Several tickers as an array: of hub->listed. */
struct stream_tickers {
    u32 count;
    u8 variant;
};

struct stream_price {
    u64 time_us;
    struct price price;
    u16 market;
    bool is_set;
};

/* Each writes one message; `what` is one of the structs above. */
void stream_put_trade(struct stream_hub *hub, struct json_writer *json, const void *what,
                      bool microseconds);
void stream_put_aggregate(struct stream_hub *hub, struct json_writer *json, const void *what,
                          bool microseconds);
void stream_put_best(struct stream_hub *hub, struct json_writer *json, const void *what,
                     bool microseconds);
void stream_put_depth(struct stream_hub *hub, struct json_writer *json, const void *what,
                      bool microseconds);
void stream_put_part(struct stream_hub *hub, struct json_writer *json, const void *what,
                     bool microseconds);
void stream_put_kline(struct stream_hub *hub, struct json_writer *json, const void *what,
                      bool microseconds);
void stream_put_ticker(struct stream_hub *hub, struct json_writer *json, const void *what,
                       bool microseconds);
void stream_put_tickers(struct stream_hub *hub, struct json_writer *json, const void *what,
                        bool microseconds);
void stream_put_average(struct stream_hub *hub, struct json_writer *json, const void *what,
                        bool microseconds);
void stream_put_reference(struct stream_hub *hub, struct json_writer *json, const void *what,
                          bool microseconds);

/* ---- looking (stream_run.c) ---- */

/* What a ticker of this market shows now. */
void stream_look_ticker(struct stream_hub *hub, u16 market, u8 variant,
                        struct stream_ticker *ticker_out);
/* A number for all of it that may change without a clock. */
u64 stream_hash_ticker(const struct stream_ticker *ticker);

/* ---- telling (stream.c) ---- */

/* What a message says, and how it is written. */
struct stream_message {
    void (*put)(struct stream_hub *hub, struct json_writer *json, const void *what,
                bool microseconds);
    const void *what;
};

/* Makes the message in each form that a subscriber wants, and hands it to the sink. */
void stream_publish(struct stream_hub *hub, u32 market, u32 variant, struct stream_message message);

/* As if nothing had been told; what is told next goes on from now. */
void stream_forget(struct stream_hub *hub, u32 market, u32 variant);

#endif /* ROLE_GATEWAY_STREAM_STATE_H */
