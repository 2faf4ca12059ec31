#include "app/manual.h"

#include "app/cli.h"

#include <ctype.h>
#include <string.h>

#define MANUAL_DATE  "November 22, 2026"
#define TEXT_COLUMNS 78U

void manual_name(const struct subcommand *subcommand, char name_out[MANUAL_NAME_BYTES])
{
    (void)snprintf(name_out, MANUAL_NAME_BYTES, "cambist%s%s.1", subcommand != NULL ? "-" : "",
                   subcommand != NULL ? subcommand->name : "");
}

/* One word, with what mdoc would take for itself escaped. */
static void put_word(FILE *target, const char *word, size_t size, bool first)
{
    if (first && (word[0] == '.' || word[0] == '\'')) {
        (void)fputs("\\&", target);
    }
    for (size_t i = 0; i < size; i += 1) {
        if (word[i] == '\\') {
            (void)fputs("\\e", target);
        } else {
            (void)fputc(word[i], target);
        }
    }
}

/* Text in short lines, each sentence beginning on a line of its own. */
static void put_text(FILE *target, const char *text)
{
    size_t column = 0;
    while (*text != 0) {
        size_t size = strcspn(text, " ");
        if (column > 0 && column + 1 + size > TEXT_COLUMNS) {
            (void)fputc('\n', target);
            column = 0;
        } else if (column > 0) {
            (void)fputc(' ', target);
            column += 1;
        }
        put_word(target, text, size, column == 0);
        column += size;
        bool ends_sentence = strchr(".?!", text[size - 1]) != NULL;
        text += size;
        text += strspn(text, " ");
        if (ends_sentence && *text != 0) {
            (void)fputc('\n', target);
            column = 0;
        }
    }
    (void)fputc('\n', target);
}

static void put_head(FILE *target, const char *name, const char *suffix, const char *summary)
{
    (void)fprintf(target, ".Dd %s\n.Dt ", MANUAL_DATE);
    for (const char *c = name; *c != 0; c += 1) {
        (void)fputc(toupper((unsigned char)*c), target);
    }
    for (const char *c = suffix; *c != 0; c += 1) {
        (void)fputc(toupper((unsigned char)*c), target);
    }
    (void)fprintf(target, " 1\n.Os\n.Sh NAME\n.Nm %s%s\n.Nd %s\n", name, suffix, summary);
}

static void put_flag(FILE *target, const struct option *option)
{
    (void)fprintf(target, "Fl -%s", option->name);
    if (option->value != NULL) {
        (void)fprintf(target, " Ar %s%s", option->value, option->repeats ? " ..." : "");
    }
}

static void put_options(FILE *target, const struct subcommand *subcommand)
{
    (void)fputs(".Pp\nThe options are:\n.Bl -tag -width Ds\n", target);
    for (u32 i = 0; i < subcommand->options_count; i += 1) {
        const struct option *option = &subcommand->options[i];
        (void)fputs(".It ", target);
        put_flag(target, option);
        (void)fputc('\n', target);
        put_text(target, option->help);
        if (option->otherwise != NULL) {
            (void)fprintf(target, "Default: %s.\n", option->otherwise);
        }
        if (option->kind == OPTION_NUMBER && option->maximum == UINT64_MAX) {
            (void)fprintf(target, "A number of 64 bits, %llu or more.\n",
                          (unsigned long long)option->minimum);
        } else if (option->kind == OPTION_NUMBER) {
            (void)fprintf(target, "A number from %llu to %llu.\n",
                          (unsigned long long)option->minimum, (unsigned long long)option->maximum);
        }
    }
    (void)fputs(".It Fl -help\nShows a short help.\n.El\n", target);
}

static void put_exit_status(FILE *target)
{
#define EXIT_ROW(name, ...) FAULT_##name,
    static const enum fault faults[] = {FAULT_TABLE(EXIT_ROW)};
#undef EXIT_ROW
    (void)fputs(".Sh EXIT STATUS\n.Bl -tag -width Ds\n", target);
    for (u32 i = 0; i < ARRAY_COUNT(faults); i += 1) {
        (void)fprintf(target, ".It %d\n", fault_exit_code(faults[i]));
        put_text(target, faults[i] == FAULT_NONE ? "all went well" : fault_meaning(faults[i]));
    }
    (void)fputs(".It 134\n", target);
    put_text(target, "a fact about our own code did not hold: the process has stopped itself");
    (void)fputs(".El\n", target);
}

static void put_examples(FILE *target, const struct subcommand *subcommand)
{
    const struct option_example *example = subcommand->examples;
    if (example == NULL || example->command == NULL) {
        return;
    }
    (void)fputs(".Sh EXAMPLES\n", target);
    for (; example->command != NULL; example += 1) {
        put_text(target, example->what);
        (void)fprintf(target, ".Pp\n.Dl $ cambist %s\n%s", example->command,
                      example[1].command != NULL ? ".Pp\n" : "");
    }
}

static void put_subcommand(FILE *target, const struct subcommand *subcommand)
{
    put_head(target, "cambist-", subcommand->name, subcommand->summary);
    (void)fprintf(target, ".Sh SYNOPSIS\n.Nm cambist %s\n", subcommand->name);
    for (u32 i = 0; i < subcommand->options_count; i += 1) {
        /* A line that begins with the macro itself needs no brackets. */
        (void)fputs(subcommand->options[i].required ? "." : ".Op ", target);
        put_flag(target, &subcommand->options[i]);
        (void)fputc('\n', target);
    }
    if (subcommand->operands != NULL) {
        const char *operands = subcommand->operands;
        size_t size = strcspn(operands, "[].");
        bool optional = operands[0] == '[';
        (void)fprintf(target, "%s %.*s%s\n", optional ? ".Op Ar" : ".Ar",
                      (int)(optional ? strcspn(operands + 1, "[].") : size),
                      operands + (optional ? 1 : 0), strstr(operands, "...") != NULL ? " ..." : "");
    }
    (void)fputs(".Sh DESCRIPTION\n", target);
    for (u32 i = 0; subcommand->text != NULL && subcommand->text[i] != NULL; i += 1) {
        (void)fputs(i > 0 ? ".Pp\n" : "", target);
        put_text(target, subcommand->text[i]);
    }
    put_options(target, subcommand);
    put_exit_status(target);
    put_examples(target, subcommand);
    (void)fputs(".Sh SEE ALSO\n.Xr cambist 1\n", target);
}

static void put_whole(FILE *target)
{
    put_head(target, "cambist", "", "a complete exchange venue");
    (void)fputs(".Sh SYNOPSIS\n.Nm\n.Ar command\n.Op Ar option ...\n.Op Ar argument ...\n"
                ".Sh DESCRIPTION\n",
                target);
    put_text(target, "Cambist keeps customers' money exactly, matches their orders, and writes "
                     "everything that matters into one journal. The first argument says which part "
                     "of it is wanted:");
    (void)fputs(".Bl -tag -width Ds\n", target);
    for (u32 i = 0; cli_subcommands[i] != NULL; i += 1) {
        (void)fprintf(target, ".It Ic %s\n", cli_subcommands[i]->name);
        put_text(target, cli_subcommands[i]->summary);
    }
    (void)fputs(".El\n", target);
    put_exit_status(target);
    (void)fputs(".Sh SEE ALSO\n", target);
    const char *names[OPTIONS_MAX];
    u32 count = 0;
    for (; cli_subcommands[count] != NULL && count < ARRAY_COUNT(names); count += 1) {
        u32 place = count;
        for (; place > 0 && strcmp(names[place - 1], cli_subcommands[count]->name) > 0;
             place -= 1) {
            names[place] = names[place - 1];
        }
        names[place] = cli_subcommands[count]->name;
    }
    for (u32 i = 0; i < count; i += 1) {
        (void)fprintf(target, ".Xr cambist-%s 1%s\n", names[i], i + 1 < count ? " ," : "");
    }
}

void manual_print(const struct subcommand *subcommand, FILE *target)
{
    if (subcommand == NULL) {
        put_whole(target);
    } else {
        put_subcommand(target, subcommand);
    }
}
