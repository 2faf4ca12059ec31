/* Aim: a person is told each group that is held, since when and until when, how often it was viewed
 * while it was reviewed, and the day on which something was erased; of nobody else anything, and no
 * more rows than there is room for. Method: the agent step by step, frames through its socket. */
#include "role/vault/seal_record.h"
#include "tests/support/keep_scene.h"
#include "wire/keep_held.h"

#include <stdio.h>

#define US_S 1000000U

static struct keep_held held;

static u32 ask_held(int client, u64 subject)
{
    struct frame_writer writer = vault_writer_begin(frame, sizeof(frame), VAULT_ASK_HELD);
    frame_write_u64(&writer, subject);
    u32 code = ask(client, &writer);
    assert_true(code != VAULT_CODE_OK ||
                keep_held_read(span_of(answer + 12, answer_bytes - 12), &held));
    return code;
}

static struct vault_record record_of(u64 subject, u8 group, u32 version)
{
    struct vault_record record = {
        .label = {
            .subject = subject, .version = version, .epoch = 1, .group = group, .retention = 3}};
    seal_body_hash(record.body, record.hash);
    return record;
}

static void put(int client, u64 subject, u8 group, u32 version)
{
    struct frame_writer writer = vault_writer_begin(frame, sizeof(frame), VAULT_ASK_PUT);
    struct vault_record record = record_of(subject, group, version);
    frame_write_u32(&writer, 1);
    vault_write_record(&writer, &record);
    assert_int_equal(ask(client, &writer), VAULT_CODE_OK);
}

static void retain(int client, u64 subject, u8 group, u32 day)
{
    struct frame_writer writer = vault_writer_begin(frame, sizeof(frame), VAULT_ASK_RETAIN);
    frame_write_u64(&writer, subject);
    frame_write_u32(&writer, group);
    frame_write_u32(&writer, day);
    assert_int_equal(ask(client, &writer), VAULT_CODE_OK);
}

static void what_is_held_is_told_to_whom_it_concerns(void **state)
{
    (void)state;
    int client = client_open();
    assert_int_equal(ask_held(client, 7), VAULT_CODE_OK);
    assert_true(held.records_count == 0 && held.gone_count == 0 && !held.has_quorum);
    put(client, 7, SEAL_GROUP_IDENTITY, 1);
    put(client, 7, SEAL_GROUP_ADDRESS, 1);
    put(client, 7, SEAL_GROUP_IDENTITY, 2);
    put(client, 8, SEAL_GROUP_BANK, 1);
    retain(client, 7, SEAL_GROUP_ADDRESS, TODAY + 30);
    assert_int_equal(ask_held(client, 7), VAULT_CODE_OK);
    assert_int_equal(held.records_count, 3);
    static const struct keep_held_record wanted[] = {
        {2, 3, 0, 0, SEAL_GROUP_IDENTITY},
        {1, 3, 0, 0, SEAL_GROUP_IDENTITY},
        {1, 3, 0, TODAY + 30, SEAL_GROUP_ADDRESS},
    };
    for (u32 i = 0; i < ARRAY_COUNT(wanted); i += 1) {
        assert_true(held.records[i].version == wanted[i].version &&
                    held.records[i].retention == wanted[i].retention &&
                    held.records[i].since_us == 0 &&
                    held.records[i].until_day == wanted[i].until_day &&
                    held.records[i].group == wanted[i].group);
    }
    assert_true(!held.has_more && held.reviews_count == 0);
    assert_int_equal(ask_held(client, 8), VAULT_CODE_OK);
    assert_int_equal(held.records_count, 1);
    assert_int_equal(ask_held(client, 9), VAULT_CODE_OK);
    assert_int_equal(held.records_count, 0);
    (void)close(client);
}

static void what_was_erased_is_told_with_its_day(void **state)
{
    (void)state;
    int client = client_open();
    put(client, 7, SEAL_GROUP_IDENTITY, 1);
    put(client, 7, SEAL_GROUP_BANK, 1);
    put(client, 8, SEAL_GROUP_BANK, 1);
    retain(client, 7, SEAL_GROUP_BANK, TODAY + 1);
    (void)close(client); /* before days of silence */
    work(2 * DAY_US / 1000);
    work(20);
    client = client_open();
    assert_int_equal(ask_held(client, 7), VAULT_CODE_OK);
    assert_int_equal(held.records_count, 1);
    assert_int_equal(held.gone_count, 1);
    assert_true(held.gone[0].version == 1 && held.gone[0].day == TODAY + 2 &&
                held.gone[0].group == SEAL_GROUP_BANK);
    assert_int_equal(ask_held(client, 8), VAULT_CODE_OK);
    assert_true(held.records_count == 1 && held.gone_count == 0);
    (void)close(client);
    agent_end();
    agent_begin();
    client = client_open();
    assert_int_equal(ask_held(client, 7), VAULT_CODE_OK);
    assert_int_equal(held.gone_count, 1);
    (void)close(client);
}

static void views_are_counted_and_nobody_named(void **state)
{
    static const u8 some_key[VAULT_MARK_KEY_BYTES] = "of this test";
    struct vault_record record = record_of(7, SEAL_GROUP_IDENTITY, 4);
    struct vault_review review = {
        .subject = 7, .version = 4, .time_us = START_US - 5, .until_s = START_US / US_S + 900};
    char path[SCENE_PATH_BYTES + 16];
    struct vault_store store;
    u64 hands = 0;
    (void)state;
    agent_end();
    memset(review.reviewer, 0xee, sizeof(review.reviewer));
    (void)snprintf(path, sizeof(path), "%s/%s", folder, VAULT_FOLDER);
    for (u32 is_decided = 0; is_decided < 2; is_decided += 1) {
        scene_must(vault_store_open(&store, disk_real(), path, some_key));
        if (is_decided == 0) {
            scene_must(vault_store_enrol(&store, &record, 1, &review));
            scene_must(vault_store_view(&store, 7, 4, START_US, &review));
            scene_must(vault_store_view(&store, 7, 4, START_US, &review));
        } else {
            scene_must(vault_store_decide(&store, 7, 4, VAULT_REVIEW_ACCEPTED, START_US, &hands));
        }
        vault_store_close(&store);
        agent_begin();
        int client = client_open();
        assert_int_equal(ask_held(client, 7), VAULT_CODE_OK);
        assert_true(held.records_count == 1 && held.records[0].since_us == START_US - 5);
        assert_true(held.reviews_count == 1 && held.reviews[0].views == 2 &&
                    held.reviews[0].version == 4 && held.reviews[0].came_us == START_US - 5);
        assert_int_equal(held.reviews[0].until_s, is_decided == 1 ? 0 : START_US / US_S + 900);
        assert_null(memmem(answer, answer_bytes, review.reviewer, 8));
        (void)close(client);
        agent_end();
    }
    agent_begin();
}

static void so_many_rows_are_told(void **state)
{
    (void)state;
    int client = client_open();
    for (u32 version = 1; version <= KEEP_HELD_ROWS_MAX; version += 1) {
        put(client, 7, SEAL_GROUP_BANK, version);
    }
    assert_int_equal(ask_held(client, 7), VAULT_CODE_OK);
    assert_true(held.records_count == KEEP_HELD_ROWS_MAX && !held.has_more);
    put(client, 7, SEAL_GROUP_BANK, KEEP_HELD_ROWS_MAX + 1);
    assert_int_equal(ask_held(client, 7), VAULT_CODE_OK);
    assert_true(held.records_count == KEEP_HELD_ROWS_MAX && held.has_more);
    assert_int_equal(held.records[0].version, KEEP_HELD_ROWS_MAX + 1);
    (void)close(client);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_held_is_told_to_whom_it_concerns, setup, teardown),
        cmocka_unit_test_setup_teardown(what_was_erased_is_told_with_its_day, setup, teardown),
        cmocka_unit_test_setup_teardown(views_are_counted_and_nobody_named, setup, teardown),
        cmocka_unit_test_setup_teardown(so_many_rows_are_told, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
