/* The engine's hold on the event log: where recovery finds it, where it goes on.
 *
 * While the journal is replayed, chunks that the log holds already are only counted; from the point
 * where it ends they are written. What it holds beyond the journal's end is cut. So after any crash
 * the log is, byte for byte, what an uninterrupted run had written. Then the engine appends. A log
 * whose end is none of our chunks' is refused: the replay does not give what was recorded. */
#ifndef ROLE_ENGINE_EVENTS_H
#define ROLE_ENGINE_EVENTS_H

#include "base/base.h"
#include "io/block.h"
#include "io/eventlog.h"
#include "io/fault.h"
#include "io/seqlog.h"
#include "role/engine/release.h"

struct events {
    struct eventlog_config config;
    struct block block;
    struct eventlog *log;          /* NULL: no event log, positions are counted all the same */
    struct eventlog_point trusted; /* what the log held when it was opened */
    struct eventlog_point point;   /* after the last chunk */
    bool begun;                    /* the log is being written */
    bool rewrite;                  /* an attempt has spoilt it: written anew from the start */
    u64 bytes_written;
};

/* Opens the log in the folder. `config->disk` NULL: no event log. */
MUST_USE enum fault events_open(struct events *events, const struct eventlog_config *config);
void events_close(struct events *events);

/* The replay begins at `point`; once more, from the start, if a replay is begun anew. */
MUST_USE enum fault events_start(struct events *events, struct eventlog_point point);

/* The next chunk of the replay. Not visible yet. */
MUST_USE enum fault events_add(struct events *events, const struct release *chunk);

/* The next chunk of the engine, whose bytes stay as they are until events_written has reached its
 * position. Not visible yet. */
MUST_USE enum fault events_add_later(struct events *events, const struct release *chunk);
MUST_USE enum fault events_written(const struct events *events, u64 *position_out);
/* Helps writing, or waits until one more chunk is written, or all are, or the time is over. */
void events_wait(const struct events *events, u32 timeout_ms);

/* Shows everything up to the chunk's end. */
void events_release(struct events *events, const struct release *chunk);

/* Shows how far the journal is durable. */
void events_head(struct events *events, const struct seqlog_head *head);

/* The replay is over: cuts what lies behind and shows the rest. */
MUST_USE enum fault events_settle(struct events *events);

#endif /* ROLE_ENGINE_EVENTS_H */
