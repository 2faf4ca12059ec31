#include "app/flow_grid.h"

#include <stdio.h>

#define WHOLE      100000000ULL
#define BASE_SCALE 8U
#define QUOTE_MIN  2U

void flow_grid_init(struct flow_grid *grid)
{
    *grid = (struct flow_grid){.tick = WHOLE, .lot = WHOLE};
}

static void refine(u64 *step, u64 units)
{
    while (units % *step != 0) {
        *step /= 10;
    }
}

void flow_grid_price(struct flow_grid *grid, u64 price)
{
    refine(&grid->tick, price);
    grid->price_max = u64_max(grid->price_max, price);
}

void flow_grid_amount(struct flow_grid *grid, u64 amount)
{
    refine(&grid->lot, amount);
}

static u32 zeros_of(u64 step)
{
    u32 zeros = 0;
    for (; step >= 10; step /= 10) {
        zeros += 1;
    }
    return zeros;
}

enum fault flow_grid_finish(const struct flow_grid *grid, struct flow *flow, const char *name,
                            const char *base, const char *quote)
{
    u32 zeros = zeros_of(grid->tick) + zeros_of(grid->lot);
    u32 missing = 2 * BASE_SCALE - zeros; /* places of tick x lot behind the point */
    struct flow_market market = {
        .base_scale = BASE_SCALE,
        .quote_scale = missing > QUOTE_MIN ? missing : QUOTE_MIN,
        .tick = grid->tick,
        .lot = grid->lot,
        .ticks_max = (u32)u64_max(1, u64_min(grid->price_max / grid->tick, FLOW_TICKS_MAX)),
    };
    (void)snprintf(market.name, sizeof(market.name), "%s", name);
    (void)snprintf(market.base, sizeof(market.base), "%s", base);
    (void)snprintf(market.quote, sizeof(market.quote), "%s", quote);
    return flow_set_market(flow, &market);
}
