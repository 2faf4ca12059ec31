/* WebSocket frames and handshakes: pieces change nothing, payloads stay within their bounds, texts
 * are UTF-8, what ended stays ended; masks come off in pieces as they do at once. The first byte
 * chooses whether compression was agreed on, the second the size of the pieces, the rest is what a
 * connection sends: 'G' as its first byte makes it a handshake, anything else frames. */
#include "base/check.h"
#include "base/hash.h"
#include "base/span.h"
#include "base/utf8.h"
#include "role/gateway/frame.h"
#include "role/gateway/upgrade.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

enum { INPUT_BYTES_MAX = 1 << 14, MESSAGE_BYTES_MAX = 1 << 12, MEMORY_BYTES = 1 << 20 };

static struct frame_codec *codec_open(void)
{
    static _Alignas(64) u8 memory[MEMORY_BYTES];
    static struct frame_codec *codec;
    static const struct frame_config config = {.message_bytes_max = MESSAGE_BYTES_MAX,
                                               .deflate_bytes_max = MESSAGE_BYTES_MAX};
    if (codec == NULL) {
        struct arena arena;
        arena_init(&arena, memory, sizeof(memory));
        enum fault fault = frame_codec_open(&codec, &config, &arena);
        CHECK(fault == FAULT_NONE);
    }
    return codec;
}

static void check_message(struct frame_codec *codec, const struct frame_message *message)
{
    bool control = message->opcode >= FRAME_CLOSE;
    CHECK(message->payload.size <= (control ? FRAME_CONTROL_BYTES_MAX : MESSAGE_BYTES_MAX));
    if (message->opcode == FRAME_TEXT || message->opcode == FRAME_CLOSE) {
        CHECK(utf8_is_text(message->payload));
    }
    if (message->opcode == FRAME_CLOSE) {
        CHECK(message->close_code == 0 || frame_code_is_sent(message->close_code));
    }
    static u8 payload[MESSAGE_BYTES_MAX];
    static u8 frame[MESSAGE_BYTES_MAX + FRAME_HEAD_BYTES_MAX];
    struct span copy = span_of(payload, message->payload.size);
    if (copy.size > 0) {
        memcpy(payload, message->payload.data, copy.size);
    }
    size_t plain = frame_encode(codec, message->opcode, false, copy, frame, sizeof(frame));
    CHECK(plain > copy.size);
    CHECK(frame_encode(codec, message->opcode, true, copy, frame, sizeof(frame)) <= plain);
}

/* What came out as one number. */
static u64 read_pieces(struct span bytes, bool deflate, size_t step)
{
    struct frame_codec *codec = codec_open();
    struct frame_reader reader = {0};
    u64 seen = 0;
    size_t start = 0;
    size_t end = 0;
    for (;;) {
        struct frame_message message;
        enum frame_progress progress =
            frame_read(codec, &reader, deflate, span_piece(bytes, start, end - start), &message);
        if (progress == FRAME_MESSAGE) {
            seen = hash_pair(seen, hash_bytes(message.payload.data, message.payload.size,
                                              (u64)message.opcode << 16 | message.close_code));
            check_message(codec, &message);
            start += frame_next(&reader);
            CHECK(start <= end);
            continue;
        }
        if (progress != FRAME_MORE) {
            return hash_pair(seen, (u64)progress << 16 | reader.close_code);
        }
        CHECK(end - start < frame_buffer_bytes(codec));
        if (end == bytes.size) {
            return seen;
        }
        end = bytes.size - end < step ? bytes.size : end + step;
    }
}

/* Eight bytes at once mean what one at a time does, also when it goes on in the middle. */
static void check_unmask(struct span bytes, size_t cut)
{
    static u8 whole[INPUT_BYTES_MAX];
    static u8 pieces[INPUT_BYTES_MAX];
    if (bytes.size < FRAME_MASK_BYTES) {
        return;
    }
    const u8 *mask = bytes.data;
    struct span masked = span_after(bytes, FRAME_MASK_BYTES);
    cut = masked.size < cut ? masked.size : cut;
    for (size_t i = 0; i < masked.size; i++) {
        whole[i] = masked.data[i] ^ mask[i % FRAME_MASK_BYTES];
    }
    frame_unmask(span_piece(masked, 0, cut), mask, 0, pieces);
    frame_unmask(span_after(masked, cut), mask, cut, pieces + cut);
    CHECK(memcmp(whole, pieces, masked.size) == 0);
}

static void check_upgrade(struct span bytes, bool allowed)
{
    static struct http_request request;
    static const struct http_limits limits = HTTP_LIMITS_DEFAULT;
    struct http_reader reader = {0};
    u8 head[UPGRADE_HEAD_BYTES_MAX];
    if (http_read(&reader, &limits, bytes, &request) == HTTP_READ_WHOLE) {
        struct upgrade upgrade = upgrade_answer(&request, allowed, head, sizeof(head));
        CHECK(upgrade.head_bytes > 0);
        CHECK(upgrade.status == 101 || upgrade.status == 400 || upgrade.status == 426);
        CHECK(!upgrade.deflate || (allowed && upgrade.status == 101));
    }
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    if (size < 3 || size > INPUT_BYTES_MAX) {
        return 0;
    }
    bool deflate = data[0] % 2 == 0;
    struct span bytes = span_of(data + 2, size - 2);
    if (bytes.data[0] == 'G') {
        check_upgrade(bytes, deflate);
        return 0;
    }
    check_unmask(bytes, data[1]);
    CHECK(read_pieces(bytes, deflate, bytes.size) == read_pieces(bytes, deflate, 1U + data[1]));
    return 0;
}
