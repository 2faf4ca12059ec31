/* Sends the mails of the door (docs/sign-in.md "Mails"): a process of the venue that gives each
 * file of door/mail to the operator's program as its standard input, the one that waits longest
 * first, and removes it when the program has ended with exit code 0 within its time.
 *
 *     door/mail/NAME ─▶ standard input of PROGRAM [ARGUMENT...]     one at a time
 *
 * What fails is tried again, after pauses that double from a second to five minutes; why is told in
 * the log once, until it is another reason, without an address. The program has no environment but
 * PATH, and nobody reads what it prints. A mail may be sent twice where this process is killed
 * behind the program's end, and is never lost. */
#ifndef APP_MAILER_H
#define APP_MAILER_H

#include "app/feed_command.h"
#include "base/base.h"
#include "io/clock.h"
#include "io/file.h"

#include <sys/types.h>

#define MAILER_REASON_BYTES 96U

struct mailer {
    const struct feed_command *command;
    struct disk *disk;
    struct clock *clock;
    char folder[FILE_PATH_BYTES]; /* of the mails */
    char name[FILE_NAME_BYTES];   /* of the one that is being sent, or was tried last */
    pid_t pid;                    /* 0: none is */
    bool is_late;
    u64 due_ns;   /* the folder is looked at next */
    u64 until_ns; /* the program is killed */
    u64 pause_ns; /* after the next failure */
    u64 sent_count;
    u64 failures_count;
    char reason[MAILER_REASON_BYTES]; /* what was told; empty: it is good */
};

/* "LIMIT PROGRAM [ARGUMENT...]": seconds, an absolute path. "none": *command_out has no words.
 * FAULT_CONFIG with what is wrong. */
MUST_USE enum fault mailer_command(const char *text, struct feed_command *command_out);

/* `folder` is the venue's. */
MUST_USE enum fault mailer_begin(struct mailer *mailer, const struct feed_command *command,
                                 const char *folder, struct clock *clock);
/* Starts the next one, or sees to the one that runs. False: nothing was to be done. */
bool mailer_step(struct mailer *mailer);
/* Kills what runs; its mail stays. */
void mailer_end(struct mailer *mailer);

/* The whole life of the process, until SIGTERM; its exit code. */
int mailer_run(const struct feed_command *command, const char *folder);

#endif /* APP_MAILER_H */
