#include "core/trigger.h"

#include "core/list.h"
#include "core/order.h"
#include "core/place.h"

#define BIPS_ONE 10000U

/* ---- a pairing heap of extras, smallest (key_high, key_low) first ---- */

static bool heap_less(const struct extra *a, const struct extra *b)
{
    return a->key_high != b->key_high ? a->key_high < b->key_high : a->key_low < b->key_low;
}

/* Joins two roots (either may be 0). A root has left 0 and right 0. */
static u32 heap_join(struct core *core, u32 a, u32 b)
{
    if (a == 0 || b == 0) {
        return a ? a : b;
    }
    if (heap_less(&core->extras[b], &core->extras[a])) {
        u32 swap = a;
        a = b;
        b = swap;
    }
    struct extra *parent = &core->extras[a];
    struct extra *child = &core->extras[b];
    child->right = parent->child;
    if (parent->child) {
        core->extras[parent->child].left = b;
    }
    child->left = a; /* the first child's left neighbour is the parent */
    parent->child = b;
    return a;
}

/* Joins a chain of siblings into one root: pairs from left to right, then the pairs. */
static u32 heap_join_children(struct core *core, u32 first)
{
    u32 pairs = 0; /* joined pairs, chained by right */
    while (first) {
        u32 a = first;
        u32 b = core->extras[a].right;
        first = b ? core->extras[b].right : 0;
        core->extras[a].left = core->extras[a].right = 0;
        if (b) {
            core->extras[b].left = core->extras[b].right = 0;
        }
        u32 pair = heap_join(core, a, b);
        core->extras[pair].right = pairs;
        pairs = pair;
    }
    u32 root = 0;
    while (pairs) {
        u32 next = core->extras[pairs].right;
        core->extras[pairs].right = 0;
        root = heap_join(core, root, pairs);
        pairs = next;
    }
    return root;
}

static void heap_insert(struct core *core, u32 *root, u32 extra)
{
    struct extra *node = &core->extras[extra];
    node->child = node->left = node->right = 0;
    *root = heap_join(core, *root, extra);
}

static void heap_remove(struct core *core, u32 *root, u32 extra)
{
    struct extra *node = &core->extras[extra];
    u32 below = heap_join_children(core, node->child);
    if (*root == extra) {
        *root = below;
    } else {
        struct extra *left = &core->extras[node->left];
        if (left->child == extra) {
            left->child = node->right;
        } else {
            left->right = node->right;
        }
        if (node->right) {
            core->extras[node->right].left = node->left;
        }
        *root = heap_join(core, *root, below);
    }
    node->child = node->left = node->right = 0;
}

/* ---- waiting ---- */

static void trailing_insert(struct core *core, struct market *market, u32 extra)
{
    struct extra *node = &core->extras[extra];
    node->place = EXTRA_TRAILING;
    node->left = 0;
    node->right = market->trailing;
    if (market->trailing) {
        core->extras[market->trailing].left = extra;
    }
    market->trailing = extra;
}

static void trailing_remove(struct core *core, struct market *market, u32 extra)
{
    struct extra *node = &core->extras[extra];
    if (node->left) {
        core->extras[node->left].right = node->right;
    } else {
        market->trailing = node->right;
    }
    if (node->right) {
        core->extras[node->right].left = node->left;
    }
    node->left = node->right = 0;
}

u8 trigger_state_for(const struct market *market, u8 type, u8 side, u32 stop_ticks,
                     u32 trailing_delta)
{
    if (trailing_delta == 0) {
        return ORDER_STATE_ARMED;
    }
    bool above = order_waits_above(type, side);
    bool reached =
        market->last && (above ? market->last >= stop_ticks : market->last <= stop_ticks);
    return stop_ticks == 0 || reached ? ORDER_STATE_TRACKING : ORDER_STATE_ARMED;
}

void trigger_wait(struct core *core, u32 slot)
{
    struct order *order = &core->orders[slot];
    struct market *market = &core->markets[order->market];
    struct extra *extra = &core->extras[order->extra];
    market->evaluated = 0;
    if (order->state == ORDER_STATE_TRACKING) {
        trailing_insert(core, market, order->extra);
        return;
    }
    bool above = order_waits_above(order->type, order->side);
    extra->place = above ? EXTRA_ABOVE : EXTRA_BELOW;
    extra->key_high = above ? extra->stop_ticks : ~extra->stop_ticks;
    extra->key_low = order->id;
    heap_insert(core, above ? &market->above : &market->below, order->extra);
}

void trigger_arm(struct core *core, u32 slot)
{
    struct order *order = &core->orders[slot];
    struct market *market = &core->markets[order->market];
    struct extra *extra = &core->extras[order->extra];
    order->state = trigger_state_for(market, order->type, order->side, extra->stop_ticks,
                                     extra->trailing_delta);
    extra->extreme = order->state == ORDER_STATE_TRACKING ? market->last : 0;
    trigger_wait(core, slot);
}

void trigger_queue(struct core *core, u32 slot)
{
    struct order *order = &core->orders[slot];
    struct market *market = &core->markets[order->market];
    struct extra *extra = &core->extras[order->extra];
    order->state = ORDER_STATE_QUEUED;
    extra->place = EXTRA_QUEUE;
    extra->key_high = 0;
    extra->key_low = order->id;
    heap_insert(core, &market->queue, order->extra);
    market->queued++;
    core->runnable += market->state == MARKET_STATE_TRADING ? 1 : 0;
}

void trigger_leave(struct core *core, u32 extra)
{
    struct extra *node = &core->extras[extra];
    struct market *market = &core->markets[core->orders[node->slot].market];
    switch ((enum extra_place)node->place) {
    case EXTRA_NOWHERE:
        break;
    case EXTRA_ABOVE:
        heap_remove(core, &market->above, extra);
        break;
    case EXTRA_BELOW:
        heap_remove(core, &market->below, extra);
        break;
    case EXTRA_TRAILING:
        trailing_remove(core, market, extra);
        break;
    case EXTRA_QUEUE:
        heap_remove(core, &market->queue, extra);
        market->queued--;
        core->runnable -= market->state == MARKET_STATE_TRADING ? 1 : 0;
        break;
    }
    node->place = EXTRA_NOWHERE;
}

void trigger_market_state(struct core *core, const struct market *market, u8 before)
{
    core->runnable -= before == MARKET_STATE_TRADING ? market->queued : 0;
    core->runnable += market->state == MARKET_STATE_TRADING ? market->queued : 0;
}

/* ---- evaluation ---- */

/* An armed order's price was reached: it begins to trail, or joins the queue. */
static void armed_reached(struct core *core, struct market *market, u32 extra)
{
    struct extra *node = &core->extras[extra];
    struct order *order = &core->orders[node->slot];
    trigger_leave(core, extra);
    if (node->trailing_delta == 0) {
        trigger_queue(core, node->slot);
        return;
    }
    node->extreme = market->last;
    order->state = ORDER_STATE_TRACKING;
    trailing_insert(core, market, extra);
}

/* Follows the price. Whether it turned by the order's delta. */
static bool trailing_turned(struct extra *node, u8 side, u32 last)
{
    if (node->extreme == 0) {
        node->extreme = last;
        return false;
    }
    if (side == SIDE_SELL) {
        node->extreme = last > node->extreme ? last : node->extreme;
        return (u64)last * BIPS_ONE <= (u64)node->extreme * (BIPS_ONE - node->trailing_delta);
    }
    node->extreme = last < node->extreme ? last : node->extreme;
    return (u64)last * BIPS_ONE >= (u64)node->extreme * (BIPS_ONE + node->trailing_delta);
}

void trigger_evaluate(struct core *core, struct market *market)
{
    u32 last = market->last;
    if (LIKELY(last == market->evaluated)) {
        return;
    }
    market->evaluated = last;
    u32 next = 0;
    for (u32 i = market->trailing; i; i = next) {
        struct extra *node = &core->extras[i];
        next = node->right;
        if (trailing_turned(node, core->orders[node->slot].side, last)) {
            trigger_leave(core, i);
            trigger_queue(core, node->slot);
        }
    }
    while (market->above && core->extras[market->above].stop_ticks <= last) {
        armed_reached(core, market, market->above);
    }
    while (market->below && core->extras[market->below].stop_ticks >= last) {
        armed_reached(core, market, market->below);
    }
}

/* ---- the queue ---- */

/* The queued order with the lowest id among markets that trade, or 0. */
static u32 queue_first(const struct core *core)
{
    u32 first = 0;
    for (u32 i = 0; i < core->markets_count; i++) {
        const struct market *market = &core->markets[i];
        if (market->queue && market->state == MARKET_STATE_TRADING &&
            (first == 0 || heap_less(&core->extras[market->queue], &core->extras[first]))) {
            first = market->queue;
        }
    }
    return first;
}

void trigger_run(struct core *core)
{
    while (core->runnable > 0 && core->current.steps > 0) {
        u32 extra = queue_first(core);
        CHECK(extra != 0);
        core->current.steps--;
        u32 slot = core->extras[extra].slot;
        struct market *market = &core->markets[core->orders[slot].market];
        u32 list = core->extras[extra].list;
        trigger_leave(core, extra);
        if (list && core->lists[list].phase == LIST_STARTING) {
            list_start(core, list);
        } else {
            place_triggered(core, slot);
        }
        trigger_evaluate(core, market);
    }
}
