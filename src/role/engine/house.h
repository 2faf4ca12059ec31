/* A core in its memory, with the buffers its events go to: one block, sized from the limits, taken
 * at the start and never grown. Only limits_apply replaces it, between two batches. */
#ifndef ROLE_ENGINE_HOUSE_H
#define ROLE_ENGINE_HOUSE_H

#include "base/base.h"
#include "core/core.h"
#include "io/block.h"
#include "io/fault.h"
#include "role/engine/release.h"

#define HOUSE_OUTPUTS_MAX 4U

/* Room in an output beyond what the worst single command writes; the events of one batch should
 * fit, or applying it stops to have them taken. Address space until it is used. At least a chunk,
 * so that whoever has no room has something that can be released. */
#define HOUSE_SPARE_DEFAULT ((size_t)16 << 20)
#define HOUSE_SPARE_MIN     RELEASE_CHUNK_BYTES

struct house {
    struct core *core; /* NULL: no house */
    struct block block;
    u8 *outputs[HOUSE_OUTPUTS_MAX];
    size_t output_bytes;
    size_t output_worst; /* of them for the worst single command */
    u32 outputs_count;
};

/* `spare` 0: HOUSE_SPARE_DEFAULT. FAULT_LIMIT when the limits are out of bounds or there is not
 * enough memory. */
MUST_USE enum fault house_open(struct house *house, const struct command_genesis *limits,
                               u32 outputs_count, size_t spare);
void house_close(struct house *house);

/* Moves the state into a core laid out for the limits of the last limits_set. The outputs are new
 * and empty. */
MUST_USE enum fault house_enlarge(struct house *house);

#endif /* ROLE_ENGINE_HOUSE_H */
