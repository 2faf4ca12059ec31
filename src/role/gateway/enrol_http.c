#include "role/gateway/enrol_http.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "role/gateway/origin.h"

#include <inttypes.h>
#include <stdio.h>
#include <strings.h>

#define POINT_BYTES 32U

#define NO_OF(constant, status_, name_) [ENROL_HTTP_NO_##constant] = {(status_), (name_)},
static const struct {
    u16 status;
    const char *name;
} refusals[] = {ENROL_HTTP_NO_TABLE(NO_OF)};
#undef NO_OF

static bool is_piece(struct span path)
{
    return span_equal(path, span_of_text("/page/v1/enrolment/piece"));
}

bool enrol_http_is(struct span path)
{
    return span_equal(path, span_of_text("/page/v1/enrolment")) || is_piece(path);
}

bool enrol_http_begins(const struct keep_line_ask *ask)
{
    struct keep_line_piece piece;
    return ask->kind == KEEP_LINE_ENROL ||
           (ask->kind == KEEP_LINE_PIECE && keep_line_piece_read(ask->contents, &piece) &&
            piece.offset == 0);
}

/* A browser says Origin with everything that is no plain reading. */
static bool origin_fits(const struct http_request *request)
{
    bool is_said = http_header(request, HTTP_NAME_ORIGIN).data != NULL;
    return (!is_said && request->verb == HTTP_VERB_GET) || origin_is_own(request);
}

enum enrol_http_no enrol_http_read(const struct http_request *request,
                                   struct keep_line_ask *ask_out)
{
    struct keep_line_piece piece;
    bool is_part = is_piece(request->path);
    *ask_out = (struct keep_line_ask){.kind = KEEP_LINE_OFFER};
    if ((request->verb != HTTP_VERB_GET || is_part) && request->verb != HTTP_VERB_POST) {
        return ENROL_HTTP_NO_METHOD;
    }
    if (!origin_fits(request)) {
        return ENROL_HTTP_NO_ORIGIN;
    }
    if (request->verb == HTTP_VERB_GET) {
        return request->body.size == 0 ? ENROL_HTTP_FINE : ENROL_HTTP_NO_BODY;
    }
    if (!span_equal(http_header(request, HTTP_NAME_CONTENT_TYPE),
                    span_of_text("application/octet-stream"))) {
        return ENROL_HTTP_NO_TYPE;
    }
    if (request->body.size > KEEP_LINE_CONTENTS_MAX) {
        return ENROL_HTTP_NO_SIZE;
    }
    ask_out->kind = is_part ? KEEP_LINE_PIECE : KEEP_LINE_ENROL;
    ask_out->contents = request->body;
    if (is_part && !keep_line_piece_read(request->body, &piece)) {
        return ENROL_HTTP_NO_BODY;
    }
    return request->body.size > 0 ? ENROL_HTTP_FINE : ENROL_HTTP_NO_BODY;
}

enum enrol_http_no enrol_http_signed(const struct http_request *request, bool has_door)
{
    static const char cookie[] = "cookie";
    bool has_cookie = false;
    for (u32 i = 0; i < request->headers_count; i += 1) {
        struct span name = request->headers[i].name;
        has_cookie =
            has_cookie || (name.size == sizeof(cookie) - 1 &&
                           strncasecmp((const char *)name.data, cookie, sizeof(cookie) - 1) == 0);
    }
    if (http_header(request, HTTP_NAME_X_MBX_APIKEY).data != NULL) {
        return ENROL_HTTP_FINE;
    }
    return has_door && has_cookie ? ENROL_HTTP_NO_ACCOUNT : ENROL_HTTP_NO_SESSION;
}

/* More than a number of JSON's can say. */
static void put_long(struct json_writer *json, const char *name, u64 number)
{
    char text[24];
    (void)snprintf(text, sizeof(text), "%" PRIu64, number);
    json_field_text(json, name, text);
}

static void put_offer(struct json_writer *json, u64 subject, const u8 *at)
{
    put_long(json, "subject", subject);
    json_field_u64(json, "version", bytes_u32(at));
    json_field_u64(json, "epoch", bytes_u32(at + 4));
    json_field_u64(json, "retention", bytes_u64(at + 8));
    put_long(json, "until", bytes_u64(at + 16));
    json_field_hex(json, "groupKey", span_of(at + 24, POINT_BYTES));
    json_field_hex(json, "enrolKey", span_of(at + 24 + POINT_BYTES, POINT_BYTES));
    json_field_hex(json, "reviewer", span_of(at + 24 + 2 * POINT_BYTES, POINT_BYTES));
    json_field_u64(json, "bytesMax", KEEP_LINE_CONTENTS_MAX);
    json_field_u64(json, "pieceBytes", KEEP_LINE_PIECE_BYTES);
    json_field_u64(json, "wholeBytesMax", KEEP_LINE_WHOLE_MAX);
}

u32 enrol_http_say(struct json_writer *json, u64 subject, const struct keep_line_answer *answer)
{
    switch ((enum keep_line_code)answer->code) {
    case KEEP_LINE_WRONG:
        return enrol_http_refuse(json, ENROL_HTTP_NO_BODY, 0);
    case KEEP_LINE_REFUSED:
        return enrol_http_refuse(json, ENROL_HTTP_NO_REFUSED, 0);
    case KEEP_LINE_REVIEWED:
        return enrol_http_refuse(json, ENROL_HTTP_NO_REVIEW, 0);
    case KEEP_LINE_FULL:
        return enrol_http_refuse(json, ENROL_HTTP_NO_BUSY, 0);
    case KEEP_LINE_OK:
        break;
    }
    json_object_begin(json);
    if (answer->kind == KEEP_LINE_PIECE) {
        CHECK(answer->contents.size == KEEP_LINE_NEXT_BYTES);
        json_field_u64(json, "next", bytes_u32(answer->contents.data));
    }
    if (answer->kind == KEEP_LINE_OFFER) {
        CHECK(answer->contents.size == KEEP_LINE_OFFER_BYTES);
        put_offer(json, subject, answer->contents.data);
    }
    json_object_end(json);
    return 200;
}

u32 enrol_http_refuse(struct json_writer *json, enum enrol_http_no no, u32 wait_s)
{
    CHECK(no != ENROL_HTTP_FINE);
    json_object_begin(json);
    json_field_text(json, "error", refusals[no].name);
    if (no == ENROL_HTTP_NO_SIZE) {
        json_field_u64(json, "bytesMax", KEEP_LINE_CONTENTS_MAX);
    }
    if (wait_s > 0) {
        json_field_u64(json, "wait", wait_s);
    }
    json_object_end(json);
    return refusals[no].status;
}
