/* Aim: a demo key is told to who asks from this machine, by a name of this machine, in the one form
 * that a foreign page cannot send; to nobody else. Method: tables of addresses, headers and bodies,
 * each with one thing wrong. */
#include "role/gateway/demo_sign.h"

#include "base/span.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

static const struct demo_accounts accounts = {
    .list = {{"A", "first \"one\"", "key a", "secret a", NULL, NULL},
             {"b-2", "second", "key b", "secret b", NULL, NULL}},
    .count = 2,
};

static const struct auth_address four = {{[10] = 0xff, 0xff, 127, 0, 0, 1}};
static const struct auth_address six = {{[15] = 1}};

struct asked {
    const char *host;
    const char *origin;
    const char *forwarded;
};

static bool allowed(const struct asked *asked, const struct auth_address *peer)
{
    struct http_request request = {.verb = HTTP_VERB_POST};
    const struct {
        const char *value;
        enum http_name kind;
    } given[] = {{asked->host, HTTP_NAME_HOST},
                 {asked->origin, HTTP_NAME_ORIGIN},
                 {asked->forwarded, HTTP_NAME_X_FORWARDED_FOR}};
    for (u32 i = 0; i < ARRAY_COUNT(given); i += 1) {
        if (given[i].value != NULL) {
            request.headers[request.headers_count] =
                (struct http_header){.value = span_of_text(given[i].value), .kind = given[i].kind};
            request.headers_count += 1;
        }
    }
    return demo_sign_allowed(&request, peer);
}

static void names_of_this_machine_are_heard(void **state)
{
    (void)state;
    static const struct asked cases[] = {
        {"localhost", NULL, NULL},
        {"localhost:8080", NULL, NULL},
        {"127.0.0.1:1", "http://127.0.0.1:1", NULL},
        {"127.0.0.1:65535", "https://127.0.0.1:65535", NULL},
        {"[::1]", "http://[::1]", NULL},
        {"[::1]:8080", "http://[::1]:8080", NULL},
    };
    for (u32 i = 0; i < ARRAY_COUNT(cases); i += 1) {
        assert_true(allowed(&cases[i], &four));
        assert_true(allowed(&cases[i], &six));
    }
}

static void others_are_not(void **state)
{
    (void)state;
    static const struct asked cases[] = {
        {NULL, NULL, NULL},
        {"", NULL, NULL},
        {"example.invalid", NULL, NULL},
        {"example.invalid:8080", "http://example.invalid:8080", NULL},
        {"localhost.example.invalid", NULL, NULL},
        {"localhost:8080.example.invalid", NULL, NULL},
        {"localhost:", NULL, NULL},
        {"localhost:123456", NULL, NULL},
        {"127.0.0.10", NULL, NULL},
        {"127.0.0.1.example.invalid", NULL, NULL},
        {"[::1", NULL, NULL},
        {"localhost:80", "http://localhost:81", NULL},
        {"localhost:80", "http://localhost", NULL},
        {"localhost:80", "http://127.0.0.1:80", NULL},
        {"localhost:80", "http://example.invalid", NULL},
        {"localhost:80", "ws://localhost:80", NULL},
        {"localhost:80", "null", NULL},
        {"localhost:80", "", NULL},
        {"localhost:80", "http://localhost:80/", NULL},
        {"localhost:80", NULL, "127.0.0.1"},
        {"localhost:80", NULL, ""},
    };
    for (u32 i = 0; i < ARRAY_COUNT(cases); i += 1) {
        assert_false(allowed(&cases[i], &four));
    }
}

static void other_machines_are_not(void **state)
{
    (void)state;
    static const struct asked fine = {"localhost", NULL, NULL};
    static const struct auth_address strangers[] = {
        {{[10] = 0xff, 0xff, 126, 255, 255, 255}},    {{[10] = 0xff, 0xff, 128, 0, 0, 1}},
        {{[10] = 0xff, 0xff, 192, 0, 2, 1}},          {{[15] = 2}},
        {{[0] = 0x20, 0x01, 0x0d, 0xb8, [15] = 1}},   {{[12] = 127, 0, 0, 1}},
        {{[0] = 1, [10] = 0xff, 0xff, 127, 0, 0, 1}},
    };
    assert_true(allowed(&fine, &(struct auth_address){{[10] = 0xff, 0xff, 127, 9, 8, 7}}));
    for (u32 i = 0; i < ARRAY_COUNT(strangers); i += 1) {
        assert_false(allowed(&fine, &strangers[i]));
    }
}

static void bodies_have_one_form(void **state)
{
    (void)state;
    static const struct {
        const char *body;
        i32 index; /* of the account; -1: refused as JSON, -2: unknown */
    } cases[] = {
        {"{\"account\":\"A\"}", 0},
        {" { \"account\" : \"b-2\" } ", 1},
        {"{\"account\":\"\\u0041\"}", 0},
        {"{\"account\":\"\\u0062\\u002d\\u0032\"}", 1},
        {"{\"account\":\"a\"}", -2},
        {"{\"account\":\"\"}", -2},
        {"{\"account\":\"123456789012345\"}", -2},
        {"{\"account\":\"1234567890123456\"}", -1},
        {"{\"account\":\"A\\u0000\"}", -1},
        {"{\"account\":1}", -1},
        {"{\"account\":null}", -1},
        {"{\"account\":[\"A\"]}", -1},
        {"{\"account\":\"A\",\"x\":1}", -1},
        {"{\"account\":\"A\",\"account\":\"A\"}", -1},
        {"{\"accoun\":\"A\"}", -1},
        {"{\"account\":\"A\"", -1},
        {"{\"account\":\"A\"}}", -1},
        {"{}", -1},
        {"[]", -1},
        {"\"A\"", -1},
        {"account=A", -1},
        {"", -1},
    };
    for (u32 i = 0; i < ARRAY_COUNT(cases); i += 1) {
        struct api_failure failure = {0};
        const struct demo_account *found =
            demo_sign_read(&accounts, span_of_text(cases[i].body), &failure);
        assert_ptr_equal(found, cases[i].index < 0 ? NULL : &accounts.list[cases[i].index]);
        if (cases[i].index < 0) {
            assert_int_equal(failure.error, cases[i].index == -1 ? API_ERROR_INVALID_JSON
                                                                 : API_ERROR_INVALID_PARAMETER_IN);
        }
    }
}

static void paths_are_exact(void **state)
{
    (void)state;
    assert_int_equal(demo_sign_path(span_of_text("/demo/accounts")), DEMO_PATH_ACCOUNTS);
    assert_int_equal(demo_sign_path(span_of_text("/demo/sign-in")), DEMO_PATH_SIGN_IN);
    assert_int_equal(demo_sign_path(span_of_text("/demo/sign-in/")), DEMO_PATH_NONE);
    assert_int_equal(demo_sign_path(span_of_text("/demo")), DEMO_PATH_NONE);
}

static void answers_have_the_documented_form(void **state)
{
    (void)state;
    char text[DEMO_SIGN_BYTES];
    struct json_writer json;
    json_begin(&json, text, sizeof(text));
    demo_accounts_print(&json, &accounts);
    assert_true(json_end(&json) > 0);
    assert_string_equal(text, "{\"accounts\":[{\"account\":\"A\",\"name\":\"first \\\"one\\\"\"},"
                              "{\"account\":\"b-2\",\"name\":\"second\"}]}");
    struct demo_accounts told = accounts;
    told.list[1].about_en = "who";
    told.list[1].about_fr = "qui \xc3\xa0";
    json_begin(&json, text, sizeof(text));
    demo_accounts_print(&json, &told);
    assert_true(json_end(&json) > 0);
    assert_string_equal(text, "{\"accounts\":[{\"account\":\"A\",\"name\":\"first \\\"one\\\"\"},"
                              "{\"account\":\"b-2\",\"name\":\"second\",\"about\":{\"en\":\"who\","
                              "\"fr\":\"qui \xc3\xa0\"}}]}");
    json_begin(&json, text, sizeof(text));
    demo_account_print(&json, &accounts.list[1]);
    assert_true(json_end(&json) > 0);
    assert_string_equal(text, "{\"account\":\"b-2\",\"name\":\"second\",\"apiKey\":\"key b\","
                              "\"secret\":\"secret b\"}");
}

/* Whatever the names are. */
static void the_longest_table_fits(void **state)
{
    (void)state;
    static struct demo_accounts full;
    char text[DEMO_SIGN_BYTES];
    struct json_writer json;
    full.count = DEMO_ACCOUNTS_MAX;
    for (u32 i = 0; i < DEMO_ACCOUNTS_MAX; i += 1) {
        (void)snprintf(full.list[i].account, sizeof(full.list[i].account), "account-1234567");
        memset(full.list[i].name, '"', DEMO_NAME_BYTES);
        memset(full.list[i].api_key, 'k', AUTH_KEY_BYTES);
        memset(full.list[i].secret, 's', KEYS_SECRET_BYTES);
    }
    json_begin(&json, text, sizeof(text));
    demo_accounts_print(&json, &full);
    assert_true(json_end(&json) > 0);
    json_begin(&json, text, sizeof(text));
    demo_account_print(&json, &full.list[0]);
    assert_true(json_end(&json) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_of_this_machine_are_heard),
        cmocka_unit_test(others_are_not),
        cmocka_unit_test(other_machines_are_not),
        cmocka_unit_test(bodies_have_one_form),
        cmocka_unit_test(paths_are_exact),
        cmocka_unit_test(answers_have_the_documented_form),
        cmocka_unit_test(the_longest_table_fits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
