/* The inside of a view, shared by its files. Slots count from 1; 0 is none. */
#ifndef ROLE_GATEWAY_VIEW_STATE_H
#define ROLE_GATEWAY_VIEW_STATE_H

#include "base/check.h"
#include "base/hash.h"
#include "role/gateway/view.h"
#include "role/gateway/view_account.h"
#include "role/gateway/view_book.h"
#include "role/gateway/view_key.h"
#include "role/gateway/view_market.h"
#include "role/gateway/view_order.h"
#include "role/gateway/view_person.h"

#define VIEW_MINUTE_US       60000000ULL
#define VIEW_AVERAGE_MINUTES 60U /* the core's AVERAGE_MINUTES_MAX */
#define VIEW_LANES           12U /* of the skip lists: 4^12 levels */

enum {
    VIEW_CLOSED = 0,
    VIEW_OPEN = 1,
};

/* ---- tables ---- */

/* Slots 1..max; those never used lie above `used`, given ones in a chain. */
struct view_slab {
    u32 free;
    u32 used;
    u32 max;
    u32 count;
};

/* Chained hash table; the links are in the objects. */
struct view_index {
    u32 *heads;
    u32 mask;
};

ALWAYS_INLINE u32 *view_index_head(const struct view_index *index, u64 hash)
{
    return &index->heads[(u32)hash & index->mask];
}

/* ---- books ---- */

/* A node of a skip list, the best price first. */
struct view_node {
    struct price price;
    struct amount qty;
    u32 next[VIEW_LANES];
    u32 lanes; /* on how many of them it is */
};

struct view_side {
    u32 first[VIEW_LANES];
};

/* ---- markets ---- */

struct view_minute {
    u64 minute;
    u64 count; /* 0: nothing here */
    u64 first_trade_id;
    u64 last_trade_id;
    struct price open;
    struct price high;
    struct price low;
    struct price close;
    u128 base;
    u128 quote;
};

/* Of the average price; known from an image too. */
struct view_mean {
    u64 minute;
    u128 base;
    u128 quote;
};

struct view_market {
    struct view_definition definition;
    u64 update_id;
    u64 since_min;
    struct amount last_qty;
    struct view_side sides[2];
    u64 *changes; /* [update id % changes_max]: price << 1 | side */
    struct view_trade *trades;
    struct view_aggregate *aggregates;
    struct view_minute *minutes;      /* [minute % VIEW_WINDOW_MINUTES_MAX] */
    u64 days_end_us[VIEW_ZONE_COUNT]; /* of view_seed_day, view_seed_piece; 0: none */
    u64 pieces_end_us;
    u64 whole_us[VIEW_ZONE_COUNT][INTERVAL_COUNT]; /* klines that open from here on are whole */
    struct price expired; /* close of the newest minute that was overwritten */
    u64 expired_minute;
    u64 day_minute;         /* `day` sums the buckets of a day that ends before this minute */
    struct view_window day; /* without current minute; valid while day_minute is not 0 */
    struct view_mean means[VIEW_AVERAGE_MINUTES];
    struct view_kline klines[VIEW_ZONE_COUNT][INTERVAL_COUNT][2]; /* current, the one before */
};

/* ---- persons ---- */

#define VIEW_RULE_SLOTS 32U /* rules about persons in all packs together: docs/rules.md */

struct view_person {
    u32 account; /* number + 1 of one of its accounts; 0: none. The others follow */
    u32 finding;
    u64 notice;
    u32 group; /* for self-trade prevention; 0: none */
};

/* What one whole unit of an asset is worth. */
struct view_valuation {
    struct price price; /* 10^-8 EUR */
    u64 time_us;        /* 0: none */
};

/* ---- the view ---- */

struct view_seen {
    u64 key;
    u64 round;
};

struct view {
    struct view_config config;
    struct command_genesis limits_next;
    struct command_venue_filters venue_filters;
    struct view_place place;
    u64 passed; /* by history */
    const char *wrong;
    bool is_short;    /* of memory */
    bool has_history; /* events or image records were taken */
    u16 image_kind;   /* while an image is being taken: its last kind */
    bool image_ended;
    u64 image_records;

    struct view_account *accounts;
    struct view_asset *assets;
    struct view_market *markets;
    struct command_fee_set *fees; /* [market * fee_tiers_max + tier] */
    u32 accounts_count;
    u32 assets_count;
    u32 markets_count;
    u32 padding;

    struct view_slab balance_slab;
    struct view_balance *balances;
    struct view_index balance_index;

    struct view_slab key_slab;
    struct view_key *keys;
    struct view_index key_index;

    struct view_slab order_slab;
    struct view_order *orders;
    struct view_index order_index;
    struct view_index client_index;
    u32 closed_orders_oldest;
    u32 closed_orders_newest;
    u32 closed_orders_count;

    struct view_slab list_slab;
    struct view_list *lists;
    struct view_index list_index;
    u32 closed_lists_oldest;
    u32 closed_lists_newest;
    u32 closed_lists_count;

    struct view_fill *fills; /* [serial % fills_max] */
    u64 fill_first;          /* serials, from 1 on */
    u64 fill_next;

    struct view_index login_index; /* number + 1 of an account */
    struct view_person *persons;   /* [number] */
    u32 persons_count;
    u32 price_stale_seconds; /* 0: as nobody has set it */
    struct view_slab finding_slab;
    struct view_finding *findings;
    struct view_valuation *valuations; /* [asset] */
    struct view_pack packs[VIEW_PACKS_MAX];
    u8 pack_at[VIEW_PACK_NUMBERS]; /* index + 1 in packs of what is not ended; 0: none */
    u32 pack_turn;
    struct view_notice *notices; /* [serial % notices_max] */
    u64 notice_serial;
    u64 notices_since_us;

    struct view_slab node_slab;
    struct view_node *nodes;

    struct view_seen *seen; /* scratch of view_book_changes */
    u64 seen_round;
    u32 seen_mask;
};

/* Says what does not fit; returns false, for the caller to pass up. */
COLD bool view_wrong(struct view *view, const char *what);
/* The same for memory. */
COLD bool view_short(struct view *view, const char *what);

/* A free slot, or 0. *next: the slot's link when free. */
#define VIEW_SLAB_TAKE(slab, objects, link) \
    ((slab)->free ? view_slab_reuse((slab), (objects)[(slab)->free].link) : view_slab_new(slab))

ALWAYS_INLINE u32 view_slab_reuse(struct view_slab *slab, u32 next)
{
    u32 slot = slab->free;
    slab->free = next;
    slab->count++;
    return slot;
}

ALWAYS_INLINE u32 view_slab_new(struct view_slab *slab)
{
    if (slab->used == slab->max) {
        return 0;
    }
    slab->count++;
    return ++slab->used;
}

/* The slot's object is cleared by the caller, its link set to the slab's chain. */
#define VIEW_SLAB_GIVE(slab, objects, link, slot) \
    do {                                          \
        (objects)[(slot)].link = (slab)->free;    \
        (slab)->free = (slot);                    \
        (slab)->count--;                          \
    } while (0)

/* ---- amounts, where they are summed, scaled or used as keys ---- */

ALWAYS_INLINE u64 view_units(struct amount amount)
{
    return amount.units; /* raw: sums, comparisons and flags of amounts meet here */
}

ALWAYS_INLINE u64 view_price_units(struct price price)
{
    return price.units; /* raw: prices as keys, and compared */
}

/* *target += more, *target -= less. False: does not fit; nothing changed. */
MUST_USE ALWAYS_INLINE bool view_raise(struct amount *target, struct amount more)
{
    return amount_add(*target, more, target);
}

MUST_USE ALWAYS_INLINE bool view_lower(struct amount *target, struct amount less)
{
    return amount_sub(*target, less, target);
}

/* ---- view_book.c ---- */

/* Changes the book without a number; a price that nobody is left at goes. */
MUST_USE bool view_book_add(struct view *view, u16 market, u8 side, struct price price,
                            struct amount qty);
MUST_USE bool view_book_take(struct view *view, u16 market, u8 side, struct price price,
                             struct amount qty);

/* The change has this number, which must be the next one. */
MUST_USE bool view_book_count(struct view *view, u16 market, u8 side, struct price price,
                              u64 update_id);

/* ---- view_account.c ---- */

/* The row, made if there is none. NULL: no memory. */
struct view_balance *view_balance_make(struct view *view, u32 account, u16 asset);
/* A row that says nothing any more is set aside, if it does not: it stays until its room is wanted
 * for another. Called where a row may be emptied that the core does not have. */
void view_balance_spare(struct view *view, struct view_balance *row);

/* From free to locked and back. */
MUST_USE bool view_balance_lock(struct view *view, u32 account, u16 asset, struct amount amount);
MUST_USE bool view_balance_release(struct view *view, u32 account, u16 asset, struct amount amount);

/* From one account's locked to another's free. */
MUST_USE bool view_balance_pay(struct view *view, u32 payer, u32 payee, u16 asset,
                               struct amount amount);
/* Out of free. */
MUST_USE bool view_balance_spend(struct view *view, u32 account, u16 asset, struct amount amount);

MUST_USE bool view_ledger_apply(struct view *view, const struct event_ledger *event);

/* ---- view_order.c ---- */

/* A new open order in all chains; its client id may be empty. NULL: no memory. */
struct view_order *view_order_make(struct view *view, u64 id, u32 account, u16 market,
                                   const struct client_id *client);
struct view_order *view_order_find(struct view *view, u64 id);
void view_order_rename(struct view *view, struct view_order *order, const struct client_id *client);
void view_order_close(struct view *view, struct view_order *order, u8 status, u8 reason);

struct view_list *view_list_make(struct view *view, u64 id, u32 account);
struct view_list *view_list_find(struct view *view, u64 id);
/* Open or closed; NULL: there is none, which may be right. */
struct view_list *view_list_seek(struct view *view, u64 id);
void view_list_close(struct view *view, struct view_list *list);

/* The next place in the ring, chained to its orders and accounts. */
struct view_fill *view_fill_make(struct view *view, struct view_order *maker,
                                 struct view_order *taker);

/* Lets go of what history has and whose room is needed. False: some of it is still needed. */
MUST_USE bool view_evict(struct view *view);

/* ---- view_market.c ---- */

/* Counts a trade everywhere but in last prices and ids. */
void view_market_count(struct view *view, struct view_market *market,
                       const struct view_trade *trade, u64 aggregate_id);
void view_mean_add(struct view_market *market, u64 minute, u128 base, u128 quote);
void view_mean_clear(struct view_market *market);

/* What happened in a minute, of which nothing was counted. */
void view_minute_put(struct view_market *market, const struct view_minute *minute);

/* ---- view_kline.c ---- */

/* Adds a piece to all klines of the zone from `shortest` on. A day, or a piece of one that no day
 * was told of: to those of a day and more as well. */
void view_kline_merge(struct view_market *market, enum view_zone zone, enum interval shortest,
                      const struct view_kline *piece);
void view_kline_count(struct view_market *market, const struct view_trade *trade);

/* ---- view_key.c ---- */

/* A key in force; one that is there already may only get other rights, and only if `may_exist`. */
MUST_USE bool view_key_set(struct view *view, const struct view_key *key, bool may_exist);
MUST_USE bool view_key_revoke(struct view *view, u32 account, const u8 id[KEY_ID_BYTES]);

/* ---- view_person.c ---- */

/* The account's vector, and a notice of it. */
void view_vector_set(struct view *view, u32 account, u64 vector);

MUST_USE bool view_pack_event(struct view *view, const u8 *record, size_t size);
MUST_USE bool view_decision_event(struct view *view, const u8 *record, size_t size);
/* person_add, link, unlink, rules_set or valuation_price. */
MUST_USE bool view_define_person(struct view *view, u32 account, const u8 *command, size_t size);
MUST_USE bool view_define_login(struct view *view, u32 account, const u8 *command, size_t size);
MUST_USE bool view_define_pause(struct view *view, u32 account, const u8 *command, size_t size);
/* The records of an image that concern persons: rules, pack, price, person, link, finding. */
MUST_USE bool view_image_person(struct view *view, u16 kind, const u8 *record, size_t size);

/* ---- view_event.c, view_define.c ---- */

MUST_USE bool view_event_apply(struct view *view, const u8 *record, size_t size);
MUST_USE bool view_define(struct view *view, u32 account, const u8 *command, size_t size);
MUST_USE bool view_define_asset(struct view *view, u16 number, const u8 name[8], u8 scale);
MUST_USE bool view_define_market(struct view *view, const struct command_market_add *definition);
MUST_USE bool view_define_account(struct view *view, u32 account, u64 restrictions, u32 group,
                                  u32 tier);
MUST_USE bool view_define_fee(struct view *view, const struct command_fee_set *set);

/* The record's bytes over a zeroed struct: a record may end early or be padded. */
ALWAYS_INLINE void view_load(void *target, size_t target_size, const u8 *record, size_t size)
{
    size_t known = size < target_size ? size : target_size;
    memcpy(target, record, known);
    memset((u8 *)target + known, 0, target_size - known);
}

#endif /* ROLE_GATEWAY_VIEW_STATE_H */
