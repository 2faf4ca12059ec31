/* Money and definitions of the command generator, and the plan that gives a market a new grid. */
#include "sim/flow_state.h"

static u16 draw_asset(struct flow *flow)
{
    u32 count = model_assets_count(flow->model);
    return (u16)flow_pick(flow, count == 0 || flow_chance(flow, 10) ? count + 1ULL : count);
}

static u16 draw_network(struct flow *flow)
{
    u32 count = flow->limits.networks_max;
    return (u16)flow_pick(flow, flow_chance(flow, 10) ? count + 1ULL : count);
}

static u64 draw_amount(struct flow *flow, u16 asset)
{
    if (flow_chance(flow, flow->profile.is_edge ? 300 : 30)) {
        return flow_edge(flow);
    }
    u64 amount = flow_typical_amount(flow, asset);
    return amount / (1 + flow_pick(flow, 8));
}

/* About what the account has free: all of it, one more, a part. */
static u64 draw_spend(struct flow *flow, u32 account, u16 asset)
{
    u64 free = model_balance_of(flow->model, account, asset).free.units; /* raw: for drawing */
    u64 draw = flow_pick(flow, 20);
    if (flow->profile.is_poor && flow_chance(flow, 500)) {
        return free - free / 50;
    }
    if (draw < 2) {
        return free + draw;
    }
    return draw == 2 ? flow_edge(flow) : free / (2 + flow_pick(flow, 30));
}

static void emit_deposit(struct flow *flow)
{
    u16 asset = draw_asset(flow);
    struct command_deposit command = {.amount = amount_of(draw_amount(flow, asset)),
                                      .asset = asset};
    command.network = draw_network(flow);
    command.reference = flow_pick(flow, 1000);
    flow_emit(flow, &command, COMMAND_DEPOSIT, flow_account(flow));
}

static void emit_withdraw_hold(struct flow *flow)
{
    u16 asset = draw_asset(flow);
    u32 account = flow_account(flow);
    struct command_withdraw_hold command = {.amount = amount_of(draw_spend(flow, account, asset)),
                                            .asset = asset};
    command.fee = amount_of(flow_chance(flow, 30) ? flow_edge(flow) : flow_pick(flow, 4));
    command.network = draw_network(flow);
    command.reference = flow_pick(flow, 1000);
    if (asset < model_assets_count(flow->model) && command.network < flow->limits.networks_max &&
        flow_chance(flow, 350)) {
        /* All that one network has, so that what else is owed from it is short. */
        struct amount custody = model_custody_of(flow->model, asset, command.network);
        struct amount free = model_balance_of(flow->model, account, asset).free;
        command.amount = amount_less(custody, free) ? custody : free;
    }
    flow_emit(flow, &command, COMMAND_WITHDRAW_HOLD, account);
}

static void emit_hold_end(struct flow *flow)
{
    u32 count = model_holds_count(flow->model);
    u8 kind = 0;
    u64 hold_id = flow_pick(flow, 20);
    if (count > 0 && flow_chance(flow, 950)) {
        hold_id = model_hold_at(flow->model, (u32)flow_pick(flow, count), &kind);
    }
    bool is_settle = kind == HOLD_KIND_WITHDRAWAL ? flow_chance(flow, 650) : flow_chance(flow, 150);
    u32 account = flow_account(flow);
    if (is_settle) {
        struct command_withdraw_settle command = {.hold_id = hold_id,
                                                  .reference = flow_pick(flow, 1000)};
        flow_emit(flow, &command, COMMAND_WITHDRAW_SETTLE, account);
        return;
    }
    struct command_hold_release command = {.hold_id = hold_id, .cause = (u32)flow_pick(flow, 9)};
    flow_emit(flow, &command, COMMAND_HOLD_RELEASE, flow_chance(flow, 500) ? 0xFFFFFFFFU : account);
}

static void emit_transfer(struct flow *flow)
{
    u16 asset = draw_asset(flow);
    u32 account = flow_account(flow);
    struct command_transfer command = {.amount = amount_of(draw_spend(flow, account, asset)),
                                       .asset = asset};
    command.target_account = flow_account(flow);
    flow_emit(flow, &command, COMMAND_TRANSFER, account);
}

static void emit_adjust(struct flow *flow)
{
    u16 asset = draw_asset(flow);
    u32 account = flow_account(flow);
    bool is_in = flow_chance(flow, 500);
    u64 amount = is_in ? draw_amount(flow, asset) : draw_spend(flow, account, asset);
    struct command_adjust command = {.amount = amount_of(amount),
                                     .asset = asset,
                                     .direction = is_in ? DIRECTION_IN : DIRECTION_OUT,
                                     .reason = (u32)flow_pick(flow, 9)};
    flow_emit(flow, &command, COMMAND_ADJUST, account);
}

void flow_money(struct flow *flow)
{
    u64 draw = flow_pick(flow, 100);
    if (draw < 35) {
        emit_deposit(flow);
    } else if (draw < 55) {
        emit_withdraw_hold(flow);
    } else if (draw < 75) {
        emit_hold_end(flow);
    } else if (draw < 90) {
        emit_transfer(flow);
    } else {
        emit_adjust(flow);
    }
}

/* ---- definitions ---- */

static void emit_restrict(struct flow *flow)
{
    struct command_restrict command = {.cause = (u32)flow_pick(flow, 5)};
    if (flow_chance(flow, 450)) {
        u64 restriction = flow_pick(flow, 4);
        command.restrictions = restriction << (2 * flow_pick(flow, 7));
    } else if (flow_chance(flow, 150)) { /* what was held for a withdrawal cannot go out */
        command.restrictions = (u64)RESTRICTION_HOLD << (2 * OPERATION_WITHDRAW);
    } else if (flow_chance(flow, 100)) {
        command.restrictions = flow_any_size(flow);
    }
    flow_emit(flow, &command, COMMAND_RESTRICT, flow_account(flow));
}

static void emit_market_state(struct flow *flow)
{
    struct command_market_state command = {.market = flow_market(flow)};
    command.state = (u8)(flow_chance(flow, 600) ? 0 : flow_pick(flow, 4));
    flow_emit(flow, &command, COMMAND_MARKET_STATE, 0);
}

static void emit_market_set(struct flow *flow)
{
    if (model_markets_count(flow->model) == 0) {
        emit_market_state(flow);
        return;
    }
    u64 count = u64_min(model_markets_count(flow->model), flow->markets_count);
    u16 number = (u16)flow_pick(flow, count);
    struct command_market_add market = flow->markets[number];
    struct model_market_view view = model_market_of(flow->model, number);
    market.tick = price_of(view.tick);
    market.lot = amount_of(view.lot);
    flow_draw_filters(flow, &market, flow->centers[number]);
    struct command_market_set command;
    memcpy(&command, &market, sizeof command);
    flow_emit(flow, &command, COMMAND_MARKET_SET, 0);
}

static void emit_account(struct flow *flow)
{
    bool is_grouped = flow_chance(flow, flow->profile.group);
    u32 group = is_grouped ? (u32)flow_pick(flow, 2) : 0xFFFFFFFFU;
    u16 tier = (u16)flow_pick(flow, flow->limits.fee_tiers_max + flow_chance(flow, 50));
    if (flow_chance(flow, 300)) {
        struct command_account_add command = {
            .trade_group = group, .fee_tier = tier, .restrictions = flow_pick(flow, 4)};
        flow_emit(flow, &command, COMMAND_ACCOUNT_ADD, flow_account(flow));
        return;
    }
    struct command_account_set command = {.trade_group = group, .fee_tier = tier};
    flow_emit(flow, &command, COMMAND_ACCOUNT_SET, flow_account(flow));
}

static void emit_filters(struct flow *flow)
{
    struct command_venue_filters command = {.orders_max = 0};
    if (flow_chance(flow, 300)) {
        command.orders_max = (u32)flow_pick(flow, 30);
        command.algo_orders_max = (u32)flow_pick(flow, 12);
        command.iceberg_orders_max = (u32)flow_pick(flow, 6);
        command.lists_max = (u32)flow_pick(flow, 5);
    }
    flow_emit(flow, &command, COMMAND_VENUE_FILTERS, 0);
}

static void emit_asset_limit(struct flow *flow)
{
    u16 asset = draw_asset(flow);
    u64 amount = flow_typical_amount(flow, asset);
    amount /= 20 + flow_pick(flow, 60);
    struct command_asset_limit command = {.limit = amount_of(flow_chance(flow, 400) ? 0 : amount),
                                          .asset = asset};
    flow_emit(flow, &command, COMMAND_ASSET_LIMIT, flow_account(flow));
}

static void emit_reference_price(struct flow *flow)
{
    u16 number = flow_market(flow);
    struct command_reference_price command = {.market = number};
    if (number < flow->markets_count && flow_chance(flow, 650)) {
        u64 center = flow->centers[number] + flow_pick(flow, 5) - 2;
        u64 tick = model_market_of(flow->model, number).tick;
        command.price = price_of(center * tick + flow_pick(flow, 3));
    }
    flow_emit(flow, &command, COMMAND_REFERENCE_PRICE, 0);
}

static void emit_limits(struct flow *flow)
{
    struct command_limits_set command;
    struct command_genesis limits = flow->limits;
    u32 fields[19];
    u64 fields_count = flow->profile.rules > 0 ? ARRAY_COUNT(fields) : 17;
    memset(&command, 0, sizeof command);
    memcpy(fields, &limits.assets_max, sizeof fields);
    u32 *field = &fields[flow_pick(flow, fields_count)];
    *field = flow_chance(flow, 700) ? (u32)flow_pick(flow, *field + 3ULL) : (u32)flow_edge(flow);
    memcpy(&command.assets_max, fields, sizeof fields);
    flow_emit(flow, &command, COMMAND_LIMITS_SET, 0);
}

/* ---- keys ---- */

/* One of a few ids, some with the same first bytes; now and then none. */
static void draw_key_id(struct flow *flow, u8 id_out[KEY_ID_BYTES])
{
    memset(id_out, 0, KEY_ID_BYTES);
    if (!flow_chance(flow, 20)) {
        id_out[flow_pick(flow, 2) * (KEY_ID_BYTES - 1)] = 1;
        id_out[9] = (u8)flow_pick(flow, 24);
    }
}

static void draw_key(struct flow *flow, struct command_key_set *command_out)
{
    *command_out = (struct command_key_set){.rights = (u32)flow_pick(flow, 8)};
    command_out->actor = (u32)flow_pick(flow, 5);
    command_out->reason = (u32)flow_pick(flow, 9);
    command_out->key_kind = (u8)(1 + flow_pick(flow, 3));
    bool has_public = command_out->key_kind != KEY_KIND_HMAC;
    if (has_public != flow_chance(flow, 30)) {
        command_out->public_key[flow_pick(flow, sizeof command_out->public_key)] = 1;
    }
    draw_key_id(flow, command_out->key_id);
}

/* A key that is there, its owner mostly the right one. */
static u32 pick_key(struct flow *flow, struct command_key_set *command_out)
{
    u32 index = (u32)flow_pick(flow, model_keys_count(flow->model));
    struct model_key_view key = model_key_at(flow->model, index);
    memcpy(command_out->key_id, key.id, sizeof key.id);
    memcpy(command_out->public_key, key.public_key, sizeof key.public_key);
    command_out->key_kind = key.kind;
    return flow_chance(flow, 100) ? flow_account(flow) : key.account;
}

static void emit_key(struct flow *flow)
{
    struct command_key_set set;
    draw_key(flow, &set);
    u32 account = flow_account(flow);
    bool is_revoke = flow_chance(flow, 400);
    bool is_known = model_keys_count(flow->model) > 0 && flow_chance(flow, 450);
    if (is_known) {
        account = pick_key(flow, &set);
    }
    if (is_revoke) {
        struct command_key_revoke revoke = {.actor = set.actor, .reason = set.reason};
        memcpy(revoke.key_id, set.key_id, sizeof revoke.key_id);
        flow_emit(flow, &revoke, COMMAND_KEY_REVOKE, account);
    } else {
        flow_emit(flow, &set, COMMAND_KEY_SET, account);
    }
}

static void emit_note(struct flow *flow)
{
    struct command_note note = {.actor = (u32)flow_pick(flow, 5)};
    note.reason = (u32)flow_pick(flow, 9);
    flow_emit(flow, &note, COMMAND_NOTE, flow_account(flow));
}

static void emit_rare(struct flow *flow)
{
    u64 draw = flow_pick(flow, 5);
    struct command_genesis genesis = flow->limits;
    struct command_activate_version version = {.semantics_version = 1 + (u32)flow_pick(flow, 2)};
    struct command_asset_add asset = {.asset = draw_asset(flow), .scale = 8, .name = "Z"};
    if (flow_chance(flow, 600)) {
        asset.asset = (u16)model_assets_count(flow->model);
        asset.name[0] = flow->profile.rules > 0 ? (u8)('A' + asset.asset) : asset.name[0];
    }
    if (draw == 0) {
        flow_emit(flow, &genesis, COMMAND_GENESIS, 0);
    } else if (draw == 1) {
        flow_emit(flow, &version, COMMAND_ACTIVATE_VERSION, 0);
    } else if (draw == 2) {
        flow_emit(flow, &asset, COMMAND_ASSET_ADD, 0);
    } else if (draw == 3) {
        struct command_market_add market = flow->markets[0];
        market.market = (u16)model_markets_count(flow->model);
        market.ticks_max = flow_chance(flow, 500) ? 100 : market.ticks_max;
        flow_emit(flow, &market, COMMAND_MARKET_ADD, 0);
    } else {
        emit_limits(flow);
    }
}

/* Another tick and lot for the market of the plan. */
static void emit_new_grid(struct flow *flow)
{
    struct command_market_add market = flow->markets[flow->plan_market];
    bool is_sound = false;
    for (u32 tries = 0; tries < 50 && !is_sound; tries++) {
        flow_draw_grid(flow, &market);
        u64 tick = market.tick.units; /* raw: for the bound of prices */
        is_sound = (u128)tick * market.ticks_max < 1ULL << 63;
    }
    struct command_market_set command;
    memcpy(&command, &market, sizeof command);
    flow_emit(flow, &command, COMMAND_MARKET_SET, 0);
}

/* Without the halt that it needs. */
static void emit_rash_grid(struct flow *flow)
{
    if (flow->plan == FLOW_PLAN_NONE && model_markets_count(flow->model) >= flow->markets_count) {
        flow->plan_market = (u16)flow_pick(flow, flow->markets_count);
        emit_new_grid(flow);
    } else {
        emit_rare(flow);
    }
}

static void emit_fees(struct flow *flow)
{
    u16 tier = (u16)flow_pick(flow, flow->limits.fee_tiers_max + flow_chance(flow, 50));
    flow_draw_fees(flow, flow_market(flow), tier);
}

void flow_define(struct flow *flow)
{
    static void (*const kinds[])(struct flow *) = {
        emit_restrict,        emit_restrict, emit_market_state, emit_market_set,
        emit_market_set,      emit_account,  emit_filters,      emit_asset_limit,
        emit_reference_price, emit_limits,   emit_rare,         emit_fees,
        emit_rash_grid,       emit_key,      emit_key,          emit_note,
    };
    if (flow_chance(flow, 60) && flow->plan == FLOW_PLAN_NONE) {
        flow->plan = FLOW_PLAN_EMPTY;
        flow->plan_market = (u16)flow_pick(flow, flow->markets_count);
    }
    kinds[flow_pick(flow, ARRAY_COUNT(kinds))](flow);
}

/* ---- the plan ---- */

/* Makes place for a new grid: one open order of the market after the other goes. False: none left.
 */
static bool empty_market(struct flow *flow)
{
    for (u32 i = 0; i < model_orders_count(flow->model); i++) {
        struct model_order_view order = model_order_at(flow->model, i);
        if (order.market == flow->plan_market) {
            struct command_cancel_all all = {.market = order.market};
            struct command_restrict lift = {.restrictions = 0};
            if (flow_chance(flow, 700)) {
                flow_emit(flow, &all, COMMAND_CANCEL_ALL, order.account);
            } else {
                flow_emit(flow, &lift, COMMAND_RESTRICT, order.account);
            }
            return true;
        }
    }
    return false;
}

bool flow_mend(struct flow *flow)
{
    struct command_restrict lift = {.restrictions = 0};
    if (flow_chance(flow, 12)) {
        flow_emit(flow, &lift, COMMAND_RESTRICT, flow_account(flow));
        return true;
    }
    if (model_has_queued(flow->model) && flow_chance(flow, 60)) {
        /* Triggered orders that cannot run: to be canceled, amended, restricted where they are. */
        struct command_market_state stop = {.market = flow_market(flow)};
        stop.state = (u8)(1 + flow_pick(flow, 3));
        flow_emit(flow, &stop, COMMAND_MARKET_STATE, 0);
        return true;
    }
    for (u32 i = 0; i < model_markets_count(flow->model); i++) {
        struct command_market_state state = {.market = (u16)i};
        bool is_closed = model_market_of(flow->model, (u16)i).state != MARKET_STATE_TRADING;
        if (is_closed && flow->plan == FLOW_PLAN_NONE && flow_chance(flow, 40)) {
            flow_emit(flow, &state, COMMAND_MARKET_STATE, 0);
            return true;
        }
    }
    return false;
}

bool flow_plan_next(struct flow *flow)
{
    u16 number = flow->plan_market;
    if (flow->plan == FLOW_PLAN_NONE || number >= model_markets_count(flow->model) ||
        flow_chance(flow, 200)) {
        return false;
    }
    if (flow->plan == FLOW_PLAN_PROBE || flow->plan == FLOW_PLAN_PROBED) {
        flow_probe_next(flow);
        return true;
    }
    struct command_market_state state = {.market = number};
    u8 now = model_market_of(flow->model, number).state;
    if (flow->plan == FLOW_PLAN_OPEN) {
        flow->plan = FLOW_PLAN_NONE;
        flow_emit(flow, &state, COMMAND_MARKET_STATE, 0);
    } else if (now != MARKET_STATE_HALT) {
        state.state = MARKET_STATE_HALT;
        flow_emit(flow, &state, COMMAND_MARKET_STATE, 0);
    } else if (flow_chance(flow, 100)) {
        emit_new_grid(flow); /* too early, if anything is still open */
    } else if (!empty_market(flow)) {
        flow->plan = FLOW_PLAN_OPEN;
        emit_new_grid(flow);
    }
    return true;
}
