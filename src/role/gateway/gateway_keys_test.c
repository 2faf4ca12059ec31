/* Aim: a key that was asked for over the channel works after its key_set, also in the gateway's
 * next life, and a keys.db that cannot be read stops nothing else. Method: channels, a folder and a
 * view of the test's own; the gateway's keys opened, started and closed again and again. */
#include "role/gateway/gateway_keys.h"

#include "base/span.h"
#include "tests/support/key_scene.h"
#include "tests/support/test.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { KEYS_MAX = 16, NOW_S = 1795000000, DAY_S = 24 * 3600 };

static struct key_scene scene;
static struct channel asks;
static struct channel answers;
static struct channel_writer asker;
static struct channel_reader told;
static struct gateway_keys keys;
static u8 buffer[256];
static struct signer signer;
static void *memory;

static u64 us(u64 seconds)
{
    return seconds * 1000000;
}

static void start(void)
{
    assert_int_equal(gateway_keys_open(&keys, scene.folder, &asks, &answers), FAULT_NONE);
    memory = malloc(keys_bytes(KEYS_MAX));
    assert_non_null(memory);
    gateway_keys_start(&keys, &signer, scene.view, KEYS_MAX, 5, memory);
}

static void stop(void)
{
    gateway_keys_close(&keys);
    gateway_keys_close(&keys); /* closed is fine */
    free(memory);
}

static int scene_open(void **state)
{
    (void)state;
    static const u16 kinds[] = {KEY_ANSWER};
    key_scene_open(&scene);
    assert_int_equal(channel_create(&asks, "asks", CHANNEL_BYTES_MIN), FAULT_NONE);
    assert_int_equal(channel_create(&answers, "answers", CHANNEL_BYTES_MIN), FAULT_NONE);
    assert_int_equal(channel_writer_open(&asker, &asks), FAULT_NONE);
    assert_int_equal(channel_reader_open(&told, &answers, kinds, 1, LINK_SOURCE_GATEWAY),
                     FAULT_NONE);
    assert_int_equal(signer_open(&signer, buffer, sizeof(buffer)), FAULT_NONE);
    return 0;
}

static int scene_close(void **state)
{
    (void)state;
    signer_close(&signer);
    channel_close(&asks);
    channel_close(&answers);
    key_scene_close(&scene);
    return 0;
}

static void ask_for(u64 index)
{
    struct key_ask ask = {.head = {.account = 1, .source_index = index}, .key_kind = KEY_KIND_HMAC};
    key_ask_finish(&ask);
    assert_int_equal(channel_put(&asker, span_of((const u8 *)&ask, sizeof(ask))), CHANNEL_PUT);
    channel_flush(&asker);
}

/* The next answer; false: there is none. */
static bool answered(struct key_answer *answer_out)
{
    static u8 bytes[CHANNEL_RECORD_BYTES_MAX] __attribute__((aligned(8)));
    size_t size = 0;
    if (channel_take(&told, bytes, &size) != CHANNEL_RECORD) {
        return false;
    }
    channel_release(&told);
    assert_true(key_answer_read(span_of(bytes, size), answer_out));
    return true;
}

static struct key_answer make_key(void)
{
    struct key_answer answer;
    bool busy = false;
    ask_for(7);
    assert_int_equal(gateway_keys_turn(&keys, us(NOW_S), &busy), FAULT_NONE);
    assert_false(busy);
    assert_true(answered(&answer));
    assert_int_equal(answer.head.source_index, 7);
    assert_int_equal(answer.status, KEY_ANSWER_MADE);
    return answer;
}

/* What the admin agent sends when it was told. */
static void set_key(const struct key_answer *answer)
{
    struct command_key_set set = {
        .rights = KEY_RIGHT_READ, .key_kind = answer->key_kind, .actor = 1, .reason = 1};
    memcpy(set.key_id, answer->key_id, sizeof(set.key_id));
    memcpy(set.public_key, answer->public_key, sizeof(set.public_key));
    assert_int_equal(key_scene_applied(&scene, &set, COMMAND_KEY_SET, 1), FAULT_NONE);
}

/* Whether the name is known, and then whether it works. */
static bool finds(const struct key_answer *answer, bool *works_out)
{
    struct key_entry entry = {.enabled = false};
    bool found =
        keys.table.view.find(&keys.table.view, span_of(answer->name, sizeof(answer->name)), &entry);
    *works_out = found && entry.enabled && entry.account == 1 && entry.rights == KEY_RIGHT_READ;
    return found;
}

static void a_key_works_in_the_next_life(void **state)
{
    (void)state;
    bool works = false;
    start();
    struct key_answer answer = make_key();
    assert_true(finds(&answer, &works));
    assert_false(works);
    set_key(&answer);
    assert_true(finds(&answer, &works));
    assert_true(works);
    stop();
    start();
    gateway_keys_settled(&keys, us(NOW_S + 2 * DAY_S));
    stop();
    start();
    assert_true(finds(&answer, &works));
    assert_true(works);
    stop();
}

static void a_key_that_was_never_set_is_let_go(void **state)
{
    (void)state;
    bool works = false;
    start();
    struct key_answer answer = make_key();
    gateway_keys_settled(&keys, us(NOW_S + DAY_S));     /* not older than a day */
    gateway_keys_settled(&keys, us(NOW_S + 9 * DAY_S)); /* once in a life */
    stop();
    start();
    assert_true(finds(&answer, &works));
    assert_false(works);
    gateway_keys_settled(&keys, us(NOW_S + DAY_S) + 1);
    stop();
    start();
    assert_false(finds(&answer, &works));
    stop();
}

/* A start from a log that the engine is still making again must not cost a key. */
static void before_the_engine_has_told_nothing_is_let_go(void **state)
{
    (void)state;
    bool works = false;
    bool busy = false;
    start();
    struct key_answer answer = make_key();
    stop();
    for (u32 i = 0; i < 3; i += 1) {
        start();
        assert_int_equal(gateway_keys_turn(&keys, us(NOW_S + 9 * DAY_S), &busy), FAULT_NONE);
        assert_true(finds(&answer, &works));
        stop();
    }
    set_key(&answer);
    start();
    gateway_keys_settled(&keys, us(NOW_S + 9 * DAY_S));
    stop();
    start();
    assert_true(finds(&answer, &works));
    assert_true(works);
    stop();
}

static void asks_are_answered_a_few_at_a_time(void **state)
{
    (void)state;
    struct key_answer answer;
    start();
    bool may_sleep = gateway_keys_poll_begin(&keys);
    gateway_keys_poll_end(&keys);
    assert_true(may_sleep);
    for (u64 i = 0; i < GATEWAY_KEYS_TURN_MAX + 1; i += 1) {
        ask_for(i);
    }
    may_sleep = gateway_keys_poll_begin(&keys);
    gateway_keys_poll_end(&keys);
    assert_false(may_sleep);
    bool busy = false;
    assert_int_equal(gateway_keys_turn(&keys, us(NOW_S), &busy), FAULT_NONE);
    assert_true(busy);
    for (u64 i = 0; i < GATEWAY_KEYS_TURN_MAX; i += 1) {
        assert_true(answered(&answer));
        assert_int_equal(answer.head.source_index, i);
    }
    assert_false(answered(&answer));
    busy = false;
    assert_int_equal(gateway_keys_turn(&keys, us(NOW_S), &busy), FAULT_NONE);
    assert_false(busy);
    assert_true(answered(&answer));
    assert_int_equal(keys.made_count, GATEWAY_KEYS_TURN_MAX + 1);
    stop();
}

static void what_is_no_ask_is_counted(void **state)
{
    (void)state;
    struct key_answer answer;
    struct key_ask ask = {.head = {.source_index = 1}, .key_kind = KEY_KIND_HMAC};
    bool busy = false;
    start();
    key_ask_finish(&ask);
    ask.reserved = 1;
    assert_int_equal(channel_put(&asker, span_of((const u8 *)&ask, sizeof(ask))), CHANNEL_PUT);
    ask.reserved = 0;
    ask.head.source = LINK_SOURCE_GATEWAY;
    assert_int_equal(channel_put(&asker, span_of((const u8 *)&ask, sizeof(ask))), CHANNEL_PUT);
    channel_flush(&asker);
    assert_int_equal(gateway_keys_turn(&keys, us(NOW_S), &busy), FAULT_NONE);
    assert_int_equal(keys.misshaped_count, 2);
    assert_false(answered(&answer));
    stop();
}

static void a_full_channel_loses_an_answer_only(void **state)
{
    (void)state;
    struct key_answer answer;
    bool busy = false;
    start();
    struct channel_writer filler;
    assert_int_equal(channel_writer_open(&filler, &answers), FAULT_NONE);
    struct key_answer full = {.status = KEY_ANSWER_FULL, .key_kind = KEY_KIND_HMAC};
    key_answer_finish(&full);
    while (channel_put(&filler, span_of((const u8 *)&full, sizeof(full))) == CHANNEL_PUT) {
    }
    channel_flush(&filler);
    assert_int_equal(channel_writer_open(&keys.answers, &answers), FAULT_NONE);
    ask_for(3);
    assert_int_equal(gateway_keys_turn(&keys, us(NOW_S), &busy), FAULT_NONE);
    assert_int_equal(keys.made_count, 1);
    while (answered(&answer)) {
        assert_int_equal(answer.status, KEY_ANSWER_FULL);
    }
    (void)make_key();
    stop();
}

static void a_store_that_does_not_open_stops_nothing(void **state)
{
    (void)state;
    bool works = false;
    bool busy = false;
    char path[FILE_PATH_BYTES];
    struct key_answer answer;
    start();
    struct key_answer made = make_key();
    set_key(&made);
    stop();
    assert_int_equal(file_path(path, scene.folder, KEYSTORE_SEAL_FILE), FAULT_NONE);
    assert_int_equal(unlink(path), 0);
    start();
    assert_false(keys.has_store);
    assert_false(finds(&made, &works));
    ask_for(9);
    assert_int_equal(gateway_keys_turn(&keys, us(NOW_S), &busy), FAULT_NONE);
    assert_true(answered(&answer));
    assert_int_equal(answer.status, KEY_ANSWER_FAILED);
    stop();
}

static void rows_that_cannot_be_read_close_the_store(void **state)
{
    (void)state;
    bool works = false;
    start();
    struct key_answer made = make_key();
    set_key(&made);
    assert_int_equal(sql_run(&keys.store.sql, "UPDATE keys SET sealed = zeroblob(92)"), FAULT_NONE);
    stop();
    start();
    assert_false(keys.has_store);
    assert_false(finds(&made, &works));
    stop();
}

/* As in the simulator: keys come from elsewhere, and nobody asks. */
static void without_folder_and_channels_there_is_a_table(void **state)
{
    (void)state;
    bool busy = false;
    assert_int_equal(gateway_keys_open(&keys, NULL, NULL, NULL), FAULT_NONE);
    assert_int_equal(gateway_keys_turn(&keys, us(NOW_S), &busy), FAULT_NONE);
    memory = malloc(keys_bytes(KEYS_MAX));
    assert_non_null(memory);
    gateway_keys_start(&keys, &signer, scene.view, KEYS_MAX, 5, memory);
    assert_int_equal(gateway_keys_turn(&keys, us(NOW_S), &busy), FAULT_NONE);
    assert_true(gateway_keys_poll_begin(&keys));
    gateway_keys_poll_end(&keys);
    assert_true(keys_has_room(&keys.table));
    stop();
}

#define SCENE(test) cmocka_unit_test_setup_teardown(test, scene_open, scene_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE(a_key_works_in_the_next_life),
        SCENE(a_key_that_was_never_set_is_let_go),
        SCENE(before_the_engine_has_told_nothing_is_let_go),

        SCENE(asks_are_answered_a_few_at_a_time),
        SCENE(what_is_no_ask_is_counted),
        SCENE(a_full_channel_loses_an_answer_only),
        SCENE(a_store_that_does_not_open_stops_nothing),
        SCENE(rows_that_cannot_be_read_close_the_store),
        SCENE(without_folder_and_channels_there_is_a_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
