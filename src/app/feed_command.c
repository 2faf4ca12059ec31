#include "app/feed_command.h"

#include "app/options.h"
#include "app/rule_read.h"
#include "base/check.h"
#include "base/span.h"
#include "io/file.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

enum { WORDS_BEFORE = 2, LINE_BYTES = FEED_COMMAND_BYTES + 8 * FILE_PATH_BYTES };

/* ---- lists ---- */

enum fault feed_list_wrong(const struct feed_list *list, const char *reason)
{
    return FAULT(FAULT_CONFIG, "%s:%u: %s", list->name, list->line, reason);
}

u32 feed_words(char *text, const char **words_out, u32 max)
{
    u32 count = 0;
    for (char *at = text;;) {
        size_t length = strcspn(at, " ");
        if (length == 0 || count == max) {
            return 0;
        }
        words_out[count] = at;
        count += 1;
        if (at[length] == 0) {
            return count;
        }
        at[length] = 0;
        at += length + 1;
    }
}

bool feed_is_name(const char *word, size_t bytes_max)
{
    size_t length = strlen(word);
    bool is_good = length >= 1 && length <= bytes_max;
    for (size_t at = 0; at < length && is_good; at += 1) {
        is_good = (word[at] >= 'a' && word[at] <= 'z') || (word[at] >= '0' && word[at] <= '9') ||
                  word[at] == '-';
    }
    return is_good;
}

enum fault feed_list_read(struct feed_list *list, struct span text)
{
    list->line = 0;
    while (text.size > 0) {
        char line[LINE_BYTES];
        const u8 *end = memchr(text.data, '\n', text.size);
        size_t size = end == NULL ? text.size : (size_t)(end - text.data);
        list->line += 1;
        if (size >= sizeof(line) || memchr(text.data, 0, size) != NULL) {
            return feed_list_wrong(list, "longer than a line may be, or with a zero in it");
        }
        memcpy(line, text.data, size);
        line[size] = 0;
        if (size > 0 && line[0] != '#') {
            TRY(list->take(list, line));
        }
        text = span_after(text, end == NULL ? size : size + 1);
    }
    return FAULT_NONE;
}

enum fault feed_list_bytes(const char *option, const char *path, const char *folder,
                           char *whole_out, struct span *text_out)
{
    static u8 bytes[FEED_LIST_BYTES_MAX];
    size_t size = 0;
    *text_out = (struct span){.data = bytes, .size = 0};
    if (strcmp(path, "none") == 0) {
        return FAULT_NONE;
    }
    int length = path[0] == '/' ? snprintf(whole_out, FILE_PATH_BYTES, "%s", path)
                                : snprintf(whole_out, FILE_PATH_BYTES, "%s/%s", folder, path);
    if (length < 0 || (size_t)length >= FILE_PATH_BYTES) {
        return FAULT(FAULT_CONFIG, "%s: the path is too long", option);
    }
    TRY(rule_read_bytes(whole_out, bytes, sizeof(bytes), &size));
    text_out->size = size;
    return FAULT_NONE;
}

/* ---- commands ---- */

const char *feed_command_take(const char *const *words, u32 count, u32 source,
                              struct feed_command *command_out)
{
    u64 every_s = 0;
    u64 limit_s = 0;
    size_t used = 0;
    if (count <= WORDS_BEFORE) {
        return "NAME command EVERY LIMIT PROGRAM is wanted";
    }
    if (!options_number(words[0], 1, FEED_COMMAND_S_MAX, &every_s) ||
        !options_number(words[1], 1, every_s, &limit_s)) {
        return "EVERY is 1 to 86400 seconds, and LIMIT is 1 to EVERY";
    }
    if (words[2][0] != '/') {
        return "PROGRAM is not an absolute path";
    }
    if (count - WORDS_BEFORE > FEED_ARGUMENTS_MAX + 1) {
        return "more than 16 arguments";
    }
    *command_out = (struct feed_command){.source = source,
                                         .every_s = (u32)every_s,
                                         .limit_s = (u32)limit_s,
                                         .words = count - WORDS_BEFORE};
    for (u32 i = WORDS_BEFORE; i < count; i += 1) {
        size_t size = strlen(words[i]) + 1;
        if (size > sizeof(command_out->text) - used) {
            return "the command is too long";
        }
        memcpy(command_out->text + used, words[i], size);
        used += size;
    }
    return NULL;
}

/* In the new process. */
static void become(const struct feed_command *command, int input, int output, const char *folder,
                   u64 bytes_max)
{
    char *arguments[FEED_ARGUMENTS_MAX + 2] = {NULL};
    char texts[FEED_COMMAND_BYTES];
    static char path[] = "PATH=/usr/local/bin:/usr/bin:/bin";
    char *const environment[] = {path, NULL};
    struct rlimit limit = {.rlim_cur = bytes_max, .rlim_max = bytes_max};
    size_t at = 0;
    memcpy(texts, command->text, sizeof(texts));
    CHECK(command->words < ARRAY_COUNT(arguments));
    for (u32 i = 0; i < command->words; i += 1) {
        arguments[i] = texts + at;
        at += strlen(texts + at) + 1;
    }
    int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    (void)setpgid(0, 0);
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    (void)signal(SIGPIPE, SIG_DFL);
    if (nothing < 0 || dup2(input < 0 ? nothing : input, STDIN_FILENO) < 0 ||
        dup2(output < 0 ? nothing : output, STDOUT_FILENO) < 0 ||
        dup2(nothing, STDERR_FILENO) < 0 || (folder != NULL && chdir(folder) != 0) ||
        (bytes_max > 0 && setrlimit(RLIMIT_FSIZE, &limit) != 0)) {
        _exit(FEED_EXIT_NOT_STARTED);
    }
    (void)close_range(STDERR_FILENO + 1, UINT32_MAX, 0);
    (void)execve(arguments[0], arguments, environment);
    _exit(FEED_EXIT_NOT_STARTED);
}

pid_t feed_command_start_with(const struct feed_command *command, int input, int output,
                              const char *folder, u64 bytes_max)
{
    pid_t pid = fork();
    if (pid == 0) {
        become(command, input, output, folder, bytes_max);
    }
    if (pid > 0) {
        (void)setpgid(pid, pid); /* whoever comes first */
    }
    return pid;
}

pid_t feed_command_start(const struct feed_command *command, int output, const char *folder,
                         u64 bytes_max)
{
    return feed_command_start_with(command, -1, output, folder, bytes_max);
}
