/* The machine's file system behind io/file.h. */
#include "io/file.h"
#include "io/log.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { FILE_MODE = 0640, SECRET_MODE = 0600, FOLDER_MODE = 0750, PID_BYTES = 32 };
enum { LOCK_WAIT_MS = 1000, LOCK_STEP_MS = 10 };

/* Decision 22: where the file system refuses O_DIRECT we go on without and say so, once. */
static void say_direct_refused(const char *path)
{
    static atomic_flag said = ATOMIC_FLAG_INIT;
    if (!atomic_flag_test_and_set(&said)) {
        log_warn("disk.direct_refused", LOG_STR("file", path),
                 LOG_STR("effect", "writes go through the page cache, still synchronous"));
    }
}

static int open_retrying(const char *path, int flags, mode_t mode)
{
    int descriptor = -1;
    do {
        descriptor = open(path, flags, mode);
    } while (descriptor < 0 && errno == EINTR);
    return descriptor;
}

/* Of what is open, so that nobody puts another file there in between. */
static enum fault own_check(const struct file *file, int descriptor)
{
    struct stat status;
    if (fstat(descriptor, &status) != 0) {
        return FAULT_ERRNO(errno, "%s: cannot look at it", file->path);
    }
    return (status.st_mode & (S_IRWXG | S_IRWXO)) == 0
               ? FAULT_NONE
               : FAULT(FAULT_UNPROTECTED,
                       "%s: others than its owner may read or write it (mode %04o): chmod 600",
                       file->path, status.st_mode & 07777U);
}

static enum fault real_open(struct disk *disk, struct file *file)
{
    (void)disk;
    int flags = O_CLOEXEC | ((file->flags & FILE_WRITE) != 0 ? O_RDWR : O_RDONLY);
    flags |= (file->flags & FILE_CREATE) != 0 ? O_CREAT | O_EXCL : 0;
    flags |= (file->flags & FILE_DSYNC) != 0 ? O_DSYNC : 0;
    mode_t mode = (file->flags & FILE_SECRET) != 0 ? SECRET_MODE : FILE_MODE;
    int direct = (file->flags & FILE_DIRECT) != 0 ? O_DIRECT : 0;
    int descriptor = open_retrying(file->path, flags | direct, mode);
    if (descriptor < 0 && errno == EINVAL && direct != 0) {
        say_direct_refused(file->path);
        /* Linux may have made the file before it refused the flag. */
        int retry_flags = access(file->path, F_OK) == 0 ? flags & ~O_EXCL : flags;
        descriptor = open_retrying(file->path, retry_flags, mode);
    }
    if (descriptor < 0) {
        return FAULT_ERRNO(errno, "%s: cannot %s", file->path,
                           (file->flags & FILE_CREATE) != 0 ? "create" : "open");
    }
    enum fault fault = (file->flags & FILE_OWN) != 0 ? own_check(file, descriptor) : FAULT_NONE;
    if (fault != FAULT_NONE) {
        (void)close(descriptor);
        return fault;
    }
    file->handle = descriptor;
    return FAULT_NONE;
}

static int descriptor_of(const struct file *file)
{
    return (int)file->handle;
}

static void real_close(struct file *file)
{
    (void)close(descriptor_of(file));
}

/* The file system took the flag at open and refuses it now: nothing was written or read. */
static bool direct_dropped(struct file *file)
{
    int flags = fcntl(descriptor_of(file), F_GETFL);
    if (flags < 0 || (flags & O_DIRECT) == 0) {
        return false;
    }
    say_direct_refused(file->path);
    return fcntl(descriptor_of(file), F_SETFL, flags & ~O_DIRECT) == 0;
}

static enum fault real_read_at(struct file *file, u64 offset, void *target, size_t size,
                               size_t *size_out)
{
    size_t done = 0;
    while (done < size) {
        ssize_t got =
            pread(descriptor_of(file), (u8 *)target + done, size - done, (off_t)(offset + done));
        if (got < 0 && (errno == EINTR || (errno == EINVAL && direct_dropped(file)))) {
            continue;
        }
        if (got < 0) {
            return FAULT_ERRNO(errno, "%s: read of %zu bytes at offset %llu", file->path, size,
                               (unsigned long long)offset);
        }
        done += (size_t)got;
        if (got == 0 || (size_t)got % FILE_BLOCK_BYTES != 0) {
            /* The end, or a last part of a block: past it O_DIRECT could not read on. */
            if (got == 0 || (file->flags & FILE_DIRECT) != 0) {
                break;
            }
        }
    }
    *size_out = done;
    return FAULT_NONE;
}

static enum fault real_write_at(struct file *file, u64 offset, const void *source, size_t size)
{
    size_t done = 0;
    while (done < size) {
        ssize_t put = pwrite(descriptor_of(file), (const u8 *)source + done, size - done,
                             (off_t)(offset + done));
        if (put < 0 && (errno == EINTR || (errno == EINVAL && direct_dropped(file)))) {
            continue;
        }
        if (put <= 0) {
            int error = put == 0 ? EIO : errno;
            return FAULT_ERRNO(error, "%s: write of %zu bytes at offset %llu", file->path, size,
                               (unsigned long long)offset);
        }
        done += (size_t)put;
    }
    return FAULT_NONE;
}

static enum fault real_sync(struct file *file)
{
    if (fdatasync(descriptor_of(file)) != 0) {
        return FAULT_ERRNO(errno, "%s: sync", file->path);
    }
    return FAULT_NONE;
}

static enum fault real_size(struct file *file, u64 *size_out)
{
    struct stat status;
    if (fstat(descriptor_of(file), &status) != 0) {
        return FAULT_ERRNO(errno, "%s: cannot look at it", file->path);
    }
    *size_out = (u64)status.st_size;
    return FAULT_NONE;
}

static enum fault real_resize(struct file *file, u64 size)
{
    if (ftruncate(descriptor_of(file), (off_t)size) != 0) {
        return FAULT_ERRNO(errno, "%s: resize to %llu bytes", file->path, (unsigned long long)size);
    }
    return FAULT_NONE;
}

static enum fault real_reserve(struct file *file, u64 size)
{
    int error = posix_fallocate(descriptor_of(file), 0, (off_t)size);
    if (error != 0) {
        return FAULT_ERRNO(error, "%s: reserve %llu bytes", file->path, (unsigned long long)size);
    }
    return FAULT_NONE;
}

static enum fault real_map(struct file *file, u64 size, u8 **memory_out)
{
    int protection = PROT_READ | ((file->flags & FILE_WRITE) != 0 ? PROT_WRITE : 0);
    void *memory = mmap(NULL, (size_t)size, protection, MAP_SHARED, descriptor_of(file), 0);
    if (memory == MAP_FAILED) {
        return FAULT_ERRNO(errno, "%s: map %llu bytes", file->path, (unsigned long long)size);
    }
    *memory_out = memory;
    return FAULT_NONE;
}

static void real_unmap(struct disk *disk, u8 *memory, u64 size)
{
    (void)disk;
    (void)munmap(memory, (size_t)size);
}

static void real_touch(struct disk *disk, u8 *memory, u64 size)
{
    (void)disk;
#ifdef MADV_POPULATE_WRITE
    /* Only to save time: an old kernel that cannot is no fault. */
    (void)madvise(memory, (size_t)size, MADV_POPULATE_WRITE);
#else
    (void)memory;
    (void)size;
#endif
}

static enum fault real_rename(struct disk *disk, const char *source, const char *target)
{
    (void)disk;
    if (rename(source, target) != 0) {
        return FAULT_ERRNO(errno, "%s: rename to %s", source, target);
    }
    return FAULT_NONE;
}

static enum fault real_unlink(struct disk *disk, const char *path)
{
    (void)disk;
    if (unlink(path) != 0) {
        return FAULT_ERRNO(errno, "%s: remove", path);
    }
    return FAULT_NONE;
}

static enum fault real_exists(struct disk *disk, const char *path, bool *exists_out)
{
    (void)disk;
    struct stat status;
    *exists_out = stat(path, &status) == 0;
    if (!*exists_out && errno != ENOENT) {
        return FAULT_ERRNO(errno, "%s: cannot look at it", path);
    }
    return FAULT_NONE;
}

static enum fault real_make_folder(struct disk *disk, const char *path)
{
    (void)disk;
    if (mkdir(path, FOLDER_MODE) == 0) {
        return FAULT_NONE;
    }
    int error = errno;
    struct stat status;
    if (error == EEXIST && stat(path, &status) == 0 && S_ISDIR(status.st_mode)) {
        return FAULT_NONE;
    }
    return FAULT_ERRNO(error, "%s: cannot make the folder", path);
}

static enum fault real_sync_folder(struct disk *disk, const char *path)
{
    (void)disk;
    int descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) {
        return FAULT_ERRNO(errno, "%s: cannot open the folder", path);
    }
    int error = fsync(descriptor) == 0 ? 0 : errno;
    (void)close(descriptor);
    if (error != 0) {
        return FAULT_ERRNO(error, "%s: sync of the folder", path);
    }
    return FAULT_NONE;
}

static enum fault real_list(struct disk *disk, const char *path, struct disk_visitor *visitor)
{
    (void)disk;
    DIR *folder = opendir(path);
    if (folder == NULL) {
        return FAULT_ERRNO(errno, "%s: cannot open the folder", path);
    }
    enum fault fault = FAULT_NONE;
    errno = 0;
    for (struct dirent *entry = readdir(folder); entry != NULL && fault == FAULT_NONE;
         entry = readdir(folder)) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
            fault = visitor->visit(visitor, entry->d_name);
        }
        errno = 0;
    }
    if (fault == FAULT_NONE && errno != 0) {
        fault = FAULT_ERRNO(errno, "%s: cannot read the folder", path);
    }
    (void)closedir(folder);
    return fault;
}

/* Who holds the lock, as the holder wrote it: for the message only. */
static long lock_holder(int descriptor)
{
    char text[PID_BYTES] = {0};
    ssize_t got = pread(descriptor, text, sizeof(text) - 1, 0);
    return got > 0 ? strtol(text, NULL, 10) : 0;
}

/* False with errno when the lock cannot be had. A process that was killed keeps its locks until the
 * system has taken back its memory, some 100 ms per GiB: whoever comes right after it waits for
 * that, unless the lock is wanted at once. */
static bool lock_wait(const struct disk_lock *lock, int descriptor)
{
    const struct timespec step = {.tv_nsec = LOCK_STEP_MS * 1000000L};
    const u32 wait_ms = lock->at_once ? 0 : LOCK_WAIT_MS;
    int result = flock(descriptor, LOCK_EX | LOCK_NB);
    for (u32 waited_ms = 0; result != 0 && waited_ms < wait_ms; waited_ms += LOCK_STEP_MS) {
        if (errno != EWOULDBLOCK) {
            return false;
        }
        (void)nanosleep(&step, NULL);
        result = flock(descriptor, LOCK_EX | LOCK_NB);
    }
    return result == 0;
}

static enum fault lock_held(const struct disk_lock *lock, int descriptor)
{
    return FAULT(FAULT_LOCKED, "%s: another process uses this folder (process %ld)", lock->path,
                 lock_holder(descriptor));
}

/* LOCK cannot be opened for writing, for the reason `error`. Whoever may read it can still see that
 * another holds it, which matters more. */
static enum fault lock_refused(const struct disk_lock *lock, int error)
{
    int descriptor = open_retrying(lock->path, O_RDONLY | O_CLOEXEC, FILE_MODE);
    enum fault fault = FAULT_NONE;
    if (descriptor >= 0 && !lock_wait(lock, descriptor) && errno == EWOULDBLOCK) {
        fault = lock_held(lock, descriptor);
    }
    if (descriptor >= 0) {
        (void)close(descriptor);
    }
    return fault != FAULT_NONE ? fault : FAULT_ERRNO(error, "%s: cannot create", lock->path);
}

static enum fault lock_take(struct disk_lock *lock, int descriptor)
{
    if (!lock_wait(lock, descriptor)) {
        return errno == EWOULDBLOCK ? lock_held(lock, descriptor)
                                    : FAULT_ERRNO(errno, "%s: lock", lock->path);
    }
    struct stat status;
    if (fstat(descriptor, &status) != 0) {
        return FAULT_ERRNO(errno, "%s: cannot look at it", lock->path);
    }
    lock->identity[0] = (u64)status.st_dev;
    lock->identity[1] = (u64)status.st_ino;
    char text[PID_BYTES];
    int length = snprintf(text, sizeof(text), "%ld\n", (long)getpid());
    if (ftruncate(descriptor, 0) != 0 || pwrite(descriptor, text, (size_t)length, 0) != length) {
        return FAULT_ERRNO(errno, "%s: write", lock->path);
    }
    return FAULT_NONE;
}

static enum fault real_lock(struct disk *disk, struct disk_lock *lock)
{
    (void)disk;
    int descriptor = open_retrying(lock->path, O_RDWR | O_CREAT | O_CLOEXEC, FILE_MODE);
    if (descriptor < 0) {
        return lock_refused(lock, errno);
    }
    enum fault fault = lock_take(lock, descriptor);
    if (fault != FAULT_NONE) {
        (void)close(descriptor);
        return fault;
    }
    lock->handle = descriptor;
    return FAULT_NONE;
}

static enum fault real_lock_check(struct disk_lock *lock)
{
    struct stat status;
    if (stat(lock->path, &status) != 0) {
        return FAULT(FAULT_FENCED, "%s: the lock file we hold is gone: %s", lock->path,
                     strerror(errno));
    }
    if ((u64)status.st_dev != lock->identity[0] || (u64)status.st_ino != lock->identity[1]) {
        return FAULT(FAULT_FENCED, "%s: the lock file was replaced by another", lock->path);
    }
    return FAULT_NONE;
}

static void real_unlock(struct disk_lock *lock)
{
    (void)close((int)lock->handle);
}

struct disk *disk_real(void)
{
    static const struct disk_ops ops = {
        .open = real_open,
        .close = real_close,
        .read_at = real_read_at,
        .write_at = real_write_at,
        .sync = real_sync,
        .size = real_size,
        .resize = real_resize,
        .reserve = real_reserve,
        .map = real_map,
        .unmap = real_unmap,
        .touch = real_touch,
        .rename = real_rename,
        .unlink = real_unlink,
        .exists = real_exists,
        .make_folder = real_make_folder,
        .sync_folder = real_sync_folder,
        .list = real_list,
        .lock = real_lock,
        .lock_check = real_lock_check,
        .unlock = real_unlock,
    };
    static struct disk disk = {.ops = &ops};
    return &disk;
}
