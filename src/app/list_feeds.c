#include "app/list_feeds.h"

#include "base/check.h"
#include "io/file.h"
#include "io/log.h"
#include "wire/code.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define SECOND_NS 1000000000ULL
#define SECOND_US 1000000ULL

enum { FOLDER_FILES_MAX = 1000 };

void list_feeds_begin(struct list_feeds *feeds, const struct list_sources *sources,
                      const char *folder, struct clock *clock)
{
    memset(feeds, 0, sizeof(*feeds));
    feeds->sources = sources;
    feeds->folder = folder;
    feeds->clock = clock;
    for (u32 i = 0; i < LIST_WATCHES_MAX; i += 1) {
        feeds->runs[i].due_ns = clock_mono_ns(clock);
    }
}

static void name_of(const struct list_feeds *feeds, u32 index, char target[CODE_NAME_BYTES])
{
    const struct list_watch *watch =
        &feeds->sources->watches[feeds->sources->commands[index].source];
    bool is_name = code_name_print(watch->list, target);
    CHECK(is_name);
}

static void tell(struct list_feeds *feeds, u32 index, const char *reason)
{
    struct list_feed_run *run = &feeds->runs[index];
    char name[CODE_NAME_BYTES] = {0};
    name_of(feeds, index, name);
    if (reason[0] == 0) {
        log_info("feeds.list_fetched", LOG_STR("list", name));
    } else if (strcmp(run->reason, reason) != 0) {
        log_warn("feeds.list_failed", LOG_STR("list", name), LOG_STR("reason", reason));
    }
    (void)snprintf(run->reason, sizeof(run->reason), "%s", reason);
}

/* ---- folders ---- */

/* lists/fetched/NAME.ENDING */
static enum fault path_of(const struct list_feeds *feeds, u32 index, const char *ending,
                          char path_out[FILE_PATH_BYTES])
{
    char name[CODE_NAME_BYTES] = {0};
    char file[FILE_NAME_BYTES];
    name_of(feeds, index, name);
    (void)snprintf(file, sizeof(file), "%s/%s.%s", LIST_FETCHED_FOLDER, name, ending);
    return file_path(path_out, feeds->folder, file);
}

struct sweep {
    struct disk_visitor visitor; /* first: it is cast back */
    const char *folder;
    u32 count;
    bool is_failed;
};

static enum fault sweep_file(struct disk_visitor *visitor, const char *name)
{
    struct sweep *sweep = (struct sweep *)(void *)visitor;
    char path[FILE_PATH_BYTES];
    TRY(file_path(path, sweep->folder, name));
    sweep->count += 1;
    sweep->is_failed = sweep->is_failed || sweep->count > FOLDER_FILES_MAX || unlink(path) != 0;
    return FAULT_NONE;
}

/* False: it is still there. A folder of a program has files only, or it is left alone. */
static bool folder_remove(const char *path)
{
    struct sweep sweep = {.visitor.visit = sweep_file, .folder = path};
    struct stat about;
    if (lstat(path, &about) != 0) {
        return true;
    }
    if (disk_list(disk_real(), path, &sweep.visitor) != FAULT_NONE) {
        fault_forget();
    }
    return rmdir(path) == 0;
}

struct count {
    struct disk_visitor visitor; /* first: it is cast back */
    u32 count;
};

static enum fault count_file(struct disk_visitor *visitor, const char *name)
{
    (void)name;
    ((struct count *)(void *)visitor)->count += 1;
    return FAULT_NONE;
}

struct old {
    struct disk_visitor visitor; /* first: it is cast back */
    const struct list_feeds *feeds;
    char name[CODE_NAME_BYTES];
    u64 keep_s; /* this one, the newest, and the one before it stay */
    u64 before_s;
    u64 remove_s; /* 0: none */
};

static u64 seconds_of(const char *name, const char *list)
{
    size_t length = strlen(list);
    char *end = NULL;
    if (strncmp(name, list, length) != 0 || name[length] != '.') {
        return 0;
    }
    u64 seconds = strtoull(name + length + 1, &end, 10);
    return *end == 0 ? seconds : 0;
}

static enum fault old_see(struct disk_visitor *visitor, const char *name)
{
    struct old *old = (struct old *)(void *)visitor;
    u64 seconds = seconds_of(name, old->name);
    if (seconds == 0 || seconds >= old->keep_s) {
        return FAULT_NONE;
    }
    if (seconds > old->before_s) {
        old->remove_s = old->before_s;
        old->before_s = seconds;
    } else {
        old->remove_s = seconds;
    }
    return FAULT_NONE;
}

/* One at a time is enough: each run adds one. */
static void old_remove(const struct list_feeds *feeds, u32 index, u64 newest_s)
{
    struct old old = {.visitor.visit = old_see, .feeds = feeds, .keep_s = newest_s};
    char fetched[FILE_PATH_BYTES];
    char path[FILE_PATH_BYTES];
    char ending[32];
    name_of(feeds, index, old.name);
    enum fault fault = file_path(fetched, feeds->folder, LIST_FETCHED_FOLDER);
    if (fault == FAULT_NONE) {
        fault = disk_list(disk_real(), fetched, &old.visitor);
    }
    if (fault == FAULT_NONE && old.remove_s != 0) {
        (void)snprintf(ending, sizeof(ending), "%llu", (unsigned long long)old.remove_s);
        fault = path_of(feeds, index, ending, path);
        if (fault == FAULT_NONE) {
            (void)folder_remove(path);
        }
    }
    if (fault != FAULT_NONE) {
        fault_forget();
    }
}

/* ---- a run ---- */

static const char *start_in(struct list_feeds *feeds, u32 index, const char *folder)
{
    const struct feed_command *command = &feeds->sources->commands[index];
    struct list_feed_run *run = &feeds->runs[index];
    char output[FILE_PATH_BYTES];
    if (!folder_remove(folder) || mkdir(folder, 0750) != 0 ||
        file_path(output, folder, LIST_FETCH_OUTPUT) != FAULT_NONE) {
        fault_forget();
        return "its folder cannot be made";
    }
    int file = open(output, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
    if (file < 0) {
        return "its folder cannot be written";
    }
    pid_t pid = feed_command_start(command, file, folder, LIST_FETCH_BYTES_MAX);
    (void)close(file);
    if (pid < 0) {
        return "it cannot be started";
    }
    run->pid = pid;
    return NULL;
}

static void start(struct list_feeds *feeds, u32 index)
{
    const struct feed_command *command = &feeds->sources->commands[index];
    struct list_feed_run *run = &feeds->runs[index];
    u64 now_ns = clock_mono_ns(feeds->clock);
    char folder[FILE_PATH_BYTES];
    const char *reason = NULL;
    run->due_ns = now_ns + command->every_s * SECOND_NS;
    run->until_ns = now_ns + command->limit_s * SECOND_NS;
    if (path_of(feeds, index, "new", folder) != FAULT_NONE) {
        fault_forget();
        reason = "the path of its folder is too long";
    } else {
        reason = start_in(feeds, index, folder);
    }
    if (reason != NULL) {
        tell(feeds, index, reason);
    }
}

/* Gives the folder its name. */
static enum fault put(struct list_feeds *feeds, u32 index, const char **reason_out)
{
    struct list_feed_run *run = &feeds->runs[index];
    struct count count = {.visitor.visit = count_file};
    struct stat about;
    char folder[FILE_PATH_BYTES];
    char output[FILE_PATH_BYTES];
    char target[FILE_PATH_BYTES];
    char ending[32];
    u64 now_s = clock_wall_us(feeds->clock) / SECOND_US;
    TRY(path_of(feeds, index, "new", folder));
    TRY(file_path(output, folder, LIST_FETCH_OUTPUT));
    if (stat(output, &about) == 0 && about.st_size == 0) {
        TRY(disk_unlink(disk_real(), output));
    }
    TRY(disk_list(disk_real(), folder, &count.visitor));
    if (count.count == 0 || count.count > LIST_FILES_MAX) {
        *reason_out = count.count == 0 ? "it has printed nothing and left no file"
                                       : "it has left more than 8 files";
        return FAULT_NONE;
    }
    run->last_s = u64_max(now_s, run->last_s + 1);
    (void)snprintf(ending, sizeof(ending), "%llu", (unsigned long long)run->last_s);
    TRY(path_of(feeds, index, ending, target));
    TRY(disk_rename(disk_real(), folder, target));
    old_remove(feeds, index, run->last_s);
    return FAULT_NONE;
}

static void finish(struct list_feeds *feeds, u32 index, int status, bool is_late)
{
    struct list_feed_run *run = &feeds->runs[index];
    char reason[FEED_REASON_BYTES] = {0};
    const char *other = NULL;
    (void)kill(-run->pid, SIGKILL); /* what it has left behind */
    run->pid = 0;
    if (is_late) {
        (void)snprintf(reason, sizeof(reason), "killed after %u s",
                       feeds->sources->commands[index].limit_s);
    } else if (WIFSIGNALED(status)) {
        (void)snprintf(reason, sizeof(reason), "ended by signal %d", WTERMSIG(status));
    } else if (WEXITSTATUS(status) != 0) {
        (void)snprintf(reason, sizeof(reason), "exit code %d%s", WEXITSTATUS(status),
                       WEXITSTATUS(status) == FEED_EXIT_NOT_STARTED ? ": it cannot be started"
                                                                    : "");
    } else if (put(feeds, index, &other) != FAULT_NONE) {
        other = "what it has fetched cannot be kept";
        fault_forget();
    }
    tell(feeds, index, other != NULL ? other : reason);
}

static void look(struct list_feeds *feeds, u32 index)
{
    struct list_feed_run *run = &feeds->runs[index];
    int status = 0;
    u64 now_ns = clock_mono_ns(feeds->clock);
    if (run->pid == 0) {
        if (now_ns >= run->due_ns) {
            start(feeds, index);
        }
        return;
    }
    if (waitpid(run->pid, &status, WNOHANG) == run->pid) {
        finish(feeds, index, status, false);
    } else if (now_ns >= run->until_ns) {
        (void)kill(-run->pid, SIGKILL);
        (void)kill(run->pid, SIGKILL);
        (void)waitpid(run->pid, &status, 0);
        finish(feeds, index, status, true);
    }
}

void list_feeds_step(struct list_feeds *feeds)
{
    for (u32 i = 0; i < feeds->sources->commands_count; i += 1) {
        look(feeds, i);
    }
}

void list_feeds_end(struct list_feeds *feeds)
{
    for (u32 i = 0; i < LIST_WATCHES_MAX; i += 1) {
        struct list_feed_run *run = &feeds->runs[i];
        if (run->pid != 0) {
            (void)kill(-run->pid, SIGKILL);
            (void)kill(run->pid, SIGKILL);
            (void)waitpid(run->pid, NULL, 0);
            run->pid = 0;
        }
    }
}
