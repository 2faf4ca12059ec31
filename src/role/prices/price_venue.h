/* What the price agent knows of the venue: its assets with the prices that the core has for them,
 * and the packs in force, from the event log and the images beside it. */
#ifndef ROLE_PRICES_PRICE_VENUE_H
#define ROLE_PRICES_PRICE_VENUE_H

#include "base/base.h"
#include "io/digest.h"
#include "role/prices/price_choice.h"
#include "wire/schema.h"

#define PRICE_ASSETS_MAX     1024U
#define PRICE_PACKS_MAX      16U
#define PRICE_STALE_S        3600U /* as the core has it without rules_set */
#define PRICE_ASSET_NAME_MAX 8U

struct venue_asset {
    char name[PRICE_ASSET_NAME_MAX + 1]; /* empty: there is none of this number */
    struct price_quote price;            /* what the core has; time_us 0: none */
};

struct venue_pack {
    bool is_active;
    u8 hash[SHA256_BYTES];
    u64 since_us;  /* when it became active; 0: not known */
    u64 valued_us; /* the newest valuation; 0: none known */
};

struct price_venue {
    struct venue_asset assets[PRICE_ASSETS_MAX];
    u32 assets_count; /* the highest number of an asset, and one */
    bool has_more;    /* assets beyond PRICE_ASSETS_MAX, which get no prices */
    struct venue_pack packs[PRICE_PACKS_MAX];
    u32 persons_max; /* 0: the venue has no rules */
    u64 stale_us;
};

void price_venue_init(struct price_venue *venue);

/* One event record of a chunk with that time. False: it cannot be one. */
MUST_USE bool price_venue_event(struct price_venue *venue, const u8 *record, size_t size,
                                u64 time_us);

/* One record of an image. False: it cannot be one. */
MUST_USE bool price_venue_state(struct price_venue *venue, const u8 *record, size_t size);

/* By name; NULL: none. */
struct venue_asset *price_venue_find(struct price_venue *venue, struct span name);

#endif /* ROLE_PRICES_PRICE_VENUE_H */
