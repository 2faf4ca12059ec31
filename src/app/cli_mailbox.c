#include "app/cli.h"
#include "app/mailbox.h"
#include "io/agent.h"

#include <stdlib.h>

enum { MAILBOX_OPTION_DATA, MAILBOX_OPTION_DESCRIPTOR };
enum { SLEEP_US = 200000 };

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

static int run(const struct option_call *call)
{
    struct mailbox *mailbox = NULL;
    const struct option_value *descriptor = &call->values[MAILBOX_OPTION_DESCRIPTOR];
    enum fault fault = mailbox_open(&mailbox, call->values[MAILBOX_OPTION_DATA].text,
                                    descriptor->given ? (int)descriptor->number : 0, clock_real());
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
