/* The client's side of a WebSocket for tests: frames with a mask, written by the book and without
 * libwslay, and the server's frames taken apart. */
#ifndef TESTS_SUPPORT_FRAME_CLIENT_H
#define TESTS_SUPPORT_FRAME_CLIENT_H

#include "base/base.h"

/* The first byte of a frame. */
enum {
    CLIENT_FIN = 0x80,
    CLIENT_COMPRESSED = 0x40,
    CLIENT_MORE = 0x00, /* continuation */
};

/* Writes one frame: `first` is its first byte, mask 0 is a mask too. Returns its size. */
size_t client_frame(u8 *target, size_t target_bytes, u8 first, u32 mask, struct span payload);

/* Takes the first frame of the server's bytes. False: it is none, or not whole. */
bool client_take(struct span *bytes, u8 *first_out, struct span *payload_out);

/* Compresses as a client may that keeps no context; the flush's end is left out. */
size_t client_deflate(u8 *target, size_t target_bytes, struct span text);
/* Inflates one message of the server's; its size, or SIZE_MAX. */
size_t client_inflate(u8 *target, size_t target_bytes, struct span payload);

#endif /* TESTS_SUPPORT_FRAME_CLIENT_H */
