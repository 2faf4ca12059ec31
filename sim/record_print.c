#include "sim/record_print.h"

#include "base/bytes.h"
#include "wire/reject.h"
#include "wire/schema.h"

#include <inttypes.h>
#include <string.h>

static u64 number_of(const struct wire_field *field, const u8 *at)
{
    switch (field->type) {
    case WIRE_U8:
        return at[0];
    case WIRE_U16:
        return bytes_u16(at);
    case WIRE_U32:
        return bytes_u32(at);
    case WIRE_U64:
    case WIRE_I64:
    case WIRE_PRICE:
    case WIRE_AMOUNT:
        return bytes_u64(at);
    case WIRE_CLIENT_ID:
    case WIRE_BYTES:
    case WIRE_HEX:
    case WIRE_STRUCT:
        return 0;
    }
    return 0;
}

static void print_number(FILE *out, const struct wire_field *field, u64 number)
{
    if (field->names != NULL && number < field->names_count && field->names[number] != NULL) {
        fprintf(out, " %s=%s", field->name, field->names[number]);
    } else if (field->names != NULL) {
        fprintf(out, " %s=?%" PRIu64, field->name, number);
    } else if (field->type == WIRE_I64) {
        fprintf(out, " %s=%" PRId64, field->name, (i64)number);
    } else if (number != 0) {
        fprintf(out, " %s=%" PRIu64, field->name, number);
    }
    if (strcmp(field->name, "reject") == 0) {
        fprintf(out, " (%s)", reject_name((u32)number));
    }
}

static void print_client(FILE *out, const struct wire_field *field, const u8 *at, size_t left)
{
    struct client_id id = {0};
    char text[CLIENT_ID_SYMBOLS_MAX + 1];
    memcpy(&id, at, left < sizeof id ? left : sizeof id);
    if (client_id_print(&id, text) > 0) {
        fprintf(out, " %s=\"%s\"", field->name, text);
    }
}

static void print_bytes(FILE *out, const struct wire_field *field, const u8 *at)
{
    fprintf(out, " %s=", field->name);
    for (u32 i = 0; i < field->count; i++) {
        fprintf(out, "%02x", at[i]);
    }
}

/* Fields that lie within `size` bytes; what a shortened record lacks is zero. */
static void print_fields(FILE *out, const struct wire_field *field, const u8 *bytes, size_t size)
{
    for (; field->name != NULL; field++) {
        if (field->offset >= size) {
            return;
        }
        const u8 *at = bytes + field->offset;
        if (field->type == WIRE_STRUCT) {
            for (u32 i = 0; i < field->count; i++) {
                size_t start = (size_t)i * field->stride;
                fprintf(out, " %s[%u]={", field->name, i);
                print_fields(out, field->fields, at + start, field->stride);
                fprintf(out, " }");
            }
        } else if (field->type == WIRE_CLIENT_ID) {
            print_client(out, field, at, size - field->offset);
        } else if (field->type == WIRE_BYTES || field->type == WIRE_HEX) {
            print_bytes(out, field, at);
        } else {
            print_number(out, field, number_of(field, at));
        }
    }
}

static size_t record_size(const u8 *bytes, size_t size)
{
    size_t whole = (size_t)bytes[2] * WIRE_UNIT; /* the byte `units` of either head */
    if (whole < WIRE_UNIT) {
        whole = WIRE_UNIT;
    }
    return whole < size ? whole : size;
}

size_t record_print_command(FILE *out, const u8 *bytes, size_t size)
{
    struct command_head head;
    size_t whole = record_size(bytes, size);
    memcpy(&head, bytes, sizeof head);
    bool is_known = head.kind < COMMAND_KIND_COUNT && wire_commands[head.kind].name != NULL;
    fprintf(out, "%s", is_known ? wire_commands[head.kind].name : "unknown");
    fprintf(out, " kind=%u units=%u account=%u source=%u source_index=%" PRIu64, head.kind,
            bytes[2], head.account, head.source, head.source_index);
    if (is_known) {
        print_fields(out, wire_commands[head.kind].fields, bytes, whole);
    }
    fprintf(out, "\n");
    return whole;
}

size_t record_print_event(FILE *out, const u8 *bytes, size_t size)
{
    struct event_head head;
    size_t whole = record_size(bytes, size);
    memcpy(&head, bytes, sizeof head);
    bool is_known = head.kind < EVENT_KIND_COUNT && wire_events[head.kind].name != NULL;
    fprintf(out, "%s", is_known ? wire_events[head.kind].name : "unknown");
    fprintf(out, " units=%u account=%u source=%u seq=%" PRIu64, bytes[2], head.account, head.source,
            head.seq);
    if (!is_known) {
        fprintf(out, " kind=%u", head.kind);
    } else if (wire_events[head.kind].open_ended && whole > wire_events[head.kind].size) {
        size_t start = wire_events[head.kind].size;
        print_fields(out, wire_events[head.kind].fields, bytes, start);
        fprintf(out, " | ");
        (void)record_print_command(out, bytes + start, whole - start);
        return whole;
    } else {
        print_fields(out, wire_events[head.kind].fields, bytes, whole);
    }
    fprintf(out, "\n");
    return whole;
}

void record_print_events(FILE *out, const char *prefix, const u8 *bytes, size_t size)
{
    for (size_t at = 0; at + WIRE_UNIT <= size;) {
        fprintf(out, "%s", prefix);
        at += record_print_event(out, bytes + at, size - at);
    }
}
