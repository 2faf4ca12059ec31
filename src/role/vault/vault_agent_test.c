/* Aim: the socket does what docs/vault.md says and answers each frame once; what is wrong ends the
 * connection, what is refused does not; what is over goes by itself; nothing plain is in any file.
 * Method: the agent step by step, a clock that the test moves, frames through a local socket. */
#include "role/vault/vault_agent.h"

#include "base/bytes.h"
#include "base/span.h"
#include "role/vault/seal_record.h"
#include "role/vault/vault_groups.h"
#include "role/vault/vault_message.h"
#include "tests/support/keep_scene.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define CANARY "zq.canary.7731@example.org"

/* One record with hands that end then. */
static u32 put_hands(int client, u64 subject, u32 count, const u64 *until_s)
{
    struct frame_writer writer = vault_writer_begin(frame, sizeof(frame), VAULT_ASK_PUT);
    struct vault_record record = {.label = {.subject = subject,
                                            .version = 1,
                                            .epoch = 1,
                                            .group = SEAL_GROUP_CONTACT,
                                            .retention = 1},
                                  .hands_count = count};
    seal_body_hash(record.body, record.hash);
    for (u32 i = 0; i < count; i += 1) {
        record.hands[i].until_s = until_s[i];
    }
    frame_write_u32(&writer, 1);
    vault_write_record(&writer, &record);
    return ask(client, &writer);
}

/* One record with a value of e-mail. */
static u32 put(int client, u64 subject, const char *value, u32 body_bytes, u32 until_day)
{
    static u8 body[ROOM / 2];
    struct frame_writer writer = vault_writer_begin(frame, sizeof(frame), VAULT_ASK_PUT);
    struct vault_record record = {.label = {.subject = subject,
                                            .version = 1,
                                            .epoch = 1,
                                            .group = SEAL_GROUP_CONTACT,
                                            .retention = 1},
                                  .until_day = until_day};
    memset(body, 0x5a, sizeof(body));
    memset(record.wrap, (int)subject, sizeof(record.wrap));
    seal_body_hash(span_of(body, body_bytes), record.hash);
    frame_write_u32(&writer, 1);
    u32 begin = writer.size;
    vault_write_record(&writer, &record);
    bytes_put_u32(frame + begin + 200, body_bytes);
    frame[begin + 205] = 1;
    frame_write_u16(&writer, 1);
    frame_write_u16(&writer, (u16)strlen(value));
    frame_write_bytes(&writer, span_of_text(value));
    frame_write_bytes(&writer, span_of(body, body_bytes));
    return ask(client, &writer);
}

static u32 lookup(int client, const char *value)
{
    struct frame_writer writer = vault_writer_begin(frame, sizeof(frame), VAULT_ASK_LOOKUP);
    const u8 matter[VAULT_CASE_BYTES] = {7};
    frame_write_bytes(&writer, span_of(matter, sizeof(matter)));
    frame_write_u16(&writer, 1);
    frame_write_u16(&writer, (u16)strlen(value));
    frame_write_bytes(&writer, span_of_text(value));
    return ask(client, &writer);
}

static void what_is_put_is_got_and_found(void **state)
{
    (void)state;
    int client = client_open();
    assert_int_equal(put(client, 1, "Ada@Example.org", 300000, 0), VAULT_CODE_OK);
    assert_int_equal(put(client, 1, "Ada@Example.org", 10, 0), VAULT_CODE_EXISTS);
    assert_int_equal(put(client, 2, "no address", 10, 0), VAULT_CODE_WRONG);
    assert_int_equal(ask_place(client, VAULT_ASK_GET, 2, SEAL_GROUP_CONTACT, 0),
                     VAULT_CODE_MISSING);
    assert_int_equal(ask_place(client, VAULT_ASK_GET, 1, SEAL_GROUP_CONTACT, 0), VAULT_CODE_OK);
    assert_int_equal(answer_bytes, 12 + 208 + 300000);
    assert_int_equal(answer[12 + 24], 1); /* the wrap */
    assert_int_equal(answer[answer_bytes - 1], 0x5a);
    assert_int_equal(lookup(client, " ada@example.ORG"), VAULT_CODE_OK);
    assert_int_equal(bytes_u32(answer + 12), 1);
    assert_int_equal(bytes_u64(answer + 16), 1);
    assert_int_equal(lookup(client, "eve@example.org"), VAULT_CODE_OK);
    assert_int_equal(bytes_u32(answer + 12), 0);
    assert_int_equal(lookup(client, "eve"), VAULT_CODE_WRONG);
    assert_int_equal(lookup(client, "eve@example.org"), VAULT_CODE_OK);
    assert_int_equal(lookup(client, "eve@example.org"), VAULT_CODE_LIMIT);
    (void)close(client);
    agent_end();
    agent_begin(); /* who starts again gives no more look-ups, and has the same key */
    client = client_open();
    assert_int_equal(lookup(client, "ada@example.org"), VAULT_CODE_LIMIT);
    work(3600 * 1000 + 1000);
    assert_int_equal(lookup(client, "ada@example.org"), VAULT_CODE_OK);
    assert_int_equal(bytes_u64(answer + 16), 1);
    assert_int_equal(ask_kind(client, VAULT_ASK_VERIFY), VAULT_CODE_OK);
    assert_int_equal(bytes_u64(answer + 12), 1);
    assert_true(span_is_zero(span_of(answer + 12 + 24, 24)));
    struct frame_writer writer = vault_writer_begin(frame, sizeof(frame), VAULT_ASK_EVENTS);
    frame_write_u64(&writer, 1);
    assert_int_equal(ask(client, &writer), VAULT_CODE_OK);
    assert_int_equal(bytes_u32(answer + 12), 4);
    assert_int_equal(answer_bytes, 16 + 4 * VAULT_EVENT_BYTES);
    assert_int_equal(bytes_u16(answer + 16 + 16), VAULT_EVENT_LOOKUP);
    assert_int_equal(answer[16 + 32], 7);
    (void)close(client);
}

static void a_hand_that_ends_does_so_within_14_days(void **state)
{
    (void)state;
    static const char reason[] = "number 1: hand 2 ends later than 14 days from now";
    const u64 last = START_US / 1000000 + (u64)14 * 24 * 3600;
    int client = client_open();
    assert_int_equal(put_hands(client, 1, 2, (u64[]){last, last + 1}), VAULT_CODE_REFUSED);
    assert_int_equal(answer_bytes, 12 + strlen(reason));
    assert_memory_equal(answer + 12, reason, strlen(reason));
    assert_int_equal(put_hands(client, 1, 2, (u64[]){0, INT64_MAX}), VAULT_CODE_REFUSED);
    assert_int_equal(ask_place(client, VAULT_ASK_GET, 1, SEAL_GROUP_CONTACT, 0),
                     VAULT_CODE_MISSING);
    assert_int_equal(put_hands(client, 1, 2, (u64[]){0, last}), VAULT_CODE_OK);
    assert_int_equal(put_hands(client, 2, 1, (u64[]){1}), VAULT_CODE_OK);
    (void)close(client);
}

static void what_is_wrong_ends_the_connection(void **state)
{
    static const u8 long_frame[] = {0xff, 0xff, 0xff, 0x7f};
    (void)state;
    int client = client_open();
    assert_int_equal(ask_kind(client, 99), VAULT_CODE_WRONG);
    assert_false(receive(client));
    (void)close(client);
    client = client_open();
    assert_int_equal(send(client, long_frame, sizeof(long_frame), MSG_NOSIGNAL), 4);
    assert_int_equal(send(client, long_frame, sizeof(long_frame), MSG_NOSIGNAL), 4);
    assert_true(receive(client));
    assert_int_equal(code_of_answer(), VAULT_CODE_WRONG);
    assert_false(receive(client));
    (void)close(client);
    client = client_open(); /* one that is half sent is forgotten with its connection */
    assert_int_equal(send(client, "\x40\0\0\0\x01", 5, MSG_NOSIGNAL), 5);
    work(0);
    (void)close(client);
    client = client_open();
    assert_int_equal(ask_kind(client, VAULT_ASK_STATUS), VAULT_CODE_OK);
    assert_int_equal(answer_bytes, 12 + 72);
    (void)close(client);
    assert_true(vault_agent_counts(agent).wrong >= 2);
}

static void what_is_over_goes_by_itself(void **state)
{
    (void)state;
    int client = client_open();
    for (u64 subject = 1; subject <= 40; subject += 1) {
        assert_int_equal(put(client, subject, "a@b.c", 10, TODAY), VAULT_CODE_OK);
    }
    assert_int_equal(ask_place(client, VAULT_ASK_ERASE, 1, SEAL_GROUP_CONTACT, 1),
                     VAULT_CODE_REFUSED);
    assert_int_equal(put(client, 50, "a@b.c", 10, 0), VAULT_CODE_OK);
    work(DAY_US / 1000);
    for (u32 i = 0; i < 5; i += 1) {
        work(0);
    }
    assert_int_equal(ask_kind(client, VAULT_ASK_STATUS), VAULT_CODE_OK);
    assert_int_equal(bytes_u64(answer + 12), 1);
    assert_int_equal(bytes_u64(answer + 12 + 16), 40);
    assert_int_equal(ask_place(client, VAULT_ASK_GET, 50, SEAL_GROUP_CONTACT, 1), VAULT_CODE_OK);
    u64 events = 0;
    assert_int_equal(ask_kind(client, VAULT_ASK_STATUS), VAULT_CODE_OK);
    events = bytes_u64(answer + 12 + 40);
    work(20000);
    work(3600 * 1000); /* the sweep */
    assert_int_equal(ask_kind(client, VAULT_ASK_STATUS), VAULT_CODE_OK);
    assert_int_equal(bytes_u64(answer + 12 + 40), events + 1);
    (void)close(client);
}

static void where_there_are_groups_a_wrap_needs_its_proof(void **state)
{
    char name[2 * SCENE_PATH_BYTES];
    struct seal_scalar secret;
    struct seal_point point;
    (void)state;
    agent_end();
    (void)snprintf(name, sizeof(name), "%s/%s/%s", folder, VAULT_FOLDER, VAULT_GROUPS_FILE);
    FILE *file = fopen(name, "w");
    assert_non_null(file);
    seal_scalar_random(&secret);
    assert_true(seal_point_of(&secret, &point));
    assert_true(fputs("1 ", file) >= 0);
    for (u32 i = 0; i < sizeof(point.bytes); i += 1) {
        assert_true(fprintf(file, "%02x", point.bytes[i]) == 2);
    }
    assert_true(fputs("\n", file) >= 0);
    assert_int_equal(fclose(file), 0);
    agent_begin();
    int client = client_open();
    assert_int_equal(put(client, 1, "a@b.c", 10, 0), VAULT_CODE_REFUSED);
    assert_int_equal(ask_kind(client, VAULT_ASK_STATUS), VAULT_CODE_OK);
    assert_int_equal(bytes_u64(answer + 12), 0);
    (void)close(client);
}

/* Every byte of the folder, through the shell's own tool. */
static bool folder_has(const char *text)
{
    char command[3 * SCENE_PATH_BYTES];
    (void)snprintf(command, sizeof(command), "grep -rqaF -e '%s' '%s'", text, folder);
    int status = system(command); /* NOLINT: a test's own words */
    return status == 0;
}

static void no_value_is_in_any_file(void **state)
{
    char name[2 * SCENE_PATH_BYTES];
    (void)state;
    int client = client_open();
    assert_int_equal(put(client, 1, CANARY, 100, 0), VAULT_CODE_OK);
    assert_int_equal(lookup(client, CANARY), VAULT_CODE_OK);
    assert_int_equal(bytes_u32(answer + 12), 1);
    assert_false(folder_has("canary"));
    (void)snprintf(name, sizeof(name), "%s/proof", folder); /* that it would be found */
    FILE *file = fopen(name, "w");
    assert_non_null(file);
    assert_true(fputs(CANARY, file) >= 0);
    assert_int_equal(fclose(file), 0);
    assert_true(folder_has("canary"));
    (void)close(client);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_put_is_got_and_found, setup, teardown),
        cmocka_unit_test_setup_teardown(a_hand_that_ends_does_so_within_14_days, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_wrong_ends_the_connection, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_over_goes_by_itself, setup, teardown),
        cmocka_unit_test_setup_teardown(where_there_are_groups_a_wrap_needs_its_proof, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(no_value_is_in_any_file, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
