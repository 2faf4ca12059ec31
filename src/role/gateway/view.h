/* The gateway's own view of the venue, built from the engine's events alone: books, accounts, open
 * orders, lately closed orders and fills, lists, statistics, klines, definitions. It answers reads
 * and feeds the streams; nothing else of the engine is looked at (docs/view.md).
 *
 * One thread owns a view. It starts empty, or from an image of the event log; then it takes every
 * event in order. Between the events of one command the view is on its way from one state to the
 * next, so reads belong behind the last event of a chunk.
 *
 * What is closed is kept until history has passed the chunk that closed it, and longer while there
 * is room. When the room is used up and history is behind, the view takes no more events
 * (view_has_room): whoever feeds it waits for history.
 *
 * All memory comes from one arena at open; nothing is allocated later. */
#ifndef ROLE_GATEWAY_VIEW_H
#define ROLE_GATEWAY_VIEW_H

#include "base/arena.h"
#include "io/fault.h"
#include "wire/schema.h"

struct view;

struct view_config {
    struct command_genesis limits; /* the engine's, or larger ones */
    u32 closed_orders_max;         /* kept beside the open ones; at least 2 */
    u32 closed_lists_max;          /* at least 1 */
    u32 fills_max;                 /* trades and prevented matches kept for accounts; at least 1 */
    u32 trades_max;                /* per market: recent trades, and as many aggregates */
    u32 changes_max;               /* per market: book updates kept for streams; a power of two */
    u32 notices_max; /* changes of accounts' vectors and of what rules say; may be 0 */
    u64 hash_seed;   /* random, so that nobody chooses collisions */
};

/* Sums of amounts: more than an amount may hold. In the asset's units, never rounded. */
struct view_sum {
    u128 sum;
};

struct view_asset {
    u8 name[8]; /* filled up with zeros */
    u8 scale;
};

/* Bytes view_open takes from the arena; 0 when a number is out of bounds. */
MUST_USE size_t view_footprint(const struct view_config *config);

/* An empty view in zeroed memory of the arena (pages fresh from the system). FAULT_CONFIG: a number
 * is out of bounds. FAULT_LIMIT: the arena is too small. */
MUST_USE enum fault view_open(struct view **view_out, const struct view_config *config,
                              struct arena *arena);

/* ---- starting from an image ---- */

/* Takes the next whole record of an image (`size` bytes are there) into a view that has seen
 * nothing else; *used_out bytes of it, a definition that follows it included. FAULT_ROT: it does
 * not fit. FAULT_LIMIT: the view is too small for it. */
MUST_USE enum fault view_image_record(struct view *view, const u8 *bytes, size_t size,
                                      size_t *used_out);

/* After the last record: the image is whole, and events go on behind `position`. */
MUST_USE enum fault view_image_end(struct view *view, u64 position);

/* ---- events ---- */

/* Events from here on belong to the chunk that ends at this position (eventlog_chunk's
 * position_next). */
void view_chunk(struct view *view, u64 position_next);

/* Whether the next event surely finds room. False: history is behind by all that is kept. */
MUST_USE bool view_has_room(struct view *view);

/* Takes one event record of `size` bytes. FAULT_DIVERGED: it does not follow from what came before;
 * the view is then good for nothing and must be made anew from an image. FAULT_LIMIT: the same for
 * want of memory, or, with everything untouched, !view_has_room. */
MUST_USE enum fault view_apply(struct view *view, const u8 *record, size_t size);

/* History has stored everything before this position. */
void view_history_passed(struct view *view, u64 position);

/* ---- where it stands ---- */

struct view_place {
    u64 position; /* of view_chunk; complete when the chunk's events were all applied */
    u64 seq;      /* the command whose events came last */
    u64 time_us;  /* the venue's clock */
};

struct view_place view_place(const struct view *view);

u32 view_accounts_count(const struct view *view);
u32 view_assets_count(const struct view *view);
u32 view_markets_count(const struct view *view);

/* NULL: no such asset. */
const struct view_asset *view_asset_of(const struct view *view, u16 asset);

/* The venue-wide filters (docs/semantics.md section 5); zeros while none was set. */
struct command_venue_filters view_venue_filters(const struct view *view);

/* The limits of the last limits_set, which hold from the engine's next start on. */
struct command_genesis view_limits_next(const struct view *view);

#endif /* ROLE_GATEWAY_VIEW_H */
