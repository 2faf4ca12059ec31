/* The coarsest tick and lot that a recording's prices and amounts fit, and what follows for the
 * market: recordings do not always say. Prices and amounts are in units of 10^-8. */
#ifndef APP_FLOW_GRID_H
#define APP_FLOW_GRID_H

#include "app/flow.h"

struct flow_grid {
    u64 tick; /* a power of ten, up to one whole quote unit */
    u64 lot;  /* a power of ten, up to one whole base unit */
    u64 price_max;
};

void flow_grid_init(struct flow_grid *grid);
void flow_grid_price(struct flow_grid *grid, u64 price);
void flow_grid_amount(struct flow_grid *grid, u64 amount);

/* Sets the flow's market: base scale 8, the smallest quote scale that keeps tick x lot whole, and
 * ticks up to the highest price, FLOW_TICKS_MAX at most. */
MUST_USE enum fault flow_grid_finish(const struct flow_grid *grid, struct flow *flow,
                                     const char *name, const char *base, const char *quote);

#endif /* APP_FLOW_GRID_H */
