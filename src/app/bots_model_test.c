/* Aim: what the bots intend follows from the seed alone, prices move plausibly and agree with each
 * other, and quotes and orders are such as the demo's markets take.
 *
 * Method: the model is walked through some thousand steps of several seeds; every quote and every
 * order is compared with the table of markets, every price with its neighbours. */
#include "app/bots_model.h"

#include "tests/support/test.h"

#define ONE          VENUE_MAKER_ONE
#define STEPS        20000U
#define DIGEST_STEPS 500U

static u64 mix(u64 digest, u64 number)
{
    return random_seed_derive(digest ^ number, 1);
}

/* Over everything that is intended in some steps. */
static u64 digest_of(u64 seed)
{
    static struct bots_intent intent;
    struct bots_model model;
    u64 digest = 0;
    bots_model_init(&model, seed);
    for (u32 step = 0; step < DIGEST_STEPS; step += 1) {
        bots_model_intend(&model, &intent);
        assert_int_equal(intent.step, step);
        for (u32 market = 0; market < DEMO_MARKETS_COUNT; market += 1) {
            digest = mix(digest, intent.fair[market]);
            for (u32 side = 0; side < SIDE_COUNT; side += 1) {
                for (u32 band = 0; band < BOTS_BANDS; band += 1) {
                    digest = mix(digest, intent.quotes[market][side][band].price);
                    digest = mix(digest, intent.quotes[market][side][band].qty);
                }
            }
        }
        for (u32 index = 0; index < intent.takers_count; index += 1) {
            const struct bots_taker *taker = &intent.takers[index];
            digest = mix(digest, taker->market * 4U + taker->side * 2U + taker->is_limit);
            digest = mix(digest, taker->price);
            digest = mix(digest, taker->qty);
            digest = mix(digest, taker->at);
        }
        bots_model_advance(&model);
    }
    return digest;
}

static void a_seed_says_everything(void **state)
{
    (void)state;
    u64 first = digest_of(1);
    assert_true(first == digest_of(1));
    assert_true(first != digest_of(2));
    /* The same on every machine and compiler. */
    assert_true(first == 0xbffad4e6e4ba185fULL);
}

/* Passing over steps leads to where walking does. */
static void steps_can_be_passed_over(void **state)
{
    static struct bots_intent walked;
    static struct bots_intent passed;
    struct bots_model model;
    struct bots_model other;
    (void)state;
    bots_model_init(&model, 5);
    bots_model_init(&other, 5);
    for (u32 step = 0; step < 1000; step += 1) {
        bots_model_intend(&model, &walked);
        bots_model_advance(&model);
        bots_model_advance(&other);
    }
    bots_model_intend(&model, &walked);
    bots_model_intend(&other, &passed);
    assert_memory_equal(&walked, &passed, sizeof(walked));
}

static bool near(u64 a, u64 b, u64 parts)
{
    u64 apart = a > b ? a - b : b - a;
    return apart <= b / parts;
}

static void prices_move_and_agree(void **state)
{
    u32 moods = 0;
    (void)state;
    for (u64 seed = 1; seed <= 4; seed += 1) {
        struct bots_model model;
        u64 lowest = UINT64_MAX;
        u64 highest = 0;
        bots_model_init(&model, seed);
        u64 anchor = bots_model_fair(&model, DEMO_BTCUSDT);
        for (u32 step = 0; step < STEPS; step += 1) {
            u64 before = bots_model_fair(&model, DEMO_BTCRUB);
            bots_model_advance(&model);
            u64 btc = bots_model_fair(&model, DEMO_BTCUSDT);
            u64 rub = bots_model_fair(&model, DEMO_USDTRUB);
            u64 cross = bots_model_fair(&model, DEMO_BTCRUB);
            assert_true(near(cross, (u64)((u128)btc * rub / ONE), 1000000));
            assert_true(near(cross, before, 400)); /* two walks */
            lowest = btc < lowest ? btc : lowest;
            highest = btc > highest ? btc : highest;
            moods |= 1U << model.walks[BOTS_WALK_BTC].mood;
        }
        /* In some hours: more than half a percent, less than a quarter. */
        assert_true(highest - lowest > anchor / 200);
        assert_true(lowest > anchor - anchor / 4 && highest < anchor + anchor / 4);
    }
    assert_int_equal(moods, 7);
}

static void check_ladder(enum demo_market market, const struct bots_intent *intent)
{
    const struct venue_market *row = &demo_markets[market].market;
    u64 fair = intent->fair[market];
    for (u32 side = 0; side < SIDE_COUNT; side += 1) {
        for (u32 band = 0; band < BOTS_BANDS; band += 1) {
            const struct bots_quote *quote = &intent->quotes[market][side][band];
            assert_int_equal(bots_band(market, fair, (enum side)side, quote->price), band);
            assert_true(side == SIDE_BUY ? quote->price <= fair : quote->price > fair);
            assert_int_equal(quote->price % row->tick, 0);
            assert_int_equal(quote->qty % row->lot, 0);
            assert_true(quote->qty > quote->qty_least && quote->qty < row->qty_max);
            assert_true((u128)quote->price * quote->qty / ONE > row->notional);
        }
    }
    /* Sizes grow outwards. */
    const struct bots_quote(*both)[BOTS_BANDS] = intent->quotes[market];
    assert_true(both[0][BOTS_BANDS - 1].qty > 5 * both[0][0].qty);
    assert_true(both[1][BOTS_BANDS - 1].qty > 5 * both[1][0].qty);
}

static void ladders_are_whole(void **state)
{
    static struct bots_intent intent;
    struct bots_model model;
    (void)state;
    bots_model_init(&model, 9);
    for (u32 step = 0; step < 2000; step += 1) {
        bots_model_intend(&model, &intent);
        for (u32 market = 0; market < DEMO_MARKETS_COUNT; market += 1) {
            check_ladder((enum demo_market)market, &intent);
        }
        bots_model_advance(&model);
    }
}

/* After the largest moves of two walks the old ladder's outermost quotes still stand in a band. */
static void no_step_leaves_a_ladder_behind(void **state)
{
    (void)state;
    for (u32 index = 0; index < DEMO_MARKETS_COUNT; index += 1) {
        enum demo_market market = (enum demo_market)index;
        static struct bots_intent intent;
        struct bots_model model;
        bots_model_init(&model, 3);
        bots_model_intend(&model, &intent);
        u64 fair = intent.fair[index];
        u64 move = fair / 1000000000ULL * BOTS_MOVE_MAX * 2 * BOTS_QUOTE_STEPS;
        u64 lowest_bid = intent.quotes[index][SIDE_BUY][BOTS_BANDS - 2].price;
        u64 highest_ask = intent.quotes[index][SIDE_SELL][BOTS_BANDS - 2].price;
        assert_true(bots_band(market, fair - move, SIDE_BUY, lowest_bid) < BOTS_BANDS);
        assert_true(bots_band(market, fair + move, SIDE_SELL, highest_ask) < BOTS_BANDS);
    }
}

/* However strong the drift is. */
static void no_walk_moves_faster_than_promised(void **state)
{
    (void)state;
    for (u32 index = 0; index < BOTS_WALKS_COUNT; index += 1) {
        for (i64 drift = -100000000; drift <= 100000000; drift += 200000000) {
            struct bots_model model;
            bots_model_init(&model, index);
            model.walks[index].drift = drift;
            u64 before = model.walks[index].price;
            bots_model_advance(&model);
            u64 after = model.walks[index].price;
            assert_true(near(after, before, 1000000000 / BOTS_MOVE_MAX));
            assert_false(near(after, before, 1100000000 / BOTS_MOVE_MAX));
            assert_true((after > before) == (drift > 0));
        }
    }
}

static void takers_come_as_often_as_said(void **state)
{
    static const u32 hundredths[DEMO_MARKETS_COUNT] = {50, 12, 20, 30, 15};
    static struct bots_intent intent;
    struct bots_model model;
    u32 counts[DEMO_MARKETS_COUNT] = {0};
    u32 buys = 0;
    u32 all = 0;
    (void)state;
    bots_model_init(&model, 11);
    for (u32 step = 0; step < STEPS; step += 1) {
        bots_model_intend(&model, &intent);
        for (u32 index = 0; index < intent.takers_count; index += 1) {
            const struct bots_taker *taker = &intent.takers[index];
            const struct venue_market *row = &demo_markets[taker->market].market;
            u64 price = taker->is_limit ? taker->price : intent.fair[taker->market];
            assert_true(index == 0 || intent.takers[index - 1].at <= taker->at);
            assert_true(taker->at < BOTS_THOUSANDTHS);
            assert_int_equal(taker->price % row->tick, 0);
            assert_int_equal(taker->qty % row->lot, 0);
            assert_true((u128)price * taker->qty / ONE > row->notional);
            counts[taker->market] += 1;
            buys += taker->side == SIDE_BUY;
            all += 1;
        }
        bots_model_advance(&model);
    }
    for (u32 market = 0; market < DEMO_MARKETS_COUNT; market += 1) {
        assert_true(near(counts[market], STEPS / 100 * hundredths[market], 20));
    }
    assert_true(near(buys, all / 2, 10));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_seed_says_everything),
        cmocka_unit_test(steps_can_be_passed_over),
        cmocka_unit_test(prices_move_and_agree),
        cmocka_unit_test(ladders_are_whole),
        cmocka_unit_test(no_step_leaves_a_ladder_behind),
        cmocka_unit_test(no_walk_moves_faster_than_promised),
        cmocka_unit_test(takers_come_as_often_as_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
