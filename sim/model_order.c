/* Questions about orders and books in the naive model: who is first, what crosses, what an average
 * is, and the walk (docs/semantics.md sections 6, 7 and 10). */
#include "sim/model_rules.h"
#include "sim/model_state.h"

#include <stdlib.h>

bool model_type_is_limit(u8 type)
{
    return type == ORDER_TYPE_LIMIT || type == ORDER_TYPE_LIMIT_MAKER ||
           type == ORDER_TYPE_STOP_LOSS_LIMIT || type == ORDER_TYPE_TAKE_PROFIT_LIMIT;
}

bool model_type_is_stop(u8 type)
{
    return type == ORDER_TYPE_STOP_LOSS || type == ORDER_TYPE_STOP_LOSS_LIMIT ||
           type == ORDER_TYPE_TAKE_PROFIT || type == ORDER_TYPE_TAKE_PROFIT_LIMIT;
}

bool model_type_is_market_like(u8 type)
{
    return !model_type_is_limit(type);
}

bool model_waits_above(u8 type, u8 side)
{
    bool is_loss = type == ORDER_TYPE_STOP_LOSS || type == ORDER_TYPE_STOP_LOSS_LIMIT;
    return is_loss == (side == SIDE_BUY);
}

struct model_order *model_order_find(struct model *model, u64 order_id)
{
    for (u32 i = 0; i < model->orders_count; i++) {
        if (model->orders[i]->order_id == order_id) {
            return model->orders[i];
        }
    }
    return NULL;
}

struct model_order *model_order_by_client(struct model *model, u32 account, u16 market,
                                          const struct client_id *client)
{
    for (u32 i = 0; i < model->orders_count; i++) {
        struct model_order *order = model->orders[i];
        if (order->is_open && order->account == account && order->market == market &&
            client_id_equal(&order->client, client)) {
            return order;
        }
    }
    return NULL;
}

struct model_list *model_list_find(struct model *model, u64 list_id)
{
    for (u32 i = 0; i < model->lists_count; i++) {
        if (model->lists[i]->list_id == list_id && model->lists[i]->is_open) {
            return model->lists[i];
        }
    }
    return NULL;
}

/* ---- the book ---- */

/* Whether a stands before b on the same side of a book. */
static bool is_before(const struct model_order *a, const struct model_order *b)
{
    if (a->ticks != b->ticks) {
        return a->side == SIDE_BUY ? a->ticks > b->ticks : a->ticks < b->ticks;
    }
    return a->priority < b->priority;
}

struct model_order *model_best(const struct model *model, u16 market, u8 side)
{
    struct model_order *best = NULL;
    for (u32 i = 0; i < model->orders_count; i++) {
        struct model_order *order = model->orders[i];
        if (order->is_resting && order->market == market && order->side == side &&
            (best == NULL || is_before(order, best))) {
            best = order;
        }
    }
    return best;
}

bool model_crosses(const struct model *model, u16 market, u8 side, u64 ticks)
{
    const struct model_order *best = model_best(model, market, side ^ 1U);
    if (best == NULL) {
        return false;
    }
    return side == SIDE_BUY ? ticks >= best->ticks : ticks <= best->ticks;
}

static int compare(const void *a, const void *b)
{
    const struct model_order *const *left = a;
    const struct model_order *const *right = b;
    return is_before(*left, *right) ? -1 : 1;
}

struct model_order **model_book_sorted(const struct model *model, u16 market, u8 side,
                                       u32 *count_out)
{
    struct model_order **book = model_zeroed(model->orders_count, sizeof(struct model_order *));
    u32 count = 0;
    for (u32 i = 0; i < model->orders_count; i++) {
        struct model_order *order = model->orders[i];
        if (order->is_resting && order->market == market && order->side == side) {
            book[count++] = order;
        }
    }
    qsort(book, count, sizeof(struct model_order *), compare);
    *count_out = count;
    return book;
}

u128 model_power_of_ten(u32 exponent)
{
    u128 power = 1;
    for (u32 i = 0; i < exponent; i++) {
        power *= 10;
    }
    return power;
}

u128 model_value(const struct model_market *market, u64 ticks, u64 qty)
{
    CHECK(qty % market->lot == 0);
    return (u128)ticks * (qty / market->lot) * market->value;
}

static void show_slice(struct model *model, struct model_order *order)
{
    bool is_iceberg = order->iceberg_qty > 0;
    order->visible = is_iceberg ? u64_min(order->iceberg_qty, order->remaining) : order->remaining;
    model->next_priority += 1;
    order->priority = model->next_priority;
}

void model_rest(struct model *model, struct model_order *order)
{
    CHECK(order->remaining > 0 && !order->is_resting && model_type_is_limit(order->type));
    order->is_resting = true;
    order->state = ORDER_STATE_WORKING;
    show_slice(model, order);
}

bool model_maker_reduce(struct model *model, struct model_order *maker, u64 qty)
{
    CHECK(qty <= maker->remaining);
    maker->remaining -= qty;
    if (maker->remaining == 0) {
        maker->is_open = false;
        maker->is_resting = false;
        return true;
    }
    CHECK(qty <= maker->visible);
    maker->visible -= qty;
    if (maker->visible == 0) {
        show_slice(model, maker);
    }
    return false;
}

/* ---- averages and the price range ---- */

bool model_average(const struct model *model, const struct model_market *market, u32 minutes,
                   u64 *price_out)
{
    if (market->reference > 0) {
        *price_out = market->reference;
        return true;
    }
    u64 now = model->time_us / 60000000U;
    u128 ticks_lots = 0;
    u128 lots = 0;
    for (u32 i = 0; i < market->buckets_count; i++) {
        const struct model_bucket *bucket = &market->buckets[i];
        if (bucket->minute + minutes > now) {
            ticks_lots += bucket->ticks_lots;
            lots += bucket->lots;
        }
    }
    if (lots > 0) {
        u128 ticks_shifted = (ticks_lots << 16) / lots;
        *price_out = (u64)(ticks_shifted * market->tick >> 16);
        return true;
    }
    *price_out = market->last_ticks * market->tick;
    return market->last_ticks > 0;
}

void model_price_range(const struct model_market *market, u8 side, u128 *low_out, u128 *high_out)
{
    bool is_buy = side == SIDE_BUY;
    u32 up = is_buy ? market->rules.range_bid_up : market->rules.range_ask_up;
    u32 down = is_buy ? market->rules.range_bid_down : market->rules.range_ask_down;
    bool is_on = market->reference > 0;
    *high_out = is_on && up > 0 ? (u128)market->reference * up / 10000 : ~(u128)0;
    *low_out = is_on && down > 0 ? ((u128)market->reference * down + 9999) / 10000 : 0;
}

/* ---- self-trade ---- */

bool model_is_self(const struct model *model, u32 taker, u32 maker)
{
    u32 group = model->accounts[taker].trade_group;
    u32 web = model_group_of_person(model, model->accounts[taker].person);
    bool is_grouped = group != MODEL_GROUP_NONE && group == model->accounts[maker].trade_group;
    bool is_of_web = web != 0 && web == model_group_of_person(model, model->accounts[maker].person);
    return taker == maker || is_grouped || is_of_web;
}

u8 model_effective_stp(u8 taker_stp, u32 taker, const struct model_order *maker)
{
    if (taker_stp == STP_MODE_TRANSFER &&
        (maker->stp != STP_MODE_TRANSFER || maker->account == taker)) {
        return STP_MODE_DECREMENT;
    }
    return taker_stp;
}

/* ---- the walk ---- */

struct walker {
    const struct model *model;
    const struct model_wish *wish;
    u128 lot_price; /* quote units of one lot at the level at hand */
    u128 wanted;    /* by quantity */
    u128 quote_left;
    u64 lot;
    struct model_walk walk;
};

/* What it would still take at this level's price. */
static u128 wanted_here(const struct walker *walker)
{
    if (walker->wish->by_quote) {
        return walker->quote_left / walker->lot_price * walker->lot;
    }
    return walker->wanted;
}

/* Nothing more is wanted here: the walk is over. */
static bool is_satisfied(struct walker *walker)
{
    if (wanted_here(walker) > 0) {
        return false;
    }
    walker->walk.stop = walker->wish->by_quote ? MODEL_STOP_MONEY : MODEL_STOP_DONE;
    return true;
}

/* Takes up to `available`: as trade, as transfer, or (DECREMENT) for nothing. */
static void walk_take(struct walker *walker, u128 available, u8 mode)
{
    u128 wanted = wanted_here(walker);
    u128 take = available < wanted ? available : wanted;
    u128 cost = take / walker->lot * walker->lot_price;
    if (walker->wish->by_quote) {
        walker->quote_left -= cost;
    } else {
        walker->wanted -= take;
    }
    if (mode == STP_MODE_DECREMENT) {
        return;
    }
    walker->walk.cost += cost;
    if (mode == STP_MODE_TRANSFER) {
        walker->walk.transferred += take;
    } else {
        walker->walk.found += take;
    }
}

static u8 mode_with(const struct walker *walker, const struct model_order *maker)
{
    const struct model_wish *wish = walker->wish;
    if (!model_is_self(walker->model, wish->account, maker->account)) {
        return STP_MODE_NONE;
    }
    return model_effective_stp(wish->stp, wish->account, maker);
}

/* The hidden remainders of the level's makers in one mode, as one sum. True: the walk is over. */
static bool walk_hidden(struct walker *walker, struct model_order **level, u32 count, u8 mode)
{
    u128 hidden = 0;
    for (u32 i = 0; i < count; i++) {
        if (mode_with(walker, level[i]) == mode) {
            hidden += level[i]->remaining - level[i]->visible;
        }
    }
    walk_take(walker, hidden, mode);
    return is_satisfied(walker);
}

/* One level of `count` makers. True: the walk is over. */
static bool walk_level(struct walker *walker, struct model_order **level, u32 count)
{
    if (is_satisfied(walker)) {
        return true;
    }
    for (u32 i = 0; i < count; i++) {
        u8 mode = mode_with(walker, level[i]);
        bool is_shared = mode == STP_MODE_DECREMENT || mode == STP_MODE_TRANSFER;
        if (mode == STP_MODE_EXPIRE_MAKER) {
            continue;
        }
        if (mode == STP_MODE_EXPIRE_TAKER || mode == STP_MODE_EXPIRE_BOTH ||
            (is_shared && walker->wish->is_fok)) {
            walker->walk.stop = MODEL_STOP_PREVENTED;
            return true;
        }
        walk_take(walker, level[i]->visible, mode);
        if (is_satisfied(walker)) {
            return true;
        }
    }
    return walk_hidden(walker, level, count, STP_MODE_NONE) ||
           walk_hidden(walker, level, count, STP_MODE_TRANSFER);
}

struct model_walk model_walk(const struct model *model, const struct model_wish *wish)
{
    const struct model_market *market = &model->markets[wish->market];
    struct walker walker = {.model = model,
                            .wish = wish,
                            .wanted = wish->qty,
                            .quote_left = wish->quote,
                            .lot = market->lot,
                            .walk = {.stop = MODEL_STOP_BOOK}};
    u128 low = 0;
    u128 high = 0;
    model_price_range(market, wish->side, &low, &high);
    u32 count = 0;
    struct model_order **book = model_book_sorted(model, wish->market, wish->side ^ 1U, &count);
    for (u32 i = 0; i < count;) {
        u64 ticks = book[i]->ticks;
        u32 next = i;
        while (next < count && book[next]->ticks == ticks) {
            next += 1;
        }
        bool is_beyond =
            wish->side == SIDE_BUY ? ticks > wish->limit_ticks : ticks < wish->limit_ticks;
        if (wish->limit_ticks > 0 && is_beyond) {
            break;
        }
        if (book[i]->price < low || book[i]->price > high) {
            walker.walk.stop = MODEL_STOP_RANGE;
            break;
        }
        walker.lot_price = (u128)ticks * market->value;
        if (walk_level(&walker, book + i, next - i)) {
            break;
        }
        i = next;
    }
    free(book);
    return walker.walk;
}
