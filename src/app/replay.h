/* Replays a flow through a venue: in memory here, or through the journal and the engine.
 *
 * In memory the commands still become records, batch by batch, in a ring of batch buffers such as
 * the journal writes from, and the core runs on that copy. The clock runs only over the commands
 * after the prefill, and it stands still while events are looked at; as long as they fit the event
 * buffer, that happens once, at the end. */
#ifndef APP_REPLAY_H
#define APP_REPLAY_H

#include "app/flow.h"
#include "app/flow_check.h"
#include "app/progress.h"
#include "app/state_hash.h"
#include "base/histogram.h"
#include "core/core.h"

#define REPLAY_BATCH_DEFAULT   1024U
#define REPLAY_BATCH_MAX       65536U
#define REPLAY_EVENT_BYTES_MAX (1ULL << 30) /* kept before they are looked at */

struct replay_config {
    u32 batch;               /* commands applied together, 1 .. REPLAY_BATCH_MAX */
    const char *journal;     /* folder; NULL: in memory */
    const char *acknowledge; /* file that holds the last durable sequence number; NULL: none */
    bool each_timed;         /* one command at a time, each with its own latency */
    struct progress *progress;
};

/* How the book compares with flow->book, order by order. */
struct book_agreement {
    u64 expected;
    u64 found;
    u64 equal;
};

struct replay_report {
    u64 commands;   /* applied in the measured phase */
    u64 elapsed_ns; /* of the measured phase */
    u64 resting;
    u64 accounts;
    u64 limits_hit; /* commands refused by a LIMIT_* */
    u64 core_bytes;
    u64 commands_bytes; /* of the measured phase */
    u64 events_bytes;
    u64 taken_before;           /* orders part: commands that the journal held already */
    u64 drains;                 /* times the clock stood still because the event buffer was full */
    struct book_agreement book; /* when the flow says which orders must rest */
    bool hashed;
    u8 state_hash[SHA256_BYTES];
    struct state_round_trip trip; /* when the flow says which orders must rest */
    struct histogram latency;     /* nanoseconds, when each_timed */
};

/* ---- batches ---- */

enum replay_part { REPLAY_SETUP, REPLAY_PREFILL, REPLAY_MEASURED };

#define REPLAY_BATCH_BYTES_MAX (8U << 20)

/* Commands that are applied together, at one time. */
struct replay_batch {
    const u8 *commands;
    u32 bytes;
    u32 count;
    u64 time_us;
};

/* Cuts a part of the flow into batches of `size` commands and appends them (struct replay_batch);
 * `skip` commands of the part are left out. */
MUST_USE enum fault replay_cut(const struct flow *flow, enum replay_part part, u64 skip, u32 size,
                               struct flow_table *batches);
u64 replay_batches_bytes(const struct flow_table *batches);

/* ---- in memory ---- */

/* A venue in memory. */
struct venue {
    const struct flow *flow;
    struct core *core;
    u8 *core_memory;
    size_t core_bytes;
    u8 *ring; /* batch buffers */
    size_t ring_bytes;
    size_t ring_used;
    struct core_output output;
    size_t output_reserve; /* what the worst single command may write */
};

MUST_USE enum fault venue_open(struct venue *venue, const struct flow *flow);
void venue_close(struct venue *venue);
#define SCOPED_VENUE __attribute__((cleanup(venue_close))) struct venue

/* Runs the whole flow through an opened venue. */
MUST_USE enum fault venue_replay(struct venue *venue, const struct replay_config *config,
                                 struct flow_check *check, struct replay_report *report);

/* Walks the book and counts how many orders are exactly those of flow->book, in the same order. */
MUST_USE enum fault replay_compare_book(const struct flow *flow, const struct core *core,
                                        struct book_agreement *agreement_out);

/* What the check and the report say together; FAULT_DIVERGED names the first difference. */
MUST_USE enum fault replay_verdict(const struct flow *flow, const struct flow_check *check,
                                   const struct replay_report *report);

/* ---- through the journal ---- */

/* FAULT_DIVERGED when a command that the journal in config->journal holds is not the flow's. */
MUST_USE enum fault replay_compare_held(const struct flow *flow,
                                        const struct replay_config *config);

/* Through the journal in config->journal and the engine, which goes on where the journal ends. */
MUST_USE enum fault replay_journalled(const struct flow *flow, const struct replay_config *config,
                                      struct flow_check *check, struct replay_report *report);

#endif /* APP_REPLAY_H */
