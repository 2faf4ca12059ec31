/* Licences: an authority's permission to do what a rule forbids, with a ceiling that is spent.
 *
 * A licence lowers no restriction. A movement of money that names one is checked against it, and
 * the licence lifts only the rule it names: every other rule must allow the movement by itself. */
#ifndef CORE_RULE_LICENCE_H
#define CORE_RULE_LICENCE_H

#include "core/rule.h"

struct rule_licence {
    char pack_id[RULE_ID_BYTES];
    char rule_id[RULE_ID_BYTES];
    u64 authority; /* a name */
    u64 number;    /* of the register of cases */
    u64 ceiling;   /* 10^-8 EUR */
    u64 used;
    struct rule_interval valid;
    u32 operations; /* bits */
    u8 ground;      /* a letter, a to z */
};

enum rule_licence_answer {
    RULE_LICENCE_GOOD = 0,
    RULE_LICENCE_NOT_NEEDED = 1, /* no rule stands in the way */
    RULE_LICENCE_NO_RULE = 2, /* it names no rule of these packs, or one that restricts nothing */
    RULE_LICENCE_TIME = 3,
    RULE_LICENCE_OPERATION = 4,
    RULE_LICENCE_GROUND = 5,     /* the rule knows no derogation on this ground */
    RULE_LICENCE_OTHER_RULE = 6, /* another rule restricts the operation too */
    RULE_LICENCE_CEILING = 7,    /* less is left */
};

/* What one pack said about the person. */
struct rule_verdict {
    const struct rule_pack *pack;
    const struct rule_outcome *outcome;
};

/* A movement of `eur` (10^-8 EUR, not 0) by `operation`; the verdicts of all packs in force. */
enum rule_licence_answer rule_licence_check(const struct rule_licence *licence,
                                            const struct rule_verdict *verdicts, u32 verdicts_count,
                                            u32 operation, u64 eur, u64 at);

/* After a check that was good. */
void rule_licence_spend(struct rule_licence *licence, u64 eur);

#endif /* CORE_RULE_LICENCE_H */
