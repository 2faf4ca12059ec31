#include "app/test_venue.h"

#include "app/restriction_modes.h"
#include "app/text_file.h"
#include "app/venue_limits.h"
#include "base/check.h"
#include "base/secret.h"
#include "base/span.h"
#include "io/clock.h"
#include "io/file.h"
#include "role/engine/engine.h"
#include "role/gateway/auth.h"
#include "role/gateway/keystore.h"
#include "wire/json.h"
#include "wire/link.h"
#include "wire/reject.h"

#include <stdio.h>
#include <string.h>

/* Prices and quantities count 10^-8; so do amounts, since every asset has eight places. */
#define ONE            100000000ULL
#define CENT           (ONE / 100)
#define NO_TRADE_GROUP 0xFFFFFFFFU
#define JSON_BYTES     8192U
#define RESTRICT_CAUSE 1U

enum {
    HOUSES = 2, /* the accounts before A */
    PLACES = 8,
    NETWORK = 0,
    FEE_TIER = 0,
    RATE = 100000, /* 0.1 %, in 10^-8 */
    ALL_STP = 0x7e,
    ALL_TYPES = 0x7f,
    TICKS_MAX = 100000000,
    TEN_THOUSANDTHS = 10000,
};

struct asset_row {
    const char *name;
    u64 funds; /* of each account, whole ones */
};

enum { BTC, USDT, ETH, BNB, EUR, RUB };

static const struct asset_row assets[] = {
    [BTC] = {"BTC", 10000}, [USDT] = {"USDT", 500000000}, [ETH] = {"ETH", 100000},
    [BNB] = {"BNB", 10000}, [EUR] = {"EUR", 1000000},     [RUB] = {"RUB", 100000000},
};

struct market_row {
    const char *name;
    u16 base;
    u16 quote;
    u64 tick;
    u64 lot;
    u64 last;     /* price */
    u64 notional; /* the least, in quote */
    u64 qty_max;
    u64 traded; /* quantity of the trade that makes the last price */
};

static const struct market_row markets[] = {
    {"BTCUSDT", BTC, USDT, CENT, ONE / 100000, 30000 * ONE, 5 * ONE, 9000 * ONE, ONE / 100},
    {"ETHUSDT", ETH, USDT, CENT, ONE / 10000, 2000 * ONE, 5 * ONE, 90000 * ONE, ONE / 10},
    {"ETHBTC", ETH, BTC, ONE / 100000, ONE / 1000, 6666 * (ONE / 100000), ONE / 10000, 90000 * ONE,
     ONE / 10},
};

/* ---- commands ---- */

struct maker {
    struct release_sink sink;
    struct engine *engine;
    struct keystore *keystore;
    struct test_venue *venue;
    u64 source_index;
    u32 rejects_count;
    struct event_rejected reject; /* the first */
};

static void on_release(struct release_sink *sink, const struct release *release)
{
    struct maker *maker = (struct maker *)(void *)sink;
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

/* Sends one command, whole, and waits until it is durable. */
static enum fault put(struct maker *maker, void *command, size_t size, u16 kind, u32 account)
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
        return FAULT(FAULT_DIVERGED, "test venue: the engine does not take %s: %s",
                     wire_commands[kind].name, field == NULL ? "full" : field);
    }
    TRY(engine_drain(maker->engine));
    if (maker->rejects_count > 0) {
        return FAULT(FAULT_DIVERGED, "test venue: %s is refused: %s", wire_commands[kind].name,
                     reject_name((enum reject)maker->reject.reject));
    }
    return FAULT_NONE;
}

static enum fault put_assets(struct maker *maker)
{
    for (u16 asset = 0; asset < ARRAY_COUNT(assets); asset += 1) {
        struct command_asset_add add = {.asset = asset, .scale = PLACES};
        memcpy(add.name, assets[asset].name, strlen(assets[asset].name));
        TRY(put(maker, &add, sizeof(add), COMMAND_ASSET_ADD, 0));
    }
    return FAULT_NONE;
}

static enum fault put_market(struct maker *maker, u16 market)
{
    const struct market_row *row = &markets[market];
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
    struct command_fee_set fee = {
        .market = market, .tier = FEE_TIER, .standard_maker = RATE, .standard_taker = RATE};
    memcpy(add.name, row->name, strlen(row->name));
    TRY(put(maker, &add, sizeof(add), COMMAND_MARKET_ADD, 0));
    return put(maker, &fee, sizeof(fee), COMMAND_FEE_SET, 0);
}

/* Each gets the same money. */
static enum fault put_account(struct maker *maker, u32 account)
{
    struct command_account_add add = {.trade_group = NO_TRADE_GROUP, .fee_tier = FEE_TIER};
    TRY(put(maker, &add, sizeof(add), COMMAND_ACCOUNT_ADD, 0));
    for (u16 asset = 0; asset <= BNB; asset += 1) {
        struct command_deposit deposit = {.amount = amount_of(assets[asset].funds * ONE),
                                          .reference = maker->source_index,
                                          .asset = asset,
                                          .network = NETWORK};
        TRY(put(maker, &deposit, sizeof(deposit), COMMAND_DEPOSIT, account));
    }
    return FAULT_NONE;
}

/* One house offers, the other one takes: that is the last price. */
static enum fault put_trade(struct maker *maker, u16 market)
{
    const struct market_row *row = &markets[market];
    for (u32 house = 0; house < HOUSES; house += 1) {
        struct command_order order = {.price = price_of(row->last),
                                      .qty = amount_of(row->traded),
                                      .market = market,
                                      .side = house == 0 ? SIDE_SELL : SIDE_BUY,
                                      .type = ORDER_TYPE_LIMIT,
                                      .tif = TIME_IN_FORCE_GTC};
        TRY(put(maker, &order, sizeof(order), COMMAND_ORDER, house));
    }
    return FAULT_NONE;
}

/* May cancel and withdraw, but not trade; deposits are held. */
static enum fault put_restriction(struct maker *maker, u32 account)
{
    struct command_restrict restriction = {.cause = RESTRICT_CAUSE};
    bool is_known = restriction_mode_of(RESTRICTION_MODE_WITHDRAW_ONLY, &restriction.restrictions);
    CHECK(is_known);
    return put(maker, &restriction, sizeof(restriction), COMMAND_RESTRICT, account);
}

/* ---- keys ---- */

/* Stored and synced first, then told to the engine, as docs/auth.md wants it. */
static enum fault put_key(struct maker *maker, u32 account, struct keystore_row *row,
                          const u8 public_key[SIGN_PUBLIC_BYTES])
{
    struct command_key_set set = {.rights = KEY_RIGHT_READ | KEY_RIGHT_TRADE | KEY_RIGHT_WITHDRAW,
                                  .key_kind = row->kind};
    TRY(keys_id(span_of(row->name, sizeof(row->name)), row->key_id));
    memcpy(set.key_id, row->key_id, sizeof(set.key_id));
    memcpy(set.public_key, public_key, sizeof(set.public_key));
    row->created_us = clock_wall_us(clock_real());
    TRY(keystore_add(maker->keystore, row));
    return put(maker, &set, sizeof(set), COMMAND_KEY_SET, account);
}

static enum fault put_hmac(struct maker *maker, enum test_account account)
{
    static const u8 none[SIGN_PUBLIC_BYTES];
    struct test_key *key = &maker->venue->hmac[account];
    struct keystore_row row = {.kind = KEY_KIND_HMAC};
    TRY(keys_invent((u8 *)key->name, (u8 *)key->secret));
    memcpy(row.name, key->name, sizeof(row.name));
    row.secret = span_of(key->secret, KEYS_SECRET_BYTES);
    return put_key(maker, maker->venue->accounts[account], &row, none);
}

static enum fault put_ed25519(struct maker *maker)
{
    struct test_venue *venue = maker->venue;
    struct keystore_row row = {.kind = KEY_KIND_ED25519};
    struct sign_key opened;
    u8 public_key[SIGN_PUBLIC_BYTES];
    u8 unused[KEYS_SECRET_BYTES];
    TRY(sign_pair_make(&venue->pair));
    row.public = span_of_text(venue->pair.public_pem);
    TRY(sign_key_open_public(row.public, &opened));
    enum fault fault = sign_key_public(&opened, public_key);
    sign_key_close(&opened);
    TRY(fault);
    TRY(keys_invent((u8 *)venue->ed25519.name, unused));
    secret_wipe(unused, sizeof(unused));
    memcpy(row.name, venue->ed25519.name, sizeof(row.name));
    return put_key(maker, venue->accounts[TEST_ACCOUNT_A], &row, public_key);
}

/* ---- the venue ---- */

static enum fault put_all(struct maker *maker)
{
    TRY(put_assets(maker));
    for (u16 market = 0; market < ARRAY_COUNT(markets); market += 1) {
        TRY(put_market(maker, market));
    }
    for (u32 account = 0; account < HOUSES + TEST_ACCOUNTS_COUNT; account += 1) {
        TRY(put_account(maker, account));
    }
    for (u16 market = 0; market < ARRAY_COUNT(markets); market += 1) {
        TRY(put_trade(maker, market));
    }
    for (u32 account = 0; account < TEST_ACCOUNTS_COUNT; account += 1) {
        maker->venue->accounts[account] = HOUSES + account;
        TRY(put_hmac(maker, (enum test_account)account));
    }
    TRY(put_ed25519(maker));
    TRY(put_restriction(maker, maker->venue->accounts[TEST_ACCOUNT_W]));
    return engine_finish(maker->engine);
}

enum fault test_venue_begin(const char *folder, const char *keys_folder,
                            struct test_venue *venue_out)
{
    memset(venue_out, 0, sizeof(*venue_out));
    struct maker maker = {.sink = {.release = on_release}, .venue = venue_out, .source_index = 1};
    struct command_genesis genesis = venue_limits_genesis();
    struct engine_options options = {.disk = disk_real(),
                                     .clock = clock_real(),
                                     .folder = folder,
                                     .genesis = &genesis,
                                     .sink = &maker.sink};
    struct keystore keystore;
    TRY(disk_make_folder(disk_real(), keys_folder));
    TRY(keystore_open(&keystore, keys_folder));
    maker.keystore = &keystore;
    enum fault fault = engine_open(&maker.engine, &options);
    if (fault == FAULT_NONE) {
        fault = put_all(&maker);
    }
    engine_close(maker.engine);
    keystore_close(&keystore);
    return fault;
}

void test_venue_wipe(struct test_venue *venue)
{
    secret_wipe(venue, sizeof(*venue));
}

/* ---- the keys file ---- */

static void url_put(struct json_writer *json, const char *name, const char *scheme,
                    const char *host, const char *path)
{
    char url[128];
    (void)snprintf(url, sizeof(url), "%s://%s%s", scheme, host, path);
    json_key(json, name);
    json_put_text(json, url);
}

static void account_put(struct json_writer *json, const struct test_venue *venue,
                        enum test_account account, const char *name)
{
    json_key(json, name);
    json_object_begin(json);
    json_key(json, "id");
    json_put_u64(json, venue->accounts[account]);
    json_key(json, "apiKey");
    json_put_text(json, venue->hmac[account].name);
    json_key(json, "secret");
    json_put_text(json, venue->hmac[account].secret);
    if (account == TEST_ACCOUNT_A) {
        json_key(json, "ed25519");
        json_object_begin(json);
        json_key(json, "apiKey");
        json_put_text(json, venue->ed25519.name);
        json_key(json, "privateKey");
        json_put_text(json, venue->pair.private_pem);
        json_object_end(json);
    }
    json_object_end(json);
}

enum fault test_venue_write(const struct test_venue *venue, const struct test_addresses *addresses,
                            pid_t pid, const char *path)
{
    static char text[JSON_BYTES];
    struct json_writer json;
    json_begin(&json, text, sizeof(text));
    json_object_begin(&json);
    const char *http = addresses->is_tls ? "https" : "http";
    const char *ws = addresses->is_tls ? "wss" : "ws";
    url_put(&json, "rest", http, addresses->host, "");
    url_put(&json, "ws_stream", ws, addresses->host, "");
    url_put(&json, "ws_api", ws, addresses->host, "/ws-api/v3");
    url_put(&json, "metrics", "http", addresses->admin_host, "/metrics");
    json_key(&json, "pid");
    json_put_u64(&json, (u64)pid);
    json_key(&json, "admin");
    json_put_text(&json, addresses->admin);
    json_key(&json, "accounts");
    json_object_begin(&json);
    account_put(&json, venue, TEST_ACCOUNT_A, "A");
    account_put(&json, venue, TEST_ACCOUNT_B, "B");
    account_put(&json, venue, TEST_ACCOUNT_W, "W");
    json_object_end(&json);
    json_object_end(&json);
    size_t length = json_end(&json);
    CHECK(length > 0);
    text[length] = '\n';
    enum fault fault = text_file_put(path, text, length + 1, true);
    secret_wipe(text, sizeof(text));
    return fault;
}
