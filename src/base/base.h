/* Sized integers and the few helpers every file uses.
 *
 * Nothing here allocates, reads a clock or touches the outside world. */
#ifndef BASE_BASE_H
#define BASE_BASE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int32_t i32;
typedef int64_t i64;
typedef unsigned __int128 u128;
typedef __int128 i128;

#define MUST_USE       __attribute__((warn_unused_result))
#define LIKELY(x)      __builtin_expect(!!(x), 1)
#define UNLIKELY(x)    __builtin_expect(!!(x), 0)
#define ALWAYS_INLINE  static inline __attribute__((always_inline))
#define NEVER_INLINE   __attribute__((noinline))
#define COLD           __attribute__((cold, noinline))
#define ARRAY_COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Bytes that belong to somebody else: read, never written, copied once when decoded. */
struct span {
    const u8 *data;
    size_t size;
};

ALWAYS_INLINE u64 u64_min(u64 a, u64 b)
{
    return a < b ? a : b;
}

ALWAYS_INLINE u64 u64_max(u64 a, u64 b)
{
    return a > b ? a : b;
}

ALWAYS_INLINE u64 u64_add_capped(u64 a, u64 b)
{
    u64 sum = a + b;
    return sum < a ? UINT64_MAX : sum;
}

/* Smallest power of two >= x; x in 1 .. 2^63. */
ALWAYS_INLINE u64 u64_power_of_two_ceil(u64 x)
{
    return x <= 1 ? 1 : 1ULL << (64 - __builtin_clzll(x - 1));
}

#endif /* BASE_BASE_H */
