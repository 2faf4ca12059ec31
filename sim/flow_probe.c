/* Probes: an order is drawn first, then one filter after the other is set so that the order just
 * passes or just fails it, then the order is sent, then the filters are drawn anew. What is off by
 * one in a filter or in an average shows here. */
#include "sim/flow_state.h"

/* The edge itself, one less or one more. */
static u64 nudge(struct flow *flow, u64 number, u64 step)
{
    u64 draw = flow_pick(flow, 4);
    if (draw == 0) {
        return number > step ? number - step : number;
    }
    return draw == 1 ? number + step : number;
}

static bool is_chosen(struct flow *flow)
{
    return flow_chance(flow, 250);
}

/* floor(number x 10^4 / of): the multiplier at which `of` just reaches `number`. */
static u32 ratio(struct flow *flow, u64 number, u64 of)
{
    u128 exact = of == 0 ? 0 : (u128)number * 10000 / of;
    return (u32)nudge(flow, exact > UINT32_MAX ? UINT32_MAX - 1 : (u64)exact, 1);
}

/* What the order is worth to a filter that looks at so many minutes. */
static u64 notional(const struct flow *flow, const struct command_order *order,
                    const struct model_market_view *view, u32 minutes)
{
    u64 qty = order->qty.units;         /* raw: for drawing */
    u64 price = order->price.units;     /* raw: for drawing */
    u64 quote = order->quote_qty.units; /* raw: for drawing */
    if (quote > 0) {
        return quote;
    }
    if (price > 0) {
        return price / view->tick * (qty / view->lot) * view->value;
    }
    u128 exact = (u128)model_average_of(flow->model, order->market, minutes) * (qty / view->lot);
    return (u64)(exact * view->value / view->tick);
}

static void set_prices(struct flow *flow, struct command_market_add *market, u64 price)
{
    u64 average = model_average_of(flow->model, market->market, market->percent_minutes);
    u64 side_average = model_average_of(flow->model, market->market, market->side_percent_minutes);
    u64 tick = market->tick.units; /* raw: for drawing */
    if (is_chosen(flow)) {
        market->price_min = price_of(nudge(flow, price, tick));
    }
    if (is_chosen(flow)) {
        market->price_max = price_of(nudge(flow, price, tick));
    }
    if (is_chosen(flow)) {
        market->percent_up = ratio(flow, price, average);
    }
    if (is_chosen(flow)) {
        market->percent_down = ratio(flow, price, average);
    }
    if (is_chosen(flow)) {
        market->bid_percent_up = ratio(flow, price, side_average);
        market->ask_percent_up = market->bid_percent_up;
    }
    if (is_chosen(flow)) {
        market->bid_percent_down = ratio(flow, price, side_average);
        market->ask_percent_down = market->bid_percent_down;
    }
}

/* The price range, at the price of the first order it would meet. */
static void set_range(struct flow *flow, struct command_market_add *market, u8 side)
{
    struct model_market_view view = model_market_of(flow->model, market->market);
    u64 met = side == SIDE_BUY ? view.best_ask : view.best_bid;
    u64 reference = model_average_of(flow->model, market->market, 0);
    if (met == 0 || !is_chosen(flow)) {
        return;
    }
    u32 edge = ratio(flow, met, reference);
    bool is_up = flow_chance(flow, 500);
    market->range_bid_up = is_up ? edge : 0;
    market->range_ask_up = is_up ? edge : 0;
    market->range_bid_down = is_up ? 0 : edge;
    market->range_ask_down = is_up ? 0 : edge;
}

static void set_qtys(struct flow *flow, struct command_market_add *market, u64 qty, u64 iceberg)
{
    u64 lot = market->lot.units; /* raw: for drawing */
    if (is_chosen(flow)) {
        market->qty_min = amount_of(nudge(flow, iceberg > 0 ? iceberg : qty, lot));
    }
    if (is_chosen(flow)) {
        market->qty_max = amount_of(nudge(flow, qty, lot));
    }
    if (is_chosen(flow)) {
        market->market_qty_min = amount_of(nudge(flow, qty, lot));
    }
    if (is_chosen(flow)) {
        market->market_qty_max = amount_of(nudge(flow, qty, lot));
    }
    if (is_chosen(flow)) {
        u64 parts = iceberg > 0 ? (qty + iceberg - 1) / iceberg : 10;
        market->iceberg_parts_max = (u16)u64_max(1, u64_min(100, nudge(flow, parts, 1)));
    }
}

static void set_notionals(struct flow *flow, struct command_market_add *market,
                          const struct command_order *order, const struct model_market_view *view)
{
    u64 worth = notional(flow, order, view, market->min_notional_minutes);
    if (is_chosen(flow)) {
        market->min_notional = amount_of(nudge(flow, worth, 1));
    }
    worth = notional(flow, order, view, market->notional_minutes);
    if (is_chosen(flow)) {
        market->notional_min = amount_of(nudge(flow, worth, 1));
    }
    if (is_chosen(flow)) {
        market->notional_max = amount_of(nudge(flow, worth, 1));
    }
    market->min_notional_flags = 3;
    market->notional_flags = 3;
}

/* What the account has open in the market, for the filters that count. */
static void set_counts(struct flow *flow, struct command_market_add *market,
                       const struct command_order *order)
{
    struct core_balance held = model_balance_of(flow->model, flow->probe_account, market->base);

    u64 position = held.free.units + held.locked.units; /* raw: for drawing */
    position += order->qty.units;                       /* raw: for drawing */
    u32 orders = 0;
    u32 stops = 0;
    for (u32 i = 0; i < model_orders_count(flow->model); i++) {
        struct model_order_view view = model_order_at(flow->model, i);
        if (view.account == flow->probe_account && view.market == market->market) {
            orders += 1;
            stops += view.type >= ORDER_TYPE_STOP_LOSS;
            position += view.side == SIDE_BUY ? view.remaining : 0;
        }
    }
    if (is_chosen(flow)) {
        market->orders_max = (u32)nudge(flow, orders + 1, 1);
    }
    if (is_chosen(flow)) {
        market->algo_orders_max = (u32)nudge(flow, stops + 1, 1);
    }
    if (is_chosen(flow)) {
        market->position_max = amount_of(nudge(flow, position, 1));
    }
    u32 delta = order->trailing_delta;
    if (delta > 0 && delta < 9999 && is_chosen(flow)) {
        market->trailing_above_min = (u32)nudge(flow, delta, 1);
        market->trailing_below_min = market->trailing_above_min;
        market->trailing_above_max = 9999;
        market->trailing_below_max = 9999;
    }
}

/* An asset limit at the order's quantity or notional. */
static void emit_asset_limit(struct flow *flow, const struct command_order *order,
                             const struct model_market_view *view)
{
    bool is_base = flow_chance(flow, 500);
    u64 worth = is_base ? order->qty.units /* raw: for drawing */
                        : notional(flow, order, view, 0);
    struct command_asset_limit command = {.limit = amount_of(nudge(flow, worth, 1)),
                                          .asset = is_base ? view->base : view->quote};
    flow_emit(flow, &command, COMMAND_ASSET_LIMIT, flow->probe_account);
}

static void emit_market(struct flow *flow, const struct command_market_add *market)
{
    struct command_market_set command;
    memcpy(&command, market, sizeof command);
    flow_emit(flow, &command, COMMAND_MARKET_SET, 0);
}

void flow_probe(struct flow *flow)
{
    u32 markets = (u32)u64_min(model_markets_count(flow->model), flow->markets_count);
    if (markets == 0 || flow->plan != FLOW_PLAN_NONE) {
        flow_order(flow);
        return;
    }
    u16 number = (u16)flow_pick(flow, markets);
    struct model_market_view view = model_market_of(flow->model, number);
    struct command_market_add market = flow->markets[number];
    flow->plan = FLOW_PLAN_PROBE;
    flow->plan_market = number;
    flow->probe_account = flow_account(flow);
    flow_draw_order(flow, number, &flow->probe);
    if (flow_chance(flow, 150)) {
        emit_asset_limit(flow, &flow->probe, &view);
        return;
    }
    market.tick = price_of(view.tick);
    market.lot = amount_of(view.lot);
    flow_draw_filters(flow, &market, flow->centers[number]);
    set_prices(flow, &market, flow->probe.price.units); /* raw: for drawing */
    set_range(flow, &market, flow->probe.side);
    set_qtys(flow, &market, flow->probe.qty.units, /* raw: for drawing */
             flow->probe.iceberg_qty.units);       /* raw: for drawing */
    set_notionals(flow, &market, &flow->probe, &view);
    set_counts(flow, &market, &flow->probe);
    emit_market(flow, &market);
}

void flow_probe_next(struct flow *flow)
{
    if (flow->plan == FLOW_PLAN_PROBE) {
        flow->plan = FLOW_PLAN_PROBED;
        flow_emit(flow, &flow->probe, COMMAND_ORDER, flow->probe_account);
        return;
    }
    flow->plan = FLOW_PLAN_NONE;
    struct model_market_view view = model_market_of(flow->model, flow->plan_market);
    struct command_market_add market = flow->markets[flow->plan_market];
    market.tick = price_of(view.tick);
    market.lot = amount_of(view.lot);
    flow_draw_filters(flow, &market, flow->centers[flow->plan_market]);
    emit_market(flow, &market);
}
