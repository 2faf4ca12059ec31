/* Aim: what people read of a pack is found, and what is no pack is refused with a reason. Method: a
 * small canonical form, then the same cut at every byte and with each part wrong in turn; bounds
 * reached and passed. */
#include "wire/pack_text.h"

#include "base/span.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

static struct pack_text pack;

static const char good[] =
    "{\"groups\":{\"x\":[\"FR\"]},\"pack\":{\"effective_from\":\"2022-04-09\",\"id\":\"p-1\",\"jurisdiction\":\"EU\","
    "\"origin\":\"law\",\"title\":{\"en\":\"A \\\"title\\\"\",\"fr\":\"Un titre\"},"
    "\"uncertain\":[{\"key\":\"k\"}],\"version\":\"3\"},\"rules\":[{\"actions\":[\"freeze\",{\"set\":{\"deposit\":\"hold\"}},"
    "{\"business_days\":\"10\",\"report\":\"ofac\"},"
    "{\"as_of\":\"06-30\",\"due\":\"09-30\",\"report\":\"ofac\"},{\"close_account\":\"assets\"}],"
    "\"audience\":\"customer\",\"cite\":[{\"article\":\"5b\",\"paragraph\":\"2\","
    "\"source\":\"eu-833-2014\"},{\"article\":\"1\",\"note\":\"n\",\"source\":\"none-such\"}],"
    "\"explain\":{\"en\":\"First\\nsecond\",\"fr\":\"Premi\xc3\xa8re\"},\"id\":\"p.one\","
    "\"on_unknown\":{\"actions\":[{\"days\":\"14\",\"request_evidence\":\"residence\"}],"
    "\"days\":\"14\",\"evidence\":\"residence\",\"then\":[\"none\"]},\"scope\":\"person\","
    "\"threshold\":{\"amount\":\"10000.00\",\"op\":\">\"}},"
    "{\"id\":\"p.two\",\"scope\":\"venue\"}]}";

static bool equals(struct span text, const char *wanted)
{
    return span_equal(text, span_of_text(wanted));
}

static void pack_text_finds_what_people_read(void **state)
{
    (void)state;
    assert_null(pack_text_read(span_of_text(good), &pack));
    assert_true(equals(pack.id, "p-1") && pack.version == 3 && pack.rules_count == 2);
    assert_true(equals(pack.title[LANGUAGE_EN], "A \"title\""));
    assert_true(equals(pack.title[LANGUAGE_FR], "Un titre"));
    assert_true(pack.is_uncertain && equals(pack.effective_from, "2022-04-09"));
    assert_true(pack.effective_until.size == 0 && pack.published.size == 0);
    const struct pack_rule_text *rule = &pack.rules[0];
    assert_true(equals(rule->id, "p.one") && equals(rule->explain[LANGUAGE_EN], "First\nsecond"));
    assert_true(!rule->is_neutral && rule->scope == PACK_SCOPE_PERSON);
    assert_true(rule->has_threshold && equals(rule->amount, "10000.00"));
    assert_true(equals(rule->evidence, "residence") && rule->evidence_days == 14);
    assert_int_equal(rule->cites_count, 2);
    assert_true(equals(rule->cites[0].source, "eu-833-2014"));
    assert_true(equals(rule->cites[0].paragraph, "2") && rule->cites[1].paragraph.size == 0);
    assert_true(pack.rules[1].is_neutral && pack.rules[1].scope == PACK_SCOPE_VENUE);
}

static void pack_text_finds_duties(void **state)
{
    (void)state;
    assert_null(pack_text_read(span_of_text(good), &pack));
    assert_int_equal(pack.duties_count, 4);
    const struct pack_duty *duties = pack.duties;
    assert_true(duties[0].kind == PACK_DUTY_REPORT_AFTER && duties[0].days == 10);
    assert_true(equals(duties[0].what, "ofac") && !duties[0].is_interim);
    assert_true(duties[1].kind == PACK_DUTY_REPORT_YEARLY && duties[1].due_month == 9 &&
                duties[1].due_day == 30 && duties[1].as_of_month == 6 && duties[1].as_of_day == 30);
    assert_true(duties[2].kind == PACK_DUTY_CLOSE && duties[2].days == 0);
    assert_true(duties[3].kind == PACK_DUTY_EVIDENCE && duties[3].is_interim &&
                duties[3].days == 14 && duties[3].rule == 0);
}

static void pack_text_refuses_each_cut(void **state)
{
    (void)state;
    for (size_t size = 0; size + 1 < sizeof(good); size += 1) {
        assert_non_null(pack_text_read(span_of(good, size), &pack));
    }
}

static void pack_text_refuses_what_is_no_pack(void **state)
{
    static const char *const wrong[] = {
        "[]",
        "{}",
        "{\"pack\":{\"id\":\"a\"},\"rules\":[]}",
        "{\"pack\":{\"id\":\"\"},\"rules\":[{\"id\":\"r\"}]}",
        "{\"pack\":{\"id\":\"a\"},\"rules\":[{\"scope\":\"person\"}]}",
        "{\"pack\":{\"id\":1},\"rules\":[{\"id\":\"r\"}]}",
        "{\"pack\":{\"id\":\"a\",\"version\":\"x\"},\"rules\":[{\"id\":\"r\"}]}",
        "{\"pack\":{\"id\":\"a\",\"title\":\"t\"},\"rules\":[{\"id\":\"r\"}]}",
        "{\"pack\":{\"id\":\"a\"},\"rules\":[{\"id\":\"r\",\"actions\":[{\"report\":\"x\","
        "\"due\":\"09-31\"}]}]}",
        "{\"pack\":{\"id\":\"a\"},\"rules\":[{\"id\":\"r\",\"actions\":[{\"report\":\"x\","
        "\"due\":\"13-01\",\"as_of\":\"01-01\"}]}]}",
        "{\"pack\":{\"id\":\"a\"},\"rules\":[{\"id\":\"r\"}]} {}",
    };
    (void)state;
    assert_null(pack_text_read(span_of_text("{\"pack\":{\"id\":\"a\"},\"rules\":[{\"id\":\"r\"}]}"),
                               &pack));
    for (u32 i = 0; i < ARRAY_COUNT(wrong); i += 1) {
        assert_non_null(pack_text_read(span_of_text(wrong[i]), &pack));
    }
}

/* A pack with so many of one thing. */
static const char *read_many(const char *before, const char *each, const char *after, u32 count)
{
    static char text[PACK_TEXT_JSON_MAX + 1];
    size_t used = (size_t)snprintf(text, sizeof(text), "%s", before);
    for (u32 i = 0; i < count; i += 1) {
        used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s", i > 0 ? "," : "", each);
    }
    used += (size_t)snprintf(text + used, sizeof(text) - used, "%s", after);
    assert_true(used < sizeof(text));
    return pack_text_read(span_of(text, used), &pack);
}

static void pack_text_keeps_to_its_bounds(void **state)
{
    static char long_text[PACK_TEXT_BYTES_MAX / PACK_TEXT_DUTIES_MAX + 1];
    static char duty[sizeof(long_text) + 32];
    (void)state;
    const char *head = "{\"pack\":{\"id\":\"a\"},\"rules\":[";
    assert_null(read_many(head, "{\"id\":\"r\"}", "]}", PACK_TEXT_RULES_MAX));
    assert_non_null(read_many(head, "{\"id\":\"r\"}", "]}", PACK_TEXT_RULES_MAX + 1));
    head = "{\"pack\":{\"id\":\"a\"},\"rules\":[{\"id\":\"r\",\"actions\":[";
    assert_null(read_many(head, "{\"report\":\"x\"}", "]}]}", PACK_TEXT_DUTIES_MAX));
    assert_non_null(read_many(head, "{\"report\":\"x\"}", "]}]}", PACK_TEXT_DUTIES_MAX + 1));
    head = "{\"pack\":{\"id\":\"a\"},\"rules\":[{\"id\":\"r\",\"cite\":[";
    assert_null(read_many(head, "{\"source\":\"s\"}", "]}]}", PACK_TEXT_CITES_MAX + 1));
    assert_int_equal(pack.rules[0].cites_count, PACK_TEXT_CITES_MAX);
    memset(long_text, 'x', sizeof(long_text) - 1);
    head = "{\"pack\":{\"id\":\"a\"},\"rules\":[{\"id\":\"r\",\"actions\":[";
    (void)snprintf(duty, sizeof(duty), "{\"report\":\"%.1500s\"}", long_text);
    assert_null(read_many(head, duty, "]}]}", PACK_TEXT_DUTIES_MAX));
    (void)snprintf(duty, sizeof(duty), "{\"report\":\"%s\"}", long_text);
    assert_non_null(read_many(head, duty, "]}]}", PACK_TEXT_DUTIES_MAX));
}

static void pack_act_title_names_the_acts(void **state)
{
    (void)state;
    assert_true(equals(pack_act_title(span_of_text("eu-833-2014"), LANGUAGE_EN),
                       "Council Regulation (EU) No 833/2014"));
    assert_false(equals(pack_act_title(span_of_text("eu-833-2014"), LANGUAGE_FR),
                        "Council Regulation (EU) No 833/2014"));
    assert_true(equals(pack_act_title(span_of_text("none-such"), LANGUAGE_EN), "none-such"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pack_text_finds_what_people_read),
        cmocka_unit_test(pack_text_finds_duties),
        cmocka_unit_test(pack_text_refuses_each_cut),
        cmocka_unit_test(pack_text_refuses_what_is_no_pack),
        cmocka_unit_test(pack_text_keeps_to_its_bounds),
        cmocka_unit_test(pack_act_title_names_the_acts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
