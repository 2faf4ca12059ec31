#include "role/engine/engine.h"

#include "base/check.h"
#include "base/span.h"
#include "role/engine/engine_state.h"
#include "role/engine/snapshot_file.h"

#include <string.h>

enum { UNITS_OFFSET = 2, WAIT_MS = 100 };

enum fault engine_die(struct engine *engine, enum fault fault)
{
    CHECK(fault != FAULT_NONE);
    if (!engine->dead) {
        engine->dead = true;
        engine->fault = fault;
        fault_trail_copy(&engine->trail);
    }
    fault_trail_adopt(&engine->trail);
    return engine->fault;
}

static struct engine_batch *batch_number(struct engine *engine, u64 number)
{
    return &engine->batches[number % engine->batches_max];
}

/* ---- taking commands ---- */

/* A buffer for the open batch; false while all are in flight. */
static bool open_begin(struct engine *engine)
{
    if (engine->open != NULL) {
        return true;
    }
    /* The buffer of a batch that waits for room to go on (make_room) is still read. */
    if (engine->submitted - engine->released >= engine->batches_max) {
        return false;
    }
    engine->open = seqlog_buffer(engine->log);
    return engine->open != NULL;
}

static bool open_has_room(const struct engine *engine, size_t bytes)
{
    return engine->open_count < engine->batch_commands &&
           bytes <= engine->log->records_bytes_max - engine->open_bytes;
}

/* A plain order and no room for a long command: it counts as full. */
static bool open_is_full(const struct engine *engine)
{
    return !open_has_room(engine, COMMAND_BYTES_MAX);
}

/* Looks at the copy in the batch; nobody else can change it. */
static enum engine_answer copy_check(const struct engine *engine, const u8 *copy, size_t bytes,
                                     const char **reason_out)
{
    struct command_head head;
    if (!command_check(copy, bytes, reason_out)) {
        return ENGINE_MALFORMED;
    }
    memcpy(&head, copy, sizeof(head));
    if ((size_t)head.units * WIRE_UNIT != bytes) {
        *reason_out = "units";
        return ENGINE_MALFORMED;
    }
    if (head.source == ENGINE_SOURCE || head.kind == COMMAND_VOID ||
        head.kind == COMMAND_LIMITS_APPLY) {
        *reason_out = head.source == ENGINE_SOURCE ? "source" : "kind";
        return ENGINE_FORBIDDEN;
    }
    if (head.source_index <= engine->source_index[head.source]) {
        *reason_out = "source_index";
        return ENGINE_REPEATED;
    }
    return ENGINE_TAKEN;
}

static void open_take(struct engine *engine, const u8 *copy, size_t bytes)
{
    struct command_head head;
    memcpy(&head, copy, sizeof(head));
    engine->source_index[head.source] = head.source_index;
    engine->open_count += 1;
    engine->open_bytes += (u32)bytes;
}

/* Takes plain records (command_is_plain) as far as nothing else comes between; returns their bytes.
 * The one after them may be refused or only be of another form: engine_submit says. */
static size_t take_plain(struct engine *engine, struct span records)
{
    if (engine->dead || engine->open == NULL) {
        return 0;
    }
    size_t room = engine->log->records_bytes_max - engine->open_bytes;
    size_t count = (records.size < room ? records.size : room) / COMMAND_PLAIN_BYTES;
    count = u64_min(count, engine->batch_commands - engine->open_count);
    u8 *copy = engine->open + engine->open_bytes;
    size_t taken = 0;
    for (; taken < count; taken += 1) {
        struct command_head head;
        memcpy(copy, records.data + taken * COMMAND_PLAIN_BYTES, COMMAND_PLAIN_BYTES);
        memcpy(&head, copy, sizeof(head));
        if (!command_is_plain(copy) || head.source == ENGINE_SOURCE ||
            head.source_index <= engine->source_index[head.source]) {
            break;
        }
        engine->source_index[head.source] = head.source_index;
        copy += COMMAND_PLAIN_BYTES;
    }
    engine->open_count += (u32)taken;
    engine->open_bytes += (u32)(taken * COMMAND_PLAIN_BYTES);
    return taken * COMMAND_PLAIN_BYTES;
}

enum engine_answer engine_submit(struct engine *engine, struct span records, size_t *bytes_out,
                                 const char **reason_out)
{
    *bytes_out = 0;
    *reason_out = NULL;
    while (*bytes_out < records.size) {
        *bytes_out += take_plain(engine, span_after(records, *bytes_out));
        if (*bytes_out == records.size) {
            break;
        }
        const u8 *source = records.data + *bytes_out;
        size_t left = records.size - *bytes_out;
        /* Read once: what is copied is what is checked. */
        size_t bytes =
            left < WIRE_UNIT ? 0 : (size_t)((const volatile u8 *)source)[UNITS_OFFSET] * WIRE_UNIT;
        if (bytes == 0 || bytes > left) {
            *reason_out = "units";
            engine->status.refused_malformed += 1;
            return ENGINE_MALFORMED;
        }
        if (engine->dead || !open_begin(engine) || !open_has_room(engine, bytes)) {
            engine->status.refused_full += 1;
            return ENGINE_FULL;
        }
        u8 *copy = engine->open + engine->open_bytes;
        memcpy(copy, source, bytes);
        enum engine_answer answer = copy_check(engine, copy, bytes, reason_out);
        if (answer != ENGINE_TAKEN) {
            engine->status.refused_malformed += 1;
            return answer;
        }
        open_take(engine, copy, bytes);
        *bytes_out += bytes;
    }
    return ENGINE_TAKEN;
}

enum engine_answer engine_put(struct engine *engine, const struct command_head *record)
{
    size_t bytes = (size_t)record->units * WIRE_UNIT;
    const char *reason = NULL;
    CHECK(command_check((const u8 *)record, bytes, &reason));
    if (engine->dead || !open_begin(engine) || !open_has_room(engine, bytes)) {
        return ENGINE_FULL;
    }
    u8 *copy = engine->open + engine->open_bytes;
    memcpy(copy, record, bytes);
    open_take(engine, copy, bytes);
    return ENGINE_TAKEN;
}

/* ---- applying and releasing ---- */

/* Applies what is submitted, in order, as far as the events have room. */
static enum fault apply_submitted(struct engine *engine)
{
    while (engine->applied < engine->submitted) {
        struct engine_batch *batch = batch_number(engine, engine->applied);
        if (!batch->begun) {
            batch->begun = true;
            applier_begin(&engine->applier, batch->seq_first, batch->time_us, batch->count,
                          batch->records);
        }
        bool done = false;
        TRY(applier_step(&engine->applier, &batch->output, &done));
        if (!done) {
            break;
        }
        engine->applied += 1;
    }
    return FAULT_NONE;
}

static bool chunks_have_room(const struct engine *engine)
{
    return engine->chunks_handed - engine->chunks_released < ENGINE_CHUNKS_MAX;
}

static void chunk_put(struct engine *engine, const struct release *release, bool last)
{
    engine->chunks[engine->chunks_handed % ENGINE_CHUNKS_MAX] =
        (struct engine_chunk){.release = *release, .last = last};
    engine->chunks_handed += 1;
}

/* Hands the events of a durable batch to the event log. With `more` the batch is not applied whole
 * yet, and a last piece that could still grow stays. False: come again when there is room. */
static enum fault hand_batch(struct engine *engine, struct engine_batch *batch, bool more,
                             bool *all_out)
{
    const struct core_output *output = &batch->output;
    u64 seq_last = batch->seq_first + batch->count - 1;
    struct release chunk = {.time_us = batch->time_us};
    *all_out = false;
    while (!*all_out && chunks_have_room(engine)) {
        struct span rest = span_of(output->data + batch->cut, output->used - batch->cut);
        size_t size = release_cut(rest, more, &chunk.seq);
        *all_out = size == 0 || (!more && size == rest.size);
        if (size == 0 && more) {
            break;
        }
        batch->cut += size;
        chunk.seq = *all_out ? seq_last : chunk.seq;
        chunk.seq_next = *all_out ? seq_last + 1 : batch->seq_first;
        chunk.events = span_piece(rest, 0, size);
        chunk.position = engine->events.point.position;
        if (size > 0) {
            chunk.position += recovery_chunk_steps(size);
            TRY(events_add_later(&engine->events, &chunk));
        }
        chunk_put(engine, &chunk, *all_out);
    }
    return FAULT_NONE;
}

/* Shows what the event log has written, in order. */
static enum fault release_written(struct engine *engine)
{
    u64 written = 0;
    TRY(events_written(&engine->events, &written));
    while (engine->chunks_released < engine->chunks_handed) {
        const struct engine_chunk *chunk =
            &engine->chunks[engine->chunks_released % ENGINE_CHUNKS_MAX];
        if (chunk->release.position > written) {
            break;
        }
        if (chunk->release.events.size > 0) {
            events_release(&engine->events, &chunk->release);
        }
        if (engine->options.sink != NULL) {
            engine->options.sink->release(engine->options.sink, &chunk->release);
        }
        engine->status.event_bytes += chunk->release.events.size;
        engine->status.event_position = chunk->release.position;
        engine->released += chunk->last ? 1 : 0;
        engine->status.seq_durable = chunk->last ? chunk->release.seq : engine->status.seq_durable;
        engine->chunks_released += 1;
    }
    return FAULT_NONE;
}

/* A batch that fills its buffer before it is applied whole: what is there goes out, and the room is
 * given back. Rare, so the event log is waited for. */
static enum fault make_room(struct engine *engine, struct engine_batch *batch)
{
    TRY(release_written(engine));
    while (engine->chunks_released < engine->chunks_handed) {
        events_wait(&engine->events, WAIT_MS);
        TRY(release_written(engine));
    }
    struct core_output *output = &batch->output;
    size_t left = output->used - batch->cut;
    memmove(output->data, output->data + batch->cut, left);
    output->used = left;
    batch->cut = 0;
    return FAULT_NONE;
}

/* Hands on every batch that is durable, as far as the event log takes chunks. */
static enum fault hand_durable(struct engine *engine, const struct seqlog_outcome *outcome)
{
    while (engine->handed < engine->submitted && chunks_have_room(engine)) {
        TRY(apply_submitted(engine));
        struct engine_batch *batch = batch_number(engine, engine->handed);
        if (batch->seq_first + batch->count > outcome->seq_next) {
            break;
        }
        bool whole = engine->handed < engine->applied;
        bool all = false;
        TRY(hand_batch(engine, batch, !whole, &all));
        if (all && whole) {
            engine->handed += 1;
        } else if (all) {
            TRY(make_room(engine, batch));
        }
    }
    return FAULT_NONE;
}

/* Releases every batch that is durable and written. */
static enum fault release_durable(struct engine *engine, const struct seqlog_outcome *outcome)
{
    u64 released = 0;
    do {
        released = engine->chunks_released;
        TRY(hand_durable(engine, outcome));
        TRY(release_written(engine));
    } while (engine->chunks_released != released);
    return FAULT_NONE;
}

/* What the log says, and everything that follows from it. */
static enum fault take_outcome(struct engine *engine, const struct seqlog_outcome *outcome)
{
    if (outcome->status != SEQLOG_DURABLE) {
        return outcome->fault;
    }
    engine->status.pending = outcome->pending;
    memcpy(engine->status.hash, outcome->hash, JOURNAL_HASH_BYTES);
    TRY(release_durable(engine, outcome));
    if (outcome->head.seq > engine->seq_head) {
        engine->seq_head = outcome->head.seq;
        events_head(&engine->events, &outcome->head);
    }
    return FAULT_NONE;
}

static enum fault close_batch(struct engine *engine)
{
    CHECK(engine->open_count > 0);
    engine->time_us = u64_max(engine->time_us, clock_wall_us(engine->options.clock));
    struct engine_batch *batch = batch_number(engine, engine->submitted);
    struct house *house = &engine->house;
    *batch = (struct engine_batch){
        .seq_first = engine->seq_submitted,
        .time_us = engine->time_us,
        .records = span_of(engine->open, engine->open_bytes),
        .count = engine->open_count,
        .output = {.data = house->outputs[engine->submitted % engine->batches_max],
                   .size = house->output_bytes},
    };
    struct seqlog_batch submitted = {
        .seq_first = batch->seq_first,
        .time_us = batch->time_us,
        .count = batch->count,
        .records = batch->records,
    };
    engine->status.batches += 1;
    engine->status.commands += batch->count;
    engine->open = NULL;
    engine->open_count = 0;
    engine->open_bytes = 0;
    engine->sealed = false;
    engine->submitted += 1;
    engine->seq_submitted += batch->count;
    seqlog_submit(engine->log, &submitted);
    return apply_submitted(engine);
}

/* ---- the step ---- */

/* Nothing is open. A record that was refused may have left its buffer, which the seal uses: what
 * comes next asks for another. */
static void seal(struct engine *engine)
{
    CHECK(engine->open_count == 0);
    engine->open = NULL;
    engine->time_us = u64_max(engine->time_us, clock_wall_us(engine->options.clock));
    seqlog_seal(engine->log, engine->time_us);
    engine->sealed = true;
    engine->status.seals += 1;
}

/* After a pause: seals, and goes on with the trigger queue. */
static enum fault work_idle(struct engine *engine, bool *some_out)
{
    u64 now_ns = clock_mono_ns(engine->options.clock);
    if (!engine->quiet) {
        engine->quiet = true;
        engine->quiet_ns = now_ns;
        return FAULT_NONE;
    }
    if (engine->submitted > engine->released) {
        return FAULT_NONE;
    }
    const struct core *core = engine->house.core;
    bool waits =
        core_has_queued(core) || core_rules_wait(core, clock_wall_us(engine->options.clock));
    if (waits && !engine->options.no_continue) {
        struct command_continue record = {
            .head = {.kind = COMMAND_CONTINUE,
                     .units = sizeof(struct command_continue) / WIRE_UNIT,
                     .source = ENGINE_SOURCE,
                     .source_index = engine->source_index[ENGINE_SOURCE] + 1}};
        if (engine_put(engine, &record.head) == ENGINE_TAKEN) {
            engine->status.continues += 1;
            *some_out = true;
            return close_batch(engine);
        }
    } else if (!engine->sealed && now_ns - engine->quiet_ns >= SEQLOG_SEAL_AFTER_MS * 1000000ULL) {
        seal(engine);
        *some_out = true;
    }
    return FAULT_NONE;
}

/* For whatever is older: chunks under way to the event log, or a write. */
static struct seqlog_outcome wait_for_progress(struct engine *engine, u32 wait_ms)
{
    if (engine->chunks_released < engine->chunks_handed) {
        if (!seqlog_help(engine->log)) {
            events_wait(&engine->events, wait_ms);
        }
        return seqlog_poll(engine->log);
    }
    return seqlog_wait(engine->log, wait_ms);
}

static enum fault step(struct engine *engine, u32 wait_ms, bool *some_out)
{
    u64 released = engine->released;
    struct seqlog_outcome outcome =
        wait_ms > 0 ? wait_for_progress(engine, wait_ms) : seqlog_poll(engine->log);
    TRY(take_outcome(engine, &outcome));
    if (engine->open_count > 0 && (outcome.pending == 0 || open_is_full(engine))) {
        engine->quiet = false;
        *some_out = true;
        TRY(close_batch(engine));
    } else if (engine->open_count == 0 && outcome.pending == 0) {
        TRY(work_idle(engine, some_out));
    }
    if (*some_out) {
        /* A lone batch is durable by now. */
        outcome = seqlog_poll(engine->log);
        TRY(take_outcome(engine, &outcome));
    }
    *some_out = *some_out || engine->released != released;
    return FAULT_NONE;
}

enum fault engine_work(struct engine *engine, bool *some_out)
{
    bool some = false;
    enum fault fault = engine->dead ? engine->fault : step(engine, 0, &some);
    if (some_out != NULL) {
        *some_out = some;
    }
    return fault == FAULT_NONE ? FAULT_NONE : engine_die(engine, fault);
}

bool engine_has_work(struct engine *engine)
{
    struct seqlog_outcome outcome = seqlog_poll(engine->log);
    u64 written = 0;
    if (engine->dead || outcome.status != SEQLOG_DURABLE ||
        outcome.pending != engine->status.pending ||
        events_written(&engine->events, &written) != FAULT_NONE) {
        return true; /* engine_work says which fault it is */
    }
    const struct engine_chunk *chunk = &engine->chunks[engine->chunks_released % ENGINE_CHUNKS_MAX];
    return (engine->open_count > 0 && (outcome.pending == 0 || open_is_full(engine))) ||
           (engine->chunks_released < engine->chunks_handed && chunk->release.position <= written);
}

enum fault engine_wait(struct engine *engine, u32 timeout_ms)
{
    bool some = false;
    enum fault fault = engine->dead ? engine->fault : step(engine, timeout_ms, &some);
    return fault == FAULT_NONE ? FAULT_NONE : engine_die(engine, fault);
}

enum fault engine_close_batch(struct engine *engine)
{
    enum fault fault = engine->dead ? engine->fault : FAULT_NONE;
    if (fault == FAULT_NONE && engine->open_count > 0) {
        engine->quiet = false;
        fault = close_batch(engine);
    }
    return fault == FAULT_NONE ? FAULT_NONE : engine_die(engine, fault);
}

static enum fault drain(struct engine *engine)
{
    struct seqlog_outcome outcome = seqlog_poll(engine->log);
    TRY(take_outcome(engine, &outcome));
    while (outcome.pending > 0 || engine->released < engine->submitted) {
        outcome = wait_for_progress(engine, WAIT_MS);
        TRY(take_outcome(engine, &outcome));
    }
    return FAULT_NONE;
}

enum fault engine_drain(struct engine *engine)
{
    enum fault fault = engine_close_batch(engine);
    fault = fault == FAULT_NONE ? drain(engine) : fault;
    return fault == FAULT_NONE ? FAULT_NONE : engine_die(engine, fault);
}

enum fault engine_finish(struct engine *engine)
{
    enum fault fault = engine_drain(engine);
    if (fault == FAULT_NONE && !engine->sealed) {
        seal(engine);
        fault = drain(engine);
    }
    return fault == FAULT_NONE ? FAULT_NONE : engine_die(engine, fault);
}

enum fault engine_collect(struct engine *engine, u64 keep_from, u32 *removed_out)
{
    *removed_out = 0;
    if (engine->dead || engine->events.log == NULL) {
        return engine->dead ? engine_die(engine, engine->fault) : FAULT_NONE;
    }
    return eventlog_collect(engine->events.log, keep_from, removed_out);
}

/* ---- looking in ---- */

const struct core *engine_core(const struct engine *engine)
{
    return engine->house.core;
}

u64 engine_source_index(const struct engine *engine, u8 source)
{
    return engine->source_index[source];
}

u64 engine_batches_taken(const struct engine *engine)
{
    return engine->submitted + (engine->open_count > 0 ? 1 : 0);
}

u64 engine_batches_released(const struct engine *engine)
{
    return engine->released;
}

struct engine_status engine_status(const struct engine *engine)
{
    struct engine_status status = engine->status;
    status.seq_applied = core_seq(engine->house.core);
    status.time_us = engine->time_us;
    if (engine->file_log != NULL) {
        struct seqlog_file_counters counters = seqlog_file_counters(engine->file_log);
        status.journal_bytes = counters.bytes;
        status.segment_waits = counters.segment_waits;
        status.preparing = counters.preparing;
    }
    return status;
}

enum fault engine_state_hash(const struct engine *engine, u8 hash_out[JOURNAL_HASH_BYTES])
{
    return snapshot_state_hash(engine->house.core, hash_out);
}
