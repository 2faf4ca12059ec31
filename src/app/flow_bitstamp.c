#include "app/flow_bitstamp.h"

#include "app/bitstamp_line.h"
#include "app/flow_grid.h"
#include "app/id_map.h"
#include "app/shadow.h"
#include "base/check.h"

#include <stdlib.h>
#include <string.h>

#define TRADERS      16U     /* accounts that share the recorded orders by their ids */
#define EARLIER      TRADERS /* the account of orders from before the recording */
#define FOLLOW_UP_MS 1000U   /* changes of one order this close together belong to one match */
#define EARLIER_ID   (1ULL << 63)
#define GROUP_NAME   "order_book lines, five best levels a side"

/* What is known of a recorded order. */
struct known {
    u64 order_id; /* the venue's; 0: not placed */
    u32 next;     /* while reading backwards: the event after the present one */
    bool placed;
    bool deleted;
};

struct flow_bitstamp {
    struct flow *flow;
    struct flow_grid grid;
    struct flow_table events;   /* struct bitstamp_event */
    struct flow_table pictures; /* struct bitstamp_picture */
    struct flow_table known;    /* struct known, by the ids' index */
    struct flow_table next; /* u32 per event: the next event of the same order, or ID_MAP_NONE */
    struct id_map ids;
    struct id_map earlier; /* side and price of levels from before the recording: venue order ids */
    struct shadow shadow;
    u64 now_ms;
    bool seeded;
};

enum fault flow_bitstamp_open(struct flow_bitstamp **reader_out, struct flow *flow)
{
    struct flow_bitstamp *reader = calloc(1, sizeof(*reader));
    *reader_out = reader;
    if (reader == NULL) {
        return FAULT(FAULT_LIMIT, "out of memory");
    }
    reader->flow = flow;
    flow_grid_init(&reader->grid);
    shadow_init(&reader->shadow);
    return FAULT_NONE;
}

void flow_bitstamp_close(struct flow_bitstamp *reader)
{
    if (reader == NULL) {
        return;
    }
    flow_table_release(&reader->events);
    flow_table_release(&reader->pictures);
    flow_table_release(&reader->known);
    flow_table_release(&reader->next);
    id_map_release(&reader->ids);
    id_map_release(&reader->earlier);
    shadow_close(&reader->shadow);
    free(reader);
}

/* ---- first pass: all lines ---- */

static enum fault keep(struct flow_bitstamp *reader, const struct bitstamp_event *event,
                       const struct bitstamp_picture *picture)
{
    if (event->kind == BITSTAMP_OTHER) {
        return FAULT_NONE;
    }
    if (event->kind == BITSTAMP_PICTURE) {
        for (u32 side = 0; side < 2; side += 1) {
            for (u32 i = 0; i < picture->counts[side]; i += 1) {
                flow_grid_price(&reader->grid, picture->prices[side][i]);
                flow_grid_amount(&reader->grid, picture->amounts[side][i]);
            }
        }
        TRY(flow_table_add(&reader->pictures, span_of(picture, sizeof(*picture))));
    } else {
        flow_grid_price(&reader->grid, event->price);
        flow_grid_amount(&reader->grid, event->amount);
    }
    if (reader->events.used / sizeof(*event) >= ID_MAP_NONE) {
        return FAULT(FAULT_LIMIT, "the recording has more than %u events", ID_MAP_NONE);
    }
    return flow_table_add(&reader->events, span_of(event, sizeof(*event)));
}

enum fault flow_bitstamp_read(struct flow_bitstamp *reader, struct input *input,
                              struct progress *progress)
{
    struct bitstamp_line line = {.path = input_path(input)};
    struct bitstamp_picture *picture = calloc(1, sizeof(*picture));
    if (picture == NULL) {
        return FAULT(FAULT_LIMIT, "out of memory");
    }
    enum fault fault = FAULT_NONE;
    for (bool more = true; more && fault == FAULT_NONE;) {
        struct span text;
        struct bitstamp_event event = {.kind = BITSTAMP_OTHER};
        fault = input_line(input, &text, &more);
        if (fault != FAULT_NONE || !more) {
            break;
        }
        line.number = input_line_number(input);
        fault = bitstamp_line_read(&line, text, &event, picture);
        if (fault == FAULT_NONE) {
            fault = keep(reader, &event, picture);
        }
        u64 done = 0;
        u64 all = 0;
        input_progress(input, &done, &all);
        progress_update(progress, done, all);
    }
    free(picture);
    return fault;
}

/* ---- second pass: what comes later is known ---- */

static const struct bitstamp_event *event_at(const struct flow_bitstamp *reader, u64 index)
{
    return &((const struct bitstamp_event *)(const void *)reader->events.data)[index];
}

static struct known *known_at(const struct flow_bitstamp *reader, u32 index)
{
    return &((struct known *)(void *)reader->known.data)[index];
}

static bool names_order(const struct bitstamp_event *event)
{
    return event->kind == BITSTAMP_CREATED || event->kind == BITSTAMP_CHANGED ||
           event->kind == BITSTAMP_DELETED;
}

/* Links each event to the next one of the same order. */
static enum fault link_events(struct flow_bitstamp *reader)
{
    u64 count = reader->events.used / sizeof(struct bitstamp_event);
    u8 *memory = NULL;
    TRY(flow_table_take(&reader->next, count * sizeof(u32), &memory));
    u32 *next = (u32 *)(void *)memory;
    for (u64 i = count; i > 0; i -= 1) {
        const struct bitstamp_event *event = event_at(reader, i - 1);
        next[i - 1] = ID_MAP_NONE;
        if (!names_order(event)) {
            continue;
        }
        u32 index = id_map_find(&reader->ids, event->id);
        if (index == ID_MAP_NONE) {
            struct known known = {.next = ID_MAP_NONE};
            index = (u32)(reader->known.used / sizeof(known));
            TRY(flow_table_add(&reader->known, span_of(&known, sizeof(known))));
            TRY(id_map_put(&reader->ids, event->id, index));
        }
        next[i - 1] = known_at(reader, index)->next;
        known_at(reader, index)->next = (u32)(i - 1);
    }
    return FAULT_NONE;
}

/* Whether the order is heard of again so soon that the present event is but one step of a match. */
static bool has_follow_up(const struct flow_bitstamp *reader, u64 index)
{
    u32 next = ((const u32 *)(const void *)reader->next.data)[index];
    return next != ID_MAP_NONE &&
           event_at(reader, next)->time_ms <= event_at(reader, index)->time_ms + FOLLOW_UP_MS;
}

static struct flow_place place_of(const struct flow_bitstamp *reader, u64 file_id, u32 account,
                                  u32 side, u64 price, u64 amount)
{
    return (struct flow_place){.file_id = file_id,
                               .account = account,
                               .side = side == 0 ? SIDE_BUY : SIDE_SELL,
                               .tif = TIME_IN_FORCE_GTC,
                               .ticks = price / reader->flow->market.tick,
                               .lots = amount / reader->flow->market.lot};
}

/* A place that the market can hold; others are left out. */
static bool place_fits(struct flow_bitstamp *reader, const struct flow_place *place)
{
    if (flow_place_fits(reader->flow, place)) {
        return true;
    }
    flow_note(reader->flow, "orders left out: price or amount out of bounds", 1);
    return false;
}

static enum fault put_order(struct flow_bitstamp *reader, const struct flow_place *place,
                            u64 *order_id_out)
{
    enum side opposite = place->side == SIDE_BUY ? SIDE_SELL : SIDE_BUY;
    u64 best = shadow_best(&reader->shadow, opposite);
    if (best != 0 && levels_crosses(place->side, place->ticks, best)) {
        flow_note(reader->flow, "orders that met the opposite side on arrival", 1);
    }
    TRY(flow_put_order(reader->flow, place, order_id_out));
    u64 left = 0;
    return shadow_place(&reader->shadow, *order_id_out, place, &left);
}

/* The order goes and comes back with another price or a larger amount. */
static enum fault put_replace(struct flow_bitstamp *reader, const struct flow_place *place,
                              u64 *order_id)
{
    u64 target = *order_id;
    TRY(flow_put_replace(reader->flow, target, place, order_id));
    shadow_remove(&reader->shadow, target);
    u64 left = 0;
    return shadow_place(&reader->shadow, *order_id, place, &left);
}

/* Leaves fewer lots of a resting order. */
static enum fault put_reduce(struct flow_bitstamp *reader, u64 order_id, u64 lots)
{
    u32 account = shadow_find(&reader->shadow, order_id)->account;
    if (lots == 0) {
        shadow_remove(&reader->shadow, order_id);
        return flow_put_cancel(reader->flow, account, order_id);
    }
    u64 total = shadow_reduce(&reader->shadow, order_id, lots);
    return flow_put_amend(reader->flow, account, order_id, total);
}

static enum fault take_created(struct flow_bitstamp *reader, const struct bitstamp_event *event,
                               struct known *known)
{
    if (known->deleted) {
        flow_note(reader->flow, "orders left out: deleted before they were created", 1);
        return FAULT_NONE;
    }
    if (known->placed) {
        flow_note(reader->flow, "creations left out: the order exists already", 1);
        return FAULT_NONE;
    }
    struct flow_place place =
        place_of(reader, event->id, event->id % TRADERS, event->side, event->price, event->amount);
    if (!place_fits(reader, &place)) {
        return FAULT_NONE;
    }
    known->placed = true;
    return put_order(reader, &place, &known->order_id);
}

static enum fault take_changed(struct flow_bitstamp *reader, const struct bitstamp_event *event,
                               struct known *known, u64 index)
{
    struct flow *flow = reader->flow;
    if (known->deleted || !known->placed) {
        flow_note(flow,
                  known->deleted ? "changes left out: the order is deleted already"
                                 : "changes left out: the order was never created",
                  1);
        return FAULT_NONE;
    }
    struct flow_place place =
        place_of(reader, event->id, event->id % TRADERS, event->side, event->price, event->amount);
    const struct shadow_order *order = shadow_find(&reader->shadow, known->order_id);
    if (order == NULL) {
        if (place.lots == 0 || has_follow_up(reader, index)) {
            flow_note(flow, "changes already executed here", 1);
            return FAULT_NONE;
        }
        flow_note(flow, "orders put back: executed here but not there", 1);
        return place_fits(reader, &place) ? put_order(reader, &place, &known->order_id)
                                          : FAULT_NONE;
    }
    if (place.ticks != order->ticks) {
        flow_note(flow, "orders moved to another price", 1);
        place.lots = u64_min(place.lots, order->lots);
        return place_fits(reader, &place) ? put_replace(reader, &place, &known->order_id)
                                          : FAULT_NONE;
    }
    if (place.lots == order->lots) {
        flow_note(flow, "changes already executed here", 1);
        return FAULT_NONE;
    }
    if (place.lots < order->lots) {
        flow_note(flow, "orders reduced: executed there against what is not on this book", 1);
        return put_reduce(reader, known->order_id, place.lots);
    }
    if (has_follow_up(reader, index)) {
        flow_note(flow, "changes already executed here", 1);
        return FAULT_NONE;
    }
    flow_note(flow, "orders filled up again: executed less there than here", 1);
    return put_replace(reader, &place, &known->order_id);
}

/* A key for a level from before the recording. */
static u64 earlier_key(u32 side, u64 ticks)
{
    return ticks * 2 + side;
}

/* A deletion of an order that the recording never created: it was part of such a level. */
static enum fault take_unknown_deleted(struct flow_bitstamp *reader,
                                       const struct bitstamp_event *event)
{
    struct flow_place place =
        place_of(reader, event->id, EARLIER, event->side, event->price, event->amount);
    u32 order_id = id_map_find(&reader->earlier, earlier_key(event->side, place.ticks));
    const struct shadow_order *order =
        order_id != ID_MAP_NONE ? shadow_find(&reader->shadow, order_id) : NULL;
    if (order == NULL || place.lots == 0) {
        flow_note(reader->flow, "deletions left out: the order was never created", 1);
        return FAULT_NONE;
    }
    flow_note(reader->flow, "deletions taken off a level from before the recording", 1);
    return put_reduce(reader, order_id, order->lots - u64_min(order->lots, place.lots));
}

static enum fault take_deleted(struct flow_bitstamp *reader, const struct bitstamp_event *event,
                               struct known *known)
{
    bool again = known->deleted;
    known->deleted = true;
    if (!known->placed && !again) {
        return take_unknown_deleted(reader, event);
    }
    const struct shadow_order *order = shadow_find(&reader->shadow, known->order_id);
    if (order == NULL) {
        flow_note(reader->flow,
                  again ? "deletions left out: repeated"
                        : "deletions of orders already executed here",
                  1);
        return FAULT_NONE;
    }
    flow_note(reader->flow,
              event->amount == 0 ? "cancels: filled there against what is not on this book"
                                 : "cancels",
              1);
    return put_reduce(reader, known->order_id, 0);
}

/* ---- pictures ---- */

/* The first picture shows levels whose orders came before the recording. */
static enum fault seed(struct flow_bitstamp *reader, const struct bitstamp_picture *picture)
{
    reader->seeded = true;
    for (u32 side = 0; side < 2; side += 1) {
        for (u32 i = 0; i < picture->counts[side]; i += 1) {
            struct flow_place place = place_of(reader, 0, EARLIER, side, picture->prices[side][i],
                                               picture->amounts[side][i]);
            u64 here = shadow_level(&reader->shadow, place.side, place.ticks);
            if (place.lots <= here) {
                continue;
            }
            place.lots -= here;
            if (!place_fits(reader, &place)) {
                continue;
            }
            place.file_id = EARLIER_ID | earlier_key(side, place.ticks);
            flow_note(reader->flow, "levels taken from the first order_book line", 1);
            u64 order_id = 0;
            TRY(put_order(reader, &place, &order_id));
            TRY(id_map_put(&reader->earlier, earlier_key(side, place.ticks), (u32)order_id));
        }
    }
    return FAULT_NONE;
}

static enum fault take_picture(struct flow_bitstamp *reader, const struct bitstamp_event *event,
                               const struct bitstamp_picture *picture)
{
    struct flow_snapshot snapshot = {
        .commands = reader->flow->commands_count, .line = event->line, .depth = FLOW_LEVELS};
    for (u32 side = 0; side < 2; side += 1) {
        for (u32 i = 0; i < picture->counts[side] && i < FLOW_LEVELS; i += 1) {
            snapshot.levels[side][i] =
                (struct flow_level){.ticks = picture->prices[side][i] / reader->flow->market.tick,
                                    .lots = picture->amounts[side][i] / reader->flow->market.lot};
        }
    }
    TRY(flow_table_add(&reader->flow->snapshots, span_of(&snapshot, sizeof(snapshot))));
    return reader->seeded ? FAULT_NONE : seed(reader, picture);
}

/* ---- the whole ---- */

static enum fault take_event(struct flow_bitstamp *reader, u64 index, u64 *picture)
{
    const struct bitstamp_event *event = event_at(reader, index);
    struct known *known =
        names_order(event) ? known_at(reader, id_map_find(&reader->ids, event->id)) : NULL;
    switch (event->kind) {
    case BITSTAMP_CREATED:
        return take_created(reader, event, known);
    case BITSTAMP_CHANGED:
        return take_changed(reader, event, known, index);
    case BITSTAMP_DELETED:
        return take_deleted(reader, event, known);
    case BITSTAMP_PICTURE:
        *picture += 1;
        return take_picture(
            reader, event,
            &((const struct bitstamp_picture *)(const void *)reader->pictures.data)[*picture - 1]);
    case BITSTAMP_OTHER:
        break;
    }
    return FAULT_NONE;
}

enum fault flow_bitstamp_finish(struct flow_bitstamp *reader)
{
    struct flow *flow = reader->flow;
    u64 count = reader->events.used / sizeof(struct bitstamp_event);
    if (count == 0) {
        return FAULT(FAULT_INPUT, "the recording holds no order event");
    }
    flow->snapshot_names[0] = GROUP_NAME;
    TRY(flow_grid_finish(&reader->grid, flow, "BTCUSD", "BTC", "USD"));
    TRY(link_events(reader));
    u64 picture = 0;
    u64 now_ms = 0;
    for (u64 i = 0; i < count; i += 1) {
        now_ms = u64_max(now_ms, event_at(reader, i)->time_ms);
        TRY(take_event(reader, i, &picture));
        TRY(flow_put_time(flow, now_ms * 1000));
    }
    flow->orders_open_max = reader->shadow.resting_max + 1;
    flow_note(flow, "trades foreseen", reader->shadow.trades);
    return flow_finish(flow);
}
