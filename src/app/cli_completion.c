#include "app/cli.h"
#include "app/completion.h"

#include <stdlib.h>
#include <string.h>

static int run(const struct option_call *call)
{
    if (strcmp(call->operands[0], "bash") != 0) {
        return cli_fail(call->subcommand,
                        FAULT(FAULT_USAGE, "\"%s\" is not bash", call->operands[0]));
    }
    completion_print_bash(stdout);
    return EXIT_SUCCESS;
}

static const char *const text[] = {
    "Prints a script that lets bash complete commands, options, choices and names of files. It comes "
    "from the tables that read the command line. A package installs it; without one, read it into the "
    "shell.",
    NULL,
};

static const struct option_example examples[] = {
    {"completion bash > ~/.local/share/bash-completion/completions/cambist",
     "Installs it for one user who has bash-completion."},
    {NULL, NULL},
};

const struct subcommand cli_completion = {
    .name = "completion",
    .summary = "prints the completion of the command line for bash",
    .operands = "bash",
    .operands_min = 1,
    .operands_max = 1,
    .text = text,
    .examples = examples,
    .run = run,
};
