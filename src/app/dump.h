/* Prints a journal as JSON lines: each command with its sequence number and time, then the events
 * it caused. The events are made anew by applying the journal, from the newest snapshot before the
 * first wanted command. */
#ifndef APP_DUMP_H
#define APP_DUMP_H

#include "app/progress.h"
#include "base/base.h"
#include "io/fault.h"
#include "role/engine/recovery.h"

#include <stdio.h>

struct dump_options {
    const char *folder;
    u64 seq_from;
    u64 count; /* of sequence numbers */
    bool commands;
    bool events;
    FILE *target;
    struct recovery_progress *progress;
};

MUST_USE enum fault dump_run(const struct dump_options *options);

#endif /* APP_DUMP_H */
