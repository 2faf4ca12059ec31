/* One load of a list: reads its files, asks whether it may be believed, and puts it in force.
 *
 *     files ─▶ list_read ─▶ entries as lines ─▶ list_store ─▶ accepted ─▶ lists/NAME.list
 *                                                         └▶ refused: a row that says why
 *
 * It fails closed: a list that is damaged, empty, shrunken, dated in the future, older than the one
 * in force, or with too many rows that could not be read is refused, and what was in force stays.
 * A list with some rows that could not be read is taken, but removes nobody: an entry that is not
 * in it may be in such a row. Both are said in the row of the load. docs/lists.md. */
#ifndef ROLE_LISTS_LIST_LOAD_H
#define ROLE_LISTS_LIST_LOAD_H

#include "role/lists/list_read.h"
#include "role/lists/list_store.h"

#define LIST_HOUR_US             3600000000ULL
#define LIST_KEEP_PERCENT        90U
#define LIST_REFUSED_PERMILLE    10U
#define LIST_STALE_AFTER_DEFAULT (48U * LIST_HOUR_US)

struct list_policy {
    u32 keep_percent;     /* of the entries in force must be in the new list */
    u32 refused_permille; /* of its rows may be refused */
    u64 stale_after_us;   /* 0: as it was for this list, LIST_STALE_AFTER_DEFAULT for a new one */
};

struct list_load_request {
    const char *folder; /* the venue's */
    u64 list;           /* wire/code.h */
    const char *const *paths;
    u32 paths_count;
    enum list_format format;
    u64 now_us;
    u64 recorded_us;  /* 0: now. Earlier where a history is loaded afterwards */
    u64 confirmed_us; /* when the source was known to say this; 0: at recorded_us */
    struct list_policy policy;
    const char *accept_shrunken;    /* an officer's reason; NULL: none was given */
    const char *accept_refused;     /* the same for rows that were refused; entries may then go */
    const _Atomic u32 *is_stopping; /* not 0: FAULT_STOPPED at the next entry. NULL: never */
};

struct list_loader;

MUST_USE enum fault list_loader_create(struct list_loader **loader_out);
/* NULL is fine. */
void list_loader_destroy(struct list_loader *loader);

/* A fault: the disk, the database, another writer (FAULT_LOCKED), a history that goes backwards
 * (FAULT_USAGE). A list that is refused is none: load_out->outcome and load_out->reason say it.
 */
MUST_USE enum fault list_load(struct list_loader *loader, struct list_store *store,
                              const struct list_load_request *request, struct list_load *load_out);

/* Says in the log what has come of it: lists.loaded, lists.kept, lists.refused. */
void list_load_tell(const struct list_load *load);

#endif /* ROLE_LISTS_LIST_LOAD_H */
