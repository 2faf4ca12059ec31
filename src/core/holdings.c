#include "core/holdings.h"

#include "base/check.h"
#include "core/define.h"

#define SECOND_US 1000000ULL

static const u64 powers[] = {
    1,
    10,
    100,
    1000,
    10000,
    100000,
    1000000,
    10000000,
    100000000,
    1000000000,
    10000000000,
    100000000000,
    1000000000000,
    10000000000000,
    100000000000000,
    1000000000000000,
    10000000000000000,
    100000000000000000,
    1000000000000000000,
};
_Static_assert(ARRAY_COUNT(powers) > AMOUNT_SCALE_MAX, "a power for each scale");

void holdings_price_set(struct core *core, const struct command_valuation_price *c)
{
    enum reject reject = REJECT_NONE;
    if (core->limits.persons_max == 0) {
        reject = REJECT_LIMIT_PERSONS;
    } else if (c->asset >= core->assets_count) {
        reject = REJECT_UNKNOWN_ASSET;
    } else if (c->price.units == 0 || c->sources == 0 || c->time_us == 0 || /* raw: there or not */
               c->time_us > core->now_us || c->time_us < core->ruling.prices[c->asset].time_us) {
        reject = REJECT_BAD_DEFINITION;
    }
    if (reject != REJECT_NONE) {
        define_refuse(core, &c->head, reject);
        return;
    }
    core->ruling.prices[c->asset] =
        (struct valuation_price){.price = c->price, .time_us = c->time_us, .sources = c->sources};
    define_tell(core, &c->head, c->head.account);
}

bool holdings_value(const struct core *core, const struct valuation_price *prices, u16 asset,
                    u64 units, u64 *eur_out)
{
    const struct valuation_price *price = &prices[asset];
    u64 stale_us = core->ruling.stale_seconds * SECOND_US;
    *eur_out = 0;
    if (units == 0) {
        return true;
    }
    if (price->time_us == 0 || core->now_us - price->time_us >= stale_us) {
        return false;
    }
    u64 one = powers[core->assets[asset].scale];
    u128 value = (u128)units * price->price.units; /* raw: 10^-8 EUR times 10^scale */
    u128 eur = value / one + (value % one != 0 ? 1 : 0);
    *eur_out = eur > UINT64_MAX ? UINT64_MAX : (u64)eur;
    return true;
}

/* Adds to an asset's sum; the assets that have one are listed. No sum overflows: an asset's total
 * is bounded when it is issued. */
static void sum_up(struct ruling *ruling, u32 *count, u16 asset, u64 units)
{
    if (units == 0) {
        return;
    }
    if (ruling->sums[asset] == 0) {
        ruling->summed[(*count)++] = asset;
    }
    ruling->sums[asset] += units;
}

static void sum_account(struct core *core, u32 account, u32 *count)
{
    for (u32 i = core->accounts[account].chunk; i; i = core->chunks[i].next) {
        const struct chunk *chunk = &core->chunks[i];
        for (u32 k = 0; k < chunk->count; k++) {
            sum_up(&core->ruling, count, chunk->assets[k],
                   chunk->rows[k].free.units + chunk->rows[k].locked.units); /* raw: sum */
        }
    }
    for (u32 i = core->ruling.links[account].hold; i; i = core->holds[i].older) {
        const struct hold *hold = &core->holds[i];
        sum_up(&core->ruling, count, hold->asset,
               hold->amount.units + hold->fee.units); /* raw: sum */
    }
}

struct rule_holdings holdings_of(struct core *core, const struct valuation_price *prices,
                                 u32 person)
{
    struct ruling *ruling = &core->ruling;
    struct rule_holdings holdings = {.is_known = true};
    u32 count = 0;
    for (u32 next = ruling->persons[person].account; next; next = ruling->links[next - 1].next) {
        sum_account(core, next - 1, &count);
    }
    for (u32 i = 0; i < count; i++) {
        u64 eur = 0;
        u16 asset = ruling->summed[i];
        holdings.is_known =
            holdings_value(core, prices, asset, ruling->sums[asset], &eur) && holdings.is_known;
        holdings.eur = u64_add_capped(holdings.eur, eur);
        ruling->sums[asset] = 0;
    }
    return holdings;
}
