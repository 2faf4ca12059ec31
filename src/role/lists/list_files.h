/* The files of a configured list, as they lie there now. */
#ifndef ROLE_LISTS_LIST_FILES_H
#define ROLE_LISTS_LIST_FILES_H

#include "role/lists/list_agent.h"

struct list_files {
    u32 count; /* 0: none yet */
    char paths[LIST_FILES_MAX][FILE_PATH_BYTES];
    u64 identity;  /* another one: something has changed. Never 0 */
    u64 time_us;   /* since when all of them say this: the oldest of their times */
    bool is_fresh; /* one was written just now, and may not be whole */
};

/* `real_us`: the machine's clock, by which files have their times. Files that are not there are no
 * fault here. */
MUST_USE enum fault list_files_look(const char *folder, const struct list_watch *watch, u64 real_us,
                                    struct list_files *files_out);

#endif /* ROLE_LISTS_LIST_FILES_H */
