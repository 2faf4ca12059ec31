#include "app/flow_orders.h"

#include "base/check.h"

#include <string.h>

#define PROGRESS_EVERY 4096U /* records */

/* Who owns a file id, and what the venue calls it now. */
struct known_order {
    u32 account;
    u32 order_id;
};

struct reader {
    struct flow *flow;
    const char *path; /* for faults */
    struct order_file_header header;
    struct flow_table known; /* struct known_order by file id - 1 */
    u64 record;              /* number of the present one, from 0 */
    u64 open;                /* adds minus cancels: more than ever rest */
    u64 open_max;
};

static const struct flow_market market = {
    .name = "BTCUSDT",
    .base = "BTC",
    .quote = "USDT",
    .base_scale = 8,
    .quote_scale = 6,
    .tick = 1000000,
    .lot = 10000,
};

static enum fault bad_field(const struct reader *reader, const char *field, i64 value,
                            const char *reason)
{
    u64 offset =
        sizeof(struct order_file_header) + reader->record * sizeof(struct order_file_record);
    return FAULT(FAULT_INPUT, "%s: record %llu at offset %llu: %s %lld %s", reader->path,
                 (unsigned long long)(reader->record + 1), (unsigned long long)offset, field,
                 (long long)value, reason);
}

static enum fault bad_header(const struct reader *reader, const char *field, u64 value,
                             const char *reason)
{
    return FAULT(FAULT_INPUT, "%s: header: %s %llu %s", reader->path, field,
                 (unsigned long long)value, reason);
}

static enum fault check_header(const struct reader *reader)
{
    const struct order_file_header *header = &reader->header;
    if (memcmp(header->magic, ORDER_FILE_MAGIC, sizeof(header->magic)) != 0) {
        return FAULT(FAULT_INPUT, "%s: offset 0: not an order file (it begins otherwise than %s)",
                     reader->path, ORDER_FILE_MAGIC);
    }
    if (header->prefill_count > FLOW_COMMANDS_MAX) {
        return bad_header(reader, "n_prefill", header->prefill_count, "is too large");
    }
    if (header->orders_count > FLOW_COMMANDS_MAX - header->prefill_count) {
        return bad_header(reader, "n_ops", header->orders_count, "is too large");
    }
    if (header->price_max < 1 || header->price_max > (i64)FLOW_TICKS_MAX) {
        return bad_header(reader, "price_max", (u64)header->price_max, "is not in 1 .. 2^30");
    }
    if (header->ids_count > header->prefill_count + header->orders_count) {
        return bad_header(reader, "n_ids", header->ids_count, "is more than there are records");
    }
    if (header->zero != 0) {
        return bad_header(reader, "the last field", header->zero, "is not 0");
    }
    return FAULT_NONE;
}

static enum fault check_record(const struct reader *reader, const struct order_file_record *record)
{
    if (record->type < ORDER_FILE_LIMIT || record->type > ORDER_FILE_REPLACE) {
        return bad_field(reader, "type", record->type, "is none of 1, 2, 3, 4");
    }
    if (record->side > 1) {
        return bad_field(reader, "side", record->side, "is neither 0 nor 1");
    }
    if (record->zero != 0) {
        return bad_field(reader, "the field after side", record->zero, "is not 0");
    }
    u64 known = reader->known.used / sizeof(struct known_order);
    bool adds = record->type == ORDER_FILE_LIMIT || record->type == ORDER_FILE_IOC;
    if (adds ? record->id != known + 1 : record->id == 0 || record->id > known) {
        return bad_field(reader, "id", (i64)record->id,
                         adds ? "is not the next one" : "has not appeared before");
    }
    if (record->type == ORDER_FILE_CANCEL) {
        return FAULT_NONE;
    }
    if (record->price < 1 || record->price > reader->header.price_max) {
        return bad_field(reader, "price", record->price, "is not in 1 .. price_max");
    }
    if (record->qty < 1 || record->qty > INT64_MAX / (i64)market.lot) {
        return bad_field(reader, "qty", record->qty, "is out of bounds");
    }
    if (adds && record->account >= FLOW_ACCOUNTS_MAX) {
        return bad_field(reader, "account", record->account, "is larger than a flow may have");
    }
    return FAULT_NONE;
}

static struct known_order *known_of(const struct reader *reader, u64 file_id)
{
    return &((struct known_order *)(void *)reader->known.data)[file_id - 1];
}

static enum fault put_new(struct reader *reader, const struct flow_place *place)
{
    u64 order_id = 0;
    TRY(flow_put_order(reader->flow, place, &order_id));
    struct known_order known = {.account = place->account, .order_id = (u32)order_id};
    TRY(flow_table_add(&reader->known, span_of(&known, sizeof(known))));
    if (place->tif == TIME_IN_FORCE_GTC) {
        reader->open += 1;
        reader->open_max = u64_max(reader->open_max, reader->open);
    }
    return FAULT_NONE;
}

static enum fault put_record(struct reader *reader, const struct order_file_record *record)
{
    TRY(check_record(reader, record));
    bool ioc = record->type == ORDER_FILE_IOC;
    struct flow_place place = {
        .file_id = record->id,
        .account = record->account,
        .side = record->side == 0 ? SIDE_BUY : SIDE_SELL,
        .tif = ioc ? TIME_IN_FORCE_IOC : TIME_IN_FORCE_GTC,
        .ticks = (u64)record->price,
        .lots = (u64)record->qty,
    };
    switch ((enum order_file_type)record->type) {
    case ORDER_FILE_LIMIT:
    case ORDER_FILE_IOC:
        TRY(put_new(reader, &place));
        break;
    case ORDER_FILE_CANCEL: {
        const struct known_order *known = known_of(reader, record->id);
        TRY(flow_put_cancel(reader->flow, known->account, known->order_id));
        reader->open -= reader->open > 0 ? 1 : 0;
        break;
    }
    case ORDER_FILE_REPLACE: {
        struct known_order *known = known_of(reader, record->id);
        place.account = known->account;
        u64 order_id = 0;
        TRY(flow_put_replace(reader->flow, known->order_id, &place, &order_id));
        known->order_id = (u32)order_id;
        break;
    }
    }
    reader->record += 1;
    return FAULT_NONE;
}

/* How many orders can rest at once. Adds minus cancels is always enough but ignores fills; the
 * header says what the file steers for, and that with a quarter more is closer. */
static u64 orders_open_max(const struct reader *reader)
{
    u64 steered = u64_max(u64_max(reader->header.depth, reader->header.prefill_count),
                          reader->header.resting);
    return u64_min(reader->open_max + 1, steered + steered / 4 + 4096);
}

static enum fault begin(struct reader *reader)
{
    TRY(check_header(reader));
    struct flow_market sized = market;
    sized.ticks_max = (u32)reader->header.price_max;
    TRY(flow_set_market(reader->flow, &sized));
    reader->flow->prefill_count = reader->header.prefill_count;
    reader->flow->oracle = (struct flow_oracle){.given = true,
                                                .trades = reader->header.trades,
                                                .qty = reader->header.qty,
                                                .hash = reader->header.hash,
                                                .resting = reader->header.resting};
    return FAULT_NONE;
}

static enum fault finish(struct reader *reader)
{
    if (reader->known.used / sizeof(struct known_order) != reader->header.ids_count) {
        return bad_header(reader, "n_ids", reader->header.ids_count,
                          "is not the number of ids in the records");
    }
    reader->flow->orders_open_max = orders_open_max(reader);
    return flow_finish(reader->flow);
}

static enum fault read_records(struct reader *reader, struct input *input,
                               struct progress *progress)
{
    TRY(input_read_whole(input, &reader->header, sizeof(reader->header), "the header"));
    TRY(begin(reader));
    u64 count = reader->header.prefill_count + reader->header.orders_count;
    while (reader->record < count) {
        struct order_file_record record;
        TRY(input_read_whole(input, &record, sizeof(record), "a record"));
        TRY(put_record(reader, &record));
        if (reader->record % PROGRESS_EVERY == 0) {
            progress_update(progress, reader->record, count);
        }
    }
    TRY(input_end(input));
    return finish(reader);
}

enum fault flow_orders_read(struct flow *flow, struct input *input, struct progress *progress)
{
    struct reader reader = {.flow = flow, .path = input_path(input)};
    enum fault fault = read_records(&reader, input, progress);
    flow_table_release(&reader.known);
    return fault;
}

static enum fault put_generated(struct reader *reader, const struct generated *generated,
                                struct progress *progress)
{
    reader->header = generated->header;
    TRY(begin(reader));
    u64 count = reader->header.prefill_count + reader->header.orders_count;
    while (reader->record < count) {
        TRY(put_record(reader, &generated->records[reader->record]));
        if (progress != NULL && reader->record % PROGRESS_EVERY == 0) {
            progress_update(progress, reader->record, count);
        }
    }
    return finish(reader);
}

enum fault flow_orders_generate(struct flow *flow, const struct generate_config *config)
{
    struct generated generated;
    if (config->progress != NULL) {
        progress_begin(config->progress, "generating", "orders");
    }
    TRY(generate_flow(&generated, config));
    if (config->progress != NULL) {
        progress_begin(config->progress, "translating", "orders");
    }
    struct reader reader = {.flow = flow, .path = "generated flow"};
    enum fault fault = put_generated(&reader, &generated, config->progress);
    flow_table_release(&reader.known);
    generate_release(&generated);
    return fault;
}
