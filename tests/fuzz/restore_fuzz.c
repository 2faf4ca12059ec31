/* A snapshot from outside: restoring survives anything and refuses what does not fit; what it
 * accepts is sound, has the same snapshot again, and goes on with any commands.
 * The bytes are a snapshot's records; commands for the restored core stand behind its `end` record.
 */
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/fuzz_core.h"

enum {
    CORE_BYTES_MAX = 1 << 22, /* larger limits are somebody else's test */
    EVENT_BYTES_MAX = 1 << 24,
    COMMANDS_MAX = 64,
};

static struct fuzz_state states[2];

/* Takes records until the `end`; returns the bytes taken, 0 when they are refused. */
static size_t restore(struct core *core, const u8 *data, size_t size)
{
    struct core_restore work;
    const char *reason = NULL;
    size_t at = 0;
    core_restore_begin(&work, core);
    while (!work.ended) {
        size_t bytes = core_restore_size(data + at, size - at);
        if (bytes == 0) {
            return 0;
        }
        /* The exact size, so that a sanitizer sees one byte read too many. */
        u8 *record = malloc(bytes);
        CHECK(record != NULL);
        memcpy(record, data + at, bytes);
        bool good = core_restore_record(&work, record, bytes, &reason);
        free(record);
        CHECK(good || reason != NULL);
        if (!good) {
            return 0;
        }
        at += bytes;
    }
    return core_restore_end(&work, &reason) ? at : 0;
}

/* The core's own snapshot is accepted, and is that core's snapshot too. */
static void check_round_trip(const struct fuzz_core *world)
{
    struct fuzz_core twin;
    fuzz_core_make(&twin, &world->limits);
    fuzz_state_take(world->core, &states[0]);
    CHECK(restore(twin.core, states[0].bytes, states[0].used) == states[0].used);
    fuzz_state_take(twin.core, &states[1]);
    CHECK(states[0].used == states[1].used);
    CHECK(memcmp(states[0].bytes, states[1].bytes, states[0].used) == 0);
    fuzz_core_free(&twin);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    struct command_genesis limits;
    struct fuzz_core world;
    if (!core_snapshot_limits(data, size, false, &limits) ||
        core_footprint(&limits) > CORE_BYTES_MAX ||
        core_event_bytes_max(&limits) > EVENT_BYTES_MAX) {
        return 0;
    }
    fuzz_core_make(&world, &limits);
    size_t taken = restore(world.core, data, size);
    if (taken > 0) {
        fuzz_core_check(&world);
        check_round_trip(&world);
        struct fuzz_input input = {data + taken, size - taken};
        for (u32 i = 0; i < COMMANDS_MAX && input.left > 0; i++) {
            fuzz_core_step(&world, &input);
        }
        fuzz_core_check(&world);
    }
    fuzz_core_free(&world);
    return 0;
}
