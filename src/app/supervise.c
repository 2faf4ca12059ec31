#include "app/supervise.h"

#include "base/check.h"
#include "io/clock.h"
#include "io/log.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define AUTOGROUP_NICE "10" /* about a tenth, where processors are wanted by all */

#define MS_NS   1000000ULL
#define POLL_MS 20U
#define READY   'r'

const struct supervise_options supervise_defaults = {.back_off_ms = 100,
                                                     .back_off_max_ms = 10000,
                                                     .steady_ms = 30000,
                                                     .stop_ms = 10000,
                                                     .failures_max = 20};

static u64 now_ns(void)
{
    return clock_mono_ns(clock_real());
}

static void our_signals(sigset_t *set)
{
    (void)sigemptyset(set);
    (void)sigaddset(set, SIGCHLD);
    (void)sigaddset(set, SIGTERM);
    (void)sigaddset(set, SIGINT);
    (void)sigaddset(set, SIGHUP);
}

/* ---- how a process ended ---- */

static const char *exit_code_name(int code)
{
    for (int fault = FAULT_NONE; fault <= FAULT_REFUSED; fault += 1) {
        if (fault_exit_code((enum fault)fault) == code) {
            return fault == FAULT_NONE ? "done" : fault_name((enum fault)fault);
        }
    }
    return "unknown";
}

void supervise_end_print(const struct supervise_end *end, char target[SUPERVISE_TEXT_BYTES])
{
    if (!end->is_known) {
        (void)snprintf(target, SUPERVISE_TEXT_BYTES, "has not ended");
    } else if (end->by_signal) {
        const char *name = sigabbrev_np(end->code);
        const char *why = end->code == SIGSYS    ? ", a system call that its sandbox does not list"
                          : end->code == SIGABRT ? ", a CHECK of ours failed"
                                                 : "";
        (void)snprintf(target, SUPERVISE_TEXT_BYTES, "signal %d (SIG%s%s) after %llu ms", end->code,
                       name == NULL ? "?" : name, why, (unsigned long long)end->lived_ms);
    } else {
        (void)snprintf(target, SUPERVISE_TEXT_BYTES, "exit code %d (%s) after %llu ms", end->code,
                       exit_code_name(end->code), (unsigned long long)end->lived_ms);
    }
}

bool supervise_may_help(const struct supervise_end *end)
{
    /* As docs/exit-codes.md says of RestartPreventExitStatus. */
    static const enum fault final[] = {
        FAULT_USAGE,    FAULT_CONFIG,  FAULT_READ_ONLY,  FAULT_PERMISSION, FAULT_MISSING,
        FAULT_EXISTS,   FAULT_FOREIGN, FAULT_NEWER,      FAULT_ROT,        FAULT_FENCED,
        FAULT_DIVERGED, FAULT_POISON,  FAULT_UNPROTECTED};
    for (u32 index = 0; index < ARRAY_COUNT(final) && !end->by_signal; index += 1) {
        if (fault_exit_code(final[index]) == end->code) {
            return false;
        }
    }
    return true;
}

/* ---- starting ---- */

/* A kernel that does not share by sessions has no such file. */
static void give_way(void)
{
    (void)setsid(); /* a process group of its own as well */
    int file = open("/proc/self/autogroup", O_WRONLY | O_CLOEXEC);
    if (file >= 0) {
        (void)!write(file, AUTOGROUP_NICE, strlen(AUTOGROUP_NICE));
        (void)close(file);
    }
}

/* In the new process. */
__attribute__((noreturn)) static void child_run(const struct supervise *supervise,
                                                const struct supervise_role *role, int socket,
                                                pid_t parent)
{
    sigset_t none;
    (void)sigemptyset(&none);
    if (role->gives_way) {
        give_way();
    } else {
        (void)setpgid(0, 0);
    }
    (void)prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0);
    if (getppid() != parent) {
        _exit(fault_exit_code(FAULT_STOPPED)); /* the supervisor died before we asked */
    }
    (void)close(supervise->signals);
    for (u32 index = 0; index < supervise->options.roles_count; index += 1) {
        if (supervise->children[index].socket >= 0) {
            (void)close(supervise->children[index].socket);
        }
    }
    /* What the supervisor's program does with signals is not the role's business. */
    for (int number = 1; number < SIGRTMIN; number += 1) {
        (void)signal(number, SIG_DFL);
    }
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    _exit(role->run(role->argument, socket));
}

static enum fault child_fork(struct supervise *supervise, u32 index)
{
    const struct supervise_role *role = &supervise->options.roles[index];
    struct supervise_child *child = &supervise->children[index];
    int sockets[2];
    TRY(handover_pair(sockets));
    enum fault fault = FAULT_NONE;
    if (role->items_count > 0) {
        fault = handover_send(sockets[0], role->items, role->items_count);
    }
    pid_t parent = getpid();
    pid_t pid = fault == FAULT_NONE ? fork() : -1;
    if (pid == 0) {
        (void)close(sockets[0]);
        child_run(supervise, role, sockets[1], parent);
    }
    int error = errno;
    (void)close(sockets[1]);
    if (pid < 0) {
        (void)close(sockets[0]);
        return fault != FAULT_NONE ? fault : FAULT_ERRNO(error, "starting %s", role->name);
    }
    child->pid = pid;
    child->socket = sockets[0];
    return FAULT_NONE;
}

static void child_start(struct supervise *supervise, u32 index)
{
    const struct supervise_role *role = &supervise->options.roles[index];
    struct supervise_child *child = &supervise->children[index];
    enum fault fault = child_fork(supervise, index);
    if (fault != FAULT_NONE) {
        /* No processes or descriptors left: that may pass. */
        log_error("role.start_failed", LOG_STR("role", role->name), LOG_FAULT(fault));
        child->state = SUPERVISE_PAUSING;
        child->due_ns = now_ns() + supervise->options.back_off_max_ms * MS_NS;
        return;
    }
    child->started_ns = now_ns();
    child->starts_count += 1;
    child->state = role->tells_ready ? SUPERVISE_STARTING : SUPERVISE_RUNNING;
    log_info("role.started", LOG_STR("role", role->name), LOG_U64("pid", (u64)child->pid),
             LOG_U64("start", child->starts_count));
}

static void start_due(struct supervise *supervise)
{
    u64 now = now_ns();
    bool earlier_ready = true;
    for (u32 index = 0; index < supervise->options.roles_count; index += 1) {
        struct supervise_child *child = &supervise->children[index];
        bool first = child->state == SUPERVISE_WAITING && earlier_ready;
        bool again = child->state == SUPERVISE_PAUSING && child->due_ns <= now;
        if (first || again) {
            child_start(supervise, index);
        }
        earlier_ready = earlier_ready && child->state == SUPERVISE_RUNNING;
    }
}

/* ---- what happens to them ---- */

static void give_up(struct supervise *supervise, u32 index)
{
    struct supervise_child *child = &supervise->children[index];
    supervise->has_given_up = true;
    supervise->exit_code = child->end.by_signal ? 128 + child->end.code : child->end.code;
    log_error("role.given_up", LOG_STR("role", supervise->options.roles[index].name),
              LOG_U64("failures", child->failures_count));
}

static void decide_next(struct supervise *supervise, u32 index)
{
    const struct supervise_options *options = &supervise->options;
    struct supervise_child *child = &supervise->children[index];
    bool was_steady = child->end.lived_ms >= options->steady_ms;
    child->failures_count = was_steady ? 1 : child->failures_count + 1;
    child->pause_ms = was_steady || child->pause_ms == 0
                          ? options->back_off_ms
                          : u64_min(child->pause_ms * 2, options->back_off_max_ms);
    bool too_often = options->failures_max > 0 && child->failures_count >= options->failures_max;
    if (!supervise_may_help(&child->end) || too_often) {
        give_up(supervise, index);
        return;
    }
    child->state = SUPERVISE_PAUSING;
    child->due_ns = now_ns() + child->pause_ms * MS_NS;
}

/* Notes the end of a child if it has come. */
static bool child_reap(struct supervise *supervise, u32 index)
{
    struct supervise_child *child = &supervise->children[index];
    int status = 0;
    if (child->pid == 0 || waitpid(child->pid, &status, WNOHANG) != child->pid) {
        return false;
    }
    child->end =
        (struct supervise_end){.is_known = true,
                               .by_signal = WIFSIGNALED(status),
                               .code = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status),
                               .lived_ms = (now_ns() - child->started_ns) / MS_NS};
    char text[SUPERVISE_TEXT_BYTES];
    supervise_end_print(&child->end, text);
    if (supervise->is_stopping && !child->end.by_signal) {
        log_info("role.ended", LOG_STR("role", supervise->options.roles[index].name),
                 LOG_U64("pid", (u64)child->pid), LOG_STR("end", text));
    } else {
        log_warn("role.ended", LOG_STR("role", supervise->options.roles[index].name),
                 LOG_U64("pid", (u64)child->pid), LOG_STR("end", text));
    }
    child->pid = 0;
    child->state = SUPERVISE_ENDED;
    if (child->socket >= 0) {
        (void)close(child->socket);
        child->socket = -1;
    }
    return true;
}

static void child_listen(struct supervise *supervise, u32 index)
{
    struct supervise_child *child = &supervise->children[index];
    char byte = 0;
    if (child->state != SUPERVISE_STARTING || child->socket < 0) {
        return;
    }
    ssize_t size = recv(child->socket, &byte, 1, MSG_DONTWAIT);
    if (size == 0) { /* it closed its end, and will never be ready */
        (void)close(child->socket);
        child->socket = -1;
    } else if (size == 1 && byte == READY) {
        child->state = SUPERVISE_RUNNING;
        log_info("role.ready", LOG_STR("role", supervise->options.roles[index].name),
                 LOG_U64("ms", (now_ns() - child->started_ns) / MS_NS));
    }
}

static void signal_all(const struct supervise *supervise, int number)
{
    for (u32 index = 0; index < supervise->options.roles_count; index += 1) {
        if (supervise->children[index].pid > 0) {
            (void)kill(supervise->children[index].pid, number);
        }
    }
}

static void take_signals(struct supervise *supervise)
{
    struct signalfd_siginfo info;
    while (read(supervise->signals, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
        if (info.ssi_signo == SIGHUP) {
            signal_all(supervise, SIGHUP);
        } else if (info.ssi_signo != SIGCHLD) {
            supervise->is_stopping = true;
        }
    }
}

/* How long nothing will be due, at most timeout_ms. */
static int wait_ms(const struct supervise *supervise, u32 timeout_ms)
{
    u64 now = now_ns();
    u64 left_ms = u64_min(timeout_ms, INT_MAX);
    for (u32 index = 0; index < supervise->options.roles_count; index += 1) {
        const struct supervise_child *child = &supervise->children[index];
        if (child->state == SUPERVISE_PAUSING) {
            u64 until = child->due_ns > now ? (child->due_ns - now + MS_NS - 1) / MS_NS : 0;
            left_ms = u64_min(left_ms, until);
        }
    }
    return (int)left_ms;
}

static void wait_for_news(struct supervise *supervise, u32 timeout_ms)
{
    struct pollfd waiting[1 + SUPERVISE_ROLES_MAX];
    nfds_t count = 1;
    waiting[0] = (struct pollfd){.fd = supervise->signals, .events = POLLIN};
    for (u32 index = 0; index < supervise->options.roles_count; index += 1) {
        if (supervise->children[index].state == SUPERVISE_STARTING) {
            waiting[count] =
                (struct pollfd){.fd = supervise->children[index].socket, .events = POLLIN};
            count += 1;
        }
    }
    (void)poll(waiting, count, wait_ms(supervise, timeout_ms));
}

bool supervise_step(struct supervise *supervise, u32 timeout_ms)
{
    start_due(supervise);
    wait_for_news(supervise, timeout_ms);
    take_signals(supervise);
    for (u32 index = 0; index < supervise->options.roles_count; index += 1) {
        child_listen(supervise, index);
        if (child_reap(supervise, index) && !supervise->is_stopping && !supervise->has_given_up) {
            decide_next(supervise, index);
        }
    }
    return !supervise->is_stopping && !supervise->has_given_up;
}

/* ---- the whole ---- */

enum fault supervise_open(struct supervise *supervise, const struct supervise_options *options)
{
    CHECK(options->roles_count >= 1 && options->roles_count <= SUPERVISE_ROLES_MAX);
    const struct supervise_options *defaults = &supervise_defaults;
    *supervise = (struct supervise){.options = *options};
    struct supervise_options *ours = &supervise->options;
    ours->back_off_ms = ours->back_off_ms == 0 ? defaults->back_off_ms : ours->back_off_ms;
    ours->back_off_max_ms =
        ours->back_off_max_ms == 0 ? defaults->back_off_max_ms : ours->back_off_max_ms;
    ours->steady_ms = ours->steady_ms == 0 ? defaults->steady_ms : ours->steady_ms;
    ours->stop_ms = ours->stop_ms == 0 ? defaults->stop_ms : ours->stop_ms;
    for (u32 index = 0; index < SUPERVISE_ROLES_MAX; index += 1) {
        supervise->children[index].socket = -1;
    }
    /* Inherited as ignored, the ends of our children would never be told. */
    (void)signal(SIGCHLD, SIG_DFL);
    sigset_t set;
    our_signals(&set);
    if (sigprocmask(SIG_BLOCK, &set, NULL) != 0) {
        return FAULT_ERRNO(errno, "supervisor: signals");
    }
    supervise->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (supervise->signals < 0) {
        return FAULT_ERRNO(errno, "supervisor: signals");
    }
    return FAULT_NONE;
}

static void child_stop(struct supervise *supervise, u32 index)
{
    struct supervise_child *child = &supervise->children[index];
    if (child->pid == 0) {
        child->state = SUPERVISE_ENDED;
        return;
    }
    u64 end_ns = now_ns() + supervise->options.stop_ms * MS_NS;
    bool killed = false;
    (void)kill(child->pid, SIGTERM);
    while (!child_reap(supervise, index)) {
        if (!killed && now_ns() >= end_ns) {
            log_warn("role.killed", LOG_STR("role", supervise->options.roles[index].name),
                     LOG_U64("after_ms", supervise->options.stop_ms));
            (void)kill(child->pid, SIGKILL);
            killed = true;
        }
        struct pollfd waiting = {.fd = supervise->signals, .events = POLLIN};
        (void)poll(&waiting, 1, (int)POLL_MS);
        take_signals(supervise);
    }
}

void supervise_close(struct supervise *supervise)
{
    supervise->is_stopping = true;
    for (u32 index = supervise->options.roles_count; index > 0; index -= 1) {
        child_stop(supervise, index - 1);
    }
    if (supervise->signals >= 0) {
        (void)close(supervise->signals);
        supervise->signals = -1;
    }
    sigset_t set;
    our_signals(&set);
    (void)sigprocmask(SIG_UNBLOCK, &set, NULL);
}

enum fault supervise_run(const struct supervise_options *options, int *exit_code_out)
{
    struct supervise supervise;
    TRY(supervise_open(&supervise, options));
    while (supervise_step(&supervise, INT_MAX)) {
    }
    supervise_close(&supervise);
    *exit_code_out = supervise.exit_code;
    return FAULT_NONE;
}

enum fault supervise_tell_ready(int socket)
{
    char byte = READY;
    /* Not send(2), which the sandbox of a role without network does not list. */
    if (write(socket, &byte, 1) != 1) {
        return FAULT_ERRNO(errno, "telling the supervisor");
    }
    return FAULT_NONE;
}
