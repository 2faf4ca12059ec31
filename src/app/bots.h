/* The bots of the demo: programs like any customer's, which know an address and their own keys and
 * talk through the public API. One account quotes each market, two take.
 *
 * A step of bots_model.h is: look at the own open orders, cancel what is out of place, place what
 * is missing, send the orders that take when their moment in the step has come. Each step starts
 * from what the venue says, so a lost answer, a refusal, a restarted gateway and a restart of the
 * bots are all the same case. Quotes carry their step in the client id: bots that start find their
 * old orders, adopt them and go on with the step after. They leave their quotes standing when they
 * end.
 *
 * A step that takes longer than its time is not made up for: the market runs slower. */
#ifndef APP_BOTS_H
#define APP_BOTS_H

#include "base/base.h"
#include "io/fault.h"

#define BOTS_SPEED_ONE   1000U /* thousandths */
#define BOTS_SPEED_MAX   100000U
#define BOTS_BURST_STEPS 240U /* of a new venue run faster, so that there is something to see */
#define BOTS_BURST       4U   /* times as fast */

struct bots_options {
    const char *keys_file; /* demo_file.h */
    u32 speed;             /* in thousandths */
    u32 without;           /* bit n: leaves the market n alone, since a recording plays there */
    const char *replay;    /* a recording; of bots_replay_run */
};

/* Until SIGTERM or SIGINT. A fault: it has not begun. */
MUST_USE enum fault bots_run(const struct bots_options *options);

#endif /* APP_BOTS_H */
