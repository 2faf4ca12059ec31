/* Aim: the demo's venue is a whole venue that replays and adds up; its markets and accounts are as
 * promised; what it has written about its accounts is read back the same, is its owner's alone, and
 * the bots are told of themselves only.
 *
 * Method: it is begun in a temporary folder, verified from its journal, and looked at through a
 * view that follows its event log; the files are read back, also with one byte missing anywhere. */
#include "app/demo_venue.h"

#include "app/demo_people.h"
#include "app/speed.h"
#include "base/span.h"
#include "io/clock.h"
#include "io/file.h"
#include "role/engine/verify.h"
#include "role/gateway/feed.h"
#include "role/gateway/view_account.h"
#include "role/gateway/view_key.h"
#include "role/gateway/view_market.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* A year. */
#define BEHIND_US 31536000000000ULL

static char base[64];
static char folder[128];
static char keys_folder[160];
static struct demo_file made;

static int setup(void **state)
{
    (void)state;
    (void)snprintf(base, sizeof(base), "/tmp/cambist-demo-venue-XXXXXX");
    assert_non_null(mkdtemp(base));
    (void)snprintf(folder, sizeof(folder), "%s/venue", base);
    (void)snprintf(keys_folder, sizeof(keys_folder), "%s/keys", base);
    assert_int_equal(disk_make_folder(disk_real(), folder), FAULT_NONE);
    assert_int_equal(demo_venue_read(folder, &made), FAULT_MISSING);
    enum fault fault =
        demo_venue_begin(folder, keys_folder, 18446744073709551615ULL, BEHIND_US, &made);
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
    assert_int_equal(report.assets, DEMO_ASSETS_COUNT);
    assert_int_equal(report.voided, 0);
    u64 now_us = clock_wall_us(clock_real());
    assert_in_range(report.time_us, now_us - BEHIND_US - 600000000, now_us - BEHIND_US);
}

static void nothing(struct feed_sink *sink, const struct feed_command *command)
{
    (void)sink;
    (void)command;
}

static void its_markets_and_keys_are_known(void **state)
{
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
    u32 bots = 0;
    (void)state;
    assert_int_equal(feed_open(&feed, &options), FAULT_NONE);
    while (some) {
        assert_int_equal(feed_step(feed, 1000, &some), FAULT_NONE);
    }
    struct view *view = feed_view(feed);
    for (u32 index = 0; index < DEMO_MARKETS_COUNT; index += 1) {
        const struct demo_market_row *row = &demo_markets[index];
        u8 name[16] = {0};
        u16 market = 0;
        memcpy(name, row->market.name, strlen(row->market.name));
        assert_true(view_market_by_name(view, name, &market));
        assert_int_equal(market, index);
        assert_int_equal(view_market_of(view, market)->last.units, 0); /* no trade is made up */
        assert_true(view_market_fees(view, market, 0)->standard_maker > 0);
        assert_true(view_market_fees(view, market, 0)->standard_taker > 0);
        assert_int_equal(row->grid % row->market.tick, 0);
    }
    for (u32 index = 0; index < made.holders_count; index += 1) {
        const struct demo_holder *holder = &made.holders[index];
        u8 id[KEY_ID_BYTES];
        assert_int_equal(keys_id(span_of_text(holder->key.name), id), FAULT_NONE);
        const struct view_key *key = view_key_of(view, id);
        assert_non_null(key);
        assert_int_equal(key->account, holder->number);
        assert_int_equal((key->rights & KEY_RIGHT_WITHDRAW) == 0, holder->is_bot);
        bots += holder->is_bot;
        /* Those for whom rules matter have bitcoin alone (demo_people_test.c). */
        u16 assets = demo_person_find(holder->account) == NULL ? DEMO_ASSETS_COUNT : DEMO_BTC + 1;
        for (u16 asset = 0; asset < assets; asset += 1) {
            const struct view_balance *balance = view_balance_of(view, holder->number, asset);
            assert_non_null(balance);
            assert_true(balance->free.units > 0);
        }
    }
    assert_int_equal(bots, DEMO_MARKETS_COUNT + DEMO_TAKERS_COUNT);
    assert_true(made.holders_count - bots >= 2);
    feed_close(feed);
}

static void path_of(const char *name, char path[256])
{
    (void)snprintf(path, 256, "%s/%s", folder, name);
}

static void mode_is_secret(const char *path)
{
    struct stat about;
    assert_int_equal(stat(path, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
}

static void what_is_written_is_read(void **state)
{
    static struct demo_file read;
    char path[256];
    (void)state;
    assert_int_equal(demo_venue_read(folder, &read), FAULT_NONE);
    assert_memory_equal(&read, &made, sizeof(made));
    path_of(DEMO_ACCOUNTS_FILE, path);
    mode_is_secret(path);
    assert_int_equal(demo_venue_tell_bots(folder, &made, "http://127.0.0.1:8080"), FAULT_NONE);
    path_of(DEMO_BOTS_FILE, path);
    mode_is_secret(path);
    assert_int_equal(demo_file_read(path, &read), FAULT_NONE);
    assert_string_equal(read.rest, "http://127.0.0.1:8080");
    assert_true(read.seed == made.seed);
    assert_true(read.clock_behind_us == BEHIND_US);
    assert_int_equal(read.holders_count, DEMO_MARKETS_COUNT + DEMO_TAKERS_COUNT);
    for (u32 index = 0; index < read.holders_count; index += 1) {
        const struct demo_holder *holder = &read.holders[index];
        assert_true(holder->is_bot);
        assert_memory_equal(demo_file_find(&made, holder->account), holder, sizeof(*holder));
    }
    assert_non_null(demo_file_find(&read, "maker-btcusdt"));
    assert_non_null(demo_file_find(&read, "taker-2"));
    assert_null(demo_file_find(&read, "ada"));
}

static void spoiled_files_are_refused(void **state)
{
    static struct demo_file read;
    static u8 text[DEMO_FILE_BYTES_MAX];
    char path[256];
    size_t bytes = 0;
    struct file file;
    (void)state;
    path_of(DEMO_ACCOUNTS_FILE, path);
    assert_int_equal(file_open(disk_real(), path, 0, &file), FAULT_NONE);
    assert_int_equal(file_read_at(&file, 0, text, sizeof(text), &bytes), FAULT_NONE);
    file_close(&file);
    assert_int_equal(demo_file_parse("it", span_of(text, bytes), &read), FAULT_NONE);
    for (size_t size = 0; size + 1 < bytes; size += 1) { /* the last byte ends the line */
        assert_int_equal(demo_file_parse("it", span_of(text, size), &read), FAULT_INPUT);
    }
    static const char *const wrong[] = {
        "{\"seed\":1}",
        "{\"seed\":\"x\"}",
        "{\"seeds\":\"1\"}",
        "{\"accounts\":[{}]}",
        "{\"accounts\":[{\"account\":\"a-name-that-is-too-long\"}]}",
        "{\"accounts\":[{\"account\":\"a\",\"apiKey\":\"short\",\"secret\":\"s\"}]}",
    };
    for (u32 index = 0; index < ARRAY_COUNT(wrong); index += 1) {
        assert_int_equal(demo_file_parse("it", span_of_text(wrong[index]), &read), FAULT_INPUT);
    }
}

static void speeds_are_numbers(void **state)
{
    static const char *const wrong[] = {"", "0", "x", "-1", "0.009", "100.001", "1.0005", "1e3"};
    u32 speed = 0;
    (void)state;
    assert_int_equal(speed_read("1", &speed), FAULT_NONE);
    assert_int_equal(speed, BOTS_SPEED_ONE);
    assert_int_equal(speed_read("0.01", &speed), FAULT_NONE);
    assert_int_equal(speed, 10);
    assert_int_equal(speed_read("100", &speed), FAULT_NONE);
    assert_int_equal(speed, BOTS_SPEED_MAX);
    for (u32 index = 0; index < ARRAY_COUNT(wrong); index += 1) {
        assert_int_equal(speed_read(wrong[index], &speed), FAULT_USAGE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_replays_and_adds_up),  cmocka_unit_test(its_markets_and_keys_are_known),
        cmocka_unit_test(what_is_written_is_read), cmocka_unit_test(spoiled_files_are_refused),
        cmocka_unit_test(speeds_are_numbers),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
