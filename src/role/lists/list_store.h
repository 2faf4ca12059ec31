/* Sanctions lists as a database: every load, every entry, every version of it, and when we knew.
 *
 *     list_store_begin    a transaction: one load of one list
 *     list_store_put      an entry of the new list, as a line of the normal form
 *     list_store_accept   ends what is no longer listed, writes the load's row, commits
 *     list_store_refuse   forgets what was put, and keeps a row that says why
 *
 * An entry gets a number that it keeps for ever: the source's own id where that is a free number,
 * else the next free one; what an entry was once called stays its own, also after it was removed.
 * A version is a line with the interval in which it was in force, by the time at which we recorded
 * it, so that "as known on D" is a look at intervals. Times of recording grow with every accepted
 * load of a list. docs/lists.md. */
#ifndef ROLE_LISTS_LIST_STORE_H
#define ROLE_LISTS_LIST_STORE_H

#include "base/base.h"
#include "io/digest.h"
#include "io/fault.h"
#include "io/file.h"
#include "io/sql.h"
#include "wire/list_entry.h"

#define LISTS_FOLDER        "lists"    /* in the venue's */
#define LISTS_DATABASE      "lists.db" /* in that */
#define LISTS_FILE          LISTS_FOLDER "/" LISTS_DATABASE
#define LIST_STORE_VERSION  1U
#define LIST_ENTRIES_MAX    4000000U /* of one list */
#define LIST_KEY_BYTES      512U     /* of a source's id */
#define LIST_FILES_BYTES    1024U    /* names of a load's files, a blank between */
#define LIST_REASON_BYTES   512U
#define LIST_REFUSALS_BYTES 4096U
#define LIST_TIME_OPEN      ((u64)INT64_MAX) /* the end of what is still in force */

enum list_outcome {
    LIST_OUTCOME_ACCEPTED,
    LIST_OUTCOME_UNCHANGED,  /* what is in force already; it has no row of its own */
    LIST_OUTCOME_UNREADABLE, /* damaged, cut short, no format that we know */
    LIST_OUTCOME_EMPTY,
    LIST_OUTCOME_SHRUNKEN,
    LIST_OUTCOME_FUTURE, /* published later than now */
    LIST_OUTCOME_OLDER,  /* published before the one in force */
    LIST_OUTCOME_SPOILT, /* too many of its rows were refused */
};
#define LIST_OUTCOME_COUNT 8U

const char *list_outcome_name(enum list_outcome outcome); /* "shrunken" */

/* A row of the log of loads. */
struct list_load {
    u32 number; /* from 1, over all lists */
    u64 list;   /* wire/code.h */
    enum list_outcome outcome;
    u64 recorded_us; /* when we knew */
    u64 taken_us;    /* by the clock; not the same where a history is loaded afterwards */
    u64 again_us;    /* when the same came last */
    u64 times;       /* that it came: 1, unless it came again */
    struct list_date published;
    u8 hash[SHA256_BYTES]; /* of the files; zeros: they could not be read */
    u64 rows;              /* = entries + merged + refused */
    u64 entries;
    u64 merged;
    u64 refused;
    u64 in_force; /* entries after it; of a refused load: of the one that stays */
    u64 added;
    u64 changed;
    u64 removed;
    u64 kept; /* not in it, and not removed, since rows of it were refused */
    char format[LIST_CODE_BYTES + 1];
    char files[LIST_FILES_BYTES];
    char reason[LIST_REASON_BYTES];     /* why it was refused */
    char consent[LIST_REASON_BYTES];    /* an officer's words for taking it all the same */
    char refusals[LIST_REFUSALS_BYTES]; /* the rows that were refused: counts, and the first */
};

/* What is known of a list besides its entries. */
struct list_state {
    u64 list;
    u32 load; /* in force; 0: none yet */
    u64 recorded_us;
    u64 confirmed_us; /* when its source last said that this is the list */
    u64 stale_after_us;
    struct list_date published;
    u64 entries;
    u32 last_load; /* also a refused one */
    enum list_outcome last_outcome;
};

struct list_store;

/* SQL_WRITE makes the database, and its folder, where there is none. Faults as of sql_open. */
MUST_USE enum fault list_store_open(struct list_store **store_out, const char *folder,
                                    enum sql_access access);
/* NULL is fine. What was not committed is forgotten. */
void list_store_close(struct list_store *store);

/* ---- one load ---- */

/* Others that write wait. *state_out: the list as it stands, zeros if it is new. */
MUST_USE enum fault list_store_begin(struct list_store *store, u64 list, u64 recorded_us,
                                     struct list_state *state_out);
/* `line` without a number and without its line feed. Two entries of one load under the same id are
 * kept as two, unless they are equal. FAULT_LIMIT: too many, or an id that is too long. */
MUST_USE enum fault list_store_put(struct list_store *store, struct span id, struct span line);
/* What has been put so far. */
u64 list_store_entries(const struct list_store *store);
/* What is in force and has not been put so far. */
u64 list_store_missing(const struct list_store *store);
/* What has been put is what is in force, but for so many entries that were not put. */
bool list_store_is_same(const struct list_store *store, u64 missing);
/* Fills number, in_force, added, changed, removed and kept. `confirmed_us`: when the source was
 * known to say this. `keeps`: what was not put stays. */
MUST_USE enum fault list_store_accept(struct list_store *store, struct list_load *load,
                                      u64 confirmed_us, bool keeps);
/* A row of this load, or one time more in the row of the last one if that says the same. */
MUST_USE enum fault list_store_refuse(struct list_store *store, struct list_load *load);
/* The list in force came again. */
MUST_USE enum fault list_store_confirm(struct list_store *store, u64 now_us, u64 confirmed_us);
/* Forgets what was put; also after a fault. Nothing begun is fine. */
void list_store_abandon(struct list_store *store);

/* Within a load: written with it, however it ends. 0 leaves it as it is. */
void list_store_stale_after(struct list_store *store, u64 stale_after_us);

/* ---- looking ---- */

/* Zeros with .list: there is no such list. */
MUST_USE enum fault list_store_state(struct list_store *store, u64 list,
                                     struct list_state *state_out);
/* The lists in the order of their codes; at most `max`. */
MUST_USE enum fault list_store_lists(struct list_store *store, struct list_state *states_out,
                                     u32 max, u32 *count_out);
/* From the newest to the oldest; list 0: of all. The row is good until the visitor returns. */
struct list_load_visitor {
    enum fault (*visit)(struct list_load_visitor *visitor, const struct list_load *load);
};
MUST_USE enum fault list_store_loads(struct list_store *store, u64 list, u32 limit,
                                     struct list_load_visitor *visitor);
MUST_USE enum fault list_store_load(struct list_store *store, u32 number,
                                    struct list_load *load_out, bool *found_out);

/* A version of an entry; the spans are good until the visitor returns. */
struct list_version {
    u32 number;
    u32 first_load;
    u32 until_load; /* 0: it is still in force */
    u64 from_us;
    u64 until_us; /* LIST_TIME_OPEN: it is still in force */
    struct span id;
    struct span line; /* without number and line feed */
};
struct list_version_visitor {
    enum fault (*visit)(struct list_version_visitor *visitor, const struct list_version *version);
};
/* The entries that were in force at a time (LIST_TIME_OPEN - 1: now), by their numbers. */
MUST_USE enum fault list_store_at(struct list_store *store, u64 list, u64 at_us,
                                  struct list_version_visitor *visitor);
/* All versions of one entry, the oldest first. */
MUST_USE enum fault list_store_versions(struct list_store *store, u64 list, u32 number,
                                        struct list_version_visitor *visitor);
/* 0: no entry of the list ever had this id. */
MUST_USE enum fault list_store_number(struct list_store *store, u64 list, struct span id,
                                      u32 *number_out);

/* What is different at a time from what was at an earlier one, by numbers. `before` or `after` is
 * empty where the entry was not there. */
struct list_difference {
    u32 number;
    struct span id;
    struct span before;
    struct span after;
};
struct list_difference_visitor {
    enum fault (*visit)(struct list_difference_visitor *visitor,
                        const struct list_difference *difference);
};
MUST_USE enum fault list_store_difference(struct list_store *store, u64 list, u64 before_us,
                                          u64 after_us, struct list_difference_visitor *visitor);

/* Readers: what they see stays the same between these two. */
MUST_USE enum fault list_store_look_begin(struct list_store *store);
void list_store_look_end(struct list_store *store);
/* Writers: nobody else writes between these two; readers see the same. */
MUST_USE enum fault list_store_hold(struct list_store *store);

#endif /* ROLE_LISTS_LIST_STORE_H */
