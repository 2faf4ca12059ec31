/* The journal's format: segment headers and batch headers as bytes, and what makes them valid.
 *
 * Pure functions over memory, shared by the writer (seqlog_file), the reader (journal_read), the
 * packer and the fuzzer. docs/journal-format.md is the specification, byte by byte; this is its
 * only implementation.
 *
 * A segment is a file: one block of header, then batches, each starting on a block, then zeros. A
 * batch is a 128-byte header, its records, and zeros up to the next block. Each batch carries the
 * hash of the one before, so the whole journal is one chain that starts in its first header. */
#ifndef IO_JOURNAL_H
#define IO_JOURNAL_H

#include "base/base.h"
#include "io/digest.h"
#include "io/fault.h"

#define JOURNAL_BLOCK_BYTES        4096U
#define JOURNAL_VERSION            1U
#define JOURNAL_SEGMENT_HEADER     JOURNAL_BLOCK_BYTES
#define JOURNAL_BATCH_HEADER_BYTES 128U
#define JOURNAL_VENUE_BYTES        16U
#define JOURNAL_HASH_BYTES         SHA256_BYTES

/* A record: u16 kind, u8 units (its length in steps of 32 bytes), u8 source, then what the engine
 * put there. The journal looks at units only. */
#define JOURNAL_RECORD_STEP 32U

/* Bounds of the format, checked on both sides. */
#define JOURNAL_BATCH_BYTES_MAX   (16U << 20) /* header, records and padding */
#define JOURNAL_BATCH_RECORDS_MAX ((JOURNAL_BATCH_BYTES_MAX - JOURNAL_BATCH_HEADER_BYTES) / 32U)
#define JOURNAL_SEGMENT_BYTES_MIN (2U * JOURNAL_BLOCK_BYTES)
#define JOURNAL_SEGMENT_BYTES_MAX (1ULL << 34)

struct journal_segment_header {
    u8 venue[JOURNAL_VENUE_BYTES];
    u64 seq_first;                        /* of the first record, also the file's name */
    u64 segment_bytes;                    /* size of the file */
    u64 time_us;                          /* of the last batch before, 0 if there is none */
    u32 batch_bytes_max;                  /* no batch in this segment is larger */
    u8 hash_previous[JOURNAL_HASH_BYTES]; /* of the last batch before; zeros in the first segment */
};

enum { JOURNAL_FLAG_SEAL = 1 }; /* an empty batch: what is before it was complete */

struct journal_batch_header {
    u8 hash_previous[JOURNAL_HASH_BYTES];
    u64 seq_first; /* sequence number of the first record; of the next one when empty */
    u64 time_us;
    u32 count;  /* records */
    u32 length; /* bytes of records */
    u32 flags;
    u32 payload_crc;
    u8 hash[JOURNAL_HASH_BYTES];
};

/* What a header turned out to be. */
enum journal_verdict {
    JOURNAL_GOOD,
    JOURNAL_ZERO,         /* all zeros: nothing was ever written here */
    JOURNAL_BAD_MAGIC,    /* not a header of ours */
    JOURNAL_NEWER,        /* ours, of a later format */
    JOURNAL_BAD_CHECKSUM, /* ours, damaged */
    JOURNAL_BAD_FIELD,    /* whole, but with an impossible value: not written by this program */
    JOURNAL_BAD_PAYLOAD,  /* the records do not match their checksum */
    JOURNAL_BAD_RECORDS,  /* the records' lengths do not add up to the batch's */
    JOURNAL_BAD_PADDING,  /* bytes after the records that are not zero */
    JOURNAL_BAD_HASH,     /* the batch does not match its own hash */
    JOURNAL_BAD_CHAIN,    /* a good batch that does not follow the one before */
    JOURNAL_BAD_SEQUENCE, /* a good batch with the wrong sequence number */
    JOURNAL_BAD_TIME,     /* a good batch with a time before its predecessor's */
    JOURNAL_CUT_OFF,      /* the file ends inside it */
};

const char *journal_verdict_text(enum journal_verdict verdict);

/* Bytes a batch of `length` bytes of records takes on disk. */
u32 journal_batch_bytes(u32 length);

/* Where the chain starts: the hash "before" the first batch of the first segment. It covers the
 * venue id, so that two venues never share a chain. */
void journal_chain_start(struct sha256 *sha256, const u8 venue[JOURNAL_VENUE_BYTES],
                         u8 hash_out[JOURNAL_HASH_BYTES]);

/* Writes the whole block, zeros included. */
void journal_segment_encode(const struct journal_segment_header *header,
                            u8 block_out[JOURNAL_SEGMENT_HEADER]);
/* Looks at all of the block. `header_out` is filled when GOOD. */
enum journal_verdict journal_segment_decode(struct span block,
                                            struct journal_segment_header *header_out);

/* Encodes a batch whose records the caller has in place, behind room for the header: fills in the
 * header and zeros the padding. `batch` has journal_batch_bytes(header->length) bytes. It can be
 * done in steps, even by several threads one after another; sets header's payload_crc and hash. */
struct journal_encoder {
    struct sha256 *sha256;
    struct journal_batch_header *header;
    u8 *batch;
    u32 done; /* bytes of records that are hashed */
};

void journal_encode_begin(struct journal_encoder *encoder, struct sha256 *sha256,
                          struct journal_batch_header *header, u8 *batch);
/* Goes through at most `bytes_max` more bytes of records; true when the batch is complete. */
bool journal_encode_step(struct journal_encoder *encoder, u32 bytes_max);
/* All at once. */
void journal_batch_encode(struct sha256 *sha256, struct journal_batch_header *header, u8 *batch);

/* Looks at the header alone: magic, checksum, fields within `batch_bytes_max`. */
enum journal_verdict journal_batch_decode(struct span bytes, u32 batch_bytes_max,
                                          struct journal_batch_header *header_out);
/* Looks at the rest, given a good header: payload checksum, padding, records' lengths, and when
 * `sha256` is given the batch's own hash. `batch` is journal_batch_bytes(header->length) long. */
enum journal_verdict journal_batch_check(struct sha256 *sha256,
                                         const struct journal_batch_header *header,
                                         struct span batch);

/* Steps through the records of a checked payload: sets `record_out` to the one at *offset and moves
 * past it. False at the end. */
bool journal_record_next(struct span payload, size_t *offset, struct span *record_out);

#endif /* IO_JOURNAL_H */
