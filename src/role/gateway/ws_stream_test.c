/* Aim: addresses open the streams they name, control messages get the documents' answers, whoever
 * sends too much, keeps silent or has lived a day is told to go. Method: addresses, messages and
 * times by hand; answers compared as text. */
#include "role/gateway/ws_stream.h"

#include "base/span.h"
#include "tests/support/stream_ear.h"
#include "tests/support/view_check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECOND 1000000ULL
#define UNKNOWN_END                                                                         \
    "`, expected one of `SUBSCRIBE`, `UNSUBSCRIBE`, `LIST_SUBSCRIPTIONS`, `SET_PROPERTY`, " \
    "`GET_PROPERTY` at line 1 column "

static const struct stream_config config = {
    .markets_max = 32, .subscriptions_max = 4096, .changes_max = 16};

static struct core_world world;
static struct view_scene view;
static struct stream_ear ear;

static int group_open(void **state)
{
    (void)state;
    size_t bytes = 0;
    world_open(&world);
    struct view_config limits = view_scene_config(&world.limits);
    view_scene_open(&view, &limits);
    u8 *snapshot = world_snapshot(&world, &bytes);
    view_scene_image(&view, snapshot, bytes, 0);
    free(snapshot);
    ear_open(&ear, &config, 1 << 16);
    stream_hub_view(ear.hub, view.view);
    return 0;
}

static int group_close(void **state)
{
    (void)state;
    assert_int_equal(stream_counts(ear.hub).subscriptions, 0);
    ear_close(&ear);
    view_scene_close(&view);
    world_close(&world);
    return 0;
}

/* ---- addresses ---- */

static void names_are(const struct ws_stream *session, const char *expected)
{
    char text[4096] = "";
    char name[STREAM_NAME_BYTES_MAX];
    u32 cursor = 0;
    while (stream_list(ear.hub, &session->client, &cursor, name)) {
        strcat(strcat(text, name), " ");
    }
    assert_string_equal(text, expected);
}

/* `target` as in a request. */
static enum ws_stream_path open_at(struct ws_stream *session, const char *target)
{
    const char *mark = strchr(target, '?');
    size_t size = mark == NULL ? strlen(target) : (size_t)(mark - target);
    struct span query = mark == NULL ? span_of(NULL, 0) : span_of_text(mark + 1);
    memset(session, 0, sizeof(*session));
    return ws_stream_open(session, ear.hub, span_of(target, size), query, false, 0);
}

static void opens(const char *target, u8 flags, const char *names)
{
    struct ws_stream session;
    assert_int_equal(open_at(&session, target), WS_STREAM_OPENED);
    assert_int_equal(session.client.flags, flags);
    names_are(&session, names);
    stream_leave(ear.hub, &session.client);
}

static void addresses(void **state)
{
    (void)state;
    opens("/ws", 0, "");
    opens("/ws/", 0, "");
    opens("/ws/0", 0, ""); /* ccxt */
    opens("/ws/pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1", 0, "");
    opens("/ws/btcusdt@trade", 0, "btcusdt@trade ");
    opens("/ws/BTCUSDT@trade/btcusdt@depth@100ms", 0, "btcusdt@trade btcusdt@depth@100ms ");
    opens("/ws/btcusdt@trade/ethusdt@trade/btcusdt@trade/", 0, "btcusdt@trade ");
    opens("/ws/btcusdt%40kline_1d%40%2B08%3a00", 0, "btcusdt@kline_1d@+08:00 ");
    opens("/ws/btcusdt@kline_1d@+08:00", 0, "btcusdt@kline_1d@+08:00 ");
    opens("/stream", STREAM_COMBINED, "");
    opens("/stream?streams=", STREAM_COMBINED, "");
    opens("/stream?streams", STREAM_COMBINED, "");
    opens("/stream?streams=btcusdt@trade/!miniTicker@arr", STREAM_COMBINED,
          "btcusdt@trade !miniTicker@arr ");
    opens("/stream?streams=btcusdt%40trade%2Fbtcusdt%40aggTrade&x=1", STREAM_COMBINED,
          "btcusdt@trade btcusdt@aggTrade ");
    opens("/stream?timeUnit=MICROSECOND&streams=btcusdt@trade",
          STREAM_COMBINED | STREAM_MICROSECONDS, "btcusdt@trade ");
    opens("/ws/btcusdt@trade?timeUnit=microsecond", STREAM_MICROSECONDS, "btcusdt@trade ");
    opens("/ws?timeUnit=MILLISECOND", 0, "");
    opens("/ws?streams=btcusdt@trade", 0, "");
    struct ws_stream session = {0};
    assert_int_equal(
        ws_stream_open(&session, ear.hub, span_of_text("/ws"), span_of(NULL, 0), true, 0),
        WS_STREAM_OPENED);
    assert_int_equal(session.client.flags, STREAM_DEFLATE);
}

static void addresses_that_are_refused(void **state)
{
    (void)state;
    static const char *const elsewhere[] = {"/",        "/wss",       "/stream/",
                                            "/streams", "/ws-api/v3", "/w"};
    static const char *const refused[] = {"/ws/btc%",
                                          "/ws/btc%4",
                                          "/ws/btc%4x",
                                          "/ws/btc%20usdt@trade",
                                          "/ws/btcusdt@trade%00",
                                          "/ws/%ff@trade",
                                          "/ws?timeUnit=",
                                          "/ws?timeUnit=SECOND",
                                          "/stream?streams=%zz"};
    struct ws_stream session;
    for (u32 i = 0; i < ARRAY_COUNT(elsewhere); i += 1) {
        assert_int_equal(open_at(&session, elsewhere[i]), WS_STREAM_ELSEWHERE);
    }
    for (u32 i = 0; i < ARRAY_COUNT(refused); i += 1) {
        assert_int_equal(open_at(&session, refused[i]), WS_STREAM_REFUSED);
    }
    static char text[40000] = "/ws/";
    for (u32 i = 0; i < WS_STREAM_NAMES_MAX + 1; i += 1) {
        strcat(text, "ethusdt@trade/");
    }
    assert_int_equal(open_at(&session, text), WS_STREAM_REFUSED);
    memset(text + 4, 'a', STREAM_TEXT_BYTES_MAX);
    text[4 + STREAM_TEXT_BYTES_MAX] = 0;
    assert_int_equal(open_at(&session, text), WS_STREAM_OPENED);
    memset(text + 4, 'a', STREAM_TEXT_BYTES_MAX + 1);
    text[4 + STREAM_TEXT_BYTES_MAX + 1] = 0;
    assert_int_equal(open_at(&session, text), WS_STREAM_REFUSED);
}

/* ---- control messages ---- */

static struct ws_param params[WS_STREAM_NAMES_MAX];
static u8 decoded[1 << 16];
static char answer[WS_STREAM_ANSWER_BYTES];

static const char *answer_to(struct ws_stream *session, struct span text)
{
    static const struct ws_room room = {.params = params,
                                        .params_max = WS_STREAM_NAMES_MAX,
                                        .text = decoded,
                                        .text_bytes = sizeof(decoded)};
    size_t size = ws_stream_message(session, ear.hub, text, &room, answer);
    assert_int_equal(size, strlen(answer));
    return answer;
}

static void answers(struct ws_stream *session, const char *text, const char *expected)
{
    assert_string_equal(answer_to(session, span_of_text(text)), expected);
}

/* An error in both places where it is looked for. */
static void refuses(struct ws_stream *session, const char *text, u32 code, const char *message,
                    const char *id)
{
    char expected[1024];
    snprintf(expected, sizeof(expected),
             "{\"error\":{\"code\":%u,\"msg\":\"%s\"},\"code\":%u,\"msg\":\"%s\"%s%s}", code,
             message, code, message, id == NULL ? "" : ",\"id\":", id == NULL ? "" : id);
    answers(session, text, expected);
}

static void the_examples_of_the_documents(void **state)
{
    (void)state;
    struct ws_stream session;
    assert_int_equal(open_at(&session, "/ws"), WS_STREAM_OPENED);
    answers(
        &session,
        "{\"method\":\"SUBSCRIBE\",\"params\":[\"btcusdt@aggTrade\",\"btcusdt@depth\"],\"id\":1}",
        "{\"result\":null,\"id\":1}");
    answers(&session,
            "{\"method\": \"UNSUBSCRIBE\",\n \"params\": [\"btcusdt@depth\"], \"id\": 312}",
            "{\"result\":null,\"id\":312}");
    answers(&session, "{\"method\":\"LIST_SUBSCRIPTIONS\",\"id\":3}",
            "{\"result\":[\"btcusdt@aggTrade\"],\"id\":3}");
    answers(&session, "{\"method\":\"GET_PROPERTY\",\"params\":[\"combined\"],\"id\":2}",
            "{\"result\":false,\"id\":2}");
    answers(&session, "{\"method\":\"SET_PROPERTY\",\"params\":[\"combined\",true],\"id\":5}",
            "{\"result\":null,\"id\":5}");
    answers(&session, "{\"method\":\"GET_PROPERTY\",\"params\":[\"combined\"],\"id\":2}",
            "{\"result\":true,\"id\":2}");
    answers(&session, "{\"method\":\"SET_PROPERTY\",\"params\":[\"combined\",false],\"id\":5}",
            "{\"result\":null,\"id\":5}");
    assert_int_equal(session.client.flags, 0);
    stream_leave(ear.hub, &session.client);
}

static void ids(void **state)
{
    (void)state;
    static const char *const good[] = {"0",
                                       "-1",
                                       "9223372036854775807",
                                       "null",
                                       "\"\"",
                                       "\"abcXYZ019\"",
                                       "\"123e4567-e89b-12d3-a456-426614174000\""};
    static const char *const bad[] = {"9223372036854775808",
                                      "1.5",
                                      "1e3",
                                      "true",
                                      "[1]",
                                      "{}",
                                      "\"a b\"",
                                      "\"a\\u0062\"",
                                      "\"1234567890123456789012345678901234567\""};
    struct ws_stream session;
    char text[200];
    char expected[200];
    assert_int_equal(open_at(&session, "/ws"), WS_STREAM_OPENED);
    for (u32 i = 0; i < ARRAY_COUNT(good); i += 1) {
        snprintf(text, sizeof(text), "{\"id\":%s,\"method\":\"LIST_SUBSCRIPTIONS\"}", good[i]);
        snprintf(expected, sizeof(expected), "{\"result\":[],\"id\":%s}", good[i]);
        answers(&session, text, expected);
    }
    for (u32 i = 0; i < ARRAY_COUNT(bad); i += 1) {
        snprintf(text, sizeof(text), "{\"id\":%s,\"method\":\"LIST_SUBSCRIPTIONS\"}", bad[i]);
        refuses(&session, text, 2, "Invalid request: request ID must be an unsigned integer", NULL);
    }
    refuses(&session, "{\"method\":\"LIST_SUBSCRIPTIONS\"}", 2,
            "Invalid request: request ID must be an unsigned integer", NULL);
}

static void errors(void **state)
{
    (void)state;
    struct ws_stream session;
    assert_int_equal(open_at(&session, "/ws"), WS_STREAM_OPENED);
    refuses(&session, "{\"method\":\"SET_PROPERTY\",\"params\":[\"mystery\",true],\"id\":7}", 0,
            "Unknown property", "7");
    refuses(&session, "{\"method\":\"GET_PROPERTY\",\"params\":[\"Combined\"],\"id\":7}", 0,
            "Unknown property", "7");
    refuses(&session, "{\"method\":\"SET_PROPERTY\",\"params\":[\"combined\",\"true\"],\"id\":7}",
            1, "Invalid value type: expected Boolean", "7");
    refuses(&session, "{\"method\":\"SET_PROPERTY\",\"params\":[\"combined\"],\"id\":7}", 1,
            "Invalid value type: expected Boolean", "7");
    refuses(&session, "{\"method\":\"GET_PROPERTY\",\"params\":[1],\"id\":7}", 2,
            "Invalid request: property name must be a string", "7");
    refuses(&session, "{\"method\":\"SET_PROPERTY\",\"id\":7}", 2,
            "Invalid request: property name must be a string", "7");
    refuses(&session, "{\"method\":\"SET_PROPERTY\",\"params\":[\"combined\",true,1],\"id\":7}", 2,
            "Invalid request: too many parameters", "7");
    refuses(&session, "{\"method\":\"GET_PROPERTY\",\"params\":[\"combined\",true],\"id\":7}", 2,
            "Invalid request: too many parameters", "7");
    refuses(&session, "{\"method\":\"LIST_SUBSCRIPTIONS\",\"params\":[\"x\"],\"id\":7}", 2,
            "Invalid request: too many parameters", "7");
    refuses(&session, "{\"method\":\"SUBSCRIBE\",\"params\":\"btcusdt@trade\",\"id\":7}", 2,
            "Invalid request: params must be an array", "7");
    refuses(&session, "{\"method\":\"SUBSCRIBE\",\"params\":{\"a\":1},\"id\":7}", 2,
            "Invalid request: params must be an array", "7");
    refuses(&session, "{\"method\":\"SUBSCRIBES\",\"id\":7}", 2,
            "Invalid request: unknown variant `SUBSCRIBES" UNKNOWN_END "22", "7");
    refuses(
        &session, "{\"id\":7, \n \"method\":\"subs\\u0063ribe\"}", 2,
        "Invalid request: unknown variant `subscribe`, expected one of `SUBSCRIBE`, "
        "`UNSUBSCRIBE`, `LIST_SUBSCRIPTIONS`, `SET_PROPERTY`, `GET_PROPERTY` at line 2 column 27",
        "7");
    refuses(&session, "{\"params\":[\"x\"],\"id\":7}", 2,
            "Invalid request: missing field `method` at line 1 column 23", "7");
    refuses(&session, "{\"method\":1,\"id\":7}", 2,
            "Invalid request: missing field `method` at line 1 column 19", "7");
    refuses(&session, "{\"method\":x}", 3, "Invalid JSON: expected value at line 1 column 11",
            NULL);
    refuses(&session, "\n\n x", 3, "Invalid JSON: expected value at line 3 column 2", NULL);
    refuses(&session, "", 3, "Invalid JSON: expected value at line 1 column 1", NULL);
    refuses(&session, "[1]", 3, "Invalid JSON: expected value at line 1 column 1", NULL);
}

static void names_that_are_none(void **state)
{
    (void)state;
    struct ws_stream session;
    assert_int_equal(open_at(&session, "/ws"), WS_STREAM_OPENED);
    answers(&session,
            "{\"method\":\"SUBSCRIBE\",\"params\":[\"mystery\",\"btcusdt@mystery\",\"xyz@trade\","
            "\"btcusdt@trade\"],\"id\":1}",
            "{\"result\":null,\"id\":1}");
    names_are(&session, "btcusdt@trade ");
    /* Nothing is done by halves. */
    refuses(&session,
            "{\"method\":\"SUBSCRIBE\",\"params\":[\"btcusdt@aggTrade\",\"not a name\"],\"id\":2}",
            2, "Invalid request: invalid stream", "2");
    refuses(&session, "{\"method\":\"UNSUBSCRIBE\",\"params\":[\"btcusdt@trade\",\"\"],\"id\":2}",
            2, "Invalid request: invalid stream", "2");
    refuses(&session, "{\"method\":\"SUBSCRIBE\",\"params\":[1],\"id\":2}", 2,
            "Invalid request: invalid stream", "2");
    names_are(&session, "btcusdt@trade ");
    answers(&session, "{\"method\":\"UNSUBSCRIBE\",\"params\":[\"BTCUSDT@trade\",\"0\"],\"id\":1}",
            "{\"result\":null,\"id\":1}");
    names_are(&session, "");
}

static void lists_are_bounded(void **state)
{
    (void)state;
    static char text[60000];
    struct ws_stream session;
    assert_int_equal(open_at(&session, "/ws"), WS_STREAM_OPENED);
    strcpy(text, "{\"method\":\"SUBSCRIBE\",\"id\":1,\"params\":[\"btcusdt@trade\"");
    for (u32 i = 1; i < WS_STREAM_NAMES_MAX; i += 1) {
        strcat(text, ",\"ethusdt@trade\"");
    }
    size_t size = strlen(text);
    strcpy(text + size, "]}");
    answers(&session, text, "{\"result\":null,\"id\":1}");
    strcpy(text + size, ",\"x\"]}");
    refuses(&session, text, 2, "Invalid request: too many parameters", "1");
    names_are(&session, "btcusdt@trade ");
    stream_leave(ear.hub, &session.client);
}

/* ---- limits ---- */

static void five_messages_a_second(void **state)
{
    (void)state;
    struct ws_stream session = {0};
    u64 now = 100 * SECOND;
    for (u32 second = 0; second < 3; second += 1) {
        for (u32 i = 0; i < WS_STREAM_MESSAGES_MAX; i += 1) {
            assert_true(ws_stream_count(&session, now + i));
        }
        assert_false(ws_stream_count(&session, now + SECOND - 1));
        now += SECOND;
    }
}

static void pings_silence_and_age(void **state)
{
    (void)state;
    struct ws_stream session = {0};
    u64 after = 0;
    u64 begin = 1000 * SECOND;
    assert_int_equal(
        ws_stream_open(&session, ear.hub, span_of_text("/ws"), span_of(NULL, 0), false, begin),
        WS_STREAM_OPENED);
    assert_int_equal(ws_stream_due(&session, begin, &after), WS_STREAM_WAIT);
    assert_int_equal(after, 20 * SECOND);
    assert_int_equal(ws_stream_due(&session, begin + 19 * SECOND, &after), WS_STREAM_WAIT);
    assert_int_equal(after, SECOND);
    assert_int_equal(ws_stream_due(&session, begin + 20 * SECOND, &after), WS_STREAM_PING);
    assert_int_equal(ws_stream_due(&session, begin + 40 * SECOND, &after), WS_STREAM_PING);
    assert_int_equal(after, 20 * SECOND);
    assert_int_equal(ws_stream_due(&session, begin + 60 * SECOND, &after), WS_STREAM_SILENT);
    ws_stream_heard(&session, begin + 41 * SECOND);
    assert_int_equal(ws_stream_due(&session, begin + 60 * SECOND, &after), WS_STREAM_PING);
    for (u64 at = 80; at < 86400; at += 20) {
        ws_stream_heard(&session, begin + (at - 1) * SECOND);
        assert_int_equal(ws_stream_due(&session, begin + at * SECOND, &after), WS_STREAM_PING);
    }
    assert_int_equal(ws_stream_due(&session, begin + 86400 * SECOND, &after), WS_STREAM_OLD);
}

static void shutdowns(void **state)
{
    (void)state;
    static const struct {
        u8 flags;
        const char *text;
    } cases[] = {
        {0, "{\"e\":\"serverShutdown\",\"E\":1770123456789}"},
        {STREAM_MICROSECONDS | STREAM_DEFLATE, "{\"e\":\"serverShutdown\",\"E\":1770123456789012}"},
        {STREAM_COMBINED,
         "{\"stream\":\"!serverShutdown\",\"data\":{\"e\":\"serverShutdown\",\"E\":1770123456789}}"}};
    for (u32 i = 0; i < ARRAY_COUNT(cases); i += 1) {
        struct ws_stream session = {.client = {.flags = cases[i].flags}};
        char text[WS_STREAM_TEXT_BYTES];
        assert_int_equal(ws_stream_shutdown(&session, 1770123456789012, text),
                         strlen(cases[i].text));
        assert_string_equal(text, cases[i].text);
    }
    /* An idle connection costs little beside its socket. */
    assert_true(sizeof(struct ws_stream) <= 64);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses),
        cmocka_unit_test(addresses_that_are_refused),
        cmocka_unit_test(the_examples_of_the_documents),
        cmocka_unit_test(ids),
        cmocka_unit_test(errors),
        cmocka_unit_test(names_that_are_none),
        cmocka_unit_test(lists_are_bounded),
        cmocka_unit_test(five_messages_a_second),
        cmocka_unit_test(pings_silence_and_age),
        cmocka_unit_test(shutdowns),
    };
    return cmocka_run_group_tests(tests, group_open, group_close);
}
