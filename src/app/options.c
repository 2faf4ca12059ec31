#include "app/options.h"

#include "base/check.h"

#include <string.h>

#define HELP_COLUMN  26U /* where the help of an option begins */
#define HELP_COLUMNS 100U
#define WORD_BYTES   64U

/* ---- near words ---- */

static u32 smallest(u32 a, u32 b, u32 c)
{
    u32 least = a < b ? a : b;
    return least < c ? least : c;
}

/* How many letters must be changed, added, dropped or swapped with their neighbour. */
static u32 distance(const char *a, const char *b)
{
    size_t rows = strlen(a);
    size_t columns = strlen(b);
    if (rows >= WORD_BYTES || columns >= WORD_BYTES) {
        return UINT32_MAX;
    }
    u32 table[WORD_BYTES][WORD_BYTES];
    for (u32 i = 0; i <= rows; i += 1) {
        for (u32 j = 0; j <= columns; j += 1) {
            if (i == 0 || j == 0) {
                table[i][j] = i + j;
                continue;
            }
            u32 changed = table[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            table[i][j] = smallest(changed, table[i - 1][j] + 1, table[i][j - 1] + 1);
            bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (swapped && table[i - 2][j - 2] + 1 < table[i][j]) {
                table[i][j] = table[i - 2][j - 2] + 1;
            }
        }
    }
    return table[rows][columns];
}

const char *options_nearest(const char *given, const char *const *words, u32 count)
{
    const char *best = NULL;
    u32 best_distance = UINT32_MAX;
    for (u32 i = 0; i < count; i += 1) {
        bool begun = strlen(given) >= 3 && strncmp(given, words[i], strlen(given)) == 0;
        u32 away = begun ? 1 : distance(given, words[i]);
        if (away < best_distance) {
            best = words[i];
            best_distance = away;
        }
    }
    /* Two letters of a long word, one of a short one. */
    return best_distance <= (strlen(given) > 4 ? 2U : 1U) ? best : NULL;
}

/* ---- values ---- */

bool options_number(const char *text, u64 minimum, u64 maximum, u64 *number_out)
{
    u64 number = 0;
    if (text[0] == 0) {
        return false;
    }
    for (const char *digit = text; *digit != 0; digit += 1) {
        if (*digit < '0' || *digit > '9' || __builtin_mul_overflow(number, 10U, &number) ||
            __builtin_add_overflow(number, (u64)(*digit - '0'), &number)) {
            return false;
        }
    }
    *number_out = number;
    return number >= minimum && number <= maximum;
}

/* "A..B", or "A" for A..A. */
static bool read_range(const struct option *option, const char *text, struct option_value *value)
{
    char low[WORD_BYTES];
    const char *dots = strstr(text, "..");
    size_t size = dots != NULL ? (size_t)(dots - text) : strlen(text);
    if (size >= sizeof(low)) {
        return false;
    }
    memcpy(low, text, size);
    low[size] = 0;
    const char *high = dots != NULL ? dots + 2 : low;
    return options_number(low, option->minimum, option->maximum, &value->number) &&
           options_number(high, option->minimum, option->maximum, &value->high) &&
           value->number <= value->high;
}

/* The place of `text` among the words of "a|b|c". */
static bool read_choice(const char *words, const char *text, u64 *place_out)
{
    size_t size = strlen(text);
    u64 place = 0;
    for (const char *word = words; word != NULL; place += 1) {
        const char *end = strchr(word, '|');
        size_t word_size = end != NULL ? (size_t)(end - word) : strlen(word);
        if (word_size == size && memcmp(word, text, size) == 0) {
            *place_out = place;
            return true;
        }
        word = end != NULL ? end + 1 : NULL;
    }
    return false;
}

static enum fault no_choice(const struct option *option, const char *text)
{
    char words[256];
    size_t used = 0;
    for (const char *c = option->value; *c != 0 && used + 3 < sizeof(words); c += 1) {
        words[used] = *c == '|' ? ',' : *c;
        used += 1;
        if (*c == '|') {
            words[used] = ' ';
            used += 1;
        }
    }
    words[used] = 0;
    return FAULT(FAULT_USAGE, "--%s: \"%s\" is none of %s", option->name, text, words);
}

static enum fault read_value(const struct option *option, const char *text,
                             struct option_value *value)
{
    value->text = text;
    switch (option->kind) {
    case OPTION_FLAG:
        return FAULT_NONE;
    case OPTION_TEXT:
        if (text[0] == 0) {
            return FAULT(FAULT_USAGE, "--%s: the value (%s) is empty", option->name, option->value);
        }
        return FAULT_NONE;
    case OPTION_NUMBER:
        if (!options_number(text, option->minimum, option->maximum, &value->number)) {
            return FAULT(FAULT_USAGE, "--%s: \"%s\" is not a number from %llu to %llu",
                         option->name, text, (unsigned long long)option->minimum,
                         (unsigned long long)option->maximum);
        }
        return FAULT_NONE;
    case OPTION_RANGE:
        if (!read_range(option, text, value)) {
            return FAULT(FAULT_USAGE,
                         "--%s: \"%s\" is not a range A..B of numbers from %llu to %llu",
                         option->name, text, (unsigned long long)option->minimum,
                         (unsigned long long)option->maximum);
        }
        return FAULT_NONE;
    case OPTION_CHOICE:
        if (!read_choice(option->value, text, &value->number)) {
            return no_choice(option, text);
        }
        return FAULT_NONE;
    }
    return FAULT_NONE;
}

/* ---- the command line ---- */

static enum fault unknown_option(const struct subcommand *subcommand, const char *name, size_t size)
{
    char given[WORD_BYTES];
    const char *names[OPTIONS_MAX + 1];
    for (u32 i = 0; i < subcommand->options_count; i += 1) {
        names[i] = subcommand->options[i].name;
    }
    names[subcommand->options_count] = "help";
    const char *nearest = NULL;
    if (size < sizeof(given)) {
        memcpy(given, name, size);
        given[size] = 0;
        nearest = options_nearest(given, names, subcommand->options_count + 1);
    }
    if (nearest != NULL) {
        return FAULT(FAULT_USAGE, "--%.*s: unknown option; did you mean --%s?", (int)size, name,
                     nearest);
    }
    return FAULT(FAULT_USAGE, "--%.*s: unknown option; cambist %s --help lists them", (int)size,
                 name, subcommand->name);
}

static u32 find_option(const struct subcommand *subcommand, const char *name, size_t size)
{
    for (u32 i = 0; i < subcommand->options_count; i += 1) {
        const char *other = subcommand->options[i].name;
        if (strlen(other) == size && memcmp(other, name, size) == 0) {
            return i;
        }
    }
    return UINT32_MAX;
}

static enum fault keep_repeat(const struct option *option, struct option_call *call, u32 index,
                              const char *text)
{
    if (call->repeats_count == REPEATS_MAX) {
        return FAULT(FAULT_USAGE, "--%s: more than %u values", option->name, REPEATS_MAX);
    }
    struct option_value value = {.given = false};
    TRY(read_value(option, text, &value));
    call->repeats[call->repeats_count] = text;
    call->repeats_places[call->repeats_count] = index;
    call->repeats_count += 1;
    return FAULT_NONE;
}

/* An option that repeats: its first value was read; here all that stand there are kept. */
static enum fault keep_repeats(const struct option *option, int count, const char *const *arguments,
                               u32 index, struct option_call *call, int *used)
{
    TRY(keep_repeat(option, call, index, arguments[*used - 1]));
    while (*used < count && arguments[*used][0] != '-') {
        TRY(keep_repeat(option, call, index, arguments[*used]));
        *used += 1;
    }
    return FAULT_NONE;
}

/* One "--name", with its value behind "=" or in the next argument. *used_out: arguments consumed.
 */
static enum fault read_option(const struct subcommand *subcommand, int count,
                              const char *const *arguments, struct option_call *call, int *used_out)
{
    const char *name = arguments[0] + 2;
    const char *equals = strchr(name, '=');
    size_t size = equals != NULL ? (size_t)(equals - name) : strlen(name);
    u32 index = find_option(subcommand, name, size);
    if (index == UINT32_MAX) {
        return unknown_option(subcommand, name, size);
    }
    const struct option *option = &subcommand->options[index];
    struct option_value *value = &call->values[index];
    if (value->given && !option->repeats) {
        return FAULT(FAULT_USAGE, "--%s: given twice", option->name);
    }
    const char *text = equals != NULL ? equals + 1 : NULL;
    *used_out = 1;
    if (option->kind == OPTION_FLAG) {
        if (text != NULL) {
            return FAULT(FAULT_USAGE, "--%s: takes no value", option->name);
        }
        text = "";
    } else if (text == NULL) {
        if (count < 2 || strncmp(arguments[1], "--", 2) == 0) {
            return FAULT(FAULT_USAGE, "--%s: the value (%s) is missing", option->name,
                         option->value);
        }
        text = arguments[1];
        *used_out = 2;
    }
    if (!value->given) { /* of several the first */
        TRY(read_value(option, text, value));
        value->given = true;
    }
    if (option->repeats) {
        return equals != NULL ? keep_repeat(option, call, index, text)
                              : keep_repeats(option, count, arguments, index, call, used_out);
    }
    return FAULT_NONE;
}

const char *options_repeat(const struct option_call *call, u32 place, u32 which)
{
    for (u32 i = 0; i < call->repeats_count; i += 1) {
        if (call->repeats_places[i] == place) {
            if (which == 0) {
                return call->repeats[i];
            }
            which -= 1;
        }
    }
    return NULL;
}

static enum fault read_operand(const struct subcommand *subcommand, const char *text,
                               struct option_call *call)
{
    if (call->operands_count == subcommand->operands_max) {
        return FAULT(FAULT_USAGE, "\"%s\": %s", text,
                     subcommand->operands_max == 0 ? "no argument is expected here"
                                                   : "one argument too many");
    }
    call->operands[call->operands_count] = text;
    call->operands_count += 1;
    return FAULT_NONE;
}

static enum fault fill_in(const struct subcommand *subcommand, struct option_call *call)
{
    for (u32 i = 0; i < subcommand->options_count; i += 1) {
        const struct option *option = &subcommand->options[i];
        if (!call->values[i].given && option->otherwise != NULL) {
            /* A table whose default is no valid value is our own mistake. */
            CHECK(read_value(option, option->otherwise, &call->values[i]) == FAULT_NONE);
        }
    }
    if (call->operands_count < subcommand->operands_min) {
        return FAULT(FAULT_USAGE, "%s is missing", subcommand->operands);
    }
    return FAULT_NONE;
}

enum fault options_parse(const struct subcommand *subcommand, int count,
                         const char *const *arguments, struct option_call *call_out, bool *help_out)
{
    CHECK(subcommand->options_count <= OPTIONS_MAX && subcommand->operands_max <= OPERANDS_MAX);
    *call_out = (struct option_call){.subcommand = subcommand};
    *help_out = false;
    bool options_ended = false;
    for (int i = 0; i < count;) {
        const char *text = arguments[i];
        int used = 1;
        if (!options_ended && strcmp(text, "--") == 0) {
            options_ended = true;
        } else if (!options_ended && (strcmp(text, "--help") == 0 || strcmp(text, "-h") == 0)) {
            *help_out = true;
            return FAULT_NONE;
        } else if (!options_ended && strncmp(text, "--", 2) == 0) {
            TRY(read_option(subcommand, count - i, arguments + i, call_out, &used));
        } else if (!options_ended && text[0] == '-' && text[1] != 0) {
            return FAULT(FAULT_USAGE, "%s: unknown option; cambist %s --help lists them", text,
                         subcommand->name);
        } else {
            TRY(read_operand(subcommand, text, call_out));
        }
        i += used;
    }
    TRY(fill_in(subcommand, call_out));
    return FAULT_NONE;
}

/* ---- help ---- */

/* Writes words from column `column` on, beginning new lines at column `indent`. */
static void print_wrapped(FILE *target, const char *text, u32 column, u32 indent)
{
    bool first = true;
    while (*text != 0) {
        size_t size = strcspn(text, " ");
        if (!first && column + 1 + size > HELP_COLUMNS) {
            (void)fprintf(target, "\n%*s", (int)indent, "");
            column = indent;
        } else if (!first) {
            (void)fputc(' ', target);
            column += 1;
        }
        (void)fprintf(target, "%.*s", (int)size, text);
        column += (u32)size;
        first = false;
        text += size;
        text += strspn(text, " ");
    }
    (void)fputc('\n', target);
}

static void print_option(FILE *target, const struct option *option)
{
    int used = fprintf(target, "  --%s%s%s%s", option->name, option->value != NULL ? " " : "",
                       option->value != NULL ? option->value : "", option->repeats ? "..." : "");
    u32 column = used > 0 ? (u32)used : 0;
    if (column + 2 > HELP_COLUMN) {
        (void)fputc('\n', target);
        column = 0;
    }
    (void)fprintf(target, "%*s", (int)(HELP_COLUMN - column), "");
    char text[1024];
    if (option->otherwise != NULL) {
        (void)snprintf(text, sizeof(text), "%s Default: %s.", option->help, option->otherwise);
    } else {
        (void)snprintf(text, sizeof(text), "%s", option->help);
    }
    print_wrapped(target, text, HELP_COLUMN, HELP_COLUMN);
}

void options_print_help(const struct subcommand *subcommand, FILE *target)
{
    (void)fprintf(target, "usage: cambist %s", subcommand->name);
    for (u32 i = 0; i < subcommand->options_count; i += 1) {
        if (subcommand->options[i].required) {
            (void)fprintf(target, " --%s %s%s", subcommand->options[i].name,
                          subcommand->options[i].value,
                          subcommand->options[i].repeats ? "..." : "");
        }
    }
    (void)fprintf(target, "%s%s%s\n\ncambist %s - ",
                  subcommand->options_count > 0 ? " [option...]" : "",
                  subcommand->operands != NULL ? " " : "",
                  subcommand->operands != NULL ? subcommand->operands : "", subcommand->name);
    print_wrapped(target, subcommand->summary, 11 + (u32)strlen(subcommand->name), 2);
    for (u32 i = 0; subcommand->text != NULL && subcommand->text[i] != NULL; i += 1) {
        (void)fputc('\n', target);
        print_wrapped(target, subcommand->text[i], 0, 0);
    }
    (void)fputc('\n', target);
    for (u32 i = 0; i < subcommand->options_count; i += 1) {
        print_option(target, &subcommand->options[i]);
    }
    static const struct option help = {.name = "help", .help = "Shows this text."};
    print_option(target, &help);
    if (subcommand->examples != NULL && subcommand->examples[0].command != NULL) {
        (void)fputs("\nexamples:\n", target);
    }
    for (u32 i = 0; subcommand->examples != NULL && subcommand->examples[i].command != NULL;
         i += 1) {
        (void)fprintf(target, "  cambist %s\n      ", subcommand->examples[i].command);
        print_wrapped(target, subcommand->examples[i].what, 6, 6);
    }
}
