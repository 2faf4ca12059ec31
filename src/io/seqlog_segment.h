/* The segments under the file driver: writing at the end of one, beginning the next, and preparing
 * segments ahead so that neither waits for space.
 *
 * Two sides. The writing side (whoever owns the write at that moment) calls segments_write and
 * segments_switch. The preparing side, a thread or the same caller, calls segments_prepare. They
 * meet in a ring of prepared files. */
#ifndef IO_SEQLOG_SEGMENT_H
#define IO_SEQLOG_SEGMENT_H

#include "base/arena.h"
#include "base/base.h"
#include "io/fault.h"
#include "io/file.h"
#include "io/gate.h"
#include "io/journal.h"
#include "io/journal_folder.h"
#include "io/journal_read.h"

#include <pthread.h>

#define SEGMENTS_AHEAD_MAX  16U
#define SEGMENTS_ZERO_BYTES (1U << 20) /* one write of zeros, when nobody else writes */
#define SEGMENTS_PACE_BYTES (1U << 17) /* the same between the writes of the log itself */

struct segments_config {
    struct disk *disk;
    const char *folder;
    u64 segment_bytes;
    u32 batch_bytes_max;
    u32 ahead_count;
    bool threads; /* somebody else prepares: wait for it */
};

/* The point in the chain at which a segment begins. */
struct segments_point {
    u64 seq_next;
    u64 time_us;
    u8 hash[JOURNAL_HASH_BYTES];
};

struct segments {
    struct segments_config config;
    char folder[FILE_PATH_BYTES];
    u8 venue[JOURNAL_VENUE_BYTES];
    struct disk_lock *lock;
    u8 *header_block;
    u8 *zeros;
    /* The writing side's. */
    struct file file;
    u64 segment; /* its seq_first */
    u64 segment_bytes;
    u64 offset; /* where the next batch goes */
    bool switch_wanted;
    _Atomic u64 begun_count;
    _Atomic u64 waits_count;
    /* Between the two. */
    struct file prepared[SEGMENTS_AHEAD_MAX];
    _Atomic u64 prepared_count; /* ever; written by the preparing side */
    _Atomic u64 taken_count;    /* ever; written by the writing side */
    _Atomic u64 failures_count;
    _Atomic u32 failure; /* enum fault of the last attempt */
    pthread_mutex_t failure_mutex;
    struct fault_trail failure_trail; /* under failure_mutex */
    _Atomic u64 written;              /* offset in the current segment, for the pace */
    _Atomic u64 written_bound;        /* its size */
    _Atomic u64 writes_count;         /* tells the preparing side that the log is busy */
    _Atomic bool hurry;
    _Atomic bool stop;
    struct gate prepare_gate; /* the preparing side sleeps here */
    struct gate ready_gate;   /* the writing side waits here for a segment */
    bool refilling;           /* the preparing side's, as is the next */
    u64 prepare_number;       /* for the names; the preparing side's */
};

size_t segments_footprint(void);
void segments_init(struct segments *segments, const struct segments_config *config,
                   struct disk_lock *lock, struct arena *arena);

/* Goes on in the segment where the journal ends; cuts a torn tail. */
MUST_USE enum fault segments_resume(struct segments *segments, const struct journal_end *end);

/* Begins a new segment at `point`. */
MUST_USE enum fault segments_switch(struct segments *segments, const struct segments_point *point);

/* True when a batch of `bytes` still fits into this segment. */
bool segments_has_space(const struct segments *segments, u32 bytes);

/* Writes a batch that has space; returns when it is durable. */
MUST_USE enum fault segments_write(struct segments *segments, const u8 *batch, u32 bytes);

/* True when segments should be prepared: at most half of `ahead_count` are left, or filling up
 * again has begun. For the preparing side. */
bool segments_want_preparing(struct segments *segments);

/* Prepares one segment, in step with the current one unless in a hurry. A fault is kept for the
 * writing side and also returned. FAULT_STOPPED when segments_stop was called meanwhile. */
MUST_USE enum fault segments_prepare(struct segments *segments);

/* Returns when `ahead_count` segments are prepared, or with the fault that prevents it. */
MUST_USE enum fault segments_prepare_all(struct segments *segments);

/* For counters, from any thread. */
u64 segments_begun(const struct segments *segments);
u64 segments_waits(const struct segments *segments);
enum fault segments_failure(const struct segments *segments);

/* After a fault: sleeps until somebody is in a hurry or a second has passed. */
void segments_prepare_later(struct segments *segments);
/* Sleeps a little unless there is something to prepare or segments_stop was called. */
void segments_prepare_idle(struct segments *segments);

void segments_stop(struct segments *segments);
bool segments_stopped(struct segments *segments);
/* After both sides have ended. Removes what was prepared and not used. */
void segments_close(struct segments *segments);

#endif /* IO_SEQLOG_SEGMENT_H */
