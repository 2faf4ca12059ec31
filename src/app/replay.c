#include "app/replay.h"

#include "app/memory.h"
#include "app/ticks.h"
#include "base/bytes.h"
#include "base/check.h"

#include <stdlib.h>
#include <string.h>

#define RING_BYTES (8U << 20) /* as large as the ring of a few journal batches */

/* Events kept before they are looked at, as many bytes as the yardstick's ring holds: a venue hands
 * its events on and uses the memory again, so one that grows with the run would be measured for
 * fetching memory that nobody needs. */
#define EVENT_BYTES (16U << 20)

enum fault venue_open(struct venue *venue, const struct flow *flow)
{
    *venue = (struct venue){.flow = flow};
    venue->core_bytes = core_footprint(&flow->limits);
    if (venue->core_bytes == 0) {
        return FAULT(FAULT_LIMIT, "the flow needs a venue larger than the limits allow "
                                  "(docs/semantics.md, section 11)");
    }
    venue->output_reserve = core_event_bytes_max(&flow->limits);
    venue->ring_bytes = RING_BYTES;
    venue->output.size = EVENT_BYTES + venue->output_reserve;
    TRY(memory_take(venue->core_bytes, venue->core_bytes, "the core", &venue->core_memory));
    TRY(memory_take(venue->ring_bytes, venue->ring_bytes, "batches", &venue->ring));
    TRY(memory_take(venue->output.size, EVENT_BYTES, "events", &venue->output.data));
    venue->core = core_init(venue->core_memory, venue->core_bytes, &flow->limits);
    return FAULT_NONE;
}

void venue_close(struct venue *venue)
{
    memory_give_back(venue->core_memory, venue->core_bytes);
    memory_give_back(venue->ring, venue->ring_bytes);
    memory_give_back(venue->output.data, venue->output.size);
    *venue = (struct venue){.core = NULL};
}

/* Hands the events out and empties the buffer. */
static enum fault drain(struct venue *venue, struct flow_check *check)
{
    TRY(flow_check_events(check, span_of(venue->output.data, venue->output.used)));
    venue->output.used = 0;
    return FAULT_NONE;
}

static bool has_room(const struct venue *venue)
{
    return venue->output.size - venue->output.used >= venue->output_reserve;
}

/* The batch as records in a batch buffer: this copy is what the core works on. */
static const u8 *encode(struct venue *venue, const struct replay_batch *batch)
{
    if (batch->bytes > venue->ring_bytes - venue->ring_used) {
        venue->ring_used = 0;
    }
    u8 *target = venue->ring + venue->ring_used;
    memcpy(target, batch->commands, batch->bytes);
    venue->ring_used += batch->bytes;
    return target;
}

/* Before the clock: events are handed out after every batch. */
static enum fault apply_plain(struct venue *venue, const struct flow_table *batches,
                              struct flow_check *check, struct progress *progress, u64 all)
{
    size_t count = batches->used / sizeof(struct replay_batch);
    u64 done = 0;
    for (size_t i = 0; i < count; i += 1) {
        const struct replay_batch *batch =
            &((const struct replay_batch *)(const void *)batches->data)[i];
        core_set_time(venue->core, batch->time_us);
        for (u32 applied = 0, offset = 0; applied < batch->count;) {
            size_t bytes = 0;
            applied +=
                core_apply_batch(venue->core, batch->commands + offset, batch->bytes - offset,
                                 batch->count - applied, &venue->output, &bytes);
            offset += (u32)bytes;
            TRY(drain(venue, check));
        }
        done += batch->count;
        progress_update(progress, done, all);
    }
    return FAULT_NONE;
}

/* The measured phase. */
static enum fault apply_timed(struct venue *venue, const struct flow_table *batches,
                              struct flow_check *check, struct progress *progress,
                              struct replay_report *report)
{
    const struct replay_batch *first = (const struct replay_batch *)(const void *)batches->data;
    size_t count = batches->used / sizeof(*first);
    struct clock *clock = clock_real();
    u64 all = report->commands;
    u64 done = 0;
    u64 start_ns = clock_mono_ns(clock);
    for (size_t i = 0; i < count; i += 1) {
        const struct replay_batch *batch = &first[i];
        core_set_time(venue->core, batch->time_us);
        const u8 *records = encode(venue, batch);
        for (u32 applied = 0, offset = 0; applied < batch->count;) {
            if (!has_room(venue)) {
                report->elapsed_ns += clock_mono_ns(clock) - start_ns;
                report->drains += 1;
                TRY(drain(venue, check));
                start_ns = clock_mono_ns(clock);
            }
            size_t bytes = 0;
            applied += core_apply_batch(venue->core, records + offset, batch->bytes - offset,
                                        batch->count - applied, &venue->output, &bytes);
            offset += (u32)bytes;
        }
        done += batch->count;
        progress_update(progress, done, all);
    }
    report->elapsed_ns += clock_mono_ns(clock) - start_ns;
    return FAULT_NONE;
}

/* The same one command at a time, the processor's counter read around each. */
static enum fault apply_each(struct venue *venue, const struct flow_table *batches,
                             struct flow_check *check, struct replay_report *report)
{
    u64 *spans = calloc(report->commands + 1, sizeof(*spans));
    if (spans == NULL) {
        return FAULT(FAULT_LIMIT, "out of memory for %llu latencies",
                     (unsigned long long)report->commands);
    }
    enum fault fault = FAULT_NONE;
    const struct replay_batch *batch = (const struct replay_batch *)(const void *)batches->data;
    struct clock *clock = clock_real();
    u64 start_ns = clock_mono_ns(clock);
    u64 start = ticks_now();
    for (u64 i = 0; i < report->commands && fault == FAULT_NONE; i += 1) {
        if (!has_room(venue)) {
            report->drains += 1;
            fault = drain(venue, check);
        }
        u64 before = ticks_now();
        core_set_time(venue->core, batch[i].time_us);
        const u8 *record = encode(venue, &batch[i]);
        core_apply(venue->core, (const struct command_head *)(const void *)record, &venue->output);
        spans[i] = ticks_now() - before;
    }
    struct ticks_scale scale = {.ticks = ticks_now() - start,
                                .ns = clock_mono_ns(clock) - start_ns};
    report->elapsed_ns = scale.ns;
    histogram_init(&report->latency);
    for (u64 i = 0; i < report->commands; i += 1) {
        histogram_add(&report->latency, ticks_to_ns(&scale, spans[i]));
    }
    free(spans);
    return fault;
}

enum fault replay_compare_book(const struct flow *flow, const struct core *core,
                               struct book_agreement *agreement_out)
{
    *agreement_out = (struct book_agreement){.expected = 0};
    const struct flow_resting *expected =
        (const struct flow_resting *)(const void *)flow->book.data;
    size_t count = flow->book.used / sizeof(*expected);
    struct core_resting *rows = calloc(count + 1, sizeof(*rows));
    if (rows == NULL) {
        return FAULT(FAULT_LIMIT, "out of memory for a book of %zu orders", count);
    }
    agreement_out->expected = count;
    size_t next = 0;
    for (u32 side = 0; side < 2; side += 1) {
        u32 found = core_book(core, 0, (enum side)side, rows, (u32)count + 1);
        agreement_out->found += found;
        for (u32 i = 0; next < count && expected[next].side == side; i += 1, next += 1) {
            bool equal = i < found && rows[i].order_id == expected[next].order_id &&
                         rows[i].price.units == /* raw: compared only */
                             expected[next].level.ticks * flow->market.tick &&
                         rows[i].remaining.units == /* raw: compared only */
                             expected[next].level.lots * flow->market.lot;
            agreement_out->equal += equal ? 1 : 0;
        }
    }
    free(rows);
    return FAULT_NONE;
}

static void fill_report(struct venue *venue, struct replay_report *report)
{
    struct core_counts counts = core_counts_of(venue->core);
    report->resting = counts.resting;
    report->accounts = counts.accounts;
    report->limits_hit = counts.rejected_limits;
    report->core_bytes = venue->core_bytes;
}

static enum fault run_parts(struct venue *venue, const struct replay_config *config,
                            struct flow_table *batches, struct flow_check *check,
                            struct replay_report *report)
{
    const struct flow *flow = venue->flow;
    TRY(replay_cut(flow, REPLAY_SETUP, 0, REPLAY_BATCH_DEFAULT, batches));
    progress_begin(config->progress, "setting up", "commands");
    TRY(apply_plain(venue, batches, check, config->progress, flow->setup_count));

    batches->used = 0;
    TRY(replay_cut(flow, REPLAY_PREFILL, 0, REPLAY_BATCH_DEFAULT, batches));
    progress_begin(config->progress, "filling the book", "orders");
    TRY(apply_plain(venue, batches, check, config->progress, flow->prefill_count));

    batches->used = 0;
    TRY(replay_cut(flow, REPLAY_MEASURED, 0, config->each_timed ? 1 : config->batch, batches));
    report->commands = flow->commands_count - flow->prefill_count;
    report->commands_bytes = replay_batches_bytes(batches);
    u64 events_before = check->events_bytes;
    progress_begin(config->progress, "replaying", "commands");
    if (config->each_timed) {
        TRY(apply_each(venue, batches, check, report));
    } else {
        TRY(apply_timed(venue, batches, check, config->progress, report));
    }
    progress_begin(config->progress, "checking", "bytes");
    check->progress = config->progress;
    TRY(drain(venue, check));
    TRY(flow_check_end(check));
    progress_end(config->progress);
    report->events_bytes = check->events_bytes - events_before;
    return FAULT_NONE;
}

enum fault venue_replay(struct venue *venue, const struct replay_config *config,
                        struct flow_check *check, struct replay_report *report)
{
    CHECK(config->batch >= 1 && config->batch <= REPLAY_BATCH_MAX);
    *report = (struct replay_report){.commands = 0};
    struct flow_table batches = {.data = NULL};
    enum fault fault = run_parts(venue, config, &batches, check, report);
    flow_table_release(&batches);
    fill_report(venue, report);
    TRY(fault);
    progress_begin(config->progress, "hashing the state", "bytes");
    TRY(state_hash(venue->core, report->state_hash));
    report->hashed = true;
    if (venue->flow->book.used > 0) {
        TRY(replay_compare_book(venue->flow, venue->core, &report->book));
        TRY(state_round_trip(venue->core, &venue->flow->limits, &report->trip));
    }
    progress_end(config->progress);
    return FAULT_NONE;
}

enum fault replay_verdict(const struct flow *flow, const struct flow_check *check,
                          const struct replay_report *report)
{
    TRY(flow_check_verdict(check, report->resting));
    if (flow->book.used == 0) {
        return FAULT_NONE;
    }
    if (report->book.equal != report->book.expected ||
        report->book.found != report->book.expected) {
        return FAULT(
            FAULT_DIVERGED, "%llu of %llu orders rest as in the recording, %llu rest in all",
            (unsigned long long)report->book.equal, (unsigned long long)report->book.expected,
            (unsigned long long)report->book.found);
    }
    if (!report->trip.equal) {
        return FAULT(FAULT_DIVERGED, "the state restored from a snapshot differs");
    }
    return FAULT_NONE;
}
