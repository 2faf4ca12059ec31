/* Aim: one price comes out of sources that are fresh and agree, and none otherwise. Method:
 * examples at the edges of each rule; random sources against the sentence "most of them are near
 * it". */
#include "role/prices/price_choice.h"

#include "base/random.h"
#include "tests/support/test.h"

#define NOW   1000000000ULL
#define FRESH 60000000ULL

static struct price_policy policy = {.fresh_us = FRESH, .sources_min = 2, .jump = 1000, .step = 50};
static const struct price_quote nothing;

static struct price_quote quote(u64 units, u64 age_us)
{
    return (struct price_quote){.price = price_of(units), .time_us = NOW - age_us};
}

static struct price_choice choose(u32 count, const struct price_quote *quotes)
{
    return price_choose(&policy, quotes, count, NOW, nothing);
}

static void the_median_of_those_that_are_fresh(void **state)
{
    (void)state;
    struct price_choice choice =
        choose(3, (struct price_quote[]){quote(103, 5), quote(100, 9), quote(101, 2)});
    assert_int_equal(choice.outcome, PRICE_FOUND);
    assert_true(choice.quote.price.units == 101);
    assert_true(choice.quote.time_us == NOW - 9);
    assert_int_equal(choice.used, 3);
    /* Two: the mean, downwards. */
    choice = choose(2, (struct price_quote[]){quote(100, 5), quote(103, 9)});
    assert_true(choice.quote.price.units == 101);
    /* No overflow in the mean. */
    choice = choose(2, (struct price_quote[]){quote(UINT64_MAX, 5), quote(UINT64_MAX - 2, 9)});
    assert_true(choice.quote.price.units == UINT64_MAX - 1);
}

static void what_is_not_fresh_does_not_count(void **state)
{
    (void)state;
    struct price_quote late = {.price = price_of(100), .time_us = NOW + 1};
    struct price_choice choice =
        choose(4, (struct price_quote[]){quote(100, 0), quote(100, FRESH), late, nothing});
    assert_int_equal(choice.outcome, PRICE_MISSING);
    assert_int_equal(choice.fresh, 1);
    choice = choose(2, (struct price_quote[]){quote(100, 0), quote(100, FRESH - 1)});
    assert_int_equal(choice.outcome, PRICE_FOUND);
    assert_int_equal(choose(0, NULL).outcome, PRICE_MISSING);
}

static void an_outlier_is_left_out(void **state)
{
    (void)state;
    /* Ten percent of 1000 is 100: that far is near enough. */
    struct price_choice choice =
        choose(3, (struct price_quote[]){quote(1000, 1), quote(1100, 1), quote(1000, 1)});
    assert_int_equal(choice.outliers, 0);
    choice = choose(3, (struct price_quote[]){quote(1000, 1), quote(1101, 1), quote(1000, 1)});
    assert_int_equal(choice.outcome, PRICE_FOUND);
    assert_int_equal(choice.outliers, 2);
    assert_int_equal(choice.used, 2);
    assert_true(choice.quote.price.units == 1000);
    /* Its time does not count either. */
    choice = choose(3, (struct price_quote[]){quote(1000, 1), quote(9, 30), quote(1000, 1)});
    assert_true(choice.quote.time_us == NOW - 1);
    /* Two that are apart: nobody knows which is right. */
    choice = choose(2, (struct price_quote[]){quote(1000, 1), quote(2000, 1)});
    assert_int_equal(choice.outcome, PRICE_APART);
    assert_int_equal(choice.outliers, 3);
}

static void one_alone_may_not_jump(void **state)
{
    (void)state;
    struct price_quote alone = quote(1101, 1);
    policy.sources_min = 1;
    struct price_choice choice = price_choose(&policy, &alone, 1, NOW, quote(1000, 100));
    assert_int_equal(choice.outcome, PRICE_JUMPED);
    assert_int_equal(choice.outliers, 1);
    alone.price = price_of(1100);
    assert_int_equal(price_choose(&policy, &alone, 1, NOW, quote(1000, 100)).outcome, PRICE_FOUND);
    alone.price = price_of(5000);
    assert_int_equal(price_choose(&policy, &alone, 1, NOW, nothing).outcome, PRICE_FOUND);
    /* Two that agree may. */
    struct price_quote two[] = {quote(5000, 1), quote(5001, 1)};
    assert_int_equal(price_choose(&policy, two, 2, NOW, quote(1000, 100)).outcome, PRICE_FOUND);
    policy.sources_min = 2;
}

static void a_step_is_a_share_of_the_price_before(void **state)
{
    (void)state;
    assert_false(price_moved(price_of(10000), price_of(10049), 50));
    assert_true(price_moved(price_of(10000), price_of(10050), 50));
    assert_true(price_moved(price_of(10000), price_of(9950), 50));
    assert_false(price_moved(price_of(10000), price_of(10000), 0));
    assert_true(price_moved(price_of(10000), price_of(10001), 0));
    assert_false(price_moved(price_of(UINT64_MAX), price_of(UINT64_MAX - 1), 1));
}

static void a_price_is_near_those_that_made_it(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, test_seed());
    for (u64 round = 0; round < test_rounds(20000); round += 1) {
        struct price_quote quotes[PRICE_SOURCES_MAX];
        u32 count = (u32)random_below(&random, PRICE_SOURCES_MAX + 1);
        u32 near = 0;
        for (u32 i = 0; i < count; i += 1) {
            quotes[i] = quote(1 + random_below(&random, 3000), random_below(&random, 2 * FRESH));
        }
        struct price_choice choice = choose(count, quotes);
        assert_true(choice.used <= choice.fresh && choice.fresh <= count);
        if (choice.outcome != PRICE_FOUND) {
            assert_true(choice.used < policy.sources_min);
            continue;
        }
        for (u32 i = 0; i < count; i += 1) {
            bool is_fresh = NOW - quotes[i].time_us < FRESH;
            assert_true(is_fresh || (choice.outliers >> i & 1) == 0);
            near += is_fresh && (choice.outliers >> i & 1) == 0 ? 1 : 0;
        }
        assert_int_equal(near, choice.used);
        assert_true(choice.used >= policy.sources_min);
        assert_true(NOW - choice.quote.time_us < FRESH);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_median_of_those_that_are_fresh),
        cmocka_unit_test(what_is_not_fresh_does_not_count),
        cmocka_unit_test(an_outlier_is_left_out),
        cmocka_unit_test(one_alone_may_not_jump),
        cmocka_unit_test(a_step_is_a_share_of_the_price_before),
        cmocka_unit_test(a_price_is_near_those_that_made_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
