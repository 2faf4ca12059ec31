/* cambist officer: what its steps share. The table of options is in cli_officer.c. */
#ifndef APP_CLI_OFFICER_H
#define APP_CLI_OFFICER_H

#include "app/open_folder.h"
#include "app/options.h"
#include "io/sandbox.h"

enum {
    OFFICER_CIRCLE,
    OFFICER_POLICY,
    OFFICER_GROUP_A,
    OFFICER_GROUP_B,
    OFFICER_NAME,
    OFFICER_SIGN_KEY,
    OFFICER_KEY,
    OFFICER_PASSPHRASE,
    OFFICER_BOOK,
    OFFICER_IDENTIFIERS,
    OFFICER_SANDBOX,
    OFFICER_PORT,
    OFFICER_IDLE,
};

/* FAULT_USAGE: the option is not given. */
MUST_USE enum fault cli_officer_wants(const struct option_call *call, u32 place);
/* Circle, policy and both transcripts, all of which are wanted. */
MUST_USE enum fault cli_officer_pins(const struct option_call *call, struct open_pins *pins);
/* Enters it, as required as the call says, and says on standard error what holds. */
MUST_USE enum fault cli_officer_sandbox(const struct option_call *call,
                                        struct sandbox_options *sandbox);

/* The step `page` (cli_officer_page.c). */
MUST_USE enum fault cli_officer_page(const struct option_call *call);

#endif /* APP_CLI_OFFICER_H */
