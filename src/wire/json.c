#include "wire/json.h"

#include "base/amount.h"
#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "base/utf8.h"
#include "wire/client_id.h"
#include "wire/reject.h"
#include "wire/schema.h"

#include <string.h>

static const char hex_digits[17] = "0123456789abcdef";

/* Room for `size` bytes more; NULL: there is none, and nothing more is written. */
static char *reserve(struct json_writer *writer, size_t size)
{
    if (writer->overflown || size > writer->size - 1 - writer->used) {
        writer->overflown = true;
        return NULL;
    }
    char *at = writer->data + writer->used;
    writer->used += size;
    return at;
}

static void put(struct json_writer *writer, const char *text, size_t size)
{
    char *at = reserve(writer, size);
    if (at != NULL) {
        memcpy(at, text, size);
    }
}

static void put_char(struct json_writer *writer, char c)
{
    char *at = reserve(writer, 1);
    if (at != NULL) {
        *at = c;
    }
}

/* What goes before a value: a comma if another came before it in the same container. */
static void before_value(struct json_writer *writer)
{
    bool in_object = writer->depth > 0 && (writer->open >> (writer->depth - 1) & 1U) == 1;
    CHECK(in_object == writer->after_key);
    if (writer->needs_comma && !writer->after_key) {
        put_char(writer, ',');
    }
    writer->after_key = false;
    writer->needs_comma = true;
}

static void container_begin(struct json_writer *writer, bool object)
{
    before_value(writer);
    CHECK(writer->depth < JSON_DEPTH_MAX);
    u32 bit = 1U << writer->depth;
    writer->open = object ? writer->open | bit : writer->open & ~bit;
    writer->depth += 1;
    writer->needs_comma = false;
    put_char(writer, object ? '{' : '[');
}

static void container_end(struct json_writer *writer, bool object)
{
    CHECK(writer->depth > 0 && !writer->after_key);
    CHECK((writer->open >> (writer->depth - 1) & 1U) == (object ? 1U : 0U));
    writer->depth -= 1;
    writer->needs_comma = true;
    put_char(writer, object ? '}' : ']');
}

void json_begin(struct json_writer *writer, char *target, size_t target_bytes)
{
    CHECK(target_bytes > 0);
    *writer = (struct json_writer){.data = target, .size = target_bytes};
}

size_t json_end(struct json_writer *writer)
{
    CHECK(writer->depth == 0);
    writer->data[writer->overflown ? 0 : writer->used] = 0;
    return writer->overflown ? 0 : writer->used;
}

void json_object_begin(struct json_writer *writer)
{
    container_begin(writer, true);
}

void json_object_end(struct json_writer *writer)
{
    container_end(writer, true);
}

void json_array_begin(struct json_writer *writer)
{
    container_begin(writer, false);
}

void json_array_end(struct json_writer *writer)
{
    container_end(writer, false);
}

void json_key_span(struct json_writer *writer, struct span name)
{
    CHECK(writer->depth > 0 && !writer->after_key);
    size_t size = name.size;
    size_t comma = writer->needs_comma ? 1 : 0;
    char *at = reserve(writer, comma + size + 3);
    writer->after_key = true;
    if (at != NULL) {
        at[0] = ',';
        at[comma] = '"';
        memcpy(at + comma + 1, name.data, size);
        memcpy(at + comma + 1 + size, "\":", 2);
    }
}

static void put_escaped(struct json_writer *writer, u8 byte)
{
    char escape[6] = {'\\', 'u', '0', '0', hex_digits[byte >> 4], hex_digits[byte & 15]};
    put(writer, escape, sizeof(escape));
}

static bool are_themselves(const u8 *bytes)
{
    u64 eight = bytes_u64(bytes);
    return bytes_are_plain(eight) && bytes_lack(eight, '"') && bytes_lack(eight, '\\');
}

/* How many bytes at the front mean themselves: plain ASCII but for the quote and the backslash. */
static size_t plain_bytes(struct span text)
{
    size_t at = 0;
    while (text.size - at >= 8 && are_themselves(text.data + at)) {
        at += 8;
    }
    /* The rest together with some before it, which are known. */
    if (at > 0 && text.size - at < 8 && are_themselves(text.data + text.size - 8)) {
        return text.size;
    }
    for (; at < text.size; at++) {
        u8 byte = text.data[at];
        if (byte < 0x20 || byte > 0x7e || byte == '"' || byte == '\\') {
            break;
        }
    }
    return at;
}

static void put_with_escapes(struct json_writer *writer, struct span text)
{
    put_char(writer, '"');
    for (size_t i = 0; i < text.size;) {
        struct span rest = {.data = text.data + i, .size = text.size - i};
        size_t plain = plain_bytes(rest);
        if (plain > 0) {
            put(writer, (const char *)rest.data, plain);
            i += plain;
            continue;
        }
        size_t size = utf8_bytes(rest);
        u8 byte = rest.data[0];
        if (size == 0 || byte < 0x20 || byte == 0x7f) {
            put_escaped(writer, byte);
            size = 1;
        } else {
            if (byte == '"' || byte == '\\') {
                put_char(writer, '\\');
            }
            put(writer, (const char *)rest.data, size);
        }
        i += size;
    }
    put_char(writer, '"');
}

static void put_quoted(struct json_writer *writer, struct span text)
{
    char *at = reserve(writer, text.size + 2);
    if (at != NULL) {
        at[0] = '"';
        if (text.size > 0) {
            memcpy(at + 1, text.data, text.size);
        }
        at[text.size + 1] = '"';
    }
}

void json_put_span(struct json_writer *writer, struct span text)
{
    before_value(writer);
    if (plain_bytes(text) < text.size) {
        put_with_escapes(writer, text);
    } else {
        put_quoted(writer, text);
    }
}

void json_put_plain(struct json_writer *writer, struct span text)
{
    CHECK_DEBUG(plain_bytes(text) == text.size);
    before_value(writer);
    put_quoted(writer, text);
}

void json_put_text(struct json_writer *writer, const char *text)
{
    json_put_span(writer, span_of_text(text));
}

static void put_number(struct json_writer *writer, u64 number, u32 places)
{
    char text[AMOUNT_TEXT_BYTES];
    u32 length = amount_print(amount_of(number), places, places, text);
    put(writer, text, length);
}

void json_put_u64(struct json_writer *writer, u64 number)
{
    before_value(writer);
    put_number(writer, number, 0);
}

void json_put_i64(struct json_writer *writer, i64 number)
{
    before_value(writer);
    if (number < 0) {
        put_char(writer, '-');
    }
    put_number(writer, number < 0 ? 0 - (u64)number : (u64)number, 0);
}

void json_put_fixed(struct json_writer *writer, u64 number, u32 places)
{
    before_value(writer);
    put_number(writer, number, places);
}

void json_put_bool(struct json_writer *writer, bool truth)
{
    before_value(writer);
    put(writer, truth ? "true" : "false", truth ? 4 : 5);
}

void json_put_raw(struct json_writer *writer, struct span json)
{
    before_value(writer);
    put(writer, (const char *)json.data, json.size);
}

void json_put_null(struct json_writer *writer)
{
    before_value(writer);
    put(writer, "null", 4);
}

void json_put_hex(struct json_writer *writer, struct span bytes)
{
    before_value(writer);
    put_char(writer, '"');
    for (size_t i = 0; i < bytes.size; i += 1) {
        put_char(writer, hex_digits[bytes.data[i] >> 4]);
        put_char(writer, hex_digits[bytes.data[i] & 15]);
    }
    put_char(writer, '"');
}

void json_put_hex_u64(struct json_writer *writer, u64 number)
{
    u8 bytes[8];
    for (u32 i = 0; i < 8; i += 1) {
        bytes[i] = (u8)(number >> (56 - 8 * i));
    }
    json_put_hex(writer, span_of(bytes, sizeof(bytes)));
}

/* ---- records ---- */

static u32 width_of(enum wire_type type)
{
    switch (type) {
    case WIRE_U8:
    case WIRE_BYTES:
    case WIRE_HEX:
        return 1;
    case WIRE_U16:
        return 2;
    case WIRE_U32:
        return 4;
    case WIRE_U64:
    case WIRE_I64:
    case WIRE_PRICE:
    case WIRE_AMOUNT:
        return 8;
    case WIRE_CLIENT_ID:
        return sizeof(struct client_id);
    case WIRE_STRUCT:
        break;
    }
    return 0;
}

static u64 number_at(const u8 *bytes, u32 width)
{
    u64 number = 0;
    for (u32 i = width; i > 0; i -= 1) {
        number = number << 8 | bytes[i - 1];
    }
    return number;
}

static bool is_reserved(const char *name)
{
    return strncmp(name, "reserved", 8) == 0 || strcmp(name, "spare") == 0;
}

static void print_client_id(struct json_writer *writer, const u8 *bytes, size_t size)
{
    struct client_id id = {0};
    memcpy(&id, bytes, u64_min(sizeof(id), size));
    char text[CLIENT_ID_SYMBOLS_MAX + 1];
    u32 length = client_id_print(&id, text);
    json_put_span(writer, span_of(text, length));
}

/* Text in a fixed field: without the zeros behind it. */
static void print_bytes(struct json_writer *writer, const u8 *bytes, size_t size)
{
    while (size > 0 && bytes[size - 1] == 0) {
        size -= 1;
    }
    json_put_span(writer, span_of(bytes, size));
}

static void print_fields(struct json_writer *writer, const struct wire_field *fields,
                         struct span record);

static void print_value(struct json_writer *writer, const struct wire_field *field, const u8 *bytes,
                        size_t size)
{
    switch (field->type) {
    case WIRE_I64:
        json_put_i64(writer, (i64)bytes_u64(bytes));
        return;
    case WIRE_CLIENT_ID:
        print_client_id(writer, bytes, size);
        return;
    case WIRE_BYTES:
        print_bytes(writer, bytes, field->count);
        return;
    case WIRE_HEX:
        json_put_hex(writer, span_of(bytes, field->count));
        return;
    case WIRE_STRUCT:
        json_object_begin(writer);
        print_fields(writer, field->fields, span_of(bytes, field->stride));
        json_object_end(writer);
        return;
    case WIRE_U8:
    case WIRE_U16:
    case WIRE_U32:
    case WIRE_U64:
    case WIRE_PRICE:
    case WIRE_AMOUNT:
        break;
    }
    u64 number = number_at(bytes, width_of(field->type));
    if (field->names != NULL && number < field->names_count && field->names[number] != NULL) {
        json_put_text(writer, field->names[number]);
        return;
    }
    json_put_u64(writer, number);
}

/* Whether the record goes far enough to hold the field. Client ids may be cut behind what is used.
 */
static bool field_fits(const struct wire_field *field, size_t size)
{
    if (field->type == WIRE_CLIENT_ID) {
        return field->offset < size;
    }
    u32 step = field->type == WIRE_STRUCT ? field->stride : width_of(field->type);
    return field->offset + (size_t)step * field->count <= size;
}

static void print_fields(struct json_writer *writer, const struct wire_field *fields,
                         struct span record)
{
    for (const struct wire_field *field = fields; field->name != NULL; field += 1) {
        if (!field_fits(field, record.size)) {
            continue;
        }
        const u8 *bytes = record.data + field->offset;
        u32 width = width_of(field->type);
        if (is_reserved(field->name) && span_is_zero(span_of(bytes, width))) {
            continue;
        }
        json_key(writer, field->name);
        if (field->type != WIRE_STRUCT) {
            print_value(writer, field, bytes, record.size - field->offset);
            continue;
        }
        json_array_begin(writer);
        for (u32 i = 0; i < field->count; i += 1) {
            print_value(writer, field, bytes + (size_t)i * field->stride, field->stride);
        }
        json_array_end(writer);
    }
}

/* The schema's entry for the record, or NULL; *whole_out is cut to the record's own length. */
static const struct wire_record *record_of(struct span bytes, bool event, struct span *whole_out)
{
    if (bytes.size < WIRE_UNIT) {
        return NULL;
    }
    u16 kind = bytes_u16(bytes.data);
    if (kind >= (event ? (u32)EVENT_KIND_COUNT : (u32)COMMAND_KIND_COUNT)) {
        return NULL;
    }
    const struct wire_record *record = event ? &wire_events[kind] : &wire_commands[kind];
    size_t size = (size_t)bytes.data[2] * WIRE_UNIT;
    if (record->name == NULL || size == 0 || size > bytes.size) {
        return NULL;
    }
    bool short_form = record->client_offset > 0 && size > record->client_offset;
    bool fits = record->open_ended != 0
                    ? size > record->size
                    : size == record->size || (short_form && size < record->size);
    if (!fits) {
        return NULL;
    }
    *whole_out = span_of(bytes.data, size);
    return record;
}

/* What the generic printer shows as bare numbers: refusals and command kinds have names too. */
static void print_rejected(struct json_writer *writer, const u8 *bytes)
{
    struct event_rejected rejected;
    memcpy(&rejected, bytes, sizeof(rejected));
    json_key(writer, "reject_name");
    json_put_text(writer, reject_name(rejected.reject));
    json_key(writer, "command_name");
    bool known =
        rejected.command < COMMAND_KIND_COUNT && wire_commands[rejected.command].name != NULL;
    json_put_text(writer, known ? wire_commands[rejected.command].name : "unknown");
}

bool json_put_record(struct json_writer *writer, struct span bytes, bool event)
{
    struct span whole;
    const struct wire_record *record = record_of(bytes, event, &whole);
    if (record == NULL) {
        return false;
    }
    struct span inner = {.data = NULL, .size = 0};
    if (record->open_ended != 0) {
        inner = span_after(whole, record->size);
        struct span ignored;
        if (record_of(inner, false, &ignored) == NULL) {
            return false;
        }
        whole.size = record->size;
    }
    json_object_begin(writer);
    json_key(writer, event ? "event" : "command");
    json_put_text(writer, record->name);
    json_key(writer, event ? "seq" : "source_index");
    json_put_u64(writer, bytes_u64(whole.data + 8));
    json_key(writer, "source");
    json_put_u64(writer, whole.data[3]);
    json_key(writer, "account");
    json_put_u64(writer, bytes_u32(whole.data + 4));
    print_fields(writer, record->fields, whole);
    if (event && bytes_u16(whole.data) == EVENT_REJECTED) {
        print_rejected(writer, whole.data);
    }
    if (inner.data != NULL) {
        json_key(writer, "applied");
        bool printed = json_put_record(writer, inner, false);
        CHECK(printed);
    }
    json_object_end(writer);
    return true;
}

size_t wire_print_json(struct span record, bool event, char *target, size_t target_bytes)
{
    struct json_writer writer;
    json_begin(&writer, target, target_bytes);
    if (!json_put_record(&writer, record, event)) {
        target[0] = 0;
        return 0;
    }
    return json_end(&writer);
}
