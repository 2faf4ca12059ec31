/* Order flow: what a recording or a generated file becomes before any clock starts, namely
 * commands, byte for byte as the journal holds them.
 *
 * A flow has two parts. The setup defines a venue that can take the flow: genesis with limits sized
 * for it, two assets, one market, its fees, accounts, and a deposit of whatever each account may
 * need. The orders follow, one command per step of the recording; the first `prefill_count` of them
 * only build the book. A command carries (source, source_index): FLOW_SOURCE_SETUP or
 * FLOW_SOURCE_ORDERS, and its place in its part counted from 1, so that a replay that was killed
 * goes on exactly where the journal ends.
 *
 * The core numbers accepted orders 1, 2, 3, ..., so the readers know every venue order id in
 * advance; `orders` says for each which command it must come from, and the check afterwards looks.
 * docs/replay.md describes what each recording means. */
#ifndef APP_FLOW_H
#define APP_FLOW_H

#include "base/base.h"
#include "base/span.h"
#include "io/fault.h"
#include "wire/schema.h"

#define FLOW_SOURCE_SETUP  1U
#define FLOW_SOURCE_ORDERS 2U
#define FLOW_LEVELS        5U         /* compared per side */
#define FLOW_KINDS_MAX     2U         /* of snapshots */
#define FLOW_ACCOUNTS_MAX  (1U << 24) /* accounts of one flow */
#define FLOW_COMMANDS_MAX  (1ULL << 31)
#define FLOW_BYTES_MAX     (64ULL << 30) /* of one growing table */
#define FLOW_NOTES_MAX     40U
#define FLOW_FEE_RATE      100000U      /* 10 basis points, maker and taker */
#define FLOW_TICKS_MAX     (1ULL << 30) /* docs/semantics.md: ticks of a market */

/* A growing table of bytes, released by flow_close. */
struct flow_table {
    u8 *data;
    size_t used;
    size_t size;
};

/* Room for `size` more bytes, to be written by the caller; FAULT_LIMIT beyond FLOW_BYTES_MAX. */
MUST_USE enum fault flow_table_take(struct flow_table *table, size_t size, u8 **memory_out);
MUST_USE enum fault flow_table_add(struct flow_table *table, struct span bytes);
void flow_table_release(struct flow_table *table);

struct flow_market {
    char name[17];
    char base[9];
    char quote[9];
    u32 base_scale;
    u32 quote_scale;
    u64 tick;  /* 10^-8 quote */
    u64 lot;   /* ledger units of base */
    u64 value; /* quote units of one lot at one tick */
    u32 ticks_max;
};

/* The most an account can have locked at once: the sum of everything it ever asks for. */
struct flow_need {
    u64 base;
    u64 quote;
};

/* One foreseen order; the entry of venue order id n is at n - 1. */
struct flow_order {
    u64 file_id;      /* how the recording calls it */
    u64 source_index; /* the command that places it */
};

struct flow_level {
    u64 ticks;
    u64 lots; /* 0: the side has fewer levels */
};

/* An order that must rest at the end; in flow->book bids come first, each side from its best price
 * on and in the order of time. */
struct flow_resting {
    u64 order_id;
    struct flow_level level;
    u32 side;
};

/* What the recording says the book looked like. */
struct flow_snapshot {
    u64 commands; /* of the orders part applied before it */
    u64 line;
    u32 kind;  /* the reader's own: how it was obtained */
    u32 depth; /* levels per side to compare, at most FLOW_LEVELS */
    struct flow_level levels[2][FLOW_LEVELS];
};

/* A named count of how the recording was read, for the report. */
struct flow_note {
    const char *name;
    u64 count;
};

/* What the header of an order file promises of its measured phase. */
struct flow_oracle {
    bool given;
    u64 trades;
    u64 qty;
    u64 hash;
    u64 resting;
};

struct flow {
    struct command_genesis limits; /* the first command of the setup */
    struct flow_market market;
    struct flow_table setup;
    u64 setup_count;
    struct flow_table commands;
    u64 commands_count;
    u64 prefill_count;
    struct flow_table times;     /* u64 microseconds per command, or empty */
    struct flow_table orders;    /* struct flow_order per foreseen order */
    struct flow_table snapshots; /* struct flow_snapshot, in order */
    struct flow_table book;      /* struct flow_resting, or empty */
    struct flow_table needs;     /* struct flow_need per account */
    struct flow_table pages;     /* a bit per page of 512 ticks that an order may rest on */
    struct flow_oracle oracle;
    struct flow_note notes[FLOW_NOTES_MAX];
    u32 notes_count;
    const char *snapshot_names[FLOW_KINDS_MAX]; /* what each kind is called in the report */
    u64 orders_open_max; /* how many orders may rest at once, as far as the reader knows */
    u32 accounts_max;    /* of this flow: FLOW_ACCOUNTS_MAX unless made smaller */
    bool client_ids;     /* every order carries one, as if it came through the gateway */
    bool needs_capped;   /* the flow asks for more money than an asset can hold; see docs */
};

void flow_init(struct flow *flow);
void flow_close(struct flow *flow);
#define SCOPED_FLOW __attribute__((cleanup(flow_close))) struct flow

/* ---- for readers ---- */

/* Sets the market: `value` is computed. FAULT_INPUT when tick x lot is no whole number of quote
 * units. The names are cut to what the schema holds. */
MUST_USE enum fault flow_set_market(struct flow *flow, const struct flow_market *market);

/* What one order of the recording asks of the venue. */
struct flow_place {
    u64 file_id;
    u32 account;
    enum side side;
    enum time_in_force tif;
    u64 ticks;
    u64 lots;
};

static inline u64 flow_orders_count(const struct flow *flow)
{
    return flow->orders.used / sizeof(struct flow_order);
}

/* Whether the venue can take such an order at all: a tick of the market, at least one lot, and
 * neither quantity nor value near 2^63. */
bool flow_place_fits(const struct flow *flow, const struct flow_place *place);

/* Appends a command; *order_id_out is the id that the venue will give. */
MUST_USE enum fault flow_put_order(struct flow *flow, const struct flow_place *place,
                                   u64 *order_id_out);
MUST_USE enum fault flow_put_replace(struct flow *flow, u64 target_id,
                                     const struct flow_place *place, u64 *order_id_out);
MUST_USE enum fault flow_put_cancel(struct flow *flow, u32 account, u64 order_id);
/* `lots` is the new total, executed part included. */
MUST_USE enum fault flow_put_amend(struct flow *flow, u32 account, u64 order_id, u64 lots);

/* The time of every command appended since the last call. */
MUST_USE enum fault flow_put_time(struct flow *flow, u64 time_us);

/* Adds to the count of this name; names are literals. */
void flow_note(struct flow *flow, const char *name, u64 count);

/* After the last order: sizes the limits and writes the setup. */
MUST_USE enum fault flow_finish(struct flow *flow);

#endif /* APP_FLOW_H */
