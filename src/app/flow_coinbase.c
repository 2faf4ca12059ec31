#include "app/flow_coinbase.h"

#include "app/flow_grid.h"
#include "app/flow_json.h"
#include "base/hash.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TRADERS 64U /* accounts that share the orders by their ids */

static const char *const side_names[] = {"bids", "asks"};

struct row {
    u64 price;
    u64 amount;
    u64 id;    /* a digest of the order id's text */
    u64 place; /* in the file, so that sorting keeps the order of time */
};

struct reader {
    struct flow *flow;
    struct flow_place_at at;
    struct flow_grid grid;
    struct flow_table rows[2]; /* struct row */
};

static enum fault read_row(struct reader *reader, const json_t *value, u32 side, u64 place)
{
    char name[64];
    (void)snprintf(name, sizeof(name), "%s: order %llu", side_names[side],
                   (unsigned long long)(place + 1));
    if (!json_is_array(value) || json_array_size(value) < 3) {
        return flow_bad(&reader->at, "%s: not price, size and order id", name);
    }
    const json_t *id = json_array_get(value, 2);
    if (!json_is_string(id)) {
        return flow_bad(&reader->at, "%s: the third field is no order id (a level 2 book has none)",
                        name);
    }
    struct row row = {.place = place};
    TRY(flow_json_decimal(&reader->at, json_array_get(value, 0), name, &row.price));
    TRY(flow_json_decimal(&reader->at, json_array_get(value, 1), name, &row.amount));
    row.id = hash_bytes((const u8 *)json_string_value(id), json_string_length(id), 0);
    flow_grid_amount(&reader->grid, row.amount);
    flow_grid_price(&reader->grid, row.price);
    return flow_table_add(&reader->rows[side], span_of(&row, sizeof(row)));
}

static enum fault read_rows(struct reader *reader, const json_t *book)
{
    for (u32 side = 0; side < 2; side += 1) {
        const json_t *rows = NULL;
        TRY(flow_json_member(&reader->at, book, side_names[side], NULL, &rows));
        if (!json_is_array(rows)) {
            return flow_bad(&reader->at, "%s: not a list", side_names[side]);
        }
        for (size_t i = 0; i < json_array_size(rows); i += 1) {
            TRY(read_row(reader, json_array_get(rows, i), side, i));
        }
    }
    return FAULT_NONE;
}

static int compare_rows(const struct row *a, const struct row *b)
{
    if (a->price != b->price) {
        return a->price < b->price ? -1 : 1;
    }
    return a->place < b->place ? -1 : a->place > b->place ? 1 : 0;
}

static int compare_asks(const void *a, const void *b)
{
    return compare_rows(a, b);
}

static int compare_bids(const void *a, const void *b)
{
    const struct row *x = a;
    const struct row *y = b;
    return x->price == y->price ? compare_rows(x, y) : -compare_rows(x, y);
}

/* "BTC-USD" is BTC in USD. */
static void split_name(const json_t *book, char name_out[17], char base_out[9], char quote_out[9])
{
    static const char *const fields[] = {"product", "product_id", "symbol"};
    const char *name = NULL;
    for (u32 i = 0; i < ARRAY_COUNT(fields) && name == NULL; i += 1) {
        name = json_string_value(json_object_get(book, fields[i]));
    }
    name = name != NULL && name[0] != 0 && name[0] != '-' ? name : "BASE-QUOTE";
    const char *dash = strchr(name, '-');
    size_t size = dash != NULL ? (size_t)(dash - name) : strlen(name);
    (void)snprintf(name_out, 17, "%s", name);
    (void)snprintf(base_out, 9, "%.*s", (int)u64_min(size, 8), name);
    (void)snprintf(quote_out, 9, "%s", dash != NULL && dash[1] != 0 ? dash + 1 : "QUOTE");
}

static enum fault put_side(struct reader *reader, u32 side)
{
    struct flow *flow = reader->flow;
    struct row *rows = (struct row *)(void *)reader->rows[side].data;
    size_t count = reader->rows[side].used / sizeof(*rows);
    if (count > 0) {
        qsort(rows, count, sizeof(*rows), side == 0 ? compare_bids : compare_asks);
    }
    for (size_t i = 0; i < count; i += 1) {
        struct flow_place place = {.file_id = rows[i].id,
                                   .account = (u32)(rows[i].id % TRADERS),
                                   .side = side == 0 ? SIDE_BUY : SIDE_SELL,
                                   .tif = TIME_IN_FORCE_GTC,
                                   .ticks = rows[i].price / flow->market.tick,
                                   .lots = rows[i].amount / flow->market.lot};
        if (!flow_place_fits(flow, &place)) {
            flow_note(flow,
                      place.ticks > flow->market.ticks_max
                          ? "orders left out: priced beyond the highest tick of a market"
                          : "orders left out: price or amount out of bounds",
                      1);
            continue;
        }
        struct flow_resting resting = {.side = side,
                                       .level = {.ticks = place.ticks, .lots = place.lots}};
        TRY(flow_put_order(flow, &place, &resting.order_id));
        TRY(flow_table_add(&flow->book, span_of(&resting, sizeof(resting))));
        flow_note(flow, side == 0 ? "bids placed" : "asks placed", 1);
    }
    return FAULT_NONE;
}

static enum fault read_book(struct reader *reader, const json_t *book)
{
    if (!json_is_object(book)) {
        return flow_bad(&reader->at, "not an object with bids and asks");
    }
    TRY(read_rows(reader, book));
    char name[17];
    char base[9];
    char quote[9];
    split_name(book, name, base, quote);
    TRY(flow_grid_finish(&reader->grid, reader->flow, name, base, quote));
    TRY(put_side(reader, 0));
    TRY(put_side(reader, 1));
    reader->flow->orders_open_max = flow_orders_count(reader->flow) + 1;
    return flow_finish(reader->flow);
}

enum fault flow_coinbase_read(struct flow *flow, struct input *input)
{
    struct reader reader = {.flow = flow, .at = {.path = input_path(input)}};
    flow_grid_init(&reader.grid);
    struct span text;
    TRY(input_rest(input, &text));
    json_t *book = NULL;
    TRY(flow_json_parse(&reader.at, text, &book));
    enum fault fault = read_book(&reader, book);
    json_decref(book);
    flow_table_release(&reader.rows[0]);
    flow_table_release(&reader.rows[1]);
    return fault;
}
