/* Aim: only what docs/sign-in.md "Over HTTP" allows becomes an ask, with everything of it in its
 * place, and each answer of the door reads as that page says. Method: requests by name through
 * wire/http's reader; bodies whole and cut; contents of answers whole, cut and too long. */
#include "role/gateway/door_http.h"

#include "base/span.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

#define OWN   "Origin: https://venue.example\r\n"
#define JSON  "Content-Type: application/json\r\n"
#define TOKEN "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define OTHER "ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

static struct door_ask ask;
static char text[DOOR_HTTP_JSON_BYTES];
static struct door_http_said said;

static enum door_http_no reads(const char *verb, const char *name, const char *headers,
                               const char *body)
{
    static char request_text[16384];
    static struct http_request request;
    static const struct http_limits limits = HTTP_LIMITS_DEFAULT;
    struct http_reader reader = {0};
    (void)snprintf(request_text, sizeof(request_text),
                   "%s /page/v1/%s HTTP/1.1\r\nHost: venue.example\r\nContent-Length: %zu\r\n%s"
                   "\r\n%s",
                   verb, name, strlen(body), headers, body);
    assert_int_equal(http_read(&reader, &limits, span_of_text(request_text), &request),
                     HTTP_READ_WHOLE);
    u32 route = door_http_route(request.path);
    assert_int_not_equal(route, DOOR_HTTP_NONE);
    return door_http_read(&request, route, &ask);
}

static enum door_http_no posts(const char *name, const char *body)
{
    return reads("POST", name, OWN JSON, body);
}

static void each_path_asks_its_kind(void **state)
{
    static const struct {
        const char *name;
        const char *body;
        u16 kind;
    } cases[] = {
        {"sign-up", "{\"address\":\"a@b\",\"password\":\"x\",\"language\":\"fr\"}",
         DOOR_ASK_SIGN_UP},
        {"sign-up/confirm", "{\"ticket\":\"000102030405060708090a0b0c0d0e0f\",\"code\":\"AB\"}",
         DOOR_ASK_SIGN_UP_CONFIRM},
        {"sign-in", "{\"address\":\"a@b\",\"password\":\"x\"}", DOOR_ASK_SIGN_IN},
        {"second", "{\"code\":\"123456\"}", DOOR_ASK_SECOND},
        {"session", "{}", DOOR_ASK_LOOK},
        {"sign-out", "{}", DOOR_ASK_SIGN_OUT},
        {"sessions", "{}", DOOR_ASK_SESSIONS},
        {"sessions/end", "{\"session\":\"9223372036854775\"}", DOOR_ASK_SESSION_END},
        {"again", "{\"code\":\"123456\"}", DOOR_ASK_AGAIN},
        {"password", "{\"password\":\"x\",\"address\":\"a@b\"}", DOOR_ASK_PASSWORD},
        {"totp", "{}", DOOR_ASK_TOTP_BEGIN},
        {"totp/confirm", "{\"code\":\"123456\"}", DOOR_ASK_TOTP_CONFIRM},
        {"totp/off", " { } ", DOOR_ASK_TOTP_OFF},
        {"recovery", "{}", DOOR_ASK_RECOVERY_NEW},
        {"reset", "{\"address\":\"a@b\",\"language\":\"en\"}", DOOR_ASK_RESET},
        {"reset/set",
         "{\"ticket\":\"000102030405060708090a0b0c0d0e0f\",\"address\":\"a@b\",\"password\":\"x\","
         "\"code\":\"AB\"}",
         DOOR_ASK_RESET_SET},
    };
    (void)state;
    for (u32 i = 0; i < ARRAY_COUNT(cases); i += 1) {
        assert_int_equal(posts(cases[i].name, cases[i].body), DOOR_HTTP_FINE);
        assert_int_equal(ask.kind, cases[i].kind);
        for (size_t cut = 0; cut + 1 < strlen(cases[i].body); cut += 1) { /* ` ` may go */
            char body[256];
            (void)snprintf(body, sizeof(body), "%.*s", (int)cut, cases[i].body);
            assert_int_equal(posts(cases[i].name, body), DOOR_HTTP_NO_BODY);
            assert_int_equal(ask.kind, 0);
        }
    }
    static const char *const strangers[] = {
        "/page/v1/",         "/page/v1",         "/page/v1/standing", "/",
        "/page/v1/sign-in/", "/page/v2/sign-in", "/page/v1/use",      "/page/v1/status"};
    for (u32 i = 0; i < ARRAY_COUNT(strangers); i += 1) {
        assert_int_equal(door_http_route(span_of_text(strangers[i])), DOOR_HTTP_NONE);
    }
}

static void what_is_asked_is_in_its_place(void **state)
{
    (void)state;
    assert_int_equal(posts("reset/set",
                           "{\"second\":\"123456\",\"code\":\"AB-CD\",\"password\":\"a \\u00e9\","
                           "\"address\":\"a@b.example\","
                           "\"ticket\":\"000102030405060708090a0b0c0d0e0f\"}"),
                     DOOR_HTTP_FINE);
    assert_int_equal(ask.second_bytes, 6);
    assert_memory_equal(ask.second, "123456", 6);
    assert_memory_equal(ask.code, "AB-CD", ask.code_bytes);
    assert_int_equal(ask.password_bytes, 4);
    assert_memory_equal(ask.password, "a \xc3\xa9", 4);
    assert_memory_equal(ask.address, "a@b.example", ask.address_bytes);
    assert_int_equal(ask.ticket[15], 15);
    assert_int_equal(posts("sessions/end", "{\"session\":\"17\"}"), DOOR_HTTP_FINE);
    assert_int_equal(ask.number, 17);
    assert_int_equal(posts("sessions/end", "{\"session\":\"others\"}"), DOOR_HTTP_FINE);
    assert_int_equal(ask.number, 0);
    assert_int_equal(posts("reset", "{\"address\":\"a@b\",\"language\":\"fr\"}"), DOOR_HTTP_FINE);
    assert_int_equal(ask.language, DOOR_LANGUAGE_FRENCH);
}

static void bodies_that_are_not_asked_for(void **state)
{
    static const struct {
        const char *name;
        const char *body;
    } cases[] = {
        {"sign-in", "{\"address\":\"a@b\"}"},
        {"sign-in", "{\"address\":\"a@b\",\"password\":\"x\",\"code\":\"1\"}"},
        {"sign-in", "{\"address\":\"a@b\",\"password\":\"\"}"},
        {"sign-in", "{\"address\":\"a@b\",\"password\":null}"},
        {"sign-in", "{\"address\":\"a@b\",\"passwor\\u0064\":\"x\"}"},
        {"sign-in", "{\"address\":\"a@b\",\"password\":\"x\",\"password\":\"x\"}"},
        {"sign-in", "[\"a@b\",\"x\"]"},
        {"again", "{}"},
        {"again", "{\"code\":\"1\",\"password\":\"x\"}"},
        {"sign-up", "{\"address\":\"a@b\",\"password\":\"x\",\"language\":\"FR\"}"},
        {"sign-up/confirm", "{\"ticket\":\"000102030405060708090A0B0C0D0E0F\",\"code\":\"A\"}"},
        {"sign-up/confirm", "{\"ticket\":\"00\",\"code\":\"A\"}"},
        {"sessions/end", "{\"session\":\"0\"}"},
        {"sessions/end", "{\"session\":\"\"}"},
        {"sessions/end", "{\"session\":\"-1\"}"},
        {"sessions/end", "{\"session\":\"99999999999999999999\"}"},
        {"sessions/end", "{\"session\":17}"},
        {"second", "{\"code\":\"123456789012345678901234567890123\"}"},
        {"session", "{\"code\":\"1\"}"},
        {"session", ""},
    };
    (void)state;
    for (u32 i = 0; i < ARRAY_COUNT(cases); i += 1) {
        assert_int_equal(posts(cases[i].name, cases[i].body), DOOR_HTTP_NO_BODY);
    }
    char body[DOOR_HTTP_BODY_BYTES_MAX + 2];
    memset(body, ' ', sizeof(body));
    body[0] = '{';
    body[DOOR_HTTP_BODY_BYTES_MAX - 1] = '}';
    body[DOOR_HTTP_BODY_BYTES_MAX] = 0;
    assert_int_equal(posts("session", body), DOOR_HTTP_FINE);
    body[DOOR_HTTP_BODY_BYTES_MAX] = ' ';
    body[DOOR_HTTP_BODY_BYTES_MAX + 1] = 0;
    assert_int_equal(posts("session", body), DOOR_HTTP_NO_SIZE);
}

static void only_a_page_of_the_venue_asks(void **state)
{
    static const char *const foreign[] = {
        "",
        "Origin: null\r\n",
        "Origin: https://evil.example\r\n",
        "Origin: https://venue.example.evil.example\r\n",
        "Origin: https://venue.example:444\r\n",
        "Origin: https://\r\n",
        "Origin: venue.example\r\n",
        "Origin: ftp://venue.example\r\n",
        "Referer: https://venue.example/\r\n",
    };
    (void)state;
    for (u32 i = 0; i < ARRAY_COUNT(foreign); i += 1) {
        char headers[200];
        (void)snprintf(headers, sizeof(headers), "%s" JSON, foreign[i]);
        assert_int_equal(reads("POST", "session", headers, "{}"), DOOR_HTTP_NO_ORIGIN);
    }
    assert_int_equal(reads("POST", "session", OWN, "{}"), DOOR_HTTP_NO_TYPE);
    assert_int_equal(reads("POST", "session", OWN "Content-Type: text/plain\r\n", "{}"),
                     DOOR_HTTP_NO_TYPE);
    assert_int_equal(reads("POST", "session", OWN "Content-Type: application/jsonp\r\n", "{}"),
                     DOOR_HTTP_NO_TYPE);
    assert_int_equal(
        reads("POST", "session", OWN "Content-Type: application/json; charset=utf-8\r\n", "{}"),
        DOOR_HTTP_FINE);
    assert_int_equal(reads("GET", "session", OWN JSON, "{}"), DOOR_HTTP_NO_METHOD);
}

/* The token's first and last byte; 0, 0: none was taken. */
static void token_is(const char *headers, u8 first, u8 last)
{
    char all[600];
    (void)snprintf(all, sizeof(all), OWN JSON "%s", headers);
    assert_int_equal(reads("POST", "sign-out", all, "{}"), DOOR_HTTP_FINE);
    assert_int_equal(ask.token[0], first);
    assert_int_equal(ask.token[31], last);
}

static void one_cookie_of_the_name_counts(void **state)
{
    (void)state;
    token_is("Cookie: __Host-session=" OTHER "\r\n", 0xff, 0x1f);
    token_is("cookie: a=b; __Host-session=" OTHER "; c=d\r\n", 0xff, 0x1f);
    token_is("Cookie: a=b;__Host-session=" OTHER ";c\r\n", 0xff, 0x1f);
    token_is("Cookie: __Host-session=" TOKEN "; __Host-session=" OTHER "\r\n", 0, 0);
    token_is("Cookie: __Host-session=" OTHER "\r\nCookie: __Host-session=" OTHER "\r\n", 0, 0);
    token_is("Cookie: __host-session=" OTHER "\r\n", 0, 0);
    token_is("Cookie: session=" OTHER "\r\n", 0, 0);
    token_is("Cookie: x__Host-session=" OTHER "\r\n", 0, 0);
    token_is("Cookie: __Host-session=\"" OTHER "\"\r\n", 0, 0);
    token_is("Cookie: __Host-session=" OTHER "00\r\n", 0, 0);
    token_is("Cookie: __Host-session=\r\n", 0, 0);
    token_is("Cookie: ;;=; \r\n", 0, 0);
    token_is("", 0, 0);
    assert_int_equal(reads("POST", "sign-out", OWN JSON "X-CSRF-Token: " OTHER "\r\n", "{}"),
                     DOOR_HTTP_FINE);
    assert_int_equal(ask.csrf[0], 0xff);
    assert_int_equal(reads("POST", "sign-out",
                           OWN JSON "X-CSRF-Token: " OTHER "\r\nx-csrf-token: " OTHER "\r\n", "{}"),
                     DOOR_HTTP_FINE);
    assert_int_equal(ask.csrf[0], 0);
}

/* ---- answers ---- */

static const char *says(u16 kind, u32 code, struct span contents)
{
    struct json_writer json;
    const struct door_answer_head head = {
        .id = 1, .kind = kind, .code = code, .contents = contents, .wait_s = code == 3 ? 7 : 0};
    json_begin(&json, text, sizeof(text) - 1);
    door_http_say(&json, &head, &said);
    size_t size = json_end(&json);
    assert_true(size > 0);
    text[size] = 0;
    return text;
}

static void answers_read_as_the_page_says(void **state)
{
    u8 bytes[512] = {0};
    struct frame_writer writer = {.bytes = bytes, .room = sizeof(bytes)};
    (void)state;
    for (u8 i = 0; i < 64; i += 1) { /* a token, a cross-site token */
        frame_write_u8(&writer, i);
    }
    frame_write_u64(&writer, 17);
    frame_write_u64(&writer, 1700000000000999ULL);
    frame_write_u8(&writer, 2);
    frame_write_u8(&writer, 1);
    frame_write_u8(&writer, 10);
    frame_write_u8(&writer, 1);
    frame_write_u32(&writer, 0);
    frame_write_u64(&writer, 4711);
    frame_write_u64(&writer, 1700000000000888ULL);
    assert_string_equal(
        says(DOOR_ASK_SIGN_IN, DOOR_CODE_OK, span_of(bytes, writer.size)),
        "{\"csrf\":\"202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f\","
        "\"login\":17,\"until\":1700000000000,\"level\":\"full\",\"fresh\":true,"
        "\"recoveryCodes\":10,\"secondFactor\":true}");
    assert_string_equal(said.cookie,
                        "__Host-session=" TOKEN "; Path=/; Secure; HttpOnly; SameSite=Strict");
    assert_int_equal(said.status, 200);
    for (u32 size = 0; size < writer.size; size += 1) {
        assert_string_equal(says(DOOR_ASK_SIGN_IN, DOOR_CODE_OK, span_of(bytes, size)),
                            "{\"error\":\"failed\"}");
        assert_int_equal(said.status, 500);
        assert_string_equal(said.cookie, "");
    }
    assert_string_equal(says(DOOR_ASK_SIGN_IN, DOOR_CODE_OK, span_of(bytes, writer.size + 1)),
                        "{\"error\":\"failed\"}");
    static const u8 one[4 + 32] = {1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f};
    assert_string_equal(says(DOOR_ASK_SESSIONS, DOOR_CODE_OK, span_of(one, sizeof(one))),
                        "{\"sessions\":[{\"session\":\"9223372036854775807\",\"made\":0,\"seen\":0,"
                        "\"level\":\"half\",\"own\":false}]}");
    static const u8 many[4] = {0xff, 0xff, 0xff, 0xff};
    assert_string_equal(says(DOOR_ASK_SESSIONS, DOOR_CODE_OK, span_of(many, sizeof(many))),
                        "{\"error\":\"failed\"}");
    assert_string_equal(says(DOOR_ASK_RECOVERY_NEW, DOOR_CODE_OK, span_of(many, sizeof(many))),
                        "{\"error\":\"failed\"}");
    assert_string_equal(says(DOOR_ASK_STATUS, DOOR_CODE_OK, span_of(bytes, 88)),
                        "{\"error\":\"failed\"}");
}

static void who_signs_out_loses_the_cookie_and_nobody_else(void **state)
{
    static const char gone[] =
        "__Host-session=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0";
    struct span none = span_of("", 0);
    (void)state;
    assert_string_equal(says(DOOR_ASK_SIGN_OUT, DOOR_CODE_OK, none), "{}");
    assert_string_equal(said.cookie, gone);
    assert_string_equal(says(DOOR_ASK_LOOK, DOOR_CODE_NO_SESSION, none),
                        "{\"error\":\"no-session\"}");
    assert_string_equal(said.cookie, ""); /* it may be late, and the browser have a new one */
    assert_int_equal(said.status, 401);
    assert_string_equal(says(DOOR_ASK_SIGN_IN, DOOR_CODE_WAIT, none),
                        "{\"error\":\"wait\",\"wait\":7}");
    assert_int_equal(said.wait_s, 7);
    assert_string_equal(said.cookie, "");
    for (u32 code = 1; code <= DOOR_CODE_MAX; code += 1) {
        (void)says(DOOR_ASK_SIGN_IN, code, none);
        assert_true(said.status >= 400 && strlen(text) > strlen("{\"error\":\"\"}"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_path_asks_its_kind),
        cmocka_unit_test(what_is_asked_is_in_its_place),
        cmocka_unit_test(bodies_that_are_not_asked_for),
        cmocka_unit_test(only_a_page_of_the_venue_asks),
        cmocka_unit_test(one_cookie_of_the_name_counts),
        cmocka_unit_test(answers_read_as_the_page_says),
        cmocka_unit_test(who_signs_out_loses_the_cookie_and_nobody_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
