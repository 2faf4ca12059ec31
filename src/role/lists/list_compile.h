/* The list in force as a file of the normal form, lists/NAME.list, for who matches names against
 * it: the header with load, time of recording and when it is stale, then an entry a line, with its
 * number, by numbers. It gets its name when it is whole. */
#ifndef ROLE_LISTS_LIST_COMPILE_H
#define ROLE_LISTS_LIST_COMPILE_H

#include "role/lists/list_store.h"

#define LIST_COMPILED_ENDING ".list"

/* The folder's lists/NAME.list. */
MUST_USE enum fault list_compiled_path(const char *folder, u64 list,
                                       char path_out[FILE_PATH_BYTES]);
/* Writes it, unless nothing has been accepted yet. Other writers of the store wait meanwhile. */
MUST_USE enum fault list_compile(struct list_store *store, const char *folder, u64 list,
                                 u64 now_us);
/* The header of the file that is there; false: there is none that can be read. */
MUST_USE bool list_compiled_look(const char *folder, u64 list, struct list_header *header_out);

/* Whether the file that is there says what the store says: else it should be written again. */
MUST_USE bool list_compiled_is_good(const char *folder, const struct list_state *state, u64 now_us);

/* From when on it is stale. */
u64 list_stale_us(const struct list_state *state);

#endif /* ROLE_LISTS_LIST_COMPILE_H */
