#include "wire/schema.h"

#include "base/bytes.h"

u8 wire_units(const struct wire_record *record, u8 client_bytes, bool detail)
{
    u32 bytes =
        record->client_offset && !detail ? record->client_offset + client_bytes : record->size;
    return (u8)((bytes + WIRE_UNIT - 1) / WIRE_UNIT);
}

/* Whether the units fit the schema: the whole struct, or cut after the client id's used bytes. */
static bool units_fit(const struct wire_record *record, const u8 *bytes, u32 units)
{
    u32 whole = record->size / WIRE_UNIT;
    if (record->client_offset == 0) {
        return units == whole;
    }
    if (units * WIRE_UNIT <= record->client_offset) {
        return false;
    }
    u8 length = bytes[record->client_offset];
    if (length > CLIENT_ID_SYMBOLS_MAX) {
        return false;
    }
    bool detail = bytes[0] == COMMAND_ORDER &&
                  (bytes[offsetof(struct command_order, flags)] & ORDER_FLAG_DETAIL);
    return units == (detail ? whole : wire_units(record, client_id_bytes(length), false));
}

static bool is_zero(const u8 *bytes, size_t size)
{
    u64 all = 0;
    size_t at = 0;
    for (; at + 8 <= size; at += 8) {
        all |= bytes_u64(bytes + at);
    }
    for (; at < size; at++) {
        all |= bytes[at];
    }
    return all == 0;
}

/* Whether the bytes behind the client id of a record without detail are zero: nobody reads them. */
static bool tail_is_zero(const struct wire_record *record, const u8 *bytes, u32 units)
{
    u32 start = record->client_offset;
    if (start == 0 || units * WIRE_UNIT >= record->size) {
        return true;
    }
    start += client_id_bytes(bytes[start]);
    return start >= units * WIRE_UNIT || is_zero(bytes + start, units * WIRE_UNIT - start);
}

/* client_id_valid on an id whose record may end inside of it; what is missing is zero. */
static bool client_fits(const u8 *bytes, size_t size)
{
    if (bytes[0] > CLIENT_ID_SYMBOLS_MAX) {
        return false;
    }
    u32 bits = bytes[0] * 6U;
    size_t at = 1 + bits / 8;
    size_t end = u64_min(sizeof(struct client_id), size);
    if (at < end && (bytes[at] & (255U >> bits % 8)) != 0) {
        return false;
    }
    return at + 1 >= end || is_zero(bytes + at + 1, end - at - 1);
}

static bool clients_fit(const struct wire_record *record, const u8 *bytes, size_t size)
{
    for (u32 i = 0; i < record->clients_count; i++) {
        u32 offset = record->clients[i];
        if (offset < size && !client_fits(bytes + offset, size - offset)) {
            return false;
        }
    }
    return true;
}

/* The same for all fields, to say which is the bad one. */
static bool fields_fit(const struct wire_field *field, const u8 *bytes, size_t size,
                       const char **reason_out)
{
    for (; field->name; field++) {
        for (u32 i = 0; i < field->count && field->type == WIRE_STRUCT; i++) {
            if (!fields_fit(field->fields, bytes + field->offset + (size_t)i * field->stride,
                            field->stride, reason_out)) {
                return false;
            }
        }
        if (field->type != WIRE_CLIENT_ID || field->offset >= size) {
            continue;
        }
        struct client_id id = {0};
        memcpy(&id, bytes + field->offset, u64_min(sizeof id, size - field->offset));
        if (!client_id_valid(&id)) {
            *reason_out = field->name;
            return false;
        }
    }
    return true;
}

bool command_check(const u8 *bytes, size_t size, const char **reason_out)
{
    struct command_head head;
    if (size < WIRE_UNIT) {
        *reason_out = "units";
        return false;
    }
    memcpy(&head, bytes, sizeof head);
    if (head.kind >= COMMAND_KIND_COUNT || !wire_commands[head.kind].name) {
        *reason_out = "kind";
        return false;
    }
    const struct wire_record *record = &wire_commands[head.kind];
    if (head.units == 0 || (size_t)head.units * WIRE_UNIT > size ||
        !units_fit(record, bytes, head.units)) {
        *reason_out = "units";
        return false;
    }
    if (!tail_is_zero(record, bytes, head.units)) {
        *reason_out = "tail";
        return false;
    }
    return LIKELY(clients_fit(record, bytes, (size_t)head.units * WIRE_UNIT)) ||
           fields_fit(record->fields, bytes, (size_t)head.units * WIRE_UNIT, reason_out);
}

size_t wire_state_bytes(const u8 *bytes, size_t size)
{
    if (size < WIRE_UNIT) {
        return 0;
    }
    u16 kind = bytes_u16(bytes);
    size_t own = (size_t)bytes[2] * WIRE_UNIT;
    if (kind >= STATE_KIND_COUNT || wire_states[kind].name == NULL ||
        own != wire_states[kind].size) {
        return 0;
    }
    own += kind == STATE_MARKET ? sizeof(struct command_market_add) : 0;
    own += kind == STATE_FEE ? sizeof(struct command_fee_set) : 0;
    return own <= size ? own : 0;
}
