/* Aim: a file of cases says what it means: a mistake in it names file, line and key; what a pack
 * says otherwise than the case is counted and told, and nothing else is; and the cases of rules/
 * hold.
 *
 * Method: files written into a folder of the test, beside a shipped pack; one word is changed at a
 * time. */
#include "app/rule_case.h"

#include "base/span.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct rule_case_suite suite;
static char folder[64];
static char told[4096];

static const char good[] = "title: a case\n"
                           "packs: [notice.yaml]\n"
                           "persons:\n"
                           "  one:\n"
                           "    facts:\n"
                           "      - {kind: natural}\n"
                           "      - {residence: RU, verified: proof_of_address}\n"
                           "      - {nationality: RU}\n"
                           "steps:\n"
                           "  - person: one\n"
                           "    at: 2022-04-22\n"
                           "    holdings: \"10000.01\"\n"
                           "    expect:\n"
                           "      - {pack: venue-notice-ru, version: \"1\", vector: "
                           "[withdraw_only], truth: \"yes\", reasons: [], missing: []}\n";

static void put(const char *name, const char *text, size_t size)
{
    char path[FILE_PATH_BYTES];
    assert_int_equal(file_path(path, folder, name), FAULT_NONE);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

static int begin(void **state)
{
    static char pack[65536];
    (void)state;
    (void)snprintf(folder, sizeof(folder), "/tmp/cambist-case-XXXXXX");
    assert_non_null(mkdtemp(folder));
    FILE *file = fopen("rules/venue-notice-ru.v1.yaml", "rb");
    assert_non_null(file);
    size_t size = fread(pack, 1, sizeof(pack), file);
    assert_int_equal(fclose(file), 0);
    put("notice.yaml", pack, size);
    return 0;
}

static int finish(void **state)
{
    (void)state;
    static const char *const names[] = {"notice.yaml", "case.yaml"};
    for (u32 i = 0; i < ARRAY_COUNT(names); i += 1) {
        char path[FILE_PATH_BYTES];
        assert_int_equal(file_path(path, folder, names[i]), FAULT_NONE);
        (void)unlink(path);
    }
    (void)rmdir(folder);
    return 0;
}

/* Runs the good case with one piece of it put otherwise. */
static enum fault run_with(const char *old, const char *other)
{
    static char text[8192];
    char path[FILE_PATH_BYTES];
    const char *place = strstr(good, old);
    assert_non_null(place);
    int size = snprintf(text, sizeof(text), "%.*s%s%s", (int)(place - good), good, other,
                        place + strlen(old));
    assert_true(size > 0 && (size_t)size < sizeof(text));
    put("case.yaml", text, (size_t)size);
    assert_int_equal(file_path(path, folder, "case.yaml"), FAULT_NONE);
    memset(&suite, 0, sizeof(suite));
    memset(told, 0, sizeof(told));
    suite.failures = fmemopen(told, sizeof(told), "w");
    assert_non_null(suite.failures);
    enum fault fault = rule_case_run(&suite, path);
    assert_int_equal(fclose(suite.failures), 0);
    return fault;
}

static void refuses(const char *old, const char *other, const char *reason)
{
    assert_int_equal(run_with(old, other), FAULT_INPUT);
    if (strstr(fault_text(), reason) == NULL) {
        fail_msg("%s: not \"%s\"", fault_text(), reason);
    }
    assert_non_null(strstr(fault_text(), "case.yaml:"));
    fault_forget();
}

static void a_good_case_holds(void **state)
{
    (void)state;
    assert_int_equal(run_with("one", "one"), FAULT_NONE);
    assert_int_equal(suite.failed, 0);
    assert_int_equal(suite.expectations, 4);
    assert_int_equal(suite.steps, 1);
    assert_string_equal(told, "");
    assert_true(suite.packs[0].fired[0]);
    assert_false(suite.packs[0].spared[0]);
}

static void what_does_not_hold_is_told(void **state)
{
    (void)state;
    assert_int_equal(run_with("10000.01", "10000.00"), FAULT_NONE);
    assert_int_equal(suite.failed, 2);
    assert_non_null(strstr(told, "case.yaml:14: steps[0].expect[0].vector: it is nothing, and not "
                                 "trade refuse, place refuse, deposit hold"));
    assert_non_null(strstr(told, "steps[0].expect[0].truth: it is no\n"));
    assert_true(suite.packs[0].spared[0]);
    assert_int_equal(run_with("nationality: RU", "nationality: FR"), FAULT_NONE);
    assert_int_equal(suite.failed, 0); /* who lives in Russia is concerned anyway */
    assert_int_equal(run_with("residence: RU", "residence: FR"), FAULT_NONE);
    assert_int_equal(suite.failed, 2);
    assert_int_equal(run_with("reasons: []", "reasons: [price]"), FAULT_NONE);
    assert_int_equal(suite.failed, 1);
    assert_non_null(strstr(told, "reasons: the reasons are none"));
    assert_int_equal(run_with("missing: []", "missing: [residence]"), FAULT_NONE);
    assert_int_equal(suite.failed, 1);
}

static void mistakes_are_refused(void **state)
{
    (void)state;
    refuses("title", "titel", ":1: titel: unknown key");
    refuses("person: one", "person: two", "steps[0].person: persons does not name it");
    refuses("\"1\"", "\"2\"", "expect[0].pack: packs does not name version 2 of it");
    refuses("at: 2022-04-22", "at: 2022-02-30", "steps[0].at: \"2022-02-30\" is not a day");
    refuses("residence: RU", "residence: Russia", "facts[1].residence: a country");
    refuses("residence: RU, ", "residence: RU, kind: natural, ", "facts[1]: one fact is wanted");
    refuses("verified: proof_of_address", "verified: hearsay", "is none of document");
    refuses("{kind: natural}", "{kind: bird}", "is none of natural, legal");
    refuses("[withdraw_only]", "[gag]", "expect[0].vector[0]: \"gag\" is none of");
    refuses("[withdraw_only]", "[{wind_down: x, days: 3}]", "only restrictions may stand here");
    refuses("\"10000.01\"", "\"ten\"", "steps[0].holdings: \"ten\" is not a number");
    refuses("natural}", "natural, from: 2022-04-22, until: 2022-04-22}",
            "an interval that is empty");
    refuses("truth: \"yes\"", "rule: other", "expect[0].rule: the pack has no such rule");
    refuses("truth: \"yes\"", "truth: maybe", "is none of no, unknown, yes");
    refuses("    holdings", "    movement: {licence: none}\n    holdings",
            "movement.licence: there is no such licence here");
    assert_int_equal(run_with("notice.yaml", "nothing.yaml"), FAULT_MISSING);
    fault_forget();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_case_holds),
        cmocka_unit_test(what_does_not_hold_is_told),
        cmocka_unit_test(mistakes_are_refused),
    };
    return cmocka_run_group_tests_name("rule_case", tests, begin, finish);
}
