/* Aim: only what docs/customers.md "Appeal and evidence" allows becomes an ask; answers say what
 * that page says. Method: requests through wire/http's reader, each rule broken once; answers byte
 * for byte. */
#include "role/gateway/inbox_http.h"

#include "base/bytes.h"
#include "base/span.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

#define OWN    "Origin: https://venue.example\r\n"
#define OTHER  "Origin: https://other.example\r\n"
#define JSON   "Content-Type: application/json\r\n"
#define OCTETS "Content-Type: application/octet-stream\r\n"
#define HASH   "5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e"
#define UPPER \
    "{\"notice\":1,\"evidence\":\"5E5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e\"}"
#define GOOD "{\"notice\":1650499200000,\"evidence\":\"\"}"

static struct http_request request;
static struct inbox_http_ask ask;
static char text[INBOX_HTTP_JSON_BYTES];

static enum inbox_http_no reads(const char *verb, const char *path, const char *headers,
                                const char *body, u32 more)
{
    static u8 bytes[1 << 17];
    static const struct http_limits limits = HTTP_LIMITS_DEFAULT;
    struct http_reader reader = {0};
    u32 size = (u32)strlen(body) + more;
    int head = snprintf((char *)bytes, sizeof(bytes),
                        "%s /page/v1/%s?x=1 HTTP/1.1\r\nHost: venue.example\r\n"
                        "Content-Length: %u\r\n%s\r\n%s",
                        verb, path, size, headers, body);
    memset(bytes + head, 0xa5, more);
    assert_int_equal(http_read(&reader, &limits, span_of(bytes, (size_t)head + more), &request),
                     HTTP_READ_WHOLE);
    assert_true(inbox_http_is(request.path));
    return inbox_http_read(&request, &ask);
}

static enum inbox_http_no appeals(const char *body)
{
    return reads("POST", "appeal", OWN JSON, body, 0);
}

static void what_is_allowed_is_asked(void **state)
{
    (void)state;
    assert_int_equal(reads("GET", "appeal", "", "", 0), INBOX_HTTP_FINE);
    assert_true(ask.ask.kind == INBOX_LINE_LOOK && !ask.is_post && !ask.is_evidence);
    assert_int_equal(reads("GET", "evidence", OWN, "", 0), INBOX_HTTP_FINE);
    assert_true(!ask.is_post && ask.is_evidence);
    assert_int_equal(appeals(GOOD), INBOX_HTTP_FINE);
    assert_true(ask.ask.kind == INBOX_LINE_APPEAL && ask.is_post);
    assert_int_equal(bytes_u64(ask.ask.contents.data), 1650499200000000ULL);
    assert_true(span_is_zero(span_after(ask.ask.contents, 8)));
    assert_int_equal(appeals("{\"evidence\":\"" HASH "\",\"notice\":7}"), INBOX_HTTP_FINE);
    assert_true(bytes_u64(ask.ask.contents.data) == 7000 && ask.ask.contents.data[8] == 0x5e);
    assert_int_equal(reads("POST", "evidence", OWN OCTETS, "", INBOX_LINE_CONTENTS_MAX),
                     INBOX_HTTP_FINE);
    assert_true(ask.ask.kind == INBOX_LINE_EVIDENCE && ask.is_evidence);
    assert_ptr_equal(ask.ask.contents.data, request.body.data);
}

static void everything_else_is_not(void **state)
{
    (void)state;
    assert_int_equal(reads("PUT", "appeal", OWN JSON, GOOD, 0), INBOX_HTTP_NO_METHOD);
    assert_int_equal(reads("DELETE", "evidence", OWN, "", 0), INBOX_HTTP_NO_METHOD);
    assert_int_equal(reads("GET", "appeal", OTHER, "", 0), INBOX_HTTP_NO_ORIGIN);
    assert_int_equal(reads("GET", "appeal", OWN, "x", 0), INBOX_HTTP_NO_BODY);
    assert_int_equal(reads("POST", "appeal", JSON, GOOD, 0), INBOX_HTTP_NO_ORIGIN);
    assert_int_equal(reads("POST", "appeal", OTHER JSON, GOOD, 0), INBOX_HTTP_NO_ORIGIN);
    assert_int_equal(reads("POST", "appeal", "Origin: null\r\n" JSON, GOOD, 0),
                     INBOX_HTTP_NO_ORIGIN);
    assert_int_equal(reads("POST", "appeal", OWN OCTETS, GOOD, 0), INBOX_HTTP_NO_TYPE);
    assert_int_equal(reads("POST", "appeal", OWN JSON, "", INBOX_HTTP_APPEAL_BYTES + 1),
                     INBOX_HTTP_NO_SIZE);
    assert_int_equal(reads("POST", "evidence", OWN JSON, "x", 0), INBOX_HTTP_NO_TYPE);
    assert_int_equal(reads("POST", "evidence", OWN OCTETS, "", 0), INBOX_HTTP_NO_BODY);
    assert_int_equal(reads("POST", "evidence", OWN OCTETS, "", INBOX_LINE_CONTENTS_MAX + 1),
                     INBOX_HTTP_NO_SIZE);
    assert_false(inbox_http_is(span_of_text("/page/v1/appeals")));
    assert_false(inbox_http_is(span_of_text("/page/v1/evidence/")));
}

static void a_body_is_exactly_its_fields(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "{}",
        "[]",
        "null",
        "{\"notice\":1}",
        "{\"evidence\":\"\"}",
        "{\"notice\":1,\"notice\":2}",
        "{\"evidence\":\"\",\"evidence\":\"\"}",
        "{\"notice\":1,\"evidence\":\"\",\"more\":1}",
        "{\"notice\":0,\"evidence\":\"\"}",
        "{\"notice\":-1,\"evidence\":\"\"}",
        "{\"notice\":1.5,\"evidence\":\"\"}",
        "{\"notice\":1e3,\"evidence\":\"\"}",
        "{\"notice\":\"1\",\"evidence\":\"\"}",
        "{\"notice\":99999999999999,\"evidence\":\"\"}",
        "{\"notice\":1,\"evidence\":null}",
        "{\"notice\":1,\"evidence\":\"5e\"}",
        UPPER,
        "{\"notice\":1,\"evidence\":\"\"} ,",
        "{\"n\\u006ftice\":1,\"evidence\":\"\"}",
    };
    for (u32 i = 0; i < ARRAY_COUNT(bad); i += 1) {
        if (appeals(bad[i]) != INBOX_HTTP_NO_BODY) {
            fail_msg("%s", bad[i]);
        }
    }
}

static void says(bool is_post, const struct inbox_line_answer *answer, u32 status,
                 const char *wanted)
{
    struct json_writer json;
    json_begin(&json, text, sizeof(text));
    assert_int_equal(inbox_http_say(&json, is_post, answer), status);
    assert_true(json_end(&json) > 0);
    assert_string_equal(text, wanted);
}

static void answers_are_as_the_page_has_them(void **state)
{
    (void)state;
    struct inbox_line_answer answer = {.kind = INBOX_LINE_LOOK};
    says(false, &answer, 200, "{\"appeal\":null}");
    answer.appeal =
        (struct inbox_appeal){.state = INBOX_STATE_OPEN, .made_us = 1000, .until_us = 2000};
    says(false, &answer, 200,
         "{\"appeal\":{\"state\":\"open\",\"made\":1,\"until\":2,\"answered\":null}}");
    answer.appeal.state = INBOX_STATE_OVERTURNED;
    answer.appeal.closed_us = 3000;
    says(false, &answer, 200,
         "{\"appeal\":{\"state\":\"overturned\",\"made\":1,\"until\":2,\"answered\":3}}");
    answer.kind = INBOX_LINE_APPEAL;
    says(true, &answer, 200, "{\"until\":2}");
    answer.code = INBOX_LINE_UNKNOWN;
    says(true, &answer, 409, "{\"error\":\"unknown\"}");
    answer.kind = INBOX_LINE_EVIDENCE;
    says(true, &answer, 409, "{\"error\":\"no-person\"}");
    answer.code = INBOX_LINE_WRONG;
    says(true, &answer, 400, "{\"error\":\"body\"}");
    answer.code = INBOX_LINE_FULL;
    says(true, &answer, 409, "{\"error\":\"full\"}");
    answer.code = INBOX_LINE_AWAY;
    says(true, &answer, 503, "{\"error\":\"busy\"}");
    answer.code = INBOX_LINE_OK;
    memset(answer.hash, 0x5e, sizeof(answer.hash));
    says(true, &answer, 200, "{\"hash\":\"" HASH "\"}");
    struct json_writer json;
    json_begin(&json, text, sizeof(text));
    assert_int_equal(inbox_http_refuse(&json, INBOX_HTTP_NO_WAIT, 17), 429);
    assert_true(json_end(&json) > 0);
    assert_string_equal(text, "{\"error\":\"wait\",\"wait\":17}");
    json_begin(&json, text, sizeof(text));
    assert_int_equal(inbox_http_say_recipient(&json, NULL), 200);
    assert_true(json_end(&json) > 0);
    assert_string_equal(text, "{\"recipient\":null,\"bytesMax\":61440}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_allowed_is_asked),
        cmocka_unit_test(everything_else_is_not),
        cmocka_unit_test(a_body_is_exactly_its_fields),
        cmocka_unit_test(answers_are_as_the_page_has_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
