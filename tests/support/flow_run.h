/* For tests of readers: text becomes a flow, the flow goes through a core. */
#ifndef TESTS_SUPPORT_FLOW_RUN_H
#define TESTS_SUPPORT_FLOW_RUN_H

#include "app/replay.h"
#include "tests/support/test.h"

#include <stdlib.h>
#include <string.h>

/* A flow that was replayed; flow_run_close gives all of it back. */
struct flow_run {
    struct flow flow;
    struct progress progress;
    struct flow_check check;
    struct venue venue;
    struct replay_report *report;
};

static inline void flow_run_init(struct flow_run *run)
{
    memset(run, 0, sizeof(*run));
    flow_init(&run->flow);
    progress_init(&run->progress, clock_real(), "", "");
    run->progress.descriptor = -1;
    run->report = calloc(1, sizeof(*run->report));
    assert_non_null(run->report);
}

static inline void flow_run_replay(struct flow_run *run, u32 batch)
{
    struct replay_config config = {.batch = batch, .progress = &run->progress};
    assert_int_equal(flow_check_open(&run->check, &run->flow, 10), FAULT_NONE);
    assert_int_equal(venue_open(&run->venue, &run->flow), FAULT_NONE);
    assert_int_equal(venue_replay(&run->venue, &config, &run->check, run->report), FAULT_NONE);
}

static inline void flow_run_close(struct flow_run *run)
{
    venue_close(&run->venue);
    flow_check_close(&run->check);
    flow_close(&run->flow);
    free(run->report);
}

/* The count of a note, 0 when there is none. */
static inline u64 flow_run_note(const struct flow_run *run, const char *name)
{
    for (u32 i = 0; i < run->flow.notes_count; i += 1) {
        if (strcmp(run->flow.notes[i].name, name) == 0) {
            return run->flow.notes[i].count;
        }
    }
    return 0;
}

/* Levels of the core's own book, summed up by price: at most `count`. Returns how many. */
static inline u32 flow_run_levels(const struct flow_run *run, enum side side,
                                  struct flow_level *levels_out, u32 count)
{
    struct core_resting rows[256];
    u32 rows_count = core_book(run->venue.core, 0, side, rows, 256);
    u32 found = 0;
    for (u32 i = 0; i < rows_count; i += 1) {
        u64 ticks = rows[i].price.units / run->flow.market.tick;
        u64 lots = rows[i].visible.units / run->flow.market.lot;
        if (found > 0 && levels_out[found - 1].ticks == ticks) {
            levels_out[found - 1].lots += lots;
        } else if (found < count) {
            levels_out[found] = (struct flow_level){.ticks = ticks, .lots = lots};
            found += 1;
        }
    }
    return found;
}

#endif /* TESTS_SUPPORT_FLOW_RUN_H */
