#include "app/cli.h"
#include "app/cli_progress.h"
#include "app/dump.h"

#include <stdlib.h>

enum { DUMP_FROM, DUMP_COUNT, DUMP_COMMANDS, DUMP_EVENTS };

static const struct option options[] = {
    [DUMP_FROM] = {.name = "from",
                   .kind = OPTION_NUMBER,
                   .value = "N",
                   .minimum = 1,
                   .maximum = UINT64_MAX,
                   .otherwise = "1",
                   .help = "The first sequence number."},
    [DUMP_COUNT] = {.name = "count",
                    .kind = OPTION_NUMBER,
                    .value = "N",
                    .minimum = 1,
                    .maximum = UINT64_MAX,
                    .help = "How many sequence numbers. Without it all that follow."},
    [DUMP_COMMANDS] = {.name = "commands", .help = "Prints commands alone."},
    [DUMP_EVENTS] = {.name = "events", .help = "Prints events alone."},
};

static int run(const struct option_call *call)
{
    struct cli_recovery line;
    cli_recovery_init(&line, "reading");
    bool commands = call->values[DUMP_COMMANDS].given;
    bool events = call->values[DUMP_EVENTS].given;
    struct dump_options dump = {
        .folder = call->operands[0],
        .seq_from = call->values[DUMP_FROM].number,
        .count = call->values[DUMP_COUNT].given ? call->values[DUMP_COUNT].number : UINT64_MAX,
        .commands = commands || !events,
        .events = events || !commands,
        .target = stdout,
        .progress = &line.recovery};
    enum fault fault = dump_run(&dump);
    progress_end(&line.progress);
    return fault == FAULT_NONE ? EXIT_SUCCESS : cli_fail(call->subcommand, fault);
}

static const char *const text[] = {
    "Prints the journal of a data folder as JSON, one object a line: every command with its sequence "
    "number and time, followed by the events it caused. Amounts and prices are whole units as the "
    "journal holds them. Nothing is changed, and the venue may be running. Where the journal is "
    "damaged the lines end, and file and byte offset are told.",
    NULL,
};

static const struct option_example examples[] = {
    {"dump data --from 1000 --count 10", "Shows ten commands and what they did."},
    {"dump data --events | grep '\"trade\"'", "Shows every trade there ever was."},
    {NULL, NULL},
};

const struct subcommand cli_dump = {
    .name = "dump",
    .summary = "prints a journal as JSON lines",
    .operands = "DIR",
    .operands_min = 1,
    .operands_max = 1,
    .options = options,
    .options_count = ARRAY_COUNT(options),
    .text = text,
    .examples = examples,
    .run = run,
};
