/* A tiny venue for the tests of src/core: BTC and USDT with 8 decimals, market 0 between them with
 * a tick of 0.01, a lot of 0.0001, every feature and no filter, and six accounts with 20000 of
 * each: 0 and 1 alone, 2 and 3 in trade group 1, 4 and 5 alone.
 *
 * Prices are written in hundredths and quantities in ten-thousandths, so that no text is parsed.
 * Each command goes to the core from an allocation of exactly its size, and the core's block of
 * memory lies between two guards, so that a sanitizer sees a byte too far and world_close sees the
 * rest. */
#ifndef TESTS_SUPPORT_CORE_WORLD_H
#define TESTS_SUPPORT_CORE_WORLD_H

#include "core/core.h"
#include "tests/support/test.h"

enum {
    WORLD_BTC = 0,
    WORLD_USDT = 1,
    WORLD_ACCOUNTS = 6,
    WORLD_KINDS_MAX = 64,
};

#define WORLD_COIN  100000000ULL /* 1 BTC or 1 USDT */
#define WORLD_TICK  1000000ULL   /* 0.01 */
#define WORLD_LOT   10000ULL     /* 0.0001 */
#define WORLD_VALUE 100ULL       /* quote units of one lot at one tick */
#define WORLD_FUNDS (20000 * WORLD_COIN)

struct core_world {
    struct core *core;
    u8 *block; /* guard, the core's memory, guard */
    size_t bytes;
    struct core_output output; /* the last command's events */
    struct command_genesis limits;
    u64 source_index;
    u8 source; /* of the commands; 0: 1 */
};

/* Limits that hold the tiny venue with some room. */
struct command_genesis world_limits(void);

/* A core with these limits, and the genesis command applied. Nothing else. */
void world_open_empty(struct core_world *world, const struct command_genesis *limits);

/* The venue described above. */
void world_open(struct core_world *world);

/* Assets, market 0 and accounts for a core that has none yet. */
void world_fill(struct core_world *world);

/* Validates the core and its ledger, looks at the guards, and lets go of everything. */
void world_close(struct core_world *world);

/* core_validate, ledger sums, guards. */
void world_validate(const struct core_world *world);

/* ---- commands ---- */

/* Gives the head its kind, length, account and counter, and applies the command. */
void world_apply(struct core_world *world, const void *command, u16 kind, u32 account);

/* The same for a record that command_check would not let through. */
void world_apply_unchecked(struct core_world *world, const void *command, u16 kind, u32 account);

/* Applies a command that must be refused so, whole, with one event and no other change. */
void world_refuses(struct core_world *world, const void *command, u16 kind, u32 account,
                   enum reject reject);

struct world_order {
    u64 price; /* in 0.01 */
    u64 qty;   /* in 0.0001 */
    u64 stop;
    u64 iceberg;
    u64 quote; /* in 0.01 USDT */
    i64 strategy_id;
    u32 strategy_type;
    u32 trailing;
    const char *client; /* NULL: none */
    u16 market;
    u8 side;
    u8 type;
    u8 tif;
    u8 stp;
};

struct world_order world_limit(u8 side, u64 price, u64 qty);
struct world_order world_maker(u8 side, u64 price, u64 qty); /* LIMIT_MAKER */
struct world_order world_market(u8 side, u64 qty);
struct world_order world_stop(u8 type, u8 side, u64 stop, u64 qty);

struct command_order world_order_command(const struct world_order *order);

/* Places an order and returns its id; 0: refused. */
u64 world_place(struct core_world *world, u32 account, struct world_order order);
void world_refuses_order(struct core_world *world, u32 account, struct world_order order,
                         enum reject reject);

/* Places a list and returns its first leg's id; 0: refused. */
u64 world_list(struct core_world *world, u32 account, u8 kind, const struct world_order *legs,
               u32 count);
struct command_order_list world_list_command(u8 kind, const struct world_order *legs, u32 count);

void world_cancel(struct core_world *world, u32 account, u64 order_id);
void world_amend(struct core_world *world, u32 account, u64 order_id, u64 qty);
void world_deposit(struct core_world *world, u32 account, u16 asset, u64 units);

/* Accounts 4 and 5 trade one lot at this price; the book must be empty there. */
void world_trade_at(struct core_world *world, u64 price);

/* The definition of market 0, to be changed and given to world_market_set. */
struct command_market_add world_definition(void);
void world_market_set(struct core_world *world, const struct command_market_add *definition);
void world_market_state(struct core_world *world, u16 market, u8 state);

/* Two more assets with 8 decimals, and market 1 between them with the numbers of market 0. */
void world_add_second_market(struct core_world *world);

struct client_id world_client(const char *text);

/* ---- what came of it ---- */

/* The event number `index` of a kind among the last command's; NULL: there is none. */
const void *world_event(const struct core_world *world, u16 kind, u32 index);
u32 world_count(const struct core_world *world, u16 kind);

/* The refusal of the last command; REJECT_NONE: none. */
enum reject world_reject(const struct core_world *world);

u64 world_free(const struct core_world *world, u32 account, u16 asset);
u64 world_locked(const struct core_world *world, u32 account, u16 asset);

/* The state of an open order; ORDER_STATE_NONE: it is not open. */
u8 world_state(const struct core_world *world, u64 order_id);

/* Rows of a side of market 0 must be exactly these orders, best first. */
void world_assert_book(const struct core_world *world, enum side side, const u64 *orders,
                       u32 count);

void world_assert_kinds(const struct core_world *world, const u16 *kinds, u32 count);
void world_assert_reject(enum reject seen, enum reject expected);

/* The events of the last command are of these kinds, in this order. */
#define ASSERT_KINDS(world, ...)                               \
    world_assert_kinds((world), (const u16[]){__VA_ARGS__, 0}, \
                       ARRAY_COUNT(((const u16[]){__VA_ARGS__, 0})) - 1)

/* A hash of everything in the core's snapshot but the sequence number, the clock that was told and
 * what each source sent last: equal before and after a command that changes nothing. */
u64 world_digest(const struct core_world *world);

/* The whole snapshot; the caller frees it. */
u8 *world_snapshot(const struct core_world *world, size_t *bytes_out);

#endif /* TESTS_SUPPORT_CORE_WORLD_H */
