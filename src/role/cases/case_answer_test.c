/* Aim: an answer has what was asked for, within its bounds of rows and bytes, and `next` leads
 * through all the rest, each row once. Method: a database made of events by hand, questions as they
 * come in lines. */
#include "role/cases/case_answer.h"

#include "role/cases/case_json.h"
#include "tests/support/case_scene.h"
#include "tests/support/json_fields.h"

#include <stdio.h>
#include <string.h>

enum { CASES = 7, PAGES_MAX = 64 };
#define ACCOUNT 7U
#define REVIEW  0x1500U

static struct case_view *view;
static struct case_holidays holidays;
static u64 matters[CASES];
static struct span answer;
static struct json_fields answered;

/* Whether it was answered. */
static bool ask(const char *line)
{
    struct case_ask read;
    struct case_refusal refusal;
    bool is_refused = false;
    if (!case_ask_read(span_of_text(line), &read, &refusal)) {
        fail_msg("%s: \"%s\": %s", line, refusal.field, refusal.reason);
    }
    scene_must(case_answer(view, store, &holidays, &read, &answer, &is_refused));
    json_fields_of(answer, &answered);
    assert_int_equal(is_refused, json_has(&answered, "error"));
    return !is_refused;
}

static void view_open(u32 bytes)
{
    case_view_destroy(view);
    scene_must(case_view_create(&view, disk_real(), folder, bytes));
}

static int make(void **state)
{
    (void)case_scene_make(state);
    tell_pack(1, PACK_STATE_ACTIVE);
    tell_link(PERSON, ACCOUNT, true);
    for (u32 i = 0; i < CASES; i += 1) {
        struct command_case_act command = {.person = PERSON + i,
                                           .officer = ANNA + (i % 2),
                                           .act = CASE_ACT_OPEN,
                                           .until = now_us + (i + 1) * DAY};
        tell_applied(&command, sizeof(command), COMMAND_CASE_ACT, 0);
        matters[i] = seq << CASE_ITEM_BITS;
    }
    view_open(0);
    return 0;
}

static int clear(void **state)
{
    case_view_destroy(view);
    view = NULL;
    return case_scene_clear(state);
}

/* All rows of a question, page by page, by the field `name`; returns how many pages there were. */
static u32 pages(const char *question, const char *array, const char *name, char found[256])
{
    char line[512];
    char next[128] = {0};
    u32 count = 0;
    found[0] = 0;
    do {
        struct json_fields row;
        struct json_pull pull;
        (void)snprintf(line, sizeof(line), next[0] == 0 ? "{%s}" : "{%s,\"after\":\"%s\"}",
                       question, next);
        assert_true(ask(line));
        assert_true(count < PAGES_MAX);
        count += 1;
        json_fields_array(&pull, json_value(&answered, array));
        while (json_fields_next(&pull, &row)) {
            struct span text = json_value(&row, name);
            size_t used = strlen(found);
            (void)snprintf(found + used, 256 - used, "%.*s ", (int)text.size,
                           (const char *)text.data);
        }
        next[0] = 0;
        if (json_has(&answered, "next")) {
            json_text(&answered, "next", next, sizeof(next));
        }
    } while (next[0] != 0);
    return count;
}

static void lists_go_on_where_they_end(void **state)
{
    char whole[256];
    char found[256];
    char question[64];
    (void)state;
    assert_int_equal(pages("\"ask\":\"list\"", "cases", "person", whole), 1);
    assert_string_equal(whole, "1 2 3 4 5 6 7 ");
    assert_true(json_is(&answered, "count", "7"));
    for (u32 limit = 1; limit <= CASES + 1; limit += 1) {
        (void)snprintf(question, sizeof(question), "\"ask\":\"list\",\"limit\":%u", limit);
        assert_int_equal(pages(question, "cases", "person", found), (CASES + limit - 1) / limit);
        assert_string_equal(found, whole);
    }
    assert_int_equal(pages("\"ask\":\"list\",\"owner\":12,\"limit\":2", "cases", "person", found),
                     2);
    assert_string_equal(found, "2 4 6 ");
    assert_int_equal(pages("\"ask\":\"list\",\"kind\":\"freeze\"", "cases", "person", found), 1);
    assert_string_equal(found, "");
    assert_true(json_is(&answered, "count", "0"));
}

static void lists_are_bounded_by_a_date(void **state)
{
    char question[96];
    char found[256];
    (void)state;
    (void)snprintf(question, sizeof(question),
                   "\"ask\":\"list\",\"limit\":1,\"due_before_us\":%llu",
                   (unsigned long long)(START + 3 * DAY));
    assert_int_equal(pages(question, "cases", "person", found), 3);
    assert_string_equal(found, "1 2 3 ");
}

/* Whatever the rows measure: an answer ends before it is full, and goes on. */
static void answers_are_bounded_by_bytes(void **state)
{
    char found[256];
    (void)state;
    assert_true(ask("{\"ask\":\"list\"}"));
    u32 whole = (u32)answer.size;
    for (u32 bytes = 1400; bytes < whole; bytes += 97) {
        view_open(bytes);
        u32 count = pages("\"ask\":\"list\"", "cases", "person", found);
        assert_string_equal(found, "1 2 3 4 5 6 7 ");
        assert_true(answer.size < bytes);
        assert_true(count > 1);
    }
    view_open(CASE_ANSWER_TAIL + 100);
    assert_false(ask("{\"ask\":\"list\"}"));
    json_fields_of(json_value(&answered, "error"), &answered);
    assert_true(json_is(&answered, "field", ""));
    assert_true(json_is(&answered, "reason", "one row alone is longer than an answer may be"));
}

static void show_gives_a_case_and_its_record(void **state)
{
    char line[128];
    char question[96];
    char number[CASE_NUMBER_BYTES];
    char found[256];
    (void)state;
    for (u32 i = 0; i < 3; i += 1) {
        struct command_case_act command = {
            .matter = matters[0], .person = PERSON, .officer = ANNA, .act = CASE_ACT_EVIDENCE};
        memset(command.evidence, 0xab, sizeof(command.evidence));
        tell_applied(&command, sizeof(command), COMMAND_CASE_ACT, 0);
    }
    (void)case_print_number(matters[0], number);
    (void)snprintf(line, sizeof(line), "{\"ask\":\"show\",\"case\":\"%s\"}", number);
    assert_true(ask(line));
    struct json_fields row;
    json_fields_of(json_value(&answered, "case"), &row);
    assert_true(json_is(&row, "case", number));
    assert_true(json_is(&row, "state", "open"));
    assert_int_equal(json_value(&row, "evidence").size, 2 * CASE_HASH_BYTES);
    assert_int_equal(json_value(&row, "evidence").data[0], 'a');
    (void)snprintf(question, sizeof(question), "\"ask\":\"show\",\"case\":\"%s\",\"limit\":3",
                   number);
    assert_int_equal(pages(question, "acts", "act", found), 2);
    assert_string_equal(found, "open evidence evidence evidence ");
    assert_false(ask("{\"ask\":\"show\",\"case\":\"7-9\"}"));
    json_fields_of(json_value(&answered, "error"), &answered);
    assert_true(json_is(&answered, "field", "case"));
    assert_true(json_is(&answered, "reason", "there is no such case"));
}

static void inbox_gives_the_newest_first(void **state)
{
    char found[256];
    (void)state;
    for (u32 i = 0; i < 5; i += 1) {
        struct command_restrict by_hand = {.restrictions = i % 2 == 0 ? REVIEW : 0};
        tell_applied(&by_hand, sizeof(by_hand), COMMAND_RESTRICT, ACCOUNT);
    }
    assert_int_equal(pages("\"ask\":\"inbox\",\"account\":7,\"limit\":2", "notices", "kind", found),
                     3);
    assert_string_equal(found, "checking checked checking checked checking ");
    assert_int_equal(pages("\"ask\":\"inbox\",\"account\":8", "notices", "kind", found), 1);
    assert_string_equal(found, "");
    view_open(1500);
    assert_true(
        pages("\"ask\":\"inbox\",\"account\":7,\"language\":\"fr\"", "notices", "kind", found) > 1);
    assert_string_equal(found, "checking checked checking checked checking ");
}

static void reports_say_what_is_late_by_then(void **state)
{
    char line[96];
    struct event_decision event = {.head = head_of(EVENT_DECISION, sizeof(event), 0),
                                   .cause_seq = seq,
                                   .person = PERSON,
                                   .pack = 1,
                                   .truth = TRUTH_YES,
                                   .vector = FREEZE};
    (void)state;
    TELL(event);
    assert_true(ask("{\"ask\":\"reports\"}"));
    assert_true(json_is(&answered, "count", "1"));
    assert_true(json_is(&answered, "late", "0"));
    (void)snprintf(line, sizeof(line), "{\"ask\":\"reports\",\"at_us\":%llu}",
                   (unsigned long long)(START + 30 * DAY));
    assert_true(ask(line));
    assert_true(json_is(&answered, "late", "1"));
    /* Every day is a holiday until the 30th: nothing is late then. */
    holidays.count = 40;
    for (u32 i = 0; i < holidays.count; i += 1) {
        holidays.days[i] = (u32)(START / DAY) + i;
    }
    assert_true(ask(line));
    assert_true(json_is(&answered, "late", "0"));
    holidays.count = 0;
}

static void acts_are_one_officers_the_newest_first(void **state)
{
    char found[256];
    char wanted[256] = "";
    char question[96];
    (void)state;
    (void)snprintf(question, sizeof(question), "\"ask\":\"acts\",\"officer\":%u,\"limit\":2", ANNA);
    assert_int_equal(pages(question, "acts", "case", found), 2);
    for (u32 i = CASES; i > 0; i -= 1) {
        char number[CASE_NUMBER_BYTES];
        if ((i - 1) % 2 == 0) {
            size_t used = strlen(wanted);
            (void)snprintf(wanted + used, sizeof(wanted) - used, "%s ",
                           case_print_number(matters[i - 1], number));
        }
    }
    assert_string_equal(found, wanted);
    (void)snprintf(question, sizeof(question), "\"ask\":\"acts\",\"officer\":%u,\"until_us\":1",
                   ANNA);
    assert_int_equal(pages(question, "acts", "case", found), 1);
    assert_string_equal(found, "");
}

static void an_answer_says_how_far_it_knows(void **state)
{
    char wanted[32];
    (void)state;
    assert_true(ask("{\"ask\":\"inbox\",\"account\":7}"));
    (void)snprintf(wanted, sizeof(wanted), "%llu", (unsigned long long)seq);
    assert_true(json_is(&answered, "seq", wanted));
    (void)snprintf(wanted, sizeof(wanted), "%llu", (unsigned long long)now_us);
    assert_true(json_is(&answered, "time_us", wanted));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(lists_go_on_where_they_end, make, clear),
        cmocka_unit_test_setup_teardown(lists_are_bounded_by_a_date, make, clear),
        cmocka_unit_test_setup_teardown(answers_are_bounded_by_bytes, make, clear),
        cmocka_unit_test_setup_teardown(show_gives_a_case_and_its_record, make, clear),
        cmocka_unit_test_setup_teardown(inbox_gives_the_newest_first, make, clear),
        cmocka_unit_test_setup_teardown(reports_say_what_is_late_by_then, make, clear),
        cmocka_unit_test_setup_teardown(acts_are_one_officers_the_newest_first, make, clear),
        cmocka_unit_test_setup_teardown(an_answer_says_how_far_it_knows, make, clear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
