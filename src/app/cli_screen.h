/* The parts of `cambist screen`: one option table, a file each for what it does. */
#ifndef APP_CLI_SCREEN_H
#define APP_CLI_SCREEN_H

#include "app/options.h"

enum cli_screen_option {
    SCREEN_LIST,
    SCREEN_DATA,
    SCREEN_SOURCE,
    SCREEN_KIND,
    SCREEN_BIRTH,
    SCREEN_COUNTRY,
    SCREEN_TOP,
    SCREEN_AT_LEAST,
    SCREEN_EXPLAIN,
    SCREEN_COLUMN,
    SCREEN_THREADS,
};

/* screen search --column NAME FILE.csv; operands[0] is "search". */
int cli_screen_search(const struct option_call *call);

/* screen pairs FILE.csv: a score a row; operands[0] is "pairs". */
int cli_screen_pairs(const struct option_call *call);

struct screen_lists;

/* Reads the lists that the call names into an index. */
MUST_USE enum fault cli_screen_lists(const struct option_call *call, struct screen_lists *lists);

/* Names of a file that no reader can make out: without a letter or digit. */
struct cli_screen_nameless {
    u64 count;
    u64 row_first; /* of the file, the first one 0 */
};

void cli_screen_nameless_add(struct cli_screen_nameless *nameless, u64 row);
/* To standard error, if there are any. */
void cli_screen_nameless_tell(const struct cli_screen_nameless *nameless);

/* --at-least as millionths. */
MUST_USE enum fault cli_screen_at_least(const struct option_call *call, u32 *millionths_out);

#endif /* APP_CLI_SCREEN_H */
