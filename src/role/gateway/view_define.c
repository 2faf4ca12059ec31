/* Definitions: commands that the engine has applied, repeated in the event log or in an image. */
#include "role/gateway/view_state.h"

bool view_define_asset(struct view *view, u16 number, const u8 name[8], u8 scale)
{
    if (number != view->assets_count || scale > AMOUNT_SCALE_MAX) {
        return view_wrong(view, "asset");
    }
    if (number >= view->config.limits.assets_max) {
        return view_short(view, "assets");
    }
    struct view_asset *asset = &view->assets[number];
    memcpy(asset->name, name, sizeof asset->name);
    asset->scale = scale;
    view->assets_count++;
    return true;
}

bool view_define_market(struct view *view, const struct command_market_add *definition)
{
    u16 number = definition->market;
    if (number != view->markets_count || definition->base >= view->assets_count ||
        definition->quote >= view->assets_count || definition->state >= MARKET_STATE_COUNT) {
        return view_wrong(view, "market");
    }
    if (number >= view->config.limits.markets_max) {
        return view_short(view, "markets");
    }
    view->markets[number].definition = (struct view_definition){
        .definition = *definition,
        .next_trade_id = 1,
        .next_aggregate_id = 1,
        .next_match_id = 1,
        .state = definition->state,
    };
    view->markets_count++;
    return true;
}

bool view_define_account(struct view *view, u32 account, u64 restrictions, u32 group, u32 tier)
{
    if (account != view->accounts_count) {
        return view_wrong(view, "account");
    }
    if (account >= view->config.limits.accounts_max) {
        return view_short(view, "accounts");
    }
    view->accounts[account] = (struct view_account){.restrictions = restrictions,
                                                    .update_us = view->place.time_us,
                                                    .trade_group = group,
                                                    .fee_tier = tier};
    view->accounts_count++;
    return true;
}

bool view_define_fee(struct view *view, const struct command_fee_set *set)
{
    if (set->market >= view->markets_count) {
        return view_wrong(view, "market of fees");
    }
    if (set->tier >= view->config.limits.fee_tiers_max) {
        return view_short(view, "fee tiers");
    }
    view->fees[(size_t)set->market * view->config.limits.fee_tiers_max + set->tier] = *set;
    return true;
}

static bool market_change(struct view *view, const struct command_market_add *definition)
{
    struct view_market *market = &view->markets[definition->market];
    struct command_market_add *known = &market->definition.definition;
    if (definition->base != known->base || definition->quote != known->quote) {
        return view_wrong(view, "assets of a market");
    }
    if (view_price_units(definition->tick) != view_price_units(known->tick) ||
        view_units(definition->lot) != view_units(known->lot)) {
        market->definition.last = price_of(0);
        view_mean_clear(market);
    }
    *known = *definition;
    return true;
}

static bool on_market(struct view *view, const u8 *command, size_t size, u16 kind)
{
    struct command_market_add definition;
    view_load(&definition, sizeof definition, command, size);
    if (kind == COMMAND_MARKET_ADD) {
        return view_define_market(view, &definition);
    }
    if (definition.market >= view->markets_count) {
        return view_wrong(view, "market");
    }
    return market_change(view, &definition);
}

static bool on_market_state(struct view *view, const u8 *command, size_t size)
{
    struct command_market_state change;
    view_load(&change, sizeof change, command, size);
    if (change.market >= view->markets_count || change.state >= MARKET_STATE_COUNT) {
        return view_wrong(view, "state of a market");
    }
    view->markets[change.market].definition.state = change.state;
    return true;
}

static bool on_reference_price(struct view *view, const u8 *command, size_t size)
{
    struct command_reference_price change;
    view_load(&change, sizeof change, command, size);
    if (change.market >= view->markets_count) {
        return view_wrong(view, "market of a reference price");
    }
    struct view_definition *market = &view->markets[change.market].definition;
    market->reference = change.price;
    market->reference_calculation = change.calculation;
    return true;
}

static bool on_account(struct view *view, u32 number, const u8 *command, size_t size, u16 kind)
{
    if (kind == COMMAND_ACCOUNT_ADD) {
        struct command_account_add add;
        view_load(&add, sizeof add, command, size);
        return view_define_account(view, number, add.restrictions, add.trade_group, add.fee_tier);
    }
    if (number >= view->accounts_count) {
        return view_wrong(view, "account");
    }
    struct view_account *account = &view->accounts[number];
    if (kind == COMMAND_RESTRICT) {
        struct command_restrict change;
        view_load(&change, sizeof change, command, size);
        /* Of a linked account that is the part by hand; its vector comes with `restricted`. */
        if (account->person == 0) {
            view_vector_set(view, number, change.restrictions);
        }
        return true;
    }
    struct command_account_set set;
    view_load(&set, sizeof set, command, size);
    account->trade_group = set.trade_group;
    account->fee_tier = set.fee_tier;
    return true;
}

static bool on_asset_limit(struct view *view, u32 account, const u8 *command, size_t size)
{
    struct command_asset_limit change;
    view_load(&change, sizeof change, command, size);
    struct view_balance *row = view_balance_make(view, account, change.asset);
    if (row == NULL) {
        return false;
    }
    row->limit = change.limit;
    view_balance_spare(view, row);
    return true;
}

static bool on_asset(struct view *view, const u8 *command, size_t size)
{
    struct command_asset_add add;
    view_load(&add, sizeof add, command, size);
    return view_define_asset(view, add.asset, add.name, add.scale);
}

static bool on_fee(struct view *view, const u8 *command, size_t size)
{
    struct command_fee_set set;
    view_load(&set, sizeof set, command, size);
    return view_define_fee(view, &set);
}

static bool on_key_set(struct view *view, u32 account, const u8 *command, size_t size)
{
    struct command_key_set set;
    view_load(&set, sizeof set, command, size);
    struct view_key key = {.account = account, .rights = set.rights, .kind = set.key_kind};
    memcpy(key.id, set.key_id, sizeof key.id);
    memcpy(key.public_key, set.public_key, sizeof key.public_key);
    return view_key_set(view, &key, true);
}

static bool on_key_revoke(struct view *view, u32 account, const u8 *command, size_t size)
{
    struct command_key_revoke revoke;
    view_load(&revoke, sizeof revoke, command, size);
    return view_key_revoke(view, account, revoke.key_id);
}

bool view_define(struct view *view, u32 account, const u8 *command, size_t size)
{
    u16 kind = bytes_u16(command);
    switch (kind) {
    case COMMAND_GENESIS:
    case COMMAND_LIMITS_SET:
        /* The two records hold the same fields, at the same places. */
        view_load(&view->limits_next, sizeof view->limits_next, command, size);
        return true;
    case COMMAND_ACTIVATE_VERSION:
        return true;
    case COMMAND_ASSET_ADD:
        return on_asset(view, command, size);
    case COMMAND_MARKET_ADD:
    case COMMAND_MARKET_SET:
        return on_market(view, command, size, kind);
    case COMMAND_MARKET_STATE:
        return on_market_state(view, command, size);
    case COMMAND_FEE_SET:
        return on_fee(view, command, size);
    case COMMAND_ACCOUNT_ADD:
    case COMMAND_ACCOUNT_SET:
    case COMMAND_RESTRICT:
        return on_account(view, account, command, size, kind);
    case COMMAND_VENUE_FILTERS:
        view_load(&view->venue_filters, sizeof view->venue_filters, command, size);
        return true;
    case COMMAND_ASSET_LIMIT:
        return on_asset_limit(view, account, command, size);
    case COMMAND_REFERENCE_PRICE:
        return on_reference_price(view, command, size);
    case COMMAND_KEY_SET:
        return on_key_set(view, account, command, size);
    case COMMAND_KEY_REVOKE:
        return on_key_revoke(view, account, command, size);
    case COMMAND_PERSON_ADD:
    case COMMAND_LINK:
    case COMMAND_UNLINK:
    case COMMAND_PERSON_GROUP:
    case COMMAND_RULES_SET:
    case COMMAND_VALUATION_PRICE:
        return view_define_person(view, account, command, size);
    case COMMAND_LOGIN_OPEN:
        return view_define_login(view, account, command, size);
    case COMMAND_WITHDRAW_PAUSE:
        return view_define_pause(view, account, command, size);
    case COMMAND_NOTE:
    case COMMAND_FACT_SET:
    case COMMAND_LISTING_SET:
    case COMMAND_OWNERSHIP_SET:
    case COMMAND_ROW_END:
    case COMMAND_VALUATION:
    case COMMAND_PACK_PART:
    case COMMAND_PACK_ACTIVATE:
    case COMMAND_PACK_END:
    case COMMAND_LICENCE_SET:
    case COMMAND_LIFT:
    case COMMAND_CASE_ACT:
    case COMMAND_PACK_REPLACE:
    case COMMAND_LOG_ENTRY:
        return true;
    default: /* not an enum: a number from outside */
        return view_wrong(view, "kind of definition");
    }
}
