/* Walks over the records of an image of the event log (io/eventlog.h): the state of a venue at one
 * position. The records are whole and of kinds of the schema, each with the definition that follows
 * it (wire/schema.h wire_state_bytes); their order, and what is in them, is the sink's to check. */
#ifndef IO_IMAGE_WALK_H
#define IO_IMAGE_WALK_H

#include "base/base.h"
#include "io/eventlog.h"
#include "io/fault.h"

#define IMAGE_PIECE_BYTES 65536U

struct image_sink {
    enum fault (*record)(struct image_sink *sink, const u8 *record, size_t size);
    bool is_satisfied; /* set by the sink: it wants no more records */
};

/* Every record in order, until the sink is satisfied. `piece` has IMAGE_PIECE_BYTES. FAULT_ROT: the
 * image ends within a record, or has one that cannot be; also whatever the sink says. */
MUST_USE enum fault image_walk(struct eventlog_image *image, u8 *piece, struct image_sink *sink);

#endif /* IO_IMAGE_WALK_H */
