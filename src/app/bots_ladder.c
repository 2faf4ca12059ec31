#include "app/bots_ladder.h"

#include "base/check.h"

void bots_ladder_plan(const struct bots_intent *intent, enum demo_market market,
                      const struct bots_own *own, u32 own_count, struct bots_plan *plan_out)
{
    u32 holders[2][BOTS_BANDS]; /* 1 + the order that stands there */
    *plan_out = (struct bots_plan){.cancels = {false}};
    CHECK(own_count <= BOTS_OWN_MAX);
    for (u32 side = 0; side < SIDE_COUNT; side += 1) {
        for (u32 band = 0; band < BOTS_BANDS; band += 1) {
            holders[side][band] = 0;
            plan_out->places[side][band] = true;
        }
    }
    for (u32 index = 0; index < own_count; index += 1) {
        enum side side = own[index].side;
        u32 band = bots_band(market, intent->fair[market], side, own[index].price);
        bool stays =
            band < BOTS_BANDS && own[index].left >= intent->quotes[market][side][band].qty_least;
        if (!stays) {
            plan_out->cancels[index] = true;
            continue;
        }
        u32 other = holders[side][band];
        if (other != 0 && own[other - 1].left >= own[index].left) {
            plan_out->cancels[index] = true;
            continue;
        }
        if (other != 0) {
            plan_out->cancels[other - 1] = true;
        }
        holders[side][band] = index + 1;
        plan_out->places[side][band] = false;
    }
}
