/* The engine's insides, shared by engine.c (work) and engine_open.c (start). */
#ifndef ROLE_ENGINE_ENGINE_STATE_H
#define ROLE_ENGINE_ENGINE_STATE_H

#include "io/block.h"
#include "io/seqlog.h"
#include "io/seqlog_file.h"
#include "role/engine/applier.h"
#include "role/engine/engine.h"
#include "role/engine/events.h"
#include "role/engine/house.h"
#include "role/engine/poison.h"
#include "role/engine/seqlog_memory.h"

#define ENGINE_SOURCES    256U
#define ENGINE_CHUNKS_MAX 16U /* handed to the event log and not yet written */

/* A batch between its submission and the release of its events. */
struct engine_batch {
    u64 seq_first;
    u64 time_us;
    struct span records; /* in the log's buffer */
    u32 count;
    bool begun; /* the core has some of it */
    struct core_output output;
    size_t cut; /* bytes of output handed to the event log */
};

/* A chunk between the event log and its release. */
struct engine_chunk {
    struct release release;
    bool last; /* of its batch */
};

/* Batches go round the log's buffers. Four counters say how far each step has come; they only
 * grow: released <= handed <= applied <= submitted. */
struct engine {
    struct engine_options options;
    struct layout_paths paths;
    struct block block; /* this struct, the logs' buffers */
    struct seqlog *log; /* one of the two below */
    struct seqlog_file *file_log;
    struct seqlog_memory memory_log;
    struct poison poison;
    struct events events;
    struct house house;
    struct applier applier;
    /* The open batch: a buffer of the log. NULL: none yet. */
    u8 *open;
    u32 open_count;
    u32 open_bytes;
    u32 batch_commands;
    struct engine_batch batches[HOUSE_OUTPUTS_MAX];
    u32 batches_max;
    u64 submitted;
    u64 applied;
    u64 handed; /* durable, and with the event log */
    u64 released;
    struct engine_chunk chunks[ENGINE_CHUNKS_MAX];
    u64 chunks_handed;
    u64 chunks_released;
    u64 seq_submitted; /* the next sequence number to submit */
    u64 seq_head;      /* of the journal's chain as it was shown last */
    u64 time_us;       /* of the last batch or seal */
    u64 source_index[ENGINE_SOURCES];
    bool quiet;   /* the last step found nothing to do */
    bool sealed;  /* nothing since the last seal */
    u64 quiet_ns; /* since when */
    bool dead;
    enum fault fault; /* the first one, when dead */
    struct fault_trail trail;
    struct engine_status status;
};

/* Appends a record that was checked to the open batch; ENGINE_FULL when there is no room. */
enum engine_answer engine_put(struct engine *engine, const struct command_head *record);

/* Keeps the first fault for ever. */
enum fault engine_die(struct engine *engine, enum fault fault);

#endif /* ROLE_ENGINE_ENGINE_STATE_H */
