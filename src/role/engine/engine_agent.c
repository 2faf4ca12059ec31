#include "role/engine/engine_agent.h"

#include "base/check.h"
#include "io/block.h"
#include "io/log.h"
#include "role/engine/engine_metrics.h"

#include <string.h>

#define MS_NS 1000000ULL

enum { STOP_STEPS_MAX = 100000, METRICS_MS = 100 };

_Static_assert(ENGINE_AGENT_INPUTS_MAX <= ENGINE_METRICS_INPUTS_MAX, "one row each");

const u16 engine_agent_gateway_kinds[] = {
    COMMAND_ORDER,   COMMAND_CANCEL,         COMMAND_CANCEL_ALL, COMMAND_CANCEL_LIST,
    COMMAND_AMEND,   COMMAND_CANCEL_REPLACE, COMMAND_ORDER_LIST, COMMAND_WITHDRAW_HOLD,
    COMMAND_KEY_SET, COMMAND_KEY_REVOKE,
};
const u32 engine_agent_gateway_kinds_count = ARRAY_COUNT(engine_agent_gateway_kinds);

const u16 engine_agent_admin_kinds[] = {
    COMMAND_LIMITS_SET,
    COMMAND_ACTIVATE_VERSION,
    COMMAND_ASSET_ADD,
    COMMAND_MARKET_ADD,
    COMMAND_MARKET_SET,
    COMMAND_MARKET_STATE,
    COMMAND_FEE_SET,
    COMMAND_ACCOUNT_ADD,
    COMMAND_ACCOUNT_SET,
    COMMAND_RESTRICT,
    COMMAND_VENUE_FILTERS,
    COMMAND_ASSET_LIMIT,
    COMMAND_REFERENCE_PRICE,
    COMMAND_CANCEL,
    COMMAND_CANCEL_ALL,
    COMMAND_CANCEL_LIST,
    COMMAND_DEPOSIT,
    COMMAND_WITHDRAW_HOLD,
    COMMAND_WITHDRAW_SETTLE,
    COMMAND_HOLD_RELEASE,
    COMMAND_TRANSFER,
    COMMAND_ADJUST,
    COMMAND_KEY_SET,
    COMMAND_KEY_REVOKE,
    COMMAND_NOTE,
    COMMAND_PERSON_ADD,
    COMMAND_LINK,
    COMMAND_UNLINK,
    COMMAND_FACT_SET,
    COMMAND_LISTING_SET,
    COMMAND_OWNERSHIP_SET,
    COMMAND_ROW_END,
    COMMAND_VALUATION,
    COMMAND_PACK_PART,
    COMMAND_PACK_ACTIVATE,
    COMMAND_PACK_END,
    COMMAND_RULES_SET,
    COMMAND_LICENCE_SET,
    COMMAND_LIFT,
    COMMAND_CASE_ACT,
    COMMAND_PACK_REPLACE,
    COMMAND_LOG_ENTRY,
    COMMAND_PERSON_GROUP,
};
const u32 engine_agent_admin_kinds_count = ARRAY_COUNT(engine_agent_admin_kinds);

const u16 engine_agent_price_kinds[] = {COMMAND_VALUATION_PRICE, COMMAND_VALUATION};
const u32 engine_agent_price_kinds_count = ARRAY_COUNT(engine_agent_price_kinds);

const u16 engine_agent_screen_kinds[] = {COMMAND_LISTING_SET, COMMAND_OWNERSHIP_SET,
                                         COMMAND_LOG_ENTRY, COMMAND_PERSON_GROUP, COMMAND_CASE_ACT};
const u32 engine_agent_screen_kinds_count = ARRAY_COUNT(engine_agent_screen_kinds);

const u16 engine_agent_login_kinds[] = {COMMAND_LOGIN_OPEN, COMMAND_WITHDRAW_PAUSE};
const u32 engine_agent_login_kinds_count = ARRAY_COUNT(engine_agent_login_kinds);

struct listener {
    struct channel_writer writer;
    u8 source;
    bool is_broken;
    bool is_owed;     /* has not been told the newest */
    bool has_started; /* has had a bell of this life */
};

struct engine_agent {
    struct agent agent;
    struct release_sink sink;
    struct block block;
    struct engine_options options;
    struct engine *engine;
    struct gate gate; /* the engine's: a write has come back */
    struct engine_input inputs[ENGINE_AGENT_INPUTS_MAX];
    u32 inputs_count;
    u32 turn; /* which input comes first */
    struct listener listeners[ENGINE_AGENT_LISTENERS_MAX];
    u32 listeners_count;
    struct link_bell bell; /* what is released */
    bool bell_is_new;
    u64 seq_next;
    struct engine_metrics metrics;
    bool has_metrics;
    u64 measured_ns;
    u64 collect_every_ns;
    u64 collected_ns;
    bool is_stopping;
    u32 stop_steps;
};

static struct engine_agent *agent_of(struct agent *base)
{
    return (struct engine_agent *)(void *)base;
}

static u64 now_of(const struct engine_agent *agent)
{
    return clock_mono_ns(agent->options.clock);
}

/* ---- bells ---- */

/* The engine has released a chunk. */
static void on_release(struct release_sink *sink, const struct release *release)
{
    struct engine_agent *agent =
        (struct engine_agent *)(void *)((u8 *)sink - offsetof(struct engine_agent, sink));
    if (release->seq_next > agent->seq_next) {
        histogram_add(&agent->metrics.batch_commands, release->seq_next - agent->seq_next);
        agent->seq_next = release->seq_next;
    }
    agent->bell.position = release->position;
    agent->bell.seq = release->seq_next - 1;
    agent->bell.time_us = release->time_us;
    agent->bell_is_new = true;
    if (agent->options.sink != NULL) {
        agent->options.sink->release(agent->options.sink, release);
    }
}

static const struct engine_input *input_of(const struct engine_agent *agent, u8 source)
{
    for (u32 index = 0; index < agent->inputs_count; index += 1) {
        if (agent->inputs[index].source == source) {
            return &agent->inputs[index];
        }
    }
    return NULL;
}

static void listener_ring(struct engine_agent *agent, struct listener *listener)
{
    const struct engine_input *input = input_of(agent, listener->source);
    struct link_bell bell = agent->bell;
    bell.head.source = listener->source;
    bell.head.source_index = input == NULL ? 0 : input->source_index;
    bell.hello = input == NULL ? 0 : input->hello;
    bell.flags = (listener->has_started ? 0 : LINK_BELL_STARTED) |
                 (agent->is_stopping ? LINK_BELL_STOPPING : 0);
    bell = link_bell_make(&bell);
    struct span record = {.data = (const u8 *)&bell, .size = sizeof(bell)};
    switch (channel_put(&listener->writer, record)) {
    case CHANNEL_PUT:
        channel_flush(&listener->writer);
        agent->metrics.bells += 1;
        listener->is_owed = false;
        listener->has_started = true;
        break;
    case CHANNEL_FULL:
        agent->metrics.bells_left_out += 1;
        break;
    case CHANNEL_MISSHAPED:
    case CHANNEL_PUT_BROKEN:
        log_error("engine.listener_broken", LOG_U64("source", listener->source),
                  LOG_FAULT(FAULT_FOREIGN));
        fault_forget();
        listener->is_broken = true;
        break;
    }
}

static void ring(struct engine_agent *agent)
{
    for (u32 index = 0; index < agent->listeners_count; index += 1) {
        struct listener *listener = &agent->listeners[index];
        listener->is_owed = listener->is_owed || agent->bell_is_new;
        if (listener->is_owed && !listener->is_broken) {
            listener_ring(agent, listener);
        }
    }
    agent->bell_is_new = false;
}

static void owe(struct engine_agent *agent, u8 source)
{
    for (u32 index = 0; index < agent->listeners_count; index += 1) {
        struct listener *listener = &agent->listeners[index];
        listener->is_owed = listener->is_owed || listener->source == source;
    }
}

/* ---- the start ---- */

static enum fault start(struct agent *base)
{
    struct engine_agent *agent = agent_of(base);
    struct engine_options options = agent->options;
    options.sink = &agent->sink;
    options.gate = &agent->gate;
    u64 begin_ns = now_of(agent);
    TRY(engine_open(&agent->engine, &options));
    for (u32 index = 0; index < agent->inputs_count; index += 1) {
        engine_input_start(&agent->inputs[index], agent->engine);
    }
    struct engine_status status = engine_status(agent->engine);
    /* Rises also when the clock was set back a little since the last life. */
    agent->bell.generation = u64_max(clock_wall_us(options.clock), status.time_us + 1);
    agent->bell.position = status.event_position;
    agent->bell.seq = status.seq_durable;
    agent->bell.time_us = status.time_us;
    agent->bell_is_new = true;
    agent->seq_next = status.seq_durable + 1;
    agent->collected_ns = now_of(agent);
    log_info("engine.started", LOG_U64("seq", status.seq_durable),
             LOG_U64("position", status.event_position),
             LOG_U64("ms", (now_of(agent) - begin_ns) / MS_NS),
             LOG_U64("generation", agent->bell.generation));
    ring(agent);
    return FAULT_NONE;
}

/* ---- the step ---- */

static bool take(struct engine_agent *agent, u64 now_ns)
{
    bool some = false;
    for (u32 index = 0; index < agent->inputs_count; index += 1) {
        struct engine_input *input = &agent->inputs[(agent->turn + index) % agent->inputs_count];
        some = engine_input_take(input, agent->engine, now_ns) || some;
    }
    agent->turn = agent->inputs_count == 0 ? 0 : (agent->turn + 1) % agent->inputs_count;
    return some;
}

static bool give_back(struct engine_agent *agent)
{
    bool some = false;
    for (u32 index = 0; index < agent->inputs_count; index += 1) {
        struct engine_input *input = &agent->inputs[index];
        if (input->marks_count > 0 &&
            engine_input_release(input, agent->engine, now_of(agent), &agent->metrics.durable_ns)) {
            owe(agent, input->source);
            some = true;
        }
    }
    return some;
}

/* Now and then, and only when there is nothing else to do. No fault of it is ours: a segment that
 * cannot be removed stays. */
static enum fault collect(struct engine_agent *agent)
{
    u64 keep_from = 0;
    u32 removed = 0;
    struct layout_paths paths;
    TRY(layout_paths(&paths, agent->options.folder));
    TRY(eventlog_image_newest(agent->options.disk, paths.events, &keep_from));
    if (keep_from > 0) {
        TRY(engine_collect(agent->engine, keep_from, &removed));
    }
    if (removed > 0) {
        agent->metrics.segments_removed += removed;
        log_info("engine.segments_removed", LOG_U64("count", removed),
                 LOG_U64("before", keep_from));
    }
    return FAULT_NONE;
}

static void work_seldom(struct engine_agent *agent, u64 now_ns, bool is_busy)
{
    if (agent->has_metrics && now_ns - agent->measured_ns >= METRICS_MS * MS_NS) {
        agent->measured_ns = now_ns;
        engine_metrics_update(&agent->metrics, agent->engine, agent->inputs, agent->inputs_count);
    }
    if (!is_busy && now_ns - agent->collected_ns >= agent->collect_every_ns &&
        agent->options.folder != NULL && !agent->options.no_event_log) {
        agent->collected_ns = now_ns;
        enum fault fault = collect(agent);
        if (fault != FAULT_NONE) {
            log_warn("engine.collect_failed", LOG_FAULT(fault));
            fault_forget();
        }
    }
}

static enum fault work(struct agent *base, bool *busy_out)
{
    struct engine_agent *agent = agent_of(base);
    u64 now_ns = now_of(agent);
    bool some = false;
    bool taken = take(agent, now_ns);
    TRY(engine_work(agent->engine, &some));
    bool given = give_back(agent);
    ring(agent);
    *busy_out = taken || some || given;
    work_seldom(agent, now_ns, *busy_out);
    return FAULT_NONE;
}

static bool has_work(struct agent *base)
{
    struct engine_agent *agent = agent_of(base);
    for (u32 index = 0; index < agent->inputs_count; index += 1) {
        if (engine_input_has_more(&agent->inputs[index])) {
            return true;
        }
    }
    return engine_has_work(agent->engine);
}

static u32 gates(struct agent *base, struct gate **gates_out, u32 gates_max)
{
    struct engine_agent *agent = agent_of(base);
    CHECK(gates_max >= agent->inputs_count + 1);
    u32 count = 1;
    gates_out[0] = &agent->gate;
    for (u32 index = 0; index < agent->inputs_count; index += 1) {
        if (!agent->inputs[index].is_broken) {
            gates_out[count] = channel_gate(&agent->inputs[index].reader);
            count += 1;
        }
    }
    return count;
}

static bool inputs_are_empty(const struct engine_agent *agent)
{
    for (u32 index = 0; index < agent->inputs_count; index += 1) {
        if (!engine_input_is_empty(&agent->inputs[index])) {
            return false;
        }
    }
    return true;
}

static enum fault stop(struct agent *base, bool *done_out)
{
    struct engine_agent *agent = agent_of(base);
    bool busy = false;
    if (!inputs_are_empty(agent) && agent->stop_steps < STOP_STEPS_MAX) {
        agent->stop_steps += 1;
        return work(base, &busy);
    }
    TRY(engine_finish(agent->engine));
    (void)give_back(agent);
    agent->is_stopping = true;
    agent->bell_is_new = true;
    ring(agent);
    struct engine_status status = engine_status(agent->engine);
    log_info("engine.stopped", LOG_U64("seq", status.seq_durable),
             LOG_U64("position", status.event_position));
    *done_out = true;
    return FAULT_NONE;
}

static void finish(struct agent *base)
{
    struct engine_agent *agent = agent_of(base);
    engine_close(agent->engine);
    agent->engine = NULL;
}

/* ---- opening ---- */

static const struct agent_ops ops = {
    .start = start,
    .work = work,
    .stop = stop,
    .close = finish,
    .gates = gates,
    .has_work = has_work,
};

static void inputs_open(struct engine_agent *agent, const struct engine_agent_options *options)
{
    CHECK(options->inputs_count <= ENGINE_AGENT_INPUTS_MAX);
    for (u32 index = 0; index < options->inputs_count; index += 1) {
        const struct engine_agent_input *given = &options->inputs[index];
        CHECK(input_of(agent, given->source) == NULL);
        engine_input_open(&agent->inputs[index], given->channel, given->source, given->kinds,
                          given->kinds_count);
        agent->inputs_count += 1;
    }
}

static void listeners_open(struct engine_agent *agent, const struct engine_agent_options *options)
{
    CHECK(options->listeners_count <= ENGINE_AGENT_LISTENERS_MAX);
    for (u32 index = 0; index < options->listeners_count; index += 1) {
        const struct engine_agent_listener *given = &options->listeners[index];
        struct listener *listener = &agent->listeners[index];
        listener->source = given->source;
        if (channel_writer_open(&listener->writer, given->channel) != FAULT_NONE) {
            log_error("engine.listener_broken", LOG_U64("source", given->source),
                      LOG_FAULT(FAULT_FOREIGN));
            fault_forget();
            listener->is_broken = true;
        }
        agent->listeners_count += 1;
    }
}

enum fault engine_agent_open(struct agent **agent_out, const struct engine_agent_options *options)
{
    struct block block;
    *agent_out = NULL;
    TRY(block_take(sizeof(struct engine_agent), "the engine's agent", &block));
    struct engine_agent *agent = (struct engine_agent *)(void *)block.memory;
    agent->block = block;
    agent->agent = (struct agent){.ops = &ops, .name = "engine"};
    agent->sink.release = on_release;
    agent->seq_next = 1;
    agent->options = options->engine;
    agent->collect_every_ns =
        (options->collect_ms == 0 ? ENGINE_AGENT_COLLECT_MS : options->collect_ms) * MS_NS;
    gate_init(&agent->gate);
    inputs_open(agent, options);
    listeners_open(agent, options);
    agent->has_metrics = options->metrics != NULL;
    if (agent->has_metrics) {
        engine_metrics_open(&agent->metrics, options->metrics, agent->inputs, agent->inputs_count);
    }
    *agent_out = &agent->agent;
    return FAULT_NONE;
}

void engine_agent_close(struct agent *base)
{
    if (base != NULL) {
        struct block block = agent_of(base)->block;
        block_give_back(&block);
    }
}

struct engine *engine_agent_engine(struct agent *base)
{
    return agent_of(base)->engine;
}
