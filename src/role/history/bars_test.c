/* Aim: the pieces a bar is made of cover it without gap or overlap, and bars add up. Method: random
 * spans; a few trades. */
#include "role/history/bars.h"

#include "base/random.h"
#include "tests/support/test.h"

enum { ROUNDS = 200000 };

static void pieces_cover(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, test_seed());
    u64 rounds = test_rounds(ROUNDS);
    for (u64 i = 0; i < rounds; i += 1) {
        i64 from = (i64)random_below(&random, 4000000000ULL);
        i64 to = from + 1 + (i64)random_below(&random, 1ULL << random_below(&random, 26));
        i64 at = from;
        u32 pieces = 0;
        while (at < to) {
            struct bar_piece piece = bars_cover(at, to);
            i64 seconds = bar_level_seconds(piece.level);
            assert_int_equal(piece.from, at);
            assert_true(piece.to > at && piece.to <= to);
            assert_int_equal(piece.from % seconds, 0);
            assert_int_equal(piece.to % seconds, 0);
            at = piece.to;
            pieces += 1;
        }
        assert_int_equal(at, to);
        assert_in_range(pieces, 1, 2 * BAR_LEVELS - 1);
    }
}

static void bars_add_up(void **state)
{
    (void)state;
    struct bar bar = {.start = 60};
    struct bar empty = {.start = 70};
    struct bar_trade trade = {.trade_id = 4,
                              .price = price_of(100),
                              .qty = amount_of(3),
                              .quote = amount_of(UINT64_MAX),
                              .taker_buys = true};
    bar_add_trade(&bar, &trade);
    trade = (struct bar_trade){
        .trade_id = 5, .price = price_of(90), .qty = amount_of(2), .quote = amount_of(UINT64_MAX)};
    bar_add_trade(&bar, &trade);
    bar_add_bar(&bar, &empty);
    assert_int_equal(bar.start, 60);
    assert_int_equal(bar.trades, 2);
    assert_int_equal(bar.open.units, 100);
    assert_int_equal(bar.high.units, 100);
    assert_int_equal(bar.low.units, 90);
    assert_int_equal(bar.close.units, 90);
    assert_int_equal(bar.volume, 5);
    assert_int_equal(bar.taker_buy_volume, 3);
    assert_true(bar.quote_volume == 2 * (u128)UINT64_MAX);
    assert_int_equal(bar.first_trade, 4);
    assert_int_equal(bar.last_trade, 5);
    bar_add_bar(&empty, &bar);
    assert_int_equal(empty.start, 70);
    assert_int_equal(empty.trades, 2);
    expect_assert_failure(bar_add_trade(&bar, &trade));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_cover),
        cmocka_unit_test(bars_add_up),
    };
    return cmocka_run_group_tests_name("bars", tests, NULL, NULL);
}
