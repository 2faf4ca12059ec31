/* Lists named on the command line, read into one index: compiled ones (docs/lists.md "Normal form")
 * and files of governments in every format that role/lists reads; files of one list stand with
 * commas between them. */
#ifndef APP_SCREEN_LISTS_H
#define APP_SCREEN_LISTS_H

#include "role/screen/index_read.h"

#define SCREEN_LISTS_MAX 64U

struct screen_lists {
    struct screen_index *index;
    u32 count;
    struct list_header headers[SCREEN_LISTS_MAX];
    struct index_read read;
    u64 elapsed_us;
};

/* FAULT_INPUT, FAULT_LIMIT, and what files can be; then nothing wants closing. */
MUST_USE enum fault screen_lists_open(struct screen_lists *lists, const char *const *paths,
                                      u32 paths_count, const struct index_filter *filter);
/* Also of one that is all zero. */
void screen_lists_close(struct screen_lists *lists);

/* The subject's own id in its list, and the name as the list writes it. */
struct span screen_label(const struct screen_index *index, u32 subject);
struct span screen_name_text(const struct screen_index *index, u32 name);

#endif /* APP_SCREEN_LISTS_H */
