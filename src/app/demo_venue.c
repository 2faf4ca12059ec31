#include "app/demo_venue.h"

#include "app/demo_people.h"
#include "app/text_file.h"
#include "app/venue_rules.h"
#include "base/check.h"
#include "base/secret.h"
#include "io/clock.h"
#include "io/file.h"
#include "wire/json.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define JSON_BYTES 8192U

struct person_row {
    const char *account;
    const char *name;
};

/* Nobody is meant. */
static const struct person_row people[] = {
    {"ada", "Ada Lindqvist"},
    {"bruno", "Bruno Okafor"},
    {"camille", "Camille Deschamps"},
    {"demir", "Demir Aslan"},
};

struct funds_row {
    u64 person;
    u64 bot; /* enough for many years of the model's orders */
};

static const struct funds_row funds[DEMO_ASSETS_COUNT] = {
    [DEMO_BTC] = {10, 100000},           [DEMO_ETH] = {100, 1000000},
    [DEMO_USDT] = {500000, 5000000000},  [DEMO_EUR] = {100000, 5000000000},
    [DEMO_RUB] = {20000000, 5000000000},
};

#define RIGHTS_PERSON (KEY_RIGHT_READ | KEY_RIGHT_TRADE | KEY_RIGHT_WITHDRAW)
#define RIGHTS_BOT    (KEY_RIGHT_READ | KEY_RIGHT_TRADE)

_Static_assert(ARRAY_COUNT(people) + DEMO_MARKETS_COUNT + DEMO_TAKERS_COUNT + DEMO_PEOPLE_COUNT <=
                   DEMO_HOLDERS_MAX,
               "one each");

/* ---- who there is ---- */

static struct demo_holder *holder_add(struct demo_file *file, bool is_bot)
{
    CHECK(file->holders_count < DEMO_HOLDERS_MAX);
    struct demo_holder *holder = &file->holders[file->holders_count];
    holder->number = file->holders_count;
    holder->is_bot = is_bot;
    file->holders_count += 1;
    return holder;
}

static void holders_fill(struct demo_file *file)
{
    for (u32 index = 0; index < ARRAY_COUNT(people); index += 1) {
        struct demo_holder *holder = holder_add(file, false);
        (void)snprintf(holder->account, sizeof(holder->account), "%s", people[index].account);
        (void)snprintf(holder->name, sizeof(holder->name), "%s", people[index].name);
    }
    for (u32 market = 0; market < DEMO_MARKETS_COUNT; market += 1) {
        struct demo_holder *holder = holder_add(file, true);
        const char *name = demo_markets[market].market.name;
        (void)snprintf(holder->account, sizeof(holder->account), DEMO_MAKER_PREFIX "%s", name);
        for (char *letter = holder->account; *letter != 0; letter += 1) {
            *letter = (char)tolower((unsigned char)*letter);
        }
        (void)snprintf(holder->name, sizeof(holder->name), "Bot that quotes %s", name);
    }
    for (u32 taker = 1; taker <= DEMO_TAKERS_COUNT; taker += 1) {
        struct demo_holder *holder = holder_add(file, true);
        (void)snprintf(holder->account, sizeof(holder->account), DEMO_TAKER_ACCOUNT, taker);
        (void)snprintf(holder->name, sizeof(holder->name), "Bot that takes, %u", taker);
    }
    for (u32 index = 0; index < DEMO_PEOPLE_COUNT; index += 1) {
        struct demo_holder *holder = holder_add(file, false);
        (void)snprintf(holder->account, sizeof(holder->account), "%s", demo_people[index].account);
        (void)snprintf(holder->name, sizeof(holder->name), "%s", demo_people[index].name);
    }
}

/* ---- the venue ---- */

static enum fault put_holder(struct venue_maker *maker, const struct demo_holder *holder)
{
    TRY(venue_maker_account(maker));
    bool is_of_rules = demo_person_find(holder->account) != NULL; /* demo_people_put pays them */
    for (u16 asset = 0; asset < DEMO_ASSETS_COUNT && !is_of_rules; asset += 1) {
        u64 whole = holder->is_bot ? funds[asset].bot : funds[asset].person;
        TRY(venue_maker_deposit(maker, holder->number, asset, whole));
    }
    return venue_maker_hmac(maker, holder->number, holder->is_bot ? RIGHTS_BOT : RIGHTS_PERSON,
                            &holder->key);
}

static enum fault put_all(struct venue_maker *maker, struct demo_file *file)
{
    for (u16 asset = 0; asset < DEMO_ASSETS_COUNT; asset += 1) {
        TRY(venue_maker_asset(maker, asset, demo_assets[asset]));
    }
    for (u16 market = 0; market < DEMO_MARKETS_COUNT; market += 1) {
        TRY(venue_maker_market(maker, market, &demo_markets[market].market));
    }
    for (u32 index = 0; index < file->holders_count; index += 1) {
        TRY(venue_key_invent(&file->holders[index].key));
        TRY(put_holder(maker, &file->holders[index]));
    }
    TRY(demo_people_put(maker, file->seed, file->holders_count - DEMO_PEOPLE_COUNT));
    return venue_maker_finish(maker);
}

enum fault demo_venue_moved(const char *folder, const struct demo_file *file)
{
    char path[FILE_PATH_BYTES];
    TRY(file_path(path, folder, DEMO_ACCOUNTS_FILE));
    return demo_file_write(path, file);
}

enum fault demo_venue_begin(const char *folder, const char *keys_folder, u64 seed, u64 behind_us,
                            struct demo_file *file_out)
{
    char path[FILE_PATH_BYTES];
    struct venue_maker maker;
    struct clock_behind clock;
    clock_behind_init(&clock, behind_us);
    *file_out = (struct demo_file){.seed = seed, .clock_behind_us = behind_us};
    holders_fill(file_out);
    TRY(file_path(path, folder, DEMO_FOLDER));
    TRY(disk_make_folder(disk_real(), path));
    TRY(venue_rules_officers(folder));
    enum fault fault = venue_maker_open(
        &maker, &(struct venue_maker_options){
                    .folder = folder, .keys_folder = keys_folder, .clock = &clock.clock});
    if (fault == FAULT_NONE) {
        fault = put_all(&maker, file_out);
    }
    venue_maker_close(&maker);
    TRY(fault);
    return demo_venue_moved(folder, file_out);
}

enum fault demo_venue_read(const char *folder, struct demo_file *file_out)
{
    char path[FILE_PATH_BYTES];
    bool exists = false;
    TRY(file_path(path, folder, DEMO_ACCOUNTS_FILE));
    TRY(disk_exists(disk_real(), path, &exists));
    return exists ? demo_file_read(path, file_out)
                  : FAULT(FAULT_MISSING,
                          "%s: holds a venue that is no demo, or one whose making was cut short: "
                          "begin in another folder",
                          folder);
}

/* ---- what is told ---- */

/* The list of sources of prices has one: the world of the bots, which nobody at the venue moves. */
enum fault demo_venue_sources(const char *folder)
{
    static const char text[] = "# The demo's world, as cambist bots tells of it.\n"
                               "world file " DEMO_PRICES_FILE "\n";
    char path[FILE_PATH_BYTES];
    TRY(disk_make_folder(disk_real(), folder));
    TRY(file_path(path, folder, DEMO_FOLDER));
    TRY(disk_make_folder(disk_real(), path));
    TRY(file_path(path, folder, DEMO_SOURCES_FILE));
    return text_file_put(path, text, sizeof(text) - 1, false);
}

_Static_assert(ARRAY_COUNT(people) + DEMO_PEOPLE_COUNT <= DEMO_ACCOUNTS_MAX, "one each");

void demo_venue_sign(const struct demo_file *file, struct demo_accounts *accounts_out)
{
    memset(accounts_out, 0, sizeof(*accounts_out));
    for (u32 index = 0; index < file->holders_count; index += 1) {
        const struct demo_holder *holder = &file->holders[index];
        if (holder->is_bot || accounts_out->count == DEMO_ACCOUNTS_MAX) {
            continue;
        }
        struct demo_account *account = &accounts_out->list[accounts_out->count];
        (void)snprintf(account->account, sizeof(account->account), "%s", holder->account);
        (void)snprintf(account->name, sizeof(account->name), "%s", holder->name);
        const struct demo_person *person = demo_person_find(holder->account);
        account->about_en = person == NULL ? NULL : person->about_en;
        account->about_fr = person == NULL ? NULL : person->about_fr;
        memcpy(account->api_key, holder->key.name, sizeof(account->api_key));
        memcpy(account->secret, holder->key.secret, sizeof(account->secret));
        accounts_out->count += 1;
    }
}

enum fault demo_venue_tell_bots(const char *folder, const struct demo_file *file, const char *rest)
{
    char path[FILE_PATH_BYTES];
    struct demo_file bots = {.seed = file->seed, .clock_behind_us = file->clock_behind_us};
    (void)snprintf(bots.rest, sizeof(bots.rest), "%s", rest);
    TRY(file_path(path, folder, DEMO_PRICES_FILE));
    (void)snprintf(bots.prices, sizeof(bots.prices), "%s", path);
    for (u32 index = 0; index < file->holders_count; index += 1) {
        if (file->holders[index].is_bot) {
            bots.holders[bots.holders_count] = file->holders[index];
            bots.holders_count += 1;
        }
    }
    TRY(file_path(path, folder, DEMO_BOTS_FILE));
    enum fault fault = demo_file_write(path, &bots);
    secret_wipe(&bots, sizeof(bots));
    return fault;
}

enum fault demo_venue_tell_all(const struct demo_file *file, const struct test_addresses *addresses,
                               pid_t pid, const char *path)
{
    char text[JSON_BYTES];
    struct json_writer json;
    json_begin(&json, text, sizeof(text));
    json_object_begin(&json);
    test_addresses_put(&json, addresses, pid);
    json_key(&json, "accounts");
    json_object_begin(&json);
    for (u32 index = 0; index < file->holders_count; index += 1) {
        const struct demo_holder *holder = &file->holders[index];
        if (holder->is_bot) {
            continue;
        }
        json_key(&json, holder->account);
        json_object_begin(&json);
        json_key(&json, "id");
        json_put_u64(&json, holder->number);
        json_key(&json, "name");
        json_put_text(&json, holder->name);
        json_key(&json, "apiKey");
        json_put_text(&json, holder->key.name);
        json_key(&json, "secret");
        json_put_text(&json, holder->key.secret);
        json_object_end(&json);
    }
    json_object_end(&json);
    json_object_end(&json);
    size_t length = json_end(&json);
    CHECK(length > 0);
    text[length] = '\n';
    enum fault fault = text_file_put(path, text, length + 1, true);
    secret_wipe(text, sizeof(text));
    return fault;
}
