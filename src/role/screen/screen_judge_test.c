/* Aim: screening tells the writer of every hit once, keeps an officer's clearance as long as both
 * sides are as they were, and says "clear" only of whom nobody has said anything.
 * Method: rows are made by the events of commands, questions are asked, and what comes back is
 * applied again, so that a second question finds nothing left to say. */
#include "role/screen/screen_judge.h"

#include "base/span.h"
#include "role/screen/screen_own.h"
#include "tests/support/test.h"
#include "wire/code.h"

#include <string.h>

static struct screen_rows rows;
static u64 seq;
static bool holds;

static bool cleared_holds(struct screen_clearances *clearances, u64 row, u32 entry)
{
    (void)clearances;
    assert_true(row != 0 && entry != 0);
    return holds;
}

static struct screen_clearances clearances = {.holds = cleared_holds};

static u64 list_of(const char *name)
{
    return code_name_of((struct span){(const u8 *)name, strlen(name)});
}

static u64 put(const void *command, size_t size, u16 kind)
{
    struct {
        struct event_applied event;
        u8 command[192];
    } record = {.event = {.head = {.kind = EVENT_APPLIED}}};
    struct command_head head = {.kind = kind, .units = (u8)(size / WIRE_UNIT)};
    assert_true(size <= sizeof(record.command));
    seq += 1;
    record.event.head.seq = seq;
    memcpy(record.command, command, size);
    memcpy(record.command, &head, sizeof(head));
    assert_true(screen_rows_event(&rows, (const u8 *)&record, sizeof(record.event) + size));
    return seq;
}

static u64 officer_says(u32 person, const char *list, u8 state, u32 entry, u64 replaces)
{
    struct command_listing_set set = {.person = person,
                                      .state = state,
                                      .list = list_of(list),
                                      .entry = entry,
                                      .until = UINT64_MAX,
                                      .replaces = replaces,
                                      .officer = 1,
                                      .second = 2};
    return put(&set, sizeof(set), COMMAND_LISTING_SET);
}

/* Asks, applies what comes back, and says how much that was. */
static u32 ask(u32 person, const char *list, const struct screen_hit *hits, u32 hits_count,
               struct command_listing_set *commands)
{
    struct screen_question question = {.list = list_of(list),
                                       .now_us = 1000,
                                       .person = person,
                                       .list_version = 3,
                                       .hits = hits,
                                       .hits_count = hits_count};
    bool full = true;
    u32 count = screen_judge(&rows, &question, &clearances, commands, &full);
    assert_false(full);
    for (u32 index = 0; index < count; index += 1) {
        assert_int_equal(commands[index].officer, 0);
        assert_int_equal(commands[index].second, 0);
        (void)put(&commands[index], sizeof(commands[index]), COMMAND_LISTING_SET);
    }
    return count;
}

static int begin(void **state)
{
    (void)state;
    screen_rows_init(&rows);
    seq = 100;
    holds = true;
    return 0;
}

static int end(void **state)
{
    (void)state;
    screen_rows_close(&rows);
    return 0;
}

static void nobody_has_said_anything_and_there_is_no_hit(void **state)
{
    struct command_listing_set commands[SCREEN_HITS_MAX];
    (void)state;
    assert_int_equal(ask(7, "us-sdn", NULL, 0, commands), 1);
    assert_int_equal(commands[0].state, LISTING_STATE_CLEAR);
    assert_int_equal(commands[0].entry, 0);
    assert_int_equal(ask(7, "us-sdn", NULL, 0, commands), 0);
    assert_int_equal(ask(7, "eu-269", NULL, 0, commands), 1);
}

static void a_hit_is_told_once(void **state)
{
    struct command_listing_set commands[SCREEN_HITS_MAX];
    const struct screen_hit hits[] = {{.entry = 36456, .millionths = 931234},
                                      {.entry = 5, .millionths = 900000}};
    (void)state;
    assert_int_equal(ask(7, "us-sdn", hits, 2, commands), 2);
    assert_int_equal(commands[0].state, LISTING_STATE_CANDIDATE);
    assert_int_equal(commands[0].entry, 36456);
    assert_int_equal(commands[0].score, 9312);
    assert_int_equal(commands[0].list_version, 3);
    assert_int_equal(ask(7, "us-sdn", hits, 2, commands), 0);
    /* A hit that is gone leaves what was told: an officer decides. */
    assert_int_equal(ask(7, "us-sdn", NULL, 0, commands), 0);
}

/* Twelve of one name: when officers have cleared eight, four still hold. */
static void every_hit_is_told(void **state)
{
    struct command_listing_set commands[SCREEN_HITS_MAX];
    struct screen_hit hits[12];
    (void)state;
    for (u32 i = 0; i < ARRAY_COUNT(hits); i += 1) {
        hits[i] = (struct screen_hit){.entry = 100 + i, .millionths = 990000 - i};
    }
    assert_int_equal(ask(7, "us-sdn", hits, ARRAY_COUNT(hits), commands), 12);
    assert_int_equal(commands[11].entry, 111);
    assert_int_equal(ask(7, "us-sdn", hits, ARRAY_COUNT(hits), commands), 0);
}

/* Of forty hits the writer keeps 32; when officers have cleared all of these, the next takes the
 * place of a clearance. */
static void more_hits_than_rows(void **state)
{
    struct command_listing_set commands[SCREEN_HITS_MAX];
    struct screen_hit hits[40];
    u64 first = seq + 1;
    bool full = false;
    (void)state;
    for (u32 i = 0; i < ARRAY_COUNT(hits); i += 1) {
        hits[i] = (struct screen_hit){.entry = 100 + i, .millionths = 990000 - i};
    }
    struct screen_question question = {.list = list_of("us-sdn"),
                                       .now_us = 1000,
                                       .person = 7,
                                       .hits = hits,
                                       .hits_count = ARRAY_COUNT(hits)};
    u32 count = screen_judge(&rows, &question, &clearances, commands, &full);
    assert_int_equal(count, SCREEN_LISTING_MAX);
    assert_true(full);
    for (u32 i = 0; i < count; i += 1) {
        (void)put(&commands[i], sizeof(commands[i]), COMMAND_LISTING_SET);
    }
    for (u32 i = 0; i < SCREEN_LISTING_MAX; i += 1) {
        assert_int_equal(screen_judge(&rows, &question, &clearances, commands, &full), 0);
        assert_true(full);
        (void)officer_says(7, "us-sdn", LISTING_STATE_CLEAR, 100 + i, first + i);
    }
    assert_int_equal(screen_judge(&rows, &question, &clearances, commands, &full), 1);
    assert_int_equal(commands[0].entry, 100 + SCREEN_LISTING_MAX);
    assert_int_not_equal(commands[0].replaces, 0);
}

static void what_officers_decided_stays(void **state)
{
    struct command_listing_set commands[SCREEN_HITS_MAX];
    const struct screen_hit hit = {.entry = 9, .millionths = 950000};
    (void)state;
    (void)officer_says(7, "us-sdn", LISTING_STATE_CONFIRMED, 9, 0);
    assert_int_equal(ask(7, "us-sdn", &hit, 1, commands), 0);
    (void)officer_says(8, "us-sdn", LISTING_STATE_CLEAR, 9, 0);
    assert_int_equal(ask(8, "us-sdn", &hit, 1, commands), 0);
}

static void a_clearance_runs_out_when_a_side_changes(void **state)
{
    struct command_listing_set commands[SCREEN_HITS_MAX];
    const struct screen_hit hit = {.entry = 9, .millionths = 950000};
    (void)state;
    u64 candidate = officer_says(7, "us-sdn", LISTING_STATE_CANDIDATE, 9, 0);
    u64 clear = officer_says(7, "us-sdn", LISTING_STATE_CLEAR, 9, candidate);
    holds = false;
    assert_int_equal(ask(7, "us-sdn", &hit, 1, commands), 1);
    assert_int_equal(commands[0].state, LISTING_STATE_CANDIDATE);
    assert_int_equal(commands[0].replaces, clear);
    assert_int_equal(rows.count, 1);
    assert_int_equal(ask(7, "us-sdn", &hit, 1, commands), 0);
}

static void a_clearance_with_an_end_ends(void **state)
{
    struct command_listing_set commands[SCREEN_HITS_MAX];
    struct command_listing_set set = {.person = 7,
                                      .state = LISTING_STATE_CLEAR,
                                      .list = list_of("us-sdn"),
                                      .entry = 9,
                                      .until = 1000};
    const struct screen_hit hit = {.entry = 9, .millionths = 950000};
    (void)state;
    (void)put(&set, sizeof(set), COMMAND_LISTING_SET);
    assert_int_equal(ask(7, "us-sdn", &hit, 1, commands), 1);
    assert_int_equal(commands[0].replaces, 0);
}

static void a_person_who_is_full_is_told(void **state)
{
    struct command_listing_set commands[SCREEN_HITS_MAX];
    const struct screen_hit hit = {.entry = 99, .millionths = 950000};
    struct screen_question question = {
        .list = list_of("us-sdn"), .now_us = 1, .person = 7, .hits = &hit, .hits_count = 1};
    bool full = false;
    (void)state;
    for (u32 entry = 1; entry <= SCREEN_LISTING_MAX; entry += 1) {
        (void)officer_says(7, "us-sdn", LISTING_STATE_CANDIDATE, entry, 0);
    }
    assert_int_equal(screen_judge(&rows, &question, &clearances, commands, &full), 0);
    assert_true(full);
}

static void rows_end_and_are_used_again(void **state)
{
    struct command_listing_set commands[SCREEN_HITS_MAX];
    (void)state;
    u64 row = officer_says(70000, "us-sdn", LISTING_STATE_CANDIDATE, 4, 0);
    struct command_row_end gone = {.person = 70000, .row = row};
    (void)put(&gone, sizeof(gone), COMMAND_ROW_END);
    assert_int_equal(rows.count, 0);
    assert_null(screen_rows_first(&rows, 70000));
    assert_null(screen_rows_first(&rows, UINT32_MAX));
    assert_int_equal(ask(70000, "us-sdn", NULL, 0, commands), 1);
    assert_int_equal(rows.rows_used, 1);
    assert_false(rows.is_short);
    u8 cut[sizeof(struct event_applied) + WIRE_UNIT] = {0};
    struct event_applied event = {.head = {.kind = EVENT_APPLIED}};
    memcpy(cut, &event, sizeof(event));
    cut[sizeof(event)] = COMMAND_LISTING_SET;
    assert_false(screen_rows_event(&rows, cut, sizeof(cut)));
}

static bool ask_owned(u32 person, struct screen_owned owned, u64 path, bool *less)
{
    struct command_ownership_set command;
    struct screen_question question = {
        .list = list_of("us-sdn"), .now_us = 1000, .person = person, .list_version = 3};
    bool is_told = screen_judge_owned(&rows, &question, &owned, path, &command, less);
    if (is_told) {
        assert_int_equal(command.officer, 0);
        (void)put(&command, sizeof(command), COMMAND_OWNERSHIP_SET);
    }
    return is_told;
}

static void ownership_is_told_when_it_holds_more(void **state)
{
    const struct screen_owned none = {
        .compare = SHARE_COMPARE_AT_LEAST, .percent = 5000, .lower = 0, .upper = 2000};
    const struct screen_owned perhaps = {
        .compare = SHARE_COMPARE_AT_LEAST, .percent = 5000, .lower = 2500, .upper = 5000};
    const struct screen_owned surely = {
        .compare = SHARE_COMPARE_AT_LEAST, .percent = 5000, .lower = 5000, .upper = 5000};
    bool less = true;
    (void)state;
    assert_true(ask_owned(7, none, 0, &less));
    assert_false(ask_owned(7, none, 0, &less));
    assert_int_equal(rows.count, 1);
    assert_true(ask_owned(7, perhaps, 11, &less));
    assert_int_equal(rows.count, 1); /* in the place of the one that says no */
    assert_true(ask_owned(7, surely, 12, &less));
    assert_int_equal(rows.count, 2);
    assert_false(ask_owned(7, perhaps, 13, &less));
    assert_false(less);
    assert_false(ask_owned(7, none, 0, &less));
    assert_true(less);
    assert_true(ask_owned(8, surely, 12, &less));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nobody_has_said_anything_and_there_is_no_hit, begin, end),
        cmocka_unit_test_setup_teardown(a_hit_is_told_once, begin, end),
        cmocka_unit_test_setup_teardown(every_hit_is_told, begin, end),
        cmocka_unit_test_setup_teardown(more_hits_than_rows, begin, end),
        cmocka_unit_test_setup_teardown(what_officers_decided_stays, begin, end),
        cmocka_unit_test_setup_teardown(a_clearance_runs_out_when_a_side_changes, begin, end),
        cmocka_unit_test_setup_teardown(a_clearance_with_an_end_ends, begin, end),
        cmocka_unit_test_setup_teardown(a_person_who_is_full_is_told, begin, end),
        cmocka_unit_test_setup_teardown(rows_end_and_are_used_again, begin, end),
        cmocka_unit_test_setup_teardown(ownership_is_told_when_it_holds_more, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
