/* Aim: an account's subscriptions and a session's are those that were added and not removed, newest
 * first, and places are used again. Method: random additions and removals in two directions beside
 * a plain list. */
#include "role/gateway/user_stream.h"

#include "base/random.h"
#include "tests/support/test.h"

#include <stdlib.h>
#include <string.h>

enum { ACCOUNTS_MAX = 6, SESSIONS = 5, SLOTS_MAX = 24, STEPS = 4000 };

static struct user_stream table;
static void *memory;
static u32 chains[SESSIONS];

static int scene_open(void **state)
{
    (void)state;
    struct arena arena;
    size_t bytes = user_stream_footprint(SLOTS_MAX, ACCOUNTS_MAX);
    memory = aligned_alloc(64, (bytes + 63) / 64 * 64);
    assert_non_null(memory);
    memset(memory, 0, bytes);
    arena_init(&arena, memory, bytes);
    assert_int_equal(user_stream_open(&table, SLOTS_MAX, ACCOUNTS_MAX, &arena), FAULT_NONE);
    memset(chains, 0, sizeof chains);
    return 0;
}

static int scene_close(void **state)
{
    (void)state;
    free(memory);
    return 0;
}

/* The model: slots in the order they were added. */
static struct entry {
    u32 slot;
    u32 account;
    u32 session;
} entries[SLOTS_MAX];
static u32 count;

static void compare(void)
{
    assert_int_equal(table.count, count);
    for (u32 account = 0; account < ACCOUNTS_MAX; account++) {
        u32 slot = user_stream_first(&table, account);
        for (u32 i = count; i > 0; i--) {
            if (entries[i - 1].account == account) {
                assert_int_equal(slot, entries[i - 1].slot);
                slot = user_stream_at(&table, slot)->of_account;
            }
        }
        assert_int_equal(slot, 0);
    }
    for (u32 session = 0; session < SESSIONS; session++) {
        u32 slot = chains[session];
        for (u32 i = count; i > 0; i--) {
            if (entries[i - 1].session == session) {
                assert_int_equal(slot, entries[i - 1].slot);
                assert_int_equal(user_stream_at(&table, slot)->session, session);
                slot = user_stream_at(&table, slot)->of_session;
            }
        }
        assert_int_equal(slot, 0);
    }
}

static void chains_hold_what_is_there(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, test_seed());
    count = 0;
    for (u32 i = 0; i < test_rounds(STEPS); i++) {
        u32 session = (u32)random_below(&random, SESSIONS);
        u32 account = (u32)random_below(&random, ACCOUNTS_MAX);
        if (count > 0 && random_below(&random, 2) == 0) {
            u32 at = (u32)random_below(&random, count);
            user_stream_remove(&table, &chains[entries[at].session], entries[at].slot);
            count--;
            memmove(entries + at, entries + at + 1, (count - at) * sizeof entries[0]);
        } else {
            u32 slot = user_stream_add(&table, &chains[session], session, account, i, false);
            assert_int_equal(slot != 0, count < SLOTS_MAX);
            if (slot != 0) {
                entries[count] = (struct entry){slot, account, session};
                count++;
            }
        }
        compare();
    }
}

static void bounds_are_kept(void **state)
{
    (void)state;
    assert_int_equal(user_stream_add(&table, &chains[0], 1, ACCOUNTS_MAX, 0, false), 0);
    assert_int_equal(user_stream_first(&table, ACCOUNTS_MAX), 0);
    for (u32 i = 0; i < SLOTS_MAX; i++) {
        assert_int_not_equal(user_stream_add(&table, &chains[0], 1, 0, i, false), 0);
    }
    assert_int_equal(user_stream_add(&table, &chains[0], 1, 0, 0, false), 0);
    user_stream_remove(&table, &chains[0], 3);
    assert_int_equal(user_stream_add(&table, &chains[1], 1, 1, 0, true), 3);
    assert_null(user_stream_at(&table, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(chains_hold_what_is_there, scene_open, scene_close),
        cmocka_unit_test_setup_teardown(bounds_are_kept, scene_open, scene_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
