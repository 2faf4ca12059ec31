#include "app/backup.h"
#include "app/cli.h"
#include "app/time_text.h"

#include <stdlib.h>
#include <sys/resource.h>

enum { BACKUP_JSON };

#define NICENESS 10 /* beside the engine, never in its way */

static const struct option options[] = {
    [BACKUP_JSON] = {.name = "json", .help = "Ends with one line of JSON for machines."},
};

static void print_json(const struct backup_result *result)
{
    char text[1024];
    struct json_writer writer;
    json_begin(&writer, text, sizeof(text));
    json_object_begin(&writer);
    json_key(&writer, "seq");
    json_put_u64(&writer, result->seq);
    json_key(&writer, "time_us");
    json_put_u64(&writer, result->time_us);
    json_key(&writer, "batch_hash");
    json_put_hex(&writer,
                 (struct span){.data = result->batch_hash, .size = sizeof(result->batch_hash)});
    json_key(&writer, "journal_bytes");
    json_put_u64(&writer, result->journal_bytes);
    json_key(&writer, "snapshot_seq");
    json_put_u64(&writer, result->snapshot_seq);
    json_key(&writer, "keys");
    json_put_bool(&writer, result->has_keys);
    json_field_bool(&writer, "logins", result->has_logins);
    json_key(&writer, "live");
    json_put_bool(&writer, result->was_live);
    json_object_end(&writer);
    cli_print_json(&writer);
}

static int run(const struct option_call *call)
{
    struct backup_result result;
    (void)setpriority(PRIO_PROCESS, 0, NICENESS);
    enum fault fault = backup_run(call->operands[0], call->operands[1], &result);
    if (fault != FAULT_NONE) {
        return cli_fail(call->subcommand, fault);
    }
    char count[CLI_COUNT_BYTES];
    char time[TIME_TEXT_BYTES];
    char hash[CLI_HASH_BYTES];
    cli_line("backup", "%s", call->operands[1]);
    cli_line("up to command", "%s, %s", cli_count(result.seq, count),
             time_text_print(result.time_us, time));
    cli_line("hash of its batch", "%s", cli_hash(result.batch_hash, hash));
    cli_line("journal", "%s bytes, read back", cli_count(result.journal_bytes, count));
    if (result.snapshot_seq > 0) {
        cli_line("snapshot", "after command %s", cli_count(result.snapshot_seq, count));
    }
    cli_line("API keys and payouts", "%s", result.has_keys ? "yes" : "there are none");
    if (result.has_logins) {
        cli_line("logins", "yes, without door/key: keep a copy of that apart from this one");
    }
    if (call->values[BACKUP_JSON].given) {
        print_json(&result);
    }
    return EXIT_SUCCESS;
}

static const char *const text[] = {
    "Copies a venue into a new folder while it runs: its journal as far as it is durable, the newest "
    "snapshot, API keys with the file they are sealed under, payouts, "
    "logins without their key, and the disclosure desk. The copy is read back and "
    "compared. The venue is not asked and does not wait.",
    "A backup holds secrets: keep it where the data folder could be kept. It is a data folder itself, "
    "which cambist verify can check and cambist restore makes a venue of.",
    NULL,
};

static const struct option_example examples[] = {
    {"backup /var/lib/cambist /mnt/backup/2026-11-22", "A backup of today."},
    {NULL, NULL},
};

const struct subcommand cli_backup = {
    .name = "backup",
    .summary = "copies a venue while it runs",
    .operands = "DIR TARGET",
    .operands_min = 2,
    .operands_max = 2,
    .options = options,
    .options_count = ARRAY_COUNT(options),
    .text = text,
    .examples = examples,
    .run = run,
};
