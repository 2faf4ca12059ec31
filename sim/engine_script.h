/* What an uninterrupted life of an engine would be, worked out beforehand from a seed: batches of
 * random commands (sim/flow.h), and for each batch the events and the state hash that a plain core
 * gives. A run over a false disk, however often it crashes, must agree with it at every batch. */
#ifndef SIM_ENGINE_SCRIPT_H
#define SIM_ENGINE_SCRIPT_H

#include "base/base.h"
#include "io/digest.h"
#include "wire/schema.h"

#define ENGINE_SCRIPT_BATCHES_MAX 256U

struct engine_script_batch {
    u64 time_us;
    u64 seq_first;
    u32 count;
    size_t bytes_begin; /* of its records */
    size_t bytes_end;
    size_t events_end;
    u8 state_hash[SHA256_BYTES];
};

struct engine_script {
    u64 seed;
    struct command_genesis genesis; /* batch 0 is this alone */
    struct engine_script_batch batches[ENGINE_SCRIPT_BATCHES_MAX];
    u32 batches_count;
    u8 *records;
    u8 *events;
};

/* `voided`: this sequence number is skipped, as if a void record named it; 0: none. */
struct engine_script *engine_script_open(u64 seed, u32 batches_count, u32 batch_commands_max,
                                         u64 voided);
void engine_script_close(struct engine_script *script);

/* The batch that ends before `seq_next`; UINT32_MAX: no batch ends there. */
u32 engine_script_find(const struct engine_script *script, u64 seq_next);

struct span engine_script_records(const struct engine_script *script, u32 batch);
struct span engine_script_events(const struct engine_script *script, u32 batch);

#endif /* SIM_ENGINE_SCRIPT_H */
