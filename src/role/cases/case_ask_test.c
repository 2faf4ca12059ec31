/* Aim: a question is taken whole or refused, by the name of the field that is wrong. Method: lines
 * by hand. */
#include "role/cases/case_ask.h"

#include "base/span.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

static struct case_ask ask;
static struct case_refusal refusal;

static void takes(const char *line)
{
    bool is_taken = case_ask_read(span_of_text(line), &ask, &refusal);
    if (!is_taken) {
        fail_msg("%s: \"%s\": %s", line, refusal.field, refusal.reason);
    }
}

static void refuses(const char *line, const char *field, const char *reason)
{
    if (case_ask_read(span_of_text(line), &ask, &refusal)) {
        fail_msg("%s: was taken", line);
    }
    if (strcmp(refusal.field, field) != 0 || strstr(refusal.reason, reason) == NULL) {
        fail_msg("%s: \"%s\": %s", line, refusal.field, refusal.reason);
    }
}

static void list_takes_every_filter(void **state)
{
    (void)state;
    takes("{\"ask\":\"list\"}");
    assert_int_equal(ask.kind, CASE_ASK_LIST);
    assert_int_equal(ask.limit, CASE_ASK_ROWS_USUAL);
    assert_true(ask.filter.open_only);
    assert_false(ask.filter.reports_only);
    assert_int_equal(ask.filter.after.matter, 0);
    takes(
        " {\"limit\":500,\"owner\":11,\"state\":\"taken\",\"kind\":\"freeze\",\"person\":7,"
        "\"account\":8,\"due_before_us\":99,\"all\":true,\"after\":\"1.2.3\",\"ask\":\"list\"} \r");
    assert_int_equal(ask.limit, 500);
    assert_int_equal(ask.filter.owner, 11);
    assert_int_equal(ask.filter.state, CASE_STATE_TAKEN);
    assert_int_equal(ask.filter.kind, CASE_KIND_FREEZE);
    assert_int_equal(ask.filter.person, 7);
    assert_int_equal(ask.filter.account, 8);
    assert_int_equal(ask.filter.due_us, 99);
    assert_false(ask.filter.open_only);
    assert_true(ask.filter.after.is_closed);
    assert_int_equal(ask.filter.after.order, 2);
    assert_int_equal(ask.filter.after.matter, 3);
    /* Escapes are read as what they mean. */
    takes("{\"\\u0061sk\":\"l\\u0069st\",\"all\":false}");
    assert_true(ask.filter.open_only);
}

static void show_inbox_and_reports(void **state)
{
    (void)state;
    takes("{\"ask\":\"show\",\"case\":\"81723-5\"}");
    assert_int_equal(ask.matter, (81723ULL << CASE_ITEM_BITS) + 5);
    assert_int_equal(ask.limit, CASE_ASK_ROWS_MAX);
    takes("{\"ask\":\"show\",\"case\":\"85693825024\",\"after\":\"500\"}");
    assert_int_equal(ask.matter, 85693825024);
    assert_int_equal(ask.acts_before, 500);
    takes("{\"ask\":\"inbox\",\"account\":0}");
    assert_int_equal(ask.account, 0);
    assert_int_equal(ask.language, LANGUAGE_EN);
    assert_int_equal(ask.limit, CASE_ASK_NOTICE_USUAL);
    assert_false(ask.has_newer);
    takes("{\"ask\":\"inbox\",\"account\":4,\"language\":\"fr\",\"after\":\"77.2\",\"limit\":100}");
    assert_int_equal(ask.language, LANGUAGE_FR);
    assert_true(ask.has_newer);
    assert_int_equal(ask.newer.seq, 77);
    assert_int_equal(ask.newer.item, 2);
    takes("{\"ask\":\"reports\"}");
    assert_true(ask.filter.reports_only && ask.filter.open_only);
    assert_int_equal(ask.at_us, 0);
    takes("{\"ask\":\"reports\",\"all\":true,\"at_us\":9223372036854775807,\"limit\":1}");
    assert_false(ask.filter.open_only);
    assert_int_equal(ask.at_us, INT64_MAX);
}

static void what_is_whitelisted(void **state)
{
    (void)state;
    takes("{\"ask\":\"whitelisted\"}");
    assert_int_equal(ask.kind, CASE_ASK_WHITELISTED);
    assert_int_equal(ask.rows_before, 0);
    assert_int_equal(ask.limit, CASE_ASK_ROWS_MAX);
    takes("{\"ask\":\"whitelisted\",\"after\":\"4294967295\",\"limit\":2}");
    assert_int_equal(ask.rows_before, UINT32_MAX);
    assert_int_equal(ask.limit, 2);
    refuses("{\"ask\":\"whitelisted\",\"after\":\"4294967296\"}", "after", "is not what");
    refuses("{\"ask\":\"whitelisted\",\"after\":\"1.2\"}", "after", "is not what");
    refuses("{\"ask\":\"whitelisted\",\"person\":1}", "person", "no place in \"whitelisted\"");
}

static void what_an_officer_did(void **state)
{
    (void)state;
    takes("{\"ask\":\"acts\",\"officer\":11}");
    assert_int_equal(ask.kind, CASE_ASK_ACTS);
    assert_int_equal(ask.filter.owner, 11);
    assert_int_equal(ask.from_us, 0);
    assert_int_equal(ask.until_us, INT64_MAX);
    takes("{\"ask\":\"acts\",\"officer\":11,\"from_us\":5,\"until_us\":7,\"after\":\"3\"}");
    assert_int_equal(ask.from_us, 5);
    assert_int_equal(ask.until_us, 7);
    assert_int_equal(ask.rows_before, 3);
    refuses("{\"ask\":\"acts\"}", "officer", "is missing");
    refuses("{\"ask\":\"acts\",\"officer\":0}", "officer", "from 1 to");
    refuses("{\"ask\":\"list\",\"officer\":11}", "officer", "no place in \"list\"");
}

static void what_is_no_object_is_refused(void **state)
{
    (void)state;
    refuses("", "", "unfinished");
    refuses("list", "", "not JSON");
    refuses("[]", "", "one JSON object");
    refuses("\"list\"", "", "one JSON object");
    refuses("{\"ask\":\"list\"", "", "byte 13: unfinished");
    refuses("{\"ask\":\"list\"}{}", "", "not JSON");
    refuses("{\"ask\":\"list\",\"ask\":\"list\"}", "", "a key twice");
    refuses("{\"ask\":\"list\",}", "", "not JSON");
    refuses("{\"ask\":\"li\xffst\"}", "", "not UTF-8");
    refuses("{}", "ask", "is missing");
}

static void a_field_that_is_wrong_is_named(void **state)
{
    (void)state;
    refuses("{\"ask\":\"take\"}", "ask", "none of its words");
    refuses("{\"ask\":1}", "ask", "wants a text");
    refuses("{\"ask\":[\"list\"]}", "ask", "wants a text");
    refuses("{\"ask\":\"list\",\"owners\":11}", "owners", "no such field");
    refuses("{\"ask\":\"list\",\"\":11}", "", "no such field");
    refuses("{\"ask\":\"list\",\"abcdefghijklmnopqrstuvwxyz0123456789\":1}", "", "so long a name");
    refuses("{\"ask\":\"list\",\"case\":\"1-0\"}", "case", "no place in \"list\"");
    refuses("{\"ask\":\"show\",\"all\":true,\"case\":\"1-0\"}", "all", "no place in \"show\"");
    refuses("{\"ask\":\"reports\",\"kind\":\"report\"}", "kind", "no place in \"reports\"");
    refuses("{\"ask\":\"list\",\"kind\":\"odd\"}", "kind", "none of its words");
    refuses("{\"ask\":\"list\",\"state\":\"\"}", "state", "none of its words");
    refuses("{\"ask\":\"list\",\"all\":1}", "all", "true or false");
    refuses("{\"ask\":\"list\",\"all\":null}", "all", "true or false");
    refuses("{\"ask\":\"list\",\"person\":0}", "person", "from 1 to 4294967295");
    refuses("{\"ask\":\"list\",\"account\":0}", "account", "account 0");
    refuses("{\"ask\":\"list\",\"owner\":\"anna\"}", "owner", "wants a whole number");
    refuses("{\"ask\":\"list\",\"owner\":4294967296}", "owner", "from 1 to");
    refuses("{\"ask\":\"list\",\"owner\":1.5}", "owner", "from 1 to");
    refuses("{\"ask\":\"list\",\"owner\":-1}", "owner", "from 1 to");
    refuses("{\"ask\":\"list\",\"owner\":1e2}", "owner", "from 1 to");
    refuses("{\"ask\":\"list\",\"limit\":501}", "limit", "from 1 to 500");
    refuses("{\"ask\":\"list\",\"limit\":0}", "limit", "from 1 to 500");
    refuses("{\"ask\":\"list\",\"due_before_us\":18446744073709551616}", "due_before_us", "from 1");
    refuses("{\"ask\":\"inbox\"}", "account", "is missing");
    refuses("{\"ask\":\"inbox\",\"account\":1,\"limit\":101}", "limit", "from 1 to 100");
    refuses("{\"ask\":\"inbox\",\"account\":1,\"language\":\"de\"}", "language",
            "none of its words");
    refuses("{\"ask\":\"inbox\",\"account\":4294967295}", "account", "to 4294967294");
    refuses("{\"ask\":\"show\"}", "case", "is missing");
    refuses("{\"ask\":\"show\",\"case\":\"\"}", "case", "not a number of a case");
    refuses("{\"ask\":\"show\",\"case\":\"1-\"}", "case", "not a number of a case");
    refuses("{\"ask\":\"show\",\"case\":\"0\"}", "case", "not a number of a case");
    refuses("{\"ask\":\"show\",\"case\":\"0-0\"}", "case", "not a number of a case");
    refuses("{\"ask\":\"show\",\"case\":\"1-1048576\"}", "case", "not a number of a case");
    refuses("{\"ask\":\"show\",\"case\":\"99999999999999999999-0\"}", "case", "not a number");
}

static void only_a_next_is_gone_on_from(void **state)
{
    static const char *const wrong[] = {
        "",     "1",     "1.2",   "1.2.3.4", "1.2.",
        ".1.2", "2.2.3", "0.x.3", "0.2.-3",  "0.2.9223372036854775808",
        "0..3", "0 .2.3"};
    char line[256];
    (void)state;
    for (u32 i = 0; i < ARRAY_COUNT(wrong); i += 1) {
        (void)snprintf(line, sizeof(line), "{\"ask\":\"list\",\"after\":\"%s\"}", wrong[i]);
        refuses(line, "after", "is not what");
    }
    refuses("{\"ask\":\"show\",\"case\":\"1-0\",\"after\":\"1.2\"}", "after", "is not what");
    refuses("{\"ask\":\"show\",\"case\":\"1-0\",\"after\":\"4294967296\"}", "after", "is not what");
    refuses("{\"ask\":\"inbox\",\"account\":1,\"after\":\"1\"}", "after", "is not what");
    refuses("{\"ask\":\"inbox\",\"account\":1,\"after\":\"1.4294967296\"}", "after", "is not what");
    refuses("{\"ask\":\"list\",\"after\":3}", "after", "wants a text");
}

static void long_ones_are_refused(void **state)
{
    static char line[CASE_ASK_BYTES_MAX + 2];
    (void)state;
    memset(line, ' ', CASE_ASK_BYTES_MAX);
    memcpy(line, "{\"ask\":\"list\"}", 14);
    takes(line);
    line[CASE_ASK_BYTES_MAX] = ' ';
    refuses(line, "", "at most 4096 bytes");
    (void)snprintf(line, sizeof(line), "{\"ask\":\"list\",\"after\":\"%096d\"}", 1);
    refuses(line, "after", "is too long");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(list_takes_every_filter),
        cmocka_unit_test(show_inbox_and_reports),
        cmocka_unit_test(what_is_whitelisted),
        cmocka_unit_test(what_an_officer_did),
        cmocka_unit_test(what_is_no_object_is_refused),
        cmocka_unit_test(a_field_that_is_wrong_is_named),
        cmocka_unit_test(only_a_next_is_gone_on_from),
        cmocka_unit_test(long_ones_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
