/* Balances and money commands of the naive model (docs/semantics.md sections 3 and 4). */
#include "sim/model_rules.h"

void model_move(struct model *model, i128 *source, i128 *target, u64 amount)
{
    if (amount == 0) {
        return;
    }
    *source -= amount;
    *target += amount;
    model->next_entry += 1;
}

struct model_row *model_row(struct model *model, u32 account, u16 asset)
{
    CHECK(account < model->accounts_count && asset < model->assets_count);
    return &model->accounts[account].rows[asset];
}

static u32 rows_of(const struct model *model, u32 account)
{
    u32 rows = 0;
    for (u32 asset = 0; asset < model->assets_count; asset++) {
        rows += model->accounts[account].rows[asset].is_used;
    }
    return rows;
}

u32 model_chunks_used(const struct model *model)
{
    u32 chunks = 0;
    for (u32 account = 0; account < model->accounts_count; account++) {
        chunks += (rows_of(model, account) + 2) / 3;
    }
    return chunks;
}

bool model_rows_fit(const struct model *model, u32 account, u16 asset_a, u16 asset_b)
{
    const struct model_row *rows = model->accounts[account].rows;
    u32 now = rows_of(model, account);
    u32 then = now + !rows[asset_a].is_used;
    if (asset_b != asset_a) {
        then += !rows[asset_b].is_used;
    }
    u32 more = (then + 2) / 3 - (now + 2) / 3;
    return model_chunks_used(model) + more <= model->limits.balance_rows_max / 3 || more == 0;
}

void model_rows_open(struct model *model, u32 account, u16 asset_a, u16 asset_b)
{
    CHECK(model_rows_fit(model, account, asset_a, asset_b));
    model_row(model, account, asset_a)->is_used = true;
    model_row(model, account, asset_b)->is_used = true;
}

enum restriction model_restriction(const struct model *model, u32 account, enum operation what)
{
    u64 restrictions = model->accounts[account].restrictions;
    return (enum restriction)(restrictions >> (2 * (u32)what) & 3U);
}

enum restriction model_restriction_of_asset(const struct model *model, u16 asset,
                                            enum operation what)
{
    u64 vector = model->assets[asset].rule_vector;
    return (enum restriction)(vector >> (2 * (u32)what) & 3U);
}

static enum restriction stricter(enum restriction a, enum restriction b)
{
    return a > b ? a : b;
}

/* ---- holds ---- */

static struct model_hold *hold_find(struct model *model, u64 hold_id)
{
    for (u32 i = 0; i < model->holds_count; i++) {
        if (model->holds[i].hold_id == hold_id) {
            return &model->holds[i];
        }
    }
    return NULL;
}

static u64 hold_open(struct model *model, struct model_hold hold)
{
    model->holds =
        model_grow(model->holds, model->holds_count, &model->holds_room, sizeof *model->holds);
    model->hold_id += 1;
    hold.hold_id = model->hold_id;
    model->holds[model->holds_count++] = hold;
    return hold.hold_id;
}

static void hold_close(struct model *model, struct model_hold *hold)
{
    u32 index = (u32)(hold - model->holds);
    for (u32 i = index + 1; i < model->holds_count; i++) {
        model->holds[i - 1] = model->holds[i];
    }
    model->holds_count -= 1;
}

/* ---- events ---- */

/* Where a movement goes, for the event `ledger`. */
struct movement {
    u32 account;
    u16 asset;
    u16 network; /* 0 unless custody is concerned */
    enum ledger_class from;
    enum ledger_class to;
    enum ledger_cause cause;
    u64 amount;
    u64 reference;
    u32 other_account;
    u32 reason;
};

static i128 *class_of(struct model *model, const struct movement *movement, enum ledger_class which,
                      u32 account)
{
    struct model_asset *asset = &model->assets[movement->asset];
    switch (which) {
    case LEDGER_CLASS_FREE:
        return &model_row(model, account, movement->asset)->free;
    case LEDGER_CLASS_LOCKED:
        return &model_row(model, account, movement->asset)->locked;
    case LEDGER_CLASS_FEE_INCOME:
        return &asset->fee_income;
    case LEDGER_CLASS_CUSTODY:
        return &asset->custody[movement->network];
    case LEDGER_CLASS_SUSPENSE:
        return &asset->suspense;
    case LEDGER_CLASS_EQUITY:
        return &asset->equity;
    }
    return NULL;
}

static void post(struct model *model, const struct movement *movement)
{
    CHECK(movement->amount > 0);
    bool is_transfer = movement->cause == LEDGER_CAUSE_TRANSFER;
    u32 payee = is_transfer ? movement->other_account : movement->account;
    i128 *source = class_of(model, movement, movement->from, movement->account);
    i128 *target = class_of(model, movement, movement->to, payee);
    struct event_ledger event = {.source_index = model->command->source_index,
                                 .entry = model->next_entry,
                                 .amount = amount_of(movement->amount),
                                 .reference = movement->reference,
                                 .asset = movement->asset,
                                 .network = movement->network,
                                 .from = (u8)movement->from,
                                 .to = (u8)movement->to,
                                 .cause = (u8)movement->cause,
                                 .other_account = movement->other_account,
                                 .reason = movement->reason};
    model_move(model, source, target, movement->amount);
    model_emit(model, &event.head, EVENT_LEDGER, movement->account, sizeof event);
}

static enum reject check_account_asset(const struct model *model, u32 account, u16 asset)
{
    if (account >= model->accounts_count) {
        return REJECT_UNKNOWN_ACCOUNT;
    }
    return asset >= model->assets_count ? REJECT_UNKNOWN_ASSET : REJECT_NONE;
}

/* What customers, fee income and suspense hold of an asset. */
static i128 holdings(const struct model *model, u16 asset)
{
    i128 sum = model->assets[asset].fee_income + model->assets[asset].suspense;
    for (u32 i = 0; i < model->accounts_count; i++) {
        sum += model->accounts[i].rows[asset].free + model->accounts[i].rows[asset].locked;
    }
    return sum;
}

static i128 custody_sum(const struct model *model, u16 asset)
{
    i128 sum = 0;
    for (u32 i = 0; i < model->limits.networks_max; i++) {
        sum -= model->assets[asset].custody[i];
    }
    return sum;
}

/* ---- commands ---- */

enum reject model_deposit(struct model *model, const struct command_deposit *command)
{
    u32 account = command->head.account;
    u16 asset = command->asset;
    u64 amount = model_units(command->amount);
    enum reject reject = check_account_asset(model, account, asset);
    if (reject != REJECT_NONE) {
        return reject;
    }
    if (command->network >= model->limits.networks_max) {
        return REJECT_UNKNOWN_NETWORK;
    }
    if (amount == 0) {
        return REJECT_AMOUNT_ZERO;
    }
    if (holdings(model, asset) + amount >= (i128)MODEL_UNITS_END ||
        custody_sum(model, asset) + amount >= (i128)MODEL_UNITS_END) {
        return REJECT_AMOUNT_OVERFLOW;
    }
    struct movement movement = {.account = account,
                                .asset = asset,
                                .network = command->network,
                                .from = LEDGER_CLASS_CUSTODY,
                                .amount = amount};
    enum restriction restriction =
        stricter(model_restriction(model, account, OPERATION_DEPOSIT),
                 model_restriction_of_asset(model, asset, OPERATION_DEPOSIT));
    if (restriction == RESTRICTION_HOLD || restriction == RESTRICTION_REFUSE) {
        if (model->holds_count >= model->limits.holds_max) {
            return REJECT_LIMIT_HOLDS;
        }
        movement.to = LEDGER_CLASS_SUSPENSE;
        movement.cause = LEDGER_CAUSE_DEPOSIT_HELD;
        movement.reference = hold_open(model, (struct model_hold){.kind = HOLD_KIND_DEPOSIT,
                                                                  .account = account,
                                                                  .asset = asset,
                                                                  .network = command->network,
                                                                  .amount = amount});
    } else {
        if (!model_rows_fit(model, account, asset, asset)) {
            return REJECT_LIMIT_BALANCE_ROWS;
        }
        model_rows_open(model, account, asset, asset);
        movement.to = LEDGER_CLASS_FREE;
        movement.cause = LEDGER_CAUSE_DEPOSIT;
        movement.reference = command->reference;
    }
    post(model, &movement);
    model_rules_money(model, account);
    return REJECT_NONE;
}

enum reject model_withdraw_hold(struct model *model, const struct command_withdraw_hold *command)
{
    u32 account = command->head.account;
    u16 asset = command->asset;
    u64 amount = model_units(command->amount);
    u64 fee = model_units(command->fee);
    enum reject reject = check_account_asset(model, account, asset);
    if (reject != REJECT_NONE) {
        return reject;
    }
    if (command->network >= model->limits.networks_max) {
        return REJECT_UNKNOWN_NETWORK;
    }
    if (amount == 0) {
        return REJECT_AMOUNT_ZERO;
    }
    u64 eur = 0;
    reject = model_rules_permit(model, account, asset, OPERATION_WITHDRAW, (u128)amount + fee,
                                command->licence, &eur);
    if (reject != REJECT_NONE) {
        return reject;
    }
    if (model_row(model, account, asset)->free < (i128)amount + fee) {
        return REJECT_INSUFFICIENT_BALANCE;
    }
    if (model->holds_count >= model->limits.holds_max) {
        return REJECT_LIMIT_HOLDS;
    }
    u64 hold_id = hold_open(model, (struct model_hold){.kind = HOLD_KIND_WITHDRAWAL,
                                                       .account = account,
                                                       .asset = asset,
                                                       .network = command->network,
                                                       .amount = amount,
                                                       .fee = fee,
                                                       .licence = eur > 0 ? command->licence : 0,
                                                       .licence_eur = eur});
    post(model, &(struct movement){.account = account,
                                   .asset = asset,
                                   .from = LEDGER_CLASS_FREE,
                                   .to = LEDGER_CLASS_SUSPENSE,
                                   .cause = LEDGER_CAUSE_WITHDRAWAL_HOLD,
                                   .amount = amount + fee,
                                   .reference = hold_id});
    model_licence_spend(model, account, command->licence, eur, false);
    return REJECT_NONE;
}

/* What stands in the way of a hold's settlement. */
static enum restriction settle_restriction(struct model *model, const struct model_hold *hold)
{
    enum restriction restriction = model_restriction(model, hold->account, OPERATION_WITHDRAW);
    if (hold->licence != 0 && model_licence_still_good(model, hold)) {
        u64 hand = model_hand_of(&model->accounts[hold->account]);
        restriction = (enum restriction)(hand >> (2 * OPERATION_WITHDRAW) & 3U);
    }
    return stricter(restriction,
                    model_restriction_of_asset(model, hold->asset, OPERATION_WITHDRAW));
}

/* The hold ends; what it took from a licence comes back or not. */
static void hold_finish(struct model *model, struct model_hold *hold, bool is_back)
{
    struct model_hold ended = *hold;
    hold_close(model, hold);
    if (is_back) {
        model_licence_spend(model, ended.account, ended.licence, ended.licence_eur, true);
    }
    model_rules_money(model, ended.account);
}

enum reject model_withdraw_settle(struct model *model,
                                  const struct command_withdraw_settle *command)
{
    struct model_hold *hold = hold_find(model, command->hold_id);
    if (hold == NULL) {
        return REJECT_UNKNOWN_HOLD;
    }
    if (hold->kind != HOLD_KIND_WITHDRAWAL) {
        return REJECT_HOLD_KIND;
    }
    enum restriction restriction = settle_restriction(model, hold);
    if (restriction == RESTRICTION_HOLD) {
        return REJECT_WITHDRAWAL_ON_HOLD;
    }
    struct movement movement = {.account = hold->account,
                                .asset = hold->asset,
                                .from = LEDGER_CLASS_SUSPENSE,
                                .reference = hold->hold_id};
    if (restriction != RESTRICTION_ALLOW) {
        movement.to = LEDGER_CLASS_FREE;
        movement.cause = LEDGER_CAUSE_WITHDRAWAL_FALLBACK;
        movement.amount = hold->amount + hold->fee;
        post(model, &movement);
        hold_finish(model, hold, true);
        return REJECT_NONE;
    }
    if (-model->assets[hold->asset].custody[hold->network] < (i128)hold->amount) {
        return REJECT_CUSTODY_SHORT;
    }
    movement.to = LEDGER_CLASS_CUSTODY;
    movement.cause = LEDGER_CAUSE_WITHDRAWAL_SETTLE;
    movement.network = hold->network;
    movement.amount = hold->amount;
    post(model, &movement);
    if (hold->fee > 0) {
        movement.to = LEDGER_CLASS_FEE_INCOME;
        movement.cause = LEDGER_CAUSE_WITHDRAWAL_FEE;
        movement.network = 0;
        movement.amount = hold->fee;
        post(model, &movement);
    }
    hold_finish(model, hold, false);
    return REJECT_NONE;
}

enum reject model_hold_release(struct model *model, const struct command_hold_release *command)
{
    struct model_hold *hold = hold_find(model, command->hold_id);
    if (hold == NULL) {
        return REJECT_UNKNOWN_HOLD;
    }
    struct movement movement = {.account = hold->account,
                                .asset = hold->asset,
                                .from = LEDGER_CLASS_SUSPENSE,
                                .amount = hold->amount + hold->fee,
                                .reference = hold->hold_id,
                                .reason = command->cause};
    bool is_deposit = hold->kind == HOLD_KIND_DEPOSIT;
    if (is_deposit && command->head.account == 0xFFFFFFFFU) {
        bool is_frozen =
            model_restriction(model, hold->account, OPERATION_WITHDRAW) == RESTRICTION_FREEZE ||
            model_restriction(model, hold->account, OPERATION_DEPOSIT) == RESTRICTION_FREEZE;
        if (is_frozen) {
            return REJECT_MONEY_DISABLED;
        }
        if (-model->assets[hold->asset].custody[hold->network] < (i128)hold->amount) {
            return REJECT_CUSTODY_SHORT;
        }
        movement.to = LEDGER_CLASS_CUSTODY;
        movement.cause = LEDGER_CAUSE_DEPOSIT_RETURN;
        movement.network = hold->network;
    } else {
        if (!model_rows_fit(model, hold->account, hold->asset, hold->asset)) {
            return REJECT_LIMIT_BALANCE_ROWS;
        }
        model_rows_open(model, hold->account, hold->asset, hold->asset);
        movement.to = LEDGER_CLASS_FREE;
        movement.cause =
            is_deposit ? LEDGER_CAUSE_DEPOSIT_RELEASE : LEDGER_CAUSE_WITHDRAWAL_RELEASE;
    }
    post(model, &movement);
    hold_finish(model, hold, true);
    return REJECT_NONE;
}

/* Whether restrictions let the transfer pass; what a licence pays of it. */
static enum reject check_transfer(const struct model *model, const struct command_transfer *command,
                                  u64 *eur_out)
{
    enum reject reject =
        model_rules_permit(model, command->head.account, command->asset, OPERATION_TRANSFER_OUT,
                           model_units(command->amount), command->licence, eur_out);
    u32 payee = command->target_account;
    bool is_payee_closed =
        model_restriction(model, payee, OPERATION_TRANSFER_IN) != RESTRICTION_ALLOW;
    if (is_payee_closed && reject != REJECT_UNKNOWN_LICENCE) {
        return REJECT_MONEY_DISABLED;
    }
    return reject;
}

enum reject model_transfer(struct model *model, const struct command_transfer *command)
{
    u32 payer = command->head.account;
    u32 payee = command->target_account;
    u64 amount = model_units(command->amount);
    if (payer >= model->accounts_count || payee >= model->accounts_count) {
        return REJECT_UNKNOWN_ACCOUNT;
    }
    if (command->asset >= model->assets_count) {
        return REJECT_UNKNOWN_ASSET;
    }
    if (payer == payee) {
        return REJECT_SAME_ACCOUNT;
    }
    if (amount == 0) {
        return REJECT_AMOUNT_ZERO;
    }
    u64 eur = 0;
    enum reject reject = check_transfer(model, command, &eur);
    if (reject != REJECT_NONE) {
        return reject;
    }
    if (model_row(model, payer, command->asset)->free < (i128)amount) {
        return REJECT_INSUFFICIENT_BALANCE;
    }
    if (!model_rows_fit(model, payee, command->asset, command->asset)) {
        return REJECT_LIMIT_BALANCE_ROWS;
    }
    model_rows_open(model, payee, command->asset, command->asset);
    post(model, &(struct movement){.account = payer,
                                   .asset = command->asset,
                                   .from = LEDGER_CLASS_FREE,
                                   .to = LEDGER_CLASS_FREE,
                                   .cause = LEDGER_CAUSE_TRANSFER,
                                   .amount = amount,
                                   .other_account = payee});
    model_licence_spend(model, payer, command->licence, eur, false);
    model_rules_money(model, payer);
    if (model->accounts[payee].person != model->accounts[payer].person) {
        model_rules_money(model, payee);
    }
    return REJECT_NONE;
}

enum reject model_adjust(struct model *model, const struct command_adjust *command)
{
    u32 account = command->head.account;
    u16 asset = command->asset;
    u64 amount = model_units(command->amount);
    enum reject reject = check_account_asset(model, account, asset);
    if (reject != REJECT_NONE) {
        return reject;
    }
    if (command->direction > DIRECTION_OUT) {
        return REJECT_BAD_ENUM;
    }
    if (amount == 0) {
        return REJECT_AMOUNT_ZERO;
    }
    struct movement movement = {.account = account,
                                .asset = asset,
                                .from = LEDGER_CLASS_FREE,
                                .to = LEDGER_CLASS_EQUITY,
                                .cause = LEDGER_CAUSE_ADJUSTMENT,
                                .amount = amount,
                                .reason = command->reason};
    if (command->direction == DIRECTION_IN) {
        if (holdings(model, asset) + amount >= (i128)MODEL_UNITS_END) {
            return REJECT_AMOUNT_OVERFLOW;
        }
        if (!model_rows_fit(model, account, asset, asset)) {
            return REJECT_LIMIT_BALANCE_ROWS;
        }
        model_rows_open(model, account, asset, asset);
        movement.from = LEDGER_CLASS_EQUITY;
        movement.to = LEDGER_CLASS_FREE;
    } else if (model_row(model, account, asset)->free < (i128)amount) {
        return REJECT_INSUFFICIENT_BALANCE;
    }
    post(model, &movement);
    model_rules_money(model, account);
    return REJECT_NONE;
}
