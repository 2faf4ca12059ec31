/* Aim: over the desk's line people are counted, each once however many of their records have the
 * value, and nothing else comes back; a value that the case does not have, one without a form and
 * one look-up too many are refused; each that was made is an event; what no desk asks ends the
 * line. Method: the agent step by step, a pair of sockets with the test as the desk. */
#include "role/vault/grant.h"
#include "tests/support/keep_scene.h"
#include "wire/count_line.h"

static int desk_line; /* the test's end */
static struct count_line_answer counted;

static int begin(void **state)
{
    int pair[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair),
                     0);
    desk_line = pair[0];
    count_line = pair[1];
    return setup(state);
}

static int end(void **state)
{
    (void)teardown(state);
    (void)close(desk_line);
    (void)close(count_line);
    return 0;
}

/* A record of the subject with this value. */
static void put(int client, u64 subject, u32 version, u8 group, u8 field, const char *value)
{
    struct frame_writer writer = vault_writer_begin(frame, sizeof(frame), VAULT_ASK_PUT);
    struct vault_record record = {
        .label = {
            .subject = subject, .version = version, .epoch = 1, .group = group, .retention = 1}};
    memset(record.wrap, (int)subject, sizeof(record.wrap));
    seal_body_hash(record.body, record.hash);
    frame_write_u32(&writer, 1);
    u32 at = writer.size;
    vault_write_record(&writer, &record);
    frame[at + 205] = 1; /* one value */
    frame_write_u16(&writer, field);
    frame_write_u16(&writer, (u16)strlen(value));
    frame_write_bytes(&writer, span_of_text(value));
    assert_int_equal(ask(client, &writer), VAULT_CODE_OK);
}

static void hash_add(struct count_line_ask *asked, u8 field, const char *value)
{
    struct count_line_hash *hash = &asked->hashes[asked->hashes_count];
    hash->field = field;
    assert_true(grant_identifier_hash(asked->name, 1, (enum grant_field)field, span_of_text(value),
                                      hash->hash));
    asked->hashes_count += 1;
}

static struct count_line_ask ask_of(u8 field, const char *value)
{
    struct count_line_ask asked = {.id = 5, .name = {9}, .matter = {8}, .values_count = 1};
    asked.values[0] = (struct count_line_value){.field = field, .bytes = span_of_text(value)};
    hash_add(&asked, COUNT_LINE_ACCOUNT, "DE00 1");
    hash_add(&asked, field, value);
    return asked;
}

static bool is_answered(const u8 *message, u32 size)
{
    u8 bytes[COUNT_LINE_ANSWER_BYTES + 1];
    assert_int_equal(send(desk_line, message, size, MSG_NOSIGNAL), size);
    work(0);
    ssize_t got = read(desk_line, bytes, sizeof(bytes));
    return got > 0 && count_line_answer_read(span_of(bytes, (size_t)got), &counted);
}

static u32 code_of(const struct count_line_ask *asked)
{
    u8 message[COUNT_LINE_ASK_MAX];
    u32 size = count_line_ask_write(asked, message);
    assert_true(is_answered(message, size));
    assert_int_equal(counted.id, asked->id);
    return counted.code;
}

static void counts(const struct count_line_ask *asked, u32 people)
{
    assert_int_equal(code_of(asked), COUNT_LINE_OK);
    assert_int_equal(counted.people, people);
}

static void each_person_is_counted_once(void **state)
{
    (void)state;
    int client = client_open();
    put(client, 1, 1, SEAL_GROUP_DOCUMENTS, 3, "XY 000100");
    put(client, 1, 2, SEAL_GROUP_DOCUMENTS, 3, "xy-000100"); /* renewed: the same person */
    put(client, 1, 1, SEAL_GROUP_IDENTITY, 3, "XY000100");
    put(client, 2, 1, SEAL_GROUP_DOCUMENTS, 3, "XY000100");
    put(client, 3, 1, SEAL_GROUP_DOCUMENTS, 3, "XY000101");
    struct count_line_ask asked = ask_of(COUNT_LINE_DOCUMENT, "xy 000 100");
    counts(&asked, 2);
    asked = ask_of(COUNT_LINE_DOCUMENT, "XY 000102");
    counts(&asked, 0);
    /* The same letters in another field are another value. */
    asked = ask_of(COUNT_LINE_ACCOUNT, "XY000100");
    counts(&asked, 0);
    assert_int_equal(code_of(&asked), COUNT_LINE_LIMIT);
    (void)close(client);
    agent_end();
    agent_begin();
    assert_int_equal(code_of(&asked), COUNT_LINE_LIMIT); /* whoever starts anew gives no more */
    work(3600 * 1000 + 1000);
    counts(&asked, 0);
    assert_int_equal(vault_agent_counts(agent).limited, 1);
}

static void a_person_is_a_name_and_a_birth_date(void **state)
{
    (void)state;
    int client = client_open();
    put(client, 1, 1, SEAL_GROUP_IDENTITY, 5, "1990-02-03 Ilka Quellfrost");
    put(client, 2, 1, SEAL_GROUP_IDENTITY, 5, "1990-02-04 Ilka Quellfrost");
    struct count_line_ask asked = ask_of(COUNT_LINE_NAME, "Quellfrost, ilka");
    asked.values[1] = (struct count_line_value){.field = COUNT_LINE_BIRTH_DATE,
                                                .bytes = span_of_text("1990-02-03")};
    asked.values_count = 2;
    assert_int_equal(code_of(&asked), COUNT_LINE_OTHER); /* the case has no such birth date */
    hash_add(&asked, COUNT_LINE_BIRTH_DATE, "1990-02-03");
    counts(&asked, 1);
    (void)close(client);
}

static void what_is_refused_is_no_look_up(void **state)
{
    (void)state;
    int client = client_open();
    put(client, 1, 1, SEAL_GROUP_CONTACT, 1, "ada@example.org");
    struct count_line_ask asked = ask_of(COUNT_LINE_EMAIL, "ada@example.org");
    asked.name[0] += 1; /* another case */
    assert_int_equal(code_of(&asked), COUNT_LINE_OTHER);
    asked = ask_of(COUNT_LINE_EMAIL, "ada@example.org");
    asked.hashes[1].field = COUNT_LINE_PHONE;
    assert_int_equal(code_of(&asked), COUNT_LINE_OTHER);
    asked = ask_of(COUNT_LINE_EMAIL, "ada@example.org");
    asked.values[0].bytes = span_of_text("eve@example.org");
    assert_int_equal(code_of(&asked), COUNT_LINE_OTHER);
    asked.values[0].bytes = span_of_text("\x01");
    assert_int_equal(code_of(&asked), COUNT_LINE_OTHER);
    asked = ask_of(COUNT_LINE_EMAIL, "no address");
    assert_int_equal(code_of(&asked), COUNT_LINE_FORM);
    asked = ask_of(COUNT_LINE_EMAIL, "ADA@example.org");
    counts(&asked, 1);
    struct frame_writer writer = vault_writer_begin(frame, sizeof(frame), VAULT_ASK_EVENTS);
    frame_write_u64(&writer, 1);
    assert_int_equal(ask(client, &writer), VAULT_CODE_OK);
    assert_int_equal(bytes_u32(answer + 12), 1);
    assert_int_equal(bytes_u16(answer + 16 + 16), VAULT_EVENT_LOOKUP);
    assert_int_equal(bytes_u64(answer + 16 + 24), 1); /* people */
    assert_int_equal(answer[16 + 32], 8);             /* the matter */
    (void)close(client);
}

static void a_desk_that_is_not_sound_is_heard_no_more(void **state)
{
    (void)state;
    u8 message[COUNT_LINE_ASK_MAX + 1] = {0};
    struct count_line_ask asked = ask_of(COUNT_LINE_EMAIL, "ada@example.org");
    counts(&asked, 0);
    u32 size = count_line_ask_write(&asked, message);
    assert_false(is_answered(message, size + 1));
    assert_int_equal(vault_agent_counts(agent).count_ended, 1);
    assert_false(is_answered(message, size));
    agent_end();
    agent_begin();
    counts(&asked, 0);
    assert_int_equal(vault_agent_counts(agent).count_ended, 0);
}

/* One frame of each length up to the longest, and of one byte more. */
static void no_length_is_read_beyond(void **state)
{
    (void)state;
    static u8 message[COUNT_LINE_ASK_MAX + 2];
    memset(message, 1, sizeof(message));
    for (u32 size = 1; size <= sizeof(message); size += 97) {
        assert_false(is_answered(message, size));
        agent_end();
        agent_begin();
        while (read(count_line, frame, sizeof(frame)) > 0) {
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_person_is_counted_once, begin, end),
        cmocka_unit_test_setup_teardown(a_person_is_a_name_and_a_birth_date, begin, end),
        cmocka_unit_test_setup_teardown(what_is_refused_is_no_look_up, begin, end),
        cmocka_unit_test_setup_teardown(a_desk_that_is_not_sound_is_heard_no_more, begin, end),
        cmocka_unit_test_setup_teardown(no_length_is_read_beyond, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
