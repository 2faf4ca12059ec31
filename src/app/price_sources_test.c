/* Aim: a list is read as it is written, and every mistake has its line and reason. Method: examples
 * of both. */
#include "app/price_sources.h"

#include "base/span.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

static struct price_sources sources;

static void refuses(const char *text, const char *message)
{
    assert_int_equal(price_sources_read(span_of_text(text), "list", "/venue", &sources),
                     FAULT_CONFIG);
    assert_string_equal(fault_text(), message);
}

static void a_list_is_read(void **state)
{
    (void)state;
    static const char text[] = "# where prices come from\n"
                               "\n"
                               "desk file /var/desk/prices.txt\n"
                               "near file prices/near.txt\n"
                               "shop-2 command 30 5 /usr/bin/fetch --pair BTC\n"
                               "last command 1 1 /bin/true";
    if (price_sources_read(span_of_text(text), "list", "/venue", &sources) != FAULT_NONE) {
        fail_msg("%s", fault_text());
    }
    assert_int_equal(sources.count, 4);
    assert_int_equal(sources.commands_count, 2);
    assert_string_equal(sources.sources[0].name, "desk");
    assert_string_equal(sources.sources[0].path, "/var/desk/prices.txt");
    assert_string_equal(sources.sources[1].path, "/venue/prices/near.txt");
    assert_string_equal(sources.sources[2].path, "/venue/prices/shop-2.txt");
    const struct feed_command *command = &sources.commands[0];
    assert_int_equal(command->source, 2);
    assert_int_equal(command->every_s, 30);
    assert_int_equal(command->limit_s, 5);
    assert_int_equal(command->words, 3);
    assert_memory_equal(command->text, "/usr/bin/fetch\0--pair\0BTC\0", 26);
    assert_int_equal(price_sources_read(span_of_text(""), "list", "/venue", &sources), FAULT_NONE);
    assert_int_equal(sources.count, 0);
    assert_int_equal(price_sources_read_file("none", "/venue", &sources), FAULT_NONE);
    assert_int_equal(price_sources_read_file("no-such-list", "/venue", &sources), FAULT_MISSING);
}

static void mistakes_have_lines_and_reasons(void **state)
{
    (void)state;
    char text[8192] = "";
    refuses("a file\n", "list:1: NAME file PATH, or NAME command EVERY LIMIT PROGRAM, is wanted, "
                        "with one blank between words");
    refuses("# x\na  file b\n", "list:2: NAME file PATH, or NAME command EVERY LIMIT PROGRAM, is "
                                "wanted, with one blank between words");
    refuses("A file b\n", "list:1: NAME is 1 to 24 small letters, digits and -");
    refuses("a/b file b\n", "list:1: NAME is 1 to 24 small letters, digits and -");
    refuses("a file b c\n", "list:1: neither NAME file PATH nor NAME command EVERY LIMIT PROGRAM");
    refuses("a pipe b\n", "list:1: neither NAME file PATH nor NAME command EVERY LIMIT PROGRAM");
    refuses("a file b\na file c\n", "list:2: a source of this name was given before");
    refuses("a command 10 5\n", "list:1: NAME command EVERY LIMIT PROGRAM is wanted");
    refuses("a command 0 1 /x\n", "list:1: EVERY is 1 to 86400 seconds, and LIMIT is 1 to EVERY");
    refuses("a command 5 6 /x\n", "list:1: EVERY is 1 to 86400 seconds, and LIMIT is 1 to EVERY");
    refuses("a command 5 5s /x\n", "list:1: EVERY is 1 to 86400 seconds, and LIMIT is 1 to EVERY");
    refuses("a command 5 5 x\n", "list:1: PROGRAM is not an absolute path");
    for (u32 i = 0; i <= PRICE_SOURCES_MAX; i += 1) {
        size_t used = strlen(text);
        (void)snprintf(text + used, sizeof(text) - used, "s%u file f\n", i);
    }
    refuses(text, "list:17: more than 16 sources");
    memset(text, 'x', 6000);
    memcpy(text, "a file ", 7);
    text[6000] = 0;
    refuses(text, "list:1: longer than a line may be, or with a zero in it");
    text[700] = 0;
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
