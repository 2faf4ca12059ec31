/* What the fuzzers of recordings share: a flow that was read is replayed through a core, and the
 * venue must do exactly what the reader foresaw. */
#ifndef TESTS_FUZZ_FUZZ_FLOW_H
#define TESTS_FUZZ_FUZZ_FLOW_H

#include "app/replay.h"
#include "base/check.h"

#define FUZZ_ACCOUNTS_MAX 256U
#define FUZZ_CORE_BYTES   (32U << 20) /* larger venues take too long for one input */

static inline void fuzz_flow_init(struct flow *flow)
{
    flow_init(flow);
    flow->accounts_max = FUZZ_ACCOUNTS_MAX;
}

/* `foreseen`: whether the reader promises that no order is refused. */
static inline void fuzz_flow_replay(struct flow *flow, bool foreseen)
{
    size_t bytes = core_footprint(&flow->limits);
    if (bytes == 0 || bytes > FUZZ_CORE_BYTES) {
        return;
    }
    struct progress progress;
    progress_init(&progress, clock_real(), "", "");
    SCOPED_FLOW_CHECK check = {.flow = NULL};
    SCOPED_VENUE venue = {.core = NULL};
    struct replay_config config = {.batch = 16, .progress = &progress};
    static struct replay_report report;
    CHECK(flow_check_open(&check, flow, 10) == FAULT_NONE);
    CHECK(venue_open(&venue, flow) == FAULT_NONE);
    CHECK(venue_replay(&venue, &config, &check, &report) == FAULT_NONE);
    CHECK(check.view.strange == 0);
    for (u16 asset = 0; asset < 2; asset += 1) {
        CHECK(core_ledger_sum(venue.core, asset) == 0);
    }
    if (foreseen && !flow->needs_capped) {
        CHECK(check.misnumbered == 0 && check.rejected == 0);
    }
}

#endif /* TESTS_FUZZ_FUZZ_FLOW_H */
