#include "sim/small_world.h"

#include "base/check.h"

#include <string.h>

void small_world_apply(struct small_world *world, void *command, u16 kind, u32 account)
{
    const struct wire_record *record = &wire_commands[kind];
    struct command_head *head = command;
    u8 bytes[COMMAND_BYTES_MAX];
    bool is_detailed = true;
    u8 client_bytes = 0;
    if (kind == COMMAND_ORDER) {
        const struct command_order *order = command;
        is_detailed = (order->flags & ORDER_FLAG_DETAIL) != 0;
        client_bytes = client_id_bytes(order->client.length);
    }
    head->kind = kind;
    head->units = wire_units(record, client_bytes, is_detailed); /* raw: the record's length */
    head->source = 1;
    head->account = account;
    world->source_index += 1;
    head->source_index = world->source_index;
    memcpy(bytes, command, record->size);
    const char *reason = "";
    CHECK(command_check(bytes, record->size, &reason));
    const void *checked = bytes;
    world->bytes = model_apply(world->model, checked, world->events, sizeof world->events);
}

static void add_asset(struct small_world *world, u16 number, const char *name)
{
    struct command_asset_add asset = {.asset = number, .scale = 8};
    memcpy(asset.name, name, strlen(name));
    small_world_apply(world, &asset, COMMAND_ASSET_ADD, 0);
}

static void add_accounts(struct small_world *world)
{
    for (u32 i = 0; i < SMALL_ACCOUNTS; i++) {
        struct command_account_add account = {.trade_group = i == 2 || i == 3 ? 1 : 0xFFFFFFFFU,
                                              .fee_tier = i < 4 ? 0 : 1};
        small_world_apply(world, &account, COMMAND_ACCOUNT_ADD, 0);
        for (u16 asset = 0; asset < 2; asset++) {
            struct command_deposit deposit = {.amount = amount_of(SMALL_FUNDS), .asset = asset};
            small_world_apply(world, &deposit, COMMAND_DEPOSIT, i);
        }
    }
}

void small_world_open(struct small_world *world)
{
    memset(world, 0, sizeof *world);
    struct command_genesis genesis = {.semantics_version = 1,
                                      .assets_max = 4,
                                      .markets_max = 2,
                                      .networks_max = 2,
                                      .fee_tiers_max = 4,
                                      .accounts_max = 16,
                                      .balance_rows_max = 300,
                                      .positions_max = 16,
                                      .orders_max = 100,
                                      .extras_max = 100,
                                      .lists_max = 10,
                                      .holds_max = 10,
                                      .asset_limits_max = 10,
                                      .pages_max = 100,
                                      .directory_max = 100000,
                                      .trailing_max = 10,
                                      .triggers_per_command_max = 10,
                                      .keys_max = 5};
    world->model = model_create(&genesis);
    small_world_apply(world, &genesis, COMMAND_GENESIS, 0);
    add_asset(world, SMALL_BTC, "BTC");
    add_asset(world, SMALL_USDT, "USDT");
    struct command_market_add market = {.base = SMALL_BTC,
                                        .quote = SMALL_USDT,
                                        .state = MARKET_STATE_TRADING,
                                        .stp_default = STP_MODE_NONE,
                                        .stp_allowed = 0x7E,
                                        .types_allowed = 0x7F,
                                        .features = 0x7F,
                                        .ticks_max = 10000000,
                                        .tick = price_of(SMALL_TICK),
                                        .lot = amount_of(SMALL_LOT),
                                        .iceberg_parts_max = 100};
    small_world_apply(world, &market, COMMAND_MARKET_ADD, 0);
    CHECK(small_world_reject(world) == REJECT_NONE);
    add_accounts(world);
}

void small_world_close(struct small_world *world)
{
    model_free(world->model);
}

const void *small_world_event(const struct small_world *world, u16 kind, u32 index)
{
    for (size_t at = 0; at < world->bytes;) {
        struct event_head head;
        memcpy(&head, world->events + at, sizeof head);
        if (head.kind == kind && index-- == 0) {
            return world->events + at;
        }
        at += (size_t)head.units * WIRE_UNIT; /* raw: the record's length */
    }
    return NULL;
}

u32 small_world_count(const struct small_world *world, u16 kind)
{
    u32 count = 0;
    while (small_world_event(world, kind, count) != NULL) {
        count += 1;
    }
    return count;
}

u32 small_world_kinds(const struct small_world *world, u16 *kinds_out)
{
    u32 count = 0;
    for (size_t at = 0; at < world->bytes && count < 32;) {
        struct event_head head;
        memcpy(&head, world->events + at, sizeof head);
        kinds_out[count++] = head.kind;
        at += (size_t)head.units * WIRE_UNIT; /* raw: the record's length */
    }
    return count;
}

u16 small_world_reject(const struct small_world *world)
{
    const struct event_rejected *event = small_world_event(world, EVENT_REJECTED, 0);
    return event == NULL ? REJECT_NONE : event->reject;
}

u64 small_world_place(struct small_world *world, u32 account, struct small_order order)
{
    bool is_detailed = order.stop || order.iceberg || order.quote || order.trailing;
    struct command_order command = {.price = price_of(order.price * SMALL_TICK),
                                    .qty = amount_of(order.qty * SMALL_LOT),
                                    .side = order.side,
                                    .type = order.type,
                                    .tif = order.tif,
                                    .stp = order.stp,
                                    .flags = is_detailed ? ORDER_FLAG_DETAIL : 0,
                                    .trailing_delta = order.trailing,
                                    .stop_price = price_of(order.stop * SMALL_TICK),
                                    .iceberg_qty = amount_of(order.iceberg * SMALL_LOT),
                                    .quote_qty = amount_of(order.quote * 1000000)};
    small_world_apply(world, &command, COMMAND_ORDER, account);
    const struct event_order_new *event = small_world_event(world, EVENT_ORDER_NEW, 0);
    return event == NULL ? 0 : event->order_id;
}

void small_world_trade_at(struct small_world *world, u64 price)
{
    struct small_order order = {.price = price, .qty = 1, .side = SIDE_BUY};
    CHECK(small_world_place(world, 4, order) > 0);
    order.side = SIDE_SELL;
    CHECK(small_world_place(world, 5, order) > 0);
    CHECK(small_world_count(world, EVENT_TRADE) >= 1);
}

u64 small_world_list(struct small_world *world, u32 account, u8 kind, u32 count,
                     const struct small_order *legs)
{
    struct command_order_list command = {.list_kind = kind, .legs_count = (u8)count};
    for (u32 i = 0; i < count; i++) {
        command.leg[i] = (struct wire_leg){.price = price_of(legs[i].price * SMALL_TICK),
                                           .qty = amount_of(legs[i].qty * SMALL_LOT),
                                           .stop_price = price_of(legs[i].stop * SMALL_TICK),
                                           .iceberg_qty = amount_of(legs[i].iceberg * SMALL_LOT),
                                           .trailing_delta = legs[i].trailing,
                                           .side = legs[i].side,
                                           .type = legs[i].type,
                                           .tif = legs[i].tif,
                                           .stp = legs[i].stp};
    }
    small_world_apply(world, &command, COMMAND_ORDER_LIST, account);
    const struct event_order_new *event = small_world_event(world, EVENT_ORDER_NEW, 0);
    return event == NULL ? 0 : event->order_id;
}

void small_world_cancel(struct small_world *world, u32 account, u64 order_id)
{
    struct command_cancel command = {.order_id = order_id};
    small_world_apply(world, &command, COMMAND_CANCEL, account);
}

void small_world_amend(struct small_world *world, u32 account, u64 order_id, u64 qty)
{
    struct command_amend command = {.order_id = order_id, .qty = amount_of(qty * SMALL_LOT)};
    small_world_apply(world, &command, COMMAND_AMEND, account);
}

u64 small_world_free(const struct small_world *world, u32 account, u16 asset)
{
    return model_balance_of(world->model, account, asset).free.units; /* raw: for comparing */
}

u64 small_world_locked(const struct small_world *world, u32 account, u16 asset)
{
    return model_balance_of(world->model, account, asset).locked.units; /* raw: for comparing */
}

u8 small_world_state(const struct small_world *world, u64 order_id)
{
    for (u32 i = 0; i < model_orders_count(world->model); i++) {
        struct model_order_view view = model_order_at(world->model, i);
        if (view.order_id == order_id) {
            return view.state;
        }
    }
    return ORDER_STATE_NONE;
}
