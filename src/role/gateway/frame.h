/* WebSocket frames: a client's bytes become messages, messages become frames of the server.
 *
 * The caller keeps what a connection has sent in one contiguous buffer, as for wire/http.h, and
 * calls frame_read whenever bytes have been added. A connection owns a struct frame_reader, a few
 * numbers; all that costs memory (libwslay's context, zlib's windows, the joined message) is in one
 * struct frame_codec per thread. That works because nothing is handed to libwslay before a frame is
 * whole, and because permessage-deflate is only agreed on without context takeover (upgrade.h):
 * each message stands for itself, so a message that was compressed once is good for every
 * subscriber.
 *
 * A head is read twice: by the rules here, which only refuse, and by libwslay, which says what it
 * means. Where the two disagree the connection is refused. The mask is taken off on the way to
 * libwslay, eight bytes at once: it would go byte by byte.
 * Source: RFC 6455, RFC 7692. */
#ifndef ROLE_GATEWAY_FRAME_H
#define ROLE_GATEWAY_FRAME_H

#include "base/arena.h"
#include "io/fault.h"

#define FRAME_HEAD_BYTES_MAX    10U /* of a frame of the server, which has no mask */
#define FRAME_MASK_BYTES        4U
#define FRAME_CONTROL_BYTES_MAX 125U
#define FRAME_REASON_BYTES_MAX  123U
/* What the fragments of one message, and control frames between them, may cost beside the text. */
#define FRAME_OVERHEAD_BYTES_MAX 4096U
#define FRAME_MESSAGE_BYTES_MAX  (16U << 20)
/* Below this a message is sent as it is. */
#define FRAME_DEFLATE_BYTES_MIN 96U
/* The window that messages are compressed with: 2^12 bytes. */
#define FRAME_WINDOW_BITS 12U

enum frame_opcode {
    FRAME_TEXT = 1,
    FRAME_BINARY = 2,
    FRAME_CLOSE = 8,
    FRAME_PING = 9,
    FRAME_PONG = 10,
};

/* RFC 6455 section 7.4.1; those that are sent. */
enum frame_code {
    FRAME_CODE_NONE = 0, /* a close without a code */
    FRAME_CODE_NORMAL = 1000,
    FRAME_CODE_GOING_AWAY = 1001,
    FRAME_CODE_PROTOCOL = 1002,
    FRAME_CODE_KIND = 1003, /* binary where only text is taken */
    FRAME_CODE_DATA = 1007, /* no UTF-8, or not what deflate makes */
    FRAME_CODE_POLICY = 1008,
    FRAME_CODE_TOO_BIG = 1009,
    FRAME_CODE_INTERNAL = 1011,
};

struct frame_config {
    u32 message_bytes_max; /* of a client's message, also when inflated; 125 up to
                              FRAME_MESSAGE_BYTES_MAX */
    u32 deflate_bytes_max; /* messages above are never compressed; up to FRAME_MESSAGE_BYTES_MAX */
};

struct frame_codec;

/* Bytes frame_codec_open takes from the arena; 0 when a number is out of bounds. */
MUST_USE size_t frame_codec_footprint(const struct frame_config *config);

/* libwslay's context alone (a few KiB) comes from malloc. FAULT_CONFIG: a number is out of bounds.
 * FAULT_LIMIT: no memory. */
MUST_USE enum fault frame_codec_open(struct frame_codec **codec_out,
                                     const struct frame_config *config, struct arena *arena);
void frame_codec_close(struct frame_codec *codec); /* NULL is fine */

/* A connection's buffer of this size never fills up while frame_read still wants more. */
u32 frame_buffer_bytes(const struct frame_codec *codec);

/* ---- what the client sends ---- */

/* One connection's place in what it is sending. All zero is the beginning. */
struct frame_reader {
    u32 scanned;       /* bytes of the buffer whose frames have been looked at */
    u32 message_bytes; /* payload of the unfinished message so far */
    u32 done;          /* bytes the caller may drop after a message */
    u16 close_code;    /* enum frame_code: why the client was refused, or what it closed with */
    u8 opcode;         /* of the unfinished message; 0: none */
    bool compressed;   /* the unfinished message */
    bool ended;        /* closed or refused */
};

struct frame_message {
    enum frame_opcode opcode;
    u16 close_code;      /* FRAME_CLOSE: the client's, FRAME_CODE_NONE without one */
    struct span payload; /* FRAME_CLOSE: the reason. Lives until the codec's next call */
};

enum frame_progress {
    FRAME_MORE,    /* call again with more bytes */
    FRAME_MESSAGE, /* *message_out is filled; frame_next, then call again */
    FRAME_REFUSED, /* close with reader->close_code: 1002, 1007 or 1009 */
    FRAME_ENDED,   /* closed or refused before: nothing is read any more */
};

/* `bytes` is what has come and was not dropped, and begins with what the previous call saw.
 * Control frames between the fragments of a message come out at once, before it. A CLOSE is the
 * last message; answer it with its code. `deflate`: permessage-deflate was agreed on. */
MUST_USE enum frame_progress frame_read(struct frame_codec *codec, struct frame_reader *reader,
                                        bool deflate, struct span bytes,
                                        struct frame_message *message_out);

/* After MESSAGE: how many bytes to drop from the front of the buffer; 0 while an unfinished message
 * begins there. */
MUST_USE u32 frame_next(struct frame_reader *reader);

/* Takes the mask off a piece of a payload that begins at `offset` in it; `target` is other memory,
 * of the piece's size. */
void frame_unmask(struct span masked, const u8 mask[FRAME_MASK_BYTES], u64 offset, u8 *target);

/* True while nothing of a frame is being waited for. */
ALWAYS_INLINE bool frame_is_idle(const struct frame_reader *reader)
{
    return reader->scanned == 0;
}

/* ---- what the server sends ---- */

/* Memory that is always enough for a message of that size. */
ALWAYS_INLINE size_t frame_bytes_max(size_t payload_bytes)
{
    return payload_bytes + FRAME_HEAD_BYTES_MAX;
}

/* One whole frame in the caller's memory, which the payload is not part of. With `deflate` the
 * message is compressed when that makes it shorter; such a frame is only for connections that
 * agreed. Control frames: at most FRAME_CONTROL_BYTES_MAX (a CHECK), never compressed. Returns its
 * size; 0 when it does not fit. */
MUST_USE size_t frame_encode(struct frame_codec *codec, enum frame_opcode opcode, bool deflate,
                             struct span payload, u8 *target, size_t target_bytes);

/* A close frame: the code, unless it is FRAME_CODE_NONE, and a reason of ours (ASCII, at most
 * FRAME_REASON_BYTES_MAX; a CHECK). */
MUST_USE size_t frame_encode_close(struct frame_codec *codec, u16 code, const char *reason,
                                   u8 *target, size_t target_bytes);

/* Whether a close frame may carry this code. */
bool frame_code_is_sent(u16 code);

#endif /* ROLE_GATEWAY_FRAME_H */
