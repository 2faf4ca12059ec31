#include "wire/schema.h"

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

/* Whether the bytes behind the client id of a record without detail are zero: nobody reads them. */
static bool tail_is_zero(const struct wire_record *record, const u8 *bytes, u32 units)
{
    u32 start = record->client_offset;
    if (start == 0 || units * WIRE_UNIT >= record->size) {
        return true;
    }
    start += client_id_bytes(bytes[start]);
    for (u32 i = start; i < units * WIRE_UNIT; i++) {
        if (bytes[i]) {
            return false;
        }
    }
    return true;
}

/* Client ids within bounds, and zero bytes behind the used part of a record that ended early. */
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
    return fields_fit(record->fields, bytes, (size_t)head.units * WIRE_UNIT, reason_out);
}
