#include "role/gateway/view_account.h"

#include "role/gateway/view_state.h"

/* ---- rows ---- */

static u64 row_hash(const struct view *view, u32 account, u16 asset)
{
    return hash_pair(view->config.hash_seed, (u64)account << 16 | asset);
}

static u32 row_find(const struct view *view, u32 account, u16 asset)
{
    u32 slot = *view_index_head(&view->balance_index, row_hash(view, account, asset));
    while (slot &&
           (view->balances[slot].account != account || view->balances[slot].asset != asset)) {
        slot = view->balances[slot].index_next;
    }
    return slot;
}

static bool row_is_empty(const struct view_balance *row)
{
    return amount_is_zero(row->free) && amount_is_zero(row->locked) &&
           amount_is_zero(row->withdrawing) && amount_is_zero(row->arriving) &&
           amount_is_zero(row->limit);
}

static u32 *link_to(struct view_balance *rows, u32 *link, u32 slot, bool is_index)
{
    while (*link != slot) {
        link = is_index ? &rows[*link].index_next : &rows[*link].older;
    }
    return link;
}

/* A row that was set aside and still says nothing; 0: there is none. */
static u32 row_take_spare(struct view *view)
{
    struct view_slab *slab = &view->balance_slab;
    while (slab->free != 0) {
        u32 slot = slab->free;
        struct view_balance *row = &view->balances[slot];
        slab->free = row->spare_next;
        row->is_spare = false;
        if (row_is_empty(row)) {
            u32 *head =
                view_index_head(&view->balance_index, row_hash(view, row->account, row->asset));
            *link_to(view->balances, head, slot, true) = row->index_next;
            head = &view->accounts[row->account].balance;
            *link_to(view->balances, head, slot, false) = row->older;
            return slot;
        }
    }
    return 0;
}

void view_balance_spare(struct view *view, struct view_balance *row)
{
    if (row->is_spare || !row_is_empty(row)) {
        return;
    }
    row->is_spare = true;
    row->spare_next = view->balance_slab.free;
    view->balance_slab.free = (u32)(row - view->balances);
}

struct view_balance *view_balance_make(struct view *view, u32 account, u16 asset)
{
    if (account >= view->accounts_count || asset >= view->assets_count) {
        (void)view_wrong(view, "account or asset");
        return NULL;
    }
    u32 slot = row_find(view, account, asset);
    if (slot == 0) {
        slot = view_slab_new(&view->balance_slab);
        slot = slot == 0 ? row_take_spare(view) : slot;
        if (slot == 0) {
            (void)view_short(view, "balances");
            return NULL;
        }
        u32 *head = view_index_head(&view->balance_index, row_hash(view, account, asset));
        view->balances[slot] = (struct view_balance){.account = account,
                                                     .asset = asset,
                                                     .is_used = true,
                                                     .index_next = *head,
                                                     .older = view->accounts[account].balance};
        *head = slot;
        view->accounts[account].balance = slot;
    }
    struct view_balance *row = &view->balances[slot];
    row->update_us = view->place.time_us;
    row->update_seq = view->place.seq;
    view->accounts[account].update_us = view->place.time_us;
    return row;
}

/* ---- movements ---- */

bool view_balance_lock(struct view *view, u32 account, u16 asset, struct amount amount)
{
    if (amount_is_zero(amount)) {
        return true;
    }
    struct view_balance *row = view_balance_make(view, account, asset);
    if (row == NULL) {
        return false;
    }
    return (view_lower(&row->free, amount) && view_raise(&row->locked, amount)) ||
           view_wrong(view, "locks more than is free");
}

bool view_balance_release(struct view *view, u32 account, u16 asset, struct amount amount)
{
    if (amount_is_zero(amount)) {
        return true;
    }
    struct view_balance *row = view_balance_make(view, account, asset);
    if (row == NULL) {
        return false;
    }
    return (view_lower(&row->locked, amount) && view_raise(&row->free, amount)) ||
           view_wrong(view, "releases more than is locked");
}

bool view_balance_pay(struct view *view, u32 payer, u32 payee, u16 asset, struct amount amount)
{
    if (amount_is_zero(amount)) {
        return true;
    }
    struct view_balance *source = view_balance_make(view, payer, asset);
    struct view_balance *target = view_balance_make(view, payee, asset);
    if (source == NULL || target == NULL) {
        return false;
    }
    return (view_lower(&source->locked, amount) && view_raise(&target->free, amount)) ||
           view_wrong(view, "pays more than is locked");
}

bool view_balance_spend(struct view *view, u32 account, u16 asset, struct amount amount)
{
    if (amount_is_zero(amount)) {
        return true;
    }
    struct view_balance *row = view_balance_make(view, account, asset);
    if (row == NULL) {
        return false;
    }
    return view_lower(&row->free, amount) || view_wrong(view, "spends more than is free");
}

/* ---- the ledger ---- */

/* What waits in the venue's suspense account for a customer. */
static bool suspense_move(struct view *view, const struct event_ledger *event)
{
    bool enters = event->to == LEDGER_CLASS_SUSPENSE;
    if (!enters && event->from != LEDGER_CLASS_SUSPENSE) {
        return true;
    }
    struct view_balance *row = view_balance_make(view, event->head.account, event->asset);
    if (row == NULL) {
        return false;
    }
    bool arrives = event->cause == LEDGER_CAUSE_DEPOSIT_HELD ||
                   event->cause == LEDGER_CAUSE_DEPOSIT_RELEASE ||
                   event->cause == LEDGER_CAUSE_DEPOSIT_RETURN;
    struct amount *held = arrives ? &row->arriving : &row->withdrawing;
    bool fits = enters ? view_raise(held, event->amount) : view_lower(held, event->amount);
    view_balance_spare(view, row);
    return fits || view_wrong(view, "holds");
}

bool view_ledger_apply(struct view *view, const struct event_ledger *event)
{
    u32 source = event->head.account;
    u32 target = event->cause == LEDGER_CAUSE_TRANSFER ? event->other_account : source;
    if (event->from == LEDGER_CLASS_FREE &&
        !view_balance_spend(view, source, event->asset, event->amount)) {
        return false;
    }
    if (event->to == LEDGER_CLASS_FREE) {
        struct view_balance *row = view_balance_make(view, target, event->asset);
        if (row == NULL) {
            return false;
        }
        if (!view_raise(&row->free, event->amount)) {
            return view_wrong(view, "balance");
        }
    }
    return suspense_move(view, event);
}

/* ---- reading ---- */

const struct view_account *view_account_of(const struct view *view, u32 account)
{
    return account < view->accounts_count ? &view->accounts[account] : NULL;
}

enum restriction view_account_restriction(const struct view_account *account, enum operation what)
{
    return (enum restriction)(account->restrictions >> 2 * (u32)what & 3);
}

const struct view_balance *view_balance_of(const struct view *view, u32 account, u16 asset)
{
    u32 slot = row_find(view, account, asset);
    return slot ? &view->balances[slot] : NULL;
}

const struct view_balance *view_balance_newest(const struct view *view, u32 account)
{
    u32 slot = account < view->accounts_count ? view->accounts[account].balance : 0;
    return slot ? &view->balances[slot] : NULL;
}

const struct view_balance *view_balance_older(const struct view *view,
                                              const struct view_balance *balance)
{
    return balance->older ? &view->balances[balance->older] : NULL;
}
