/* Aim: limits follow the clock, refusals become bans that grow, and a flood of addresses neither
 * needs memory nor frees who is banned. Method: small limits and a clock set by hand. */
#include "role/gateway/limit.h"

#include "tests/support/test.h"

#include <stdlib.h>
#include <string.h>

#define SECOND 1000000ULL
#define MINUTE (60 * SECOND)
#define HOUR   (60 * MINUTE)
/* The beginning of a minute, of five minutes, of ten seconds and of a day. */
#define START (20000ULL * 24 * HOUR)

static const struct limit_config config = {.weight_max = {100, 50},
                                           .account_weight_max = 30,
                                           .requests_max = 20,
                                           .connects_max = 3,
                                           .orders_10s_max = 10,
                                           .orders_day_max = 25,
                                           .refusals_max = 2,
                                           .addresses_max = 64,
                                           .accounts_max = 4,
                                           .seed = 99};

static struct limit limit;
static void *memory;

static int scene_open(void **state)
{
    (void)state;
    memory = malloc(limit_bytes(&config));
    assert_non_null(memory);
    limit_init(&limit, &config, memory);
    return 0;
}

static int scene_close(void **state)
{
    (void)state;
    free(memory);
    return 0;
}

static struct auth_address v4(u32 number)
{
    struct auth_address address = {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10}};
    address.bytes[13] = (u8)(number >> 16);
    address.bytes[14] = (u8)(number >> 8);
    address.bytes[15] = (u8)number;
    return address;
}

static struct limit_answer ask(u32 number, u32 weight, u64 now_us)
{
    struct auth_address address = v4(number);
    return limit_request(&limit, &address, LIMIT_POOL_API, weight, now_us);
}

static void weight_is_counted_by_the_minute(void **state)
{
    (void)state;
    assert_int_equal(ask(1, 60, START + 5 * SECOND).used, 60);
    assert_int_equal(ask(1, 40, START + 6 * SECOND).used, 100);
    struct limit_answer answer = ask(1, 1, START + 20 * SECOND);
    assert_int_equal(answer.verdict, LIMIT_WEIGHT);
    assert_int_equal(answer.used, 100);
    assert_int_equal(answer.retry_after_s, 40);
    assert_int_equal(ask(2, 1, START + 20 * SECOND).verdict, LIMIT_ADMITTED);
    answer = ask(1, 1, START + MINUTE - 1);
    assert_int_equal(answer.verdict, LIMIT_WEIGHT);
    assert_int_equal(answer.retry_after_s, 1);
    answer = ask(1, 100, START + MINUTE);
    assert_int_equal(answer.verdict, LIMIT_ADMITTED);
    assert_int_equal(answer.used, 100);
    assert_int_equal(ask(3, 101, START).verdict, LIMIT_WEIGHT);
    assert_int_equal(ask(3, UINT32_MAX, START).verdict, LIMIT_WEIGHT);
}

static void pools_count_apart(void **state)
{
    (void)state;
    struct auth_address address = v4(1);
    assert_int_equal(ask(1, 100, START).verdict, LIMIT_ADMITTED);
    assert_int_equal(limit_request(&limit, &address, LIMIT_POOL_SAPI, 50, START).used, 50);
    assert_int_equal(limit_request(&limit, &address, LIMIT_POOL_SAPI, 1, START).verdict,
                     LIMIT_WEIGHT);
    assert_int_equal(limit_account_weight(&limit, 3, 30, START).used, 30);
    assert_int_equal(limit_account_weight(&limit, 3, 1, START).verdict, LIMIT_WEIGHT);
    assert_int_equal(limit_account_weight(&limit, 2, 1, START).verdict, LIMIT_ADMITTED);
    assert_int_equal(limit_account_weight(&limit, 3, 1, START + MINUTE).used, 1);
}

static void a_success_gives_its_weight_back(void **state)
{
    (void)state;
    struct auth_address address = v4(1);
    assert_int_equal(ask(1, 10, START).used, 10);
    assert_int_equal(limit_refund(&limit, &address, LIMIT_POOL_API, 4, START, START + 1), 6);
    assert_int_equal(limit_refund(&limit, &address, LIMIT_POOL_API, 40, START, START + 1), 0);
    assert_int_equal(ask(1, 10, START + MINUTE).used, 10);
    assert_int_equal(limit_refund(&limit, &address, LIMIT_POOL_API, 4, START, START + MINUTE), 10);
}

static void requests_are_counted_by_five_minutes(void **state)
{
    (void)state;
    for (u32 i = 0; i < 20; i += 1) {
        assert_int_equal(ask(1, 1, START + i * 10 * SECOND).verdict, LIMIT_ADMITTED);
    }
    struct limit_answer answer = ask(1, 1, START + 200 * SECOND);
    assert_int_equal(answer.verdict, LIMIT_REQUESTS);
    assert_int_equal(answer.retry_after_s, 100);
    assert_int_equal(ask(1, 1, START + 300 * SECOND).verdict, LIMIT_ADMITTED);
}

static void connections_are_counted(void **state)
{
    (void)state;
    struct auth_address address = v4(1);
    for (u32 i = 0; i < 3; i += 1) {
        assert_int_equal(limit_connect(&limit, &address, START).verdict, LIMIT_ADMITTED);
    }
    assert_int_equal(limit_connect(&limit, &address, START).verdict, LIMIT_CONNECTS);
    assert_int_equal(limit_connect(&limit, &address, START + 5 * MINUTE).verdict, LIMIT_ADMITTED);
}

/* Breaks the limit until it is a ban; returns its length in seconds. */
static u64 get_banned(u32 number, u64 now_us)
{
    assert_int_equal(ask(number, 100, now_us).verdict, LIMIT_ADMITTED);
    assert_int_equal(ask(number, 1, now_us).verdict, LIMIT_WEIGHT);
    assert_int_equal(ask(number, 1, now_us).verdict, LIMIT_WEIGHT);
    struct limit_answer answer = ask(number, 1, now_us);
    assert_int_equal(answer.verdict, LIMIT_BANNED);
    assert_int_equal(answer.banned_until_ms, now_us / 1000 + answer.retry_after_s * 1000ULL);
    return answer.retry_after_s;
}

static void bans_grow_from_two_minutes_to_three_days(void **state)
{
    (void)state;
    u64 now = START;
    u64 expected = 120;
    for (u32 i = 0; i < 15; i += 1) {
        u64 seconds = get_banned(1, now);
        assert_int_equal(seconds, expected);
        assert_int_equal(ask(1, 1, now + seconds * SECOND - 1).verdict, LIMIT_BANNED);
        assert_int_equal(ask(1, 1, now + seconds * SECOND - 1).retry_after_s, 1);
        now += seconds * SECOND + MINUTE;
        expected = expected * 2 > 259200 ? 259200 : expected * 2;
    }
    assert_int_equal(limit.bans_count, 15);
    now += 259200 * SECOND;
    assert_int_equal(get_banned(1, now), 120);
}

static void a_new_minute_forgives_refusals(void **state)
{
    (void)state;
    for (u32 i = 0; i < 6; i += 1) {
        u64 now = START + i * MINUTE;
        assert_int_equal(ask(1, 101, now).verdict, LIMIT_WEIGHT);
        assert_int_equal(ask(1, 101, now).verdict, LIMIT_WEIGHT);
    }
    assert_int_equal(limit.bans_count, 0);
}

static void a_flood_of_addresses_frees_nobody(void **state)
{
    (void)state;
    get_banned(1, START);
    for (u32 i = 2; i < 20000; i += 1) {
        assert_int_equal(ask(i, 1, START + SECOND).verdict, LIMIT_ADMITTED);
    }
    assert_true(limit.evictions_count > 10000);
    assert_int_equal(ask(1, 1, START + 2 * SECOND).verdict, LIMIT_BANNED);
}

static void heavy_users_stay_when_light_ones_come(void **state)
{
    (void)state;
    assert_int_equal(ask(1, 90, START).verdict, LIMIT_ADMITTED);
    for (u32 i = 2; i < 5000; i += 1) {
        assert_int_equal(ask(i, 1, START).verdict, LIMIT_ADMITTED);
    }
    assert_int_equal(ask(1, 11, START).verdict, LIMIT_WEIGHT);
}

static void one_network_of_ipv6_is_one_client(void **state)
{
    (void)state;
    struct auth_address address = {{0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 1}};
    assert_int_equal(limit_request(&limit, &address, LIMIT_POOL_API, 100, START).used, 100);
    address.bytes[15] = 77;
    assert_int_equal(limit_request(&limit, &address, LIMIT_POOL_API, 1, START).verdict,
                     LIMIT_WEIGHT);
    address.bytes[7] = 2;
    assert_int_equal(limit_request(&limit, &address, LIMIT_POOL_API, 1, START).verdict,
                     LIMIT_ADMITTED);
}

static void orders_are_counted_per_account(void **state)
{
    (void)state;
    assert_int_equal(limit_orders_take(&limit, 1, 8, START).verdict, LIMIT_ADMITTED);
    struct limit_answer answer = limit_orders_take(&limit, 1, 3, START + 4 * SECOND);
    assert_int_equal(answer.verdict, LIMIT_ORDERS_10S);
    assert_int_equal(answer.retry_after_s, 6);
    assert_int_equal(limit_orders_take(&limit, 1, 2, START + 4 * SECOND).verdict, LIMIT_ADMITTED);
    assert_int_equal(limit_orders_take(&limit, 1, 10, START + 10 * SECOND).verdict, LIMIT_ADMITTED);
    answer = limit_orders_take(&limit, 1, 6, START + 20 * SECOND);
    assert_int_equal(answer.verdict, LIMIT_ORDERS_DAY);
    assert_int_equal(answer.retry_after_s, 24 * 3600 - 20);
    struct limit_orders count = limit_orders_count(&limit, 1, START + 20 * SECOND);
    assert_int_equal(count.count_10s, 0);
    assert_int_equal(count.count_day, 20);
    assert_int_equal(limit_orders_count(&limit, 1, START + 24 * HOUR).count_day, 0);
    assert_int_equal(limit_orders_count(&limit, 0, START).count_day, 0);
    expect_assert_failure(limit_orders_count(&limit, 4, START));
}

static void fills_and_refusals_give_orders_back(void **state)
{
    (void)state;
    assert_int_equal(limit_orders_take(&limit, 1, 10, START).verdict, LIMIT_ADMITTED);
    limit_orders_filled(&limit, 1, false, START);
    assert_int_equal(limit_orders_count(&limit, 1, START).count_10s, 9);
    limit_orders_filled(&limit, 1, true, START);
    assert_int_equal(limit_orders_count(&limit, 1, START).count_10s, 4);
    assert_int_equal(limit_orders_count(&limit, 1, START).count_day, 4);
    limit_orders_filled(&limit, 1, true, START);
    assert_int_equal(limit_orders_count(&limit, 1, START).count_day, 0);
    assert_int_equal(limit_orders_take(&limit, 1, 3, START).verdict, LIMIT_ADMITTED);
    limit_orders_return(&limit, 1, 1, START, START + 10 * SECOND);
    assert_int_equal(limit_orders_count(&limit, 1, START + 10 * SECOND).count_day, 2);
    assert_int_equal(limit_orders_count(&limit, 1, START + 10 * SECOND).count_10s, 0);
}

static void answers_have_the_documented_texts(void **state)
{
    (void)state;
    static const struct {
        struct limit_answer answer;
        i32 code;
        u32 http;
        const char *text;
    } facts[] = {
        {{.verdict = LIMIT_WEIGHT, .limit = 6000},
         -1003,
         429,
         "Too much request weight used; current limit is 6000 request weight per 1 MINUTE. Please "
         "use WebSocket Streams for live updates to avoid polling the API."},
        {{.verdict = LIMIT_REQUESTS, .limit = 1}, -1003, 429, "Too many requests queued."},
        {{.verdict = LIMIT_BANNED, .banned_until_ms = 1700000000000},
         -1003,
         418,
         "Way too much request weight used; IP banned until 1700000000000. Please use WebSocket "
         "Streams for live updates to avoid bans."},
        {{.verdict = LIMIT_ORDERS_10S, .limit = 100},
         -1015,
         429,
         "Too many new orders; current limit is 100 orders per 10 SECOND."},
        {{.verdict = LIMIT_ORDERS_DAY, .limit = 200000},
         -1015,
         429,
         "Too many new orders; current limit is 200000 orders per 1 DAY."},
        {{.verdict = LIMIT_CONNECTS, .limit = 300},
         -1034,
         429,
         "Too many connection attempts from IP; current limit is 300 per '5 MINUTE'."},
    };
    for (size_t i = 0; i < ARRAY_COUNT(facts); i += 1) {
        struct api_failure failure;
        assert_false(limit_fail(&facts[i].answer, &failure));
        assert_string_equal(failure.text, facts[i].text);
        assert_int_equal(api_error_code(failure.error), facts[i].code);
        assert_int_equal(api_error_http(failure.error), facts[i].http);
    }
}

#define SCENE(test) cmocka_unit_test_setup_teardown(test, scene_open, scene_close)

static void other_maxima_hold_at_once(void **state)
{
    (void)state;
    struct limit_config other = config;
    assert_int_equal(ask(1, 60, START).verdict, LIMIT_ADMITTED);
    other.weight_max[LIMIT_POOL_API] = 70;
    other.addresses_max = 0; /* sizes are not looked at */
    limit_set(&limit, &other);
    assert_int_equal(ask(1, 20, START).verdict, LIMIT_WEIGHT);
    assert_int_equal(ask(2, 70, START).verdict, LIMIT_ADMITTED);
    limit_set(&limit, &config);
    assert_int_equal(ask(1, 20, START).verdict, LIMIT_ADMITTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE(other_maxima_hold_at_once),
        SCENE(weight_is_counted_by_the_minute),
        SCENE(pools_count_apart),
        SCENE(a_success_gives_its_weight_back),
        SCENE(requests_are_counted_by_five_minutes),
        SCENE(connections_are_counted),
        SCENE(bans_grow_from_two_minutes_to_three_days),
        SCENE(a_new_minute_forgives_refusals),
        SCENE(a_flood_of_addresses_frees_nobody),
        SCENE(heavy_users_stay_when_light_ones_come),
        SCENE(one_network_of_ipv6_is_one_client),
        SCENE(orders_are_counted_per_account),
        SCENE(fills_and_refusals_give_orders_back),
        cmocka_unit_test(answers_have_the_documented_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
