/* Aim: each deadline comes once, never early and at most a tick late, however often it was moved
 * and however long nobody looked. Method: random settings against a table that is searched whole.
 */
#include "io/net_wheel.h"

#include "base/random.h"
#include "tests/support/test.h"

#include <string.h>

enum { ENTRIES = 50, ROUNDS = 30000 };

static struct net_wheel_entry entries[ENTRIES];
static struct net_wheel wheel;

static void start(u64 now_ms)
{
    memset(entries, 0, sizeof(entries));
    net_wheel_init(&wheel, entries, ENTRIES, now_ms);
}

static void deadline_comes_once(void **state)
{
    (void)state;
    start(1000);
    assert_int_equal(net_wheel_wait_ms(&wheel, 1000), UINT64_MAX);
    net_wheel_set(&wheel, 3, 1500, 1000);
    assert_true(net_wheel_is_set(&wheel, 3));
    assert_in_range(net_wheel_wait_ms(&wheel, 1000), 500, 564);
    assert_int_equal(net_wheel_pop(&wheel, 1499), NET_WHEEL_NONE);
    assert_int_equal(net_wheel_pop(&wheel, 1500 + NET_WHEEL_TICK_MS), 3);
    assert_false(net_wheel_is_set(&wheel, 3));
    assert_int_equal(net_wheel_pop(&wheel, 5000), NET_WHEEL_NONE);
    net_wheel_set(&wheel, 3, 6000, 5000);
    net_wheel_clear(&wheel, 3);
    net_wheel_clear(&wheel, 3);
    assert_int_equal(net_wheel_pop(&wheel, 9000), NET_WHEEL_NONE);
    net_wheel_set(&wheel, 4, 0, 9000); /* in the past: the next tick */
    assert_int_equal(net_wheel_pop(&wheel, 9000), NET_WHEEL_NONE);
    assert_int_equal(net_wheel_pop(&wheel, 9000 + NET_WHEEL_TICK_MS), 4);
}

static void far_deadlines_go_round(void **state)
{
    (void)state;
    const u64 day_ms = 24 * 3600 * 1000;
    start(0);
    net_wheel_set(&wheel, 0, day_ms, 0);
    net_wheel_set(&wheel, 1, 2 * day_ms, 0);
    for (u64 now = 0; now < day_ms; now += 999) {
        assert_int_equal(net_wheel_pop(&wheel, now), NET_WHEEL_NONE);
    }
    assert_int_equal(net_wheel_pop(&wheel, day_ms + NET_WHEEL_TICK_MS), 0);
    /* Nobody looked for a day and a half. */
    assert_int_equal(net_wheel_pop(&wheel, 5 * day_ms / 2), 1);
    assert_int_equal(net_wheel_pop(&wheel, 5 * day_ms / 2), NET_WHEEL_NONE);
    assert_int_equal(wheel.armed_count, 0);
}

static u64 random_after(struct random *random)
{
    return 1 + random_below(random, 1ULL << random_below(random, 20));
}

/* Pops all that is due and compares with the table; sometimes touches others meanwhile. */
static void pop_and_compare(struct random *random, u64 *due, u64 now_ms)
{
    for (u32 popped = 0; popped <= ENTRIES; popped++) {
        u32 index = net_wheel_pop(&wheel, now_ms);
        if (index == NET_WHEEL_NONE) {
            break;
        }
        assert_true(index < ENTRIES);
        assert_true(due[index] != 0 && due[index] <= now_ms);
        due[index] = 0;
        u32 other = (u32)random_below(random, ENTRIES);
        if (random_chance(random, 1, 4)) {
            net_wheel_clear(&wheel, other);
            due[other] = 0;
        } else if (random_chance(random, 1, 4)) {
            due[other] = now_ms + random_after(random);
            net_wheel_set(&wheel, other, due[other], now_ms);
        }
    }
    for (u32 i = 0; i < ENTRIES; i++) {
        assert_int_equal(due[i] != 0, net_wheel_is_set(&wheel, i));
        assert_true(due[i] == 0 || due[i] + NET_WHEEL_TICK_MS > now_ms);
    }
}

static void random_deadlines_agree_with_table(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, test_seed());
    u64 due[ENTRIES] = {0};
    u64 now_ms = 12345;
    start(now_ms);
    u64 rounds = test_rounds(ROUNDS);
    for (u64 round = 0; round < rounds; round++) {
        u32 index = (u32)random_below(&random, ENTRIES);
        if (random_chance(&random, 1, 5)) {
            net_wheel_clear(&wheel, index);
            due[index] = 0;
        } else {
            due[index] = now_ms + random_after(&random);
            net_wheel_set(&wheel, index, due[index], now_ms);
        }
        now_ms += random_below(&random, 1ULL << random_below(&random, 18));
        u64 wait = net_wheel_wait_ms(&wheel, now_ms);
        for (u32 i = 0; i < ENTRIES; i++) {
            assert_true(due[i] == 0 ||
                        wait <= u64_max(due[i], now_ms) - now_ms + NET_WHEEL_TICK_MS);
        }
        pop_and_compare(&random, due, now_ms);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(deadline_comes_once),
        cmocka_unit_test(far_deadlines_go_round),
        cmocka_unit_test(random_deadlines_agree_with_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
