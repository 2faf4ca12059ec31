/* cambist with one command that it cannot survive: the process ends whenever the sequence number in
 * CAMBIST_BRITTLE_SEQ is applied. Linked with --wrap around the core's two entrances, so that the
 * shipped binary has no such switch. For tests/e2e/repair_test.py. */
#include "core/core.h"

#include <stdlib.h>
#include <time.h>

void __real_core_apply(struct core *core, const struct command_head *command,
                       struct core_output *output);
u32 __real_core_apply_batch(struct core *core, const u8 *commands, size_t bytes, u32 count,
                            struct core_output *output, size_t *bytes_out);
void __wrap_core_apply(struct core *core, const struct command_head *command,
                       struct core_output *output);
u32 __wrap_core_apply_batch(struct core *core, const u8 *commands, size_t bytes, u32 count,
                            struct core_output *output, size_t *bytes_out);

static void break_at(const struct core *core, u32 count)
{
    const char *text = getenv("CAMBIST_BRITTLE_SEQ");
    u64 seq = text != NULL ? strtoull(text, NULL, 10) : 0;
    u64 first = core_seq(core) + 1;
    if (seq >= first && seq - first < count) {
        /* Its write is under way: by now it is in the journal. */
        const struct timespec moment = {.tv_nsec = 200000000};
        (void)nanosleep(&moment, NULL);
        abort();
    }
}

void __wrap_core_apply(struct core *core, const struct command_head *command,
                       struct core_output *output)
{
    break_at(core, 1);
    __real_core_apply(core, command, output);
}

u32 __wrap_core_apply_batch(struct core *core, const u8 *commands, size_t bytes, u32 count,
                            struct core_output *output, size_t *bytes_out)
{
    break_at(core, count);
    return __real_core_apply_batch(core, commands, bytes, count, output, bytes_out);
}
