/* Command lines: refused with a text, or every value is what its table allows. The first byte
 * chooses the subcommand; what follows are its arguments, one a line. */
#include "app/cli.h"
#include "base/check.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

enum { TEXT_BYTES = 4096, ARGUMENTS_MAX = 100 };

static void check_value(const struct option *option, const struct option_value *value)
{
    switch (option->kind) {
    case OPTION_FLAG:
        return;
    case OPTION_TEXT:
        CHECK(!value->given || value->text[0] != 0);
        return;
    case OPTION_NUMBER:
        CHECK(!value->given ||
              (value->number >= option->minimum && value->number <= option->maximum));
        return;
    case OPTION_RANGE:
        CHECK(!value->given || (value->number >= option->minimum && value->number <= value->high &&
                                value->high <= option->maximum));
        return;
    case OPTION_CHOICE:
        CHECK(!value->given || strstr(option->value, value->text) != NULL);
        return;
    }
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    static char text[TEXT_BYTES + 1];
    const char *arguments[ARGUMENTS_MAX];
    int count = 0;
    if (size < 1 || size > TEXT_BYTES) {
        return 0;
    }
    u32 subcommands = 0;
    while (cli_subcommands[subcommands] != NULL) {
        subcommands += 1;
    }
    const struct subcommand *subcommand = cli_subcommands[data[0] % subcommands];
    memcpy(text, data + 1, size - 1);
    text[size - 1] = 0;
    for (char *line = text; line != NULL && count < ARGUMENTS_MAX; count += 1) {
        char *end = strchr(line, '\n');
        if (end != NULL) {
            *end = 0;
        }
        arguments[count] = line;
        line = end != NULL ? end + 1 : NULL;
    }
    struct option_call call;
    bool help = false;
    enum fault fault = options_parse(subcommand, count, arguments, &call, &help);
    if (fault != FAULT_NONE) {
        CHECK(fault == FAULT_USAGE && fault_text()[0] != 0);
        return 0;
    }
    CHECK(call.operands_count <= subcommand->operands_max);
    CHECK(help || call.operands_count >= subcommand->operands_min);
    for (u32 i = 0; i < subcommand->options_count; i += 1) {
        check_value(&subcommand->options[i], &call.values[i]);
    }
    return 0;
}
