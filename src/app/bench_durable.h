/* What durability costs: a flow through the engine and its journal, beside raw writes of the same
 * sizes to the same disk with the same flags, and the recovery of what was written. */
#ifndef APP_BENCH_DURABLE_H
#define APP_BENCH_DURABLE_H

#include "app/flow.h"
#include "app/progress.h"
#include "base/histogram.h"

struct bench_durable_config {
    const char *folder; /* must not exist; removed afterwards */
    u32 batch;          /* commands per batch; 1: each waits for the one before to be durable */
    u64 count;          /* commands measured, at most what the flow has after its prefill */
    struct progress *progress;
};

struct bench_durable_report {
    u64 commands;
    u64 elapsed_ns;
    u64 raw_ns; /* of writing the same blocks without an engine */
    u64 disk_bytes;
    u64 recovered; /* commands applied from the journal */
    u64 recovery_ns;
    struct histogram latency;     /* of each batch, from submission to release */
    struct histogram raw_latency; /* of each write */
};

MUST_USE enum fault bench_durable_run(const struct flow *flow,
                                      const struct bench_durable_config *config,
                                      struct bench_durable_report *report);

#endif /* APP_BENCH_DURABLE_H */
