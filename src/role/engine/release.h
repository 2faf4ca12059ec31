/* How events leave the engine: in chunks, whole records each, once they are durable.
 *
 * A chunk never mixes two batches and never exceeds RELEASE_CHUNK_BYTES; within a batch the chunks
 * are as long as possible. So the same journal always gives the same chunks, and a position in the
 * event log means the same after every recovery. */
#ifndef ROLE_ENGINE_RELEASE_H
#define ROLE_ENGINE_RELEASE_H

#include "base/base.h"
#include "io/eventlog.h"
#include "io/fault.h"

#define RELEASE_CHUNK_BYTES (256U << 10)

/* What the sink is told. A batch without events is told too, with an empty span. */
struct release {
    u64 seq;      /* of the last command that caused something in this chunk */
    u64 seq_next; /* every command below is durable, and its events are out with this chunk */
    u64 time_us;  /* of the batch */
    struct span events;
    u64 position;   /* in the event log, after this chunk */
    bool recovered; /* of before this start: engine_options.sink_from_genesis */
};

struct release_sink {
    void (*release)(struct release_sink *sink, const struct release *release);
};

/* Cuts the events of one batch. `bytes` begins where the last chunk ended. With `more` the batch
 * goes on behind `bytes`, so that a last piece that could still grow is left alone: then the result
 * may be 0. *seq_out is the sequence number of the chunk's last event, when this is not the batch's
 * last chunk: that one stands for the whole batch. */
size_t release_cut(struct span bytes, bool more, u64 *seq_out);

#endif /* ROLE_ENGINE_RELEASE_H */
