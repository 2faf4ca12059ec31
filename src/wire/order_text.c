#include "wire/order_text.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "wire/moment.h"

#include <stdio.h>
#include <string.h>

#define TITLE "cambist order v1"

enum { HAS_TEXT = 1, HAS_ACCOUNT = 2 };

static const u8 kinds[COMMAND_KIND_COUNT] = {
    [COMMAND_RESTRICT] = HAS_TEXT | HAS_ACCOUNT,
    [COMMAND_HOLD_RELEASE] = HAS_TEXT,
    [COMMAND_ADJUST] = HAS_TEXT | HAS_ACCOUNT,
    [COMMAND_PERSON_ADD] = HAS_TEXT,
    [COMMAND_LINK] = HAS_TEXT | HAS_ACCOUNT,
    [COMMAND_UNLINK] = HAS_TEXT | HAS_ACCOUNT,
    [COMMAND_FACT_SET] = HAS_TEXT,
    [COMMAND_LISTING_SET] = HAS_TEXT,
    [COMMAND_OWNERSHIP_SET] = HAS_TEXT,
    [COMMAND_ROW_END] = HAS_TEXT,
    [COMMAND_VALUATION_PRICE] = HAS_TEXT,
    [COMMAND_PACK_ACTIVATE] = HAS_TEXT,
    [COMMAND_PACK_END] = HAS_TEXT,
    [COMMAND_PACK_REPLACE] = HAS_TEXT,
    [COMMAND_RULES_SET] = HAS_TEXT,
    [COMMAND_LICENCE_SET] = HAS_TEXT,
    [COMMAND_LIFT] = HAS_TEXT,
    [COMMAND_CASE_ACT] = HAS_TEXT,
    [COMMAND_LOG_ENTRY] = HAS_TEXT,
    [COMMAND_PERSON_GROUP] = HAS_TEXT,
};

_Static_assert(sizeof(struct command_licence_set) <= ORDER_COMMAND_BYTES, "the largest one");

bool order_text_has(u16 kind)
{
    return kind < COMMAND_KIND_COUNT && (kinds[kind] & HAS_TEXT) != 0;
}

bool order_text_has_account(u16 kind)
{
    return kind < COMMAND_KIND_COUNT && (kinds[kind] & HAS_ACCOUNT) != 0;
}

static const struct wire_field *field_named(u16 kind, const char *name)
{
    const struct wire_field *field = wire_commands[kind].fields;
    while (field->name != NULL && strcmp(field->name, name) != 0) {
        field += 1;
    }
    return field->name == NULL ? NULL : field;
}

bool order_text_has_officer(u16 kind)
{
    return field_named(kind, "officer") != NULL;
}

bool order_text_has_matter(u16 kind)
{
    return field_named(kind, "matter") != NULL;
}

size_t order_text_begin(u16 kind, u8 command[ORDER_COMMAND_BYTES])
{
    if (!order_text_has(kind)) {
        return 0;
    }
    size_t size = wire_commands[kind].size;
    struct command_head head = {.kind = kind, .units = (u8)(size / WIRE_UNIT)};
    CHECK(size <= ORDER_COMMAND_BYTES);
    memset(command, 0, size);
    memcpy(command, &head, sizeof(head));
    return size;
}

void order_text_officers(u8 *command, u32 officer, u32 second)
{
    u16 kind = bytes_u16(command);
    const struct wire_field *first_field = field_named(kind, "officer");
    const struct wire_field *second_field = field_named(kind, "second");
    if (first_field != NULL) {
        memcpy(command + first_field->offset, &officer, sizeof(officer));
    }
    if (second_field != NULL) {
        memcpy(command + second_field->offset, &second, sizeof(second));
    }
}

u64 order_text_number(const u8 *command, const char *name)
{
    const struct wire_field *field = field_named(bytes_u16(command), name);
    u64 number = 0;
    if (field != NULL && (field->type == WIRE_U64 || field->type == WIRE_U32)) {
        memcpy(&number, command + field->offset, field->type == WIRE_U64 ? 8 : 4);
    }
    return number;
}

/* ---- printing ---- */

struct printer {
    char *target;
    size_t used;
    bool failed;
};

static void line_put(struct printer *printer, const char *name, const char *value)
{
    size_t left = ORDER_TEXT_BYTES - printer->used;
    int size = snprintf(printer->target + printer->used, left, "%s: %s\n", name, value);
    if (size < 0 || (size_t)size >= left) {
        printer->failed = true;
        return;
    }
    printer->used += (size_t)size;
}

static void hex_put(struct printer *printer, const char *name, const u8 *bytes, u32 count)
{
    char text[2 * ORDER_NONCE_BYTES + 1];
    CHECK((size_t)2 * count < sizeof(text));
    for (u32 i = 0; i < count; i += 1) {
        (void)snprintf(text + (size_t)2 * i, 3, "%02x", bytes[i]);
    }
    line_put(printer, name, text);
}

static void number_put(struct printer *printer, const char *name, u64 number)
{
    char text[24];
    (void)snprintf(text, sizeof(text), "%llu", (unsigned long long)number);
    line_put(printer, name, text);
}

static void fields_put(struct printer *printer, const u8 *command)
{
    char value[ORDER_VALUE_BYTES];
    const struct wire_field *field = wire_commands[bytes_u16(command)].fields;
    for (; field->name != NULL; field += 1) {
        if (order_field_is_hidden(field)) {
            continue;
        }
        if (!order_value_print(command, field, value)) {
            printer->failed = true;
            return;
        }
        line_put(printer, field->name, value);
    }
}

/* The record has nothing but what the text shows and the codes of officers. */
static bool shows_all(struct span command)
{
    u8 rest[ORDER_COMMAND_BYTES];
    struct command_head head;
    memcpy(&head, command.data, sizeof(head));
    memcpy(rest, command.data, command.size);
    memset(rest, 0, sizeof(head));
    const struct wire_field *field = wire_commands[head.kind].fields;
    for (; field->name != NULL; field += 1) {
        bool is_code = strcmp(field->name, "officer") == 0 || strcmp(field->name, "second") == 0;
        if (is_code || !order_field_is_hidden(field)) {
            memset(rest + field->offset, 0, order_field_bytes(field));
        }
    }
    return head.source == 0 && head.source_index == 0 &&
           (head.account == 0 || order_text_has_account(head.kind)) &&
           span_is_zero(span_of(rest, command.size));
}

size_t order_text_print(struct span command, const struct order_head *head,
                        char target[ORDER_TEXT_BYTES])
{
    struct printer printer = {.target = target};
    char moment[MOMENT_TEXT_BYTES];
    const char *reason = NULL;
    target[0] = 0;
    if (command.size < WIRE_UNIT || command.size > ORDER_COMMAND_BYTES ||
        !order_text_has(bytes_u16(command.data)) ||
        !command_check(command.data, command.size, &reason) ||
        command.size != wire_commands[bytes_u16(command.data)].size || !shows_all(command) ||
        !moment_print(head->until_us, moment)) {
        return 0;
    }
    u16 kind = bytes_u16(command.data);
    printer.used = (size_t)snprintf(target, ORDER_TEXT_BYTES, TITLE "\n");
    hex_put(&printer, "venue", head->venue, ORDER_VENUE_BYTES);
    line_put(&printer, "order", wire_commands[kind].name);
    if (order_text_has_account(kind)) {
        number_put(&printer, "account",
                   bytes_u32(command.data + offsetof(struct command_head, account)));
    }
    fields_put(&printer, command.data);
    if (!order_text_has_matter(kind)) {
        number_put(&printer, "matter", head->matter);
    } else if (head->matter != 0) {
        return 0;
    }
    hex_put(&printer, "approval_nonce", head->nonce, ORDER_NONCE_BYTES);
    line_put(&printer, "approval_until", moment);
    return printer.failed ? 0 : printer.used;
}

size_t order_text_pack(const u8 content_hash[ORDER_PACK_HASH_BYTES],
                       char target[ORDER_PACK_TEXT_BYTES])
{
    int used = snprintf(target, ORDER_PACK_TEXT_BYTES, "cambist rule pack v1\n");
    for (u32 i = 0; i < ORDER_PACK_HASH_BYTES; i += 1) {
        used +=
            snprintf(target + used, ORDER_PACK_TEXT_BYTES - (size_t)used, "%02x", content_hash[i]);
    }
    used += snprintf(target + used, ORDER_PACK_TEXT_BYTES - (size_t)used, "\n");
    CHECK(used > 0 && (size_t)used < ORDER_PACK_TEXT_BYTES);
    return (size_t)used;
}

/* ---- reading ---- */

struct reader {
    struct span rest;
    struct order_mistake *mistake;
    u32 line;
};

static bool wrong(struct reader *reader, const char *name, const char *wanted)
{
    *reader->mistake = (struct order_mistake){.line = reader->line, .wanted = wanted};
    (void)snprintf(reader->mistake->name, sizeof(reader->mistake->name), "%s", name);
    return false;
}

static bool line_take(struct reader *reader, struct span *line_out)
{
    size_t size = 0;
    while (size < reader->rest.size && reader->rest.data[size] != '\n') {
        size += 1;
    }
    reader->line += 1;
    if (size == reader->rest.size) {
        return wrong(reader, "", "one more line");
    }
    *line_out = span_of(reader->rest.data, size);
    reader->rest = span_of(reader->rest.data + size + 1, reader->rest.size - size - 1);
    return true;
}

/* The value of the line that must come now. */
static bool value_take(struct reader *reader, const char *name, struct span *value_out)
{
    struct span line;
    size_t size = strlen(name);
    if (!line_take(reader, &line)) {
        return wrong(reader, name, "this line");
    }
    if (line.size < size + 2 || memcmp(line.data, name, size) != 0 || line.data[size] != ':' ||
        line.data[size + 1] != ' ') {
        return wrong(reader, name, "this line here");
    }
    *value_out = span_after(line, size + 2);
    return true;
}

static bool hex_take(struct reader *reader, const char *name, u8 *target, u32 count)
{
    struct wire_field field = {.name = name, .type = WIRE_HEX, .count = count};
    struct span value;
    if (!value_take(reader, name, &value)) {
        return false;
    }
    const char *wanted = order_value_parse(target, &field, value);
    return wanted == NULL || wrong(reader, name, wanted);
}

static bool number_take(struct reader *reader, const char *name, void *target, enum wire_type type)
{
    struct wire_field field = {.name = name, .type = type};
    struct span value;
    if (!value_take(reader, name, &value)) {
        return false;
    }
    const char *wanted = order_value_parse(target, &field, value);
    return wanted == NULL || wrong(reader, name, wanted);
}

static bool kind_take(struct reader *reader, u16 *kind_out)
{
    struct span value;
    if (!value_take(reader, "order", &value)) {
        return false;
    }
    for (u16 kind = 1; kind < COMMAND_KIND_COUNT; kind += 1) {
        if (order_text_has(kind) && span_equal(span_of_text(wire_commands[kind].name), value)) {
            *kind_out = kind;
            return true;
        }
    }
    return wrong(reader, "order", "a command that officers sign");
}

static bool fields_take(struct reader *reader, u8 *command)
{
    const struct wire_field *field = wire_commands[bytes_u16(command)].fields;
    for (; field->name != NULL; field += 1) {
        struct span value;
        if (order_field_is_hidden(field)) {
            continue;
        }
        if (!value_take(reader, field->name, &value)) {
            return false;
        }
        const char *wanted = order_value_parse(command, field, value);
        if (wanted != NULL) {
            return wrong(reader, field->name, wanted);
        }
    }
    return true;
}

static bool tail_take(struct reader *reader, u16 kind, struct order_head *head)
{
    struct wire_field until = {.name = "until", .type = WIRE_U64};
    struct span value;
    if ((!order_text_has_matter(kind) && !number_take(reader, "matter", &head->matter, WIRE_U64)) ||
        !hex_take(reader, "approval_nonce", head->nonce, ORDER_NONCE_BYTES) ||
        !value_take(reader, "approval_until", &value)) {
        return false;
    }
    const char *wanted = order_value_parse((u8 *)&head->until_us, &until, value);
    if (wanted != NULL) {
        return wrong(reader, "approval_until", wanted);
    }
    reader->line += 1;
    return reader->rest.size == 0 || wrong(reader, "", "nothing more");
}

static bool all_take(struct reader *reader, u8 *command, struct order_head *head, size_t *size_out)
{
    struct span title;
    u16 kind = 0;
    if (!line_take(reader, &title) || !span_equal(title, span_of_text(TITLE))) {
        return wrong(reader, "", "\"" TITLE "\" as the first line");
    }
    if (!hex_take(reader, "venue", head->venue, ORDER_VENUE_BYTES) || !kind_take(reader, &kind)) {
        return false;
    }
    *size_out = order_text_begin(kind, command);
    if (order_text_has_account(kind) &&
        !number_take(reader, "account", command + offsetof(struct command_head, account),
                     WIRE_U32)) {
        return false;
    }
    return fields_take(reader, command) && tail_take(reader, kind, head);
}

size_t order_text_parse(struct span text, u8 command[ORDER_COMMAND_BYTES],
                        struct order_head *head_out, struct order_mistake *mistake_out)
{
    char again[ORDER_TEXT_BYTES];
    struct reader reader = {.rest = text, .mistake = mistake_out};
    size_t size = 0;
    *head_out = (struct order_head){.until_us = 0};
    *mistake_out = (struct order_mistake){.line = 0};
    if (!all_take(&reader, command, head_out, &size)) {
        return 0;
    }
    size_t length = order_text_print(span_of(command, size), head_out, again);
    if (!span_equal(span_of(again, length), text)) {
        reader.line = 0;
        (void)wrong(&reader, "", "the one way in which this order is written");
        return 0;
    }
    return size;
}
