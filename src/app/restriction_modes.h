/* Restrictions by name: what an operator sets by hand until the rules do (docs/semantics.md section
 * 3; DECISIONS 23 and 27 in words: who may only withdraw has deposits held and trades no more). */
#ifndef APP_RESTRICTION_MODES_H
#define APP_RESTRICTION_MODES_H

#include "base/base.h"

#define RESTRICTION_MODE_NONE          "none"
#define RESTRICTION_MODE_WITHDRAW_ONLY "withdraw-only"
#define RESTRICTION_MODES              "none, withdraw-only, review, freeze"

/* The vector of restrictions; false: no mode has this name. */
MUST_USE bool restriction_mode_of(const char *name, u64 *restrictions_out);

/* "other" when no mode is exactly this. */
const char *restriction_mode_name(u64 restrictions);

#endif /* APP_RESTRICTION_MODES_H */
