#include "app/bots.h"

#include "app/bots_http.h"
#include "app/bots_ladder.h"
#include "app/bots_model.h"
#include "app/bots_pace.h"
#include "app/bots_prices.h"
#include "app/bots_read.h"
#include "app/demo_file.h"
#include "app/demo_venue.h"
#include "base/check.h"
#include "base/secret.h"
#include "io/clock.h"
#include "io/log.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define MS_NS         1000000ULL
#define CALLS_MAX     1024U
#define AWAY_MS       100U /* before the venue is asked again; doubles */
#define AWAY_MS_MAX   2000U
#define STEP_SANE     400000000ULL /* no demo has run so long */
#define ORDER_PATH    "/api/v3/order"
#define ORDERS_PATH   "/api/v3/openOrders"
#define INFO_PATH     "/api/v3/exchangeInfo"
#define INFO_WEIGHT   20U
#define ORDERS_WEIGHT 6U
#define CODE_REFUSED  (-2010) /* the order would take, or there is no money */
#define TEXT_BYTES    AMOUNT_TEXT_BYTES

struct bots {
    struct bots_reader reader; /* first: it is cast back */
    struct demo_file file;
    struct bots_http *http;
    struct bots_pace pace;
    struct bots_model model;
    struct bots_intent intent;
    struct bots_plan plans[DEMO_MARKETS_COUNT];
    struct bots_limits limits;
    u32 speed;
    u32 without; /* bit n: market n is somebody else's */
    u32 maker_keys[DEMO_MARKETS_COUNT];
    u32 taker_keys[DEMO_TAKERS_COUNT];
    struct bots_own own[DEMO_MARKETS_COUNT][BOTS_OWN_MAX];
    u32 own_count[DEMO_MARKETS_COUNT];
    u32 read_count; /* answers of this look that were understood */
    bool is_adopted;
    bool is_away;
    bool is_burst;
    bool is_mute; /* prices could not be written the last time */
    const volatile bool *stop;
    struct bots_call calls[CALLS_MAX];
    u32 calls_count;
    u64 refused_count;
};

/* ---- calls ---- */

/* Room for one more; NULL: this wave is full. */
static struct bots_call *call_add(struct bots *bots, enum bots_method method, const char *path,
                                  u32 key, u32 weight)
{
    if (bots->calls_count == CALLS_MAX) {
        return NULL;
    }
    struct bots_call *call = &bots->calls[bots->calls_count];
    *call = (struct bots_call){.method = method, .path = path, .key = key, .weight = weight};
    bots->calls_count += 1;
    return call;
}

/* Sends the wave, paying for it first, and notes what the venue says about limits. */
static void calls_run(struct bots *bots, struct bots_reader *reader)
{
    u64 weight = 0;
    u32 wait_s = 0;
    for (u32 index = 0; index < bots->calls_count; index += 1) {
        weight += bots->calls[index].weight;
    }
    bots_pace_pay(&bots->pace, weight, bots->stop);
    bots_http_run(bots->http, bots->calls, bots->calls_count, reader, bots->stop);
    for (u32 index = 0; index < bots->calls_count; index += 1) {
        const struct bots_call *call = &bots->calls[index];
        if (call->status == BOTS_HTTP_FULL || call->status == BOTS_HTTP_BANNED) {
            u32 said = call->retry_after_s == 0 ? 1 : call->retry_after_s;
            wait_s = said > wait_s ? said : wait_s;
        }
        bots->refused_count += call->status != 200 && call->status != 0;
    }
    if (wait_s > 0) {
        log_warn("bots.limited", LOG_U64("wait_s", wait_s));
        bots_pace_sleep((u64)wait_s * 1000 * MS_NS, bots->stop);
    }
}

static void on_answer(struct bots_reader *reader, struct bots_call *call, struct span body)
{
    struct bots *bots = (struct bots *)(void *)reader;
    if (call->status != 200) {
        return;
    }
    if (call->key == BOTS_NO_KEY) {
        bots->read_count += bots_read_limits(body, &bots->limits);
        return;
    }
    bots->read_count +=
        bots_read_orders(body, bots->own[call->index], &bots->own_count[call->index]);
}

/* ---- looking ---- */

static bool look_at_limits(struct bots *bots)
{
    bots->calls_count = 0;
    bots->read_count = 0;
    struct bots_call *call = call_add(bots, BOTS_GET, INFO_PATH, BOTS_NO_KEY, INFO_WEIGHT);
    CHECK(call != NULL);
    (void)snprintf(call->query, sizeof(call->query), "symbol=%s", demo_markets[0].market.name);
    calls_run(bots, &bots->reader);
    return bots->read_count == 1;
}

/* Ladders are looked after in turn; all of them where nothing is known yet. */
static bool is_due(const struct bots *bots, u32 market)
{
    if ((bots->without & 1U << market) != 0) {
        return false;
    }
    return !bots->is_adopted || (bots->model.step + market) % BOTS_QUOTE_STEPS == 0;
}

static bool look_at_orders(struct bots *bots)
{
    bots->calls_count = 0;
    bots->read_count = 0;
    for (u32 market = 0; market < DEMO_MARKETS_COUNT; market += 1) {
        if (!is_due(bots, market)) {
            continue;
        }
        struct bots_call *call =
            call_add(bots, BOTS_GET, ORDERS_PATH, bots->maker_keys[market], ORDERS_WEIGHT);
        CHECK(call != NULL);
        call->index = market;
        bots->own_count[market] = 0;
        (void)snprintf(call->query, sizeof(call->query), "symbol=%s",
                       demo_markets[market].market.name);
    }
    u32 asked = bots->calls_count;
    calls_run(bots, &bots->reader);
    return bots->read_count == asked;
}

/* Looks again and again until the venue answers. */
static void look(struct bots *bots, bool (*at)(struct bots *bots))
{
    u64 wait_ms = AWAY_MS;
    while (!at(bots) && !*bots->stop) {
        if (!bots->is_away) {
            bots->is_away = true;
            log_warn("bots.venue_away", LOG_STR("address", bots->file.rest));
        }
        bots_pace_sleep(wait_ms * MS_NS, bots->stop);
        wait_ms = u64_min(wait_ms * 2, AWAY_MS_MAX);
    }
    if (bots->is_away && !*bots->stop) {
        bots->is_away = false;
        log_info("bots.venue_back", LOG_STR("address", bots->file.rest));
    }
}

/* Goes on after the last step whose quotes stand. */
static void adopt(struct bots *bots)
{
    u64 next = 0;
    u64 found = 0;
    for (u32 market = 0; market < DEMO_MARKETS_COUNT; market += 1) {
        for (u32 index = 0; index < bots->own_count[market]; index += 1) {
            const struct bots_own *own = &bots->own[market][index];
            if (own->is_ours && own->step < STEP_SANE && own->step >= next) {
                next = own->step + 1;
            }
            found += 1;
        }
    }
    while (bots->model.step < next) {
        bots_model_advance(&bots->model);
    }
    bots->is_burst = next == 0;
    log_info("bots.begun", LOG_U64("step", next), LOG_U64("adopted", found));
}

/* ---- quoting ---- */

static void cancels_add(struct bots *bots, enum demo_market market)
{
    for (u32 index = 0; index < bots->own_count[market]; index += 1) {
        struct bots_call *call =
            bots->plans[market].cancels[index]
                ? call_add(bots, BOTS_DELETE, ORDER_PATH, bots->maker_keys[market], 1)
                : NULL;
        if (call != NULL) {
            (void)snprintf(call->query, sizeof(call->query), "symbol=%s&orderId=%llu",
                           demo_markets[market].market.name,
                           (unsigned long long)bots->own[market][index].id);
        }
    }
}

static void place_write(const struct bots *bots, struct bots_call *call, enum demo_market market,
                        const char *type)
{
    enum side side = call->index < BOTS_BANDS ? SIDE_BUY : SIDE_SELL;
    const struct bots_quote *quote = &bots->intent.quotes[market][side][call->index % BOTS_BANDS];
    char price[TEXT_BYTES];
    char qty[TEXT_BYTES];
    (void)amount_print(amount_of(quote->price), PRICE_SCALE, PRICE_SCALE, price);
    (void)amount_print(amount_of(quote->qty), VENUE_MAKER_PLACES, VENUE_MAKER_PLACES, qty);
    (void)snprintf(call->query, sizeof(call->query),
                   "symbol=%s&side=%s&type=%s&price=%s&quantity=%s&newOrderRespType=ACK"
                   "&newClientOrderId=" BOTS_QUOTE_CLIENT,
                   demo_markets[market].market.name, side == SIDE_BUY ? "BUY" : "SELL", type, price,
                   qty, (unsigned long long)bots->intent.step, call->index);
}

static void places_add(struct bots *bots, enum demo_market market)
{
    for (u32 index = 0; index < SIDE_COUNT * BOTS_BANDS; index += 1) {
        bool wanted = bots->plans[market].places[index / BOTS_BANDS][index % BOTS_BANDS];
        struct bots_call *call =
            wanted && bots_pace_order(&bots->pace, bots->maker_keys[market])
                ? call_add(bots, BOTS_POST, ORDER_PATH, bots->maker_keys[market], 1)
                : NULL;
        if (call != NULL) {
            call->index = index;
            place_write(bots, call, market, "LIMIT_MAKER");
        }
    }
}

static enum demo_market market_of(const struct bots *bots, u32 key)
{
    u32 market = 0;
    while (market < DEMO_MARKETS_COUNT && bots->maker_keys[market] != key) {
        market += 1;
    }
    CHECK(market < DEMO_MARKETS_COUNT);
    return (enum demo_market)market;
}

/* Who stands in the way of a quote has offered a better price than the fair one: that is taken, so
 * that nobody can hold a side of the book empty. Own orders that were overlooked go. */
static void takes_add(struct bots *bots)
{
    u32 count = bots->calls_count;
    bots->calls_count = 0;
    for (u32 index = 0; index < count; index += 1) {
        struct bots_call *call = &bots->calls[index];
        if (call->status != 0 && call->status != 200 && call->code == CODE_REFUSED &&
            bots_pace_order(&bots->pace, call->key)) {
            size_t used = 0;
            place_write(bots, call, market_of(bots, call->key), "LIMIT");
            used = strlen(call->query);
            (void)snprintf(call->query + used, sizeof(call->query) - used,
                           "&timeInForce=GTC&selfTradePreventionMode=EXPIRE_MAKER");
            bots->calls[bots->calls_count] = *call;
            bots->calls_count += 1;
        }
    }
}

/* Cancels come before quotes, since the new ones may stand where the old ones of the other side
 * did; what the model promises about its moves keeps some of the old ones in place. */
static void requote(struct bots *bots)
{
    bots->calls_count = 0;
    for (u32 index = 0; index < DEMO_MARKETS_COUNT; index += 1) {
        enum demo_market market = (enum demo_market)index;
        bots->plans[index] = (struct bots_plan){.cancels = {false}};
        if (!is_due(bots, index)) {
            continue;
        }
        bots_ladder_plan(&bots->intent, market, bots->own[index], bots->own_count[index],
                         &bots->plans[index]);
        cancels_add(bots, market);
    }
    calls_run(bots, NULL);
    bots->calls_count = 0;
    for (u32 index = 0; index < DEMO_MARKETS_COUNT; index += 1) {
        places_add(bots, (enum demo_market)index);
    }
    calls_run(bots, NULL);
    takes_add(bots);
    calls_run(bots, NULL);
}

/* ---- taking ---- */

static void taker_add(struct bots *bots, u32 index)
{
    const struct bots_taker *taker = &bots->intent.takers[index];
    u32 key = bots->taker_keys[index % DEMO_TAKERS_COUNT];
    char price[TEXT_BYTES];
    char qty[TEXT_BYTES];
    if ((bots->without & 1U << taker->market) != 0 || !bots_pace_order(&bots->pace, key)) {
        return;
    }
    struct bots_call *call = call_add(bots, BOTS_POST, ORDER_PATH, key, 1);
    CHECK(call != NULL);
    (void)amount_print(amount_of(taker->price), PRICE_SCALE, PRICE_SCALE, price);
    (void)amount_print(amount_of(taker->qty), VENUE_MAKER_PLACES, VENUE_MAKER_PLACES, qty);
    int used = snprintf(
        call->query, sizeof(call->query),
        "symbol=%s&side=%s&quantity=%s&newOrderRespType=ACK&newClientOrderId=t-"
        "%llu-%u&type=%s",
        demo_markets[taker->market].market.name, taker->side == SIDE_BUY ? "BUY" : "SELL", qty,
        (unsigned long long)bots->intent.step, index, taker->is_limit ? "LIMIT" : "MARKET");
    CHECK(used > 0 && (size_t)used < sizeof(call->query));
    if (taker->is_limit) {
        (void)snprintf(call->query + used, sizeof(call->query) - (size_t)used,
                       "&timeInForce=IOC&price=%s", price);
    }
}

static u64 step_ns(const struct bots *bots)
{
    bool fast = bots->is_burst && bots->model.step < BOTS_BURST_STEPS;
    return BOTS_STEP_MS * MS_NS * BOTS_SPEED_ONE / bots->speed / (fast ? BOTS_BURST : 1);
}

/* Each at its moment; those that are due together go together. */
static void take(struct bots *bots, u64 begin_ns)
{
    u64 length_ns = step_ns(bots);
    u32 next = 0;
    while (next < bots->intent.takers_count && !*bots->stop) {
        u64 due_ns = begin_ns + length_ns * bots->intent.takers[next].at / BOTS_THOUSANDTHS;
        bots_pace_until(due_ns, bots->stop);
        u64 now_ns = clock_mono_ns(clock_real());
        bots->calls_count = 0;
        while (next < bots->intent.takers_count &&
               begin_ns + length_ns * bots->intent.takers[next].at / BOTS_THOUSANDTHS <= now_ns) {
            taker_add(bots, next);
            next += 1;
        }
        calls_run(bots, NULL);
    }
    bots_pace_until(begin_ns + length_ns, bots->stop);
}

/* ---- the whole ---- */

static enum fault key_find(const struct bots *bots, const char *account, u32 *key_out)
{
    const struct demo_holder *holder = demo_file_find(&bots->file, account);
    if (holder == NULL) {
        return FAULT(FAULT_INPUT, "the file of keys has no account %s", account);
    }
    *key_out = (u32)(holder - bots->file.holders);
    return FAULT_NONE;
}

static enum fault keys_find(struct bots *bots)
{
    char account[DEMO_HOLDER_BYTES + 1];
    for (u32 market = 0; market < DEMO_MARKETS_COUNT; market += 1) {
        (void)snprintf(account, sizeof(account), DEMO_MAKER_PREFIX "%s",
                       demo_markets[market].market.name);
        for (char *letter = account; *letter != 0; letter += 1) {
            *letter = (char)tolower((unsigned char)*letter);
        }
        TRY(key_find(bots, account, &bots->maker_keys[market]));
    }
    for (u32 taker = 0; taker < DEMO_TAKERS_COUNT; taker += 1) {
        (void)snprintf(account, sizeof(account), DEMO_TAKER_ACCOUNT, taker + 1);
        TRY(key_find(bots, account, &bots->taker_keys[taker]));
    }
    return FAULT_NONE;
}

/* Now and then. A file that cannot be written is told; the venue's prices grow old then. */
static void prices_tell(struct bots *bots)
{
    u64 wall_us = clock_wall_us(clock_real());
    if (bots->file.prices[0] == 0 || bots->model.step % BOTS_PRICES_STEPS != 0) {
        return;
    }
    enum fault fault = bots_prices_put(bots->file.prices, &bots->model,
                                       wall_us - u64_min(wall_us, bots->file.clock_behind_us));
    if (fault != FAULT_NONE && !bots->is_mute) {
        log_warn("bots.prices_not_written", LOG_FAULT(fault));
    }
    bots->is_mute = fault != FAULT_NONE;
}

static void trade(struct bots *bots)
{
    look(bots, look_at_limits);
    bots_pace_limit(&bots->pace, bots->limits.weight_minute, bots->limits.orders_10s);
    while (!*bots->stop) {
        u64 begin_ns = clock_mono_ns(clock_real());
        look(bots, look_at_orders);
        if (*bots->stop) {
            break;
        }
        if (!bots->is_adopted) {
            adopt(bots);
        }
        bots_model_intend(&bots->model, &bots->intent);
        requote(bots);
        bots->is_adopted = true;
        prices_tell(bots);
        take(bots, begin_ns);
        bots_model_advance(&bots->model);
    }
    log_info("bots.ended", LOG_U64("step", bots->model.step),
             LOG_U64("refused", bots->refused_count));
}

enum fault bots_run(const struct bots_options *options)
{
    static struct bots bots;
    bots.reader.answer = on_answer;
    bots.speed = options->speed;
    bots.without = options->without;
    CHECK(bots.speed >= 1 && bots.speed <= BOTS_SPEED_MAX);
    TRY(demo_file_read(options->keys_file, &bots.file));
    TRY(keys_find(&bots));
    bots.stop = bots_pace_stop();
    bots_model_init(&bots.model, bots.file.seed);
    bots_pace_init(&bots.pace);
    TRY(bots_http_open(&bots.http, bots.file.rest, bots.file.holders, bots.file.holders_count));
    trade(&bots);
    bots_http_close(bots.http);
    secret_wipe(&bots.file, sizeof(bots.file));
    return FAULT_NONE;
}
