/* A dry run: what a pack would do to a venue, before anybody activates it (docs/why.md "Dry run").
 *
 * The venue's journal is replayed into a core of its own, the pack is activated in it as the writer
 * would, everybody is evaluated, and what changes is gathered. The venue itself is only read. */
#ifndef APP_RULE_DRY_H
#define APP_RULE_DRY_H

#include "app/past.h"
#include "app/progress.h"
#include "app/rule_read.h"
#include "app/rule_state.h"

#define RULE_DRY_NOW 0U

struct rule_dry_question {
    const char *folder;
    const struct rule_source *source;
    u64 at; /* the day it is tried on; RULE_DRY_NOW: the journal's end, or its first day if later */
    bool replaces;                      /* active packs of its id that overlap end for it */
    struct recovery_progress *progress; /* may be NULL */
    struct progress *line;              /* of the evaluation; may be NULL */
};

/* An account whose vector changes. */
struct rule_dry_account {
    u32 account;
    u32 person;
    u64 before;
    u64 after;
    u64 eur;       /* of all accounts of the person */
    bool is_known; /* eur is */
};

/* What one rule of the pack says, counted in persons. */
struct rule_dry_rule {
    u64 yes;
    u64 unknown;
    u64 warned;
    u64 missing[RULE_FACT_KINDS]; /* of the unknown: those for want of this kind */
    u64 candidates;
    u64 undetermined;
    u64 unscreened;
    u64 unpriced;
};

/* Accounts by operation: what becomes stricter, by what it becomes; and what becomes less so. */
struct rule_dry_operation {
    u64 becomes[4]; /* hold, refuse, freeze by their numbers */
    u64 loosened;
};

struct rule_dry {
    u64 seq;
    u64 journal_us; /* the journal's end */
    u64 at;
    u32 ended; /* packs that were ended first */
    u64 persons;
    u64 evaluated; /* persons, as the writer counts */
    struct rule_dry_rule rules[RULE_RULES_MAX];
    struct rule_dry_operation operations[RULE_OPERATIONS_COUNT];
    u64 restricted;                    /* accounts where something becomes stricter ... */
    u64 loosened;                      /* ... and only less strict */
    u64 restricted_eur;                /* of the persons behind the former, capped */
    u64 restricted_unknown;            /* persons of whom it is not known */
    struct rule_dry_account *accounts; /* that change, by number */
    u32 accounts_count;
    u64 assets_vector; /* of asset rules: joined over the assets that the venue has */
    u64 duration_ns;
};

/* FAULT_REFUSED: the writer would refuse the pack, and why. */
MUST_USE enum fault rule_dry_run(const struct rule_dry_question *question,
                                 struct rule_dry *dry_out);
void rule_dry_close(struct rule_dry *dry);

#endif /* APP_RULE_DRY_H */
