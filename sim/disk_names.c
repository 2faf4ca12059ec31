#include "base/check.h"
#include "base/span.h"
#include "sim/disk_state.h"

#include <string.h>

i32 names_find(const struct names *names, const char *path)
{
    for (u32 index = 0; index < names->count; index += 1) {
        if (strcmp(names->rows[index].path, path) == 0) {
            return (i32)index;
        }
    }
    return -1;
}

void names_add(struct names *names, const char *path, i32 node)
{
    CHECK(names->count < DISK_FALSE_FILES_MAX);
    struct name *row = &names->rows[names->count];
    bool fits = span_copy(span_of(path, strlen(path) + 1), row->path, sizeof(row->path));
    CHECK(fits);
    row->node = node;
    names->count += 1;
}

void names_remove(struct names *names, const char *path)
{
    i32 index = names_find(names, path);
    if (index >= 0) {
        names->count -= 1;
        names->rows[index] = names->rows[names->count];
    }
}

void parent_of(const char *path, char parent_out[FILE_PATH_BYTES])
{
    const char *slash = strrchr(path, '/');
    size_t length = slash == NULL ? 0 : (size_t)(slash - path);
    memcpy(parent_out, path, length);
    parent_out[length] = '\0';
}

bool is_in_folder(const char *path, const char *folder)
{
    char parent[FILE_PATH_BYTES];
    parent_of(path, parent);
    return strcmp(parent, strcmp(folder, ".") == 0 ? "" : folder) == 0;
}

bool folder_exists(const struct names *names, const char *folder)
{
    if (folder[0] == '\0' || strcmp(folder, ".") == 0) {
        return true;
    }
    i32 index = names_find(names, folder);
    return index >= 0 && names->rows[index].node < 0;
}

static void names_change(struct names *names, const struct change *change)
{
    switch (change->kind) {
    case CHANGE_ADD:
        if (names_find(names, change->name.path) < 0) {
            names_add(names, change->name.path, change->name.node);
        }
        return;
    case CHANGE_REMOVE:
        names_remove(names, change->name.path);
        return;
    case CHANGE_RENAME:
        names_remove(names, change->target);
        names_remove(names, change->name.path);
        names_add(names, change->target, change->name.node);
        return;
    }
}

/* The change is seen at once and safe once its folder is synced. */
void change_make(struct disk_false *self, enum change_kind kind, const char *path, i32 node,
                 const char *target)
{
    CHECK(self->changes_count < CHANGES_MAX);
    struct change *change = &self->changes[self->changes_count];
    *change = (struct change){.kind = kind, .name = {.node = node}};
    memcpy(change->name.path, path, strlen(path) + 1);
    if (target != NULL) {
        memcpy(change->target, target, strlen(target) + 1);
    }
    self->changes_count += 1;
    names_change(&self->seen, change);
}

/* The first `count` changes that concern `folder` (NULL: any) become safe. */
void changes_settle(struct disk_false *self, const char *folder, u32 count)
{
    u32 kept = 0;
    for (u32 index = 0; index < self->changes_count; index += 1) {
        const struct change *change = &self->changes[index];
        if (count > 0 && (folder == NULL || is_in_folder(change->name.path, folder))) {
            names_change(&self->safe, change);
            count -= 1;
        } else {
            self->changes[kept] = *change;
            kept += 1;
        }
    }
    self->changes_count = kept;
}

/* A name whose folder did not survive is gone with it. */
void names_drop_orphans(struct names *names)
{
    for (u32 index = 0; index < names->count;) {
        char parent[FILE_PATH_BYTES];
        parent_of(names->rows[index].path, parent);
        if (folder_exists(names, parent)) {
            index += 1;
        } else {
            names_remove(names, names->rows[index].path);
            index = 0;
        }
    }
}
