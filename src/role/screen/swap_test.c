/* Aim: readers always see one whole index, the one in force or one before; none is closed while it
 * is read, all are closed in the end; a writer is refused, not stopped, while too many old ones are
 * held.
 *
 * Method: threads that take, read and give back while others are put in force; each index says in
 * several places which one it is. Under ASan and TSan a closed index that is read would be seen. */
#include "role/screen/swap.h"

#include "base/check.h"
#include "tests/support/screen_scene.h"

#include <pthread.h>

enum { READERS = 3, ENTRIES = 20 };

static struct swap swap;
static atomic_bool is_over;

/* An index all of whose subjects have numbers of its own. */
static struct screen_index *numbered(u32 generation)
{
    struct scene_entry entries[ENTRIES];
    struct random random;
    random_init(&random, generation);
    for (u32 i = 0; i < ENTRIES; i += 1) {
        scene_invent(&random, generation * 100 + i, 2, &entries[i]);
    }
    return scene_index(entries, ENTRIES, NULL);
}

static void *keep_reading(void *context)
{
    u32 reader = *(const u32 *)context;
    u64 taken = 0;
    u32 last = 0;
    while (!atomic_load(&is_over) || taken == 0) {
        const struct screen_index *index = swap_take(&swap, reader);
        u32 generation = index->subjects[0].number / 100;
        for (u32 i = 0; i < index->subjects_count; i += 1) {
            CHECK(index->subjects[i].number == generation * 100 + i);
        }
        for (u32 i = 0; i < index->names_count; i += 1) {
            CHECK(index_name_of(index, i)->tokens_count > 0);
        }
        CHECK(generation >= last);
        last = generation;
        swap_give_back(&swap, reader);
        taken += 1;
    }
    return NULL;
}

static void readers_never_see_a_closed_one(void **state)
{
    (void)state;
    pthread_t threads[READERS];
    u32 readers[READERS];
    u32 rounds = (u32)test_rounds(60);
    atomic_store(&is_over, false);
    swap_init(&swap);
    assert_null(swap_take(&swap, 0));
    swap_give_back(&swap, 0);
    assert_int_equal(swap_put(&swap, numbered(1)), FAULT_NONE);
    for (u32 i = 0; i < READERS; i += 1) {
        readers[i] = i;
        assert_int_equal(pthread_create(&threads[i], NULL, keep_reading, &readers[i]), 0);
    }
    for (u32 i = 2; i <= rounds + 1; i += 1) {
        struct screen_index *index = numbered(i);
        while (swap_put(&swap, index) != FAULT_NONE) {
        }
    }
    atomic_store(&is_over, true);
    for (u32 i = 0; i < READERS; i += 1) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    }
    assert_int_equal(swap_collect(&swap), 0);
    assert_int_equal(swap_generation(&swap), rounds + 1);
    swap_close(&swap);
}

static void too_many_old_ones_refuse_a_new_one(void **state)
{
    (void)state;
    swap_init(&swap);
    assert_int_equal(swap_put(&swap, numbered(1)), FAULT_NONE);
    for (u32 i = 0; i < SWAP_OLD_MAX; i += 1) {
        assert_int_equal(swap_take(&swap, i)->subjects[0].number, (i + 1) * 100);
        assert_int_equal(swap_put(&swap, numbered(i + 2)), FAULT_NONE);
    }
    struct screen_index *refused = numbered(99);
    assert_int_equal(swap_put(&swap, refused), FAULT_LIMIT);
    assert_int_equal(swap_collect(&swap), SWAP_OLD_MAX);
    swap_give_back(&swap, 3);
    assert_int_equal(swap_put(&swap, refused), FAULT_NONE);
    assert_int_equal(swap_take(&swap, 3)->subjects[0].number, 9900);
    expect_assert_failure(swap_close(&swap));
    for (u32 i = 0; i < SWAP_OLD_MAX; i += 1) {
        swap_give_back(&swap, i);
    }
    swap_close(&swap);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(readers_never_see_a_closed_one),
        cmocka_unit_test(too_many_old_ones_refuse_a_new_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
