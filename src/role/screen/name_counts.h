/* How often words occur in the names of a list, so that rare ones tell more. */
#ifndef ROLE_SCREEN_NAME_COUNTS_H
#define ROLE_SCREEN_NAME_COUNTS_H

#include "role/screen/name.h"

/* Fixed size; a table that is full counts no new words. */
struct name_counts;

MUST_USE enum fault name_counts_open(u32 tokens_max, struct name_counts **counts_out);
void name_counts_close(struct name_counts *counts);
void name_counts_add(struct name_counts *counts, const struct name *name);

/* Sets the weights of `name` after the counts, which are only read: from any thread. Both sides of
 * a comparison should have been weighed with the same counts (or neither). */
void name_weigh(const struct name_counts *counts, struct name *name);

#endif /* ROLE_SCREEN_NAME_COUNTS_H */
