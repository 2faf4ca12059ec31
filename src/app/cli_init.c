#include "app/cli.h"
#include "app/serve.h"
#include "io/file.h"

#include <stdlib.h>

static int run(const struct option_call *call)
{
    enum fault fault = disk_make_folder(disk_real(), call->operands[0]);
    if (fault == FAULT_NONE) {
        fault = serve_begin(call->operands[0]);
    }
    if (fault != FAULT_NONE) {
        return cli_fail(call->subcommand, fault);
    }
    cli_line("an empty venue", "%s", call->operands[0]);
    return EXIT_SUCCESS;
}

static const char *const text[] = {
    "Begins an empty venue in a data folder that holds none, and ends: what cambist serve --new does "
    "before it starts. The folder is made if it is not there; the one above it must be.",
    NULL,
};

static const struct option_example examples[] = {
    {"init /var/lib/cambist", "Begins the venue that cambist serve then goes on with."},
    {NULL, NULL},
};

const struct subcommand cli_init = {
    .name = "init",
    .summary = "begins an empty venue",
    .operands = "DIR",
    .operands_min = 1,
    .operands_max = 1,
    .text = text,
    .examples = examples,
    .run = run,
};
