#include "role/gateway/trade_answer.h"

#include "base/check.h"
#include "base/hash.h"
#include "role/gateway/param.h"
#include "role/gateway/view_account.h"
#include "role/gateway/view_person.h"
#include "wire/reject.h"

u32 trade_reject(const struct call *call, enum reject_phase phase)
{
    const struct event_head *head = NULL;
    for (size_t offset = 0; call_event_next(call->events, &offset, &head);) {
        const struct event_rejected *event = (const void *)head;
        if (head->kind == EVENT_REJECTED && event->phase == phase) {
            return event->reject;
        }
    }
    return REJECT_NONE;
}

/* ---- new orders ---- */

static bool concerns(const struct event_trade *event, u64 order_id)
{
    return event->head.kind == EVENT_TRADE &&
           (event->taker_order_id == order_id || event->maker_order_id == order_id);
}

static void put_fill(struct json_writer *json, const struct call_names *names,
                     const struct event_trade *event, bool taker)
{
    bool buys = (event->taker_side == SIDE_BUY) == taker;
    json_object_begin(json);
    call_price(json, "price", event->price);
    call_amount(json, "qty", event->qty, names->base_scale);
    call_amount(json, "commission", taker ? event->taker_fee : event->maker_fee,
                buys ? names->base_scale : names->quote_scale);
    call_text(json, "commissionAsset", buys ? names->base : names->quote);
    call_number(json, "tradeId", event->trade_id);
    json_object_end(json);
}

static void put_fills(struct call *call, const struct call_names *names, u64 order_id)
{
    struct json_writer *json = call->json;
    json_key(json, "fills");
    json_array_begin(json);
    const struct event_head *head = NULL;
    for (size_t offset = 0; call_event_next(call->events, &offset, &head);) {
        const struct event_trade *event = (const void *)head;
        if (concerns(event, order_id)) {
            put_fill(json, names, event, event->taker_order_id == order_id);
        }
    }
    json_array_end(json);
}

static bool is_prevented(const struct event_head *head, u64 order_id)
{
    const struct event_prevented *event = (const void *)head;
    return head->kind == EVENT_PREVENTED && event->taker_order_id == order_id;
}

static bool has_prevented(const struct call *call, u64 order_id)
{
    const struct event_head *head = NULL;
    for (size_t offset = 0; call_event_next(call->events, &offset, &head);) {
        if (is_prevented(head, order_id)) {
            return true;
        }
    }
    return false;
}

/* API faqs/stp_faq.md "STP Examples" */
static void put_prevented(struct call *call, const struct call_names *names, u64 order_id)
{
    struct json_writer *json = call->json;
    json_key(json, "preventedMatches");
    json_array_begin(json);
    const struct event_head *head = NULL;
    for (size_t offset = 0; call_event_next(call->events, &offset, &head);) {
        if (!is_prevented(head, order_id)) {
            continue;
        }
        const struct event_prevented *event = (const void *)head;
        json_object_begin(json);
        call_number(json, "preventedMatchId", event->match_id);
        call_text(json, "makerSymbol", names->market);
        call_number(json, "makerOrderId", event->maker_order_id);
        call_price(json, "price", event->price);
        if (!amount_is_zero(event->taker_qty)) {
            call_amount(json, "takerPreventedQuantity", event->taker_qty, names->base_scale);
        }
        if (!amount_is_zero(event->maker_qty)) {
            call_amount(json, "makerPreventedQuantity", event->maker_qty, names->base_scale);
        }
        json_object_end(json);
    }
    json_array_end(json);
}

/* How the order was accepted. */
static u8 state_when_new(const struct call *call, u64 order_id)
{
    const struct event_head *head = NULL;
    for (size_t offset = 0; call_event_next(call->events, &offset, &head);) {
        const struct event_order_new *event = (const void *)head;
        if (head->kind == EVENT_ORDER_NEW && event->order_id == order_id) {
            return event->state;
        }
    }
    return ORDER_STATE_NONE;
}

/* API rest-api.md "New Order list - OTO": a pending order is told as such, even if the same command
 * started it. */
static void show_pending(struct order_shown *shown)
{
    shown->status = VIEW_STATUS_PENDING_NEW;
    shown->reason = EXPIRY_REASON_NONE;
    shown->working_us = 0;
    shown->trailing_us = 0;
    shown->executed = AMOUNT_ZERO;
    shown->quote_done = AMOUNT_ZERO;
    shown->prevented = AMOUNT_ZERO;
}

bool trade_put_new(struct call *call, u64 order_id, u8 response)
{
    const struct view *view = call->venue->view;
    const struct view_order *order = view_order_of(view, order_id);
    if (order == NULL) {
        return false;
    }
    struct call_names names = call_names(view, order->market);
    struct order_shown shown = order_shown_of_view(order);
    bool is_pending = state_when_new(call, order_id) == ORDER_STATE_PENDING_NEW;
    bool is_prevented = !is_pending && has_prevented(call, order_id);
    if (is_pending) {
        show_pending(&shown);
    }
    if (is_prevented) {
        shown.group = view_group_of(view, order->account);
    }
    u64 time_us = view_place(view).time_us;
    bool microseconds = call->state.microseconds;
    if (response == PARAM_RESPONSE_ACK) {
        order_put_ack(call->json, &names, &shown, time_us, microseconds);
        return true;
    }
    order_put_new_begin(call->json, &names, &shown, time_us, microseconds);
    if (response == PARAM_RESPONSE_FULL) {
        if (is_pending) {
            order_id = 0; /* no fills */
        }
        put_fills(call, &names, order_id);
        if (is_prevented) {
            put_prevented(call, &names, order_id);
        }
    }
    order_put_new_end(call->json);
    return true;
}

/* ---- canceled orders ---- */

struct client_id trade_cancel_client(u64 seq)
{
    static const char letters[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    char text[22];
    u64 mixed = 0;
    for (u32 i = 0; i < sizeof(text); i += 1) {
        if (i % 8 == 0) {
            mixed = hash_pair(seq, i);
        }
        text[i] = letters[mixed % (sizeof(letters) - 1)];
        mixed /= sizeof(letters) - 1;
    }
    struct client_id id;
    bool packed = client_id_pack(&id, span_of(text, sizeof(text)));
    CHECK(packed);
    return id;
}

static const struct event_order_done *canceled_of(const struct event_head *head)
{
    const struct event_order_done *event = (const void *)head;
    return head->kind == EVENT_ORDER_DONE && event->source_index != 0 &&
                   event->status == DONE_STATUS_CANCELED
               ? event
               : NULL;
}

static bool put_order(struct call *call, const struct view_order *order, u64 seq,
                      const struct client_id *client)
{
    struct call_names names = call_names(call->venue->view, order->market);
    struct order_shown shown = order_shown_of_view(order);
    struct client_id given = client->length > 0 ? *client : trade_cancel_client(seq);
    order_put_canceled(call->json, &names, &shown, &given, view_place(call->venue->view).time_us,
                       call->state.microseconds);
    return true;
}

/* Where the list ends behind `offset`; 0: not by this command. What ends with it comes at once,
 * docs/semantics.md section 8. */
static size_t list_end(const struct call *call, size_t offset, u64 list_id)
{
    const struct event_head *head = NULL;
    while (call_event_next(call->events, &offset, &head)) {
        const struct event_list_done *event = (const void *)head;
        if (head->kind == EVENT_LIST_DONE && event->list_id == list_id) {
            return offset;
        }
        if (canceled_of(head) == NULL) {
            return 0;
        }
    }
    return 0;
}

static void put_list(struct call *call, const struct view_list *list, struct span events,
                     const struct client_id *client)
{
    const struct view *view = call->venue->view;
    struct call_names names = call_names(view, list->market);
    struct list_shown shown = list_shown_of_view(list);
    shown.time_us = view_place(view).time_us;
    list_put_begin(call->json, &names, &shown, call->state.microseconds);
    json_key(call->json, "orderReports");
    json_array_begin(call->json);
    const struct event_head *head = NULL;
    for (size_t offset = 0; call_event_next(events, &offset, &head);) {
        const struct event_order_done *event = canceled_of(head);
        const struct view_order *order =
            event != NULL ? view_order_of(view, event->order_id) : NULL;
        if (order != NULL) {
            (void)put_order(call, order, head->seq, client);
        }
    }
    json_array_end(call->json);
    list_put_end(call->json);
}

bool trade_put_canceled(struct call *call, const struct client_id *client, size_t *offset)
{
    const struct view *view = call->venue->view;
    const struct event_head *head = NULL;
    size_t start = *offset;
    while (call_event_next(call->events, offset, &head)) {
        const struct event_order_done *event = canceled_of(head);
        const struct view_order *order =
            event != NULL ? view_order_of(view, event->order_id) : NULL;
        if (order != NULL) {
            size_t end = order->list_id > 0 ? list_end(call, *offset, order->list_id) : 0;
            const struct view_list *list = end > 0 ? view_list_of(view, order->list_id) : NULL;
            if (list == NULL) {
                return put_order(call, order, head->seq, client);
            }
            put_list(call, list, span_of(call->events.data + start, end - start), client);
            *offset = end;
            return true;
        }
        start = *offset;
    }
    return false;
}
