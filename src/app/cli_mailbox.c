#include "app/cli.h"
#include "app/mailbox.h"
#include "app/pinned.h"
#include "io/agent.h"
#include "io/file.h"
#include "io/sandbox.h"
#include "role/door/door_mail.h"
#include "role/door/door_store.h"

#include <stdlib.h>

enum { MAILBOX_OPTION_DATA, MAILBOX_OPTION_DESCRIPTOR };
enum { SLEEP_US = 200000, FILES_OPEN = 64 };

static const struct option options[] = {
    [MAILBOX_OPTION_DATA] = {.name = "data",
                             .kind = OPTION_TEXT,
                             .value = "DIR",
                             .otherwise = ".",
                             .help = "The folder of the venue."},
    [MAILBOX_OPTION_DESCRIPTOR] = {.name = "descriptor",
                                   .kind = OPTION_NUMBER,
                                   .value = "N",
                                   .minimum = 3,
                                   .maximum = 1023,
                                   .help = "The number of a listening socket that whoever started "
                                           "it has opened, instead of a port of its own."},
};

static enum fault serve_until_stopped(struct mailbox *mailbox)
{
    static struct agent_requests requests;
    agent_requests_of_signals(&requests);
    (void)printf("http://127.0.0.1:%u/\n", mailbox_port(mailbox));
    (void)fflush(stdout);
    while (requests.stop == 0) {
        TRY(mailbox_run(mailbox, SLEEP_US));
    }
    return FAULT_NONE;
}

/* From now on it opens mails and nothing else. The door makes its folders where they are not. Told
 * unless another program has started it (is_quiet), whose words are its own. */
static enum fault enter_sandbox(const char *folder, bool is_quiet)
{
    struct sandbox_report report;
    char door[FILE_PATH_BYTES];
    char mails[FILE_PATH_BYTES];
    TRY(file_path(door, folder, DOOR_FOLDER));
    TRY(disk_make_folder(disk_real(), door));
    TRY(file_path(mails, door, DOOR_MAIL_FOLDER));
    TRY(disk_make_folder(disk_real(), mails));
    const struct sandbox_path path = {.path = mails, .is_writable = true};
    const struct sandbox_options sandbox = {
        .role = "mailbox", .paths = &path, .paths_count = 1, .files_max = FILES_OPEN};
    return is_quiet ? sandbox_enter(&sandbox, &report) : pinned_sandbox(&sandbox);
}

static int run(const struct option_call *call)
{
    struct mailbox *mailbox = NULL;
    const struct option_value *descriptor = &call->values[MAILBOX_OPTION_DESCRIPTOR];
    enum fault fault = mailbox_open(&mailbox, call->values[MAILBOX_OPTION_DATA].text,
                                    descriptor->given ? (int)descriptor->number : 0, clock_real());
    if (fault == FAULT_NONE) {
        fault = enter_sandbox(call->values[MAILBOX_OPTION_DATA].text, descriptor->given);
    }
    if (fault == FAULT_NONE) {
        fault = serve_until_stopped(mailbox);
    }
    mailbox_close(mailbox);
    return fault == FAULT_NONE ? EXIT_SUCCESS : cli_fail(call->subcommand, fault);
}

static const char *const text[] = {
    "Shows the mails that wait in door/mail at a page of 127.0.0.1, until it is stopped: for trials, "
    "in which nobody sends them. Whoever may connect reads every code. Of more than 50 the oldest are "
    "removed.",
    NULL,
};

static const struct option_example examples[] = {
    {"mailbox --data DIR", "Prints the page's address, and serves it."},
    {NULL, NULL},
};

const struct subcommand cli_mailbox = {
    .name = "mailbox",
    .summary = "shows the mails of a trial",
    .options = options,
    .options_count = ARRAY_COUNT(options),
    .text = text,
    .examples = examples,
    .run = run,
};
