/* Persons and rules as far as the gateway tells of them: whose accounts are one person's, which
 * packs are in force, what each rule says of a person now, the holdings in EUR, and the last
 * changes of both (docs/rules.md). No fact, no list and no officer is kept here: the view does not
 * even read them.
 *
 * A pack is named by its content hash; its number is used again when it has ended, its turn never.
 * Changes stand in one ring for all, chained from the newest to the oldest of an account (its
 * vector) and of a person (what a rule says). Pointers are good until the next view_apply. */
#ifndef ROLE_GATEWAY_VIEW_PERSON_H
#define ROLE_GATEWAY_VIEW_PERSON_H

#include "role/gateway/view.h"

#define VIEW_PACKS_MAX    64U /* kept, ended ones included */
#define VIEW_PACK_NUMBERS 256U
#define VIEW_PACK_RULES   16U

struct view_pack {
    u8 hash[32];
    u64 since_us; /* activated then; 0: before what is known */
    u64 ended_us; /* with PACK_STATE_ENDED */
    u32 turn;     /* 1 for the first pack that was seen; 0: no pack here */
    u8 number;
    u8 state; /* enum pack_state */
};

/* What one rule says of a person. */
struct view_finding {
    u64 vector;
    u64 deadline; /* for evidence; 0: none runs */
    u64 since_us; /* truth and reasons are so since then; 0: before what is known */
    u32 person;
    u8 pack; /* its number */
    u8 rule;
    u8 truth;   /* enum truth */
    u8 reasons; /* why it is unknown: DECISION_REASON_... */
    u8 missing; /* kinds of facts: bits */
    u8 flags;   /* DECISION_FLAG_... */

    /* the view's own */
    u32 older;
};

enum view_notice_kind { VIEW_NOTICE_VECTOR = 1, VIEW_NOTICE_FINDING, VIEW_NOTICE_LOGIN };

struct view_notice {
    u64 time_us;
    u64 seq;    /* the command that told it */
    u64 before; /* vectors: of the account, or what the rule gave */
    u64 after;
    u64 deadline; /* logins: the end of the account's pause */
    u64 holdings; /* with DECISION_FLAG_HOLDINGS_KNOWN */
    u32 owner;    /* account, or person */
    u32 pack_turn;
    u8 kind;  /* enum view_notice_kind */
    u8 cause; /* logins: enum login_cause */
    u8 rule;
    u8 truth;
    u8 truth_before;
    u8 reasons;
    u8 reasons_before;
    u8 flags;
    u8 flags_before;
    u8 missing;
    u8 missing_before;
    u64 deadline_before;

    /* the view's own */
    u64 serial; /* 0: nothing here */
    u64 older;
};

/* 0: no person is linked. */
u32 view_person_of(const struct view *view, u32 account);

/* The account of a login of the door (docs/sign-in.md), plus one; 0: it has none yet, or `login` is
 * 0. */
u32 view_login_account(const struct view *view, u64 login);

/* The login whose account this is; 0: none. */
u64 view_login_of(const struct view *view, u32 account);
/* When the pause of its login ends or ended; 0: it never had one that is known, or no login. */
u64 view_pause_until(const struct view *view, u32 account);
u32 view_persons_count(const struct view *view);
/* The trade group that an account is shown with: its own, else that of its person; VIEW_GROUP_NONE.
 */
u32 view_group_of(const struct view *view, u32 account);

/* Grows with each pack that comes. */
u32 view_packs_turn(const struct view *view);

/* The packs that were seen, by index up to VIEW_PACKS_MAX; NULL: nothing here. */
const struct view_pack *view_pack_at(const struct view *view, u32 index);
/* The active or ending pack of this number; NULL: there is none. */
const struct view_pack *view_pack_of(const struct view *view, u32 number);
/* NULL: it was dropped since. */
const struct view_pack *view_pack_turn(const struct view *view, u32 turn);

const struct view_finding *view_finding_newest(const struct view *view, u32 person);
const struct view_finding *view_finding_older(const struct view *view,
                                              const struct view_finding *finding);

/* NULL: no more of them is kept. */
const struct view_notice *view_notice_of_account(const struct view *view, u32 account);
const struct view_notice *view_notice_of_person(const struct view *view, u32 person);
const struct view_notice *view_notice_older(const struct view *view,
                                            const struct view_notice *notice);

/* Nothing that happened before this is kept. */
u64 view_notices_since_us(const struct view *view);

/* What the person has over all accounts, in 10^-8 EUR, by the core's rule (docs/rules.md
 * "Holdings"). False: not known, since a price is missing or stale at `now_us`. */
MUST_USE bool view_holdings(const struct view *view, u32 person, u64 now_us, u64 *eur_out);

#endif /* ROLE_GATEWAY_VIEW_PERSON_H */
