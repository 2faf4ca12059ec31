/* What the files of `cambist lists` share. */
#ifndef APP_CLI_LISTS_H
#define APP_CLI_LISTS_H

#include "app/options.h"
#include "role/lists/list_store.h"
#include "wire/code.h"

enum {
    LISTS_DATA,
    LISTS_FORMAT,
    LISTS_RECORDED,
    LISTS_AT,
    LISTS_STALE,
    LISTS_KEEP,
    LISTS_ACCEPT_SHRUNKEN,
    LISTS_ACCEPT_REFUSED,
    LISTS_LIMIT,
    LISTS_JSON,
};

/* Room for an outcome with all its texts as JSON. */
#define LISTS_JSON_BYTES 49152U

/* A day (its end: what was known on it) or a moment. FAULT_USAGE names `what`. */
MUST_USE enum fault lists_moment(const char *what, const char *text, u64 *us_out);
/* The operand number `place`, as a name of a list. */
MUST_USE enum fault lists_code(const struct option_call *call, u32 place, u64 *list_out);
/* The store, to read. FAULT_MISSING says that no list was ever loaded. */
MUST_USE enum fault lists_open(const struct option_call *call, struct list_store **store_out);
/* FAULT_INPUT: nothing of this name was loaded. */
MUST_USE enum fault lists_known(struct list_store *store, u64 list, struct list_state *state_out);
const char *lists_name(u64 list, char target[CODE_NAME_BYTES]);

/* cli_lists_look.c */
MUST_USE enum fault lists_show(const struct option_call *call);
MUST_USE enum fault lists_diff(const struct option_call *call);
MUST_USE enum fault lists_at(const struct option_call *call);

#endif /* APP_CLI_LISTS_H */
