/* A speed on the command line: "1", "0.5", "20", with at most three decimals. */
#ifndef APP_SPEED_H
#define APP_SPEED_H

#include "app/bots.h"

#define SPEED_HELP                                                                                \
    "How fast time passes for the bots: 2 is twice, 0.5 half as fast, from 0.01 to 100. They go " \
    "no faster than the venue's limits let them."

/* In thousandths. FAULT_USAGE. */
MUST_USE enum fault speed_read(const char *text, u32 *speed_out);

#endif /* APP_SPEED_H */
