/* Aim: a call passes its checks in their order, and counts what it must. Method: calls against the
 * scene's venue. */
#include "role/gateway/call.h"

#include "role/gateway/call_json.h"
#include "tests/support/call_scene.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

static struct call_scene scene;

static int open_scene(void **state)
{
    (void)state;
    call_scene_open(&scene, NULL);
    return 0;
}

static int close_scene(void **state)
{
    (void)state;
    call_scene_close(&scene);
    return 0;
}

static void answers_ping_and_time(void **state)
{
    (void)state;
    call_scene_expect(&scene, 0, ENDPOINT_PING, "", "{}");
    assert_int_equal(scene.call.state.weight_used, 1);
    call_scene_expect(&scene, 0, ENDPOINT_TIME, "", "{\"serverTime\":1795000000000}");
    scene.microseconds = true;
    call_scene_expect(&scene, 0, ENDPOINT_TIME, "", "{\"serverTime\":1795000000000000}");
    assert_int_equal(scene.call.state.weight_used, 3);
}

static void refuses_what_is_not_known(void **state)
{
    (void)state;
    call_scene_refuses(&scene, 0, ENDPOINT_TIME, "a=1", -1101,
                       "Too many parameters; expected '0' and received '1'.");
    assert_int_equal(scene.call.status, 400);
    assert_int_equal(scene.call.state.weight_used, 1);
}

static void stops_at_the_weight(void **state)
{
    (void)state;
    for (u32 i = 0; i < 6000; i++) {
        assert_int_equal(call_scene_run(&scene, 0, ENDPOINT_PING, ""), 200);
    }
    assert_int_equal(call_scene_run(&scene, 0, ENDPOINT_PING, ""), 429);
    assert_int_equal(api_error_code(scene.call.failure.error), -1003);
    assert_true(scene.call.retry_after_s > 0);
}

static void prints_sums(void **state)
{
    (void)state;
    static const struct {
        u128 sum;
        u32 scale;
        const char *text;
    } cases[] = {
        {0, 8, "\"0.00000000\""},
        {1, 8, "\"0.00000001\""},
        {123, 2, "\"1.23000000\""},
        {123456789012345678, 12, "\"123456.78901234\""},
        {((u128)1 << 100), 0, "\"1267650600228229401496703205376.00000000\""},
    };
    for (u32 i = 0; i < ARRAY_COUNT(cases); i++) {
        char text[100];
        struct json_writer json;
        json_begin(&json, text, sizeof text);
        call_put_sum(&json, (struct view_sum){cases[i].sum}, cases[i].scale);
        assert_true(json_end(&json) > 0);
        assert_string_equal(text, cases[i].text);
    }
}

static void prints_changes(void **state)
{
    (void)state;
    static const struct {
        u64 from;
        u64 to;
        const char *change;
        const char *percent;
    } cases[] = {
        {9900000000, 400000200, "-94.99999800", "-95.960"},
        {1362800, 1376700, "0.00013900", "1.020"},
        {900000000, 100000000, "-8.00000000", "-88.889"},
        {200000, 200001, "0.00000001", "0.001"}, /* half a thousandth goes up */
        {200001, 200000, "-0.00000001", "0.000"},
        {0, 5, "0.00000005", "0.000"},
        {7, 7, "0.00000000", "0.000"},
        {1, UINT64_MAX >> 1, "92233720368.54775806", "18446744073709551.615"},
    };
    for (u32 i = 0; i < ARRAY_COUNT(cases); i++) {
        char text[100];
        char expected[100];
        struct json_writer json;
        json_begin(&json, text, sizeof text);
        json_object_begin(&json);
        call_change(&json, "c", price_of(cases[i].from), price_of(cases[i].to));
        call_percent(&json, "p", price_of(cases[i].from), price_of(cases[i].to));
        json_object_end(&json);
        assert_true(json_end(&json) > 0);
        (void)snprintf(expected, sizeof expected, "{\"c\":\"%s\",\"p\":\"%s\"}", cases[i].change,
                       cases[i].percent);
        assert_string_equal(text, expected);
    }
}

static void invents_client_ids(void **state)
{
    (void)state;
    struct client_id first = call_client_id(&scene.venue);
    struct client_id second = call_client_id(&scene.venue);
    assert_true(client_id_valid(&first) && client_id_valid(&second));
    assert_false(client_id_equal(&first, &second));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(answers_ping_and_time, open_scene, close_scene),
        cmocka_unit_test_setup_teardown(refuses_what_is_not_known, open_scene, close_scene),
        cmocka_unit_test_setup_teardown(stops_at_the_weight, open_scene, close_scene),
        cmocka_unit_test(prints_sums),
        cmocka_unit_test(prints_changes),
        cmocka_unit_test_setup_teardown(invents_client_ids, open_scene, close_scene),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
