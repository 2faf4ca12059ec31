/* Bytes of a frame that grow within a room: what the messages of the door and of the vault are
 * written with. Numbers are little-endian. What does not fit makes it full and is left out, so only
 * the end has to be looked at. */
#ifndef WIRE_FRAME_WRITER_H
#define WIRE_FRAME_WRITER_H

#include "base/base.h"

/* bytes, room: the caller's; the rest begins as zeros. */
struct frame_writer {
    u8 *bytes;
    u32 size;
    u32 room;
    bool is_full;
};

void frame_write_u8(struct frame_writer *writer, u8 value);
void frame_write_u16(struct frame_writer *writer, u16 value);
void frame_write_u32(struct frame_writer *writer, u32 value);
void frame_write_u64(struct frame_writer *writer, u64 value);
void frame_write_bytes(struct frame_writer *writer, struct span bytes);

/* Puts the size into the frame's first four bytes, where it has as many. */
void frame_writer_end(struct frame_writer *writer);

#endif /* WIRE_FRAME_WRITER_H */
