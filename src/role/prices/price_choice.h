/* One price out of what the sources say: the median of those that are fresh and near each other.
 *
 *     1. fresh: told for a time not later than now and less than fresh_us before it
 *     2. fewer than sources_min of them: missing
 *     3. one that lies further than `jump` from their median is an outlier, and left out
 *     4. fewer than sources_min are left: they are apart, and there is no price
 *     5. one alone (sources_min 1) has nobody to compare with: further than `jump` from the price
 *        that holds it is a jump, and not used until that price has become stale
 *
 * The price of an even number is the mean of the two in the middle, downwards; its time is the
 * oldest of those used. */
#ifndef ROLE_PRICES_PRICE_CHOICE_H
#define ROLE_PRICES_PRICE_CHOICE_H

#include "base/amount.h"
#include "base/base.h"

#define PRICE_SOURCES_MAX 16U
#define PRICE_SHARE_ONE   10000U /* jump and step count hundredths of a percent */

struct price_quote {
    struct price price;
    u64 time_us; /* 0: none */
};

struct price_policy {
    u64 fresh_us;
    u32 sources_min; /* at least 1 */
    u32 jump;
    u32 step; /* price_moved */
};

enum price_outcome { PRICE_FOUND, PRICE_MISSING, PRICE_APART, PRICE_JUMPED };
const char *price_outcome_name(enum price_outcome outcome);

struct price_choice {
    enum price_outcome outcome;
    struct price_quote quote; /* PRICE_FOUND */
    u32 used;                 /* how many sources */
    u32 fresh;
    u32 outliers; /* a bit for each source; of a jump too */
};

/* `holds` is the price that the venue has, time_us 0 where it has none or a stale one. */
struct price_choice price_choose(const struct price_policy *policy,
                                 const struct price_quote *quotes, u32 count, u64 now_us,
                                 struct price_quote holds);

/* Whether a price differs from another by `share` of the latter or more. */
bool price_moved(struct price from, struct price to, u32 share);

#endif /* ROLE_PRICES_PRICE_CHOICE_H */
