/* cambist officer: what its steps share. The table of options is in cli_officer.c. */
#ifndef APP_CLI_OFFICER_H
#define APP_CLI_OFFICER_H

#include "app/pinned.h"

enum {
    OFFICER_CIRCLE = PINNED_CIRCLE,
    OFFICER_POLICY = PINNED_POLICY,
    OFFICER_GROUP_A = PINNED_GROUP_A,
    OFFICER_GROUP_B = PINNED_GROUP_B,
    OFFICER_NAME = PINNED_COUNT,
    OFFICER_SIGN_KEY,
    OFFICER_KEY,
    OFFICER_PASSPHRASE,
    OFFICER_BOOK,
    OFFICER_IDENTIFIERS,
    OFFICER_SANDBOX,
    OFFICER_PORT,
    OFFICER_IDLE,
    OFFICER_SHOW,
    OFFICER_VERDICT,
    OFFICER_FACTS,
    OFFICER_VENUE,
    OFFICER_VERIFIED,
    OFFICER_ORIGIN,
    OFFICER_CASE,
    OFFICER_AT,
};

/* Circle, policy and both transcripts, all of which are wanted. */
MUST_USE enum fault cli_officer_pins(const struct option_call *call, struct open_pins *pins);

/* What `show` says of the grant beside the acts of its case (cli_officer_case.c), and whether `me`
 * may approve it, who is NULL for `show`. `circle` may be NULL then. FAULT_REFUSED: it is of
 * another case, says more than was assessed, or who proposed approves. */
struct circle_officer;
struct grant_circle;
struct grant_file;
MUST_USE enum fault cli_officer_case(const struct option_call *call, const struct grant_file *file,
                                     const struct grant_circle *circle,
                                     const struct circle_officer *me);

/* The step `page` (cli_officer_page.c). */
MUST_USE enum fault cli_officer_page(const struct option_call *call);

/* The step `review` (cli_officer_review.c). */
MUST_USE enum fault cli_officer_review(const struct option_call *call);

/* The steps `sign` and `sign-in` (cli_officer_sign.c). */
MUST_USE enum fault cli_officer_sign(const struct option_call *call);
MUST_USE enum fault cli_officer_sign_in(const struct option_call *call);

#endif /* APP_CLI_OFFICER_H */
