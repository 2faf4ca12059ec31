#include "app/demo_child.h"

#include "base/check.h"
#include "io/file.h"
#include "io/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PROGRAM "/proc/self/exe"

enum { DESCRIPTOR = STDERR_FILENO + 1 };

/* The listening socket gets the number that the command is told; everything else that the fork has
 * copied goes. */
static bool descriptors_arrange(const struct demo_child *child, int socket)
{
    int nothing = open("/dev/null", O_WRONLY | O_CLOEXEC);
    bool is_good = nothing >= 0 && dup2(nothing, STDOUT_FILENO) >= 0;
    if (child->listener == DESCRIPTOR) {
        is_good = is_good && fcntl(DESCRIPTOR, F_SETFD, 0) == 0;
    } else {
        is_good = is_good && dup2(child->listener, DESCRIPTOR) == DESCRIPTOR;
    }
    if (socket != DESCRIPTOR) {
        (void)close(socket);
    }
    (void)close_range(DESCRIPTOR + 1, UINT32_MAX, 0);
    return is_good;
}

int demo_child_become(const struct demo_child *child, int socket)
{
    char texts[DEMO_CHILD_WORDS_MAX + 3][FILE_PATH_BYTES];
    char *arguments[DEMO_CHILD_WORDS_MAX + 4] = {NULL};
    char *const environment[] = {NULL};
    u32 count = 1;
    (void)snprintf(texts[0], FILE_PATH_BYTES, "%s", PROGRAM);
    for (u32 index = 0; index < DEMO_CHILD_WORDS_MAX && child->words[index] != NULL; index += 1) {
        (void)snprintf(texts[count], FILE_PATH_BYTES, "%s", child->words[index]);
        count += 1;
    }
    (void)snprintf(texts[count], FILE_PATH_BYTES, "--descriptor");
    (void)snprintf(texts[count + 1], FILE_PATH_BYTES, "%d", (int)DESCRIPTOR);
    for (u32 index = 0; index < count + 2; index += 1) {
        arguments[index] = texts[index];
    }
    if (descriptors_arrange(child, socket)) {
        (void)execve(PROGRAM, arguments, environment);
    }
    log_error(child->failed, LOG_STR("cause", strerror(errno)));
    return fault_exit_code(FAULT_IO);
}
