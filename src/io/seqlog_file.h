/* The sequenced log's embedded driver: one folder of pre-zeroed segments on this machine's disk.
 *
 * A batch goes through four steps: the caller encodes its records into an aligned buffer of the
 * log; checksum and hash are computed; one write carries header, records and padding to the disk,
 * past the page cache and synchronous; the caller learns of it by polling. One write is in flight
 * at any time. Who does what:
 *
 *   nothing pending, small batch   the caller does it all inside seqlog_submit: no hand-off
 *   nothing pending, large batch   the writer thread hashes and writes while the caller executes
 *   a write in flight              the hasher thread hashes the next batch meanwhile, and so does
 *                                  the caller once it waits: in small steps, by turns
 *
 * A third thread zeroes the next segments, so that the write path never allocates space: while the
 * log is idle, or, when none is left, in step with how the current one fills. Without threads (the
 * simulator) the pending work is done in poll.
 *
 * Fenced means for this driver: the file LOCK in the folder is no longer the one we hold, because
 * somebody removed or replaced it. It is looked at before every write. That is a guard against an
 * operator's mistake, not a lease: at most the one batch in flight can meet another writer's. */
#ifndef IO_SEQLOG_FILE_H
#define IO_SEQLOG_FILE_H

#include "base/arena.h"
#include "base/base.h"
#include "io/clock.h"
#include "io/fault.h"
#include "io/file.h"
#include "io/gate.h"
#include "io/journal.h"
#include "io/journal_read.h"
#include "io/seqlog.h"

#define SEQLOG_FILE_BUFFERS_MAX 4U
#define SEQLOG_FILE_AHEAD_MAX   16U

struct seqlog_file_config {
    struct disk *disk;
    struct clock *clock;
    const char *folder;
    u64 segment_bytes;    /* 0: 128 MiB */
    u32 batch_bytes_max;  /* 0: 1 MiB + 4 KiB; a multiple of 4 KiB */
    u32 buffers_count;    /* 0: 3; 2 .. SEQLOG_FILE_BUFFERS_MAX */
    u32 inline_bytes_max; /* 0: 16 KiB; a lone batch up to this is written by the caller */
    u32 spin_us;          /* 0: 20; how long an idle thread spins before it sleeps */
    u32 segments_ahead;   /* 0: 2; segments kept prepared, at most SEQLOG_FILE_AHEAD_MAX */
    bool prepare_first;   /* all of them before seqlog_file_start returns: for benchmarks */
    u32 cpu;              /* 0: anywhere; n: the log's threads on the n-th processor (io/cpu.h) */
    bool threads;
    struct gate *gate; /* opened at every progress; may be NULL */
};

/* For metrics and for the engine's own warnings. */
struct seqlog_file_counters {
    u64 batches;
    u64 bytes;
    u64 segments;         /* begun since the start */
    u64 segment_waits;    /* times the write path had to wait for the next segment */
    enum fault preparing; /* last fault of preparing the next segment: warn early, e.g. disk full */
};

struct seqlog_file;

size_t seqlog_file_footprint(const struct seqlog_file_config *config);

/* Makes the folder if need be, locks it (FAULT_LOCKED: another process has it) and removes
 * unfinished work. Then read the journal to its end before seqlog_file_start. */
MUST_USE enum fault seqlog_file_open(struct seqlog_file **log_out,
                                     const struct seqlog_file_config *config, struct arena *arena);

/* Goes on at `end`, as found by a journal_reader on the same folder under this lock; cuts a torn
 * tail first: zeroed and synced. An empty journal begins here, at sequence number 1, with `venue`
 * (16 random bytes, the caller's choice); otherwise `venue` must be the one found, or NULL. */
MUST_USE enum fault seqlog_file_start(struct seqlog_file *log, const struct journal_end *end,
                                      const u8 venue[JOURNAL_VENUE_BYTES]);

/* The interface to work with, between start and close. */
struct seqlog *seqlog_file_log(struct seqlog_file *log);

struct seqlog_file_counters seqlog_file_counters(struct seqlog_file *log);

/* Ends the threads, waiting for a write in flight, closes and unlocks. Does not seal. Also after an
 * open or start that failed. */
void seqlog_file_close(struct seqlog_file *log);

#endif /* IO_SEQLOG_FILE_H */
