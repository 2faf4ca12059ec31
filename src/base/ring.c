#include "base/ring.h"

#include "base/check.h"

#include <stdatomic.h>
#include <string.h>

/* "CAMBRING" */
#define RING_MAGIC 0x474e4952424d4143ULL

enum { PREFIX_BYTES = 4, GRAIN = 8 };

_Static_assert(offsetof(struct ring, written) == 64, "shared layout");
_Static_assert(offsetof(struct ring, taken) == 128, "shared layout");
_Static_assert(offsetof(struct ring, gate) == 136, "shared layout");
_Static_assert(offsetof(struct ring, data) == 192, "shared layout");
_Static_assert(RING_RECORD_BYTES_MAX < RING_BYTES_MAX / 2, "a record fits");

static bool is_data_bytes(u32 data_bytes)
{
    return data_bytes >= RING_BYTES_MIN && data_bytes <= RING_BYTES_MAX &&
           (data_bytes & (data_bytes - 1)) == 0;
}

static u64 record_space(u64 size)
{
    return (PREFIX_BYTES + size + (GRAIN - 1)) & ~(u64)(GRAIN - 1);
}

size_t ring_footprint(u32 data_bytes)
{
    CHECK(is_data_bytes(data_bytes));
    return sizeof(struct ring) + data_bytes;
}

struct ring *ring_init(void *memory, u32 data_bytes)
{
    CHECK(is_data_bytes(data_bytes));
    CHECK(((uintptr_t)memory & 63) == 0);
    struct ring *ring = memory;
    memset(ring, 0, sizeof(*ring));
    ring->magic = RING_MAGIC;
    ring->data_bytes = data_bytes;
    return ring;
}

/* What a side may believe of the memory it was given. */
static bool ring_looks_right(const struct ring *ring, u32 data_bytes, u64 written, u64 taken)
{
    return is_data_bytes(data_bytes) && ring->magic == RING_MAGIC &&
           ring->data_bytes == data_bytes && written - taken <= data_bytes &&
           written % GRAIN == 0 && taken % GRAIN == 0;
}

bool ring_producer_init(struct ring_producer *producer, struct ring *ring, u32 data_bytes)
{
    u64 written = atomic_load_explicit(&ring->written, memory_order_relaxed);
    u64 taken = atomic_load_explicit(&ring->taken, memory_order_acquire);
    if (!ring_looks_right(ring, data_bytes, written, taken)) {
        return false;
    }
    *producer = (struct ring_producer){.ring = ring,
                                       .data = ring->data,
                                       .mask = data_bytes - 1,
                                       .written = written,
                                       .published = written,
                                       .taken = taken,
                                       .broken = false};
    return true;
}

bool ring_consumer_init(struct ring_consumer *consumer, struct ring *ring, u32 data_bytes)
{
    u64 taken = atomic_load_explicit(&ring->taken, memory_order_relaxed);
    u64 written = atomic_load_explicit(&ring->written, memory_order_acquire);
    if (!ring_looks_right(ring, data_bytes, written, taken)) {
        return false;
    }
    *consumer = (struct ring_consumer){.ring = ring,
                                       .data = ring->data,
                                       .mask = data_bytes - 1,
                                       .taken = taken,
                                       .given = taken,
                                       .written = written,
                                       .broken = false};
    return true;
}

/* Copies across the end of the buffer. */
static void data_put(struct ring_producer *producer, u64 position, const void *from, size_t size)
{
    size_t start = (size_t)(position & producer->mask);
    size_t whole = (size_t)producer->mask + 1;
    size_t first = size < whole - start ? size : whole - start;
    memcpy(producer->data + start, from, first);
    if (first < size) {
        memcpy(producer->data, (const u8 *)from + first, size - first);
    }
}

static void data_get(const struct ring_consumer *consumer, u64 position, void *to, size_t size)
{
    size_t start = (size_t)(position & consumer->mask);
    size_t whole = (size_t)consumer->mask + 1;
    size_t first = size < whole - start ? size : whole - start;
    memcpy(to, consumer->data + start, first);
    if (first < size) {
        memcpy((u8 *)to + first, consumer->data, size - first);
    }
}

/* True when `space` more bytes fit, after a second look at the consumer if need be. */
static bool producer_has_space(struct ring_producer *producer, u64 space)
{
    u64 whole = producer->mask + 1;
    if (space <= whole - (producer->written - producer->taken)) {
        return true;
    }
    u64 taken = atomic_load_explicit(&producer->ring->taken, memory_order_acquire);
    /* The consumer can only have moved forward, on the grain, and not past what we published. */
    if (taken - producer->taken > producer->published - producer->taken || taken % GRAIN != 0) {
        producer->broken = true;
        return false;
    }
    producer->taken = taken;
    return space <= whole - (producer->written - producer->taken);
}

bool ring_push(struct ring_producer *producer, struct span record)
{
    if (record.size == 0 || record.size > RING_RECORD_BYTES_MAX || producer->broken) {
        return false;
    }
    u64 space = record_space(record.size);
    if (!producer_has_space(producer, space)) {
        return false;
    }
    u32 size = (u32)record.size;
    data_put(producer, producer->written, &size, PREFIX_BYTES);
    data_put(producer, producer->written + PREFIX_BYTES, record.data, record.size);
    producer->written += space;
    return true;
}

void ring_publish(struct ring_producer *producer)
{
    if (producer->published != producer->written) {
        producer->published = producer->written;
        atomic_store_explicit(&producer->ring->written, producer->written, memory_order_release);
    }
}

/* Looks for more; false when there is nothing or the producer's index is impossible. */
static bool consumer_has_more(struct ring_consumer *consumer)
{
    if (consumer->written != consumer->taken) {
        return true;
    }
    u64 written = atomic_load_explicit(&consumer->ring->written, memory_order_acquire);
    if (written - consumer->given > consumer->mask + 1 ||
        written - consumer->taken > consumer->mask + 1 || written % GRAIN != 0) {
        consumer->broken = true;
        return false;
    }
    consumer->written = written;
    return written != consumer->taken;
}

size_t ring_pop(struct ring_consumer *consumer, void *target, size_t target_bytes)
{
    if (consumer->broken || !consumer_has_more(consumer)) {
        return 0;
    }
    u64 left = consumer->written - consumer->taken;
    u32 size = 0;
    data_get(consumer, consumer->taken, &size, PREFIX_BYTES);
    /* `size` is our own copy now: what is checked here is what is used below. */
    if (size == 0 || size > RING_RECORD_BYTES_MAX || size > target_bytes ||
        record_space(size) > left) {
        consumer->broken = true;
        return 0;
    }
    data_get(consumer, consumer->taken + PREFIX_BYTES, target, size);
    consumer->taken += record_space(size);
    return size;
}

void ring_release(struct ring_consumer *consumer)
{
    ring_release_to(consumer, consumer->taken);
}

u64 ring_mark(const struct ring_consumer *consumer)
{
    return consumer->taken;
}

void ring_release_to(struct ring_consumer *consumer, u64 mark)
{
    /* As distances, since the indexes may wrap. */
    u64 popped = consumer->taken - consumer->given;
    u64 left = consumer->taken - mark;
    CHECK(left <= consumer->mask + 1);
    if (left < popped) {
        consumer->given = mark;
        atomic_store_explicit(&consumer->ring->taken, mark, memory_order_release);
    }
}
