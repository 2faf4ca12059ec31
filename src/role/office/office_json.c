#include "role/office/office_json.h"

#include "base/bytes.h"
#include "base/check.h"
#include "wire/json_pull.h"

#include <stdio.h>
#include <string.h>

/* ---- bodies ---- */

struct reading {
    struct json_pull pull;
    struct office_body *body;
    const struct office_wanted *wanted;
    u32 wanted_count;
    bool has_fields;
    bool fields_given;
    bool given[OFFICE_TEXTS_MAX];
};

static bool refuse(struct office_body *body, const char *what, const char *why)
{
    (void)snprintf(body->why, sizeof(body->why), "%s%s%s", what, what[0] == 0 ? "" : ": ", why);
    return false;
}

static bool refuse_json(struct reading *reading)
{
    return refuse(reading->body, "",
                  reading->pull.fault == JSON_PULL_FINE
                      ? "the body is one JSON object of texts"
                      : json_pull_fault_text((enum json_pull_fault)reading->pull.fault));
}

/* The last token's text; false: no room. */
static bool text_take(struct reading *reading, struct span *text_out)
{
    struct office_body *body = reading->body;
    if (!json_pull_text(&reading->pull, body->bytes + body->used, sizeof(body->bytes) - body->used,
                        text_out)) {
        return false;
    }
    if (text_out->data == body->bytes + body->used) {
        body->used += text_out->size;
    }
    return true;
}

static bool field_value(struct reading *reading, struct span name)
{
    struct office_body *body = reading->body;
    struct span value;
    if (!text_take(reading, &value) || value.size > OFFICE_FIELD_VALUE_MAX) {
        return refuse(body, "fields", "a value is too long");
    }
    if (body->fields_count == OFFICE_FIELDS_MAX) {
        return refuse(body, "fields", "more than an act has");
    }
    body->fields[body->fields_count].name = name;
    body->fields[body->fields_count].value = value;
    body->fields_count += 1;
    return true;
}

static bool field_list(struct reading *reading, struct span name)
{
    for (enum json_token token = json_pull_next(&reading->pull); token != JSON_TOKEN_ARRAY_END;
         token = json_pull_next(&reading->pull)) {
        if (token != JSON_TOKEN_STRING) {
            return token == JSON_TOKEN_BAD ? refuse_json(reading)
                                           : refuse(reading->body, "fields", "lists are of texts");
        }
        if (!field_value(reading, name)) {
            return false;
        }
    }
    return true;
}

static bool fields_take(struct reading *reading)
{
    struct span name;
    reading->fields_given = true;
    if (json_pull_next(&reading->pull) != JSON_TOKEN_OBJECT_BEGIN) {
        return refuse(reading->body, "fields", "an object is wanted");
    }
    for (enum json_token token = json_pull_next(&reading->pull); token != JSON_TOKEN_OBJECT_END;
         token = json_pull_next(&reading->pull)) {
        if (token != JSON_TOKEN_KEY) {
            return refuse_json(reading);
        }
        if (!text_take(reading, &name) || name.size > OFFICE_FIELD_NAME_MAX) {
            return refuse(reading->body, "fields", "a name is too long");
        }
        token = json_pull_next(&reading->pull);
        if (token == JSON_TOKEN_BAD) {
            return refuse_json(reading);
        }
        if (token != JSON_TOKEN_STRING && token != JSON_TOKEN_ARRAY_BEGIN) {
            return refuse(reading->body, "fields", "a value is a text, or a list of texts");
        }
        if (!(token == JSON_TOKEN_STRING ? field_value(reading, name)
                                         : field_list(reading, name))) {
            return false;
        }
    }
    return true;
}

static bool wanted_take(struct reading *reading, u32 place)
{
    const struct office_wanted *wanted = &reading->wanted[place];
    struct span *text = &reading->body->texts[place];
    enum json_token token = json_pull_next(&reading->pull);
    reading->given[place] = true;
    if (token == JSON_TOKEN_BAD) {
        return refuse_json(reading);
    }
    if (token != JSON_TOKEN_STRING) {
        return refuse(reading->body, wanted->name, "a text is wanted");
    }
    return text_take(reading, text) && text->size <= wanted->bytes_max
               ? true
               : refuse(reading->body, wanted->name, "too long");
}

static bool name_take(struct reading *reading)
{
    struct span name;
    if (!text_take(reading, &name)) {
        return refuse(reading->body, "", "a name is too long");
    }
    if (reading->has_fields && span_equal(name, span_of_text("fields"))) {
        return fields_take(reading);
    }
    for (u32 i = 0; i < reading->wanted_count; i += 1) {
        if (span_equal(name, span_of_text(reading->wanted[i].name))) {
            return wanted_take(reading, i);
        }
    }
    return refuse(reading->body, "", "there is a name that this request does not have");
}

bool office_body_read(struct office_body *body, struct span text,
                      const struct office_wanted *wanted, u32 wanted_count, bool has_fields)
{
    struct reading reading = {
        .body = body, .wanted = wanted, .wanted_count = wanted_count, .has_fields = has_fields};
    CHECK(wanted_count <= OFFICE_TEXTS_MAX);
    memset(body->texts, 0, sizeof(body->texts));
    body->fields_count = 0;
    body->used = 0;
    body->why[0] = 0;
    json_pull_begin(&reading.pull, text);
    if (json_pull_next(&reading.pull) != JSON_TOKEN_OBJECT_BEGIN) {
        return refuse_json(&reading);
    }
    for (enum json_token token = json_pull_next(&reading.pull); token != JSON_TOKEN_OBJECT_END;
         token = json_pull_next(&reading.pull)) {
        if (token != JSON_TOKEN_KEY) {
            return refuse_json(&reading);
        }
        if (!name_take(&reading)) {
            return false;
        }
    }
    if (json_pull_next(&reading.pull) != JSON_TOKEN_END) {
        return refuse_json(&reading);
    }
    for (u32 i = 0; i < wanted_count; i += 1) {
        if (!reading.given[i]) {
            return refuse(body, wanted[i].name, "missing");
        }
    }
    return has_fields && !reading.fields_given ? refuse(body, "fields", "missing") : true;
}

/* ---- queries ---- */

/* "%41" and plain bytes; false: no such text, or too long. '+' stays '+'. */
static bool decode(struct span from, char *target, size_t target_bytes)
{
    size_t used = 0;
    for (size_t i = 0; i < from.size; i += 1) {
        u32 byte = from.data[i];
        if (byte == '%') {
            bool has_two = from.size - i > 2;
            u32 high = has_two ? bytes_hex_digit(from.data[i + 1]) : 16;
            u32 low = has_two ? bytes_hex_digit(from.data[i + 2]) : 16;
            if (high > 15 || low > 15) {
                return false;
            }
            byte = high * 16 + low;
            i += 2;
        }
        if (byte < 0x20 || byte == 0x7f || used + 1 >= target_bytes) {
            return false;
        }
        target[used] = (char)byte;
        used += 1;
    }
    target[used] = 0;
    return true;
}

bool office_query_text(struct span query, const char *name, char *target, size_t target_bytes,
                       bool *given_out)
{
    u32 count = 0;
    bool is_read = false;
    *given_out = false;
    while (query.size > 0) {
        const u8 *end = memchr(query.data, '&', query.size);
        size_t size = end == NULL ? query.size : (size_t)(end - query.data);
        struct span pair = span_of(query.data, size);
        query = end == NULL ? span_of(NULL, 0) : span_after(query, size + 1);
        const u8 *sign = pair.size == 0 ? NULL : memchr(pair.data, '=', pair.size);
        size_t head = sign == NULL ? pair.size : (size_t)(sign - pair.data);
        if (span_equal(span_of(pair.data, head), span_of_text(name))) {
            count += 1;
            is_read = sign != NULL && decode(span_after(pair, head + 1), target, target_bytes);
        }
    }
    *given_out = count > 0;
    return count == 1 && is_read;
}

/* ---- base64url ---- */

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

size_t office_from_base64url(struct span text, u8 *target, size_t target_bytes)
{
    size_t size = text.size / 4 * 3 + (text.size % 4 == 0 ? 0 : text.size % 4 - 1);
    u32 bits = 0;
    u32 held = 0;
    size_t used = 0;
    if (text.size == 0 || text.size % 4 == 1 || size > target_bytes) {
        return 0;
    }
    for (size_t i = 0; i < text.size; i += 1) {
        const char *at = text.data[i] == 0 ? NULL : strchr(letters, (char)text.data[i]);
        if (at == NULL) {
            return 0;
        }
        bits = bits << 6 | (u32)(at - letters);
        held += 6;
        if (held >= 8) {
            held -= 8;
            target[used] = (u8)(bits >> held);
            used += 1;
        }
    }
    return (bits & ((1U << held) - 1)) == 0 ? used : 0;
}

const char *office_to_base64url(const u8 *bytes, size_t size, char *target)
{
    size_t used = 0;
    u32 bits = 0;
    u32 held = 0;
    for (size_t i = 0; i < size; i += 1) {
        bits = bits << 8 | bytes[i];
        held += 8;
        while (held >= 6) {
            held -= 6;
            target[used] = letters[bits >> held & 63];
            used += 1;
        }
    }
    if (held > 0) {
        target[used] = letters[bits << (6 - held) & 63];
        used += 1;
    }
    target[used] = 0;
    return target;
}
