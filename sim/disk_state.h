/* The inside of the false disk, shared by its three files: names (disk_names.c), what each call
 * does (disk_work.c), and the interfaces (disk.c). Nobody else includes this. */
#ifndef SIM_DISK_STATE_H
#define SIM_DISK_STATE_H

#include "sim/disk.h"

#include <pthread.h>

enum {
    NODES_MAX = 512,
    OPEN_MAX = 64,
    CHANGES_MAX = 512,
};

/* Address space for one picture of one file, so that mapped memory never moves. */
#define NODE_BYTES_MAX (64ULL << 20)

/* A file's contents, whatever its name. */
struct node {
    bool used;
    u32 names_count; /* names that a program sees */
    u32 open_count;
    u32 maps_count;
    u64 number;
    u8 *seen; /* NODE_BYTES_MAX of zeros at first */
    u8 *safe;
    u64 seen_bytes;
    u64 safe_bytes;
    bool locked;
};

struct name {
    char path[FILE_PATH_BYTES];
    i32 node; /* -1: a folder */
};

struct names {
    struct name rows[DISK_FALSE_FILES_MAX];
    u32 count;
};

enum change_kind { CHANGE_ADD, CHANGE_REMOVE, CHANGE_RENAME };

/* A change to names that is not safe yet. */
struct change {
    enum change_kind kind;
    struct name name;
    char target[FILE_PATH_BYTES];
};

struct handle {
    bool used;
    u32 node;
    bool synchronous;
};

struct disk_false {
    struct disk disk;
    struct random random;
    u32 sector_bytes;
    u64 bytes_max;
    bool read_only;
    bool crashed;
    u64 operations;
    u64 crash_at;
    u64 fail_at;
    enum fault fail_with;
    u64 reads;
    u64 fail_read_at;
    enum fault fail_read_with;
    u32 generation; /* grows at restart: older handles are dead */
    u64 node_number;
    struct node nodes[NODES_MAX];
    struct names seen;
    struct names safe;
    struct change changes[CHANGES_MAX];
    u32 changes_count;
    struct handle handles[OPEN_MAX];
    pthread_mutex_t mutex;
};

/* ---- disk_names.c ---- */

/* The index of a path's row, or -1. */
i32 names_find(const struct names *names, const char *path);
void names_add(struct names *names, const char *path, i32 node);
void names_remove(struct names *names, const char *path);
/* Removes names whose folder is not among the names. */
void names_drop_orphans(struct names *names);
bool folder_exists(const struct names *names, const char *folder);
bool is_in_folder(const char *path, const char *folder);
/* The folder a path stands in; empty for the root. */
void parent_of(const char *path, char parent_out[FILE_PATH_BYTES]);
/* A change to names: seen at once, safe once its folder is synced. */
void change_make(struct disk_false *self, enum change_kind kind, const char *path, i32 node,
                 const char *target);
/* The first `count` changes that concern `folder` (NULL: any) become safe. */
void changes_settle(struct disk_false *self, const char *folder, u32 count);

/* ---- disk_work.c: the calls, with the mutex held ---- */

u32 node_make(struct disk_false *self);
void node_free(struct node *node);
void node_make_safe(struct node *node);
/* Frees what has neither a name nor an open file. */
void nodes_collect(struct disk_false *self);
u64 bytes_used(const struct disk_false *self);
struct handle *handle_of(struct disk_false *self, const struct file *file);
/* The open file's contents; NULL after a restart. */
struct node *node_of(struct disk_false *self, const struct file *file);
enum fault power_is_off(void);
/* Numbers a call without effect, which may be the one to fail. */
enum fault read_begin(struct disk_false *self);

enum fault do_open(struct disk_false *self, struct file *file);
enum fault do_read(struct disk_false *self, struct file *file, u64 offset, void *target,
                   size_t size, size_t *size_out);
enum fault do_write(struct disk_false *self, struct file *file, u64 offset, struct span data);
enum fault do_sync(struct disk_false *self, struct file *file);
enum fault do_resize(struct disk_false *self, struct file *file, u64 size, bool shrink);
enum fault do_rename(struct disk_false *self, const char *source, const char *target);
enum fault do_unlink(struct disk_false *self, const char *path);
enum fault do_make_folder(struct disk_false *self, const char *path);
enum fault do_sync_folder(struct disk_false *self, const char *path);
enum fault do_lock(struct disk_false *self, struct disk_lock *lock);
enum fault do_lock_check(struct disk_false *self, const struct disk_lock *lock);

#endif /* SIM_DISK_STATE_H */
