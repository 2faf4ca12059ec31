/* `cambist demo`: a venue on loopback with markets, accounts and bots that trade on it, for whoever
 * wants to look at it or try a program on it. It is the venue of `cambist serve` with a folder that
 * was begun by demo_venue.h, limits of requests that are generous but real, and one process more:
 * the bots (bots.h), which are started as the program that they are, with nothing of the
 * supervisor's memory or descriptors. docs/demo.md says the rest. */
#ifndef APP_DEMO_H
#define APP_DEMO_H

#include "app/config.h"
#include "base/base.h"
#include "io/fault.h"

#define DEMO_SEED 40U /* where none is given: one in which bitcoin rises at first */

struct demo_options {
    struct config *config; /* its limits are raised */
    const char *folder;
    u16 port;
    const u64 *seed; /* NULL: the folder's, or DEMO_SEED */
    const char *law; /* as demo_law.h reads it; NULL: the folder's, or DEMO_LAW_DEFAULT */
    bool has_bots;
    const char *speed;  /* as speed.h reads it */
    const char *replay; /* a recording; NULL: none */
    u32 seconds;
};

/* As serve_run. FAULT_INPUT: the folder's demo has another seed. */
MUST_USE enum fault demo_run(const struct demo_options *options, int *exit_code_out);

#endif /* APP_DEMO_H */
