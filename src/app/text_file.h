/* A small text file that others read: there whole or not at all, since it gets its name at the end.
 */
#ifndef APP_TEXT_FILE_H
#define APP_TEXT_FILE_H

#include "base/base.h"
#include "io/fault.h"

/* Replaces what was at `path`. `is_secret`: nobody but its owner may read it. */
MUST_USE enum fault text_file_put(const char *path, const void *text, size_t bytes, bool is_secret);

#endif /* APP_TEXT_FILE_H */
