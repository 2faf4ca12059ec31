#include "app/report_make.h"

#include "io/clock.h"

#define US 1000000ULL

/* Rows as they come, counted. */
struct counting {
    struct desk_visitor visitor; /* first: it is cast back */
    struct report *report;
};

static enum fault visit(struct desk_visitor *visitor, const struct desk_row *row)
{
    struct counting *counting = (struct counting *)(void *)visitor;
    return report_take(counting->report, &row->file.act, row->log, row->step.now_s);
}

enum fault report_last_over(u64 *through_out)
{
    u32 half = 0;
    u64 begins_s = 0;
    u64 ends_s = 0;
    if (!report_half_of(clock_wall_us(clock_real()) / US, &half, &begins_s, &ends_s) ||
        begins_s == 0) {
        return FAULT(FAULT_LIMIT, "is the clock right?");
    }
    *through_out = begins_s - 1;
    return FAULT_NONE;
}

enum fault report_make(const char *path, u64 through_s, char venue_out[DESK_VENUE_BYTES],
                       struct report **report_out)
{
    struct counting counting = {.visitor = {.visit = visit}, .report = NULL};
    *report_out = NULL;
    if (through_s >= clock_wall_us(clock_real()) / US) { /* what is not over can still change */
        return FAULT(FAULT_REFUSED, "a report goes through a moment that is over");
    }
    TRY(report_open(&counting.report, through_s));
    *report_out = counting.report;
    TRY(desk_store_scan(path, venue_out, &counting.visitor));
    return report_end(counting.report);
}
