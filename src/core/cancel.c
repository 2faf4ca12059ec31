#include "core/cancel.h"

#include "core/account.h"
#include "core/filter.h"
#include "core/index.h"
#include "core/ledger.h"
#include "core/order.h"
#include "core/output.h"
#include "core/place.h"
#include "core/refuse.h"
#include "core/trigger.h"

/* ---- finding the order ---- */

/* How a command names an order. `client` may be shorter than its type; length says what is there.
 */
struct target {
    u64 id;
    const struct client_id *client;
    u32 account;
    u16 market;
};

/* The open order a target names; 0 with *reject_out set. `unknown` is the caller's own refusal. */
static u32 target_find(const struct core *core, const struct target *target, enum reject unknown,
                       enum reject *reject_out)
{
    bool named = target->client->length != 0;
    u32 slot = target->id ? index_order(core, target->id)
               : named    ? index_client(core, target->account, target->market, target->client)
                          : 0;
    const struct order *order = &core->orders[slot];
    if (slot == 0 || order->account != target->account || order->market != target->market) {
        *reject_out = unknown;
        return 0;
    }
    if (named && !client_id_equal(&core->colds[slot].client, target->client)) {
        *reject_out = REJECT_CLIENT_ID_MISMATCH;
        return 0;
    }
    *reject_out = REJECT_NONE;
    return slot;
}

static u64 order_executed(const struct core *core, u32 slot)
{
    return core->colds[slot].lots - core->orders[slot].left - core->colds[slot].prevented;
}

/* The cancel itself, from CANCEL_NO_ID on. Returns the order's slot, or 0 with a refusal. */
static u32 cancel_find(const struct core *core, const struct target *target, u8 restriction,
                       enum reject *reject_out)
{
    if (UNLIKELY(target->id == 0 && target->client->length == 0)) {
        *reject_out = REJECT_CANCEL_NO_ID;
        return 0;
    }
    u32 slot = target_find(core, target, REJECT_UNKNOWN_ORDER, reject_out);
    if (slot == 0 || LIKELY(restriction == CANCEL_RESTRICTION_NONE)) {
        return slot;
    }
    bool executed = order_executed(core, slot) != 0;
    if (executed == (restriction == CANCEL_RESTRICTION_ONLY_NEW)) {
        *reject_out = REJECT_CANCEL_RESTRICTION;
        return 0;
    }
    return slot;
}

static enum reject cancel_entry(const struct core *core, u32 account, u16 market)
{
    if (UNLIKELY(account >= core->accounts_count)) {
        return REJECT_UNKNOWN_ACCOUNT;
    }
    if (UNLIKELY(market >= core->markets_count)) {
        return REJECT_UNKNOWN_MARKET;
    }
    if (UNLIKELY(account_restriction(&core->accounts[account], OPERATION_CANCEL))) {
        return REJECT_CANCEL_DISABLED;
    }
    return UNLIKELY(core->markets[market].state == MARKET_STATE_BREAK) ? REJECT_CANCEL_MARKET_CLOSED
                                                                       : REJECT_NONE;
}

static void cancel_slot(struct core *core, u32 slot)
{
    core->current.canceling = true;
    order_finish(core, slot, DONE_STATUS_CANCELED, EXPIRY_REASON_NONE);
    core->current.canceling = false;
}

void cancel_order(struct core *core, const struct command_cancel *command)
{
    u32 account = command->head.account;
    enum reject reject = cancel_entry(core, account, command->market);
    if (reject == REJECT_NONE && command->restriction >= CANCEL_RESTRICTION_COUNT) {
        reject = REJECT_BAD_ENUM;
    }
    u32 slot = 0;
    if (LIKELY(reject == REJECT_NONE)) {
        struct target target = {command->order_id, &command->client, account, command->market};
        slot = cancel_find(core, &target, command->restriction, &reject);
    }
    if (UNLIKELY(reject != REJECT_NONE)) {
        refuse(core, &command->head, reject, REJECT_PHASE_WHOLE, command->market, 0);
        return;
    }
    cancel_slot(core, slot);
}

void cancel_all(struct core *core, const struct command_cancel_all *command)
{
    u32 account = command->head.account;
    enum reject reject = cancel_entry(core, account, command->market);
    u32 position = TICKS_NONE;
    if (reject == REJECT_NONE) {
        position = account_position(core, account, command->market);
        if (position == TICKS_NONE || core_position(core, position)->newest == 0) {
            reject = REJECT_UNKNOWN_ORDER;
        }
    }
    if (reject != REJECT_NONE) {
        refuse(core, &command->head, reject, REJECT_PHASE_WHOLE, command->market, 0);
        return;
    }
    while (core_position(core, position)->newest) {
        cancel_slot(core, core_position(core, position)->newest);
    }
}

/* The account's position in the lowest market above `market` where something is open. */
static u32 position_after(struct core *core, u32 account, u32 market)
{
    u32 found = TICKS_NONE;
    u32 found_market = core->markets_count;
    struct position *first = &core->accounts[account].position;
    if (first->newest && first->market >= market) {
        found = account;
        found_market = first->market;
    }
    for (u32 i = core->accounts[account].positions_more; i; i = core->positions[i].next) {
        const struct position *position = &core->positions[i].position;
        if (position->newest && position->market >= market && position->market < found_market) {
            found = core->limits.accounts_max + i;
            found_market = position->market;
        }
    }
    return found;
}

void cancel_expire_account(struct core *core, u32 account)
{
    u32 market = 0;
    for (;;) {
        u32 index = position_after(core, account, market);
        if (index == TICKS_NONE) {
            return;
        }
        struct position *position = core_position(core, index);
        while (position->newest) {
            order_finish(core, position->newest, DONE_STATUS_EXPIRED,
                         EXPIRY_REASON_EXCHANGE_CANCELED);
        }
        market = position->market + 1U;
    }
}

void cancel_expire_market(struct core *core, u16 market)
{
    u32 accounts = core->accounts_count;
    for (u32 account = 0; account < accounts && core->markets[market].orders; account++) {
        u32 index = account_position(core, account, market);
        while (index != TICKS_NONE && core_position(core, index)->newest) {
            order_finish(core, core_position(core, index)->newest, DONE_STATUS_EXPIRED,
                         EXPIRY_REASON_EXCHANGE_CANCELED);
        }
    }
}

/* ---- cancel-replace ---- */

static void replace_decode(struct intent *intent, const struct command_cancel_replace *c)
{
    *intent = (struct intent){
        .account = c->head.account,
        .side = c->side,
        .type = c->type,
        .tif = c->tif,
        .stp = c->stp,
        .price = c->price,
        .qty = c->qty,
        .stop_price = c->stop_price,
        .iceberg_qty = c->iceberg_qty,
        .quote_qty = c->quote_qty,
        .trailing_delta = c->trailing_delta,
        .strategy_id = c->strategy_id,
        .strategy_type = c->strategy_type,
        .client = &c->client,
    };
}

/* Everything that is looked at before the cancel. */
static enum reject replace_check(struct core *core, struct intent *intent,
                                 const struct command_cancel_replace *c)
{
    enum reject reject = filter_entry(core, intent->account, c->market, &intent->market);
    if (reject != REJECT_NONE) {
        return reject;
    }
    if (c->mode >= REPLACE_MODE_COUNT || c->restriction >= CANCEL_RESTRICTION_COUNT) {
        return REJECT_BAD_ENUM;
    }
    if (!(intent->market->features & MARKET_FEATURE_CANCEL_REPLACE)) {
        return REJECT_CANCEL_REPLACE_UNSUPPORTED;
    }
    reject = filter_shape(intent);
    reject = reject != REJECT_NONE ? reject : filter_terms(core, intent);
    reject = reject != REJECT_NONE ? reject : filter_counts(core, intent, 1, false);
    if (reject == REJECT_NONE &&
        account_restriction(&core->accounts[intent->account], OPERATION_CANCEL)) {
        reject = REJECT_CANCEL_DISABLED;
    }
    return reject;
}

void cancel_replace(struct core *core, const struct command_cancel_replace *command)
{
    const struct command_head *head = &command->head;
    struct intent intent;
    replace_decode(&intent, command);
    enum reject reject = replace_check(core, &intent, command);
    if (UNLIKELY(reject != REJECT_NONE)) {
        refuse(core, head, reject, REJECT_PHASE_WHOLE, command->market, 0);
        return;
    }
    struct target target = {command->target_id, &command->target_client, head->account,
                            command->market};
    u32 slot = cancel_find(core, &target, command->restriction, &reject);
    if (LIKELY(slot)) {
        cancel_slot(core, slot);
    } else {
        refuse(core, head, reject, REJECT_PHASE_CANCEL, command->market, command->target_id);
        if (command->mode == REPLACE_MODE_STOP_ON_FAILURE) {
            return;
        }
    }
    reject = place_check_against_state(core, &intent);
    if (UNLIKELY(reject != REJECT_NONE)) {
        refuse(core, head, reject, REJECT_PHASE_NEW, command->market, 0);
        return;
    }
    place_accept(core, &intent);
    trigger_evaluate(core, intent.market);
}

/* ---- amend ---- */

/* The other leg of a waiting pair, or of an otoco's pending pair; 0 if there is none. */
static u32 amend_sibling(const struct core *core, u32 slot)
{
    u32 extra = core->orders[slot].extra;
    u32 list = extra ? core->extras[extra].list : 0;
    if (list == 0) {
        return 0;
    }
    const struct list *record = &core->lists[list];
    if (record->phase == LIST_PAIR) {
        for (u32 i = 0; i < LEGS_MAX; i++) {
            if (record->legs[i] && record->legs[i] != slot) {
                return record->legs[i];
            }
        }
    }
    bool pending_pair = record->kind == LIST_KIND_OTOCO && record->phase == LIST_WORKING;
    if (pending_pair && record->legs[0] != slot) {
        return record->legs[1] == slot ? record->legs[2] : record->legs[1];
    }
    return 0;
}

/* Filters on the new quantity. */
static enum reject amend_filters(const struct core *core, u32 slot, struct amount qty,
                                 u64 *lots_out)
{
    const struct order *order = &core->orders[slot];
    struct market *market = &core->markets[order->market];
    u64 gone = core->colds[slot].lots - order->left; /* executed or prevented */
    if (!filter_lot_size(market, qty, lots_out) || *lots_out <= gone) {
        return REJECT_FILTER_LOT_SIZE;
    }
    if (order->ticks == 0 || !(market->checks & MARKET_CHECK_NOTIONAL)) {
        return REJECT_NONE;
    }
    struct intent intent = {
        .market = market,
        .price = market_price(market, order->ticks),
        .qty = qty,
        .notional = market_quote(market, order->ticks, *lots_out),
    };
    return filter_notional(core, &intent);
}

static enum reject amend_entry(struct core *core, const struct command_amend *c)
{
    struct market *market = NULL;
    enum reject reject = filter_entry(core, c->head.account, c->market, &market);
    if (reject == REJECT_ACCOUNT_DISABLED) {
        return REJECT_AMEND_DISABLED;
    }
    if (reject == REJECT_ASSET_DISABLED) { /* less of what rests is no new order */
        reject = market->state == MARKET_STATE_TRADING ? REJECT_NONE : REJECT_MARKET_CLOSED;
    }
    if (reject == REJECT_MARKET_CLOSED) {
        return REJECT_AMEND_MARKET_CLOSED;
    }
    if (reject != REJECT_NONE) {
        return reject;
    }
    if (!(market->features & MARKET_FEATURE_AMEND)) {
        return REJECT_AMEND_UNSUPPORTED;
    }
    return c->new_client.length > CLIENT_ID_SYMBOLS_MAX ? REJECT_BAD_CLIENT_ID : REJECT_NONE;
}

/* Checks on the named order itself. */
static enum reject amend_check(const struct core *core, const struct command_amend *c, u32 slot,
                               u64 *lots_out)
{
    u32 sibling = amend_sibling(core, slot);
    if (core->orders[slot].state == ORDER_STATE_QUEUED ||
        (sibling && core->orders[sibling].state == ORDER_STATE_QUEUED)) {
        return REJECT_AMEND_UNKNOWN_ORDER;
    }
    const struct market *market = &core->markets[c->market];
    struct amount qty = market_base(market, core->colds[slot].lots);
    if (amount_less(qty, c->qty)) {
        return REJECT_AMEND_INCREASE;
    }
    if (!amount_less(c->qty, qty)) {
        return REJECT_AMEND_NO_CHANGE;
    }
    u32 most = market->definition.amends_max;
    if (most && core->colds[slot].amends >= most) {
        return REJECT_FILTER_MAX_NUM_ORDER_AMENDS;
    }
    enum reject reject = amend_filters(core, slot, c->qty, lots_out);
    if (reject != REJECT_NONE) {
        return reject;
    }
    if (c->new_client.length) {
        u32 holder = index_client(core, c->head.account, c->market, &c->new_client);
        if (holder && holder != slot) {
            return REJECT_AMEND_DUPLICATE;
        }
    }
    return sibling ? amend_filters(core, sibling, c->qty, lots_out) : REJECT_NONE;
}

static void amend_client(struct core *core, u32 slot, const struct client_id *client)
{
    struct order *order = &core->orders[slot];
    struct order_cold *cold = &core->colds[slot];
    if (client->length == 0) {
        return;
    }
    if (order->has_client) {
        index_client_remove(core, slot);
    }
    cold->client = *client;
    order->has_client = 1;
    index_client_insert(core, index_client_key(order->account, order->market, client), slot);
}

/* Shrinks one order. Whether what it shows on the book changed. */
static bool amend_shrink(struct core *core, u32 slot, u64 lots)
{
    struct order *order = &core->orders[slot];
    struct order_cold *cold = &core->colds[slot];
    u64 before = order_visible(core, order);
    order->left -= cold->lots - lots;
    cold->lots = lots;
    cold->amends++;
    if (order->extra) {
        struct extra *extra = &core->extras[order->extra];
        extra->iceberg = u64_min(extra->iceberg, lots);
        extra->visible = u64_min(extra->visible, order->left);
    }
    return order->state == ORDER_STATE_WORKING && order_visible(core, order) != before;
}

static void amend_tell(struct core *core, u32 slot, struct amount released, bool visible_changed)
{
    const struct order *order = &core->orders[slot];
    struct market *market = &core->markets[order->market];
    u64 entry = ledger_unlock(core, order_lock_row(order), released);
    OUTPUT(core, order_amended, EVENT_ORDER_AMENDED, order->account,
           .source_index = core->current.source_index, .order_id = order->id,
           .qty = market_base(market, core->colds[slot].lots), .released = released, .entry = entry,
           .update_id = visible_changed ? market->next_update_id++ : 0,
           .client = core->colds[slot].client, .market = order->market);
}

/* What a waiting pair's lock no longer needs after both legs shrank. */
static struct amount amend_pair_surplus(struct core *core, u32 list, u32 a, u32 b)
{
    struct amount need_a = order_need(core, a);
    struct amount need_b = order_need(core, b);
    struct amount need = amount_less(need_a, need_b) ? need_b : need_a;
    struct amount surplus = AMOUNT_ZERO;
    CHECK(amount_sub(core->lists[list].locked, need, &surplus));
    core->lists[list].locked = need;
    return surplus;
}

static void amend_apply(struct core *core, const struct command_amend *c, u32 slot, u64 lots)
{
    u32 sibling = amend_sibling(core, slot);
    struct amount before = order_lock(core, slot);
    bool changed = amend_shrink(core, slot, lots);
    amend_client(core, slot, &c->new_client);
    struct amount released = AMOUNT_ZERO;
    CHECK(amount_sub(before, order_lock(core, slot), &released));
    amend_tell(core, slot, released, changed);
    if (sibling) {
        bool sibling_changed = amend_shrink(core, sibling, lots);
        u32 list = core->extras[core->orders[slot].extra].list;
        struct amount surplus = core->lists[list].phase == LIST_PAIR
                                    ? amend_pair_surplus(core, list, slot, sibling)
                                    : AMOUNT_ZERO;
        amend_tell(core, sibling, surplus, sibling_changed);
    }
}

void cancel_amend(struct core *core, const struct command_amend *command)
{
    enum reject reject = amend_entry(core, command);
    u32 slot = 0;
    u64 lots = 0;
    if (reject == REJECT_NONE) {
        struct target target = {command->order_id, &command->client, command->head.account,
                                command->market};
        slot = target_find(core, &target, REJECT_AMEND_UNKNOWN_ORDER, &reject);
    }
    if (reject == REJECT_NONE) {
        reject = amend_check(core, command, slot, &lots);
    }
    if (reject != REJECT_NONE) {
        refuse(core, &command->head, reject, REJECT_PHASE_WHOLE, command->market, 0);
        return;
    }
    amend_apply(core, command, slot, lots);
}
