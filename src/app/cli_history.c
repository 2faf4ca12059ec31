#include "app/cli.h"
#include "app/cli_progress.h"
#include "app/feed_replay.h"
#include "role/history/history.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

enum { HISTORY_DATA, HISTORY_JOURNAL, HISTORY_JSON };

#define NICENESS 10 /* beside the engine, never in its way */

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

static enum fault check(const struct option_call *call)
{
    if (strcmp(call->operands[0], "rebuild") != 0) {
        return FAULT(FAULT_USAGE, "\"%s\" is not rebuild", call->operands[0]);
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
    NULL,
};

static const struct option_example examples[] = {
    {"history rebuild --data data", "Makes the history of the venue in the folder data anew."},
    {NULL, NULL},
};

const struct subcommand cli_history = {
    .name = "history",
    .summary = "makes the database of past orders and trades anew",
    .operands = "rebuild",
    .operands_min = 1,
    .operands_max = 1,
    .options = options,
    .options_count = ARRAY_COUNT(options),
    .text = text,
    .examples = examples,
    .run = run,
};
