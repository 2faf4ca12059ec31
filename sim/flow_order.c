/* Orders, lists, cancels and amends of the command generator. */
#include "sim/flow_state.h"

/* One order's fields, before they are put into a command or a leg. */
struct draft {
    u64 price;
    u64 qty;
    u64 stop_price;
    u64 iceberg_qty;
    u64 quote_qty;
    i64 strategy_id;
    u32 strategy_type;
    u32 trailing_delta;
    u8 side;
    u8 type;
    u8 tif;
    u8 stp;
    struct client_id client;
};

static struct model_market_view view_of(const struct flow *flow, u16 market)
{
    if (market < model_markets_count(flow->model)) {
        return model_market_of(flow->model, market);
    }
    return (struct model_market_view){.tick = 1, .lot = 1, .value = 1, .ticks_max = 100};
}

static u64 center_of(const struct flow *flow, u16 market)
{
    return market < flow->markets_count ? flow->centers[market] : 50;
}

/* A price around the centre or the last price, mostly on the side's own half. */
static u64 draw_ticks(struct flow *flow, u16 market, const struct model_market_view *view, u8 side)
{
    u64 width = flow->profile.width_ticks;
    u64 last = view->last_price / view->tick;
    u64 center = last > 0 && flow_chance(flow, 400) ? last : center_of(flow, market);
    u64 away = flow_pick(flow, width + 1);
    bool is_passive = flow_chance(flow, 600);
    bool is_down = (side == SIDE_BUY) == is_passive;
    if (flow->profile.is_edge && flow_chance(flow, 50)) {
        return 1 + flow_any_size(flow) % view->ticks_max;
    }
    u64 ticks = is_down ? (center > away ? center - away : 1) : center + away;
    return u64_max(1, u64_min(ticks, view->ticks_max));
}

static u64 draw_qty(struct flow *flow, const struct model_market_view *view)
{
    if (flow->profile.is_edge && flow_chance(flow, 250)) {
        u64 lots = (1ULL << 63) / view->lot;
        u64 drawn = flow_any_size(flow);
        return (drawn < lots ? drawn : lots - flow_pick(flow, 3) % lots) * view->lot;
    }
    return (1 + flow_pick(flow, flow->profile.lots_max)) * view->lot;
}

static u8 draw_type(struct flow *flow)
{
    u32 total = 0;
    for (u32 i = 0; i < ORDER_TYPE_COUNT; i++) {
        total += flow->profile.types[i];
    }
    u64 draw = flow_pick(flow, total);
    u8 type = 0;
    while (draw >= flow->profile.types[type]) {
        draw -= flow->profile.types[type];
        type += 1;
    }
    return type;
}

static bool waits_above(u8 type, u8 side)
{
    bool is_loss = type == ORDER_TYPE_STOP_LOSS || type == ORDER_TYPE_STOP_LOSS_LIMIT;
    return is_loss == (side == SIDE_BUY);
}

/* A stop price on the side of the last price where it waits, mostly close. */
static u64 draw_stop(struct flow *flow, u16 market, const struct model_market_view *view,
                     bool is_above)
{
    u64 last = view->last_price / view->tick;
    u64 away = flow_pick(flow, flow->profile.width_ticks + 2);
    u64 center = last > 0 ? last : center_of(flow, market);
    if (flow_chance(flow, 50)) {
        is_above = !is_above;
    }
    u64 ticks = is_above ? center + away : (center > away ? center - away : 1);
    return u64_max(1, u64_min(ticks, view->ticks_max)) * view->tick;
}

static void draft_stop(struct flow *flow, u16 market, const struct model_market_view *view,
                       struct draft *draft)
{
    bool is_trailing = flow_chance(flow, flow->profile.trailing);
    if (is_trailing) {
        u64 last = view->last_price / view->tick;
        u64 steps = 1 + flow_pick(flow, 4);
        u64 bound = flow_chance(flow, 700) ? 1500 : 9999;
        u64 exact = last > steps ? steps * 10000 / last : 0; /* so many ticks from here */
        u64 any = 1 + flow_pick(flow, bound);
        draft->trailing_delta = (u32)(exact > 0 && flow_chance(flow, 500) ? exact : any);
    }
    if (!is_trailing || flow_chance(flow, 400)) {
        draft->stop_price = draw_stop(flow, market, view, waits_above(draft->type, draft->side));
    }
}

static struct draft draw_draft(struct flow *flow, u16 market, u8 side, u8 type)
{
    struct model_market_view view = view_of(flow, market);
    struct draft draft = {.side = side, .type = type, .qty = draw_qty(flow, &view)};
    bool is_limit = type == ORDER_TYPE_LIMIT || type == ORDER_TYPE_LIMIT_MAKER ||
                    type == ORDER_TYPE_STOP_LOSS_LIMIT || type == ORDER_TYPE_TAKE_PROFIT_LIMIT;
    if (is_limit) {
        draft.price = draw_ticks(flow, market, &view, side) * view.tick;
    }
    if (is_limit && type != ORDER_TYPE_LIMIT_MAKER && flow_chance(flow, flow->profile.tif)) {
        draft.tif = (u8)(1 + flow_pick(flow, 2));
    }
    if (is_limit && draft.tif == TIME_IN_FORCE_GTC && flow_chance(flow, flow->profile.iceberg)) {
        u64 lots = draft.qty / view.lot;
        u64 slice = 1 + flow_pick(flow, u64_max(1, u64_min(lots, 4)));
        draft.iceberg_qty = u64_max(slice, lots / 20) * view.lot; /* or it would go on for ever */
    }
    if (type == ORDER_TYPE_MARKET && flow_chance(flow, 450)) {
        u64 quote = draft.qty / view.lot * center_of(flow, market);
        draft.quote_qty = 1 + quote * view.value + flow_pick(flow, 3) * view.value / 2;
        if (flow->profile.is_edge && flow_chance(flow, 200)) {
            draft.quote_qty = flow_any_size(flow) / 2;
        }
        draft.qty = 0;
    }
    if (type >= ORDER_TYPE_STOP_LOSS) {
        draft_stop(flow, market, &view, &draft);
    }
    if (flow_chance(flow, flow->profile.stp)) {
        static const u8 modes[] = {1, 2, 3, 4, 5, 5, 6, 6, 6};
        draft.stp = modes[flow_pick(flow, ARRAY_COUNT(modes))];
        if (flow->profile.is_poor && flow_chance(flow, 600)) {
            draft.stp = STP_MODE_TRANSFER;
        }
    }
    if (flow_chance(flow, 350)) {
        draft.client = flow_client(flow);
    }
    if (flow_chance(flow, 80)) {
        draft.strategy_id = (i64)flow_edge(flow);
        draft.strategy_type = (u32)flow_pick(flow, 3);
    }
    return draft;
}

void flow_draw_order(struct flow *flow, u16 market, struct command_order *command_out)
{
    u8 side = (u8)flow_pick(flow, 2);
    struct draft draft = draw_draft(flow, market, side, draw_type(flow));
    *command_out = (struct command_order){.price = price_of(draft.price),
                                          .qty = amount_of(draft.qty),
                                          .market = market,
                                          .side = draft.side,
                                          .type = draft.type,
                                          .tif = draft.tif,
                                          .stp = draft.stp,
                                          .client = draft.client,
                                          .trailing_delta = draft.trailing_delta,
                                          .stop_price = price_of(draft.stop_price),
                                          .iceberg_qty = amount_of(draft.iceberg_qty),
                                          .quote_qty = amount_of(draft.quote_qty),
                                          .strategy_id = draft.strategy_id,
                                          .strategy_type = draft.strategy_type};
}

void flow_order(struct flow *flow)
{
    struct command_order command;
    flow_draw_order(flow, flow_market(flow), &command);
    command.flags = flow_chance(flow, 30) ? ORDER_FLAG_TEST : 0;
    flow_emit(flow, &command, COMMAND_ORDER, flow_account(flow));
}

/* ---- lists ---- */

static struct wire_leg leg_of(const struct draft *draft)
{
    return (struct wire_leg){.price = price_of(draft->price),
                             .qty = amount_of(draft->qty),
                             .stop_price = price_of(draft->stop_price),
                             .iceberg_qty = amount_of(draft->iceberg_qty),
                             .strategy_id = draft->strategy_id,
                             .strategy_type = draft->strategy_type,
                             .trailing_delta = draft->trailing_delta,
                             .side = draft->side,
                             .type = draft->type,
                             .tif = draft->tif,
                             .stp = draft->stp,
                             .client = draft->client};
}

/* Two legs that mostly make a sound pair around the last price. */
static void draw_pair(struct flow *flow, u16 market, u8 side, struct wire_leg *legs_out)
{
    static const u8 sell_above[] = {ORDER_TYPE_LIMIT_MAKER, ORDER_TYPE_LIMIT_MAKER,
                                    ORDER_TYPE_TAKE_PROFIT, ORDER_TYPE_TAKE_PROFIT_LIMIT};
    static const u8 any_pair[] = {ORDER_TYPE_LIMIT_MAKER, ORDER_TYPE_LIMIT_MAKER,
                                  ORDER_TYPE_STOP_LOSS,   ORDER_TYPE_STOP_LOSS_LIMIT,
                                  ORDER_TYPE_TAKE_PROFIT, ORDER_TYPE_TAKE_PROFIT_LIMIT,
                                  ORDER_TYPE_LIMIT};
    static const u8 losses[] = {ORDER_TYPE_STOP_LOSS, ORDER_TYPE_STOP_LOSS_LIMIT};
    struct model_market_view view = view_of(flow, market);
    u8 other = sell_above[flow_pick(flow, ARRAY_COUNT(sell_above))];
    u8 loss = losses[flow_pick(flow, ARRAY_COUNT(losses))];
    bool is_sell = side == SIDE_SELL;
    u8 type_above = is_sell ? other : loss;
    u8 type_below = is_sell ? loss : other;
    if (flow_chance(flow, 50)) {
        type_above = any_pair[flow_pick(flow, ARRAY_COUNT(any_pair))];
        type_below = any_pair[flow_pick(flow, ARRAY_COUNT(any_pair))];
    }
    struct draft above = draw_draft(flow, market, side, type_above);
    struct draft below = draw_draft(flow, market, side, type_below);
    below.qty = flow_chance(flow, 30) ? below.qty : above.qty;
    struct draft *with_limit = is_sell ? &above : &below;
    if (with_limit->type == ORDER_TYPE_LIMIT_MAKER) {
        u64 width = flow->profile.width_ticks;
        u64 last = view.last_price > 0 ? view.last_price / view.tick : center_of(flow, market);
        u64 away = 1 + flow_pick(flow, width + 1);
        u64 ticks = is_sell ? last + away : (last > away ? last - away : 1);
        with_limit->price = u64_min(ticks, view.ticks_max) * view.tick;
    }
    above.iceberg_qty = above.iceberg_qty > above.qty ? above.qty : above.iceberg_qty;
    below.iceberg_qty = below.iceberg_qty > below.qty ? below.qty : below.iceberg_qty;
    legs_out[0] = leg_of(&above);
    legs_out[1] = leg_of(&below);
}

void flow_list(struct flow *flow)
{
    u16 market = flow_market(flow);
    u8 side = (u8)flow_pick(flow, 2);
    u8 kind = (u8)(1 + flow_pick(flow, 3));
    struct command_order_list command = {
        .market = market, .list_kind = kind, .legs_count = kind == LIST_KIND_OTOCO ? 3 : 2};
    if (flow_chance(flow, 300)) {
        command.list_client = flow_client(flow);
    }
    if (kind != LIST_KIND_OCO) {
        u8 type = flow_chance(flow, 800) ? ORDER_TYPE_LIMIT : ORDER_TYPE_LIMIT_MAKER;
        type = flow_chance(flow, 20) ? draw_type(flow) : type;
        struct draft working = draw_draft(flow, market, side, type);
        command.leg[0] = leg_of(&working);
        side = flow_chance(flow, 800) ? side ^ 1U : side;
    }
    if (kind == LIST_KIND_OTO) {
        struct draft pending = draw_draft(flow, market, side, draw_type(flow));
        command.leg[1] = leg_of(&pending);
    } else {
        draw_pair(flow, market, side, &command.leg[kind == LIST_KIND_OCO ? 0 : 1]);
    }
    if (flow_chance(flow, 10)) {
        command.legs_count = (u8)flow_pick(flow, 5);
    }
    flow_emit(flow, &command, COMMAND_ORDER_LIST, flow_account(flow));
}

/* ---- aiming at what is open ---- */

/* An open order and how a command names it; mostly right. */
struct aim {
    u32 account;
    u16 market;
    u64 order_id;
    struct client_id client;
    u64 qty;
    u64 remaining;
};

static struct aim draw_aim(struct flow *flow)
{
    u32 count = model_orders_count(flow->model);
    struct aim aim = {.account = flow_account(flow)};
    aim.market = flow_market(flow);
    if (count == 0 || flow_chance(flow, 20)) {
        aim.order_id = 1 + flow_pick(flow, 300);
        return aim;
    }
    struct model_order_view order = model_order_at(flow->model, (u32)flow_pick(flow, count));
    for (u32 i = 0; i < count && model_has_queued(flow->model) && flow_chance(flow, 900); i++) {
        /* Rather an order of a list with a leg in the trigger queue. */
        struct model_order_view other = model_order_at(flow->model, i);
        order = other.list_id > 0 || other.state == ORDER_STATE_QUEUED ? other : order;
    }
    bool is_wrong = flow_chance(flow, 30);
    aim.account = is_wrong ? aim.account : order.account;
    aim.market = flow_chance(flow, 980) ? order.market : aim.market;
    aim.qty = order.qty;
    aim.remaining = order.remaining;
    u64 draw = flow_pick(flow, 100);
    aim.order_id = draw < 60 || order.client.length == 0 ? order.order_id : 0;
    if (draw >= 50) {
        aim.client = draw == 99 ? flow_client(flow) : order.client;
    }
    return aim;
}

void flow_cancel(struct flow *flow)
{
    struct aim aim = draw_aim(flow);
    struct command_cancel command = {.order_id = aim.order_id,
                                     .market = aim.market,
                                     .client = aim.client,
                                     .restriction =
                                         (u8)(flow_chance(flow, 300) ? flow_pick(flow, 3) : 0)};
    flow_emit(flow, &command, COMMAND_CANCEL, aim.account);
}

void flow_cancel_many(struct flow *flow)
{
    u32 lists = model_lists_count(flow->model);
    if (flow_chance(flow, 300) || lists == 0) {
        struct aim aim = draw_aim(flow);
        struct command_cancel_all command = {.market = aim.market};
        flow_emit(flow, &command, COMMAND_CANCEL_ALL, aim.account);
        return;
    }
    u32 account = 0;
    u16 market = 0;
    struct client_id client;
    u64 list_id =
        model_list_at(flow->model, (u32)flow_pick(flow, lists), &account, &market, &client);
    struct command_cancel_list command = {.list_id = list_id, .market = market};
    if (flow_chance(flow, 400)) {
        command.client = flow_chance(flow, 900) ? client : flow_client(flow);
        command.list_id = flow_chance(flow, 500) ? 0 : list_id;
    }
    flow_emit(flow, &command, COMMAND_CANCEL_LIST,
              flow_chance(flow, 970) ? account : flow_account(flow));
}

void flow_replace(struct flow *flow)
{
    struct aim aim = draw_aim(flow);
    u8 side = (u8)flow_pick(flow, 2);
    struct draft draft = draw_draft(flow, aim.market, side, draw_type(flow));
    struct command_cancel_replace command = {.price = price_of(draft.price),
                                             .qty = amount_of(draft.qty),
                                             .market = aim.market,
                                             .side = draft.side,
                                             .type = draft.type,
                                             .tif = draft.tif,
                                             .stp = draft.stp,
                                             .client = draft.client,
                                             .trailing_delta = draft.trailing_delta,
                                             .stop_price = price_of(draft.stop_price),
                                             .iceberg_qty = amount_of(draft.iceberg_qty),
                                             .quote_qty = amount_of(draft.quote_qty),
                                             .strategy_id = draft.strategy_id,
                                             .strategy_type = draft.strategy_type,
                                             .mode = (u8)flow_pick(flow, 2),
                                             .target_id = aim.order_id,
                                             .target_client = aim.client};
    if (flow_chance(flow, 200)) {
        command.client = aim.client;
    }
    if (flow_chance(flow, 200)) {
        command.restriction = (u8)flow_pick(flow, 3);
    }
    if (flow_chance(flow, 30)) {
        command.target_id = 0;
    }
    flow_emit(flow, &command, COMMAND_CANCEL_REPLACE, aim.account);
}

void flow_amend(struct flow *flow)
{
    struct aim aim = draw_aim(flow);
    struct model_market_view view = view_of(flow, aim.market);
    u64 lots = aim.remaining / view.lot;
    u64 less = (1 + flow_pick(flow, u64_max(1, u64_min(lots, 6)))) * view.lot;
    u64 qty = aim.qty > less ? aim.qty - less : view.lot;
    u64 draw = flow_pick(flow, 40);
    qty = draw == 0 ? aim.qty : (draw == 1 ? aim.qty + view.lot : (draw == 2 ? qty + 1 : qty));
    struct command_amend command = {.order_id = aim.order_id,
                                    .qty = amount_of(qty),
                                    .market = aim.market,
                                    .client = aim.client};
    if (flow_chance(flow, 300)) {
        command.new_client = flow_client(flow);
    }
    flow_emit(flow, &command, COMMAND_AMEND, aim.account);
}
