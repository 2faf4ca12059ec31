#include "role/cases/cases_agent.h"

#include "io/log.h"
#include "role/cases/case_query.h"

#include <stdlib.h>
#include <string.h>

struct cases_agent {
    struct agent agent; /* first: it is cast back */
    struct cases_agent_options options;
    struct clock *clock;
    struct projection *cases; /* NULL: no event log yet */
    u64 look_ns;              /* not before */
    u64 count_ns;             /* of the next count, by the monotonic clock */
    bool is_lost;             /* the log no longer holds what the queue needs */
    struct cases_agent_counts counts;
};

static struct cases_agent *agent_of(struct agent *agent)
{
    return (struct cases_agent *)(void *)agent;
}

struct cases_agent_counts cases_agent_counts(const struct agent *agent)
{
    return ((const struct cases_agent *)(const void *)agent)->counts;
}

/* Tried again while there is no log. */
static enum fault cases_try(struct cases_agent *agent)
{
    struct projection_options options = {.folder = agent->options.folder,
                                         .disk = agent->options.disk,
                                         .bytes_max = agent->options.bytes_max};
    char path[FILE_PATH_BYTES];
    bool there = false;
    TRY(file_path(path, agent->options.folder, "events/control"));
    TRY(disk_exists(agent->options.disk, path, &there));
    return there ? projection_open(&agent->cases, &cases_projection, &options) : FAULT_NONE;
}

/* A queue that has lost its place in the log is made anew by hand; the agents beside this one go on
 * meanwhile. */
static enum fault lose(struct cases_agent *agent, enum fault fault)
{
    if (fault != FAULT_MISSING) {
        return fault;
    }
    log_error("cases.lost", LOG_STR("reason", fault_text()));
    fault_forget();
    projection_close(agent->cases, true);
    agent->cases = NULL;
    agent->is_lost = true;
    agent->counts.is_lost = true;
    return FAULT_NONE;
}

/* The queue's clocks: now and then, and a line in the log when more cases are late than before. */
static enum fault count_late(struct cases_agent *agent)
{
    u64 now_ns = clock_mono_ns(agent->clock);
    u64 before = agent->counts.late;
    if (now_ns < agent->count_ns) {
        return FAULT_NONE;
    }
    agent->count_ns = now_ns + CASES_COUNT_NS;
    TRY(case_query_counts(projection_store(agent->cases), clock_wall_us(agent->clock),
                          &agent->counts.open, &agent->counts.late));
    if (agent->counts.late > before) {
        log_warn("cases.late", LOG_U64("late", agent->counts.late),
                 LOG_U64("open", agent->counts.open));
    }
    return FAULT_NONE;
}

static enum fault follow_on(struct cases_agent *agent, bool *busy_out)
{
    struct projection_status status;
    if (agent->cases == NULL) {
        return cases_try(agent);
    }
    TRY(projection_work(agent->cases, busy_out));
    TRY(projection_status(agent->cases, &status));
    agent->counts.position = status.point.position;
    agent->counts.released = status.position_released;
    agent->counts.transactions = status.transactions;
    agent->counts.textless = case_store_textless(projection_store(agent->cases));
    *busy_out = *busy_out && status.behind_bytes > 0;
    return count_late(agent);
}

static enum fault follow(struct cases_agent *agent, bool *busy_out)
{
    return agent->is_lost ? FAULT_NONE : lose(agent, follow_on(agent, busy_out));
}

static enum fault cases_agent_open(struct agent *base)
{
    struct cases_agent *agent = agent_of(base);
    agent->look_ns = 0;
    agent->count_ns = 0;
    agent->counts = (struct cases_agent_counts){.position = 0};
    agent->is_lost = false;
    return lose(agent, cases_try(agent));
}

static enum fault cases_agent_work(struct agent *base, bool *busy_out)
{
    struct cases_agent *agent = agent_of(base);
    u64 now_ns = clock_mono_ns(agent->clock);
    if (now_ns < agent->look_ns) {
        return FAULT_NONE;
    }
    TRY(follow(agent, busy_out));
    agent->look_ns = *busy_out ? 0 : now_ns + agent->options.look_us * 1000;
    return FAULT_NONE;
}

/* What is there is written before the end. */
static enum fault cases_agent_stop(struct agent *base, bool *done_out)
{
    bool busy = false;
    TRY(follow(agent_of(base), &busy));
    *done_out = !busy;
    return FAULT_NONE;
}

static void cases_agent_close(struct agent *base)
{
    struct cases_agent *agent = agent_of(base);
    projection_close(agent->cases, false);
    agent->cases = NULL;
}

enum fault cases_agent_create(struct agent **agent_out, const struct cases_agent_options *options)
{
    static const struct agent_ops ops = {.open = cases_agent_open,
                                         .work = cases_agent_work,
                                         .stop = cases_agent_stop,
                                         .close = cases_agent_close};
    struct cases_agent *agent = calloc(1, sizeof(struct cases_agent));
    *agent_out = NULL;
    if (agent == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for the officers' queue");
    }
    agent->agent = (struct agent){.ops = &ops, .name = "cases"};
    agent->options = *options;
    agent->options.disk = options->disk == NULL ? disk_real() : options->disk;
    agent->options.look_us = options->look_us == 0 ? CASES_LOOK_US : options->look_us;
    agent->options.bytes_max = options->bytes_max == 0 ? CASES_STEP_BYTES : options->bytes_max;
    agent->clock = options->clock == NULL ? clock_real() : options->clock;
    *agent_out = &agent->agent;
    return FAULT_NONE;
}

void cases_agent_destroy(struct agent *agent)
{
    free(agent);
}
