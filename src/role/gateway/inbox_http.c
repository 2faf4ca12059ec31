#include "role/gateway/inbox_http.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "role/gateway/origin.h"
#include "wire/json_pull.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define APPEAL        "/page/v1/appeal"
#define EVIDENCE      "/page/v1/evidence"
#define MS_US         1000ULL
#define NOTICE_DIGITS 13U /* of milliseconds, until the year 2286 */
#define HASH_DIGITS   (2U * INBOX_LINE_HASH_BYTES)

#define NO_OF(constant, status_, name_) [INBOX_HTTP_NO_##constant] = {(status_), (name_)},
static const struct {
    u16 status;
    const char *name;
} refusals[] = {INBOX_HTTP_NO_TABLE(NO_OF)};
#undef NO_OF

bool inbox_http_is(struct span path)
{
    return span_equal(path, span_of_text(APPEAL)) || span_equal(path, span_of_text(EVIDENCE));
}

/* A browser says Origin with everything that is no plain reading. */
static bool origin_fits(const struct http_request *request)
{
    bool is_said = http_header(request, HTTP_NAME_ORIGIN).data != NULL;
    return (!is_said && request->verb == HTTP_VERB_GET) || origin_is_own(request);
}

static bool type_is(const struct http_request *request, const char *type)
{
    return span_equal(http_header(request, HTTP_NAME_CONTENT_TYPE), span_of_text(type));
}

/* ---- the body of an appeal ---- */

static bool take_notice(const struct json_pull *pull, u64 *notice_us_out)
{
    u64 number = 0;
    for (size_t at = 0; at < pull->raw.size; at += 1) {
        u8 digit = pull->raw.data[at];
        if (digit < '0' || digit > '9') {
            return false;
        }
        number = number * 10 + (u64)(digit - '0');
    }
    *notice_us_out = number * MS_US;
    return pull->raw.size <= NOTICE_DIGITS && number > 0;
}

/* 64 small digits, or nothing. */
static bool take_hash(const struct json_pull *pull, u8 hash_out[INBOX_LINE_HASH_BYTES])
{
    if (pull->raw.size == 0) {
        return true;
    }
    for (size_t at = 0; at < pull->raw.size; at += 1) {
        u8 symbol = pull->raw.data[at];
        if ((symbol < '0' || symbol > '9') && (symbol < 'a' || symbol > 'f')) {
            return false;
        }
    }
    return pull->raw.size == HASH_DIGITS &&
           bytes_from_hex(pull->raw, hash_out, INBOX_LINE_HASH_BYTES);
}

/* Exactly {"notice": number, "evidence": text}, in any order. */
static bool appeal_read(struct span body, u8 appeal_out[INBOX_LINE_APPEAL_BYTES])
{
    struct json_pull pull;
    u64 notice_us = 0;
    bool has_evidence = false;
    memset(appeal_out, 0, INBOX_LINE_APPEAL_BYTES);
    json_pull_begin(&pull, body);
    if (json_pull_next(&pull) != JSON_TOKEN_OBJECT_BEGIN) {
        return false;
    }
    for (u32 field = 0; field < 2; field += 1) {
        bool is_key = json_pull_next(&pull) == JSON_TOKEN_KEY && !pull.escaped;
        bool is_notice = is_key && span_equal(pull.raw, span_of_text("notice"));
        bool is_evidence = is_key && span_equal(pull.raw, span_of_text("evidence"));
        enum json_token token = is_notice || is_evidence ? json_pull_next(&pull) : JSON_TOKEN_BAD;
        bool is_fine = is_notice ? token == JSON_TOKEN_NUMBER && take_notice(&pull, &notice_us)
                                 : token == JSON_TOKEN_STRING && !pull.escaped &&
                                       take_hash(&pull, appeal_out + 8);
        if (!is_fine) {
            return false;
        }
        has_evidence = has_evidence || is_evidence;
    }
    bytes_put_u64(appeal_out, notice_us);
    return notice_us > 0 && has_evidence && json_pull_next(&pull) == JSON_TOKEN_OBJECT_END &&
           json_pull_next(&pull) == JSON_TOKEN_END;
}

/* ---- requests ---- */

static enum inbox_http_no post_read(const struct http_request *request,
                                    struct inbox_http_ask *ask_out)
{
    u32 bytes_max = ask_out->is_evidence ? INBOX_LINE_CONTENTS_MAX : INBOX_HTTP_APPEAL_BYTES;
    ask_out->is_post = true;
    if (!type_is(request, ask_out->is_evidence ? "application/octet-stream" : "application/json")) {
        return INBOX_HTTP_NO_TYPE;
    }
    if (request->body.size > bytes_max) {
        return INBOX_HTTP_NO_SIZE;
    }
    if (ask_out->is_evidence) {
        ask_out->ask.kind = INBOX_LINE_EVIDENCE;
        ask_out->ask.contents = request->body;
        return request->body.size > 0 ? INBOX_HTTP_FINE : INBOX_HTTP_NO_BODY;
    }
    ask_out->ask.kind = INBOX_LINE_APPEAL;
    ask_out->ask.contents = span_of(ask_out->appeal, sizeof(ask_out->appeal));
    return appeal_read(request->body, ask_out->appeal) ? INBOX_HTTP_FINE : INBOX_HTTP_NO_BODY;
}

enum inbox_http_no inbox_http_read(const struct http_request *request,
                                   struct inbox_http_ask *ask_out)
{
    *ask_out = (struct inbox_http_ask){.ask = {.kind = INBOX_LINE_LOOK}};
    ask_out->is_evidence = span_equal(request->path, span_of_text(EVIDENCE));
    if (request->verb != HTTP_VERB_GET && request->verb != HTTP_VERB_POST) {
        return INBOX_HTTP_NO_METHOD;
    }
    if (!origin_fits(request)) {
        return INBOX_HTTP_NO_ORIGIN;
    }
    if (request->verb == HTTP_VERB_POST) {
        return post_read(request, ask_out);
    }
    return request->body.size == 0 ? INBOX_HTTP_FINE : INBOX_HTTP_NO_BODY;
}

/* ---- answers ---- */

static void put_time(struct json_writer *json, const char *name, u64 time_us)
{
    json_key(json, name);
    if (time_us == 0) {
        json_put_null(json);
    } else {
        json_put_u64(json, time_us / MS_US);
    }
}

static const char *state_name(u32 state)
{
    return state == INBOX_STATE_OPEN     ? "open"
           : state == INBOX_STATE_UPHELD ? "upheld"
                                         : "overturned";
}

static void put_appeal(struct json_writer *json, const struct inbox_appeal *appeal)
{
    json_key(json, "appeal");
    if (appeal->state == INBOX_STATE_NONE) {
        json_put_null(json);
        return;
    }
    json_object_begin(json);
    json_field_text(json, "state", state_name(appeal->state));
    put_time(json, "made", appeal->made_us);
    put_time(json, "until", appeal->until_us);
    put_time(json, "answered", appeal->closed_us);
    json_object_end(json);
}

static enum inbox_http_no refusal_of(u16 kind, enum inbox_line_code code)
{
    switch (code) {
    case INBOX_LINE_OK:
        return INBOX_HTTP_FINE;
    case INBOX_LINE_WRONG:
        return INBOX_HTTP_NO_BODY;
    case INBOX_LINE_UNKNOWN:
        return kind == INBOX_LINE_APPEAL ? INBOX_HTTP_NO_UNKNOWN : INBOX_HTTP_NO_PERSON;
    case INBOX_LINE_FULL:
        return INBOX_HTTP_NO_FULL;
    case INBOX_LINE_AWAY:
        return INBOX_HTTP_NO_BUSY;
    }
    return INBOX_HTTP_NO_BUSY;
}

u32 inbox_http_say(struct json_writer *json, bool is_post, const struct inbox_line_answer *answer)
{
    enum inbox_http_no no = refusal_of(answer->kind, (enum inbox_line_code)answer->code);
    if (no != INBOX_HTTP_FINE) {
        return inbox_http_refuse(json, no, 0);
    }
    json_object_begin(json);
    if (answer->kind == INBOX_LINE_EVIDENCE) {
        json_field_hex(json, "hash", span_of(answer->hash, sizeof(answer->hash)));
    } else if (is_post) {
        put_time(json, "until", answer->appeal.until_us);
    } else {
        put_appeal(json, &answer->appeal);
    }
    json_object_end(json);
    return 200;
}

u32 inbox_http_say_recipient(struct json_writer *json, const char *recipient)
{
    json_object_begin(json);
    json_key(json, "recipient");
    if (recipient == NULL) {
        json_put_null(json);
    } else {
        json_put_text(json, recipient);
    }
    json_field_u64(json, "bytesMax", INBOX_LINE_CONTENTS_MAX);
    json_object_end(json);
    return 200;
}

u32 inbox_http_refuse(struct json_writer *json, enum inbox_http_no no, u32 wait_s)
{
    CHECK(no != INBOX_HTTP_FINE);
    json_object_begin(json);
    json_field_text(json, "error", refusals[no].name);
    if (no == INBOX_HTTP_NO_SIZE) {
        json_field_u64(json, "bytesMax", INBOX_LINE_CONTENTS_MAX);
    }
    if (wait_s > 0) {
        json_field_u64(json, "wait", wait_s);
    }
    json_object_end(json);
    return refusals[no].status;
}
