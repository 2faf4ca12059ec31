#include "app/shadow.h"

#include "base/check.h"

#include <string.h>

void shadow_init(struct shadow *shadow)
{
    *shadow = (struct shadow){.trades = 0};
    levels_init(&shadow->sides[0], SIDE_BUY);
    levels_init(&shadow->sides[1], SIDE_SELL);
}

void shadow_close(struct shadow *shadow)
{
    flow_table_release(&shadow->orders);
    levels_release(&shadow->sides[0]);
    levels_release(&shadow->sides[1]);
}

static struct shadow_order *order_at(const struct shadow *shadow, u64 order_id)
{
    CHECK((order_id + 1) * sizeof(struct shadow_order) <= shadow->orders.used);
    return &((struct shadow_order *)(void *)shadow->orders.data)[order_id];
}

const struct shadow_order *shadow_find(const struct shadow *shadow, u64 order_id)
{
    if (order_id == 0 || (order_id + 1) * sizeof(struct shadow_order) > shadow->orders.used) {
        return NULL;
    }
    const struct shadow_order *order = order_at(shadow, order_id);
    return order->lots > 0 ? order : NULL;
}

u64 shadow_level(const struct shadow *shadow, enum side side, u64 ticks)
{
    const struct level *level = levels_find(&shadow->sides[side], ticks);
    return level != NULL ? level->lots : 0;
}

u64 shadow_best(const struct shadow *shadow, enum side side)
{
    const struct level *level = levels_best(&shadow->sides[side]);
    return level != NULL ? level->ticks : 0;
}

/* Takes lots off an order and its level; an order or level without any is gone. */
static void take(struct shadow *shadow, u64 order_id, u64 lots)
{
    struct shadow_order *order = order_at(shadow, order_id);
    struct levels *levels = &shadow->sides[order->side];
    struct level *level = levels_find(levels, order->ticks);
    CHECK(level != NULL && order->lots >= lots && level->lots >= lots);
    order->lots -= lots;
    level->lots -= lots;
    if (order->lots > 0) {
        return;
    }
    shadow->resting -= 1;
    if (order->before != 0) {
        order_at(shadow, order->before)->after = order->after;
    } else {
        level->first = order->after;
    }
    if (order->after != 0) {
        order_at(shadow, order->after)->before = order->before;
    } else {
        level->last = order->before;
    }
    CHECK((level->lots == 0) == (level->first == 0));
    if (level->lots == 0) {
        levels_remove(levels, level);
    }
}

void shadow_remove(struct shadow *shadow, u64 order_id)
{
    take(shadow, order_id, order_at(shadow, order_id)->lots);
}

u64 shadow_reduce(struct shadow *shadow, u64 order_id, u64 lots)
{
    struct shadow_order *order = order_at(shadow, order_id);
    CHECK(lots > 0 && lots < order->lots);
    order->total -= order->lots - lots;
    take(shadow, order_id, order->lots - lots);
    return order->total;
}

static enum fault rest(struct shadow *shadow, u64 order_id)
{
    struct shadow_order *order = order_at(shadow, order_id);
    struct level *level = NULL;
    TRY(levels_reach(&shadow->sides[order->side], order->ticks, &level));
    if (__builtin_add_overflow(level->lots, order->lots, &level->lots)) {
        return FAULT(FAULT_INPUT, "the amounts at one price add up to more than 2^64");
    }
    order->before = level->last;
    if (level->last != 0) {
        order_at(shadow, level->last)->after = (u32)order_id;
    } else {
        level->first = (u32)order_id;
    }
    level->last = (u32)order_id;
    shadow->resting += 1;
    shadow->resting_max = u64_max(shadow->resting_max, shadow->resting);
    return FAULT_NONE;
}

enum fault shadow_place(struct shadow *shadow, u64 order_id, const struct flow_place *place,
                        u64 *left_out)
{
    CHECK(order_id > 0 && order_id < UINT32_MAX);
    while (shadow->orders.used < (order_id + 1) * sizeof(struct shadow_order)) {
        struct shadow_order none = {.lots = 0};
        TRY(flow_table_add(&shadow->orders, span_of(&none, sizeof(none))));
    }
    u64 left = place->lots;
    const struct levels *opposite = &shadow->sides[place->side == SIDE_BUY ? SIDE_SELL : SIDE_BUY];
    for (const struct level *level = levels_best(opposite);
         left > 0 && level != NULL && levels_crosses(place->side, place->ticks, level->ticks);
         level = levels_best(opposite)) {
        u64 traded = u64_min(left, order_at(shadow, level->first)->lots);
        take(shadow, level->first, traded);
        left -= traded;
        shadow->trades += 1;
    }
    *left_out = left;
    if (left == 0 || place->tif != TIME_IN_FORCE_GTC) {
        return FAULT_NONE;
    }
    *order_at(shadow, order_id) = (struct shadow_order){.ticks = place->ticks,
                                                        .lots = left,
                                                        .total = place->lots,
                                                        .account = place->account,
                                                        .side = (u8)place->side};
    return rest(shadow, order_id);
}
