/* Files: the one way to the disk.
 *
 * Everything that touches a disk goes through a struct disk, so that the simulator can put a false
 * one in its place (sim/disk.h) and crash it between any two calls. The real one is disk_real().
 *
 * Offsets and sizes of FILE_DIRECT files, and the addresses of their buffers, are multiples of
 * FILE_BLOCK_BYTES: that is a CHECK. A write either does the whole or returns a fault; after a
 * fault nobody knows what reached the disk. Faults name the path, the offset and the cause. */
#ifndef IO_FILE_H
#define IO_FILE_H

#include "base/base.h"
#include "io/fault.h"

#define FILE_BLOCK_BYTES 4096U
#define FILE_PATH_BYTES  512U
#define FILE_NAME_BYTES  128U

enum {
    FILE_WRITE = 1 << 0,  /* else only for reading */
    FILE_CREATE = 1 << 1, /* must not exist yet */
    FILE_DIRECT = 1 << 2, /* past the page cache; refused with EINVAL: without, and said once */
    FILE_DSYNC = 1 << 3,  /* a write returns when its data is on the disk */
    FILE_SECRET = 1 << 4, /* with FILE_CREATE: nobody but its owner may read it */
    FILE_OWN = 1 << 5,    /* without it: FAULT_UNPROTECTED where others may read or write it */
};

struct disk;

/* An open file. Closed when `disk` is NULL. */
struct file {
    struct disk *disk;
    i64 handle;
    u32 flags;
    char path[FILE_PATH_BYTES];
};

/* An exclusive lock on a folder, held until disk_unlock or the end of the process. */
struct disk_lock {
    struct disk *disk;
    i64 handle;
    u64 identity[2]; /* which file was locked: it may have been replaced since */
    bool at_once;    /* not waited for */
    char path[FILE_PATH_BYTES];
};

/* Called once per name in a folder ("." and ".." left out), in no order. */
struct disk_visitor {
    enum fault (*visit)(struct disk_visitor *visitor, const char *name);
};

struct disk_ops {
    enum fault (*open)(struct disk *disk, struct file *file);
    void (*close)(struct file *file);
    enum fault (*read_at)(struct file *file, u64 offset, void *target, size_t size,
                          size_t *size_out);
    enum fault (*write_at)(struct file *file, u64 offset, const void *source, size_t size);
    enum fault (*sync)(struct file *file);
    enum fault (*size)(struct file *file, u64 *size_out);
    enum fault (*resize)(struct file *file, u64 size);
    enum fault (*reserve)(struct file *file, u64 size);
    enum fault (*map)(struct file *file, u64 size, u8 **memory_out);
    void (*unmap)(struct disk *disk, u8 *memory, u64 size);
    void (*touch)(struct disk *disk, u8 *memory, u64 size);
    enum fault (*rename)(struct disk *disk, const char *source, const char *target);
    enum fault (*unlink)(struct disk *disk, const char *path);
    enum fault (*exists)(struct disk *disk, const char *path, bool *exists_out);
    enum fault (*make_folder)(struct disk *disk, const char *path);
    enum fault (*sync_folder)(struct disk *disk, const char *path);
    enum fault (*list)(struct disk *disk, const char *path, struct disk_visitor *visitor);
    enum fault (*lock)(struct disk *disk, struct disk_lock *lock);
    enum fault (*lock_check)(struct disk_lock *lock);
    void (*unlock)(struct disk_lock *lock);
};

struct disk {
    const struct disk_ops *ops;
};

/* The machine's file system. */
struct disk *disk_real(void);

/* "folder/name" into `path_out`; FAULT_LIMIT when it is too long. */
MUST_USE enum fault file_path(char path_out[FILE_PATH_BYTES], const char *folder, const char *name);

MUST_USE enum fault file_open(struct disk *disk, const char *path, u32 flags,
                              struct file *file_out);
void file_close(struct file *file);

/* Reads up to `size` bytes; fewer only at the end of the file. */
MUST_USE enum fault file_read_at(struct file *file, u64 offset, void *target, size_t size,
                                 size_t *size_out);
/* Reads exactly `size` bytes; FAULT_ROT naming the offset when the file ends before. */
MUST_USE enum fault file_read_whole(struct file *file, u64 offset, void *target, size_t size);
MUST_USE enum fault file_write_at(struct file *file, u64 offset, const void *source, size_t size);
/* Data and size to the disk. */
MUST_USE enum fault file_sync(struct file *file);
MUST_USE enum fault file_size(struct file *file, u64 *size_out);
MUST_USE enum fault file_resize(struct file *file, u64 size);
/* Makes the file `size` bytes long with space allocated for all of them, reading as zeros. */
MUST_USE enum fault file_reserve(struct file *file, u64 size);
/* The first `size` bytes as shared memory, writable when the file is. Outlives file_close. */
MUST_USE enum fault file_map(struct file *file, u64 size, u8 **memory_out);
void file_unmap(struct disk *disk, u8 *memory, u64 size);
/* Makes whole pages of writable mapped memory ready, so that writing to them later does not wait.
 * Changes no byte, and may run while another thread writes elsewhere in the file. */
void file_touch(struct disk *disk, u8 *memory, u64 size);

MUST_USE enum fault disk_rename(struct disk *disk, const char *source, const char *target);
MUST_USE enum fault disk_unlink(struct disk *disk, const char *path);
MUST_USE enum fault disk_exists(struct disk *disk, const char *path, bool *exists_out);
/* Exists already: fine. Its parent must exist. */
MUST_USE enum fault disk_make_folder(struct disk *disk, const char *path);
/* Names made, changed and removed in the folder reach the disk. */
MUST_USE enum fault disk_sync_folder(struct disk *disk, const char *path);
MUST_USE enum fault disk_list(struct disk *disk, const char *path, struct disk_visitor *visitor);

/* Locks `folder` for this process by its file LOCK; FAULT_LOCKED when another holds it, and still
 * does a second later: one that was just killed is not quite gone. */
MUST_USE enum fault disk_lock(struct disk *disk, const char *folder, struct disk_lock *lock_out);
/* The same without the wait: for whoever goes on beside the holder. */
MUST_USE enum fault disk_lock_at_once(struct disk *disk, const char *folder,
                                      struct disk_lock *lock_out);
/* Whether another process holds the folder now. One on which no lock can be had for want of rights
 * is held by nobody who writes. */
MUST_USE enum fault disk_is_locked(struct disk *disk, const char *folder, bool *locked_out);
/* FAULT_FENCED when LOCK is gone or is another file than the one we hold. */
MUST_USE enum fault disk_lock_check(struct disk_lock *lock);
void disk_unlock(struct disk_lock *lock);

/* Closes the file when its scope ends, unless file_release took it over. */
#define SCOPED_FILE __attribute__((cleanup(file_close))) struct file
struct file file_release(struct file *file);

#endif /* IO_FILE_H */
