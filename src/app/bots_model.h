/* What the demo's bots intend, step by step, from a seed alone: no clock, no network, no floating
 * point. The same seed gives the same prices, quotes and orders on every machine.
 *
 * Four prices walk: BTC in USD, ETH in BTC, USD in RUB, EUR in USD. A walk has a drift that fades,
 * a pull back to where it began, and calm, lively and stormy times. The five markets follow from
 * the four walks, so they agree with each other. A step moves no walk by more than BOTS_MOVE_MAX:
 * a ladder is deeper than what BOTS_QUOTE_STEPS of two walks can move, so whoever requotes that
 * often never leaves a side of the book empty.
 *
 * A ladder has BOTS_BANDS quotes a side. A band is a range of distances from the fair price, narrow
 * inside and wide outside; one quote stands in each, larger the farther out. Orders that take
 * arrive as a Poisson process, mostly small. docs/demo.md has the figures. */
#ifndef APP_BOTS_MODEL_H
#define APP_BOTS_MODEL_H

#include "app/demo_markets.h"
#include "base/base.h"
#include "base/random.h"
#include "wire/schema.h"

#define BOTS_STEP_MS     500U
#define BOTS_QUOTE_STEPS 2U /* a market's ladder is looked after once in so many */
#define BOTS_BANDS       20U
#define BOTS_TAKERS_MAX  64U
#define BOTS_MOVE_MAX    1000000U /* of a walk in a step, in 10^-9 */
#define BOTS_THOUSANDTHS 1000U

enum bots_walk_name { BOTS_WALK_BTC, BOTS_WALK_ETH, BOTS_WALK_RUB, BOTS_WALK_EUR };
#define BOTS_WALKS_COUNT 4U

struct bots_walk {
    struct random random;
    u64 price;
    i64 drift; /* a step, in 10^-9 */
    u32 mood;  /* calm, lively, storm */
};

struct bots_model {
    u64 seed;
    u64 step; /* of the prices that there are now; 0: the first */
    struct bots_walk walks[BOTS_WALKS_COUNT];
};

struct bots_quote {
    u64 price;
    u64 qty;
    u64 qty_least; /* what is left of a quote in this band may be so little */
};

struct bots_taker {
    enum demo_market market;
    enum side side;
    bool is_limit; /* immediate or cancel, at `price`; else at market */
    u64 price;
    u64 qty;
    u32 at; /* when in the step, in thousandths */
};

struct bots_intent {
    u64 step;
    u64 fair[DEMO_MARKETS_COUNT];
    struct bots_quote quotes[DEMO_MARKETS_COUNT][2][BOTS_BANDS]; /* by enum side */
    struct bots_taker takers[BOTS_TAKERS_MAX];                   /* in the order of `at` */
    u32 takers_count;
};

void bots_model_init(struct bots_model *model, u64 seed);

/* To the next step. */
void bots_model_advance(struct bots_model *model);

/* What is intended in this step. */
void bots_model_intend(const struct bots_model *model, struct bots_intent *intent_out);

u64 bots_model_fair(const struct bots_model *model, enum demo_market market);

/* What one unit of an asset is worth in EUR. */
u64 bots_model_eur(const struct bots_model *model, enum demo_asset asset);

/* In which band of the side a price is; BOTS_BANDS: in none. */
u32 bots_band(enum demo_market market, u64 fair, enum side side, u64 price);

#endif /* APP_BOTS_MODEL_H */
