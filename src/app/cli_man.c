#include "app/cli.h"
#include "app/manual.h"
#include "io/file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { MAN_WRITE };

static const struct option options[] = {
    [MAN_WRITE] = {.name = "write",
                   .kind = OPTION_TEXT,
                   .value = "DIR",
                   .help = "Writes all pages into this folder, which must exist."},
};

static enum fault write_page(const char *folder, const struct subcommand *subcommand)
{
    char name[MANUAL_NAME_BYTES];
    char path[FILE_PATH_BYTES];
    manual_name(subcommand, name);
    TRY(file_path(path, folder, name));
    FILE *file = fopen(path, "w");
    if (file == NULL) {
        return FAULT_ERRNO(errno, "%s", path);
    }
    manual_print(subcommand, file);
    bool whole = ferror(file) == 0;
    if (fclose(file) != 0 || !whole) {
        return FAULT_ERRNO(errno, "%s", path);
    }
    return FAULT_NONE;
}

static enum fault write_pages(const char *folder)
{
    TRY(write_page(folder, NULL));
    for (u32 i = 0; cli_subcommands[i] != NULL; i += 1) {
        TRY(write_page(folder, cli_subcommands[i]));
    }
    return FAULT_NONE;
}

static enum fault print_page(const char *name)
{
    if (name == NULL) {
        manual_print(NULL, stdout);
        return FAULT_NONE;
    }
    for (u32 i = 0; cli_subcommands[i] != NULL; i += 1) {
        if (strcmp(cli_subcommands[i]->name, name) == 0) {
            manual_print(cli_subcommands[i], stdout);
            return FAULT_NONE;
        }
    }
    return FAULT(FAULT_USAGE, "\"%s\": there is no such command", name);
}

static int run(const struct option_call *call)
{
    const struct option_value *folder = &call->values[MAN_WRITE];
    enum fault fault = FAULT_NONE;
    if (folder->given && call->operands_count > 0) {
        fault = FAULT(FAULT_USAGE, "\"%s\": --write writes all pages", call->operands[0]);
    } else if (folder->given) {
        fault = write_pages(folder->text);
    } else {
        fault = print_page(call->operands_count > 0 ? call->operands[0] : NULL);
    }
    return fault == FAULT_NONE ? EXIT_SUCCESS : cli_fail(call->subcommand, fault);
}

static const char *const text[] = {
    "Prints the manual page of a command, or of cambist itself, in mdoc: pipe it into man -l -, or "
    "write all pages into a folder. They come from the tables that read the command line.",
    NULL,
};

static const struct option_example examples[] = {
    {"man replay | man -l -", "Reads the page of one command."},
    {"man --write build", "Writes all pages."},
    {NULL, NULL},
};

const struct subcommand cli_man = {
    .name = "man",
    .summary = "prints the manual pages",
    .operands = "[COMMAND]",
    .operands_max = 1,
    .options = options,
    .options_count = ARRAY_COUNT(options),
    .text = text,
    .examples = examples,
    .run = run,
};
