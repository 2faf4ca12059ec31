#include "role/prices/price_venue.h"

#include "base/bytes.h"
#include "base/span.h"

#include <string.h>

#define SECOND_US 1000000ULL

void price_venue_init(struct price_venue *venue)
{
    memset(venue, 0, sizeof(*venue));
    venue->stale_us = PRICE_STALE_S * SECOND_US;
}

struct venue_asset *price_venue_find(struct price_venue *venue, struct span name)
{
    for (u32 i = 0; i < venue->assets_count; i += 1) {
        struct venue_asset *asset = &venue->assets[i];
        if (asset->name[0] != 0 && span_equal(span_of_text(asset->name), name)) {
            return asset;
        }
    }
    return NULL;
}

/* ---- what both tell ---- */

static void asset_put(struct price_venue *venue, u16 number, const void *name)
{
    if (number >= PRICE_ASSETS_MAX) {
        venue->has_more = true;
        return;
    }
    memcpy(venue->assets[number].name, name, PRICE_ASSET_NAME_MAX);
    venue->assets_count = number >= venue->assets_count ? number + 1U : venue->assets_count;
}

static void price_put(struct price_venue *venue, u16 asset, struct price price, u64 time_us)
{
    if (asset < PRICE_ASSETS_MAX) {
        venue->assets[asset].price = (struct price_quote){.price = price, .time_us = time_us};
    }
}

static bool pack_put(struct price_venue *venue, u64 number, bool is_active,
                     const u8 hash[SHA256_BYTES], u64 since_us)
{
    if (number >= PRICE_PACKS_MAX) {
        return false;
    }
    struct venue_pack *pack = &venue->packs[number];
    *pack = (struct venue_pack){.is_active = is_active, .since_us = since_us};
    memcpy(pack->hash, hash, SHA256_BYTES);
    return true;
}

/* What a record of the schema needs at least is there: copied, zeros behind what is not. */
static bool load(void *target, size_t target_bytes, const u8 *record, size_t size)
{
    if (size < target_bytes) {
        return false;
    }
    memcpy(target, record, target_bytes);
    return true;
}

/* ---- events ---- */

static bool on_command(struct price_venue *venue, const u8 *command, size_t size, u64 time_us)
{
    struct command_genesis genesis;
    struct command_limits_set limits;
    struct command_asset_add asset;
    struct command_valuation_price price;
    struct command_valuation valuation;
    struct command_rules_set rules;
    switch (bytes_u16(command)) {
    case COMMAND_GENESIS:
        if (!load(&genesis, sizeof(genesis), command, size)) {
            return false;
        }
        venue->persons_max = genesis.persons_max;
        return true;
    case COMMAND_LIMITS_SET:
        if (!load(&limits, sizeof(limits), command, size)) {
            return false;
        }
        venue->persons_max = limits.persons_max;
        return true;
    case COMMAND_ASSET_ADD:
        if (!load(&asset, sizeof(asset), command, size)) {
            return false;
        }
        asset_put(venue, asset.asset, asset.name);
        return true;
    case COMMAND_VALUATION_PRICE:
        if (!load(&price, sizeof(price), command, size)) {
            return false;
        }
        price_put(venue, price.asset, price.price, price.time_us);
        return true;
    case COMMAND_VALUATION:
        if (!load(&valuation, sizeof(valuation), command, size) ||
            valuation.pack >= PRICE_PACKS_MAX) {
            return false;
        }
        venue->packs[valuation.pack].valued_us = time_us;
        return true;
    case COMMAND_RULES_SET:
        if (!load(&rules, sizeof(rules), command, size)) {
            return false;
        }
        venue->stale_us = rules.price_stale_seconds * SECOND_US;
        return true;
    default: /* not an enum: other definitions are not of interest */
        return true;
    }
}

bool price_venue_event(struct price_venue *venue, const u8 *record, size_t size, u64 time_us)
{
    struct event_pack_state pack;
    switch (bytes_u16(record)) {
    case EVENT_APPLIED:
        return size >= sizeof(struct event_applied) + WIRE_UNIT &&
               on_command(venue, record + sizeof(struct event_applied),
                          size - sizeof(struct event_applied), time_us);
    case EVENT_PACK_STATE:
        return load(&pack, sizeof(pack), record, size) &&
               pack_put(venue, pack.pack, pack.state == PACK_STATE_ACTIVE, pack.content_hash,
                        time_us);
    default: /* not an enum: others are not of interest */
        return true;
    }
}

/* ---- images ---- */

bool price_venue_state(struct price_venue *venue, const u8 *record, size_t size)
{
    struct state_limits limits;
    struct state_asset asset;
    struct state_rules rules;
    struct state_pack pack;
    struct state_valuation_price price;
    switch (bytes_u16(record)) {
    case STATE_LIMITS:
        if (!load(&limits, sizeof(limits), record, size)) {
            return false;
        }
        venue->persons_max = limits.next == 0 ? limits.persons_max : venue->persons_max;
        return true;
    case STATE_ASSET:
        if (!load(&asset, sizeof(asset), record, size)) {
            return false;
        }
        asset_put(venue, asset.asset, asset.name);
        return true;
    case STATE_RULES:
        if (!load(&rules, sizeof(rules), record, size)) {
            return false;
        }
        venue->stale_us = rules.price_stale_seconds * SECOND_US;
        return true;
    case STATE_PACK:
        if (!load(&pack, sizeof(pack), record, size)) {
            return false;
        }
        return pack.head.id == UINT16_MAX || /* one that is being received */
               pack_put(venue, pack.head.id, pack.pack_state == PACK_STATE_ACTIVE,
                        pack.content_hash, 0);
    case STATE_VALUATION_PRICE:
        if (!load(&price, sizeof(price), record, size)) {
            return false;
        }
        price_put(venue, price.asset, price.price, price.time_us);
        return true;
    default: /* not an enum: others are not of interest */
        return true;
    }
}
