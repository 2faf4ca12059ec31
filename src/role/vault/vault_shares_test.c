/* Aim: a share counts after a drill of the running vault and for as long as docs/vault.md says; an
 * answer that is wrong, old, foreign or sent again counts nothing, leaves no event, and is refused
 * by what is wrong and whose it is. Method: the agent through its socket, officers of a real
 * ceremony, a clock that the test moves. */
#include "base/bytes.h"
#include "base/span.h"
#include "role/vault/share_shown.h"
#include "role/vault/vault_drills.h"
#include "role/vault/vault_store_inner.h"
#include "tests/support/keep_pins.h"
#include "tests/support/keep_scene.h"

#include <stdio.h>

enum { HEAD = 12, MEMBER_BYTES = 32, GROUP_BYTES = 16 };

static int client;
static u8 asked[SHARE_NONCE_BYTES];

static int begin(void **state)
{
    char place[2 * SCENE_PATH_BYTES];
    assert_int_equal(setup(state), 0);
    agent_end();
    (void)snprintf(place, sizeof(place), "%s/%s", folder, VAULT_FOLDER);
    pins_write_all(place);
    agent_begin();
    client = client_open();
    return 0;
}

static int finish(void **state)
{
    (void)close(client);
    return teardown(state);
}

static void restart(void)
{
    (void)close(client);
    agent_end();
    agent_begin();
    client = client_open();
}

/* What is asked from now on. */
static void drill_begin(void)
{
    assert_int_equal(ask_kind(client, VAULT_ASK_DRILL), VAULT_CODE_OK);
    assert_int_equal(answer_bytes, HEAD + SHARE_NONCE_BYTES + 16);
    memcpy(asked, answer + HEAD, sizeof(asked));
    u64 begun_us = bytes_u64(answer + HEAD + SHARE_NONCE_BYTES);
    assert_int_equal(bytes_u64(answer + HEAD + SHARE_NONCE_BYTES + 8), begun_us + 14 * DAY_US);
}

static struct share_shown show(const struct share_scene *scene, u32 index)
{
    struct share_shown shown;
    assert_int_equal(
        share_shown_make(room, &scene->group, index, &scene->shares[index - 1], asked, &shown),
        FAULT_NONE);
    return shown;
}

static u32 put(const struct share_shown *shown)
{
    struct frame_writer writer = vault_writer_begin(frame, sizeof(frame), VAULT_ASK_SHOWN);
    frame_write_bytes(&writer, span_of(shown, sizeof(*shown)));
    return ask(client, &writer);
}

static void put_good(u32 place, u32 index, u32 live)
{
    struct share_shown shown = show(&pins[place], index);
    assert_int_equal(put(&shown), VAULT_CODE_OK);
    assert_int_equal(answer_bytes, HEAD + 8);
    assert_int_equal(answer[HEAD], place + 1);
    assert_int_equal(answer[HEAD + 1], index);
    assert_int_equal(answer[HEAD + 2], live);
    assert_int_equal(answer[HEAD + 3], 2);
    assert_int_equal(answer[HEAD + 4], place == 0 ? 3 : 4);
}

static void put_wrong(const struct share_shown *shown, u32 code, const char *why)
{
    assert_int_equal(put(shown), code);
    answer[answer_bytes] = 0;
    if (strstr((const char *)answer + HEAD, why) == NULL) {
        fail_msg("%s", (const char *)answer + HEAD);
    }
}

/* How many events of drills there are; all others are none of this test's. */
static u32 events(void)
{
    struct frame_writer writer = vault_writer_begin(frame, sizeof(frame), VAULT_ASK_EVENTS);
    u32 count = 0;
    frame_write_u64(&writer, 1);
    assert_int_equal(ask(client, &writer), VAULT_CODE_OK);
    for (u32 i = 0; i < bytes_u32(answer + HEAD); i += 1) {
        const u8 *at = answer + HEAD + 4 + (size_t)i * VAULT_EVENT_BYTES;
        count += bytes_u16(at + 16) == VAULT_EVENT_DRILL;
    }
    return count;
}

static u32 live_of(u32 place)
{
    assert_int_equal(ask_kind(client, VAULT_ASK_SHARES), VAULT_CODE_OK);
    assert_int_equal(answer_bytes, HEAD + 8 + 2 * GROUP_BYTES + 7 * MEMBER_BYTES);
    return answer[HEAD + 8 + (place == 0 ? 0 : GROUP_BYTES + 3 * MEMBER_BYTES) + 3];
}

static bool rings(u32 place)
{
    return vault_shares_are_short(&vault_agent_counts(agent).shares[place]);
}

static void all_are_asked_and_answer(void **state)
{
    (void)state;
    assert_int_equal(live_of(0), 0);
    assert_true(rings(0) && rings(1)); /* nothing is known yet */
    drill_begin();
    u64 begun_us = bytes_u64(answer + HEAD + SHARE_NONCE_BYTES);
    work(3 * DAY_US / 1000);
    for (u32 index = 1; index <= 3; index += 1) {
        put_good(0, index, index);
        assert_int_equal(rings(0), index < 3);
    }
    for (u32 index = 4; index >= 2; index -= 1) {
        put_good(1, index, 5 - index);
    }
    assert_false(rings(1)); /* the first one is missing: nobody needs it */
    assert_int_equal(events(), 6);
    const u8 *last = answer + HEAD + 4 + 5 * VAULT_EVENT_BYTES;
    assert_int_equal(bytes_u16(last + 18), 2 * 256 + 2);
    assert_int_equal(bytes_u64(last + 24), 3);
    assert_memory_equal(last + 32, asked, sizeof(asked));
    restart();
    assert_int_equal(live_of(1), 3);
    const u8 *group = answer + HEAD + 8 + GROUP_BYTES + 3 * MEMBER_BYTES;
    assert_int_equal(bytes_u32(answer + HEAD), 100);
    assert_int_equal(bytes_u32(answer + HEAD + 4), 2);
    static const u8 head[] = {2, 2, 4, 3, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0};
    assert_memory_equal(group, head, sizeof(head));
    const u8 *second = group + GROUP_BYTES + MEMBER_BYTES;
    assert_string_equal((const char *)second, "b0-2");
    static const u8 marks[] = {2, 1, 0, 0, 0, 0, 0, 0};
    assert_memory_equal(second + 16, marks, sizeof(marks));
    assert_int_equal(bytes_u64(second + 24), begun_us); /* asked, and not answered */
    assert_int_equal(bytes_u64(second - MEMBER_BYTES + 24), 0);
    assert_int_equal(second[2 * MEMBER_BYTES + 18], 1); /* the spare */
}

static void what_was_shown_is_over_after_the_horizon(void **state)
{
    (void)state;
    drill_begin();
    u64 begun_us = bytes_u64(answer + HEAD + SHARE_NONCE_BYTES);
    put_good(0, 1, 1);
    put_good(0, 2, 2);
    put_good(0, 3, 3);
    work((begun_us + 100 * DAY_US - clock_wall_us(&clock_false.clock)) / 1000);
    work(1);
    assert_int_equal(live_of(0), 0);
    work(31000); /* at its turn the agent sees it by itself */
    work(0);
    assert_true(rings(0));
    drill_begin();
    for (u32 index = 1; index <= 3; index += 1) {
        put_good(0, index, index);
    }
    assert_false(rings(0));
}

static void an_answer_counts_once(void **state)
{
    (void)state;
    drill_begin();
    put_good(1, 3, 1);
    struct share_shown again = show(&pins[1], 3); /* another proof of the same */
    put_wrong(&again, VAULT_CODE_EXISTS, "this share was shown in this drill already");
    assert_int_equal(events(), 1);
    assert_int_equal(live_of(1), 1);
    struct share_shown earlier = show(&pins[1], 2);
    work(1000);
    drill_begin();
    put_good(1, 2, 2);
    put_wrong(&earlier, VAULT_CODE_EXISTS, "or in a later one");
    put_good(1, 3, 2);
    assert_int_equal(events(), 3);
}

static void a_wrong_share_names_its_officer(void **state)
{
    (void)state;
    drill_begin();
    struct share_shown shown = show(&pins[1], 3);
    shown.place[1] = 2;
    put_wrong(&shown, VAULT_CODE_REFUSED, "drill of b0-2 (group B): not by this officer's share");
    shown = show(&pins[1], 3);
    shown.proof.answer.bytes[0] ^= 1;
    put_wrong(&shown, VAULT_CODE_REFUSED, "drill of b0-3 (group B): not by this officer's share");
    shown = show(&pins[1], 3);
    shown.own[0] ^= 1;
    put_wrong(&shown, VAULT_CODE_REFUSED, "drill of b0-3 (group B)");
    shown = show(&pins[0], 3);
    shown.place[0] = SHARE_SIDE_B;
    put_wrong(&shown, VAULT_CODE_REFUSED, "drill of b0-3 (group B)");
    shown = show(&pins[1], 4);
    shown.place[0] = SHARE_SIDE_A; /* a fourth of three */
    put_wrong(&shown, VAULT_CODE_REFUSED, "drill: of no member of group A in epoch 1");
    assert_int_equal(events(), 0);
    assert_int_equal(live_of(1), 0);
}

static void only_what_this_vault_asked_is_answered(void **state)
{
    (void)state;
    memset(asked, 0x5a, sizeof(asked)); /* a nonce of somebody else */
    struct share_shown shown = show(&pins[0], 1);
    put_wrong(&shown, VAULT_CODE_MISSING, "no such drill was begun here in the last 14 days");
    share_transcript_hash_gathered(&pins[0].transcript, asked); /* what a confirmation is for */
    shown = show(&pins[0], 1);
    put_wrong(&shown, VAULT_CODE_MISSING, "no such drill was begun here");
    shown.proof = pins[0].transcript.confirmed[0];
    put_wrong(&shown, VAULT_CODE_MISSING, "no such drill was begun here");
    drill_begin();
    memcpy(shown.asked, asked, sizeof(asked)); /* the same proof under what was asked now */
    put_wrong(&shown, VAULT_CODE_REFUSED, "drill of a0-1 (group A): not by this officer's share");
    shown = show(&pins[0], 1);
    work(14 * DAY_US / 1000 + 1);
    put_wrong(&shown, VAULT_CODE_MISSING, "no such drill was begun here in the last 14 days");
    assert_int_equal(events(), 0);
}

static void another_epoch_or_generation_counts_nothing(void **state)
{
    static struct share_scene next;
    static struct share_scene later;
    static const u32 dealers[] = {1, 2};
    (void)state;
    share_scene_reshare(room, &pins[0], &next, dealers, 2, 3);
    share_scene_hold(room, &later, SHARE_SIDE_A, 2, 2, 3);
    drill_begin();
    struct share_shown shown = show(&next, 1);
    put_wrong(&shown, VAULT_CODE_REFUSED, "of no member of group A in epoch 1 and generation 0");
    shown = show(&later, 1);
    put_wrong(&shown, VAULT_CODE_REFUSED, "of no member of group A in epoch 1 and generation 0");
    assert_int_equal(live_of(0), 0);
    assert_int_equal(events(), 0);
}

/* Where the ceremony was repeated, who had the same number before is somebody else. */
static void shares_of_another_ceremony_are_others(void **state)
{
    char place[2 * SCENE_PATH_BYTES];
    (void)state;
    drill_begin();
    put_good(0, 1, 1);
    (void)snprintf(place, sizeof(place), "%s/%s", folder, VAULT_FOLDER);
    struct share_scene kept = pins[0];
    share_scene_hold(room, &pins[0], SHARE_SIDE_A, 1, 2, 3);
    pins_write_all(place);
    restart();
    assert_int_equal(live_of(0), 0);
    put_good(0, 1, 1);
    pins[0] = kept;
}

static void without_transcripts_nothing_is_asked(void **state)
{
    char place[2 * SCENE_PATH_BYTES];
    struct share_shown shown = {.place = {1, 1, 0, 0, 1}};
    (void)state;
    (void)snprintf(place, sizeof(place), "%s/%s", folder, VAULT_FOLDER);
    pins_write(place, VAULT_SPARES_FILE, NULL, 0);
    pins_write(place, VAULT_GROUP_A_FILE, NULL, 0);
    pins_write(place, VAULT_GROUP_B_FILE, NULL, 0);
    restart();
    assert_int_equal(ask_kind(client, VAULT_ASK_DRILL), VAULT_CODE_REFUSED);
    put_wrong(&shown, VAULT_CODE_REFUSED, "there are no vault/group-a and vault/group-b");
    assert_int_equal(ask_kind(client, VAULT_ASK_SHARES), VAULT_CODE_OK);
    assert_int_equal(answer_bytes, HEAD + 8);
    assert_int_equal(bytes_u32(answer + HEAD + 4), 0);
}

static void wrong_pins_stop_the_start(void **state)
{
    char place[2 * SCENE_PATH_BYTES];
    (void)state;
    (void)close(client);
    agent_end();
    (void)snprintf(place, sizeof(place), "%s/%s", folder, VAULT_FOLDER);
    pins_write_group(place, VAULT_GROUP_A_FILE, &pins[1]);
    struct vault_agent_options options = {.folder = folder,
                                          .disk = disk_real(),
                                          .clock = &clock_false.clock,
                                          .listener = listener,
                                          .lookups_per_hour = PER_HOUR,
                                          .drill_days = 100};
    scene_must(vault_agent_create(&agent, &options));
    assert_int_equal(agent_open(vault_agent_of(agent)), FAULT_INPUT);
    assert_non_null(strstr(fault_text(), "vault/group-a: the transcripts of group B"));
    fault_forget();
    agent_end();
    pins_write_all(place);
    agent_begin();
    client = client_open();
}

/* It counts as never shown, is named, and keeps nobody from showing a share. */
static void a_row_that_cannot_be_names_its_share(void **state)
{
    char path[2 * SCENE_PATH_BYTES];
    struct sql sql;
    (void)state;
    drill_begin();
    put_good(0, 2, 1);
    (void)close(client);
    agent_end();
    (void)snprintf(path, sizeof(path), "%s/vault/keys/keys.db", folder);
    scene_must(sql_open(&sql, path, SQL_WRITE, &vault_keys_format));
    scene_must(sql_run(&sql, "UPDATE drills SET time=-1"));
    sql_close(&sql);
    agent_begin();
    client = client_open();
    put_good(0, 3, 1);
    assert_int_equal(live_of(0), 1);
    const u8 *second = answer + HEAD + 8 + GROUP_BYTES + MEMBER_BYTES;
    assert_string_equal((const char *)second, "a0-2");
    static const u8 marks[] = {2, 0, 0, 1, 0, 0, 0, 0};
    assert_memory_equal(second + 16, marks, sizeof(marks));
    assert_int_equal(bytes_u64(second + 24), 0);
    put_good(0, 2, 2); /* what is true takes its place */
    assert_int_equal(live_of(0), 2);
    assert_int_equal(answer[HEAD + 8 + GROUP_BYTES + MEMBER_BYTES + 19], 0);
}

static int group_setup(void **state)
{
    (void)state;
    assert_int_equal(seal_room_open(&room), FAULT_NONE);
    pins_hold(1);
    return 0;
}

static int group_teardown(void **state)
{
    (void)state;
    seal_room_close(room);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(all_are_asked_and_answer, begin, finish),
        cmocka_unit_test_setup_teardown(what_was_shown_is_over_after_the_horizon, begin, finish),
        cmocka_unit_test_setup_teardown(an_answer_counts_once, begin, finish),
        cmocka_unit_test_setup_teardown(a_wrong_share_names_its_officer, begin, finish),
        cmocka_unit_test_setup_teardown(only_what_this_vault_asked_is_answered, begin, finish),
        cmocka_unit_test_setup_teardown(another_epoch_or_generation_counts_nothing, begin, finish),
        cmocka_unit_test_setup_teardown(shares_of_another_ceremony_are_others, begin, finish),
        cmocka_unit_test_setup_teardown(without_transcripts_nothing_is_asked, begin, finish),
        cmocka_unit_test_setup_teardown(wrong_pins_stop_the_start, begin, finish),
        cmocka_unit_test_setup_teardown(a_row_that_cannot_be_names_its_share, begin, finish),
    };
    return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
