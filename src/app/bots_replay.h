/* The bot that plays a recording (bots_recording.h) on its market, through the public API, at the
 * recording's pace times the speed; the demo's other markets go on by the model.
 *
 * All the bots' accounts share the orders by their numbers: those that take are of the accounts
 * that take. Client ids are `r-NUMBER`, so nothing needs to be remembered but the numbers. What may
 * happen in any order goes together (cancels and amendments; new quotes), everything else one after
 * the other. A start cancels what an earlier one has left on the market, and begins at the
 * beginning; after the end the book stays as it is. */
#ifndef APP_BOTS_REPLAY_H
#define APP_BOTS_REPLAY_H

#include "app/bots.h"

/* Until SIGTERM or SIGINT. */
MUST_USE enum fault bots_replay_run(const struct bots_options *options);

#endif /* APP_BOTS_REPLAY_H */
