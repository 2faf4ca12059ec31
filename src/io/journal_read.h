/* Reading the journal: for recovery, verify, dump and the snapshot process.
 *
 * Walks the segments in order, raw or packed, and hands out batches that are whole: checksums,
 * padding, the chain of hashes, sequence numbers and time have been checked. At the end it judges
 * what lies behind the last good batch:
 *
 *     nothing but zeros                           a clean end
 *     the remains of one unfinished write         a torn tail: journal_end.torn, the owner cuts it
 *     anything else, a later good batch above all rot: FAULT_ROT with file and byte offset
 *
 * With `windows_count` 1 everything happens in journal_reader_next. With 2 or more a thread reads
 * and checks ahead into the free windows while the caller applies. */
#ifndef IO_JOURNAL_READ_H
#define IO_JOURNAL_READ_H

#include "base/arena.h"
#include "base/base.h"
#include "io/fault.h"
#include "io/file.h"
#include "io/journal.h"

#define JOURNAL_WINDOW_BYTES_DEFAULT (2U << 20)
#define JOURNAL_WINDOWS_MAX          8U

struct journal_reader_config {
    struct disk *disk;
    const char *folder;
    u64 seq_from;     /* first sequence number wanted; 0: all there is */
    u32 segments_max; /* 0: JOURNAL_SEGMENTS_MAX_DEFAULT */
    u32 window_bytes; /* read at once; 0: JOURNAL_WINDOW_BYTES_DEFAULT; more for a larger batch */
    u32 batch_bytes_max; /* 0: JOURNAL_BATCH_BYTES_MAX; a segment with larger ones is refused */
    u32 windows_count;   /* 1: no thread; up to JOURNAL_WINDOWS_MAX */
    bool live;           /* another process is writing: a bad tail is simply the end for now */
};

struct journal_batch {
    struct journal_batch_header header;
    struct span records;
    u64 segment; /* seq_first of its segment */
    u64 offset;  /* of its header in the segment */
};

/* Where the journal ends: all that a writer needs to go on. */
struct journal_end {
    bool empty; /* no segment at all; the rest is zero */
    u8 venue[JOURNAL_VENUE_BYTES];
    u64 segment;         /* seq_first of the last segment */
    bool segment_packed; /* it is closed: a writer begins another */
    u64 segment_bytes;   /* its size */
    u32 batch_bytes_max; /* its bound */
    u64 offset;          /* where the next batch goes */
    u64 seq_next;        /* what it begins with */
    u64 time_us;         /* of the last batch, 0 if there is none */
    u8 hash[JOURNAL_HASH_BYTES];
    bool sealed;    /* nothing unsealed: the last batch is a seal, or its segment is closed */
    bool torn;      /* remains of an unfinished write lie at `offset` */
    u64 torn_bytes; /* up to the end of the last block that is not zero */
};

struct journal_reader;

size_t journal_reader_footprint(const struct journal_reader_config *config);

/* Opens the folder at the segment that holds seq_from. `*reader_out` lives in the arena. */
MUST_USE enum fault journal_reader_open(struct journal_reader **reader_out,
                                        const struct journal_reader_config *config,
                                        struct arena *arena);

/* The next batch; its records stay in place until the next call. *more_out is false at the end. */
MUST_USE enum fault journal_reader_next(struct journal_reader *reader,
                                        struct journal_batch *batch_out, bool *more_out);

/* After journal_reader_next said that there is no more. */
const struct journal_end *journal_reader_end(const struct journal_reader *reader);

/* Bytes of segments gone through and bytes to go through, for a progress line. */
void journal_reader_progress(const struct journal_reader *reader, u64 *bytes_done_out,
                             u64 *bytes_all_out);

void journal_reader_close(struct journal_reader *reader);

#endif /* IO_JOURNAL_READ_H */
