/* Aim: buffers of a pool never overlap, come back whole whatever the mix, and are freed exactly
 * once. Method: small pools by hand, and random takes, trims and releases against a list of what is
 * alive, every byte of which is checked. */
#include "io/net_buffer.h"

#include "base/random.h"
#include "base/span.h"
#include "tests/support/test.h"

#include <string.h>

enum { KIB = 1024 };

static void pool_gives_and_takes_back(void **state)
{
    (void)state;
    struct net_pool pool;
    assert_int_equal(net_pool_open(&pool, 64 * KIB, 16 * KIB), FAULT_NONE);
    assert_int_equal(pool.memory_bytes, 64 * KIB);
    struct net_buffer *all[4];
    for (u32 i = 0; i < 4; i++) {
        all[i] = net_buffer_take(&pool, 16 * KIB - NET_BUFFER_HEAD_BYTES);
        assert_non_null(all[i]);
        assert_int_equal(all[i]->references, 1);
        assert_int_equal(all[i]->size, 0);
        assert_int_equal(all[i]->capacity, 16 * KIB - NET_BUFFER_HEAD_BYTES);
    }
    assert_null(net_buffer_take(&pool, 1));
    assert_null(net_buffer_take(&pool, 16 * KIB - NET_BUFFER_HEAD_BYTES + 1));
    assert_null(net_buffer_take(&pool, UINT64_MAX));
    assert_int_equal(pool.exhausted_count, 3);
    assert_int_equal(pool.used_bytes, 64 * KIB);
    net_buffer_release(all[2]);
    struct net_buffer *small = net_buffer_take(&pool, 1);
    assert_non_null(small);
    assert_int_equal(pool.used_bytes, 48 * KIB + NET_BLOCK_BYTES_MIN);
    assert_null(net_buffer_take(&pool, 8 * KIB)); /* with its head more than half of what is left */
    net_buffer_release(small);
    all[2] = net_buffer_take(&pool, 16 * KIB - NET_BUFFER_HEAD_BYTES);
    assert_non_null(all[2]); /* whole again */
    for (u32 i = 0; i < 4; i++) {
        net_buffer_release(all[i]);
    }
    assert_int_equal(pool.used_bytes, 0);
    assert_int_equal(pool.used_bytes_most, 64 * KIB);
    net_pool_close(&pool);
    net_pool_close(&pool);
}

static void pool_refuses_sizes(void **state)
{
    (void)state;
    struct net_pool pool;
    assert_int_equal(net_pool_open(&pool, 0, 4096), FAULT_CONFIG);
    assert_int_equal(net_pool_open(&pool, UINT64_MAX, 4096), FAULT_CONFIG);
    assert_int_equal(net_pool_open(&pool, 4096, NET_BLOCK_BYTES_MAX + 1ULL), FAULT_CONFIG);
    net_pool_close(&pool);
    assert_int_equal(net_pool_open(&pool, 1, 1), FAULT_NONE);
    assert_int_equal(pool.memory_bytes, NET_BLOCK_BYTES_MIN);
    net_pool_close(&pool);
    assert_int_equal(net_pool_open(&pool, 1, NET_BLOCK_BYTES_MAX), FAULT_NONE);
    assert_int_equal(pool.memory_bytes, NET_BLOCK_BYTES_MAX);
    net_pool_close(&pool);
}

static void buffer_is_trimmed(void **state)
{
    (void)state;
    struct net_pool pool;
    assert_int_equal(net_pool_open(&pool, 16 * KIB, 16 * KIB), FAULT_NONE);
    struct net_buffer *buffer = net_buffer_take(&pool, 10 * KIB);
    assert_non_null(buffer);
    memset(buffer->data, 7, 300);
    net_buffer_trim(buffer, 300);
    assert_int_equal(buffer->size, 300);
    assert_int_equal(buffer->capacity, 512 - NET_BUFFER_HEAD_BYTES);
    assert_int_equal(pool.used_bytes, 512);
    struct net_buffer *half = net_buffer_take(&pool, 8 * KIB - NET_BUFFER_HEAD_BYTES);
    assert_non_null(half);
    memset(half->data, 9, half->capacity);
    for (u32 i = 0; i < 300; i++) {
        assert_int_equal(buffer->data[i], 7);
    }
    net_buffer_release(half);
    net_buffer_release(buffer);
    buffer = net_buffer_take(&pool, 16 * KIB - NET_BUFFER_HEAD_BYTES);
    assert_non_null(buffer);
    net_buffer_release(buffer);
    net_pool_close(&pool);
}

static void last_reference_frees(void **state)
{
    (void)state;
    struct net_pool pool;
    assert_int_equal(net_pool_open(&pool, 4 * KIB, 4 * KIB), FAULT_NONE);
    struct net_buffer *buffer = net_buffer_copy(&pool, span_of_text("shared"));
    assert_non_null(buffer);
    assert_int_equal(buffer->size, 6);
    assert_memory_equal(buffer->data, "shared", 6);
    for (u32 i = 0; i < 1000; i++) {
        net_buffer_hold(buffer);
    }
    for (u32 i = 0; i < 1000; i++) {
        net_buffer_release(buffer);
        assert_int_equal(pool.buffers_count, 1);
    }
    expect_assert_failure(net_pool_close(&pool));
    net_buffer_release(buffer);
    assert_int_equal(pool.buffers_count, 0);
    expect_assert_failure(net_buffer_release(buffer));
    net_pool_close(&pool);
}

enum { ALIVE_MAX = 64, ROUNDS = 20000 };

struct alive {
    struct net_buffer *buffer;
    u8 fill;
};

static void alive_release(struct alive *alive)
{
    u32 wrong_count = 0;
    for (u32 i = 0; i < alive->buffer->size; i++) {
        wrong_count += alive->buffer->data[i] != alive->fill;
    }
    assert_int_equal(wrong_count, 0);
    net_buffer_release(alive->buffer);
    alive->buffer = NULL;
}

static void what_is_secret_is_wiped(void **state)
{
    (void)state;
    struct net_pool pool;
    assert_int_equal(net_pool_open(&pool, 4 * KIB, 4 * KIB), FAULT_NONE);
    struct net_buffer *buffer = net_buffer_take(&pool, KIB);
    memset(buffer->data, 7, KIB);
    buffer->size = KIB;
    buffer->is_secret = true;
    net_buffer_hold(buffer);
    net_buffer_release(buffer);
    assert_int_equal(buffer->data[0], 7); /* somebody still sends it */
    net_buffer_release(buffer);
    buffer = net_buffer_take(&pool, KIB);
    assert_false(buffer->is_secret);
    for (u32 i = 0; i < KIB; i++) {
        assert_int_equal(buffer->data[i], 0);
    }
    net_buffer_release(buffer);
    net_pool_close(&pool);
}

static void random_mix_never_overlaps(void **state)
{
    (void)state;
    struct net_pool pool;
    assert_int_equal(net_pool_open(&pool, 256 * KIB, 64 * KIB), FAULT_NONE);
    struct random random;
    random_init(&random, 7);
    struct alive alive[ALIVE_MAX] = {0};
    for (u32 round = 0; round < ROUNDS; round++) {
        struct alive *one = &alive[random_below(&random, ALIVE_MAX)];
        if (one->buffer != NULL) {
            alive_release(one);
            continue;
        }
        u32 size = (u32)random_below(&random, 1ULL << random_below(&random, 17));
        one->buffer = net_buffer_take(&pool, size);
        if (one->buffer == NULL) {
            continue;
        }
        assert_true(one->buffer->capacity >= size);
        net_buffer_trim(one->buffer, (u32)random_below(&random, (u64)size + 1));
        one->fill = (u8)round;
        memset(one->buffer->data, one->fill, one->buffer->size);
    }
    assert_true(pool.exhausted_count > 0);
    for (u32 i = 0; i < ALIVE_MAX; i++) {
        if (alive[i].buffer != NULL) {
            alive_release(&alive[i]);
        }
    }
    for (u32 i = 0; i < 4; i++) {
        alive[i].buffer = net_buffer_take(&pool, 64 * KIB - NET_BUFFER_HEAD_BYTES);
        assert_non_null(alive[i].buffer);
    }
    for (u32 i = 0; i < 4; i++) {
        net_buffer_release(alive[i].buffer);
    }
    net_pool_close(&pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pool_gives_and_takes_back), cmocka_unit_test(pool_refuses_sizes),
        cmocka_unit_test(buffer_is_trimmed),         cmocka_unit_test(last_reference_frees),
        cmocka_unit_test(what_is_secret_is_wiped),   cmocka_unit_test(random_mix_never_overlaps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
