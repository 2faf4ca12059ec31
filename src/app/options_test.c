/* Aim: the parser says exactly what is wrong, takes every form that the help promises, and its
 * defaults and help come from the same table. Method: one made-up subcommand, many command lines.
 */
#include "app/options.h"

#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_BATCH, FIRST_FILE, FIRST_JSON, FIRST_MODE, FIRST_SEEDS, FIRST_LIST };

static const struct option options[] = {
    [FIRST_BATCH] = {.name = "batch",
                     .kind = OPTION_NUMBER,
                     .value = "N",
                     .minimum = 1,
                     .maximum = 65536,
                     .otherwise = "1024",
                     .help = "Commands per batch."},
    [FIRST_FILE] = {.name = "file", .kind = OPTION_TEXT, .value = "FILE", .help = "A file."},
    [FIRST_JSON] = {.name = "json", .help = "For machines."},
    [FIRST_MODE] = {.name = "mode",
                    .kind = OPTION_CHOICE,
                    .value = "slow|fast|safe",
                    .help = "How."},
    [FIRST_SEEDS] = {.name = "seeds",
                     .kind = OPTION_RANGE,
                     .value = "A..B",
                     .minimum = 0,
                     .maximum = 1000,
                     .otherwise = "1..10",
                     .help = "Which."},
    [FIRST_LIST] = {.name = "list",
                    .kind = OPTION_TEXT,
                    .value = "FILE",
                    .help = "One or more.",
                    .repeats = true},
};

static const struct option_example examples[] = {{"first --json", "An example."}, {NULL, NULL}};

static const struct subcommand first = {
    .name = "first",
    .summary = "is made up",
    .operands = "DIR [MORE]",
    .operands_min = 1,
    .operands_max = 2,
    .options = options,
    .options_count = ARRAY_COUNT(options),
    .examples = examples,
};

static struct option_call call;
static bool help;

/* Splits at spaces. */
static enum fault parse(const char *line)
{
    static char text[512];
    const char *words[32];
    int count = 0;
    (void)snprintf(text, sizeof(text), "%s", line);
    char *rest = NULL;
    for (char *word = strtok_r(text, " ", &rest); word != NULL; word = strtok_r(NULL, " ", &rest)) {
        words[count] = word;
        count += 1;
    }
    return options_parse(&first, count, words, &call, &help);
}

static void assert_refused(const char *line, const char *text)
{
    assert_int_equal(parse(line), FAULT_USAGE);
    assert_string_equal(fault_text(), text);
}

static void every_form_is_taken(void **state)
{
    (void)state;
    assert_int_equal(parse("dir --batch 7 --file=a=b --json --mode fast --seeds 3..9 more"),
                     FAULT_NONE);
    assert_false(help);
    assert_int_equal(call.values[FIRST_BATCH].number, 7);
    assert_string_equal(call.values[FIRST_FILE].text, "a=b");
    assert_true(call.values[FIRST_JSON].given);
    assert_int_equal(call.values[FIRST_MODE].number, 1);
    assert_int_equal(call.values[FIRST_SEEDS].number, 3);
    assert_int_equal(call.values[FIRST_SEEDS].high, 9);
    assert_int_equal(call.operands_count, 2);
    assert_string_equal(call.operands[0], "dir");
    assert_string_equal(call.operands[1], "more");
    assert_int_equal(parse("dir --seeds 5"), FAULT_NONE);
    assert_int_equal(call.values[FIRST_SEEDS].number, 5);
    assert_int_equal(call.values[FIRST_SEEDS].high, 5);
}

static void defaults_come_from_the_table(void **state)
{
    (void)state;
    assert_int_equal(parse("dir"), FAULT_NONE);
    assert_false(call.values[FIRST_BATCH].given);
    assert_int_equal(call.values[FIRST_BATCH].number, 1024);
    assert_int_equal(call.values[FIRST_SEEDS].high, 10);
    assert_null(call.values[FIRST_FILE].text);
    assert_false(call.values[FIRST_JSON].given);
}

static void assert_listed(const char *const *words)
{
    u32 count = 0;
    for (; words[count] != NULL; count += 1) {
        assert_string_equal(options_repeat(&call, FIRST_LIST, count), words[count]);
    }
    assert_null(options_repeat(&call, FIRST_LIST, count));
}

static void an_option_that_repeats_keeps_all_its_values(void **state)
{
    (void)state;
    assert_int_equal(parse("dir --list a b --json --list=c --list d -- e"), FAULT_NONE);
    assert_listed((const char *const[]){"a", "b", "c", "d", NULL});
    assert_string_equal(call.values[FIRST_LIST].text, "a");
    assert_int_equal(call.operands_count, 2);
    assert_string_equal(call.operands[1], "e");
    assert_int_equal(parse("--list=c dir"), FAULT_NONE);
    assert_listed((const char *const[]){"c", NULL});
    assert_int_equal(parse("dir"), FAULT_NONE);
    assert_listed((const char *const[]){NULL});
    assert_null(options_repeat(&call, FIRST_FILE, 0));
    assert_refused("d --list", "--list: the value (FILE) is missing");
    assert_refused("--list d", "DIR [MORE] is missing");
    assert_refused("d --list a --list=", "--list: the value (FILE) is empty");
}

static void no_more_values_than_the_bound(void **state)
{
    (void)state;
    const char *words[REPEATS_MAX + 3] = {"dir", "--list"};
    for (u32 i = 2; i < ARRAY_COUNT(words); i += 1) {
        words[i] = "x";
    }
    assert_int_equal(options_parse(&first, REPEATS_MAX + 2, words, &call, &help), FAULT_NONE);
    assert_int_equal(options_parse(&first, REPEATS_MAX + 3, words, &call, &help), FAULT_USAGE);
    assert_string_equal(fault_text(), "--list: more than 256 values");
}

static void options_end_at_two_dashes(void **state)
{
    (void)state;
    assert_int_equal(parse("-- --json -x"), FAULT_NONE);
    assert_false(call.values[FIRST_JSON].given);
    assert_string_equal(call.operands[0], "--json");
    assert_string_equal(call.operands[1], "-x");
    assert_int_equal(parse("-"), FAULT_NONE); /* a lone dash is an operand */
}

static void mistakes_are_named_exactly(void **state)
{
    (void)state;
    assert_refused("d --batch x", "--batch: \"x\" is not a number from 1 to 65536");
    assert_refused("d --batch 0", "--batch: \"0\" is not a number from 1 to 65536");
    assert_refused("d --batch 65537", "--batch: \"65537\" is not a number from 1 to 65536");
    assert_refused("d --batch 99999999999999999999",
                   "--batch: \"99999999999999999999\" is not a number from 1 to 65536");
    assert_refused("d --batch=", "--batch: \"\" is not a number from 1 to 65536");
    assert_refused("d --batch -1", "--batch: \"-1\" is not a number from 1 to 65536");
    assert_refused("d --batch", "--batch: the value (N) is missing");
    assert_refused("d --batch --json", "--batch: the value (N) is missing");
    assert_refused("d --json=yes", "--json: takes no value");
    assert_refused("d --json --json", "--json: given twice");
    assert_refused("d --file=", "--file: the value (FILE) is empty");
    assert_refused("d --mode quick", "--mode: \"quick\" is none of slow, fast, safe");
    assert_refused("d --mode fas", "--mode: \"fas\" is none of slow, fast, safe");
    assert_refused("d --seeds 9..3",
                   "--seeds: \"9..3\" is not a range A..B of numbers from 0 to 1000");
    assert_refused("d --seeds 1...3",
                   "--seeds: \"1...3\" is not a range A..B of numbers from 0 to 1000");
    assert_refused("d --seeds 1..1001",
                   "--seeds: \"1..1001\" is not a range A..B of numbers from 0 to 1000");
    assert_refused("--json", "DIR [MORE] is missing");
    assert_refused("a b c", "\"c\": one argument too many");
}

static void unknown_options_suggest_the_nearest(void **state)
{
    (void)state;
    assert_refused("d --bach 3", "--bach: unknown option; did you mean --batch?");
    assert_refused("d --btach=3", "--btach: unknown option; did you mean --batch?");
    assert_refused("d --jsno", "--jsno: unknown option; did you mean --json?");
    assert_refused("d --see 1..2", "--see: unknown option; did you mean --seeds?");
    assert_refused("d --hepl", "--hepl: unknown option; did you mean --help?");
    assert_refused("d --entirely-different",
                   "--entirely-different: unknown option; cambist first --help lists them");
    assert_refused("d -j", "-j: unknown option; cambist first --help lists them");
}

static void help_ends_the_reading(void **state)
{
    (void)state;
    assert_int_equal(parse("--help --nonsense"), FAULT_NONE);
    assert_true(help);
    assert_int_equal(parse("-h"), FAULT_NONE);
    assert_true(help);
}

static void help_shows_every_option_within_its_columns(void **state)
{
    (void)state;
    char *text = NULL;
    size_t size = 0;
    FILE *target = open_memstream(&text, &size);
    assert_non_null(target);
    options_print_help(&first, target);
    assert_int_equal(fclose(target), 0);
    for (u32 i = 0; i < ARRAY_COUNT(options); i += 1) {
        assert_non_null(strstr(text, options[i].name));
        assert_non_null(strstr(text, options[i].help));
    }
    assert_non_null(strstr(text, "usage: cambist first [option...] DIR [MORE]\n"));
    assert_non_null(strstr(text, "Commands per batch. Default: 1024."));
    assert_non_null(strstr(text, "--list FILE..."));
    assert_non_null(strstr(text, "cambist first --json\n"));
    char *rest = NULL;
    for (char *line = strtok_r(text, "\n", &rest); line != NULL;
         line = strtok_r(NULL, "\n", &rest)) {
        assert_true(strlen(line) <= 100);
    }
    free(text);
}

static void nearest_wants_a_near_word(void **state)
{
    (void)state;
    static const char *const words[] = {"replay", "repair", "verify"};
    assert_string_equal(options_nearest("replya", words, 3), "replay");
    assert_string_equal(options_nearest("ver", words, 3), "verify");
    assert_null(options_nearest("x", words, 3));
    assert_null(options_nearest("dump", words, 3));
    char longer[100];
    memset(longer, 'r', sizeof(longer) - 1);
    longer[sizeof(longer) - 1] = 0;
    assert_null(options_nearest(longer, words, 3));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_form_is_taken),
        cmocka_unit_test(defaults_come_from_the_table),
        cmocka_unit_test(an_option_that_repeats_keeps_all_its_values),
        cmocka_unit_test(no_more_values_than_the_bound),
        cmocka_unit_test(options_end_at_two_dashes),
        cmocka_unit_test(mistakes_are_named_exactly),
        cmocka_unit_test(unknown_options_suggest_the_nearest),
        cmocka_unit_test(help_ends_the_reading),
        cmocka_unit_test(help_shows_every_option_within_its_columns),
        cmocka_unit_test(nearest_wants_a_near_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
