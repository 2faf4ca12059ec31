/* What the files of the pack reader share: one pack being compiled. */
#ifndef APP_RULE_READ_INNER_H
#define APP_RULE_READ_INNER_H

#include "app/rule_read.h"

struct rule_reading {
    const struct yaml_tree *tree;
    struct rule_pack *pack;
    u32 groups; /* nodes of the tree; 0: there are none */
    u32 predicates;
};

/* A word of a table and what it stands for. */
struct rule_word {
    const char *text;
    u64 value;
};

/* ---- values: rule_value.c ---- */

/* The child of that key, which must be there. */
MUST_USE enum fault rule_want(const struct rule_reading *reading, u32 map, const char *key,
                              u32 *child_out);
/* The same, and it must be a text that is not empty. */
MUST_USE enum fault rule_want_text(const struct rule_reading *reading, u32 map, const char *key,
                                   u32 *child_out);
MUST_USE enum fault rule_want_list(const struct rule_reading *reading, u32 map, const char *key,
                                   u32 *child_out);
/* A scalar that is one of the words; they end with a NULL text. */
MUST_USE enum fault rule_take_word(const struct rule_reading *reading, u32 node,
                                   const struct rule_word *words, u64 *value_out);
MUST_USE enum fault rule_take_number(const struct rule_reading *reading, u32 node, u64 minimum,
                                     u64 maximum, u64 *number_out);
MUST_USE enum fault rule_take_decimal(const struct rule_reading *reading, u32 node, u32 scale,
                                      u64 maximum, u64 *units_out);
/* 2022-04-21, or 2022-04-21T15:00:00Z, as microseconds. */
MUST_USE enum fault rule_take_time(const struct rule_reading *reading, u32 node, u64 *time_out);
/* 30min, 24h, 14d. */
MUST_USE enum fault rule_take_duration(const struct rule_reading *reading, u32 node, u64 *us_out);
MUST_USE enum fault rule_take_truth(const struct rule_reading *reading, u32 node, bool *truth_out);
MUST_USE enum fault rule_take_name(const struct rule_reading *reading, u32 node, u64 *name_out);
/* Letters, digits, - and . */
MUST_USE enum fault rule_take_id(const struct rule_reading *reading, u32 node,
                                 char id_out[RULE_ID_BYTES]);
/* A text in English and one in French. */
MUST_USE enum fault rule_check_texts(const struct rule_reading *reading, u32 node);
/* `effective_from`, `effective_until` of a map; what is missing is as in *interval. */
MUST_USE enum fault rule_take_interval(const struct rule_reading *reading, u32 map,
                                       struct rule_interval *interval);

/* ---- rule_predicate.c ---- */

extern const struct rule_word rule_fact_words[];
extern const struct rule_word rule_compare_words[];

/* Compiles the predicate into the pack's nodes. */
MUST_USE enum fault rule_compile_predicate(struct rule_reading *reading, u32 node, u16 *first_out,
                                           u16 *count_out);
/* Names of a list, sorted, into the pack's names. */
MUST_USE enum fault rule_compile_names(struct rule_reading *reading, u32 list, u16 *first_out,
                                       u16 *count_out);

/* ---- rule_action.c ---- */

enum rule_duties { RULE_DUTIES_NONE, RULE_DUTIES_TRUE, RULE_DUTIES_INTERIM };

/* A list of actions: their joined vector, and their duties behind those that the pack has. */
MUST_USE enum fault rule_compile_actions(struct rule_reading *reading, u32 list,
                                         enum rule_duties duties, u64 *vector_out);

#endif /* APP_RULE_READ_INNER_H */
