#include "wire/frame_writer.h"

#include "base/bytes.h"
#include "base/span.h"

#include <string.h>

void frame_write_bytes(struct frame_writer *writer, struct span bytes)
{
    if (writer->is_full || bytes.size > writer->room - writer->size) {
        writer->is_full = true;
        return;
    }
    if (bytes.size > 0) {
        memcpy(writer->bytes + writer->size, bytes.data, bytes.size);
    }
    writer->size += (u32)bytes.size;
}

void frame_write_u8(struct frame_writer *writer, u8 value)
{
    frame_write_bytes(writer, span_of(&value, 1));
}

void frame_write_u16(struct frame_writer *writer, u16 value)
{
    u8 bytes[2];
    bytes_put_u16(bytes, value);
    frame_write_bytes(writer, span_of(bytes, sizeof(bytes)));
}

void frame_write_u32(struct frame_writer *writer, u32 value)
{
    u8 bytes[4];
    bytes_put_u32(bytes, value);
    frame_write_bytes(writer, span_of(bytes, sizeof(bytes)));
}

void frame_write_u64(struct frame_writer *writer, u64 value)
{
    u8 bytes[8];
    bytes_put_u64(bytes, value);
    frame_write_bytes(writer, span_of(bytes, sizeof(bytes)));
}

void frame_writer_end(struct frame_writer *writer)
{
    if (writer->size >= sizeof(u32)) {
        bytes_put_u32(writer->bytes, writer->size);
    }
}
