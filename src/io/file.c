#include "io/file.h"

#include "base/check.h"

#include <stdio.h>
#include <string.h>

enum fault file_path(char path_out[FILE_PATH_BYTES], const char *folder, const char *name)
{
    int length = snprintf(path_out, FILE_PATH_BYTES, "%s/%s", folder, name);
    if (length < 0 || (size_t)length >= FILE_PATH_BYTES) {
        return FAULT(FAULT_LIMIT, "%.200s...: the path is longer than %u bytes", folder,
                     FILE_PATH_BYTES - 1);
    }
    return FAULT_NONE;
}

static enum fault path_copy(char path_out[FILE_PATH_BYTES], const char *path)
{
    size_t length = strlen(path);
    if (length >= FILE_PATH_BYTES) {
        return FAULT(FAULT_LIMIT, "%.200s...: the path is longer than %u bytes", path,
                     FILE_PATH_BYTES - 1);
    }
    memcpy(path_out, path, length + 1);
    return FAULT_NONE;
}

enum fault file_open(struct disk *disk, const char *path, u32 flags, struct file *file_out)
{
    *file_out = (struct file){.disk = NULL, .handle = -1, .flags = flags};
    CHECK((flags & FILE_WRITE) != 0 || (flags & (FILE_CREATE | FILE_DSYNC)) == 0);
    CHECK((flags & FILE_CREATE) != 0 || (flags & FILE_SECRET) == 0);
    CHECK((flags & FILE_CREATE) == 0 || (flags & FILE_OWN) == 0);
    TRY(path_copy(file_out->path, path));
    TRY(disk->ops->open(disk, file_out));
    file_out->disk = disk;
    return FAULT_NONE;
}

void file_close(struct file *file)
{
    if (file->disk != NULL) {
        file->disk->ops->close(file);
        file->disk = NULL;
        file->handle = -1;
    }
}

struct file file_release(struct file *file)
{
    struct file taken = *file;
    file->disk = NULL;
    file->handle = -1;
    return taken;
}

static void check_aligned(const struct file *file, u64 offset, const void *memory, size_t size)
{
    CHECK(file->disk != NULL);
    CHECK(offset <= (u64)INT64_MAX - size);
    if ((file->flags & FILE_DIRECT) != 0) {
        CHECK(offset % FILE_BLOCK_BYTES == 0);
        CHECK((uintptr_t)memory % FILE_BLOCK_BYTES == 0);
        CHECK(size % FILE_BLOCK_BYTES == 0);
    }
}

enum fault file_read_at(struct file *file, u64 offset, void *target, size_t size, size_t *size_out)
{
    check_aligned(file, offset, target, size);
    *size_out = 0;
    TRY(file->disk->ops->read_at(file, offset, target, size, size_out));
    CHECK(*size_out <= size);
    return FAULT_NONE;
}

enum fault file_read_whole(struct file *file, u64 offset, void *target, size_t size)
{
    size_t got = 0;
    TRY(file_read_at(file, offset, target, size, &got));
    if (got != size) {
        return FAULT(FAULT_ROT, "%s: the file ends at offset %llu, %zu bytes were expected at %llu",
                     file->path, (unsigned long long)(offset + got), size,
                     (unsigned long long)offset);
    }
    return FAULT_NONE;
}

enum fault file_write_at(struct file *file, u64 offset, const void *source, size_t size)
{
    check_aligned(file, offset, source, size);
    CHECK((file->flags & FILE_WRITE) != 0);
    TRY(file->disk->ops->write_at(file, offset, source, size));
    return FAULT_NONE;
}

enum fault file_sync(struct file *file)
{
    CHECK(file->disk != NULL);
    TRY(file->disk->ops->sync(file));
    return FAULT_NONE;
}

enum fault file_size(struct file *file, u64 *size_out)
{
    CHECK(file->disk != NULL);
    TRY(file->disk->ops->size(file, size_out));
    return FAULT_NONE;
}

enum fault file_resize(struct file *file, u64 size)
{
    CHECK(file->disk != NULL);
    CHECK((file->flags & FILE_WRITE) != 0);
    TRY(file->disk->ops->resize(file, size));
    return FAULT_NONE;
}

enum fault file_reserve(struct file *file, u64 size)
{
    CHECK(file->disk != NULL);
    CHECK((file->flags & FILE_WRITE) != 0);
    TRY(file->disk->ops->reserve(file, size));
    return FAULT_NONE;
}

enum fault file_map(struct file *file, u64 size, u8 **memory_out)
{
    CHECK(file->disk != NULL);
    CHECK(size > 0 && size <= (u64)INT64_MAX);
    TRY(file->disk->ops->map(file, size, memory_out));
    return FAULT_NONE;
}

void file_unmap(struct disk *disk, u8 *memory, u64 size)
{
    if (memory != NULL) {
        disk->ops->unmap(disk, memory, size);
    }
}

void file_touch(struct disk *disk, u8 *memory, u64 size)
{
    CHECK((uintptr_t)memory % FILE_BLOCK_BYTES == 0);
    disk->ops->touch(disk, memory, size);
}

enum fault disk_rename(struct disk *disk, const char *source, const char *target)
{
    TRY(disk->ops->rename(disk, source, target));
    return FAULT_NONE;
}

enum fault disk_unlink(struct disk *disk, const char *path)
{
    TRY(disk->ops->unlink(disk, path));
    return FAULT_NONE;
}

enum fault disk_exists(struct disk *disk, const char *path, bool *exists_out)
{
    TRY(disk->ops->exists(disk, path, exists_out));
    return FAULT_NONE;
}

enum fault disk_make_folder(struct disk *disk, const char *path)
{
    TRY(disk->ops->make_folder(disk, path));
    return FAULT_NONE;
}

enum fault disk_sync_folder(struct disk *disk, const char *path)
{
    TRY(disk->ops->sync_folder(disk, path));
    return FAULT_NONE;
}

enum fault disk_list(struct disk *disk, const char *path, struct disk_visitor *visitor)
{
    TRY(disk->ops->list(disk, path, visitor));
    return FAULT_NONE;
}

static enum fault lock_of(struct disk *disk, const char *folder, bool at_once,
                          struct disk_lock *lock_out)
{
    *lock_out = (struct disk_lock){.disk = NULL, .handle = -1, .at_once = at_once};
    TRY(file_path(lock_out->path, folder, "LOCK"));
    TRY(disk->ops->lock(disk, lock_out));
    lock_out->disk = disk;
    return FAULT_NONE;
}

enum fault disk_lock(struct disk *disk, const char *folder, struct disk_lock *lock_out)
{
    return lock_of(disk, folder, false, lock_out);
}

enum fault disk_lock_at_once(struct disk *disk, const char *folder, struct disk_lock *lock_out)
{
    return lock_of(disk, folder, true, lock_out);
}

enum fault disk_is_locked(struct disk *disk, const char *folder, bool *locked_out)
{
    struct disk_lock lock;
    enum fault fault = disk_lock_at_once(disk, folder, &lock);
    *locked_out = fault == FAULT_LOCKED;
    if (fault == FAULT_LOCKED || fault == FAULT_READ_ONLY || fault == FAULT_PERMISSION) {
        fault_forget();
        return FAULT_NONE;
    }
    TRY(fault);
    disk_unlock(&lock);
    return FAULT_NONE;
}

enum fault disk_lock_check(struct disk_lock *lock)
{
    CHECK(lock->disk != NULL);
    TRY(lock->disk->ops->lock_check(lock));
    return FAULT_NONE;
}

void disk_unlock(struct disk_lock *lock)
{
    if (lock->disk != NULL) {
        lock->disk->ops->unlock(lock);
        lock->disk = NULL;
    }
}
