/* Applying one batch to a core, as the engine and every replay do it: sequence numbers that are
 * void are skipped, what is being applied is noted (poison.h), and where the events' buffer runs
 * short the work stops until the caller has emptied it. */
#ifndef ROLE_ENGINE_APPLIER_H
#define ROLE_ENGINE_APPLIER_H

#include "base/base.h"
#include "core/core.h"
#include "io/fault.h"
#include "role/engine/house.h"
#include "role/engine/poison.h"
#include "role/engine/voids.h"

/* Told before commands are applied: where the simulator ends a process. After a fault everything
 * stays as it is, the note of what is being applied too. */
struct apply_watch {
    enum fault (*enter)(struct apply_watch *watch, u64 seq_first, u64 count);
};

struct applier {
    struct house *house;
    const struct void_list *voids; /* NULL: none */
    struct poison *poison;         /* NULL: nothing is noted */
    struct apply_watch *watch;     /* may be NULL */
    u64 voided;                    /* counter */
    /* The batch. */
    struct span records;
    u64 seq_first;
    u32 count;
    u32 applied;
    size_t offset;
};

void applier_begin(struct applier *applier, u64 seq_first, u64 time_us, u32 count,
                   struct span records);

/* Goes on with the batch. *done_out is false when the output has less than the worst command's
 * room left: empty it and come again. FAULT_POISON names a command that must not be applied. */
MUST_USE enum fault applier_step(struct applier *applier, struct core_output *output,
                                 bool *done_out);

/* A batch of nothing but a limits_apply, which is done by applier_limits instead. The house's
 * outputs are new afterwards. */
bool applier_is_limits(u32 count, struct span records);
MUST_USE enum fault applier_limits(struct applier *applier, u64 time_us);

#endif /* ROLE_ENGINE_APPLIER_H */
