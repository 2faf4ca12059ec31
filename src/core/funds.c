#include "core/funds.h"

#include "core/account.h"
#include "core/index.h"
#include "core/ledger.h"
#include "core/login.h"
#include "core/output.h"
#include "core/person.h"
#include "core/refuse.h"
#include "core/ruling.h"

#define ACCOUNT_RETURN 0xFFFFFFFFU /* hold_release: a held deposit goes back where it came from */

/* ---- single sides of an entry ---- */

static void free_add(struct core *core, u32 account, u16 asset, struct amount amount)
{
    struct balance *balance = core_row(core, ledger_row_make(core, account, asset));
    CHECK(amount_add(balance->free, amount, &balance->free));
    ledger_shadow(core, asset, amount, true);
}

static void free_sub(struct core *core, u32 account, u16 asset, struct amount amount)
{
    struct balance *balance = core_row(core, ledger_row(core, account, asset));
    CHECK(amount_sub(balance->free, amount, &balance->free));
    ledger_shadow(core, asset, amount, false);
}

static struct amount *custody_of(struct core *core, u16 asset, u16 network)
{
    return &core->custody[(u32)asset * core->limits.networks_max + network];
}

static void custody_add(struct core *core, u16 asset, u16 network, struct amount amount)
{
    struct amount *custody = custody_of(core, asset, network);
    CHECK(amount_add(*custody, amount, custody));
    core->assets[asset].custody_total += amount.units; /* raw: total of what was just checked */
}

static void custody_sub(struct core *core, u16 asset, u16 network, struct amount amount)
{
    struct amount *custody = custody_of(core, asset, network);
    CHECK(amount_sub(*custody, amount, custody));
    core->assets[asset].custody_total -= amount.units; /* raw: total of what was just checked */
}

static void suspense_add(struct core *core, u16 asset, struct amount amount)
{
    struct amount *suspense = &core->assets[asset].suspense;
    CHECK(amount_add(*suspense, amount, suspense));
}

static void suspense_sub(struct core *core, u16 asset, struct amount amount)
{
    struct amount *suspense = &core->assets[asset].suspense;
    CHECK(amount_sub(*suspense, amount, suspense));
}

/* The event of one entry. */
struct entry {
    struct amount amount;
    u64 reference;
    u32 account;
    u32 other_account;
    u32 reason;
    u16 asset;
    u16 network;
    u8 from;
    u8 to;
    u8 cause;
};

static void entry_tell(struct core *core, const struct entry *entry)
{
    OUTPUT(core, ledger, EVENT_LEDGER, entry->account, .source_index = core->current.source_index,
           .entry = ledger_entries(core, 1), .amount = entry->amount, .reference = entry->reference,
           .asset = entry->asset, .network = entry->network, .from = entry->from, .to = entry->to,
           .cause = entry->cause, .other_account = entry->other_account, .reason = entry->reason);
}

static enum reject money_entry(const struct core *core, u32 account, u16 asset)
{
    if (account >= core->accounts_count) {
        return REJECT_UNKNOWN_ACCOUNT;
    }
    return asset < core->assets_count ? REJECT_NONE : REJECT_UNKNOWN_ASSET;
}

static void money_refuse(struct core *core, const struct command_head *head, enum reject reject)
{
    refuse(core, head, reject, REJECT_PHASE_WHOLE, 0, 0);
}

/* What an operation on money meets: the account's vector, and rules about the asset. */
static enum restriction money_restriction(const struct core *core, u32 account, u16 asset,
                                          enum operation operation)
{
    u64 vector = rule_vector_join(core->accounts[account].restrictions, ruling_asset(core, asset));
    return (enum restriction)rule_vector_of(vector, (u32)operation);
}

/* ---- holds ---- */

void funds_hold_chain(struct core *core, u32 slot)
{
    if (core->limits.persons_max) {
        u32 *newest = &core->ruling.links[core->holds[slot].account].hold;
        core->holds[slot].older = *newest;
        core->holds[slot].newer = 0;
        if (*newest) {
            core->holds[*newest].newer = slot;
        }
        *newest = slot;
    }
}

static void hold_unchain(struct core *core, u32 slot)
{
    const struct hold *hold = &core->holds[slot];
    if (core->limits.persons_max) {
        u32 *at =
            hold->newer ? &core->holds[hold->newer].older : &core->ruling.links[hold->account].hold;
        *at = hold->older;
        if (hold->older) {
            core->holds[hold->older].newer = hold->newer;
        }
    }
}

static u64 hold_open(struct core *core, const struct hold *hold)
{
    u32 slot = SLAB_TAKE(&core->hold_slab, core->holds, next_free);
    core->holds[slot] = *hold;
    core->holds[slot].id = core->next_hold_id++;
    index_insert(&core->hold_index, (u32)core->holds[slot].id, slot);
    funds_hold_chain(core, slot);
    return core->holds[slot].id;
}

static void hold_close(struct core *core, u32 slot)
{
    hold_unchain(core, slot);
    index_remove(&core->hold_index, (u32)core->holds[slot].id, slot);
    core->holds[slot].id = 0;
    SLAB_GIVE(&core->hold_slab, core->holds, next_free, slot);
}

static struct amount hold_total(const struct hold *hold)
{
    struct amount total = AMOUNT_ZERO;
    CHECK(amount_add(hold->amount, hold->fee, &total));
    return total;
}

/* ---- deposits ---- */

static enum reject deposit_check(const struct core *core, const struct command_deposit *c,
                                 bool *held_out)
{
    enum reject reject = money_entry(core, c->head.account, c->asset);
    if (reject != REJECT_NONE) {
        return reject;
    }
    if (c->network >= core->limits.networks_max) {
        return REJECT_UNKNOWN_NETWORK;
    }
    if (amount_is_zero(c->amount)) {
        return REJECT_AMOUNT_ZERO;
    }
    struct amount custody = amount_of(core->assets[c->asset].custody_total);
    struct amount sum = AMOUNT_ZERO;
    if (!ledger_issue_fits(core, c->asset, c->amount) || !amount_add(custody, c->amount, &sum) ||
        !amount_less(sum, amount_of(AMOUNT_BOUND))) {
        return REJECT_AMOUNT_OVERFLOW;
    }
    enum restriction restriction =
        money_restriction(core, c->head.account, c->asset, OPERATION_DEPOSIT);
    *held_out = restriction == RESTRICTION_HOLD || restriction == RESTRICTION_REFUSE;
    if (*held_out) {
        return slab_left(&core->hold_slab) ? REJECT_NONE : REJECT_LIMIT_HOLDS;
    }
    return ledger_rows_fit(core, c->head.account, c->asset, c->asset) ? REJECT_NONE
                                                                      : REJECT_LIMIT_BALANCE_ROWS;
}

void funds_deposit(struct core *core, const struct command_deposit *command)
{
    bool held = false;
    enum reject reject = deposit_check(core, command, &held);
    if (reject != REJECT_NONE) {
        money_refuse(core, &command->head, reject);
        return;
    }
    struct entry entry = {
        .amount = command->amount,
        .reference = command->reference,
        .account = command->head.account,
        .asset = command->asset,
        .network = command->network,
        .from = LEDGER_CLASS_CUSTODY,
        .to = held ? LEDGER_CLASS_SUSPENSE : LEDGER_CLASS_FREE,
        .cause = held ? LEDGER_CAUSE_DEPOSIT_HELD : LEDGER_CAUSE_DEPOSIT,
    };
    custody_add(core, command->asset, command->network, command->amount);
    if (held) {
        suspense_add(core, command->asset, command->amount);
        entry.reference = hold_open(core, &(struct hold){
                                              .amount = command->amount,
                                              .account = command->head.account,
                                              .asset = command->asset,
                                              .network = command->network,
                                              .kind = HOLD_KIND_DEPOSIT,
                                          });
    } else {
        free_add(core, command->head.account, command->asset, command->amount);
    }
    entry_tell(core, &entry);
    ruling_money(core, command->head.account);
}

/* ---- withdrawals ---- */

/* Before there were persons the field was padding, and could hold anything. */
static u32 licence_named(const struct core *core, u32 licence)
{
    return core->limits.persons_max ? licence : 0;
}

/* Whether money may leave by this operation: by itself, or by a licence that rests on it; then
 * *eur_out is what is to be spent, 0 if the licence is not needed. */
static enum reject leave_check(struct core *core, const struct ruling_use *use, u32 payee,
                               u64 *eur_out)
{
    const struct account *account = &core->accounts[use->account];
    u64 vector = account->restrictions;
    u32 operation = (u32)use->operation;
    *eur_out = 0;
    if (use->licence && !ruling_has_licence(core, use->account, use->licence)) {
        return REJECT_UNKNOWN_LICENCE;
    }
    if (use->licence) {
        vector = login_hand(core, use->account);
    }
    if (rule_vector_of(vector, operation) != RESTRICTION_ALLOW ||
        (use->operation == OPERATION_TRANSFER_OUT &&
         account_restriction(&core->accounts[payee], OPERATION_TRANSFER_IN))) {
        return REJECT_MONEY_DISABLED;
    }
    u64 asset = ruling_asset(core, use->asset);
    if (rule_vector_of(asset, operation) != RESTRICTION_ALLOW ||
        (use->operation == OPERATION_TRANSFER_OUT &&
         rule_vector_of(asset, OPERATION_TRANSFER_IN) != RESTRICTION_ALLOW)) {
        return REJECT_ASSET_DISABLED;
    }
    if (use->licence == 0) {
        return REJECT_NONE;
    }
    enum reject reject = ruling_use_check(core, use, eur_out);
    if (reject == REJECT_NONE && *eur_out == 0 &&
        account_restriction(account, use->operation) != RESTRICTION_ALLOW) {
        reject = REJECT_MONEY_DISABLED;
    }
    return reject;
}

static enum reject withdraw_check(struct core *core, const struct command_withdraw_hold *c,
                                  u64 *eur_out)
{
    enum reject reject = money_entry(core, c->head.account, c->asset);
    if (reject != REJECT_NONE) {
        return reject;
    }
    if (c->network >= core->limits.networks_max) {
        return REJECT_UNKNOWN_NETWORK;
    }
    if (amount_is_zero(c->amount)) {
        return REJECT_AMOUNT_ZERO;
    }
    struct amount total = AMOUNT_ZERO;
    bool adds_up = amount_add(c->amount, c->fee, &total);
    struct ruling_use use = {
        .account = c->head.account,
        .licence = licence_named(core, c->licence),
        .operation = OPERATION_WITHDRAW,
        .asset = c->asset,
        .units = adds_up ? total.units : UINT64_MAX, /* raw: valued */
    };
    reject = leave_check(core, &use, 0, eur_out);
    if (reject != REJECT_NONE) {
        return reject;
    }
    if (!adds_up || amount_less(ledger_free(core, c->head.account, c->asset), total)) {
        return REJECT_INSUFFICIENT_BALANCE;
    }
    return slab_left(&core->hold_slab) ? REJECT_NONE : REJECT_LIMIT_HOLDS;
}

void funds_withdraw_hold(struct core *core, const struct command_withdraw_hold *command)
{
    u64 eur = 0;
    enum reject reject = withdraw_check(core, command, &eur);
    if (reject != REJECT_NONE) {
        money_refuse(core, &command->head, reject);
        return;
    }
    struct hold hold = {
        .amount = command->amount,
        .fee = command->fee,
        .account = command->head.account,
        .asset = command->asset,
        .network = command->network,
        .kind = HOLD_KIND_WITHDRAWAL,
        .licence = eur ? command->licence : 0,
        .licence_eur = eur,
    };
    struct amount total = hold_total(&hold);
    free_sub(core, hold.account, hold.asset, total);
    suspense_add(core, hold.asset, total);
    entry_tell(core, &(struct entry){
                         .amount = total,
                         .reference = hold_open(core, &hold),
                         .account = hold.account,
                         .asset = hold.asset,
                         .from = LEDGER_CLASS_FREE,
                         .to = LEDGER_CLASS_SUSPENSE,
                         .cause = LEDGER_CAUSE_WITHDRAWAL_HOLD,
                     });
    if (eur) {
        ruling_spend(core, hold.account, hold.licence, eur, false);
    }
}

/* suspense -> free of everything a hold keeps. */
static void hold_to_free(struct core *core, u32 slot, u8 cause, u32 reason)
{
    struct hold hold = core->holds[slot];
    struct amount total = hold_total(&hold);
    hold_close(core, slot);
    suspense_sub(core, hold.asset, total);
    free_add(core, hold.account, hold.asset, total);
    entry_tell(core, &(struct entry){
                         .amount = total,
                         .reference = hold.id,
                         .account = hold.account,
                         .asset = hold.asset,
                         .from = LEDGER_CLASS_SUSPENSE,
                         .to = LEDGER_CLASS_FREE,
                         .cause = cause,
                         .reason = reason,
                     });
    if (hold.licence) {
        ruling_spend(core, hold.account, hold.licence, hold.licence_eur, true);
    }
    ruling_money(core, hold.account);
}

/* suspense -> custody of a hold's amount. The caller closes the hold. */
static void hold_to_custody(struct core *core, const struct hold *hold, u8 cause, u32 reason)
{
    suspense_sub(core, hold->asset, hold->amount);
    custody_sub(core, hold->asset, hold->network, hold->amount);
    entry_tell(core, &(struct entry){
                         .amount = hold->amount,
                         .reference = hold->id,
                         .account = hold->account,
                         .asset = hold->asset,
                         .network = hold->network,
                         .from = LEDGER_CLASS_SUSPENSE,
                         .to = LEDGER_CLASS_CUSTODY,
                         .cause = cause,
                         .reason = reason,
                     });
}

/* What a withdrawal meets when it leaves; a licence it was made under is asked again, if needed. */
static enum restriction settle_restriction(struct core *core, const struct hold *hold)
{
    enum restriction restriction =
        money_restriction(core, hold->account, hold->asset, OPERATION_WITHDRAW);
    if (restriction == RESTRICTION_ALLOW || hold->licence == 0 ||
        !ruling_has_licence(core, hold->account, hold->licence)) {
        return restriction;
    }
    struct ruling_use use = {
        .account = hold->account,
        .licence = hold->licence,
        .operation = OPERATION_WITHDRAW,
        .asset = hold->asset,
        .spent = hold->licence_eur,
    };
    u64 eur = 0;
    if (ruling_use_check(core, &use, &eur) != REJECT_NONE) {
        return restriction;
    }
    u64 vector = rule_vector_join(login_hand(core, hold->account), ruling_asset(core, hold->asset));
    return (enum restriction)rule_vector_of(vector, OPERATION_WITHDRAW);
}

static enum reject settle_check(struct core *core, u32 slot, u32 *restriction_out)
{
    if (slot == 0) {
        return REJECT_UNKNOWN_HOLD;
    }
    const struct hold *hold = &core->holds[slot];
    if (hold->kind != HOLD_KIND_WITHDRAWAL) {
        return REJECT_HOLD_KIND;
    }
    *restriction_out = (u32)settle_restriction(core, hold);
    if (*restriction_out == RESTRICTION_HOLD) {
        return REJECT_WITHDRAWAL_ON_HOLD;
    }
    bool pays = *restriction_out == RESTRICTION_ALLOW;
    return pays && amount_less(*custody_of(core, hold->asset, hold->network), hold->amount)
               ? REJECT_CUSTODY_SHORT
               : REJECT_NONE;
}

void funds_withdraw_settle(struct core *core, const struct command_withdraw_settle *command)
{
    u32 slot = index_hold(core, command->hold_id);
    u32 restriction = RESTRICTION_ALLOW;
    enum reject reject = settle_check(core, slot, &restriction);
    if (reject != REJECT_NONE) {
        money_refuse(core, &command->head, reject);
        return;
    }
    if (restriction != RESTRICTION_ALLOW) {
        hold_to_free(core, slot, LEDGER_CAUSE_WITHDRAWAL_FALLBACK, 0);
        return;
    }
    struct hold hold = core->holds[slot];
    hold_close(core, slot);
    hold_to_custody(core, &hold, LEDGER_CAUSE_WITHDRAWAL_SETTLE, 0);
    if (!amount_is_zero(hold.fee)) {
        suspense_sub(core, hold.asset, hold.fee);
        struct amount *income = &core->assets[hold.asset].fee_income;
        CHECK(amount_add(*income, hold.fee, income));
        entry_tell(core, &(struct entry){
                             .amount = hold.fee,
                             .reference = hold.id,
                             .account = hold.account,
                             .asset = hold.asset,
                             .from = LEDGER_CLASS_SUSPENSE,
                             .to = LEDGER_CLASS_FEE_INCOME,
                             .cause = LEDGER_CAUSE_WITHDRAWAL_FEE,
                         });
    }
    ruling_money(core, hold.account);
}

/* Money of somebody who is frozen stays where it is. */
static bool is_frozen(const struct core *core, u32 account)
{
    const struct account *record = &core->accounts[account];
    return account_restriction(record, OPERATION_WITHDRAW) == RESTRICTION_FREEZE ||
           account_restriction(record, OPERATION_DEPOSIT) == RESTRICTION_FREEZE;
}

void funds_hold_release(struct core *core, const struct command_hold_release *command)
{
    u32 slot = index_hold(core, command->hold_id);
    const struct hold *hold = &core->holds[slot];
    bool deposit = slot && hold->kind == HOLD_KIND_DEPOSIT;
    bool back = deposit && command->head.account == ACCOUNT_RETURN;
    enum reject reject = slot ? REJECT_NONE : REJECT_UNKNOWN_HOLD;
    if (back && is_frozen(core, hold->account)) {
        reject = REJECT_MONEY_DISABLED;
    } else if (back && amount_less(*custody_of(core, hold->asset, hold->network), hold->amount)) {
        reject = REJECT_CUSTODY_SHORT;
    } else if (slot && !back && !ledger_rows_fit(core, hold->account, hold->asset, hold->asset)) {
        reject = REJECT_LIMIT_BALANCE_ROWS;
    }
    if (reject != REJECT_NONE) {
        money_refuse(core, &command->head, reject);
        return;
    }
    if (!back) {
        u8 cause = deposit ? LEDGER_CAUSE_DEPOSIT_RELEASE : LEDGER_CAUSE_WITHDRAWAL_RELEASE;
        hold_to_free(core, slot, cause, command->cause);
        return;
    }
    struct hold copy = *hold;
    hold_close(core, slot);
    hold_to_custody(core, &copy, LEDGER_CAUSE_DEPOSIT_RETURN, command->cause);
    ruling_money(core, copy.account);
}

/* ---- between accounts, and the house's own corrections ---- */

static enum reject transfer_check(struct core *core, const struct command_transfer *c, u64 *eur_out)
{
    u32 payer = c->head.account;
    u32 payee = c->target_account;
    if (payer >= core->accounts_count || payee >= core->accounts_count) {
        return REJECT_UNKNOWN_ACCOUNT;
    }
    if (c->asset >= core->assets_count) {
        return REJECT_UNKNOWN_ASSET;
    }
    if (payer == payee) {
        return REJECT_SAME_ACCOUNT;
    }
    if (amount_is_zero(c->amount)) {
        return REJECT_AMOUNT_ZERO;
    }
    struct ruling_use use = {
        .account = payer,
        .licence = licence_named(core, c->licence),
        .operation = OPERATION_TRANSFER_OUT,
        .asset = c->asset,
        .units = c->amount.units, /* raw: valued */
    };
    enum reject reject = leave_check(core, &use, payee, eur_out);
    if (reject != REJECT_NONE) {
        return reject;
    }
    if (amount_less(ledger_free(core, payer, c->asset), c->amount)) {
        return REJECT_INSUFFICIENT_BALANCE;
    }
    return ledger_rows_fit(core, payee, c->asset, c->asset) ? REJECT_NONE
                                                            : REJECT_LIMIT_BALANCE_ROWS;
}

void funds_transfer(struct core *core, const struct command_transfer *command)
{
    u64 eur = 0;
    enum reject reject = transfer_check(core, command, &eur);
    if (reject != REJECT_NONE) {
        money_refuse(core, &command->head, reject);
        return;
    }
    free_sub(core, command->head.account, command->asset, command->amount);
    free_add(core, command->target_account, command->asset, command->amount);
    entry_tell(core, &(struct entry){
                         .amount = command->amount,
                         .account = command->head.account,
                         .other_account = command->target_account,
                         .asset = command->asset,
                         .from = LEDGER_CLASS_FREE,
                         .to = LEDGER_CLASS_FREE,
                         .cause = LEDGER_CAUSE_TRANSFER,
                     });
    if (eur) {
        ruling_spend(core, command->head.account, command->licence, eur, false);
    }
    ruling_money(core, command->head.account);
    if (person_of(core, command->head.account) != person_of(core, command->target_account)) {
        ruling_money(core, command->target_account);
    }
}

static enum reject adjust_check(const struct core *core, const struct command_adjust *c)
{
    enum reject reject = money_entry(core, c->head.account, c->asset);
    if (reject != REJECT_NONE) {
        return reject;
    }
    if (c->direction > DIRECTION_OUT) {
        return REJECT_BAD_ENUM;
    }
    if (amount_is_zero(c->amount)) {
        return REJECT_AMOUNT_ZERO;
    }
    if (c->direction == DIRECTION_OUT) {
        return amount_less(ledger_free(core, c->head.account, c->asset), c->amount)
                   ? REJECT_INSUFFICIENT_BALANCE
                   : REJECT_NONE;
    }
    if (!ledger_issue_fits(core, c->asset, c->amount)) {
        return REJECT_AMOUNT_OVERFLOW;
    }
    return ledger_rows_fit(core, c->head.account, c->asset, c->asset) ? REJECT_NONE
                                                                      : REJECT_LIMIT_BALANCE_ROWS;
}

void funds_adjust(struct core *core, const struct command_adjust *command)
{
    enum reject reject = adjust_check(core, command);
    if (reject != REJECT_NONE) {
        money_refuse(core, &command->head, reject);
        return;
    }
    bool in = command->direction == DIRECTION_IN;
    i128 units = (i128)command->amount.units; /* raw: equity is signed */
    core->assets[command->asset].equity += in ? -units : units;
    if (in) {
        free_add(core, command->head.account, command->asset, command->amount);
    } else {
        free_sub(core, command->head.account, command->asset, command->amount);
    }
    entry_tell(core, &(struct entry){
                         .amount = command->amount,
                         .account = command->head.account,
                         .asset = command->asset,
                         .from = in ? LEDGER_CLASS_EQUITY : LEDGER_CLASS_FREE,
                         .to = in ? LEDGER_CLASS_FREE : LEDGER_CLASS_EQUITY,
                         .cause = LEDGER_CAUSE_ADJUSTMENT,
                         .reason = command->reason,
                     });
    ruling_money(core, command->head.account);
}
