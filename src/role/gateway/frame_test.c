/* Aim: every frame that RFC 6455 and 7692 allow is read as they say, everything else is refused
 * with the right code, and pieces change nothing; what the server writes is read back by a client
 * that was written by the book. Method: cases by name, after the chapters of the Autobahn test
 * suite, each read at once, byte by byte and cut in two everywhere, in memory of its exact size;
 * then random messages in random fragments, and random damage. */
#include "role/gateway/frame.h"

#include "base/random.h"
#include "base/span.h"
#include "tests/support/frame_client.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MESSAGE_MAX = 1000, DEFLATE_MAX = 100000, INPUT_MAX = 16384, SEEN_MAX = 4096 };

static const struct frame_config config = {.message_bytes_max = MESSAGE_MAX,
                                           .deflate_bytes_max = DEFLATE_MAX};

static struct frame_codec *codec;
static void *codec_memory;

static int codec_setup(void **state)
{
    (void)state;
    size_t size = frame_codec_footprint(&config);
    struct arena arena;
    assert_true(size > 0);
    codec_memory = aligned_alloc(64, (size + 63) / 64 * 64);
    arena_init(&arena, codec_memory, size);
    assert_int_equal(frame_codec_open(&codec, &config, &arena), FAULT_NONE);
    assert_int_equal(arena.used, size);
    return 0;
}

static int codec_teardown(void **state)
{
    (void)state;
    frame_codec_close(codec);
    free(codec_memory);
    return 0;
}

/* ---- what a client sends, built up ---- */

struct input {
    u8 bytes[INPUT_MAX];
    size_t size;
    bool deflate; /* agreed on */
};

static struct input input;

static void begin(bool deflate)
{
    input.size = 0;
    input.deflate = deflate;
}

static void add_raw(const void *bytes, size_t size)
{
    assert_true(size <= INPUT_MAX - input.size);
    memcpy(input.bytes + input.size, bytes, size);
    input.size += size;
}

static void add(u8 first, struct span payload)
{
    input.size += client_frame(input.bytes + input.size, INPUT_MAX - input.size, first,
                               0x12345678U + (u32)input.size * 77, payload);
}

static void add_text(u8 first, const char *text)
{
    add(first, span_of_text(text));
}

/* ---- what comes out, as one line of text ---- */

struct seen {
    char text[SEEN_MAX];
    size_t used;
};

static void see(struct seen *seen, const char *word, struct span payload)
{
    int size = snprintf(seen->text + seen->used, SEEN_MAX - seen->used, "%s(", word);
    seen->used += (size_t)size;
    for (size_t i = 0; i < payload.size && i < 40; i += 1) {
        bool plain = payload.data[i] >= ' ' && payload.data[i] < 0x7f;
        size = snprintf(seen->text + seen->used, SEEN_MAX - seen->used, plain ? "%c" : "<%02x>",
                        payload.data[i]);
        seen->used += (size_t)size;
    }
    size = payload.size > 40
               ? snprintf(seen->text + seen->used, SEEN_MAX - seen->used, "..%zu) ", payload.size)
               : snprintf(seen->text + seen->used, SEEN_MAX - seen->used, ") ");
    seen->used += (size_t)size;
    assert_true(seen->used < SEEN_MAX);
}

static void see_code(struct seen *seen, const char *word, u16 code)
{
    char text[8];
    snprintf(text, sizeof(text), "%u", code);
    see(seen, word, span_of_text(text));
}

static void see_message(struct seen *seen, const struct frame_message *message)
{
    switch (message->opcode) {
    case FRAME_TEXT:
        see(seen, "text", message->payload);
        break;
    case FRAME_BINARY:
        see(seen, "binary", message->payload);
        break;
    case FRAME_PING:
        see(seen, "ping", message->payload);
        break;
    case FRAME_PONG:
        see(seen, "pong", message->payload);
        break;
    case FRAME_CLOSE:
        see_code(seen, "code", message->close_code);
        see(seen, "close", message->payload);
        break;
    }
}

/* Feeds `input` in pieces that end at `cut` and at every `step` bytes behind it; the buffer has the
 * size of what is in it. */
static void read_pieces(struct seen *seen, size_t cut, size_t step)
{
    struct frame_reader reader = {0};
    size_t start = 0;
    size_t end = cut;
    seen->used = 0;
    seen->text[0] = '\0';
    for (;;) {
        struct frame_message message;
        u8 *buffer = malloc(end - start + (end == start));
        memcpy(buffer, input.bytes + start, end - start);
        enum frame_progress progress =
            frame_read(codec, &reader, input.deflate, span_of(buffer, end - start), &message);
        free(buffer);
        if (progress == FRAME_MESSAGE) {
            see_message(seen, &message);
            start += frame_next(&reader);
            continue;
        }
        if (progress == FRAME_REFUSED) {
            see_code(seen, "refused", reader.close_code);
        }
        if (progress != FRAME_MORE) {
            assert_true(reader.ended);
            assert_int_equal(frame_read(codec, &reader, input.deflate, span_of("", 0), &message),
                             FRAME_ENDED);
            return;
        }
        assert_true(end - start < frame_buffer_bytes(codec));
        if (end == input.size) {
            return;
        }
        end = end + step < input.size ? end + step : input.size;
    }
}

static void gives(const char *expected)
{
    static struct seen whole;
    static struct seen other;
    read_pieces(&whole, input.size, 1);
    assert_string_equal(whole.text, expected);
    read_pieces(&other, 0, 1);
    assert_string_equal(other.text, expected);
    for (size_t cut = 0; cut <= input.size && cut < 600; cut += 1) {
        read_pieces(&other, cut, input.size);
        assert_string_equal(other.text, expected);
    }
}

/* ---- after Autobahn's chapters ---- */

static void sizes_of_messages(void **state)
{
    (void)state; /* 1.1, 1.2 */
    static u8 text[MESSAGE_MAX + 1];
    memset(text, '*', sizeof(text));
    begin(false);
    add_text(0x81, "");
    add_text(0x82, "");
    add(0x81, span_of(text, 3));
    gives("text() binary() text(***) ");
    begin(false);
    add(0x81, span_of(text, 125));
    add(0x82, span_of(text, 126));
    add(0x82, span_of(text, 127));
    gives("text(****************************************..125) "
          "binary(****************************************..126) "
          "binary(****************************************..127) ");
    begin(false);
    add(0x81, span_of(text, MESSAGE_MAX));
    gives("text(****************************************..1000) ");
    begin(false);
    add(0x81, span_of(text, MESSAGE_MAX + 1));
    gives("refused(1009) ");
    begin(false);
    add_raw("\x82\xff\x00\x00\x00\x00\x7f\xff\xff\xff", 10);
    gives("refused(1009) ");
}

static void pings_and_pongs(void **state)
{
    (void)state; /* 2.1 to 2.11 */
    static u8 text[200];
    memset(text, 0xfe, sizeof(text));
    begin(false);
    add_text(0x89, "");
    add_text(0x89, "Hello");
    add(0x89, span_of("\x00\xff\xfe", 3));
    add_text(0x8a, "");
    add_text(0x8a, "unasked");
    gives("ping() ping(Hello) ping(<00><ff><fe>) pong() pong(unasked) ");
    begin(false);
    add(0x89, span_of(text, 125));
    read_pieces(&(struct seen){0}, input.size, 1);
    add(0x89, span_of(text, 126));
    gives("ping(<fe><fe><fe><fe><fe><fe><fe><fe><fe><fe><fe><fe><fe><fe><fe><fe><fe><fe><fe><fe>"
          "<fe><fe><fe><fe><fe><fe><fe><fe><fe><fe><fe><fe><fe><fe><fe><fe><fe><fe><fe><fe>..125) "
          "refused(1002) ");
}

static void reserved_bits_and_opcodes(void **state)
{
    (void)state; /* 3.1 to 3.7, 4.1, 4.2 */
    for (u32 bits = 1; bits < 8; bits += 1) {
        for (u32 deflate = 0; deflate < 2; deflate += 1) {
            begin(deflate != 0);
            add_text(0x81, "before");
            add_text((u8)(0x89 | bits << 4), "x");
            gives("text(before) refused(1002) ");
        }
        begin(false);
        add_text((u8)(0x81 | bits << 4), "x");
        gives("refused(1002) ");
    }
    static const u8 unknown[] = {3, 4, 5, 6, 7, 11, 12, 13, 14, 15};
    for (u32 i = 0; i < ARRAY_COUNT(unknown); i += 1) {
        begin(false);
        add_text(0x80 | unknown[i], "");
        add_text(0x89, "");
        gives("refused(1002) ");
    }
}

static void heads_that_may_not_be(void **state)
{
    (void)state;
    begin(false); /* without a mask */
    add_raw("\x81\x01x", 3);
    gives("refused(1002) ");
    begin(false); /* two bytes of length for 125, eight for 65535, the top bit */
    add_raw("\x82\xfe\x00\x7d", 4);
    gives("refused(1002) ");
    begin(false);
    add_raw("\x82\xff\x00\x00\x00\x00\x00\x00\xff\xff", 10);
    gives("refused(1002) ");
    begin(false);
    add_raw("\x82\xff\x80\x00\x00\x00\x00\x01\x00\x00", 10);
    gives("refused(1002) ");
    begin(false); /* a control frame in parts */
    add_text(0x09, "x");
    gives("refused(1002) ");
}

static void fragments(void **state)
{
    (void)state; /* 5.1 to 5.20 */
    begin(false);
    add_text(0x01, "one ");
    add_text(0x00, "");
    add_text(0x00, "two ");
    add_text(0x80, "three");
    add_text(0x02, "");
    add_text(0x80, "");
    gives("text(one two three) binary() ");
    begin(false);
    add_text(0x01, "fragment");
    add_text(0x89, "now");
    add_text(0x00, "ment");
    add_text(0x8a, "");
    add_text(0x80, "ed");
    add_text(0x81, "next");
    gives("ping(now) pong() text(fragmentmented) text(next) ");
    begin(false); /* a message inside another */
    add_text(0x01, "one");
    add_text(0x81, "two");
    gives("refused(1002) ");
    begin(false);
    add_text(0x01, "one");
    add_text(0x01, "two");
    gives("refused(1002) ");
    begin(false); /* nothing to go on with */
    add_text(0x80, "x");
    gives("refused(1002) ");
    begin(false);
    add_text(0x81, "whole");
    add_text(0x00, "x");
    gives("text(whole) refused(1002) ");
    begin(false); /* a close in between ends it all */
    add_text(0x01, "one");
    add(0x88, span_of("\x03\xe8", 2));
    add_text(0x80, "two");
    gives("code(1000) close() ");
}

static void fragments_are_bounded(void **state)
{
    (void)state;
    static u8 text[MESSAGE_MAX];
    memset(text, 'x', sizeof(text));
    begin(false);
    add(0x01, span_of(text, MESSAGE_MAX - 1));
    add_text(0x80, "yz");
    gives("refused(1009) ");
    begin(false); /* empty ones without end: the buffer is the bound */
    add_text(0x01, "");
    while (input.size <= frame_buffer_bytes(codec)) {
        add_text(0x00, "");
    }
    static struct seen seen;
    read_pieces(&seen, input.size, 1);
    assert_string_equal(seen.text, "refused(1009) ");
    read_pieces(&seen, 0, 1);
    assert_string_equal(seen.text, "refused(1009) ");
    input.size -= 12; /* and a ping that would end behind it */
    add(0x89, span_of(text, 125));
    read_pieces(&seen, input.size, 1);
    assert_string_equal(seen.text, "refused(1009) ");
    read_pieces(&seen, 0, 1);
    assert_string_equal(seen.text, "refused(1009) ");
}

static void texts_are_utf8(void **state)
{
    (void)state; /* 6 */
    begin(false);
    add_text(0x81, "\xce\xba\xe1\xbd\xb9");
    add_text(0x01, "\xce"); /* cut inside a character */
    add_text(0x80, "\xba");
    gives("text(<ce><ba><e1><bd><b9>) text(<ce><ba>) ");
    static const char *const bad[] = {
        "\xce\xba\xed\xa0\x80", "\xf4\x90\x80\x80", "\xc0\x80", "\xff", "a\x80", "\xe1\xbd"};
    for (u32 i = 0; i < ARRAY_COUNT(bad); i += 1) {
        begin(false);
        add_text(0x81, bad[i]);
        gives("refused(1007) ");
        begin(false);
        add_text(0x01, "");
        add_text(0x00, bad[i]);
        add_text(0x80, "z");
        gives("refused(1007) ");
    }
    begin(false);
    add_text(0x82, "\xff\xfe");
    gives("binary(<ff><fe>) ");
}

static void closes(void **state)
{
    (void)state; /* 7 */
    begin(false);
    add_text(0x88, "");
    add_text(0x89, "never read");
    gives("code(0) close() ");
    begin(false);
    add_text(0x88, "x");
    gives("refused(1002) ");
    begin(false);
    add(0x88, span_of("\x03\xe9reason", 8));
    gives("code(1001) close(reason) ");
    begin(false);
    add(0x88, span_of("\x03\xe8\xce\xba\xed", 5));
    gives("refused(1007) ");
    for (u32 code = 0; code < 65536;
         code += code < 1020 || (code > 2990 && code < 5010) ? 1 : 511) {
        u8 bytes[2] = {(u8)(code >> 8), (u8)code};
        bool good = (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) ||
                    (code >= 3000 && code <= 4999);
        char expected[64];
        static struct seen seen;
        begin(false);
        add(0x88, span_of(bytes, 2));
        snprintf(expected, sizeof(expected), good ? "code(%u) close() " : "refused(1002) ", code);
        read_pieces(&seen, input.size, 1);
        assert_string_equal(seen.text, expected);
    }
}

static void compressed_messages(void **state)
{
    (void)state; /* 12, 13, and the examples of RFC 7692 section 7.2.3 */
    begin(true);
    add(0xc1, span_of("\xf2\x48\xcd\xc9\xc9\x07\x00", 7));
    add(0x41, span_of("\xf2\x48\xcd", 3)); /* in two fragments */
    add_text(0x89, "between");
    add(0x80, span_of("\xc9\xc9\x07\x00", 4));
    add(0xc1, span_of("\x00\x05\x00\xfa\xff\x48\x65\x6c\x6c\x6f\x00", 11)); /* stored */
    add(0xc1, span_of("\xf3\x48\xcd\xc9\xc9\x07\x00\x00", 8));              /* a last block */
    add(0xc1, span_of("\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00", 13));
    add(0xc1, span_of("\x00", 1));
    add_text(0x81, "plain");
    gives("text(Hello) ping(between) text(Hello) text(Hello) text(Hello) text(Hello) text() "
          "text(plain) ");
    begin(true); /* what refers to the message before is no longer there */
    add(0xc1, span_of("\xf2\x48\xcd\xc9\xc9\x07\x00", 7));
    add(0xc1, span_of("\xf2\x00\x11\x00\x00", 5));
    gives("text(Hello) refused(1007) ");
    begin(true); /* only the first fragment may say so */
    add_text(0x01, "x");
    add_text(0xc0, "x");
    gives("refused(1002) ");
    static const struct {
        const char *bytes;
        size_t size;
    } bad[] = {{"\xff\xff\xff", 3},                         /* no such block */
               {"\xf2\x48\xcd\xc9", 4},                     /* cut off inside a block */
               {"\xf3\x48\xcd\xc9\xc9\x07\x00\x01", 8},     /* something behind the last block */
               {"\xf3\x48\xcd\xc9\xc9\x07\x00\x00\x00", 9}, /* and more than the one byte */
               {"\x00\x05\x00\xfa\xff\x48\x65", 7}};
    for (u32 i = 0; i < ARRAY_COUNT(bad); i += 1) {
        begin(true);
        add(0xc1, span_of(bad[i].bytes, bad[i].size));
        gives("refused(1007) ");
    }
    begin(true); /* no UTF-8 inside */
    add(0xc1, span_of("\x00\x01\x00\xfe\xff\xff\x00", 7));
    gives("refused(1007) ");
}

static void a_small_message_may_not_become_large(void **state)
{
    (void)state;
    static u8 zeros[100000];
    u8 small[1000];
    size_t size = client_deflate(small, sizeof(small), span_of(zeros, sizeof(zeros)));
    assert_true(size < MESSAGE_MAX);
    begin(true);
    add(0xc2, span_of(small, size));
    gives("refused(1009) ");
    size = client_deflate(small, sizeof(small), span_of(zeros, MESSAGE_MAX + 1));
    begin(true);
    add(0xc2, span_of(small, size));
    gives("refused(1009) ");
    size = client_deflate(small, sizeof(small), span_of(zeros, MESSAGE_MAX));
    begin(true);
    add(0xc2, span_of(small, size));
    add(0xc2, span_of("\x00", 1));
    gives("binary(<00><00><00><00><00><00><00><00><00><00><00><00><00><00><00><00><00><00><00><00>"
          "<00><00><00><00><00><00><00><00><00><00><00><00><00><00><00><00><00><00><00><00>..1000) "
          "binary() ");
}

/* Random messages in random fragments with control frames between them come out as they went in. */
static void random_messages(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, test_seed());
    for (u64 round = 0; round < test_rounds(400); round += 1) {
        static struct seen expected;
        static struct seen seen;
        expected.used = 0;
        begin(random_below(&random, 2) == 0);
        for (u32 count = 0; count < 4; count += 1) {
            u8 plain[MESSAGE_MAX];
            u8 packed[MESSAGE_MAX + 100];
            struct span payload = span_of(plain, random_below(&random, MESSAGE_MAX / 2));
            for (size_t i = 0; i < payload.size; i += 1) {
                plain[i] = (u8)('a' + random_below(&random, 4));
            }
            u8 first = 0x01;
            see(&expected, "text", payload);
            if (input.deflate && random_below(&random, 2) == 0) {
                payload = span_of(packed, client_deflate(packed, sizeof(packed), payload));
                first = 0x41;
            }
            for (;;) {
                size_t size = random_below(&random, payload.size + 1);
                bool last = random_below(&random, 3) == 0;
                size = last ? payload.size : size;
                add((u8)(first | (last ? CLIENT_FIN : 0)), span_piece(payload, 0, size));
                payload = span_after(payload, size);
                first = CLIENT_MORE;
                if (last) {
                    break;
                }
            }
        }
        expected.text[expected.used] = '\0';
        read_pieces(&seen, input.size, 1);
        assert_string_equal(seen.text, expected.text);
        read_pieces(&seen, 0, 1 + random_below(&random, 50));
        assert_string_equal(seen.text, expected.text);
    }
}

/* A damaged byte never reads differently in pieces, and refusals carry one of three codes. */
static void random_damage(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, test_seed() + 1);
    for (u64 round = 0; round < test_rounds(3000); round += 1) {
        static struct seen whole;
        static struct seen other;
        u8 packed[200];
        size_t size = client_deflate(packed, sizeof(packed), span_of_text("abcabcabcabcabcabc"));
        begin(true);
        add_text(0x01, "one ");
        add_text(0x89, "ping");
        add_text(0x80, "two");
        add(0xc1, span_of(packed, size));
        add(0x88, span_of("\x03\xe8", 2));
        input.bytes[random_below(&random, input.size)] ^= (u8)(1U << random_below(&random, 8));
        read_pieces(&whole, input.size, 1);
        read_pieces(&other, 0, 1);
        assert_string_equal(whole.text, other.text);
        const char *refused = strstr(whole.text, "refused(");
        assert_true(refused == NULL || strstr(refused, "(1002)") != NULL ||
                    strstr(refused, "(1007)") != NULL || strstr(refused, "(1009)") != NULL);
    }
}

/* ---- the server's frames ---- */

static void sent_frames_are_read_back(void **state)
{
    (void)state;
    static const u32 sizes[] = {0, 1, 95, 96, 125, 126, 65535, 65536, DEFLATE_MAX, DEFLATE_MAX + 1};
    static u8 text[DEFLATE_MAX + 1];
    static u8 back[DEFLATE_MAX + 1];
    struct random random;
    random_init(&random, test_seed());
    for (u32 i = 0; i < ARRAY_COUNT(sizes) * 4; i += 1) {
        size_t size = sizes[i / 4];
        bool deflate = i % 2 == 0;
        bool is_noise = i / 2 % 2 == 0;
        for (size_t at = 0; at < size; at += 1) {
            text[at] = is_noise ? (u8)random_below(&random, 256) : (u8)('a' + at % 7);
        }
        size_t room = frame_bytes_max(size);
        u8 *frame = malloc(room);
        u8 first;
        struct span payload;
        size_t used = frame_encode(codec, FRAME_BINARY, deflate, span_of(text, size), frame, room);
        struct span bytes = span_of(frame, used);
        assert_true(used > 0);
        assert_true(client_take(&bytes, &first, &payload));
        assert_int_equal(bytes.size, 0);
        bool packed =
            deflate && !is_noise && size >= FRAME_DEFLATE_BYTES_MIN && size <= DEFLATE_MAX;
        assert_int_equal(first, packed ? 0xc2 : 0x82);
        if (packed) {
            assert_int_equal(client_inflate(back, sizeof(back), payload), size);
            assert_true(payload.size < size);
            payload = span_of(back, size);
        }
        assert_true(span_equal(payload, span_of(text, size)));
        u8 *tight = malloc(used); /* exactly enough, and one too few */
        assert_int_equal(
            frame_encode(codec, FRAME_BINARY, deflate, span_of(text, size), tight, used), used);
        assert_memory_equal(tight, frame, used);
        assert_int_equal(
            frame_encode(codec, FRAME_BINARY, deflate, span_of(text, size), tight, used - 1), 0);
        free(tight);
        free(frame);
    }
}

static void control_frames_are_sent(void **state)
{
    (void)state;
    u8 frame[200];
    assert_int_equal(
        frame_encode(codec, FRAME_PING, true, span_of_text("1234"), frame, sizeof(frame)), 6);
    assert_memory_equal(frame,
                        "\x89\x04"
                        "1234",
                        6);
    assert_int_equal(frame_encode_close(codec, FRAME_CODE_POLICY, "too many", frame, sizeof(frame)),
                     12);
    assert_memory_equal(frame, "\x88\x0a\x03\xf0too many", 12);
    assert_int_equal(frame_encode_close(codec, FRAME_CODE_NONE, "", frame, sizeof(frame)), 2);
    assert_memory_equal(frame, "\x88\x00", 2);
    static u8 large[126];
    size_t used = 0;
    expect_assert_failure(
        used = frame_encode(codec, FRAME_PONG, true, span_of(large, 126), frame, sizeof(frame)));
    expect_assert_failure(used = frame_encode_close(codec, 1005, "", frame, sizeof(frame)));
    assert_int_equal(used, 0);
}

static void masks_are_taken_off_anywhere(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, test_seed());
    for (u32 size = 0; size <= 40; size += 1) {
        for (u32 offset = 0; offset <= 9; offset += 1) {
            u8 mask[FRAME_MASK_BYTES];
            u8 *masked = malloc(size + 1);
            u8 *found = malloc(size + 1);
            u8 wanted[40];
            random_fill(&random, mask, sizeof(mask));
            random_fill(&random, masked, size);
            found[size] = 0x55;
            for (u32 i = 0; i < size; i += 1) {
                wanted[i] = masked[i] ^ mask[(offset + i) % 4];
            }
            frame_unmask(span_of(masked, size), mask, offset, found);
            assert_memory_equal(found, wanted, size);
            assert_int_equal(found[size], 0x55);
            free(masked);
            free(found);
        }
    }
}

static void opening_is_bounded(void **state)
{
    (void)state;
    static const struct frame_config bad[] = {
        {.message_bytes_max = 124},
        {.message_bytes_max = FRAME_MESSAGE_BYTES_MAX + 1},
        {.message_bytes_max = 200, .deflate_bytes_max = FRAME_MESSAGE_BYTES_MAX + 1}};
    static u8 small[1000];
    struct arena arena;
    struct frame_codec *other;
    arena_init(&arena, small, sizeof(small));
    for (u32 i = 0; i < ARRAY_COUNT(bad); i += 1) {
        assert_int_equal(frame_codec_footprint(&bad[i]), 0);
        assert_int_equal(frame_codec_open(&other, &bad[i], &arena), FAULT_CONFIG);
    }
    assert_int_equal(frame_codec_open(&other, &config, &arena), FAULT_LIMIT);
    frame_codec_close(other); /* there is none */
    /* What every connection has, idle or not. */
    assert_true(sizeof(struct frame_reader) <= 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes_of_messages),
        cmocka_unit_test(pings_and_pongs),
        cmocka_unit_test(reserved_bits_and_opcodes),
        cmocka_unit_test(heads_that_may_not_be),
        cmocka_unit_test(fragments),
        cmocka_unit_test(fragments_are_bounded),
        cmocka_unit_test(texts_are_utf8),
        cmocka_unit_test(closes),
        cmocka_unit_test(compressed_messages),
        cmocka_unit_test(a_small_message_may_not_become_large),
        cmocka_unit_test(random_messages),
        cmocka_unit_test(random_damage),
        cmocka_unit_test(sent_frames_are_read_back),
        cmocka_unit_test(control_frames_are_sent),
        cmocka_unit_test(masks_are_taken_off_anywhere),
        cmocka_unit_test(opening_is_bounded),
    };
    return cmocka_run_group_tests(tests, codec_setup, codec_teardown);
}
