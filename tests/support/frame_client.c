#include "tests/support/frame_client.h"

#include "base/check.h"
#include "base/span.h"

#include <string.h>
#include <zlib.h>

size_t client_frame(u8 *target, size_t target_bytes, u8 first, u32 mask, struct span payload)
{
    size_t used = 2;
    size_t bytes = payload.size;
    CHECK(target_bytes >= 14 && bytes <= target_bytes - 14);
    target[0] = first;
    if (bytes <= 125) {
        target[1] = (u8)(0x80 | bytes);
    } else if (bytes <= 0xffff) {
        target[1] = 0x80 | 126;
        target[2] = (u8)(bytes >> 8);
        target[3] = (u8)bytes;
        used = 4;
    } else {
        target[1] = 0x80 | 127;
        for (u32 i = 0; i < 8; i += 1) {
            target[2 + i] = (u8)(bytes >> (56 - 8 * i));
        }
        used = 10;
    }
    u8 key[4] = {(u8)(mask >> 24), (u8)(mask >> 16), (u8)(mask >> 8), (u8)mask};
    memcpy(target + used, key, sizeof(key));
    used += sizeof(key);
    for (size_t i = 0; i < bytes; i += 1) {
        target[used + i] = payload.data[i] ^ key[i % 4];
    }
    return used + bytes;
}

bool client_take(struct span *bytes, u8 *first_out, struct span *payload_out)
{
    if (bytes->size < 2) {
        return false;
    }
    size_t extra = bytes->data[1] == 126 ? 2 : bytes->data[1] == 127 ? 8 : 0;
    size_t size = bytes->data[1];
    if (bytes->data[1] > 127 || bytes->size < 2 + extra) {
        return false;
    }
    if (extra > 0) {
        size = 0;
        for (size_t i = 0; i < extra; i += 1) {
            size = size << 8 | bytes->data[2 + i];
        }
    }
    if (size > bytes->size - 2 - extra) {
        return false;
    }
    *first_out = bytes->data[0];
    *payload_out = span_piece(*bytes, 2 + extra, size);
    *bytes = span_after(*bytes, 2 + extra + size);
    return true;
}

static u8 *writable(const u8 *bytes)
{
    union {
        const u8 *in;
        u8 *out;
    } data = {.in = bytes};
    return data.out;
}

size_t client_deflate(u8 *target, size_t target_bytes, struct span text)
{
    z_stream stream = {.next_in = writable(text.data), .avail_in = (uInt)text.size};
    int result = deflateInit2(&stream, 6, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY);
    CHECK(result == Z_OK);
    stream.next_out = target;
    stream.avail_out = (uInt)target_bytes;
    result = deflate(&stream, Z_SYNC_FLUSH);
    CHECK(result == Z_OK && stream.avail_in == 0 && stream.avail_out > 0);
    size_t size = (size_t)(stream.next_out - target);
    (void)deflateEnd(&stream);
    return size - 4;
}

size_t client_inflate(u8 *target, size_t target_bytes, struct span payload)
{
    static u8 end[] = {0x00, 0x00, 0xff, 0xff};
    z_stream stream = {.next_in = writable(payload.data), .avail_in = (uInt)payload.size};
    int result = inflateInit2(&stream, -15);
    stream.next_out = target;
    stream.avail_out = (uInt)target_bytes;
    CHECK(result == Z_OK);
    result = inflate(&stream, Z_SYNC_FLUSH);
    if (result == Z_OK && stream.avail_in == 0) {
        stream.next_in = end;
        stream.avail_in = sizeof(end);
        result = inflate(&stream, Z_SYNC_FLUSH);
    }
    size_t size = (size_t)(stream.next_out - target);
    bool sound = (result == Z_OK || result == Z_BUF_ERROR) && stream.avail_in == 0;
    (void)inflateEnd(&stream);
    return sound ? size : SIZE_MAX;
}
