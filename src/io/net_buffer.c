#include "io/net_buffer.h"

#include "base/secret.h"

#include <string.h>
#include <sys/mman.h>

/* A block of order k has NET_BLOCK_BYTES_MIN << k bytes and begins at a multiple of that. The state
 * of its first smallest block says what it is; those behind it are INSIDE. A free block holds its
 * neighbours in the list of its order. */
enum {
    STATE_INSIDE = 0,
    STATE_USED = 0x40,
    STATE_FREE = 0x80,
    STATE_ORDER = 0x1f,
};

#define NONE UINT32_MAX

#define MEMORY_BYTES_MAX (1ULL << 39)

struct free_block {
    u32 next;
    u32 before;
};

_Static_assert(sizeof(struct net_buffer) <= NET_BLOCK_BYTES_MIN / 8, "the head is small");
_Static_assert(NET_BLOCK_BYTES_MIN << (NET_POOL_ORDERS - 1) == NET_BLOCK_BYTES_MAX, "orders");
_Static_assert(MEMORY_BYTES_MAX / NET_BLOCK_BYTES_MIN < NONE, "an index is a u32");
_Static_assert(NET_POOL_ORDERS <= STATE_ORDER, "an order fits its state");

static struct free_block *links_of(const struct net_pool *pool, u32 block)
{
    return (void *)(pool->memory + (u64)block * NET_BLOCK_BYTES_MIN);
}

static void free_push(struct net_pool *pool, u32 block, u32 order)
{
    u32 next = pool->free_first[order];
    *links_of(pool, block) = (struct free_block){.next = next, .before = NONE};
    if (next != NONE) {
        links_of(pool, next)->before = block;
    }
    pool->free_first[order] = block;
    pool->states[block] = (u8)(STATE_FREE | order);
}

static void free_unlink(struct net_pool *pool, u32 block, u32 order)
{
    CHECK(pool->states[block] == (STATE_FREE | order));
    struct free_block links = *links_of(pool, block);
    if (links.before == NONE) {
        CHECK(pool->free_first[order] == block);
        pool->free_first[order] = links.next;
    } else {
        links_of(pool, links.before)->next = links.next;
    }
    if (links.next != NONE) {
        links_of(pool, links.next)->before = links.before;
    }
    pool->states[block] = STATE_INSIDE;
}

static u32 order_of(u64 block_bytes)
{
    u64 size = u64_power_of_two_ceil(u64_max(block_bytes, NET_BLOCK_BYTES_MIN));
    return (u32)__builtin_ctzll(size) - (u32)__builtin_ctzll(NET_BLOCK_BYTES_MIN);
}

static u64 bytes_of(u32 order)
{
    return (u64)NET_BLOCK_BYTES_MIN << order;
}

static enum fault map(u64 bytes, u8 **memory_out)
{
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) {
        return FAULT(FAULT_LIMIT, "output buffers of %llu bytes", (unsigned long long)bytes);
    }
    *memory_out = memory;
    return FAULT_NONE;
}

enum fault net_pool_open(struct net_pool *pool, u64 memory_bytes, u64 block_bytes_max)
{
    *pool = (struct net_pool){0};
    if (block_bytes_max > NET_BLOCK_BYTES_MAX || memory_bytes == 0 ||
        memory_bytes > MEMORY_BYTES_MAX - NET_BLOCK_BYTES_MAX) {
        return FAULT(FAULT_CONFIG, "output buffers: %llu bytes in blocks of up to %llu",
                     (unsigned long long)memory_bytes, (unsigned long long)block_bytes_max);
    }
    pool->order_max = order_of(block_bytes_max);
    u64 largest = bytes_of(pool->order_max);
    u64 count = (memory_bytes + largest - 1) / largest;
    pool->memory_bytes = count * largest;
    pool->blocks_count = (u32)(pool->memory_bytes / NET_BLOCK_BYTES_MIN);
    TRY(map(pool->memory_bytes, &pool->memory));
    enum fault fault = map(pool->blocks_count, &pool->states);
    if (fault != FAULT_NONE) {
        munmap(pool->memory, pool->memory_bytes);
        pool->memory = NULL;
        return fault;
    }
    for (u32 order = 0; order < NET_POOL_ORDERS; order++) {
        pool->free_first[order] = NONE;
    }
    for (u64 i = count; i > 0; i--) {
        free_push(pool, (u32)((i - 1) << pool->order_max), pool->order_max);
    }
    return FAULT_NONE;
}

void net_pool_close(struct net_pool *pool)
{
    if (pool->memory == NULL) {
        return;
    }
    CHECK(pool->buffers_count == 0);
    CHECK(pool->used_bytes == 0);
    munmap(pool->memory, pool->memory_bytes);
    munmap(pool->states, pool->blocks_count);
    pool->memory = NULL;
    pool->states = NULL;
}

/* A block of `order`, cut out of a larger one if need be; NONE when there is none. */
static u32 block_take(struct net_pool *pool, u32 order)
{
    u32 from = order;
    while (from <= pool->order_max && pool->free_first[from] == NONE) {
        from++;
    }
    if (from > pool->order_max) {
        return NONE;
    }
    u32 block = pool->free_first[from];
    free_unlink(pool, block, from);
    while (from > order) {
        from--;
        free_push(pool, block + (1U << from), from);
    }
    pool->states[block] = (u8)(STATE_USED | order);
    return block;
}

/* Joined with its other half, and that with its own, as far as they are free. */
static void block_give(struct net_pool *pool, u32 block, u32 order)
{
    while (order < pool->order_max) {
        u32 other = block ^ (1U << order);
        if (pool->states[other] != (STATE_FREE | order)) {
            break;
        }
        free_unlink(pool, other, order);
        pool->states[block] = STATE_INSIDE;
        block &= ~(1U << order);
        order++;
    }
    free_push(pool, block, order);
}

static u32 block_of(const struct net_pool *pool, const struct net_buffer *buffer)
{
    u64 offset = (u64)((const u8 *)buffer - pool->memory);
    CHECK(offset < pool->memory_bytes && offset % NET_BLOCK_BYTES_MIN == 0);
    u32 block = (u32)(offset / NET_BLOCK_BYTES_MIN);
    CHECK(pool->states[block] == (STATE_USED | buffer->order));
    return block;
}

static u32 capacity_of(u32 order)
{
    return (u32)(bytes_of(order) - sizeof(struct net_buffer));
}

struct net_buffer *net_buffer_take(struct net_pool *pool, u64 capacity)
{
    u32 block = NONE;
    u32 order = 0;
    if (capacity <= capacity_of(pool->order_max)) {
        order = order_of(capacity + sizeof(struct net_buffer));
        block = block_take(pool, order);
    }
    if (block == NONE) {
        pool->exhausted_count++;
        return NULL;
    }
    struct net_buffer *buffer = (void *)links_of(pool, block);
    *buffer = (struct net_buffer){
        .pool = pool, .references = 1, .capacity = capacity_of(order), .order = (u16)order};
    pool->buffers_count++;
    pool->used_bytes += bytes_of(order);
    pool->used_bytes_most = u64_max(pool->used_bytes_most, pool->used_bytes);
    return buffer;
}

struct net_buffer *net_buffer_copy(struct net_pool *pool, struct span bytes)
{
    struct net_buffer *buffer = net_buffer_take(pool, bytes.size);
    if (buffer != NULL && bytes.size > 0) {
        memcpy(buffer->data, bytes.data, bytes.size);
        buffer->size = (u32)bytes.size;
    }
    return buffer;
}

void net_buffer_trim(struct net_buffer *buffer, u32 size)
{
    CHECK(buffer->references == 1);
    CHECK(size <= buffer->capacity);
    struct net_pool *pool = buffer->pool;
    u32 block = block_of(pool, buffer);
    u32 wanted = order_of((u64)size + sizeof(struct net_buffer));
    CHECK(wanted <= buffer->order);
    pool->used_bytes -= bytes_of(buffer->order) - bytes_of(wanted);
    for (u32 order = buffer->order; order > wanted; order--) {
        free_push(pool, block + (1U << (order - 1)), order - 1);
    }
    pool->states[block] = (u8)(STATE_USED | wanted);
    buffer->order = (u16)wanted;
    buffer->capacity = capacity_of(wanted);
    buffer->size = size;
}

void net_buffer_free(struct net_buffer *buffer)
{
    CHECK(buffer->references == 0);
    struct net_pool *pool = buffer->pool;
    u32 block = block_of(pool, buffer);
    u32 order = buffer->order;
    CHECK(pool->buffers_count > 0 && pool->used_bytes >= bytes_of(order));
    if (buffer->is_secret) {
        secret_wipe(buffer->data, buffer->size);
    }
    pool->buffers_count--;
    pool->used_bytes -= bytes_of(order);
    block_give(pool, block, order);
}
