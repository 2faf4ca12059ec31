/* One compiled list as the screening process holds it: the index of its entries, and a hash of each
 * entry's line, so that a new load tells which entries are new or have changed. */
#ifndef ROLE_SCREEN_SCREEN_LIST_H
#define ROLE_SCREEN_SCREEN_LIST_H

#include "base/base.h"
#include "io/fault.h"
#include "io/file.h"
#include "role/screen/find.h"
#include "role/screen/index.h"
#include "wire/list_entry.h"

#define SCREEN_LIST_BYTES_MAX (1ULL << 30)

struct screen_entry_hash {
    u64 hash;
    u64 line_at; /* where its line begins, where lines are kept */
    u32 line_bytes;
    u32 entry;
};

struct screen_list {
    struct screen_index *index;       /* NULL: none was read yet */
    struct screen_entry_hash *hashes; /* in the order of the entries' numbers */
    u32 hashes_count;
    bool keeps_lines; /* set before the first reading: entries can be had again */
    u8 *lines;
    u64 lines_bytes;
    struct list_header header;
};

/* Reads the file whole. On a fault *list is as it was: the old one stays in use. `entry` is room
 * for one; `weights` are what the index weighs names with, NULL: its own. FAULT_MISSING,
 * FAULT_INPUT naming the line, FAULT_LIMIT. */
MUST_USE enum fault screen_list_read(struct screen_list *list, struct disk *disk, const char *path,
                                     struct index_weights *weights, struct list_entry *entry);
/* One that is all zero is fine. */
void screen_list_close(struct screen_list *list);

/* Reads the header alone. */
MUST_USE enum fault screen_list_peek(struct disk *disk, const char *path,
                                     struct list_header *header_out, bool *exists_out);

/* A searcher with room for all of these lists, `stride` bytes from one to the next: the one that is
 * there, or another in its place, which has been asked once (the first name of a script loads its
 * tables). `entry` is room for one. */
MUST_USE enum fault screen_list_searcher(struct find **find, const struct screen_list *first,
                                         size_t stride, u32 count, u32 hits_max,
                                         struct list_entry *entry);

/* 0: there is no such entry. */
u64 screen_list_hash(const struct screen_list *list, u32 entry);

/* The line of an entry, where lines are kept; {NULL, 0}: there is no such entry. */
struct span screen_list_line(const struct screen_list *list, u32 entry);

#endif /* ROLE_SCREEN_SCREEN_LIST_H */
