#include "app/mailer.h"

#include "base/check.h"
#include "base/span.h"
#include "io/agent.h"
#include "io/log.h"
#include "role/door/door_mail.h"
#include "role/door/door_store.h"

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

#define SECOND_NS    1000000000ULL
#define LOOK_NS      (SECOND_NS / 4) /* the folder, when there was nothing */
#define PAUSE_MAX_NS (300 * SECOND_NS)
#define LIMIT_S_MAX  "86400"

enum { STEP_MS = 50 };

enum fault mailer_command(const char *text, struct feed_command *command_out)
{
    char line[FEED_COMMAND_BYTES];
    const char *words[FEED_WORDS_MAX] = {LIMIT_S_MAX};
    *command_out = (struct feed_command){.words = 0};
    if (strcmp(text, "none") == 0) {
        return FAULT_NONE;
    }
    if (strlen(text) >= sizeof(line)) {
        return FAULT(FAULT_CONFIG, "door.command: too long");
    }
    memcpy(line, text, strlen(text) + 1);
    u32 count = feed_words(line, words + 1, FEED_WORDS_MAX - 1);
    if (count < 2) {
        return FAULT(FAULT_CONFIG, "door.command: LIMIT PROGRAM [ARGUMENT...] with one blank "
                                   "between, or none");
    }
    const char *wrong = feed_command_take(words, count + 1, 0, command_out);
    return wrong == NULL ? FAULT_NONE
                         : FAULT(FAULT_CONFIG, "door.command: LIMIT is 1 to 86400 seconds, PROGRAM "
                                               "an absolute path with at most 16 arguments");
}

enum fault mailer_begin(struct mailer *mailer, const struct feed_command *command,
                        const char *folder, struct clock *clock)
{
    *mailer = (struct mailer){
        .command = command, .disk = disk_real(), .clock = clock, .pause_ns = SECOND_NS};
    return file_path(mailer->folder, folder, DOOR_FOLDER "/" DOOR_MAIL_FOLDER);
}

/* ---- which one ---- */

struct oldest {
    struct disk_visitor visitor;
    char name[FILE_NAME_BYTES]; /* names begin with the moment; "": none */
};

static enum fault visit(struct disk_visitor *visitor, const char *name)
{
    struct oldest *oldest = (struct oldest *)(void *)visitor;
    bool is_older = oldest->name[0] == '\0' || strcmp(name, oldest->name) < 0;
    if (name[0] != '.' && is_older && strlen(name) < sizeof(oldest->name)) {
        memcpy(oldest->name, name, strlen(name) + 1);
    }
    return FAULT_NONE;
}

/* False: none waits, or the door has not made its folder yet. */
static bool next_find(struct mailer *mailer)
{
    struct oldest oldest = {.visitor = {.visit = visit}};
    if (disk_list(mailer->disk, mailer->folder, &oldest.visitor) != FAULT_NONE) {
        fault_forget();
        return false;
    }
    memcpy(mailer->name, oldest.name, sizeof(mailer->name));
    return mailer->name[0] != '\0';
}

/* ---- one ---- */

static void tell(struct mailer *mailer, const char *reason)
{
    bool is_same = strcmp(mailer->reason, reason) == 0;
    u64 now_ns = clock_mono_ns(mailer->clock);
    mailer->due_ns = now_ns + (reason[0] == '\0' ? 0 : mailer->pause_ns);
    mailer->pause_ns = reason[0] == '\0' ? SECOND_NS : u64_min(mailer->pause_ns * 2, PAUSE_MAX_NS);
    mailer->sent_count += reason[0] == '\0' ? 1 : 0;
    mailer->failures_count += reason[0] == '\0' ? 0 : 1;
    (void)snprintf(mailer->reason, sizeof(mailer->reason), "%s", reason);
    if (!is_same && reason[0] != '\0') {
        log_warn("mail.failed", LOG_STR("reason", reason));
    } else if (!is_same) {
        log_info("mail.good_again", LOG_U64("sent", mailer->sent_count));
    }
}

static void start(struct mailer *mailer)
{
    char path[FILE_PATH_BYTES];
    int input = -1;
    if (file_path(path, mailer->folder, mailer->name) == FAULT_NONE) {
        input = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    }
    if (input < 0) {
        fault_forget();
        tell(mailer, "its file cannot be read");
        return;
    }
    mailer->is_late = false;
    mailer->until_ns = clock_mono_ns(mailer->clock) + mailer->command->limit_s * SECOND_NS;
    mailer->pid = feed_command_start_with(mailer->command, input, -1, NULL, 0);
    (void)close(input);
    if (mailer->pid < 0) {
        mailer->pid = 0;
        tell(mailer, "it cannot be started");
    }
}

static void reason_of(const struct mailer *mailer, int status, char text[MAILER_REASON_BYTES])
{
    text[0] = '\0';
    if (mailer->is_late) {
        (void)snprintf(text, MAILER_REASON_BYTES, "killed after %u s", mailer->command->limit_s);
    } else if (WIFSIGNALED(status)) {
        (void)snprintf(text, MAILER_REASON_BYTES, "ended by signal %d", WTERMSIG(status));
    } else if (WEXITSTATUS(status) != 0) {
        (void)snprintf(text, MAILER_REASON_BYTES, "exit code %d%s", WEXITSTATUS(status),
                       WEXITSTATUS(status) == FEED_EXIT_NOT_STARTED ? ": it cannot be started"
                                                                    : "");
    }
}

static void finish(struct mailer *mailer, int status)
{
    char reason[MAILER_REASON_BYTES];
    char path[FILE_PATH_BYTES];
    (void)kill(-mailer->pid, SIGKILL); /* what it has left behind */
    mailer->pid = 0;
    reason_of(mailer, status, reason);
    if (reason[0] == '\0' && (file_path(path, mailer->folder, mailer->name) != FAULT_NONE ||
                              disk_unlink(mailer->disk, path) != FAULT_NONE)) {
        fault_forget();
        (void)snprintf(reason, sizeof(reason), "it was sent, and its file cannot be removed");
    }
    tell(mailer, reason);
}

bool mailer_step(struct mailer *mailer)
{
    u64 now_ns = clock_mono_ns(mailer->clock);
    int status = 0;
    if (mailer->pid == 0) {
        if (now_ns < mailer->due_ns) {
            return false;
        }
        mailer->due_ns = now_ns + LOOK_NS;
        if (!next_find(mailer)) {
            return false;
        }
        start(mailer);
        return true;
    }
    if (now_ns >= mailer->until_ns && !mailer->is_late) {
        mailer->is_late = true;
        (void)kill(-mailer->pid, SIGKILL);
    }
    if (waitpid(mailer->pid, &status, WNOHANG) != mailer->pid) {
        return false;
    }
    finish(mailer, status);
    return true;
}

void mailer_end(struct mailer *mailer)
{
    int status = 0;
    if (mailer->pid > 0) {
        (void)kill(-mailer->pid, SIGKILL);
        (void)waitpid(mailer->pid, &status, 0);
        mailer->pid = 0;
    }
}

int mailer_run(const struct feed_command *command, const char *folder)
{
    static struct mailer mailer;
    static struct agent_requests requests;
    agent_requests_of_signals(&requests);
    enum fault fault = mailer_begin(&mailer, command, folder, clock_real());
    if (fault != FAULT_NONE) {
        return fault_exit_code(fault);
    }
    while (atomic_load(&requests.stop) == 0) {
        if (!mailer_step(&mailer)) {
            (void)poll(NULL, 0, STEP_MS);
        }
    }
    mailer_end(&mailer);
    return EXIT_SUCCESS;
}
