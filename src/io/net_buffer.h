/* Buffers for output: bytes that are written once, then shared and no longer changed.
 *
 * A frame of market data goes to a thousand connections; each holds a reference and none a copy.
 * The pool is one block of memory of fixed size, mapped at opening and touched only where used. It
 * is cut into halves of halves (a buddy allocator), so room comes back whole whatever the mix of
 * sizes was. An exhausted pool is NULL and a count, never more memory. One thread. */
#ifndef IO_NET_BUFFER_H
#define IO_NET_BUFFER_H

#include "base/base.h"
#include "base/check.h"
#include "io/fault.h"

#define NET_BLOCK_BYTES_MIN 256U
#define NET_BLOCK_BYTES_MAX (64U << 20)
#define NET_POOL_ORDERS     19U /* block sizes: 2^8 .. 2^26 */

struct net_pool;

struct net_buffer {
    struct net_pool *pool;
    u32 references;
    u32 size;       /* bytes that are sent */
    u32 capacity;   /* bytes that there is room for; at least what was asked for */
    u16 order;      /* of its block */
    bool is_secret; /* set by who fills it: what was sent is wiped behind the last reference */
    u8 reserved;
    u8 data[];
};

/* A block carries this many bytes less than its size. */
#define NET_BUFFER_HEAD_BYTES ((u32)sizeof(struct net_buffer))

struct net_pool {
    u8 *memory;
    u8 *states; /* per block of the smallest size: what begins there */
    u32 blocks_count;
    u32 order_max;
    u32 free_first[NET_POOL_ORDERS]; /* block index, or UINT32_MAX */
    u64 memory_bytes;
    u64 used_bytes; /* whole blocks */
    u64 used_bytes_most;
    u64 buffers_count; /* alive now */
    u64 exhausted_count;
};

/* `memory_bytes` in all, of which one buffer with its head may take `block_bytes_max`. Both are
 * rounded up: block_bytes_max to a power of two in NET_BLOCK_BYTES_MIN .. NET_BLOCK_BYTES_MAX,
 * memory_bytes to a multiple of that. FAULT_CONFIG beyond those, or beyond 2^39 bytes in all. */
MUST_USE enum fault net_pool_open(struct net_pool *pool, u64 memory_bytes, u64 block_bytes_max);

/* All buffers are released before. CHECK. */
void net_pool_close(struct net_pool *pool);

/* Room for at least `capacity` bytes, with one reference that is the caller's and size 0: the
 * caller writes data and size before anybody else gets it. NULL when the pool has no such room:
 * answer -1008 or drop the connection. */
MUST_USE struct net_buffer *net_buffer_take(struct net_pool *pool, u64 capacity);

/* The same with a copy of `bytes` in it. */
MUST_USE struct net_buffer *net_buffer_copy(struct net_pool *pool, struct span bytes);

/* Sets the final size and gives back the halves of the block that it does not need. CHECK: `size`
 * is at most the capacity, and nobody else has a reference. */
void net_buffer_trim(struct net_buffer *buffer, u32 size);

/* Gives the block back: net_buffer_release with the last reference. */
void net_buffer_free(struct net_buffer *buffer);

/* One more reference, for one more release. */
ALWAYS_INLINE void net_buffer_hold(struct net_buffer *buffer)
{
    CHECK(buffer->references > 0 && buffer->references < UINT32_MAX);
    buffer->references++;
}

/* The last release frees it. */
ALWAYS_INLINE void net_buffer_release(struct net_buffer *buffer)
{
    CHECK(buffer->references > 0);
    buffer->references--;
    if (buffer->references == 0) {
        net_buffer_free(buffer);
    }
}

#endif /* IO_NET_BUFFER_H */
