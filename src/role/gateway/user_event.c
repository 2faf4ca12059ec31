#include "role/gateway/user_event.h"

#include "base/check.h"
#include "base/hash.h"
#include "role/gateway/calls_trade.h"
#include "role/gateway/trade_answer.h"
#include "role/gateway/user_json.h"
#include "role/gateway/view_market.h"
#include "role/gateway/view_person.h"
#include "wire/reject.h"

#define SLOTS (2 * USER_EVENT_ORDERS_MAX) /* half of them stay free */

_Static_assert((SLOTS & (SLOTS - 1)) == 0, "a power of two");

/* How an order stood before the next event. While the first pass adds up, the sums of all. */
struct told {
    u64 generation; /* of the telling; others are free slots */
    u64 order_id;
    struct amount executed;
    struct amount quote_done;
    struct amount prevented;
    u32 triggers_ahead;
    bool amend_ahead;
    bool is_based; /* below the view's numbers by the sums */
};

struct told_account {
    u64 generation;
    u32 account;
};

enum user_event_kind {
    USER_EVENT_EXECUTION,
    USER_EVENT_LIST,
    USER_EVENT_POSITION,
    USER_EVENT_BALANCE,
};

struct user_event {
    struct user_events *made;
    enum user_event_kind kind;
    u32 account;
    size_t text_bytes[2]; /* in milliseconds, in microseconds; 0: not printed yet */
    struct user_execution execution;
    struct list_shown list;
    struct call_names list_names;
    const char *list_status;
    const char *list_order_status;
    struct amount amount;
    u16 asset;
    bool is_gain;
};

struct user_events {
    struct told *orders;           /* SLOTS */
    struct told_account *accounts; /* SLOTS */
    u32 *accounts_told;            /* USER_EVENT_ORDERS_MAX, in the order they came */
    char *texts[2];
    u32 orders_count;
    u32 accounts_count;
    u64 generation;
    u64 overflows;
    struct user_event event;

    /* of the telling */
    const struct view *view;
    struct user_sink *sink;
    struct span events;
    u64 now_us;
    struct view_place place;
    struct told spare; /* for an order without room */
};

size_t user_events_footprint(void)
{
    struct footprint footprint = {0};
    footprint_add(&footprint, 1, sizeof(struct user_events), 64);
    footprint_add(&footprint, SLOTS, sizeof(struct told), 64);
    footprint_add(&footprint, SLOTS, sizeof(struct told_account), 64);
    footprint_add(&footprint, USER_EVENT_ORDERS_MAX, sizeof(u32), 64);
    footprint_add(&footprint, 2, USER_EVENT_TEXT_BYTES, 64);
    return footprint.bytes;
}

enum fault user_events_open(struct user_events **made_out, struct arena *arena)
{
    struct user_events *made = arena_take(arena, sizeof(struct user_events), 64);
    struct told *orders = arena_take_array(arena, SLOTS, sizeof(struct told), 64);
    struct told_account *accounts = arena_take_array(arena, SLOTS, sizeof(struct told_account), 64);
    u32 *told = arena_take_array(arena, USER_EVENT_ORDERS_MAX, sizeof(u32), 64);
    char *texts = arena_take_array(arena, 2, USER_EVENT_TEXT_BYTES, 64);
    if (made == NULL || orders == NULL || accounts == NULL || told == NULL || texts == NULL) {
        return FAULT(FAULT_LIMIT, "user data events: %zu bytes", user_events_footprint());
    }
    made->orders = orders;
    made->accounts = accounts;
    made->accounts_told = told;
    made->texts[0] = texts;
    made->texts[1] = texts + USER_EVENT_TEXT_BYTES;
    made->event.made = made;
    *made_out = made;
    return FAULT_NONE;
}

u64 user_events_overflows(const struct user_events *made)
{
    return made->overflows;
}

/* ---- telling one ---- */

struct span user_event_text(struct user_event *event, bool microseconds)
{
    const struct user_events *made = event->made;
    if (event->text_bytes[microseconds] == 0) {
        struct json_writer json;
        json_begin(&json, made->texts[microseconds], USER_EVENT_TEXT_BYTES);
        switch (event->kind) {
        case USER_EVENT_EXECUTION:
            user_put_execution(&json, &event->execution, microseconds);
            break;
        case USER_EVENT_LIST:
            user_put_list(&json, &event->list_names, &event->list, event->list_status,
                          event->list_order_status, made->now_us, made->place.time_us,
                          microseconds);
            break;
        case USER_EVENT_POSITION:
            user_put_position(&json, made->view, event->account, made->place.seq, made->now_us,
                              made->place.time_us, microseconds);
            break;
        case USER_EVENT_BALANCE:
            user_put_balance(&json, made->view, event->asset, event->amount, event->is_gain,
                             made->now_us, made->place.time_us, microseconds);
            break;
        }
        event->text_bytes[microseconds] = json_end(&json);
        CHECK(event->text_bytes[microseconds] > 0);
    }
    return span_of(made->texts[microseconds], event->text_bytes[microseconds]);
}

static void tell(struct user_events *made, enum user_event_kind kind, u32 account)
{
    made->event.kind = kind;
    made->event.account = account;
    made->event.text_bytes[0] = 0;
    made->event.text_bytes[1] = 0;
    made->sink->event(made->sink, account, &made->event);
}

/* Whether anybody listens. The account's balances are told at the end. */
static bool concern(struct user_events *made, u32 account)
{
    if (!made->sink->listens(made->sink, account)) {
        return false;
    }
    u64 at = hash_u64(account) & (SLOTS - 1);
    while (made->accounts[at].generation == made->generation &&
           made->accounts[at].account != account) {
        at = (at + 1) & (SLOTS - 1);
    }
    struct told_account *row = &made->accounts[at];
    if (row->generation != made->generation && made->accounts_count < USER_EVENT_ORDERS_MAX) {
        *row = (struct told_account){.generation = made->generation, .account = account};
        made->accounts_told[made->accounts_count] = account;
        made->accounts_count += 1;
    }
    return true;
}

/* ---- what the command did to each order ---- */

/* The order's slot, taken if it had none; NULL: no room. */
static struct told *told_of(struct user_events *made, u64 order_id)
{
    u64 at = hash_u64(order_id) & (SLOTS - 1);
    while (made->orders[at].generation == made->generation &&
           made->orders[at].order_id != order_id) {
        at = (at + 1) & (SLOTS - 1);
    }
    struct told *row = &made->orders[at];
    if (row->generation == made->generation) {
        return row;
    }
    if (made->orders_count == USER_EVENT_ORDERS_MAX) {
        made->overflows += 1;
        return NULL;
    }
    made->orders_count += 1;
    *row = (struct told){.generation = made->generation, .order_id = order_id};
    return row;
}

static void raise(struct amount *target, struct amount more)
{
    bool fits = amount_add(*target, more, target);
    CHECK(fits);
}

static void add_fill(struct user_events *made, u64 order_id, struct amount qty, struct amount quote)
{
    struct told *row = told_of(made, order_id);
    if (row != NULL) {
        raise(&row->executed, qty);
        raise(&row->quote_done, quote);
    }
}

static void add_prevented(struct user_events *made, u64 order_id, struct amount qty)
{
    struct told *row = told_of(made, order_id);
    if (row != NULL) {
        raise(&row->prevented, qty);
    }
}

static void add_up(struct user_events *made)
{
    const struct event_head *head = NULL;
    for (size_t offset = 0; call_event_next(made->events, &offset, &head);) {
        if (head->kind == EVENT_TRADE) {
            const struct event_trade *event = (const void *)head;
            add_fill(made, event->maker_order_id, event->qty, event->quote);
            add_fill(made, event->taker_order_id, event->qty, event->quote);
        } else if (head->kind == EVENT_PREVENTED) {
            const struct event_prevented *event = (const void *)head;
            add_prevented(made, event->maker_order_id, event->maker_qty);
            add_prevented(made, event->taker_order_id, event->taker_qty);
        } else if (head->kind == EVENT_ORDER_TRIGGERED) {
            const struct event_order_triggered *event = (const void *)head;
            struct told *row = told_of(made, event->order_id);
            if (row != NULL) {
                row->triggers_ahead += 1;
            }
        } else if (head->kind == EVENT_ORDER_AMENDED) {
            const struct event_order_amended *event = (const void *)head;
            struct told *row = told_of(made, event->order_id);
            if (row != NULL) {
                row->amend_ahead = true;
            }
        }
    }
}

static void lower(struct amount *target, struct amount from)
{
    bool fits = amount_sub(from, *target, target);
    CHECK(fits);
}

/* How the order stood before the event that is told now. */
static struct told *before(struct user_events *made, const struct view_order *order)
{
    struct told *row = told_of(made, order->id);
    if (row == NULL) {
        made->spare = (struct told){.order_id = order->id,
                                    .executed = order->executed,
                                    .quote_done = order->quote_done,
                                    .prevented = order->prevented,
                                    .is_based = true};
        return &made->spare;
    }
    if (!row->is_based) {
        lower(&row->executed, order->executed);
        lower(&row->quote_done, order->quote_done);
        lower(&row->prevented, order->prevented);
        row->is_based = true;
    }
    return row;
}

/* ---- executionReport ---- */

/* What the view says of how the order ended holds from its last fill on. */
static enum view_status status_after(const struct view_order *order, const struct told *row)
{
    bool no_more = row->executed.units == order->executed.units && /* raw: all was told */
                   row->prevented.units == order->prevented.units; /* raw: all was told */
    if (!order->is_open && no_more && order->done_status == DONE_STATUS_FILLED) {
        return VIEW_STATUS_FILLED;
    }
    if (!order->is_open && no_more && order->done_status == DONE_STATUS_EXPIRED_IN_MATCH) {
        return VIEW_STATUS_EXPIRED_IN_MATCH;
    }
    /* Nothing but an amend happens to a leg that waits for another order. */
    if (order->state == ORDER_STATE_PENDING_NEW) {
        return VIEW_STATUS_PENDING_NEW;
    }
    return amount_is_zero(row->executed) ? VIEW_STATUS_NEW : VIEW_STATUS_PARTIALLY_FILLED;
}

/* The report of an open order, which whoever tells more changes. */
static struct user_execution *report(struct user_events *made, enum user_execution_kind kind,
                                     const struct view_order *order, const struct told *row)
{
    struct user_execution *execution = &made->event.execution;
    bool is_working = order->is_working && row->triggers_ahead == 0;
    *execution = (struct user_execution){.kind = kind,
                                         .names = call_names(made->view, order->market),
                                         .order = order_shown_of_view(order),
                                         .reject = "NONE",
                                         .now_us = made->now_us,
                                         .time_us = made->place.time_us,
                                         .id = made->place.seq,
                                         .is_working = is_working};
    struct order_shown *shown = &execution->order;
    shown->executed = row->executed;
    shown->quote_done = row->quote_done;
    shown->prevented = row->prevented;
    shown->status = (u8)status_after(order, row);
    shown->reason = EXPIRY_REASON_NONE;
    if (!is_working) {
        shown->working_us = 0;
    }
    if (row->amend_ahead) {
        shown->client = order->client_old;
        shown->qty = order->qty_old;
    }
    return execution;
}

static void tell_execution(struct user_events *made, struct user_execution *execution)
{
    if (execution->order.status == VIEW_STATUS_FILLED ||
        execution->order.status == VIEW_STATUS_CANCELED ||
        execution->order.status == VIEW_STATUS_EXPIRED ||
        execution->order.status == VIEW_STATUS_EXPIRED_IN_MATCH) {
        execution->is_working = false;
    }
    tell(made, USER_EVENT_EXECUTION, execution->order.account);
}

static void on_order_new(struct user_events *made, const struct event_order_new *event)
{
    if (!concern(made, event->head.account)) {
        return;
    }
    const struct view_order *order = view_order_of(made->view, event->order_id);
    if (order == NULL) {
        return;
    }
    const struct told *row = before(made, order);
    struct user_execution *execution = report(made, USER_EXECUTION_NEW, order, row);
    execution->order.status =
        (u8)(event->state == ORDER_STATE_PENDING_NEW ? VIEW_STATUS_PENDING_NEW : VIEW_STATUS_NEW);
    tell_execution(made, execution);
}

static void on_triggered(struct user_events *made, const struct event_order_triggered *event)
{
    const struct view_order *order = view_order_of(made->view, event->order_id);
    if (order == NULL) {
        return;
    }
    struct told *row = before(made, order);
    row->triggers_ahead -= row->triggers_ahead > 0;
    if (concern(made, order->account)) {
        struct user_execution *execution = report(made, USER_EXECUTION_NEW, order, row);
        execution->order.status = VIEW_STATUS_NEW;
        tell_execution(made, execution);
    }
}

static void tell_fill(struct user_events *made, const struct event_trade *event, bool is_maker)
{
    u64 order_id = is_maker ? event->maker_order_id : event->taker_order_id;
    const struct view_order *order = view_order_of(made->view, order_id);
    if (order == NULL) {
        return;
    }
    struct told *row = before(made, order);
    if (amount_is_zero(row->executed) && made->sink->filled != NULL) {
        made->sink->filled(made->sink, order->account, is_maker);
    }
    if (row != &made->spare) {
        raise(&row->executed, event->qty);
        raise(&row->quote_done, event->quote);
    }
    if (!concern(made, order->account)) {
        return;
    }
    struct user_execution *execution = report(made, USER_EXECUTION_TRADE, order, row);
    execution->is_maker = is_maker;
    execution->trade_id = event->trade_id;
    execution->last_qty = event->qty;
    execution->last_quote = event->quote;
    execution->last_price = event->price;
    execution->fee = is_maker ? event->maker_fee : event->taker_fee;
    execution->fee_in_base = order->side == SIDE_BUY;
    tell_execution(made, execution);
}

/* ---- self-trade prevention ---- */

/* Cuts *least down to what the order had left, of which its slice is on the book. */
static void cut_to_left(struct amount *least, const struct view_order *order,
                        const struct told *row, bool rests)
{
    struct amount left = order->qty;
    if (amount_is_zero(left) || !amount_sub(left, row->executed, &left) ||
        !amount_sub(left, row->prevented, &left)) {
        return; /* by quote, or amended since */
    }
    bool is_sliced = rests && !amount_is_zero(order->iceberg_qty);
    if (is_sliced && amount_less(order->iceberg_qty, left)) {
        left = order->iceberg_qty;
    }
    if (amount_less(left, *least)) {
        *least = left;
    }
}

/* What would have been traded if nothing had prevented it. */
static struct amount would_trade(struct user_events *made, const struct event_prevented *event,
                                 const struct view_order *maker, const struct view_order *taker)
{
    bool both = event->mode == STP_MODE_DECREMENT || event->mode == STP_MODE_TRANSFER;
    struct amount least =
        amount_less(event->maker_qty, event->taker_qty) ? event->taker_qty : event->maker_qty;
    if (!both && maker != NULL) {
        cut_to_left(&least, maker, before(made, maker), true);
    }
    if (!both && taker != NULL) {
        cut_to_left(&least, taker, before(made, taker), false);
    }
    return least;
}

static void tell_prevented(struct user_events *made, const struct event_prevented *event,
                           const struct view_order *order, bool is_maker, struct amount would)
{
    struct amount qty = is_maker ? event->maker_qty : event->taker_qty;
    if (order == NULL || amount_is_zero(qty)) {
        return;
    }
    struct told *row = before(made, order);
    if (row != &made->spare) {
        raise(&row->prevented, qty);
    }
    if (!concern(made, order->account)) {
        return;
    }
    struct user_execution *execution = report(made, USER_EXECUTION_TRADE_PREVENTION, order, row);
    const struct call_names *names = &execution->names;
    execution->is_maker = is_maker;
    execution->order.match_id = event->match_id;
    execution->order.group = view_group_of(made->view, order->account);
    execution->counter_order = is_maker ? event->taker_order_id : event->maker_order_id;
    execution->last_prevented = qty;
    execution->would_qty = would;
    execution->would_price = event->price;
    if (!amount_mul_price_floor(event->price, would, names->base_scale, names->quote_scale,
                                &execution->would_quote)) {
        execution->would_quote = AMOUNT_ZERO;
    }
    tell_execution(made, execution);
}

static void on_prevented(struct user_events *made, const struct event_prevented *event)
{
    const struct view_order *maker = view_order_of(made->view, event->maker_order_id);
    const struct view_order *taker = view_order_of(made->view, event->taker_order_id);
    struct amount would = would_trade(made, event, maker, taker);
    tell_prevented(made, event, taker, false, would);
    tell_prevented(made, event, maker, true, would);
}

/* ---- ends and changes ---- */

static const struct call_state *sender_of(const struct user_events *made, u8 source,
                                          u64 source_index)
{
    return made->sink->sender != NULL && source_index != 0
               ? made->sink->sender(made->sink, source, source_index)
               : NULL;
}

static void name_cancellation(const struct user_events *made, const struct event_order_done *event,
                              struct user_execution *execution)
{
    const struct call_state *state = sender_of(made, event->head.source, event->source_index);
    execution->client_original = execution->order.client;
    if (state == NULL || !trade_state_cancel_client(state, &execution->order.client)) {
        execution->order.client = trade_cancel_client(event->head.seq);
    }
}

static void on_order_done(struct user_events *made, const struct event_order_done *event)
{
    if (!concern(made, event->head.account)) {
        return;
    }
    const struct view_order *order = view_order_of(made->view, event->order_id);
    if (order == NULL) {
        return;
    }
    const struct told *row = before(made, order);
    struct user_execution *execution = report(made, USER_EXECUTION_EXPIRED, order, row);
    execution->order.reason = event->reason;
    switch ((enum done_status)event->status) {
    case DONE_STATUS_FILLED:
        if (!amount_is_zero(row->executed)) {
            return; /* its last trade said so */
        }
        execution->order.status = VIEW_STATUS_FILLED;
        break;
    case DONE_STATUS_CANCELED:
        execution->kind = USER_EXECUTION_CANCELED;
        execution->order.status = VIEW_STATUS_CANCELED;
        name_cancellation(made, event, execution);
        break;
    case DONE_STATUS_EXPIRED:
        execution->order.status = VIEW_STATUS_EXPIRED;
        break;
    case DONE_STATUS_EXPIRED_IN_MATCH:
        if (!amount_is_zero(row->prevented)) {
            return; /* what prevented it said so */
        }
        execution->order.status = VIEW_STATUS_EXPIRED_IN_MATCH;
        break;
    }
    tell_execution(made, execution);
}

static void tell_list(struct user_events *made, u64 list_id, const char *status,
                      const char *order_status)
{
    const struct view_list *list = view_list_of(made->view, list_id);
    if (list == NULL || !concern(made, list->account)) {
        return;
    }
    made->event.list = list_shown_of_view(list);
    made->event.list_names = call_names(made->view, list->market);
    made->event.list_status = status;
    made->event.list_order_status = order_status;
    tell(made, USER_EVENT_LIST, list->account);
}

static void on_amended(struct user_events *made, const struct event_order_amended *event)
{
    const struct view_order *order = view_order_of(made->view, event->order_id);
    if (order == NULL) {
        return;
    }
    struct told *row = before(made, order);
    row->amend_ahead = false;
    if (!concern(made, order->account)) {
        return;
    }
    struct user_execution *execution = report(made, USER_EXECUTION_REPLACED, order, row);
    execution->client_original = order->client_old;
    tell_execution(made, execution);
    if (order->list_id != 0 && !client_id_equal(&order->client, &order->client_old)) {
        tell_list(made, order->list_id, "UPDATED", "EXECUTING");
    }
}

/* API user-data-stream.md "Order Reject Reason"; what is not named there has our own name. */
static const char *reject_reason(u32 reject)
{
    switch (reject) {
    case REJECT_INSUFFICIENT_BALANCE:
        return "INSUFFICIENT_BALANCES";
    case REJECT_WOULD_TRIGGER:
        return "STOP_PRICE_WOULD_TRIGGER_IMMEDIATELY";
    case REJECT_WOULD_MATCH:
        return "WOULD_MATCH_IMMEDIATELY";
    case REJECT_BAD_PRICE_RELATION:
        return "OCO_BAD_PRICES";
    default: /* not an enum: a number of the reject table */
        return reject_name(reject);
    }
}

static bool was_canceled(const struct user_events *made)
{
    const struct event_head *head = NULL;
    for (size_t offset = 0; call_event_next(made->events, &offset, &head);) {
        const struct event_order_done *event = (const void *)head;
        if (head->kind == EVENT_ORDER_DONE && event->source_index != 0) {
            return true;
        }
    }
    return false;
}

/* API enums.md "Execution types": a refused order is told only where it was to replace another one
 * that is canceled now. */
static void on_rejected(struct user_events *made, const struct event_rejected *event)
{
    const struct call_state *state = sender_of(made, event->head.source, event->source_index);
    const struct command_cancel_replace *wanted = state != NULL ? trade_state_replace(state) : NULL;
    if (event->phase != REJECT_PHASE_NEW || wanted == NULL || !was_canceled(made) ||
        !concern(made, event->head.account)) {
        return;
    }
    const struct view_definition *market = view_market_of(made->view, wanted->market);
    struct user_execution *execution = &made->event.execution;
    bool is_default = wanted->stp == STP_MODE_MARKET_DEFAULT;
    *execution = (struct user_execution){.kind = USER_EXECUTION_REJECTED,
                                         .names = call_names(made->view, wanted->market),
                                         .reject = reject_reason(event->reject),
                                         .now_us = made->now_us,
                                         .time_us = made->place.time_us,
                                         .id = made->place.seq};
    execution->order =
        (struct order_shown){.time_us = made->place.time_us,
                             .strategy_id = wanted->strategy_id,
                             .price = wanted->price,
                             .stop_price = wanted->stop_price,
                             .qty = wanted->qty,
                             .quote_qty = wanted->quote_qty,
                             .iceberg_qty = wanted->iceberg_qty,
                             .account = event->head.account,
                             .strategy_type = wanted->strategy_type,
                             .trailing_delta = wanted->trailing_delta,
                             .group = ORDER_GROUP_NONE,
                             .market = wanted->market,
                             .side = wanted->side,
                             .type = wanted->type,
                             .tif = wanted->tif,
                             .stp = is_default ? market->definition.stp_default : wanted->stp,
                             .client = wanted->client};
    tell(made, USER_EVENT_EXECUTION, event->head.account);
}

/* ---- money ---- */

static void tell_balance(struct user_events *made, const struct event_ledger *event, u32 account,
                         bool is_gain)
{
    if (concern(made, account)) {
        made->event.asset = event->asset;
        made->event.amount = event->amount;
        made->event.is_gain = is_gain;
        tell(made, USER_EVENT_BALANCE, account);
    }
}

/* What leaves the free balance and what comes to it: docs/semantics.md section 4. */
static void on_ledger(struct user_events *made, const struct event_ledger *event)
{
    bool is_transfer = event->cause == LEDGER_CAUSE_TRANSFER;
    if (event->from == LEDGER_CLASS_FREE) {
        tell_balance(made, event, event->head.account, false);
    }
    if (event->to == LEDGER_CLASS_FREE) {
        tell_balance(made, event, is_transfer ? event->other_account : event->head.account, true);
    }
}

static bool was_concerned(const struct user_events *made, u32 account)
{
    const struct view_balance *row = view_balance_newest(made->view, account);
    while (row != NULL && row->update_seq != made->place.seq) {
        row = view_balance_older(made->view, row);
    }
    return row != NULL;
}

/* ---- all ---- */

static void tell_one(struct user_events *made, const struct event_head *head)
{
    switch ((enum event_kind)head->kind) {
    case EVENT_REJECTED:
        on_rejected(made, (const void *)head);
        break;
    case EVENT_ORDER_NEW:
        on_order_new(made, (const void *)head);
        break;
    case EVENT_TRADE:
        tell_fill(made, (const void *)head, false);
        tell_fill(made, (const void *)head, true);
        break;
    case EVENT_ORDER_DONE:
        on_order_done(made, (const void *)head);
        break;
    case EVENT_PREVENTED:
        on_prevented(made, (const void *)head);
        break;
    case EVENT_ORDER_TRIGGERED:
        on_triggered(made, (const void *)head);
        break;
    case EVENT_ORDER_AMENDED:
        on_amended(made, (const void *)head);
        break;
    case EVENT_LIST_NEW:
        tell_list(made, ((const struct event_list_new *)(const void *)head)->list_id,
                  "EXEC_STARTED", "EXECUTING");
        break;
    case EVENT_LIST_DONE:
        tell_list(made, ((const struct event_list_done *)(const void *)head)->list_id, "ALL_DONE",
                  "ALL_DONE");
        break;
    case EVENT_LEDGER:
        on_ledger(made, (const void *)head);
        break;
    case EVENT_TIME:
    case EVENT_APPLIED:
    case EVENT_ORDER_DETAIL:
    case EVENT_ORDER_BOOKED:
    case EVENT_RESTRICTED:
    case EVENT_DECISION:
    case EVENT_PACK_STATE:
    case EVENT_LICENCE_SPENT:
    case EVENT_REEVALUATED:
        break;
    }
}

void user_events_tell(struct user_events *made, const struct view *view, struct span events,
                      u64 now_us, struct user_sink *sink)
{
    made->view = view;
    made->sink = sink;
    made->events = events;
    made->place = view_place(view);
    made->now_us = u64_max(now_us, made->place.time_us);
    made->orders_count = 0;
    made->accounts_count = 0;
    made->generation += 1;
    add_up(made);
    const struct event_head *head = NULL;
    for (size_t offset = 0; call_event_next(events, &offset, &head);) {
        tell_one(made, head);
    }
    for (u32 i = 0; i < made->accounts_count; i += 1) {
        if (was_concerned(made, made->accounts_told[i])) {
            tell(made, USER_EVENT_POSITION, made->accounts_told[i]);
        }
    }
}
