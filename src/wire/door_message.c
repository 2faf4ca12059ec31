#include "wire/door_message.h"

#include "base/bytes.h"
#include "base/span.h"

#include <string.h>

#define ROW_OF(constant, number, fields_, is_operator, name_) \
    [number] = {.fields = (fields_), .is_operators = (is_operator), .name = (name_)},
static const struct {
    u32 fields;
    bool is_operators;
    const char *name;
} kinds[DOOR_ASK_MAX + 1] = {DOOR_ASK_TABLE(ROW_OF)};
#undef ROW_OF

#define TEXT_OF(constant, number, text) [number] = (text),
static const char *const code_texts[DOOR_CODE_MAX + 1] = {DOOR_CODE_TABLE(TEXT_OF)};
#undef TEXT_OF

const char *door_ask_name(u32 kind)
{
    return kind <= DOOR_ASK_MAX ? kinds[kind].name : NULL;
}

const char *door_code_text(u32 code)
{
    return code <= DOOR_CODE_MAX ? code_texts[code] : NULL;
}

u32 door_ask_fields(u32 kind)
{
    return kind <= DOOR_ASK_MAX ? kinds[kind].fields : 0;
}

bool door_ask_is_operators(u32 kind)
{
    return kind <= DOOR_ASK_MAX && kinds[kind].is_operators;
}

u32 door_frame_bytes(struct span begin, u32 bytes_max)
{
    if (begin.size < sizeof(u32)) {
        return 0;
    }
    u32 bytes = bytes_u32(begin.data);
    return bytes < DOOR_HEAD_BYTES || bytes > bytes_max ? UINT32_MAX : bytes;
}

/* ---- reading ---- */

/* What is left of a frame. Once something is missing it stays so, and gives zeros. */
struct reader {
    struct span rest;
    bool is_short;
};

static void take(struct reader *reader, u8 *target, size_t size)
{
    memset(target, 0, size);
    if (reader->is_short || size > reader->rest.size) {
        reader->is_short = true;
        return;
    }
    memcpy(target, reader->rest.data, size);
    reader->rest = span_of(reader->rest.data + size, reader->rest.size - size);
}

static u64 take_number(struct reader *reader, u32 size)
{
    u8 bytes[8] = {0};
    take(reader, bytes, size);
    return bytes_u64(bytes);
}

/* A byte of size, then as many bytes. False: more than there is room for. */
static bool take_text(struct reader *reader, u8 *target, u32 room, u32 *size_out)
{
    u32 size = (u32)take_number(reader, 1);
    if (size > room) {
        return false;
    }
    take(reader, target, size);
    *size_out = reader->is_short ? 0 : size;
    return true;
}

static const char *take_field(struct reader *reader, u32 field, struct door_ask *ask)
{
    switch ((enum door_field)field) {
    case DOOR_FIELD_NETWORK:
        take(reader, ask->network, sizeof(ask->network));
        return NULL;
    case DOOR_FIELD_TOKEN:
        take(reader, ask->token, sizeof(ask->token));
        return NULL;
    case DOOR_FIELD_CSRF:
        take(reader, ask->csrf, sizeof(ask->csrf));
        return NULL;
    case DOOR_FIELD_TICKET:
        take(reader, ask->ticket, sizeof(ask->ticket));
        return NULL;
    case DOOR_FIELD_NUMBER:
        ask->number = take_number(reader, 8);
        return ask->number > INT64_MAX ? "a number is too large" : NULL;
    case DOOR_FIELD_LANGUAGE:
        ask->language = (u8)take_number(reader, 1);
        return ask->language != DOOR_LANGUAGE_ENGLISH && ask->language != DOOR_LANGUAGE_FRENCH
                   ? "there is no such language"
                   : NULL;
    case DOOR_FIELD_ADDRESS:
        return take_text(reader, ask->address, sizeof(ask->address), &ask->address_bytes)
                   ? NULL
                   : "an address is too long";
    case DOOR_FIELD_PASSWORD:
        return take_text(reader, ask->password, sizeof(ask->password), &ask->password_bytes)
                   ? NULL
                   : "a password is too long";
    case DOOR_FIELD_CODE:
        return take_text(reader, ask->code, sizeof(ask->code), &ask->code_bytes)
                   ? NULL
                   : "a code is too long";
    case DOOR_FIELD_SECOND:
        return take_text(reader, ask->second, sizeof(ask->second), &ask->second_bytes)
                   ? NULL
                   : "a code is too long";
    }
    return "there is no such field";
}

const char *door_ask_read(struct span frame, struct door_ask *ask_out)
{
    memset(ask_out, 0, sizeof(*ask_out));
    if (frame.size < DOOR_HEAD_BYTES || bytes_u32(frame.data) != frame.size) {
        return "the frame is not as long as it says";
    }
    ask_out->kind = bytes_u16(frame.data + 4);
    ask_out->id = bytes_u64(frame.data + 8);
    if (ask_out->kind == 0 || ask_out->kind > DOOR_ASK_MAX) {
        ask_out->kind = 0; /* so it is answered with a kind that there is */
        return "there is no such kind";
    }
    if (bytes_u16(frame.data + 6) != DOOR_MESSAGE_VERSION) {
        return "the frame is of another version";
    }
    struct reader reader = {.rest = span_after(frame, DOOR_HEAD_BYTES)};
    for (u32 field = DOOR_FIELD_NETWORK; field <= DOOR_FIELD_SECOND; field <<= 1) {
        bool is_asked = (kinds[ask_out->kind].fields & field) != 0;
        const char *wrong = is_asked ? take_field(&reader, field, ask_out) : NULL;
        if (reader.is_short) {
            return "the frame is too short for what it says";
        }
        if (wrong != NULL) {
            return wrong;
        }
    }
    return reader.rest.size == 0 ? NULL : "the frame is longer than what it says";
}

/* ---- writing ---- */

static struct frame_writer begin(u8 *target, u32 room, u16 kind, u64 id)
{
    struct frame_writer writer = {.bytes = target, .room = room};
    frame_write_u32(&writer, 0);
    frame_write_u16(&writer, kind);
    frame_write_u16(&writer, DOOR_MESSAGE_VERSION);
    frame_write_u64(&writer, id);
    return writer;
}

static void write_text(struct frame_writer *writer, const u8 *bytes, u32 size)
{
    frame_write_u8(writer, (u8)size);
    frame_write_bytes(writer, span_of(bytes, size));
}

static void write_field(struct frame_writer *writer, u32 field, const struct door_ask *ask)
{
    switch ((enum door_field)field) {
    case DOOR_FIELD_NETWORK:
        frame_write_bytes(writer, span_of(ask->network, sizeof(ask->network)));
        break;
    case DOOR_FIELD_TOKEN:
        frame_write_bytes(writer, span_of(ask->token, sizeof(ask->token)));
        break;
    case DOOR_FIELD_CSRF:
        frame_write_bytes(writer, span_of(ask->csrf, sizeof(ask->csrf)));
        break;
    case DOOR_FIELD_TICKET:
        frame_write_bytes(writer, span_of(ask->ticket, sizeof(ask->ticket)));
        break;
    case DOOR_FIELD_NUMBER:
        frame_write_u64(writer, ask->number);
        break;
    case DOOR_FIELD_LANGUAGE:
        frame_write_u8(writer, ask->language);
        break;
    case DOOR_FIELD_ADDRESS:
        write_text(writer, ask->address, ask->address_bytes);
        break;
    case DOOR_FIELD_PASSWORD:
        write_text(writer, ask->password, ask->password_bytes);
        break;
    case DOOR_FIELD_CODE:
        write_text(writer, ask->code, ask->code_bytes);
        break;
    case DOOR_FIELD_SECOND:
        write_text(writer, ask->second, ask->second_bytes);
        break;
    }
}

u32 door_ask_write(const struct door_ask *ask, u8 *target, u32 room)
{
    struct frame_writer writer = begin(target, room, ask->kind, ask->id);
    u32 fields = ask->kind <= DOOR_ASK_MAX ? kinds[ask->kind].fields : 0;
    for (u32 field = DOOR_FIELD_NETWORK; field <= DOOR_FIELD_SECOND; field <<= 1) {
        if ((fields & field) != 0) {
            write_field(&writer, field, ask);
        }
    }
    door_answer_end(&writer);
    return writer.is_full ? 0 : writer.size;
}

struct frame_writer door_answer_begin(u8 *target, u32 room, const struct door_ask *ask, u32 code,
                                      u32 wait_s)
{
    struct frame_writer writer = begin(target, room, (u16)(ask->kind | DOOR_ANSWER_BIT), ask->id);
    frame_write_u32(&writer, code);
    frame_write_u32(&writer, wait_s);
    return writer;
}

void door_answer_end(struct frame_writer *writer)
{
    frame_writer_end(writer);
}

bool door_answer_read(struct span frame, struct door_answer_head *head_out)
{
    *head_out = (struct door_answer_head){.id = 0};
    if (frame.size < DOOR_ANSWER_HEAD || bytes_u32(frame.data) != frame.size) {
        return false;
    }
    u32 kind = bytes_u16(frame.data + 4);
    head_out->kind = (u16)(kind & ~DOOR_ANSWER_BIT);
    head_out->id = bytes_u64(frame.data + 8);
    head_out->code = bytes_u32(frame.data + 16);
    head_out->wait_s = bytes_u32(frame.data + 20);
    head_out->contents = span_after(frame, DOOR_ANSWER_HEAD);
    return bytes_u16(frame.data + 6) == DOOR_MESSAGE_VERSION && (kind & DOOR_ANSWER_BIT) != 0 &&
           head_out->kind <= DOOR_ASK_MAX && head_out->code <= DOOR_CODE_MAX;
}
