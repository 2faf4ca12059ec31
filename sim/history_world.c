#include "sim/history_world.h"

#include "base/check.h"
#include "base/span.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EVENTS_BYTES = 1 << 22 };

static u8 scratch[EVENTS_BYTES];
static const u8 venue[STORE_VENUE_BYTES] = {7};

static void must(enum fault fault)
{
    if (fault != FAULT_NONE) {
        (void)fprintf(stderr, "%s: %s\n", fault_name(fault), fault_text());
    }
    CHECK(fault == FAULT_NONE);
}

struct seen_order *history_world_order(struct history_world *world, u64 order_id)
{
    CHECK(order_id >= 1 && order_id <= world->orders_count);
    return &world->orders[order_id - 1];
}

static void see_trade(struct history_world *world, const struct event_trade *trade, u64 time_us)
{
    world->seen.trades[world->seen.count] = *trade;
    world->seen.times[world->seen.count] = time_us;
    world->seen.count += 1;
    const u64 ids[] = {trade->maker_order_id, trade->taker_order_id};
    for (u32 i = 0; i < ARRAY_COUNT(ids); i += 1) {
        struct seen_order *order = history_world_order(world, ids[i]);
        order->executed += trade->qty.units; /* raw: summed plainly */
        order->quote += trade->quote.units;  /* raw: summed plainly */
    }
}

static void see_other(struct history_world *world, const u8 *bytes, u16 kind)
{
    if (kind == EVENT_ORDER_DETAIL) {
        struct event_order_detail detail;
        memcpy(&detail, bytes, sizeof(detail));
        struct seen_order *order = history_world_order(world, detail.order_id);
        order->iceberg = detail.iceberg_qty.units; /* raw: to compare */
    } else if (kind == EVENT_ORDER_AMENDED) {
        struct event_order_amended amended;
        memcpy(&amended, bytes, sizeof(amended));
        struct seen_order *order = history_world_order(world, amended.order_id);
        order->amends += 1;
        order->iceberg = u64_min(order->iceberg, amended.qty.units); /* raw: to compare */
    } else if (kind == EVENT_PREVENTED) {
        struct event_prevented prevented;
        memcpy(&prevented, bytes, sizeof(prevented));
        history_world_order(world, prevented.maker_order_id)->prevented += 1;
        history_world_order(world, prevented.taker_order_id)->prevented += 1;
    } else if (kind == EVENT_ORDER_TRIGGERED) {
        struct event_order_triggered triggered;
        memcpy(&triggered, bytes, sizeof(triggered));
        history_world_order(world, triggered.order_id)->pending = false;
    }
}

static void see(struct history_world *world, struct span events, u64 time_us)
{
    while (events.size > 0) {
        struct event_head head;
        memcpy(&head, events.data, sizeof(head));
        size_t size = (size_t)head.units * WIRE_UNIT;
        if (head.kind == EVENT_TRADE) {
            struct event_trade trade;
            memcpy(&trade, events.data, sizeof(trade));
            see_trade(world, &trade, time_us);
        } else if (head.kind == EVENT_ORDER_NEW) {
            struct seen_order *order = &world->orders[world->orders_count];
            *order = (struct seen_order){.time_us = time_us};
            memcpy(&order->event, events.data, size);
            order->pending = order->event.state == ORDER_STATE_PENDING_NEW;
            world->orders_count += 1;
            CHECK(order->event.order_id == world->orders_count);
        }
        see_other(world, events.data, head.kind);
        events = span_after(events, size);
    }
}

static struct span batch_of(struct history_world *world, u32 index)
{
    size_t start = index == 0 ? 0 : world->batches[index - 1].end;
    return span_of(world->bytes + start, world->batches[index].end - start);
}

/* Applies what is not committed yet, gives it up now and then, and commits. A batch may come in
 * several chunks. */
static void commit(struct history_world *world)
{
    for (bool again = true; again; again = random_chance(&world->random, 1, 3)) {
        must(store_begin(world->store));
        for (u32 i = world->batches_committed; i < world->batches_count; i += 1) {
            struct span events = batch_of(world, i);
            size_t first = events.size == 0 ? 0 : (size_t)events.data[2] * WIRE_UNIT;
            u64 seq = world->batches[i].seq;
            u64 time_us = world->batches[i].time_us;
            must(store_apply(world->store, span_piece(events, 0, first), seq, time_us));
            must(store_apply(world->store, span_after(events, first), seq, time_us));
        }
        if (again && random_chance(&world->random, 1, 2)) {
            store_abandon(world->store);
            must(store_begin(world->store));
            store_abandon(world->store);
        } else {
            must(store_commit(world->store, world->used / WIRE_UNIT));
            world->batches_committed = world->batches_count;
            return;
        }
    }
    commit(world);
}

static void step(struct history_world *world)
{
    struct flow_step flow_step;
    flow_next(world->flow, world->model, &flow_step);
    size_t size = flow_step_model(&flow_step, world->model, scratch, sizeof(scratch));
    world->now_us = flow_step.time_us > world->now_us ? flow_step.time_us : world->now_us;
    world->bytes = realloc(world->bytes, world->used + size + 1);
    CHECK(world->bytes != NULL);
    memcpy(world->bytes + world->used, scratch, size);
    world->seen.trades = realloc(world->seen.trades, (world->seen.count + size / WIRE_UNIT + 1) *
                                                         sizeof(*world->seen.trades));
    world->seen.times = realloc(world->seen.times, (world->seen.count + size / WIRE_UNIT + 1) *
                                                       sizeof(*world->seen.times));
    world->orders = realloc(world->orders,
                            (world->orders_count + size / WIRE_UNIT + 1) * sizeof(*world->orders));
    CHECK(world->seen.trades != NULL && world->seen.times != NULL && world->orders != NULL);
    see(world, span_of(world->bytes + world->used, size), world->now_us);
    world->used += size;
    world->batches[world->batches_count].end = world->used;
    world->batches[world->batches_count].seq = model_seq(world->model);
    world->batches[world->batches_count].time_us = world->now_us;
    world->batches_count += 1;
    if (random_chance(&world->random, 1, 30)) {
        commit(world);
    }
}

void history_world_open(struct history_world *world, u64 seed, u64 commands)
{
    *world = (struct history_world){.used = 0};
    random_init(&world->random, seed);
    world->flow = flow_create(seed);
    world->model = model_create(flow_limits(world->flow));
    model_set_check(world->model, false);
    must(store_open(&world->store, ":memory:", SQL_WRITE, venue));
    for (u64 i = 0; i < commands; i += 1) {
        step(world);
    }
    commit(world);
}

void history_world_close(struct history_world *world)
{
    store_close(world->store);
    model_free(world->model);
    flow_free(world->flow);
    free(world->bytes);
    free(world->seen.trades);
    free(world->seen.times);
    free(world->orders);
}

/* ---- pages ---- */

u64 history_world_moment(struct history_world *world)
{
    u64 first = world->batches[0].time_us;
    if (random_chance(&world->random, 1, 2)) {
        return first + random_below(&world->random, world->now_us - first + 2);
    }
    return world->batches[random_below(&world->random, world->batches_count)].time_us;
}

struct history_page history_world_page(struct history_world *world, u64 id_max)
{
    struct history_page page = {.limit = (u32)random_between(&world->random, 1, 40)};
    if (random_chance(&world->random, 1, 3)) {
        page.from_id = 1 + random_below(&world->random, id_max + 1);
    }
    if (random_chance(&world->random, 1, 3)) {
        page.from_us = history_world_moment(world);
    }
    if (random_chance(&world->random, 1, 3)) {
        page.to_us = history_world_moment(world);
    }
    return page;
}

bool history_page_holds(const struct history_page *page, u64 id, u64 time_us)
{
    return id >= page->from_id && time_us >= page->from_us &&
           (page->to_us == 0 || time_us <= page->to_us);
}

u32 history_page_first(const struct history_page *page, u32 matches)
{
    bool newest = page->from_id == 0 && page->from_us == 0;
    return newest && matches > page->limit ? matches - page->limit : 0;
}

u32 history_page_size(const struct history_page *page, u32 matches)
{
    return matches > page->limit ? page->limit : matches;
}
