/* Aim: the test venue is a whole venue: it replays, its money adds up, its last prices and accounts
 * are as promised, and the keys file says the same and is its owner's alone.
 *
 * Method: it is begun in a temporary folder, verified from its journal, and looked at through a
 * view that follows its event log from the first event. */
#include "app/test_venue.h"

#include "base/span.h"
#include "io/clock.h"
#include "role/engine/verify.h"
#include "role/gateway/feed.h"
#include "role/gateway/keystore.h"
#include "role/gateway/view_account.h"
#include "role/gateway/view_key.h"
#include "role/gateway/view_market.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char base[64];
static char folder[128];
static char keys_folder[128];
static struct test_venue venue;

static int setup(void **state)
{
    (void)state;
    (void)snprintf(base, sizeof(base), "/tmp/cambist-test-venue-XXXXXX");
    assert_non_null(mkdtemp(base));
    (void)snprintf(folder, sizeof(folder), "%s/venue", base);
    (void)snprintf(keys_folder, sizeof(keys_folder), "%s/keys", base);
    enum fault fault = test_venue_begin(folder, keys_folder, &venue);
    if (fault != FAULT_NONE) {
        fail_msg("%s", fault_text());
    }
    return 0;
}

static int teardown(void **state)
{
    char command[160];
    (void)state;
    (void)snprintf(command, sizeof(command), "rm -rf -- '%s'", base);
    return system(command);
}

static void it_replays_and_adds_up(void **state)
{
    struct verify_options options = {.disk = disk_real(), .clock = clock_real(), .folder = folder};
    struct verify_report report;
    (void)state;
    assert_int_equal(verify_run(&options, &report), FAULT_NONE);
    assert_true(report.sealed);
    assert_int_equal(report.assets, 6);
    assert_int_equal(report.voided, 0);
    /* Nobody begins a second one on top of it. */
    struct test_venue second;
    assert_int_equal(test_venue_begin(folder, keys_folder, &second), FAULT_DIVERGED);
}

static void nothing(struct feed_sink *sink, const struct feed_command *command)
{
    (void)sink;
    (void)command;
}

static void key_is_known(struct view *view, const struct venue_key *key, u32 account, u8 kind)
{
    u8 id[KEY_ID_BYTES];
    assert_int_equal(strlen(key->name), AUTH_KEY_BYTES);
    assert_int_equal(keys_id(span_of_text(key->name), id), FAULT_NONE);
    const struct view_key *known = view_key_of(view, id);
    assert_non_null(known);
    assert_int_equal(known->account, account);
    assert_int_equal(known->kind, kind);
}

static void it_is_as_promised(void **state)
{
    static const struct {
        const char *name;
        u64 last;
    } markets[] = {{"BTCUSDT", 3000000000000}, {"ETHUSDT", 200000000000}, {"ETHBTC", 6666000}};
    struct feed_sink sink = {.command = nothing};
    struct feed_options options = {.disk = disk_real(),
                                   .folder = folder,
                                   .config = {.closed_orders_max = 100,
                                              .closed_lists_max = 100,
                                              .fills_max = 100,
                                              .trades_max = 128,
                                              .changes_max = 128},
                                   .sink = &sink};
    struct feed *feed = NULL;
    bool some = true;
    (void)state;
    assert_int_equal(feed_open(&feed, &options), FAULT_NONE);
    while (some) {
        assert_int_equal(feed_step(feed, 1000, &some), FAULT_NONE);
    }
    struct view *view = feed_view(feed);
    for (u32 index = 0; index < ARRAY_COUNT(markets); index += 1) {
        u8 name[16] = {0};
        u16 market = 0;
        memcpy(name, markets[index].name, strlen(markets[index].name));
        assert_true(view_market_by_name(view, name, &market));
        assert_int_equal(view_market_of(view, market)->last.units, markets[index].last);
        const struct command_fee_set *fees = view_market_fees(view, market, 0);
        assert_int_equal(fees->standard_maker, 100000);
        assert_int_equal(fees->standard_taker, 100000);
    }
    for (u32 index = 0; index < TEST_ACCOUNTS_COUNT; index += 1) {
        const struct view_account *account = view_account_of(view, venue.accounts[index]);
        assert_non_null(account);
        /* W may only withdraw: app/restriction_modes.h */
        assert_int_equal(account->restrictions, index == TEST_ACCOUNT_W ? 0x284a : 0);
        for (u16 asset = 0; asset < 2; asset += 1) {
            const struct view_balance *balance =
                view_balance_of(view, venue.accounts[index], asset);
            assert_non_null(balance);
            assert_true(balance->free.units > 0);
        }
        key_is_known(view, &venue.hmac[index], venue.accounts[index], KEY_KIND_HMAC);
    }
    key_is_known(view, &venue.ed25519, venue.accounts[TEST_ACCOUNT_A], KEY_KIND_ED25519);
    assert_int_equal(view_keys_count(view), TEST_ACCOUNTS_COUNT + 1);
    feed_close(feed);
}

struct looker {
    struct keystore_reader reader;
    u32 found;
};

static enum fault see(struct keystore_reader *reader, const struct keystore_row *row)
{
    struct looker *looker = (struct looker *)(void *)reader;
    for (u32 index = 0; index < TEST_ACCOUNTS_COUNT; index += 1) {
        if (memcmp(row->name, venue.hmac[index].name, AUTH_KEY_BYTES) == 0) {
            assert_int_equal(row->secret.size, KEYS_SECRET_BYTES);
            assert_memory_equal(row->secret.data, venue.hmac[index].secret, KEYS_SECRET_BYTES);
            looker->found += 1;
        }
    }
    looker->found += memcmp(row->name, venue.ed25519.name, AUTH_KEY_BYTES) == 0 ? 1 : 0;
    return FAULT_NONE;
}

static void keys_are_stored(void **state)
{
    struct keystore keystore;
    struct looker looker = {.reader = {.row = see}};
    u32 unreadable = 0;
    (void)state;
    assert_int_equal(keystore_open(&keystore, keys_folder), FAULT_NONE);
    assert_int_equal(keystore_each(&keystore, &looker.reader, &unreadable), FAULT_NONE);
    assert_int_equal(looker.found, TEST_ACCOUNTS_COUNT + 1);
    assert_int_equal(unreadable, 0);
    keystore_close(&keystore);
}

static void read_text(const char *path, char *text, size_t size)
{
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    text[fread(text, 1, size - 1, file)] = 0;
    (void)fclose(file);
}

static void the_keys_file_says_it_all(void **state)
{
    char path[160];
    static char text[8192];
    struct stat status;
    (void)state;
    (void)snprintf(path, sizeof(path), "%s/keys.json", base);
    struct test_addresses addresses = {.host = "127.0.0.1:81",
                                       .admin_host = "127.0.0.1:82",
                                       .admin = "/admin.sock",
                                       .is_tls = true};
    assert_int_equal(test_venue_write(&venue, &addresses, 42, path), FAULT_NONE);
    read_text(path, text, sizeof(text));
    assert_non_null(strstr(text, "\"rest\":\"https://127.0.0.1:81\""));
    assert_non_null(strstr(text, "\"ws_stream\":\"wss://127.0.0.1:81\""));
    assert_non_null(strstr(text, "\"ws_api\":\"wss://127.0.0.1:81/ws-api/v3\""));
    addresses.is_tls = false;
    assert_int_equal(test_venue_write(&venue, &addresses, 42, path), FAULT_NONE);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);
    read_text(path, text, sizeof(text));
    assert_non_null(strstr(text, "\"rest\":\"http://127.0.0.1:81\""));
    assert_non_null(strstr(text, "\"ws_stream\":\"ws://127.0.0.1:81\""));
    assert_non_null(strstr(text, "\"ws_api\":\"ws://127.0.0.1:81/ws-api/v3\""));
    assert_non_null(strstr(text, "\"metrics\":\"http://127.0.0.1:82/metrics\""));
    assert_non_null(strstr(text, "\"pid\":42"));
    assert_non_null(strstr(text, venue.hmac[TEST_ACCOUNT_W].secret));
    assert_non_null(strstr(text, "BEGIN PRIVATE KEY"));
    struct demo_accounts demo;
    test_venue_demo(&venue, &demo);
    assert_int_equal(demo.count, TEST_ACCOUNTS_COUNT);
    assert_string_equal(demo.list[TEST_ACCOUNT_W].account, "W");
    assert_string_equal(demo.list[TEST_ACCOUNT_W].api_key, venue.hmac[TEST_ACCOUNT_W].name);
    assert_string_equal(demo.list[TEST_ACCOUNT_W].secret, venue.hmac[TEST_ACCOUNT_W].secret);
    test_venue_wipe(&venue);
    assert_int_equal(venue.hmac[TEST_ACCOUNT_W].secret[0], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(it_replays_and_adds_up, setup, teardown),
        cmocka_unit_test_setup_teardown(it_is_as_promised, setup, teardown),
        cmocka_unit_test_setup_teardown(keys_are_stored, setup, teardown),
        cmocka_unit_test_setup_teardown(the_keys_file_says_it_all, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
