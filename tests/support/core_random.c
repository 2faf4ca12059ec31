#include "tests/support/core_random.h"

#include "tests/support/core_world.h"

#include <string.h>

enum {
    CENTER = 10240, /* where a page of the book begins */
    WIDTH = 20,
    LOTS = 50,
    CLIENTS = 12,
    RECENT = 60,
};

static u64 pick(struct core_random *random, u64 bound)
{
    return random_below(&random->random, bound);
}

static bool chance(struct core_random *random, u32 percent)
{
    return random_chance(&random->random, percent, 100);
}

static u64 price_near(struct core_random *random)
{
    return CENTER - WIDTH + pick(random, 2ULL * WIDTH + 1);
}

/* A limit order like most orders of a venue. */
static struct world_order plain_terms(struct core_random *random)
{
    static const char *const clients[CLIENTS] = {
        "a", "b", "c", "nine-long", "ten-symbol", "x0123456789x", "", "", "", "", "", ""};
    const char *client = clients[pick(random, CLIENTS)];
    return (struct world_order){.price = price_near(random),
                                .qty = 1 + pick(random, LOTS),
                                .side = (u8)pick(random, 2),
                                .tif = chance(random, 20) ? TIME_IN_FORCE_IOC : TIME_IN_FORCE_GTC,
                                .stp = chance(random, 70) ? 0 : (u8)pick(random, STP_MODE_COUNT),
                                .client = client[0] == 0 ? NULL : client};
}

static struct world_order any_terms(struct core_random *random)
{
    struct world_order order = plain_terms(random);
    order.type = (u8)pick(random, ORDER_TYPE_COUNT);
    order.tif = chance(random, 10) ? (u8)pick(random, TIME_IN_FORCE_COUNT) : TIME_IN_FORCE_GTC;
    bool is_stop = order.type >= ORDER_TYPE_STOP_LOSS;
    bool has_price = order.type != ORDER_TYPE_MARKET && order.type != ORDER_TYPE_STOP_LOSS &&
                     order.type != ORDER_TYPE_TAKE_PROFIT;
    order.price = has_price ? order.price : 0;
    order.stop = is_stop ? price_near(random) : 0;
    order.trailing = is_stop && chance(random, 20) ? 1 + (u32)pick(random, 20) : 0;
    order.iceberg = has_price && chance(random, 25) ? 1 + pick(random, order.qty) : 0;
    if (order.type == ORDER_TYPE_MARKET && chance(random, 40)) {
        order.qty = 0;
        order.quote = 1 + pick(random, 50);
    }
    order.strategy_type = chance(random, 5) ? 1000000 : 0;
    return order;
}

static u64 recent_id(struct core_random *random)
{
    u64 behind = pick(random, RECENT);
    return random->orders > behind ? random->orders - behind : 1 + pick(random, 3);
}

static u32 finish(struct core_random *random, u8 *record_out, const void *command, u16 kind,
                  u32 account)
{
    const struct wire_record *record = &wire_commands[kind];
    bool is_detailed = true;
    u8 client_bytes = 0;
    if (kind == COMMAND_ORDER) {
        const struct command_order *order = command;
        is_detailed = (order->flags & ORDER_FLAG_DETAIL) != 0;
        client_bytes = client_id_bytes(order->client.length);
    }
    struct command_head head = {.kind = kind,
                                .units = wire_units(record, client_bytes, is_detailed),
                                .source = 1,
                                .account = account,
                                .source_index = ++random->source_index};
    u32 bytes = head.units * WIRE_UNIT;
    memcpy(record_out, command, bytes);
    memcpy(record_out, &head, sizeof head);
    return bytes;
}

static u32 next_order(struct core_random *random, u8 *record_out, u32 account, bool is_plain)
{
    struct world_order order = is_plain ? plain_terms(random) : any_terms(random);
    struct command_order command = world_order_command(&order);
    random->orders += 1; /* perhaps refused; ids named need not be open */
    return finish(random, record_out, &command, COMMAND_ORDER, account);
}

static u32 next_list(struct core_random *random, u8 *record_out, u32 account)
{
    u8 side = (u8)pick(random, 2);
    u64 qty = 1 + pick(random, LOTS);
    u64 above = CENTER + 1 + pick(random, WIDTH);
    u64 below = CENTER - 1 - pick(random, WIDTH);
    struct world_order maker = world_maker(side, side == SIDE_SELL ? above : below, qty);
    struct world_order stop =
        world_stop(ORDER_TYPE_STOP_LOSS, side, side == SIDE_SELL ? below : above, qty);
    struct world_order working = world_limit(!side, price_near(random), qty);
    u8 kind = (u8)(1 + pick(random, 3));
    struct world_order legs[3] = {working, side == SIDE_SELL ? maker : stop,
                                  side == SIDE_SELL ? stop : maker};
    const struct world_order *first = kind == LIST_KIND_OCO ? &legs[1] : legs;
    struct command_order_list command =
        world_list_command(kind, first, kind == LIST_KIND_OTOCO ? 3 : 2);
    random->orders += command.legs_count;
    return finish(random, record_out, &command, COMMAND_ORDER_LIST, account);
}

static u32 next_replace(struct core_random *random, u8 *record_out, u32 account)
{
    struct world_order terms = chance(random, 70) ? plain_terms(random) : any_terms(random);
    struct command_order order = world_order_command(&terms);
    struct command_cancel_replace command = {.price = order.price,
                                             .qty = order.qty,
                                             .side = order.side,
                                             .type = order.type,
                                             .tif = order.tif,
                                             .stp = order.stp,
                                             .client = order.client,
                                             .trailing_delta = order.trailing_delta,
                                             .stop_price = order.stop_price,
                                             .iceberg_qty = order.iceberg_qty,
                                             .quote_qty = order.quote_qty,
                                             .strategy_type = order.strategy_type,
                                             .mode = (u8)pick(random, 2),
                                             .restriction = (u8)(pick(random, 10) / 8),
                                             .target_id = recent_id(random)};
    random->orders += 1;
    return finish(random, record_out, &command, COMMAND_CANCEL_REPLACE, account);
}

static u32 next_rare(struct core_random *random, u8 *record_out, u32 account)
{
    struct command_cancel_all all = {.market = 0};
    struct command_deposit deposit = {.amount = amount_of(1 + pick(random, WORLD_COIN)),
                                      .asset = (u16)pick(random, 2)};
    struct command_transfer transfer = {.amount = amount_of(1 + pick(random, WORLD_COIN)),
                                        .asset = (u16)pick(random, 2),
                                        .target_account = (u32)pick(random, random->accounts)};
    struct command_amend amend = {.order_id = recent_id(random),
                                  .qty = amount_of((1 + pick(random, LOTS)) * WORLD_LOT)};
    switch (pick(random, 8)) {
    case 0:
        return finish(random, record_out, &all, COMMAND_CANCEL_ALL, account);
    case 1:
        return finish(random, record_out, &deposit, COMMAND_DEPOSIT, account);
    case 2:
        return finish(random, record_out, &transfer, COMMAND_TRANSFER, account);
    default:
        return finish(random, record_out, &amend, COMMAND_AMEND, account);
    }
}

u32 core_random_next(struct core_random *random, u8 *record_out)
{
    u32 account = (u32)pick(random, random->accounts);
    bool is_plain = pick(random, 100) < random->plain;
    struct command_cancel cancel = {.order_id = recent_id(random)};
    u64 kind = pick(random, 10);
    if (kind < 3) {
        return finish(random, record_out, &cancel, COMMAND_CANCEL, account);
    }
    if (is_plain || kind < 6) {
        return next_order(random, record_out, account, is_plain);
    }
    if (kind == 6) {
        return next_replace(random, record_out, account);
    }
    if (kind == 7 && !random->is_without_lists) {
        return next_list(random, record_out, account);
    }
    return next_rare(random, record_out, account);
}
