/* Ruling: the packs in force, what they say of each person, and the queue of those who are to be
 * looked at again. Turns findings into the restriction vectors that the order path tests. Exact
 * semantics: docs/rules.md "In the writer". */
#ifndef CORE_RULING_H
#define CORE_RULING_H

#include "core/rule_licence.h"
#include "core/state.h"

#define RULING_ALL_PACKS 0xFFFFU

/* ---- commands ---- */

void ruling_pack_part(struct core *core, const struct command_pack_part *command);
void ruling_pack_activate(struct core *core, const struct command_pack_activate *command);
void ruling_pack_end(struct core *core, const struct command_pack_end *command);
void ruling_valuation(struct core *core, const struct command_valuation *command);
void ruling_set(struct core *core, const struct command_rules_set *command);
void ruling_licence_set(struct core *core, const struct command_licence_set *command);
void ruling_lift(struct core *core, const struct command_lift *command);
void ruling_case_act(struct core *core, const struct command_case_act *command);

/* ---- around other commands ---- */

/* Whether something waits to be looked at, or is due. Kept up to date by ruling_clock. */
ALWAYS_INLINE bool ruling_waits(const struct core *core)
{
    return core->ruling_waiting;
}

/* The clock moved: sees whether something is due. */
void ruling_clock(struct core *core);

/* Works off what waits before this command (docs/rules.md "The queue"). */
void ruling_run(struct core *core, const struct command_head *command);

/* Looks at a person anew under all packs, at the last prices. 0: nobody. */
void ruling_evaluate(struct core *core, u32 person);

/* The same for the person of an account whose money has changed, if holdings may decide. */
void ruling_money(struct core *core, u32 account);

/* Brings an account's vector up to date: what was set by hand, and its person's. `always` tells
 * even if nothing changes. */
void ruling_account(struct core *core, u32 account, u64 cause_seq, bool always);

/* What rules about assets say of this one. */
u64 ruling_asset(const struct core *core, u16 asset);

#endif /* CORE_RULING_H */
