#include "sim/model.h"

#include "sim/model_state.h"

#include <stdlib.h>

void *model_zeroed(size_t count, size_t size)
{
    void *memory = calloc(count == 0 ? 1 : count, size);
    CHECK(memory != NULL);
    return memory;
}

void *model_grow(void *items, u32 count, u32 *room, size_t size)
{
    if (count < *room) {
        return items;
    }
    *room = *room == 0 ? 16 : *room * 2;
    void *moved = realloc(items, *room * size);
    CHECK(moved != NULL);
    return moved;
}

struct model *model_create(const struct command_genesis *limits)
{
    struct model *model = model_zeroed(1, sizeof *model);
    model->limits = *limits;
    model->is_checked = true;
    model->next_entry = 1;
    model->assets = model_zeroed(limits->assets_max, sizeof *model->assets);
    model->markets = model_zeroed(limits->markets_max, sizeof *model->markets);
    model_rules_create(model);
    return model;
}

void model_free(struct model *model)
{
    for (u32 i = 0; i < model->assets_count; i++) {
        free(model->assets[i].custody);
    }
    for (u32 i = 0; i < model->markets_count; i++) {
        free(model->markets[i].buckets);
    }
    for (u32 i = 0; i < model->accounts_count; i++) {
        free(model->accounts[i].rows);
        free(model->accounts[i].positions);
    }
    for (u32 i = 0; i < model->orders_count; i++) {
        free(model->orders[i]);
    }
    for (u32 i = 0; i < model->lists_count; i++) {
        free(model->lists[i]);
    }
    model_rules_free(model);
    free(model->assets);
    free(model->markets);
    free(model->accounts);
    free(model->fees);
    free(model->asset_limits);
    free(model->holds);
    free(model->keys);
    free(model->orders);
    free(model->lists);
    free(model);
}

void model_set_time(struct model *model, u64 time_us)
{
    if (time_us > model->time_us) {
        model->time_us = time_us;
        model->is_time_moved = true;
    }
}

void model_set_check(struct model *model, bool is_on)
{
    model->is_checked = is_on;
}

/* Orders and lists that ended during the command leave the arrays. */
static void sweep(struct model *model)
{
    u32 kept = 0;
    for (u32 i = 0; i < model->orders_count; i++) {
        if (model->orders[i]->is_open) {
            model->orders[kept++] = model->orders[i];
        } else {
            free(model->orders[i]);
        }
    }
    model->orders_count = kept;
    kept = 0;
    for (u32 i = 0; i < model->lists_count; i++) {
        if (model->lists[i]->is_open) {
            model->lists[kept++] = model->lists[i];
        } else {
            free(model->lists[i]);
        }
    }
    model->lists_count = kept;
}

static void announce_time(struct model *model)
{
    if (model->is_time_moved) {
        struct event_time event = {.time_us = model->time_us};
        model_emit(model, &event.head, EVENT_TIME, 0, sizeof event);
        model->is_time_moved = false;
    }
}

static enum reject apply_genesis(struct model *model, const struct command_genesis *command)
{
    if (model->has_genesis) {
        return REJECT_ALREADY_EXISTS;
    }
    if (command->semantics_version != 1) {
        return REJECT_UNKNOWN_VERSION;
    }
    if (!model_limits_valid(&command->assets_max)) {
        return REJECT_BAD_DEFINITION;
    }
    model->has_genesis = true;
    model_emit_applied(model, command->head.account);
    return REJECT_NONE;
}

/* Everything but genesis, void and definitions. */
static enum reject apply_other(struct model *model, const struct command_head *command)
{
    const void *record = command;
    switch (command->kind) {
    case COMMAND_CONTINUE:
        return REJECT_NONE;
    case COMMAND_ORDER:
        return model_place(model, record);
    case COMMAND_CANCEL:
        return model_cancel(model, record);
    case COMMAND_CANCEL_ALL:
        return model_cancel_all(model, record);
    case COMMAND_CANCEL_LIST:
        return model_cancel_list(model, record);
    case COMMAND_CANCEL_REPLACE:
        return model_cancel_replace(model, record);
    case COMMAND_AMEND:
        return model_amend(model, record);
    case COMMAND_ORDER_LIST:
        return model_order_list(model, record);
    case COMMAND_DEPOSIT:
        return model_deposit(model, record);
    case COMMAND_WITHDRAW_HOLD:
        return model_withdraw_hold(model, record);
    case COMMAND_WITHDRAW_SETTLE:
        return model_withdraw_settle(model, record);
    case COMMAND_HOLD_RELEASE:
        return model_hold_release(model, record);
    case COMMAND_TRANSFER:
        return model_transfer(model, record);
    case COMMAND_ADJUST:
        return model_adjust(model, record);
    default: /* not an enum: a number from outside */
        return REJECT_UNKNOWN_COMMAND;
    }
}

/* docs/semantics.md section 9 "Running": what the rules have waiting, steps, the
 * command itself, its market, steps. */
static void apply_with_steps(struct model *model, const struct command_head *command)
{
    model_rules_run(model, command);
    model->steps_left = model->limits.triggers_per_command_max;
    model_steps(model);
    model->is_evaluate_due = false;
    bool is_definition = false;
    enum reject reject = model_define(model, command, &is_definition);
    bool is_of_rules = false;
    if (!is_definition) {
        reject = model_rules_apply(model, command, &is_of_rules);
    }
    if (!is_definition && !is_of_rules) {
        reject = apply_other(model, command);
    }
    if (reject != REJECT_NONE) {
        model_emit_rejected(model, reject, REJECT_PHASE_WHOLE, 0);
    }
    if (model->is_evaluate_due) {
        model_evaluate(model, model->evaluate_market);
    }
    model_steps(model);
}

size_t model_apply(struct model *model, const struct command_head *command, u8 *events_out,
                   size_t size)
{
    model->out = events_out;
    model->out_size = size;
    model->out_used = 0;
    model->command = command;
    model->is_answer = false;
    model->seq += 1;
    model->source_index[command->source] = command->source_index;
    announce_time(model);
    if (command->kind == COMMAND_GENESIS) {
        const void *record = command;
        enum reject reject = apply_genesis(model, record);
        if (reject != REJECT_NONE) {
            model_emit_rejected(model, reject, REJECT_PHASE_WHOLE, 0);
        }
    } else if (!model->has_genesis) {
        model_emit_rejected(model, REJECT_NO_GENESIS, REJECT_PHASE_WHOLE, 0);
    } else if (command->kind != COMMAND_VOID) {
        apply_with_steps(model, command);
    }
    sweep(model);
    if (model->is_checked) {
        model_validate(model);
    }
    model->command = NULL;
    return model->out_used;
}

size_t model_void(struct model *model, u8 *events_out, size_t size)
{
    (void)events_out;
    (void)size;
    model->seq += 1;
    return 0;
}

/* ---- the check of itself ---- */

i128 model_ledger_sum(const struct model *model, u16 asset)
{
    const struct model_asset *row = &model->assets[asset];
    i128 sum = row->fee_income + row->suspense + row->equity;
    for (u32 i = 0; i < model->limits.networks_max; i++) {
        sum += row->custody[i];
    }
    for (u32 i = 0; i < model->accounts_count; i++) {
        sum += model->accounts[i].rows[asset].free + model->accounts[i].rows[asset].locked;
    }
    return sum;
}

static void validate_signs(const struct model *model)
{
    for (u32 asset = 0; asset < model->assets_count; asset++) {
        const struct model_asset *row = &model->assets[asset];
        CHECK(model_ledger_sum(model, (u16)asset) == 0);
        CHECK(row->fee_income >= 0);
        CHECK(row->suspense >= 0);
        i128 held = row->fee_income + row->suspense;
        for (u32 i = 0; i < model->limits.networks_max; i++) {
            CHECK(row->custody[i] <= 0);
            CHECK(row->custody[i] > -(i128)MODEL_UNITS_END);
        }
        for (u32 i = 0; i < model->accounts_count; i++) {
            const struct model_row *customer = &model->accounts[i].rows[asset];
            CHECK(customer->free >= 0);
            CHECK(customer->locked >= 0);
            CHECK(customer->is_used || (customer->free == 0 && customer->locked == 0));
            held += customer->free + customer->locked;
        }
        CHECK(held < (i128)MODEL_UNITS_END);
    }
}

static void validate_order(struct model *model, const struct model_order *order)
{
    const struct model_list *list = model_list_find(model, order->list_id);
    CHECK(order->is_open);
    CHECK(order->remaining > 0 && order->remaining <= order->qty);
    CHECK((order->list_id == 0) == (list == NULL));
    CHECK(!order->is_resting || (order->visible > 0 && order->visible <= order->remaining));
    CHECK(!order->is_resting || order->state == ORDER_STATE_WORKING);
    CHECK(order->state != ORDER_STATE_WORKING || order->is_resting);
    bool is_in_pair = model_pair_of(model, order) != NULL;
    /* A pending leg holds nothing, waiting for the working leg or queued. */
    bool is_start_due = list != NULL && !is_in_pair && order->order_id != list->legs[0];
    CHECK(order->lock == (is_in_pair || is_start_due ? 0 : model_need_of(model, order)));
}

static void validate_locks(struct model *model)
{
    for (u32 account = 0; account < model->accounts_count; account++) {
        for (u32 asset = 0; asset < model->assets_count; asset++) {
            i128 held = 0;
            for (u32 i = 0; i < model->orders_count; i++) {
                const struct model_order *order = model->orders[i];
                const struct command_market_add *rules = &model->markets[order->market].rules;
                u16 locks = order->side == SIDE_BUY ? rules->quote : rules->base;
                held += order->account == account && locks == asset ? order->lock : 0;
            }
            for (u32 i = 0; i < model->lists_count; i++) {
                const struct model_list *list = model->lists[i];
                const struct command_market_add *rules = &model->markets[list->market].rules;
                if (!list->is_pair_waiting || list->account != account) {
                    continue;
                }
                u64 leg = list->legs[list->legs_count - 1];
                u8 side = model_order_find(model, leg)->side;
                u16 locks = side == SIDE_BUY ? rules->quote : rules->base;
                held += locks == asset ? list->pair_lock : 0;
            }
            CHECK(model->accounts[account].rows[asset].locked == held);
        }
    }
}

void model_validate(struct model *model)
{
    validate_signs(model);
    for (u32 i = 0; i < model->orders_count; i++) {
        validate_order(model, model->orders[i]);
    }
    validate_locks(model);
    model_rules_validate(model);
    CHECK(model->orders_count <= model->limits.orders_max);
    CHECK(model->lists_count <= model->limits.lists_max);
    CHECK(model->holds_count <= model->limits.holds_max);
    CHECK(model->keys_count <= model->limits.keys_max);
    CHECK(model_chunks_used(model) <= model->limits.balance_rows_max / 3);
    CHECK(model_pages_taken(model) <= model->limits.pages_max);
    for (u32 i = 0; i < model->markets_count; i++) {
        const struct model_order *bid = model_best(model, (u16)i, SIDE_BUY);
        CHECK(bid == NULL || !model_crosses(model, (u16)i, SIDE_BUY, bid->ticks));
    }
}
