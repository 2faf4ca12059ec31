#include "sim/core_batch.h"

#include "base/check.h"
#include "core/core.h"

#include <stdlib.h>
#include <string.h>

enum {
    STEPS_MAX = 37, /* no round number, so that batches end anywhere */
    COMMANDS_BYTES = STEPS_MAX * FLOW_RECORD_BYTES,
    EVENTS_BYTES = 1 << 22,
};

struct core_batch {
    struct core *core;
    void *memory;
    struct core_output output;
    size_t event_bytes_max;
    u64 time_us;
    u32 count;
    size_t commands_used;
    size_t events_used;
    _Alignas(64) u8 commands[COMMANDS_BYTES];
    u8 events[EVENTS_BYTES]; /* those expected */
};

struct core_batch *core_batch_open(const struct command_genesis *limits)
{
    struct core_batch *batch = aligned_alloc(64, (sizeof *batch + 63) / 64 * 64);
    CHECK(batch != NULL);
    memset(batch, 0, sizeof *batch);
    size_t size = core_footprint(limits);
    size_t whole = (size + 63) / 64 * 64;
    batch->memory = aligned_alloc(64, whole);
    CHECK(batch->memory != NULL);
    memset(batch->memory, 0, whole);
    batch->core = core_init(batch->memory, size, limits);
    batch->event_bytes_max = core_event_bytes_max(limits);
    /* Room for one worst command and a little: a batch may have to stop in the middle. */
    batch->output.size = batch->event_bytes_max + 4096;
    batch->output.data = malloc(batch->output.size);
    CHECK(batch->output.data != NULL);
    return batch;
}

void core_batch_close(struct core_batch *batch)
{
    free(batch->memory);
    free(batch->output.data);
    free(batch);
}

bool core_batch_flush(struct core_batch *batch)
{
    size_t commands_at = 0;
    size_t events_at = 0;
    bool is_equal = true;
    while (batch->count > 0) {
        size_t taken = 0;
        batch->output.used = 0;
        u32 applied = core_apply_batch(batch->core, batch->commands + commands_at,
                                       batch->commands_used - commands_at, batch->count,
                                       &batch->output, &taken);
        CHECK(applied > 0 && applied <= batch->count);
        batch->count -= applied;
        commands_at += taken;
        size_t used = batch->output.used;
        is_equal = is_equal && used <= batch->events_used - events_at &&
                   memcmp(batch->output.data, batch->events + events_at, used) == 0;
        events_at += is_equal ? used : 0;
    }
    is_equal = is_equal && events_at == batch->events_used && commands_at == batch->commands_used;
    batch->commands_used = 0;
    batch->events_used = 0;
    return is_equal;
}

bool core_batch_add(struct core_batch *batch, const struct flow_step *step, struct span events)
{
    bool is_equal = true;
    bool is_moved = step->time_us > batch->time_us;
    bool is_full = batch->count == STEPS_MAX || events.size > EVENTS_BYTES - batch->events_used;
    if (is_moved || is_full || step->is_void) {
        is_equal = core_batch_flush(batch);
    }
    batch->time_us = is_moved ? step->time_us : batch->time_us;
    core_set_time(batch->core, step->time_us);
    if (step->is_void) {
        batch->output.used = 0;
        core_void(batch->core, &batch->output);
        return is_equal;
    }
    CHECK(events.size <= EVENTS_BYTES);
    memcpy(batch->commands + batch->commands_used, step->record, step->bytes);
    batch->commands_used += step->bytes;
    memcpy(batch->events + batch->events_used, events.data, events.size);
    batch->events_used += events.size;
    batch->count += 1;
    return is_equal;
}
