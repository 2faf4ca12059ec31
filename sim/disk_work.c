#include "base/check.h"
#include "base/span.h"
#include "sim/disk_state.h"

#include <string.h>
#include <sys/mman.h>

/* ---- nodes ---- */

static u8 *memory_get(void)
{
    void *memory = mmap(NULL, NODE_BYTES_MAX, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    CHECK(memory != MAP_FAILED);
    return memory;
}

u32 node_make(struct disk_false *self)
{
    u32 index = 0;
    while (index < NODES_MAX && self->nodes[index].used) {
        index += 1;
    }
    CHECK(index < NODES_MAX);
    self->node_number += 1;
    self->nodes[index] = (struct node){
        .used = true, .number = self->node_number, .seen = memory_get(), .safe = memory_get()};
    return index;
}

void node_free(struct node *node)
{
    (void)munmap(node->seen, NODE_BYTES_MAX);
    (void)munmap(node->safe, NODE_BYTES_MAX);
    *node = (struct node){.used = false};
}

static bool node_is_named(const struct disk_false *self, i32 node)
{
    for (u32 index = 0; index < self->seen.count; index += 1) {
        if (self->seen.rows[index].node == node) {
            return true;
        }
    }
    for (u32 index = 0; index < self->safe.count; index += 1) {
        if (self->safe.rows[index].node == node) {
            return true;
        }
    }
    for (u32 index = 0; index < self->changes_count; index += 1) {
        if (self->changes[index].name.node == node) {
            return true;
        }
    }
    return false;
}

void nodes_collect(struct disk_false *self)
{
    for (u32 index = 0; index < NODES_MAX; index += 1) {
        struct node *node = &self->nodes[index];
        if (node->used && node->open_count == 0 && node->maps_count == 0 &&
            !node_is_named(self, (i32)index)) {
            node_free(node);
        }
    }
}

u64 bytes_used(const struct disk_false *self)
{
    u64 bytes = 0;
    for (u32 index = 0; index < NODES_MAX; index += 1) {
        bytes += self->nodes[index].used ? self->nodes[index].seen_bytes : 0;
    }
    return bytes;
}

/* True when the file may grow to `bytes`. */
static bool has_room(struct disk_false *self, const struct node *node, u64 bytes)
{
    CHECK(bytes <= NODE_BYTES_MAX);
    if (self->bytes_max == 0 || bytes <= node->seen_bytes) {
        return true;
    }
    nodes_collect(self);
    return bytes_used(self) + (bytes - node->seen_bytes) <= self->bytes_max;
}

/* ---- operations ---- */

enum outcome { OUTCOME_DONE, OUTCOME_FAIL, OUTCOME_CRASH };

enum fault power_is_off(void)
{
    return FAULT(FAULT_IO, "false disk: the power is off");
}

/* Numbers an operation; tells what is to become of it. */
static enum fault operation_begin(struct disk_false *self, enum outcome *outcome_out)
{
    *outcome_out = OUTCOME_DONE;
    if (self->crashed) {
        return power_is_off();
    }
    self->operations += 1;
    if (self->read_only) {
        return FAULT(FAULT_READ_ONLY, "false disk: Read-only file system");
    }
    if (self->operations == self->crash_at) {
        self->crashed = true;
        *outcome_out = OUTCOME_CRASH;
    } else if (self->operations == self->fail_at) {
        *outcome_out = OUTCOME_FAIL;
    }
    return FAULT_NONE;
}

static enum fault operation_end(struct disk_false *self, enum outcome outcome, const char *path)
{
    switch (outcome) {
    case OUTCOME_DONE:
        return FAULT_NONE;
    case OUTCOME_FAIL:
        return FAULT(self->fail_with, "%s: false disk: operation %llu fails", path,
                     (unsigned long long)self->operations);
    case OUTCOME_CRASH:
        return power_is_off();
    }
    return FAULT_NONE;
}

/* Whether an operation that is all or nothing happens. */
static bool operation_happens(struct disk_false *self, enum outcome outcome)
{
    return outcome == OUTCOME_DONE || random_chance(&self->random, 1, 2);
}

enum fault read_begin(struct disk_false *self)
{
    if (self->crashed) {
        return power_is_off();
    }
    self->reads += 1;
    if (self->reads == self->fail_read_at) {
        return FAULT(self->fail_read_with, "false disk: read %llu fails",
                     (unsigned long long)self->reads);
    }
    return FAULT_NONE;
}

struct handle *handle_of(struct disk_false *self, const struct file *file)
{
    u64 generation = (u64)file->handle >> 32;
    u32 index = (u32)((u64)file->handle & UINT32_MAX);
    if (generation != self->generation || index >= OPEN_MAX || !self->handles[index].used) {
        return NULL;
    }
    return &self->handles[index];
}

/* The open file's contents; NULL after a restart. */
struct node *node_of(struct disk_false *self, const struct file *file)
{
    struct handle *handle = handle_of(self, file);
    return handle == NULL ? NULL : &self->nodes[handle->node];
}

static enum fault handle_open(struct disk_false *self, struct file *file, u32 node)
{
    for (u32 index = 0; index < OPEN_MAX; index += 1) {
        if (!self->handles[index].used) {
            self->handles[index] = (struct handle){
                .used = true, .node = node, .synchronous = (file->flags & FILE_DSYNC) != 0};
            self->nodes[node].open_count += 1;
            file->handle = (i64)((u64)self->generation << 32 | index);
            return FAULT_NONE;
        }
    }
    return FAULT(FAULT_LIMIT, "%s: false disk: too many open files", file->path);
}

static enum fault open_existing(struct disk_false *self, struct file *file)
{
    TRY(read_begin(self));
    i32 index = names_find(&self->seen, file->path);
    if (index < 0 || self->seen.rows[index].node < 0) {
        return FAULT(FAULT_MISSING, "%s: cannot open: No such file or directory", file->path);
    }
    if (self->read_only && (file->flags & FILE_WRITE) != 0) {
        return FAULT(FAULT_READ_ONLY, "%s: cannot open: Read-only file system", file->path);
    }
    return handle_open(self, file, (u32)self->seen.rows[index].node);
}

static enum fault open_new(struct disk_false *self, struct file *file)
{
    enum outcome outcome;
    TRY(operation_begin(self, &outcome));
    char parent[FILE_PATH_BYTES];
    parent_of(file->path, parent);
    if (!folder_exists(&self->seen, parent)) {
        return FAULT(FAULT_MISSING, "%s: cannot create: No such file or directory", file->path);
    }
    if (names_find(&self->seen, file->path) >= 0) {
        return FAULT(FAULT_EXISTS, "%s: cannot create: File exists", file->path);
    }
    u32 node = node_make(self);
    if (operation_happens(self, outcome)) {
        change_make(self, CHANGE_ADD, file->path, (i32)node, NULL);
    }
    TRY(operation_end(self, outcome, file->path));
    return handle_open(self, file, node);
}

enum fault do_open(struct disk_false *self, struct file *file)
{
    return (file->flags & FILE_CREATE) != 0 ? open_new(self, file) : open_existing(self, file);
}

enum fault do_read(struct disk_false *self, struct file *file, u64 offset, void *target,
                   size_t size, size_t *size_out)
{
    TRY(read_begin(self));
    const struct node *node = node_of(self, file);
    if (node == NULL) {
        return power_is_off();
    }
    u64 left = offset < node->seen_bytes ? node->seen_bytes - offset : 0;
    *size_out = (size_t)u64_min(size, left);
    memcpy(target, node->seen + offset, *size_out);
    return FAULT_NONE;
}

/* Each sector of the range goes to the pictures named, or does not. */
static void write_torn(struct disk_false *self, struct node *node, u64 offset, struct span data,
                       bool to_safe)
{
    u64 part = random_below(&self->random, 4); /* 0: nothing, 1: all, else by sector */
    for (size_t at = 0; at < data.size;) {
        u64 place = offset + at;
        u64 sector_left = self->sector_bytes - place % self->sector_bytes;
        size_t size = (size_t)u64_min(sector_left, data.size - at);
        if (part == 1 || (part >= 2 && random_chance(&self->random, 1, 2))) {
            memcpy(node->seen + place, data.data + at, size);
            node->seen_bytes = u64_max(node->seen_bytes, place + size);
            if (to_safe) {
                memcpy(node->safe + place, data.data + at, size);
                node->safe_bytes = u64_max(node->safe_bytes, place + size);
            }
        }
        at += size;
    }
}

enum fault do_write(struct disk_false *self, struct file *file, u64 offset, struct span data)
{
    enum outcome outcome;
    TRY(operation_begin(self, &outcome));
    struct handle *handle = handle_of(self, file);
    if (handle == NULL) {
        return power_is_off();
    }
    struct node *node = &self->nodes[handle->node];
    if (!has_room(self, node, offset + data.size)) {
        return FAULT(FAULT_DISK_FULL,
                     "%s: write of %zu bytes at offset %llu: No space left on device", file->path,
                     data.size, (unsigned long long)offset);
    }
    if (outcome != OUTCOME_DONE) {
        /* A synchronous write that did not return may have come no further than the cache. */
        bool to_safe = handle->synchronous && random_chance(&self->random, 1, 2);
        write_torn(self, node, offset, data, to_safe);
        return operation_end(self, outcome, file->path);
    }
    memcpy(node->seen + offset, data.data, data.size);
    node->seen_bytes = u64_max(node->seen_bytes, offset + data.size);
    if (handle->synchronous) {
        memcpy(node->safe + offset, data.data, data.size);
        node->safe_bytes = u64_max(node->safe_bytes, offset + data.size);
    }
    return FAULT_NONE;
}

void node_make_safe(struct node *node)
{
    u64 size = u64_max(node->seen_bytes, node->safe_bytes);
    memcpy(node->safe, node->seen, (size_t)size);
    node->safe_bytes = node->seen_bytes;
}

enum fault do_sync(struct disk_false *self, struct file *file)
{
    enum outcome outcome;
    TRY(operation_begin(self, &outcome));
    struct node *node = node_of(self, file);
    if (node == NULL) {
        return power_is_off();
    }
    if (operation_happens(self, outcome)) {
        node_make_safe(node);
    }
    return operation_end(self, outcome, file->path);
}

enum fault do_resize(struct disk_false *self, struct file *file, u64 size, bool shrink)
{
    enum outcome outcome;
    TRY(operation_begin(self, &outcome));
    struct node *node = node_of(self, file);
    if (node == NULL) {
        return power_is_off();
    }
    if (!has_room(self, node, size)) {
        return FAULT(FAULT_DISK_FULL, "%s: reserve %llu bytes: No space left on device", file->path,
                     (unsigned long long)size);
    }
    if (operation_happens(self, outcome) && (shrink || size > node->seen_bytes)) {
        if (size < node->seen_bytes) {
            memset(node->seen + size, 0, (size_t)(node->seen_bytes - size));
        }
        node->seen_bytes = size;
    }
    return operation_end(self, outcome, file->path);
}

enum fault do_rename(struct disk_false *self, const char *source, const char *target)
{
    enum outcome outcome;
    TRY(operation_begin(self, &outcome));
    i32 index = names_find(&self->seen, source);
    if (index < 0) {
        return FAULT(FAULT_MISSING, "%s: rename: No such file or directory", source);
    }
    if (operation_happens(self, outcome)) {
        change_make(self, CHANGE_RENAME, source, self->seen.rows[index].node, target);
    }
    return operation_end(self, outcome, source);
}

enum fault do_unlink(struct disk_false *self, const char *path)
{
    enum outcome outcome;
    TRY(operation_begin(self, &outcome));
    i32 index = names_find(&self->seen, path);
    if (index < 0) {
        return FAULT(FAULT_MISSING, "%s: remove: No such file or directory", path);
    }
    if (operation_happens(self, outcome)) {
        change_make(self, CHANGE_REMOVE, path, self->seen.rows[index].node, NULL);
    }
    return operation_end(self, outcome, path);
}

enum fault do_make_folder(struct disk_false *self, const char *path)
{
    if (!self->crashed && folder_exists(&self->seen, path)) {
        return FAULT_NONE;
    }
    enum outcome outcome;
    TRY(operation_begin(self, &outcome));
    if (operation_happens(self, outcome)) {
        change_make(self, CHANGE_ADD, path, -1, NULL);
    }
    return operation_end(self, outcome, path);
}

enum fault do_sync_folder(struct disk_false *self, const char *path)
{
    enum outcome outcome;
    TRY(operation_begin(self, &outcome));
    if (!folder_exists(&self->seen, path)) {
        return FAULT(FAULT_MISSING, "%s: cannot open the folder: No such file or directory", path);
    }
    if (operation_happens(self, outcome)) {
        changes_settle(self, path, CHANGES_MAX);
        nodes_collect(self);
    }
    return operation_end(self, outcome, path);
}

enum fault do_lock(struct disk_false *self, struct disk_lock *lock)
{
    i32 index = self->crashed ? -1 : names_find(&self->seen, lock->path);
    if (index < 0) {
        enum outcome outcome;
        TRY(operation_begin(self, &outcome));
        if (operation_happens(self, outcome)) {
            change_make(self, CHANGE_ADD, lock->path, (i32)node_make(self), NULL);
        }
        TRY(operation_end(self, outcome, lock->path));
        index = names_find(&self->seen, lock->path);
    } else if (self->read_only) {
        return FAULT(FAULT_READ_ONLY, "%s: cannot create: Read-only file system", lock->path);
    }
    struct node *node = &self->nodes[self->seen.rows[index].node];
    if (node->locked) {
        return FAULT(FAULT_LOCKED, "%s: another process uses this folder (process 1)", lock->path);
    }
    node->locked = true;
    lock->handle = (i64)((u64)self->generation << 32 | (u32)self->seen.rows[index].node);
    lock->identity[0] = node->number;
    return FAULT_NONE;
}

enum fault do_lock_check(struct disk_false *self, const struct disk_lock *lock)
{
    if (self->crashed) {
        return power_is_off();
    }
    i32 index = names_find(&self->seen, lock->path);
    if (index < 0) {
        return FAULT(FAULT_FENCED, "%s: the lock file we hold is gone", lock->path);
    }
    if (self->nodes[self->seen.rows[index].node].number != lock->identity[0]) {
        return FAULT(FAULT_FENCED, "%s: the lock file was replaced by another", lock->path);
    }
    return FAULT_NONE;
}
