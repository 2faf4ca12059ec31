/* What every command does that judges by its owner's own files, whether an opening or a rotation
 * (cambist open, officer, rotate): it wants the options that name the files, reads them
 * (open_pins_read), enters its sandbox and says on standard error what holds, and, where it has one
 * try, waits until its time is over. */
#ifndef APP_PINNED_H
#define APP_PINNED_H

#include "app/open_folder.h"
#include "app/options.h"
#include "base/base.h"
#include "io/fault.h"
#include "io/sandbox.h"

/* Places in the table of options of each of these commands. */
enum {
    PINNED_CIRCLE,
    PINNED_POLICY,
    PINNED_GROUP_A,
    PINNED_GROUP_B,
    PINNED_COUNT,
};

/* FAULT_USAGE: the option at this place of the subcommand's table is not given. */
MUST_USE enum fault pinned_wants(const struct option_call *call, u32 place);
/* Circle, policy and the transcripts of both groups, all of which are wanted. */
MUST_USE enum fault pinned_paths(const struct option_call *call, struct open_pin_paths *paths_out);

/* Enters it, and prints "sandbox: " with what holds. As sandbox_enter. */
MUST_USE enum fault pinned_sandbox(const struct sandbox_options *options);
/* The sandbox `role` in which no file can be opened but below `folder`, which may be written; NULL:
 * none at all. */
MUST_USE enum fault pinned_sandbox_in(const char *role, const char *folder, u32 files_max,
                                      bool is_required);

/* What a process waits for that has one try, and what comes behind it. */
struct pinned_wait {
    u64 begins_s;
    u32 seconds;
    const char *another; /* "grant": what the next try takes */
};
/* Sleeps a tenth of a second and moves the pins' clock. FAULT_TIMEOUT: there was no `what` in
 * time. */
MUST_USE enum fault pinned_pause(struct open_pins *pins, const struct pinned_wait *wait,
                                 const char *what);

#endif /* APP_PINNED_H */
