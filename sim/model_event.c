/* The events of the naive model, each with the ledger entries it stands for. */
#include "sim/model_state.h"

void model_emit(struct model *model, struct event_head *event, u16 kind, u32 account, size_t bytes)
{
    CHECK(bytes % WIRE_UNIT == 0);
    CHECK(bytes <= model->out_size - model->out_used);
    event->kind = kind;
    event->units = (u8)(bytes / WIRE_UNIT);                          /* raw: the record's length */
    event->source = kind == EVENT_TIME ? 0 : model->command->source; /* the clock is nobody's */
    event->account = account;
    event->seq = model->seq;
    memcpy(model->out + model->out_used, event, bytes);
    model->out_used += bytes;
}

/* The field `market` of a command that is about orders; 0 for every other kind. */
static u16 command_market(const struct command_head *command)
{
    const void *record = command;
    switch (command->kind) {
    case COMMAND_ORDER:
        return ((const struct command_order *)record)->market;
    case COMMAND_CANCEL:
        return ((const struct command_cancel *)record)->market;
    case COMMAND_CANCEL_ALL:
        return ((const struct command_cancel_all *)record)->market;
    case COMMAND_CANCEL_LIST:
        return ((const struct command_cancel_list *)record)->market;
    case COMMAND_CANCEL_REPLACE:
        return ((const struct command_cancel_replace *)record)->market;
    case COMMAND_AMEND:
        return ((const struct command_amend *)record)->market;
    case COMMAND_ORDER_LIST:
        return ((const struct command_order_list *)record)->market;
    default: /* not an enum: a number from outside */
        return 0;
    }
}

void model_emit_rejected(struct model *model, enum reject reject, enum reject_phase phase,
                         u64 order_id)
{
    const struct command_head *command = model->command;
    struct event_rejected event = {.source_index = command->source_index,
                                   .order_id = order_id,
                                   .reject = (u16)reject,
                                   .command = command->kind,
                                   .phase = (u8)phase,
                                   .market = command_market(command)};
    model_emit(model, &event.head, EVENT_REJECTED, command->account, sizeof event);
    if (reject >= REJECT_LIMIT_ACCOUNTS && reject <= REJECT_LIMIT_LINKS) {
        model->rejected_limits += 1;
    }
}

void model_emit_applied(struct model *model, u32 account)
{
    const struct command_head *command = model->command;
    struct {
        struct event_applied event;
        u8 record[COMMAND_BYTES_MAX];
    } whole = {.event = {.source_index = command->source_index, .entry = model->next_entry}};
    size_t bytes = (size_t)command->units * WIRE_UNIT; /* raw: the record's length */
    memcpy(whole.record, command, bytes);
    struct command_head copy = *command;
    copy.account = account;
    memcpy(whole.record, &copy, sizeof copy);
    model_emit(model, &whole.event.head, EVENT_APPLIED, account, sizeof whole.event + bytes);
}

u64 model_source_index_for(const struct model *model, const struct model_order *order)
{
    bool is_own = model->is_answer || order->placed_seq == model->seq;
    return is_own ? model->command->source_index : 0;
}

/* Moves from locked to free of the asset that this order locks. */
static void unlock(struct model *model, const struct model_order *order, u64 amount)
{
    const struct command_market_add *rules = &model->markets[order->market].rules;
    u16 asset = order->side == SIDE_BUY ? rules->quote : rules->base;
    struct model_row *row = model_row(model, order->account, asset);
    model_move(model, &row->locked, &row->free, amount);
}

void model_emit_done(struct model *model, struct model_order *order, enum done_status status,
                     enum expiry_reason reason, u64 released)
{
    struct model_market *market = &model->markets[order->market];
    struct event_order_done event = {.source_index = model_source_index_for(model, order),
                                     .order_id = order->order_id,
                                     .released = amount_of(released),
                                     .entry = model->next_entry,
                                     .market = order->market,
                                     .status = (u8)status,
                                     .reason = (u8)reason};
    CHECK(order->is_open);
    if (order->is_resting) {
        market->update_id += 1;
        event.update_id = market->update_id;
    }
    unlock(model, order, released);
    order->is_resting = false;
    order->is_open = false;
    order->lock = 0;
    model_emit(model, &event.head, EVENT_ORDER_DONE, order->account, sizeof event);
}

void model_emit_list_done(struct model *model, struct model_list *list)
{
    struct event_list_done event = {.list_id = list->list_id, .market = list->market};
    CHECK(list->is_open);
    list->is_open = false;
    for (u32 i = 0; i < list->legs_count; i++) {
        struct model_order *leg = model_order_find(model, list->legs[i]);
        if (leg != NULL) {
            leg->list_id = 0;
        }
    }
    model_emit(model, &event.head, EVENT_LIST_DONE, list->account, sizeof event);
}

void model_emit_booked(struct model *model, const struct model_order *order)
{
    struct model_market *market = &model->markets[order->market];
    market->update_id += 1;
    struct event_order_booked event = {.order_id = order->order_id, .update_id = market->update_id};
    model_emit(model, &event.head, EVENT_ORDER_BOOKED, order->account, sizeof event);
}

void model_emit_triggered(struct model *model, struct model_order *order, u64 locked)
{
    const struct command_market_add *rules = &model->markets[order->market].rules;
    struct event_order_triggered event = {.order_id = order->order_id,
                                          .locked = amount_of(locked),
                                          .entry = model->next_entry,
                                          .market = order->market,
                                          .type = order->type};
    u16 asset = order->side == SIDE_BUY ? rules->quote : rules->base;
    struct model_row *row = model_row(model, order->account, asset);
    model_move(model, &row->free, &row->locked, locked);
    model_emit(model, &event.head, EVENT_ORDER_TRIGGERED, order->account, sizeof event);
}
