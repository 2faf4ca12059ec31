#include "app/cli.h"
#include "app/cli_progress.h"
#include "app/log_ledger.h"
#include "base/span.h"
#include "role/engine/verify.h"

#include <stdio.h>
#include <stdlib.h>

#define TEXT_BYTES 256U

enum { VERIFY_JSON, VERIFY_LOG, VERIFY_POLICY };

static const struct option options[] = {
    [VERIFY_JSON] = {.name = "json", .help = "Ends with one line of JSON for machines."},
    [VERIFY_LOG] = {.name = "log",
                    .kind = OPTION_TEXT,
                    .value = "FOLDER|URL",
                    .help = "A public log: what it says of the journal must be true of this one."},
    [VERIFY_POLICY] = {.name = "policy",
                       .kind = OPTION_TEXT,
                       .value = "FILE",
                       .help = "Whose signatures under that log are believed, as for cambist log "
                               "check."},
};

static void print_json(const struct verify_report *report, enum fault fault)
{
    char text[4096];
    struct json_writer writer;
    json_begin(&writer, text, sizeof(text));
    json_object_begin(&writer);
    json_field_text(&writer, "verdict", fault == FAULT_NONE ? "ok" : fault_name(fault));
    json_field_text(&writer, "cause", fault == FAULT_NONE ? "" : fault_text());
    json_field_hex(&writer, "venue", span_of(report->venue, sizeof(report->venue)));
    json_field_u64(&writer, "seq", report->seq_last);
    json_field_u64(&writer, "commands", report->commands);
    json_field_u64(&writer, "voided", report->voided);
    json_field_u64(&writer, "batches", report->batches);
    json_field_u64(&writer, "seals", report->seals);
    json_field_u64(&writer, "bytes", report->bytes);
    json_field_u64(&writer, "time_us", report->time_us);
    json_field_bool(&writer, "sealed", report->sealed);
    json_field_bool(&writer, "live", report->live);
    json_field_u64(&writer, "torn_bytes", report->torn_bytes);
    json_field_hex(&writer, "batch_hash", span_of(report->batch_hash, sizeof(report->batch_hash)));
    json_field_hex(&writer, "state_hash", span_of(report->state_hash, sizeof(report->state_hash)));
    json_field_u64(&writer, "snapshots_equal", report->snapshots_equal);
    json_field_u64(&writer, "snapshots_unsound", report->snapshots_unsound);
    json_field_u64(&writer, "snapshots_beyond", report->snapshots_beyond);
    json_field_u64(&writer, "roots_equal", report->roots_equal);
    json_field_u64(&writer, "assets", report->assets);
    json_field_u64(&writer, "accounts", report->counts.accounts);
    json_field_u64(&writer, "orders", report->counts.orders);
    json_field_u64(&writer, "resting", report->counts.resting);
    json_field_u64(&writer, "trades", report->counts.trades);
    json_field_u64(&writer, "event_bytes", report->event_bytes);
    json_field_u64(&writer, "duration_ns", report->duration_ns);
    json_object_end(&writer);
    cli_print_json(&writer);
}

static void print_lines(const struct verify_report *report)
{
    char a[CLI_COUNT_BYTES];
    char b[CLI_COUNT_BYTES];
    char hash[CLI_HASH_BYTES];
    cli_line("commands", "%s in %s batches", cli_count(report->commands, a),
             cli_count(report->batches, b));
    cli_line("last sequence number", "%s%s", cli_count(report->seq_last, a),
             report->sealed ? ", sealed"
             : report->live ? ", another process uses the folder"
                            : ", not sealed");
    if (report->voided > 0) {
        cli_line("skipped by repair", "%s", cli_count(report->voided, a));
    }
    if (report->torn_bytes > 0) {
        cli_line("unfinished write", "%s bytes behind the last batch; the next start cuts them",
                 cli_count(report->torn_bytes, a));
    }
    cli_line("journal", "%s bytes", cli_count(report->bytes, a));
    cli_line("hash of the last batch", "%s", cli_hash(report->batch_hash, hash));
    cli_line("state hash", "%s", cli_hash(report->state_hash, hash));
    cli_line("snapshots", "%u equal, %u unsound, %u beyond the journal", report->snapshots_equal,
             report->snapshots_unsound, report->snapshots_beyond);
    cli_line("ledger", "%u assets, each sums to nothing", report->assets);
    cli_line("accounts", "%s", cli_count(report->counts.accounts, a));
    cli_line("orders", "%s open, %s on the books", cli_count(report->counts.orders, a),
             cli_count(report->counts.resting, b));
    cli_line("trades", "%s", cli_count(report->counts.trades, a));
    cli_line("time", "%s ms", cli_ratio(report->duration_ns, 1000000, 1, a));
}

/* The log first: what it shows was durable by then. */
static enum fault roots_take(const struct option_call *call, struct log_ledger *ledger)
{
    const struct option_value *log = &call->values[VERIFY_LOG];
    const struct option_value *policy = &call->values[VERIFY_POLICY];
    if (log->given != policy->given) {
        return FAULT(FAULT_USAGE, "--log and --policy belong together");
    }
    return log->given ? log_ledger_read(log->text, policy->text, ledger) : FAULT_NONE;
}

static enum fault verify(const struct option_call *call, struct verify_options *wanted,
                         struct verify_report *report)
{
    struct log_ledger ledger = {.roots = NULL};
    enum fault fault = roots_take(call, &ledger);
    char name[TEXT_BYTES];
    (void)snprintf(name, sizeof(name), "%s: entry",
                   call->values[VERIFY_LOG].given ? call->values[VERIFY_LOG].text : "");
    wanted->roots = ledger.roots;
    wanted->roots_count = ledger.count;
    wanted->roots_name = name;
    fault = fault == FAULT_NONE ? verify_run(wanted, report) : fault;
    log_ledger_close(&ledger);
    return fault;
}

static int run(const struct option_call *call)
{
    struct cli_recovery line;
    cli_recovery_init(&line, "verifying");
    struct verify_options options_run = {.disk = disk_real(),
                                         .clock = clock_real(),
                                         .folder = call->operands[0],
                                         .threads = true,
                                         .progress = &line.recovery};
    struct verify_report report = {.batches = 0};
    enum fault fault = verify(call, &options_run, &report);
    progress_end(&line.progress);
    if (fault == FAULT_NONE) {
        print_lines(&report);
        if (call->values[VERIFY_LOG].given) {
            cli_line("log", "%u lines about the journal, all true of it", report.roots_equal);
        }
    }
    if (call->values[VERIFY_JSON].given) {
        print_json(&report, fault);
    }
    return fault == FAULT_NONE ? EXIT_SUCCESS : cli_fail(call->subcommand, fault);
}

static const char *const text[] = {
    "Reads the whole journal of a data folder from its first byte, with every checksum, the chain of "
    "hashes and the sequence numbers; applies it to a fresh core; compares the state with every "
    "snapshot on the way; and asks at the end whether every asset's ledger sums to nothing and every "
    "structure is sound. Nothing is written but this process's number into LOCK, while no other "
    "process uses the folder. The first thing that cannot be true ends the run and is "
    "named with its file and byte offset.",
    "With --log the public log is checked first, and then every line in it that says where the journal's chain stood "
    "and what the state was is held against the journal: a journal that was written anew from some point on is named "
    "with the first line that it does not agree with.",
    NULL,
};

static const struct option_example examples[] = {
    {"verify data", "Verifies the journal in the folder data."},
    {"verify data --log https://exchange.example/log --policy policy.txt",
     "And that it is the journal that was logged."},
    {NULL, NULL},
};

const struct subcommand cli_verify = {
    .name = "verify",
    .summary = "checks a journal from its first byte to its last",
    .operands = "DIR",
    .operands_min = 1,
    .operands_max = 1,
    .options = options,
    .options_count = ARRAY_COUNT(options),
    .text = text,
    .examples = examples,
    .run = run,
};
