/* From the quotes that stand to those that are intended: which orders go, which bands want a new
 * one. An order that stands in a band and is large enough stays, so a small move of the price costs
 * few requests. Orders that are adopted after a restart are dealt with in the same way. */
#ifndef APP_BOTS_LADDER_H
#define APP_BOTS_LADDER_H

#include "app/bots_model.h"
#include "app/bots_read.h"

struct bots_plan {
    bool cancels[BOTS_OWN_MAX]; /* by the place in `own` */
    bool places[2][BOTS_BANDS]; /* by enum side and band */
};

void bots_ladder_plan(const struct bots_intent *intent, enum demo_market market,
                      const struct bots_own *own, u32 own_count, struct bots_plan *plan_out);

#endif /* APP_BOTS_LADDER_H */
