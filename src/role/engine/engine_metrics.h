/* What the engine tells an operator: rates, sizes of batches, how long a command takes to become
 * durable, how full its channels are, where the journal and the event log stand.
 *
 * Counts are kept where they arise and copied here now and then; only the histograms are counted
 * as things happen. */
#ifndef ROLE_ENGINE_ENGINE_METRICS_H
#define ROLE_ENGINE_ENGINE_METRICS_H

#include "base/base.h"
#include "base/histogram.h"
#include "io/metrics.h"
#include "role/engine/engine.h"
#include "role/engine/engine_input.h"

#define ENGINE_METRICS_INPUTS_MAX 8U

enum engine_input_metric {
    ENGINE_INPUT_METRIC_RECORDS,
    ENGINE_INPUT_METRIC_MALFORMED,
    ENGINE_INPUT_METRIC_FORBIDDEN,
    ENGINE_INPUT_METRIC_REPEATED,
    ENGINE_INPUT_METRIC_FULL,
    ENGINE_INPUT_METRIC_DEPTH,
    ENGINE_INPUT_METRIC_BROKEN,
};
#define ENGINE_INPUT_METRICS_COUNT 7U

enum engine_metric {
    ENGINE_METRIC_COMMANDS,
    ENGINE_METRIC_BATCHES,
    ENGINE_METRIC_SEALS,
    ENGINE_METRIC_CONTINUES,
    ENGINE_METRIC_EVENT_BYTES,
    ENGINE_METRIC_JOURNAL_BYTES,
    ENGINE_METRIC_SEGMENT_WAITS,
    ENGINE_METRIC_BELLS,
    ENGINE_METRIC_BELLS_LEFT_OUT,
    ENGINE_METRIC_SEGMENTS_REMOVED,
    ENGINE_METRIC_SEQ_APPLIED,
    ENGINE_METRIC_SEQ_DURABLE,
    ENGINE_METRIC_EVENT_POSITION,
    ENGINE_METRIC_IN_FLIGHT,
    ENGINE_METRIC_NOT_PREPARING,
};
#define ENGINE_METRICS_COUNT 15U

struct engine_metrics {
    struct histogram batch_commands;
    struct histogram durable_ns;
    struct metric *inputs[ENGINE_METRICS_INPUTS_MAX][ENGINE_INPUT_METRICS_COUNT];
    struct metric *values[ENGINE_METRICS_COUNT];
    /* Counted by the agent. */
    u64 bells;
    u64 bells_left_out;
    u64 segments_removed;
};

/* Declares everything in `target`; `ours` is its memory. CHECK: at most
 * ENGINE_METRICS_INPUTS_MAX inputs. */
void engine_metrics_open(struct engine_metrics *ours, struct metrics *target,
                         const struct engine_input *inputs, u32 inputs_count);

/* Copies the counts as they stand. */
void engine_metrics_update(struct engine_metrics *ours, const struct engine *engine,
                           const struct engine_input *inputs, u32 inputs_count);

#endif /* ROLE_ENGINE_ENGINE_METRICS_H */
