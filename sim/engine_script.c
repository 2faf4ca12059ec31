#include "sim/engine_script.h"

#include "base/check.h"
#include "base/random.h"
#include "base/span.h"
#include "role/engine/applier.h"
#include "role/engine/house.h"
#include "role/engine/snapshot_file.h"
#include "sim/flow.h"
#include "sim/flow_rules.h"
#include "sim/model.h"

#include <stdlib.h>
#include <string.h>

enum {
    RECORDS_BYTES = 8 << 20,
    EVENTS_BYTES = 64 << 20,
    MODEL_EVENTS_BYTES = 8 << 20,
};

/* While the script is written. */
struct author {
    struct engine_script *script;
    struct random random;
    struct flow *flow;
    struct model *model;
    u8 *model_events;
    u32 batch_commands_max;
};

static void *memory_of(size_t bytes)
{
    void *memory = malloc(bytes);
    CHECK(memory != NULL);
    return memory;
}

/* Whether an engine takes it from a source. New limits would make it add a command of its own at
 * the next start, which another test looks at. */
static bool is_taken(const struct flow_step *step)
{
    const char *reason = NULL;
    struct command_head head;
    memcpy(&head, step->record, sizeof(head));
    return !step->is_void && head.kind != COMMAND_VOID && head.kind != COMMAND_LIMITS_APPLY &&
           head.kind != COMMAND_LIMITS_SET && command_check(step->record, step->bytes, &reason);
}

/* The next command; its source is never the engine's own. */
static void next_command(struct author *author, struct flow_step *step)
{
    do {
        flow_next(author->flow, author->model, step);
    } while (!is_taken(step));
    struct command_head head;
    memcpy(&head, step->record, sizeof(head));
    head.source += 1;
    memcpy(step->record, &head, sizeof(head));
}

static void append(struct author *author, const struct flow_step *step, u64 time_us)
{
    struct engine_script *script = author->script;
    struct engine_script_batch *batch = &script->batches[script->batches_count];
    CHECK(batch->bytes_end + step->bytes <= RECORDS_BYTES);
    memcpy(script->records + batch->bytes_end, step->record, step->bytes);
    batch->bytes_end += step->bytes;
    batch->count += 1;
    model_set_time(author->model, time_us);
    const void *record = step->record;
    (void)model_apply(author->model, record, author->model_events, MODEL_EVENTS_BYTES);
}

/* The flow tries a few that the core refuses. */
static bool genesis_is_good(const struct command_genesis *genesis)
{
    return genesis->head.kind == COMMAND_GENESIS && genesis->semantics_version == 1 &&
           core_footprint(genesis) != 0;
}

static void write_genesis(struct author *author)
{
    struct engine_script *script = author->script;
    struct flow_step step;
    do {
        next_command(author, &step);
        memcpy(&script->genesis, step.record, sizeof(script->genesis));
    } while (!genesis_is_good(&script->genesis));
    script->batches[0].seq_first = 1;
    script->batches[0].time_us = step.time_us;
    append(author, &step, step.time_us);
    script->batches_count = 1;
}

static void write_batch(struct author *author)
{
    struct engine_script *script = author->script;
    const struct engine_script_batch *before = &script->batches[script->batches_count - 1];
    struct engine_script_batch *batch = &script->batches[script->batches_count];
    *batch = (struct engine_script_batch){.seq_first = before->seq_first + before->count,
                                          .bytes_begin = before->bytes_end,
                                          .bytes_end = before->bytes_end};
    u64 count = 1 + random_below(&author->random, author->batch_commands_max);
    for (u64 i = 0; i < count; i += 1) {
        struct flow_step step;
        next_command(author, &step);
        batch->time_us = i == 0 ? u64_max(step.time_us, before->time_us) : batch->time_us;
        append(author, &step, batch->time_us);
    }
    script->batches_count += 1;
}

/* Goes through the batches with a plain core. */
static void foresee(struct engine_script *script, u64 voided)
{
    struct house house;
    CHECK(house_open(&house, &script->genesis, 1, 0) == FAULT_NONE);
    struct void_list voids = {.count = 0};
    struct void_entry entry = {.seq = voided};
    CHECK(voided == 0 || voids_add(&voids, &entry) == FAULT_NONE);
    struct applier applier = {.house = &house, .voids = &voids};
    size_t events = 0;
    for (u32 i = 0; i < script->batches_count; i += 1) {
        struct engine_script_batch *batch = &script->batches[i];
        struct core_output output = {.data = house.outputs[0], .size = house.output_bytes};
        applier_begin(&applier, batch->seq_first, batch->time_us, batch->count,
                      engine_script_records(script, i));
        bool done = false;
        CHECK(applier_step(&applier, &output, &done) == FAULT_NONE);
        CHECK(done);
        CHECK(events + output.used <= EVENTS_BYTES);
        memcpy(script->events + events, output.data, output.used);
        events += output.used;
        batch->events_end = events;
        CHECK(snapshot_state_hash(house.core, batch->state_hash) == FAULT_NONE);
    }
    house_close(&house);
}

struct engine_script *engine_script_open(u64 seed, u32 batches_count, u32 batch_commands_max,
                                         u64 voided)
{
    CHECK(batches_count >= 1 && batches_count <= ENGINE_SCRIPT_BATCHES_MAX);
    struct engine_script *script = memory_of(sizeof(*script));
    memset(script, 0, sizeof(*script));
    script->seed = seed;
    script->records = memory_of(RECORDS_BYTES);
    script->events = memory_of(EVENTS_BYTES);
    struct author author = {
        .script = script,
        .flow = seed % 3 == 0 ? flow_rules_create(seed) : flow_create(seed),
        .model_events = memory_of(MODEL_EVENTS_BYTES),
        .batch_commands_max = batch_commands_max,
    };
    random_init(&author.random, seed);
    author.model = model_create(flow_limits(author.flow));
    model_set_check(author.model, false);
    write_genesis(&author);
    while (script->batches_count < batches_count) {
        write_batch(&author);
    }
    model_free(author.model);
    flow_free(author.flow);
    free(author.model_events);
    foresee(script, voided);
    return script;
}

void engine_script_close(struct engine_script *script)
{
    free(script->records);
    free(script->events);
    free(script);
}

u32 engine_script_find(const struct engine_script *script, u64 seq_next)
{
    for (u32 i = 0; i < script->batches_count; i += 1) {
        if (script->batches[i].seq_first + script->batches[i].count == seq_next) {
            return i;
        }
    }
    return UINT32_MAX;
}

struct span engine_script_records(const struct engine_script *script, u32 batch)
{
    const struct engine_script_batch *it = &script->batches[batch];
    return span_of(script->records + it->bytes_begin, it->bytes_end - it->bytes_begin);
}

struct span engine_script_events(const struct engine_script *script, u32 batch)
{
    size_t begin = batch == 0 ? 0 : script->batches[batch - 1].events_end;
    return span_of(script->events + begin, script->batches[batch].events_end - begin);
}
