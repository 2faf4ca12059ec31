#include "app/bots_replay.h"

#include "app/bots_http.h"
#include "app/bots_pace.h"
#include "app/bots_read.h"
#include "app/bots_recording.h"
#include "app/demo_venue.h"
#include "base/check.h"
#include "base/secret.h"
#include "io/clock.h"
#include "io/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MS_NS        1000000ULL
#define US_NS        1000ULL
#define TOGETHER_MAX 200U
#define AWAY_NS      (500 * MS_NS)
#define WAIT_NS      (20 * MS_NS)
#define IDLE_NS      (1000 * MS_NS)
#define ORDER_PATH   "/api/v3/order"
#define ORDERS_PATH  "/api/v3/openOrders"
#define REPLACE_PATH "/api/v3/order/cancelReplace"
#define AMEND_PATH   "/api/v3/order/amend/keepPriority"
#define INFO_PATH    "/api/v3/exchangeInfo"
#define INFO_WEIGHT  20U
#define AMEND_WEIGHT 4U
#define NO_ORDERS    (-2011) /* what a cancel of nothing is answered */
#define PER_TURN_MAX 3U      /* times that a call is sent when it is not answered */

struct replay {
    struct bots_reader reader; /* first: it is cast back */
    struct bots_limits limits;
    bool has_limits;
    struct demo_file file;
    struct bots_http *http;
    struct bots_pace pace;
    struct bots_recording recording;
    const volatile bool *stop;
    u8 *keys; /* by the number of an order - 1 */
    u32 speed;
    u32 makers_count; /* the first ones of the file */
    u64 begun_ns;
    struct bots_call calls[TOGETHER_MAX];
    u32 calls_count;
    u64 done_count;
    u64 refused_count;
};

/* ---- calls ---- */

static bool is_limited(const struct bots_call *call)
{
    return call->status == BOTS_HTTP_FULL || call->status == BOTS_HTTP_BANNED;
}

/* Those that were not answered or came too fast are what is left. */
static u32 calls_left(struct replay *replay)
{
    u32 left = 0;
    for (u32 index = 0; index < replay->calls_count; index += 1) {
        const struct bots_call *call = &replay->calls[index];
        if (call->status == 0 || is_limited(call)) {
            replay->calls[left] = *call;
            left += 1;
            continue;
        }
        replay->done_count += 1;
        replay->refused_count += call->status != 200;
    }
    return left;
}

/* Sends what is waiting. A call that is sent twice because its answer was lost is refused the
 * second time: client ids of open orders are unique, and what is canceled is gone. */
static void calls_run(struct replay *replay)
{
    for (u32 turn = 0; turn < PER_TURN_MAX && replay->calls_count > 0 && !*replay->stop;
         turn += 1) {
        u64 weight = 0;
        u64 wait_s = 0;
        for (u32 index = 0; index < replay->calls_count; index += 1) {
            weight += replay->calls[index].weight;
        }
        bots_pace_pay(&replay->pace, weight, replay->stop);
        bots_http_run(replay->http, replay->calls, replay->calls_count, NULL, replay->stop);
        for (u32 index = 0; index < replay->calls_count; index += 1) {
            wait_s = u64_max(wait_s, replay->calls[index].retry_after_s);
        }
        replay->calls_count = calls_left(replay);
        if (replay->calls_count > 0 && !*replay->stop) {
            log_warn("bots.recording_waits", LOG_U64("calls", replay->calls_count));
            bots_pace_sleep(wait_s > 0 ? wait_s * 1000 * MS_NS : AWAY_NS, replay->stop);
        }
    }
    replay->refused_count += replay->calls_count;
    replay->calls_count = 0;
}

static struct bots_call *call_add(struct replay *replay, enum bots_method method, const char *path,
                                  u32 key, u32 weight)
{
    CHECK(replay->calls_count < TOGETHER_MAX);
    struct bots_call *call = &replay->calls[replay->calls_count];
    *call = (struct bots_call){.method = method, .path = path, .key = key, .weight = weight};
    replay->calls_count += 1;
    return call;
}

/* ---- deeds ---- */

static const char *symbol_of(const struct replay *replay)
{
    return demo_markets[replay->recording.market].market.name;
}

/* Who places it; a replacement stays with the account of what it replaces. */
static u32 key_of(const struct replay *replay, const struct bots_deed *deed)
{
    u32 makers = replay->makers_count;
    u32 takers = replay->file.holders_count - makers;
    switch (deed->kind) {
    case BOTS_DEED_PLACE:
        return (u32)(deed->number % makers);
    case BOTS_DEED_TAKE:
        return makers + (u32)(deed->number % takers);
    case BOTS_DEED_REPLACE:
        return replay->keys[deed->target - 1];
    case BOTS_DEED_CANCEL:
    case BOTS_DEED_AMEND:
        break;
    }
    return replay->keys[deed->number - 1];
}

static void order_write(const struct replay *replay, struct bots_call *call,
                        const struct bots_deed *deed, const char *more)
{
    char price[AMOUNT_TEXT_BYTES];
    char qty[AMOUNT_TEXT_BYTES];
    (void)amount_print(amount_of(deed->price), PRICE_SCALE, PRICE_SCALE, price);
    (void)amount_print(amount_of(deed->qty), VENUE_MAKER_PLACES, VENUE_MAKER_PLACES, qty);
    (void)snprintf(call->query, sizeof(call->query),
                   "symbol=%s&side=%s&type=LIMIT&timeInForce=%s&price=%s&quantity=%s"
                   "&newOrderRespType=ACK&newClientOrderId=r-%llu%s",
                   symbol_of(replay), deed->side == SIDE_BUY ? "BUY" : "SELL",
                   deed->kind == BOTS_DEED_TAKE ? "IOC" : "GTC", price, qty,
                   (unsigned long long)deed->number, more);
}

static void amend_write(const struct replay *replay, struct bots_call *call,
                        const struct bots_deed *deed)
{
    char qty[AMOUNT_TEXT_BYTES];
    unsigned long long number = deed->number;
    (void)amount_print(amount_of(deed->qty), VENUE_MAKER_PLACES, VENUE_MAKER_PLACES, qty);
    (void)snprintf(call->query, sizeof(call->query),
                   "symbol=%s&origClientOrderId=r-%llu&newClientOrderId=r-%llu&newQty=%s",
                   symbol_of(replay), number, number, qty);
}

static void deed_add(struct replay *replay, const struct bots_deed *deed)
{
    u32 key = key_of(replay, deed);
    char more[96] = "";
    switch (deed->kind) {
    case BOTS_DEED_PLACE:
    case BOTS_DEED_TAKE:
        order_write(replay, call_add(replay, BOTS_POST, ORDER_PATH, key, 1), deed, more);
        break;
    case BOTS_DEED_REPLACE:
        (void)snprintf(more, sizeof(more),
                       "&cancelReplaceMode=ALLOW_FAILURE&cancelOrigClientOrderId=r-%llu",
                       (unsigned long long)deed->target);
        order_write(replay, call_add(replay, BOTS_POST, REPLACE_PATH, key, 1), deed, more);
        break;
    case BOTS_DEED_CANCEL: {
        struct bots_call *call = call_add(replay, BOTS_DELETE, ORDER_PATH, key, 1);
        (void)snprintf(call->query, sizeof(call->query), "symbol=%s&origClientOrderId=r-%llu",
                       symbol_of(replay), (unsigned long long)deed->number);
        return;
    }
    case BOTS_DEED_AMEND:
        amend_write(replay, call_add(replay, BOTS_PUT, AMEND_PATH, key, AMEND_WEIGHT), deed);
        return;
    }
    replay->keys[deed->number - 1] = (u8)key;
    while (!bots_pace_order(&replay->pace, key) && !*replay->stop) {
        bots_pace_sleep(WAIT_NS, replay->stop);
    }
}

/* Whether the order of the two does not matter: both shrink the book, or both add to it. */
static bool go_together(const struct bots_deed *a, const struct bots_deed *b)
{
    bool a_shrinks = a->kind == BOTS_DEED_CANCEL || a->kind == BOTS_DEED_AMEND;
    bool b_shrinks = b->kind == BOTS_DEED_CANCEL || b->kind == BOTS_DEED_AMEND;
    bool a_adds = a->kind == BOTS_DEED_PLACE;
    bool b_adds = b->kind == BOTS_DEED_PLACE && b->side == a->side;
    return a->after_us == b->after_us && ((a_shrinks && b_shrinks) || (a_adds && b_adds));
}

static u64 due_ns(const struct replay *replay, const struct bots_deed *deed)
{
    u128 after = (u128)deed->after_us * US_NS * BOTS_SPEED_ONE / replay->speed;
    return replay->begun_ns + (u64)after;
}

static void play(struct replay *replay)
{
    struct bots_deed deed;
    struct bots_deed last = {.after_us = UINT64_MAX};
    replay->begun_ns = clock_mono_ns(clock_real());
    while (!*replay->stop && bots_recording_next(&replay->recording, &deed)) {
        if (replay->calls_count == TOGETHER_MAX || !go_together(&last, &deed)) {
            calls_run(replay);
            bots_pace_until(due_ns(replay, &deed), replay->stop);
        }
        deed_add(replay, &deed);
        last = deed;
    }
    calls_run(replay);
}

/* ---- the whole ---- */

static void on_answer(struct bots_reader *reader, struct bots_call *call, struct span body)
{
    struct replay *replay = (struct replay *)(void *)reader;
    replay->has_limits = call->status == 200 && bots_read_limits(body, &replay->limits);
}

/* Asks for the limits until the venue answers. Half of the weight is for the other bots. */
static void limits_ask(struct replay *replay)
{
    while (!replay->has_limits && !*replay->stop) {
        replay->calls_count = 0;
        struct bots_call *call = call_add(replay, BOTS_GET, INFO_PATH, BOTS_NO_KEY, INFO_WEIGHT);
        (void)snprintf(call->query, sizeof(call->query), "symbol=%s", symbol_of(replay));
        bots_http_run(replay->http, replay->calls, 1, &replay->reader, replay->stop);
        if (!replay->has_limits) {
            bots_pace_sleep(AWAY_NS, replay->stop);
        }
    }
    replay->calls_count = 0;
    bots_pace_limit(&replay->pace, replay->limits.weight_minute / 2, replay->limits.orders_10s);
}

/* What an earlier start has left; until the venue answers for every account. */
static void clear(struct replay *replay)
{
    u32 key = 0;
    while (key < replay->file.holders_count && !*replay->stop) {
        replay->calls_count = 0;
        struct bots_call *call = call_add(replay, BOTS_DELETE, ORDERS_PATH, key, 1);
        (void)snprintf(call->query, sizeof(call->query), "symbol=%s", symbol_of(replay));
        bots_http_run(replay->http, replay->calls, 1, NULL, replay->stop);
        bool is_clear = call->status == 200 || (call->status != 0 && call->code == NO_ORDERS);
        key += is_clear;
        if (!is_clear) {
            bots_pace_sleep(AWAY_NS, replay->stop);
        }
    }
    replay->calls_count = 0;
}

static enum fault open_all(struct replay *replay, const struct bots_options *options)
{
    TRY(demo_file_read(options->keys_file, &replay->file));
    while (replay->makers_count < replay->file.holders_count &&
           strncmp(replay->file.holders[replay->makers_count].account, DEMO_MAKER_PREFIX,
                   strlen(DEMO_MAKER_PREFIX)) == 0) {
        replay->makers_count += 1;
    }
    if (replay->makers_count == 0 || replay->makers_count == replay->file.holders_count) {
        return FAULT(FAULT_INPUT, "%s: not the accounts of the bots", options->keys_file);
    }
    TRY(bots_recording_open(&replay->recording, options->replay));
    replay->keys = calloc(flow_orders_count(&replay->recording.flow), 1);
    CHECK(replay->keys != NULL);
    bots_pace_init(&replay->pace);
    return bots_http_open(&replay->http, replay->file.rest, replay->file.holders,
                          replay->file.holders_count);
}

static void close_all(struct replay *replay)
{
    if (replay->http != NULL) {
        bots_http_close(replay->http);
    }
    bots_recording_close(&replay->recording);
    free(replay->keys);
    secret_wipe(&replay->file, sizeof(replay->file));
}

enum fault bots_replay_run(const struct bots_options *options)
{
    static struct replay replay;
    replay.reader.answer = on_answer;
    replay.speed = options->speed;
    replay.stop = bots_pace_stop();
    enum fault fault = open_all(&replay, options);
    if (fault == FAULT_NONE) {
        limits_ask(&replay);
        clear(&replay);
        log_info("bots.recording_begun", LOG_U64("deeds", replay.recording.deeds_count));
        play(&replay);
        log_info("bots.recording_ended", LOG_U64("done", replay.done_count),
                 LOG_U64("refused", replay.refused_count),
                 LOG_U64("left_out", replay.recording.left_out_count));
        while (!*replay.stop) {
            bots_pace_sleep(IDLE_NS, replay.stop);
        }
    }
    close_all(&replay);
    return fault;
}
