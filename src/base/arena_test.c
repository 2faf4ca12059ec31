/* Aim: an arena hands out exactly what was counted, aligned, and refuses when it is full or sealed.
 *
 * Method: examples and edges, then random sequences of requests where footprint_add and arena_take
 * must agree to the byte. */
#include "base/arena.h"

#include "base/random.h"
#include "tests/support/test.h"

static _Alignas(4096) u8 memory[1 << 16];

static void arena_takes_in_order(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, memory, 256);
    assert_ptr_equal(arena_take(&arena, 1, 1), memory);
    assert_ptr_equal(arena_take(&arena, 8, 8), memory + 8);
    assert_ptr_equal(arena_take_array(&arena, 3, 8, 64), memory + 64);
    assert_int_equal(arena.used, 88);
}

static void arena_refuses_when_full(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, memory, 100);
    assert_non_null(arena_take(&arena, 60, 1));
    assert_null(arena_take(&arena, 41, 1));
    assert_null(arena_take(&arena, 1, 4096));
    assert_null(arena_take(&arena, SIZE_MAX, 8));
    assert_null(arena_take_array(&arena, SIZE_MAX / 2, 3, 1));
    assert_int_equal(arena.used, 60);
    assert_non_null(arena_take(&arena, 40, 1));
    assert_non_null(arena_take(&arena, 0, 1));
    assert_null(arena_take(&arena, 1, 1));
}

static void arena_refuses_once_sealed(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, memory, 100);
    assert_non_null(arena_take(&arena, 1, 1));
    arena_seal(&arena);
    assert_null(arena_take(&arena, 1, 1));
    assert_null(arena_take_array(&arena, 1, 1, 1));
    assert_int_equal(arena.used, 1);
}

static void arena_checks_its_parameters(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, memory, 100);
    void *taken = NULL;
    expect_assert_failure(taken = arena_take(&arena, 1, 0));
    expect_assert_failure(taken = arena_take(&arena, 1, 3));
    expect_assert_failure(taken = arena_take(&arena, 1, ARENA_ALIGN_MAX * 2));
    expect_assert_failure(arena_init(&arena, NULL, 1));
    assert_null(taken);
}

static void footprint_notices_overflow(void **state)
{
    (void)state;
    struct footprint product = {0};
    footprint_add(&product, SIZE_MAX / 2, 3, 1);
    assert_true(product.overflown);
    struct footprint sum = {.bytes = SIZE_MAX - 10};
    footprint_add(&sum, 1, 11, 1);
    assert_true(sum.overflown);
    struct footprint rounding = {.bytes = SIZE_MAX - 10};
    footprint_add(&rounding, 1, 1, 4096);
    assert_true(rounding.overflown);
    footprint_add(&rounding, 0, 1, 1);
    assert_true(rounding.overflown);
}

static void footprint_agrees_with_arena(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, test_seed());
    for (u64 round = 0; round < test_rounds(1000); round += 1) {
        struct arena arena;
        struct footprint footprint = {0};
        arena_init(&arena, memory, sizeof(memory));
        for (u32 request = 0; request < 20; request += 1) {
            size_t align = (size_t)1 << random_below(&random, 8);
            size_t size = (size_t)random_below(&random, 40);
            size_t count = (size_t)random_below(&random, 20);
            footprint_add(&footprint, count, size, align);
            u8 *taken = arena_take_array(&arena, count, size, align);
            assert_non_null(taken);
            assert_int_equal((uintptr_t)taken % align, 0);
            assert_int_equal(footprint.bytes, arena.used);
        }
        assert_false(footprint.overflown);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arena_takes_in_order),       cmocka_unit_test(arena_refuses_when_full),
        cmocka_unit_test(arena_refuses_once_sealed),  cmocka_unit_test(arena_checks_its_parameters),
        cmocka_unit_test(footprint_notices_overflow), cmocka_unit_test(footprint_agrees_with_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
