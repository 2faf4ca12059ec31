#include "role/engine/applier.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/hash.h"
#include "core/snapshot.h"
#include "wire/schema.h"

enum { UNITS_OFFSET = 2 };

void applier_begin(struct applier *applier, u64 seq_first, u64 time_us, u32 count,
                   struct span records)
{
    CHECK(seq_first == core_seq(applier->house->core) + 1);
    applier->records = records;
    applier->seq_first = seq_first;
    applier->count = count;
    applier->applied = 0;
    applier->offset = 0;
    core_set_time(applier->house->core, time_us);
}

static size_t record_bytes(const struct applier *applier)
{
    return (size_t)applier->records.data[applier->offset + UNITS_OFFSET] * WIRE_UNIT;
}

static const struct command_head *record_head(const struct applier *applier)
{
    return (const struct command_head *)(const void *)(applier->records.data + applier->offset);
}

static void advance(struct applier *applier, u32 count, size_t bytes)
{
    CHECK(count <= applier->count - applier->applied);
    CHECK(bytes <= applier->records.size - applier->offset);
    applier->applied += count;
    applier->offset += bytes;
}

static enum fault poison_fault(const struct applier *applier, u64 seq)
{
    const struct command_head *head = record_head(applier);
    const char *name = head->kind < COMMAND_KIND_COUNT ? wire_commands[head->kind].name : "unknown";
    return FAULT(FAULT_POISON,
                 "command %llu (%s, source %u, its number %llu) ended the process %u times; "
                 "cambist repair --void %llu skips it",
                 (unsigned long long)seq, name, head->source,
                 (unsigned long long)head->source_index, POISON_CRASHES_MAX,
                 (unsigned long long)seq);
}

/* One command of the range to be careful with, or one that came alone. */
static enum fault apply_single(struct applier *applier, struct core_output *output)
{
    u64 seq = applier->seq_first + applier->applied;
    size_t bytes = record_bytes(applier);
    u64 hash = hash_bytes((const u8 *)record_head(applier), bytes, seq);
    if (poison_is(applier->poison, seq, hash)) {
        return poison_fault(applier, seq);
    }
    poison_enter_single(applier->poison, seq, hash);
    if (applier->watch != NULL) {
        TRY(applier->watch->enter(applier->watch, seq, 1));
    }
    core_apply(applier->house->core, record_head(applier), output);
    poison_leave_single(applier->poison);
    advance(applier, 1, bytes);
    return FAULT_NONE;
}

static enum fault apply_many(struct applier *applier, struct core_output *output, u32 count)
{
    u64 seq = applier->seq_first + applier->applied;
    if (applier->poison != NULL) {
        poison_enter(applier->poison, seq, count);
    }
    if (applier->watch != NULL) {
        TRY(applier->watch->enter(applier->watch, seq, count));
    }
    size_t bytes = 0;
    u32 done = core_apply_batch(applier->house->core, applier->records.data + applier->offset,
                                applier->records.size - applier->offset, count, output, &bytes);
    if (applier->poison != NULL) {
        poison_leave(applier->poison);
    }
    advance(applier, done, bytes);
    return FAULT_NONE;
}

static bool has_room(const struct applier *applier, const struct core_output *output)
{
    return output->size - output->used >= applier->house->output_worst;
}

enum fault applier_step(struct applier *applier, struct core_output *output, bool *done_out)
{
    while (applier->applied < applier->count && has_room(applier, output)) {
        u64 seq = applier->seq_first + applier->applied;
        u64 count = applier->count - applier->applied;
        if (applier->voids != NULL && applier->voids->count > 0) {
            u64 next = voids_next(applier->voids, seq);
            if (next == seq) {
                core_void(applier->house->core, output);
                applier->voided += 1;
                advance(applier, 1, record_bytes(applier));
                continue;
            }
            count = u64_min(count, next - seq);
        }
        bool careful = false;
        if (applier->poison != NULL) {
            count = u64_min(count, poison_reach(applier->poison, seq, &careful));
            careful = careful || count == 1;
        }
        TRY(careful ? apply_single(applier, output) : apply_many(applier, output, (u32)count));
    }
    *done_out = applier->applied == applier->count;
    if (*done_out) {
        CHECK(applier->offset == applier->records.size);
        CHECK(core_seq(applier->house->core) + 1 == applier->seq_first + applier->count);
    }
    return FAULT_NONE;
}

bool applier_is_limits(u32 count, struct span records)
{
    return count == 1 && bytes_u16(records.data) == COMMAND_LIMITS_APPLY;
}

enum fault applier_limits(struct applier *applier, u64 time_us)
{
    struct core_output nothing = {.data = NULL};
    core_set_time(applier->house->core, time_us);
    TRY(house_enlarge(applier->house));
    core_void(applier->house->core, &nothing);
    return FAULT_NONE;
}
