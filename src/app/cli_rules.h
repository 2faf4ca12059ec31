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
};

#endif /* APP_CLI_RULES_H */
