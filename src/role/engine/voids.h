/* Which sequence numbers are skipped. The truth is the `void` records in the journal; but such a
 * record stands behind the command it names, so whoever replays wants to know before he gets there.
 * The file `voids` says so; replay confirms every entry against the journal, and begins anew with a
 * corrected list where the two disagree. A file that is missing or damaged is an empty list. */
#ifndef ROLE_ENGINE_VOIDS_H
#define ROLE_ENGINE_VOIDS_H

#include "base/base.h"
#include "io/fault.h"
#include "io/file.h"

#define VOIDS_MAX 1024U

struct void_entry {
    u64 seq;        /* the command skipped */
    u64 seq_record; /* the record that says so; 0: not known yet */
    u32 code;
    bool confirmed; /* its record was met in this replay */
};

/* Sorted by seq. */
struct void_list {
    struct void_entry entries[VOIDS_MAX];
    u32 count;
};

MUST_USE enum fault voids_load(struct disk *disk, const char *path, struct void_list *list_out);

/* Replaces the file, or leaves the one before: written beside it, synced, renamed. */
MUST_USE enum fault voids_store(struct disk *disk, const char *folder, const char *path,
                                const struct void_list *list);

struct void_entry *voids_find(struct void_list *list, u64 seq);

/* The first sequence number >= seq that is skipped; UINT64_MAX when there is none. */
u64 voids_next(const struct void_list *list, u64 seq);

/* FAULT_LIMIT when there are VOIDS_MAX. */
MUST_USE enum fault voids_add(struct void_list *list, const struct void_entry *entry);
void voids_remove(struct void_list *list, u64 seq);

#endif /* ROLE_ENGINE_VOIDS_H */
