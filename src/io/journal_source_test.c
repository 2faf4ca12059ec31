/* Aim: a segment's bytes come out the same from a raw and from a packed file, in pieces of any
 * size, and a packed file that is cut, longer or damaged is refused with file and offset. Method:
 * files packed here with zstd itself, then cut at every length. */
#include "io/journal_source.h"

#include "base/random.h"
#include "base/span.h"
#include "tests/support/journal_scene.h"

#include <stdio.h>
#include <string.h>
#include <zstd.h>

#define RAW    "raw"
#define PACKED "packed"

enum { CONTENT_BYTES = 300 * 1024, SOURCE_MEMORY = 1 << 18 };

static u8 content[CONTENT_BYTES];
static u8 packed[2 * CONTENT_BYTES];
static _Alignas(4096) u8 piece[CONTENT_BYTES];
static _Alignas(4096) u8 memory[SOURCE_MEMORY];
static size_t packed_bytes;
static struct disk_false *disk;
static struct journal_source source;

/* Half of it cannot be packed, the other half is zeros: input and output both take many reads. */
static int setup(void **state)
{
    (void)state;
    disk = disk_false_open(&(struct disk_false_config){.seed = 1});
    struct random random;
    random_init(&random, 1);
    random_fill(&random, content, sizeof(content) / 2);
    disk_false_put(disk, RAW, span_of(content, sizeof(content)));
    ZSTD_CCtx *context = ZSTD_createCCtx();
    assert_non_null(context);
    (void)ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
    packed_bytes = ZSTD_compress2(context, packed, sizeof(packed), content, sizeof(content));
    (void)ZSTD_freeCCtx(context);
    assert_false(ZSTD_isError(packed_bytes));
    disk_false_put(disk, PACKED, span_of(packed, packed_bytes));
    struct arena arena;
    assert_true(journal_source_footprint() <= sizeof(memory));
    arena_init(&arena, memory, journal_source_footprint());
    journal_source_init(&source, &arena);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    journal_source_close(&source);
    disk_false_close(disk);
    return 0;
}

static void open_source(bool is_packed)
{
    assert_ok(
        journal_source_open(&source, disk_false_disk(disk), is_packed ? PACKED : RAW, is_packed));
}

/* Reads to the end in pieces; returns how many bytes came. */
static size_t read_all(size_t piece_bytes)
{
    size_t done = 0;
    size_t got = piece_bytes;
    while (got == piece_bytes) {
        assert_ok(journal_source_read(&source, piece, piece_bytes, &got));
        assert_true(done + got <= sizeof(content));
        assert_memory_equal(piece, content + done, got);
        done += got;
        assert_int_equal(source.offset, done);
    }
    return done;
}

static void both_give_the_same_bytes(void **state)
{
    (void)state;
    static const size_t sizes[] = {4096, 12 * 1024, 128 * 1024, 200 * 1024};
    for (size_t index = 0; index < ARRAY_COUNT(sizes); index += 1) {
        open_source(false);
        assert_int_equal(read_all(sizes[index]), CONTENT_BYTES);
        open_source(true);
        assert_int_equal(read_all(sizes[index]), CONTENT_BYTES);
        /* The end stays the end. */
        size_t got = 1;
        assert_ok(journal_source_read(&source, piece, 4096, &got));
        assert_int_equal(got, 0);
    }
}

static void raw_can_be_set_back(void **state)
{
    (void)state;
    open_source(false);
    (void)read_all(4096);
    journal_source_seek(&source, 8192);
    size_t got = 0;
    assert_ok(journal_source_read(&source, piece, 4096, &got));
    assert_memory_equal(piece, content + 8192, 4096);
    expect_assert_failure(journal_source_seek(&source, 100));
    open_source(true);
    expect_assert_failure(journal_source_seek(&source, 8192));
}

static enum fault read_packed_whole(size_t *done_out)
{
    open_source(true);
    size_t got = 0;
    *done_out = 0;
    enum fault fault = journal_source_read(&source, piece, CONTENT_BYTES, &got);
    if (fault == FAULT_NONE) {
        *done_out = got;
        fault = journal_source_read(&source, piece, 4096, &got);
    }
    return fault;
}

static void packed_file_that_ends_early_is_refused(void **state)
{
    (void)state;
    for (size_t size = 0; size < packed_bytes; size += size < 1000 ? 1 : 997) {
        disk_false_put(disk, PACKED, span_of(packed, size));
        size_t done = 0;
        assert_int_equal(read_packed_whole(&done), FAULT_ROT);
        char expected[128];
        (void)snprintf(expected, sizeof(expected),
                       "packed: damaged at byte offset %zu (unpacked 0): the packed file ends too "
                       "early",
                       size);
        assert_string_equal(fault_text(), expected);
    }
}

static void bytes_behind_the_packed_data_are_refused(void **state)
{
    (void)state;
    packed[packed_bytes] = 0;
    disk_false_put(disk, PACKED, span_of(packed, packed_bytes + 1));
    size_t done = 0;
    assert_int_equal(read_packed_whole(&done), FAULT_ROT);
    assert_non_null(strstr(fault_text(), "there are bytes after the packed data"));
    /* A second frame, which a plain zstd reader would take as more of the same. */
    assert_true(span_copy(span_of(packed, packed_bytes), packed + packed_bytes, packed_bytes));
    disk_false_put(disk, PACKED, span_of(packed, 2 * packed_bytes));
    assert_int_equal(read_packed_whole(&done), FAULT_ROT);
    assert_non_null(strstr(fault_text(), "there are bytes after the packed data"));
}

static void file_that_is_not_packed_is_refused(void **state)
{
    (void)state;
    disk_false_put(disk, PACKED, span_of(content, 5000));
    size_t done = 0;
    assert_fault(read_packed_whole(&done), FAULT_ROT,
                 "packed: damaged at byte offset 0 (unpacked 0): Unknown frame descriptor");
}

/* A flipped bit is found, or it stood where it changes nothing. */
static void flipped_bits_never_change_what_comes_out(void **state)
{
    (void)state;
    for (size_t at = 0; at < packed_bytes; at += at < 200 || at + 200 > packed_bytes ? 1 : 613) {
        for (u32 bit = 0; bit < 8; bit += 1) {
            disk_false_flip(disk, PACKED, at, bit);
            memset(piece, 0xee, sizeof(piece));
            size_t done = 0;
            enum fault fault = read_packed_whole(&done);
            if (fault == FAULT_NONE) {
                assert_int_equal(done, CONTENT_BYTES);
                /* The last block was read into the same memory; the rest is the first read's. */
                assert_memory_equal(piece, content, CONTENT_BYTES);
            } else {
                assert_int_equal(fault, FAULT_ROT);
                assert_non_null(strstr(fault_text(), "packed: damaged at byte offset "));
            }
            disk_false_flip(disk, PACKED, at, bit);
        }
    }
}

static void missing_file_is_named(void **state)
{
    (void)state;
    assert_fault(journal_source_open(&source, disk_false_disk(disk), "nothing", true),
                 FAULT_MISSING, "nothing: cannot open: No such file or directory");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(both_give_the_same_bytes),
        TEST(raw_can_be_set_back),
        TEST(packed_file_that_ends_early_is_refused),
        TEST(bytes_behind_the_packed_data_are_refused),
        TEST(file_that_is_not_packed_is_refused),
        TEST(flipped_bits_never_change_what_comes_out),
        TEST(missing_file_is_named),
    };
#undef TEST
    return cmocka_run_group_tests_name("journal_source", tests, NULL, NULL);
}
