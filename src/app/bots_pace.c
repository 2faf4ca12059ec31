#include "app/bots_pace.h"

#include "base/check.h"
#include "io/clock.h"

#include <signal.h>
#include <time.h>

#define MS_NS        1000000ULL
#define SECOND_MS    1000ULL
#define SLEEP_NS_MAX (100 * MS_NS) /* a signal just before a sleep is noticed after so long */
#define WEIGHT_LEAST 1200U         /* a minute, where nothing is said */
#define ORDERS_LEAST 50U           /* in ten seconds */
#define MINUTE_S     60U
#define SHORT_S      10U
#define BURST_S      10U /* so many seconds' worth may be used at once */
#define CAREFUL(N)   ((N)*4 / 5)

static u64 now(void)
{
    return clock_mono_ns(clock_real());
}

/* ---- one bucket ---- */

void bots_bucket_init(struct bots_bucket *bucket, u64 full, u64 per_second, u64 now_ns)
{
    CHECK(full >= 1 && per_second >= 1);
    *bucket = (struct bots_bucket){
        .full = full, .per_second = per_second, .level_ms = full * SECOND_MS, .filled_ns = now_ns};
}

u64 bots_bucket_take(struct bots_bucket *bucket, u64 count, u64 now_ns)
{
    u64 passed_ms = (now_ns - bucket->filled_ns) / MS_NS;
    u64 full_ms = bucket->full * SECOND_MS;
    u64 missing = full_ms - bucket->level_ms;
    if (passed_ms >= missing / bucket->per_second + 1) {
        bucket->level_ms = full_ms;
        bucket->filled_ns = now_ns;
    } else {
        bucket->level_ms = u64_min(full_ms, bucket->level_ms + passed_ms * bucket->per_second);
        bucket->filled_ns += passed_ms * MS_NS;
    }
    u64 wanted = u64_min(count * SECOND_MS, full_ms);
    if (bucket->level_ms < wanted) {
        return ((wanted - bucket->level_ms) / bucket->per_second + 1) * MS_NS;
    }
    bucket->level_ms -= wanted;
    return 0;
}

/* ---- all of them ---- */

void bots_pace_init(struct bots_pace *pace)
{
    bots_pace_limit(pace, WEIGHT_LEAST, ORDERS_LEAST);
}

void bots_pace_limit(struct bots_pace *pace, u64 weight_minute, u64 orders_10s)
{
    u64 weight = CAREFUL(weight_minute == 0 ? WEIGHT_LEAST : weight_minute) / MINUTE_S + 1;
    u64 orders = CAREFUL(orders_10s == 0 ? ORDERS_LEAST : orders_10s) / SHORT_S + 1;
    u64 now_ns = now();
    bots_bucket_init(&pace->weight, weight * BURST_S, weight, now_ns);
    for (u32 key = 0; key < DEMO_HOLDERS_MAX; key += 1) {
        bots_bucket_init(&pace->orders[key], orders * SHORT_S / 2, orders / 2 + 1, now_ns);
    }
}

void bots_pace_pay(struct bots_pace *pace, u64 weight, const volatile bool *stop)
{
    u64 wait_ns = bots_bucket_take(&pace->weight, weight, now());
    while (wait_ns > 0 && !*stop) {
        bots_pace_sleep(wait_ns, stop);
        wait_ns = bots_bucket_take(&pace->weight, weight, now());
    }
}

bool bots_pace_order(struct bots_pace *pace, u32 key)
{
    CHECK(key < DEMO_HOLDERS_MAX);
    return bots_bucket_take(&pace->orders[key], 1, now()) == 0;
}

/* ---- sleeping ---- */

static volatile bool stop_asked;

static void on_signal(int number)
{
    (void)number;
    stop_asked = true;
}

const volatile bool *bots_pace_stop(void)
{
    struct sigaction action = {.sa_handler = on_signal};
    (void)sigemptyset(&action.sa_mask);
    (void)sigaction(SIGTERM, &action, NULL);
    (void)sigaction(SIGINT, &action, NULL);
    (void)signal(SIGHUP, SIG_IGN);
    (void)signal(SIGPIPE, SIG_IGN);
    return &stop_asked;
}

void bots_pace_until(u64 mono_ns, const volatile bool *stop)
{
    for (u64 now_ns = now(); now_ns < mono_ns && !*stop; now_ns = now()) {
        u64 left_ns = u64_min(mono_ns - now_ns, SLEEP_NS_MAX);
        struct timespec left = {.tv_nsec = (long)left_ns};
        (void)nanosleep(&left, NULL);
    }
}

void bots_pace_sleep(u64 ns, const volatile bool *stop)
{
    bots_pace_until(now() + ns, stop);
}
