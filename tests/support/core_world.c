#include "tests/support/core_world.h"

#include "base/hash.h"
#include "core/index.h"
#include "core/snapshot.h"

#include <stdlib.h>
#include <string.h>

enum {
    GUARD_BYTES = 4096,
    GUARD_FILL = 0xA5,
    SNAPSHOT_BYTES_MAX = 1 << 22,
};

/* ---- opening and closing ---- */

struct command_genesis world_limits(void)
{
    return (struct command_genesis){.semantics_version = 1,
                                    .assets_max = 4,
                                    .markets_max = 3,
                                    .networks_max = 2,
                                    .fee_tiers_max = 4,
                                    .accounts_max = 16,
                                    .balance_rows_max = 300,
                                    .positions_max = 16,
                                    .orders_max = 120,
                                    .extras_max = 120,
                                    .lists_max = 12,
                                    .holds_max = 10,
                                    .asset_limits_max = 20,
                                    .pages_max = 60,
                                    .directory_max = 60000,
                                    .trailing_max = 10,
                                    .triggers_per_command_max = 10,
                                    .keys_max = 8};
}

static u8 *guard_low(const struct core_world *world)
{
    uintptr_t first = ((uintptr_t)world->block + GUARD_BYTES + 63) & ~(uintptr_t)63;
    return (u8 *)first;
}

void world_open_empty(struct core_world *world, const struct command_genesis *limits)
{
    memset(world, 0, sizeof *world);
    world->limits = *limits;
    world->bytes = core_footprint(limits);
    assert_true(world->bytes > 0);
    world->block = calloc(1, world->bytes + 2 * GUARD_BYTES + 64);
    assert_non_null(world->block);
    u8 *memory = guard_low(world);
    memset(world->block, GUARD_FILL, (size_t)(memory - world->block));
    memset(memory + world->bytes, GUARD_FILL, GUARD_BYTES);
    world->core = core_init(memory, world->bytes, limits);
    world->output.size = core_event_bytes_max(limits);
    world->output.data = malloc(world->output.size);
    assert_non_null(world->output.data);
    world_apply(world, limits, COMMAND_GENESIS, 0);
}

void world_validate(const struct core_world *world)
{
    core_validate(world->core);
    for (u32 i = 0; i < core_assets_count(world->core); i++) {
        assert_true(core_ledger_sum(world->core, (u16)i) == 0);
    }
    const u8 *memory = guard_low(world);
    for (const u8 *byte = world->block; byte < memory; byte++) {
        assert_int_equal(*byte, GUARD_FILL);
    }
    for (u32 i = 0; i < GUARD_BYTES; i++) {
        assert_int_equal(memory[world->bytes + i], GUARD_FILL);
    }
}

void world_close(struct core_world *world)
{
    world_validate(world);
    free(world->block);
    free(world->output.data);
    memset(world, 0, sizeof *world);
}

static void add_asset(struct core_world *world, u16 number, const char *name)
{
    struct command_asset_add asset = {.asset = number, .scale = 8};
    memcpy(asset.name, name, strlen(name));
    world_apply(world, &asset, COMMAND_ASSET_ADD, 0);
    world_assert_reject(world_reject(world), REJECT_NONE);
}

struct command_market_add world_definition(void)
{
    return (struct command_market_add){.base = WORLD_BTC,
                                       .quote = WORLD_USDT,
                                       .state = MARKET_STATE_TRADING,
                                       .stp_default = STP_MODE_NONE,
                                       .stp_allowed = 0x7E,
                                       .types_allowed = 0x7F,
                                       .features = 0x7F,
                                       .ticks_max = 10000000,
                                       .name = "BTCUSDT",
                                       .tick = price_of(WORLD_TICK),
                                       .lot = amount_of(WORLD_LOT),
                                       .iceberg_parts_max = 100};
}

void world_fill(struct core_world *world)
{
    add_asset(world, WORLD_BTC, "BTC");
    add_asset(world, WORLD_USDT, "USDT");
    struct command_market_add market = world_definition();
    world_apply(world, &market, COMMAND_MARKET_ADD, 0);
    world_assert_reject(world_reject(world), REJECT_NONE);
    for (u32 i = 0; i < WORLD_ACCOUNTS; i++) {
        struct command_account_add account = {.trade_group = i == 2 || i == 3 ? 1 : 0xFFFFFFFFU};
        world_apply(world, &account, COMMAND_ACCOUNT_ADD, 0);
        world_assert_reject(world_reject(world), REJECT_NONE);
        world_deposit(world, i, WORLD_BTC, WORLD_FUNDS);
        world_deposit(world, i, WORLD_USDT, WORLD_FUNDS);
    }
}

void world_open(struct core_world *world)
{
    struct command_genesis limits = world_limits();
    world_open_empty(world, &limits);
    world_fill(world);
}

void world_add_second_market(struct core_world *world)
{
    add_asset(world, 2, "ETH");
    add_asset(world, 3, "EUR");
    struct command_market_add market = world_definition();
    market.market = 1;
    market.base = 2;
    market.quote = 3;
    world_apply(world, &market, COMMAND_MARKET_ADD, 0);
    world_assert_reject(world_reject(world), REJECT_NONE);
}

/* ---- commands ---- */

static void apply(struct core_world *world, const void *command, u16 kind, u32 account,
                  bool is_checked)
{
    const struct wire_record *record = &wire_commands[kind];
    bool is_detailed = true;
    u8 client_bytes = 0;
    if (kind == COMMAND_ORDER) {
        const struct command_order *order = command;
        is_detailed = (order->flags & ORDER_FLAG_DETAIL) != 0;
        u8 length = order->client.length;
        client_bytes = length <= CLIENT_ID_SYMBOLS_MAX ? client_id_bytes(length) : 28;
    }
    u8 units = wire_units(record, client_bytes, is_detailed);
    size_t bytes = (size_t)units * WIRE_UNIT;
    struct command_head *head = malloc(bytes);
    assert_non_null(head);
    memcpy(head, command, bytes);
    *head = (struct command_head){.kind = kind,
                                  .units = units,
                                  .source = world->source ? world->source : 1,
                                  .account = account,
                                  .source_index = ++world->source_index};
    const char *reason = "";
    assert_true(!is_checked || command_check((const u8 *)head, bytes, &reason));
    world->output.used = 0;
    core_apply(world->core, head, &world->output);
    free(head);
}

void world_apply(struct core_world *world, const void *command, u16 kind, u32 account)
{
    apply(world, command, kind, account, true);
}

void world_apply_unchecked(struct core_world *world, const void *command, u16 kind, u32 account)
{
    apply(world, command, kind, account, false);
}

void world_refuses(struct core_world *world, const void *command, u16 kind, u32 account,
                   enum reject reject)
{
    u64 before = world_digest(world);
    u64 limits_before = core_counts_of(world->core).rejected_limits;
    apply(world, command, kind, account, false);
    world_assert_reject(world_reject(world), reject);
    ASSERT_KINDS(world, EVENT_REJECTED);
    const struct event_rejected *event = world_event(world, EVENT_REJECTED, 0);
    assert_int_equal(event->command, kind);
    assert_int_equal(event->phase, REJECT_PHASE_WHOLE);
    assert_int_equal(event->order_id, 0);
    assert_int_equal(event->source_index, world->source_index);
    assert_int_equal(event->head.account, account);
    assert_true(world_digest(world) == before);
    u64 is_limit = reject >= REJECT_LIMIT_ACCOUNTS;
    assert_int_equal(core_counts_of(world->core).rejected_limits, limits_before + is_limit);
}

struct world_order world_limit(u8 side, u64 price, u64 qty)
{
    return (struct world_order){.side = side, .price = price, .qty = qty};
}

struct world_order world_maker(u8 side, u64 price, u64 qty)
{
    return (struct world_order){
        .side = side, .type = ORDER_TYPE_LIMIT_MAKER, .price = price, .qty = qty};
}

struct world_order world_market(u8 side, u64 qty)
{
    return (struct world_order){.side = side, .type = ORDER_TYPE_MARKET, .qty = qty};
}

struct world_order world_stop(u8 type, u8 side, u64 stop, u64 qty)
{
    return (struct world_order){.side = side, .type = type, .stop = stop, .qty = qty};
}

struct client_id world_client(const char *text)
{
    struct client_id id = {0};
    if (text != NULL) {
        struct span span = {.data = (const u8 *)text, .size = strlen(text)};
        assert_true(client_id_pack(&id, span));
    }
    return id;
}

struct command_order world_order_command(const struct world_order *order)
{
    bool is_detailed = order->stop || order->iceberg || order->quote || order->trailing ||
                       order->strategy_id || order->strategy_type;
    return (struct command_order){.price = price_of(order->price * WORLD_TICK),
                                  .qty = amount_of(order->qty * WORLD_LOT),
                                  .market = order->market,
                                  .side = order->side,
                                  .type = order->type,
                                  .tif = order->tif,
                                  .stp = order->stp,
                                  .flags = is_detailed ? ORDER_FLAG_DETAIL : 0,
                                  .client = world_client(order->client),
                                  .trailing_delta = order->trailing,
                                  .stop_price = price_of(order->stop * WORLD_TICK),
                                  .iceberg_qty = amount_of(order->iceberg * WORLD_LOT),
                                  .quote_qty = amount_of(order->quote * 1000000),
                                  .strategy_id = order->strategy_id,
                                  .strategy_type = order->strategy_type};
}

u64 world_place(struct core_world *world, u32 account, struct world_order order)
{
    struct command_order command = world_order_command(&order);
    world_apply(world, &command, COMMAND_ORDER, account);
    const struct event_order_new *event = world_event(world, EVENT_ORDER_NEW, 0);
    return event == NULL ? 0 : event->order_id;
}

void world_refuses_order(struct core_world *world, u32 account, struct world_order order,
                         enum reject reject)
{
    struct command_order command = world_order_command(&order);
    world_refuses(world, &command, COMMAND_ORDER, account, reject);
    const struct event_rejected *event = world_event(world, EVENT_REJECTED, 0);
    assert_int_equal(event->market, order.market);
}

struct command_order_list world_list_command(u8 kind, const struct world_order *legs, u32 count)
{
    struct command_order_list command = {.list_kind = kind, .legs_count = (u8)count};
    for (u32 i = 0; i < count; i++) {
        struct command_order order = world_order_command(&legs[i]);
        command.market = order.market;
        command.leg[i] = (struct wire_leg){.price = order.price,
                                           .qty = order.qty,
                                           .stop_price = order.stop_price,
                                           .iceberg_qty = order.iceberg_qty,
                                           .strategy_id = order.strategy_id,
                                           .strategy_type = order.strategy_type,
                                           .trailing_delta = order.trailing_delta,
                                           .side = order.side,
                                           .type = order.type,
                                           .tif = order.tif,
                                           .stp = order.stp,
                                           .client = order.client};
    }
    return command;
}

u64 world_list(struct core_world *world, u32 account, u8 kind, const struct world_order *legs,
               u32 count)
{
    struct command_order_list command = world_list_command(kind, legs, count);
    world_apply(world, &command, COMMAND_ORDER_LIST, account);
    const struct event_order_new *event = world_event(world, EVENT_ORDER_NEW, 0);
    return event == NULL ? 0 : event->order_id;
}

void world_cancel(struct core_world *world, u32 account, u64 order_id)
{
    struct command_cancel command = {.order_id = order_id};
    world_apply(world, &command, COMMAND_CANCEL, account);
}

void world_amend(struct core_world *world, u32 account, u64 order_id, u64 qty)
{
    struct command_amend command = {.order_id = order_id, .qty = amount_of(qty * WORLD_LOT)};
    world_apply(world, &command, COMMAND_AMEND, account);
}

void world_deposit(struct core_world *world, u32 account, u16 asset, u64 units)
{
    struct command_deposit deposit = {.amount = amount_of(units), .asset = asset};
    world_apply(world, &deposit, COMMAND_DEPOSIT, account);
    world_assert_reject(world_reject(world), REJECT_NONE);
}

void world_trade_at(struct core_world *world, u64 price)
{
    assert_true(world_place(world, 4, world_limit(SIDE_BUY, price, 1)) > 0);
    assert_true(world_place(world, 5, world_limit(SIDE_SELL, price, 1)) > 0);
    const struct event_trade *event = world_event(world, EVENT_TRADE, 0);
    assert_non_null(event);
    assert_int_equal(event->price.units, price * WORLD_TICK);
}

void world_market_set(struct core_world *world, const struct command_market_add *definition)
{
    world_apply(world, definition, COMMAND_MARKET_SET, 0);
    world_assert_reject(world_reject(world), REJECT_NONE);
}

void world_market_state(struct core_world *world, u16 market, u8 state)
{
    struct command_market_state command = {.market = market, .state = state};
    world_apply(world, &command, COMMAND_MARKET_STATE, 0);
    world_assert_reject(world_reject(world), REJECT_NONE);
}

/* ---- what came of it ---- */

const void *world_event(const struct core_world *world, u16 kind, u32 index)
{
    for (size_t at = 0; at < world->output.used;) {
        struct event_head head;
        memcpy(&head, world->output.data + at, sizeof head);
        if (head.kind == kind && index-- == 0) {
            return world->output.data + at;
        }
        assert_true(head.units > 0);
        at += (size_t)head.units * WIRE_UNIT;
        assert_true(at <= world->output.used);
    }
    return NULL;
}

u32 world_count(const struct core_world *world, u16 kind)
{
    u32 count = 0;
    while (world_event(world, kind, count) != NULL) {
        count += 1;
    }
    return count;
}

enum reject world_reject(const struct core_world *world)
{
    const struct event_rejected *event = world_event(world, EVENT_REJECTED, 0);
    return event == NULL ? REJECT_NONE : (enum reject)event->reject;
}

u64 world_free(const struct core_world *world, u32 account, u16 asset)
{
    return core_balance_of(world->core, account, asset).free.units;
}

u64 world_locked(const struct core_world *world, u32 account, u16 asset)
{
    return core_balance_of(world->core, account, asset).locked.units;
}

u8 world_state(const struct core_world *world, u64 order_id)
{
    u32 slot = index_order(world->core, order_id);
    return slot == 0 ? ORDER_STATE_NONE : world->core->orders[slot].state;
}

void world_assert_book(const struct core_world *world, enum side side, const u64 *orders, u32 count)
{
    struct core_resting rows[32];
    assert_true(count < ARRAY_COUNT(rows));
    assert_int_equal(core_book(world->core, 0, side, rows, ARRAY_COUNT(rows)), count);
    for (u32 i = 0; i < count; i++) {
        assert_int_equal(rows[i].order_id, orders[i]);
    }
}

void world_assert_kinds(const struct core_world *world, const u16 *kinds, u32 count)
{
    char seen[1024] = "";
    char expected[1024] = "";
    for (u32 i = 0; i < count; i++) {
        (void)strcat(strcat(expected, " "), wire_events[kinds[i]].name);
    }
    u32 events = 0;
    for (size_t at = 0; at < world->output.used && events < WORLD_KINDS_MAX; events++) {
        struct event_head head;
        memcpy(&head, world->output.data + at, sizeof head);
        (void)strcat(strcat(seen, " "), wire_events[head.kind].name);
        at += (size_t)head.units * WIRE_UNIT;
    }
    assert_true(events < WORLD_KINDS_MAX);
    assert_string_equal(seen, expected);
}

void world_assert_reject(enum reject seen, enum reject expected)
{
    assert_string_equal(reject_name(seen), reject_name(expected));
}

/* ---- the state as a whole ---- */

struct snapshot {
    u8 *bytes;
    size_t used;
};

static bool snapshot_write(void *context, const u8 *bytes, size_t size)
{
    struct snapshot *snapshot = context;
    assert_true(size <= SNAPSHOT_BYTES_MAX - snapshot->used);
    memcpy(snapshot->bytes + snapshot->used, bytes, size);
    snapshot->used += size;
    return true;
}

u8 *world_snapshot(const struct core_world *world, size_t *bytes_out)
{
    struct snapshot snapshot = {.bytes = malloc(SNAPSHOT_BYTES_MAX)};
    void *scratch = malloc(core_snapshot_scratch(world->core));
    assert_true(snapshot.bytes != NULL && scratch != NULL);
    struct core_sink sink = {&snapshot, snapshot_write};
    assert_true(core_snapshot(world->core, scratch, &sink));
    free(scratch);
    *bytes_out = snapshot.used;
    return snapshot.bytes;
}

u64 world_digest(const struct core_world *world)
{
    size_t bytes = 0;
    u8 *snapshot = world_snapshot(world, &bytes);
    struct state_venue venue;
    memcpy(&venue, snapshot, sizeof venue);
    assert_int_equal(venue.head.kind, STATE_VENUE);
    venue.seq = 0;
    venue.told_us = 0;
    memcpy(snapshot, &venue, sizeof venue);
    u64 digest = 0;
    for (size_t at = 0; at < bytes;) {
        struct state_head head;
        size_t size = core_restore_size(snapshot + at, bytes - at);
        assert_true(size > 0);
        memcpy(&head, snapshot + at, sizeof head);
        if (head.kind != STATE_SOURCE && head.kind != STATE_END) {
            digest = hash_bytes(snapshot + at, size, digest);
        }
        at += size;
    }
    free(snapshot);
    return digest;
}
