#include "io/image_walk.h"

#include "wire/schema.h"

#include <string.h>

static enum fault wrong(const struct eventlog_image *image, const char *what)
{
    return FAULT(FAULT_ROT, "%s: an image: %s", image->folder, what);
}

/* Hands on the whole records; *used_out: what is left of the piece. */
static enum fault records_hand(struct image_sink *sink, u8 *piece, size_t *used_out)
{
    size_t at = 0;
    size_t size = wire_state_bytes(piece, *used_out);
    while (size > 0 && !sink->is_satisfied) {
        TRY(sink->record(sink, piece + at, size));
        at += size;
        size = wire_state_bytes(piece + at, *used_out - at);
    }
    memmove(piece, piece + at, *used_out - at);
    *used_out -= at;
    return FAULT_NONE;
}

enum fault image_walk(struct eventlog_image *image, u8 *piece, struct image_sink *sink)
{
    u64 offset = 0;
    size_t used = 0;
    while (offset < image->bytes && !sink->is_satisfied) {
        size_t size = 0;
        TRY(eventlog_image_read(image, offset, piece + used, IMAGE_PIECE_BYTES - used, &size));
        if (size == 0) {
            return wrong(image, "no record begins there");
        }
        used += size;
        offset += size;
        TRY(records_hand(sink, piece, &used));
    }
    return used == 0 || sink->is_satisfied ? FAULT_NONE : wrong(image, "cut short");
}
