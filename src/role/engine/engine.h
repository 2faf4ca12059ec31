/* The engine: the one writer. It takes commands from their sources, makes them durable in the
 * journal, applies them in the core while that write is in flight, and releases their events only
 * when the write has returned.
 *
 *     engine_submit    copies commands into the open batch: a buffer of the sequenced log
 *     engine_work      the agent's step, which never waits for the disk: releases what has become
 *                      durable, closes the open batch when its turn has come, applies what was
 *                      submitted, seals after a pause, runs what is left of the trigger queue
 *     the sink         is handed the released events, chunk by chunk
 *
 * A batch is closed when nothing is in flight, so that a lone command waits for nobody, or when it
 * is full; between the two it collects. A caller that wants batches of its own making, such as a
 * replay, closes them with engine_close_batch.
 *
 * The first fault is final: from then on every call returns it, nothing more is released, and the
 * process ends. What the journal really holds is found out at the next start (recovery.h). All
 * calls come from one thread. docs/engine.md tells the whole story. */
#ifndef ROLE_ENGINE_ENGINE_H
#define ROLE_ENGINE_ENGINE_H

#include "base/base.h"
#include "core/core.h"
#include "io/clock.h"
#include "io/fault.h"
#include "io/file.h"
#include "io/gate.h"
#include "io/journal.h"
#include "role/engine/layout.h"
#include "role/engine/recovery.h"
#include "role/engine/release.h"
#include "wire/schema.h"

#define ENGINE_BATCH_DEFAULT 1024U
#define ENGINE_BATCH_MAX     65536U
#define ENGINE_SOURCE        0U /* the engine's own commands; nobody else may use it */

struct engine;

struct engine_options {
    struct disk *disk;   /* disk_real() or a false one */
    struct clock *clock; /* stamps batches; a replay may pass a clock of its own */
    const char *folder;  /* NULL: in memory only, nothing is durable */
    /* For a folder without a journal: the first command, taken as it stands, source and
     * source_index included. NULL: the folder must hold a journal. Where there is one, this is not
     * looked at: limits change by command. */
    const struct command_genesis *genesis;
    u32 batch_commands;        /* 0: ENGINE_BATCH_DEFAULT; at most ENGINE_BATCH_MAX */
    u32 batch_bytes;           /* of one batch on the disk, whole blocks; 0: from batch_commands */
    u64 journal_segment;       /* bytes; 0: the driver's default */
    u64 event_segment;         /* bytes; 0: the driver's default */
    u32 segments_ahead;        /* journal segments kept prepared; 0: the driver's default */
    bool prepare_first;        /* all of them before engine_open returns: for benchmarks */
    size_t event_room;         /* bytes for the events of a batch; 0: HOUSE_SPARE_DEFAULT */
    const u8 *venue;           /* JOURNAL_VENUE_BYTES for a new journal; NULL: random ones */
    bool threads;              /* false: everything in the caller's thread, for the simulator */
    bool no_event_log;         /* events go to the sink only: for benchmarks */
    bool no_continue;          /* leaves the trigger queue to commands: for exact replays */
    struct release_sink *sink; /* NULL: nobody listens */
    /* Hands the sink every event since genesis, also those of before this start: recovery begins
     * at genesis then, not at a snapshot. */
    bool sink_from_genesis;
    struct recovery_progress *progress; /* may be NULL */
    struct apply_watch *watch;          /* the simulator's; may be NULL */
    struct gate *gate;                  /* opened when a write has come back; may be NULL */
};

/* Recovers what the folder holds, or begins a new journal. On a fault *engine_out is NULL and
 * everything is closed. */
MUST_USE enum fault engine_open(struct engine **engine_out, const struct engine_options *options);

/* Why engine_submit stopped. */
enum engine_answer {
    ENGINE_TAKEN,     /* all of it */
    ENGINE_FULL,      /* no room now: work first, or answer as for a LIMIT_* (-1008) */
    ENGINE_MALFORMED, /* command_check refuses the next record; *reason_out says which field */
    ENGINE_FORBIDDEN, /* a kind that only the engine writes, or its source number */
    ENGINE_REPEATED,  /* source_index is not above the last one of this source: taken before */
};

/* Takes records lying one after the other, each from memory that somebody else may be changing:
 * each is copied into the batch first and checked there. Stops at the first that it cannot take;
 * *bytes_out is what it has taken (records before the one that stopped it stay taken). */
MUST_USE enum engine_answer engine_submit(struct engine *engine, struct span records,
                                          size_t *bytes_out, const char **reason_out);

/* One step. *some_out (may be NULL): whether anything happened; when nothing did, the caller may
 * sleep on options.gate, but not longer than ENGINE_IDLE_MS. */
#define ENGINE_IDLE_MS 5U
MUST_USE enum fault engine_work(struct engine *engine, bool *some_out);

/* After engine_work found nothing to do, and after gate_prepare of options.gate: whether something
 * has come back meanwhile. Without threads it may do the log's work, as engine_work does. */
MUST_USE bool engine_has_work(struct engine *engine);

/* Closes the open batch now, if it holds anything, and applies it. */
MUST_USE enum fault engine_close_batch(struct engine *engine);

/* As engine_work, but first waits for a write that is in flight, at most so long. For a caller that
 * has nothing else to do until there is room. */
MUST_USE enum fault engine_wait(struct engine *engine, u32 timeout_ms);

/* Works until everything submitted is durable and released. Begins nothing of its own. */
MUST_USE enum fault engine_drain(struct engine *engine);

/* As engine_drain, then seals: before a clean end. */
MUST_USE enum fault engine_finish(struct engine *engine);

/* Removes segments of the event log that every registered reader has passed and that lie before
 * `keep_from`: the position of the newest image, snapshot_result.info.point.event_position. From
 * time to time, when there is nothing else to do. */
MUST_USE enum fault engine_collect(struct engine *engine, u64 keep_from, u32 *removed_out);

/* Gives everything back, without waiting for what is not durable yet. NULL is fine. */
void engine_close(struct engine *engine);
#define SCOPED_ENGINE __attribute__((cleanup(engine_close_scoped))) struct engine *
void engine_close_scoped(struct engine **engine);

/* The core, which may be ahead of what is durable: after engine_drain it is not. */
const struct core *engine_core(const struct engine *engine);

/* The last source_index taken from a source, durable or not: where a source goes on. */
u64 engine_source_index(const struct engine *engine, u8 source);

/* Batches are counted from the engine's start, the open one included when it holds anything. What
 * was submitted before engine_batches_taken was asked is durable, and its events are out, once
 * engine_batches_released has reached that number. */
u64 engine_batches_taken(const struct engine *engine);
u64 engine_batches_released(const struct engine *engine);

struct engine_status {
    u64 seq_applied;             /* in the core */
    u64 seq_durable;             /* everything up to here is in the journal and released */
    u64 event_position;          /* the event log may be read up to here */
    u64 time_us;                 /* of the last batch */
    u8 hash[JOURNAL_HASH_BYTES]; /* of the last durable batch */
    u32 pending;                 /* batches in flight */
    u64 batches;                 /* counters since the start */
    u64 commands;
    u64 seals;
    u64 continues;
    u64 refused_full;
    u64 refused_malformed; /* forbidden and repeated ones included */
    u64 event_bytes;
    u64 journal_bytes;
    u64 segment_waits;
    enum fault preparing;            /* the next journal segment cannot be prepared: say so early */
    struct recovery_report recovery; /* what the start found */
};

struct engine_status engine_status(const struct engine *engine);

/* SHA-256 of the state's canonical records. Takes and gives back memory: not for the order path. */
MUST_USE enum fault engine_state_hash(const struct engine *engine, u8 hash_out[JOURNAL_HASH_BYTES]);

#endif /* ROLE_ENGINE_ENGINE_H */
