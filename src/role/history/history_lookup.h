/* A question of wire/lookup.h, answered by the functions of query.h. */
#ifndef ROLE_HISTORY_HISTORY_LOOKUP_H
#define ROLE_HISTORY_HISTORY_LOOKUP_H

#include "role/history/store.h"
#include "wire/lookup.h"

/* `ask` has passed lookup_ask_check. `rows_out` is aligned to 16 bytes and has room for
 * lookup_rows_max(ask) rows of lookup_row_bytes; what lies between their fields is left alone.
 * FAULT_STOPPED: it was more work than store_steps_limit allows. */
MUST_USE enum fault history_lookup(struct store *store, const struct lookup_ask *ask,
                                   void *rows_out, u32 *count_out);

#endif /* ROLE_HISTORY_HISTORY_LOOKUP_H */
