/* Aim: a whole ladder is left alone, what is missing is placed and what is out of place is
 * canceled, and after every step of the model, with orders that are executed at random, each band
 * has one quote and no side was ever empty.
 *
 * Method: orders are kept in a list that does what the plan says, first by hand, then through some
 * thousand steps. */
#include "app/bots_ladder.h"

#include "tests/support/test.h"

static struct bots_own own[BOTS_OWN_MAX];
static u32 own_count;
static struct bots_intent intent;
static struct bots_plan plan;

static void place(enum demo_market market, enum side side, u32 band)
{
    const struct bots_quote *quote = &intent.quotes[market][side][band];
    assert_true(own_count < BOTS_OWN_MAX);
    own[own_count] = (struct bots_own){.side = side, .price = quote->price, .left = quote->qty};
    own_count += 1;
}

static u32 plan_cancels(void)
{
    u32 count = 0;
    for (u32 index = 0; index < own_count; index += 1) {
        count += plan.cancels[index];
    }
    return count;
}

static u32 plan_places(void)
{
    u32 count = 0;
    for (u32 band = 0; band < BOTS_BANDS; band += 1) {
        count += (u32)plan.places[0][band] + plan.places[1][band];
    }
    return count;
}

/* The canceled ones go; *left_out: how many stay on each side. */
static void cancels_do(u32 left_out[2])
{
    u32 kept = 0;
    left_out[0] = 0;
    left_out[1] = 0;
    for (u32 index = 0; index < own_count; index += 1) {
        if (!plan.cancels[index]) {
            own[kept] = own[index];
            left_out[own[kept].side] += 1;
            kept += 1;
        }
    }
    own_count = kept;
}

static void places_do(enum demo_market market)
{
    for (u32 side = 0; side < SIDE_COUNT; side += 1) {
        for (u32 band = 0; band < BOTS_BANDS; band += 1) {
            if (plan.places[side][band]) {
                place(market, (enum side)side, band);
            }
        }
    }
}

static void begin(u64 seed)
{
    struct bots_model model;
    bots_model_init(&model, seed);
    bots_model_intend(&model, &intent);
    own_count = 0;
}

static void a_new_ladder_is_placed_whole(void **state)
{
    (void)state;
    begin(1);
    bots_ladder_plan(&intent, DEMO_BTCUSDT, own, 0, &plan);
    assert_int_equal(plan_places(), 2 * BOTS_BANDS);
    places_do(DEMO_BTCUSDT);
    bots_ladder_plan(&intent, DEMO_BTCUSDT, own, own_count, &plan);
    assert_int_equal(plan_places(), 0);
    assert_int_equal(plan_cancels(), 0);
}

static void what_is_wrong_is_mended(void **state)
{
    (void)state;
    begin(2);
    for (u32 band = 0; band < BOTS_BANDS; band += 1) {
        place(DEMO_BTCUSDT, SIDE_BUY, band);
        place(DEMO_BTCUSDT, SIDE_SELL, band);
    }
    own[4].left = intent.quotes[DEMO_BTCUSDT][SIDE_BUY][2].qty_least - 1; /* too little is left */
    own[7].price = intent.fair[DEMO_BTCUSDT] * 2;                         /* far away */
    own[10].price = intent.quotes[DEMO_BTCUSDT][SIDE_SELL][3].price;      /* a bid up there */
    own[12].left = intent.quotes[DEMO_BTCUSDT][SIDE_BUY][6].qty_least;    /* just enough */
    place(DEMO_BTCUSDT, SIDE_SELL, 9);                                    /* a second one */
    own[own_count - 1].left += 1;                                         /* which is larger */
    bots_ladder_plan(&intent, DEMO_BTCUSDT, own, own_count, &plan);
    assert_int_equal(plan_cancels(), 4);
    assert_true(plan.cancels[4] && plan.cancels[7] && plan.cancels[10] && plan.cancels[19]);
    assert_int_equal(plan_places(), 3);
    assert_true(plan.places[SIDE_BUY][2] && plan.places[SIDE_SELL][3] && plan.places[SIDE_BUY][5]);
}

/* Takers eat from inside. */
static void execute(struct random *random)
{
    for (u32 index = 0; index < own_count; index += 1) {
        if (random_chance(random, 1, 10)) {
            own[index].left = random_below(random, own[index].left + 1);
        }
    }
}

static void check_whole(enum demo_market market)
{
    u32 seen[2][BOTS_BANDS] = {{0}};
    u64 highest_bid = 0;
    u64 lowest_ask = UINT64_MAX;
    assert_int_equal(own_count, 2 * BOTS_BANDS);
    for (u32 index = 0; index < own_count; index += 1) {
        u64 price = own[index].price;
        u32 band = bots_band(market, intent.fair[market], own[index].side, price);
        assert_true(band < BOTS_BANDS);
        seen[own[index].side][band] += 1;
        if (own[index].side == SIDE_BUY) {
            highest_bid = price > highest_bid ? price : highest_bid;
        } else {
            lowest_ask = price < lowest_ask ? price : lowest_ask;
        }
    }
    assert_true(highest_bid < lowest_ask);
    for (u32 band = 0; band < BOTS_BANDS; band += 1) {
        assert_int_equal(seen[0][band], 1);
        assert_int_equal(seen[1][band], 1);
    }
}

static void ladders_follow_the_model(void **state)
{
    u32 requests = 0;
    (void)state;
    for (u32 market = 0; market < DEMO_MARKETS_COUNT; market += 1) {
        struct bots_model model;
        struct random random;
        bots_model_init(&model, 21);
        random_init(&random, market);
        own_count = 0;
        for (u32 step = 0; step < 4000; step += BOTS_QUOTE_STEPS) {
            u32 left[2];
            bots_model_intend(&model, &intent);
            bots_ladder_plan(&intent, (enum demo_market)market, own, own_count, &plan);
            requests += plan_cancels() + plan_places();
            cancels_do(left);
            assert_true(step == 0 || (left[0] > 0 && left[1] > 0));
            places_do((enum demo_market)market);
            check_whole((enum demo_market)market);
            execute(&random);
            for (u32 more = 0; more < BOTS_QUOTE_STEPS; more += 1) {
                bots_model_advance(&model);
            }
        }
    }
    /* Few of them: a ladder has forty quotes. */
    assert_true(requests / (4000 / BOTS_QUOTE_STEPS * DEMO_MARKETS_COUNT) < 16);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_ladder_is_placed_whole),
        cmocka_unit_test(what_is_wrong_is_mended),
        cmocka_unit_test(ladders_follow_the_model),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
