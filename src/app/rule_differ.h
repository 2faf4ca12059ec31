/* Whom two packs treat differently: every person of a venue under the one and under the other,
 * without what either would remember (docs/why.md "Diff"). */
#ifndef APP_RULE_DIFFER_H
#define APP_RULE_DIFFER_H

#include "app/past.h"
#include "app/rule_state.h"

struct rule_differ {
    /* Told by number of the person. */
    void (*differs)(struct rule_differ *differ, const struct rule_state *state, u32 person,
                    u64 before, u64 after);
    u64 at[2];   /* when the older and the newer pack were looked at */
    u64 persons; /* looked at */
    u64 changed;
};

/* Each pack is looked at on `at` (PAST_END: the journal's end), or on the nearest moment at which
 * it is in force; holdings are those of the journal's end. */
MUST_USE enum fault rule_differ_run(struct rule_differ *differ, const char *folder,
                                    const struct rule_pack *before, const struct rule_pack *after,
                                    u64 at, struct recovery_progress *progress);

#endif /* APP_RULE_DIFFER_H */
