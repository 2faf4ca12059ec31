#include "role/prices/price_choice.h"

#include "base/check.h"

const char *price_outcome_name(enum price_outcome outcome)
{
    switch (outcome) {
    case PRICE_FOUND:
        return "found";
    case PRICE_MISSING:
        return "missing";
    case PRICE_APART:
        return "apart";
    case PRICE_JUMPED:
        return "jumped";
    }
    return "?";
}

/* The distance, and `share` of `from`, both times PRICE_SHARE_ONE: nothing is rounded. */
struct distance {
    u128 between;
    u128 allowed;
};

static struct distance distance_of(struct price from, struct price to, u32 share)
{
    u64 a = from.units; /* raw: shares of prices */
    u64 b = to.units;   /* raw: the same */
    return (struct distance){.between = (u128)(a > b ? a - b : b - a) * PRICE_SHARE_ONE,
                             .allowed = (u128)a * share};
}

bool price_moved(struct price from, struct price to, u32 share)
{
    struct distance distance = distance_of(from, to, share);
    return distance.between > 0 && distance.between >= distance.allowed;
}

static bool is_far(struct price from, struct price to, u32 share)
{
    struct distance distance = distance_of(from, to, share);
    return distance.between > distance.allowed;
}

/* Of the sources with a bit; at least one. */
static struct price median(const struct price_quote *quotes, u32 bits)
{
    struct price sorted[PRICE_SOURCES_MAX];
    u32 count = 0;
    for (u32 source = 0; source < PRICE_SOURCES_MAX; source += 1) {
        if ((bits & 1U << source) == 0) {
            continue;
        }
        u32 at = count;
        for (; at > 0 && sorted[at - 1].units > quotes[source].price.units; /* raw: sorting */
             at -= 1) {
            sorted[at] = sorted[at - 1];
        }
        sorted[at] = quotes[source].price;
        count += 1;
    }
    CHECK(count > 0);
    u128 low = sorted[(count - 1) / 2].units; /* raw: a mean */
    u128 high = sorted[count / 2].units;      /* raw: a mean */
    return price_of((u64)((low + high) / 2));
}

static u32 count_of(u32 bits)
{
    return (u32)__builtin_popcount(bits);
}

static u64 oldest_of(const struct price_quote *quotes, u32 bits)
{
    u64 oldest = UINT64_MAX;
    for (u32 source = 0; source < PRICE_SOURCES_MAX; source += 1) {
        if ((bits & 1U << source) != 0) {
            oldest = u64_min(oldest, quotes[source].time_us);
        }
    }
    return oldest;
}

struct price_choice price_choose(const struct price_policy *policy,
                                 const struct price_quote *quotes, u32 count, u64 now_us,
                                 struct price_quote holds)
{
    struct price_choice choice = {.outcome = PRICE_MISSING};
    u32 fresh = 0;
    CHECK(count <= PRICE_SOURCES_MAX && policy->sources_min > 0);
    for (u32 source = 0; source < count; source += 1) {
        const struct price_quote *quote = &quotes[source];
        bool is_fresh = quote->time_us != 0 && quote->time_us <= now_us &&
                        now_us - quote->time_us < policy->fresh_us;
        fresh |= is_fresh ? 1U << source : 0;
    }
    choice.fresh = count_of(fresh);
    if (choice.fresh < policy->sources_min) {
        return choice;
    }
    struct price middle = median(quotes, fresh);
    for (u32 source = 0; source < count; source += 1) {
        bool is_outlier =
            (fresh & 1U << source) != 0 && is_far(middle, quotes[source].price, policy->jump);
        choice.outliers |= is_outlier ? 1U << source : 0;
    }
    u32 used = fresh & ~choice.outliers;
    choice.used = count_of(used);
    if (choice.used < policy->sources_min) {
        choice.outcome = PRICE_APART;
        return choice;
    }
    middle = median(quotes, used);
    if (choice.used == 1 && holds.time_us != 0 && is_far(holds.price, middle, policy->jump)) {
        choice.outcome = PRICE_JUMPED;
        choice.outliers |= used;
        return choice;
    }
    choice.outcome = PRICE_FOUND;
    choice.quote = (struct price_quote){.price = middle, .time_us = oldest_of(quotes, used)};
    return choice;
}
