#include "base/check.h"
#include "base/span.h"
#include "role/vault/tlog_store_inner.h"

#include <stdio.h>
#include <string.h>

/* ---- reading ---- */

static enum fault files_read(struct tlog_files *base, const char *path, u8 *target,
                             size_t bytes_max, size_t *size_out)
{
    struct store_files *files = (struct store_files *)(void *)base;
    char whole[FILE_PATH_BYTES];
    TRY(file_path(whole, files->folder, path));
    return tlog_file_read(files->disk, whole, target, bytes_max, size_out);
}

void store_files_init(struct tlog_store *store)
{
    store->files = (struct store_files){
        .files = {.read = files_read}, .disk = store->disk, .folder = store->public_folder};
}

/* ---- writing ---- */

/* The folder's names wait for a sync; each is noted once. */
static enum fault folder_note(struct tlog_store *store, const char *folder)
{
    for (u32 index = 0; index < store->folders_count; index += 1) {
        if (strcmp(store->folders[index], folder) == 0) {
            return FAULT_NONE;
        }
    }
    if (store->folders_count == STORE_FOLDERS_MAX) {
        TRY(store_folders_sync(store));
    }
    (void)snprintf(store->folders[store->folders_count], FILE_PATH_BYTES, "%s", folder);
    store->folders_count += 1;
    return FAULT_NONE;
}

enum fault store_folders_sync(struct tlog_store *store)
{
    for (u32 index = 0; index < store->folders_count; index += 1) {
        TRY(disk_sync_folder(store->disk, store->folders[index]));
    }
    store->folders_count = 0;
    return FAULT_NONE;
}

/* Makes the folders between the public one and the file. */
static enum fault parents_make(struct tlog_store *store, const char *path)
{
    char part[FILE_PATH_BYTES];
    char above[FILE_PATH_BYTES];
    size_t begin = strlen(store->public_folder) + 1;
    (void)snprintf(above, sizeof(above), "%s", store->public_folder);
    for (const char *slash = strchr(path + begin, '/'); slash != NULL;
         slash = strchr(slash + 1, '/')) {
        bool exists = false;
        size_t length = (size_t)(slash - path);
        memcpy(part, path, length);
        part[length] = '\0';
        TRY(disk_exists(store->disk, part, &exists));
        if (!exists) {
            TRY(disk_make_folder(store->disk, part));
        }
        /* Also when it was there: whoever made it may not have come to the sync. */
        TRY(folder_note(store, above));
        memcpy(above, part, length + 1);
    }
    return folder_note(store, above);
}

enum fault store_file_write(struct tlog_store *store, struct tlog_tile_name name, struct span bytes)
{
    char below[TLOG_TILE_PATH_BYTES];
    char path[FILE_PATH_BYTES];
    u32 level = name.level == TLOG_TILE_ENTRIES ? 0 : name.level;
    u64 size = store->is_signed.checkpoint.size;
    /* What somebody may hold a checkpoint of is not written again. */
    CHECK(tlog_tile_width(size, level, name.index) < name.width);
    tlog_tile_path(name, below);
    TRY(file_path(path, store->public_folder, below));
    TRY(parents_make(store, path));
    return tlog_file_write(store->disk, path, 0, bytes);
}

/* ---- removing ---- */

/* The widths of the partial tiles of one tile. */
struct parts {
    struct disk_visitor visitor; /* first: it is cast back */
    bool is_there[TLOG_TILE_WIDTH];
};

static enum fault part_visit(struct disk_visitor *visitor, const char *name)
{
    struct parts *parts = (struct parts *)(void *)visitor;
    u64 width = 0;
    if (tlog_number_read(span_of_text(name), TLOG_TILE_WIDTH - 1, &width)) {
        parts->is_there[width] = true;
    }
    return FAULT_NONE;
}

/* Those that are wider than `width`. */
static enum fault partials_of_tile_remove(struct tlog_store *store, struct tlog_tile_name name,
                                          u32 width)
{
    struct parts parts = {.visitor = {.visit = part_visit}};
    char below[TLOG_TILE_PATH_BYTES + 2];
    char folder[FILE_PATH_BYTES];
    bool exists = false;
    name.width = TLOG_TILE_WIDTH;
    tlog_tile_path(name, below);
    memcpy(below + strlen(below), ".p", 3);
    TRY(file_path(folder, store->public_folder, below));
    TRY(disk_exists(store->disk, folder, &exists));
    if (!exists) {
        return FAULT_NONE;
    }
    TRY(disk_list(store->disk, folder, &parts.visitor));
    for (u32 part = width + 1; part < TLOG_TILE_WIDTH; part += 1) {
        char path[FILE_PATH_BYTES];
        char number[4];
        if (parts.is_there[part]) {
            (void)snprintf(number, sizeof(number), "%u", part % TLOG_TILE_WIDTH);
            TRY(file_path(path, folder, number));
            TRY(disk_unlink(store->disk, path));
            TRY(folder_note(store, folder));
        }
    }
    return FAULT_NONE;
}

static enum fault full_tile_remove(struct tlog_store *store, struct tlog_tile_name name)
{
    char below[TLOG_TILE_PATH_BYTES];
    char path[FILE_PATH_BYTES];
    bool exists = false;
    name.width = TLOG_TILE_WIDTH;
    tlog_tile_path(name, below);
    TRY(file_path(path, store->public_folder, below));
    TRY(disk_exists(store->disk, path, &exists));
    if (!exists) {
        return FAULT_NONE;
    }
    TRY(disk_unlink(store->disk, path));
    *strrchr(path, '/') = '\0';
    return folder_note(store, path);
}

static enum fault tile_cut(struct tlog_store *store, struct tlog_tile_name name, u32 width)
{
    CHECK(width < TLOG_TILE_WIDTH);
    TRY(full_tile_remove(store, name));
    return partials_of_tile_remove(store, name, width);
}

enum fault store_leftovers_remove(struct tlog_store *store)
{
    u64 size = store->is_signed.checkpoint.size;
    u64 reach = size + TLOG_STORE_WAITING_MAX;
    _Static_assert(TLOG_SIZE_MAX <= UINT64_MAX - TLOG_STORE_WAITING_MAX, "no wrap");
    for (u32 level = 0; level < TLOG_TILE_LEVELS; level += 1) {
        u32 shift = (level + 1) * TLOG_TILE_HEIGHT;
        u64 first = shift < 64 ? size >> shift : 0;
        u64 last = shift < 64 ? reach >> shift : 0;
        for (u64 index = first; index <= last; index += 1) {
            struct tlog_tile_name name = {.level = level, .index = index};
            u32 width = tlog_tile_width(size, level, index);
            TRY(tile_cut(store, name, width));
            if (level == 0) {
                name.level = TLOG_TILE_ENTRIES;
                TRY(tile_cut(store, name, width));
            }
        }
    }
    return store_folders_sync(store);
}

enum fault store_partials_remove(struct tlog_store *store, u64 old, u64 size)
{
    for (u32 level = 0; level < TLOG_TILE_LEVELS; level += 1) {
        u32 shift = (level + 1) * TLOG_TILE_HEIGHT;
        u64 first = shift < 64 ? old >> shift : 0;
        u64 end = shift < 64 ? size >> shift : 0;
        for (u64 index = first; index < end; index += 1) {
            struct tlog_tile_name name = {.level = level, .index = index};
            TRY(partials_of_tile_remove(store, name, 0));
            if (level == 0) {
                name.level = TLOG_TILE_ENTRIES;
                TRY(partials_of_tile_remove(store, name, 0));
            }
        }
    }
    return FAULT_NONE;
}
