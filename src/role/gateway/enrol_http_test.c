/* Aim: only what docs/enrolment.md "Over HTTP" allows becomes an ask, opaque and without a subject;
 * answers say what that page says and nothing of who was seen before; five an hour. Method:
 * requests through wire/http's reader, each rule broken once; answers byte for byte. */
#include "role/gateway/enrol_http.h"

#include "base/bytes.h"
#include "base/span.h"
#include "role/gateway/enrol_pace.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

#define OWN    "Origin: https://venue.example\r\n"
#define OTHER  "Origin: https://other.example\r\n"
#define OCTETS "Content-Type: application/octet-stream\r\n"

static struct http_request request;
static struct keep_line_ask ask;
static char text[ENROL_HTTP_JSON_BYTES];

static enum enrol_http_no reads(const char *verb, const char *headers, u32 body_bytes)
{
    static u8 bytes[1 << 17];
    static const struct http_limits limits = HTTP_LIMITS_DEFAULT;
    struct http_reader reader = {0};
    int head = snprintf((char *)bytes, sizeof(bytes),
                        "%s /page/v1/enrolment?x=1 HTTP/1.1\r\nHost: venue.example\r\n"
                        "Content-Length: %u\r\n%s\r\n",
                        verb, body_bytes, headers);
    memset(bytes + head, 0xa5, body_bytes);
    assert_int_equal(
        http_read(&reader, &limits, span_of(bytes, (size_t)head + body_bytes), &request),
        HTTP_READ_WHOLE);
    assert_true(enrol_http_is(request.path));
    return enrol_http_read(&request, &ask);
}

static void what_is_allowed_is_asked(void **state)
{
    (void)state;
    assert_int_equal(reads("GET", "", 0), ENROL_HTTP_FINE);
    assert_int_equal(ask.kind, KEEP_LINE_OFFER);
    assert_int_equal(reads("GET", OWN, 0), ENROL_HTTP_FINE);
    assert_int_equal(reads("POST", OWN OCTETS, KEEP_LINE_CONTENTS_MAX), ENROL_HTTP_FINE);
    assert_int_equal(ask.kind, KEEP_LINE_ENROL);
    assert_true(ask.subject == 0 && ask.contents.size == KEEP_LINE_CONTENTS_MAX);
    assert_ptr_equal(ask.contents.data, request.body.data);
}

static void everything_else_is_not(void **state)
{
    (void)state;
    assert_int_equal(reads("PUT", OWN OCTETS, 1), ENROL_HTTP_NO_METHOD);
    assert_int_equal(reads("DELETE", OWN, 0), ENROL_HTTP_NO_METHOD);
    assert_int_equal(reads("HEAD", OWN, 0), ENROL_HTTP_NO_METHOD);
    assert_int_equal(reads("GET", OTHER, 0), ENROL_HTTP_NO_ORIGIN);
    assert_int_equal(reads("GET", OWN, 1), ENROL_HTTP_NO_BODY);
    assert_int_equal(reads("POST", OCTETS, 1), ENROL_HTTP_NO_ORIGIN);
    assert_int_equal(reads("POST", OTHER OCTETS, 1), ENROL_HTTP_NO_ORIGIN);
    assert_int_equal(reads("POST", "Origin: null\r\n" OCTETS, 1), ENROL_HTTP_NO_ORIGIN);
    assert_int_equal(reads("POST", OWN, 1), ENROL_HTTP_NO_TYPE);
    assert_int_equal(reads("POST", OWN "Content-Type: text/plain\r\n", 1), ENROL_HTTP_NO_TYPE);
    assert_int_equal(reads("POST", OWN "Content-Type: application/json\r\n", 1),
                     ENROL_HTTP_NO_TYPE);
    assert_int_equal(reads("POST", OWN OCTETS, 0), ENROL_HTTP_NO_BODY);
    assert_int_equal(reads("POST", OWN OCTETS, KEEP_LINE_CONTENTS_MAX + 1), ENROL_HTTP_NO_SIZE);
    assert_false(enrol_http_is(span_of_text("/page/v1/enrolment/17")));
    assert_false(enrol_http_is(span_of_text("/page/v1/enrol")));
}

/* A body that begins as a piece; where it says that it is none, it is refused before it is sent. */
static enum enrol_http_no reads_piece(const char *verb, u32 total, u32 offset, u32 bytes)
{
    static u8 body[1 << 17];
    (void)reads(verb, OWN OCTETS, KEEP_LINE_PIECE_HEAD + bytes);
    memset(body, 0xa5, sizeof(body));
    bytes_put_u64(body, 9);
    bytes_put_u32(body + 8, total);
    bytes_put_u32(body + 12, offset);
    request.path = span_of_text("/page/v1/enrolment/piece");
    request.body = span_of(body, KEEP_LINE_PIECE_HEAD + bytes);
    assert_true(enrol_http_is(request.path));
    return enrol_http_read(&request, &ask);
}

static void pieces_are_asked_as_pieces(void **state)
{
    const u32 total = 2 * KEEP_LINE_PIECE_BYTES + 5;
    (void)state;
    assert_int_equal(reads_piece("POST", total, 0, KEEP_LINE_PIECE_BYTES), ENROL_HTTP_FINE);
    assert_int_equal(ask.kind, KEEP_LINE_PIECE);
    assert_int_equal(ask.contents.size, KEEP_LINE_CONTENTS_MAX);
    assert_true(enrol_http_begins(&ask));
    assert_int_equal(reads_piece("POST", total, 2 * KEEP_LINE_PIECE_BYTES, 5), ENROL_HTTP_FINE);
    assert_false(enrol_http_begins(&ask)); /* counted once */
    assert_int_equal(reads_piece("POST", total, 0, 7), ENROL_HTTP_NO_BODY);
    assert_int_equal(reads_piece("POST", total, 1, KEEP_LINE_PIECE_BYTES), ENROL_HTTP_NO_BODY);
    assert_int_equal(reads_piece("POST", total, 0, KEEP_LINE_PIECE_BYTES + 1), ENROL_HTTP_NO_SIZE);
    assert_int_equal(reads_piece("GET", total, 0, KEEP_LINE_PIECE_BYTES), ENROL_HTTP_NO_METHOD);
    assert_int_equal(reads("POST", OWN OCTETS, 7), ENROL_HTTP_FINE);
    assert_true(ask.kind == KEEP_LINE_ENROL && enrol_http_begins(&ask));
    assert_int_equal(reads("GET", "", 0), ENROL_HTTP_FINE);
    assert_false(enrol_http_begins(&ask));
}

static void nobody_is_refused_by_name(void **state)
{
    (void)state;
    assert_int_equal(reads("GET", "", 0), ENROL_HTTP_FINE);
    assert_int_equal(enrol_http_signed(&request, true), ENROL_HTTP_NO_SESSION);
    assert_int_equal(reads("GET", "cookie: __Host-session=00\r\n", 0), ENROL_HTTP_FINE);
    assert_int_equal(enrol_http_signed(&request, true), ENROL_HTTP_NO_ACCOUNT);
    assert_int_equal(enrol_http_signed(&request, false), ENROL_HTTP_NO_SESSION);
    assert_int_equal(reads("GET", "X-MBX-APIKEY: a\r\n", 0), ENROL_HTTP_FINE);
    assert_int_equal(enrol_http_signed(&request, true), ENROL_HTTP_FINE);
}

static u32 says(u16 kind, u16 code)
{
    static u8 offer[KEEP_LINE_OFFER_BYTES];
    bool has_offer = kind == KEEP_LINE_OFFER && code == KEEP_LINE_OK;
    size_t next = kind == KEEP_LINE_PIECE && code == KEEP_LINE_OK ? KEEP_LINE_NEXT_BYTES : 0;
    const struct keep_line_answer answer = {
        .kind = kind, .code = code, .contents = span_of(offer, has_offer ? sizeof(offer) : next)};
    struct json_writer json;
    memset(offer, 0xab, sizeof(offer));
    memcpy(offer, "\1\0\0\0\4\0\0\0\1\0\0\0\0\0\0\0\xff\0\0\0\0\0\0\0", 24);
    json_begin(&json, text, sizeof(text));
    u32 status = enrol_http_say(&json, UINT64_MAX, &answer);
    assert_true(json_end(&json) > 0);
    return status;
}

#define POINT "abababababababababababababababababababababababababababababababab"

static void answers_are_those_of_the_page(void **state)
{
    struct json_writer json;
    (void)state;
    assert_int_equal(says(KEEP_LINE_OFFER, KEEP_LINE_OK), 200);
    assert_string_equal(text, "{\"subject\":\"18446744073709551615\",\"version\":1,\"epoch\":4,"
                              "\"retention\":1,\"until\":\"255\",\"groupKey\":\"" POINT
                              "\",\"enrolKey\":\"" POINT "\",\"reviewer\":\"" POINT
                              "\",\"bytesMax\":61440,\"pieceBytes\":61424,"
                              "\"wholeBytesMax\":7602176}");
    assert_int_equal(says(KEEP_LINE_PIECE, KEEP_LINE_OK), 200);
    assert_string_equal(text, "{\"next\":1}");
    assert_int_equal(says(KEEP_LINE_PIECE, KEEP_LINE_FULL), 503);
    assert_string_equal(text, "{\"error\":\"busy\"}");
    assert_int_equal(says(KEEP_LINE_PIECE, KEEP_LINE_REFUSED), 409);
    assert_int_equal(says(KEEP_LINE_ENROL, KEEP_LINE_OK), 200);
    assert_string_equal(text, "{}");
    assert_int_equal(says(KEEP_LINE_ENROL, KEEP_LINE_WRONG), 400);
    assert_string_equal(text, "{\"error\":\"body\"}");
    assert_int_equal(says(KEEP_LINE_OFFER, KEEP_LINE_REVIEWED), 409);
    assert_string_equal(text, "{\"error\":\"under-review\"}");
    assert_int_equal(says(KEEP_LINE_OFFER, KEEP_LINE_REFUSED), 409);
    assert_string_equal(text, "{\"error\":\"refused\"}");
    json_begin(&json, text, sizeof(text));
    assert_int_equal(enrol_http_refuse(&json, ENROL_HTTP_NO_SIZE, 0), 413);
    assert_true(json_end(&json) > 0);
    assert_string_equal(text, "{\"error\":\"size\",\"bytesMax\":61440}");
    json_begin(&json, text, sizeof(text));
    assert_int_equal(enrol_http_refuse(&json, ENROL_HTTP_NO_WAIT, 60), 429);
    assert_true(json_end(&json) > 0);
    assert_string_equal(text, "{\"error\":\"wait\",\"wait\":60}");
}

static void five_an_hour_and_so_many_accounts(void **state)
{
    static struct enrol_pace pace;
    const u64 now_us = 1700000000ULL * 1000000;
    (void)state;
    for (u32 i = 0; i < ENROL_PACE_AN_HOUR; i += 1) {
        assert_int_equal(enrol_pace_take(&pace, 0, now_us), 0);
    }
    u32 wait_s = enrol_pace_take(&pace, 0, now_us);
    assert_int_equal(wait_s, 3600 - 1700000000 % 3600);
    for (u32 account = 1; account < ENROL_PACE_PLACES; account += 1) {
        assert_int_equal(enrol_pace_take(&pace, account, now_us), 0);
    }
    assert_int_equal(enrol_pace_take(&pace, ENROL_PACE_PLACES, now_us), wait_s);
    assert_int_equal(enrol_pace_take(&pace, ENROL_PACE_PLACES - 1, now_us), 0);
    assert_true(enrol_pace_take(&pace, 0, now_us + (u64)wait_s * 1000000 - 1) > 0);
    assert_int_equal(enrol_pace_take(&pace, 0, now_us + (u64)wait_s * 1000000), 0);
    assert_int_equal(enrol_pace_take(&pace, ENROL_PACE_PLACES, now_us + (u64)wait_s * 1000000), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_allowed_is_asked),
        cmocka_unit_test(everything_else_is_not),
        cmocka_unit_test(pieces_are_asked_as_pieces),
        cmocka_unit_test(nobody_is_refused_by_name),
        cmocka_unit_test(answers_are_those_of_the_page),
        cmocka_unit_test(five_an_hour_and_so_many_accounts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
