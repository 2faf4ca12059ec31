#include "role/gateway/door_http.h"

#include "base/bytes.h"
#include "base/secret.h"
#include "base/span.h"
#include "role/gateway/origin.h"
#include "wire/json_pull.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define US_MS         1000U
#define PREFIX        "/page/v1/"
#define COOKIE        "__Host-session"
#define STATE_BYTES   DOOR_HTTP_STATE_BYTES
#define SESSION_BYTES 32U
#define CODE_BYTES    19U

/* ---- the tables ---- */

#define IN_HEADERS ((u32)(DOOR_FIELD_NETWORK | DOOR_FIELD_TOKEN | DOOR_FIELD_CSRF))

static const struct {
    const char *name;
    enum door_ask_kind kind;
} routes[] = {
    {"sign-up", DOOR_ASK_SIGN_UP},   {"sign-up/confirm", DOOR_ASK_SIGN_UP_CONFIRM},
    {"sign-in", DOOR_ASK_SIGN_IN},   {"second", DOOR_ASK_SECOND},
    {"session", DOOR_ASK_LOOK},      {"sign-out", DOOR_ASK_SIGN_OUT},
    {"sessions", DOOR_ASK_SESSIONS}, {"sessions/end", DOOR_ASK_SESSION_END},
    {"again", DOOR_ASK_AGAIN},       {"password", DOOR_ASK_PASSWORD},
    {"totp", DOOR_ASK_TOTP_BEGIN},   {"totp/confirm", DOOR_ASK_TOTP_CONFIRM},
    {"totp/off", DOOR_ASK_TOTP_OFF}, {"recovery", DOOR_ASK_RECOVERY_NEW},
    {"reset", DOOR_ASK_RESET},       {"reset/set", DOOR_ASK_RESET_SET},
};

/* By door_code. */
static const struct {
    u16 status;
    const char *name;
} codes[DOOR_CODE_MAX + 1] = {
    [DOOR_CODE_OK] = {200, NULL},
    [DOOR_CODE_FRAME] = {500, "failed"},
    [DOOR_CODE_WRONG] = {403, "wrong"},
    [DOOR_CODE_WAIT] = {429, "wait"},
    [DOOR_CODE_BUSY] = {503, "busy"},
    [DOOR_CODE_SECOND_WANTED] = {403, "second-wanted"},
    [DOOR_CODE_AGAIN_WANTED] = {403, "again-wanted"},
    [DOOR_CODE_NO_SESSION] = {401, "no-session"},
    [DOOR_CODE_PASSWORD_SHORT] = {400, "password-short"},
    [DOOR_CODE_PASSWORD_LONG] = {400, "password-long"},
    [DOOR_CODE_PASSWORD_COMMON] = {400, "password-common"},
    [DOOR_CODE_PASSWORD_IS_ADDRESS] = {400, "password-is-address"},
    [DOOR_CODE_ADDRESS] = {400, "address"},
    [DOOR_CODE_REFUSED] = {409, "refused"},
};

#define NO_OF(constant, status_, name_) [DOOR_HTTP_NO_##constant] = {(status_), (name_)},
static const struct {
    u16 status;
    const char *name;
} refusals[] = {DOOR_HTTP_NO_TABLE(NO_OF)};
#undef NO_OF

u32 door_http_route(struct span path)
{
    size_t size = strlen(PREFIX);
    if (path.size < size || memcmp(path.data, PREFIX, size) != 0) {
        return DOOR_HTTP_NONE;
    }
    for (u32 i = 0; i < ARRAY_COUNT(routes); i += 1) {
        if (span_equal(span_after(path, size), span_of_text(routes[i].name))) {
            return i;
        }
    }
    return DOOR_HTTP_NONE;
}

/* ---- headers ---- */

/* One that the reader of HTTP does not know. Sent twice it says nothing. */
static struct span header_of(const struct http_request *request, const char *name)
{
    struct span value = {NULL, 0};
    size_t size = strlen(name);
    for (u32 i = 0; i < request->headers_count; i += 1) {
        const struct http_header *header = &request->headers[i];
        if (header->name.size != size ||
            strncasecmp((const char *)header->name.data, name, size) != 0) {
            continue;
        }
        if (value.data != NULL) {
            return (struct span){NULL, 0};
        }
        value = header->value;
    }
    return value;
}

/* "a=1; NAME=value; b=2". A name that is there twice says nothing. */
static struct span cookie_of(struct span cookies, const char *name)
{
    struct span found = {NULL, 0};
    size_t size = strlen(name);
    while (cookies.size > 0) {
        const u8 *end = memchr(cookies.data, ';', cookies.size);
        size_t bytes = end == NULL ? cookies.size : (size_t)(end - cookies.data);
        struct span pair = span_of(cookies.data, bytes);
        cookies = end == NULL ? span_of(cookies.data, 0) : span_after(cookies, bytes + 1);
        while (pair.size > 0 && pair.data[0] == ' ') {
            pair = span_after(pair, 1);
        }
        if (pair.size <= size || memcmp(pair.data, name, size) != 0 || pair.data[size] != '=') {
            continue;
        }
        if (found.data != NULL) {
            return (struct span){NULL, 0};
        }
        found = span_after(pair, size + 1);
    }
    return found;
}

/* Zeros where there is none: nobody has such a token. */
static void token_read(struct span text, u8 token_out[DOOR_TOKEN_BYTES])
{
    if (text.size != DOOR_TOKEN_BYTES * 2U || !bytes_from_hex(text, token_out, DOOR_TOKEN_BYTES)) {
        memset(token_out, 0, DOOR_TOKEN_BYTES);
    }
}

static bool is_json(const struct http_request *request)
{
    static const char json[] = "application/json";
    struct span type = http_header(request, HTTP_NAME_CONTENT_TYPE);
    size_t size = sizeof(json) - 1;
    return type.size >= size && strncasecmp((const char *)type.data, json, size) == 0 &&
           (type.size == size || type.data[size] == ';' || type.data[size] == ' ');
}

/* ---- bodies ---- */

static bool text_take(struct span text, u8 *target, u32 room, u32 *size_out)
{
    if (text.size == 0 || text.size > room) {
        return false;
    }
    memcpy(target, text.data, text.size);
    *size_out = (u32)text.size;
    return true;
}

static bool language_take(struct span text, struct door_ask *ask)
{
    bool is_french = span_equal(text, span_of_text("fr"));
    ask->language = is_french ? DOOR_LANGUAGE_FRENCH : DOOR_LANGUAGE_ENGLISH;
    return is_french || span_equal(text, span_of_text("en"));
}

/* The handle of a session as it was told, or "others". */
static bool session_take(struct span text, struct door_ask *ask)
{
    u64 number = 0;
    if (span_equal(text, span_of_text("others"))) {
        return true;
    }
    for (size_t i = 0; i < text.size; i += 1) {
        if (text.data[i] < '0' || text.data[i] > '9' || number > INT64_MAX / 10 - 1) {
            return false;
        }
        number = number * 10 + (u64)(text.data[i] - '0');
    }
    ask->number = number;
    return number > 0;
}

/* The field that has this name; 0: none has. */
static u32 field_of(struct span name)
{
    static const struct {
        const char *name;
        u32 field;
    } names[] = {
        {"ticket", DOOR_FIELD_TICKET},     {"session", DOOR_FIELD_NUMBER},
        {"language", DOOR_FIELD_LANGUAGE}, {"address", DOOR_FIELD_ADDRESS},
        {"password", DOOR_FIELD_PASSWORD}, {"code", DOOR_FIELD_CODE},
        {"second", DOOR_FIELD_SECOND},
    };
    for (u32 i = 0; i < ARRAY_COUNT(names); i += 1) {
        if (span_equal(name, span_of_text(names[i].name))) {
            return names[i].field;
        }
    }
    return 0;
}

static bool field_take(u32 field, struct span text, struct door_ask *ask)
{
    switch ((enum door_field)field) {
    case DOOR_FIELD_TICKET:
        return text.size == 2U * sizeof(ask->ticket) &&
               bytes_from_hex(text, ask->ticket, sizeof(ask->ticket));
    case DOOR_FIELD_NUMBER:
        return session_take(text, ask);
    case DOOR_FIELD_LANGUAGE:
        return language_take(text, ask);
    case DOOR_FIELD_ADDRESS:
        return text_take(text, ask->address, sizeof(ask->address), &ask->address_bytes);
    case DOOR_FIELD_PASSWORD:
        return text_take(text, ask->password, sizeof(ask->password), &ask->password_bytes);
    case DOOR_FIELD_CODE:
        return text_take(text, ask->code, sizeof(ask->code), &ask->code_bytes);
    case DOOR_FIELD_SECOND:
        return text_take(text, ask->second, sizeof(ask->second), &ask->second_bytes);
    case DOOR_FIELD_NETWORK:
    case DOOR_FIELD_TOKEN:
    case DOOR_FIELD_CSRF:
        break;
    }
    return false;
}

/* Texts under names that the kind has, each once. *given_out: which. */
static bool object_read(struct span body, u32 fields, struct door_ask *ask, u32 *given_out)
{
    struct json_pull pull;
    u8 meant[DOOR_HTTP_BODY_BYTES_MAX];
    bool is_good = true;
    *given_out = 0;
    json_pull_begin(&pull, body);
    if (json_pull_next(&pull) != JSON_TOKEN_OBJECT_BEGIN) {
        return false;
    }
    enum json_token token = json_pull_next(&pull);
    while (is_good && token == JSON_TOKEN_KEY) {
        struct span text;
        u32 field = pull.escaped ? 0 : field_of(pull.raw);
        is_good = (field & fields) != 0 && json_pull_next(&pull) == JSON_TOKEN_STRING &&
                  json_pull_text(&pull, meant, sizeof(meant), &text) &&
                  field_take(field, text, ask);
        *given_out |= field;
        token = is_good ? json_pull_next(&pull) : JSON_TOKEN_BAD;
    }
    is_good = is_good && token == JSON_TOKEN_OBJECT_END && json_pull_next(&pull) == JSON_TOKEN_END;
    secret_wipe(meant, sizeof(meant));
    return is_good;
}

/* A second factor only where there is one; to prove oneself again, one of both. */
static bool is_complete(enum door_ask_kind kind, u32 fields, u32 given)
{
    if (kind == DOOR_ASK_AGAIN) {
        return given == DOOR_FIELD_PASSWORD || given == DOOR_FIELD_CODE;
    }
    return (given | DOOR_FIELD_SECOND) == (fields | DOOR_FIELD_SECOND);
}

enum door_http_no door_http_check(const struct http_request *request, u32 bytes_max)
{
    if (request->verb != HTTP_VERB_POST) {
        return DOOR_HTTP_NO_METHOD;
    }
    if (!origin_is_own(request)) {
        return DOOR_HTTP_NO_ORIGIN;
    }
    if (!is_json(request)) {
        return DOOR_HTTP_NO_TYPE;
    }
    return request->body.size > bytes_max ? DOOR_HTTP_NO_SIZE : DOOR_HTTP_FINE;
}

void door_http_tokens(const struct http_request *request, struct door_ask *ask)
{
    token_read(cookie_of(header_of(request, "cookie"), COOKIE), ask->token);
    token_read(header_of(request, "x-csrf-token"), ask->csrf);
}

enum door_http_no door_http_read(const struct http_request *request, u32 route,
                                 struct door_ask *ask_out)
{
    enum door_ask_kind kind = routes[route].kind;
    u32 fields = door_ask_fields(kind) & ~IN_HEADERS;
    u32 given = 0;
    memset(ask_out, 0, sizeof(*ask_out));
    enum door_http_no no = door_http_check(request, DOOR_HTTP_BODY_BYTES_MAX);
    if (no != DOOR_HTTP_FINE) {
        return no;
    }
    ask_out->kind = (u16)kind;
    if (!object_read(request->body, fields, ask_out, &given) || !is_complete(kind, fields, given)) {
        secret_wipe(ask_out, sizeof(*ask_out));
        return DOOR_HTTP_NO_BODY;
    }
    door_http_tokens(request, ask_out);
    return DOOR_HTTP_FINE;
}

/* ---- answers ---- */

/* What is left of an answer's contents. */
struct rest {
    struct span bytes;
    bool is_short;
};

static const u8 *take(struct rest *rest, size_t size)
{
    static const u8 zeros[STATE_BYTES];
    if (rest->is_short || rest->bytes.size < size) {
        rest->is_short = true;
        return zeros;
    }
    const u8 *at = rest->bytes.data;
    rest->bytes = span_after(rest->bytes, size);
    return at;
}

static void field_ms(struct json_writer *json, const char *name, u64 time_us)
{
    json_field_u64(json, name, time_us / US_MS);
}

static const char *level_name(u8 level)
{
    return level == 2 ? "full" : "half";
}

static void cookie_set(struct door_http_said *said, const u8 *token)
{
    char hex[2 * DOOR_TOKEN_BYTES + 1] = "";
    if (token != NULL) {
        (void)bytes_to_hex(token, DOOR_TOKEN_BYTES, hex);
    }
    (void)snprintf(said->cookie, sizeof(said->cookie),
                   COOKIE "=%s; Path=/; Secure; HttpOnly; SameSite=Strict%s", hex,
                   token == NULL ? "; Max-Age=0" : "");
    secret_wipe(hex, sizeof(hex));
}

static void put_state(struct json_writer *json, struct rest *rest)
{
    const u8 *state = take(rest, STATE_BYTES);
    json_field_hex(json, "csrf", span_of(state, DOOR_TOKEN_BYTES));
    json_field_u64(json, "login", bytes_u64(state + 32));
    field_ms(json, "until", bytes_u64(state + 40));
    json_field_text(json, "level", level_name(state[48]));
    json_field_bool(json, "fresh", state[49] == 1);
    json_field_u64(json, "recoveryCodes", state[50]);
    json_field_bool(json, "secondFactor", state[51] == 1);
}

bool door_http_state_read(struct span contents, struct door_http_state *state_out)
{
    *state_out = (struct door_http_state){.login = 0};
    if (contents.size != STATE_BYTES) {
        return false;
    }
    const u8 *state = contents.data;
    state_out->login = bytes_u64(state + 32);
    state_out->until_us = bytes_u64(state + 40);
    state_out->is_full = state[48] == 2;
    state_out->handle = bytes_u64(state + 56);
    state_out->fresh_until_us = bytes_u64(state + 64);
    return state_out->login != 0 && state_out->handle != 0;
}

static void put_codes(struct json_writer *json, struct rest *rest)
{
    u32 count = bytes_u32(take(rest, sizeof(u32)));
    json_key(json, "codes");
    json_array_begin(json);
    for (u32 i = 0; i < count && !rest->is_short; i += 1) {
        json_put_span(json, span_of(take(rest, CODE_BYTES), CODE_BYTES));
    }
    json_array_end(json);
}

static void put_sessions(struct json_writer *json, struct rest *rest)
{
    u32 count = bytes_u32(take(rest, sizeof(u32)));
    json_key(json, "sessions");
    json_array_begin(json);
    for (u32 i = 0; i < count && !rest->is_short; i += 1) {
        const u8 *at = take(rest, SESSION_BYTES);
        char handle[24];
        (void)snprintf(handle, sizeof(handle), "%llu", (unsigned long long)bytes_u64(at));
        json_object_begin(json);
        json_field_text(json, "session", handle); /* more than a number of JSON's can say */
        field_ms(json, "made", bytes_u64(at + 8));
        field_ms(json, "seen", bytes_u64(at + 16));
        json_field_text(json, "level", level_name(at[24]));
        json_field_bool(json, "own", at[25] == 1);
        json_object_end(json);
    }
    json_array_end(json);
}

static void put_contents(struct json_writer *json, enum door_ask_kind kind, struct rest *rest,
                         struct door_http_said *said)
{
    switch (kind) {
    case DOOR_ASK_SIGN_UP:
    case DOOR_ASK_RESET:
        json_field_hex(json, "ticket", span_of(take(rest, DOOR_TICKET_BYTES), DOOR_TICKET_BYTES));
        field_ms(json, "until", bytes_u64(take(rest, sizeof(u64))));
        break;
    case DOOR_ASK_SIGN_IN:
    case DOOR_ASK_SECOND:
    case DOOR_ASK_AGAIN:
    case DOOR_ASK_TOTP_CONFIRM:
        cookie_set(said, take(rest, DOOR_TOKEN_BYTES));
        put_state(json, rest);
        if (kind == DOOR_ASK_TOTP_CONFIRM) {
            put_codes(json, rest);
        }
        break;
    case DOOR_ASK_LOOK:
        put_state(json, rest);
        break;
    case DOOR_ASK_SIGN_OUT:
    case DOOR_ASK_PASSWORD:
        cookie_set(said, NULL);
        break;
    case DOOR_ASK_SESSIONS:
        put_sessions(json, rest);
        break;
    case DOOR_ASK_SESSION_END:
        json_field_u64(json, "ended", bytes_u64(take(rest, sizeof(u64))));
        break;
    case DOOR_ASK_TOTP_BEGIN:
        field_ms(json, "until", bytes_u64(take(rest, sizeof(u64))));
        json_key(json, "uri");
        json_put_span(json, rest->bytes);
        rest->bytes.size = 0;
        break;
    case DOOR_ASK_RECOVERY_NEW:
        put_codes(json, rest);
        break;
    case DOOR_ASK_RESET_SET:
        field_ms(json, "withdrawalsHeldUntil", bytes_u64(take(rest, sizeof(u64))));
        break;
    case DOOR_ASK_SIGN_UP_CONFIRM:
    case DOOR_ASK_TOTP_OFF:
        break;
    case DOOR_ASK_USE:
    case DOOR_ASK_STATUS:
    case DOOR_ASK_EFFECTS:
    case DOOR_ASK_EFFECTS_DONE:
    case DOOR_ASK_EFFECT_DONE:
    case DOOR_ASK_EFFECT_AGAIN:
    case DOOR_ASK_LOGIN_SESSIONS:
    case DOOR_ASK_LOGIN_SESSIONS_END:
        rest->is_short = true; /* nobody asks them here */
        break;
    }
}

static void put_error(struct json_writer *json, const char *name, u32 wait_s)
{
    json_object_begin(json);
    json_field_text(json, "error", name);
    if (wait_s > 0) {
        json_field_u64(json, "wait", wait_s);
    }
    json_object_end(json);
}

/* A cookie whose session is over stays: this answer may be late, and the browser have a new one. */
void door_http_refuse_code(struct json_writer *json, const struct door_answer_head *head,
                           struct door_http_said *said_out)
{
    memset(said_out, 0, sizeof(*said_out));
    said_out->status = codes[head->code].status;
    said_out->wait_s = head->wait_s;
    put_error(json, codes[head->code].name, head->wait_s);
}

void door_http_say(struct json_writer *json, const struct door_answer_head *head,
                   struct door_http_said *said_out)
{
    struct json_writer begun = *json;
    struct rest rest = {.bytes = head->contents};
    memset(said_out, 0, sizeof(*said_out));
    said_out->status = codes[head->code].status;
    if (head->code != DOOR_CODE_OK) {
        door_http_refuse_code(json, head, said_out);
        return;
    }
    json_object_begin(json);
    put_contents(json, (enum door_ask_kind)head->kind, &rest, said_out);
    json_object_end(json);
    if (rest.is_short || rest.bytes.size > 0) {
        *json = begun;
        door_http_refuse(json, DOOR_HTTP_NO_FAILED, said_out);
    }
}

void door_http_refuse(struct json_writer *json, enum door_http_no no,
                      struct door_http_said *said_out)
{
    memset(said_out, 0, sizeof(*said_out));
    said_out->status = refusals[no].status;
    put_error(json, refusals[no].name, 0);
}
