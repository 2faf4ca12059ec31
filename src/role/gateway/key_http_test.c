/* Aim: only what docs/sign-in.md "Keys" allows becomes an ask, with everything in its place.
 * Method: requests by name through wire/http's reader; bodies whole, cut and wrong, one field at a
 * time. */
#include "role/gateway/key_http.h"

#include "base/span.h"
#include "role/gateway/auth.h"
#include "role/gateway/endpoint.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

#define HEADERS "Origin: https://venue.example\r\nContent-Type: application/json\r\n"
#define ZEROS   "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

static struct key_http_ask ask;

static enum door_http_no reads(const char *verb, const char *path, const char *headers,
                               const char *body)
{
    static char text[16384];
    static struct http_request request;
    static const struct http_limits limits = HTTP_LIMITS_DEFAULT;
    struct http_reader reader = {0};
    (void)snprintf(text, sizeof(text),
                   "%s %s HTTP/1.1\r\nHost: venue.example\r\nContent-Length: %zu\r\n%s\r\n%s", verb,
                   path, strlen(body), headers, body);
    assert_int_equal(http_read(&reader, &limits, span_of_text(text), &request), HTTP_READ_WHOLE);
    enum key_http_kind kind = key_http_kind_of(request.path);
    assert_int_not_equal(kind, KEY_HTTP_NONE);
    return key_http_read(&request, kind, &ask);
}

static enum door_http_no posts(const char *path, const char *body)
{
    return reads("POST", path, HEADERS, body);
}

/* A new key with one field as it is said here, the others as they may be. */
static enum door_http_no makes(const char *field, const char *value)
{
    static const char *const fields[][2] = {{"label", "bot"},
                                            {"kind", "hmac"},
                                            {"publicKey", ""},
                                            {"rights", "read"},
                                            {"networks", ""}};
    char body[6000] = "{";
    for (u32 i = 0; i < ARRAY_COUNT(fields); i += 1) {
        size_t size = strlen(body);
        bool is_this = strcmp(fields[i][0], field) == 0;
        (void)snprintf(body + size, sizeof(body) - size, "%s\"%s\":\"%s\"", i == 0 ? "" : ",",
                       fields[i][0], is_this ? value : fields[i][1]);
    }
    (void)strcat(body, "}");
    return posts("/page/v1/keys/new", body);
}

static void each_path_is_its_kind(void **state)
{
    (void)state;
    assert_int_equal(posts("/page/v1/page-key", "{\"publicKey\":\"" ZEROS "\"}"), DOOR_HTTP_FINE);
    assert_int_equal(ask.kind, KEY_HTTP_PAGE);
    assert_int_equal(key_http_door_kind(ask.kind), DOOR_ASK_USE);
    assert_int_equal(posts("/page/v1/keys", "{}"), DOOR_HTTP_FINE);
    assert_int_equal(ask.kind, KEY_HTTP_LIST);
    assert_int_equal(key_http_door_kind(ask.kind), DOOR_ASK_LOOK);
    assert_int_equal(makes("label", "bot"), DOOR_HTTP_FINE);
    assert_int_equal(ask.kind, KEY_HTTP_NEW);
    assert_int_equal(key_http_door_kind(ask.kind), DOOR_ASK_USE);
    assert_int_equal(posts("/page/v1/keys/revoke", "{\"id\":\"000102030405060708090a0b0c0d0e0f"
                                                   "101112131415161718191a1b1c1d1e1f\"}"),
                     DOOR_HTTP_FINE);
    assert_int_equal(ask.kind, KEY_HTTP_REVOKE);
    assert_int_equal(key_http_door_kind(ask.kind), DOOR_ASK_USE);
    assert_int_equal(ask.key_id[31], 31);
    static const char *const strangers[] = {"",
                                            "/",
                                            "/page/v1/keys/",
                                            "/page/v1/page-key/",
                                            "/page/v1/keys/newer",
                                            "/page/v1/standing"};
    for (u32 i = 0; i < ARRAY_COUNT(strangers); i += 1) {
        assert_int_equal(key_http_kind_of(span_of_text(strangers[i])), KEY_HTTP_NONE);
    }
    /* The rows of the table that nobody is to find. */
    bool is_known = false;
    assert_null(endpoint_find(ENDPOINT_METHOD_POST,
                              span_of_text(endpoint_at(ENDPOINT_PAGE_KEYS)->path), &is_known));
    assert_null(endpoint_find(ENDPOINT_METHOD_GET,
                              span_of_text(endpoint_at(ENDPOINT_PAGE_SIGNED)->path), &is_known));
    assert_false(is_known);
}

static void only_a_page_of_the_venue_asks(void **state)
{
    (void)state;
    assert_int_equal(reads("GET", "/page/v1/keys", HEADERS, "{}"), DOOR_HTTP_NO_METHOD);
    assert_int_equal(reads("POST", "/page/v1/keys", "Content-Type: application/json\r\n", "{}"),
                     DOOR_HTTP_NO_ORIGIN);
    assert_int_equal(reads("POST", "/page/v1/keys", "Origin: https://venue.example\r\n", "{}"),
                     DOOR_HTTP_NO_TYPE);
    char long_one[KEY_HTTP_BODY_BYTES_MAX + 2];
    memset(long_one, ' ', sizeof(long_one));
    long_one[sizeof(long_one) - 1] = 0;
    assert_int_equal(posts("/page/v1/keys", long_one), DOOR_HTTP_NO_SIZE);
}

static void a_pages_key_is_32_bytes_in_base64(void **state)
{
    static const char *const wrong[] = {
        "{}",
        "{\"publicKey\":\"\"}",
        "{\"publicKey\":\"AA==\"}",
        "{\"publicKey\":17}",
        "{\"publicKey\":\"" ZEROS "\",\"publicKey\":\"" ZEROS "\"}",
        "{\"publicKey\":\"" ZEROS "\",\"label\":\"x\"}",
        "{\"publicKey\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}",
        "{\"publicKey\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB=\"}",
        "{\"publickey\":\"" ZEROS "\"}",
        "[\"" ZEROS "\"]",
    };
    static const char body[] = "{\"publicKey\":\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\"}";
    (void)state;
    assert_int_equal(posts("/page/v1/page-key", body), DOOR_HTTP_FINE);
    for (u8 i = 0; i < sizeof(ask.public_key); i += 1) {
        assert_int_equal(ask.public_key[i], i);
    }
    for (u32 i = 0; i < ARRAY_COUNT(wrong); i += 1) {
        assert_int_equal(posts("/page/v1/page-key", wrong[i]), DOOR_HTTP_NO_BODY);
    }
    for (size_t cut = 0; cut < sizeof(body) - 1; cut += 1) {
        char text[128];
        (void)snprintf(text, sizeof(text), "%.*s", (int)cut, body);
        assert_int_equal(posts("/page/v1/page-key", text), DOOR_HTTP_NO_BODY);
    }
}

static void a_new_key_is_as_it_is_said(void **state)
{
    (void)state;
    assert_int_equal(posts("/page/v1/keys/new",
                           "{\"label\":\"a \\u00e9\",\"kind\":\"ed25519\",\"publicKey\":\"" ZEROS
                           "\",\"rights\":\"withdraw read\",\"networks\":\"10.0.0.0/8 ::1\"}"),
                     DOOR_HTTP_FINE);
    assert_int_equal(ask.make.label_bytes, 4);
    assert_memory_equal(ask.make.label, "a \xc3\xa9", 4);
    assert_int_equal(ask.make.key_kind, KEY_KIND_ED25519);
    assert_int_equal(ask.rights, KEY_RIGHT_READ | KEY_RIGHT_WITHDRAW);
    assert_int_equal(ask.make.networks_count, 2);
    assert_int_equal(ask.make.networks[16], 104);
    assert_int_equal(ask.make.networks[KEY_LINK_NETWORK_BYTES + 15], 1);
    assert_int_equal(ask.make.networks[2 * KEY_LINK_NETWORK_BYTES - 1], 128);
    assert_int_equal(ask.make.public_bytes, 44); /* as DER */
    struct sign_key key;
    assert_int_equal(
        sign_key_open_public(span_of(ask.make.public_key, ask.make.public_bytes), &key),
        FAULT_NONE);
    sign_key_close(&key);
    /* Everything that is filled in is what a gateway is asked for a key by others. */
    key_ask_finish(&ask.make);
    assert_int_equal(posts("/page/v1/keys/new",
                           "{\"label\":\"\",\"kind\":\"rsa\",\"rights\":\"read\",\"networks\":\"\","
                           "\"publicKey\":\"-----BEGIN PUBLIC KEY-----\\nAAAA\\n\"}"),
                     DOOR_HTTP_FINE);
    assert_memory_equal(ask.make.public_key, "-----BEGIN PUBLIC KEY-----\nAAAA\n", 32);
    key_ask_finish(&ask.make);
}

static void new_keys_that_are_none(void **state)
{
    static const char *const cases[][2] = {
        {"label", "123456789012345678901234567890123"},
        {"label", "a\\nb"},
        {"label", "\\u007f"},
        {"kind", ""},
        {"kind", "HMAC"},
        {"kind", "ed25519"},  /* without its public key */
        {"publicKey", ZEROS}, /* with a shared secret */
        {"rights", ""},
        {"rights", "trade"},
        {"rights", "read  trade"},
        {"rights", "read "},
        {"rights", " read"},
        {"rights", "read read"},
        {"rights", "read,trade"},
        {"networks", "10.0.0.1/8"},
        {"networks", "10.0.0.0/8,::1"},
        {"networks", "none"},
        {"networks", "10.0.0.0/8 "},
        {"networks", "1.2.3.4\\u00001"},
    };
    (void)state;
    assert_int_equal(makes("rights", "trade withdraw read"), DOOR_HTTP_FINE);
    assert_int_equal(makes("networks", "1.2.3.4"), DOOR_HTTP_FINE);
    for (u32 i = 0; i < ARRAY_COUNT(cases); i += 1) {
        if (makes(cases[i][0], cases[i][1]) != DOOR_HTTP_NO_BODY) {
            fail_msg("%s: %s", cases[i][0], cases[i][1]);
        }
    }
    char networks[KEY_LINK_NETWORKS_MAX * 4 + 8] = "::1";
    for (u32 i = 1; i < KEY_LINK_NETWORKS_MAX; i += 1) {
        (void)strcat(networks, " ::1");
    }
    assert_int_equal(makes("networks", networks), DOOR_HTTP_FINE);
    (void)strcat(networks, " ::1");
    assert_int_equal(makes("networks", networks), DOOR_HTTP_NO_BODY);
    assert_int_equal(posts("/page/v1/keys/new", "{\"label\":\"x\",\"kind\":\"hmac\"}"),
                     DOOR_HTTP_NO_BODY);
    assert_int_equal(posts("/page/v1/keys/revoke", "{\"id\":\"00\"}"), DOOR_HTTP_NO_BODY);
    assert_int_equal(posts("/page/v1/keys", "{\"id\":\"00\"}"), DOOR_HTTP_NO_BODY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_path_is_its_kind),
        cmocka_unit_test(only_a_page_of_the_venue_asks),
        cmocka_unit_test(a_pages_key_is_32_bytes_in_base64),
        cmocka_unit_test(a_new_key_is_as_it_is_said),
        cmocka_unit_test(new_keys_that_are_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
