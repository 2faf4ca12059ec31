#include "role/gateway/frame.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "base/utf8.h"

#include <string.h>
#include <wslay/wslay.h>
#include <zlib.h>

/* Client frames: two bytes, eight more of a length, four of the mask. */
#define HEAD_BYTES_MAX 14U

/* Memory for both of zlib's states, windows included: it takes 54 and 40 KiB. */
#define ZLIB_BYTES ((size_t)128 << 10)

/* 2^12 bytes of window, 2^13 places of hash to clear for each message. Of 700 bytes of depth this
 * makes 300 in 17 us; more memory or a higher level makes it no smaller. */
#define DEFLATE_LEVEL     4
#define DEFLATE_MEM_LEVEL 6

/* The empty block that a flush ends with is left out on the wire (RFC 7692 section 7.2.1). */
static const u8 flush_end[4] = {0x00, 0x00, 0xff, 0xff};

/* A frame that libwslay reads as one without a mask: its head, then its payload, from which the
 * mask is taken on the way. */
struct input {
    u8 head[HEAD_BYTES_MAX];
    u32 head_bytes; /* 0: it has been read */
    u8 mask[FRAME_MASK_BYTES];
    struct span payload; /* what is left of it, still masked */
    u64 offset;          /* of that in the payload */
};

struct frame_codec {
    wslay_frame_context_ptr context;
    struct input input; /* what libwslay may still read */
    u8 *target;         /* where it writes */
    size_t target_left;
    struct arena zlib;
    z_stream deflate;
    z_stream inflate;
    struct frame_config config;
    u8 *joined;   /* message_bytes_max: the payload of all fragments */
    u8 *inflated; /* one more than that, to see when it is too much */
    u8 *deflated; /* deflate_bytes_max */
};

struct head {
    u64 payload_bytes;
    u32 bytes; /* of the head */
    u8 opcode;
    bool fin;
    bool compressed;
};

/* ---- the mask ---- */

void frame_unmask(struct span masked, const u8 mask[FRAME_MASK_BYTES], u64 offset, u8 *target)
{
    u8 turned[8];
    for (u32 i = 0; i < sizeof(turned); i += 1) {
        turned[i] = mask[(offset + i) % FRAME_MASK_BYTES];
    }
    u64 eight = bytes_u64(turned);
    size_t at = 0;
    for (; masked.size - at >= 8; at += 8) {
        bytes_put_u64(target + at, bytes_u64(masked.data + at) ^ eight);
    }
    for (; at < masked.size; at += 1) {
        target[at] = masked.data[at] ^ turned[at % 8];
    }
}

/* ---- libwslay and zlib ask for bytes and memory ---- */

static ssize_t give_bytes(uint8_t *target, size_t size, int flags, void *user)
{
    struct input *input = &((struct frame_codec *)user)->input;
    (void)flags;
    if (input->head_bytes > 0) {
        size_t count = input->head_bytes;
        CHECK(count <= size);
        memcpy(target, input->head, count);
        input->head_bytes = 0;
        return (ssize_t)count;
    }
    size_t count = u64_min(size, input->payload.size);
    if (count == 0) {
        return -1;
    }
    frame_unmask(span_piece(input->payload, 0, count), input->mask, input->offset, target);
    input->payload = span_after(input->payload, count);
    input->offset += count;
    return (ssize_t)count;
}

static ssize_t take_bytes(const uint8_t *data, size_t size, int flags, void *user)
{
    struct frame_codec *codec = user;
    (void)flags;
    if (size > codec->target_left) {
        return -1;
    }
    memcpy(codec->target, data, size);
    codec->target += size;
    codec->target_left -= size;
    return (ssize_t)size;
}

static int give_no_mask(uint8_t *mask, size_t size, void *user)
{
    (void)mask;
    (void)size;
    (void)user;
    return -1;
}

static MUST_USE bool context_open(struct frame_codec *codec)
{
    static const struct wslay_frame_callbacks callbacks = {
        .send_callback = take_bytes, .recv_callback = give_bytes, .genmask_callback = give_no_mask};
    return wslay_frame_context_init(&codec->context, &callbacks, codec) == 0;
}

/* After an error libwslay is in the middle of something. */
static void context_renew(struct frame_codec *codec)
{
    wslay_frame_context_free(codec->context);
    bool open = context_open(codec);
    CHECK(open);
}

static voidpf zlib_take(voidpf opaque, uInt count, uInt size)
{
    return arena_take_array(opaque, count, size, 64);
}

static void zlib_release(voidpf opaque, voidpf memory)
{
    (void)opaque;
    (void)memory;
}

/* ---- opening ---- */

static bool config_is_valid(const struct frame_config *config)
{
    return config->message_bytes_max >= FRAME_CONTROL_BYTES_MAX &&
           config->message_bytes_max <= FRAME_MESSAGE_BYTES_MAX &&
           config->deflate_bytes_max <= FRAME_MESSAGE_BYTES_MAX;
}

size_t frame_codec_footprint(const struct frame_config *config)
{
    struct footprint footprint = {0};
    if (!config_is_valid(config)) {
        return 0;
    }
    footprint_add(&footprint, 1, sizeof(struct frame_codec), 64);
    footprint_add(&footprint, ZLIB_BYTES, 1, 64);
    footprint_add(&footprint, config->message_bytes_max, 1, 64);
    footprint_add(&footprint, (size_t)config->message_bytes_max + 1, 1, 64);
    footprint_add(&footprint, config->deflate_bytes_max, 1, 64);
    return footprint.overflown ? 0 : footprint.bytes;
}

/* zlib takes the window of inflate when it first needs one: here, not later. */
static bool inflate_once(struct frame_codec *codec)
{
    static const u8 letter[] = {0x4a, 0x04, 0x00};
    u8 in[sizeof(letter)];
    u8 out[4];
    memcpy(in, letter, sizeof(letter));
    codec->inflate.next_in = in;
    codec->inflate.avail_in = sizeof(in);
    codec->inflate.next_out = out;
    codec->inflate.avail_out = sizeof(out);
    int result = inflate(&codec->inflate, Z_SYNC_FLUSH);
    return (result == Z_OK || result == Z_BUF_ERROR) && codec->inflate.total_out == 1;
}

static bool zlib_open(struct frame_codec *codec)
{
    z_stream fresh = {.zalloc = zlib_take, .zfree = zlib_release, .opaque = &codec->zlib};
    codec->deflate = fresh;
    codec->inflate = fresh;
    return deflateInit2(&codec->deflate, DEFLATE_LEVEL, Z_DEFLATED, -(int)FRAME_WINDOW_BITS,
                        DEFLATE_MEM_LEVEL, Z_DEFAULT_STRATEGY) == Z_OK &&
           inflateInit2(&codec->inflate, -MAX_WBITS) == Z_OK && inflate_once(codec);
}

enum fault frame_codec_open(struct frame_codec **codec_out, const struct frame_config *config,
                            struct arena *arena)
{
    *codec_out = NULL;
    if (!config_is_valid(config)) {
        return FAULT(FAULT_CONFIG, "frames: messages of %u and %u bytes are out of bounds",
                     config->message_bytes_max, config->deflate_bytes_max);
    }
    struct frame_codec *codec = arena_take(arena, sizeof(*codec), 64);
    u8 *zlib = arena_take(arena, ZLIB_BYTES, 64);
    u8 *joined = arena_take(arena, config->message_bytes_max, 64);
    u8 *inflated = arena_take(arena, (size_t)config->message_bytes_max + 1, 64);
    u8 *deflated = arena_take(arena, config->deflate_bytes_max, 64);
    bool deflates = config->deflate_bytes_max > 0;
    if (codec == NULL || zlib == NULL || joined == NULL || inflated == NULL ||
        (deflates && deflated == NULL)) {
        return FAULT(FAULT_LIMIT, "frames: the arena is too small");
    }
    *codec = (struct frame_codec){
        .config = *config, .joined = joined, .inflated = inflated, .deflated = deflated};
    arena_init(&codec->zlib, zlib, ZLIB_BYTES);
    if (!zlib_open(codec) || !context_open(codec)) {
        return FAULT(FAULT_LIMIT, "frames: no memory for zlib and libwslay");
    }
    arena_seal(&codec->zlib);
    *codec_out = codec;
    return FAULT_NONE;
}

void frame_codec_close(struct frame_codec *codec)
{
    if (codec == NULL) {
        return;
    }
    wslay_frame_context_free(codec->context);
    codec->context = NULL;
}

u32 frame_buffer_bytes(const struct frame_codec *codec)
{
    return codec->config.message_bytes_max + FRAME_OVERHEAD_BYTES_MAX;
}

/* ---- heads ---- */

static bool is_control(u8 opcode)
{
    return opcode >= FRAME_CLOSE;
}

/* The length of the payload; false: it is written longer than need be, or beyond 2^63. */
static bool length_read(const u8 *bytes, u32 extra, u64 *length_out)
{
    u64 length = bytes[1] & 0x7f;
    if (extra > 0) {
        length = 0;
        for (u32 i = 0; i < extra; i += 1) {
            length = length << 8 | bytes[2 + i];
        }
        *length_out = length;
        return length > (extra == 2 ? 125U : UINT16_MAX) && length >> 63 == 0;
    }
    *length_out = length;
    return true;
}

static u16 head_check(const struct head *head, u8 first, bool deflate,
                      const struct frame_reader *reader)
{
    bool rsv1 = (first & 0x40) != 0;
    bool data = head->opcode == FRAME_TEXT || head->opcode == FRAME_BINARY;
    bool control = is_control(head->opcode) && head->opcode <= FRAME_PONG;
    if ((first & 0x30) != 0 || (rsv1 && !(deflate && data))) {
        return FRAME_CODE_PROTOCOL;
    }
    if (control) {
        bool fits = head->fin && head->payload_bytes <= FRAME_CONTROL_BYTES_MAX;
        return fits ? FRAME_CODE_NONE : FRAME_CODE_PROTOCOL;
    }
    if (data ? reader->opcode != 0 : head->opcode != 0 || reader->opcode == 0) {
        return FRAME_CODE_PROTOCOL; /* unknown; or not what goes on with what came before */
    }
    return FRAME_CODE_NONE;
}

enum head_progress { HEAD_MORE, HEAD_WHOLE, HEAD_BAD };

/* Reads the head that `bytes` begin with. BAD: *code_out says why. */
static enum head_progress head_read(struct span bytes, bool deflate,
                                    const struct frame_reader *reader, struct head *head_out,
                                    u16 *code_out)
{
    *code_out = FRAME_CODE_PROTOCOL;
    if (bytes.size < 2) {
        return HEAD_MORE;
    }
    u32 short_length = bytes.data[1] & 0x7f;
    u32 extra = short_length == 126 ? 2 : short_length == 127 ? 8 : 0;
    if ((bytes.data[1] & 0x80) == 0) {
        return HEAD_BAD; /* a client's frame without a mask */
    }
    *head_out = (struct head){.bytes = 2 + extra + FRAME_MASK_BYTES,
                              .payload_bytes = short_length,
                              .opcode = bytes.data[0] & 0x0f,
                              .fin = (bytes.data[0] & 0x80) != 0,
                              .compressed = (bytes.data[0] & 0x40) != 0};
    u16 code = head_check(head_out, bytes.data[0], deflate, reader);
    if (code != FRAME_CODE_NONE) {
        return HEAD_BAD;
    }
    if (bytes.size < 2 + extra) {
        return HEAD_MORE;
    }
    if (!length_read(bytes.data, extra, &head_out->payload_bytes)) {
        return HEAD_BAD;
    }
    return HEAD_WHOLE;
}

/* ---- whole frames ---- */

/* The frame as libwslay is to read it: without its mask, which is taken off eight bytes at a time
 * on the way there. */
static struct input input_of(struct span frame, const struct head *head)
{
    CHECK(head->bytes > FRAME_MASK_BYTES && head->bytes <= HEAD_BYTES_MAX);
    CHECK((frame.data[1] & 0x80) != 0);
    struct input input = {.head_bytes = head->bytes - FRAME_MASK_BYTES,
                          .payload = span_after(frame, head->bytes)};
    memcpy(input.head, frame.data, input.head_bytes);
    memcpy(input.mask, frame.data + input.head_bytes, sizeof(input.mask));
    input.head[1] &= 0x7f;
    return input;
}

/* The frame's payload without its mask. False: libwslay sees another frame than we do. */
static bool payload_decode(struct frame_codec *codec, struct span frame, const struct head *head,
                           u8 *target)
{
    struct wslay_frame_iocb part;
    u64 used = 0;
    codec->input = input_of(frame, head);
    do {
        memset(&part, 0, sizeof(part));
        ssize_t size = wslay_frame_recv(codec->context, &part);
        bool same = size >= 0 && part.payload_length == head->payload_bytes &&
                    part.opcode == head->opcode && part.fin == head->fin && part.mask == 0 &&
                    part.rsv == (head->compressed ? WSLAY_RSV1_BIT : WSLAY_RSV_NONE) &&
                    (size_t)size == part.data_length &&
                    part.data_length <= part.payload_length - used;
        if (!same || (size == 0 && head->payload_bytes > 0)) {
            context_renew(codec);
            return false;
        }
        if (size > 0) {
            memcpy(target + used, part.data, (size_t)size);
            used += (u64)size;
        }
    } while (used < head->payload_bytes);
    CHECK(codec->input.payload.size == 0);
    return true;
}

static u16 close_read(struct frame_message *message)
{
    struct span payload = message->payload;
    message->close_code = FRAME_CODE_NONE;
    if (payload.size == 0) {
        return FRAME_CODE_NONE;
    }
    if (payload.size == 1) {
        return FRAME_CODE_PROTOCOL;
    }
    message->close_code = (u16)(payload.data[0] << 8 | payload.data[1]);
    message->payload = span_after(payload, 2);
    if (!frame_code_is_sent(message->close_code)) {
        return FRAME_CODE_PROTOCOL;
    }
    return utf8_is_text(message->payload) ? FRAME_CODE_NONE : FRAME_CODE_DATA;
}

/* What the bytes mean that deflate has made, with no memory of earlier messages. */
static u16 inflate_all(struct frame_codec *codec, struct span *payload)
{
    z_stream *stream = &codec->inflate;
    u8 end[sizeof(flush_end)];
    memcpy(end, flush_end, sizeof(end));
    int ready = inflateReset(stream);
    stream->next_in = codec->joined;
    stream->avail_in = (uInt)payload->size;
    stream->next_out = codec->inflated;
    stream->avail_out = codec->config.message_bytes_max + 1;
    CHECK(ready == Z_OK);
    int result = payload->size == 0 ? Z_OK : inflate(stream, Z_SYNC_FLUSH);
    if (result == Z_OK && stream->avail_in == 0 && stream->avail_out > 0) {
        stream->next_in = end;
        stream->avail_in = sizeof(end);
        result = inflate(stream, Z_SYNC_FLUSH);
    }
    if (result != Z_OK && result != Z_BUF_ERROR && result != Z_STREAM_END) {
        return FRAME_CODE_DATA;
    }
    if (stream->avail_out == 0) {
        return FRAME_CODE_TOO_BIG;
    }
    /* A last block may come, and one zero byte after it (RFC 7692 section 7.2.3.5); else the text
     * ends where a block does, at a whole byte. */
    bool at_end = stream->avail_in == 0 && (stream->data_type & 0xc7) == 0x80;
    if (result == Z_STREAM_END) {
        at_end = stream->avail_in == 0 || (stream->avail_in == 1 && stream->next_in[0] == 0);
    }
    *payload = span_of(codec->inflated, (size_t)(stream->next_out - codec->inflated));
    return at_end ? FRAME_CODE_NONE : FRAME_CODE_DATA;
}

/* Puts the fragments together that fill the buffer up to reader->scanned. */
static u16 message_join(struct frame_codec *codec, const struct frame_reader *reader,
                        struct span bytes, struct frame_message *message)
{
    struct frame_reader walk = {0};
    u64 used = 0;
    while (walk.scanned < reader->scanned) {
        struct head head;
        u16 code;
        struct span rest = span_piece(bytes, walk.scanned, reader->scanned - walk.scanned);
        enum head_progress progress = head_read(rest, true, &walk, &head, &code);
        CHECK(progress == HEAD_WHOLE);
        u64 frame_bytes = head.bytes + head.payload_bytes;
        if (!is_control(head.opcode)) {
            CHECK(used + head.payload_bytes <= codec->config.message_bytes_max);
            if (!payload_decode(codec, span_piece(rest, 0, frame_bytes), &head,
                                codec->joined + used)) {
                return FRAME_CODE_PROTOCOL;
            }
            used += head.payload_bytes;
            walk.opcode = reader->opcode;
        }
        walk.scanned += (u32)frame_bytes;
    }
    CHECK(used == reader->message_bytes);
    message->opcode = reader->opcode == FRAME_TEXT ? FRAME_TEXT : FRAME_BINARY;
    message->payload = span_of(codec->joined, used);
    if (reader->compressed) {
        u16 code = inflate_all(codec, &message->payload);
        if (code != FRAME_CODE_NONE) {
            return code;
        }
    }
    bool sound = message->opcode == FRAME_BINARY || utf8_is_text(message->payload);
    return sound ? FRAME_CODE_NONE : FRAME_CODE_DATA;
}

static enum frame_progress refuse(struct frame_reader *reader, u16 code)
{
    reader->close_code = code;
    reader->ended = true;
    return FRAME_REFUSED;
}

static enum frame_progress control_read(struct frame_codec *codec, struct frame_reader *reader,
                                        struct span frame, const struct head *head,
                                        struct frame_message *message)
{
    if (!payload_decode(codec, frame, head, codec->inflated)) {
        return refuse(reader, FRAME_CODE_PROTOCOL);
    }
    message->opcode = head->opcode == FRAME_PING   ? FRAME_PING
                      : head->opcode == FRAME_PONG ? FRAME_PONG
                                                   : FRAME_CLOSE;
    message->payload = span_of(codec->inflated, head->payload_bytes);
    reader->done = reader->opcode == 0 ? reader->scanned : 0;
    if (message->opcode == FRAME_CLOSE) {
        u16 code = close_read(message);
        if (code != FRAME_CODE_NONE) {
            return refuse(reader, code);
        }
        reader->close_code = message->close_code;
        reader->ended = true;
    }
    return FRAME_MESSAGE;
}

enum frame_progress frame_read(struct frame_codec *codec, struct frame_reader *reader, bool deflate,
                               struct span bytes, struct frame_message *message_out)
{
    if (reader->ended) {
        return FRAME_ENDED;
    }
    CHECK(reader->done == 0);
    CHECK(reader->scanned <= bytes.size);
    *message_out = (struct frame_message){.opcode = FRAME_TEXT};
    for (;;) { /* each turn takes a frame from the buffer, whose size is bounded */
        struct head head;
        u16 code;
        struct span rest = span_after(bytes, reader->scanned);
        enum head_progress progress = head_read(rest, deflate, reader, &head, &code);
        if (progress == HEAD_BAD) {
            return refuse(reader, code);
        }
        if (progress == HEAD_MORE) {
            return reader->scanned + HEAD_BYTES_MAX > frame_buffer_bytes(codec)
                       ? refuse(reader, FRAME_CODE_TOO_BIG)
                       : FRAME_MORE;
        }
        u64 message_bytes = reader->message_bytes;
        if (!is_control(head.opcode)) {
            if (head.payload_bytes > codec->config.message_bytes_max - message_bytes) {
                return refuse(reader, FRAME_CODE_TOO_BIG);
            }
            message_bytes += head.payload_bytes;
        }
        u64 frame_bytes = head.bytes + head.payload_bytes;
        if (reader->scanned + frame_bytes > frame_buffer_bytes(codec)) {
            return refuse(reader, FRAME_CODE_TOO_BIG);
        }
        if (rest.size < frame_bytes) {
            return FRAME_MORE;
        }
        reader->scanned += (u32)frame_bytes;
        if (is_control(head.opcode)) {
            return control_read(codec, reader, span_piece(rest, 0, frame_bytes), &head,
                                message_out);
        }
        reader->message_bytes = (u32)message_bytes;
        if (head.opcode != 0) {
            reader->opcode = head.opcode;
            reader->compressed = head.compressed;
        }
        if (head.fin) {
            code = message_join(codec, reader, bytes, message_out);
            if (code != FRAME_CODE_NONE) {
                return refuse(reader, code);
            }
            reader->done = reader->scanned;
            return FRAME_MESSAGE;
        }
    }
}

u32 frame_next(struct frame_reader *reader)
{
    u32 done = reader->done;
    reader->done = 0;
    if (done > 0) {
        CHECK(done == reader->scanned);
        reader->scanned = 0;
        reader->message_bytes = 0;
        reader->opcode = 0;
        reader->compressed = false;
    }
    return done;
}

/* ---- what the server sends ---- */

/* The payload compressed; of size 0 when that is no shorter. */
static struct span payload_deflate(struct frame_codec *codec, struct span payload)
{
    z_stream *stream = &codec->deflate;
    /* zlib's parameter is not const, but it only reads. */
    union {
        const u8 *in;
        u8 *out;
    } data = {.in = payload.data};
    int ready = deflateReset(stream);
    stream->next_in = data.out;
    stream->avail_in = (uInt)payload.size;
    stream->next_out = codec->deflated;
    stream->avail_out = (uInt)payload.size;
    CHECK(ready == Z_OK);
    int result = deflate(stream, Z_SYNC_FLUSH);
    /* With room left the flush is complete. */
    if (result != Z_OK || stream->avail_in > 0 || stream->avail_out == 0) {
        return span_of(NULL, 0);
    }
    size_t size = (size_t)(stream->next_out - codec->deflated);
    CHECK(size > sizeof(flush_end));
    CHECK(memcmp(stream->next_out - sizeof(flush_end), flush_end, sizeof(flush_end)) == 0);
    return span_of(codec->deflated, size - sizeof(flush_end));
}

size_t frame_encode(struct frame_codec *codec, enum frame_opcode opcode, bool deflate,
                    struct span payload, u8 *target, size_t target_bytes)
{
    u8 rsv = WSLAY_RSV_NONE;
    if (is_control((u8)opcode)) {
        CHECK(payload.size <= FRAME_CONTROL_BYTES_MAX);
    } else if (deflate && payload.size >= FRAME_DEFLATE_BYTES_MIN &&
               payload.size <= codec->config.deflate_bytes_max) {
        struct span shorter = payload_deflate(codec, payload);
        if (shorter.size > 0) {
            payload = shorter;
            rsv = WSLAY_RSV1_BIT;
        }
    }
    /* libwslay keeps a frame that was sent in part, so it begins none that does not fit. */
    size_t head_bytes = payload.size <= 125 ? 2 : payload.size <= UINT16_MAX ? 4 : 10;
    if (target_bytes < head_bytes || payload.size > target_bytes - head_bytes) {
        return 0;
    }
    struct wslay_frame_iocb frame = {.fin = 1,
                                     .rsv = rsv,
                                     .opcode = (u8)opcode,
                                     .payload_length = payload.size,
                                     .data = payload.data,
                                     .data_length = payload.size};
    codec->target = target;
    codec->target_left = target_bytes;
    ssize_t sent = wslay_frame_send(codec->context, &frame);
    CHECK(sent >= 0 && (size_t)sent == payload.size);
    CHECK(target_bytes - codec->target_left == head_bytes + payload.size);
    return head_bytes + payload.size;
}

size_t frame_encode_close(struct frame_codec *codec, u16 code, const char *reason, u8 *target,
                          size_t target_bytes)
{
    u8 payload[FRAME_CONTROL_BYTES_MAX] = {(u8)(code >> 8), (u8)code};
    size_t reason_bytes = strlen(reason);
    size_t size = code == FRAME_CODE_NONE ? 0 : 2 + reason_bytes;
    CHECK(code == FRAME_CODE_NONE || frame_code_is_sent(code));
    CHECK(reason_bytes <= FRAME_REASON_BYTES_MAX);
    memcpy(payload + 2, reason, reason_bytes);
    return frame_encode(codec, FRAME_CLOSE, false, span_of(payload, size), target, target_bytes);
}

/* RFC 6455 section 7.4 and the registry it opened: 1004 to 1006 and 1015 are never sent, 1012 to
 * 1014 were added. */
bool frame_code_is_sent(u16 code)
{
    return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) ||
           (code >= 3000 && code <= 4999);
}
