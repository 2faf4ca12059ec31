#include "core/core.h"

#include "core/book.h"
#include "core/cancel.h"
#include "core/define.h"
#include "core/dispatch.h"
#include "core/funds.h"
#include "core/holdings.h"
#include "core/key.h"
#include "core/ledger.h"
#include "core/list.h"
#include "core/login.h"
#include "core/market.h"
#include "core/output.h"
#include "core/person.h"
#include "core/place.h"
#include "core/refuse.h"
#include "core/ruling.h"
#include "core/state.h"
#include "core/trigger.h"
#include "wire/link.h"

#include <string.h>

/* ---- layout ---- */

/* Hands out the block piece by piece; with no block it only counts. */
struct layout {
    u8 *base;
    size_t used;
};

static void *take(struct layout *layout, size_t count, size_t size)
{
    size_t start = (layout->used + 63) & ~(size_t)63;
    layout->used = start + count * size;
    return layout->base ? layout->base + start : NULL;
}

#define TAKE(layout, pointer, count) ((pointer) = take((layout), (count), sizeof *(pointer)))

static void take_index(struct layout *layout, struct index *index, u32 max)
{
    u64 entries = u64_max(u64_power_of_two_ceil(2ULL * max), 16);
    index->mask = (u32)(entries - 1);
    index->shift = 32 - (u32)__builtin_ctzll(entries);
    TAKE(layout, index->entries, entries);
}

/* Persons from 1 on, and what rules need beside them; nothing where there can be no person. */
static void lay_out_rules(struct layout *layout, struct core *core, const struct command_genesis *l)
{
    struct ruling *ruling = &core->ruling;
    size_t persons = (size_t)l->persons_max + 1;
    TAKE(layout, ruling->packs, RULE_PACKS_MAX + 1); /* the last: for one that is refused */
    TAKE(layout, ruling->persons, persons);
    TAKE(layout, ruling->links, l->accounts_max);
    TAKE(layout, ruling->logins, l->accounts_max);
    TAKE(layout, ruling->pauses, (size_t)l->accounts_max + 1);
    take_index(layout, &ruling->login_index, l->accounts_max);
    TAKE(layout, ruling->rows, (size_t)l->person_rows_max + 1);
    TAKE(layout, ruling->findings, persons * RULE_SLOTS_MAX);
    TAKE(layout, ruling->instants, persons * RULE_PACKS_MAX);
    TAKE(layout, ruling->heap, persons);
    for (u32 i = 0; i < RULE_PACKS_MAX; i++) {
        TAKE(layout, ruling->watched[i], persons / 64 + 1);
    }
    for (u32 i = 0; i < RULE_WAITING_MAX; i++) {
        TAKE(layout, ruling->waiting[i].prices, l->assets_max);
    }
    TAKE(layout, ruling->prices, l->assets_max);
    TAKE(layout, ruling->licences, LICENCES_MAX + 1);
    TAKE(layout, ruling->licence_persons, LICENCES_MAX + 1);
    TAKE(layout, ruling->sums, l->assets_max);
    TAKE(layout, ruling->summed, l->assets_max);
    TAKE(layout, ruling->asset_vectors, l->assets_max);
    TAKE(layout, ruling->form, RULE_FORM_MAX);
    ruling->row_slab.max = l->person_rows_max;
}

static void lay_out(struct layout *layout, struct core *core, const struct command_genesis *l)
{
    size_t chunks = l->balance_rows_max / 3;
    TAKE(layout, core->accounts, l->accounts_max);
    TAKE(layout, core->chunks, chunks + 1);
    TAKE(layout, core->positions, (size_t)l->positions_max + 1);
    TAKE(layout, core->orders, (size_t)l->orders_max + 1);
    TAKE(layout, core->links, (size_t)l->orders_max + 1);
    TAKE(layout, core->colds, (size_t)l->orders_max + 1);
    TAKE(layout, core->extras, (size_t)l->extras_max + 1);
    TAKE(layout, core->lists, (size_t)l->lists_max + 1);
    TAKE(layout, core->holds, (size_t)l->holds_max + 1);
    TAKE(layout, core->asset_limits, l->asset_limits_max);
    TAKE(layout, core->keys, (size_t)l->keys_max + 1);
    TAKE(layout, core->assets, l->assets_max);
    TAKE(layout, core->custody, (size_t)l->assets_max * l->networks_max);
    TAKE(layout, core->markets, l->markets_max);
    TAKE(layout, core->fees, (size_t)l->markets_max * l->fee_tiers_max);
    TAKE(layout, core->fee_sets, (size_t)l->markets_max * l->fee_tiers_max);
    TAKE(layout, core->pages, (size_t)l->pages_max + 1);
    TAKE(layout, core->levels, ((size_t)l->pages_max + 1) * PAGE_TICKS);
    TAKE(layout, core->directory, l->directory_max);
    size_t words = l->directory_max;
    for (u32 layer = 0; layer < 3; layer++) {
        words = words / 64 + 1;
        TAKE(layout, core->occupied[layer], words + l->markets_max);
    }
    TAKE(layout, core->buckets, (size_t)l->markets_max * AVERAGE_MINUTES_MAX);
    u64 homes = u64_max(u64_power_of_two_ceil(2ULL * l->orders_max), 16);
    core->order_homes_mask = (u32)(homes - 1);
    TAKE(layout, core->order_homes, homes);
    take_index(layout, &core->client_index, l->orders_max);
    take_index(layout, &core->list_index, l->lists_max);
    take_index(layout, &core->hold_index, l->holds_max);
    take_index(layout, &core->key_index, l->keys_max);
    if (l->persons_max) {
        lay_out_rules(layout, core, l);
    }
}

size_t core_footprint(const struct command_genesis *limits)
{
    if (!define_limits_fit(limits)) {
        return 0;
    }
    struct core scratch;
    struct layout layout = {NULL, 0};
    struct core *core = &scratch;
    (void)take(&layout, 1, sizeof *core);
    lay_out(&layout, core, limits);
    return (layout.used + 63) & ~(size_t)63;
}

/* What the rules may tell: each evaluation of a person its decisions, and its accounts. A pause
 * that ends tells less, and takes the place of one or is of an account that is named. */
static size_t rules_bytes_max(const struct command_genesis *limits)
{
    size_t entries =
        RULE_WAITING_MAX * (sizeof(struct event_reevaluated) + sizeof(struct event_pack_state));
    size_t accounts = u64_min(limits->accounts_max, PERSON_ACCOUNTS_MAX);
    size_t each =
        RULE_SLOTS_MAX * sizeof(struct event_decision) + accounts * sizeof(struct event_restricted);
    return limits->persons_max ? entries + RULING_EVALUATIONS_MAX * each + 4 * COMMAND_BYTES_MAX
                               : 0;
}

/* An order's last trade, order_done, list_done and order_triggered; one trade per slice of an
 * iceberg; what a command and each step add by themselves. */
size_t core_event_bytes_max(const struct command_genesis *limits)
{
    size_t per_order = sizeof(struct event_trade) + sizeof(struct event_order_done) +
                       sizeof(struct event_list_done) + sizeof(struct event_order_triggered) +
                       sizeof(struct event_order_booked);
    size_t per_extra = (size_t)MARKET_ICEBERG_PARTS_MAX * sizeof(struct event_trade);
    size_t per_step = 4 * sizeof(struct event_trade);
    return 2 * COMMAND_BYTES_MAX + ((size_t)limits->orders_max + LEGS_MAX) * per_order +
           (size_t)limits->extras_max * per_extra +
           ((size_t)limits->triggers_per_command_max + 4) * per_step + rules_bytes_max(limits);
}

struct core *core_init(void *memory, size_t size, const struct command_genesis *limits)
{
    CHECK(core_footprint(limits) != 0 && core_footprint(limits) <= size);
    CHECK(((uintptr_t)memory & 63) == 0);
    struct layout layout = {memory, 0};
    struct core *core = take(&layout, 1, sizeof *core);
    lay_out(&layout, core, limits);
    core->limits = *limits;
    core->markets[0].directory = core->directory; /* read ahead of the first market_add */
    core->limits_next = *limits;
    core->next_order_id = core->next_list_id = core->next_hold_id = core->next_entry = 1;
    core->event_bytes_max = core_event_bytes_max(limits);
    core->ruling_due_us = RULE_TIME_OPEN;
    core->ruling.reevaluations_max = RULING_REEVALUATIONS;
    core->ruling.stale_seconds = RULING_STALE_SECONDS;
    core->order_slab.max = limits->orders_max;
    core->chunk_slab.max = limits->balance_rows_max / 3;
    core->position_slab.max = limits->positions_max;
    core->extra_slab.max = limits->extras_max;
    core->list_slab.max = limits->lists_max;
    core->hold_slab.max = limits->holds_max;
    core->key_slab.max = limits->keys_max;
    core->page_slab.max = limits->pages_max;
    return core;
}

/* ---- applying ---- */

void core_set_time(struct core *core, u64 time_us)
{
    core->now_us = u64_max(core->now_us, time_us);
}

#define CASE(kind, type, function)                                            \
    case kind:                                                                \
        function(core, (const struct command_##type *)(const void *)command); \
        break;

/* What rules ask for. */
static COLD void dispatch_rules(struct core *core, const struct command_head *command)
{
    if (command->source == LINK_SOURCE_SCREEN && person_screening_refuse(core, command)) {
        return;
    }
    switch (command->kind) { /* not an enum: a number from outside */
        CASE(COMMAND_PERSON_ADD, person_add, person_add)
        CASE(COMMAND_LINK, link, person_link)
        CASE(COMMAND_UNLINK, unlink, person_unlink)
        CASE(COMMAND_FACT_SET, fact_set, person_fact_set)
        CASE(COMMAND_LISTING_SET, listing_set, person_listing_set)
        CASE(COMMAND_OWNERSHIP_SET, ownership_set, person_ownership_set)
        CASE(COMMAND_ROW_END, row_end, person_row_end)
        CASE(COMMAND_VALUATION_PRICE, valuation_price, holdings_price_set)
        CASE(COMMAND_VALUATION, valuation, ruling_valuation)
        CASE(COMMAND_PACK_PART, pack_part, ruling_pack_part)
        CASE(COMMAND_PACK_ACTIVATE, pack_activate, ruling_pack_activate)
        CASE(COMMAND_PACK_END, pack_end, ruling_pack_end)
        CASE(COMMAND_PACK_REPLACE, pack_replace, ruling_pack_replace)
        CASE(COMMAND_RULES_SET, rules_set, ruling_set)
        CASE(COMMAND_LICENCE_SET, licence_set, ruling_licence_set)
        CASE(COMMAND_LIFT, lift, ruling_lift)
        CASE(COMMAND_CASE_ACT, case_act, ruling_case_act)
        CASE(COMMAND_LOG_ENTRY, log_entry, ruling_log_entry)
        CASE(COMMAND_PERSON_GROUP, person_group, person_group)
        CASE(COMMAND_LOGIN_OPEN, login_open, login_open)
        CASE(COMMAND_WITHDRAW_PAUSE, withdraw_pause, login_pause)
    default: /* not an enum: a number from outside */
        refuse(core, command, REJECT_UNKNOWN_COMMAND, REJECT_PHASE_WHOLE, 0, 0);
        break;
    }
}

/* Everything but genesis, void and continue. */
static COLD void dispatch_rare(struct core *core, const struct command_head *command)
{
    switch (command->kind) { /* not an enum: a number from outside */
        CASE(COMMAND_LIMITS_SET, limits_set, define_limits)
        CASE(COMMAND_ACTIVATE_VERSION, activate_version, define_version)
        CASE(COMMAND_ASSET_ADD, asset_add, define_asset)
        CASE(COMMAND_MARKET_ADD, market_add, define_market)
        CASE(COMMAND_MARKET_SET, market_set, define_market_set)
        CASE(COMMAND_MARKET_STATE, market_state, define_market_state)
        CASE(COMMAND_FEE_SET, fee_set, define_fees)
        CASE(COMMAND_ACCOUNT_ADD, account_add, define_account)
        CASE(COMMAND_ACCOUNT_SET, account_set, define_account_set)
        CASE(COMMAND_RESTRICT, restrict, define_restrict)
        CASE(COMMAND_VENUE_FILTERS, venue_filters, define_venue_filters)
        CASE(COMMAND_ASSET_LIMIT, asset_limit, define_asset_limit)
        CASE(COMMAND_REFERENCE_PRICE, reference_price, define_reference_price)
        CASE(COMMAND_KEY_SET, key_set, key_set)
        CASE(COMMAND_KEY_REVOKE, key_revoke, key_revoke)
        CASE(COMMAND_NOTE, note, define_note)
        CASE(COMMAND_CANCEL_ALL, cancel_all, cancel_all)
        CASE(COMMAND_CANCEL_LIST, cancel_list, list_cancel)
        CASE(COMMAND_AMEND, amend, cancel_amend)
        CASE(COMMAND_ORDER_LIST, order_list, list_place)
        CASE(COMMAND_DEPOSIT, deposit, funds_deposit)
        CASE(COMMAND_WITHDRAW_HOLD, withdraw_hold, funds_withdraw_hold)
        CASE(COMMAND_WITHDRAW_SETTLE, withdraw_settle, funds_withdraw_settle)
        CASE(COMMAND_HOLD_RELEASE, hold_release, funds_hold_release)
        CASE(COMMAND_TRANSFER, transfer, funds_transfer)
        CASE(COMMAND_ADJUST, adjust, funds_adjust)
    case COMMAND_CONTINUE:
        break;
    default: /* not an enum: a number from outside */
        dispatch_rules(core, command);
        break;
    }
}

static void dispatch_kind(struct core *core, const struct command_head *command)
{
    switch (command->kind) { /* not an enum: a number from outside */
        CASE(COMMAND_ORDER, order, place_order)
        CASE(COMMAND_CANCEL, cancel, cancel_order)
        CASE(COMMAND_CANCEL_REPLACE, cancel_replace, cancel_replace)
    default: /* not an enum: a number from outside */
        dispatch_rare(core, command);
        break;
    }
}

/* The market a refusal before genesis repeats. */
static u16 command_market(const struct command_head *command)
{
    switch (command->kind) { /* not an enum: a number from outside */
    case COMMAND_ORDER:
        return ((const struct command_order *)(const void *)command)->market;
    case COMMAND_CANCEL:
        return ((const struct command_cancel *)(const void *)command)->market;
    case COMMAND_CANCEL_ALL:
        return ((const struct command_cancel_all *)(const void *)command)->market;
    case COMMAND_CANCEL_LIST:
        return ((const struct command_cancel_list *)(const void *)command)->market;
    case COMMAND_CANCEL_REPLACE:
        return ((const struct command_cancel_replace *)(const void *)command)->market;
    case COMMAND_AMEND:
        return ((const struct command_amend *)(const void *)command)->market;
    case COMMAND_ORDER_LIST:
        return ((const struct command_order_list *)(const void *)command)->market;
    default: /* not an enum: a number from outside */
        return 0;
    }
}

/* Genesis, void, and anything before genesis: no trigger steps around these. */
static COLD void apply_outside(struct core *core, const struct command_head *command)
{
    if (command->kind == COMMAND_GENESIS && !core->has_genesis) {
        define_genesis(core, (const struct command_genesis *)(const void *)command);
    } else if (command->kind == COMMAND_GENESIS) {
        refuse(core, command, REJECT_ALREADY_EXISTS, REJECT_PHASE_WHOLE, 0, 0);
    } else if (!core->has_genesis) {
        refuse(core, command, REJECT_NO_GENESIS, REJECT_PHASE_WHOLE, command_market(command), 0);
    }
}

void dispatch(struct core *core, const struct command_head *command)
{
    output_begin(core, command, core->next_order_id);
    if (UNLIKELY(!core->has_genesis || command->kind == COMMAND_GENESIS ||
                 command->kind == COMMAND_VOID)) {
        apply_outside(core, command);
        return;
    }
    if (UNLIKELY(core->ruling_waiting)) {
        ruling_run(core, command);
    }
    if (UNLIKELY(core->runnable)) {
        trigger_run(core);
    }
    dispatch_kind(core, command);
    if (UNLIKELY(core->runnable)) {
        trigger_run(core);
    }
}

void core_void(struct core *core, struct core_output *output)
{
    (void)output;
    core->seq++;
}
