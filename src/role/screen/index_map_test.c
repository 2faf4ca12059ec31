/* Aim: what was put under a key is found under it, in the order in which it was put; nothing is
 * lost; a second pass that does not repeat the first one ends the program.
 *
 * Method: random keys from a small and a large range against a plain list of pairs. */
#include "role/screen/index_map.h"

#include "base/hash.h"
#include "base/random.h"
#include "tests/support/test.h"

enum { PAIRS = 3000 };

static u64 keys[PAIRS];

static void fill(struct index_map *map, u64 key_bound, struct random *random)
{
    assert_int_equal(index_map_open(map, PAIRS), FAULT_NONE);
    for (u32 i = 0; i < PAIRS; i += 1) {
        keys[i] = hash_u64(random_below(random, key_bound));
        index_map_count(map, keys[i]);
    }
    assert_int_equal(index_map_lay(map), FAULT_NONE);
    for (u32 i = 0; i < PAIRS; i += 1) {
        index_map_put(map, keys[i], i);
    }
    index_map_seal(map);
}

/* The numbers found whose own key is the one asked for are exactly those put under it, in order. */
static void holds(const struct index_map *map, u64 key)
{
    struct index_run run = index_map_find(map, key);
    u32 place = 0;
    for (u32 i = 0; i < PAIRS; i += 1) {
        if (keys[i] != key) {
            continue;
        }
        while (place < run.count && keys[run.numbers[place]] != key) {
            place += 1;
        }
        assert_true(place < run.count);
        assert_int_equal(run.numbers[place], i);
        place += 1;
    }
    for (; place < run.count; place += 1) {
        assert_true(keys[run.numbers[place]] != key);
    }
}

static void everything_is_found(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, test_seed());
    static const u64 bounds[] = {1, 50, 100000};
    for (u32 b = 0; b < ARRAY_COUNT(bounds); b += 1) {
        struct index_map map;
        fill(&map, bounds[b], &random);
        for (u32 i = 0; i < PAIRS; i += 7) {
            holds(&map, keys[i]);
        }
        holds(&map, hash_u64(bounds[b] + 1));
        assert_true(index_map_memory(&map) >= PAIRS * sizeof(u32));
        index_map_close(&map);
    }
}

static void an_empty_one_finds_nothing(void **state)
{
    (void)state;
    struct index_map map;
    assert_int_equal(index_map_open(&map, 0), FAULT_NONE);
    assert_int_equal(index_map_lay(&map), FAULT_NONE);
    index_map_seal(&map);
    assert_int_equal(index_map_find(&map, 42).count, 0);
    index_map_close(&map);
    index_map_close(&map);
}

static void passes_that_differ_are_caught(void **state)
{
    (void)state;
    struct index_map map;
    assert_int_equal(index_map_open(&map, 4), FAULT_NONE);
    index_map_count(&map, 1);
    assert_int_equal(index_map_lay(&map), FAULT_NONE);
    expect_assert_failure(index_map_seal(&map));
    index_map_put(&map, 1, 7);
    expect_assert_failure(index_map_put(&map, 1, 8));
    index_map_close(&map);
}

static void too_many_keys_are_refused(void **state)
{
    (void)state;
    struct index_map map;
    assert_int_equal(index_map_open(&map, INDEX_MAP_KEYS_MAX + 1), FAULT_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_is_found),
        cmocka_unit_test(an_empty_one_finds_nothing),
        cmocka_unit_test(passes_that_differ_are_caught),
        cmocka_unit_test(too_many_keys_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
