/* Aim: records come out whole and in order, between threads too, and nothing that a hostile other
 * side writes into the shared memory makes us read or write outside of it.
 *
 * Method: one thread through every fill level and wrap; two threads with random sizes, to be run
 * under TSan; then each shared word set to impossible values. */
#include "base/ring.h"

#include "base/random.h"
#include "base/span.h"
#include "tests/support/test.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

enum { DATA_BYTES = 4096, RECORD_MAX = 200 };

static _Alignas(64) u8 memory[sizeof(struct ring) + DATA_BYTES + 64];

struct pair {
    struct ring *ring;
    struct ring_producer producer;
    struct ring_consumer consumer;
};

static struct pair pair_make(void)
{
    struct pair pair;
    memset(memory, 0xee, sizeof(memory));
    assert_int_equal(ring_footprint(DATA_BYTES), sizeof(struct ring) + DATA_BYTES);
    pair.ring = ring_init(memory, DATA_BYTES);
    assert_true(ring_producer_init(&pair.producer, pair.ring, DATA_BYTES));
    assert_true(ring_consumer_init(&pair.consumer, pair.ring, DATA_BYTES));
    return pair;
}

static void a_record_is_seen_once_published(void **state)
{
    (void)state;
    struct pair pair = pair_make();
    u8 target[RECORD_MAX];
    assert_true(ring_push(&pair.producer, span_of_text("hello")));
    assert_int_equal(ring_pop(&pair.consumer, target, sizeof(target)), 0);
    ring_publish(&pair.producer);
    assert_int_equal(ring_pop(&pair.consumer, target, sizeof(target)), 5);
    assert_memory_equal(target, "hello", 5);
    assert_int_equal(ring_pop(&pair.consumer, target, sizeof(target)), 0);
    assert_false(pair.consumer.broken);
}

static void a_full_ring_refuses(void **state)
{
    (void)state;
    struct pair pair = pair_make();
    u8 record[60] = {7};
    u8 target[RECORD_MAX];
    u32 count = 0;
    while (ring_push(&pair.producer, span_of(record, sizeof(record)))) {
        count += 1;
    }
    assert_int_equal(count, DATA_BYTES / 64);
    assert_false(pair.producer.broken);
    ring_publish(&pair.producer);
    assert_int_equal(ring_pop(&pair.consumer, target, sizeof(target)), sizeof(record));
    /* The space is free only once it is given back. */
    assert_false(ring_push(&pair.producer, span_of(record, sizeof(record))));
    ring_release(&pair.consumer);
    assert_true(ring_push(&pair.producer, span_of(record, sizeof(record))));
    /* Nothing was written behind the end. */
    for (size_t index = sizeof(struct ring) + DATA_BYTES; index < sizeof(memory); index += 1) {
        assert_int_equal(memory[index], 0xee);
    }
}

static void sizes_have_bounds(void **state)
{
    (void)state;
    struct pair pair = pair_make();
    static u8 large[RING_RECORD_BYTES_MAX + 1];
    assert_false(ring_push(&pair.producer, span_of(large, 0)));
    assert_false(ring_push(&pair.producer, span_of(large, sizeof(large))));
    assert_false(ring_push(&pair.producer, span_of(large, DATA_BYTES)));
    assert_true(ring_push(&pair.producer, span_of(large, DATA_BYTES - 4)));
    void *made = NULL;
    expect_assert_failure(made = ring_init(memory, 3000));
    expect_assert_failure(made = ring_init(memory, RING_BYTES_MIN / 2));
    expect_assert_failure(made = ring_init(memory + 8, DATA_BYTES));
    assert_null(made);
}

static void a_side_that_restarts_goes_on(void **state)
{
    (void)state;
    struct pair pair = pair_make();
    u8 target[RECORD_MAX];
    assert_true(ring_push(&pair.producer, span_of_text("one")));
    assert_true(ring_push(&pair.producer, span_of_text("two")));
    ring_publish(&pair.producer);
    assert_int_equal(ring_pop(&pair.consumer, target, sizeof(target)), 3);
    ring_release(&pair.consumer);
    struct ring_consumer second;
    assert_true(ring_consumer_init(&second, pair.ring, DATA_BYTES));
    assert_int_equal(ring_pop(&second, target, sizeof(target)), 3);
    assert_memory_equal(target, "two", 3);
    assert_false(ring_consumer_init(&second, pair.ring, DATA_BYTES * 2));
    pair.ring->magic += 1;
    assert_false(ring_producer_init(&pair.producer, pair.ring, DATA_BYTES));
}

static void room_is_given_back_up_to_a_mark(void **state)
{
    (void)state;
    struct pair pair = pair_make();
    u8 record[60] = {7};
    u8 target[RECORD_MAX];
    u64 marks[DATA_BYTES / 64 + 1];
    u32 count = 0;
    while (ring_push(&pair.producer, span_of(record, sizeof(record)))) {
        count += 1;
    }
    ring_publish(&pair.producer);
    marks[0] = ring_mark(&pair.consumer);
    for (u32 index = 1; index <= count; index += 1) {
        assert_int_equal(ring_pop(&pair.consumer, target, sizeof(target)), sizeof(record));
        marks[index] = ring_mark(&pair.consumer);
    }
    ring_release_to(&pair.consumer, marks[0]);
    assert_false(ring_push(&pair.producer, span_of(record, sizeof(record))));
    ring_release_to(&pair.consumer, marks[2]);
    ring_release_to(&pair.consumer, marks[1]); /* passed already */
    for (u32 index = 0; index < 2; index += 1) {
        assert_true(ring_push(&pair.producer, span_of(record, sizeof(record))));
    }
    assert_false(ring_push(&pair.producer, span_of(record, sizeof(record))));
    /* A successor finds what was not given back. */
    struct ring_consumer second;
    assert_true(ring_consumer_init(&second, pair.ring, DATA_BYTES));
    assert_int_equal(ring_mark(&second), marks[2]);
    expect_assert_failure(ring_release_to(&second, marks[3]));
    ring_release_to(&pair.consumer, marks[count]);
    assert_true(ring_push(&pair.producer, span_of(record, sizeof(record))));
    assert_false(pair.producer.broken);
}

static void hostile_indexes_break_the_ring(void **state)
{
    (void)state;
    static const u64 wrong_written[] = {1, 4, DATA_BYTES + 8, 1ULL << 40, UINT64_MAX - 7};
    u8 target[RECORD_MAX];
    for (u32 index = 0; index < ARRAY_COUNT(wrong_written); index += 1) {
        struct pair pair = pair_make();
        atomic_store(&pair.ring->written, wrong_written[index]);
        assert_int_equal(ring_pop(&pair.consumer, target, sizeof(target)), 0);
        assert_true(pair.consumer.broken);
        atomic_store(&pair.ring->written, 0);
        assert_int_equal(ring_pop(&pair.consumer, target, sizeof(target)), 0);
    }
    static const u64 wrong_taken[] = {4, DATA_BYTES * 2, UINT64_MAX - 7};
    u8 record[56] = {1};
    for (u32 index = 0; index < ARRAY_COUNT(wrong_taken); index += 1) {
        struct pair pair = pair_make();
        while (ring_push(&pair.producer, span_of(record, sizeof(record)))) {
        }
        ring_publish(&pair.producer);
        atomic_store(&pair.ring->taken, wrong_taken[index]);
        assert_false(ring_push(&pair.producer, span_of(record, sizeof(record))));
        assert_true(pair.producer.broken);
    }
}

static void hostile_lengths_break_the_ring(void **state)
{
    (void)state;
    static const u32 wrong[] = {0, RECORD_MAX + 1, 65, RING_RECORD_BYTES_MAX, UINT32_MAX};
    for (u32 index = 0; index < ARRAY_COUNT(wrong); index += 1) {
        struct pair pair = pair_make();
        u8 record[60] = {1};
        u8 target[RECORD_MAX];
        assert_true(ring_push(&pair.producer, span_of(record, sizeof(record))));
        ring_publish(&pair.producer);
        memcpy(pair.ring->data, &wrong[index], sizeof(wrong[index]));
        assert_int_equal(ring_pop(&pair.consumer, target, sizeof(target)), 0);
        assert_true(pair.consumer.broken);
    }
}

/* Records whose bytes follow from their number. */
static size_t record_make(u64 number, u8 *record)
{
    struct random random;
    random_init(&random, number);
    size_t size = (size_t)random_between(&random, 8, RECORD_MAX);
    random_fill(&random, record, size);
    memcpy(record, &number, sizeof(number));
    return size;
}

static u64 stream_count;

static void *produce(void *argument)
{
    struct ring_producer *producer = argument;
    for (u64 number = 0; number < stream_count;) {
        u8 record[RECORD_MAX];
        size_t size = record_make(number, record);
        if (ring_push(producer, span_of(record, size))) {
            number += 1;
        } else {
            ring_publish(producer);
            (void)sched_yield();
        }
        if (number % 7 == 0) {
            ring_publish(producer);
        }
    }
    ring_publish(producer);
    return NULL;
}

static void two_threads_keep_order(void **state)
{
    (void)state;
    struct pair pair = pair_make();
    stream_count = test_rounds(20000);
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, produce, &pair.producer), 0);
    u64 number = 0;
    while (number < stream_count) {
        u8 target[RECORD_MAX];
        u8 expected[RECORD_MAX];
        size_t size = ring_pop(&pair.consumer, target, sizeof(target));
        if (size == 0) {
            assert_false(pair.consumer.broken);
            ring_release(&pair.consumer);
            (void)sched_yield();
            continue;
        }
        assert_int_equal(size, record_make(number, expected));
        assert_memory_equal(target, expected, size);
        number += 1;
    }
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_false(pair.producer.broken);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_record_is_seen_once_published),
        cmocka_unit_test(a_full_ring_refuses),
        cmocka_unit_test(sizes_have_bounds),
        cmocka_unit_test(a_side_that_restarts_goes_on),
        cmocka_unit_test(room_is_given_back_up_to_a_mark),
        cmocka_unit_test(hostile_indexes_break_the_ring),
        cmocka_unit_test(hostile_lengths_break_the_ring),
        cmocka_unit_test(two_threads_keep_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
