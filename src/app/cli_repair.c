#include "app/cli.h"
#include "app/cli_progress.h"
#include "role/engine/repair.h"
#include "wire/schema.h"

#include <stdlib.h>

enum { REPAIR_VOID, REPAIR_REASON, REPAIR_JSON };

static const struct option options[] = {
    [REPAIR_VOID] = {.name = "void",
                     .kind = OPTION_NUMBER,
                     .required = true,
                     .value = "SEQ",
                     .minimum = 2,
                     .maximum = UINT64_MAX,
                     .help = "The sequence number of the command to skip. The start that refuses "
                             "(exit code 23) names it."},
    [REPAIR_REASON] = {.name = "reason",
                       .kind = OPTION_NUMBER,
                       .required = true,
                       .value = "CODE",
                       .minimum = 1,
                       .maximum = UINT32_MAX,
                       .help = "A number that says why: a case or ticket of yours. It stays in the "
                               "journal for ever."},
    [REPAIR_JSON] = {.name = "json", .help = "Ends with one line of JSON for machines."},
};

static const char *kind_name(u16 kind)
{
    bool known = kind < COMMAND_KIND_COUNT && wire_commands[kind].name != NULL;
    return known ? wire_commands[kind].name : "unknown";
}

static void print_json(const struct repair_result *result)
{
    char text[1024];
    struct json_writer writer;
    json_begin(&writer, text, sizeof(text));
    json_object_begin(&writer);
    json_key(&writer, "void");
    json_put_u64(&writer, result->seq_void);
    json_key(&writer, "command");
    json_put_text(&writer, kind_name(result->kind));
    json_key(&writer, "source");
    json_put_u64(&writer, result->source);
    json_key(&writer, "source_index");
    json_put_u64(&writer, result->source_index);
    json_key(&writer, "seq");
    json_put_u64(&writer, result->seq_record);
    json_key(&writer, "batch_hash");
    json_put_hex(&writer, (struct span){.data = result->hash, .size = sizeof(result->hash)});
    json_object_end(&writer);
    cli_print_json(&writer);
}

static enum fault repair(const struct option_call *call, struct repair_result *result)
{
    if (!call->values[REPAIR_VOID].given) {
        return FAULT(FAULT_USAGE, "--void is missing: which command is to be skipped?");
    }
    if (!call->values[REPAIR_REASON].given) {
        return FAULT(FAULT_USAGE, "--reason is missing: why is it to be skipped?");
    }
    struct cli_recovery line;
    cli_recovery_init(&line, "reading");
    struct repair_options options_given = {.disk = disk_real(),
                                           .clock = clock_real(),
                                           .folder = call->operands[0],
                                           .threads = true,
                                           .progress = &line.recovery};
    enum fault fault = repair_void(&options_given, call->values[REPAIR_VOID].number,
                                   (u32)call->values[REPAIR_REASON].number, result);
    progress_end(&line.progress);
    return fault;
}

static int run(const struct option_call *call)
{
    struct repair_result result = {.seq_void = 0};
    enum fault fault = repair(call, &result);
    if (fault != FAULT_NONE) {
        return cli_fail(call->subcommand, fault);
    }
    char hash[CLI_HASH_BYTES];
    char a[CLI_COUNT_BYTES];
    cli_line("skipped from now on", "command %s, kind %s", cli_count(result.seq_void, a),
             kind_name(result.kind));
    cli_line("recorded as", "command %s", cli_count(result.seq_record, a));
    cli_line("hash of its batch", "%s", cli_hash(result.hash, hash));
    if (call->values[REPAIR_JSON].given) {
        print_json(&result);
    }
    return EXIT_SUCCESS;
}

static const char *const text[] = {
    "Appends a record to the journal which says that one command is to be skipped, because the process "
    "ends whenever it is applied. Every later start, replay and verification honours it, and everybody "
    "who reads the journal sees it.",
    "Only a command whose effect nobody has seen can be skipped. The venue must not be running. An "
    "unfinished write at the journal's end needs no repair: the next start cuts it.",
    NULL,
};

static const struct option_example examples[] = {
    {"repair data --void 81723 --reason 7", "Skips command 81723 from now on."},
    {NULL, NULL},
};

const struct subcommand cli_repair = {
    .name = "repair",
    .summary = "makes the venue skip a command that it cannot survive",
    .operands = "DIR",
    .operands_min = 1,
    .operands_max = 1,
    .options = options,
    .options_count = ARRAY_COUNT(options),
    .text = text,
    .examples = examples,
    .run = run,
};
