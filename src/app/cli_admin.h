/* What the files of `cambist admin` share: an order on its way, and the orders that officers sign.
 */
#ifndef APP_CLI_ADMIN_H
#define APP_CLI_ADMIN_H

#include "app/admin_client.h"
#include "app/admin_venue.h"
#include "app/cli.h"
#include "app/options.h"
#include "base/base.h"
#include "io/fault.h"
#include "wire/json.h"

enum admin_option {
    ADMIN_DATA,
    ADMIN_SOCKET,
    ADMIN_ACTOR,
    ADMIN_SECOND,
    ADMIN_REASON,
    ADMIN_MATTER,
    ADMIN_PROPOSE,
    ADMIN_HOURS,
    ADMIN_RIGHTS,
    ADMIN_IP,
    ADMIN_PUBLIC,
    ADMIN_LABEL,
    ADMIN_TRADE_GROUP,
    ADMIN_TIER,
    ADMIN_JSON,
};

/* One order on its way. */
struct order_of {
    const struct option_call *call;
    const char *const *arguments; /* behind noun and verb */
    u32 arguments_count;
    struct admin_client client;
    struct admin_venue venue;
    struct json_writer json;
    char text[CLI_JSON_BYTES];
};

/* Both for people and for machines. */
void admin_tell(struct order_of *order, const char *name, u64 number);
void admin_tell_text(struct order_of *order, const char *name, const char *text);

/* The venue has this account. */
MUST_USE enum fault admin_account_of(const struct order_of *order, const char *text,
                                     u32 *account_out);

/* ---- orders that officers sign (cli_admin_rules.c) ---- */

/* Sends a command, or with --propose prints what officers sign for it. */
MUST_USE enum fault admin_give(struct order_of *order, void *command, u16 kind, u32 account);

/* By noun and verb; *found_out false: it is none of these orders. */
MUST_USE enum fault admin_rules_give(struct order_of *order, bool *found_out);

#endif /* APP_CLI_ADMIN_H */
