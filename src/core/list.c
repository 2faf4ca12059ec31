#include "core/list.h"

#include "core/account.h"
#include "core/book.h"
#include "core/filter.h"
#include "core/index.h"
#include "core/ledger.h"
#include "core/output.h"
#include "core/place.h"
#include "core/refuse.h"
#include "core/trigger.h"

/* ---- checks ---- */

static bool type_is_loss(u8 type)
{
    return type == ORDER_TYPE_STOP_LOSS || type == ORDER_TYPE_STOP_LOSS_LIMIT;
}

static bool type_is_profit(u8 type)
{
    return type == ORDER_TYPE_TAKE_PROFIT || type == ORDER_TYPE_TAKE_PROFIT_LIMIT;
}

/* The types of an OCO pair: docs/semantics.md section 8; API errors.md -1158 to -1199. */
static enum reject pair_types(const struct intent *above, const struct intent *below)
{
    const struct intent *legs[2] = {above, below};
    for (u32 i = 0; i < 2; i++) {
        if (legs[i]->type != ORDER_TYPE_LIMIT_MAKER && !order_type_is_stop(legs[i]->type)) {
            return REJECT_LIST_TYPE;
        }
    }
    if (above->type == ORDER_TYPE_LIMIT_MAKER && below->type == ORDER_TYPE_LIMIT_MAKER) {
        return REJECT_LIST_BOTH_LIMIT;
    }
    bool buy = above->side == SIDE_BUY;
    if (buy && above->type == ORDER_TYPE_LIMIT_MAKER) {
        return REJECT_LIST_BUY_LIMIT_NOT_BELOW;
    }
    if (!buy && type_is_loss(above->type)) {
        return REJECT_LIST_SELL_STOP_NOT_BELOW;
    }
    if (buy && type_is_profit(above->type)) {
        return REJECT_LIST_BUY_PROFIT_NOT_BELOW;
    }
    if (!buy && below->type == ORDER_TYPE_LIMIT_MAKER) {
        return REJECT_LIST_SELL_LIMIT_NOT_ABOVE;
    }
    if (buy && type_is_loss(below->type)) {
        return REJECT_LIST_BUY_STOP_NOT_ABOVE;
    }
    return !buy && type_is_profit(below->type) ? REJECT_LIST_SELL_PROFIT_NOT_ABOVE : REJECT_NONE;
}

static u64 key_price(const struct intent *leg)
{
    struct price key = leg->type == ORDER_TYPE_LIMIT_MAKER ? leg->price : leg->stop_price;
    return key.units; /* raw: compared */
}

/* The prices of a pair around each other and, if it acts at once, around the last price. */
static bool pair_prices_fit(const struct intent *above, const struct intent *below, bool acts)
{
    u64 high = key_price(above);
    u64 low = key_price(below);
    if (high && low && high <= low) {
        return false;
    }
    const struct market *market = above->market;
    if (!acts || market->last == 0) {
        return true;
    }
    u64 last = market_price(market, market->last).units; /* raw: compared */
    return (high == 0 || high > last) && (low == 0 || low < last);
}

static enum reject pair_check(const struct intent *above, const struct intent *below, bool acts)
{
    if (above->side != below->side || amount_less(above->qty, below->qty) ||
        amount_less(below->qty, above->qty)) {
        return REJECT_BAD_COMBINATION;
    }
    enum reject reject = pair_types(above, below);
    if (reject != REJECT_NONE) {
        return reject;
    }
    return pair_prices_fit(above, below, acts) ? REJECT_NONE : REJECT_BAD_PRICE_RELATION;
}

static enum reject kind_check(const struct command_order_list *c, const struct market *market)
{
    if (c->list_kind < LIST_KIND_OCO || c->list_kind > LIST_KIND_OTOCO) {
        return REJECT_BAD_ENUM;
    }
    if (c->legs_count != (c->list_kind == LIST_KIND_OTOCO ? 3 : 2)) {
        return REJECT_BAD_COMBINATION;
    }
    if (c->list_kind != LIST_KIND_OTO && !(market->features & MARKET_FEATURE_OCO)) {
        return REJECT_OCO_UNSUPPORTED;
    }
    if (c->list_kind != LIST_KIND_OCO && !(market->features & MARKET_FEATURE_OTO)) {
        return REJECT_OTO_UNSUPPORTED;
    }
    return c->list_client.length > CLIENT_ID_SYMBOLS_MAX ? REJECT_BAD_CLIENT_ID : REJECT_NONE;
}

static void leg_decode(struct intent *intent, const struct command_order_list *c, u32 i,
                       struct market *market)
{
    const struct wire_leg *leg = &c->leg[i];
    *intent = (struct intent){
        .market = market,
        .account = c->head.account,
        .side = leg->side,
        .type = leg->type,
        .tif = leg->tif,
        .stp = leg->stp,
        .has_extra = true,
        .price = leg->price,
        .qty = leg->qty,
        .stop_price = leg->stop_price,
        .iceberg_qty = leg->iceberg_qty,
        .trailing_delta = leg->trailing_delta,
        .strategy_id = leg->strategy_id,
        .strategy_type = leg->strategy_type,
        .client = &leg->client,
    };
}

static enum reject list_shape(const struct command_order_list *c, struct intent *legs)
{
    for (u32 i = 0; i < c->legs_count; i++) {
        enum reject reject = filter_shape(&legs[i]);
        if (reject != REJECT_NONE) {
            return reject;
        }
    }
    if (c->list_kind == LIST_KIND_OCO) {
        return pair_check(&legs[0], &legs[1], true);
    }
    if (c->list_kind == LIST_KIND_OTOCO) {
        enum reject reject = pair_check(&legs[1], &legs[2], false);
        if (reject != REJECT_NONE) {
            return reject;
        }
    }
    return legs[0].type == ORDER_TYPE_LIMIT || legs[0].type == ORDER_TYPE_LIMIT_MAKER
               ? REJECT_NONE
               : REJECT_BAD_COMBINATION;
}

static enum reject list_duplicates(const struct core *core, const struct intent *legs, u32 count)
{
    for (u32 i = 0; i < count; i++) {
        if (legs[i].client->length == 0) {
            continue;
        }
        if (index_client(core, legs[i].account, legs[i].market->number, legs[i].client)) {
            return REJECT_DUPLICATE_ORDER;
        }
        for (u32 k = 0; k < i; k++) {
            if (client_id_equal(legs[k].client, legs[i].client)) {
                return REJECT_DUPLICATE_ORDER;
            }
        }
    }
    return REJECT_NONE;
}

/* WOULD_MATCH, then NO_LAST_PRICE of the legs that act at once. */
static enum reject list_book(const struct intent *legs, u32 acting)
{
    static const enum reject order[2] = {REJECT_WOULD_MATCH, REJECT_NO_LAST_PRICE};
    for (u32 pass = 0; pass < 2; pass++) {
        for (u32 i = 0; i < acting; i++) {
            if (place_check_book(&legs[i]) == order[pass]) {
                return order[pass];
            }
        }
    }
    return REJECT_NONE;
}

/* Locks of the legs that act, and whether the money is there: of a pair the larger one. */
static enum reject list_locks(const struct core *core, struct intent *legs, u32 acting)
{
    struct amount lock = AMOUNT_ZERO;
    for (u32 i = 0; i < acting; i++) {
        enum reject reject = place_lock(core, &legs[i]);
        if (reject != REJECT_NONE) {
            return reject;
        }
        lock = amount_less(lock, legs[i].lock) ? legs[i].lock : lock;
    }
    u16 asset = legs[0].side == SIDE_BUY ? legs[0].market->quote : legs[0].market->base;
    return amount_less(ledger_free(core, legs[0].account, asset), lock)
               ? REJECT_INSUFFICIENT_BALANCE
               : REJECT_NONE;
}

static void list_states(const struct command_order_list *c, struct intent *legs)
{
    for (u32 i = 0; i < c->legs_count; i++) {
        struct intent *leg = &legs[i];
        if (c->list_kind != LIST_KIND_OCO && i > 0) {
            leg->state = ORDER_STATE_PENDING_NEW;
        } else if (intent_acts(leg)) {
            leg->state = ORDER_ACTING;
        } else {
            leg->state = trigger_state_for(leg->market, leg->type, leg->side, leg->stop_ticks,
                                           leg->trailing_delta);
        }
    }
}

static enum reject list_check(struct core *core, const struct command_order_list *c,
                              struct intent *legs)
{
    struct market *market = NULL;
    enum reject reject = filter_entry(core, c->head.account, c->market, &market);
    if (reject != REJECT_NONE) {
        return reject;
    }
    reject = kind_check(c, market);
    if (reject != REJECT_NONE) {
        return reject;
    }
    for (u32 i = 0; i < c->legs_count; i++) {
        leg_decode(&legs[i], c, i, market);
    }
    reject = list_shape(c, legs);
    for (u32 i = 0; i < c->legs_count && reject == REJECT_NONE; i++) {
        reject = filter_terms(core, &legs[i]);
    }
    u32 acting = c->list_kind == LIST_KIND_OCO ? 2 : 1;
    reject = reject != REJECT_NONE ? reject : filter_counts(core, legs, c->legs_count, true);
    reject = reject != REJECT_NONE ? reject : list_duplicates(core, legs, c->legs_count);
    reject = reject != REJECT_NONE ? reject : list_book(legs, acting);
    if (reject == REJECT_NONE) {
        list_states(c, legs);
        order_locate(core, &legs[0]);
        reject = place_check_limits(core, legs, c->legs_count, true);
    }
    return reject != REJECT_NONE ? reject : list_locks(core, legs, acting);
}

/* ---- opening ---- */

static u32 list_open(struct core *core, const struct command_order_list *c, u32 position)
{
    u32 list = SLAB_TAKE(&core->list_slab, core->lists, next_free);
    core->lists[list] = (struct list){
        .id = core->next_list_id++,
        .account = c->head.account,
        .position = position,
        .market = c->market,
        .kind = c->list_kind,
        .phase = c->list_kind == LIST_KIND_OCO ? LIST_PAIR : LIST_WORKING,
        .client = c->list_client,
    };
    index_insert(&core->list_index, (u32)core->lists[list].id, list);
    core_position(core, position)->lists++;
    core->accounts[c->head.account].lists++;
    return list;
}

/* Opens one leg, tells it, and lets it rest or wait if it neither matches now nor is pending. */
static void leg_open(struct core *core, u32 list, u32 leg, struct intent *intent, u64 entry)
{
    struct amount locked = AMOUNT_ZERO;
    if (core->lists[list].phase == LIST_WORKING && leg == 0) {
        locked = intent->lock;
    } else {
        entry = core->next_entry;
    }
    u64 id = core->next_order_id++;
    u32 slot = order_open(core, intent, id, list, (u8)leg);
    core->lists[list].legs[leg] = slot;
    u64 update_id = 0;
    bool stays = intent->state == ORDER_ACTING && intent->tif == TIME_IN_FORCE_GTC;
    if (stays && !book_crosses(intent->market, intent->side, intent->ticks)) {
        update_id = order_rest(core, slot);
    }
    order_tell_new(core, intent, id, locked, entry, update_id, core->lists[list].id);
    if (intent->state == ORDER_STATE_ARMED || intent->state == ORDER_STATE_TRACKING) {
        trigger_arm(core, slot);
    }
}

static void list_accept(struct core *core, const struct command_order_list *c, struct intent *legs)
{
    u32 account = legs[0].account;
    order_provide(core, &legs[0]);
    for (u32 i = 1; i < c->legs_count; i++) {
        legs[i].row_base = legs[0].row_base;
        legs[i].row_quote = legs[0].row_quote;
        legs[i].position = legs[0].position;
    }
    u32 list = list_open(core, c, legs[0].position);
    u32 lock_row = legs[0].side == SIDE_BUY ? legs[0].row_quote : legs[0].row_base;
    struct amount pair = AMOUNT_ZERO;
    if (c->list_kind == LIST_KIND_OCO) {
        pair = amount_less(legs[0].lock, legs[1].lock) ? legs[1].lock : legs[0].lock;
        core->lists[list].locked = pair;
    }
    u64 entry = ledger_lock(core, lock_row, pair);
    OUTPUT(core, list_new, EVENT_LIST_NEW, account, .list_id = core->lists[list].id,
           .source_index = core->current.source_index, .locked = pair, .entry = entry,
           .client = c->list_client, .market = c->market, .list_kind = c->list_kind,
           .legs_count = c->legs_count);
    u64 working_entry = core->next_entry;
    if (c->list_kind != LIST_KIND_OCO) {
        working_entry = ledger_lock(core, lock_row, legs[0].lock);
    }
    for (u32 i = 0; i < c->legs_count; i++) {
        leg_open(core, list, i, &legs[i], working_entry);
    }
    u32 working = core->lists[list].legs[0];
    if (c->list_kind != LIST_KIND_OCO && core->orders[working].state == ORDER_ACTING) {
        place_act(core, working, TAKER_LIMIT, 0, AMOUNT_ZERO);
    }
}

void list_place(struct core *core, const struct command_order_list *command)
{
    struct intent legs[LEGS_MAX] = {0};
    enum reject reject = list_check(core, command, legs);
    if (reject != REJECT_NONE) {
        refuse(core, &command->head, reject, REJECT_PHASE_WHOLE, command->market, 0);
        return;
    }
    list_accept(core, command, legs);
    trigger_evaluate(core, legs[0].market);
}

/* ---- ending ---- */

/* Says list_done and forgets the list; legs still open are orders like any other now. */
static void list_close(struct core *core, u32 list)
{
    struct list *record = &core->lists[list];
    OUTPUT(core, list_done, EVENT_LIST_DONE, record->account, .list_id = record->id,
           .market = record->market);
    for (u32 i = 0; i < LEGS_MAX; i++) {
        if (record->legs[i]) {
            core->extras[core->orders[record->legs[i]].extra].list = 0;
        }
    }
    core_position(core, record->position)->lists--;
    core->accounts[record->account].lists--;
    index_remove(&core->list_index, (u32)record->id, list);
    record->id = 0;
    SLAB_GIVE(&core->list_slab, core->lists, next_free, list);
}

/* Ends the open legs in id order. Of a waiting pair the last one carries the pair's lock. */
static void legs_end(struct core *core, u32 list, u8 status, u8 reason)
{
    struct list *record = &core->lists[list];
    bool pair = record->phase == LIST_PAIR;
    for (u32 i = 0; i < LEGS_MAX; i++) {
        u32 slot = record->legs[i];
        if (slot == 0) {
            continue;
        }
        bool last = (i + 1 >= LEGS_MAX || record->legs[i + 1] == 0);
        struct amount released =
            pair ? (last ? record->locked : AMOUNT_ZERO) : order_lock(core, slot);
        order_end(core, slot, status, reason, released);
    }
    list_close(core, list);
}

void list_leg_finish(struct core *core, u32 slot, u8 status, u8 reason)
{
    u32 list = core->extras[core->orders[slot].extra].list;
    order_end(core, slot, status, reason, order_lock(core, slot));
    legs_end(core, list, status, reason);
}

/* The other leg of a pair ends and gives back what the pair held beyond `kept`. */
static void pair_over(struct core *core, u32 list, u32 survivor, struct amount kept)
{
    struct list *record = &core->lists[list];
    struct amount released = AMOUNT_ZERO;
    CHECK(amount_sub(record->locked, kept, &released));
    for (u32 i = 0; i < LEGS_MAX; i++) {
        if (record->legs[i] && record->legs[i] != survivor) {
            order_end(core, record->legs[i], DONE_STATUS_EXPIRED, EXPIRY_REASON_OCO_TRIGGER,
                      released);
        }
    }
    list_close(core, list);
}

void list_working_done(struct core *core, u32 list, bool filled)
{
    struct list *record = &core->lists[list];
    if (!filled) {
        legs_end(core, list, DONE_STATUS_EXPIRED, EXPIRY_REASON_OTO_PHASE_ONE_EXPIRED);
        return;
    }
    record->phase = LIST_STARTING;
    trigger_queue(core, record->legs[1]);
    if (record->legs[2]) {
        core->orders[record->legs[2]].state = ORDER_STATE_QUEUED;
    }
}

void list_leg_traded(struct core *core, u32 list, u32 slot, struct amount need)
{
    if (core->lists[list].phase == LIST_PAIR) {
        pair_over(core, list, slot, need);
    } else if (slot == 0) {
        list_working_done(core, list, true);
    }
}

void list_leg_prevented(struct core *core, u32 list, struct amount gone)
{
    if (core->lists[list].phase == LIST_PAIR) {
        pair_over(core, list, 0, gone);
    } else {
        list_working_done(core, list, false);
    }
}

void list_leg_triggered(struct core *core, u32 slot)
{
    u32 list = core->extras[core->orders[slot].extra].list;
    pair_over(core, list, slot, order_need(core, slot));
}

/* The list a cancel_list names, or 0. Client ids of lists are not unique: the lowest id wins. */
static u32 list_find(const struct core *core, const struct command_cancel_list *c)
{
    const struct client_id *client = c->client.length ? &c->client : NULL;
    if (c->list_id) {
        u32 list = index_list(core, c->list_id);
        const struct list *record = &core->lists[list];
        bool fits = list && record->account == c->head.account && record->market == c->market &&
                    (!client || client_id_equal(&record->client, client));
        return fits ? list : 0;
    }
    u32 position = account_position(core, c->head.account, c->market);
    if (position == TICKS_NONE) {
        return 0;
    }
    u32 found = 0;
    u32 slot = core_position((struct core *)(uintptr_t)core, position)->newest;
    for (; slot; slot = core->links[slot].older) {
        u32 extra = core->orders[slot].extra;
        u32 list = extra ? core->extras[extra].list : 0;
        if (list && client_id_equal(&core->lists[list].client, client) &&
            (found == 0 || core->lists[list].id < core->lists[found].id)) {
            found = list;
        }
    }
    return found;
}

void list_cancel(struct core *core, const struct command_cancel_list *command)
{
    const struct command_head *head = &command->head;
    enum reject reject = REJECT_NONE;
    u32 list = 0;
    if (head->account >= core->accounts_count) {
        reject = REJECT_UNKNOWN_ACCOUNT;
    } else if (command->market >= core->markets_count) {
        reject = REJECT_UNKNOWN_MARKET;
    } else if (account_restriction(&core->accounts[head->account], OPERATION_CANCEL)) {
        reject = REJECT_CANCEL_DISABLED;
    } else if (core->markets[command->market].state == MARKET_STATE_BREAK) {
        reject = REJECT_CANCEL_MARKET_CLOSED;
    } else if (command->list_id == 0 && command->client.length == 0) {
        reject = REJECT_CANCEL_NO_ID;
    } else {
        list = list_find(core, command);
        reject = list ? REJECT_NONE : REJECT_UNKNOWN_ORDER;
    }
    if (reject != REJECT_NONE) {
        refuse(core, head, reject, REJECT_PHASE_WHOLE, command->market, 0);
        return;
    }
    core->current.canceling = true;
    legs_end(core, list, DONE_STATUS_CANCELED, EXPIRY_REASON_NONE);
    core->current.canceling = false;
}

/* ---- starting pending legs ---- */

/* A pending leg as an intent, to be checked and locked like a new order. */
static struct intent leg_intent(struct core *core, u32 slot)
{
    const struct order *order = &core->orders[slot];
    const struct extra *extra = &core->extras[order->extra];
    struct market *market = &core->markets[order->market];
    return (struct intent){
        .market = market,
        .account = order->account,
        .side = order->side,
        .type = order->type,
        .tif = order->tif,
        .stp = order->stp,
        .ticks = order->ticks,
        .stop_ticks = extra->stop_ticks,
        .trailing_delta = extra->trailing_delta,
        .lots = order->left,
        .qty = market_base(market, order->left),
        .client = &core->colds[slot].client,
    };
}

/* Whether a pending leg can start; sets its lock. */
static bool leg_can_start(struct core *core, struct intent *leg)
{
    if ((core->accounts[leg->account].restrictions & ACCOUNT_PLACE_MASK) ||
        (leg->market->checks & MARKET_CHECK_RULED)) {
        return false;
    }
    enum reject reject = place_check_book(leg);
    if (reject != REJECT_NONE && reject != REJECT_WOULD_TRIGGER) {
        return false;
    }
    return place_lock(core, leg) == REJECT_NONE;
}

/* Lets a started leg act; the pair it may belong to holds its lock. */
static void leg_start(struct core *core, u32 slot, const struct intent *leg, struct amount locked,
                      u64 entry)
{
    struct order *order = &core->orders[slot];
    OUTPUT(core, order_triggered, EVENT_ORDER_TRIGGERED, order->account, .order_id = order->id,
           .locked = locked, .entry = entry, .market = order->market, .type = order->type);
    core->extras[order->extra].basis_ticks = leg->basis_ticks;
    order->state = ORDER_ACTING;
    if (order_type_is_stop(order->type)) {
        trigger_arm(core, slot);
    } else if (core->extras[order->extra].list) {
        order_rest_and_tell(core, slot); /* the limit_maker leg of a pair */
    } else {
        bool limit = order_type_is_limit(order->type);
        place_act(core, slot, limit ? TAKER_LIMIT : TAKER_MARKET, 0, leg->lock);
    }
}

void list_start(struct core *core, u32 list)
{
    struct list *record = &core->lists[list];
    u32 slots[2] = {record->legs[1], record->legs[2]};
    bool pair = slots[1] != 0;
    struct intent legs[2] = {leg_intent(core, slots[0]), {0}};
    bool can = leg_can_start(core, &legs[0]);
    if (pair) {
        legs[1] = leg_intent(core, slots[1]);
        can = leg_can_start(core, &legs[1]) && can;
    }
    struct amount lock = amount_less(legs[0].lock, legs[1].lock) ? legs[1].lock : legs[0].lock;
    u32 row = order_lock_row(&core->orders[slots[0]]);
    if (!can || amount_less(core_row(core, row)->free, lock)) {
        legs_end(core, list, DONE_STATUS_EXPIRED, EXPIRY_REASON_REJECTED);
        return;
    }
    u64 entry = ledger_lock(core, row, lock);
    if (!pair) {
        core->extras[core->orders[slots[0]].extra].list = 0;
        record->legs[1] = 0;
        leg_start(core, slots[0], &legs[0], lock, entry);
        list_close(core, list);
        return;
    }
    record->phase = LIST_PAIR;
    record->locked = lock;
    leg_start(core, slots[0], &legs[0], lock, entry);
    leg_start(core, slots[1], &legs[1], AMOUNT_ZERO, core->next_entry);
}
