/* The core: ONE pure state machine with accounts, ledger, markets, books and orders in it.
 *
 * A command goes in, events come out, and nothing else is read or written: no clock, no allocator,
 * no file, no random number. The same commands give the same events and the same bytes of state on
 * any machine. Memory is one block of core_footprint bytes that the caller provides, zeroed.
 *
 * A command is checked completely before anything changes, so it is either refused with one
 * `rejected` event or applied in full. Rules: docs/semantics.md. */
#ifndef CORE_CORE_H
#define CORE_CORE_H

#include "base/amount.h"
#include "wire/reject.h"
#include "wire/schema.h"

struct core;

/* Where events go: the caller's buffer. `used` grows; the caller sets it back when it has taken
 * them. core_apply needs core_event_bytes_max free bytes, or it fails a CHECK. */
struct core_output {
    u8 *data;
    size_t size;
    size_t used;
};

/* Bytes of memory a core with these limits needs; 0 when a limit is out of bounds
 * (docs/semantics.md section 11). */
MUST_USE size_t core_footprint(const struct command_genesis *limits);

/* The worst single command's events in bytes, trigger steps included. */
MUST_USE size_t core_event_bytes_max(const struct command_genesis *limits);

/* Lays a core out in `memory` (core_footprint bytes, zeroed, 64-byte aligned). The genesis command
 * itself is applied like any other, first. */
struct core *core_init(void *memory, size_t size, const struct command_genesis *limits);

/* Everything applied from here on carries this time; a smaller one than before is ignored. */
void core_set_time(struct core *core, u64 time_us);

/* Applies one well-formed command (command_check says which are) as the next sequence number. */
void core_apply(struct core *core, const struct command_head *command, struct core_output *output);

/* Skips a sequence number that a void record names: it is used up and has no effect. */
void core_void(struct core *core, struct core_output *output);

/* Applies `count` commands lying one after the other, `bytes` in all, fetching the memory of later
 * ones ahead of time. Same result as core_apply on each. Returns the number applied: all of them,
 * or fewer when the output has less than core_event_bytes_max left. */
u32 core_apply_batch(struct core *core, const u8 *commands, size_t bytes, u32 count,
                     struct core_output *output, size_t *bytes_out);

/* The last applied sequence number; 0 before genesis. */
MUST_USE u64 core_seq(const struct core *core);

/* The last source_index applied from a source; 0 if none. */
MUST_USE u64 core_source_index(const struct core *core, u8 source);

/* Whether the trigger queue holds orders that a `continue` could run now. */
MUST_USE bool core_has_queued(const struct core *core);

/* Whether persons wait to be looked at, or will when the clock says `now_us`: a `continue` then has
 * something to do. */
MUST_USE bool core_rules_wait(const struct core *core, u64 now_us);

/* The next time at which time alone gives the rules something to do; RULE_TIME_OPEN: never. */
MUST_USE u64 core_rules_due(const struct core *core);

/* ---- looking in: for tests, images and reports ---- */

struct core_balance {
    struct amount free;
    struct amount locked;
};

struct core_house {
    struct amount fee_income;
    struct amount suspense;
    i128 equity;
};

struct core_counts {
    u64 orders;  /* open, in all states */
    u64 resting; /* on the books */
    u64 accounts;
    u64 rejected_limits; /* commands refused by a LIMIT_* since the core was built (not state) */
    u64 trades;
    u64 next_order_id;
    u64 keys; /* in force */
};

/* Zero for an account or asset without a row. */
struct core_balance core_balance_of(const struct core *core, u32 account, u16 asset);
struct core_house core_house_of(const struct core *core, u16 asset);
struct amount core_custody_of(const struct core *core, u16 asset, u16 network);
struct core_counts core_counts_of(const struct core *core);

/* One resting order; the walk goes from the best price, in priority order. */
struct core_resting {
    u64 order_id;
    u32 account;
    struct price price;
    struct amount visible;
    struct amount remaining;
};

/* Up to `count` resting orders of a side into rows_out, best first. Returns how many. */
u32 core_book(const struct core *core, u16 market, enum side side, struct core_resting *rows_out,
              u32 count);

/* Sum over every customer and house account of an asset, minus custody: always 0, by walking all
 * rows. For `verify` and for debug and simulation builds. */
i128 core_ledger_sum(const struct core *core, u16 asset);
u32 core_assets_count(const struct core *core);

/* Walks every structure and checks what must hold between them; a fault fails a CHECK. Slow. */
void core_validate(const struct core *core);

#endif /* CORE_CORE_H */
