/* The naive evaluator of rules: docs/rules.md once more, as plainly as it can be written, over a
 * tree of its own. It shares with the core the rows of a person and the numbers of the page, and
 * nothing of how a pack is stored or walked.
 *
 * rule_model_random makes packs, rule_model_print writes one as YAML, and whoever reads that with
 * the shipped reader can compare what both say (src/app/rule_model_test.c). */
#ifndef SIM_RULE_MODEL_H
#define SIM_RULE_MODEL_H

#include "base/random.h"
#include "core/rule.h"

#define RULE_MODEL_NODES    200U
#define RULE_MODEL_RULES    4U
#define RULE_MODEL_CHILDREN 3U
#define RULE_MODEL_VALUES   3U

/* A predicate; children are places in the pack's nodes. */
struct rule_model_node {
    enum rule_op op;
    u32 children[RULE_MODEL_CHILDREN];
    u32 children_count;
    u32 kind;
    u16 values[RULE_MODEL_VALUES];
    u32 values_count;
    bool is_negated;
    bool is_unexpired;
    u8 verified;
    u32 list; /* of rule_model_lists */
    u32 state;
    u32 programme; /* of rule_model_lists too; 0: all */
    u32 compare;
    u16 percent;
    bool or_control;
};

struct rule_model_rule {
    u64 from;
    u64 until;
    u32 subject;
    u32 unless; /* RULE_NONE: there is none */
    bool has_threshold;
    bool is_sticky;
    u32 compare;
    u64 amount_eur;
    u64 margin_eur;
    u64 dwell_hours;
    u32 warn_percent;
    u64 vectors[5]; /* true, unknown, after the deadline, candidate, undetermined */
    u32 days;
};

struct rule_model {
    u64 from;
    u64 until;
    u32 nodes_count;
    u32 rules_count;
    struct rule_model_node nodes[RULE_MODEL_NODES];
    struct rule_model_rule rules[RULE_MODEL_RULES];
};

struct rule_model_memory {
    bool is_over;
    u64 below_since;
    u64 unknown_since;
};

struct rule_model_result {
    enum rule_truth truth;
    u64 vector;
    u32 reasons;
    u32 missing;
    u64 facts_true;
    bool is_warned;
    bool is_watched;
    u64 deadline;
    struct rule_model_memory memory;
};

extern const char *const rule_model_lists[];
#define RULE_MODEL_LISTS 4U

void rule_model_random(struct random *random, struct rule_model *model);

/* As a pack file; the size, without a zero. CHECK: it fits. */
size_t rule_model_print(const struct rule_model *model, char *target, size_t target_bytes);

struct rule_model_result rule_model_evaluate(const struct rule_model *model, u32 rule,
                                             const struct rule_person *person,
                                             struct rule_instant instant,
                                             struct rule_model_memory memory);

#endif /* SIM_RULE_MODEL_H */
