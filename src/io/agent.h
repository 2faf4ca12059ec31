/* An agent: one role of the venue, as a process, a thread and the simulator all drive it.
 *
 *     open     takes what it needs from the world: files, sockets, channels. It may wait
 *     sandbox  of the process, entered once for all agents in it (io/sandbox.h)
 *     start    memory, views, readiness. From here on only what the sandbox lists
 *     work     a little at a time, never waiting; says whether there was anything to do
 *     stop     ends what is under way, a little at a time, until it says it is done
 *     close    gives back what open took; also after a fault
 *
 * agents_run does all of it for the agents of one thread: placement says which agents those are.
 * The simulator calls the same functions itself, in an order of its own. A fault of any agent ends
 * the run of its thread. */
#ifndef IO_AGENT_H
#define IO_AGENT_H

#include "base/base.h"
#include "io/clock.h"
#include "io/fault.h"
#include "io/gate.h"
#include "io/sandbox.h"

#define AGENTS_MAX             16U
#define AGENT_SPIN_DEFAULT_NS  5000ULL
#define AGENT_SLEEP_DEFAULT_US 100000ULL
#define AGENT_SHARED_SLEEP_US  1000ULL

struct agent;

/* What an agent can do. NULL is allowed where it says so. */
struct agent_ops {
    enum fault (*open)(struct agent *agent);                 /* NULL: nothing to open */
    enum fault (*start)(struct agent *agent);                /* NULL: nothing to prepare */
    enum fault (*work)(struct agent *agent, bool *busy_out); /* *busy_out is false before */
    enum fault (*stop)(struct agent *agent, bool *done_out); /* NULL: done at once */
    enum fault (*reload)(struct agent *agent);               /* NULL: nothing to reload */
    void (*close)(struct agent *agent);                      /* NULL: nothing to close */
    /* The gates at which news for this agent arrive, at most `gates_max`; returns how many. NULL:
     * none. */
    u32 (*gates)(struct agent *agent, struct gate **gates_out, u32 gates_max);
    /* Whether work would find something: asked after gate_prepare and before sleeping. NULL: no. */
    bool (*has_work)(struct agent *agent);
    /* Instead of gates: waits in a loop of its own, at most sleep_us. At most one agent of a
     * thread; beside others it is not left to wait longer than AGENT_SHARED_SLEEP_US, since their
     * gates do not wake it. NULL: the gates. */
    void (*wait)(struct agent *agent, u64 sleep_us);
};

/* Embedded as the first member of each role's own struct. */
struct agent {
    const struct agent_ops *ops;
    const char *name;
    bool is_open;
};

/* What others may ask of a running thread at any time; each is a request that stays. */
struct agent_requests {
    _Atomic u32 stop;    /* not 0: stop, and return */
    _Atomic u32 reloads; /* grows by one for each reload */
};

struct agents_options {
    struct clock *clock;                   /* NULL: the machine's */
    const struct sandbox_options *sandbox; /* NULL: none, as in a thread of a larger process */
    struct sandbox_report *report_out;     /* may be NULL */
    struct agent_requests *requests;
    void (*on_started)(void *argument); /* all have started; may be NULL */
    void (*on_round)(void *argument);   /* each has worked once more; may be NULL */
    void *argument;
    u64 spin_ns;
    u64 sleep_us; /* the longest sleep, and so the longest wait for a request */
    u64 stop_ms;  /* so long may stopping take: FAULT_TIMEOUT then. 0: for ever */
};

/* Opens, protects, starts, works until requests->stop, stops, closes: in the order of the table,
 * and stops and closes in the opposite one. */
MUST_USE enum fault agents_run(struct agent *const *agents, u32 count,
                               const struct agents_options *options);

/* The steps of agents_run, for who drives them by hand. */
MUST_USE enum fault agent_open(struct agent *agent);
MUST_USE enum fault agent_start(struct agent *agent);
MUST_USE enum fault agent_work(struct agent *agent, bool *busy_out);
MUST_USE enum fault agent_stop(struct agent *agent, bool *done_out);
MUST_USE enum fault agent_reload(struct agent *agent);
void agent_close(struct agent *agent);

/* In a process of agents: SIGTERM and SIGINT become requests->stop, SIGHUP a reload, SIGPIPE is
 * ignored. Once per process. */
void agent_requests_of_signals(struct agent_requests *requests);

#endif /* IO_AGENT_H */
