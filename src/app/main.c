/* cambist: one binary; the first argument says which part of it is wanted. */
#include "app/cli.h"

#include <stdlib.h>
#include <string.h>

#define SUBCOMMANDS_MAX 32U

static void print_usage(FILE *target)
{
    (void)fputs("usage: cambist COMMAND [option...] [argument...]\n\n", target);
    for (u32 i = 0; cli_subcommands[i] != NULL; i += 1) {
        (void)fprintf(target, "  %-12s %s\n", cli_subcommands[i]->name,
                      cli_subcommands[i]->summary);
    }
    (void)fputs("\ncambist COMMAND --help says more; cambist man COMMAND shows the manual page.\n",
                target);
}

static const struct subcommand *find(const char *name)
{
    for (u32 i = 0; cli_subcommands[i] != NULL; i += 1) {
        if (strcmp(cli_subcommands[i]->name, name) == 0) {
            return cli_subcommands[i];
        }
    }
    return NULL;
}

static int unknown(const char *name)
{
    const char *names[SUBCOMMANDS_MAX];
    u32 count = 0;
    for (; count < SUBCOMMANDS_MAX && cli_subcommands[count] != NULL; count += 1) {
        names[count] = cli_subcommands[count]->name;
    }
    const char *nearest = options_nearest(name, names, count);
    if (nearest != NULL) {
        (void)fprintf(stderr, "cambist: \"%s\": unknown command; did you mean %s?\n", name,
                      nearest);
    } else {
        (void)fprintf(stderr, "cambist: \"%s\": unknown command; cambist --help lists them\n",
                      name);
    }
    return fault_exit_code(FAULT_USAGE);
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        print_usage(stderr);
        return fault_exit_code(FAULT_USAGE);
    }
    const char *name = argv[1];
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0) {
        print_usage(stdout);
        return EXIT_SUCCESS;
    }
    const struct subcommand *subcommand =
        strcmp(name, "--version") == 0 ? &cli_version : find(name);
    if (subcommand == NULL) {
        return unknown(name);
    }
    struct option_call call;
    bool help = false;
    enum fault fault =
        options_parse(subcommand, argc - 2, (const char *const *)(argv + 2), &call, &help);
    if (fault != FAULT_NONE) {
        return cli_fail(subcommand, fault);
    }
    if (help) {
        options_print_help(subcommand, stdout);
        return EXIT_SUCCESS;
    }
    int code = subcommand->run(&call);
    if (fflush(stdout) != 0 && code == EXIT_SUCCESS) {
        fault = FAULT(FAULT_IO, "standard output cannot be written");
        return cli_fail(subcommand, fault);
    }
    return code;
}
