/* Little-endian numbers in byte buffers, whatever the machine and the alignment, and big-endian
 * ones for formats of others; bytes as hexadecimal text; and tests on text.
 *
 * The caller has checked that the bytes are there. On x86-64 and arm64 each number is one or two
 * instructions. */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include "base/base.h"

#include <string.h>

ALWAYS_INLINE u16 bytes_u16(const u8 *from)
{
    return (u16)(from[0] | (u16)(from[1] << 8));
}

ALWAYS_INLINE u32 bytes_u32(const u8 *from)
{
    return (u32)from[0] | (u32)from[1] << 8 | (u32)from[2] << 16 | (u32)from[3] << 24;
}

ALWAYS_INLINE u64 bytes_u64(const u8 *from)
{
    return (u64)bytes_u32(from) | (u64)bytes_u32(from + 4) << 32;
}

ALWAYS_INLINE void bytes_put_u16(u8 *to, u16 value)
{
    to[0] = (u8)value;
    to[1] = (u8)(value >> 8);
}

ALWAYS_INLINE void bytes_put_u32(u8 *to, u32 value)
{
    to[0] = (u8)value;
    to[1] = (u8)(value >> 8);
    to[2] = (u8)(value >> 16);
    to[3] = (u8)(value >> 24);
}

ALWAYS_INLINE void bytes_put_u64(u8 *to, u64 value)
{
    bytes_put_u32(to, (u32)value);
    bytes_put_u32(to + 4, (u32)(value >> 32));
}

/* ---- the highest byte first, as formats of others want it ---- */

ALWAYS_INLINE u32 bytes_big_u32(const u8 *from)
{
    return __builtin_bswap32(bytes_u32(from));
}

ALWAYS_INLINE u64 bytes_big_u64(const u8 *from)
{
    return __builtin_bswap64(bytes_u64(from));
}

ALWAYS_INLINE void bytes_put_big_u32(u8 *to, u32 value)
{
    bytes_put_u32(to, __builtin_bswap32(value));
}

ALWAYS_INLINE void bytes_put_big_u64(u8 *to, u64 value)
{
    bytes_put_u64(to, __builtin_bswap64(value));
}

/* ---- text ---- */

/* What a hexadecimal digit of either case stands for: 0 to 15, or 16 for anything else. */
ALWAYS_INLINE u32 bytes_hex_digit(u8 byte)
{
    if (byte >= '0' && byte <= '9') {
        return byte - (u32)'0';
    }
    u32 letter = byte | 0x20U;
    return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : 16;
}

/* Reads exactly `size` bytes from twice as many hexadecimal digits, a to f in lower case: so there
 * is one text for the bytes. False for anything else; then what is in `target` means nothing. */
MUST_USE bool bytes_from_hex(struct span text, void *target, size_t size);

/* Writes `size` bytes as twice as many digits in lower case, and a closing zero. Returns `target`,
 * which has room for them. */
const char *bytes_to_hex(const void *bytes, size_t size, char *target);

/* ---- text, eight bytes at once ---- */

#define BYTES_ONES 0x0101010101010101ULL
#define BYTES_TOPS 0x8080808080808080ULL

/* A mark is the top bit of a byte. What the tests mark first, from the front, is right; what they
 * mark behind it may be mistaken. */

/* Marks bytes that are not plain: below 0x20 or above 0x7e. */
ALWAYS_INLINE u64 bytes_mark_odd(u64 eight)
{
    u64 below = eight - BYTES_ONES * 0x20; /* a borrow comes only out of a byte that is below */
    u64 above = eight + BYTES_ONES;
    return (below | above | eight) & BYTES_TOPS;
}

/* Marks those that are `byte`. */
ALWAYS_INLINE u64 bytes_mark(u64 eight, u8 byte)
{
    u64 rest = eight ^ BYTES_ONES * byte;
    return (rest - BYTES_ONES) & ~rest & BYTES_TOPS;
}

/* How many come before the first mark: 0 to 8. */
ALWAYS_INLINE u32 bytes_before_mark(u64 marks)
{
    return marks == 0 ? 8 : (u32)__builtin_ctzll(marks) / 8;
}

/* Whether all are plain. */
ALWAYS_INLINE bool bytes_are_plain(u64 eight)
{
    return bytes_mark_odd(eight) == 0;
}

/* Whether none is `byte`. */
ALWAYS_INLINE bool bytes_lack(u64 eight, u8 byte)
{
    return bytes_mark(eight, byte) == 0;
}

#endif /* BASE_BYTES_H */
