#include "sim/disk.h"

#include "base/check.h"
#include "base/span.h"
#include "sim/disk_state.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static struct disk_false *self_of(struct disk *disk)
{
    return (struct disk_false *)(void *)disk;
}

/* ---- struct disk: each call under the mutex ---- */

static struct disk_false *enter(struct disk *disk)
{
    struct disk_false *self = self_of(disk);
    (void)pthread_mutex_lock(&self->mutex);
    return self;
}

static enum fault leave(struct disk_false *self, enum fault fault)
{
    (void)pthread_mutex_unlock(&self->mutex);
    return fault;
}

static enum fault false_open(struct disk *disk, struct file *file)
{
    struct disk_false *self = enter(disk);
    return leave(self, do_open(self, file));
}

static void false_close(struct file *file)
{
    struct disk_false *self = enter(file->disk);
    struct handle *handle = handle_of(self, file);
    if (handle != NULL) {
        self->nodes[handle->node].open_count -= 1;
        handle->used = false;
    }
    (void)leave(self, FAULT_NONE);
}

static enum fault false_read_at(struct file *file, u64 offset, void *target, size_t size,
                                size_t *size_out)
{
    struct disk_false *self = enter(file->disk);
    return leave(self, do_read(self, file, offset, target, size, size_out));
}

static enum fault false_write_at(struct file *file, u64 offset, const void *source, size_t size)
{
    struct disk_false *self = enter(file->disk);
    return leave(self, do_write(self, file, offset, span_of(source, size)));
}

static enum fault false_sync(struct file *file)
{
    struct disk_false *self = enter(file->disk);
    return leave(self, do_sync(self, file));
}

static enum fault false_size(struct file *file, u64 *size_out)
{
    struct disk_false *self = enter(file->disk);
    enum fault fault = read_begin(self);
    const struct node *node = node_of(self, file);
    if (fault == FAULT_NONE && node == NULL) {
        fault = power_is_off();
    }
    *size_out = fault == FAULT_NONE ? node->seen_bytes : 0;
    return leave(self, fault);
}

static enum fault false_resize(struct file *file, u64 size)
{
    struct disk_false *self = enter(file->disk);
    return leave(self, do_resize(self, file, size, true));
}

static enum fault false_reserve(struct file *file, u64 size)
{
    struct disk_false *self = enter(file->disk);
    return leave(self, do_resize(self, file, size, false));
}

static enum fault false_map(struct file *file, u64 size, u8 **memory_out)
{
    struct disk_false *self = enter(file->disk);
    CHECK(size <= NODE_BYTES_MAX);
    enum fault fault = read_begin(self);
    struct node *node = node_of(self, file);
    if (fault == FAULT_NONE && node == NULL) {
        fault = power_is_off();
    }
    *memory_out = NULL;
    if (fault == FAULT_NONE) {
        *memory_out = node->seen;
        node->maps_count += 1;
    }
    return leave(self, fault);
}

static void false_unmap(struct disk *disk, u8 *memory, u64 size)
{
    (void)size;
    struct disk_false *self = enter(disk);
    for (u32 index = 0; index < NODES_MAX; index += 1) {
        struct node *node = &self->nodes[index];
        /* Memory of before a restart is nobody's. */
        if (node->used && node->seen == memory && node->maps_count > 0) {
            node->maps_count -= 1;
        }
    }
    (void)leave(self, FAULT_NONE);
}

static void false_touch(struct disk *disk, u8 *memory, u64 size)
{
    (void)disk;
    (void)memory;
    (void)size;
}

static enum fault false_rename(struct disk *disk, const char *source, const char *target)
{
    struct disk_false *self = enter(disk);
    return leave(self, do_rename(self, source, target));
}

static enum fault false_unlink(struct disk *disk, const char *path)
{
    struct disk_false *self = enter(disk);
    return leave(self, do_unlink(self, path));
}

static enum fault false_exists(struct disk *disk, const char *path, bool *exists_out)
{
    struct disk_false *self = enter(disk);
    enum fault fault = read_begin(self);
    *exists_out = names_find(&self->seen, path) >= 0 || folder_exists(&self->seen, path);
    return leave(self, fault);
}

static enum fault false_make_folder(struct disk *disk, const char *path)
{
    struct disk_false *self = enter(disk);
    return leave(self, do_make_folder(self, path));
}

static enum fault false_sync_folder(struct disk *disk, const char *path)
{
    struct disk_false *self = enter(disk);
    return leave(self, do_sync_folder(self, path));
}

static enum fault false_list(struct disk *disk, const char *path, struct disk_visitor *visitor)
{
    struct disk_false *self = enter(disk);
    enum fault fault = read_begin(self);
    if (fault == FAULT_NONE && !folder_exists(&self->seen, path)) {
        fault = FAULT(FAULT_MISSING, "%s: cannot open the folder: No such file or directory", path);
    }
    for (u32 index = 0; fault == FAULT_NONE && index < self->seen.count; index += 1) {
        const char *name = self->seen.rows[index].path;
        if (is_in_folder(name, path)) {
            const char *slash = strrchr(name, '/');
            fault = visitor->visit(visitor, slash == NULL ? name : slash + 1);
        }
    }
    return leave(self, fault);
}

static enum fault false_lock(struct disk *disk, struct disk_lock *lock)
{
    struct disk_false *self = enter(disk);
    return leave(self, do_lock(self, lock));
}

static enum fault false_lock_check(struct disk_lock *lock)
{
    struct disk_false *self = enter(lock->disk);
    return leave(self, do_lock_check(self, lock));
}

static void false_unlock(struct disk_lock *lock)
{
    struct disk_false *self = enter(lock->disk);
    if ((u64)lock->handle >> 32 == self->generation) {
        self->nodes[(u64)lock->handle & UINT32_MAX].locked = false;
    }
    (void)leave(self, FAULT_NONE);
}

static const struct disk_ops false_ops = {
    .open = false_open,
    .close = false_close,
    .read_at = false_read_at,
    .write_at = false_write_at,
    .sync = false_sync,
    .size = false_size,
    .resize = false_resize,
    .reserve = false_reserve,
    .map = false_map,
    .unmap = false_unmap,
    .touch = false_touch,
    .rename = false_rename,
    .unlink = false_unlink,
    .exists = false_exists,
    .make_folder = false_make_folder,
    .sync_folder = false_sync_folder,
    .list = false_list,
    .lock = false_lock,
    .lock_check = false_lock_check,
    .unlock = false_unlock,
};

/* ---- for the test that owns the disk ---- */

struct disk_false *disk_false_open(const struct disk_false_config *config)
{
    struct disk_false *self = calloc(1, sizeof(*self));
    CHECK(self != NULL);
    self->disk.ops = &false_ops;
    random_init(&self->random, config->seed);
    self->bytes_max = config->bytes_max;
    self->sector_bytes = config->sector_bytes == 0 ? 4096 : config->sector_bytes;
    self->generation = 1;
    int error = pthread_mutex_init(&self->mutex, NULL);
    CHECK(error == 0);
    return self;
}

void disk_false_close(struct disk_false *self)
{
    for (u32 index = 0; index < NODES_MAX; index += 1) {
        if (self->nodes[index].used) {
            node_free(&self->nodes[index]);
        }
    }
    (void)pthread_mutex_destroy(&self->mutex);
    free(self);
}

struct disk *disk_false_disk(struct disk_false *self)
{
    return &self->disk;
}

u64 disk_false_operations(const struct disk_false *self)
{
    return self->operations;
}

void disk_false_crash_at(struct disk_false *self, u64 operation)
{
    self->crash_at = operation;
}

bool disk_false_crashed(const struct disk_false *self)
{
    return self->crashed;
}

void disk_false_fail_at(struct disk_false *self, u64 operation, enum fault fault)
{
    self->fail_at = operation;
    self->fail_with = fault;
}

u64 disk_false_reads(const struct disk_false *self)
{
    return self->reads;
}

void disk_false_fail_read_at(struct disk_false *self, u64 read, enum fault fault)
{
    self->fail_read_at = read;
    self->fail_read_with = fault;
}

/* Nothing is open and nothing is locked any more. */
static void forget_processes(struct disk_false *self)
{
    self->generation += 1;
    memset(self->handles, 0, sizeof(self->handles));
    for (u32 index = 0; index < NODES_MAX; index += 1) {
        self->nodes[index].open_count = 0;
        self->nodes[index].maps_count = 0;
        self->nodes[index].locked = false;
    }
    self->crashed = false;
    self->crash_at = 0;
    self->fail_at = 0;
    self->fail_read_at = 0;
    nodes_collect(self);
}

/* Every sector that differs between the pictures comes out as one or the other. */
static void node_settle(struct disk_false *self, struct node *node)
{
    u64 size = u64_max(node->seen_bytes, node->safe_bytes);
    u64 part = random_below(&self->random, 4); /* 0: nothing, 1: all, else by sector */
    for (u64 at = 0; at < size; at += self->sector_bytes) {
        size_t bytes = (size_t)u64_min(self->sector_bytes, size - at);
        bool lives = part == 1 || (part >= 2 && random_chance(&self->random, 1, 2));
        if (memcmp(node->seen + at, node->safe + at, bytes) != 0) {
            u8 *target = lives ? node->safe : node->seen;
            const u8 *source = lives ? node->seen : node->safe;
            memcpy(target + at, source + at, bytes);
        }
    }
    u64 bytes = random_chance(&self->random, 1, 2) ? node->seen_bytes : node->safe_bytes;
    memset(node->seen + bytes, 0, (size_t)(size - bytes));
    memset(node->safe + bytes, 0, (size_t)(size - bytes));
    node->seen_bytes = bytes;
    node->safe_bytes = bytes;
}

void disk_false_restart(struct disk_false *self)
{
    u32 lived = (u32)random_below(&self->random, self->changes_count + 1ULL);
    changes_settle(self, NULL, lived);
    self->changes_count = 0;
    names_drop_orphans(&self->safe);
    self->seen = self->safe;
    for (u32 index = 0; index < NODES_MAX; index += 1) {
        if (self->nodes[index].used) {
            node_settle(self, &self->nodes[index]);
        }
    }
    forget_processes(self);
}

void disk_false_restart_process(struct disk_false *self)
{
    forget_processes(self);
}

void disk_false_set_bytes_max(struct disk_false *self, u64 bytes_max)
{
    self->bytes_max = bytes_max;
}

u64 disk_false_bytes(const struct disk_false *self)
{
    return bytes_used(self);
}

void disk_false_set_read_only(struct disk_false *self, bool read_only)
{
    self->read_only = read_only;
}

static struct node *node_named(const struct disk_false *self, const char *path)
{
    i32 index = names_find(&self->seen, path);
    if (index < 0 || self->seen.rows[index].node < 0) {
        return NULL;
    }
    /* The disk is ours to change; only the caller's view of it is const. */
    const struct node *node = &self->nodes[self->seen.rows[index].node];
    return (struct node *)(uintptr_t)node;
}

bool disk_false_find(const struct disk_false *self, const char *path, struct span *content_out)
{
    const struct node *node = node_named(self, path);
    if (node != NULL) {
        *content_out = span_of(node->seen, (size_t)node->seen_bytes);
    }
    return node != NULL;
}

void disk_false_flip(struct disk_false *self, const char *path, u64 offset, u32 bit)
{
    struct node *node = node_named(self, path);
    CHECK(node != NULL);
    CHECK(offset < node->seen_bytes);
    CHECK(bit < 8);
    node->seen[offset] ^= (u8)(1U << bit);
    node->safe[offset] = node->seen[offset];
}

void disk_false_put(struct disk_false *self, const char *path, struct span content)
{
    CHECK(content.size <= NODE_BYTES_MAX);
    struct node *node = node_named(self, path);
    if (node == NULL) {
        u32 index = node_make(self);
        names_add(&self->seen, path, (i32)index);
        names_add(&self->safe, path, (i32)index);
        node = &self->nodes[index];
    }
    memset(node->seen, 0, (size_t)node->seen_bytes);
    memcpy(node->seen, content.data, content.size);
    node->seen_bytes = content.size;
    node_make_safe(node);
}

void disk_false_remove(struct disk_false *self, const char *path)
{
    names_remove(&self->seen, path);
    names_remove(&self->safe, path);
}

u32 disk_false_files(const struct disk_false *self)
{
    return self->seen.count;
}

const char *disk_false_name(const struct disk_false *self, u32 index)
{
    CHECK(index < self->seen.count);
    return self->seen.rows[index].path;
}
