/* Commands from outside: whatever command_check lets through, the core survives, its structures and
 * its ledger stay sound, and a core rebuilt from its snapshot has the same snapshot and gives the
 * same answers. The first byte says after how many commands the snapshot is taken. */
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/fuzz_core.h"

static struct fuzz_core world;
static struct fuzz_core twin;
static u8 *filled; /* the memory of a venue that is set up and has seen nothing else */

static void set_up(void)
{
    struct command_genesis limits = fuzz_limits();
    fuzz_core_make(&world, &limits);
    fuzz_core_make(&twin, &limits);
    fuzz_core_fill(&world);
    filled = malloc(world.bytes);
    CHECK(filled != NULL);
    memcpy(filled, world.memory, world.bytes);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    struct fuzz_input input = {data, size};
    if (filled == NULL) {
        set_up();
    }
    memcpy(world.memory, filled, world.bytes);
    u32 rebuild_after = fuzz_byte(&input);
    u64 time_us = 0;
    bool has_twin = false;
    for (u32 step = 0; input.left > 0; step++) {
        if (step == rebuild_after) {
            fuzz_core_twin(&world, &twin);
            has_twin = true;
        }
        struct fuzz_input same = input;
        u8 minutes = fuzz_byte(&input);
        time_us += minutes > 240 ? (minutes - 240U) * 60000000ULL : minutes % 2;
        core_set_time(world.core, time_us);
        fuzz_core_step(&world, &input);
        if (has_twin) {
            (void)fuzz_byte(&same);
            core_set_time(twin.core, time_us);
            fuzz_core_step(&twin, &same);
            CHECK(world.output.used == twin.output.used);
            CHECK(memcmp(world.output.data, twin.output.data, world.output.used) == 0);
        }
    }
    fuzz_core_check(&world);
    fuzz_core_twin(&world, &twin);
    return 0;
}
