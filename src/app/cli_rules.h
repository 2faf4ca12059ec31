/* The options of `cambist rules`, for the files that hold its longer actions. An action has a row
 * in the table of cli_rules.c. */
#ifndef APP_CLI_RULES_H
#define APP_CLI_RULES_H

#include "app/options.h"

enum rules_option {
    RULES_OFFICERS,
    RULES_JSON,
    RULES_KEY,
    RULES_OFFICER,
    RULES_GROUP,
    RULES_DATA,
    RULES_AT,
    RULES_REPLACE,
    RULES_CSV,
    RULES_SOCKET,
    RULES_SECOND,
    RULES_MATTER,
    RULES_CONFIRM,
    RULES_REPLACES,
    RULES_PROPOSE,
    RULES_WAIT,
    RULES_PERSONS,
    RULES_STALE,
};

#define CLI_RULES_FILES_MAX 256U

/* Reads each file as the venue would, in that order, and says what it is; versions of one pack that
 * overlap are refused. `officers` NULL: signatures are not looked at. */
MUST_USE enum fault cli_rules_check(const char *const *paths, u32 count, const char *officers,
                                    bool json);

/* ---- cli_rules_case.c ---- */

int cli_rules_lint(const struct option_call *call);
int cli_rules_test(const struct option_call *call);

/* ---- cli_rules_diff.c ---- */

int cli_rules_diff(const struct option_call *call);

/* ---- cli_rules_dry.c ---- */

int cli_rules_dry_run(const struct option_call *call);

/* --at; what *time_out is stays where it is not given. */
MUST_USE enum fault cli_rules_time(const struct option_call *call, u64 *time_out);

/* ---- cli_rules_venue.c ---- */

int cli_rules_activate(const struct option_call *call);
int cli_rules_end(const struct option_call *call);
int cli_rules_list(const struct option_call *call);
int cli_rules_settings(const struct option_call *call);
int cli_rules_value(const struct option_call *call);

#endif /* APP_CLI_RULES_H */
