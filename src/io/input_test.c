/* Aim: the same bytes and lines come out of a plain, gzip, xz and zstd file, in one piece or
 * several, and every cut or damaged file is refused by name with a cause. Method: contents packed
 * here with the libraries themselves, then cut at every length and flipped bit by bit. */
#include "io/input.h"

#include "base/random.h"
#include "base/span.h"
#include "tests/support/test.h"

#include <lzma.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

enum { PACKED_MAX = 1 << 20 };

static u8 packed_memory[PACKED_MAX];

/* Packs `content` after `used` bytes; returns the new used. */
static size_t pack(enum input_format format, struct span content, size_t used)
{
    u8 *target = packed_memory + used;
    size_t room = PACKED_MAX - used;
    switch (format) {
    case INPUT_PLAIN:
        assert_true(span_copy(content, target, room));
        return used + content.size;
    case INPUT_GZIP: {
        z_stream stream = {0};
        assert_int_equal(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY),
                         Z_OK);
        u8 *copy = malloc(content.size + 1);
        assert_non_null(copy);
        assert_true(span_copy(content, copy, content.size));
        stream.next_in = copy;
        stream.avail_in = (uInt)content.size;
        stream.next_out = target;
        stream.avail_out = (uInt)room;
        assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
        size_t size = stream.total_out;
        (void)deflateEnd(&stream);
        free(copy);
        return used + size;
    }
    case INPUT_XZ: {
        size_t size = 0;
        assert_int_equal(lzma_easy_buffer_encode(1, LZMA_CHECK_CRC64, NULL, content.data,
                                                 content.size, target, &size, room),
                         LZMA_OK);
        return used + size;
    }
    case INPUT_ZSTD: {
        size_t size = ZSTD_compress(target, room, content.data, content.size, 3);
        assert_int_equal(ZSTD_isError(size), 0);
        return used + size;
    }
    }
    return used;
}

static struct input *open_packed(size_t size, u32 line_bytes_max)
{
    struct input *input = NULL;
    assert_int_equal(
        input_open_bytes(&input, "sample", span_of(packed_memory, size), line_bytes_max),
        FAULT_NONE);
    assert_non_null(input);
    return input;
}

static void assert_line(struct input *input, const char *text)
{
    struct span line;
    bool more = false;
    assert_int_equal(input_line(input, &line, &more), FAULT_NONE);
    assert_true(more);
    assert_true(span_equal(line, span_of_text(text)));
}

static void assert_no_line(struct input *input)
{
    struct span line;
    bool more = true;
    assert_int_equal(input_line(input, &line, &more), FAULT_NONE);
    assert_false(more);
}

static void lines_come_out_of_every_format(void **state)
{
    (void)state;
    for (u32 format = INPUT_PLAIN; format <= INPUT_ZSTD; format += 1) {
        size_t used = pack(format, span_of_text("one\n\ntwo\r\nthr"), 0);
        used = pack(format, span_of_text("ee\nlast"), used);
        SCOPED_INPUT *input = open_packed(used, 0);
        assert_int_equal(input_format(input), format);
        assert_line(input, "one");
        assert_line(input, "");
        assert_line(input, "two");
        assert_int_equal(input_line_number(input), 3);
        assert_int_equal(input_offset(input), 10);
        assert_line(input, "three");
        assert_line(input, "last");
        assert_no_line(input);
        assert_int_equal(input_end(input), FAULT_NONE);
        u64 done = 0;
        u64 all = 0;
        input_progress(input, &done, &all);
        assert_int_equal(done, used);
        assert_int_equal(all, used);
    }
}

static void empty_file_has_no_line(void **state)
{
    (void)state;
    SCOPED_INPUT *input = open_packed(0, 0);
    assert_no_line(input);
    assert_no_line(input);
    assert_int_equal(input_end(input), FAULT_NONE);
    u8 byte = 0;
    assert_int_equal(input_read_whole(input, &byte, 1, "the header"), FAULT_INPUT);
    assert_string_equal(fault_text(), "sample: offset 0: the header needs 1 bytes, the file ends "
                                      "after 0");
}

static void bytes_then_lines_then_rest(void **state)
{
    (void)state;
    size_t used = pack(INPUT_ZSTD, span_of_text("HEADline 1\nrest of\nit"), 0);
    SCOPED_INPUT *input = open_packed(used, 0);
    u8 head[4];
    assert_int_equal(input_read_whole(input, head, sizeof(head), "the header"), FAULT_NONE);
    assert_memory_equal(head, "HEAD", 4);
    assert_line(input, "line 1");
    assert_int_equal(input_end(input), FAULT_INPUT);
    assert_string_equal(fault_text(), "sample: offset 11: the file goes on where it should end");
    struct span rest;
    assert_int_equal(input_rest(input, &rest), FAULT_NONE);
    assert_true(span_equal(rest, span_of_text("rest of\nit")));
    assert_int_equal(input_end(input), FAULT_NONE);
}

static void long_lines_grow_the_window_up_to_the_bound(void **state)
{
    (void)state;
    enum { LONG = 700000 };
    u8 *content = malloc(LONG + 2);
    assert_non_null(content);
    memset(content, 'x', LONG);
    content[LONG] = '\n';
    content[LONG + 1] = 'y';
    size_t used = pack(INPUT_GZIP, span_of(content, LONG + 2), 0);
    struct input *input = open_packed(used, LONG);
    struct span line;
    bool more = false;
    assert_int_equal(input_line(input, &line, &more), FAULT_NONE);
    assert_int_equal(line.size, LONG);
    assert_line(input, "y");
    input_close(input);

    input = open_packed(used, LONG - 1);
    assert_int_equal(input_line(input, &line, &more), FAULT_INPUT);
    assert_string_equal(fault_text(), "sample: line 1: longer than 699999 bytes");
    input_close(input);

    input = open_packed(used, LONG);
    assert_int_equal(input_rest(input, &line), FAULT_INPUT);
    assert_string_equal(fault_text(), "sample: offset 0: more than 700000 bytes in one piece");
    input_close(input);
    free(content);
}

/* Reads everything; whatever happens is a fault of the input or the content. */
static enum fault drain(struct input *input, u64 *bytes_out)
{
    u8 bytes[4096];
    size_t size = 0;
    *bytes_out = 0;
    do {
        enum fault fault = input_read(input, bytes, sizeof(bytes), &size);
        if (fault != FAULT_NONE) {
            return fault;
        }
        *bytes_out += size;
    } while (size > 0);
    return FAULT_NONE;
}

static void every_cut_is_noticed(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, test_seed());
    u8 content[3000];
    random_fill(&random, content, sizeof(content));
    for (u32 format = INPUT_GZIP; format <= INPUT_ZSTD; format += 1) {
        size_t used = pack(format, span_of(content, sizeof(content)), 0);
        for (size_t size = 6; size < used; size += 1) {
            SCOPED_INPUT *input = open_packed(size, 0);
            u64 bytes = 0;
            assert_int_equal(drain(input, &bytes), FAULT_INPUT);
            assert_non_null(strstr(fault_text(), "the file ends inside"));
            assert_non_null(strstr(fault_text(), "sample: byte "));
        }
    }
}

static void flipped_bits_are_no_crash(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, test_seed());
    u8 content[2000];
    random_fill(&random, content, sizeof(content));
    memset(content + 500, 'a', 1000);
    for (u32 format = INPUT_GZIP; format <= INPUT_ZSTD; format += 1) {
        size_t used = pack(format, span_of(content, sizeof(content)), 0);
        for (u64 round = test_rounds(2000); round > 0; round -= 1) {
            size_t place = random_below(&random, used);
            u8 bit = (u8)(1U << random_below(&random, 8));
            packed_memory[place] ^= bit;
            SCOPED_INPUT *input = open_packed(used, 0);
            u64 bytes = 0;
            enum fault fault = drain(input, &bytes);
            assert_true(fault == FAULT_NONE || fault == FAULT_INPUT);
            packed_memory[place] ^= bit;
        }
    }
}

static void garbage_behind_is_refused_but_zeros_are_not(void **state)
{
    (void)state;
    for (u32 format = INPUT_GZIP; format <= INPUT_ZSTD; format += 1) {
        size_t used = pack(format, span_of_text("content"), 0);
        size_t with = pack(INPUT_PLAIN, span_of_text("garbage!"), used);
        SCOPED_INPUT *input = open_packed(with, 0);
        u64 bytes = 0;
        assert_int_equal(drain(input, &bytes), FAULT_INPUT);
    }
    size_t used = pack(INPUT_GZIP, span_of_text("content"), 0);
    memset(packed_memory + used, 0, 512);
    SCOPED_INPUT *input = open_packed(used + 512, 0);
    assert_line(input, "content");
    assert_no_line(input);
}

static void content_decides_not_the_name(void **state)
{
    (void)state;
    char path[] = "/tmp/input_test.XXXXXX";
    int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    size_t used = pack(INPUT_XZ, span_of_text("in xz\nunder a plain name\n"), 0);
    assert_int_equal(write(descriptor, packed_memory, used), (ssize_t)used);
    assert_int_equal(close(descriptor), 0);
    struct input *input = NULL;
    assert_int_equal(input_open(&input, disk_real(), path, 0), FAULT_NONE);
    assert_int_equal(input_format(input), INPUT_XZ);
    assert_string_equal(input_path(input), path);
    assert_line(input, "in xz");
    assert_line(input, "under a plain name");
    assert_no_line(input);
    input_close(input);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(input_open(&input, disk_real(), path, 0), FAULT_MISSING);
    assert_null(input);
    assert_non_null(strstr(fault_text(), path));
    input_close(NULL);
}

static void folder_is_no_file(void **state)
{
    (void)state;
    struct input *input = NULL;
    assert_true(input_open(&input, disk_real(), "/tmp", 0) != FAULT_NONE);
    assert_null(input);
    assert_non_null(strstr(fault_text(), "/tmp"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_come_out_of_every_format),
        cmocka_unit_test(empty_file_has_no_line),
        cmocka_unit_test(bytes_then_lines_then_rest),
        cmocka_unit_test(long_lines_grow_the_window_up_to_the_bound),
        cmocka_unit_test(every_cut_is_noticed),
        cmocka_unit_test(flipped_bits_are_no_crash),
        cmocka_unit_test(garbage_behind_is_refused_but_zeros_are_not),
        cmocka_unit_test(content_decides_not_the_name),
        cmocka_unit_test(folder_is_no_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
