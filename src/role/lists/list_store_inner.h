/* What the store's files share: its statements, and the load that is under way. */
#ifndef ROLE_LISTS_LIST_STORE_INNER_H
#define ROLE_LISTS_LIST_STORE_INNER_H

#include "role/lists/list_store.h"

enum list_statement {
    LIST_BEGIN,
    LIST_LOOK,
    LIST_COMMIT,
    LIST_ABANDON,
    LIST_STATE,
    LIST_ALL,
    LIST_MAKE,
    LIST_TAKEN,
    LIST_TOLD,
    LIST_CONFIRMED,
    LIST_STALE_AFTER,
    LIST_LOAD_LAST,
    LIST_LOAD_PUT,
    LIST_LOAD_AGAIN,
    LIST_LOAD_GET,
    LIST_LOADS,
    LIST_LOADS_ALL,
    LIST_CURRENT,
    LIST_IN_FORCE,
    LIST_NUMBER,
    LIST_NUMBER_TAKEN,
    LIST_NUMBER_LAST,
    LIST_ENTRY_PUT,
    LIST_VERSION_PUT,
    LIST_VERSION_END,
    LIST_AT,
    LIST_VERSIONS,
    LIST_DIFFERENCE,
};
#define LIST_STATEMENTS 28U

extern const char *const list_schema[];
extern const char *const list_texts[LIST_STATEMENTS];

/* An entry that was in force when the load began. */
struct list_current {
    u32 number;
    bool is_seen;
    bool is_changed;       /* in this load: `hash` is of the version before */
    i64 row;               /* of its version */
    u8 hash[SHA256_BYTES]; /* of the id, a zero and the line */
};

struct list_store {
    struct sql sql;
    enum sql_access access;
    struct sqlite3_stmt *statements[LIST_STATEMENTS];
    struct sha256 sha256;
    bool has_sha256;
    bool is_open; /* a transaction */
    /* The load. */
    struct list_state state; /* when it began */
    u64 recorded_us;
    u64 stale_after_us; /* 0: as it is */
    u32 load;
    u32 number_last; /* the largest that the list has given */
    u64 entries;
    u64 repeats;
    u64 added;
    u64 changed;
    struct list_current *current;
    u64 current_count;
    u32 *slots;      /* places in `current` plus 1, by hash; 0: free */
    u64 slots_count; /* a power of two */
};

struct sql_call list_call(struct list_store *store, enum list_statement statement);
/* A statement without parameters and rows. */
MUST_USE enum fault list_run(struct list_store *store, enum list_statement statement);
/* The columns of LIST_LOAD_GET. */
void list_load_take(struct sql_call *call, struct list_load *load_out);

#endif /* ROLE_LISTS_LIST_STORE_INNER_H */
