#include "app/bots_recording.h"

#include "app/flow_binance.h"
#include "app/flow_bitstamp.h"
#include "app/progress.h"
#include "base/check.h"
#include "io/clock.h"
#include "io/input.h"

#include <stdlib.h>
#include <string.h>

#define ONE         VENUE_MAKER_ONE
#define BITSTAMP    "BTCUSD"
#define BITSTAMP_AS DEMO_BTCUSDT

/* ---- reading ---- */

static bool has(struct span line, const char *text)
{
    return memmem(line.data, line.size, text, strlen(text)) != NULL;
}

/* By the first line. */
static enum fault kind_of(const char *path, bool *is_binance_out)
{
    struct input *input = NULL;
    struct span line = {.size = 0};
    bool more = false;
    TRY(input_open(&input, disk_real(), path, 0));
    enum fault fault = input_line(input, &line, &more);
    bool is_binance = more && (has(line, "\"stream\"") || has(line, "\"lastUpdateId\""));
    bool is_bitstamp = more && (has(line, " order_") || has(line, " trade ") ||
                                has(line, "\"event\"") || has(line, "id,timestamp,"));
    input_close(input);
    TRY(fault);
    *is_binance_out = is_binance;
    return is_binance || is_bitstamp
               ? FAULT_NONE
               : FAULT(FAULT_INPUT,
                       "%s: line 1: neither Binance's streams nor Bitstamp's order-by-order feed",
                       path);
}

static enum fault read_binance(struct flow *flow, struct input *input, struct progress *progress)
{
    struct flow_binance *reader = NULL;
    enum fault fault = flow_binance_open(&reader, flow, NULL);
    if (fault == FAULT_NONE) {
        fault = flow_binance_read(reader, input, progress);
    }
    if (fault == FAULT_NONE) {
        fault = flow_binance_finish(reader);
    }
    flow_binance_close(reader);
    return fault;
}

static enum fault read_bitstamp(struct flow *flow, struct input *input, struct progress *progress)
{
    struct flow_bitstamp *reader = NULL;
    enum fault fault = flow_bitstamp_open(&reader, flow);
    if (fault == FAULT_NONE) {
        fault = flow_bitstamp_read(reader, input, progress);
    }
    if (fault == FAULT_NONE) {
        fault = flow_bitstamp_finish(reader);
    }
    flow_bitstamp_close(reader);
    return fault;
}

static enum fault market_find(struct bots_recording *recording, const char *path)
{
    const char *name = recording->flow.market.name;
    if (strcmp(name, BITSTAMP) == 0) {
        recording->market = BITSTAMP_AS;
        return FAULT_NONE;
    }
    for (u32 index = 0; index < DEMO_MARKETS_COUNT; index += 1) {
        if (strcmp(name, demo_markets[index].market.name) == 0) {
            recording->market = (enum demo_market)index;
            return FAULT_NONE;
        }
    }
    return FAULT(FAULT_INPUT, "%s: %s is no market of the demo", path, name);
}

enum fault bots_recording_open(struct bots_recording *recording, const char *path)
{
    struct input *input = NULL;
    struct progress progress;
    bool is_binance = false;
    *recording = (struct bots_recording){.at = 0};
    flow_init(&recording->flow);
    progress_init(&progress, clock_real(), "reading", "bytes");
    TRY(kind_of(path, &is_binance));
    TRY(input_open(&input, disk_real(), path, 0));
    enum fault fault = is_binance ? read_binance(&recording->flow, input, &progress)
                                  : read_bitstamp(&recording->flow, input, &progress);
    progress_end(&progress);
    input_close(input);
    TRY(fault);
    TRY(market_find(recording, path));
    u64 orders = flow_orders_count(&recording->flow);
    recording->deeds_count = recording->flow.commands_count;
    if (orders == 0 || recording->flow.times.used / sizeof(u64) < recording->deeds_count) {
        return FAULT(FAULT_INPUT, "%s: there are no orders in it", path);
    }
    recording->is_left_out = calloc(orders, 1);
    CHECK(recording->is_left_out != NULL);
    return FAULT_NONE;
}

void bots_recording_close(struct bots_recording *recording)
{
    flow_close(&recording->flow);
    free(recording->is_left_out);
    recording->is_left_out = NULL;
}

/* ---- going through it ---- */

static u64 time_of(const struct bots_recording *recording, u64 index)
{
    u64 time = 0;
    memcpy(&time, recording->flow.times.data + index * sizeof(time), sizeof(time));
    return time;
}

/* In 10^-8, whole lots. */
static u64 qty_of(const struct bots_recording *recording, u64 units)
{
    u64 lot = demo_markets[recording->market].market.lot;
    u128 qty = units;
    for (u32 scale = recording->flow.market.base_scale; scale < VENUE_MAKER_PLACES; scale += 1) {
        qty *= 10;
    }
    for (u32 scale = recording->flow.market.base_scale; scale > VENUE_MAKER_PLACES; scale -= 1) {
        qty /= 10;
    }
    return qty > UINT64_MAX ? 0 : (u64)qty / lot * lot;
}

static bool is_taken(const struct bots_recording *recording, const struct bots_deed *deed)
{
    const struct venue_market *row = &demo_markets[recording->market].market;
    return deed->qty >= row->lot && deed->qty <= row->qty_max && deed->price % row->tick == 0 &&
           (u128)deed->price * deed->qty / ONE >= row->notional;
}

/* Gives the new order its number; false: it is left out. */
static bool order_new(struct bots_recording *recording, struct bots_deed *deed)
{
    CHECK(recording->numbers_count < flow_orders_count(&recording->flow));
    recording->numbers_count += 1;
    deed->number = recording->numbers_count;
    recording->is_left_out[deed->number - 1] = !is_taken(recording, deed);
    return recording->is_left_out[deed->number - 1] == 0;
}

static bool is_known(const struct bots_recording *recording, u64 number)
{
    return number >= 1 && number <= recording->numbers_count &&
           recording->is_left_out[number - 1] == 0;
}

/* A replacement of an order that was left out is a new order, and one by an order that the market
 * would not take is a cancel. */
static bool replace_read(struct bots_recording *recording, struct bots_deed *deed)
{
    bool knew = is_known(recording, deed->target);
    bool takes = order_new(recording, deed);
    if (knew && !takes) {
        deed->kind = BOTS_DEED_CANCEL;
        deed->number = deed->target;
    } else if (!knew) {
        deed->kind = BOTS_DEED_PLACE;
    }
    return knew || takes;
}

/* False: it is left out. */
static bool deed_read(struct bots_recording *recording, const u8 *record, u16 kind,
                      struct bots_deed *deed)
{
    struct command_order order = {.market = 0};
    struct command_cancel_replace replace;
    struct command_cancel cancel;
    struct command_amend amend;
    switch (kind) {
    case COMMAND_ORDER:
        memcpy(&order, record, (size_t)wire_units(&wire_commands[kind], 0, false) * WIRE_UNIT);
        deed->kind = order.tif == TIME_IN_FORCE_IOC ? BOTS_DEED_TAKE : BOTS_DEED_PLACE;
        deed->side = (enum side)order.side;
        deed->price = order.price.units;                /* raw: the bots' numbers */
        deed->qty = qty_of(recording, order.qty.units); /* raw: the bots' numbers */
        return order_new(recording, deed);
    case COMMAND_CANCEL_REPLACE:
        memcpy(&replace, record, sizeof(replace));
        deed->kind = BOTS_DEED_REPLACE;
        deed->side = (enum side)replace.side;
        deed->price = replace.price.units;                /* raw: the bots' numbers */
        deed->qty = qty_of(recording, replace.qty.units); /* raw: the bots' numbers */
        deed->target = replace.target_id;
        return replace_read(recording, deed);
    case COMMAND_CANCEL:
        memcpy(&cancel, record, sizeof(cancel));
        deed->kind = BOTS_DEED_CANCEL;
        deed->number = cancel.order_id;
        return is_known(recording, deed->number);
    case COMMAND_AMEND:
        memcpy(&amend, record, sizeof(amend));
        deed->kind = BOTS_DEED_AMEND;
        deed->number = amend.order_id;
        deed->qty = qty_of(recording, amend.qty.units); /* raw: the bots' numbers */
        return is_known(recording, deed->number) && deed->qty > 0;
    default: /* not an enum: a kind of command that no reader makes */
        break;
    }
    CHECK(false);
    return false;
}

bool bots_recording_next(struct bots_recording *recording, struct bots_deed *deed_out)
{
    while (recording->index < recording->deeds_count) {
        const u8 *record = recording->flow.commands.data + recording->at;
        struct command_head head;
        memcpy(&head, record, sizeof(head));
        *deed_out = (struct bots_deed){.after_us = time_of(recording, recording->index) -
                                                   time_of(recording, 0)};
        recording->at += (size_t)head.units * WIRE_UNIT;
        recording->index += 1;
        if (deed_read(recording, record, head.kind, deed_out)) {
            return true;
        }
        recording->left_out_count += 1;
    }
    return false;
}
