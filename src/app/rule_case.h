/* Golden cases as data: what given packs say of given persons on given days (docs/rules.md "Golden
 * cases"; the format is in docs/why.md "Cases").
 *
 * A suite has the packs that its cases name, each read once. While cases run it notes of every rule
 * whether it was true for somebody and let somebody else alone, which is what `rules lint` wants of
 * each. What a pack says and the case does not want is one line, FILE:LINE: key: reason. */
#ifndef APP_RULE_CASE_H
#define APP_RULE_CASE_H

#include "app/yaml_tree.h"
#include "core/rule.h"
#include "io/file.h"

#include <stdio.h>

#define RULE_CASE_PACKS_MAX   64U
#define RULE_CASE_PERSONS_MAX 16U

struct rule_case_pack {
    char path[FILE_PATH_BYTES];
    struct rule_pack pack;
    bool fired[RULE_RULES_MAX];
    bool spared[RULE_RULES_MAX];
};

/* Large: in static memory. Zeros at first. */
struct rule_case_suite {
    FILE *failures; /* where the lines go */
    struct rule_case_pack packs[RULE_CASE_PACKS_MAX];
    u32 packs_count;
    u64 cases;
    u64 steps;
    u64 expectations;
    u64 failed; /* of the expectations */
    struct yaml_tree tree;
};

/* Reads the pack unless it is there already; *place_out is its place. */
MUST_USE enum fault rule_case_pack(struct rule_case_suite *suite, const char *path, u32 *place_out);

/* Runs one file of cases. FAULT_INPUT: it is malformed; an expectation that does not hold is
 * counted and printed, and no fault. */
MUST_USE enum fault rule_case_run(struct rule_case_suite *suite, const char *path);

/* The same with a file's bytes; `path` is what messages call it, and where its packs lie beside. */
MUST_USE enum fault rule_case_read(struct rule_case_suite *suite, struct span bytes,
                                   const char *path);

#endif /* APP_RULE_CASE_H */
