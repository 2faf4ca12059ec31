/* Aim: figures are printed exactly, without floating point, and never beyond their memory. Method:
 * examples and the largest numbers. */
#include "app/cli.h"

#include "app/manual.h"
#include "tests/support/test.h"

#include <stdlib.h>
#include <string.h>

static void counts_have_separators(void **state)
{
    (void)state;
    char text[CLI_COUNT_BYTES];
    assert_string_equal(cli_count(0, text), "0");
    assert_string_equal(cli_count(999, text), "999");
    assert_string_equal(cli_count(1000, text), "1,000");
    assert_string_equal(cli_count(12345678, text), "12,345,678");
    assert_string_equal(cli_count(UINT64_MAX, text), "18,446,744,073,709,551,615");
}

static void ratios_are_cut_not_rounded(void **state)
{
    (void)state;
    char text[CLI_COUNT_BYTES];
    assert_string_equal(cli_ratio(2, 3, 3, text), "0.666");
    assert_string_equal(cli_ratio(10, 4, 1, text), "2.5");
    assert_string_equal(cli_ratio(7, 0, 1, text), "-");
    assert_string_equal(cli_ratio(UINT64_MAX, 1, 6, text), "-");
    assert_string_equal(cli_ratio(UINT64_MAX, 1, 0, text), "18446744073709551615");
    assert_string_equal(cli_percent(1, 3, text), "33.333 %");
    assert_string_equal(cli_percent(1000, 1000, text), "100.000 %");
    assert_string_equal(cli_percent(0, 0, text), "- %");
}

static void hashes_have_sixty_four_digits(void **state)
{
    (void)state;
    u8 hash[32];
    for (u32 i = 0; i < 32; i += 1) {
        hash[i] = (u8)(i * 8);
    }
    char text[CLI_HASH_BYTES];
    assert_string_equal(cli_hash(hash, text),
                        "0008101820283038404850586068707880889098a0a8b0b8c0c8d0d8e0e8f0f8");
}

/* Tables that contradict themselves would only be noticed when somebody asks. */
static void every_table_is_whole(void **state)
{
    (void)state;
    for (u32 i = 0; cli_subcommands[i] != NULL; i += 1) {
        const struct subcommand *subcommand = cli_subcommands[i];
        assert_non_null(subcommand->run);
        assert_non_null(subcommand->summary);
        const char *operands[] = {"a", "b"};
        struct option_call call;
        bool help = false;
        assert_true(subcommand->operands_min <= 2);
        assert_int_equal(
            options_parse(subcommand, (int)subcommand->operands_min, operands, &call, &help),
            FAULT_NONE);
        for (u32 j = 0; j < subcommand->options_count; j += 1) {
            const struct option *option = &subcommand->options[j];
            assert_non_null(option->name);
            assert_non_null(option->help);
            assert_int_equal(option->value == NULL, option->kind == OPTION_FLAG);
            assert_true(option->help[strlen(option->help) - 1] == '.');
        }
    }
}

static void manual_pages_escape_what_mdoc_would_read(void **state)
{
    (void)state;
    static const char *const paragraphs[] = {"A sentence. Another\\one 'quoted' .Pp", NULL};
    static const struct subcommand odd = {.name = "odd", .summary = "is odd", .text = paragraphs};
    char *text = NULL;
    size_t size = 0;
    FILE *target = open_memstream(&text, &size);
    assert_non_null(target);
    manual_print(&odd, target);
    assert_int_equal(fclose(target), 0);
    assert_non_null(strstr(text, "A sentence.\nAnother\\eone 'quoted' .Pp\n"));
    assert_non_null(strstr(text, ".Nm cambist odd\n"));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_have_separators),
        cmocka_unit_test(ratios_are_cut_not_rounded),
        cmocka_unit_test(hashes_have_sixty_four_digits),
        cmocka_unit_test(every_table_is_whole),
        cmocka_unit_test(manual_pages_escape_what_mdoc_would_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
