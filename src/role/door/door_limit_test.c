/* Aim: free attempts, then pauses that double up to a bound; peace forgets; the table never grows,
 * and who is held off longest stays in it. Method: steps of a clock; a naive counter beside random
 * attempts; more keys than places. */
#include "role/door/door_limit.h"

#include "base/random.h"
#include "base/span.h"
#include "tests/support/engine_scene.h"
#include "tests/support/test.h"

#define US_S 1000000ULL

static const u8 seed[16] = {1, 2, 3};

static void pauses_grow(void **state)
{
    struct door_limit *limit = NULL;
    const u8 key[32] = {7};
    struct span span = span_of(key, sizeof(key));
    u64 now_us = 1000 * US_S;
    (void)state;
    scene_must(door_limit_open(&limit, 8, seed));
    for (u32 i = 0; i < 5; i += 1) {
        assert_int_equal(door_limit_wait(limit, DOOR_LIMIT_SIGN_ADDRESS, span, now_us), 0);
        door_limit_take(limit, DOOR_LIMIT_SIGN_ADDRESS, span, now_us);
    }
    for (u32 pause = 2; pause <= 900; pause = pause * 2 > 900 && pause < 900 ? 900 : pause * 2) {
        assert_int_equal(door_limit_wait(limit, DOOR_LIMIT_SIGN_ADDRESS, span, now_us), pause);
        assert_int_equal(
            door_limit_wait(limit, DOOR_LIMIT_SIGN_ADDRESS, span, now_us + pause * US_S - 1), 1);
        now_us += pause * US_S;
        assert_int_equal(door_limit_wait(limit, DOOR_LIMIT_SIGN_ADDRESS, span, now_us), 0);
        door_limit_take(limit, DOOR_LIMIT_SIGN_ADDRESS, span, now_us);
    }
    assert_int_equal(door_limit_wait(limit, DOOR_LIMIT_SIGN_ADDRESS, span, now_us), 900);
    assert_int_equal(door_limit_wait(limit, DOOR_LIMIT_SIGN_NETWORK, span, now_us), 0);
    /* The clock goes back: a pause is as long as it was, and no longer. */
    assert_int_equal(door_limit_wait(limit, DOOR_LIMIT_SIGN_ADDRESS, span, US_S), 900);
    assert_int_equal(door_limit_wait(limit, DOOR_LIMIT_SIGN_ADDRESS, span, 901 * US_S), 0);
    assert_int_equal(door_limit_wait(limit, DOOR_LIMIT_SIGN_ADDRESS, span, 30000 * US_S), 0);
    door_limit_take(limit, DOOR_LIMIT_SIGN_ADDRESS, span, 30000 * US_S);
    assert_int_equal(door_limit_wait(limit, DOOR_LIMIT_SIGN_ADDRESS, span, 30000 * US_S), 0);
    door_limit_close(limit);
}

static void a_good_attempt_is_not_counted(void **state)
{
    struct door_limit *limit = NULL;
    const u8 key[16] = {9};
    struct span span = span_of(key, sizeof(key));
    (void)state;
    scene_must(door_limit_open(&limit, 8, seed));
    for (u32 i = 0; i < 5; i += 1) {
        door_limit_take(limit, DOOR_LIMIT_SIGN_ADDRESS, span, 100 * US_S);
    }
    for (u32 i = 0; i < 50; i += 1) {
        u64 now_us = (103 + i) * US_S;
        assert_int_equal(door_limit_wait(limit, DOOR_LIMIT_SIGN_ADDRESS, span, now_us), 0);
        door_limit_take(limit, DOOR_LIMIT_SIGN_ADDRESS, span, now_us);
        assert_int_equal(door_limit_wait(limit, DOOR_LIMIT_SIGN_ADDRESS, span, now_us), 4);
        door_limit_return(limit, DOOR_LIMIT_SIGN_ADDRESS, span);
    }
    door_limit_close(limit);
}

/* What the rules say, for one key of one kind. */
struct naive {
    u32 count;
    u64 last_us;
};

static u32 naive_wait(const struct naive *naive, u64 now_us)
{
    if (naive->count < 3 || now_us - naive->last_us >= 86400 * US_S) {
        return 0;
    }
    u64 pause_s = 60;
    for (u32 i = 3; i < naive->count && pause_s < 3600; i += 1) {
        pause_s *= 2;
    }
    pause_s = pause_s > 3600 ? 3600 : pause_s;
    u64 over_us = naive->last_us + pause_s * US_S;
    return over_us <= now_us ? 0 : (u32)((over_us - now_us + US_S - 1) / US_S);
}

static void random_attempts_agree_with_the_naive(void **state)
{
    enum { KEYS = 4 };
    struct door_limit *limit = NULL;
    struct naive naive[KEYS] = {{0, 0}};
    struct random random;
    u64 now_us = US_S;
    (void)state;
    random_init(&random, test_seed());
    scene_must(door_limit_open(&limit, 64, seed));
    for (u64 round = 0; round < test_rounds(20000); round += 1) {
        u8 key[32] = {(u8)random_below(&random, KEYS)};
        struct naive *one = &naive[key[0]];
        now_us += random_below(&random, random_chance(&random, 1, 200) ? 90000 * US_S : 400 * US_S);
        u32 wait =
            door_limit_wait(limit, DOOR_LIMIT_MAIL_ADDRESS, span_of(key, sizeof(key)), now_us);
        assert_int_equal(wait, naive_wait(one, now_us));
        if (wait == 0) {
            one->count = now_us - one->last_us >= 86400 * US_S ? 1 : one->count + 1;
            one->last_us = now_us;
            door_limit_take(limit, DOOR_LIMIT_MAIL_ADDRESS, span_of(key, sizeof(key)), now_us);
        }
    }
    door_limit_close(limit);
}

static void who_waits_longest_stays(void **state)
{
    struct door_limit *limit = NULL;
    const u8 victim[32] = {0xff, 0xff};
    struct span span = span_of(victim, sizeof(victim));
    (void)state;
    scene_must(door_limit_open(&limit, 8, seed));
    for (u32 i = 0; i < 12; i += 1) {
        door_limit_take(limit, DOOR_LIMIT_SIGN_ADDRESS, span, US_S);
    }
    for (u32 i = 0; i < 1000; i += 1) {
        u8 key[32] = {(u8)i, (u8)(i >> 8)};
        door_limit_take(limit, DOOR_LIMIT_SIGN_ADDRESS, span_of(key, sizeof(key)), US_S);
    }
    assert_int_equal(door_limit_wait(limit, DOOR_LIMIT_SIGN_ADDRESS, span, US_S), 256);
    assert_int_equal(door_limit_evictions(limit), 0); /* none of the others waited */
    door_limit_close(limit);
}

static void take_each(struct door_limit *limit, const u32 counts[8])
{
    for (u8 i = 0; i < 8; i += 1) {
        const u8 key[32] = {0xee, i};
        for (u32 count = 0; count < counts[i]; count += 1) {
            door_limit_take(limit, DOOR_LIMIT_SIGN_ADDRESS, span_of(key, sizeof(key)), US_S);
        }
    }
}

static u32 wait_of(struct door_limit *limit, u8 which)
{
    const u8 key[32] = {0xee, which};
    return door_limit_wait(limit, DOOR_LIMIT_SIGN_ADDRESS, span_of(key, sizeof(key)), US_S);
}

/* In whatever places they are: who waits least, and of those who do not wait who tried least. */
static void who_waits_least_gives_way(void **state)
{
    static const u32 waiting[8] = {9, 7, 12, 6, 10, 5, 11, 8};
    static const u32 trying[8] = {4, 3, 4, 2, 4, 1, 3, 4};
    struct door_limit *limit = NULL;
    const u8 other[32] = {0xdd};
    const u8 another[32] = {0xcc};
    (void)state;
    scene_must(door_limit_open(&limit, 8, seed));
    take_each(limit, waiting);
    door_limit_take(limit, DOOR_LIMIT_SIGN_ADDRESS, span_of(other, sizeof(other)), US_S);
    assert_int_equal(door_limit_evictions(limit), 1);
    door_limit_take(limit, DOOR_LIMIT_SIGN_ADDRESS, span_of(another, sizeof(another)), US_S);
    assert_int_equal(door_limit_evictions(limit), 1); /* the one before did not wait */
    for (u8 i = 0; i < 8; i += 1) {
        assert_int_equal(wait_of(limit, i), waiting[i] == 5 ? 0 : 2U << (waiting[i] - 5));
    }
    door_limit_close(limit);
    scene_must(door_limit_open(&limit, 8, seed));
    take_each(limit, trying);
    door_limit_take(limit, DOOR_LIMIT_SIGN_ADDRESS, span_of(other, sizeof(other)), US_S);
    for (u8 i = 0; i < 8; i += 1) {
        const u8 key[32] = {0xee, i};
        if (trying[i] == 4) { /* the fifth is the first with a pause */
            door_limit_take(limit, DOOR_LIMIT_SIGN_ADDRESS, span_of(key, sizeof(key)), US_S);
            assert_int_equal(wait_of(limit, i), 2);
        }
    }
    assert_int_equal(door_limit_evictions(limit), 0);
    door_limit_close(limit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pauses_grow),
        cmocka_unit_test(a_good_attempt_is_not_counted),
        cmocka_unit_test(random_attempts_agree_with_the_naive),
        cmocka_unit_test(who_waits_longest_stays),
        cmocka_unit_test(who_waits_least_gives_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
