/* Whose command an event is the answer to: the source_index that some kinds of events repeat. */
#ifndef WIRE_EVENT_SOURCE_H
#define WIRE_EVENT_SOURCE_H

#include "base/base.h"

/* Of whole event records lying one after the other: source and source_index of the first that
 * carries one. False: none does. */
MUST_USE bool event_source_of(struct span events, u8 *source_out, u64 *source_index_out);

#endif /* WIRE_EVENT_SOURCE_H */
