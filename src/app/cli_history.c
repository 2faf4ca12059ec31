#include "app/cli.h"
#include "app/cli_progress.h"
#include "app/feed_replay.h"
#include "app/history_lines.h"
#include "base/span.h"
#include "role/cases/case_days.h"
#include "role/history/history.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

enum { HISTORY_DATA, HISTORY_JOURNAL, HISTORY_JSON };

#define NICENESS 10 /* beside the engine, never in its way */
#define DAY_US   86400000000ULL

static const struct option options[] = {
    [HISTORY_DATA] = {.name = "data",
                      .kind = OPTION_TEXT,
                      .required = true,
                      .value = "DIR",
                      .help = "The venue's data folder."},
    [HISTORY_JOURNAL] = {.name = "journal",
                         .help = "Replays the journal, also where the event log would do."},
    [HISTORY_JSON] = {.name = "json", .help = "Ends with one line of JSON for machines."},
};

struct log_line {
    struct projection_progress history;
    struct progress *progress;
};

static void report_log(struct projection_progress *self, u64 bytes_done, u64 bytes_all)
{
    struct log_line *line = (struct log_line *)(void *)self;
    progress_update(line->progress, bytes_done, bytes_all);
}

/* From the event log, which is quick; where it does not reach back, from the journal. */
static enum fault rebuild(const char *folder, bool journal, struct cli_recovery *line,
                          struct projection_report *report, bool *replayed_out)
{
    struct log_line log = {.history = {.report = report_log}, .progress = &line->progress};
    *replayed_out = journal;
    if (!journal) {
        enum fault fault = projection_rebuild(&history_projection, folder, &log.history, report);
        if (fault != FAULT_MISSING) {
            return fault;
        }
        fault_forget();
        *replayed_out = true;
        progress_begin(&line->progress, "replaying", "bytes");
    }
    return feed_replay(&history_projection, folder, &line->recovery, report);
}

static void print_json(const struct projection_report *report, bool replayed)
{
    char text[512];
    struct json_writer writer;
    json_begin(&writer, text, sizeof(text));
    json_object_begin(&writer);
    json_key(&writer, "source");
    json_put_text(&writer, replayed ? "journal" : "events");
    json_key(&writer, "seq");
    json_put_u64(&writer, report->point.seq);
    json_key(&writer, "position");
    json_put_u64(&writer, report->point.position);
    json_key(&writer, "event_bytes");
    json_put_u64(&writer, report->event_bytes);
    json_key(&writer, "transactions");
    json_put_u64(&writer, report->transactions);
    json_object_end(&writer);
    cli_print_json(&writer);
}

/* ---- lines ---- */

static enum fault line_print(void *context, const char *line)
{
    (void)context;
    return fputs(line, stdout) < 0 ? FAULT(FAULT_UNAVAILABLE, "standard output is closed")
                                   : FAULT_NONE;
}

static enum fault day_of(const char *text, u64 *us_out)
{
    u32 day = 0;
    if (!case_day_parse(span_of_text(text), &day)) {
        return FAULT(FAULT_USAGE, "\"%s\" is no day like 2026-01-31", text);
    }
    *us_out = day * DAY_US;
    return FAULT_NONE;
}

static enum fault take_lines(const struct option_call *call, struct history_lines_query *query)
{
    u64 account = 0;
    u64 last = 0;
    if (call->operands_count != 5) {
        return FAULT(FAULT_USAGE, "lines wants ACCOUNT, trades or transfers, FROM and UNTIL");
    }
    const char *kind = call->operands[2];
    bool is_transfers = strcmp(kind, "transfers") == 0;
    if (!options_number(call->operands[1], 0, UINT32_MAX - 1, &account)) {
        return FAULT(FAULT_USAGE, "\"%s\" is not a number of an account", call->operands[1]);
    }
    if (!is_transfers && strcmp(kind, "trades") != 0) {
        return FAULT(FAULT_USAGE, "\"%s\" is neither trades nor transfers", kind);
    }
    TRY(day_of(call->operands[3], &query->from_us));
    TRY(day_of(call->operands[4], &last));
    query->folder = call->values[HISTORY_DATA].text;
    query->account = (u32)account;
    query->kind = is_transfers ? HISTORY_LINES_TRANSFERS : HISTORY_LINES_TRADES;
    query->to_us = last + DAY_US - 1;
    return query->from_us <= last
               ? FAULT_NONE
               : FAULT(FAULT_USAGE, "%s is behind %s", call->operands[3], call->operands[4]);
}

static int lines(const struct option_call *call)
{
    struct cli_recovery line;
    struct history_lines_query query;
    enum fault fault = take_lines(call, &query);
    if (fault == FAULT_NONE) {
        cli_recovery_init(&line, "replaying");
        fault = history_lines_run(&query, &line.recovery, line_print, NULL);
        progress_end(&line.progress);
    }
    if (fault == FAULT_NONE && fflush(stdout) != 0) {
        fault = FAULT(FAULT_UNAVAILABLE, "standard output is closed");
    }
    return fault == FAULT_NONE ? EXIT_SUCCESS : cli_fail(call->subcommand, fault);
}

/* ---- the command ---- */

static enum fault check(const struct option_call *call)
{
    bool is_lines = strcmp(call->operands[0], "lines") == 0;
    if (!is_lines && (strcmp(call->operands[0], "rebuild") != 0 || call->operands_count != 1)) {
        return FAULT(FAULT_USAGE, "\"%s\" is not rebuild, alone, or lines", call->operands[0]);
    }
    return call->values[HISTORY_DATA].given ? FAULT_NONE
                                            : FAULT(FAULT_USAGE, "--data DIR is missing");
}

static int run(const struct option_call *call)
{
    struct cli_recovery line;
    struct projection_report report = {.transactions = 0};
    bool replayed = false;
    enum fault fault = check(call);
    if (fault != FAULT_NONE) {
        return cli_fail(call->subcommand, fault);
    }
    if (strcmp(call->operands[0], "lines") == 0) {
        return lines(call);
    }
    cli_recovery_init(&line, "reading events");
    (void)setpriority(PRIO_PROCESS, 0, NICENESS);
    fault = rebuild(call->values[HISTORY_DATA].text, call->values[HISTORY_JOURNAL].given, &line,
                    &report, &replayed);
    progress_end(&line.progress);
    if (fault != FAULT_NONE) {
        return cli_fail(call->subcommand, fault);
    }
    char count[CLI_COUNT_BYTES];
    cli_line("history made from", "%s", replayed ? "the journal" : "the event log");
    cli_line("up to command", "%s", cli_count(report.point.seq, count));
    cli_line("bytes of events", "%s", cli_count(report.event_bytes, count));
    if (call->values[HISTORY_JSON].given) {
        print_json(&report, replayed);
    }
    return EXIT_SUCCESS;
}

static const char *const text[] = {
    "Makes the database of orders, trades and klines (history/history.db) anew: from the event log, "
    "or, where that does not reach back to its first event, by replaying the journal. Only the "
    "process that follows the event log must be stopped; an engine may run. The old database stays "
    "in its place until the new one is whole.",
    "lines prints what the history has of one account, in UTC days: its side of each trade, or everything else that "
    "moved its balances. Each line begins with its moment, as a record of the vault has it: cambist vault seal takes "
    "them for a request whose case asks for trades or transfers. Names of markets come from the journal.",
    NULL,
};

static const struct option_example examples[] = {
    {"history rebuild --data data", "Makes the history of the venue in the folder data anew."},
    {"history lines 7 trades 2026-01-01 2026-03-31 --data data",
     "The trades of account 7 in three months."},
    {NULL, NULL},
};

const struct subcommand cli_history = {
    .name = "history",
    .summary = "makes the database of past orders and trades anew, and prints it",
    .operands = "rebuild | lines ACCOUNT trades|transfers FROM UNTIL",
    .operands_min = 1,
    .operands_max = 5,
    .options = options,
    .options_count = ARRAY_COUNT(options),
    .text = text,
    .examples = examples,
    .run = run,
};
