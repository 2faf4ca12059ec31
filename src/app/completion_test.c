/* Aim: every command, option and choice of the tables can be completed. Method: the script is
 * looked through for each; tests/e2e/completion_test.py runs it in bash. */
#include "app/completion.h"

#include "app/cli.h"
#include "tests/support/test.h"

#include <stdlib.h>
#include <string.h>

static void the_script_names_everything(void **state)
{
    (void)state;
    char *text = NULL;
    size_t size = 0;
    FILE *target = open_memstream(&text, &size);
    assert_non_null(target);
    completion_print_bash(target);
    assert_int_equal(fclose(target), 0);
    for (u32 i = 0; cli_subcommands[i] != NULL; i += 1) {
        const struct subcommand *subcommand = cli_subcommands[i];
        char wanted[256];
        (void)snprintf(wanted, sizeof(wanted), "        %s:-*) _cambist_words \"",
                       subcommand->name);
        const char *line = strstr(text, wanted);
        assert_non_null(line);
        for (u32 j = 0; j < subcommand->options_count; j += 1) {
            const struct option *option = &subcommand->options[j];
            (void)snprintf(wanted, sizeof(wanted), "--%s ", option->name);
            const char *found = strstr(line, wanted);
            assert_non_null(found);
            assert_true(found < strchr(line, '\n'));
            (void)snprintf(wanted, sizeof(wanted), "        %s:--%s) ", subcommand->name,
                           option->name);
            assert_int_equal(strstr(text, wanted) != NULL, option->kind != OPTION_FLAG);
        }
    }
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_script_names_everything),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
