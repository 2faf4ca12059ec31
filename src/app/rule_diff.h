/* What changed between two packs: rules added and removed, and what is otherwise field by field.
 *
 * Rules belong together by their id, the rest of the pack by its keys. Lists are compared as what
 * is in them; where only the order differs, that is told. */
#ifndef APP_RULE_DIFF_H
#define APP_RULE_DIFF_H

#include "app/yaml_tree.h"

struct rule_change {
    const char *rule;   /* its id; NULL: something of the pack */
    const char *cite;   /* of that rule: acts with articles and dates, and when it is in force */
    const char *path;   /* "threshold.amount"; NULL: the whole rule */
    const char *before; /* NULL: was not there */
    const char *after;  /* NULL: is there no more */
};

struct rule_diff {
    void (*change)(struct rule_diff *diff, const struct rule_change *change);
    u32 changes; /* told so far */
};

/* Both trees are packs that rule_read has let through. The texts live until `change` returns. */
void rule_diff_run(struct rule_diff *diff, const struct yaml_tree *before,
                   const struct yaml_tree *after);

#define RULE_CITE_BYTES 512U

/* "eu-833-2014 5b(2) from 2022-04-09; in force from 2022-04-09"; `rule` is a node of the tree. */
const char *rule_cite_text(const struct yaml_tree *tree, u32 rule, char target[RULE_CITE_BYTES]);

#endif /* APP_RULE_DIFF_H */
