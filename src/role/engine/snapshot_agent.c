#include "role/engine/snapshot_agent.h"

#include "base/check.h"
#include "io/log.h"

#include <sys/resource.h>

#define MS_NS 1000000ULL

enum { NICENESS = 10 }; /* beside the engine, never in its way */

static struct snapshot_agent *agent_of(struct agent *base)
{
    return (struct snapshot_agent *)(void *)base;
}

static enum fault open(struct agent *base)
{
    struct snapshot_agent *agent = agent_of(base);
    if (agent->options.lowers_priority) {
        (void)setpriority(PRIO_PROCESS, 0, NICENESS);
    }
    agent->due_ns = clock_mono_ns(agent->options.snapshot.clock) + agent->options.every_ms * MS_NS;
    return FAULT_NONE;
}

static void tell(struct snapshot_agent *agent, enum fault fault,
                 const struct snapshot_result *result)
{
    if (fault == FAULT_STOPPED) {
        fault_forget();
        return;
    }
    if (fault != FAULT_NONE) {
        log_error("snapshot.failed", LOG_FAULT(fault));
        fault_forget();
    } else if (result->written) {
        log_info("snapshot.written", LOG_U64("seq", result->info.point.seq),
                 LOG_U64("bytes", result->info.bytes), LOG_U64("commands", result->commands),
                 LOG_U64("removed", result->removed_count),
                 LOG_U64("ms", result->duration_ns / MS_NS));
    }
    if (agent->written == NULL) {
        return;
    }
    metric_add(agent->failed, fault == FAULT_NONE ? 0 : 1);
    if (fault == FAULT_NONE && result->written) {
        metric_add(agent->written, 1);
        metric_set(agent->seq, (i64)result->info.point.seq);
        metric_set(agent->duration_ms, (i64)(result->duration_ns / MS_NS));
    }
}

static enum fault work(struct agent *base, bool *busy_out)
{
    struct snapshot_agent *agent = agent_of(base);
    struct clock *clock = agent->options.snapshot.clock;
    if (clock_mono_ns(clock) < agent->due_ns) {
        return FAULT_NONE;
    }
    struct snapshot_result result = {.written = false};
    enum fault fault = snapshot_run(&agent->options.snapshot, &result);
    tell(agent, fault, &result);
    agent->due_ns = clock_mono_ns(clock) + agent->options.every_ms * MS_NS;
    *busy_out = true;
    return FAULT_NONE;
}

static const struct agent_ops ops = {.open = open, .work = work};

static void declare(struct snapshot_agent *agent, struct metrics *metrics)
{
    agent->written = metrics_counter(
        metrics, &(struct metric_declaration){.name = "cambist_snapshots_total",
                                              .help = "Snapshots written since the start."});
    agent->failed = metrics_counter(
        metrics, &(struct metric_declaration){.name = "cambist_snapshots_failed_total",
                                              .help = "Snapshots that could not be written."});
    agent->seq = metrics_gauge(
        metrics, &(struct metric_declaration){
                     .name = "cambist_snapshot_seq",
                     .help = "Sequence number of the last command in the newest snapshot."});
    agent->duration_ms = metrics_gauge(
        metrics, &(struct metric_declaration){.name = "cambist_snapshot_milliseconds",
                                              .help = "How long the newest snapshot took."});
}

void snapshot_agent_init(struct snapshot_agent *agent, const struct snapshot_agent_options *options)
{
    CHECK(options->every_ms > 0);
    *agent =
        (struct snapshot_agent){.agent = {.ops = &ops, .name = "snapshot"}, .options = *options};
    agent->options.snapshot.progress = NULL;
    agent->options.snapshot.stop = options->requests == NULL ? NULL : &options->requests->stop;
    if (options->metrics != NULL) {
        declare(agent, options->metrics);
    }
}
