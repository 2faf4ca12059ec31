/* The supervisor: starts each role as a process, says why one ended, starts that one again alone,
 * and stops all in order.
 *
 *     start     in the order of the table; a role that says when it is ready is waited for
 *     end       told in words: "exit code 10 (io)", "signal 9 (SIGKILL)", with the time it ran
 *     again     after a pause that doubles from back_off_ms to back_off_max_ms and is forgotten
 *               once the role has run for steady_ms. Not after an exit code that a new start cannot
 *               mend (docs/exit-codes.md), nor after failures_max short lives in a row: then all
 *               roles are stopped and that code is the supervisor's
 *     stop      on SIGTERM or SIGINT, from the last role to the first: SIGTERM, and after stop_ms
 *               SIGKILL. SIGHUP goes to every role
 *
 * A role's process ends (SIGTERM) when the supervisor dies, and stands in a process group of its
 * own, so that Ctrl-C reaches the supervisor alone. The supervisor has one thread, and waits only
 * for the processes that it started, each by its number. */
#ifndef APP_SUPERVISE_H
#define APP_SUPERVISE_H

#include "base/base.h"
#include "io/fault.h"
#include "io/handover.h"

#include <sys/types.h>

#define SUPERVISE_ROLES_MAX  32U
#define SUPERVISE_TEXT_BYTES 128U

struct supervise_role {
    const char *name;
    /* Runs in the new process; what it returns is the exit code. `socket` is its end of the
     * handover: the items below wait there, and supervise_tell_ready writes to it. */
    int (*run)(void *argument, int socket);
    void *argument;
    const struct handover_item *items; /* sent at every start; may be none */
    u32 items_count;
    bool tells_ready; /* the roles behind it start when it has called supervise_tell_ready */
    /* It gives way to the others: a session of its own, of lower weight. Where the kernel shares
     * processors among sessions first (autogroup), a thread's priority counts only within one, and
     * what a busy thread has used is missing from all others of its session. */
    bool gives_way;
};

struct supervise_options {
    const struct supervise_role *roles;
    u32 roles_count;
    u64 back_off_ms;
    u64 back_off_max_ms;
    u64 steady_ms;
    u64 stop_ms;
    u32 failures_max; /* short lives in a row; 0: without end */
};

/* 100 ms, 10 s, 30 s, 10 s, 20. */
extern const struct supervise_options supervise_defaults;

enum supervise_state {
    SUPERVISE_WAITING,  /* for an earlier role to be ready */
    SUPERVISE_STARTING, /* a process that has not said it is ready */
    SUPERVISE_RUNNING,
    SUPERVISE_PAUSING, /* has ended, starts again when its pause is over */
    SUPERVISE_ENDED,
};

/* How a process ended. */
struct supervise_end {
    bool is_known;
    bool by_signal;
    int code; /* exit code, or the signal's number */
    u64 lived_ms;
};

struct supervise_child {
    enum supervise_state state;
    pid_t pid; /* 0: none */
    int socket;
    u64 started_ns;
    u64 due_ns; /* when a pause is over */
    u64 pause_ms;
    u32 failures_count; /* short lives in a row */
    u64 starts_count;
    struct supervise_end end;
};

struct supervise {
    struct supervise_options options;
    struct supervise_child children[SUPERVISE_ROLES_MAX];
    int signals; /* descriptor */
    bool is_stopping;
    bool has_given_up;
    int exit_code;
};

/* Takes over the signals of the process, and starts nothing yet. SIGCHLD is ignored no more, also
 * afterwards. Zeros in `options` mean the defaults, failures_max aside. */
MUST_USE enum fault supervise_open(struct supervise *supervise,
                                   const struct supervise_options *options);

/* Starts what is due, waits at most timeout_ms for something to happen, and deals with it. False
 * when there is nothing left to do but supervise_close: asked to stop, or given up. */
MUST_USE bool supervise_step(struct supervise *supervise, u32 timeout_ms);

/* Stops what runs, in order, and gives the signals back. */
void supervise_close(struct supervise *supervise);

/* All of it, until a signal or a role ends it; *exit_code_out is 0, or that of a role that cannot
 * be started again. */
MUST_USE enum fault supervise_run(const struct supervise_options *options, int *exit_code_out);

/* In a role's process, which ignores SIGPIPE: it is ready, and who waits for it may start. */
MUST_USE enum fault supervise_tell_ready(int socket);

/* "exit code 10 (io) after 312 ms". */
void supervise_end_print(const struct supervise_end *end, char target[SUPERVISE_TEXT_BYTES]);

/* Whether a new start may help after this end. */
bool supervise_may_help(const struct supervise_end *end);

#endif /* APP_SUPERVISE_H */
