/* The sequenced log: where a batch of commands becomes durable, and the only place.
 *
 * One writer submits batches in order; the log says up to which sequence number everything is
 * durable, with the hash of the chain there. Drivers: `file` (seqlog_file.h) is the embedded
 * default; a replicated one can follow behind the same interface.
 *
 *     u8 *records = seqlog_buffer(log);              NULL: all buffers are in flight, poll first
 *     ... encode up to log->records_bytes_max bytes of records ...
 *     seqlog_submit(log, &batch);                    the write begins, or is done already
 *     ... execute the batch meanwhile, out of the same buffer, and keep its events back ...
 *     outcome = seqlog_poll(log);                    outcome.seq_next: all below is durable
 *
 * The buffer may be read until its batch is durable. An outcome other than SEQLOG_DURABLE is final:
 * nothing submitted and not yet reported durable may be acted upon, the log takes nothing more, and
 * the caller ends; starting again reads what the disk really holds.
 *
 * All calls come from one thread, the owner's. */
#ifndef IO_SEQLOG_H
#define IO_SEQLOG_H

#include "base/base.h"
#include "io/fault.h"
#include "io/journal.h"

enum seqlog_status {
    SEQLOG_DURABLE,     /* everything below seq_next is durable; `pending` batches are under way */
    SEQLOG_FENCED,      /* another writer has taken over */
    SEQLOG_UNAVAILABLE, /* a write failed: whether it reached the disk is unknown */
};

struct seqlog_batch {
    u64 seq_first; /* expected by the caller; must be the log's next */
    u64 time_us;   /* not below the last batch's */
    u32 count;     /* records, at least 1 */
    /* They lie at the beginning of the buffer last handed out; a multiple of JOURNAL_RECORD_STEP.
     */
    struct span records;
};

/* Where the chain of the journal stands: after a batch with records, not after a seal. */
struct seqlog_head {
    u64 seq; /* of its last record; 0: none since the log was opened */
    u64 time_us;
    u8 hash[JOURNAL_HASH_BYTES];
};

struct seqlog_outcome {
    enum seqlog_status status;
    enum fault fault;            /* why, unless SEQLOG_DURABLE; the thread's trail has the text */
    u32 pending;                 /* batches submitted and not yet durable */
    bool sealed;                 /* the last durable batch is a seal, and nothing is pending */
    u64 seq_next;                /* the first sequence number that is not yet durable */
    u8 hash[JOURNAL_HASH_BYTES]; /* of the last durable batch */
    struct seqlog_head head;     /* of the last durable batch with records */
};

struct seqlog;

struct seqlog_ops {
    u8 *(*buffer)(struct seqlog *log);
    void (*submit)(struct seqlog *log, const struct seqlog_batch *batch);
    void (*seal)(struct seqlog *log, u64 time_us);
    struct seqlog_outcome (*poll)(struct seqlog *log);
    struct seqlog_outcome (*wait)(struct seqlog *log, u32 timeout_ms);
    bool (*help)(struct seqlog *log); /* may be NULL */
};

struct seqlog {
    const struct seqlog_ops *ops;
    u32 records_bytes_max; /* of one batch */
    u32 pending_max;       /* batches that can be submitted before the first is durable */
};

/* Memory for the next batch's records, the same until it is submitted or the log is sealed. NULL
 * while every buffer is in flight or after a final outcome. */
static inline u8 *seqlog_buffer(struct seqlog *log)
{
    return log->ops->buffer(log);
}

/* Takes over the buffer last handed out. CHECK: `batch->records` lie in it. */
static inline void seqlog_submit(struct seqlog *log, const struct seqlog_batch *batch)
{
    log->ops->submit(log, batch);
}

/* Appends an empty seal batch if nothing is pending, the last batch is not a seal and there is a
 * last batch; else does nothing. To be called after SEQLOG_SEAL_AFTER_MS without a command and
 * before a clean end. Its outcome is polled as any other's. Takes over the buffer last handed out:
 * whoever held one asks again. */
static inline void seqlog_seal(struct seqlog *log, u64 time_us)
{
    log->ops->seal(log, time_us);
}

#define SEQLOG_SEAL_AFTER_MS 10

/* Never blocks for the disk, except that a driver without threads does its work here. */
MUST_USE static inline struct seqlog_outcome seqlog_poll(struct seqlog *log)
{
    return log->ops->poll(log);
}

/* As poll, but when something is pending waits for progress or the time limit. */
MUST_USE static inline struct seqlog_outcome seqlog_wait(struct seqlog *log, u32 timeout_ms)
{
    return log->ops->wait(log, timeout_ms);
}

/* For a caller that polls and has nothing else to do just now: takes over a few microseconds of the
 * log's own work (hashing what is submitted). False when there is none; then sleep. */
static inline bool seqlog_help(struct seqlog *log)
{
    return log->ops->help != NULL && log->ops->help(log);
}

#endif /* IO_SEQLOG_H */
