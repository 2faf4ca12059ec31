/* Persons: who is behind the accounts, as far as rules ask. A person is a number; what is known of
 * it are rows: facts, verdicts of lists and of ownership, each with valid time, the time it was
 * recorded, evidence and an officer's code. No names, birth dates or addresses: those are the
 * vault's. Exact semantics: docs/rules.md "In the writer". */
#ifndef CORE_PERSON_H
#define CORE_PERSON_H

#include "core/rule.h"
#include "core/state.h"

/* ---- commands ---- */

void person_add(struct core *core, const struct command_person_add *command);
void person_link(struct core *core, const struct command_link *command);
void person_unlink(struct core *core, const struct command_unlink *command);
void person_fact_set(struct core *core, const struct command_fact_set *command);
void person_listing_set(struct core *core, const struct command_listing_set *command);
void person_ownership_set(struct core *core, const struct command_ownership_set *command);
void person_row_end(struct core *core, const struct command_row_end *command);
void person_group(struct core *core, const struct command_person_group *command);

/* Refuses what is not screening's to say: every command of the rules but verdicts, trade groups,
 * entries of the log, and the opening of a case without an officer. True: it was refused. */
MUST_USE bool person_screening_refuse(struct core *core, const struct command_head *command);

/* ---- looking ---- */

/* The person of an account; 0: none. */
u32 person_of(const struct core *core, u32 account);

/* The trade group of an account by its person; 0: none. */
ALWAYS_INLINE u32 person_group_of(const struct core *core, u32 account)
{
    const struct ruling *ruling = &core->ruling; /* person 0 is nobody and has no group */
    return ruling->grouped_count ? ruling->persons[ruling->links[account].person].group : 0;
}

/* Room for the rows of one person, as the evaluator wants them. */
struct person_rows {
    struct rule_fact facts[RULE_FACTS_MAX];
    struct rule_listing listings[RULE_LISTINGS_MAX];
    struct rule_ownership ownerships[RULE_OWNERSHIPS_MAX];
    struct rule_person person;
};

/* Gathers the rows, in the order of their numbers; holdings unknown. */
void person_gather(const struct core *core, u32 person, struct person_rows *rows_out);

/* Puts a row into the person's chain, by its number. False: no room. */
MUST_USE bool person_row_insert(struct core *core, u32 person, const struct person_row *row);

void person_group_put(struct core *core, u32 person, u32 group);

/* Chains an account to its person, in the order of account numbers. */
void person_link_insert(struct core *core, u32 account, u32 person);

/* Two officers' codes that are there and differ. */
MUST_USE bool person_four_eyes(u32 officer, u32 second);

#endif /* CORE_PERSON_H */
