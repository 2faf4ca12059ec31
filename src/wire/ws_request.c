#include "wire/ws_request.h"

#include "base/check.h"
#include "base/span.h"

#include <string.h>

/* One message being read. */
struct reading {
    struct json_pull pull;
    struct ws_request *out;
    const struct ws_room *room;
    size_t text_used;
    bool has_method;
};

/* The first fault counts; reading goes on, to see the rest of the text. */
static void note(struct reading *reading, enum ws_fault fault)
{
    if (reading->out->fault == WS_OK) {
        reading->out->fault = fault;
    }
}

/* What the last key or string means, kept in the room. */
static bool keep_text(struct reading *reading, struct span *text_out)
{
    const struct ws_room *room = reading->room;
    u8 *target = room->text_bytes == 0 ? NULL : room->text + reading->text_used;
    if (!json_pull_text(&reading->pull, target, room->text_bytes - reading->text_used, text_out)) {
        *text_out = span_of("", 0);
        note(reading, WS_FAULT_LIMIT);
        return false;
    }
    reading->text_used += reading->pull.escaped ? text_out->size : 0;
    return true;
}

/* Passes over the value that begins with `token`; raw is all of it. */
static bool pass(struct reading *reading, enum json_token token)
{
    if (token == JSON_TOKEN_OBJECT_BEGIN || token == JSON_TOKEN_ARRAY_BEGIN) {
        return json_pull_skip(&reading->pull);
    }
    return token != JSON_TOKEN_BAD;
}

static bool is_integer_of_64_bits(struct span number)
{
    bool negative = number.size > 0 && number.data[0] == '-';
    u64 limit = negative ? (u64)INT64_MAX + 1 : (u64)INT64_MAX;
    u64 value = 0;
    for (size_t i = negative ? 1 : 0; i < number.size; i += 1) {
        u8 byte = number.data[i];
        u64 digit = byte >= '0' && byte <= '9' ? (u64)(byte - '0') : 10;
        if (digit > 9 || value > (limit - digit) / 10) {
            return false;
        }
        value = value * 10 + digit;
    }
    return true;
}

static bool read_id(struct reading *reading, enum json_token token)
{
    if (!pass(reading, token)) {
        return false;
    }
    struct ws_request *out = reading->out;
    struct span raw = reading->pull.raw;
    if (token == JSON_TOKEN_STRING && raw.size + 2 <= WS_ID_BYTES_MAX) {
        out->id = WS_ID_STRING;
        out->id_text = span_of(raw.data - 1, raw.size + 2); /* with its quotes */
    } else if (token == JSON_TOKEN_NUMBER && is_integer_of_64_bits(raw)) {
        out->id = WS_ID_INTEGER;
        out->id_text = raw;
    } else if (token == JSON_TOKEN_NULL) {
        out->id = WS_ID_NULL;
        out->id_text = raw;
    } else {
        note(reading, WS_FAULT_ID);
    }
    return true;
}

static bool read_method(struct reading *reading, enum json_token token)
{
    if (!pass(reading, token)) {
        return false;
    }
    reading->has_method = true;
    struct span *method = &reading->out->method;
    if (token != JSON_TOKEN_STRING) {
        note(reading, WS_FAULT_METHOD);
    } else if (keep_text(reading, method) &&
               (method->size == 0 || method->size > WS_METHOD_BYTES_MAX)) {
        note(reading, WS_FAULT_METHOD);
        *method = span_of("", 0);
    }
    return true;
}

static bool kind_of(enum json_token token, enum ws_kind *kind_out)
{
    switch (token) {
    case JSON_TOKEN_STRING:
        *kind_out = WS_STRING;
        return true;
    case JSON_TOKEN_NUMBER:
        *kind_out = WS_NUMBER;
        return true;
    case JSON_TOKEN_TRUE:
    case JSON_TOKEN_FALSE:
        *kind_out = WS_BOOLEAN;
        return true;
    case JSON_TOKEN_NULL:
        *kind_out = WS_NULL;
        return true;
    case JSON_TOKEN_ARRAY_BEGIN:
        *kind_out = WS_ARRAY;
        return true;
    case JSON_TOKEN_OBJECT_BEGIN:
        *kind_out = WS_OBJECT;
        return true;
    case JSON_TOKEN_BAD:
    case JSON_TOKEN_END:
    case JSON_TOKEN_OBJECT_END:
    case JSON_TOKEN_ARRAY_END:
    case JSON_TOKEN_KEY:
        break;
    }
    return false;
}

/* One value of params, with the name already read; nothing is kept once the room is full. */
static bool read_param(struct reading *reading, enum json_token token, struct span name)
{
    struct ws_param param = {.name = name};
    if (!kind_of(token, &param.kind) || !pass(reading, token)) {
        return false;
    }
    param.text = reading->pull.raw;
    if (param.kind == WS_STRING && !keep_text(reading, &param.text)) {
        return true;
    }
    if (reading->out->params_count == reading->room->params_max) {
        note(reading, WS_FAULT_LIMIT);
        return true;
    }
    reading->room->params[reading->out->params_count] = param;
    reading->out->params_count += 1;
    return true;
}

static bool read_params(struct reading *reading, enum json_token token)
{
    struct ws_request *out = reading->out;
    bool object = token == JSON_TOKEN_OBJECT_BEGIN;
    if (!object && token != JSON_TOKEN_ARRAY_BEGIN) {
        if (token != JSON_TOKEN_NULL) {
            note(reading, WS_FAULT_PARAMS);
        }
        return pass(reading, token);
    }
    out->form = object ? WS_PARAMS_OBJECT : WS_PARAMS_ARRAY;
    for (;;) {
        enum json_token next = json_pull_next(&reading->pull);
        if (next == JSON_TOKEN_OBJECT_END || next == JSON_TOKEN_ARRAY_END) {
            return true;
        }
        struct span name = span_of("", 0);
        if (next == JSON_TOKEN_KEY) {
            (void)keep_text(reading, &name);
            next = json_pull_next(&reading->pull);
        }
        if (!read_param(reading, next, name)) {
            return false;
        }
    }
}

static bool key_is(const struct reading *reading, const char *name)
{
    u8 room[16];
    struct span key;
    return json_pull_text(&reading->pull, room, sizeof(room), &key) &&
           span_equal(key, span_of_text(name));
}

/* The members of the message's object. False: no JSON. */
static bool read_members(struct reading *reading)
{
    for (;;) {
        enum json_token token = json_pull_next(&reading->pull);
        if (token != JSON_TOKEN_KEY) {
            return token == JSON_TOKEN_OBJECT_END;
        }
        bool is_id = key_is(reading, "id");
        bool is_method = key_is(reading, "method");
        bool is_params = key_is(reading, "params");
        token = json_pull_next(&reading->pull);
        bool sound = false;
        if (is_id) {
            sound = read_id(reading, token);
        } else if (is_method) {
            sound = read_method(reading, token);
        } else if (is_params) {
            sound = read_params(reading, token);
        } else {
            sound = pass(reading, token);
            reading->out->others_count += 1;
        }
        if (!sound) {
            return false;
        }
    }
}

static bool read_message(struct reading *reading)
{
    enum json_token token = json_pull_next(&reading->pull);
    if (token != JSON_TOKEN_OBJECT_BEGIN) {
        note(reading, WS_FAULT_SHAPE);
        reading->has_method = true; /* not worth a second complaint */
        if (!pass(reading, token)) {
            return false;
        }
    } else if (!read_members(reading)) {
        return false;
    }
    return json_pull_next(&reading->pull) == JSON_TOKEN_END;
}

bool ws_request_read(struct ws_request *out, struct span message, const struct ws_room *room)
{
    struct reading reading = {.out = out, .room = room};
    *out = (struct ws_request){.params = room->params};
    json_pull_begin(&reading.pull, message);
    if (!read_message(&reading)) {
        CHECK(reading.pull.fault != JSON_PULL_FINE);
        *out = (struct ws_request){
            .fault = WS_FAULT_JSON,
            .json_fault = (enum json_pull_fault)reading.pull.fault,
            .fault_offset = reading.pull.at,
            .params = room->params,
        };
        return false;
    }
    if (!reading.has_method) {
        note(&reading, WS_FAULT_METHOD);
    }
    return out->fault == WS_OK;
}

const struct ws_param *ws_request_find(const struct ws_request *request, const char *name)
{
    struct span wanted = span_of_text(name);
    for (u32 i = 0; request->form == WS_PARAMS_OBJECT && i < request->params_count; i += 1) {
        if (span_equal(request->params[i].name, wanted)) {
            return &request->params[i];
        }
    }
    return NULL;
}

static bool name_before(struct span a, struct span b)
{
    size_t common = a.size < b.size ? a.size : b.size;
    int order = common == 0 ? 0 : memcmp(a.data, b.data, common);
    return order < 0 || (order == 0 && a.size < b.size);
}

static bool append(u8 *target, size_t target_bytes, size_t *used, struct span bytes)
{
    if (!span_copy(bytes, target + *used, target_bytes - *used)) {
        return false;
    }
    *used += bytes.size;
    return true;
}

bool ws_request_payload(const struct ws_request *request, void *target, size_t target_bytes,
                        size_t *size_out)
{
    u8 order[JSON_PULL_KEYS_MAX];
    u32 count = 0;
    *size_out = 0;
    if (request->form == WS_PARAMS_ARRAY) {
        return false;
    }
    CHECK(request->params_count <= JSON_PULL_KEYS_MAX);
    for (u32 i = 0; i < request->params_count; i += 1) {
        struct span name = request->params[i].name;
        if (span_equal(name, span_of_text("signature"))) {
            continue;
        }
        u32 place = count;
        for (; place > 0 && name_before(name, request->params[order[place - 1]].name); place -= 1) {
            order[place] = order[place - 1];
        }
        order[place] = (u8)i;
        count += 1;
    }
    for (u32 i = 0; i < count; i += 1) {
        const struct ws_param *param = &request->params[order[i]];
        if (!append(target, target_bytes, size_out, span_of("&", i > 0 ? 1 : 0)) ||
            !append(target, target_bytes, size_out, param->name) ||
            !append(target, target_bytes, size_out, span_of("=", 1)) ||
            !append(target, target_bytes, size_out, param->text)) {
            return false;
        }
    }
    return true;
}
