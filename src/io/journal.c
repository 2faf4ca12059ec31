#include "io/journal.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "io/file.h"

#include <string.h>

/* Bytes that no text and no record of 6-bit symbols contains, so that neither can pose as one. */
static const u8 segment_magic[8] = {0x89, 'C', 'M', 'B', 'J', 0x0d, 0x0a, 0x1a};
static const u8 batch_magic[8] = {0x89, 'C', 'M', 'B', 'B', 0x0d, 0x0a, 0x1a};

/* A magic that differs by this few bits is ours and damaged, not somebody else's. */
enum { MAGIC_WRONG_BITS_MAX = 4 };

/* Offsets in the segment header. Magic, version and checksum keep their places in every version. */
enum {
    SEGMENT_VERSION = 8,
    SEGMENT_CRC = 12,
    SEGMENT_VENUE = 16,
    SEGMENT_SEQ_FIRST = 32,
    SEGMENT_BYTES = 40,
    SEGMENT_TIME_US = 48,
    SEGMENT_BATCH_BYTES_MAX = 56,
    SEGMENT_RESERVED = 60,
    SEGMENT_HASH_PREVIOUS = 64,
    SEGMENT_END = 96,
};

/* Offsets in the batch header. The hash covers BATCH_HASHED .. BATCH_HASH, then the records. */
enum {
    BATCH_CRC = 8,
    BATCH_PAYLOAD_CRC = 12,
    BATCH_HASHED = 16,
    BATCH_HASH_PREVIOUS = 16,
    BATCH_SEQ_FIRST = 48,
    BATCH_TIME_US = 56,
    BATCH_COUNT = 64,
    BATCH_LENGTH = 68,
    BATCH_FLAGS = 72,
    BATCH_RESERVED = 76,
    BATCH_HASH = 96,
};

_Static_assert(SEGMENT_VENUE + JOURNAL_VENUE_BYTES == SEGMENT_SEQ_FIRST, "journal format");
_Static_assert(SEGMENT_HASH_PREVIOUS + JOURNAL_HASH_BYTES == SEGMENT_END, "journal format");
_Static_assert(BATCH_HASH_PREVIOUS + JOURNAL_HASH_BYTES == BATCH_SEQ_FIRST, "journal format");
_Static_assert(BATCH_HASH + JOURNAL_HASH_BYTES == JOURNAL_BATCH_HEADER_BYTES, "journal format");
_Static_assert(JOURNAL_BATCH_HEADER_BYTES % JOURNAL_RECORD_STEP == 0, "records are aligned");
_Static_assert(JOURNAL_BATCH_BYTES_MAX % JOURNAL_BLOCK_BYTES == 0, "a batch is whole blocks");
_Static_assert(JOURNAL_BLOCK_BYTES == FILE_BLOCK_BYTES, "a block is a disk block");

const char *journal_verdict_text(enum journal_verdict verdict)
{
    switch (verdict) {
    case JOURNAL_GOOD:
        return "good";
    case JOURNAL_ZERO:
        return "zeros where a header is expected";
    case JOURNAL_BAD_MAGIC:
        return "not a header";
    case JOURNAL_NEWER:
        return "a later format";
    case JOURNAL_BAD_CHECKSUM:
        return "the header does not match its checksum";
    case JOURNAL_BAD_FIELD:
        return "the header holds an impossible value";
    case JOURNAL_BAD_PAYLOAD:
        return "the records do not match their checksum";
    case JOURNAL_BAD_RECORDS:
        return "the lengths of the records do not add up";
    case JOURNAL_BAD_PADDING:
        return "the padding is not zero";
    case JOURNAL_BAD_HASH:
        return "the batch does not match its hash";
    case JOURNAL_BAD_CHAIN:
        return "the batch does not carry the hash of the one before";
    case JOURNAL_BAD_SEQUENCE:
        return "the sequence number does not follow";
    case JOURNAL_BAD_TIME:
        return "the time is before that of the batch before";
    case JOURNAL_CUT_OFF:
        return "the file ends inside the batch";
    }
    return "unknown";
}

u32 journal_batch_bytes(u32 length)
{
    CHECK(length <= JOURNAL_BATCH_BYTES_MAX - JOURNAL_BATCH_HEADER_BYTES);
    u32 bytes = JOURNAL_BATCH_HEADER_BYTES + length;
    return (bytes + JOURNAL_BLOCK_BYTES - 1) / JOURNAL_BLOCK_BYTES * JOURNAL_BLOCK_BYTES;
}

void journal_chain_start(struct sha256 *sha256, const u8 venue[JOURNAL_VENUE_BYTES],
                         u8 hash_out[JOURNAL_HASH_BYTES])
{
    sha256_begin(sha256);
    sha256_add(sha256, span_of_text("cambist journal\n"));
    sha256_add(sha256, span_of(venue, JOURNAL_VENUE_BYTES));
    sha256_end(sha256, hash_out);
}

/* The checksum of a header with its own checksum's four bytes taken as zero. */
static u32 header_crc(struct span header, size_t crc_offset)
{
    static const u8 zeros[4];
    u32 crc = crc32c(span_piece(header, 0, crc_offset));
    crc = crc32c_extend(crc, span_of(zeros, sizeof(zeros)));
    return crc32c_extend(crc, span_after(header, crc_offset + sizeof(zeros)));
}

static bool segment_is_possible(const struct journal_segment_header *header)
{
    return header->seq_first >= 1 && header->segment_bytes >= JOURNAL_SEGMENT_BYTES_MIN &&
           header->segment_bytes <= JOURNAL_SEGMENT_BYTES_MAX &&
           header->segment_bytes % JOURNAL_BLOCK_BYTES == 0 &&
           header->batch_bytes_max >= JOURNAL_BLOCK_BYTES &&
           header->batch_bytes_max <= JOURNAL_BATCH_BYTES_MAX &&
           header->batch_bytes_max % JOURNAL_BLOCK_BYTES == 0 &&
           header->batch_bytes_max <= header->segment_bytes - JOURNAL_SEGMENT_HEADER;
}

void journal_segment_encode(const struct journal_segment_header *header,
                            u8 block_out[JOURNAL_SEGMENT_HEADER])
{
    CHECK(segment_is_possible(header));
    memset(block_out, 0, JOURNAL_SEGMENT_HEADER);
    memcpy(block_out, segment_magic, sizeof(segment_magic));
    bytes_put_u32(block_out + SEGMENT_VERSION, JOURNAL_VERSION);
    memcpy(block_out + SEGMENT_VENUE, header->venue, JOURNAL_VENUE_BYTES);
    bytes_put_u64(block_out + SEGMENT_SEQ_FIRST, header->seq_first);
    bytes_put_u64(block_out + SEGMENT_BYTES, header->segment_bytes);
    bytes_put_u64(block_out + SEGMENT_TIME_US, header->time_us);
    bytes_put_u32(block_out + SEGMENT_BATCH_BYTES_MAX, header->batch_bytes_max);
    memcpy(block_out + SEGMENT_HASH_PREVIOUS, header->hash_previous, JOURNAL_HASH_BYTES);
    u32 crc = header_crc(span_of(block_out, JOURNAL_SEGMENT_HEADER), SEGMENT_CRC);
    bytes_put_u32(block_out + SEGMENT_CRC, crc);
}

enum journal_verdict journal_segment_decode(struct span block,
                                            struct journal_segment_header *header_out)
{
    if (block.size < JOURNAL_SEGMENT_HEADER) {
        return JOURNAL_CUT_OFF;
    }
    block = span_piece(block, 0, JOURNAL_SEGMENT_HEADER);
    if (span_is_zero(block)) {
        return JOURNAL_ZERO;
    }
    const u8 *bytes = block.data;
    u64 wrong_bits = bytes_u64(bytes) ^ bytes_u64(segment_magic);
    if (__builtin_popcountll(wrong_bits) > MAGIC_WRONG_BITS_MAX) {
        return JOURNAL_BAD_MAGIC;
    }
    if (wrong_bits != 0 || bytes_u32(bytes + SEGMENT_CRC) != header_crc(block, SEGMENT_CRC)) {
        return JOURNAL_BAD_CHECKSUM;
    }
    if (bytes_u32(bytes + SEGMENT_VERSION) != JOURNAL_VERSION) {
        return bytes_u32(bytes + SEGMENT_VERSION) > JOURNAL_VERSION ? JOURNAL_NEWER
                                                                    : JOURNAL_BAD_FIELD;
    }
    struct journal_segment_header header = {
        .seq_first = bytes_u64(bytes + SEGMENT_SEQ_FIRST),
        .segment_bytes = bytes_u64(bytes + SEGMENT_BYTES),
        .time_us = bytes_u64(bytes + SEGMENT_TIME_US),
        .batch_bytes_max = bytes_u32(bytes + SEGMENT_BATCH_BYTES_MAX),
    };
    memcpy(header.venue, bytes + SEGMENT_VENUE, JOURNAL_VENUE_BYTES);
    memcpy(header.hash_previous, bytes + SEGMENT_HASH_PREVIOUS, JOURNAL_HASH_BYTES);
    if (!segment_is_possible(&header) || bytes_u32(bytes + SEGMENT_RESERVED) != 0 ||
        !span_is_zero(span_after(block, SEGMENT_END))) {
        return JOURNAL_BAD_FIELD;
    }
    *header_out = header;
    return JOURNAL_GOOD;
}

static bool batch_is_possible(const struct journal_batch_header *header, u32 batch_bytes_max)
{
    if (header->seq_first < 1 || header->seq_first > UINT64_MAX - header->count ||
        header->length > batch_bytes_max - JOURNAL_BATCH_HEADER_BYTES ||
        header->length % JOURNAL_RECORD_STEP != 0) {
        return false;
    }
    if (header->flags == JOURNAL_FLAG_SEAL) {
        return header->count == 0 && header->length == 0;
    }
    return header->flags == 0 && header->count >= 1 &&
           header->count <= header->length / JOURNAL_RECORD_STEP;
}

void journal_encode_begin(struct journal_encoder *encoder, struct sha256 *sha256,
                          struct journal_batch_header *header, u8 *batch)
{
    CHECK(batch_is_possible(header, JOURNAL_BATCH_BYTES_MAX));
    *encoder =
        (struct journal_encoder){.sha256 = sha256, .header = header, .batch = batch, .done = 0};
    u32 records_end = JOURNAL_BATCH_HEADER_BYTES + header->length;
    memset(batch + records_end, 0, journal_batch_bytes(header->length) - records_end);
    memset(batch, 0, JOURNAL_BATCH_HEADER_BYTES);
    memcpy(batch, batch_magic, sizeof(batch_magic));
    memcpy(batch + BATCH_HASH_PREVIOUS, header->hash_previous, JOURNAL_HASH_BYTES);
    bytes_put_u64(batch + BATCH_SEQ_FIRST, header->seq_first);
    bytes_put_u64(batch + BATCH_TIME_US, header->time_us);
    bytes_put_u32(batch + BATCH_COUNT, header->count);
    bytes_put_u32(batch + BATCH_LENGTH, header->length);
    bytes_put_u32(batch + BATCH_FLAGS, header->flags);
    header->payload_crc = crc32c(span_of(batch, 0));
    sha256_begin(sha256);
    sha256_add(sha256, span_of(batch + BATCH_HASHED, BATCH_HASH - BATCH_HASHED));
}

bool journal_encode_step(struct journal_encoder *encoder, u32 bytes_max)
{
    struct journal_batch_header *header = encoder->header;
    u8 *batch = encoder->batch;
    u32 left = header->length - encoder->done;
    u32 size = left < bytes_max ? left : bytes_max;
    struct span part = span_of(batch + JOURNAL_BATCH_HEADER_BYTES + encoder->done, size);
    header->payload_crc = crc32c_extend(header->payload_crc, part);
    sha256_add(encoder->sha256, part);
    encoder->done += size;
    if (encoder->done < header->length) {
        return false;
    }
    sha256_end(encoder->sha256, header->hash);
    memcpy(batch + BATCH_HASH, header->hash, JOURNAL_HASH_BYTES);
    bytes_put_u32(batch + BATCH_PAYLOAD_CRC, header->payload_crc);
    u32 crc = header_crc(span_of(batch, JOURNAL_BATCH_HEADER_BYTES), BATCH_CRC);
    bytes_put_u32(batch + BATCH_CRC, crc);
    return true;
}

void journal_batch_encode(struct sha256 *sha256, struct journal_batch_header *header, u8 *batch)
{
    struct journal_encoder encoder;
    journal_encode_begin(&encoder, sha256, header, batch);
    bool complete = journal_encode_step(&encoder, header->length);
    CHECK(complete);
}

enum journal_verdict journal_batch_decode(struct span bytes, u32 batch_bytes_max,
                                          struct journal_batch_header *header_out)
{
    CHECK(batch_bytes_max >= JOURNAL_BATCH_HEADER_BYTES);
    if (bytes.size < JOURNAL_BATCH_HEADER_BYTES) {
        return JOURNAL_CUT_OFF;
    }
    struct span head = span_piece(bytes, 0, JOURNAL_BATCH_HEADER_BYTES);
    if (memcmp(head.data, batch_magic, sizeof(batch_magic)) != 0) {
        return span_is_zero(head) ? JOURNAL_ZERO : JOURNAL_BAD_MAGIC;
    }
    if (bytes_u32(head.data + BATCH_CRC) != header_crc(head, BATCH_CRC)) {
        return JOURNAL_BAD_CHECKSUM;
    }
    struct journal_batch_header header = {
        .seq_first = bytes_u64(head.data + BATCH_SEQ_FIRST),
        .time_us = bytes_u64(head.data + BATCH_TIME_US),
        .count = bytes_u32(head.data + BATCH_COUNT),
        .length = bytes_u32(head.data + BATCH_LENGTH),
        .flags = bytes_u32(head.data + BATCH_FLAGS),
        .payload_crc = bytes_u32(head.data + BATCH_PAYLOAD_CRC),
    };
    memcpy(header.hash_previous, head.data + BATCH_HASH_PREVIOUS, JOURNAL_HASH_BYTES);
    memcpy(header.hash, head.data + BATCH_HASH, JOURNAL_HASH_BYTES);
    if (!batch_is_possible(&header, batch_bytes_max) ||
        !span_is_zero(span_piece(head, BATCH_RESERVED, BATCH_HASH - BATCH_RESERVED))) {
        return JOURNAL_BAD_FIELD;
    }
    *header_out = header;
    return JOURNAL_GOOD;
}

/* True when `count` records fill the payload exactly. */
static bool records_add_up(struct span payload, u32 count)
{
    size_t offset = 0;
    u32 seen = 0;
    while (offset < payload.size) {
        size_t size = (size_t)payload.data[offset + 2] * JOURNAL_RECORD_STEP;
        if (size == 0 || size > payload.size - offset) {
            return false;
        }
        offset += size;
        seen += 1;
    }
    return seen == count;
}

enum journal_verdict journal_batch_check(struct sha256 *sha256,
                                         const struct journal_batch_header *header,
                                         struct span batch)
{
    CHECK(batch.size == journal_batch_bytes(header->length));
    struct span payload = span_piece(batch, JOURNAL_BATCH_HEADER_BYTES, header->length);
    if (crc32c(payload) != header->payload_crc) {
        return JOURNAL_BAD_PAYLOAD;
    }
    if (sha256 != NULL) {
        u8 hash[JOURNAL_HASH_BYTES];
        sha256_begin(sha256);
        sha256_add(sha256, span_piece(batch, BATCH_HASHED, BATCH_HASH - BATCH_HASHED));
        sha256_add(sha256, payload);
        sha256_end(sha256, hash);
        if (memcmp(hash, header->hash, sizeof(hash)) != 0) {
            return JOURNAL_BAD_HASH;
        }
    }
    if (!span_is_zero(span_after(batch, JOURNAL_BATCH_HEADER_BYTES + header->length))) {
        return JOURNAL_BAD_PADDING;
    }
    return records_add_up(payload, header->count) ? JOURNAL_GOOD : JOURNAL_BAD_RECORDS;
}

bool journal_record_next(struct span payload, size_t *offset, struct span *record_out)
{
    if (*offset >= payload.size) {
        return false;
    }
    size_t size = (size_t)payload.data[*offset + 2] * JOURNAL_RECORD_STEP;
    CHECK(size > 0);
    CHECK(size <= payload.size - *offset);
    *record_out = span_piece(payload, *offset, size);
    *offset += size;
    return true;
}
