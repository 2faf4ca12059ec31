/* What the files of the case runner share: one file of cases at work. */
#ifndef APP_RULE_CASE_INNER_H
#define APP_RULE_CASE_INNER_H

#include "app/rule_case.h"
#include "app/rule_read_inner.h"
#include "core/rule_licence.h"

#define RULE_CASE_LICENCES_MAX 8U

struct rule_case_person {
    const char *name; /* in the tree */
    struct rule_fact facts[RULE_FACTS_MAX];
    struct rule_listing listings[RULE_LISTINGS_MAX];
    struct rule_ownership ownerships[RULE_OWNERSHIPS_MAX];
    struct rule_person person;
    struct rule_memory memories[RULE_CASE_PACKS_MAX][RULE_RULES_MAX];
};

struct rule_case_licence {
    const char *name;
    struct rule_licence licence;
};

/* The case at work. */
struct rule_case {
    struct rule_case_suite *suite;
    struct rule_reading reading;
    struct rule_case_person persons[RULE_CASE_PERSONS_MAX];
    struct rule_case_licence licences[RULE_CASE_LICENCES_MAX];
    u32 persons_count;
    u32 licences_count;
};

/* ---- rule_case_read.c ---- */

/* `persons` and `licences` of a case; 0: it has none. */
MUST_USE enum fault rule_case_read_persons(struct rule_case *at_work, u32 map);
MUST_USE enum fault rule_case_read_licences(struct rule_case *at_work, u32 map);

/* A key with a moment; `otherwise` where it is missing. */
MUST_USE enum fault rule_case_take_time(const struct rule_reading *reading, u32 map,
                                        const char *key, u64 otherwise, u64 *time_out);

/* 10^-8 EUR under a key; 0 where it is missing. */
MUST_USE enum fault rule_case_take_eur(const struct rule_reading *reading, u32 map, const char *key,
                                       u64 *eur_out);

#endif /* APP_RULE_CASE_INNER_H */
