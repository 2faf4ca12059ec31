/* Aim: the bytes of segments and batches are exactly those of docs/journal-format.md, what is
 * written can be read, and whatever is wrong with it gets the right verdict. Method: fields are
 * looked up at the page's offsets; checksums and hashes are computed again here from their
 * definition; every bit of a batch and of a segment header is flipped; the worked example of the
 * page is made again from its numbers and compared with the page's own text. */
#include "io/journal.h"

#include "base/bytes.h"
#include "base/random.h"
#include "base/span.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    BLOCK = 4096,
    SEGMENT_CRC_AT = 12,
    BATCH_CRC_AT = 8,
    BATCH_HASH_AT = 96,
    PAGE_BYTES_MAX = 1 << 18,
};

static struct sha256 sha256;

static int group_setup(void **state)
{
    (void)state;
    return sha256_open(&sha256) == FAULT_NONE ? 0 : 1;
}

static int group_teardown(void **state)
{
    (void)state;
    sha256_close(&sha256);
    return 0;
}

/* CRC32C bit by bit, from its polynomial. */
static u32 crc_slowly(const u8 *bytes, size_t size)
{
    u32 crc = UINT32_MAX;
    for (size_t index = 0; index < size; index += 1) {
        crc ^= bytes[index];
        for (u32 bit = 0; bit < 8; bit += 1) {
            crc = (crc & 1) != 0 ? crc >> 1 ^ 0x82f63b78U : crc >> 1;
        }
    }
    return ~crc;
}

/* Puts the right checksum into a header that was changed on purpose. */
static void crc_repair(u8 *header, size_t size, size_t crc_at)
{
    bytes_put_u32(header + crc_at, 0);
    bytes_put_u32(header + crc_at, crc_slowly(header, size));
}

static void sha256_of(struct span a, struct span b, u8 hash_out[SHA256_BYTES])
{
    sha256_begin(&sha256);
    sha256_add(&sha256, a);
    sha256_add(&sha256, b);
    sha256_end(&sha256, hash_out);
}

/* ---- segments ---- */

static struct journal_segment_header segment_example(void)
{
    struct journal_segment_header header = {
        .seq_first = 0x0102030405060708ULL,
        .segment_bytes = 1ULL << 20,
        .time_us = 1650535200000000ULL,
        .batch_bytes_max = 64U << 10,
    };
    for (u32 index = 0; index < sizeof(header.venue); index += 1) {
        header.venue[index] = (u8)(0x10 + index);
    }
    for (u32 index = 0; index < sizeof(header.hash_previous); index += 1) {
        header.hash_previous[index] = (u8)(0x80 + index);
    }
    return header;
}

static enum journal_verdict segment_verdict(const u8 *block)
{
    struct journal_segment_header header;
    return journal_segment_decode(span_of(block, BLOCK), &header);
}

static void segment_fields_stand_where_the_page_says(void **state)
{
    (void)state;
    struct journal_segment_header header = segment_example();
    u8 block[BLOCK];
    memset(block, 0xee, sizeof(block));
    journal_segment_encode(&header, block);
    static const u8 magic[8] = {0x89, 0x43, 0x4d, 0x42, 0x4a, 0x0d, 0x0a, 0x1a};
    assert_memory_equal(block, magic, sizeof(magic));
    assert_int_equal(bytes_u32(block + 8), 1);
    assert_memory_equal(block + 16, header.venue, 16);
    assert_int_equal(bytes_u64(block + 32), header.seq_first);
    assert_int_equal(bytes_u64(block + 40), header.segment_bytes);
    assert_int_equal(bytes_u64(block + 48), header.time_us);
    assert_int_equal(bytes_u32(block + 56), header.batch_bytes_max);
    assert_int_equal(bytes_u32(block + 60), 0);
    assert_memory_equal(block + 64, header.hash_previous, 32);
    assert_true(span_is_zero(span_of(block + 96, BLOCK - 96)));
    u32 crc = bytes_u32(block + SEGMENT_CRC_AT);
    crc_repair(block, BLOCK, SEGMENT_CRC_AT);
    assert_int_equal(crc, bytes_u32(block + SEGMENT_CRC_AT));
}

static void segment_comes_back(void **state)
{
    (void)state;
    struct journal_segment_header header = segment_example();
    u8 block[BLOCK];
    journal_segment_encode(&header, block);
    struct journal_segment_header back;
    memset(&back, 0, sizeof(back));
    assert_int_equal(journal_segment_decode(span_of(block, BLOCK), &back), JOURNAL_GOOD);
    assert_memory_equal(back.venue, header.venue, sizeof(header.venue));
    assert_memory_equal(back.hash_previous, header.hash_previous, sizeof(header.hash_previous));
    assert_int_equal(back.seq_first, header.seq_first);
    assert_int_equal(back.segment_bytes, header.segment_bytes);
    assert_int_equal(back.time_us, header.time_us);
    assert_int_equal(back.batch_bytes_max, header.batch_bytes_max);
}

static void segment_refuses_every_flipped_bit(void **state)
{
    (void)state;
    struct journal_segment_header header = segment_example();
    u8 block[BLOCK];
    journal_segment_encode(&header, block);
    for (u32 bit = 0; bit < BLOCK * 8; bit += 1) {
        block[bit / 8] ^= (u8)(1U << bit % 8);
        if (segment_verdict(block) != JOURNAL_BAD_CHECKSUM) {
            fail_msg("bit %u of byte %u", bit % 8, bit / 8);
        }
        block[bit / 8] ^= (u8)(1U << bit % 8);
    }
    assert_int_equal(segment_verdict(block), JOURNAL_GOOD);
}

static void segment_foreign_newer_and_cut_off_are_told_apart(void **state)
{
    (void)state;
    struct journal_segment_header header = segment_example();
    struct journal_segment_header back;
    u8 block[BLOCK];
    memset(block, 0, sizeof(block));
    assert_int_equal(segment_verdict(block), JOURNAL_ZERO);
    memset(block, 'x', sizeof(block));
    assert_int_equal(segment_verdict(block), JOURNAL_BAD_MAGIC);
    journal_segment_encode(&header, block);
    assert_int_equal(journal_segment_decode(span_of(block, BLOCK - 1), &back), JOURNAL_CUT_OFF);
    assert_int_equal(journal_segment_decode(span_of(block, 0), &back), JOURNAL_CUT_OFF);
    /* Up to four wrong bits are damage, five are somebody else's file. */
    block[0] ^= 0x0f;
    assert_int_equal(segment_verdict(block), JOURNAL_BAD_CHECKSUM);
    block[0] ^= 0x10;
    assert_int_equal(segment_verdict(block), JOURNAL_BAD_MAGIC);
    /* A damaged magic is damage even when the checksum was made to fit. */
    journal_segment_encode(&header, block);
    block[3] ^= 1;
    crc_repair(block, BLOCK, SEGMENT_CRC_AT);
    assert_int_equal(segment_verdict(block), JOURNAL_BAD_CHECKSUM);
    /* A later format: believed only under a good checksum. */
    journal_segment_encode(&header, block);
    bytes_put_u32(block + 8, JOURNAL_VERSION + 1);
    assert_int_equal(segment_verdict(block), JOURNAL_BAD_CHECKSUM);
    crc_repair(block, BLOCK, SEGMENT_CRC_AT);
    assert_int_equal(segment_verdict(block), JOURNAL_NEWER);
    /* Whatever a later format keeps behind the fixed places. */
    memset(block + 16, 0x5a, BLOCK - 16);
    crc_repair(block, BLOCK, SEGMENT_CRC_AT);
    assert_int_equal(segment_verdict(block), JOURNAL_NEWER);
    bytes_put_u32(block + 8, 0);
    crc_repair(block, BLOCK, SEGMENT_CRC_AT);
    assert_int_equal(segment_verdict(block), JOURNAL_BAD_FIELD);
}

static void segment_refuses_impossible_values(void **state)
{
    (void)state;
    struct journal_segment_header header = segment_example();
    const struct {
        u32 at;
        u32 bytes;
        u64 value;
        enum journal_verdict verdict;
    } cases[] = {
        {32, 8, 0, JOURNAL_BAD_FIELD}, /* sequence numbers begin at 1 */
        {32, 8, 1, JOURNAL_GOOD},
        {32, 8, UINT64_MAX, JOURNAL_GOOD},
        {40, 8, JOURNAL_SEGMENT_BYTES_MIN - BLOCK, JOURNAL_BAD_FIELD},
        {40, 8, (1ULL << 20) + 1, JOURNAL_BAD_FIELD},
        {40, 8, JOURNAL_SEGMENT_BYTES_MAX, JOURNAL_GOOD},
        {40, 8, JOURNAL_SEGMENT_BYTES_MAX + BLOCK, JOURNAL_BAD_FIELD},
        {40, 8, (64U << 10) + BLOCK, JOURNAL_GOOD}, /* header and one largest batch */
        {40, 8, 64U << 10, JOURNAL_BAD_FIELD},
        {56, 4, 0, JOURNAL_BAD_FIELD},
        {56, 4, BLOCK, JOURNAL_GOOD},
        {56, 4, BLOCK + 512, JOURNAL_BAD_FIELD},
        {56, 4, (1U << 20) - BLOCK, JOURNAL_GOOD},
        {56, 4, 1U << 20, JOURNAL_BAD_FIELD},
        {60, 4, 1, JOURNAL_BAD_FIELD},
        {96, 4, 1, JOURNAL_BAD_FIELD},
        {BLOCK - 4, 4, 1U << 31, JOURNAL_BAD_FIELD},
        {16, 8, 0, JOURNAL_GOOD}, /* a venue id and a hash may be anything */
        {64, 8, 0, JOURNAL_GOOD},
        {48, 8, UINT64_MAX, JOURNAL_GOOD},
    };
    for (size_t index = 0; index < ARRAY_COUNT(cases); index += 1) {
        u8 block[BLOCK];
        journal_segment_encode(&header, block);
        if (cases[index].bytes == 8) {
            bytes_put_u64(block + cases[index].at, cases[index].value);
        } else {
            bytes_put_u32(block + cases[index].at, (u32)cases[index].value);
        }
        crc_repair(block, BLOCK, SEGMENT_CRC_AT);
        if (segment_verdict(block) != cases[index].verdict) {
            fail_msg("case %zu: %s", index, journal_verdict_text(segment_verdict(block)));
        }
    }
}

static void segment_encode_refuses_what_decode_would(void **state)
{
    (void)state;
    u8 block[BLOCK];
    struct journal_segment_header header = segment_example();
    header.seq_first = 0;
    expect_assert_failure(journal_segment_encode(&header, block));
    header = segment_example();
    header.batch_bytes_max = JOURNAL_BATCH_BYTES_MAX + BLOCK;
    expect_assert_failure(journal_segment_encode(&header, block));
    header = segment_example();
    header.segment_bytes = BLOCK;
    expect_assert_failure(journal_segment_encode(&header, block));
}

/* ---- batches ---- */

static void batch_bytes_are_whole_blocks(void **state)
{
    (void)state;
    assert_int_equal(journal_batch_bytes(0), BLOCK);
    assert_int_equal(journal_batch_bytes(32), BLOCK);
    assert_int_equal(journal_batch_bytes(BLOCK - 128), BLOCK);
    assert_int_equal(journal_batch_bytes(BLOCK - 128 + 32), 2 * BLOCK);
    assert_int_equal(journal_batch_bytes(2 * BLOCK - 128), 2 * BLOCK);
    u32 length_max = JOURNAL_BATCH_BYTES_MAX - JOURNAL_BATCH_HEADER_BYTES;
    assert_int_equal(journal_batch_bytes(length_max), JOURNAL_BATCH_BYTES_MAX);
    expect_assert_failure(journal_batch_bytes(length_max + 1));
    expect_assert_failure(journal_batch_bytes(UINT32_MAX));
}

/* Records of 1, 3, 2 and 255 steps with random contents. */
static NEVER_INLINE u32 records_example(u8 *target)
{
    static const u8 units[] = {1, 3, 2, 255};
    struct random random;
    random_init(&random, test_seed());
    u32 length = 0;
    for (u32 index = 0; index < ARRAY_COUNT(units); index += 1) {
        u32 bytes = units[index] * JOURNAL_RECORD_STEP;
        random_fill(&random, target + length, bytes);
        target[length + 2] = units[index];
        length += bytes;
    }
    return length;
}

static struct journal_batch_header batch_example(u8 *batch)
{
    struct journal_batch_header header = {
        .seq_first = 77,
        .time_us = 1650535200123456ULL,
        .count = 4,
        .length = records_example(batch + JOURNAL_BATCH_HEADER_BYTES),
    };
    for (u32 index = 0; index < sizeof(header.hash_previous); index += 1) {
        header.hash_previous[index] = (u8)(0x40 + index);
    }
    return header;
}

/* 128 + 261 * 32 bytes of header and records */
enum { EXAMPLE_BYTES = 3 * BLOCK, EXAMPLE_USED = 128 + 261 * 32 };

static void batch_fields_stand_where_the_page_says(void **state)
{
    (void)state;
    static u8 batch[EXAMPLE_BYTES];
    memset(batch, 0xee, sizeof(batch));
    struct journal_batch_header header = batch_example(batch);
    journal_batch_encode(&sha256, &header, batch);
    static const u8 magic[8] = {0x89, 0x43, 0x4d, 0x42, 0x42, 0x0d, 0x0a, 0x1a};
    assert_memory_equal(batch, magic, sizeof(magic));
    assert_int_equal(bytes_u32(batch + 12), crc_slowly(batch + 128, header.length));
    assert_int_equal(bytes_u32(batch + 12), header.payload_crc);
    assert_memory_equal(batch + 16, header.hash_previous, 32);
    assert_int_equal(bytes_u64(batch + 48), header.seq_first);
    assert_int_equal(bytes_u64(batch + 56), header.time_us);
    assert_int_equal(bytes_u32(batch + 64), header.count);
    assert_int_equal(bytes_u32(batch + 68), header.length);
    assert_int_equal(bytes_u32(batch + 72), 0);
    assert_true(span_is_zero(span_of(batch + 76, 20)));
    assert_true(span_is_zero(span_of(batch + EXAMPLE_USED, EXAMPLE_BYTES - EXAMPLE_USED)));
    u8 hash[SHA256_BYTES];
    sha256_of(span_of(batch + 16, 80), span_of(batch + 128, header.length), hash);
    assert_memory_equal(batch + BATCH_HASH_AT, hash, sizeof(hash));
    assert_memory_equal(header.hash, hash, sizeof(hash));
    u32 crc = bytes_u32(batch + BATCH_CRC_AT);
    crc_repair(batch, JOURNAL_BATCH_HEADER_BYTES, BATCH_CRC_AT);
    assert_int_equal(crc, bytes_u32(batch + BATCH_CRC_AT));
}

static enum journal_verdict batch_verdict(const u8 *batch, u32 size)
{
    struct journal_batch_header header;
    enum journal_verdict verdict =
        journal_batch_decode(span_of(batch, size), JOURNAL_BATCH_BYTES_MAX, &header);
    if (verdict != JOURNAL_GOOD) {
        return verdict;
    }
    if (journal_batch_bytes(header.length) != size) {
        return JOURNAL_CUT_OFF;
    }
    return journal_batch_check(&sha256, &header, span_of(batch, size));
}

static void batch_comes_back(void **state)
{
    (void)state;
    static u8 batch[EXAMPLE_BYTES];
    struct journal_batch_header header = batch_example(batch);
    journal_batch_encode(&sha256, &header, batch);
    assert_int_equal(batch_verdict(batch, EXAMPLE_BYTES), JOURNAL_GOOD);
    struct journal_batch_header back;
    memset(&back, 0, sizeof(back));
    assert_int_equal(journal_batch_decode(span_of(batch, 128), JOURNAL_BATCH_BYTES_MAX, &back),
                     JOURNAL_GOOD);
    assert_int_equal(back.seq_first, header.seq_first);
    assert_int_equal(back.time_us, header.time_us);
    assert_int_equal(back.count, header.count);
    assert_int_equal(back.length, header.length);
    assert_int_equal(back.flags, header.flags);
    assert_int_equal(back.payload_crc, header.payload_crc);
    assert_memory_equal(back.hash_previous, header.hash_previous, JOURNAL_HASH_BYTES);
    assert_memory_equal(back.hash, header.hash, JOURNAL_HASH_BYTES);
    /* Without a context everything but the hash is looked at. */
    assert_int_equal(journal_batch_check(NULL, &back, span_of(batch, EXAMPLE_BYTES)), JOURNAL_GOOD);
}

static void batch_encoded_in_steps_is_the_same(void **state)
{
    (void)state;
    static u8 whole[EXAMPLE_BYTES];
    struct journal_batch_header header = batch_example(whole);
    journal_batch_encode(&sha256, &header, whole);
    static const u32 steps[] = {1, 7, 32, 1000, 8352, 8353, UINT32_MAX};
    for (size_t index = 0; index < ARRAY_COUNT(steps); index += 1) {
        static u8 batch[EXAMPLE_BYTES];
        memset(batch, (u8)index, sizeof(batch));
        struct journal_batch_header again = batch_example(batch);
        struct journal_encoder encoder;
        journal_encode_begin(&encoder, &sha256, &again, batch);
        u32 count = 1;
        while (!journal_encode_step(&encoder, steps[index])) {
            count += 1;
        }
        assert_int_equal(count, (again.length - 1) / steps[index] + 1);
        assert_memory_equal(batch, whole, sizeof(batch));
        assert_memory_equal(again.hash, header.hash, JOURNAL_HASH_BYTES);
    }
}

static void seal_is_an_empty_batch(void **state)
{
    (void)state;
    u8 batch[BLOCK];
    struct journal_batch_header header = {.seq_first = 5, .flags = JOURNAL_FLAG_SEAL};
    journal_batch_encode(&sha256, &header, batch);
    assert_int_equal(bytes_u32(batch + 72), 1);
    assert_int_equal(bytes_u32(batch + 12), 0); /* the checksum of nothing */
    assert_int_equal(batch_verdict(batch, BLOCK), JOURNAL_GOOD);
    u8 hash[SHA256_BYTES];
    sha256_of(span_of(batch + 16, 80), span_of(batch, 0), hash);
    assert_memory_equal(batch + BATCH_HASH_AT, hash, sizeof(hash));
}

static enum journal_verdict verdict_of_flip(u32 byte)
{
    if (byte < 8) {
        return JOURNAL_BAD_MAGIC;
    }
    if (byte < 128) {
        return JOURNAL_BAD_CHECKSUM;
    }
    return byte < EXAMPLE_USED ? JOURNAL_BAD_PAYLOAD : JOURNAL_BAD_PADDING;
}

static void batch_refuses_every_flipped_bit(void **state)
{
    (void)state;
    static u8 batch[EXAMPLE_BYTES];
    struct journal_batch_header header = batch_example(batch);
    journal_batch_encode(&sha256, &header, batch);
    for (u32 bit = 0; bit < EXAMPLE_BYTES * 8; bit += 1) {
        u32 byte = bit / 8;
        batch[byte] ^= (u8)(1U << bit % 8);
        enum journal_verdict verdict = batch_verdict(batch, EXAMPLE_BYTES);
        if (verdict != verdict_of_flip(byte)) {
            fail_msg("bit %u of byte %u: %s", bit % 8, byte, journal_verdict_text(verdict));
        }
        batch[byte] ^= (u8)(1U << bit % 8);
    }
    assert_int_equal(batch_verdict(batch, EXAMPLE_BYTES), JOURNAL_GOOD);
}

static void batch_header_needs_all_its_bytes(void **state)
{
    (void)state;
    u8 batch[BLOCK];
    struct journal_batch_header header = {.seq_first = 5, .flags = JOURNAL_FLAG_SEAL};
    journal_batch_encode(&sha256, &header, batch);
    struct journal_batch_header back;
    for (u32 size = 0; size < JOURNAL_BATCH_HEADER_BYTES; size += 1) {
        assert_int_equal(journal_batch_decode(span_of(batch, size), BLOCK, &back), JOURNAL_CUT_OFF);
    }
    assert_int_equal(journal_batch_decode(span_of(batch, 128), BLOCK, &back), JOURNAL_GOOD);
    memset(batch, 0, sizeof(batch));
    assert_int_equal(journal_batch_decode(span_of(batch, BLOCK), BLOCK, &back), JOURNAL_ZERO);
    batch[127] = 1;
    assert_int_equal(journal_batch_decode(span_of(batch, BLOCK), BLOCK, &back), JOURNAL_BAD_MAGIC);
}

static void batch_refuses_impossible_values(void **state)
{
    (void)state;
    static u8 batch[EXAMPLE_BYTES];
    const struct {
        u32 at;
        u32 bytes;
        u64 value;
        enum journal_verdict verdict;
    } cases[] = {
        {48, 8, 0, JOURNAL_BAD_FIELD},
        {48, 8, UINT64_MAX - 4, JOURNAL_GOOD},
        {48, 8, UINT64_MAX - 3, JOURNAL_BAD_FIELD}, /* the next number must exist */
        {64, 4, 0, JOURNAL_BAD_FIELD},              /* empty, and no seal */
        {64, 4, 261, JOURNAL_GOOD},                 /* as many as fit */
        {64, 4, 262, JOURNAL_BAD_FIELD},
        {68, 4, 0, JOURNAL_BAD_FIELD},
        {68, 4, 33, JOURNAL_BAD_FIELD},
        {68, 4, EXAMPLE_BYTES - 128, JOURNAL_GOOD},
        {68, 4, EXAMPLE_BYTES - 128 + 32, JOURNAL_BAD_FIELD}, /* more than this segment allows */
        {68, 4, UINT32_MAX - 31, JOURNAL_BAD_FIELD},
        {72, 4, 1, JOURNAL_BAD_FIELD}, /* a seal with records */
        {72, 4, 2, JOURNAL_BAD_FIELD}, /* a flag we do not know */
        {72, 4, 1U << 31, JOURNAL_BAD_FIELD},
        {76, 4, 1, JOURNAL_BAD_FIELD},
        {92, 4, 1U << 24, JOURNAL_BAD_FIELD},
        {56, 8, UINT64_MAX, JOURNAL_GOOD},
    };
    for (size_t index = 0; index < ARRAY_COUNT(cases); index += 1) {
        struct journal_batch_header header = batch_example(batch);
        journal_batch_encode(&sha256, &header, batch);
        if (cases[index].bytes == 8) {
            bytes_put_u64(batch + cases[index].at, cases[index].value);
        } else {
            bytes_put_u32(batch + cases[index].at, (u32)cases[index].value);
        }
        crc_repair(batch, JOURNAL_BATCH_HEADER_BYTES, BATCH_CRC_AT);
        struct journal_batch_header back;
        enum journal_verdict verdict =
            journal_batch_decode(span_of(batch, EXAMPLE_BYTES), EXAMPLE_BYTES, &back);
        if (verdict != cases[index].verdict) {
            fail_msg("case %zu: %s", index, journal_verdict_text(verdict));
        }
    }
}

static void batch_with_right_checksums_and_wrong_hash_is_refused(void **state)
{
    (void)state;
    static u8 batch[EXAMPLE_BYTES];
    struct journal_batch_header header = batch_example(batch);
    journal_batch_encode(&sha256, &header, batch);
    /* Somebody changes a record and both checksums. */
    batch[300] ^= 1;
    bytes_put_u32(batch + 12, crc_slowly(batch + 128, header.length));
    crc_repair(batch, JOURNAL_BATCH_HEADER_BYTES, BATCH_CRC_AT);
    assert_int_equal(batch_verdict(batch, EXAMPLE_BYTES), JOURNAL_BAD_HASH);
    /* The same with a time. */
    journal_batch_encode(&sha256, &header, batch);
    batch[56] ^= 1;
    crc_repair(batch, JOURNAL_BATCH_HEADER_BYTES, BATCH_CRC_AT);
    assert_int_equal(batch_verdict(batch, EXAMPLE_BYTES), JOURNAL_BAD_HASH);
}

static void batch_whose_records_do_not_add_up_is_refused(void **state)
{
    (void)state;
    static u8 batch[EXAMPLE_BYTES];
    /* A record's units, their value and the records claimed; and, where that leads into the random
     * contents of another record, what stands there. */
    static const struct {
        u32 at;
        u8 units;
        u32 count;
        u32 next_at;
        u8 next;
    } cases[] = {
        {128 + 2, 0, 4, 0, 0},                             /* without length: it never ends */
        {128 + 2, 2, 4, 128 + 2 * 32 + 2, 4},              /* overlaps what follows: three */
        {128 + 6 * 32 + 2, 254, 4, 128 + 260 * 32 + 2, 1}, /* a piece is left, a fifth */
        {128 + 32 + 2, 3, 3, 0, 0},                        /* one more than claimed */
        {128 + 32 + 2, 3, 5, 0, 0},                        /* one less */
        {128 + 4 * 32 + 2, 255, 4, 128 + 259 * 32 + 2, 3}, /* the last goes beyond the end */
    };
    for (size_t index = 0; index < ARRAY_COUNT(cases); index += 1) {
        struct journal_batch_header header = batch_example(batch);
        batch[cases[index].at] = cases[index].units;
        if (cases[index].next_at > 0) {
            batch[cases[index].next_at] = cases[index].next;
        }
        header.count = cases[index].count;
        journal_batch_encode(&sha256, &header, batch);
        if (batch_verdict(batch, EXAMPLE_BYTES) != JOURNAL_BAD_RECORDS) {
            fail_msg("case %zu", index);
        }
    }
}

static void batch_encode_refuses_what_decode_would(void **state)
{
    (void)state;
    static u8 batch[EXAMPLE_BYTES];
    struct journal_batch_header header = batch_example(batch);
    header.seq_first = 0;
    expect_assert_failure(journal_batch_encode(&sha256, &header, batch));
    header = batch_example(batch);
    header.length += 1;
    expect_assert_failure(journal_batch_encode(&sha256, &header, batch));
    header = batch_example(batch);
    header.flags = JOURNAL_FLAG_SEAL;
    expect_assert_failure(journal_batch_encode(&sha256, &header, batch));
}

static void records_are_stepped_through(void **state)
{
    (void)state;
    static u8 records[EXAMPLE_BYTES];
    u32 length = records_example(records);
    static const u32 sizes[] = {32, 96, 64, 8160};
    size_t offset = 0;
    size_t before = 0;
    struct span record;
    for (size_t index = 0; index < ARRAY_COUNT(sizes); index += 1) {
        assert_true(journal_record_next(span_of(records, length), &offset, &record));
        assert_int_equal(record.size, sizes[index]);
        assert_ptr_equal(record.data, records + before);
        before = offset;
    }
    assert_false(journal_record_next(span_of(records, length), &offset, &record));
    assert_int_equal(offset, length);
    offset = 0;
    assert_false(journal_record_next(span_of(records, 0), &offset, &record));
    records[2] = 0;
    expect_assert_failure(journal_record_next(span_of(records, length), &offset, &record));
    records[2] = 2;
    expect_assert_failure(journal_record_next(span_of(records, 32), &offset, &record));
}

static void chain_starts_with_the_venue(void **state)
{
    (void)state;
    u8 venue[JOURNAL_VENUE_BYTES];
    for (u32 index = 0; index < sizeof(venue); index += 1) {
        venue[index] = (u8)(0x10 + index);
    }
    u8 expected[SHA256_BYTES];
    u8 start[JOURNAL_HASH_BYTES];
    sha256_of(span_of_text("cambist journal\n"), span_of(venue, sizeof(venue)), expected);
    journal_chain_start(&sha256, venue, start);
    assert_memory_equal(start, expected, sizeof(start));
    venue[15] ^= 1;
    journal_chain_start(&sha256, venue, start);
    assert_memory_not_equal(start, expected, sizeof(start));
}

static void every_verdict_has_its_text(void **state)
{
    (void)state;
    static const struct {
        enum journal_verdict verdict;
        const char *text;
    } rows[] = {
        {JOURNAL_GOOD, "good"},
        {JOURNAL_ZERO, "zeros where a header is expected"},
        {JOURNAL_BAD_MAGIC, "not a header"},
        {JOURNAL_NEWER, "a later format"},
        {JOURNAL_BAD_CHECKSUM, "the header does not match its checksum"},
        {JOURNAL_BAD_FIELD, "the header holds an impossible value"},
        {JOURNAL_BAD_PAYLOAD, "the records do not match their checksum"},
        {JOURNAL_BAD_RECORDS, "the lengths of the records do not add up"},
        {JOURNAL_BAD_PADDING, "the padding is not zero"},
        {JOURNAL_BAD_HASH, "the batch does not match its hash"},
        {JOURNAL_BAD_CHAIN, "the batch does not carry the hash of the one before"},
        {JOURNAL_BAD_SEQUENCE, "the sequence number does not follow"},
        {JOURNAL_BAD_TIME, "the time is before that of the batch before"},
        {JOURNAL_CUT_OFF, "the file ends inside the batch"},
    };
    assert_int_equal(ARRAY_COUNT(rows), JOURNAL_CUT_OFF + 1);
    for (size_t index = 0; index < ARRAY_COUNT(rows); index += 1) {
        assert_string_equal(journal_verdict_text(rows[index].verdict), rows[index].text);
    }
}

/* ---- the worked example of docs/journal-format.md ---- */

enum { PAGE_SEGMENT_BYTES = 4 * BLOCK };

/* The segment that the page describes in words. */
static void page_segment(u8 segment[PAGE_SEGMENT_BYTES])
{
    memset(segment, 0, PAGE_SEGMENT_BYTES);
    struct journal_segment_header header = {
        .seq_first = 1,
        .segment_bytes = PAGE_SEGMENT_BYTES,
        .time_us = 0,
        .batch_bytes_max = 2 * BLOCK,
    };
    for (u32 index = 0; index < sizeof(header.venue); index += 1) {
        header.venue[index] = (u8)(0xa0 + index);
    }
    journal_chain_start(&sha256, header.venue, header.hash_previous);
    journal_segment_encode(&header, segment);
    u8 *batch = segment + BLOCK;
    struct journal_batch_header first = {
        .seq_first = 1, .time_us = 1650535200000000ULL, .count = 2, .length = 96};
    memcpy(first.hash_previous, header.hash_previous, JOURNAL_HASH_BYTES);
    u8 *records = batch + JOURNAL_BATCH_HEADER_BYTES;
    for (u32 index = 0; index < 96; index += 1) {
        records[index] = (u8)index;
    }
    bytes_put_u16(records, 7);
    records[2] = 1;
    records[3] = 3;
    bytes_put_u16(records + 32, 9);
    records[34] = 2;
    records[35] = 0;
    journal_batch_encode(&sha256, &first, batch);
    struct journal_batch_header seal = {
        .seq_first = 3, .time_us = 1650535200010000ULL, .flags = JOURNAL_FLAG_SEAL};
    memcpy(seal.hash_previous, first.hash, JOURNAL_HASH_BYTES);
    journal_batch_encode(&sha256, &seal, segment + (size_t)2 * BLOCK);
}

/* One line of sixteen bytes: the offset and the bytes in hex. */
static void dump_line(const u8 *bytes, u32 offset, char line_out[80])
{
    int used = snprintf(line_out, 80, "%08x ", offset);
    for (u32 index = 0; index < 16; index += 1) {
        used += snprintf(line_out + used, 80 - (size_t)used, "%s%02x", index == 8 ? "  " : " ",
                         bytes[offset + index]);
    }
}

/* As `hexdump -C` prints it, without the text column: lines like the one before become a star. */
static size_t dump(const u8 *bytes, u32 size, char *target, size_t target_bytes)
{
    size_t used = 0;
    bool star = false;
    for (u32 offset = 0; offset < size; offset += 16) {
        if (offset > 0 && memcmp(bytes + offset, bytes + offset - 16, 16) == 0) {
            used += star ? 0 : (size_t)snprintf(target + used, target_bytes - used, "*\n");
            star = true;
            continue;
        }
        star = false;
        char line[80];
        dump_line(bytes, offset, line);
        used += (size_t)snprintf(target + used, target_bytes - used, "%s\n", line);
    }
    used += (size_t)snprintf(target + used, target_bytes - used, "%08x\n", size);
    return used;
}

static char page[PAGE_BYTES_MAX];

/* Tests run in the root of the tree. */
static void page_read(void)
{
    FILE *file = fopen("docs/journal-format.md", "rb");
    assert_non_null(file);
    size_t got = fread(page, 1, sizeof(page) - 1, file);
    (void)fclose(file);
    assert_true(got < sizeof(page) - 1);
    page[got] = '\0';
}

static void page_example_is_what_the_numbers_give(void **state)
{
    (void)state;
    u8 segment[PAGE_SEGMENT_BYTES];
    page_segment(segment);
    static char expected[1 << 14];
    size_t size = dump(segment, sizeof(segment), expected, sizeof(expected));
    assert_true(size < sizeof(expected));
    page_read();
    if (strstr(page, expected) == NULL) {
        fail_msg("docs/journal-format.md lacks these lines:\n%s", expected);
    }
}

static void page_has_the_words_of_every_verdict(void **state)
{
    (void)state;
    page_read();
    for (int verdict = JOURNAL_ZERO; verdict <= JOURNAL_CUT_OFF; verdict += 1) {
        const char *text = journal_verdict_text((enum journal_verdict)verdict);
        /* A later format is told in words of its own. */
        if (verdict != JOURNAL_NEWER && strstr(page, text) == NULL) {
            fail_msg("docs/journal-format.md lacks \"%s\"", text);
        }
    }
}

static void page_example_is_a_good_journal(void **state)
{
    (void)state;
    u8 segment[PAGE_SEGMENT_BYTES];
    page_segment(segment);
    assert_int_equal(segment_verdict(segment), JOURNAL_GOOD);
    assert_int_equal(batch_verdict(segment + BLOCK, BLOCK), JOURNAL_GOOD);
    assert_int_equal(batch_verdict(segment + (size_t)2 * BLOCK, BLOCK), JOURNAL_GOOD);
    assert_memory_equal(segment + 64, segment + BLOCK + 16, JOURNAL_HASH_BYTES);
    assert_memory_equal(segment + BLOCK + 96, segment + 2 * BLOCK + 16, JOURNAL_HASH_BYTES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(segment_fields_stand_where_the_page_says),
        cmocka_unit_test(segment_comes_back),
        cmocka_unit_test(segment_refuses_every_flipped_bit),
        cmocka_unit_test(segment_foreign_newer_and_cut_off_are_told_apart),
        cmocka_unit_test(segment_refuses_impossible_values),
        cmocka_unit_test(segment_encode_refuses_what_decode_would),
        cmocka_unit_test(batch_bytes_are_whole_blocks),
        cmocka_unit_test(batch_fields_stand_where_the_page_says),
        cmocka_unit_test(batch_comes_back),
        cmocka_unit_test(batch_encoded_in_steps_is_the_same),
        cmocka_unit_test(seal_is_an_empty_batch),
        cmocka_unit_test(batch_refuses_every_flipped_bit),
        cmocka_unit_test(batch_header_needs_all_its_bytes),
        cmocka_unit_test(batch_refuses_impossible_values),
        cmocka_unit_test(batch_with_right_checksums_and_wrong_hash_is_refused),
        cmocka_unit_test(batch_whose_records_do_not_add_up_is_refused),
        cmocka_unit_test(batch_encode_refuses_what_decode_would),
        cmocka_unit_test(records_are_stepped_through),
        cmocka_unit_test(chain_starts_with_the_venue),
        cmocka_unit_test(every_verdict_has_its_text),
        cmocka_unit_test(page_example_is_what_the_numbers_give),
        cmocka_unit_test(page_has_the_words_of_every_verdict),
        cmocka_unit_test(page_example_is_a_good_journal),
    };
    return cmocka_run_group_tests_name("journal", tests, group_setup, group_teardown);
}
