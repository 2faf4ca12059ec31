#include "app/replay.h"
#include "base/check.h"

#define START_US 1650000000000000ULL /* where the clock of a flow without times begins */

static u32 command_bytes(const u8 *command)
{
    return command[2] * WIRE_UNIT;
}

/* Where a part begins and how long it is, in commands. */
static void part_of(const struct flow *flow, enum replay_part part, u64 *first_out, u64 *count_out)
{
    *first_out = part == REPLAY_MEASURED ? flow->prefill_count : 0;
    switch (part) {
    case REPLAY_SETUP:
        *count_out = flow->setup_count;
        break;
    case REPLAY_PREFILL:
        *count_out = flow->prefill_count;
        break;
    case REPLAY_MEASURED:
        *count_out = flow->commands_count - flow->prefill_count;
        break;
    }
}

/* When a command happens. The setup happens at the recording's own beginning, not after it. */
static u64 time_of(const struct flow *flow, enum replay_part part, u64 index)
{
    if (flow->times.used == 0) {
        return START_US + (part == REPLAY_SETUP ? 0 : index);
    }
    CHECK(flow->times.used == flow->commands_count * sizeof(u64));
    return ((const u64 *)(const void *)flow->times.data)[part == REPLAY_SETUP ? 0 : index];
}

enum fault replay_cut(const struct flow *flow, enum replay_part part, u64 skip, u32 size,
                      struct flow_table *batches)
{
    u64 first = 0;
    u64 count = 0;
    part_of(flow, part, &first, &count);
    const u8 *command = part == REPLAY_SETUP ? flow->setup.data : flow->commands.data;
    u64 before = first + u64_min(skip, count);
    for (u64 i = 0; i < before; i += 1) {
        command += command_bytes(command);
    }
    for (u64 index = before; index < first + count;) {
        struct replay_batch batch = {.commands = command, .time_us = time_of(flow, part, index)};
        while (batch.count < size && index < first + count &&
               batch.bytes + COMMAND_BYTES_MAX <= REPLAY_BATCH_BYTES_MAX) {
            u32 bytes = command_bytes(command);
            batch.bytes += bytes;
            batch.count += 1;
            command += bytes;
            index += 1;
        }
        TRY(flow_table_add(batches, span_of(&batch, sizeof(batch))));
    }
    return FAULT_NONE;
}

u64 replay_batches_bytes(const struct flow_table *batches)
{
    const struct replay_batch *batch = (const struct replay_batch *)(const void *)batches->data;
    u64 bytes = 0;
    for (size_t i = 0; i < batches->used / sizeof(*batch); i += 1) {
        bytes += batch[i].bytes;
    }
    return bytes;
}
