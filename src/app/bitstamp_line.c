#include "app/bitstamp_line.h"

#include "app/flow_json.h"
#include "base/amount.h"
#include "base/span.h"

#include <string.h>

#define COLUMNS     7U
#define TIME_MS_MAX 95617584000000ULL /* 1 January of the year 5000 */

static const char heading[] = "id,timestamp,exchange.timestamp,price,volume,action,direction";

/* ---- names ---- */

static bool span_is(struct span text, const char *word)
{
    return span_equal(text, span_of_text(word));
}

static bool kind_of(struct span name, enum bitstamp_kind *kind_out)
{
    static const struct {
        const char *name;
        enum bitstamp_kind kind;
    } names[] = {
        {"order_created", BITSTAMP_CREATED}, {"order_changed", BITSTAMP_CHANGED},
        {"order_deleted", BITSTAMP_DELETED}, {"order_book", BITSTAMP_PICTURE},
        {"trade", BITSTAMP_OTHER},
    };
    for (u32 i = 0; i < ARRAY_COUNT(names); i += 1) {
        if (span_is(name, names[i].name)) {
            *kind_out = names[i].kind;
            return true;
        }
    }
    return false;
}

/* ---- JSON ---- */

static enum fault read_order(const struct flow_place_at *at, const json_t *data,
                             struct bitstamp_event *event)
{
    const json_t *value = NULL;
    TRY(flow_json_member(at, data, "id_str", "id", &value));
    TRY(flow_json_u64(at, value, "id", &event->id));
    TRY(flow_json_member(at, data, "price_str", "price", &value));
    TRY(flow_json_decimal(at, value, "price", &event->price));
    TRY(flow_json_member(at, data, "amount_str", "amount", &value));
    TRY(flow_json_decimal(at, value, "amount", &event->amount));
    TRY(flow_json_member(at, data, "order_type", NULL, &value));
    u64 side = 0;
    TRY(flow_json_u64(at, value, "order_type", &side));
    if (side > 1) {
        return flow_bad(at, "order_type: %llu is neither 0 nor 1", (unsigned long long)side);
    }
    event->side = (u32)side;
    return FAULT_NONE;
}

static enum fault read_level(const struct flow_place_at *at, const json_t *row, const char *name,
                             u64 *price_out, u64 *amount_out)
{
    if (!json_is_array(row) || json_array_size(row) < 2) {
        return flow_bad(at, "%s: a level is not a pair of price and amount", name);
    }
    TRY(flow_json_decimal(at, json_array_get(row, 0), name, price_out));
    return flow_json_decimal(at, json_array_get(row, 1), name, amount_out);
}

static enum fault read_picture(const struct flow_place_at *at, const json_t *data,
                               struct bitstamp_picture *picture)
{
    static const char *const names[] = {"bids", "asks"};
    for (u32 side = 0; side < 2; side += 1) {
        const json_t *rows = NULL;
        TRY(flow_json_member(at, data, names[side], NULL, &rows));
        if (!json_is_array(rows)) {
            return flow_bad(at, "%s: not a list", names[side]);
        }
        u32 count = (u32)u64_min(json_array_size(rows), BITSTAMP_LEVELS_MAX);
        picture->counts[side] = count;
        for (u32 i = 0; i < count; i += 1) {
            TRY(read_level(at, json_array_get(rows, i), names[side], &picture->prices[side][i],
                           &picture->amounts[side][i]));
        }
    }
    return FAULT_NONE;
}

static enum fault read_data(const struct flow_place_at *at, const json_t *data,
                            struct bitstamp_event *event, struct bitstamp_picture *picture)
{
    switch (event->kind) {
    case BITSTAMP_CREATED:
    case BITSTAMP_CHANGED:
    case BITSTAMP_DELETED:
        return read_order(at, data, event);
    case BITSTAMP_PICTURE:
        return read_picture(at, data, picture);
    case BITSTAMP_OTHER:
        break;
    }
    return FAULT_NONE;
}

static enum fault read_data_text(const struct flow_place_at *at, struct span text,
                                 struct bitstamp_event *event, struct bitstamp_picture *picture)
{
    json_t *data = NULL;
    TRY(flow_json_parse(at, text, &data));
    enum fault fault = json_is_object(data) ? read_data(at, data, event, picture)
                                            : flow_bad(at, "the data is not an object");
    json_decref(data);
    return fault;
}

/* "<milliseconds> <event> <json>" */
static enum fault read_log(struct bitstamp_line *line, const struct flow_place_at *at,
                           struct span text, struct bitstamp_event *event,
                           struct bitstamp_picture *picture)
{
    const u8 *space = memchr(text.data, ' ', text.size);
    size_t size = space != NULL ? (size_t)(space - text.data) : text.size;
    struct amount time = AMOUNT_ZERO;
    if (space == NULL || memchr(text.data, '.', size) != NULL ||
        amount_parse(span_of(text.data, size), 0, &time) != AMOUNT_OK) {
        return flow_bad(at, "does not begin with a time in milliseconds");
    }
    struct span rest = span_after(text, size + 1);
    space = rest.size > 0 ? memchr(rest.data, ' ', rest.size) : NULL;
    if (space == NULL) {
        return flow_bad(at, "no event after the time");
    }
    struct span name = span_of(rest.data, (size_t)(space - rest.data));
    if (!kind_of(name, &event->kind)) {
        return flow_bad(at, "event \"%.*s\" is unknown", (int)u64_min(name.size, 40),
                        (const char *)name.data);
    }
    event->time_ms = time.units; /* raw: a time, only the digits are wanted */
    line->time_ms = event->time_ms;
    return read_data_text(at, span_after(rest, name.size + 1), event, picture);
}

/* The time in a frame's data, whichever of its names it has. */
static enum fault read_frame_time(struct bitstamp_line *line, const struct flow_place_at *at,
                                  const json_t *data)
{
    u64 time = 0;
    if (json_object_get(data, "microtimestamp") != NULL) {
        TRY(flow_json_u64(at, json_object_get(data, "microtimestamp"), "microtimestamp", &time));
        line->time_ms = time / 1000;
    } else if (json_object_get(data, "datetime") != NULL) {
        TRY(flow_json_u64(at, json_object_get(data, "datetime"), "datetime", &time));
        line->time_ms = time < UINT64_MAX / 1000 ? time * 1000 : time;
    }
    return FAULT_NONE;
}

/* A frame of the websocket: {"event": ..., "data": {...}}; of an order book channel the event is
 * "data". Other frames (subscriptions, heartbeats) do not matter. */
static enum fault read_frame(struct bitstamp_line *line, const struct flow_place_at *at,
                             const json_t *frame, struct bitstamp_event *event,
                             struct bitstamp_picture *picture)
{
    const json_t *name = json_object_get(frame, "event");
    const json_t *data = json_object_get(frame, "data");
    if (!json_is_string(name)) {
        return flow_bad(at, "the field \"event\" is missing");
    }
    struct span word = span_of(json_string_value(name), json_string_length(name));
    bool is_data = span_is(word, "data") && json_object_get(data, "bids") != NULL;
    if (is_data) {
        event->kind = BITSTAMP_PICTURE;
    } else if (!kind_of(word, &event->kind)) {
        return FAULT_NONE;
    }
    if (json_is_string(data)) {
        struct span text = span_of(json_string_value(data), json_string_length(data));
        event->time_ms = line->time_ms;
        return read_data_text(at, text, event, picture);
    }
    if (!json_is_object(data)) {
        return flow_bad(at, "the field \"data\" is missing");
    }
    TRY(read_frame_time(line, at, data));
    event->time_ms = line->time_ms;
    return read_data(at, data, event, picture);
}

/* ---- table ---- */

static enum fault read_column_u64(const struct flow_place_at *at, struct span text,
                                  const char *name, u64 *number_out)
{
    struct amount amount = AMOUNT_ZERO;
    if (memchr(text.data, '.', text.size) != NULL || amount_parse(text, 0, &amount) != AMOUNT_OK) {
        return flow_bad(at, "%s: \"%.*s\" is not a whole number", name, (int)u64_min(text.size, 40),
                        (const char *)text.data);
    }
    *number_out = amount.units; /* raw: an id, a time or a count of 10^-8 */
    return FAULT_NONE;
}

static enum fault read_row(struct bitstamp_line *line, const struct flow_place_at *at,
                           struct span text, struct bitstamp_event *event)
{
    struct span columns[COLUMNS];
    u32 count = 0;
    for (struct span rest = text; count < COLUMNS; count += 1) {
        const u8 *comma = rest.size > 0 ? memchr(rest.data, ',', rest.size) : NULL;
        size_t size = comma != NULL ? (size_t)(comma - rest.data) : rest.size;
        columns[count] = span_of(rest.data, size);
        if (comma == NULL) {
            count += 1;
            rest.size = 0;
            break;
        }
        rest = span_after(rest, size + 1);
        if (count + 1 == COLUMNS) {
            return flow_bad(at, "more than %u columns", COLUMNS);
        }
    }
    if (count < COLUMNS) {
        return flow_bad(at, "%u columns instead of %u", count, COLUMNS);
    }
    TRY(read_column_u64(at, columns[0], "id", &event->id));
    TRY(read_column_u64(at, columns[1], "timestamp", &event->time_ms));
    TRY(flow_text_decimal(at, columns[3], "price", &event->price));
    TRY(read_column_u64(at, columns[4], "volume", &event->amount));
    if (!span_is(columns[6], "bid") && !span_is(columns[6], "ask")) {
        return flow_bad(at, "direction: \"%.*s\" is neither bid nor ask",
                        (int)u64_min(columns[6].size, 40), (const char *)columns[6].data);
    }
    event->side = span_is(columns[6], "ask") ? 1 : 0;
    line->time_ms = event->time_ms;
    event->kind = span_is(columns[5], "created")   ? BITSTAMP_CREATED
                  : span_is(columns[5], "changed") ? BITSTAMP_CHANGED
                  : span_is(columns[5], "deleted") ? BITSTAMP_DELETED
                                                   : BITSTAMP_OTHER;
    if (event->kind == BITSTAMP_OTHER) {
        return flow_bad(at, "action: \"%.*s\" is none of created, changed, deleted",
                        (int)u64_min(columns[5].size, 40), (const char *)columns[5].data);
    }
    return FAULT_NONE;
}

static enum fault read_line(struct bitstamp_line *line, struct span text,
                            struct bitstamp_event *event_out, struct bitstamp_picture *picture_out)
{
    struct flow_place_at at = {.path = line->path, .line = line->number};
    *event_out = (struct bitstamp_event){.kind = BITSTAMP_OTHER, .line = line->number};
    if (text.size == 0) {
        return FAULT_NONE;
    }
    if (span_is(text, heading)) {
        line->is_table = true;
        return FAULT_NONE;
    }
    if (line->is_table) {
        return read_row(line, &at, text, event_out);
    }
    if (text.data[0] != '{') {
        return read_log(line, &at, text, event_out, picture_out);
    }
    json_t *frame = NULL;
    TRY(flow_json_parse(&at, text, &frame));
    enum fault fault = read_frame(line, &at, frame, event_out, picture_out);
    json_decref(frame);
    return fault;
}

enum fault bitstamp_line_read(struct bitstamp_line *line, struct span text,
                              struct bitstamp_event *event_out,
                              struct bitstamp_picture *picture_out)
{
    TRY(read_line(line, text, event_out, picture_out));
    if (event_out->time_ms > TIME_MS_MAX) {
        struct flow_place_at at = {.path = line->path, .line = line->number};
        return flow_bad(&at, "the time is beyond the year 5000");
    }
    return FAULT_NONE;
}
