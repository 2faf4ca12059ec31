#include "app/text_file.h"

#include "io/file.h"

#include <stdio.h>

static enum fault write_whole(const char *path, const void *text, size_t bytes, bool is_secret)
{
    SCOPED_FILE file = {.disk = NULL};
    TRY(file_open(disk_real(), path, FILE_WRITE | FILE_CREATE | (is_secret ? FILE_SECRET : 0U),
                  &file));
    TRY(file_write_at(&file, 0, text, bytes));
    return file_sync(&file);
}

enum fault text_file_put(const char *path, const void *text, size_t bytes, bool is_secret)
{
    char temporary[FILE_PATH_BYTES];
    bool exists = false;
    int length = snprintf(temporary, sizeof(temporary), "%s.tmp", path);
    if (length < 0 || (size_t)length >= sizeof(temporary)) {
        return FAULT(FAULT_LIMIT, "%s: the path is too long", path);
    }
    TRY(disk_exists(disk_real(), temporary, &exists));
    if (exists) { /* of a process that ended half way */
        TRY(disk_unlink(disk_real(), temporary));
    }
    TRY(write_whole(temporary, text, bytes, is_secret));
    return disk_rename(disk_real(), temporary, path);
}
