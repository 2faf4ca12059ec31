#include "role/engine/engine_metrics.h"

#include "base/check.h"

#include <stdio.h>

struct row {
    const char *name;
    const char *help;
    bool is_counter;
};

static const struct row input_rows[ENGINE_INPUT_METRICS_COUNT] = {
    [ENGINE_INPUT_METRIC_RECORDS] =
        {
            "cambist_engine_input_commands_total",
            "Commands taken from a channel, by the number of their source.",
            true,
        },
    [ENGINE_INPUT_METRIC_MALFORMED] =
        {
            "cambist_engine_input_malformed_total",
            "Records that no sender of ours makes.",
            true,
        },
    [ENGINE_INPUT_METRIC_FORBIDDEN] =
        {
            "cambist_engine_input_forbidden_total",
            "Records of a kind or source that the channel may not carry.",
            true,
        },
    [ENGINE_INPUT_METRIC_REPEATED] =
        {
            "cambist_engine_input_repeated_total",
            "Commands that the journal held already.",
            true,
        },
    [ENGINE_INPUT_METRIC_FULL] =
        {
            "cambist_engine_input_full_total",
            "Times that the engine had no room for more.",
            true,
        },
    [ENGINE_INPUT_METRIC_DEPTH] =
        {
            "cambist_engine_input_depth_bytes",
            "Bytes that wait in a channel.",
            false,
        },
    [ENGINE_INPUT_METRIC_BROKEN] =
        {
            "cambist_engine_input_broken",
            "1 when the other side has broken the channel.",
            false,
        },
};

static const struct row rows[ENGINE_METRICS_COUNT] = {
    [ENGINE_METRIC_COMMANDS] =
        {
            "cambist_engine_commands_total",
            "Commands journalled, the engine's own included.",
            true,
        },
    [ENGINE_METRIC_BATCHES] =
        {
            "cambist_engine_batches_total",
            "Batches journalled.",
            true,
        },
    [ENGINE_METRIC_SEALS] =
        {
            "cambist_engine_seals_total",
            "Seals written after a pause.",
            true,
        },
    [ENGINE_METRIC_CONTINUES] =
        {
            "cambist_engine_continues_total",
            "Commands of the engine's own that go on with triggered orders.",
            true,
        },
    [ENGINE_METRIC_EVENT_BYTES] =
        {
            "cambist_engine_event_bytes_total",
            "Bytes of events released.",
            true,
        },
    [ENGINE_METRIC_JOURNAL_BYTES] =
        {
            "cambist_engine_journal_bytes_total",
            "Bytes written to the journal.",
            true,
        },
    [ENGINE_METRIC_SEGMENT_WAITS] =
        {
            "cambist_engine_segment_waits_total",
            "Times that a journal segment was not prepared in time.",
            true,
        },
    [ENGINE_METRIC_BELLS] =
        {
            "cambist_engine_bells_total",
            "Bells rung to those who follow the event log.",
            true,
        },
    [ENGINE_METRIC_BELLS_LEFT_OUT] =
        {
            "cambist_engine_bells_left_out_total",
            "Bells that waited because a channel was full.",
            true,
        },
    [ENGINE_METRIC_SEGMENTS_REMOVED] =
        {
            "cambist_engine_segments_removed_total",
            "Segments of the event log that nobody needed any more.",
            true,
        },
    [ENGINE_METRIC_SEQ_APPLIED] =
        {
            "cambist_engine_seq_applied",
            "Sequence number of the last command applied.",
            false,
        },
    [ENGINE_METRIC_SEQ_DURABLE] =
        {
            "cambist_engine_seq_durable",
            "Sequence number of the last command that is durable with its events "
            "out.",
            false,
        },
    [ENGINE_METRIC_EVENT_POSITION] =
        {
            "cambist_engine_event_position",
            "Position up to which the event log may be read.",
            false,
        },
    [ENGINE_METRIC_IN_FLIGHT] =
        {
            "cambist_engine_batches_in_flight",
            "Batches written and not yet durable.",
            false,
        },
    [ENGINE_METRIC_NOT_PREPARING] =
        {
            "cambist_engine_cannot_prepare",
            "1 when the next journal segment cannot be prepared.",
            false,
        },
};

static const u64 batch_bounds[] = {1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000};

static struct metric *declare(struct metrics *target, const struct row *row, const char *source)
{
    struct metric_declaration given = {.name = row->name,
                                       .help = row->help,
                                       .label_name = source == NULL ? NULL : "source",
                                       .label_value = source};
    return row->is_counter ? metrics_counter(target, &given) : metrics_gauge(target, &given);
}

void engine_metrics_open(struct engine_metrics *ours, struct metrics *target,
                         const struct engine_input *inputs, u32 inputs_count)
{
    CHECK(inputs_count <= ENGINE_METRICS_INPUTS_MAX);
    histogram_init(&ours->batch_commands);
    histogram_init(&ours->durable_ns);
    for (u32 row = 0; row < ENGINE_INPUT_METRICS_COUNT; row += 1) {
        for (u32 index = 0; index < inputs_count; index += 1) {
            char source[4];
            (void)snprintf(source, sizeof(source), "%u", inputs[index].source);
            ours->inputs[index][row] = declare(target, &input_rows[row], source);
        }
    }
    for (u32 row = 0; row < ENGINE_METRICS_COUNT; row += 1) {
        ours->values[row] = declare(target, &rows[row], NULL);
    }
    struct metric_declaration batch = {.name = "cambist_engine_batch_commands",
                                       .help = "Commands in one batch of the journal.",
                                       .histogram = &ours->batch_commands,
                                       .bounds = batch_bounds,
                                       .bounds_count = ARRAY_COUNT(batch_bounds)};
    (void)metrics_histogram(target, &batch);
    struct metric_declaration durable = {
        .name = "cambist_engine_durable_nanoseconds",
        .help = "From taking the oldest command of a batch to its events being out.",
        .histogram = &ours->durable_ns,
        .bounds = metrics_bounds_ns,
        .bounds_count = metrics_bounds_ns_count};
    (void)metrics_histogram(target, &durable);
}

static void put(struct metric *metric, u64 value)
{
    metric_set(metric, (i64)u64_min(value, INT64_MAX));
}

void engine_metrics_update(struct engine_metrics *ours, const struct engine *engine,
                           const struct engine_input *inputs, u32 inputs_count)
{
    for (u32 index = 0; index < inputs_count; index += 1) {
        const struct engine_input *input = &inputs[index];
        struct metric **to = ours->inputs[index];
        put(to[ENGINE_INPUT_METRIC_RECORDS], input->records);
        put(to[ENGINE_INPUT_METRIC_MALFORMED], input->malformed);
        put(to[ENGINE_INPUT_METRIC_FORBIDDEN], input->forbidden);
        put(to[ENGINE_INPUT_METRIC_REPEATED], input->repeated);
        put(to[ENGINE_INPUT_METRIC_FULL], input->full);
        put(to[ENGINE_INPUT_METRIC_DEPTH], input->is_broken ? 0 : channel_depth(&input->reader));
        put(to[ENGINE_INPUT_METRIC_BROKEN], input->is_broken ? 1 : 0);
    }
    struct engine_status status = engine_status(engine);
    struct metric **to = ours->values;
    put(to[ENGINE_METRIC_COMMANDS], status.commands);
    put(to[ENGINE_METRIC_BATCHES], status.batches);
    put(to[ENGINE_METRIC_SEALS], status.seals);
    put(to[ENGINE_METRIC_CONTINUES], status.continues);
    put(to[ENGINE_METRIC_EVENT_BYTES], status.event_bytes);
    put(to[ENGINE_METRIC_JOURNAL_BYTES], status.journal_bytes);
    put(to[ENGINE_METRIC_SEGMENT_WAITS], status.segment_waits);
    put(to[ENGINE_METRIC_BELLS], ours->bells);
    put(to[ENGINE_METRIC_BELLS_LEFT_OUT], ours->bells_left_out);
    put(to[ENGINE_METRIC_SEGMENTS_REMOVED], ours->segments_removed);
    put(to[ENGINE_METRIC_SEQ_APPLIED], status.seq_applied);
    put(to[ENGINE_METRIC_SEQ_DURABLE], status.seq_durable);
    put(to[ENGINE_METRIC_EVENT_POSITION], status.event_position);
    put(to[ENGINE_METRIC_IN_FLIGHT], status.pending);
    put(to[ENGINE_METRIC_NOT_PREPARING], status.preparing == FAULT_NONE ? 0 : 1);
}
