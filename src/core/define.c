#include "core/define.h"

#include "core/account.h"
#include "core/cancel.h"
#include "core/ledger.h"
#include "core/login.h"
#include "core/market.h"
#include "core/output.h"
#include "core/person.h"
#include "core/refuse.h"
#include "core/ruling.h"
#include "core/trigger.h"

#include <string.h>

#define SEMANTICS_VERSION 1U

void define_refuse(struct core *core, const struct command_head *head, enum reject reject)
{
    refuse(core, head, reject, REJECT_PHASE_WHOLE, 0, 0);
}

void define_tell(struct core *core, const struct command_head *head, u32 account)
{
    size_t bytes = (size_t)head->units * WIRE_UNIT;
    struct event_applied *event = output_take(core, sizeof *event + bytes);
    *event = (struct event_applied){
        .head = output_head(core, EVENT_APPLIED, sizeof *event + bytes, account),
        .source_index = core->current.source_index,
        .entry = core->next_entry,
    };
    struct command_head *copy = (struct command_head *)(void *)(event + 1);
    memcpy(copy, head, bytes);
    copy->account = account;
}

/* ---- limits ---- */

struct bound {
    u32 value;
    u32 low;
    u32 high;
};

bool define_limits_fit(const struct command_genesis *l)
{
    const struct bound bounds[] = {
        {l->assets_max, 1, 1024},          {l->markets_max, 1, 4096},
        {l->networks_max, 1, 64},          {l->fee_tiers_max, 1, 64},
        {l->accounts_max, 1, 1U << 28},    {l->balance_rows_max, 3, 1U << 29},
        {l->positions_max, 1, 1U << 28},   {l->orders_max, 1, 1U << 27},
        {l->extras_max, 1, 1U << 26},      {l->lists_max, 1, 1U << 26},
        {l->holds_max, 1, 1U << 26},       {l->asset_limits_max, 1, 1U << 26},
        {l->pages_max, 1, 1U << 22},       {l->directory_max, 1, 1U << 26},
        {l->trailing_max, 1, 1U << 20},    {l->triggers_per_command_max, 1, 10000},
        {l->keys_max, 0, 1U << 22},        {l->persons_max, 0, 1U << 24},
        {l->person_rows_max, 0, 1U << 28},
    };
    for (u32 i = 0; i < ARRAY_COUNT(bounds); i++) {
        if (bounds[i].value < bounds[i].low || bounds[i].value > bounds[i].high) {
            return false;
        }
    }
    return true;
}

void define_genesis(struct core *core, const struct command_genesis *command)
{
    enum reject reject = REJECT_NONE;
    if (command->semantics_version != SEMANTICS_VERSION) {
        reject = REJECT_UNKNOWN_VERSION;
    } else if (!define_limits_fit(command)) {
        reject = REJECT_BAD_DEFINITION;
    }
    if (reject != REJECT_NONE) {
        define_refuse(core, &command->head, reject);
        return;
    }
    core->has_genesis = true;
    core->limits_next = *command;
    define_tell(core, &command->head, command->head.account);
}

/* Networks and tiers count as in use up to the highest one that something names. */
static u32 networks_used(const struct core *core)
{
    u32 used = 0;
    for (u32 i = 0; i < core->assets_count; i++) {
        for (u32 k = used; k < core->limits.networks_max; k++) {
            if (!amount_is_zero(core->custody[i * core->limits.networks_max + k])) {
                used = k + 1;
            }
        }
    }
    for (u32 i = 1; i <= core->hold_slab.used; i++) {
        if (core->holds[i].id && core->holds[i].network >= used) {
            used = core->holds[i].network + 1U;
        }
    }
    return used;
}

static u32 tiers_used(const struct core *core)
{
    u32 used = 0;
    for (u32 i = 0; i < core->accounts_count; i++) {
        used = core->accounts[i].tier >= used ? core->accounts[i].tier + 1U : used;
    }
    for (u32 i = 0; i < core->markets_count * core->limits.fee_tiers_max; i++) {
        u32 tier = i % core->limits.fee_tiers_max;
        if (core->fee_sets[i].head.kind && tier >= used) {
            used = tier + 1;
        }
    }
    return used;
}

static bool limits_hold_use(const struct core *core, const struct command_genesis *l)
{
    return l->assets_max >= core->assets_count && l->markets_max >= core->markets_count &&
           l->networks_max >= networks_used(core) && l->fee_tiers_max >= tiers_used(core) &&
           l->accounts_max >= core->accounts_count &&
           l->balance_rows_max / 3 >= core->chunk_slab.count &&
           l->positions_max >= core->position_slab.count &&
           l->orders_max >= core->order_slab.count && l->extras_max >= core->extra_slab.count &&
           l->lists_max >= core->list_slab.count && l->holds_max >= core->hold_slab.count &&
           l->asset_limits_max >= core->asset_limits_count &&
           l->pages_max >= core->page_slab.count + core->pages_reserved &&
           l->directory_max >= core->directory_used && l->trailing_max >= core->trailing_count &&
           l->keys_max >= core->key_slab.count && l->persons_max >= core->ruling.persons_count &&
           l->person_rows_max >= core->ruling.row_slab.count &&
           (l->persons_max > 0 || core->limits.persons_max == 0);
}

void define_limits(struct core *core, const struct command_limits_set *command)
{
    struct command_genesis limits;
    _Static_assert(sizeof limits == sizeof *command, "the same limits");
    memcpy(&limits, command, sizeof limits);
    limits.semantics_version = core->limits_next.semantics_version;
    if (!define_limits_fit(&limits) || !limits_hold_use(core, &limits)) {
        define_refuse(core, &command->head, REJECT_BAD_DEFINITION);
        return;
    }
    core->limits_next = limits;
    define_tell(core, &command->head, command->head.account);
}

void define_version(struct core *core, const struct command_activate_version *command)
{
    if (command->semantics_version != SEMANTICS_VERSION) {
        define_refuse(core, &command->head, REJECT_UNKNOWN_VERSION);
        return;
    }
    define_tell(core, &command->head, command->head.account);
}

/* ---- assets and markets ---- */

void define_asset(struct core *core, const struct command_asset_add *command)
{
    enum reject reject = REJECT_NONE;
    if (command->asset != core->assets_count) {
        reject =
            command->asset < core->assets_count ? REJECT_ALREADY_EXISTS : REJECT_BAD_DEFINITION;
    } else if (command->asset >= core->limits.assets_max) {
        reject = REJECT_LIMIT_ASSETS;
    } else if (command->scale > AMOUNT_SCALE_MAX || command->name[0] == 0) {
        reject = REJECT_BAD_DEFINITION;
    }
    if (reject != REJECT_NONE) {
        define_refuse(core, &command->head, reject);
        return;
    }
    struct asset *asset = &core->assets[core->assets_count++];
    asset->scale = command->scale;
    memcpy(asset->name, command->name, sizeof asset->name);
    ruling_asset_added(core, command->asset);
    define_tell(core, &command->head, command->head.account);
}

void define_market_directory(struct core *core, struct market *market, u32 ticks_max)
{
    u32 count = (ticks_max >> PAGE_SHIFT) + 1;
    market->directory_count = count;
    market->directory = core->directory + core->directory_used;
    core->directory_used += count;
    for (u32 layer = 0; layer < 3; layer++) {
        count = (count + 63) >> 6;
        market->occupied[layer] = core->occupied[layer] + core->occupied_used[layer];
        core->occupied_used[layer] += count;
    }
}

static enum reject market_add_check(const struct core *core, const struct command_market_add *c,
                                    u64 *value_out)
{
    if (c->market != core->markets_count) {
        return c->market < core->markets_count ? REJECT_ALREADY_EXISTS : REJECT_BAD_DEFINITION;
    }
    if (c->market >= core->limits.markets_max) {
        return REJECT_LIMIT_MARKETS;
    }
    if (!market_definition_check(core, c, value_out)) {
        return REJECT_BAD_DEFINITION;
    }
    u32 count = (c->ticks_max >> PAGE_SHIFT) + 1;
    return count > core->limits.directory_max - core->directory_used ? REJECT_LIMIT_DIRECTORY
                                                                     : REJECT_NONE;
}

void define_market(struct core *core, const struct command_market_add *command)
{
    u64 value = 0;
    enum reject reject = market_add_check(core, command, &value);
    if (reject != REJECT_NONE) {
        define_refuse(core, &command->head, reject);
        return;
    }
    u32 number = core->markets_count++;
    struct market *market = &core->markets[number];
    *market = (struct market){
        .number = (u16)number,
        .state = command->state,
        .best = {0, TICKS_NONE},
        .next_trade_id = 1,
        .next_aggregate_id = 1,
        .next_update_id = 1,
        .next_match_id = 1,
        .buckets = core->buckets + (size_t)number * AVERAGE_MINUTES_MAX,
    };
    define_market_directory(core, market, command->ticks_max);
    market_define(market, command, value);
    ruling_market(core, market);
    define_tell(core, &command->head, command->head.account);
}

static enum reject market_set_check(const struct core *core, const struct command_market_add *c,
                                    u64 *value_out)
{
    if (c->market >= core->markets_count) {
        return REJECT_UNKNOWN_MARKET;
    }
    const struct market *market = &core->markets[c->market];
    if (c->base != market->base || c->quote != market->quote || c->ticks_max != market->ticks_max ||
        !market_definition_check(core, c, value_out)) {
        return REJECT_BAD_DEFINITION;
    }
    if (c->tick.units == market->tick && c->lot.units == market->lot) { /* raw: compared */
        return REJECT_NONE;
    }
    if (market->state != MARKET_STATE_HALT) {
        return REJECT_MARKET_NOT_HALTED;
    }
    return market->orders ? REJECT_RESTING_OFF_GRID : REJECT_NONE;
}

void define_market_set(struct core *core, const struct command_market_set *command)
{
    struct command_market_add definition;
    _Static_assert(sizeof definition == sizeof *command, "the same definition");
    memcpy(&definition, command, sizeof definition);
    u64 value = 0;
    enum reject reject = market_set_check(core, &definition, &value);
    if (reject != REJECT_NONE) {
        define_refuse(core, &command->head, reject);
        return;
    }
    struct market *market = &core->markets[command->market];
    bool grid = definition.tick.units != market->tick || /* raw: compared */

                definition.lot.units != market->lot; /* raw: compared */
    market_define(market, &definition, value);
    if (grid) { /* prices in ticks mean something else now */
        market->last = 0;
        market->evaluated = 0;
        memset(market->buckets, 0, sizeof *market->buckets * AVERAGE_MINUTES_MAX);
    }
    define_tell(core, &command->head, command->head.account);
}

void define_market_state(struct core *core, const struct command_market_state *command)
{
    if (command->market >= core->markets_count) {
        define_refuse(core, &command->head, REJECT_UNKNOWN_MARKET);
        return;
    }
    if (command->state >= MARKET_STATE_COUNT) {
        define_refuse(core, &command->head, REJECT_BAD_ENUM);
        return;
    }
    struct market *market = &core->markets[command->market];
    u8 before = market->state;
    market->state = command->state;
    trigger_market_state(core, market, before);
    define_tell(core, &command->head, command->head.account);
}

/* ---- fees ---- */

bool define_rates(const struct command_fee_set *c, struct fees *fees_out)
{
    const u64 role[2] = {(u64)c->standard_maker + c->special_maker + c->tax_maker,
                         (u64)c->standard_taker + c->special_taker + c->tax_taker};
    const u64 side[2] = {(u64)c->standard_buyer + c->special_buyer + c->tax_buyer,
                         (u64)c->standard_seller + c->special_seller + c->tax_seller};
    for (u32 s = 0; s < 2; s++) {
        for (u32 r = 0; r < 2; r++) {
            if (side[s] + role[r] > RATE_ONE) {
                return false;
            }
            fees_out->rate[s][r] = (u32)(side[s] + role[r]);
        }
    }
    return true;
}

void define_fees(struct core *core, const struct command_fee_set *command)
{
    enum reject reject = REJECT_NONE;
    struct fees fees = {0};
    if (command->market >= core->markets_count) {
        reject = REJECT_UNKNOWN_MARKET;
    } else if (command->tier >= core->limits.fee_tiers_max) {
        reject = REJECT_BAD_TIER;
    } else if (!define_rates(command, &fees)) {
        reject = REJECT_BAD_RATE;
    }
    if (reject != REJECT_NONE) {
        define_refuse(core, &command->head, reject);
        return;
    }
    u32 index = command->market * core->limits.fee_tiers_max + command->tier;
    core->fees[index] = fees;
    core->fee_sets[index] = *command;
    define_tell(core, &command->head, command->head.account);
}

/* ---- accounts ---- */

void define_account(struct core *core, const struct command_account_add *command)
{
    enum reject reject = REJECT_NONE;
    if (core->accounts_count >= core->limits.accounts_max) {
        reject = REJECT_LIMIT_ACCOUNTS;
    } else if (command->fee_tier >= core->limits.fee_tiers_max) {
        reject = REJECT_BAD_TIER;
    }
    if (reject != REJECT_NONE) {
        define_refuse(core, &command->head, reject);
        return;
    }
    u32 account = core->accounts_count++;
    core->accounts[account] = (struct account){
        .restrictions = command->restrictions,
        .group = command->trade_group,
        .tier = (u8)command->fee_tier,
    };
    define_tell(core, &command->head, account);
}

void define_account_set(struct core *core, const struct command_account_set *command)
{
    enum reject reject = REJECT_NONE;
    if (command->head.account >= core->accounts_count) {
        reject = REJECT_UNKNOWN_ACCOUNT;
    } else if (command->fee_tier >= core->limits.fee_tiers_max) {
        reject = REJECT_BAD_TIER;
    }
    if (reject != REJECT_NONE) {
        define_refuse(core, &command->head, reject);
        return;
    }
    struct account *account = &core->accounts[command->head.account];
    account->group = command->trade_group;
    account->tier = (u8)command->fee_tier;
    for (u32 chunk = account->chunk; chunk; chunk = core->chunks[chunk].next) {
        core->chunks[chunk].tier = account->tier;
    }
    define_tell(core, &command->head, command->head.account);
}

void define_restrict(struct core *core, const struct command_restrict *command)
{
    u32 number = command->head.account;
    if (number >= core->accounts_count) {
        define_refuse(core, &command->head, REJECT_UNKNOWN_ACCOUNT);
        return;
    }
    struct account *account = &core->accounts[number];
    if (login_has_hand(core, number)) {
        core->ruling.links[number].hand = command->restrictions;
        define_tell(core, &command->head, number);
        ruling_account(core, number, core->seq, true);
        return;
    }
    bool traded = account_restriction(account, OPERATION_TRADE) == RESTRICTION_ALLOW;
    account->restrictions = command->restrictions;
    define_tell(core, &command->head, number);
    if (traded && account_restriction(account, OPERATION_TRADE) != RESTRICTION_ALLOW) {
        cancel_expire_account(core, number);
    }
}

void define_venue_filters(struct core *core, const struct command_venue_filters *command)
{
    core->venue = *command;
    core->venue_filtered = command->orders_max || command->algo_orders_max ||
                           command->iceberg_orders_max || command->lists_max;
    define_tell(core, &command->head, command->head.account);
}

/* The account's other entries decide whether it still has any. */
static bool has_other_limits(const struct core *core, u32 account)
{
    for (u32 i = 0; i < core->limits.asset_limits_max; i++) {
        if (core->asset_limits[i].used && core->asset_limits[i].account == account) {
            return true;
        }
    }
    return false;
}

static void asset_limit_put(struct core *core, const struct command_asset_limit *c)
{
    u32 number = c->head.account;
    struct asset_limit *place = NULL;
    for (u32 i = 0; i < core->limits.asset_limits_max; i++) {
        struct asset_limit *limit = &core->asset_limits[i];
        if (limit->used && limit->account == number && limit->asset == c->asset) {
            place = limit;
            break;
        }
        place = !limit->used && !place ? limit : place;
    }
    if (amount_is_zero(c->limit)) {
        if (place && place->used) {
            place->used = false;
            core->asset_limits_count--;
        }
    } else {
        core->asset_limits_count += place->used ? 0 : 1;
        *place = (struct asset_limit){
            .limit = c->limit, .account = number, .asset = c->asset, .used = true};
    }
    core->accounts[number].has_limits = has_other_limits(core, number);
    account_hint_drop(&core->accounts[number]);
}

void define_asset_limit(struct core *core, const struct command_asset_limit *command)
{
    enum reject reject = REJECT_NONE;
    u32 number = command->head.account;
    if (number >= core->accounts_count) {
        reject = REJECT_UNKNOWN_ACCOUNT;
    } else if (command->asset >= core->assets_count) {
        reject = REJECT_UNKNOWN_ASSET;
    } else if (!amount_is_zero(command->limit) &&
               !account_asset_limit(core, number, command->asset) &&
               core->asset_limits_count >= core->limits.asset_limits_max) {
        reject = REJECT_LIMIT_ASSET_LIMITS;
    }
    if (reject != REJECT_NONE) {
        define_refuse(core, &command->head, reject);
        return;
    }
    asset_limit_put(core, command);
    define_tell(core, &command->head, number);
}

void define_reference_price(struct core *core, const struct command_reference_price *command)
{
    enum reject reject = REJECT_NONE;
    if (command->market >= core->markets_count) {
        reject = REJECT_UNKNOWN_MARKET;
    } else if (command->price.units >= AMOUNT_BOUND) { /* raw: bound */
        reject = REJECT_BAD_DEFINITION;
    }
    if (reject != REJECT_NONE) {
        define_refuse(core, &command->head, reject);
        return;
    }
    struct market *market = &core->markets[command->market];
    market->reference = command->price;
    market->reference_calculation = command->calculation;
    market_set_checks(market);
    define_tell(core, &command->head, command->head.account);
}

void define_note(struct core *core, const struct command_note *command)
{
    define_tell(core, &command->head, command->head.account);
}
