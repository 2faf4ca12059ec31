#include "app/binance_line.h"

#include "app/flow_json.h"

#include <string.h>

#define TIME_MS_MAX 95617584000000ULL /* 1 January of the year 5000 */

static const char address_symbol[] = "symbol=";

static enum fault add_level(const struct flow_place_at *at, const json_t *price,
                            const json_t *amount, const char *name, struct flow_table *levels)
{
    struct binance_level level = {.price = 0};
    TRY(flow_json_decimal(at, price, name, &level.price));
    TRY(flow_json_decimal(at, amount, name, &level.amount));
    return flow_table_add(levels, span_of(&level, sizeof(level)));
}

static enum fault read_rows(const struct flow_place_at *at, const json_t *data, const char *name,
                            const char *name2, u32 *count_out, struct flow_table *levels)
{
    const json_t *rows = NULL;
    TRY(flow_json_member(at, data, name, name2, &rows));
    if (!json_is_array(rows) || json_array_size(rows) > BINANCE_LEVELS_MAX) {
        return flow_bad(at, "%s: not a list of at most %u levels", name, BINANCE_LEVELS_MAX);
    }
    *count_out = (u32)json_array_size(rows);
    for (size_t i = 0; i < json_array_size(rows); i += 1) {
        const json_t *row = json_array_get(rows, i);
        if (!json_is_array(row) || json_array_size(row) < 2) {
            return flow_bad(at, "%s: a level is not a pair of price and amount", name);
        }
        TRY(add_level(at, json_array_get(row, 0), json_array_get(row, 1), name, levels));
    }
    return FAULT_NONE;
}

static enum fault read_u64(const struct flow_place_at *at, const json_t *data, const char *name,
                           u64 *number_out)
{
    const json_t *value = NULL;
    TRY(flow_json_member(at, data, name, NULL, &value));
    return flow_json_u64(at, value, name, number_out);
}

static enum fault read_snapshot(const struct flow_place_at *at, const json_t *data,
                                struct binance_frame *frame, struct flow_table *levels)
{
    frame->kind = BINANCE_SNAPSHOT;
    TRY(read_u64(at, data, "lastUpdateId", &frame->last));
    frame->first = frame->last;
    TRY(read_rows(at, data, "bids", NULL, &frame->counts[0], levels));
    return read_rows(at, data, "asks", NULL, &frame->counts[1], levels);
}

static enum fault read_depth(const struct flow_place_at *at, const json_t *data,
                             struct binance_frame *frame, struct flow_table *levels)
{
    frame->kind = BINANCE_DEPTH;
    TRY(read_u64(at, data, "E", &frame->time_ms));
    TRY(read_u64(at, data, "U", &frame->first));
    TRY(read_u64(at, data, "u", &frame->last));
    TRY(read_rows(at, data, "b", NULL, &frame->counts[0], levels));
    return read_rows(at, data, "a", NULL, &frame->counts[1], levels);
}

static enum fault read_ticker(const struct flow_place_at *at, const json_t *data,
                              struct binance_frame *frame, struct flow_table *levels)
{
    frame->kind = BINANCE_TICKER;
    TRY(read_u64(at, data, "u", &frame->last));
    frame->first = frame->last;
    frame->counts[0] = 1;
    frame->counts[1] = 1;
    TRY(add_level(at, json_object_get(data, "b"), json_object_get(data, "B"), "b", levels));
    return add_level(at, json_object_get(data, "a"), json_object_get(data, "A"), "a", levels);
}

static enum fault read_trade(const struct flow_place_at *at, const json_t *data,
                             struct binance_frame *frame, struct flow_table *levels)
{
    frame->kind = BINANCE_TRADE;
    TRY(read_u64(at, data, "T", &frame->time_ms));
    const json_t *value = NULL;
    TRY(flow_json_member(at, data, "m", NULL, &value));
    if (!json_is_boolean(value)) {
        return flow_bad(at, "m: neither true nor false");
    }
    frame->taker_sells = json_is_true(value); /* the buyer is the maker */
    frame->counts[0] = 1;
    return add_level(at, json_object_get(data, "p"), json_object_get(data, "q"), "p", levels);
}

/* A book ticker of a spot market has no "e"; the others have. */
static enum fault read_data(const struct flow_place_at *at, const json_t *data,
                            struct binance_frame *frame, struct flow_table *levels)
{
    const char *event = json_string_value(json_object_get(data, "e"));
    if (json_object_get(data, "lastUpdateId") != NULL) {
        return read_snapshot(at, data, frame, levels);
    }
    if (event == NULL) {
        bool ticker = json_object_get(data, "u") != NULL && json_object_get(data, "B") != NULL &&
                      json_object_get(data, "A") != NULL;
        return ticker ? read_ticker(at, data, frame, levels) : FAULT_NONE;
    }
    if (strcmp(event, "depthUpdate") == 0) {
        return read_depth(at, data, frame, levels);
    }
    if (strcmp(event, "trade") == 0 || strcmp(event, "aggTrade") == 0) {
        return read_trade(at, data, frame, levels);
    }
    return strcmp(event, "bookTicker") == 0 ? read_ticker(at, data, frame, levels) : FAULT_NONE;
}

static void set_symbol(struct binance_line *line, const char *symbol, size_t size)
{
    line->symbol[0] = 0;
    if (size < sizeof(line->symbol)) {
        memcpy(line->symbol, symbol, size);
        line->symbol[size] = 0;
    }
}

/* Which market the line is about: the field "s", the stream's name, or the address asked. */
static void find_symbol(struct binance_line *line, struct span before, const json_t *value,
                        const json_t *data)
{
    line->symbol[0] = 0;
    const json_t *symbol = json_object_get(data, "s");
    const json_t *stream = json_object_get(value, "stream");
    if (json_is_string(symbol)) {
        set_symbol(line, json_string_value(symbol), json_string_length(symbol));
        return;
    }
    if (json_is_string(stream)) {
        set_symbol(line, json_string_value(stream), strcspn(json_string_value(stream), "@"));
        for (char *c = line->symbol; *c != 0; c += 1) {
            *c = *c >= 'a' && *c <= 'z' ? (char)(*c - 'a' + 'A') : *c;
        }
        return;
    }
    const char *found = before.size > 0 ? memmem(before.data, before.size, address_symbol,
                                                 sizeof(address_symbol) - 1)
                                        : NULL;
    if (found != NULL) {
        const char *begin = found + sizeof(address_symbol) - 1;
        const char *end = (const char *)before.data + before.size;
        size_t size = 0;
        while (begin + size < end && begin[size] != '&' && begin[size] != ' ') {
            size += 1;
        }
        set_symbol(line, begin, size);
    }
}

static enum fault read_value(struct binance_line *line, const struct flow_place_at *at,
                             struct span before, const json_t *value, struct binance_frame *frame,
                             struct flow_table *levels)
{
    const json_t *inner = json_object_get(value, "data");
    const json_t *data = json_is_object(inner) ? inner : value;
    find_symbol(line, before, value, data);
    TRY(read_data(at, data, frame, levels));
    if (frame->time_ms > TIME_MS_MAX) {
        return flow_bad(at, "the time is beyond the year 5000");
    }
    if (frame->first > frame->last) {
        return flow_bad(at, "U: %llu is above u", (unsigned long long)frame->first);
    }
    return FAULT_NONE;
}

enum fault binance_line_read(struct binance_line *line, struct span text,
                             struct binance_frame *frame_out, struct flow_table *levels)
{
    struct flow_place_at at = {.path = line->path, .line = line->number};
    *frame_out = (struct binance_frame){.kind = BINANCE_OTHER,
                                        .line = line->number,
                                        .levels_at = levels->used / sizeof(struct binance_level)};
    line->symbol[0] = 0;
    const u8 *brace = text.size > 0 ? memchr(text.data, '{', text.size) : NULL;
    bool is_remark = text.size > 0 && brace == NULL; /* an address alone, a heading */
    if (text.size == 0 || is_remark) {
        return FAULT_NONE;
    }
    struct span before = span_of(text.data, (size_t)(brace - text.data));
    json_t *value = NULL;
    TRY(flow_json_parse(&at, span_after(text, before.size), &value));
    enum fault fault = read_value(line, &at, before, value, frame_out, levels);
    json_decref(value);
    return fault;
}
