#include "app/flow_binance.h"

#include "app/binance_line.h"
#include "app/flow_grid.h"
#include "app/id_map.h"
#include "app/shadow.h"
#include "base/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ACCOUNT_BIDS, ACCOUNT_ASKS, ACCOUNT_TAKERS };
enum { PICTURE_AT_DEPTH, PICTURE_AT_TICKER };

/* A level as the last depth update that named it left it. */
struct said {
    u64 order_id; /* the made-up order; the shadow knows whether it still rests */
    u64 ticks;
    u64 lots;
    u64 update; /* the number of the depth update that named it last */
    u32 side;
};

struct flow_binance {
    struct flow *flow;
    char symbol[BINANCE_SYMBOL_BYTES];
    struct flow_grid grid;
    struct flow_table frames; /* struct binance_frame */
    struct flow_table levels; /* struct binance_level */
    struct flow_table said;   /* struct said */
    struct flow_table used;   /* u32: levels that trades have eaten from since the last update */
    struct id_map places;     /* side and price -> place in `said` */
    struct shadow shadow;
    u64 last_id;  /* of the last depth update */
    u64 depth_ms; /* its time */
    u64 update;
    u64 ticker; /* the next frame to look at for tickers by update id */
    u64 now_ms;
    const struct binance_frame *best; /* the last ticker up to last_id */
};

enum fault flow_binance_open(struct flow_binance **reader_out, struct flow *flow,
                             const char *symbol)
{
    struct flow_binance *reader = calloc(1, sizeof(*reader));
    *reader_out = reader;
    if (reader == NULL) {
        return FAULT(FAULT_LIMIT, "out of memory");
    }
    reader->flow = flow;
    flow_grid_init(&reader->grid);
    shadow_init(&reader->shadow);
    if (symbol != NULL) {
        if (strlen(symbol) >= sizeof(reader->symbol)) {
            return FAULT(FAULT_USAGE, "--symbol: \"%s\" is too long", symbol);
        }
        (void)snprintf(reader->symbol, sizeof(reader->symbol), "%s", symbol);
    }
    return FAULT_NONE;
}

void flow_binance_close(struct flow_binance *reader)
{
    if (reader == NULL) {
        return;
    }
    flow_table_release(&reader->frames);
    flow_table_release(&reader->levels);
    flow_table_release(&reader->said);
    flow_table_release(&reader->used);
    id_map_release(&reader->places);
    shadow_close(&reader->shadow);
    free(reader);
}

/* ---- first pass: all lines ---- */

/* The frame's levels of one side; NULL when it has none. */
static const struct binance_level *levels_of(const struct flow_binance *reader,
                                             const struct binance_frame *frame, u32 side)
{
    if (frame->counts[side] == 0) {
        return NULL;
    }
    const struct binance_level *levels =
        (const struct binance_level *)(const void *)reader->levels.data;
    return levels + frame->levels_at + (side == 1 ? frame->counts[0] : 0);
}

static enum fault keep(struct flow_binance *reader, const struct binance_line *line,
                       const struct binance_frame *frame)
{
    if (line->symbol[0] != 0 && reader->symbol[0] == 0 && frame->kind != BINANCE_OTHER) {
        memcpy(reader->symbol, line->symbol, sizeof(reader->symbol));
    }
    bool other = line->symbol[0] != 0 && strcmp(line->symbol, reader->symbol) != 0;
    if (other || frame->kind == BINANCE_OTHER) {
        reader->levels.used = frame->levels_at * sizeof(struct binance_level);
        flow_note(reader->flow,
                  other ? "frames left out: of another market"
                        : "lines left out: no depth, ticker or trade",
                  1);
        return FAULT_NONE;
    }
    for (u32 side = 0; side < 2; side += 1) {
        const struct binance_level *levels = levels_of(reader, frame, side);
        for (u32 i = 0; i < frame->counts[side]; i += 1) {
            flow_grid_price(&reader->grid, levels[i].price);
            flow_grid_amount(&reader->grid, levels[i].amount);
        }
    }
    return flow_table_add(&reader->frames, span_of(frame, sizeof(*frame)));
}

enum fault flow_binance_read(struct flow_binance *reader, struct input *input,
                             struct progress *progress)
{
    struct binance_line line = {.path = input_path(input)};
    for (bool more = true; more;) {
        struct span text;
        TRY(input_line(input, &text, &more));
        if (!more) {
            break;
        }
        line.number = input_line_number(input);
        struct binance_frame frame;
        TRY(binance_line_read(&line, text, &frame, &reader->levels));
        TRY(keep(reader, &line, &frame));
        u64 done = 0;
        u64 all = 0;
        input_progress(input, &done, &all);
        progress_update(progress, done, all);
    }
    return FAULT_NONE;
}

/* ---- second pass: levels ---- */

static struct flow_place place_of(const struct flow_binance *reader, u32 side, u64 price,
                                  u64 amount)
{
    return (struct flow_place){.account = side == 0 ? ACCOUNT_BIDS : ACCOUNT_ASKS,
                               .side = side == 0 ? SIDE_BUY : SIDE_SELL,
                               .tif = TIME_IN_FORCE_GTC,
                               .ticks = price / reader->flow->market.tick,
                               .lots = amount / reader->flow->market.lot};
}

static struct said *said_at(const struct flow_binance *reader, u32 index)
{
    return &((struct said *)(void *)reader->said.data)[index];
}

static enum fault said_of(struct flow_binance *reader, u32 side, u64 ticks, u32 *index_out)
{
    u64 key = ticks * 2 + side;
    u32 index = id_map_find(&reader->places, key);
    if (index == ID_MAP_NONE) {
        struct said said = {.ticks = ticks, .side = side};
        index = (u32)(reader->said.used / sizeof(said));
        TRY(flow_table_add(&reader->said, span_of(&said, sizeof(said))));
        TRY(id_map_put(&reader->places, key, index));
    }
    *index_out = index;
    return FAULT_NONE;
}

static enum fault place_level(struct flow_binance *reader, struct said *said,
                              const struct flow_place *place)
{
    struct flow_place numbered = *place;
    numbered.file_id = flow_orders_count(reader->flow) + 1;
    TRY(flow_put_order(reader->flow, &numbered, &said->order_id));
    u64 left = 0;
    return shadow_place(&reader->shadow, said->order_id, &numbered, &left);
}

/* Makes the level hold fewer lots. */
static enum fault shrink_level(struct flow_binance *reader, const struct said *said, u64 lots)
{
    u32 account = said->side == 0 ? ACCOUNT_BIDS : ACCOUNT_ASKS;
    if (lots == 0) {
        shadow_remove(&reader->shadow, said->order_id);
        return flow_put_cancel(reader->flow, account, said->order_id);
    }
    u64 total = shadow_reduce(&reader->shadow, said->order_id, lots);
    return flow_put_amend(reader->flow, account, said->order_id, total);
}

/* Makes the level hold more lots: by a new order in its place. */
static enum fault grow_level(struct flow_binance *reader, struct said *said,
                             const struct flow_place *place)
{
    const struct shadow_order *order = shadow_find(&reader->shadow, said->order_id);
    if (order == NULL) {
        return place_level(reader, said, place);
    }
    struct flow_place numbered = *place;
    numbered.file_id = flow_orders_count(reader->flow) + 1;
    u64 target = said->order_id;
    TRY(flow_put_replace(reader->flow, target, &numbered, &said->order_id));
    shadow_remove(&reader->shadow, target);
    u64 left = 0;
    return shadow_place(&reader->shadow, said->order_id, &numbered, &left);
}

/* A level that the other side has passed is gone, whether or not an update said so. */
static enum fault clear_crossed(struct flow_binance *reader, const struct flow_place *place)
{
    u32 other = place->side == SIDE_BUY ? 1 : 0;
    for (;;) {
        u64 best = shadow_best(&reader->shadow, other == 1 ? SIDE_SELL : SIDE_BUY);
        if (best == 0 || !levels_crosses(place->side, place->ticks, best)) {
            return FAULT_NONE;
        }
        u32 index = 0;
        TRY(said_of(reader, other, best, &index));
        flow_note(reader->flow, "levels canceled: the other side has passed them", 1);
        said_at(reader, index)->lots = 0;
        TRY(shrink_level(reader, said_at(reader, index), 0));
    }
}

/* Brings one level to what was said of it: shrinking first, growing once all have shrunk. */
static enum fault settle_level(struct flow_binance *reader, u32 index, bool growing)
{
    struct said *said = said_at(reader, index);
    const struct shadow_order *order = shadow_find(&reader->shadow, said->order_id);
    u64 here = order != NULL ? order->lots : 0;
    if (!growing && said->lots < here) {
        flow_note(reader->flow, said->lots == 0 ? "levels canceled" : "levels reduced", 1);
        return shrink_level(reader, said, said->lots);
    }
    if (!growing || said->lots <= here) {
        return FAULT_NONE;
    }
    struct flow_place place = {.account = said->side == 0 ? ACCOUNT_BIDS : ACCOUNT_ASKS,
                               .side = said->side == 0 ? SIDE_BUY : SIDE_SELL,
                               .tif = TIME_IN_FORCE_GTC,
                               .ticks = said->ticks,
                               .lots = said->lots};
    if (!flow_place_fits(reader->flow, &place)) {
        flow_note(reader->flow, "levels left out: price or amount out of bounds", 1);
        return FAULT_NONE;
    }
    TRY(clear_crossed(reader, &place));
    flow_note(reader->flow, here == 0 ? "levels placed" : "levels raised", 1);
    return grow_level(reader, said_at(reader, index), &place);
}

static enum fault settle_frame(struct flow_binance *reader, const struct binance_frame *frame,
                               bool growing)
{
    for (u32 side = 0; side < 2; side += 1) {
        const struct binance_level *levels = levels_of(reader, frame, side);
        for (u32 i = 0; i < frame->counts[side]; i += 1) {
            struct flow_place place = place_of(reader, side, levels[i].price, levels[i].amount);
            u32 index = 0;
            TRY(said_of(reader, side, place.ticks, &index));
            struct said *said = said_at(reader, index);
            said->lots = place.lots;
            said->update = reader->update;
            TRY(settle_level(reader, index, growing));
        }
    }
    return FAULT_NONE;
}

/* Levels that trades have eaten from, and that the update covering those trades does not name, are
 * as they were: something had come back in the meantime. */
static enum fault settle_used(struct flow_binance *reader, bool growing)
{
    for (size_t i = 0; i < reader->used.used / sizeof(u32); i += 1) {
        u32 index = ((const u32 *)(const void *)reader->used.data)[i];
        if (said_at(reader, index)->update != reader->update) {
            TRY(settle_level(reader, index, growing));
        }
    }
    return FAULT_NONE;
}

static enum fault add_picture(struct flow_binance *reader, const struct binance_frame *ticker,
                              u32 kind)
{
    struct flow_snapshot snapshot = {
        .commands = reader->flow->commands_count, .line = ticker->line, .kind = kind, .depth = 1};
    for (u32 side = 0; side < 2; side += 1) {
        const struct binance_level *level = levels_of(reader, ticker, side);
        snapshot.levels[side][0] =
            (struct flow_level){.ticks = level->price / reader->flow->market.tick,
                                .lots = level->amount / reader->flow->market.lot};
    }
    return flow_table_add(&reader->flow->snapshots, span_of(&snapshot, sizeof(snapshot)));
}

/* The last ticker whose update id is not above that of the book. */
static void find_best(struct flow_binance *reader)
{
    const struct binance_frame *frames =
        (const struct binance_frame *)(const void *)reader->frames.data;
    u64 count = reader->frames.used / sizeof(*frames);
    for (; reader->ticker < count; reader->ticker += 1) {
        const struct binance_frame *frame = &frames[reader->ticker];
        if (frame->kind == BINANCE_TICKER && frame->last > reader->last_id) {
            return;
        }
        if (frame->kind == BINANCE_TICKER) {
            reader->best = frame;
        }
    }
}

static enum fault take_depth(struct flow_binance *reader, const struct binance_frame *frame)
{
    if (frame->last <= reader->last_id) {
        flow_note(reader->flow, "depth updates left out: older than the snapshot", 1);
        return FAULT_NONE;
    }
    if (frame->kind == BINANCE_DEPTH && reader->last_id != 0 &&
        frame->first > reader->last_id + 1) {
        flow_note(reader->flow, "gaps in the update ids", 1);
    }
    reader->last_id = frame->last;
    reader->depth_ms = frame->time_ms;
    reader->update += 1;
    TRY(settle_frame(reader, frame, false));
    TRY(settle_used(reader, false));
    TRY(settle_frame(reader, frame, true));
    TRY(settle_used(reader, true));
    reader->used.used = 0;
    find_best(reader);
    flow_note(reader->flow, frame->kind == BINANCE_DEPTH ? "depth updates" : "snapshots", 1);
    return reader->best != NULL ? add_picture(reader, reader->best, PICTURE_AT_DEPTH) : FAULT_NONE;
}

/* ---- second pass: trades ---- */

/* Remembers the levels between the best one and the trade's price: those it can have eaten from. */
static enum fault mark_used(struct flow_binance *reader, u32 side, u64 ticks)
{
    u32 index = 0;
    TRY(said_of(reader, side, ticks, &index));
    return flow_table_add(&reader->used, span_of(&index, sizeof(index)));
}

static enum fault take_trade(struct flow_binance *reader, const struct binance_frame *frame)
{
    struct flow *flow = reader->flow;
    const struct binance_level *level = levels_of(reader, frame, 0);
    struct flow_place place =
        place_of(reader, frame->taker_sells ? 1 : 0, level->price, level->amount);
    place.account = ACCOUNT_TAKERS;
    place.tif = TIME_IN_FORCE_IOC;
    if (reader->update == 0 || frame->time_ms <= reader->depth_ms) {
        flow_note(flow, "trades left out: the book knows them already", 1);
        return FAULT_NONE;
    }
    if (!flow_place_fits(flow, &place)) {
        flow_note(flow, "trades left out: price or amount out of bounds", 1);
        return FAULT_NONE;
    }
    u32 other = frame->taker_sells ? 0 : 1;
    enum side maker = frame->taker_sells ? SIDE_BUY : SIDE_SELL;
    u64 best = shadow_best(&reader->shadow, maker);
    bool meets = best != 0 && levels_crosses(place.side, place.ticks, best);
    u64 at_price = shadow_level(&reader->shadow, maker, place.ticks);
    const char *name = !meets                  ? "trades that found nothing"
                       : best != place.ticks   ? "trades that found a better price first"
                       : at_price < place.lots ? "trades that found a part of their amount"
                                               : "trades at their price and amount";
    flow_note(flow, name, 1);
    for (u64 ticks = best; meets && levels_crosses(place.side, place.ticks, ticks);) {
        TRY(mark_used(reader, other, ticks));
        const struct levels *levels = &reader->shadow.sides[maker];
        const struct level *row = levels_find(levels, ticks);
        if (row == levels->rows) {
            break;
        }
        ticks = row[-1].ticks;
    }
    place.file_id = flow_orders_count(flow) + 1;
    u64 order_id = 0;
    TRY(flow_put_order(flow, &place, &order_id));
    u64 left = 0;
    TRY(shadow_place(&reader->shadow, order_id, &place, &left));
    flow_note(flow, "lots traded in the recording", place.lots);
    return FAULT_NONE;
}

/* ---- the whole ---- */

static enum fault take_frame(struct flow_binance *reader, const struct binance_frame *frame,
                             bool after_snapshot)
{
    reader->now_ms = u64_max(reader->now_ms, frame->time_ms);
    switch (frame->kind) {
    case BINANCE_SNAPSHOT:
        if (reader->update > 0) {
            flow_note(reader->flow, "snapshots left out: not the first", 1);
            return FAULT_NONE;
        }
        return take_depth(reader, frame);
    case BINANCE_DEPTH:
        return after_snapshot ? take_depth(reader, frame) : FAULT_NONE;
    case BINANCE_TICKER:
        return after_snapshot ? add_picture(reader, frame, PICTURE_AT_TICKER) : FAULT_NONE;
    case BINANCE_TRADE:
        return after_snapshot ? take_trade(reader, frame) : FAULT_NONE;
    case BINANCE_OTHER:
        break;
    }
    return FAULT_NONE;
}

static enum fault take_frames(struct flow_binance *reader)
{
    const struct binance_frame *frames =
        (const struct binance_frame *)(const void *)reader->frames.data;
    u64 count = reader->frames.used / sizeof(*frames);
    u64 snapshot = 0;
    while (snapshot < count && frames[snapshot].kind != BINANCE_SNAPSHOT) {
        snapshot += 1;
    }
    bool begun = snapshot == count; /* without one the book is learned from the updates */
    for (u64 i = 0; i < count; i += 1) {
        begun = begun || i == snapshot;
        if (i == snapshot) {
            /* Updates that came before it and are newer than it follow it at once. */
            TRY(take_frame(reader, &frames[i], true));
            for (u64 j = 0; j < i; j += 1) {
                if (frames[j].kind == BINANCE_DEPTH) {
                    TRY(take_frame(reader, &frames[j], true));
                }
            }
        } else {
            if (!begun) {
                flow_note(reader->flow, "frames before the snapshot", 1);
            }
            TRY(take_frame(reader, &frames[i], begun));
        }
        TRY(flow_put_time(reader->flow, reader->now_ms * 1000));
    }
    return FAULT_NONE;
}

/* "BTCUSDT" is BTC in USDT: by the quote assets there are. */
static void split_symbol(const char *symbol, char base_out[9], char quote_out[9])
{
    static const char *const quotes[] = {"USDT", "USDC", "FDUSD", "TUSD", "BUSD", "BTC", "ETH",
                                         "BNB",  "EUR",  "RUB",   "TRY",  "BRL",  "GBP", "USD"};
    size_t size = strlen(symbol);
    for (u32 i = 0; i < ARRAY_COUNT(quotes); i += 1) {
        size_t quote_size = strlen(quotes[i]);
        if (size > quote_size && strcmp(symbol + size - quote_size, quotes[i]) == 0) {
            (void)snprintf(base_out, 9, "%.*s", (int)u64_min(size - quote_size, 8), symbol);
            (void)snprintf(quote_out, 9, "%s", quotes[i]);
            return;
        }
    }
    (void)snprintf(base_out, 9, "BASE");
    (void)snprintf(quote_out, 9, "QUOTE");
}

enum fault flow_binance_finish(struct flow_binance *reader)
{
    struct flow *flow = reader->flow;
    if (reader->frames.used == 0) {
        return FAULT(FAULT_INPUT, "the recording holds no depth, ticker or trade%s%s",
                     reader->symbol[0] != 0 ? " of " : "", reader->symbol);
    }
    flow->snapshot_names[PICTURE_AT_DEPTH] =
        "book tickers, best level a side, after each depth update by update id";
    flow->snapshot_names[PICTURE_AT_TICKER] = "book tickers, best level a side, as each one comes";
    char base[9];
    char quote[9];
    split_symbol(reader->symbol, base, quote);
    const char *name = reader->symbol[0] != 0 ? reader->symbol : "MARKET";
    TRY(flow_grid_finish(&reader->grid, flow, name, base, quote));
    TRY(take_frames(reader));
    flow->orders_open_max = reader->shadow.resting_max + 1;
    flow_note(flow, "trades foreseen", reader->shadow.trades);
    return flow_finish(flow);
}
