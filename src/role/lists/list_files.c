#include "role/lists/list_files.h"

#include "base/check.h"
#include "base/hash.h"
#include "base/span.h"
#include "wire/code.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define SECOND_US 1000000ULL
#define SETTLE_US (2U * SECOND_US)

/* ---- what a command has fetched ---- */

struct newest {
    struct disk_visitor visitor; /* first: it is cast back */
    char name[CODE_NAME_BYTES];
    u64 seconds; /* 0: none */
};

/* NAME.SECONDS */
static enum fault folder_see(struct disk_visitor *visitor, const char *name)
{
    struct newest *newest = (struct newest *)(void *)visitor;
    size_t length = strlen(newest->name);
    u64 seconds = 0;
    if (strncmp(name, newest->name, length) != 0 || name[length] != '.' || name[length + 1] == 0) {
        return FAULT_NONE;
    }
    for (const char *at = name + length + 1; *at != 0; at += 1) {
        if (*at < '0' || *at > '9' || seconds > UINT64_MAX / SECOND_US / 16) {
            return FAULT_NONE; /* one that is not whole yet */
        }
        seconds = seconds * 10 + (u64)(*at - '0');
    }
    newest->seconds = u64_max(newest->seconds, seconds);
    return FAULT_NONE;
}

struct inside {
    struct disk_visitor visitor; /* first: it is cast back */
    const char *folder;
    struct list_files *files;
    bool is_full;
};

static enum fault file_see(struct disk_visitor *visitor, const char *name)
{
    struct inside *inside = (struct inside *)(void *)visitor;
    struct list_files *files = inside->files;
    inside->is_full = files->count == LIST_FILES_MAX;
    if (inside->is_full) {
        return FAULT_NONE;
    }
    TRY(file_path(files->paths[files->count], inside->folder, name));
    files->count += 1;
    return FAULT_NONE;
}

static int path_order(const void *a, const void *b)
{
    return strcmp(a, b);
}

static enum fault fetched_look(const char *folder, const struct list_watch *watch,
                               struct list_files *files)
{
    struct newest newest = {.visitor.visit = folder_see};
    struct inside inside = {.visitor.visit = file_see, .files = files};
    char fetched[FILE_PATH_BYTES];
    char path[FILE_PATH_BYTES];
    char name[FILE_NAME_BYTES];
    bool is_name = code_name_print(watch->list, newest.name);
    CHECK(is_name);
    TRY(file_path(fetched, folder, LIST_FETCHED_FOLDER));
    TRY(disk_list(disk_real(), fetched, &newest.visitor));
    if (newest.seconds == 0) {
        return FAULT_NONE;
    }
    (void)snprintf(name, sizeof(name), "%s.%llu", newest.name, (unsigned long long)newest.seconds);
    TRY(file_path(path, fetched, name));
    inside.folder = path;
    TRY(disk_list(disk_real(), path, &inside.visitor));
    if (inside.is_full) {
        return FAULT(FAULT_LIMIT, "%s: more than %u files", name, LIST_FILES_MAX);
    }
    qsort(files->paths, files->count, sizeof(files->paths[0]), path_order);
    files->identity = hash_pair(newest.seconds, files->count);
    files->time_us = newest.seconds * SECOND_US;
    return FAULT_NONE;
}

/* ---- what somebody keeps ---- */

static void file_look(const char *path, u64 real_us, struct list_files *files)
{
    struct stat about;
    u64 identity = 0;
    if (stat(path, &about) == 0) {
        u64 changed_us = (u64)about.st_mtim.tv_sec * SECOND_US + (u64)about.st_mtim.tv_nsec / 1000;
        identity = hash_pair(hash_pair((u64)about.st_ino, (u64)about.st_size), changed_us);
        files->time_us = u64_min(files->time_us, changed_us);
        files->is_fresh =
            files->is_fresh || (changed_us <= real_us && real_us - changed_us < SETTLE_US);
    }
    files->identity = hash_pair(files->identity, identity);
}

enum fault list_files_look(const char *folder, const struct list_watch *watch, u64 real_us,
                           struct list_files *files_out)
{
    *files_out = (struct list_files){.identity = 1, .time_us = real_us};
    if (watch->is_fetched) {
        TRY(fetched_look(folder, watch, files_out));
    } else {
        files_out->count = watch->paths_count;
        memcpy(files_out->paths, watch->paths, sizeof(files_out->paths));
        for (u32 i = 0; i < files_out->count; i += 1) {
            file_look(files_out->paths[i], real_us, files_out);
        }
    }
    files_out->identity += files_out->identity == 0 ? 1 : 0;
    return FAULT_NONE;
}
