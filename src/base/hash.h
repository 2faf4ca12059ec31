/* 64-bit mixing for tables: spreads numbers and short byte strings over slots.
 *
 * Not a checksum (io/digest.h) and not keyed: it does not resist an opponent who chooses the
 * inputs, so tables over foreign strings have bounded probes. Same value on every machine. */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include "base/base.h"
#include "base/bytes.h"

/* A bijection: different inputs never collide in all 64 bits (the finalizer of MurmurHash3, with
 * the constants known as "mix 13"). */
ALWAYS_INLINE u64 hash_u64(u64 x)
{
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
    return x ^ (x >> 31);
}

/* Two numbers, order matters. */
ALWAYS_INLINE u64 hash_pair(u64 a, u64 b)
{
    return hash_u64(hash_u64(a + 0x9e3779b97f4a7c15ULL) ^ (b * 0xd6e8feb86659fd93ULL));
}

ALWAYS_INLINE u64 hash_bytes(const u8 *data, size_t size, u64 seed)
{
    u64 hash = hash_pair(seed, (u64)size);
    size_t offset = 0;
    for (; offset + 8 <= size; offset += 8) {
        hash = hash_pair(hash, bytes_u64(data + offset));
    }
    u64 rest = 0;
    for (unsigned shift = 0; offset < size; offset += 1, shift += 8) {
        rest |= (u64)data[offset] << shift;
    }
    return hash_pair(hash, rest);
}

/* The slot of a hash in a table of `count` slots that need not be a power of two. */
ALWAYS_INLINE u64 hash_slot(u64 hash, u64 count)
{
    return (u64)(((u128)hash * count) >> 64);
}

#endif /* BASE_HASH_H */
