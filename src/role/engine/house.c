#include "role/engine/house.h"

#include "base/arena.h"
#include "base/check.h"
#include "core/snapshot.h"

enum fault house_open(struct house *house, const struct command_genesis *limits, u32 outputs_count,
                      size_t spare)
{
    CHECK(outputs_count >= 1 && outputs_count <= HOUSE_OUTPUTS_MAX);
    *house = (struct house){.outputs_count = outputs_count};
    size_t core_bytes = core_footprint(limits);
    if (core_bytes == 0) {
        return FAULT(FAULT_LIMIT, "a limit of the genesis record is out of bounds "
                                  "(docs/semantics.md, section 11)");
    }
    house->output_worst = core_event_bytes_max(limits);
    house->output_bytes = house->output_worst + (spare == 0 ? HOUSE_SPARE_DEFAULT : spare);
    CHECK(spare == 0 || spare >= HOUSE_SPARE_MIN);
    struct footprint footprint = {0};
    footprint_add(&footprint, 1, core_bytes, ARENA_ALIGN_MAX);
    footprint_add(&footprint, outputs_count, house->output_bytes, ARENA_ALIGN_MAX);
    footprint_add(&footprint, 1, outputs_count * ARENA_ALIGN_MAX, ARENA_ALIGN_MAX);
    if (footprint.overflown) {
        return FAULT(FAULT_LIMIT, "the limits of the genesis record need more memory than any "
                                  "machine has");
    }
    TRY(block_take(footprint.bytes, "the core and its events", &house->block));
    struct arena arena;
    arena_init(&arena, house->block.memory, house->block.bytes);
    u8 *memory = arena_take(&arena, core_bytes, ARENA_ALIGN_MAX);
    CHECK(memory != NULL);
    for (u32 i = 0; i < outputs_count; i += 1) {
        house->outputs[i] = arena_take(&arena, house->output_bytes, ARENA_ALIGN_MAX);
        CHECK(house->outputs[i] != NULL);
    }
    arena_seal(&arena);
    house->core = core_init(memory, core_bytes, limits);
    return FAULT_NONE;
}

void house_close(struct house *house)
{
    block_give_back(&house->block);
    house->core = NULL;
}

/* Restores what the other core writes, record by record. */
struct mover {
    struct core_restore restore;
    const char *reason;
};

static bool move_records(void *context, const u8 *bytes, size_t size)
{
    struct mover *mover = context;
    size_t at = 0;
    while (at < size) {
        size_t record = core_restore_size(bytes + at, size - at);
        if (record == 0) {
            mover->reason = "size";
            return false;
        }
        if (!core_restore_record(&mover->restore, bytes + at, record, &mover->reason)) {
            return false;
        }
        at += record;
    }
    return true;
}

static bool move_state(const struct core *source, struct core *target, void *scratch,
                       const char **reason_out)
{
    struct mover mover = {.reason = "unknown"};
    struct core_sink sink = {.context = &mover, .write = move_records};
    core_restore_begin(&mover.restore, target);
    bool moved =
        core_snapshot(source, scratch, &sink) && core_restore_end(&mover.restore, &mover.reason);
    *reason_out = mover.reason;
    return moved;
}

enum fault house_enlarge(struct house *house)
{
    struct command_genesis limits = core_limits_next(house->core);
    struct house next;
    size_t spare = house->output_bytes - house->output_worst;
    TRY(house_open(&next, &limits, house->outputs_count, spare));
    SCOPED_BLOCK scratch = {.memory = NULL};
    enum fault fault =
        block_take(core_snapshot_scratch(house->core) + 1, "moving the state", &scratch);
    const char *reason = NULL;
    if (fault == FAULT_NONE && !move_state(house->core, next.core, scratch.memory, &reason)) {
        fault = FAULT(FAULT_LIMIT, "the state does not fit into its new limits: %s", reason);
    }
    if (fault != FAULT_NONE) {
        house_close(&next);
        return fault;
    }
    CHECK(core_seq(next.core) == core_seq(house->core));
    core_limits_applied(next.core);
    house_close(house);
    *house = next;
    return FAULT_NONE;
}
