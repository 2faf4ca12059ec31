/* One command channel of the engine's agent: from the channel into the engine, and the room back
 * once it is durable.
 *
 *     engine_input_take     copies records out, submits them, notes a mark for the open batch
 *     engine_input_release  gives back room up to the newest mark whose batches are released
 *
 * A mark says: everything before this place in the channel is dealt with once so many batches are
 * out. There is at most one for each batch on its way. */
#ifndef ROLE_ENGINE_ENGINE_INPUT_H
#define ROLE_ENGINE_ENGINE_INPUT_H

#include "base/base.h"
#include "base/histogram.h"
#include "io/channel.h"
#include "role/engine/engine.h"
#include "role/engine/house.h"

#define ENGINE_INPUT_TAKEN_BYTES (1U << 16) /* of one channel in one step */
#define ENGINE_INPUT_KINDS_MAX   64U
/* The batches on their way, the open one, and one that is out already. */
#define ENGINE_INPUT_MARKS_MAX (HOUSE_OUTPUTS_MAX + 2)

struct engine_input_mark {
    u64 batches;
    u64 position;
    u64 source_index; /* the highest taken by then */
    u64 hello;        /* the last HELLO taken by then; 0: none */
    u64 since_ns;     /* when the first of its records was taken */
};

struct engine_input {
    struct channel_reader reader;
    u8 source;
    bool is_broken;
    u8 taken[ENGINE_INPUT_TAKEN_BYTES]; /* out of the channel, not with the engine: begin .. end */
    u32 begin;
    u32 end;
    u64 hello_waiting;            /* stands behind what is in `taken`; 0: none */
    struct engine_input_mark now; /* what the engine has; `batches` and `since_ns` unused */
    struct engine_input_mark marks[ENGINE_INPUT_MARKS_MAX];
    u32 marks_first;
    u32 marks_count;
    u64 source_index; /* durable */
    u64 hello;        /* dealt with: its bell may be rung; 0: none */
    u64 told_ns;      /* when the log was told of a refusal last; 0: never */
    /* Counts since the start. */
    u64 records;
    u64 malformed;
    u64 forbidden;
    u64 repeated;
    u64 full; /* times the engine had no room */
};

/* CHECK: at most ENGINE_INPUT_KINDS_MAX - 1 kinds, a source that is not the engine's. A channel
 * with impossible indexes is broken from the start, which is no fault. */
void engine_input_open(struct engine_input *input, const struct channel *channel, u8 source,
                       const u16 *kinds, u32 kinds_count);

/* The engine has recovered: what it knows of this source is durable. */
void engine_input_start(struct engine_input *input, const struct engine *engine);

/* True when something was taken. A full engine leaves the rest for the next time. */
bool engine_input_take(struct engine_input *input, struct engine *engine, u64 now_ns);

/* True when something became durable or a HELLO may be answered. `durable_ns`, which may be NULL,
 * is told how long the oldest record of a mark took. */
bool engine_input_release(struct engine_input *input, const struct engine *engine, u64 now_ns,
                          struct histogram *durable_ns);

/* Nothing waits that could still be taken. */
MUST_USE bool engine_input_is_empty(const struct engine_input *input);

/* Whether the next take would find something that the engine has not refused for want of room. */
MUST_USE bool engine_input_has_more(const struct engine_input *input);

#endif /* ROLE_ENGINE_ENGINE_INPUT_H */
