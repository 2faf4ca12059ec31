/* Ruling: the packs in force, what they say of each person, and the queue of those who are to be
 * looked at again. Turns findings into the restriction vectors that the order path tests. Exact
 * semantics: docs/rules.md "In the writer". */
#ifndef CORE_RULING_H
#define CORE_RULING_H

#include "core/state.h"

#define RULING_REEVALUATIONS     4U /* without a rules_set */
#define RULING_STALE_SECONDS     3600U
#define RULING_REEVALUATIONS_MAX 16U
#define RULING_CONTINUE_TIMES    64U /* a `continue` works off so many times as much */
/* Of one command: its budget, whom it names under each waiting entry and by time, and itself. */
#define RULING_EVALUATIONS_MAX \
    (RULING_REEVALUATIONS_MAX * RULING_CONTINUE_TIMES + 2 * (RULE_WAITING_MAX + 1) + 3)

/* ---- commands ---- */

void ruling_pack_part(struct core *core, const struct command_pack_part *command);
void ruling_pack_activate(struct core *core, const struct command_pack_activate *command);
void ruling_pack_end(struct core *core, const struct command_pack_end *command);
void ruling_pack_replace(struct core *core, const struct command_pack_replace *command);
void ruling_valuation(struct core *core, const struct command_valuation *command);
void ruling_set(struct core *core, const struct command_rules_set *command);
void ruling_licence_set(struct core *core, const struct command_licence_set *command);
void ruling_lift(struct core *core, const struct command_lift *command);
void ruling_case_act(struct core *core, const struct command_case_act *command);
void ruling_log_entry(struct core *core, const struct command_log_entry *command);

/* ---- around other commands ---- */

/* Sees whether something waits or is due: to be called when the clock moves. */
void ruling_clock(struct core *core);

/* Works off what waits before this command (docs/rules.md "The queue"). */
void ruling_run(struct core *core, const struct command_head *command);

/* Looks at a person anew under all packs, at the last prices. */
void ruling_evaluate(struct core *core, u32 person);

/* The same for the person of an account whose money has changed, if holdings may decide. */
void ruling_money(struct core *core, u32 account);

/* Brings an account that has a person or a pause up to date: what was set by hand, what the pause
 * holds and what the person's vector says. `always` tells even if nothing changes. */
void ruling_account(struct core *core, u32 account, u64 cause_seq, bool always);

/* An account has lost its person. */
void ruling_unlinked(struct core *core, u32 account, u32 person);

/* ---- assets ---- */

/* What rules about assets say of this one. */
ALWAYS_INLINE u64 ruling_asset(const struct core *core, u16 asset)
{
    return core->limits.persons_max ? core->ruling.asset_vectors[asset] : 0;
}

/* An asset is there; it may have rules already. */
void ruling_asset_added(struct core *core, u16 asset);

/* Marks the market if rules about its assets forbid trading. */
void ruling_market(const struct core *core, struct market *market);

/* ---- licences ---- */

/* A movement that names a licence. `spent`: what it was charged already, at its settlement. */
struct ruling_use {
    u32 account;
    u32 licence;
    enum operation operation;
    u16 asset;
    u64 units;
    u64 spent;
};

/* Whether the person of the account has such a licence. */
MUST_USE bool ruling_has_licence(const struct core *core, u32 account, u32 licence);

/* Asks all packs anew. *eur_out: what is to be spent; 0: the licence is not needed. */
MUST_USE enum reject ruling_use_check(struct core *core, const struct ruling_use *use,
                                      u64 *eur_out);

/* Spends, or with `back` gives back, and tells. */
void ruling_spend(struct core *core, u32 account, u32 licence, u64 eur, bool back);

/* ---- inside (ruling.c, ruling_pack.c, the snapshot) ---- */

/* Queues a mass re-evaluation for these packs (bits; of only watched persons: one); there is room.
 */
void ruling_queue(struct core *core, u32 packs, bool only_watched, u64 cause_seq);

/* Takes a good pack up as this number. False: no rule slots left. */
MUST_USE bool ruling_pack_take(struct core *core, u32 number, u32 size, u8 state);

/* Sets the next date at which one of the pack's rules begins or ends, after now. */
void ruling_border(struct core *core, u32 number);

/* Recomputes what rules say of assets; with `acts`, orders of markets that close expire. */
void ruling_assets(struct core *core, bool acts);

/* Tells of a pack's state. */
void ruling_pack_tell(struct core *core, u32 number, u8 state);

/* A pack's number is free again; nobody remembers anything of it. */
void ruling_pack_free(struct core *core, u32 number);

/* Remembers when time alone may change what a pack says of a person; RULE_TIME_OPEN: never. */
void ruling_instant(struct core *core, u32 person, u32 pack, u64 next_us);

/* Forgets that the person was over the rule's threshold. */
void ruling_forget(struct core *core, u32 person, u32 pack, u32 rule);

/* Whether everything that is kept twice agrees, for core_validate. */
void ruling_validate(const struct core *core);

/* Puts a finding back, from a snapshot. */
void ruling_finding_put(struct core *core, u32 person, u32 slot, const struct finding *finding);

#endif /* CORE_RULING_H */
