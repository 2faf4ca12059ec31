#include "app/feeds.h"

#include "app/list_feeds.h"
#include "app/text_file.h"
#include "base/check.h"
#include "io/agent.h"
#include "io/log.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define SECOND_NS 1000000000ULL
#define MS_NS     1000000ULL

enum { STEP_MS = 200 };

void feeds_begin(struct feeds *feeds, const struct price_sources *sources, struct clock *clock)
{
    memset(feeds, 0, sizeof(*feeds));
    feeds->sources = sources;
    feeds->clock = clock;
    for (u32 i = 0; i < PRICE_SOURCES_MAX; i += 1) {
        feeds->runs[i].output = -1;
        feeds->runs[i].due_ns = clock_mono_ns(clock);
    }
}

/* ---- the program ---- */

static void tell(struct feeds *feeds, u32 index, const char *reason)
{
    struct feed_run *run = &feeds->runs[index];
    const char *name = feeds->sources->sources[feeds->sources->commands[index].source].name;
    run->failures_count += reason[0] != 0 ? 1 : 0;
    if (strcmp(run->reason, reason) == 0) {
        return;
    }
    (void)snprintf(run->reason, sizeof(run->reason), "%s", reason);
    if (reason[0] == 0) {
        log_info("feeds.good", LOG_STR("source", name));
    } else {
        log_warn("feeds.failed", LOG_STR("source", name), LOG_STR("reason", run->reason));
    }
}

static void start(struct feeds *feeds, u32 index)
{
    const struct feed_command *command = &feeds->sources->commands[index];
    struct feed_run *run = &feeds->runs[index];
    u64 now_ns = clock_mono_ns(feeds->clock);
    int ends[2];
    run->due_ns = now_ns + command->every_s * SECOND_NS;
    run->until_ns = now_ns + command->limit_s * SECOND_NS;
    run->size = 0;
    run->is_larger = false;
    run->is_late = false;
    if (pipe2(ends, O_CLOEXEC) != 0) {
        tell(feeds, index, "there is no pipe for it");
        return;
    }
    pid_t pid = feed_command_start(command, ends[1], NULL, 0);
    (void)close(ends[1]);
    if (pid < 0) {
        (void)close(ends[0]);
        tell(feeds, index, "it cannot be started");
        return;
    }
    (void)fcntl(ends[0], F_SETFL, O_NONBLOCK);
    run->pid = pid;
    run->output = ends[0];
    run->runs_count += 1;
}

/* ---- what it prints ---- */

static void output_close(struct feed_run *run)
{
    if (run->output >= 0) {
        (void)close(run->output);
        run->output = -1;
    }
}

/* All that is there now. */
static void output_take(struct feed_run *run)
{
    while (run->output >= 0) {
        u8 more[4096];
        ssize_t got = read(run->output, more, sizeof(more));
        if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
            return;
        }
        if (got <= 0) {
            output_close(run);
            return;
        }
        size_t taken = u64_min((u64)got, sizeof(run->text) - run->size);
        memcpy(run->text + run->size, more, taken);
        run->size += taken;
        run->is_larger = run->is_larger || taken < (size_t)got;
    }
}

/* Why what was printed does not count; empty: it does. */
static void reason_of(const struct feeds *feeds, u32 index, int status,
                      char reason_out[FEED_REASON_BYTES])
{
    const struct feed_run *run = &feeds->runs[index];
    reason_out[0] = 0;
    if (run->is_late) {
        (void)snprintf(reason_out, FEED_REASON_BYTES, "killed after %u s",
                       feeds->sources->commands[index].limit_s);
    } else if (WIFSIGNALED(status)) {
        (void)snprintf(reason_out, FEED_REASON_BYTES, "ended by signal %d", WTERMSIG(status));
    } else if (WEXITSTATUS(status) == FEED_EXIT_NOT_STARTED) {
        (void)snprintf(reason_out, FEED_REASON_BYTES, "exit code 127: it cannot be started");
    } else if (WEXITSTATUS(status) != 0) {
        (void)snprintf(reason_out, FEED_REASON_BYTES, "exit code %d", WEXITSTATUS(status));
    } else if (run->is_larger) {
        (void)snprintf(reason_out, FEED_REASON_BYTES, "it printed more than %u bytes",
                       PRICE_TEXT_BYTES_MAX);
    }
}

static void finish(struct feeds *feeds, u32 index, int status)
{
    struct feed_run *run = &feeds->runs[index];
    char reason[FEED_REASON_BYTES];
    output_take(run);
    output_close(run);
    (void)kill(-run->pid, SIGKILL); /* what it has left behind */
    run->pid = 0;
    reason_of(feeds, index, status, reason);
    if (reason[0] == 0) {
        const struct price_source *source =
            &feeds->sources->sources[feeds->sources->commands[index].source];
        if (text_file_put(source->path, run->text, run->size, false) != FAULT_NONE) {
            (void)snprintf(reason, sizeof(reason), "its file cannot be written");
            fault_forget();
        }
    }
    tell(feeds, index, reason);
}

static void look(struct feeds *feeds, u32 index)
{
    struct feed_run *run = &feeds->runs[index];
    int status = 0;
    u64 now_ns = clock_mono_ns(feeds->clock);
    if (run->pid == 0) {
        if (now_ns >= run->due_ns) {
            start(feeds, index);
        }
        return;
    }
    output_take(run);
    if (waitpid(run->pid, &status, WNOHANG) == run->pid) {
        finish(feeds, index, status);
    } else if (now_ns >= run->until_ns) {
        run->is_late = true;
        (void)kill(-run->pid, SIGKILL);
        (void)kill(run->pid, SIGKILL);
        (void)waitpid(run->pid, &status, 0);
        finish(feeds, index, status);
    }
}

void feeds_step(struct feeds *feeds, u32 timeout_ms)
{
    struct pollfd waiting[PRICE_SOURCES_MAX];
    u64 until_ns = clock_mono_ns(feeds->clock) + timeout_ms * MS_NS;
    for (u32 i = 0; i < feeds->sources->commands_count; i += 1) {
        struct feed_run *run = &feeds->runs[i];
        look(feeds, i);
        waiting[i] = (struct pollfd){.fd = run->output, .events = POLLIN};
        until_ns = u64_min(until_ns, run->pid == 0 ? run->due_ns : run->until_ns);
    }
    u64 now_ns = clock_mono_ns(feeds->clock);
    u64 wait_ms = until_ns > now_ns ? (until_ns - now_ns) / MS_NS + 1 : 0;
    (void)poll(waiting, feeds->sources->commands_count, (int)u64_min(wait_ms, timeout_ms));
}

void feeds_end(struct feeds *feeds)
{
    for (u32 i = 0; i < PRICE_SOURCES_MAX; i += 1) {
        struct feed_run *run = &feeds->runs[i];
        if (run->pid != 0) {
            (void)kill(-run->pid, SIGKILL);
            (void)kill(run->pid, SIGKILL);
            (void)waitpid(run->pid, NULL, 0);
            run->pid = 0;
        }
        output_close(run);
    }
}

int feeds_run(const struct price_sources *sources, const struct list_sources *lists,
              const char *folder)
{
    static struct feeds feeds;
    static struct list_feeds list_feeds;
    static struct agent_requests requests;
    agent_requests_of_signals(&requests);
    feeds_begin(&feeds, sources, clock_real());
    list_feeds_begin(&list_feeds, lists, folder, clock_real());
    while (atomic_load(&requests.stop) == 0) {
        list_feeds_step(&list_feeds);
        feeds_step(&feeds, STEP_MS);
    }
    list_feeds_end(&list_feeds);
    feeds_end(&feeds);
    return EXIT_SUCCESS;
}
