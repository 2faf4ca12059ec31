#include "app/rotate_folder.h"

#include "base/span.h"
#include "role/vault/tlog_file.h"

#include <stdio.h>
#include <string.h>

/* ---- what is pinned ---- */

static enum fault pins_fill(struct rotate_pins *pins, const struct rotate_pin_paths *paths)
{
    for (u32 i = 0; i < 2; i += 1) {
        TRY(ceremony_read_chain(paths->groups[i], &pins->chains[i]));
    }
    return share_key_form(&pins->chains[0].group, &pins->chains[1].group, &pins->key);
}

enum fault rotate_pins_read(const struct rotate_pin_paths *paths, struct rotate_pins *pins_out)
{
    memset(pins_out, 0, sizeof(*pins_out));
    TRY(open_pins_read(&paths->old, &pins_out->old));
    enum fault fault = pins_fill(pins_out, paths);
    if (fault != FAULT_NONE) {
        open_pins_close(&pins_out->old);
        return fault;
    }
    pins_out->judge.judge = &pins_out->old.judge;
    rotation_epoch_of(&pins_out->old.key, pins_out->old.chains[0].hash,
                      pins_out->old.chains[1].hash, &pins_out->judge.from);
    rotation_epoch_of(&pins_out->key, pins_out->chains[0].hash, pins_out->chains[1].hash,
                      &pins_out->judge.to);
    return FAULT_NONE;
}

void rotate_pins_close(struct rotate_pins *pins)
{
    open_pins_close(&pins->old);
}

/* ---- the folder ---- */

static enum fault file_take(const struct rotate_folder *folder, const char *name, u8 *target,
                            size_t bytes_max, size_t *size_out)
{
    char path[FILE_PATH_BYTES];
    TRY(file_path(path, folder->path, name));
    return tlog_file_read(folder->disk, path, target, bytes_max, size_out);
}

enum fault rotate_folder_has(const struct rotate_folder *folder, const char *name,
                             bool *is_there_out)
{
    char path[FILE_PATH_BYTES];
    TRY(file_path(path, folder->path, name));
    return disk_exists(folder->disk, path, is_there_out);
}

enum fault rotate_read(const char *path, struct rotation_file *file_out)
{
    static char text[ROTATION_FILE_BYTES];
    size_t size = 0;
    TRY(ceremony_read_file(path, text, sizeof(text), &size));
    return rotation_file_read(span_of(text, size), path, file_out);
}

enum fault rotate_folder_open(struct disk *disk, const char *path, struct rotate_folder *folder_out)
{
    static u8 text[ROTATION_FILE_BYTES];
    char rows[FILE_PATH_BYTES];
    size_t size = 0;
    memset(folder_out, 0, sizeof(*folder_out));
    folder_out->disk = disk;
    folder_out->path = path;
    TRY(file_take(folder_out, ROTATE_ROTATION, text, sizeof(text), &size));
    TRY(rotation_file_read(span_of(text, size), ROTATE_ROTATION, &folder_out->file));
    TRY(file_path(rows, path, ROTATE_ROWS));
    return rotation_table_open(disk, rows, true, &folder_out->rows);
}

void rotate_folder_close(struct rotate_folder *folder)
{
    rotation_table_close(&folder->rows);
}

enum fault rotate_folder_read_shown(struct rotate_folder *folder)
{
    return file_take(folder, ROTATE_SHOWN, folder->shown, sizeof(folder->shown),
                     &folder->shown_bytes);
}

enum fault rotate_folder_read_opening(struct rotate_folder *folder)
{
    u8 text[OPENING_TEXT_BYTES];
    size_t size = 0;
    TRY(file_take(folder, OPEN_OPENING, text, sizeof(text), &size));
    return opening_read(span_of(text, size), OPEN_OPENING, &folder->opening);
}

enum fault rotate_folder_read_log(struct rotate_folder *folder)
{
    TRY(file_take(folder, OPEN_OPENING_SHOWN, folder->opening_shown, sizeof(folder->opening_shown),
                  &folder->opening_shown_bytes));
    return file_take(folder, ROTATE_SLOTS, folder->slots, sizeof(folder->slots),
                     &folder->slots_bytes);
}

enum fault rotate_folder_judge(struct rotate_folder *folder, const struct rotation_judge *judge)
{
    struct opening_granted granted;
    TRY(rotate_folder_read_shown(folder));
    TRY(rotation_judge_logged(judge, &folder->file, span_of(folder->shown, folder->shown_bytes),
                              &granted));
    TRY(rotation_judge_rows(&folder->rows, &folder->file.rotation));
    TRY(rotate_folder_read_opening(folder));
    TRY(rotate_folder_read_log(folder));
    return rotation_judge_opening(judge, &folder->file, &granted, &folder->opening,
                                  span_of(folder->opening_shown, folder->opening_shown_bytes),
                                  span_of(folder->slots, folder->slots_bytes));
}

/* ---- tables that are written ---- */

static enum fault wraps_check(const struct rotate_folder *folder, const struct rotation_file *file,
                              struct rotation_table *wraps)
{
    u8 text[REWRAPPER_MANIFEST_BYTES];
    struct opening opening;
    size_t size = 0;
    TRY(file_take(folder, OPEN_OPENING, text, sizeof(text), &size));
    TRY(opening_read(span_of(text, size), OPEN_OPENING, &opening));
    TRY(file_take(folder, OPEN_MANIFEST, text, sizeof(text), &size));
    return rewrapper_manifest_check(span_of(text, size), &opening, file, wraps);
}

enum fault rotate_wraps_open(struct disk *disk, const char *folder, const char *name,
                             const struct rotation_file *file, struct rotation_table *wraps_out)
{
    static struct rotate_folder at;
    char path[FILE_PATH_BYTES];
    at.disk = disk;
    at.path = folder;
    TRY(file_path(path, folder, name));
    TRY(rotation_table_open(disk, path, false, wraps_out));
    enum fault fault = wraps_check(&at, file, wraps_out);
    if (fault != FAULT_NONE) {
        rotation_table_close(wraps_out);
    }
    return fault;
}

static enum fault fresh_path(const char *folder, const char *name, char path[FILE_PATH_BYTES])
{
    char fresh[FILE_NAME_BYTES];
    (void)snprintf(fresh, sizeof(fresh), "%s" ROTATE_FRESH, name);
    return file_path(path, folder, fresh);
}

enum fault rotate_fresh_drop(struct disk *disk, const char *folder, const char *name)
{
    char path[FILE_PATH_BYTES];
    bool exists = false;
    TRY(fresh_path(folder, name, path));
    TRY(disk_exists(disk, path, &exists));
    return exists ? disk_unlink(disk, path) : FAULT_NONE;
}

enum fault rotate_fresh_take(struct disk *disk, const char *folder, const char *name)
{
    char fresh[FILE_PATH_BYTES];
    char path[FILE_PATH_BYTES];
    TRY(fresh_path(folder, name, fresh));
    TRY(file_path(path, folder, name));
    TRY(disk_rename(disk, fresh, path));
    return disk_sync_folder(disk, folder);
}
