/* Aim: where the journal's chain stood becomes a line, and comes back from it; no other text does.
 *
 * Method: heads out of random numbers, and every line of them with each byte changed in turn: what
 * is still read must be written in exactly that way. */
#include "role/vault/publog_ledger.h"

#include "base/random.h"
#include "role/vault/publog.h"
#include "tests/support/test.h"

#include <string.h>

#define HOUR_US 3600000000ULL

enum { HEADS = 300 };

static void head_fill(struct random *random, struct eventlog_head *head)
{
    *head = (struct eventlog_head){
        .seq = random_below(random, INT64_MAX) >> random_below(random, 60),
        .time_us = random_below(random, 70000 * 24 * HOUR_US),
        .has_state = random_below(random, 2) == 0,
    };
    head->seq = u64_max(head->seq, 1);
    random_fill(random, head->hash, sizeof(head->hash));
    if (head->has_state) {
        random_fill(random, head->state, sizeof(head->state));
    }
}

static void same(const struct eventlog_head *read, const struct eventlog_head *written)
{
    assert_int_equal(read->seq, written->seq);
    assert_int_equal(read->time_us, written->time_us / 1000000 * 1000000);
    assert_int_equal(read->has_state, written->has_state);
    assert_memory_equal(read->hash, written->hash, sizeof(read->hash));
    assert_memory_equal(read->state, written->state, sizeof(read->state));
}

static void the_lines_are_these(void **state)
{
    (void)state;
#define A5 "a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5"
#define B6 "b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6"
    char line[PUBLOG_LEDGER_LINE_BYTES];
    struct eventlog_head head = {.seq = 1204, .time_us = 1650553200123456ULL};
    memset(head.hash, 0xa5, sizeof(head.hash));
    assert_true(publog_ledger_line(&head, line));
    assert_string_equal(line, "ledger journal 1204 hash " A5 " at 2022-04-21T15:00:00Z");
    head.has_state = true;
    memset(head.state, 0xb6, sizeof(head.state));
    assert_true(publog_ledger_line(&head, line));
    assert_string_equal(line,
                        "ledger journal 1204 hash " A5 " state " B6 " at 2022-04-21T15:00:00Z");
    assert_true(publog_line_valid(span_of_text(line)));
    head.time_us = UINT64_MAX;
    assert_false(publog_ledger_line(&head, line));
}

static void what_is_written_is_read(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, test_seed());
    for (u32 count = 0; count < test_rounds(HEADS); count += 1) {
        char line[PUBLOG_LEDGER_LINE_BYTES];
        char other[PUBLOG_LEDGER_LINE_BYTES];
        struct eventlog_head written;
        struct eventlog_head read;
        head_fill(&random, &written);
        assert_true(publog_ledger_line(&written, line));
        assert_true(publog_ledger_is(span_of_text(line)));
        assert_true(publog_ledger_read(span_of_text(line), &read));
        same(&read, &written);
        for (size_t at = 0; line[at] != 0; at += 1) {
            char kept = line[at];
            line[at] = (char)random_between(&random, 1, 127);
            if (publog_ledger_read(span_of_text(line), &read)) {
                assert_true(publog_ledger_line(&read, other));
                assert_string_equal(other, line);
            }
            line[at] = kept;
            assert_false(publog_ledger_read(span_of(line, at), &read));
        }
    }
}

static void no_other_text_is_read(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "ledger",
        "ledger ",
        "ledger journal 0 hash " A5 " at 2022-04-21T15:00:00Z",
        "ledger journal 01 hash " A5 " at 2022-04-21T15:00:00Z",
        "ledger journal 1 hash " A5 " at 2022-04-21",
        "ledger journal 1 hash " A5 " at 2022-04-21T15:00:00.000001Z",
        "ledger journal 1 hash " A5 " at open",
        "ledger journal 1 hash " A5 " state " A5 " at 2022-04-21T15:00:00Z ",
        "ledger journal 1 hash " A5 " stats " A5 " at 2022-04-21T15:00:00Z",
        "ledger journal 1 hash A5" A5 " at 2022-04-21T15:00:00Z",
        "ledger journal 1 hash " A5 "  at 2022-04-21T15:00:00Z",
        "searches 1 at 2022-04-21T15:00:00Z",
    };
    for (size_t i = 0; i < ARRAY_COUNT(texts); i += 1) {
        struct eventlog_head head;
        assert_false(publog_ledger_read(span_of_text(texts[i]), &head));
    }
    assert_false(publog_ledger_is(span_of_text("ledgers journal 1")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_lines_are_these),
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(no_other_text_is_read),
    };
    return cmocka_run_group_tests_name("publog_ledger", tests, NULL, NULL);
}
