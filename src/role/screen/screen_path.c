#include "role/screen/screen_path.h"

#include "base/bytes.h"

#include <stdio.h>

#define PATH_FOLDER "screen/paths"

enum fault screen_path_keep(struct disk *disk, const char *folder, struct sha256 *sha256,
                            struct span text, u64 *number_out)
{
    char place[FILE_PATH_BYTES];
    char name[FILE_NAME_BYTES];
    char path[FILE_PATH_BYTES];
    u8 digest[SHA256_BYTES];
    bool exists = false;
    SCOPED_FILE file = {.disk = NULL};
    sha256_begin(sha256);
    sha256_add(sha256, text);
    sha256_end(sha256, digest);
    *number_out = bytes_u64(digest) | 1U;
    (void)snprintf(name, sizeof(name), "%016lx", *number_out);
    TRY(file_path(place, folder, PATH_FOLDER));
    TRY(disk_make_folder(disk, place));
    TRY(file_path(path, place, name));
    TRY(disk_exists(disk, path, &exists));
    if (exists) {
        return FAULT_NONE;
    }
    TRY(file_open(disk, path, FILE_WRITE | FILE_CREATE | FILE_SECRET, &file));
    TRY(file_write_at(&file, 0, text.data, text.size));
    TRY(file_sync(&file));
    return disk_sync_folder(disk, place);
}
