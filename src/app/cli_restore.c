#include "app/cli.h"
#include "app/restore.h"
#include "app/time_text.h"
#include "base/span.h"

#include <stdlib.h>

enum { RESTORE_UNTIL, RESTORE_JSON };

static const struct option options[] = {
    [RESTORE_UNTIL] = {.name = "until",
                       .kind = OPTION_TEXT,
                       .value = "SEQ|TIME",
                       .help = "The last command wanted, as a sequence number; or the latest time, "
                               "as in 2026-11-22T13:00:00Z, in UTC, with up to six digits of a "
                               "second. Without it all there is."},
    [RESTORE_JSON] = {.name = "json", .help = "Ends with one line of JSON for machines."},
};

static void print_json(const struct restore_result *result)
{
    char text[2048];
    struct json_writer writer;
    json_begin(&writer, text, sizeof(text));
    json_object_begin(&writer);
    json_field_u64(&writer, "seq", result->seq);
    json_field_u64(&writer, "time_us", result->time_us);
    json_field_bool(&writer, "cut", result->is_cut);
    json_field_u64(&writer, "behind_seq", result->behind_seq);
    json_field_u64(&writer, "behind_count", result->behind_count);
    json_field_u64(&writer, "behind_time_us", result->behind_time_us);
    json_field_hex(&writer, "batch_hash", span_of(result->batch_hash, sizeof(result->batch_hash)));
    json_field_hex(&writer, "state_hash", span_of(result->state_hash, sizeof(result->state_hash)));
    json_field_u64(&writer, "commands", result->commands);
    json_field_u64(&writer, "voided", result->voided);
    json_field_u64(&writer, "event_bytes", result->event_bytes);
    json_field_u64(&writer, "history_seq", result->history_rows_seq);
    json_field_u64(&writer, "journal_bytes", result->journal_bytes);
    json_field_bool(&writer, "keys", result->has_keys);
    json_field_bool(&writer, "logins", result->has_logins);
    json_field_u64(&writer, "payouts_forgotten", result->payouts_dropped);
    json_object_end(&writer);
    cli_print_json(&writer);
}

static void print_lines(const char *target, const struct restore_result *result)
{
    char a[CLI_COUNT_BYTES];
    char b[CLI_COUNT_BYTES];
    char time[TIME_TEXT_BYTES];
    char hash[CLI_HASH_BYTES];
    cli_line("restored", "%s", target);
    cli_line("up to command", "%s, %s", cli_count(result->seq, a),
             time_text_print(result->time_us, time));
    if (result->is_cut) {
        cli_line("left out from", "command %s on, %s: a batch of %s",
                 cli_count(result->behind_seq, a), time_text_print(result->behind_time_us, time),
                 cli_count(result->behind_count, b));
    }
    if (result->voided > 0) {
        cli_line("skipped by repair", "%s", cli_count(result->voided, a));
    }
    cli_line("hash of its batch", "%s", cli_hash(result->batch_hash, hash));
    cli_line("state hash", "%s", cli_hash(result->state_hash, hash));
    cli_line("events and history", "made anew, %s bytes of events",
             cli_count(result->event_bytes, a));
    cli_line("API keys and payouts", "%s", result->has_keys ? "copied" : "there are none");
    if (result->has_logins) {
        cli_line("logins", "copied, without door/key: put it there before the start");
    }
    if (result->payouts_dropped > 0) {
        cli_line("withdrawals forgotten", "%s, of commands left out",
                 cli_count(result->payouts_dropped, a));
    }
}

static enum fault until_read(const struct option_value *until, struct restore_options *restore)
{
    if (!until->given) {
        return FAULT_NONE;
    }
    bool is_seq = options_number(until->text, 1, UINT64_MAX, &restore->seq_max);
    if (is_seq) {
        return FAULT_NONE;
    }
    restore->seq_max = 0;
    bool is_time = time_text_parse(until->text, &restore->time_max_us) && restore->time_max_us > 0;
    return is_time ? FAULT_NONE
                   : FAULT(FAULT_USAGE,
                           "--until: \"%.64s\" is neither a sequence number from 1 on nor a time "
                           "such as 2026-11-22T13:00:00Z",
                           until->text);
}

static int run(const struct option_call *call)
{
    struct restore_options restore = {.source = call->operands[0], .target = call->operands[1]};
    struct restore_result result;
    struct cli_recovery line;
    enum fault fault = until_read(&call->values[RESTORE_UNTIL], &restore);
    if (fault != FAULT_NONE) {
        return cli_fail(call->subcommand, fault);
    }
    cli_recovery_init(&line, "replaying");
    fault = restore_run(&restore, &line, &result);
    progress_end(&line.progress);
    if (fault != FAULT_NONE) {
        return cli_fail(call->subcommand, fault);
    }
    print_lines(call->operands[1], &result);
    if (call->values[RESTORE_JSON].given) {
        print_json(&result);
    }
    return EXIT_SUCCESS;
}

static const char *const text[] = {
    "Makes a new data folder from a backup or a data folder, up to a sequence number or a time: the "
    "journal is copied that far and applied from its first command, and the event log, the history, a "
    "snapshot and an image are made from it. The source is only read; nothing is ever cut in place.",
    "What was acknowledged together stays together: a sequence number within a batch leads to the end "
    "of the batch before, and a time takes the batches stamped at it or earlier. What is left out is "
    "said.",
    "API keys come along as they are in the source. Withdrawals of commands that were left out are "
    "forgotten, since their numbers will be given anew: what left the house meanwhile is in the "
    "source only. A venue must not be run from both folders.",
    NULL,
};

static const struct option_example examples[] = {
    {"restore /mnt/backup/2026-11-22 /var/lib/cambist", "The whole backup as the venue's data."},
    {"restore old new --until 81722", "Up to command 81722."},
    {"restore old new --until 2026-11-22T12:59:59Z", "As it was then."},
    {NULL, NULL},
};

const struct subcommand cli_restore = {
    .name = "restore",
    .summary = "makes a venue from a backup, up to a sequence number or a time",
    .operands = "DIR TARGET",
    .operands_min = 2,
    .operands_max = 2,
    .options = options,
    .options_count = ARRAY_COUNT(options),
    .text = text,
    .examples = examples,
    .run = run,
};
