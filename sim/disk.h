/* The false disk: files in memory that crash, tear, rot and fill up on command.
 *
 * It implements struct disk (io/file.h) and keeps two pictures: what a program sees, and what would
 * survive a power cut. A write to a FILE_DSYNC file survives once it has returned; any other write
 * survives once file_sync has returned; names survive once the folder is synced. At a crash each
 * sector that is not safe yet lives or dies by the seed, the write in flight included, and of the
 * unsynced changes to names an earlier part lives.
 *
 * Every call that changes something counts as one operation. A test crashes the disk at operation
 * k, opens what is left with disk_false_restart, and looks. */
#ifndef SIM_DISK_H
#define SIM_DISK_H

#include "base/base.h"
#include "base/random.h"
#include "io/fault.h"
#include "io/file.h"

#define DISK_FALSE_FILES_MAX 256U

struct disk_false;

struct disk_false_config {
    u64 seed;
    u64 bytes_max;    /* 0: no bound; else FAULT_DISK_FULL beyond */
    u32 sector_bytes; /* 0: 4096; 512 tears finer */
};

struct disk_false *disk_false_open(const struct disk_false_config *config);
void disk_false_close(struct disk_false *disk);
struct disk *disk_false_disk(struct disk_false *disk);

/* Operations done so far: each open with FILE_CREATE, write, sync, resize, reserve, rename, unlink,
 * folder made, folder synced. */
u64 disk_false_operations(const struct disk_false *disk);

/* Power goes during operation number `operation` (the first is 1): a part of it may happen, and it
 * and every later call return FAULT_IO. 0: never. */
void disk_false_crash_at(struct disk_false *disk, u64 operation);
bool disk_false_crashed(const struct disk_false *disk);

/* Operation number `operation` returns `fault`, after none, some or all of it has happened; the
 * disk goes on. 0: never. Reads and other calls without effect are numbered separately. */
void disk_false_fail_at(struct disk_false *disk, u64 operation, enum fault fault);
u64 disk_false_reads(const struct disk_false *disk);
void disk_false_fail_read_at(struct disk_false *disk, u64 read, enum fault fault);

/* Power is cut now, unless it was already; then the surviving picture is all there is, nothing is
 * open and nothing is locked. Mapped memory of before must not be used any more. */
void disk_false_restart(struct disk_false *disk);

/* As restart after a kill -9: the system lives on, so everything written survives. */
void disk_false_restart_process(struct disk_false *disk);

void disk_false_set_bytes_max(struct disk_false *disk, u64 bytes_max);
u64 disk_false_bytes(const struct disk_false *disk);
void disk_false_set_read_only(struct disk_false *disk, bool read_only);

/* For tests: looks at, changes and counts files directly. */
bool disk_false_find(const struct disk_false *disk, const char *path, struct span *content_out);
void disk_false_flip(struct disk_false *disk, const char *path, u64 offset, u32 bit);
void disk_false_put(struct disk_false *disk, const char *path, struct span content);
void disk_false_remove(struct disk_false *disk, const char *path);
u32 disk_false_files(const struct disk_false *disk);
const char *disk_false_name(const struct disk_false *disk, u32 index);

#endif /* SIM_DISK_H */
