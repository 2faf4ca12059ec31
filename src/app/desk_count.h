/* What the desk says of a search's count (docs/desk.md "Bulk and search"), for cambist desk. */
#ifndef APP_DESK_COUNT_H
#define APP_DESK_COUNT_H

#include "base/base.h"
#include "base/span.h"
#include "io/fault.h"

/* The answer to a line `search`, behind its first word. FAULT_NONE: it is counted. Else which fault
 * the state is, and its text why; FAULT_FOREIGN: it is no state of a question that has ended. */
MUST_USE enum fault desk_count_end(struct span state);

/* The number that a case has, from the desk's JSON of it, onto standard output. FAULT_FOREIGN: it
 * is no search. */
MUST_USE enum fault desk_count_print(struct span json);

#endif /* APP_DESK_COUNT_H */
