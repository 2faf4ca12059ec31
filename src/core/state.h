/* The core's private structures: what lies in the one block of memory, and how things refer to each
 * other. Every reference is an index, so the block can be compared between machines and rebuilt
 * from a snapshot; index 0 means "none" and slot 0 of every slab stays unused, except accounts,
 * assets and markets, whose numbers are the venue's own and start at 0.
 *
 * Sizes are chosen for the cache: what the matcher touches of a resting order is one line, and so
 * are an account and three of its balances. All in, a resting order takes 160 bytes: 64 here, 16
 * for its links, 56 cold, 8 in the id index and 16 in the client-id index. */
#ifndef CORE_STATE_H
#define CORE_STATE_H

#include "base/amount.h"
#include "base/check.h"
#include "core/core.h"
#include "core/rule.h"
#include "core/rule_licence.h"
#include "wire/schema.h"

#include <string.h>

#define GROUP_NONE          0xFFFFFFFFU
#define TICKS_NONE          0xFFFFFFFFU /* best ask of an empty side */
#define PAGE_TICKS          512U
#define PAGE_SHIFT          9U
#define PAGE_WORDS          8U
#define AVERAGE_MINUTES_MAX 60U
#define MINUTE_US           60000000ULL
#define SOURCES_MAX         256U
#define AMOUNT_BOUND        (1ULL << 63) /* quantities and notionals stay below */
#define LEGS_MAX            3U

/* ---- money ---- */

struct balance {
    struct amount free;
    struct amount locked;
};

/* Three balances of one account. A balance is named by row = chunk * 4 + 0..2. */
struct chunk {
    struct balance rows[3];
    u16 assets[3];
    u8 count;
    u8 tier; /* the account's fee tier, so that a fill needs no look at the account */
    u32 account;
    u32 next;
};
_Static_assert(sizeof(struct chunk) == 64, "one cache line");

struct asset {
    u64 custody_total; /* raw: sum over networks, below AMOUNT_BOUND */
    struct amount fee_income;
    struct amount suspense;
    i128 equity;
    i128 customers; /* debug builds: shadow sum of all rows */
    u8 scale;
    u8 name[8];
};

struct hold {
    u64 id; /* 0: free slot */
    struct amount amount;
    struct amount fee;
    u64 licence_eur; /* what its licence was charged, 10^-8 EUR */
    u32 licence;     /* 0: none */
    u32 account;
    u32 newer; /* neighbours among the account's holds */
    u32 older;
    u16 asset;
    u16 network;
    u32 next_free;
    u8 kind;
};

/* An API key. What it is for is the gateway's; the core says whose it is and that it is in force.
 */
struct key {
    u8 id[KEY_ID_BYTES];
    u8 public_key[32];
    u32 account;
    u32 rights;
    u32 next_free;
    u8 kind; /* 0: free slot */
};

struct asset_limit {
    struct amount limit;
    u32 account;
    u16 asset;
    bool used;
};

/* ---- accounts ---- */

enum position_used {
    POSITION_UNUSED = 0,
    POSITION_USED = 1,
    POSITION_HINTED = 2, /* used, and says where the balances are: only an account's first one,
                            while the account has no limits */
};

/* What an account has in one market. */
struct position {
    u16 market;
    u8 used; /* enum position_used */
    u8 rows; /* with POSITION_HINTED: see POSITION_ROWS */
    u32 orders;
    u32 algo;
    u32 iceberg;
    u32 lists;
    u32 newest; /* open orders of the account in the market, newest first */
};

/* Where the market's two assets are in the account's first chunk, so that an order need not look. A
 * new first chunk takes the hint back. */
#define POSITION_ROWS(base, quote) ((u8)((base) | (quote) << 2))

/* Positions beyond an account's first market. */
struct position_more {
    struct position position;
    u32 account;
    u32 next;
};
_Static_assert(sizeof(struct position_more) == 32, "two to a cache line");

struct account {
    u64 restrictions;
    u32 group;
    u32 chunk;          /* first of its balances */
    u32 positions_more; /* first of its further positions */
    u32 orders;         /* counts over all markets, for the exchange filters */
    u32 algo;
    u32 iceberg;
    u32 lists;
    u8 tier;
    u8 has_limits;
    u16 rows;
    struct position position; /* its first market */
};
_Static_assert(sizeof(struct account) == 64, "one cache line");

/* To be called when one of the things that a hint promises may no longer hold. */
ALWAYS_INLINE void account_hint_drop(struct account *account)
{
    if (account->position.used == POSITION_HINTED) {
        account->position.used = POSITION_USED;
    }
}

/* ---- orders ---- */

struct order {
    u64 id;         /* 0: free slot */
    u64 left;       /* lots still wanted, hidden ones included */
    u64 quote_done; /* raw: quote units traded so far */
    u32 prev;       /* neighbours in the level's queue; next also chains free slots */
    u32 next;
    u32 ticks; /* limit price; 0: market type */
    u32 account;
    u32 row_base;
    u32 row_quote;
    u32 position; /* below accounts_max: inside the account; else accounts_max + index */
    u32 extra;
    u16 market;
    u8 side;
    u8 type;
    u8 tif;
    u8 stp;
    u8 state;
    u8 has_client;
};
_Static_assert(sizeof(struct order) == 64, "the part the matcher touches is one cache line");

/* What an order is chained in besides its level. */
struct order_link {
    u32 newer; /* neighbours among the owner's open orders in the market */
    u32 older;
    u32 same_home;  /* next order with the same home in the id index */
    u32 client_key; /* its key in the client-id index, if it has a client id */
};
_Static_assert(sizeof(struct order_link) == 16, "four to a cache line");

struct order_cold {
    u64 lots; /* as ordered, or as amended */
    u64 prevented;
    u64 time_us;
    u32 amends;
    struct client_id client;
};
_Static_assert(sizeof(struct order_cold) == 56, "cold part of an order");

enum extra_place {
    EXTRA_NOWHERE = 0,
    EXTRA_ABOVE = 1, /* armed, waiting for a price at or above its stop */
    EXTRA_BELOW = 2, /* armed, at or below */
    EXTRA_TRAILING = 3,
    EXTRA_QUEUE = 4,
};

/* What only some orders have: stops, trailing, icebergs, lists, strategy fields. */
struct extra {
    u32 slot; /* its order; 0: free */
    u32 next_free;
    u32 list;
    u32 stop_ticks;
    u32 trailing_delta;
    u32 extreme;     /* ticks; 0: none yet */
    u32 basis_ticks; /* the price a market-like BUY locked at */
    u32 strategy_type;
    u64 iceberg; /* lots of a slice; 0: not an iceberg */
    u64 visible; /* lots of the slice on the book */
    struct amount quote_qty;
    i64 strategy_id;
    /* place in a trigger structure: a heap node, or a link of the trailing list */
    u32 child;
    u32 right;
    u32 left;
    u8 place;
    u8 leg;
    u16 padding;
    u64 key_low;
    u32 key_high;
    u32 padding2;
};

/* An order of a limit type rests exactly while its state is ORDER_STATE_WORKING; while it takes it
 * is ORDER_ACTING. */
#define ORDER_ACTING ORDER_STATE_NONE

enum list_phase {
    LIST_PAIR = 1,    /* an OCO pair, neither leg begun */
    LIST_WORKING = 2, /* oto, otoco: the working leg is open */
    LIST_STARTING = 3 /* the working leg is filled, pending legs are in the queue */
};

struct list {
    u64 id;               /* 0: free slot */
    struct amount locked; /* of a waiting pair */
    u32 legs[LEGS_MAX];   /* slots; 0 once the leg is done */
    u32 account;
    u32 position;
    u32 next_free;
    u16 market;
    u8 kind;
    u8 phase;
    struct client_id client;
};

/* ---- markets ---- */

struct level {
    u32 head;
    u32 tail;
};

struct page {
    u64 bits[PAGE_WORDS]; /* occupied levels */
    u32 next_free;
};

struct bucket {
    u64 minute;
    u128 sum; /* ticks x lots */
    u128 lots;
};

struct fees {
    u32 rate[2][2]; /* [side][0 maker, 1 taker] in 10^-8 */
};

/* Filters that most orders on most markets need not look at. */
enum market_check {
    MARKET_CHECK_PERCENT = 1,
    MARKET_CHECK_PERCENT_SIDE = 2,
    MARKET_CHECK_COUNTS = 4,
    MARKET_CHECK_POSITION = 8,
    MARKET_CHECK_NOTIONAL = 16,
    MARKET_CHECK_RANGE = 32,
    MARKET_CHECK_EMPTY = 64,  /* bounds that nothing can meet */
    MARKET_CHECK_RULED = 128, /* rules about an asset of it forbid trading */
};

struct market {
    u64 tick;
    u64 lot;
    u64 tick_inverse; /* see grid_steps */
    u64 lot_inverse;
    u64 plain_terms; /* what a plain order's terms get: see plain.h */
    u64 value;       /* quote units of one lot at one tick */
    u64 lots_low;    /* at least 1 */
    u64 lots_high;
    u32 ticks_low; /* at least 1 */
    u32 ticks_high;
    /* The same bounds, and those of the three notional filters for an order with a price, as
     * widths, so that one comparison does: x - low <= span. Of no use with MARKET_CHECK_EMPTY. */
    u64 ticks_span;
    u64 lots_span;
    u64 notional_low;
    u64 notional_span;
    u32 best[2];     /* best[SIDE_BUY] 0 and best[SIDE_SELL] TICKS_NONE when empty */
    u32 last;        /* ticks of the last trade; 0: none yet */
    u32 orders_most; /* open orders an account may have beside one more plain one */
    u8 state;        /* these four are read as one word: see plain.c */
    u8 checks;
    u8 types_allowed;
    u8 stp_allowed;
    u8 stp_default;
    u8 is_empty; /* a range of its bounds is */
    u16 number;
    u16 base;
    u16 quote;
    u16 features;
    u8 tick_shift;
    u8 lot_shift;
    u32 ticks_max;
    u32 directory_count;
    u32 *directory;   /* page of each 512 ticks, 0: none */
    u64 *occupied[3]; /* which directory entries have a page, 64 to a word, layer on layer */
    u64 next_trade_id;
    u64 next_aggregate_id;
    u64 next_update_id;
    u64 next_match_id;
    struct bucket *buckets;
    struct price reference;
    u32 reference_calculation;
    u32 orders; /* open, all states */
    u32 above;  /* roots of the armed heaps and the queue, head of the trailing list */
    u32 below;
    u32 queue;
    u32 trailing;
    u32 queued;
    u32 evaluated; /* ticks of the last evaluation, so that an unchanged price costs nothing */
    struct command_market_add definition;
};
_Static_assert(sizeof(struct market) == 512,
               "a power of two, so that markets are found by a shift");

/* ---- slots ---- */

/* A slab's bookkeeping: slots 1..max, those never used lie above `used`. */
struct slab {
    u32 free; /* chain */
    u32 used;
    u32 max;
    u32 count;
};

/* ---- tables ---- */

/* Open addressing, linear probing, no tombstones. An entry is {key, slot}; slot 0: empty. */
struct index_entry {
    u32 key;
    u32 slot;
};

struct index {
    struct index_entry *entries;
    u32 mask;
    u32 shift; /* 32 - log2(size): see index_home */
};

/* ---- rules: persons, packs, the queue (person.h, holdings.h, ruling.h) ---- */

#define RULE_PACKS_MAX      16U
#define RULE_SLOTS_MAX      32U /* rules about persons, in all packs together */
#define RULE_WAITING_MAX    8U  /* mass re-evaluations at a time */
#define RULE_FORM_MAX       16384U
#define LICENCES_MAX        4096U
#define PERSON_ACCOUNTS_MAX 256U

enum row_kind { ROW_FACT = 1, ROW_LISTING = 2, ROW_OWNERSHIP = 3 };

/* One thing that is held for true of a person: a line of a chain, by rising row numbers. */
struct person_row {
    u64 row; /* sequence number of the command that recorded it; 0: free slot */
    u64 recorded_at;
    u64 from;
    u64 until;
    union {
        struct {
            u64 expires;
            u64 evidence;
            u32 officer;
            u16 value;
            u8 fact;
            u8 verified;
        } fact;
        struct {
            u64 list;
            u64 programme;
            u32 entry;
            u32 version;
        } listing;
        struct {
            u64 list;
            u64 path;
            u16 percent;
            u16 lower;
            u16 upper;
            u8 compare;
            u8 control;
        } ownership;
    } is;
    u32 next; /* in the person's chain, or the next free slot */
    u8 kind;  /* enum row_kind */
    u8 listing_state;
};
_Static_assert(sizeof(struct person_row) == 64, "one cache line");

struct person {
    u64 next_us;       /* the earliest of its packs' instants; 0: none */
    u64 evaluated_seq; /* the last time all packs were asked */
    u32 rows;          /* first */
    u32 account;       /* first, plus one */
    u32 heap;          /* place among those that wait for an instant; 0: none */
    u32 findings;      /* rules that have something to remember; bits by rule slot */
    u32 watched;       /* rules where only holdings decide */
    u32 group;         /* for self-trade prevention; 0: none */
    u16 vector;        /* all findings joined */
    u16 provider;
    u16 accounts_count;
    u8 facts;
    u8 listings;
    u8 ownerships;
};

/* What an account has to do with persons. */
struct account_link {
    u64 hand; /* the vector that was set by hand; of an account that has a person or a pause */
    u32 person;
    u32 next; /* the person's next account, plus one */
    u32 hold; /* the account's newest open hold */
};

/* A login of the door, of the account that it has. */
struct login {
    u64 number;      /* 0: no login */
    u64 pause_until; /* 0: not paused */
    u32 heap;        /* place among the pauses; 0: not paused */
    u32 padding;
};

/* What one rule last said of a person. All zero: no, and nothing to remember. */
struct finding {
    u64 below_since;
    u64 unknown_since;
    u64 deadline;
    u16 vector;
    u8 truth;
    u8 reasons;
    u8 missing;
    u8 flags; /* DECISION_FLAG_* but HOLDINGS_KNOWN */
    u16 padding;
};
_Static_assert(sizeof(struct finding) == 32, "compared as bytes");

struct valuation_price {
    struct price price; /* 10^-8 EUR a whole unit; zero: none */
    u64 time_us;
    u8 sources;
};

enum { PACK_FREE = 0 }; /* else enum pack_state */

struct ruling_pack {
    u64 boundary_us; /* next date at which a rule begins or ends */
    u32 size;        /* of its form */
    u32 slot_mask;
    u8 state;
    bool has_threshold;
    u8 slots[RULE_RULES_MAX]; /* rule slot of each rule; a rule about assets has none */
};

/* A mass re-evaluation that waits or is under way. */
struct waiting {
    u64 cause_seq;
    u32 cursor; /* the last person looked at */
    u32 last;
    u32 persons; /* evaluated */
    u32 changed;
    u16 packs; /* bits; only watched: of one */
    bool only_watched;
    struct valuation_price *prices; /* as they were */
};

struct ruling {
    struct rule_pack *packs; /* RULE_PACKS_MAX */
    struct ruling_pack about[RULE_PACKS_MAX];
    struct waiting waiting[RULE_WAITING_MAX]; /* oldest first */
    u32 waiting_count;
    u32 slots_used; /* bits */
    u32 persons_count;
    u32 grouped_count; /* persons with a trade group */
    u32 licences_count;
    u32 heap_count;
    u32 reevaluations_max;
    u32 stale_seconds;
    u32 received; /* bytes of the form that is being received */
    struct person *persons;
    struct account_link *links;
    struct login *logins; /* by account */
    u32 *pauses;          /* a heap of accounts by (pause_until, number), from 1 on */
    u32 pauses_count;
    struct index login_index; /* slots are accounts, plus one */
    struct person_row *rows;
    struct slab row_slab;
    struct finding *findings; /* [person * RULE_SLOTS_MAX + slot] */
    u64 *instants;            /* [person * RULE_PACKS_MAX + pack]; 0: none */
    u32 *heap;                /* persons by (instant, number), from 1 on */
    u64 *watched[RULE_PACKS_MAX];
    struct valuation_price *prices;
    struct rule_licence *licences; /* from 1 on */
    u32 *licence_persons;
    u64 *sums; /* scratch: units of each asset */
    u16 *summed;
    u64 *asset_vectors;
    u8 *form;
};

/* The command being applied. */
struct current {
    u64 source_index;
    u64 first_order_id; /* ids from here on were given by this command */
    u32 steps;          /* trigger steps left */
    u8 source;
    bool canceling;
};

struct core {
    u64 seq;
    u64 now_us;
    u64 told_us; /* time of the last `time` event */
    u64 next_order_id;
    u64 next_list_id;
    u64 next_hold_id;
    u64 next_entry;
    u8 *cursor;     /* where the next event goes, */
    u8 *cursor_end; /* and where the caller's buffer ends */
    struct current current;

    struct account *accounts;
    struct chunk *chunks;
    struct position_more *positions;
    struct order *orders;
    struct order_link *links;
    struct order_cold *colds;
    struct extra *extras;
    struct list *lists;
    struct hold *holds;
    struct asset_limit *asset_limits;
    struct asset *assets;
    struct amount *custody; /* [asset * networks_max + network] */
    struct market *markets;
    struct fees *fees; /* [market * fee_tiers_max + tier] */
    struct command_fee_set *fee_sets;
    struct page *pages;
    struct level *levels; /* [page * PAGE_TICKS + tick % PAGE_TICKS] */
    u32 *directory;
    u64 *occupied[3];
    struct bucket *buckets;

    u32 *order_homes; /* the id index: first order of each home, see index.h */
    u32 order_homes_mask;

    struct index client_index;
    struct index list_index;
    struct index hold_index;

    struct slab order_slab;
    struct slab chunk_slab;
    struct slab position_slab;
    struct slab extra_slab;
    struct slab list_slab;
    struct slab hold_slab;
    struct slab page_slab;

    u32 accounts_count;
    u32 assets_count;
    u32 markets_count;
    u32 directory_used;
    u32 occupied_used[3];
    u32 asset_limits_count;
    u32 trailing_count;
    u32 pages_reserved;
    u32 resting_count;
    u32 runnable;       /* queued in markets that trade */
    u32 ruling_waiting; /* somebody is to be looked at: see ruling_run */
    u64 ruling_due_us;  /* the next instant or date; RULE_TIME_OPEN: none */
    u32 in_batch_lookahead;
    size_t event_bytes_max;
    u64 rejected_limits;
    u64 trades;
    u64 source_index[SOURCES_MAX];
    struct command_venue_filters venue;
    bool venue_filtered; /* any of the venue filters is on */
    bool has_genesis;
    struct command_genesis limits;
    struct command_genesis limits_next;
    struct key *keys;
    struct index key_index;
    struct slab key_slab;
    struct ruling ruling;
};

/* Whether anything is to be done before the next command: triggers or persons. */
ALWAYS_INLINE bool core_waits(const struct core *core)
{
    u64 both = 0;
    memcpy(&both, &core->runnable, sizeof both);
    return both != 0;
}
_Static_assert(offsetof(struct core, ruling_waiting) == offsetof(struct core, runnable) + 4,
               "read as one word");

/* ---- slabs ---- */

ALWAYS_INLINE u32 slab_left(const struct slab *slab)
{
    return slab->max - slab->count;
}

/* A slot of a slab that has one left, as the caller has seen. Free slots are chained through a u32
 * of the records, at `next_offset`, so that the slot last given back is taken first. */
ALWAYS_INLINE u32 slab_take_left(struct slab *slab, const void *records, size_t size,
                                 size_t next_offset)
{
    slab->count++;
    u32 slot = slab->free;
    if (UNLIKELY(slot == 0)) {
        return ++slab->used;
    }
    memcpy(&slab->free, (const u8 *)records + slot * size + next_offset, sizeof slab->free);
    return slot;
}

ALWAYS_INLINE u32 slab_take(struct slab *slab, const void *records, size_t size, size_t next_offset)
{
    CHECK(slab->count < slab->max);
    return slab_take_left(slab, records, size, next_offset);
}

ALWAYS_INLINE void slab_give(struct slab *slab, void *records, size_t size, size_t next_offset,
                             u32 slot)
{
    memcpy((u8 *)records + slot * size + next_offset, &slab->free, sizeof slab->free);
    slab->free = slot;
    slab->count--;
}

#define SLAB_TAKE(pool, array, field) \
    slab_take((pool), (array), sizeof *(array), offsetof(__typeof__(*(array)), field))
#define SLAB_TAKE_LEFT(pool, array, field) \
    slab_take_left((pool), (array), sizeof *(array), offsetof(__typeof__(*(array)), field))
#define SLAB_GIVE(pool, array, field, slot) \
    slab_give((pool), (array), sizeof *(array), offsetof(__typeof__(*(array)), field), (slot))

/* ---- small conversions ---- */

/* units / step if units is a multiple of step, else a number above 2^64 / step, which any bound on
 * steps refuses. A multiple of an odd number is divided by multiplying with its inverse modulo
 * 2^64; the power of two is rotated out, and whatever it leaves over comes out on top. A third of
 * the time of a division, and the order path needs two (Granlund and Montgomery, Division by
 * Invariant Integers using Multiplication, 1994, section 9). */
ALWAYS_INLINE u64 grid_steps(u64 units, u64 inverse, u8 shift)
{
    u64 product = units * inverse;
    return product >> (shift & 63) | product << (-shift & 63);
}

/* One of two numbers without a branch, for conditions that cannot be foreseen: which side, say. */
ALWAYS_INLINE u64 choose(bool first, u64 a, u64 b)
{
    return b ^ ((a ^ b) & (0 - (u64)first));
}

ALWAYS_INLINE struct amount market_base(const struct market *market, u64 lots)
{
    return amount_of(lots * market->lot);
}

/* For sums that no order is made of: a taker by quote may want more than fits. Capped below
 * AMOUNT_BOUND. */
ALWAYS_INLINE struct amount market_base_capped(const struct market *market, u64 lots)
{
    u128 units = (u128)lots * market->lot;
    return amount_of(units < AMOUNT_BOUND ? (u64)units : AMOUNT_BOUND - 1);
}

ALWAYS_INLINE struct amount market_quote(const struct market *market, u32 ticks, u64 lots)
{
    return amount_of((u64)ticks * market->value * lots);
}

ALWAYS_INLINE struct price market_price(const struct market *market, u32 ticks)
{
    return price_of((u64)ticks * market->tick);
}

/* A chunk is as large as four balances, so a row counts balances from the first chunk on. */
ALWAYS_INLINE struct balance *core_row(struct core *core, u32 row)
{
    return (struct balance *)(void *)core->chunks + row;
}
_Static_assert(sizeof(struct chunk) == 4 * sizeof(struct balance) &&
                   offsetof(struct chunk, rows) == 0,
               "rows");

ALWAYS_INLINE struct position *core_position(struct core *core, u32 position)
{
    return position < core->limits.accounts_max
               ? &core->accounts[position].position
               : &core->positions[position - core->limits.accounts_max].position;
}

ALWAYS_INLINE bool order_type_is_stop(u8 type)
{
    return type >= ORDER_TYPE_STOP_LOSS;
}

ALWAYS_INLINE bool order_type_is_limit(u8 type)
{
    return type == ORDER_TYPE_LIMIT || type == ORDER_TYPE_LIMIT_MAKER ||
           type == ORDER_TYPE_STOP_LOSS_LIMIT || type == ORDER_TYPE_TAKE_PROFIT_LIMIT;
}

/* Waits for a price at or above its stop (the others: at or below). */
ALWAYS_INLINE bool order_waits_above(u8 type, u8 side)
{
    bool loss = type == ORDER_TYPE_STOP_LOSS || type == ORDER_TYPE_STOP_LOSS_LIMIT;
    return loss == (side == SIDE_BUY);
}

#endif /* CORE_STATE_H */
