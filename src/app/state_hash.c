#include "app/state_hash.h"

#include "app/flow.h"
#include "app/memory.h"
#include "base/check.h"
#include "io/clock.h"

#include <stdlib.h>
#include <string.h>

static bool hash_records(void *context, const u8 *bytes, size_t size)
{
    sha256_add((struct sha256 *)context, span_of(bytes, size));
    return true;
}

static bool keep_records(void *context, const u8 *bytes, size_t size)
{
    return flow_table_add((struct flow_table *)context, span_of(bytes, size)) == FAULT_NONE;
}

/* Writes the state to the sink, with scratch memory of its own. */
static enum fault write_state(const struct core *core, const struct core_sink *sink)
{
    size_t scratch_bytes = core_snapshot_scratch(core);
    void *scratch = malloc(scratch_bytes == 0 ? 1 : scratch_bytes);
    if (scratch == NULL) {
        return FAULT(FAULT_LIMIT, "out of memory to sort the state");
    }
    bool whole = core_snapshot(core, scratch, sink);
    free(scratch);
    return whole ? FAULT_NONE : FAULT(FAULT_LIMIT, "out of memory to hold the state");
}

enum fault state_hash(const struct core *core, u8 hash_out[SHA256_BYTES])
{
    struct sha256 sha256;
    TRY(sha256_open(&sha256));
    sha256_begin(&sha256);
    struct core_sink sink = {.context = &sha256, .write = hash_records};
    enum fault fault = write_state(core, &sink);
    sha256_end(&sha256, hash_out);
    sha256_close(&sha256);
    return fault;
}

static enum fault restore(struct core *core, const struct flow_table *records)
{
    struct core_restore progress;
    core_restore_begin(&progress, core);
    const char *reason = NULL;
    for (size_t offset = 0; offset < records->used;) {
        size_t size = core_restore_size(records->data + offset, records->used - offset);
        if (size == 0 || !core_restore_record(&progress, records->data + offset, size, &reason)) {
            return FAULT(FAULT_DIVERGED, "the snapshot's record at byte %zu cannot be restored: %s",
                         offset, reason != NULL ? reason : "malformed");
        }
        offset += size;
    }
    if (!core_restore_end(&progress, &reason)) {
        return FAULT(FAULT_DIVERGED, "the snapshot cannot be restored: %s", reason);
    }
    return FAULT_NONE;
}

static enum fault compare(const struct core *core, const struct command_genesis *limits, u8 *memory,
                          size_t memory_bytes, struct flow_table tables[2],
                          struct state_round_trip *trip)
{
    struct clock *clock = clock_real();
    u64 start_ns = clock_mono_ns(clock);
    struct core_sink sink = {.context = &tables[0], .write = keep_records};
    TRY(write_state(core, &sink));
    trip->records_bytes = tables[0].used;
    trip->snapshot_ns = clock_mono_ns(clock) - start_ns;
    start_ns = clock_mono_ns(clock);
    struct core *second = core_init(memory, memory_bytes, limits);
    TRY(restore(second, &tables[0]));
    trip->restore_ns = clock_mono_ns(clock) - start_ns;
    sink.context = &tables[1];
    TRY(write_state(second, &sink));
    trip->equal = span_equal(span_of(tables[0].data, tables[0].used),
                             span_of(tables[1].data, tables[1].used));
    return FAULT_NONE;
}

enum fault state_round_trip(const struct core *core, const struct command_genesis *limits,
                            struct state_round_trip *trip_out)
{
    *trip_out = (struct state_round_trip){.equal = false};
    size_t memory_bytes = core_footprint(limits);
    u8 *memory = NULL;
    TRY(memory_take(memory_bytes, memory_bytes, "a second core", &memory));
    struct flow_table tables[2] = {{.data = NULL}, {.data = NULL}};
    enum fault fault = compare(core, limits, memory, memory_bytes, tables, trip_out);
    flow_table_release(&tables[0]);
    flow_table_release(&tables[1]);
    memory_give_back(memory, memory_bytes);
    return fault;
}
