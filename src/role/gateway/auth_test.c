/* Aim: only a signed request of a key that may is let through, and each way to fail has its error,
 * in its order. Method: one good request, the documented HMAC example, made bad in one respect
 * after the other, and in two at once to see the order. */
#include "role/gateway/auth.h"

#include "base/span.h"
#include "tests/support/test.h"

#include <string.h>

static const char api_key[] = "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A";
static const char secret[] = "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j";
static const char payload[] =
    "symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1"
    "&recvWindow=5000&timestamp=1499827319559";
static const char signature[] = "c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71";
#define SIGNED_US 1499827319559000ULL

struct one_key {
    struct key_view view;
    struct key_entry entry;
    u32 asked_count;
};

static bool one_key_find(struct key_view *view, struct span key, struct key_entry *entry_out)
{
    struct one_key *one = (struct one_key *)view;
    one->asked_count += 1;
    *entry_out = one->entry;
    return span_equal(key, span_of_text(api_key));
}

static u8 buffer[512];
static struct signer signer;
static struct sign_key sign;
static struct one_key store;
static struct params params;
static struct span piece;
static struct auth_request request;
static struct api_failure failure;
static struct key_entry entry;

static int scene_open(void **state)
{
    (void)state;
    assert_int_equal(signer_open(&signer, buffer, sizeof(buffer)), FAULT_NONE);
    assert_int_equal(sign_key_open_secret(&signer, span_of_text(secret), &sign), FAULT_NONE);
    store = (struct one_key){.view = {.find = one_key_find},
                             .entry = {.account = 7,
                                       .rights = KEY_RIGHT_READ | KEY_RIGHT_TRADE,
                                       .enabled = true,
                                       .sign = &sign}};
    params = (struct params){.endpoint = endpoint_at(ENDPOINT_ORDER_PLACE),
                             .recv_window_us = 5000000,
                             .timestamp_us = SIGNED_US,
                             .timestamp_sent = true,
                             .signature = span_of_text(signature)};
    piece = span_of_text(payload);
    request = (struct auth_request){.params = &params,
                                    .api_key = span_of_text(api_key),
                                    .pieces = &piece,
                                    .pieces_count = 1,
                                    .now_us = SIGNED_US + 5};
    return 0;
}

static int scene_close(void **state)
{
    (void)state;
    sign_key_close(&sign);
    signer_close(&signer);
    return 0;
}

static void accepts(void)
{
    if (!auth_check(&signer, &store.view, &request, &entry, &failure)) {
        fail_msg("%s", failure.text);
    }
    assert_int_equal(entry.account, 7);
}

static void refuses(i32 code, const char *text)
{
    assert_false(auth_check(&signer, &store.view, &request, &entry, &failure));
    assert_string_equal(failure.text, text);
    assert_int_equal(api_error_code(failure.error), code);
}

#define NOT_ALLOWED "Invalid API-key, IP, or permissions for action."

static void a_signed_request_is_let_through(void **state)
{
    (void)state;
    accepts();
}

static void a_key_has_its_form(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "", "short", "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8-",
        "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8AA"};
    for (size_t i = 0; i < ARRAY_COUNT(bad); i += 1) {
        request.api_key = span_of_text(bad[i]);
        refuses(-2014, "API-key format invalid.");
    }
    assert_int_equal(store.asked_count, 0);
}

static void timestamp_and_signature_must_be_sent(void **state)
{
    (void)state;
    params.signature = span_of(NULL, 0);
    refuses(-1102, "Mandatory parameter 'signature' was not sent, was empty/null, or malformed.");
    params.timestamp_sent = false;
    refuses(-1102, "Mandatory parameter 'timestamp' was not sent, was empty/null, or malformed.");
}

static void unknown_disabled_and_powerless_keys_look_alike(void **state)
{
    (void)state;
    store.entry.enabled = false;
    refuses(-2015, NOT_ALLOWED);
    store.entry.enabled = true;
    store.entry.rights = KEY_RIGHT_READ | KEY_RIGHT_WITHDRAW;
    refuses(-2015, NOT_ALLOWED);
    params.endpoint = endpoint_at(ENDPOINT_ACCOUNT);
    accepts();
    params.endpoint = endpoint_at(ENDPOINT_WITHDRAW);
    accepts();
    store.entry.rights = KEY_RIGHT_READ | KEY_RIGHT_TRADE;
    refuses(-2015, NOT_ALLOWED);
    store.entry.rights = KEY_RIGHT_TRADE;
    params.endpoint = endpoint_at(ENDPOINT_USER_SUBSCRIBE_SIGNATURE);
    refuses(-2015, NOT_ALLOWED);
    params.endpoint = endpoint_at(ENDPOINT_ORDER_PLACE);
    accepts();
    request.api_key =
        span_of_text("AmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A");
    refuses(-2015, NOT_ALLOWED);
}

static void only_listed_addresses(void **state)
{
    (void)state;
    struct auth_network networks[2] = {
        {{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 5}}, 128},
        {{{0x20, 0x01, 0x0d, 0xb8, 0xf0}}, 36},
    };
    store.entry.networks = networks;
    store.entry.networks_count = 2;
    request.address = networks[0].address;
    accepts();
    request.address.bytes[15] = 6;
    refuses(-2015, NOT_ALLOWED);
    request.address = networks[1].address;
    request.address.bytes[4] = 0xff;
    request.address.bytes[15] = 1;
    accepts();
    request.address.bytes[4] = 0xe0;
    refuses(-2015, NOT_ALLOWED);
    networks[1].bits = 0;
    accepts();
    store.entry.networks_count = 0;
    accepts();
}

static void time_is_within_the_window(void **state)
{
    (void)state;
    request.now_us = SIGNED_US + 5000000;
    accepts();
    request.now_us = SIGNED_US + 5000001;
    refuses(-1021, "Timestamp for this request is outside of the recvWindow.");
    request.now_us = SIGNED_US - 999999;
    accepts();
    request.now_us = SIGNED_US - 1000000;
    refuses(-1021, "Timestamp for this request was 1000ms ahead of the server's time.");
    params.recv_window_us = 1;
    request.now_us = SIGNED_US + 1;
    accepts();
    request.now_us = SIGNED_US + 2;
    refuses(-1021, "Timestamp for this request is outside of the recvWindow.");
    params.timestamp_us = UINT64_MAX;
    request.now_us = UINT64_MAX;
    refuses(-1021, "Timestamp for this request was 1000ms ahead of the server's time.");
    assert_true(auth_in_time(&params, UINT64_MAX, &failure) == false);
}

static void both_clocks_of_a_law_date_are_understood(void **state)
{
    (void)state;
    static const u64 years_us = 4ULL * 365 * 86400 * 1000000;
    request.clock_behind_us = years_us;
    request.now_us = SIGNED_US; /* stamped by the venue's clock */
    accepts();
    request.now_us = SIGNED_US + 5000001;
    refuses(-1021, "Timestamp for this request is outside of the recvWindow.");
    request.now_us = SIGNED_US - 1000000;
    refuses(-1021, "Timestamp for this request was 1000ms ahead of the server's time.");
    request.now_us = SIGNED_US - years_us; /* by the machine's */
    accepts();
    request.now_us = SIGNED_US - years_us + 5000001;
    refuses(-1021, "Timestamp for this request is outside of the recvWindow.");
    request.now_us = SIGNED_US - years_us - 1000000;
    refuses(-1021, "Timestamp for this request was 1000ms ahead of the server's time.");
    request.now_us = SIGNED_US - years_us / 2; /* by neither */
    refuses(-1021, "Timestamp for this request was 1000ms ahead of the server's time.");
    request.now_us = SIGNED_US - years_us / 2 - 1;
    refuses(-1021, "Timestamp for this request is outside of the recvWindow.");
    request.clock_behind_us = UINT64_MAX;
    request.now_us = SIGNED_US;
    accepts();
}

static void the_signature_covers_the_bytes(void **state)
{
    (void)state;
    char changed[sizeof(payload)];
    for (size_t i = 0; i + 1 < sizeof(payload); i += 1) {
        memcpy(changed, payload, sizeof(payload));
        changed[i] = (char)(changed[i] ^ 1);
        piece = span_of(changed, sizeof(payload) - 1);
        refuses(-1022, "Signature for this request is not valid.");
    }
    piece = span_of_text(payload);
    accepts();
    params.signature = span_of(signature, sizeof(signature) - 2);
    refuses(-1022, "Signature for this request is not valid.");
}

static void the_first_fault_is_the_answer(void **state)
{
    (void)state;
    params.signature = span_of_text("00");
    request.now_us = SIGNED_US + 6000000;
    refuses(-1021, "Timestamp for this request is outside of the recvWindow.");
    store.entry.enabled = false;
    refuses(-2015, NOT_ALLOWED);
    params.timestamp_sent = false;
    refuses(-1102, "Mandatory parameter 'timestamp' was not sent, was empty/null, or malformed.");
    request.api_key = span_of_text("x");
    refuses(-2014, "API-key format invalid.");
}

static void a_session_needs_no_signature_but_the_rest(void **state)
{
    (void)state;
    params.signature = span_of(NULL, 0);
    assert_true(auth_check_session(&store.view, &request, &entry, &failure));
    store.entry.enabled = false;
    assert_false(auth_check_session(&store.view, &request, &entry, &failure));
    assert_int_equal(failure.error, API_ERROR_REJECTED_MBX_KEY);
    store.entry.enabled = true;
    request.now_us = SIGNED_US + 6000000;
    assert_false(auth_check_session(&store.view, &request, &entry, &failure));
    assert_int_equal(failure.error, API_ERROR_TIMESTAMP_OUTSIDE);
}

#define SCENE(test) cmocka_unit_test_setup_teardown(test, scene_open, scene_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE(a_signed_request_is_let_through),
        SCENE(a_key_has_its_form),
        SCENE(timestamp_and_signature_must_be_sent),
        SCENE(unknown_disabled_and_powerless_keys_look_alike),
        SCENE(only_listed_addresses),
        SCENE(time_is_within_the_window),
        SCENE(both_clocks_of_a_law_date_are_understood),
        SCENE(the_signature_covers_the_bytes),
        SCENE(the_first_fault_is_the_answer),
        SCENE(a_session_needs_no_signature_but_the_rest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
