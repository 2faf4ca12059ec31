/* Logins: which account a login of the door has, and until when nothing leaves it because its
 * password was reset. The core knows a login as a number, and decides itself which person and which
 * account a new one gets. Exact semantics: docs/semantics.md section 15.
 *
 * What a pause holds is joined with what was set by hand and with what the rules say of the
 * person. It ends by itself, by the time of the batch. */
#ifndef CORE_LOGIN_H
#define CORE_LOGIN_H

#include "core/state.h"

#define LOGIN_ACCOUNT_NONE 0xFFFFFFFFU
#define LOGIN_PAUSE_MAX_US (31ULL * 24 * 3600 * 1000000) /* from now */

/* What a pause does: withdraw and transfer_out are held. */
#define LOGIN_PAUSE_VECTOR                                                     \
    ((u64)RESTRICTION_HOLD << (2 * OPERATION_WITHDRAW) | (u64)RESTRICTION_HOLD \
                                                             << (2 * OPERATION_TRANSFER_OUT))

/* ---- commands ---- */

void login_open(struct core *core, const struct command_login_open *command);
void login_pause(struct core *core, const struct command_withdraw_pause *command);

/* ---- looking ---- */

/* The account of a login; LOGIN_ACCOUNT_NONE: it has none. */
u32 login_account(const struct core *core, u64 login);

/* Whether the account's vector is made of parts, so that what was set by hand is kept apart. */
ALWAYS_INLINE bool login_has_hand(const struct core *core, u32 account)
{
    const struct ruling *ruling = &core->ruling;
    return core->limits.persons_max &&
           (ruling->links[account].person != 0 || ruling->logins[account].pause_until != 0);
}

/* What was set by hand, and what a pause holds: no licence gets past either. The account has a
 * person or a pause, or had one a moment ago. */
ALWAYS_INLINE u64 login_hand(const struct core *core, u32 account)
{
    const struct ruling *ruling = &core->ruling;
    u64 pause = ruling->logins[account].pause_until ? LOGIN_PAUSE_VECTOR : 0;
    return rule_vector_join(ruling->links[account].hand, pause);
}

/* To be called before the account gets a person or a pause: its vector is what was set by hand,
 * unless that is kept apart already. */
void login_hand_keep(struct core *core, u32 account);

/* ---- around other commands ---- */

/* When the first pause ends; RULE_TIME_OPEN: there is none. */
u64 login_due(const struct core *core);

/* Ends the account's pause if its time has come: before a command that names the account. */
void login_first(struct core *core, u32 account);

/* Ends pauses whose time has come, the earliest first, of one time the lowest account first.
 * Returns what is left of the budget. */
MUST_USE u32 login_run(struct core *core, u32 budget);

/* ---- the snapshot, core_validate ---- */

/* Puts a login back. Neither it nor the account was taken; the account's hand vector is there. */
void login_restore(struct core *core, u32 account, u64 login, u64 pause_until);

void login_validate(const struct core *core);

#endif /* CORE_LOGIN_H */
