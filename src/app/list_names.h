/* The option screen.lists: names of lists with a blank between. */
#ifndef APP_LIST_NAMES_H
#define APP_LIST_NAMES_H

#include "base/base.h"
#include "role/screen/screen_agent.h"

/* "us-sdn eu-269", or "none" for none at all. False: not such names, one twice, or too many. */
MUST_USE bool list_names_read(const char *text, char names_out[SCREEN_LISTS_MAX][SCREEN_LIST_NAME],
                              u32 *count_out);

#endif /* APP_LIST_NAMES_H */
