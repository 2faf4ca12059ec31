#include "wire/lookup.h"

#include "base/bytes.h"
#include "base/check.h"

#include <string.h>

#define LIMIT_DEFAULT 500U

/* ---- what a row may hold ---- */

enum place_type {
    PLACE_TRUTH,   /* a bool: one byte, 0 or 1 */
    PLACE_NUMBER,  /* an enum or a u32, up to `max` */
    PLACE_CLIENT,  /* a client id, or none */
    PLACE_SECONDS, /* 1970 to a little after the year 3000 */
};

#define SECONDS_MAX (BAR_SECONDS_LAST + 366 * 86400LL)

/* A field of a row that its reader relies on; all others may hold anything. */
struct place {
    const char *name; /* NULL ends a table */
    size_t offset;
    enum place_type type;
    u32 max;
};

_Static_assert(sizeof(bool) == 1 && sizeof(enum side) == 4, "read as bytes");

#define TRUTH(row, field)                                   \
    {                                                       \
#field, offsetof(struct row, field), PLACE_TRUTH, 1 \
    }
#define NUMBER(row, field, top)                                  \
    {                                                            \
#field, offsetof(struct row, field), PLACE_NUMBER, (top) \
    }
#define CLIENT(row, field)                                   \
    {                                                        \
#field, offsetof(struct row, field), PLACE_CLIENT, 0 \
    }
#define SECONDS(row, field)                                   \
    {                                                         \
#field, offsetof(struct row, field), PLACE_SECONDS, 0 \
    }

static const struct place order_places[] = {
    CLIENT(history_order, client),
    NUMBER(history_order, side, SIDE_COUNT - 1),
    NUMBER(history_order, type, ORDER_TYPE_COUNT - 1),
    NUMBER(history_order, tif, TIME_IN_FORCE_COUNT - 1),
    NUMBER(history_order, stp, STP_MODE_COUNT - 1),
    NUMBER(history_order, status, HISTORY_ORDER_STATUS_COUNT - 1),
    NUMBER(history_order, reason, EXPIRY_REASON_COUNT - 1),
    {NULL, 0, PLACE_TRUTH, 0},
};

static const struct place fill_places[] = {
    TRUTH(history_fill, buys),
    TRUTH(history_fill, maker),
    {NULL, 0, PLACE_TRUTH, 0},
};

static const struct place trade_places[] = {
    TRUTH(history_trade, buyer_is_maker),
    {NULL, 0, PLACE_TRUTH, 0},
};

static const struct place aggregate_places[] = {
    TRUTH(history_aggregate, buyer_is_maker),
    {NULL, 0, PLACE_TRUTH, 0},
};

static const struct place list_places[] = {
    CLIENT(history_list, client),
    CLIENT(history_list, clients[0]),
    CLIENT(history_list, clients[1]),
    CLIENT(history_list, clients[2]),
    NUMBER(history_list, kind, LIST_KIND_COUNT - 1),
    NUMBER(history_list, legs, HISTORY_LEGS_MAX),
    TRUTH(history_list, done),
    {NULL, 0, PLACE_TRUTH, 0},
};

static const struct place line_places[] = {
    NUMBER(history_line, cause, HISTORY_CAUSE_MAX),
    {NULL, 0, PLACE_TRUTH, 0},
};

static const struct place deposit_places[] = {
    NUMBER(history_deposit, status, HISTORY_DEPOSIT_STATUS_COUNT - 1),
    {NULL, 0, PLACE_TRUTH, 0},
};

static const struct place withdrawal_places[] = {
    NUMBER(history_withdrawal, status, HISTORY_WITHDRAWAL_STATUS_COUNT - 1),
    {NULL, 0, PLACE_TRUTH, 0},
};

static const struct place prevented_places[] = {
    NUMBER(history_prevented, mode, STP_MODE_COUNT - 1),
    {NULL, 0, PLACE_TRUTH, 0},
};

static const struct place amendment_places[] = {
    CLIENT(history_amendment, client_before),
    CLIENT(history_amendment, client_after),
    {NULL, 0, PLACE_TRUTH, 0},
};

static const struct place kline_places[] = {
    SECONDS(history_kline, bar.start),
    SECONDS(history_kline, end),
    {NULL, 0, PLACE_TRUTH, 0},
};

static const struct place bar_places[] = {
    SECONDS(bar, start),
    {NULL, 0, PLACE_TRUTH, 0},
};

static const struct {
    u32 bytes; /* 0: no such kind */
    const struct place *places;
} rows_of[LOOKUP_KIND_COUNT] = {
    [LOOKUP_ORDER_BY_ID] = {sizeof(struct history_order), order_places},
    [LOOKUP_ORDER_BY_CLIENT] = {sizeof(struct history_order), order_places},
    [LOOKUP_ORDERS] = {sizeof(struct history_order), order_places},
    [LOOKUP_FILLS] = {sizeof(struct history_fill), fill_places},
    [LOOKUP_TRADES] = {sizeof(struct history_trade), trade_places},
    [LOOKUP_AGGREGATES] = {sizeof(struct history_aggregate), aggregate_places},
    [LOOKUP_LIST_BY_ID] = {sizeof(struct history_list), list_places},
    [LOOKUP_LIST_BY_CLIENT] = {sizeof(struct history_list), list_places},
    [LOOKUP_LISTS] = {sizeof(struct history_list), list_places},
    [LOOKUP_LINES] = {sizeof(struct history_line), line_places},
    [LOOKUP_DEPOSITS] = {sizeof(struct history_deposit), deposit_places},
    [LOOKUP_WITHDRAWALS] = {sizeof(struct history_withdrawal), withdrawal_places},
    [LOOKUP_WITHDRAWAL_BY_ID] = {sizeof(struct history_withdrawal), withdrawal_places},
    [LOOKUP_PREVENTED_BY_ID] = {sizeof(struct history_prevented), prevented_places},
    [LOOKUP_PREVENTED_OF] = {sizeof(struct history_prevented), prevented_places},
    [LOOKUP_AMENDMENTS] = {sizeof(struct history_amendment), amendment_places},
    [LOOKUP_KLINES] = {sizeof(struct history_kline), kline_places},
    [LOOKUP_BAR] = {sizeof(struct bar), bar_places},
};

/* Every place lies within the row; the bytes need no alignment. */
static bool place_check(const struct place *place, const u8 *row)
{
    const u8 *bytes = row + place->offset;
    struct client_id client;
    switch (place->type) {
    case PLACE_TRUTH:
        return bytes[0] <= 1;
    case PLACE_NUMBER:
        return bytes_u32(bytes) <= place->max;
    case PLACE_CLIENT:
        memcpy(&client, bytes, sizeof(client));
        return client_id_valid(&client);
    case PLACE_SECONDS:
        return bytes_u64(bytes) <= (u64)SECONDS_MAX;
    }
    return false;
}

static bool lookup_known(u8 lookup)
{
    return lookup < LOOKUP_KIND_COUNT && rows_of[lookup].bytes > 0;
}

u32 lookup_row_bytes(enum lookup_kind lookup)
{
    CHECK(lookup_known((u8)lookup));
    return rows_of[lookup].bytes;
}

u32 lookup_rows_per_record(enum lookup_kind lookup)
{
    return (u32)((LOOKUP_BYTES_MAX - LOOKUP_ROWS_OFFSET) / lookup_row_bytes(lookup));
}

u32 lookup_rows_max(const struct lookup_ask *ask)
{
    switch ((enum lookup_kind)ask->lookup) {
    case LOOKUP_ORDER_BY_ID:
    case LOOKUP_ORDER_BY_CLIENT:
    case LOOKUP_LIST_BY_ID:
    case LOOKUP_LIST_BY_CLIENT:
    case LOOKUP_WITHDRAWAL_BY_ID:
    case LOOKUP_PREVENTED_BY_ID:
    case LOOKUP_BAR:
        return 1;
    case LOOKUP_ORDERS:
    case LOOKUP_FILLS:
    case LOOKUP_TRADES:
    case LOOKUP_AGGREGATES:
    case LOOKUP_LISTS:
    case LOOKUP_LINES:
    case LOOKUP_DEPOSITS:
    case LOOKUP_WITHDRAWALS:
    case LOOKUP_PREVENTED_OF:
    case LOOKUP_AMENDMENTS:
    case LOOKUP_KLINES:
        return ask->limit;
    }
    return 0;
}

/* ---- the question ---- */

struct lookup_ask lookup_ask_of(enum lookup_kind lookup)
{
    CHECK(lookup_known((u8)lookup));
    return (struct lookup_ask){.kind = LOOKUP_RECORD_ASK,
                               .units = sizeof(struct lookup_ask) / WIRE_UNIT,
                               .source = LOOKUP_SOURCE_GATEWAY,
                               .asset = -1,
                               .status = -1,
                               .limit = LIMIT_DEFAULT,
                               .lookup = (u8)lookup};
}

static bool wants_client(u8 lookup)
{
    return lookup == LOOKUP_ORDER_BY_CLIENT || lookup == LOOKUP_LIST_BY_CLIENT;
}

/* The first field that is out of its range, or NULL. */
static const char *ask_fault(const struct lookup_ask *ask)
{
    static const u8 zeros[sizeof(ask->padding)];
    struct {
        bool good;
        const char *name;
    } const facts[] = {
        {ask->source == LOOKUP_SOURCE_GATEWAY, "source"},
        {ask->ticket != 0, "ticket"},
        {lookup_known(ask->lookup), "lookup"},
        {ask->from_s >= 0 && ask->from_s <= ask->to_s, "from_s"},
        {ask->to_s <= BAR_SECONDS_LAST, "to_s"},
        {ask->asset >= -1 && ask->asset <= UINT16_MAX, "asset"},
        {ask->status >= -1 && ask->status <= UINT8_MAX, "status"},
        {ask->zone_minutes >= HISTORY_ZONE_MIN, "zone_minutes"},
        {ask->zone_minutes <= HISTORY_ZONE_MAX, "zone_minutes"},
        {ask->limit >= 1 && ask->limit <= HISTORY_ROWS_MAX, "limit"},
        {ask->offset <= LOOKUP_OFFSET_MAX, "offset"},
        {ask->interval < INTERVAL_COUNT, "interval"},
        {client_id_valid(&ask->client), "client"},
        {ask->client.length > 0 || !wants_client(ask->lookup), "client"},
        {memcmp(ask->padding, zeros, sizeof(zeros)) == 0, "padding"},
    };
    for (u32 i = 0; i < ARRAY_COUNT(facts); i += 1) {
        if (!facts[i].good) {
            return facts[i].name;
        }
    }
    return NULL;
}

bool lookup_ask_check(struct lookup_ask *ask_out, const u8 *bytes, size_t size,
                      const char **reason_out)
{
    if (size != sizeof(*ask_out) || bytes_u16(bytes) != LOOKUP_RECORD_ASK ||
        bytes[2] != sizeof(*ask_out) / WIRE_UNIT) {
        *reason_out = "head";
        return false;
    }
    memcpy(ask_out, bytes, sizeof(*ask_out));
    *reason_out = ask_fault(ask_out);
    return *reason_out == NULL;
}

/* ---- the answer ---- */

size_t lookup_rows_put(u8 *target, enum lookup_kind lookup, u64 ticket, u32 first, const void *rows,
                       u32 count)
{
    CHECK(count >= 1 && count <= lookup_rows_per_record(lookup));
    CHECK(first + count <= HISTORY_ROWS_MAX);
    size_t used = LOOKUP_ROWS_OFFSET + (size_t)count * lookup_row_bytes(lookup);
    size_t size = (used + WIRE_UNIT - 1) / WIRE_UNIT * WIRE_UNIT;
    struct lookup_rows head = {.kind = LOOKUP_RECORD_ROWS,
                               .units = (u8)(size / WIRE_UNIT),
                               .source = LOOKUP_SOURCE_HISTORY,
                               .lookup = (u8)lookup,
                               .count = (u16)count,
                               .ticket = ticket,
                               .first = first,
                               .row_bytes = lookup_row_bytes(lookup)};
    memcpy(target, &head, sizeof(head));
    memcpy(target + LOOKUP_ROWS_OFFSET, rows, used - LOOKUP_ROWS_OFFSET);
    memset(target + used, 0, size - used);
    return size;
}

struct lookup_answer lookup_answer_of(u64 ticket, u8 lookup, enum lookup_status status)
{
    return (struct lookup_answer){.kind = LOOKUP_RECORD_ANSWER,
                                  .units = sizeof(struct lookup_answer) / WIRE_UNIT,
                                  .source = LOOKUP_SOURCE_HISTORY,
                                  .lookup = lookup,
                                  .status = (u8)status,
                                  .ticket = ticket};
}

static const char *rows_head_fault(const struct lookup_rows *head, size_t size)
{
    if (head->kind != LOOKUP_RECORD_ROWS || head->units * (size_t)WIRE_UNIT != size ||
        head->source != LOOKUP_SOURCE_HISTORY) {
        return "head";
    }
    if (!lookup_known(head->lookup) || head->row_bytes != rows_of[head->lookup].bytes) {
        return "lookup";
    }
    if (head->ticket == 0) {
        return "ticket";
    }
    if (head->count < 1 || head->first > HISTORY_ROWS_MAX ||
        head->count > HISTORY_ROWS_MAX - head->first) {
        return "count";
    }
    if (head->reserved != 0 || head->reserved_more != 0) {
        return "reserved";
    }
    size_t used = LOOKUP_ROWS_OFFSET + (size_t)head->count * head->row_bytes;
    return used > size || size - used >= WIRE_UNIT ? "size" : NULL;
}

bool lookup_rows_check(struct lookup_rows *head_out, const u8 *bytes, size_t size,
                       const char **reason_out)
{
    *reason_out = "head";
    if (size < sizeof(*head_out)) {
        return false;
    }
    memcpy(head_out, bytes, sizeof(*head_out));
    *reason_out = rows_head_fault(head_out, size);
    if (*reason_out != NULL) {
        return false;
    }
    const u8 *row = bytes + LOOKUP_ROWS_OFFSET;
    for (u32 i = 0; i < head_out->count; i += 1) {
        for (const struct place *place = rows_of[head_out->lookup].places; place->name != NULL;
             place += 1) {
            if (!place_check(place, row)) {
                *reason_out = place->name;
                return false;
            }
        }
        row += head_out->row_bytes;
    }
    for (; row < bytes + size; row += 1) {
        if (*row != 0) {
            *reason_out = "tail";
            return false;
        }
    }
    return true;
}

bool lookup_answer_check(struct lookup_answer *answer_out, const u8 *bytes, size_t size,
                         const char **reason_out)
{
    *reason_out = "head";
    if (size != sizeof(*answer_out)) {
        return false;
    }
    memcpy(answer_out, bytes, sizeof(*answer_out));
    if (answer_out->kind != LOOKUP_RECORD_ANSWER || bytes[2] != 1 ||
        answer_out->source != LOOKUP_SOURCE_HISTORY) {
        return false;
    }
    /* The asking side alone says that it waited too long. */
    if (answer_out->status >= LOOKUP_TIMEOUT) {
        *reason_out = "status";
        return false;
    }
    if (answer_out->rows_count > HISTORY_ROWS_MAX ||
        (answer_out->rows_count > 0 && answer_out->status != LOOKUP_OK)) {
        *reason_out = "rows_count";
        return false;
    }
    bool told = answer_out->ticket == 0;
    if (told ? answer_out->lookup != 0 || answer_out->rows_count != 0
             : !lookup_known(answer_out->lookup)) {
        *reason_out = "lookup";
        return false;
    }
    if (answer_out->generation == 0) {
        *reason_out = "generation";
        return false;
    }
    *reason_out = NULL;
    return true;
}
