#include "role/gateway/ws_stream.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "wire/json.h"

#include <stdio.h>
#include <string.h>

#define SECOND_US 1000000ULL
/* API web-socket-streams.md "Live Subscribing/Unsubscribing to streams" */
#define ID_SYMBOLS_MAX 36U
#define TEXT_BYTES     384U

/* ---- the address ---- */

static bool has_prefix(struct span text, const char *prefix)
{
    size_t size = strlen(prefix);
    return text.size >= size && memcmp(text.data, prefix, size) == 0;
}

bool ws_stream_is_path(struct span path)
{
    return span_equal(path, span_of_text("/ws")) || span_equal(path, span_of_text("/stream")) ||
           has_prefix(path, "/ws/");
}

/* The next byte of what %XX stands for; '+' is itself: names have it, spaces they have not. False:
 * '%' without two digits. */
static bool take_decoded(struct span *rest, u8 *byte_out)
{
    u8 byte = rest->data[0];
    if (byte != '%') {
        *byte_out = byte;
        *rest = span_after(*rest, 1);
        return true;
    }
    u32 high = rest->size > 2 ? bytes_hex_digit(rest->data[1]) : 16;
    u32 low = rest->size > 2 ? bytes_hex_digit(rest->data[2]) : 16;
    if (high > 15 || low > 15) {
        return false;
    }
    *byte_out = (u8)(high << 4 | low);
    *rest = span_after(*rest, 3);
    return true;
}

/* Names with '/' between them, sent as it is or as %2F. */
struct names {
    u32 streams[WS_STREAM_NAMES_MAX];
    u32 count;
};

static bool name_add(struct names *names, const struct stream_hub *hub, struct span text)
{
    struct stream_name name;
    if (names->count == WS_STREAM_NAMES_MAX) {
        return false;
    }
    switch (stream_name_parse(text, &name)) {
    case STREAM_NAME_OK:
        names->streams[names->count] = stream_find(hub, &name);
        names->count += 1;
        return true;
    case STREAM_NAME_UNKNOWN:
        return true;
    case STREAM_NAME_INVALID:
        break;
    }
    return false;
}

static bool names_read(struct names *names, const struct stream_hub *hub, struct span text)
{
    u8 name[STREAM_TEXT_BYTES_MAX];
    size_t used = 0;
    while (text.size > 0) {
        u8 byte;
        if (!take_decoded(&text, &byte) || (byte != '/' && used == sizeof(name))) {
            return false;
        }
        if (byte != '/') {
            name[used] = byte;
            used += 1;
        }
        if (used > 0 && (byte == '/' || text.size == 0)) {
            if (!name_add(names, hub, span_of(name, used))) {
                return false;
            }
            used = 0;
        }
    }
    return true;
}

/* API web-socket-streams.md "General WSS information"; other values are refused. */
static bool unit_read(struct span value, u8 *flags)
{
    static const char *const units[] = {"MILLISECOND", "millisecond", "MICROSECOND", "microsecond"};
    for (u32 i = 0; i < ARRAY_COUNT(units); i += 1) {
        if (span_equal(value, span_of_text(units[i]))) {
            *flags = (u8)((*flags & ~STREAM_MICROSECONDS) | (i >= 2 ? STREAM_MICROSECONDS : 0));
            return true;
        }
    }
    return false;
}

static bool query_apply(struct names *names, u8 *flags, const struct stream_hub *hub,
                        struct span query, bool has_streams)
{
    while (query.size > 0) {
        const u8 *end = memchr(query.data, '&', query.size);
        struct span param =
            span_piece(query, 0, end == NULL ? query.size : (size_t)(end - query.data));
        query = span_after(query, param.size + (end == NULL ? 0 : 1));
        if (has_streams && has_prefix(param, "streams=")) {
            if (!names_read(names, hub, span_after(param, strlen("streams=")))) {
                return false;
            }
        } else if (has_prefix(param, "timeUnit=")) {
            if (!unit_read(span_after(param, strlen("timeUnit=")), flags)) {
                return false;
            }
        }
    }
    return true;
}

enum ws_stream_path ws_stream_open(struct ws_stream *session, struct stream_hub *hub,
                                   struct span path, struct span query, bool deflate, u64 now_us)
{
    struct names names = {.count = 0};
    bool is_combined = span_equal(path, span_of_text("/stream"));
    u8 flags = deflate ? STREAM_DEFLATE : 0;
    if (!ws_stream_is_path(path)) {
        return WS_STREAM_ELSEWHERE;
    }
    if (has_prefix(path, "/ws/") && !names_read(&names, hub, span_after(path, strlen("/ws/")))) {
        return WS_STREAM_REFUSED;
    }
    if (!query_apply(&names, &flags, hub, query, is_combined)) {
        return WS_STREAM_REFUSED;
    }
    session->client.flags = (u8)(flags | (is_combined ? STREAM_COMBINED : 0));
    session->second_us = now_us;
    session->opened_us = now_us;
    session->heard_us = now_us;
    session->pinged_us = now_us;
    if (stream_subscribe(hub, &session->client, names.streams, names.count) != STREAM_DONE) {
        return WS_STREAM_REFUSED;
    }
    return WS_STREAM_OPENED;
}

/* ---- how much it may send, how long it may live ---- */

bool ws_stream_count(struct ws_stream *session, u64 now_us)
{
    if (now_us - session->second_us >= SECOND_US) {
        session->second_us = now_us;
        session->messages = 0;
    }
    if (session->messages == WS_STREAM_MESSAGES_MAX) {
        return false;
    }
    session->messages += 1;
    return true;
}

void ws_stream_heard(struct ws_stream *session, u64 now_us)
{
    session->heard_us = now_us;
}

enum ws_stream_act ws_stream_due(struct ws_stream *session, u64 now_us, u64 *after_us_out)
{
    *after_us_out = 0;
    if (now_us - session->opened_us >= WS_STREAM_LIFE_US) {
        return WS_STREAM_OLD;
    }
    if (now_us - session->heard_us >= WS_STREAM_SILENCE_US) {
        return WS_STREAM_SILENT;
    }
    enum ws_stream_act act = WS_STREAM_WAIT;
    if (now_us - session->pinged_us >= WS_STREAM_PING_US) {
        session->pinged_us = now_us;
        act = WS_STREAM_PING;
    }
    u64 next =
        u64_min(session->pinged_us + WS_STREAM_PING_US, session->heard_us + WS_STREAM_SILENCE_US);
    *after_us_out = u64_min(next, session->opened_us + WS_STREAM_LIFE_US) - now_us;
    return act;
}

/* ---- answers ---- */

/* One message and its answer. */
struct control {
    struct ws_stream *session;
    struct stream_hub *hub;
    struct span text;
    struct ws_request request;
    struct json_writer json;
};

static void put_id(struct control *control)
{
    json_key(&control->json, "id");
    json_put_raw(&control->json, control->request.id_text);
}

static void begin_result(struct control *control)
{
    json_object_begin(&control->json);
    json_key(&control->json, "result");
}

static void end_result(struct control *control)
{
    put_id(control);
    json_object_end(&control->json);
}

static void answer_done(struct control *control)
{
    begin_result(control);
    json_put_null(&control->json);
    end_result(control);
}

static bool id_is_valid(const struct ws_request *request)
{
    struct span text = request->id_text;
    switch (request->id) {
    case WS_ID_ABSENT:
        return false;
    case WS_ID_NULL:
    case WS_ID_INTEGER:
        return true;
    case WS_ID_STRING:
        break;
    }
    for (size_t i = 1; i + 1 < text.size; i += 1) {
        u8 byte = text.data[i];
        bool letter = (byte | 0x20) >= 'a' && (byte | 0x20) <= 'z';
        if (!letter && !(byte >= '0' && byte <= '9') && byte != '-' && byte != '_') {
            return false;
        }
    }
    return text.size <= ID_SYMBOLS_MAX + 2;
}

static void put_error(struct control *control, u32 code, const char *text)
{
    json_key(&control->json, "code");
    json_put_u64(&control->json, code);
    json_key(&control->json, "msg");
    json_put_text(&control->json, text);
}

/* The documents show code and text at the top; clients look for them below "error". */
static void answer_error(struct control *control, u32 code, const char *text)
{
    json_object_begin(&control->json);
    json_key(&control->json, "error");
    json_object_begin(&control->json);
    put_error(control, code, text);
    json_object_end(&control->json);
    put_error(control, code, text);
    if (id_is_valid(&control->request)) {
        put_id(control);
    }
    json_object_end(&control->json);
}

static void answer_invalid(struct control *control, const char *what)
{
    char text[TEXT_BYTES];
    int size = snprintf(text, sizeof(text), "Invalid request: %s", what);
    CHECK(size > 0 && (size_t)size < sizeof(text));
    answer_error(control, 2, text);
}

/* The line of the byte at `offset`, and its place in it, both from 1 on. */
static void place_of(struct span text, size_t offset, u64 *line_out, u64 *column_out)
{
    size_t begin = 0;
    *line_out = 1;
    for (size_t i = 0; i < offset && i < text.size; i += 1) {
        if (text.data[i] == '\n') {
            *line_out += 1;
            begin = i + 1;
        }
    }
    *column_out = offset - begin + 1;
}

static void answer_json(struct control *control, size_t offset)
{
    char text[TEXT_BYTES];
    u64 line = 1;
    u64 column = 1;
    place_of(control->text, offset, &line, &column);
    int size = snprintf(text, sizeof(text), "Invalid JSON: expected value at line %llu column %llu",
                        (unsigned long long)line, (unsigned long long)column);
    CHECK(size > 0 && (size_t)size < sizeof(text));
    answer_error(control, 3, text);
}

static void answer_missing(struct control *control)
{
    char text[TEXT_BYTES];
    u64 line = 1;
    u64 column = 1;
    place_of(control->text, control->text.size - 1, &line, &column);
    int size = snprintf(text, sizeof(text), "missing field `method` at line %llu column %llu",
                        (unsigned long long)line, (unsigned long long)column);
    CHECK(size > 0 && (size_t)size < sizeof(text));
    answer_invalid(control, text);
}

static void answer_unknown(struct control *control)
{
    struct span method = control->request.method;
    char text[TEXT_BYTES];
    u64 line = 1;
    u64 column = 1;
    /* Behind the method's closing quote; one with escapes lies elsewhere. */
    bool is_inside = method.data >= control->text.data &&
                     method.data + method.size < control->text.data + control->text.size;
    size_t offset = is_inside ? (size_t)(method.data - control->text.data) + method.size
                              : control->text.size - 1;
    place_of(control->text, offset, &line, &column);
    int size = snprintf(text, sizeof(text),
                        "unknown variant `%.*s`, expected one of `SUBSCRIBE`, `UNSUBSCRIBE`, "
                        "`LIST_SUBSCRIPTIONS`, `SET_PROPERTY`, `GET_PROPERTY` at line %llu column "
                        "%llu",
                        (int)method.size, (const char *)method.data, (unsigned long long)line,
                        (unsigned long long)column);
    CHECK(size > 0 && (size_t)size < sizeof(text));
    answer_invalid(control, text);
}

static void answer_fault(struct control *control)
{
    switch (control->request.fault) {
    case WS_FAULT_JSON:
        answer_json(control, control->request.fault_offset);
        return;
    case WS_FAULT_SHAPE:
        answer_json(control, 0);
        return;
    case WS_FAULT_ID:
        answer_invalid(control, "request ID must be an unsigned integer");
        return;
    case WS_FAULT_METHOD:
        answer_missing(control);
        return;
    case WS_FAULT_PARAMS:
        answer_invalid(control, "params must be an array");
        return;
    case WS_FAULT_LIMIT:
        answer_invalid(control, "too many parameters");
        return;
    case WS_OK:
        break;
    }
    CHECK(control->request.fault != WS_OK);
}

/* ---- methods ---- */

static void subscribe(struct control *control, bool add)
{
    const struct ws_request *request = &control->request;
    struct names names = {.count = 0};
    for (u32 i = 0; i < request->params_count; i += 1) {
        if (request->params[i].kind != WS_STRING ||
            !name_add(&names, control->hub, request->params[i].text)) {
            answer_invalid(control, "invalid stream");
            return;
        }
    }
    struct stream_client *client = &control->session->client;
    if (!add) {
        stream_unsubscribe(control->hub, client, names.streams, names.count);
        answer_done(control);
        return;
    }
    switch (stream_subscribe(control->hub, client, names.streams, names.count)) {
    case STREAM_DONE:
        answer_done(control);
        return;
    case STREAM_TOO_MANY:
        answer_invalid(control, "too many subscriptions");
        return;
    case STREAM_NO_ROOM:
        answer_invalid(control, "no room for more subscriptions");
        return;
    }
}

static void list(struct control *control)
{
    u32 cursor = 0;
    char name[STREAM_NAME_BYTES_MAX];
    if (control->request.params_count > 0) {
        answer_invalid(control, "too many parameters");
        return;
    }
    begin_result(control);
    json_array_begin(&control->json);
    while (stream_list(control->hub, &control->session->client, &cursor, name)) {
        json_put_text(&control->json, name);
    }
    json_array_end(&control->json);
    end_result(control);
}

/* False: it was answered. */
static bool property_check(struct control *control, u32 params_max)
{
    const struct ws_request *request = &control->request;
    if (request->params_count == 0 || request->params[0].kind != WS_STRING) {
        answer_invalid(control, "property name must be a string");
        return false;
    }
    if (request->params_count > params_max) {
        answer_invalid(control, "too many parameters");
        return false;
    }
    if (!span_equal(request->params[0].text, span_of_text("combined"))) {
        answer_error(control, 0, "Unknown property");
        return false;
    }
    return true;
}

static void set_property(struct control *control)
{
    const struct ws_request *request = &control->request;
    if (!property_check(control, 2)) {
        return;
    }
    if (request->params_count < 2 || request->params[1].kind != WS_BOOLEAN) {
        answer_error(control, 1, "Invalid value type: expected Boolean");
        return;
    }
    u8 *flags = &control->session->client.flags;
    if (request->params[1].text.data[0] == 't') {
        *flags |= STREAM_COMBINED;
    } else {
        *flags &= (u8)~STREAM_COMBINED;
    }
    answer_done(control);
}

static void get_property(struct control *control)
{
    if (!property_check(control, 1)) {
        return;
    }
    begin_result(control);
    json_put_bool(&control->json, (control->session->client.flags & STREAM_COMBINED) != 0);
    end_result(control);
}

static void act(struct control *control)
{
    struct span method = control->request.method;
    if (!id_is_valid(&control->request)) {
        answer_invalid(control, "request ID must be an unsigned integer");
    } else if (control->request.form == WS_PARAMS_OBJECT) {
        answer_invalid(control, "params must be an array");
    } else if (span_equal(method, span_of_text("SUBSCRIBE"))) {
        subscribe(control, true);
    } else if (span_equal(method, span_of_text("UNSUBSCRIBE"))) {
        subscribe(control, false);
    } else if (span_equal(method, span_of_text("LIST_SUBSCRIPTIONS"))) {
        list(control);
    } else if (span_equal(method, span_of_text("SET_PROPERTY"))) {
        set_property(control);
    } else if (span_equal(method, span_of_text("GET_PROPERTY"))) {
        get_property(control);
    } else {
        answer_unknown(control);
    }
}

size_t ws_stream_message(struct ws_stream *session, struct stream_hub *hub, struct span text,
                         const struct ws_room *room, char answer_out[WS_STREAM_ANSWER_BYTES])
{
    struct control control = {.session = session, .hub = hub, .text = text};
    json_begin(&control.json, answer_out, WS_STREAM_ANSWER_BYTES);
    if (text.size == 0) {
        answer_json(&control, 0);
    } else if (ws_request_read(&control.request, text, room)) {
        act(&control);
    } else {
        answer_fault(&control);
    }
    size_t size = json_end(&control.json);
    CHECK(size > 0);
    return size;
}

size_t ws_stream_shutdown(const struct ws_stream *session, u64 venue_us,
                          char text_out[WS_STREAM_TEXT_BYTES])
{
    bool is_combined = (session->client.flags & STREAM_COMBINED) != 0;
    bool is_micro = (session->client.flags & STREAM_MICROSECONDS) != 0;
    struct json_writer json;
    json_begin(&json, text_out, WS_STREAM_TEXT_BYTES);
    json_object_begin(&json);
    if (is_combined) {
        json_key(&json, "stream");
        json_put_text(&json, "!serverShutdown");
        json_key(&json, "data");
        json_object_begin(&json);
    }
    json_key(&json, "e");
    json_put_text(&json, "serverShutdown");
    json_key(&json, "E");
    json_put_u64(&json, is_micro ? venue_us : venue_us / 1000);
    if (is_combined) {
        json_object_end(&json);
    }
    json_object_end(&json);
    size_t size = json_end(&json);
    CHECK(size > 0);
    return size;
}
