#include "app/test_venue.h"

#include "app/restriction_modes.h"
#include "app/text_file.h"
#include "base/check.h"
#include "base/secret.h"
#include "base/span.h"
#include "io/clock.h"
#include "io/officers.h"
#include "wire/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Prices and quantities count 10^-8; so do amounts, since every asset has eight places. */
#define ONE            VENUE_MAKER_ONE
#define CENT           (ONE / 100)
#define JSON_BYTES     8192U
#define RESTRICT_CAUSE 1U
#define ALL_RIGHTS     (KEY_RIGHT_READ | KEY_RIGHT_TRADE | KEY_RIGHT_WITHDRAW)

enum {
    HOUSES = 2,    /* the accounts before A */
    RATE = 100000, /* 0.1 %, in 10^-8 */
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

/* A market, and the trade that makes its last price. */
struct market_row {
    struct venue_market market;
    u64 last; /* price */
    u64 traded;
};

static const struct market_row markets[] = {
    {{"BTCUSDT", BTC, USDT, CENT, ONE / 100000, 5 * ONE, 9000 * ONE, RATE, RATE},
     30000 * ONE,
     ONE / 100},
    {{"ETHUSDT", ETH, USDT, CENT, ONE / 10000, 5 * ONE, 90000 * ONE, RATE, RATE},
     2000 * ONE,
     ONE / 10},
    {{"ETHBTC", ETH, BTC, ONE / 100000, ONE / 1000, ONE / 10000, 90000 * ONE, RATE, RATE},
     6666 * (ONE / 100000),
     ONE / 10},
};

/* ---- commands ---- */

/* Each gets the same money. */
static enum fault put_account(struct venue_maker *maker, u32 account)
{
    TRY(venue_maker_account(maker));
    for (u16 asset = 0; asset <= BNB; asset += 1) {
        TRY(venue_maker_deposit(maker, account, asset, assets[asset].funds));
    }
    return FAULT_NONE;
}

/* One house offers, the other one takes: that is the last price. */
static enum fault put_trade(struct venue_maker *maker, u16 market)
{
    const struct market_row *row = &markets[market];
    for (u32 house = 0; house < HOUSES; house += 1) {
        struct command_order order = {.price = price_of(row->last),
                                      .qty = amount_of(row->traded),
                                      .market = market,
                                      .side = house == 0 ? SIDE_SELL : SIDE_BUY,
                                      .type = ORDER_TYPE_LIMIT,
                                      .tif = TIME_IN_FORCE_GTC};
        TRY(venue_maker_put(maker, &order, sizeof(order), COMMAND_ORDER, house));
    }
    return FAULT_NONE;
}

/* May cancel and withdraw, but not trade; deposits are held. */
static enum fault put_restriction(struct venue_maker *maker, u32 account)
{
    struct command_restrict restriction = {.cause = RESTRICT_CAUSE};
    bool is_known = restriction_mode_of(RESTRICTION_MODE_WITHDRAW_ONLY, &restriction.restrictions);
    CHECK(is_known);
    return venue_maker_put(maker, &restriction, sizeof(restriction), COMMAND_RESTRICT, account);
}

/* ---- keys ---- */

static enum fault put_ed25519(struct venue_maker *maker, struct test_venue *venue)
{
    struct keystore_row row = {.kind = KEY_KIND_ED25519};
    struct sign_key opened;
    u8 public_key[SIGN_PUBLIC_BYTES];
    TRY(sign_pair_make(&venue->pair));
    row.public = span_of_text(venue->pair.public_pem);
    TRY(sign_key_open_public(row.public, &opened));
    enum fault fault = sign_key_public(&opened, public_key);
    sign_key_close(&opened);
    TRY(fault);
    TRY(venue_key_invent(&venue->ed25519));
    secret_wipe(venue->ed25519.secret, sizeof(venue->ed25519.secret));
    memcpy(row.name, venue->ed25519.name, sizeof(row.name));
    return venue_maker_key(maker, venue->accounts[TEST_ACCOUNT_A], ALL_RIGHTS, &row, public_key);
}

/* ---- officers ---- */

const struct test_officer test_officers[TEST_OFFICERS_COUNT] = {
    {"anna", "compliance", 11},
    {"bela", "law", 12},
};

static enum fault key_path(const char *folder, const struct test_officer *officer,
                           char path_out[FILE_PATH_BYTES])
{
    int size = snprintf(path_out, FILE_PATH_BYTES, "%s/" TEST_OFFICERS_FOLDER "/%s.pem", folder,
                        officer->code);
    return size > 0 && (size_t)size < FILE_PATH_BYTES
               ? FAULT_NONE
               : FAULT(FAULT_LIMIT, "%.200s...: the path is too long", folder);
}

/* Makes an officer's keys, and the line of the register. */
static enum fault officer_make(const char *folder, const struct test_officer *officer, char *line,
                               size_t line_bytes)
{
    char path[FILE_PATH_BYTES];
    char public_key[SIGN_PUBLIC_TEXT_BYTES];
    char signature[SIGN_SIGNATURE_TEXT_BYTES];
    struct sign_pair pair;
    TRY(key_path(folder, officer, path));
    TRY(sign_pair_make(&pair));
    struct span pem = span_of_text(pair.private_pem);
    enum fault fault = sign_with_private(pem, pem, public_key, signature);
    fault = fault == FAULT_NONE ? text_file_put(path, pem.data, pem.size, true) : fault;
    secret_wipe(&pair, sizeof(pair));
    TRY(fault);
    (void)snprintf(line, line_bytes, "%s %u %s %s\n", officer->code, officer->number,
                   officer->group, public_key);
    return FAULT_NONE;
}

static enum fault put_officers(const char *folder)
{
    char text[OFFICERS_FILE_BYTES] = "# code number group public key\n";
    char path[FILE_PATH_BYTES];
    TRY(file_path(path, folder, TEST_OFFICERS_FOLDER));
    TRY(disk_make_folder(disk_real(), path));
    for (u32 i = 0; i < TEST_OFFICERS_COUNT; i += 1) {
        size_t used = strlen(text);
        TRY(officer_make(folder, &test_officers[i], text + used, sizeof(text) - used));
    }
    TRY(file_path(path, folder, OFFICERS_FILE));
    return text_file_put(path, text, strlen(text), false);
}

/* ---- the venue ---- */

static enum fault put_all(struct venue_maker *maker, struct test_venue *venue)
{
    for (u16 asset = 0; asset < ARRAY_COUNT(assets); asset += 1) {
        TRY(venue_maker_asset(maker, asset, assets[asset].name));
    }
    for (u16 market = 0; market < ARRAY_COUNT(markets); market += 1) {
        TRY(venue_maker_market(maker, market, &markets[market].market));
    }
    for (u32 account = 0; account < HOUSES + TEST_ACCOUNTS_COUNT; account += 1) {
        TRY(put_account(maker, account));
    }
    for (u16 market = 0; market < ARRAY_COUNT(markets); market += 1) {
        TRY(put_trade(maker, market));
    }
    for (u32 account = 0; account < TEST_ACCOUNTS_COUNT; account += 1) {
        venue->accounts[account] = HOUSES + account;
        TRY(venue_key_invent(&venue->hmac[account]));
        TRY(venue_maker_hmac(maker, venue->accounts[account], ALL_RIGHTS, &venue->hmac[account]));
    }
    TRY(put_ed25519(maker, venue));
    TRY(put_restriction(maker, venue->accounts[TEST_ACCOUNT_W]));
    return venue_maker_finish(maker);
}

enum fault test_venue_begin(const char *folder, const char *keys_folder,
                            struct test_venue *venue_out)
{
    struct venue_maker maker;
    memset(venue_out, 0, sizeof(*venue_out));
    enum fault fault = venue_maker_open(
        &maker, &(struct venue_maker_options){
                    .folder = folder, .keys_folder = keys_folder, .clock = clock_real()});
    if (fault == FAULT_NONE) {
        fault = put_all(&maker, venue_out);
    }
    venue_maker_close(&maker);
    (void)snprintf(venue_out->folder, sizeof(venue_out->folder), "%s", folder);
    return fault == FAULT_NONE ? put_officers(folder) : fault;
}

void test_venue_demo(const struct test_venue *venue, struct demo_accounts *accounts_out)
{
    static const struct {
        const char *account;
        const char *name;
    } rows[TEST_ACCOUNTS_COUNT] = {
        [TEST_ACCOUNT_A] = {"A", "A: may do everything"},
        [TEST_ACCOUNT_B] = {"B", "B: may do everything"},
        [TEST_ACCOUNT_W] = {"W", "W: may cancel and withdraw, not trade"},
    };
    memset(accounts_out, 0, sizeof(*accounts_out));
    for (u32 i = 0; i < TEST_ACCOUNTS_COUNT; i += 1) {
        struct demo_account *account = &accounts_out->list[i];
        (void)snprintf(account->account, sizeof(account->account), "%s", rows[i].account);
        (void)snprintf(account->name, sizeof(account->name), "%s", rows[i].name);
        memcpy(account->api_key, venue->hmac[i].name, sizeof(account->api_key));
        memcpy(account->secret, venue->hmac[i].secret, sizeof(account->secret));
    }
    accounts_out->count = TEST_ACCOUNTS_COUNT;
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

void test_addresses_put(struct json_writer *json, const struct test_addresses *addresses, pid_t pid)
{
    const char *http = addresses->is_tls ? "https" : "http";
    const char *ws = addresses->is_tls ? "wss" : "ws";
    url_put(json, "rest", http, addresses->host, "");
    url_put(json, "ws_stream", ws, addresses->host, "");
    url_put(json, "ws_api", ws, addresses->host, "/ws-api/v3");
    url_put(json, "metrics", "http", addresses->admin_host, "/metrics");
    json_key(json, "pid");
    json_put_u64(json, (u64)pid);
    json_key(json, "admin");
    json_put_text(json, addresses->admin);
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

static void officers_put(struct json_writer *json, const struct test_venue *venue)
{
    json_key(json, "officers");
    json_array_begin(json);
    for (u32 i = 0; i < TEST_OFFICERS_COUNT; i += 1) {
        char path[FILE_PATH_BYTES] = "";
        char whole[PATH_MAX];
        if (key_path(venue->folder, &test_officers[i], path) != FAULT_NONE) {
            fault_forget();
        }
        json_object_begin(json);
        json_key(json, "code");
        json_put_text(json, test_officers[i].code);
        json_key(json, "number");
        json_put_u64(json, test_officers[i].number);
        json_key(json, "key");
        json_put_text(json, realpath(path, whole) == NULL ? path : whole);
        json_object_end(json);
    }
    json_array_end(json);
}

enum fault test_venue_write(const struct test_venue *venue, const struct test_addresses *addresses,
                            pid_t pid, const char *path)
{
    static char text[JSON_BYTES];
    struct json_writer json;
    json_begin(&json, text, sizeof(text));
    json_object_begin(&json);
    test_addresses_put(&json, addresses, pid);
    json_key(&json, "accounts");
    json_object_begin(&json);
    account_put(&json, venue, TEST_ACCOUNT_A, "A");
    account_put(&json, venue, TEST_ACCOUNT_B, "B");
    account_put(&json, venue, TEST_ACCOUNT_W, "W");
    json_object_end(&json);
    officers_put(&json, venue);
    json_object_end(&json);
    size_t length = json_end(&json);
    CHECK(length > 0);
    text[length] = '\n';
    enum fault fault = text_file_put(path, text, length + 1, true);
    secret_wipe(text, sizeof(text));
    return fault;
}
