#include "app/venue_maker.h"

#include "app/venue_limits.h"
#include "base/check.h"
#include "base/span.h"
#include "io/clock.h"
#include "io/file.h"
#include "role/gateway/auth.h"
#include "wire/link.h"
#include "wire/reject.h"

#include <string.h>

#define NO_TRADE_GROUP 0xFFFFFFFFU

enum {
    NETWORK = 0,
    ALL_STP = 0x7e,
    ALL_TYPES = 0x7f,
    TICKS_MAX = 100000000,
    TEN_THOUSANDTHS = 10000,
};

/* ---- commands ---- */

static void on_release(struct release_sink *sink, const struct release *release)
{
    struct venue_maker *maker = (struct venue_maker *)(void *)sink;
    if (maker->options.events != NULL) {
        maker->options.events->release(maker->options.events, release);
    }
    struct span events = release->events;
    while (events.size > 0) {
        struct event_head head;
        memcpy(&head, events.data, sizeof(head));
        if (head.kind == EVENT_REJECTED) {
            if (maker->rejects_count == 0) {
                memcpy(&maker->reject, events.data, sizeof(maker->reject));
            }
            maker->rejects_count += 1;
        }
        events = span_after(events, (size_t)head.units * WIRE_UNIT);
    }
}

enum fault venue_maker_send(struct venue_maker *maker, void *command, size_t size, u16 kind,
                            u32 account)
{
    size_t bytes = 0;
    const char *field = NULL;
    u8 units = (u8)(size / WIRE_UNIT);
    if (kind == COMMAND_ORDER) {
        units = wire_units(&wire_commands[kind], 0, false);
    }
    maker->source_index += 1;
    struct command_head head = {.kind = kind,
                                .units = units, /* raw: steps of the record */
                                .source = LINK_SOURCE_ADMIN,
                                .account = account,
                                .source_index = maker->source_index};
    memcpy(command, &head, sizeof(head));
    struct span record = span_of(command, (size_t)units * WIRE_UNIT);
    enum engine_answer answer = engine_submit(maker->engine, record, &bytes, &field);
    if (answer != ENGINE_TAKEN) {
        return FAULT(FAULT_DIVERGED, "new venue: the engine does not take %s: %s",
                     wire_commands[kind].name, field == NULL ? "full" : field);
    }
    maker->rejects_count = 0;
    return engine_drain(maker->engine);
}

enum fault venue_maker_put(struct venue_maker *maker, void *command, size_t size, u16 kind,
                           u32 account)
{
    TRY(venue_maker_send(maker, command, size, kind, account));
    if (maker->rejects_count > 0) {
        return FAULT(FAULT_DIVERGED, "new venue: %s is refused: %s", wire_commands[kind].name,
                     reject_name((enum reject)maker->reject.reject));
    }
    return FAULT_NONE;
}

enum fault venue_maker_asset(struct venue_maker *maker, u16 asset, const char *name)
{
    struct command_asset_add add = {.asset = asset, .scale = VENUE_MAKER_PLACES};
    CHECK(strlen(name) <= sizeof(add.name));
    memcpy(add.name, name, strlen(name));
    return venue_maker_put(maker, &add, sizeof(add), COMMAND_ASSET_ADD, 0);
}

enum fault venue_maker_market(struct venue_maker *maker, u16 market, const struct venue_market *row)
{
    struct command_market_add add = {
        .market = market,
        .base = row->base,
        .quote = row->quote,
        .state = MARKET_STATE_TRADING,
        .stp_default = STP_MODE_NONE,
        .stp_allowed = ALL_STP,
        .types_allowed = ALL_TYPES,
        .features = MARKET_FEATURE_ICEBERG | MARKET_FEATURE_OCO | MARKET_FEATURE_OTO |
                    MARKET_FEATURE_QUOTE_QTY | MARKET_FEATURE_TRAILING |
                    MARKET_FEATURE_CANCEL_REPLACE | MARKET_FEATURE_AMEND,
        .ticks_max = TICKS_MAX,
        .price_min = price_of(row->tick),
        .price_max = price_of(row->tick * TICKS_MAX),
        .tick = price_of(row->tick),
        .qty_min = amount_of(row->lot),
        .qty_max = amount_of(row->qty_max),
        .lot = amount_of(row->lot),
        .market_qty_max = amount_of(row->qty_max / 10),
        .notional_min = amount_of(row->notional),
        .notional_flags = NOTIONAL_MIN_TO_MARKET,
        .notional_minutes = 5,
        .side_percent_minutes = 5,
        .iceberg_parts_max = 100,
        .bid_percent_up = 5 * TEN_THOUSANDTHS,
        .bid_percent_down = TEN_THOUSANDTHS / 5,
        .ask_percent_up = 5 * TEN_THOUSANDTHS,
        .ask_percent_down = TEN_THOUSANDTHS / 5,
        .orders_max = 10000,
        .algo_orders_max = 1000,
        .iceberg_orders_max = 1000,
        .lists_max = 1000,
        .amends_max = 100,
        .trailing_above_min = 10,
        .trailing_above_max = 2000,
        .trailing_below_min = 10,
        .trailing_below_max = 2000,
    };
    struct command_fee_set fee = {.market = market,
                                  .tier = VENUE_MAKER_FEE_TIER,
                                  .standard_maker = row->fee_maker,
                                  .standard_taker = row->fee_taker};
    CHECK(strlen(row->name) <= sizeof(add.name));
    memcpy(add.name, row->name, strlen(row->name));
    TRY(venue_maker_put(maker, &add, sizeof(add), COMMAND_MARKET_ADD, 0));
    return venue_maker_put(maker, &fee, sizeof(fee), COMMAND_FEE_SET, 0);
}

enum fault venue_maker_account(struct venue_maker *maker)
{
    struct command_account_add add = {.trade_group = NO_TRADE_GROUP,
                                      .fee_tier = VENUE_MAKER_FEE_TIER};
    return venue_maker_put(maker, &add, sizeof(add), COMMAND_ACCOUNT_ADD, 0);
}

enum fault venue_maker_deposit(struct venue_maker *maker, u32 account, u16 asset, u64 whole)
{
    struct command_deposit deposit = {.amount = amount_of(whole * VENUE_MAKER_ONE),
                                      .reference = maker->source_index,
                                      .asset = asset,
                                      .network = NETWORK};
    return venue_maker_put(maker, &deposit, sizeof(deposit), COMMAND_DEPOSIT, account);
}

/* ---- keys ---- */

enum fault venue_maker_key(struct venue_maker *maker, u32 account, u32 rights,
                           struct keystore_row *row, const u8 public_key[SIGN_PUBLIC_BYTES])
{
    struct command_key_set set = {.rights = rights, .key_kind = row->kind};
    TRY(keys_id(span_of(row->name, sizeof(row->name)), row->key_id));
    memcpy(set.key_id, row->key_id, sizeof(set.key_id));
    memcpy(set.public_key, public_key, sizeof(set.public_key));
    row->created_us = clock_wall_us(maker->options.clock);
    TRY(keystore_add(&maker->keystore, row));
    return venue_maker_put(maker, &set, sizeof(set), COMMAND_KEY_SET, account);
}

enum fault venue_maker_hmac(struct venue_maker *maker, u32 account, u32 rights,
                            const struct venue_key *key)
{
    static const u8 none[SIGN_PUBLIC_BYTES];
    struct keystore_row row = {.kind = KEY_KIND_HMAC};
    memcpy(row.name, key->name, sizeof(row.name));
    row.secret = span_of(key->secret, KEYS_SECRET_BYTES);
    return venue_maker_key(maker, account, rights, &row, none);
}

enum fault venue_key_invent(struct venue_key *key_out)
{
    *key_out = (struct venue_key){.name = {0}};
    return keys_invent((u8 *)key_out->name, (u8 *)key_out->secret);
}

/* ---- the whole ---- */

enum fault venue_maker_open(struct venue_maker *maker, const struct venue_maker_options *options)
{
    struct command_genesis genesis = venue_limits_genesis(venue_size_usual());
    *maker = (struct venue_maker){
        .sink = {.release = on_release}, .options = *options, .source_index = 1};
    struct engine_options engine = {.disk = disk_real(),
                                    .clock = options->clock,
                                    .folder = options->folder,
                                    .genesis = &genesis,
                                    .venue = options->venue,
                                    .sink = &maker->sink};
    if (options->keys_folder != NULL) {
        TRY(disk_make_folder(disk_real(), options->keys_folder));
        TRY(keystore_open(&maker->keystore, options->keys_folder));
    }
    return engine_open(&maker->engine, &engine);
}

enum fault venue_maker_finish(struct venue_maker *maker)
{
    return engine_finish(maker->engine);
}

void venue_maker_close(struct venue_maker *maker)
{
    engine_close(maker->engine);
    maker->engine = NULL;
    if (maker->options.keys_folder != NULL) {
        keystore_close(&maker->keystore);
    }
}
