/* Aim: a key's users are those that began with it and have not ended, newest first, whoever else
 * comes and goes. Method: random begins and ends beside a plain list. */
#include "role/gateway/key_use.h"

#include "base/random.h"
#include "tests/support/test.h"

#include <stdlib.h>
#include <string.h>

enum { KEYS_MAX = 5, USERS_MAX = 40, STEPS = 4000 };

static struct key_uses uses;
static void *memory;

static int scene_open(void **state)
{
    (void)state;
    struct arena arena;
    size_t bytes = key_uses_footprint(KEYS_MAX, USERS_MAX);
    memory = aligned_alloc(64, (bytes + 63) / 64 * 64);
    assert_non_null(memory);
    memset(memory, 0, bytes);
    arena_init(&arena, memory, bytes);
    assert_int_equal(key_uses_open(&uses, KEYS_MAX, USERS_MAX, &arena), FAULT_NONE);
    return 0;
}

static int scene_close(void **state)
{
    (void)state;
    free(memory);
    return 0;
}

/* The model: users in the order they began, and whose they are. */
static u32 order[USERS_MAX];
static u32 keys[USERS_MAX];
static u32 count;

static void model_end(u32 user)
{
    for (u32 i = 0; i < count; i++) {
        if (order[i] == user) {
            memmove(order + i, order + i + 1, (count - i - 1) * sizeof order[0]);
            memmove(keys + i, keys + i + 1, (count - i - 1) * sizeof keys[0]);
            count--;
            return;
        }
    }
}

static void compare(void)
{
    for (u32 key = 1; key <= KEYS_MAX; key++) {
        u32 user = key_use_first(&uses, key);
        for (u32 i = count; i > 0; i--) {
            if (keys[i - 1] == key) {
                assert_int_equal(user, order[i - 1]);
                user = key_use_next(&uses, user);
            }
        }
        assert_int_equal(user, 0);
    }
}

static void chains_hold_who_is_there(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, test_seed());
    for (u32 i = 0; i < test_rounds(STEPS); i++) {
        u32 user = 1 + (u32)random_below(&random, USERS_MAX);
        u32 key = (u32)random_below(&random, KEYS_MAX + 1);
        model_end(user);
        if (random_below(&random, 3) == 0) {
            key_use_end(&uses, user);
        } else {
            key_use_begin(&uses, user, key, 1);
            if (key != 0) {
                order[count] = user;
                keys[count] = key;
                count++;
            }
        }
        compare();
    }
}

static void a_right_that_came_later_may_go(void **state)
{
    (void)state;
    key_use_begin(&uses, USERS_MAX, KEYS_MAX, 3);
    assert_false(key_use_lost(&uses, USERS_MAX, 7));
    assert_false(key_use_lost(&uses, USERS_MAX, 3));
    assert_true(key_use_lost(&uses, USERS_MAX, 5));
    assert_true(key_use_lost(&uses, USERS_MAX, 0));
    key_use_end(&uses, USERS_MAX);
    assert_false(key_use_lost(&uses, USERS_MAX, 0));
}

static void too_small_an_arena_is_said(void **state)
{
    (void)state;
    struct key_uses small;
    struct arena arena;
    u8 bytes[64] __attribute__((aligned(64)));
    arena_init(&arena, bytes, sizeof bytes);
    assert_int_equal(key_uses_open(&small, KEYS_MAX, USERS_MAX, &arena), FAULT_LIMIT);
    fault_forget();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(chains_hold_who_is_there, scene_open, scene_close),
        cmocka_unit_test_setup_teardown(a_right_that_came_later_may_go, scene_open, scene_close),
        cmocka_unit_test(too_small_an_arena_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
