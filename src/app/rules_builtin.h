/* The packs of rules/, the demo's web of companies (rules/demo/ownership) and its list and people
 * (rules/demo/screening) as they were when the program was built (tools/pack_rules.py), so that the
 * demo and its stories need no file. */
#ifndef APP_RULES_BUILTIN_H
#define APP_RULES_BUILTIN_H

#include "base/span.h"

struct rules_builtin {
    const char *name; /* of the file, without its folder */
    struct span text;
};

extern const struct rules_builtin rules_builtin[];
extern const u32 rules_builtin_count;

/* NULL: there is none of that name. */
const struct rules_builtin *rules_builtin_find(const char *name);

#endif /* APP_RULES_BUILTIN_H */
