/* Aim: what the journal and the vault say becomes lines and events as documented, and nothing of a
 * person, an officer or a case comes into a line.
 *
 * Method: records with every field set, compared with the whole text. */
#include "role/vault/publog_entry.h"

#include "base/span.h"
#include "role/vault/vault_store.h"
#include "tests/support/test.h"
#include "wire/code.h"

#include <string.h>

#define TIME 1650553200123456ULL

static char line[PUBLOG_ENTRY_LINE_BYTES];

struct record {
    struct event_applied applied;
    struct command_log_entry entry;
};

static struct record record_of(u16 topic)
{
    struct record record;
    memset(&record, 0, sizeof(record));
    record.applied.head.kind = EVENT_APPLIED;
    record.entry = (struct command_log_entry){.head = {.kind = COMMAND_LOG_ENTRY},
                                              .matter = 987654,
                                              .list = code_name_of(span_of_text("us-sdn")),
                                              .count = 17,
                                              .person = 876543,
                                              .officer = 765432,
                                              .second = 654321,
                                              .topic = topic};
    memset(record.entry.digest, 0xa5, sizeof(record.entry.digest));
    return record;
}

static void entries_of_the_journal_become_lines(void **state)
{
    (void)state;
#define DIGEST "a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5"
    static const char *const lines[] = {
        [LOG_TOPIC_SCREENED] = "searches 17 at 2022-04-21T15:00:00Z",
        [LOG_TOPIC_LIST] = "list us-sdn entries 17 sha256 " DIGEST " at 2022-04-21T15:00:00Z",
        [LOG_TOPIC_ROUTE] = "route sha256 " DIGEST " at 2022-04-21T15:00:00Z",
        [LOG_TOPIC_APPROVAL] = "approval us-sdn 17 sha256 " DIGEST " at 2022-04-21T15:00:00Z",
    };
    for (u16 topic = 0; topic < LOG_TOPIC_COUNT + 2; topic += 1) {
        struct record record = record_of(topic);
        bool is = publog_entry_line((const u8 *)&record, sizeof(record), TIME, line);
        assert_int_equal(is, topic > 0 && topic < LOG_TOPIC_COUNT);
        if (is) {
            assert_string_equal(line, lines[topic]);
        }
        for (size_t size = sizeof(struct event_applied); size < sizeof(record); size += 32) {
            assert_false(publog_entry_line((const u8 *)&record, size, TIME, line));
        }
    }
    struct record other = record_of(LOG_TOPIC_LIST);
    other.entry.head.kind = COMMAND_NOTE;
    assert_false(publog_entry_line((const u8 *)&other, sizeof(other), TIME, line));
}

static void a_pack_in_force_is_a_line(void **state)
{
    (void)state;
    struct event_pack_state pack = {.head = {.kind = EVENT_PACK_STATE},
                                    .pack_id = "eu-833-5b2",
                                    .version = 3,
                                    .state = PACK_STATE_ACTIVE};
    memset(pack.content_hash, 0xa5, sizeof(pack.content_hash));
    assert_true(publog_entry_line((const u8 *)&pack, sizeof(pack), TIME, line));
    assert_string_equal(line, "pack eu-833-5b2 version 3 active sha256 " DIGEST
                              " at 2022-04-21T15:00:00Z");
    pack.state = 0;
    assert_false(publog_entry_line((const u8 *)&pack, sizeof(pack), TIME, line));
    pack.state = 9;
    assert_false(publog_entry_line((const u8 *)&pack, sizeof(pack), TIME, line));
    pack.state = PACK_STATE_ENDED;
    pack.pack_id[0] = '\n'; /* what is no line is left out */
    pack.pack_id[1] = 0xff;
    assert_false(publog_entry_line((const u8 *)&pack, sizeof(pack), TIME, line));
    publog_entry_missed(7, UINT64_MAX, line);
    assert_string_equal(line, "missed events from position 7 to 18446744073709551615");
}

static void events_of_the_vault_become_private_ones(void **state)
{
    (void)state;
    char text[PUBLOG_ENTRY_TEXT_BYTES];
    struct publog_told told;
    struct vault_link_event event = {
        .number = UINT64_MAX, .time_us = TIME, .count = UINT64_MAX, .field = UINT16_MAX};
    memset(event.matter, 0x5c, sizeof(event.matter));
    for (u16 kind = 0; kind < 10; kind += 1) {
        event.kind = kind;
        bool is = publog_entry_told(&event, text, &told);
        assert_int_equal(is, kind >= VAULT_EVENT_LOOKUP && kind <= VAULT_EVENT_VIEW);
        if (is) {
            assert_int_equal(told.class, PUBLOG_CLASS_ORDINARY);
            assert_memory_equal(told.name, event.matter, PUBLOG_CASE_BYTES);
            assert_true(memcmp(text, publog_kind_name(told.kind),
                               strlen(publog_kind_name(told.kind))) == 0);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entries_of_the_journal_become_lines),
        cmocka_unit_test(a_pack_in_force_is_a_line),
        cmocka_unit_test(events_of_the_vault_become_private_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
