#include "app/case_print.h"
#include "app/cli_case.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { REPORTS_DATA, REPORTS_AT, REPORTS_ALL, REPORTS_HOLIDAYS, REPORTS_JSON };

static const struct option options[] = {
    [REPORTS_DATA] = {.name = "data",
                      .kind = OPTION_TEXT,
                      .value = "DIR",
                      .otherwise = "data",
                      .help = "The venue's data folder."},
    [REPORTS_AT] = {.name = "at",
                    .kind = OPTION_TEXT,
                    .value = "DATE",
                    .help = "What was or will be late on this day (2026-11-22), or at this moment "
                            "(2026-11-22T12:00:00Z). Without it now, by the venue's clock."},
    [REPORTS_ALL] = {.name = "all", .help = "Reports that were filed too."},
    [REPORTS_HOLIDAYS] = {.name = "holidays",
                          .kind = OPTION_TEXT,
                          .value = "FILE",
                          .help = "Days that are no business days, one a line. Without it "
                                  "holidays.txt in the data folder, if it is there."},
    [REPORTS_JSON] = {.name = "json", .help = "One line of JSON for machines instead."},
};

static enum fault report(const struct option_call *call, struct case_cli *cli)
{
    struct case_filter filter = {.open_only = !call->values[REPORTS_ALL].given,
                                 .reports_only = true,
                                 .limit = CASE_CLI_ROWS_MAX};
    u32 count = 0;
    u64 at_us = 0;
    u32 late = 0;
    u32 all = 0;
    if (strcmp(call->operands[0], "due") != 0) {
        return FAULT(FAULT_USAGE, "\"%s\" is not due", call->operands[0]);
    }
    TRY(case_cli_open(cli, call->values[REPORTS_DATA].text, call->values[REPORTS_HOLIDAYS].text));
    at_us = cli->point.time_us;
    if (call->values[REPORTS_AT].given) {
        TRY(case_cli_moment("at", call->values[REPORTS_AT].text, &at_us));
    }
    json_object_begin(&cli->json);
    json_key(&cli->json, "reports");
    json_array_begin(&cli->json);
    do {
        TRY(case_query_list(cli->store, &filter, cli->rows, &count));
        for (u32 i = 0; i < count; i += 1) {
            late += case_is_due(&cli->rows[i], &cli->holidays, at_us) ? 1 : 0;
            if (call->values[REPORTS_JSON].given && all == 0) {
                case_put_json(&cli->json, &cli->rows[i], &cli->holidays, at_us);
            } else if (!call->values[REPORTS_JSON].given) {
                case_print_line(&cli->rows[i], &cli->holidays, at_us);
            }
        }
        all += count;
        filter.after = count == 0 ? filter.after : case_place_of(&cli->rows[count - 1]);
    } while (count == CASE_CLI_ROWS_MAX);
    json_array_end(&cli->json);
    json_key(&cli->json, "count");
    json_put_u64(&cli->json, all);
    json_key(&cli->json, "late");
    json_put_u64(&cli->json, late);
    json_object_end(&cli->json);
    if (!call->values[REPORTS_JSON].given) {
        (void)printf("%u reports, %u late\n", all, late);
    }
    return FAULT_NONE;
}

static int run(const struct option_call *call)
{
    static struct case_cli cli;
    json_begin(&cli.json, cli.text, sizeof(cli.text));
    enum fault fault = report(call, &cli);
    case_cli_close(&cli);
    if (fault != FAULT_NONE) {
        return cli_fail(call->subcommand, fault);
    }
    if (call->values[REPORTS_JSON].given) {
        cli_print_json(&cli.json);
    }
    return EXIT_SUCCESS;
}

static const char *const text[] = {
    "Lists the reports that rules want: of frozen property and of refused movements within business "
    "days, and yearly ones of who was held on a day. They follow from the journal: a report is there "
    "when the decision, deposit or refusal is, and stays until an officer says that it was filed "
    "(\"cambist case filed\"), also if the restriction has ended since. JSON has the first 500.",
    NULL,
};

static const struct option_example examples[] = {
    {"reports due --data data", "Lists open reports, the next one first."},
    {"reports due --data data --at 2026-12-31", "Says which would be late then."},
    {NULL, NULL},
};

const struct subcommand cli_reports = {
    .name = "reports",
    .summary = "lists reports to authorities that are due",
    .operands = "due",
    .operands_min = 1,
    .operands_max = 1,
    .options = options,
    .options_count = ARRAY_COUNT(options),
    .text = text,
    .examples = examples,
    .run = run,
};
