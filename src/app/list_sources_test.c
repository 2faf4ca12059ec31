/* Aim: a list of lists is read as it says, and every mistake is one line with its place. Method: a
 * list by hand, and one for each mistake. */
#include "app/list_sources.h"

#include "base/span.h"
#include "tests/support/test.h"
#include "wire/code.h"

#include <stdio.h>
#include <string.h>

static struct list_sources sources;

static void refuses(const char *text, const char *message)
{
    assert_int_equal(list_sources_read(span_of_text(text), "list", "/venue", &sources),
                     FAULT_CONFIG);
    assert_string_equal(fault_text(), message);
}

static void a_list_is_read(void **state)
{
    (void)state;
    static const char text[] =
        "# what we watch\n"
        "\n"
        "ofac-sdn ofac-csv 24 file /var/lists/SDN.CSV ofac/ALT.CSV\n"
        "un auto 72 command 3600 120 /usr/bin/curl -fsS --remote-name-all https://un.invalid/x";
    if (list_sources_read(span_of_text(text), "list", "/venue", &sources) != FAULT_NONE) {
        fail_msg("%s", fault_text());
    }
    assert_int_equal(sources.count, 2);
    assert_int_equal(sources.commands_count, 1);
    const struct list_watch *watch = &sources.watches[0];
    assert_int_equal(watch->list, code_name_of(span_of_text("ofac-sdn")));
    assert_int_equal(watch->format, LIST_FORMAT_OFAC_CSV);
    assert_int_equal(watch->stale_after_us, 24 * LIST_HOUR_US);
    assert_false(watch->is_fetched);
    assert_int_equal(watch->paths_count, 2);
    assert_string_equal(watch->paths[0], "/var/lists/SDN.CSV");
    assert_string_equal(watch->paths[1], "/venue/ofac/ALT.CSV");
    watch = &sources.watches[1];
    assert_int_equal(watch->format, LIST_FORMAT_AUTO);
    assert_true(watch->is_fetched);
    const struct feed_command *command = &sources.commands[0];
    assert_int_equal(command->source, 1);
    assert_int_equal(command->every_s, 3600);
    assert_int_equal(command->limit_s, 120);
    assert_int_equal(command->words, 4);
    assert_string_equal(command->text, "/usr/bin/curl");
    assert_string_equal(command->text + strlen("/usr/bin/curl") + 1, "-fsS");
}

static void mistakes_have_lines_and_reasons(void **state)
{
    (void)state;
    static char text[8192];
    refuses("# x\na auto 1 file\n",
            "list:2: NAME FORMAT HOURS file PATH..., or NAME FORMAT HOURS command EVERY LIMIT "
            "PROGRAM, is wanted, with one blank between words");
    refuses("A auto 1 file b\n", "list:1: NAME is 1 to 12 small letters, digits and -");
    refuses("abcdefghijklm auto 1 file b\n", "list:1: NAME is 1 to 12 small letters, digits and -");
    refuses("a xls 1 file b\n", "list:1: no such FORMAT; auto tells it from the content");
    refuses("a auto 0 file b\n", "list:1: HOURS is 1 to 8760");
    refuses("a auto 8761 file b\n", "list:1: HOURS is 1 to 8760");
    refuses("a auto 1 pipe b\n", "list:1: neither file nor command behind HOURS");
    refuses("a auto 1 file b\na auto 1 file c\n", "list:2: a list of this name was given before");
    refuses("a auto 1 file 1 2 3 4 5 6 7 8 9\n", "list:1: more than 8 files");
    refuses("a auto 1 command 10 5\n", "list:1: NAME command EVERY LIMIT PROGRAM is wanted");
    refuses("a auto 1 command 10 5 x\n", "list:1: PROGRAM is not an absolute path");
    text[0] = 0;
    for (u32 i = 0; i <= LIST_WATCHES_MAX; i += 1) {
        size_t used = strlen(text);
        (void)snprintf(text + used, sizeof(text) - used, "s%u auto 1 file f\n", i);
    }
    refuses(text, "list:33: more than 32 lists");
    memset(text, 'x', 600);
    memcpy(text, "a auto 1 file ", 14);
    text[600] = 0;
    refuses(text, "list:1: the path is too long");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_is_read),
        cmocka_unit_test(mistakes_have_lines_and_reasons),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
