#include "io/agent.h"

#include "base/check.h"

#include <signal.h>
#include <stdatomic.h>
#include <string.h>

enum fault agent_open(struct agent *agent)
{
    CHECK(!agent->is_open);
    agent->is_open = true; /* also when it fails half way: close gives back what there is */
    return agent->ops->open == NULL ? FAULT_NONE : agent->ops->open(agent);
}

enum fault agent_start(struct agent *agent)
{
    CHECK(agent->is_open);
    return agent->ops->start == NULL ? FAULT_NONE : agent->ops->start(agent);
}

enum fault agent_work(struct agent *agent, bool *busy_out)
{
    CHECK(agent->is_open);
    *busy_out = false;
    return agent->ops->work(agent, busy_out);
}

enum fault agent_stop(struct agent *agent, bool *done_out)
{
    CHECK(agent->is_open);
    *done_out = agent->ops->stop == NULL;
    return agent->ops->stop == NULL ? FAULT_NONE : agent->ops->stop(agent, done_out);
}

enum fault agent_reload(struct agent *agent)
{
    CHECK(agent->is_open);
    return agent->ops->reload == NULL ? FAULT_NONE : agent->ops->reload(agent);
}

void agent_close(struct agent *agent)
{
    if (agent->is_open) {
        agent->is_open = false;
        if (agent->ops->close != NULL) {
            agent->ops->close(agent);
        }
    }
}

/* ---- the loop of a thread ---- */

struct run {
    struct agent *const *agents;
    u32 count;
    const struct agents_options *options;
    struct clock *clock;
    u32 reloads_seen;
};

static enum fault run_begin(struct run *run)
{
    for (u32 index = 0; index < run->count; index += 1) {
        TRY(agent_open(run->agents[index]));
    }
    if (run->options->sandbox != NULL) {
        struct sandbox_report report;
        TRY(sandbox_enter(run->options->sandbox, &report));
        if (run->options->report_out != NULL) {
            *run->options->report_out = report;
        }
    }
    for (u32 index = 0; index < run->count; index += 1) {
        TRY(agent_start(run->agents[index]));
    }
    if (run->options->on_started != NULL) {
        run->options->on_started(run->options->argument);
    }
    return FAULT_NONE;
}

static bool any_has_work(const struct run *run)
{
    for (u32 index = 0; index < run->count; index += 1) {
        struct agent *agent = run->agents[index];
        if (agent->ops->has_work != NULL && agent->ops->has_work(agent)) {
            return true;
        }
    }
    return false;
}

/* The agent that waits in a loop of its own; NULL when none does. */
static struct agent *waiter_of(const struct run *run)
{
    for (u32 index = 0; index < run->count; index += 1) {
        if (run->agents[index]->ops->wait != NULL) {
            return run->agents[index];
        }
    }
    return NULL;
}

static void run_wait(const struct run *run)
{
    struct agent *waiter = waiter_of(run);
    if (waiter != NULL) {
        u64 sleep_us = run->count == 1 ? run->options->sleep_us
                                       : u64_min(run->options->sleep_us, AGENT_SHARED_SLEEP_US);
        waiter->ops->wait(waiter, any_has_work(run) ? 0 : sleep_us);
        return;
    }
    static _Thread_local struct gate nobody; /* so that there is always one to sleep at */
    struct gate *gates[GATE_ANY_MAX] = {&nobody};
    u32 seen[GATE_ANY_MAX];
    u32 count = 0;
    for (u32 index = 0; index < run->count; index += 1) {
        struct agent *agent = run->agents[index];
        if (agent->ops->gates != NULL) {
            u32 added = agent->ops->gates(agent, gates + count, GATE_ANY_MAX - count);
            CHECK(added <= GATE_ANY_MAX - count);
            count += added;
        }
    }
    count = count == 0 ? 1 : count;
    for (u32 index = 0; index < count; index += 1) {
        seen[index] = gate_prepare(gates[index]);
    }
    bool stays = !any_has_work(run) && atomic_load(&run->options->requests->stop) == 0;
    gate_wait_any(gates, seen, count, stays ? run->options->spin_ns : 0,
                  stays ? run->options->sleep_us : 0);
}

static enum fault run_requests(struct run *run)
{
    u32 reloads = atomic_load(&run->options->requests->reloads);
    if (reloads == run->reloads_seen) {
        return FAULT_NONE;
    }
    run->reloads_seen = reloads;
    for (u32 index = 0; index < run->count; index += 1) {
        TRY(agent_reload(run->agents[index]));
    }
    return FAULT_NONE;
}

static enum fault run_work(struct run *run)
{
    while (atomic_load(&run->options->requests->stop) == 0) {
        bool busy = false;
        TRY(run_requests(run));
        for (u32 index = 0; index < run->count; index += 1) {
            bool one_busy = false;
            TRY(agent_work(run->agents[index], &one_busy));
            busy = busy || one_busy;
        }
        if (run->options->on_round != NULL) {
            run->options->on_round(run->options->argument);
        }
        if (!busy) {
            run_wait(run);
        }
    }
    return FAULT_NONE;
}

static enum fault run_stop(struct run *run)
{
    u64 begin_ns = clock_mono_ns(run->clock);
    for (u32 index = run->count; index > 0; index -= 1) {
        struct agent *agent = run->agents[index - 1];
        for (;;) {
            bool done = false;
            TRY(agent_stop(agent, &done));
            if (done) {
                break;
            }
            u64 passed_ns = clock_mono_ns(run->clock) - begin_ns;
            if (run->options->stop_ms > 0 && passed_ns / 1000000 >= run->options->stop_ms) {
                return FAULT(FAULT_TIMEOUT, "%s: not stopped after %llu ms", agent->name,
                             (unsigned long long)run->options->stop_ms);
            }
            /* What it waits for may be the others' work. */
            for (u32 other = 0; other + 1 < index; other += 1) {
                bool busy = false;
                TRY(agent_work(run->agents[other], &busy));
            }
            if (agent->ops->wait != NULL) {
                agent->ops->wait(agent, AGENT_SHARED_SLEEP_US);
            }
        }
    }
    return FAULT_NONE;
}

static enum fault run_all(struct run *run)
{
    TRY(run_begin(run));
    TRY(run_work(run));
    TRY(run_stop(run));
    return FAULT_NONE;
}

enum fault agents_run(struct agent *const *agents, u32 count, const struct agents_options *options)
{
    CHECK(count >= 1 && count <= AGENTS_MAX);
    CHECK(options->requests != NULL);
    u32 waiters = 0;
    for (u32 index = 0; index < count; index += 1) {
        waiters += agents[index]->ops->wait != NULL ? 1 : 0;
    }
    CHECK(waiters <= 1);
    struct run run = {.agents = agents,
                      .count = count,
                      .options = options,
                      .clock = options->clock == NULL ? clock_real() : options->clock,
                      .reloads_seen = atomic_load(&options->requests->reloads)};
    enum fault fault = run_all(&run);
    for (u32 index = count; index > 0; index -= 1) {
        agent_close(agents[index - 1]);
    }
    return fault;
}

/* ---- signals ---- */

static struct agent_requests *_Atomic signals_go_to;

static void on_signal(int number)
{
    struct agent_requests *requests = atomic_load(&signals_go_to);
    if (number == SIGHUP) {
        atomic_fetch_add(&requests->reloads, 1);
    } else {
        atomic_store(&requests->stop, 1);
    }
}

void agent_requests_of_signals(struct agent_requests *requests)
{
    static const int numbers[] = {SIGTERM, SIGINT, SIGHUP};
    CHECK(atomic_load(&signals_go_to) == NULL);
    atomic_store(&signals_go_to, requests);
    struct sigaction action;
    memset(&action, 0, sizeof(action));
    action.sa_handler = on_signal; /* without SA_RESTART: a sleep ends */
    for (u32 index = 0; index < ARRAY_COUNT(numbers); index += 1) {
        CHECK(sigaction(numbers[index], &action, NULL) == 0);
    }
    action.sa_handler = SIG_IGN;
    CHECK(sigaction(SIGPIPE, &action, NULL) == 0);
}
