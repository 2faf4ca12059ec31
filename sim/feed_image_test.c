/* Aim: a gateway begins where it can: with the first event, with the newest image once the log was
 * collected, and before there is anything not at all. Method: a real engine in a temporary folder
 * with small segments; the views of two feeds are compared. */
#include "base/span.h"
#include "role/gateway/feed.h"
#include "role/gateway/view_account.h"
#include "role/gateway/view_book.h"
#include "role/gateway/view_market.h"
#include "tests/support/engine_scene.h"

enum { ORDERS = 6000, EVENT_SEGMENT = 1 << 19 };

static char base[SCENE_PATH_BYTES];
static char folder[FILE_PATH_BYTES];
static struct scene_commands commands;
static struct clock_false now;
static struct command_genesis genesis;

static void nothing(struct feed_sink *sink, const struct feed_command *command)
{
    (void)sink;
    (void)command;
}

static enum fault open_feed(struct feed **feed_out)
{
    static struct feed_sink sink = {.command = nothing};
    struct feed_options options = {.disk = disk_real(),
                                   .folder = folder,
                                   .config = {.closed_orders_max = 100,
                                              .closed_lists_max = 100,
                                              .fills_max = 100,
                                              .trades_max = 128,
                                              .changes_max = 128},
                                   .sink = &sink};
    return feed_open(feed_out, &options);
}

static void catch_up(struct feed *feed)
{
    bool some = true;
    view_history_passed(feed_view(feed), UINT64_MAX);
    while (some) {
        scene_must(feed_step(feed, 1000, &some));
    }
}

/* Both know the same last price, update id and balances. */
static void compare(struct feed *a, struct feed *b)
{
    assert_true(feed_position(a) == feed_position(b));
    assert_true(view_market_of(feed_view(a), 0)->last.units ==
                view_market_of(feed_view(b), 0)->last.units);
    assert_true(view_book_update_id(feed_view(a), 0) == view_book_update_id(feed_view(b), 0));
    for (u32 account = 0; account < SCENE_ACCOUNTS; account += 1) {
        for (u16 asset = 0; asset < 2; asset += 1) {
            const struct view_balance *one = view_balance_of(feed_view(a), account, asset);
            const struct view_balance *two = view_balance_of(feed_view(b), account, asset);
            assert_true(one->free.units == two->free.units);
            assert_true(one->locked.units == two->locked.units);
        }
    }
}

static void a_collected_log_is_followed_from_its_image(void **state)
{
    (void)state;
    struct engine *engine = NULL;
    struct feed *whole = NULL;
    struct feed *part = NULL;
    struct engine_options options = {.disk = disk_real(),
                                     .clock = &now.clock,
                                     .folder = folder,
                                     .genesis = &genesis,
                                     .batch_commands = 300,
                                     .batch_bytes = 128 << 10,
                                     .journal_segment = 1 << 20,
                                     .event_segment = EVENT_SEGMENT};
    u32 removed = 0;
    assert_int_equal(open_feed(&whole), FAULT_MISSING);
    scene_must(engine_open(&engine, &options));
    scene_submit_all(engine, span_of(commands.bytes, commands.used));
    scene_must(engine_drain(engine));
    scene_must(open_feed(&whole));
    catch_up(whole);
    size_t done = commands.used;
    u64 image = scene_image(folder, &now.clock);
    scene_put_flow(&commands, test_seed() + 1, ORDERS / 10);
    scene_submit_all(engine, span_of(commands.bytes + done, commands.used - done));
    scene_must(engine_drain(engine));
    catch_up(whole);
    scene_must(engine_collect(engine, image, &removed));
    assert_true(removed > 0);

    scene_must(open_feed(&part));
    assert_true(feed_position(part) == image);
    catch_up(part);
    assert_true(feed_position(part) > image);
    compare(whole, part);
    feed_close(part);
    feed_close(whole);
    engine_close(engine);
}

static int make(void **state)
{
    (void)state;
    scene_folder_make(base);
    scene_must(file_path(folder, base, "venue"));
    genesis = scene_genesis();
    genesis.head.source_index = 1;
    clock_false_init(&now, 1700000000000000);
    scene_commands_init(&commands);
    commands.source_index = 1;
    scene_put_venue(&commands);
    scene_put_flow(&commands, test_seed(), ORDERS);
    return 0;
}

static int clear(void **state)
{
    (void)state;
    scene_commands_free(&commands);
    scene_folder_remove(base);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_collected_log_is_followed_from_its_image, make, clear),
    };
    return cmocka_run_group_tests_name("feed_image", tests, NULL, NULL);
}
