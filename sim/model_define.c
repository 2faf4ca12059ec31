/* Definitions of the naive model: assets, markets, fees, accounts, limits (docs/semantics.md
 * sections 2 and 11). */
#include "sim/model_rules.h"

enum { LIMITS_COUNT = 19 };

/* In the order of command_genesis from assets_max on. */
static const u64 limit_low[LIMITS_COUNT] = {1, 1, 1, 1, 1, 3, 1, 1, 1, 1,
                                            1, 1, 1, 1, 1, 1, 0, 0, 0};
static const u64 limit_high[LIMITS_COUNT] = {
    1024,       4096,       64,         64,         1ULL << 28, 1ULL << 29, 1ULL << 28,
    1ULL << 27, 1ULL << 26, 1ULL << 26, 1ULL << 26, 1ULL << 26, 1ULL << 22, 1ULL << 26,
    1ULL << 20, 10000,      1ULL << 22, 1ULL << 24, 1ULL << 28,
};

bool model_limits_valid(const u32 *limits)
{
    for (u32 i = 0; i < LIMITS_COUNT; i++) {
        if (limits[i] < limit_low[i] || limits[i] > limit_high[i]) {
            return false;
        }
    }
    return true;
}

/* ---- how much is in use, for limits_set ---- */

u32 model_positions_used(const struct model *model)
{
    u32 used = 0;
    for (u32 i = 0; i < model->accounts_count; i++) {
        u32 markets = 0;
        for (u32 market = 0; market < model->markets_count; market++) {
            markets += model->accounts[i].positions[market];
        }
        used += markets > 1 ? markets - 1 : 0;
    }
    return used;
}

static u32 directory_used(const struct model *model)
{
    u32 used = 0;
    for (u32 i = 0; i < model->markets_count; i++) {
        used += model->markets[i].rules.ticks_max / 512 + 1;
    }
    return used;
}

static u32 networks_used(const struct model *model)
{
    u32 used = 0;
    for (u32 network = 0; network < model->limits.networks_max; network++) {
        for (u32 asset = 0; asset < model->assets_count; asset++) {
            if (model->assets[asset].custody[network] != 0) {
                used = network + 1;
            }
        }
    }
    for (u32 i = 0; i < model->holds_count; i++) {
        used = (u32)u64_max(used, model->holds[i].network + 1U);
    }
    return used;
}

static u32 tiers_used(const struct model *model)
{
    u32 used = 0;
    for (u32 i = 0; i < model->accounts_count; i++) {
        used = (u32)u64_max(used, model->accounts[i].tier + 1U);
    }
    for (u32 i = 0; i < model->fees_count; i++) {
        used = (u32)u64_max(used, model->fees[i].tier + 1U);
    }
    return used;
}

static u32 extras_used(const struct model *model)
{
    u32 used = 0;
    for (u32 i = 0; i < model->orders_count; i++) {
        used += model->orders[i]->uses_extra;
    }
    return used;
}

static u32 trailing_used(const struct model *model)
{
    u32 used = 0;
    for (u32 i = 0; i < model->orders_count; i++) {
        used += model->orders[i]->trailing_delta > 0;
    }
    return used;
}

static enum reject limits_set(struct model *model, const struct command_limits_set *command)
{
    bool is_end_of_persons = command->persons_max == 0 && model->limits.persons_max != 0;
    if (!model_limits_valid(&command->assets_max) || is_end_of_persons ||
        command->assets_max < model->assets_count || command->markets_max < model->markets_count ||
        command->networks_max < networks_used(model) ||
        command->fee_tiers_max < tiers_used(model) ||
        command->accounts_max < model->accounts_count ||
        command->balance_rows_max / 3 < model_chunks_used(model) ||
        command->positions_max < model_positions_used(model) ||
        command->orders_max < model->orders_count || command->extras_max < extras_used(model) ||
        command->lists_max < model->lists_count || command->holds_max < model->holds_count ||
        command->asset_limits_max < model->asset_limits_count ||
        command->pages_max < model_pages_taken(model) ||
        command->directory_max < directory_used(model) ||
        command->trailing_max < trailing_used(model) || command->keys_max < model->keys_count ||
        command->persons_max < model->rules->persons_count ||
        command->person_rows_max < model->rules->rows_count) {
        return REJECT_BAD_DEFINITION;
    }
    return REJECT_NONE;
}

/* ---- assets and markets ---- */

/* The name as rules give it: in lower case. */
static u64 rule_name(const u8 name[8])
{
    u8 lower[8];
    struct span text = {.data = lower, .size = 0};
    while (text.size < sizeof lower && name[text.size] != 0) {
        u8 byte = name[text.size];
        bool is_capital = byte >= 'A' && byte <= 'Z';
        lower[text.size] = (u8)(is_capital ? byte - 'A' + 'a' : byte);
        text.size += 1;
    }
    return rule_name_of(text);
}

static enum reject asset_add(struct model *model, const struct command_asset_add *command)
{
    if (command->asset != model->assets_count) {
        return command->asset < model->assets_count ? REJECT_ALREADY_EXISTS : REJECT_BAD_DEFINITION;
    }
    if (command->asset >= model->limits.assets_max) {
        return REJECT_LIMIT_ASSETS;
    }
    if (command->scale > AMOUNT_SCALE_MAX || command->name[0] == 0) {
        return REJECT_BAD_DEFINITION;
    }
    struct model_asset *asset = &model->assets[model->assets_count++];
    asset->scale = command->scale;
    asset->rule_name = rule_name(command->name);
    asset->custody = model_zeroed(model->limits.networks_max, sizeof *asset->custody);
    model_asset_begin(model, model->assets_count - 1);
    return REJECT_NONE;
}

/* Quote units of one lot at one tick; 0: not a whole number from 1 to 2^32 - 1. */
static u64 market_value(const struct model *model, const struct command_market_add *rules)
{
    u32 base_scale = model->assets[rules->base].scale;
    u32 quote_scale = model->assets[rules->quote].scale;
    u128 product = (u128)model_price(rules->tick) * model_units(rules->lot);
    u128 value = 0;
    if (quote_scale >= base_scale + PRICE_SCALE) {
        if (product >= 1ULL << 32) {
            return 0;
        }
        value = product * model_power_of_ten(quote_scale - base_scale - PRICE_SCALE);
    } else {
        u128 divisor = model_power_of_ten(base_scale + PRICE_SCALE - quote_scale);
        if (product % divisor != 0) {
            return 0;
        }
        value = product / divisor;
    }
    return value < 1ULL << 32 ? (u64)value : 0;
}

static bool market_is_sound(const struct model *model, const struct command_market_add *rules)
{
    if (rules->base >= model->assets_count || rules->quote >= model->assets_count ||
        rules->base == rules->quote) {
        return false;
    }
    const u64 bounded[] = {
        model_price(rules->tick),           model_units(rules->lot),
        model_price(rules->price_min),      model_price(rules->price_max),
        model_units(rules->qty_min),        model_units(rules->qty_max),
        model_units(rules->market_qty_min), model_units(rules->market_qty_max),
    };
    for (u32 i = 0; i < ARRAY_COUNT(bounded); i++) {
        if (bounded[i] >= MODEL_UNITS_END) {
            return false;
        }
    }
    if (model_price(rules->tick) == 0 || model_units(rules->lot) == 0 ||
        market_value(model, rules) == 0) {
        return false;
    }
    if (rules->ticks_max < 1 || rules->ticks_max > 1U << 30 || rules->state > 3 ||
        (u128)rules->ticks_max * model_price(rules->tick) >= MODEL_UNITS_END) {
        return false;
    }
    if (rules->stp_default < STP_MODE_NONE || rules->stp_default > STP_MODE_TRANSFER ||
        (rules->stp_allowed & 1U << rules->stp_default) == 0 || (rules->stp_allowed & 0x81U) != 0) {
        return false;
    }
    if (model_units(rules->market_lot) % model_units(rules->lot) != 0) {
        return false;
    }
    if (rules->min_notional_minutes > 60 || rules->notional_minutes > 60 ||
        rules->percent_minutes > 60 || rules->side_percent_minutes > 60) {
        return false;
    }
    bool has_icebergs = (rules->features & MARKET_FEATURE_ICEBERG) != 0;
    if (has_icebergs && (rules->iceberg_parts_max < 1 || rules->iceberg_parts_max > 100)) {
        return false;
    }
    return rules->trailing_above_max < 10000 && rules->trailing_below_max < 10000;
}

static void market_take(struct model *model, struct model_market *market,
                        const struct command_market_add *rules)
{
    market->rules = *rules;
    market->tick = model_price(rules->tick);
    market->lot = model_units(rules->lot);
    market->value = market_value(model, rules);
}

static enum reject market_add(struct model *model, const struct command_market_add *command)
{
    if (command->market != model->markets_count) {
        return command->market < model->markets_count ? REJECT_ALREADY_EXISTS
                                                      : REJECT_BAD_DEFINITION;
    }
    if (command->market >= model->limits.markets_max) {
        return REJECT_LIMIT_MARKETS;
    }
    if (!market_is_sound(model, command)) {
        return REJECT_BAD_DEFINITION;
    }
    if (directory_used(model) + command->ticks_max / 512 + 1 > model->limits.directory_max) {
        return REJECT_LIMIT_DIRECTORY;
    }
    struct model_market *market = &model->markets[model->markets_count++];
    market_take(model, market, command);
    market->state = command->state;
    return REJECT_NONE;
}

static enum reject market_set(struct model *model, const struct command_market_set *command)
{
    if (command->market >= model->markets_count) {
        return REJECT_UNKNOWN_MARKET;
    }
    struct command_market_add rules;
    _Static_assert(sizeof rules == sizeof *command, "market_set is like market_add");
    memcpy(&rules, command, sizeof rules);
    struct model_market *market = &model->markets[command->market];
    if (rules.base != market->rules.base || rules.quote != market->rules.quote ||
        rules.ticks_max != market->rules.ticks_max || !market_is_sound(model, &rules)) {
        return REJECT_BAD_DEFINITION;
    }
    if (model_price(rules.tick) != market->tick || model_units(rules.lot) != market->lot) {
        if (market->state != MARKET_STATE_HALT) {
            return REJECT_MARKET_NOT_HALTED;
        }
        for (u32 i = 0; i < model->orders_count; i++) {
            if (model->orders[i]->market == command->market && model->orders[i]->is_open) {
                return REJECT_RESTING_OFF_GRID;
            }
        }
        market->last_ticks = 0;
        market->buckets_count = 0;
    }
    market_take(model, market, &rules);
    return REJECT_NONE;
}

static enum reject market_state(struct model *model, const struct command_market_state *command)
{
    if (command->market >= model->markets_count) {
        return REJECT_UNKNOWN_MARKET;
    }
    if (command->state > MARKET_STATE_CANCEL_ONLY) {
        return REJECT_BAD_ENUM;
    }
    model->markets[command->market].state = command->state;
    return REJECT_NONE;
}

static enum reject fee_set(struct model *model, const struct command_fee_set *command)
{
    if (command->market >= model->markets_count) {
        return REJECT_UNKNOWN_MARKET;
    }
    if (command->tier >= model->limits.fee_tiers_max) {
        return REJECT_BAD_TIER;
    }
    u64 maker = (u64)command->standard_maker + command->special_maker + command->tax_maker;
    u64 taker = (u64)command->standard_taker + command->special_taker + command->tax_taker;
    u64 buyer = (u64)command->standard_buyer + command->special_buyer + command->tax_buyer;
    u64 seller = (u64)command->standard_seller + command->special_seller + command->tax_seller;
    if (u64_max(maker, taker) + u64_max(buyer, seller) > RATE_ONE) {
        return REJECT_BAD_RATE;
    }
    for (u32 i = 0; i < model->fees_count; i++) {
        if (model->fees[i].market == command->market && model->fees[i].tier == command->tier) {
            model->fees[i] = *command;
            return REJECT_NONE;
        }
    }
    model->fees =
        model_grow(model->fees, model->fees_count, &model->fees_room, sizeof *model->fees);
    model->fees[model->fees_count++] = *command;
    return REJECT_NONE;
}

/* ---- accounts ---- */

u32 model_account_begin(struct model *model, u64 restrictions, u32 trade_group, u16 tier)
{
    model->accounts = model_grow(model->accounts, model->accounts_count, &model->accounts_room,
                                 sizeof *model->accounts);
    model->accounts[model->accounts_count] = (struct model_account){
        .trade_group = trade_group,
        .tier = tier,
        .restrictions = restrictions,
        .rows = model_zeroed(model->limits.assets_max, sizeof(struct model_row)),
        .positions = model_zeroed(model->limits.markets_max, sizeof(bool)),
    };
    return model->accounts_count++;
}

static enum reject account_add(struct model *model, const struct command_account_add *command)
{
    if (model->accounts_count >= model->limits.accounts_max) {
        return REJECT_LIMIT_ACCOUNTS;
    }
    if (command->fee_tier >= model->limits.fee_tiers_max) {
        return REJECT_BAD_TIER;
    }
    (void)model_account_begin(model, command->restrictions, command->trade_group,
                              command->fee_tier);
    return REJECT_NONE;
}

static enum reject account_set(struct model *model, const struct command_account_set *command)
{
    u32 account = command->head.account;
    if (account >= model->accounts_count) {
        return REJECT_UNKNOWN_ACCOUNT;
    }
    if (command->fee_tier >= model->limits.fee_tiers_max) {
        return REJECT_BAD_TIER;
    }
    model->accounts[account].trade_group = command->trade_group;
    model->accounts[account].tier = command->fee_tier;
    return REJECT_NONE;
}

static enum reject asset_limit(struct model *model, const struct command_asset_limit *command)
{
    u32 account = command->head.account;
    if (account >= model->accounts_count) {
        return REJECT_UNKNOWN_ACCOUNT;
    }
    if (command->asset >= model->assets_count) {
        return REJECT_UNKNOWN_ASSET;
    }
    u64 limit = model_units(command->limit);
    for (u32 i = 0; i < model->asset_limits_count; i++) {
        struct model_asset_limit *entry = &model->asset_limits[i];
        if (entry->account == account && entry->asset == command->asset) {
            entry->limit = limit;
            if (limit == 0) {
                *entry = model->asset_limits[--model->asset_limits_count];
            }
            return REJECT_NONE;
        }
    }
    if (limit == 0) {
        return REJECT_NONE;
    }
    if (model->asset_limits_count >= model->limits.asset_limits_max) {
        return REJECT_LIMIT_ASSET_LIMITS;
    }
    model->asset_limits = model_grow(model->asset_limits, model->asset_limits_count,
                                     &model->asset_limits_room, sizeof *model->asset_limits);
    model->asset_limits[model->asset_limits_count++] =
        (struct model_asset_limit){.account = account, .asset = command->asset, .limit = limit};
    return REJECT_NONE;
}

static enum reject reference_price(struct model *model,
                                   const struct command_reference_price *command)
{
    if (command->market >= model->markets_count) {
        return REJECT_UNKNOWN_MARKET;
    }
    if (model_price(command->price) >= MODEL_UNITS_END) {
        return REJECT_BAD_DEFINITION;
    }
    model->markets[command->market].reference = model_price(command->price);
    return REJECT_NONE;
}

/* Restrictions take effect at once; raising `trade` ends the account's orders after the event. */
static enum reject restrict_account(struct model *model, const struct command_restrict *command)
{
    u32 account = command->head.account;
    if (account >= model->accounts_count) {
        return REJECT_UNKNOWN_ACCOUNT;
    }
    if (model_has_parts(&model->accounts[account])) {
        model->accounts[account].hand = command->restrictions;
        model_emit_applied(model, account);
        model_rules_restrict(model, account);
        return REJECT_NONE;
    }
    bool was_allowed = model_restriction(model, account, OPERATION_TRADE) == RESTRICTION_ALLOW;
    model->accounts[account].restrictions = command->restrictions;
    model_emit_applied(model, account);
    if (was_allowed && model_restriction(model, account, OPERATION_TRADE) != RESTRICTION_ALLOW) {
        model_expire_all(model, account);
    }
    return REJECT_NONE;
}

/* ---- keys ---- */

static struct model_key *key_find(struct model *model, const u8 id[KEY_ID_BYTES])
{
    for (u32 i = 0; i < model->keys_count; i++) {
        if (memcmp(model->keys[i].id, id, KEY_ID_BYTES) == 0) {
            return &model->keys[i];
        }
    }
    return NULL;
}

static enum reject key_set(struct model *model, const struct command_key_set *command)
{
    static const u8 zero[32];
    struct model_key key = {.account = command->head.account, .kind = command->key_kind};
    memcpy(key.id, command->key_id, sizeof key.id);
    memcpy(key.public_key, command->public_key, sizeof key.public_key);
    if (key.account >= model->accounts_count) {
        return REJECT_UNKNOWN_ACCOUNT;
    }
    if (key.kind < KEY_KIND_HMAC || key.kind > KEY_KIND_RSA) {
        return REJECT_BAD_ENUM;
    }
    bool has_public = memcmp(key.public_key, zero, sizeof zero) != 0;
    if (memcmp(key.id, zero, sizeof zero) == 0 || has_public != (key.kind != KEY_KIND_HMAC)) {
        return REJECT_BAD_DEFINITION;
    }
    struct model_key *known = key_find(model, key.id);
    if (known != NULL) {
        key.rights = known->rights;
        if (memcmp(known, &key, sizeof key) != 0) {
            return REJECT_ALREADY_EXISTS;
        }
    } else if (model->keys_count >= model->limits.keys_max) {
        return REJECT_LIMIT_KEYS;
    } else {
        model->keys = model_grow(model->keys, model->keys_count, &model->keys_room, sizeof key);
        known = &model->keys[model->keys_count++];
    }
    key.rights = command->rights;
    *known = key;
    return REJECT_NONE;
}

static enum reject key_revoke(struct model *model, const struct command_key_revoke *command)
{
    if (command->head.account >= model->accounts_count) {
        return REJECT_UNKNOWN_ACCOUNT;
    }
    struct model_key *known = key_find(model, command->key_id);
    if (known == NULL || known->account != command->head.account) {
        return REJECT_UNKNOWN_KEY;
    }
    *known = model->keys[--model->keys_count];
    return REJECT_NONE;
}

static enum reject define(struct model *model, const struct command_head *command,
                          bool *is_known_out)
{
    const void *record = command;
    *is_known_out = true;
    switch (command->kind) {
    case COMMAND_LIMITS_SET:
        return limits_set(model, record);
    case COMMAND_ACTIVATE_VERSION:
        return ((const struct command_activate_version *)record)->semantics_version == 1
                   ? REJECT_NONE
                   : REJECT_UNKNOWN_VERSION;
    case COMMAND_ASSET_ADD:
        return asset_add(model, record);
    case COMMAND_MARKET_ADD:
        return market_add(model, record);
    case COMMAND_MARKET_SET:
        return market_set(model, record);
    case COMMAND_MARKET_STATE:
        return market_state(model, record);
    case COMMAND_FEE_SET:
        return fee_set(model, record);
    case COMMAND_ACCOUNT_ADD:
        return account_add(model, record);
    case COMMAND_ACCOUNT_SET:
        return account_set(model, record);
    case COMMAND_RESTRICT:
        return restrict_account(model, record);
    case COMMAND_VENUE_FILTERS:
        model->venue_filters = *(const struct command_venue_filters *)record;
        return REJECT_NONE;
    case COMMAND_ASSET_LIMIT:
        return asset_limit(model, record);
    case COMMAND_REFERENCE_PRICE:
        return reference_price(model, record);
    case COMMAND_KEY_SET:
        return key_set(model, record);
    case COMMAND_KEY_REVOKE:
        return key_revoke(model, record);
    case COMMAND_NOTE:
        return REJECT_NONE;
    default: /* not an enum: a number from outside */
        *is_known_out = false;
        return REJECT_NONE;
    }
}

enum reject model_define(struct model *model, const struct command_head *command,
                         bool *is_known_out)
{
    enum reject reject = define(model, command, is_known_out);
    bool is_told = command->kind == COMMAND_RESTRICT; /* has written its own event */
    if (reject == REJECT_NONE && *is_known_out && !is_told) {
        bool is_new = command->kind == COMMAND_ACCOUNT_ADD;
        model_emit_applied(model, is_new ? model->accounts_count - 1 : command->account);
    }
    return reject;
}
