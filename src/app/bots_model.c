#include "app/bots_model.h"

#include "base/check.h"

#define ONE           VENUE_MAKER_ONE
#define PPB           1000000000LL
#define PULL          200000 /* of the way back in one step, one in so many */
#define DRIFT_FADES   100    /* by one in so many */
#define DRIFT_PART    20     /* a new piece of drift is so much smaller than a move */
#define NORMAL_DRAWS  12U
#define NORMAL_ONE    65536
#define QTY_SPREAD    128U
#define TAKER_DOUBLES 6U
#define TAKER_REACH   3U /* of a limit order, in grid steps */
#define RARE          10000U

/* ---- the walks ---- */

enum { MOOD_CALM, MOOD_LIVELY, MOOD_STORM };
#define MOODS_COUNT 3U

struct mood_row {
    i64 move; /* in 10^-9 a step, for 100 % */
    u32 up;   /* changes to the next one in so many of RARE */
    u32 down;
};

static const struct mood_row moods[MOODS_COUNT] = {
    [MOOD_CALM] = {25000, 8, 0},
    [MOOD_LIVELY] = {50000, 5, 25},
    [MOOD_STORM] = {130000, 0, 83},
};

struct walk_row {
    u64 anchor;
    i64 percent; /* of the moves of its mood */
};

static const struct walk_row walk_rows[BOTS_WALKS_COUNT] = {
    [BOTS_WALK_BTC] = {65000 * ONE, 100},
    [BOTS_WALK_ETH] = {ONE / 10000 * 462, 60},
    [BOTS_WALK_RUB] = {92 * ONE, 40},
    [BOTS_WALK_EUR] = {ONE / 100 * 108, 15},
};

/* About normal, NORMAL_ONE wide. */
static i64 normal(struct random *random)
{
    i64 sum = 0;
    for (u32 draw = 0; draw < NORMAL_DRAWS; draw += 1) {
        sum += (i64)random_below(random, NORMAL_ONE);
    }
    return sum - (i64)NORMAL_DRAWS * NORMAL_ONE / 2;
}

static void mood_change(struct bots_walk *walk)
{
    const struct mood_row *mood = &moods[walk->mood];
    u64 draw = random_below(&walk->random, RARE);
    if (draw < mood->up) {
        walk->mood += 1;
    } else if (draw >= RARE - mood->down) {
        walk->mood -= 1;
    }
    CHECK(walk->mood < MOODS_COUNT);
}

static i64 within(i64 value, i64 bound)
{
    return value > bound ? bound : value < -bound ? -bound : value;
}

static void walk_advance(struct bots_walk *walk, const struct walk_row *row)
{
    mood_change(walk);
    i64 width = moods[walk->mood].move * row->percent / 100;
    i64 pull = ((i64)row->anchor - (i64)walk->price) / (i64)(row->anchor / PPB + 1) / PULL;
    walk->drift +=
        -walk->drift / DRIFT_FADES + normal(&walk->random) * width / DRIFT_PART / NORMAL_ONE;
    i64 move = normal(&walk->random) * width / NORMAL_ONE + walk->drift + pull;
    move = within(move, BOTS_MOVE_MAX);
    walk->price = (u64)((u128)walk->price * (u64)(PPB + move) / (u64)PPB);
}

void bots_model_init(struct bots_model *model, u64 seed)
{
    *model = (struct bots_model){.seed = seed};
    for (u32 index = 0; index < BOTS_WALKS_COUNT; index += 1) {
        model->walks[index].price = walk_rows[index].anchor;
        random_init(&model->walks[index].random, random_seed_derive(seed, index));
    }
}

void bots_model_advance(struct bots_model *model)
{
    for (u32 index = 0; index < BOTS_WALKS_COUNT; index += 1) {
        walk_advance(&model->walks[index], &walk_rows[index]);
    }
    model->step += 1;
}

u64 bots_model_eur(const struct bots_model *model, enum demo_asset asset)
{
    u64 usd = (u64)((u128)ONE * ONE / model->walks[BOTS_WALK_EUR].price);
    switch (asset) {
    case DEMO_BTC:
        return bots_model_fair(model, DEMO_BTCEUR);
    case DEMO_ETH:
        return (u64)((u128)bots_model_fair(model, DEMO_ETHUSDT) * usd / ONE);
    case DEMO_USDT:
        return usd;
    case DEMO_EUR:
        return ONE;
    case DEMO_RUB:
        return (u64)((u128)usd * ONE / model->walks[BOTS_WALK_RUB].price);
    }
    CHECK(false);
    return 0;
}

u64 bots_model_fair(const struct bots_model *model, enum demo_market market)
{
    u64 btc = model->walks[BOTS_WALK_BTC].price;
    switch (market) {
    case DEMO_BTCUSDT:
        return btc;
    case DEMO_BTCRUB:
        return (u64)((u128)btc * model->walks[BOTS_WALK_RUB].price / ONE);
    case DEMO_USDTRUB:
        return model->walks[BOTS_WALK_RUB].price;
    case DEMO_ETHUSDT:
        return (u64)((u128)btc * model->walks[BOTS_WALK_ETH].price / ONE);
    case DEMO_BTCEUR:
        return (u64)((u128)btc * ONE / model->walks[BOTS_WALK_EUR].price);
    }
    CHECK(false);
    return 0;
}

/* ---- the ladder ---- */

/* Where a band begins, in steps of the grid from the innermost price; the last one is the end. */
static const u32 band_starts[BOTS_BANDS + 1] = {0,  1,  2,  3,  4,  5,  7,  9,   12,  15, 19,
                                                24, 30, 38, 47, 59, 74, 92, 115, 143, 180};

/* In percent of the unit: 22 % more in each band. */
static const u32 band_sizes[BOTS_BANDS] = {100,  122,  149,  182,  222,  271,  330,
                                           403,  491,  599,  731,  892,  1088, 1328,
                                           1620, 1976, 2411, 2942, 3589, 4379};

/* The innermost price of a side: the next one of the grid, below the fair price or above. */
static u64 inner_price(enum demo_market market, u64 fair, enum side side)
{
    u64 grid = demo_markets[market].grid;
    u64 below = fair / grid * grid;
    return side == SIDE_BUY ? below : below + grid;
}

u32 bots_band(enum demo_market market, u64 fair, enum side side, u64 price)
{
    u64 grid = demo_markets[market].grid;
    u64 inner = inner_price(market, fair, side);
    bool is_inside = side == SIDE_BUY ? price > inner : price < inner;
    if (is_inside) {
        return BOTS_BANDS;
    }
    u64 steps = (side == SIDE_BUY ? inner - price : price - inner) / grid;
    u32 band = 0;
    while (band < BOTS_BANDS && steps >= band_starts[band + 1]) {
        band += 1;
    }
    return band;
}

static struct bots_quote quote_make(struct random *random, enum demo_market market, u64 inner,
                                    enum side side, u32 band)
{
    const struct demo_market_row *row = &demo_markets[market];
    u64 tick = row->market.tick;
    u64 steps = random_between(random, band_starts[band], band_starts[band + 1] - 1);
    /* Not all on the grid: that would look like a fence. The innermost stay near the fair price. */
    u64 room = row->grid / tick / (band == 0 ? 4 : 1);
    u64 offset = steps * row->grid + (room <= 1 ? 0 : random_below(random, room) * tick);
    u64 size = row->maker_unit / 100 * band_sizes[band];
    u64 qty = size / QTY_SPREAD * random_between(random, QTY_SPREAD / 2, QTY_SPREAD * 3 / 2);
    u64 lot = row->market.lot;
    CHECK(inner > offset);
    return (struct bots_quote){
        .price = side == SIDE_BUY ? inner - offset : inner + offset,
        .qty = qty / lot * lot,
        .qty_least = size / 4,
    };
}

/* ---- those who take ---- */

/* How many come: the next one is still in the step as long as the product of the draws is above
 * the silence (Knuth). */
static u32 takers_come(struct random *random, u32 silence)
{
    u64 product = 1ULL << 32;
    u32 count = 0;
    do {
        product = product * (random_below(random, 1ULL << 31) + 1) >> 31;
        count += 1;
    } while (product > silence && count <= BOTS_TAKERS_MAX / DEMO_MARKETS_COUNT);
    return count - 1;
}

static struct bots_taker taker_make(struct random *random, enum demo_market market, u64 fair,
                                    i64 drift)
{
    const struct demo_market_row *row = &demo_markets[market];
    u64 qty = row->taker_unit / QTY_SPREAD * random_between(random, QTY_SPREAD / 2, QTY_SPREAD * 2);
    for (u32 doubled = 0; doubled < TAKER_DOUBLES && random_chance(random, 1, 2); doubled += 1) {
        qty *= 2;
    }
    /* A few more follow the drift than go against it. */
    bool buys = random_chance(random, drift > 0 ? 55 : 45, 100);
    bool is_limit = random_chance(random, 1, 4);
    u64 reach = TAKER_REACH * row->grid;
    u64 inner = inner_price(market, fair, buys ? SIDE_BUY : SIDE_SELL);
    return (struct bots_taker){
        .market = market,
        .side = buys ? SIDE_BUY : SIDE_SELL,
        .is_limit = is_limit,
        .price = !is_limit ? 0
                 : buys    ? inner + reach
                           : inner - reach,
        .qty = qty / row->market.lot * row->market.lot,
        .at = (u32)random_below(random, BOTS_THOUSANDTHS),
    };
}

static void taker_put(struct bots_intent *intent, const struct bots_taker *taker)
{
    u32 place = intent->takers_count;
    CHECK(place < BOTS_TAKERS_MAX);
    for (; place > 0 && intent->takers[place - 1].at > taker->at; place -= 1) {
        intent->takers[place] = intent->takers[place - 1];
    }
    intent->takers[place] = *taker;
    intent->takers_count += 1;
}

/* ---- a step ---- */

/* The market's own numbers of this step: drawn from seed and step, so that to pass over steps the
 * walks alone must be walked. */
static void random_of(const struct bots_model *model, u32 market, struct random *random_out)
{
    u64 stream = random_seed_derive(model->seed, BOTS_WALKS_COUNT + market);
    random_init(random_out, random_seed_derive(stream, model->step));
}

void bots_model_intend(const struct bots_model *model, struct bots_intent *intent_out)
{
    *intent_out = (struct bots_intent){.step = model->step};
    for (u32 index = 0; index < DEMO_MARKETS_COUNT; index += 1) {
        enum demo_market market = (enum demo_market)index;
        u64 fair = bots_model_fair(model, market);
        struct random random;
        random_of(model, index, &random);
        intent_out->fair[index] = fair;
        for (u32 side = 0; side < SIDE_COUNT; side += 1) {
            u64 inner = inner_price(market, fair, (enum side)side);
            for (u32 band = 0; band < BOTS_BANDS; band += 1) {
                intent_out->quotes[index][side][band] =
                    quote_make(&random, market, inner, (enum side)side, band);
            }
        }
        u32 takers = takers_come(&random, demo_markets[index].taker_silence);
        for (u32 taker = 0; taker < takers; taker += 1) {
            struct bots_taker made =
                taker_make(&random, market, fair, model->walks[BOTS_WALK_BTC].drift);
            taker_put(intent_out, &made);
        }
    }
}
