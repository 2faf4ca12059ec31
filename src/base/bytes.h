/* Little-endian numbers in byte buffers, whatever the machine and the alignment.
 *
 * The caller has checked that the bytes are there. On x86-64 and arm64 each is one instruction. */
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

#endif /* BASE_BYTES_H */
