#include "app/report_months.h"

#include "app/cli.h"
#include "app/log_read.h"
#include "base/check.h"
#include "base/span.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define MONTHS_A_HALF 6U

static void month_take(struct log_months_taker *taker, u32 month,
                       const struct publog_month_counts *counts)
{
    struct report_months *months = (struct report_months *)(void *)taker;
    u32 half = month / MONTHS_A_HALF; /* of a year are two */
    if (!months->has_some) {
        months->first = half;
        months->has_some = true;
    }
    months->last_month = month;
    if (half < months->first || half - months->first >= REPORT_HALVES) {
        return;
    }
    for (u32 place = 0; report_log_kind(place) != NULL; place += 1) {
        for (u32 kind = PUBLOG_KIND_PAD + 1; kind < PUBLOG_KIND_COUNT; kind += 1) {
            if (strcmp(publog_kind_name((enum publog_kind)kind), report_log_kind(place)) == 0) {
                months->counts[half - months->first][place] += counts->kinds[kind];
            }
        }
    }
}

/* The half-year of the report with this number; NULL: it has none. */
static const struct report_half *half_of(const struct report *report, u32 number)
{
    for (u32 i = 0; i < report_halves(report); i += 1) {
        if (report_half(report, i)->half == number) {
            return report_half(report, i);
        }
    }
    return NULL;
}

/* Adds up what each has so far; how many kinds the log has more of. An act that was told late is in
 * a later slot: so the log may be behind what came, and never before it. */
static u32 half_compare(const struct report_months *months, const struct report_half *half,
                        u32 number, u64 ours[REPORT_LOG_KINDS], u64 theirs[REPORT_LOG_KINDS])
{
    u32 more = 0;
    char name[REPORT_HALF_BYTES];
    report_half_print(number, name);
    for (u32 place = 0; report_log_kind(place) != NULL; place += 1) {
        ours[place] += half == NULL ? 0 : half->log[place];
        theirs[place] += months->counts[number - months->first][place];
        if (theirs[place] != ours[place]) {
            (void)printf("%s: %s: the log has %" PRIu64 ", the acts have %" PRIu64 "%s\n", name,
                         report_log_kind(place), theirs[place], ours[place],
                         theirs[place] > ours[place] ? ": done without the desk" : "");
        }
        more += theirs[place] > ours[place] ? 1 : 0;
    }
    return more;
}

void report_months_init(struct report_months *months)
{
    memset(months, 0, sizeof(*months));
    months->taker.month = month_take;
}

/* Half-years before the log's first month are in neither sum. */
enum fault report_months_hold(const struct report_months *months, const struct report *report)
{
    u64 ours[REPORT_LOG_KINDS] = {0};
    u64 theirs[REPORT_LOG_KINDS] = {0};
    u32 more = 0;
    u32 compared = 0;
    u64 through_s = report_through(report);
    if (!months->has_some) {
        cli_line("held against the log", "no month is opened");
        return FAULT_NONE;
    }
    for (u32 number = months->first; number - months->first < REPORT_HALVES; number += 1) {
        u32 end = (number + 1) * MONTHS_A_HALF - 1;
        if (end > months->last_month || publog_month_of(through_s + 1) <= end) {
            break;
        }
        more += half_compare(months, half_of(report, number), number, ours, theirs);
        compared += 1;
    }
    cli_line("held against the log", "%u half-years whose months are all opened", compared);
    return more == 0 ? FAULT_NONE
                     : FAULT(FAULT_DIVERGED, "the log has more than the acts of the desk");
}

enum fault report_months_compare(const struct report *report, const char *place,
                                 const char *policy_path)
{
    static struct report_months months;
    struct log_months opened;
    report_months_init(&months);
    log_months_init(&opened, NULL, 0);
    opened.taker = &months.taker;
    enum fault fault = log_read_months(place, policy_path, &opened);
    log_months_close(&opened);
    TRY(fault);
    return report_months_hold(&months, report);
}
