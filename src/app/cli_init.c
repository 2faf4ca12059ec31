#include "app/cli.h"
#include "app/serve.h"
#include "io/file.h"

#include <stdlib.h>

enum { INIT_ACCOUNTS, INIT_ORDERS };

static const struct option options[] = {
    [INIT_ACCOUNTS] = {.name = "accounts",
                       .kind = OPTION_NUMBER,
                       .value = "N",
                       .minimum = VENUE_ACCOUNTS_MIN,
                       .maximum = VENUE_ACCOUNTS_MAX,
                       .otherwise = "10000",
                       .help = "How many accounts and persons there is room for, with their "
                               "balances, keys and facts."},
    [INIT_ORDERS] = {.name = "orders",
                     .kind = OPTION_NUMBER,
                     .value = "N",
                     .minimum = VENUE_ORDERS_MIN,
                     .maximum = VENUE_ORDERS_MAX,
                     .otherwise = "200000",
                     .help = "How many orders may be open at one time."},
};

static int run(const struct option_call *call)
{
    struct venue_size size = {.accounts = (u32)call->values[INIT_ACCOUNTS].number,
                              .orders = (u32)call->values[INIT_ORDERS].number};
    enum fault fault = disk_make_folder(disk_real(), call->operands[0]);
    if (fault == FAULT_NONE) {
        fault = serve_begin(call->operands[0], size);
    }
    if (fault != FAULT_NONE) {
        return cli_fail(call->subcommand, fault);
    }
    cli_line("an empty venue", "%s", call->operands[0]);
    cli_line("accounts", "%u", size.accounts);
    cli_line("orders", "%u", size.orders);
    return EXIT_SUCCESS;
}

static const char *const text[] = {
    "Begins an empty venue in a data folder that holds none, and ends: what cambist serve --new does "
    "before it starts. The folder is made if it is not there; the one above it must be.",
    "How much there is room for is written into the journal and stays; every process takes the memory for it "
    "when it starts (docs/operating.md has figures).",
    NULL,
};

static const struct option_example examples[] = {
    {"init /var/lib/cambist", "Begins the venue that cambist serve then goes on with."},
    {"init data --accounts 1000000 --orders 2000000", "Begins a large one."},
    {NULL, NULL},
};

const struct subcommand cli_init = {
    .name = "init",
    .summary = "begins an empty venue",
    .operands = "DIR",
    .operands_min = 1,
    .operands_max = 1,
    .options = options,
    .options_count = ARRAY_COUNT(options),
    .text = text,
    .examples = examples,
    .run = run,
};
