/* Accounts: balances, restrictions, fee tier and asset limits.
 *
 * The chain of an account's balances runs from the newest to the oldest row. A row exists from the
 * first event that concerned it. Pointers are good until the next view_apply. */
#ifndef ROLE_GATEWAY_VIEW_ACCOUNT_H
#define ROLE_GATEWAY_VIEW_ACCOUNT_H

#include "role/gateway/view.h"

struct view_balance {
    struct amount free;
    struct amount locked;
    struct amount withdrawing; /* held for withdrawals, fees included */
    struct amount arriving;    /* held deposits */
    struct amount limit;       /* MAX_ASSET; 0: none */
    u64 update_us;
    u64 update_seq; /* the command whose events concerned it last */
    u32 account;
    u16 asset;
    bool is_used;

    /* the view's own */
    u32 index_next;
    u32 older;
    u32 spare_next;
    bool is_spare;
};

#define VIEW_GROUP_NONE UINT32_MAX

struct view_account {
    u64 restrictions; /* two bits per enum operation: docs/semantics.md section 3 */
    u64 update_us;    /* of its balances */
    u32 trade_group;  /* its own; VIEW_GROUP_NONE */
    u32 fee_tier;

    /* the view's own */
    u64 fill;
    u32 balance;
    u32 orders[2]; /* closed, open */
    u32 lists[2];
    u32 person;
    u32 person_next;    /* number + 1 of another account of the same person */
    u32 login_next;     /* number + 1 of another account whose login has the same hash */
    u64 login;          /* 0: none */
    u64 pause_until_us; /* its pause ends or ended then; 0: it never had one that is known */
    u64 notice;
};

/* NULL: no such account. */
const struct view_account *view_account_of(const struct view *view, u32 account);

/* What the account may do. */
enum restriction view_account_restriction(const struct view_account *account, enum operation what);

/* NULL: no row. */
const struct view_balance *view_balance_of(const struct view *view, u32 account, u16 asset);
const struct view_balance *view_balance_newest(const struct view *view, u32 account);
const struct view_balance *view_balance_older(const struct view *view,
                                              const struct view_balance *balance);

#endif /* ROLE_GATEWAY_VIEW_ACCOUNT_H */
