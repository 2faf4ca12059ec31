/* How much a client may ask: weight and requests per address, new orders per account, connections
 * per address; and bans for those who go on after they were told to stop.
 *
 * Windows follow the clock: a minute begins with the minute. All tables have a fixed size. The one
 * of addresses is in sets of LIMIT_WAYS: when a set is full, a new address takes the place of the
 * one that matters least: idle before active, light before heavy, free before banned. Addresses of
 * IPv6 count by their first 64 bits, since one client has that many. */
#ifndef ROLE_GATEWAY_LIMIT_H
#define ROLE_GATEWAY_LIMIT_H

#include "base/base.h"
#include "role/gateway/auth.h"
#include "wire/api_error.h"

#define LIMIT_WAYS        8U
#define LIMIT_BAN_FIRST_S 120U    /* 2 minutes, doubled each time */
#define LIMIT_BAN_LAST_S  259200U /* 3 days; after as long a peace the first one again */
#define LIMIT_FILL_TAKER  1U      /* what the first fill of an order gives back */
#define LIMIT_FILL_MAKER  5U

enum limit_pool { LIMIT_POOL_API, LIMIT_POOL_SAPI, LIMIT_POOL_COUNT };

struct limit_config {
    u32 weight_max[LIMIT_POOL_COUNT]; /* per address and minute: 6000, 12000 */
    u32 account_weight_max;           /* /sapi per account and minute: 180000 */
    u32 requests_max;                 /* per address and 5 minutes: 300000 */
    u32 connects_max;                 /* the same: 300 */
    u32 open_max;                     /* connections of an address at a time (crowd.h) */
    u32 orders_10s_max;               /* per account: 100 */
    u32 orders_day_max;               /* per account: 200000 */
    u32 refusals_max;                 /* in one minute; one more is a ban */
    u32 addresses_max;                /* a power of two, at least LIMIT_WAYS */
    u32 accounts_max;
    u64 seed; /* random: the place of an address must not be guessed */
};

enum limit_verdict {
    LIMIT_ADMITTED,
    LIMIT_WEIGHT,     /* 429 */
    LIMIT_REQUESTS,   /* 429 */
    LIMIT_CONNECTS,   /* 429 */
    LIMIT_ORDERS_10S, /* 429 */
    LIMIT_ORDERS_DAY, /* 429 */
    LIMIT_BANNED,     /* 418 */
};

struct limit_answer {
    enum limit_verdict verdict;
    u32 limit;           /* the one that was reached */
    u32 used;            /* weight in this minute: X-MBX-USED-WEIGHT-1M */
    u32 retry_after_s;   /* Retry-After; 0 when admitted */
    u64 banned_until_ms; /* 0 when not */
};

struct limit_orders {
    u32 count_10s; /* X-MBX-ORDER-COUNT-10S */
    u32 count_day; /* X-MBX-ORDER-COUNT-1D */
};

struct limit_entry;
struct limit_account;

struct limit {
    struct limit_config config;
    struct limit_entry *entries;
    struct limit_account *accounts;
    u64 evictions_count; /* active or banned addresses that had to go: a metric */
    u64 bans_count;
};

/* What an address counts by: IPv4 whole, IPv6 by its first 64 bits, the rest zero. */
struct auth_address limit_key(const struct auth_address *address);

/* What the tables need. */
size_t limit_bytes(const struct limit_config *config);

/* `memory` has that many bytes, aligned to 16. */
void limit_init(struct limit *limit, const struct limit_config *config, void *memory);

/* Other maxima from here on, for what is counted already too. Sizes and seed stay. */
void limit_set(struct limit *limit, const struct limit_config *config);

/* Before a request is served: counts it and its weight, or says why not. What is refused adds no
 * weight. Requests that weigh per account (ENDPOINT_POOL_SAPI_ACCOUNT) come here with weight 0. */
struct limit_answer limit_request(struct limit *limit, const struct auth_address *address,
                                  enum limit_pool pool, u32 weight, u64 now_us);

/* Gives weight back that limit_request took in the same minute (endpoint_weight_refund). Returns
 * what is used now. */
u32 limit_refund(struct limit *limit, const struct auth_address *address, enum limit_pool pool,
                 u32 weight, u64 taken_us, u64 now_us);

/* A new WebSocket connection. */
struct limit_answer limit_connect(struct limit *limit, const struct auth_address *address,
                                  u64 now_us);

/* Weight per account, once the account is known. */
struct limit_answer limit_account_weight(struct limit *limit, u32 account, u32 weight, u64 now_us);

/* New orders: counted when they are let through, given back when the core refused them. */
struct limit_answer limit_orders_take(struct limit *limit, u32 account, u32 count, u64 now_us);
void limit_orders_return(struct limit *limit, u32 account, u32 count, u64 taken_us, u64 now_us);

/* The first fill of an order: LIMIT_FILL_TAKER or LIMIT_FILL_MAKER fewer unfilled orders. */
void limit_orders_filled(struct limit *limit, u32 account, bool maker, u64 now_us);
struct limit_orders limit_orders_count(struct limit *limit, u32 account, u64 now_us);

/* The error of an answer that is not LIMIT_ADMITTED. Always false. */
bool limit_fail(const struct limit_answer *answer, struct api_failure *failure_out);

#endif /* ROLE_GATEWAY_LIMIT_H */
