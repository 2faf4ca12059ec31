/* The desk's queue: filters have one form, what is due comes first, and every case that fits is
 * there.
 *
 * Cases by chance are put into a desk; the list is compared with a walk over all of them. */
#include "role/desk/desk_list.h"

#include "base/random.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CASES 200U
#define NOW_S 1795428000ULL /* 2026-11-23T10:00:00Z */
#define DAY_S 86400ULL

static struct desk desk;
static struct desk_place places[CASES];
static char text[CASES * DESK_LIST_BYTES + 256];

static void case_make(struct random *random, struct desk_case *at, u32 number)
{
    static const char *const countries[] = {"FR", "DE", "IT"};
    memset(at, 0, sizeof(*at));
    memcpy(at->name, &number, sizeof(number));
    at->state = (u8)random_between(random, 1, DESK_STATES_LAST);
    at->request = (u8)random_between(random, 1, 4);
    at->mark = DESK_MARK_ORDER;
    at->opening = DESK_OPENING_AUTHORITY;
    at->basis = DESK_BASIS_UNION_LAW;
    at->class = (u8)random_between(random, 1, 3);
    at->urgency = (u8)random_between(random, 1, 2);
    memcpy(at->country, countries[random_below(random, 3)], 3);
    (void)snprintf(at->authority, sizeof(at->authority), "x%u", (u32)random_below(random, 3));
    memcpy(at->reference, "1/2", 4);
    at->received_s = NOW_S - random_below(random, 30 * DAY_S);
    at->moved_s = at->received_s;
    at->instrument[0] = (u8)random_below(random, 2);
    at->until_s = NOW_S + random_below(random, 30 * DAY_S);
    at->grant_until_s = NOW_S + random_below(random, 2 * DAY_S);
    at->was_silent = random_chance(random, 1, 3);
    at->silence_s = at->was_silent ? NOW_S - 5 * DAY_S + random_below(random, 30 * DAY_S) : 0;
    at->was_opened = at->state >= DESK_STATE_OPENED && at->state <= DESK_STATE_ACKNOWLEDGED;
}

static u32 occurrences(const char *what)
{
    u32 found = 0;
    for (const char *at = strstr(text, what); at != NULL; at = strstr(at + 1, what)) {
        found += 1;
    }
    return found;
}

static void list(const char *words)
{
    struct desk_filter filter;
    struct json_writer json;
    assert_null(desk_filter_read(span_of_text(words), &filter));
    json_begin(&json, text, sizeof(text));
    desk_list_put(&json, &desk, &filter, NOW_S, places);
    assert_true(json_end(&json) > 0);
}

static void filters_have_one_form(void **state)
{
    static const char *const wrong[] = {
        "state",   "state=",      "state=red",   " state=opened",    "all=no",     "all=yes ",
        "limit=0", "limit=10001", "country=FRA", "all=yes  all=yes", "colour=red", "limit=1x"};
    struct desk_filter filter;
    (void)state;
    for (u32 i = 0; i < ARRAY_COUNT(wrong); i += 1) {
        assert_non_null(desk_filter_read(span_of_text(wrong[i]), &filter));
    }
    assert_null(desk_filter_read(span_of_text(""), &filter));
    assert_false(filter.is_all);
    assert_null(desk_filter_read(
        span_of_text("state=closed request=sever class=bulk urgency=emergency country=FR "
                     "authority=xa-court alarm=yes limit=17"),
        &filter));
    assert_int_equal(filter.state, DESK_STATE_CLOSED);
    assert_int_equal(filter.request, DESK_REQUEST_SEVER);
    assert_int_equal(filter.class, DESK_CLASS_BULK);
    assert_int_equal(filter.urgency, DESK_URGENCY_EMERGENCY);
    assert_string_equal(filter.country, "FR");
    assert_string_equal(filter.authority, "xa-court");
    assert_true(filter.is_alarmed && filter.is_all);
    assert_int_equal(filter.limit, 17);
}

static void what_is_due_says_which_clock_runs(void **state)
{
    struct desk_case at = {.state = DESK_STATE_RECEIVED,
                           .urgency = DESK_URGENCY_ORDINARY,
                           .received_s = NOW_S,
                           .instrument = {1}};
    (void)state;
    assert_int_equal(desk_case_due(&at), NOW_S + 10 * DAY_S);
    at.urgency = DESK_URGENCY_EMERGENCY;
    assert_int_equal(desk_case_due(&at), NOW_S + 8 * 3600);
    at.state = DESK_STATE_DELIVERED;
    assert_int_equal(desk_case_due(&at), UINT64_MAX);
    at.instrument[0] = 0;
    assert_int_equal(desk_case_due(&at), NOW_S + DESK_INSTRUMENT_S);
    at.was_silent = true;
    at.silence_s = NOW_S + 60;
    assert_int_equal(desk_case_due(&at), NOW_S + 60);
    at.was_noticed = true;
    at.is_lapsed = true;
    assert_int_equal(desk_case_due(&at), UINT64_MAX);
    at.state = DESK_STATE_LOGGED;
    at.grant_until_s = NOW_S + 5;
    assert_int_equal(desk_case_due(&at), NOW_S + 5);
    at.state = DESK_STATE_CLOSED;
    assert_int_equal(desk_case_due(&at), UINT64_MAX);
}

static void check_lists(void)
{
    char words[64];
    u32 all = 0;
    u32 alarmed = 0;
    for (u32 i = 0; i < desk.cases_count; i += 1) {
        all += desk_case_is_over(&desk.cases[i]) ? 0 : 1;
        alarmed += !desk_case_is_over(&desk.cases[i]) && desk_alarm(&desk.cases[i], NOW_S) != 0;
    }
    list("");
    assert_int_equal(occurrences("\"case\":"), all);
    for (u32 i = 1; i < all; i += 1) {
        assert_true(places[i - 1].due_s <= places[i].due_s);
    }
    list("alarm=yes");
    assert_int_equal(occurrences("\"case\":"), alarmed);
    list("all=yes limit=7");
    assert_int_equal(occurrences("\"case\":"), 7);
    (void)snprintf(words, sizeof(words), "\"count\":7,\"all\":%u", desk.cases_count);
    assert_int_equal(occurrences(words), 1);
    for (u8 at = 1; at <= DESK_STATES_LAST; at += 1) {
        u32 found = 0;
        for (u32 i = 0; i < desk.cases_count; i += 1) {
            const struct desk_case *one = &desk.cases[i];
            found += one->state == at && strcmp(one->country, "FR") == 0;
        }
        (void)snprintf(words, sizeof(words), "state=%s country=FR",
                       desk_word(DESK_WORDS_STATE, at));
        list(words);
        assert_int_equal(occurrences("\"case\":"), found);
    }
}

static void every_case_that_fits_is_listed(void **state)
{
    struct random random;
    (void)state;
    random_init(&random, test_seed());
    assert_int_equal(desk_init(&desk, "v", CASES), FAULT_NONE);
    u64 rounds = test_rounds(20);
    for (u64 round = 0; round < rounds; round += 1) {
        desk.cases_count = (u32)random_between(&random, 20, CASES);
        for (u32 i = 0; i < desk.cases_count; i += 1) {
            case_make(&random, &desk.cases[i], i + 1);
        }
        check_lists();
    }
    desk_free(&desk);
}

static void the_longest_line_has_room(void **state)
{
    struct json_writer json;
    struct desk_filter filter = {.state = 0};
    struct random random;
    (void)state;
    random_init(&random, 1);
    assert_int_equal(desk_init(&desk, "v", 1), FAULT_NONE);
    desk.cases_count = 1;
    struct desk_case *at = &desk.cases[0];
    case_make(&random, at, 1);
    *at = (struct desk_case){.state = DESK_STATE_ACKNOWLEDGED,
                             .request = DESK_REQUEST_DISCLOSE,
                             .class = DESK_CLASS_SEARCH,
                             .urgency = DESK_URGENCY_EMERGENCY,
                             .country = "FR",
                             .people_count = 32,
                             .received_s = 1,
                             .moved_s = 1,
                             .was_silent = true,
                             .was_opened = true,
                             .is_lapsed = true,
                             .silence_s = 1};
    memset(at->name, 255, sizeof(at->name));
    memset(at->authority, 'a', sizeof(at->authority) - 1);
    memset(at->reference, '"', sizeof(at->reference) - 1); /* two bytes each */
    json_begin(&json, text, sizeof(text));
    desk_list_put(&json, &desk, &filter, NOW_S, places);
    size_t size = json_end(&json);
    assert_true(size > 0 && size <= DESK_LIST_BYTES + 40);
    json_begin(&json, text, sizeof(text));
    at->basis = DESK_BASIS_TREATY;
    at->mark = DESK_MARK_FOREIGN;
    at->opening = DESK_OPENING_AUTHORITY;
    at->approvals_count = 1;
    at->approvals[0] =
        (struct desk_approval){.person = 11, .role = DESK_ROLE_LEGAL, .region = "fr"};
    desk_case_put(&json, at, NOW_S);
    assert_true(json_end(&json) > 0);
    assert_int_equal(occurrences("\"alarms\":[\"silence\",\"instrument\",\"notice\"]"), 1);
    assert_int_equal(occurrences("\"officer\":11"), 1);
    desk_free(&desk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(filters_have_one_form),
        cmocka_unit_test(what_is_due_says_which_clock_runs),
        cmocka_unit_test(every_case_that_fits_is_listed),
        cmocka_unit_test(the_longest_line_has_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
