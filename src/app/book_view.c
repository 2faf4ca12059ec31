#include "app/book_view.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/hash.h"

#include <stdlib.h>
#include <string.h>

#define ORDERS_SIZE_MIN 1024U

enum fault book_view_open(struct book_view *view, const struct flow_market *market)
{
    *view = (struct book_view){
        .tick = market->tick, .lot = market->lot, .orders_size = ORDERS_SIZE_MIN};
    view->orders = calloc(view->orders_size, sizeof(*view->orders));
    levels_init(&view->sides[0], SIDE_BUY);
    levels_init(&view->sides[1], SIDE_SELL);
    if (view->orders == NULL) {
        book_view_close(view);
        return FAULT(FAULT_LIMIT, "out of memory for a view of the book");
    }
    return FAULT_NONE;
}

void book_view_close(struct book_view *view)
{
    free(view->orders);
    levels_release(&view->sides[0]);
    levels_release(&view->sides[1]);
    *view = (struct book_view){.tick = 0};
}

/* ---- orders by id: linear probing, removal by shifting back ---- */

static size_t home_of(const struct book_view *view, u64 order_id)
{
    return hash_u64(order_id) & (view->orders_size - 1);
}

static struct book_view_order *order_find(const struct book_view *view, u64 order_id)
{
    for (size_t i = home_of(view, order_id);; i = (i + 1) & (view->orders_size - 1)) {
        if (view->orders[i].order_id == order_id) {
            return &view->orders[i];
        }
        if (view->orders[i].order_id == 0) {
            return NULL;
        }
    }
}

static void order_store(struct book_view *view, const struct book_view_order *order)
{
    size_t i = home_of(view, order->order_id);
    while (view->orders[i].order_id != 0) {
        i = (i + 1) & (view->orders_size - 1);
    }
    view->orders[i] = *order;
    view->orders_count += 1;
}

static enum fault order_add(struct book_view *view, const struct book_view_order *order)
{
    if (view->orders_count * 2 >= view->orders_size) {
        struct book_view_order *old = view->orders;
        size_t old_size = view->orders_size;
        struct book_view_order *wider = calloc(old_size * 2, sizeof(*wider));
        if (wider == NULL) {
            return FAULT(FAULT_LIMIT, "out of memory for a view of %zu orders", old_size);
        }
        view->orders = wider;
        view->orders_size = old_size * 2;
        view->orders_count = 0;
        for (size_t i = 0; i < old_size; i += 1) {
            if (old[i].order_id != 0) {
                order_store(view, &old[i]);
            }
        }
        free(old);
    }
    order_store(view, order);
    return FAULT_NONE;
}

static void order_remove(struct book_view *view, struct book_view_order *order)
{
    size_t mask = view->orders_size - 1;
    size_t hole = (size_t)(order - view->orders);
    for (size_t i = (hole + 1) & mask; view->orders[i].order_id != 0; i = (i + 1) & mask) {
        size_t home = home_of(view, view->orders[i].order_id);
        /* It may move into the hole unless its home lies behind the hole. */
        if (((i - home) & mask) >= ((i - hole) & mask)) {
            view->orders[hole] = view->orders[i];
            hole = i;
        }
    }
    view->orders[hole].order_id = 0;
    view->orders_count -= 1;
}

/* ---- levels ---- */

static enum fault level_add(struct book_view *view, u32 side, u64 ticks, u64 lots)
{
    struct level *level = NULL;
    TRY(levels_reach(&view->sides[side], ticks, &level));
    if (__builtin_add_overflow(level->lots, lots, &level->lots)) {
        return FAULT(FAULT_LIMIT, "the amounts at one price add up to more than 2^64");
    }
    return FAULT_NONE;
}

static void level_reduce(struct book_view *view, u32 side, u64 ticks, u64 lots)
{
    struct level *level = levels_find(&view->sides[side], ticks);
    if (level == NULL || level->lots < lots) {
        view->strange += 1;
        return;
    }
    level->lots -= lots;
    if (level->lots == 0) {
        levels_remove(&view->sides[side], level);
    }
}

u32 book_view_levels(const struct book_view *view, enum side side, struct flow_level *levels_out,
                     u32 count)
{
    const struct levels *levels = &view->sides[side];
    u32 found = (u32)u64_min(count, levels->count);
    for (u32 i = 0; i < found; i += 1) {
        const struct level *level = &levels->rows[levels->count - 1 - i];
        levels_out[i] = (struct flow_level){.ticks = level->ticks, .lots = level->lots};
    }
    return found;
}

/* ---- events ---- */

static u64 lots_of(const struct book_view *view, struct amount qty)
{
    return qty.units / view->lot; /* raw: back to the recording's own steps */
}

static u64 ticks_of(const struct book_view *view, struct price price)
{
    return price.units / view->tick; /* raw: back to the recording's own steps */
}

static enum fault rest(struct book_view *view, struct book_view_order *order)
{
    order->resting = true;
    view->resting += 1;
    return level_add(view, order->side, order->ticks, order->lots);
}

static enum fault apply_new(struct book_view *view, struct span record)
{
    struct event_order_new event = {.order_id = 0};
    memcpy(&event, record.data, u64_min(record.size, sizeof(event)));
    struct book_view_order order = {
        .order_id = event.order_id,
        .ticks = ticks_of(view, event.price),
        .lots = lots_of(view, event.qty),
        .total = lots_of(view, event.qty),
        .side = event.side,
    };
    if (event.order_id == 0 || event.side > 1 || order_find(view, event.order_id) != NULL) {
        view->strange += 1;
        return FAULT_NONE;
    }
    if ((event.flags & ORDER_NEW_FLAG_BOOKED) != 0) {
        TRY(rest(view, &order));
    }
    return order_add(view, &order);
}

/* Takes lots off an order; with none left, or `done`, it is gone. */
static void reduce(struct book_view *view, u64 order_id, u64 lots, bool done)
{
    struct book_view_order *order = order_find(view, order_id);
    if (order == NULL || order->lots < lots) {
        view->strange += 1;
        return;
    }
    u64 taken = done ? order->lots : lots;
    if (order->resting) {
        level_reduce(view, order->side, order->ticks, taken);
    }
    order->lots -= taken;
    if (done) {
        view->resting -= order->resting ? 1 : 0;
        order_remove(view, order);
    }
}

static void apply_trade(struct book_view *view, struct span record)
{
    struct event_trade event;
    memcpy(&event, record.data, sizeof(event));
    u64 lots = lots_of(view, event.qty);
    reduce(view, event.maker_order_id, lots, (event.flags & TRADE_FLAG_MAKER_DONE) != 0);
    reduce(view, event.taker_order_id, lots, (event.flags & TRADE_FLAG_TAKER_DONE) != 0);
}

static void apply_prevented(struct book_view *view, struct span record)
{
    struct event_prevented event;
    memcpy(&event, record.data, sizeof(event));
    reduce(view, event.maker_order_id, lots_of(view, event.maker_qty),
           (event.flags & PREVENTED_FLAG_MAKER_DONE) != 0);
    reduce(view, event.taker_order_id, lots_of(view, event.taker_qty),
           (event.flags & PREVENTED_FLAG_TAKER_DONE) != 0);
}

static enum fault apply_booked(struct book_view *view, struct span record)
{
    struct event_order_booked event;
    memcpy(&event, record.data, sizeof(event));
    struct book_view_order *order = order_find(view, event.order_id);
    if (order == NULL || order->resting) {
        view->strange += 1;
        return FAULT_NONE;
    }
    return rest(view, order);
}

/* What is left shrinks by as much as the total. */
static void apply_amended(struct book_view *view, struct span record)
{
    struct event_order_amended event;
    memcpy(&event, record.data, sizeof(event));
    struct book_view_order *order = order_find(view, event.order_id);
    u64 total = lots_of(view, event.qty);
    if (order == NULL || total > order->total || order->total - total >= order->lots) {
        view->strange += 1;
        return;
    }
    u64 less = order->total - total;
    order->total = total;
    reduce(view, event.order_id, less, false);
}

enum fault book_view_apply(struct book_view *view, struct span record)
{
    if (record.size < WIRE_UNIT) {
        view->strange += 1;
        return FAULT_NONE;
    }
    switch (bytes_u16(record.data)) {
    case EVENT_ORDER_NEW:
        return apply_new(view, record);
    case EVENT_ORDER_BOOKED:
        return apply_booked(view, record);
    case EVENT_TRADE:
        apply_trade(view, record);
        break;
    case EVENT_PREVENTED:
        apply_prevented(view, record);
        break;
    case EVENT_ORDER_AMENDED:
        apply_amended(view, record);
        break;
    case EVENT_ORDER_DONE: {
        struct event_order_done event;
        memcpy(&event, record.data, sizeof(event));
        reduce(view, event.order_id, 0, true);
        break;
    }
    default: /* not an enum: other kinds of events do not touch the book */
        break;
    }
    return FAULT_NONE;
}
