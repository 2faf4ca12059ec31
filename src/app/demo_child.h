/* A process of a demo that becomes another command of this binary, with a listening socket that the
 * demo has opened before: supervise_role.run of witnesses and of the mailbox. */
#ifndef APP_DEMO_CHILD_H
#define APP_DEMO_CHILD_H

#include "base/base.h"

#define DEMO_CHILD_WORDS_MAX 10U

struct demo_child {
    int listener;                            /* known to the command as --descriptor */
    const char *failed;                      /* the event of the log when it cannot be started */
    const char *words[DEMO_CHILD_WORDS_MAX]; /* of the command, NULL behind the last */
};

/* In the new process. Nothing of its memory is left; its standard output goes nowhere, since its
 * line about a port is not for the demo's reader. Returns an exit code when it cannot be started.
 */
int demo_child_become(const struct demo_child *child, int socket);

#endif /* APP_DEMO_CHILD_H */
