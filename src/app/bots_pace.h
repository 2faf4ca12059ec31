/* Staying inside a venue's limits: two buckets that fill with time, one of request weight for all
 * bots, which come from one address, and one of orders for each account. Four fifths of what the
 * venue allows are used, so that its windows, which begin when they like, never overflow. */
#ifndef APP_BOTS_PACE_H
#define APP_BOTS_PACE_H

#include "app/demo_file.h"
#include "base/base.h"

/* Counts up to `full`, and `per_second` of it come back every second. */
struct bots_bucket {
    u64 full;
    u64 per_second;
    u64 level_ms; /* thousandths */
    u64 filled_ns;
};

struct bots_pace {
    struct bots_bucket weight;
    struct bots_bucket orders[DEMO_HOLDERS_MAX]; /* by key */
};

/* Until bots_pace_limit has said more, as on a venue that allows little. */
void bots_pace_init(struct bots_pace *pace);

/* As the venue says; 0: it does not. */
void bots_pace_limit(struct bots_pace *pace, u64 weight_minute, u64 orders_10s);

/* Waits until so much weight may be used, and uses it. */
void bots_pace_pay(struct bots_pace *pace, u64 weight, const volatile bool *stop);

/* Whether the account may place one more order now; counts it. */
MUST_USE bool bots_pace_order(struct bots_pace *pace, u32 key);

/* From now on SIGTERM and SIGINT end nothing but set what is returned; SIGHUP and SIGPIPE do
 * nothing. */
const volatile bool *bots_pace_stop(void);

/* Sleeping, until *stop. */
void bots_pace_sleep(u64 ns, const volatile bool *stop);
void bots_pace_until(u64 mono_ns, const volatile bool *stop);

/* ---- one bucket; the time is the caller's ---- */

void bots_bucket_init(struct bots_bucket *bucket, u64 full, u64 per_second, u64 now_ns);

/* Takes `count` and returns 0, or returns after how many nanoseconds it may be asked again. More
 * than a full bucket can be taken when it is full; it is empty then. */
MUST_USE u64 bots_bucket_take(struct bots_bucket *bucket, u64 count, u64 now_ns);

#endif /* APP_BOTS_PACE_H */
