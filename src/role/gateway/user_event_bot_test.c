/* Aim: whoever knows nothing but an account's user data events knows its balances and open orders,
 * and executions add up. Method: random commands; a bot for each account, which reads the JSON and
 * keeps what it says; after each command the bots are compared with the view. */
#include "base/span.h"
#include "role/gateway/order_json.h"
#include "role/gateway/user_event.h"
#include "role/gateway/view_account.h"
#include "tests/support/json_fields.h"
#include "tests/support/test.h"
#include "tests/support/view_check.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COMMANDS         1500U
#define BOT_ORDERS_MAX   4096U
#define BOT_BALANCES_MAX 16U

struct bot_order {
    u64 id;
    u64 qty;
    u64 executed;
    u64 quote_done;
    u64 prevented;
    char client[CLIENT_ID_SYMBOLS_MAX + 1];
    char status[20];
    bool is_open;
    bool is_working;
};

struct bot_balance {
    char asset[9];
    u64 free;
    u64 locked;
};

struct bot {
    struct bot_order orders[BOT_ORDERS_MAX];
    u32 orders_count;
    struct bot_balance balances[BOT_BALANCES_MAX];
    u32 balances_count;
    u32 fills_announced; /* first fills that the sink was told of */
    u32 fills_seen;
    u64 events;
};

static struct bot bots[WORLD_ACCOUNTS];
static const struct view *bot_view;

/* ---- the bot ---- */

static struct bot_order *bot_order_of(struct bot *bot, u64 id)
{
    for (u32 i = bot->orders_count; i-- > 0;) {
        if (bot->orders[i].id == id) {
            return &bot->orders[i];
        }
    }
    assert_true(bot->orders_count < BOT_ORDERS_MAX);
    struct bot_order *order = &bot->orders[bot->orders_count++];
    *order = (struct bot_order){.id = id};
    return order;
}

static bool is_end(const struct json_fields *fields)
{
    return json_is(fields, "X", "FILLED") || json_is(fields, "X", "CANCELED") ||
           json_is(fields, "X", "EXPIRED") || json_is(fields, "X", "EXPIRED_IN_MATCH");
}

static void bot_trade(struct bot *bot, struct bot_order *order, const struct json_fields *fields)
{
    bot->fills_seen += order->executed == 0;
    assert_true(json_units(fields, "l") > 0 && json_number(fields, "t") > 0);
    order->executed += json_units(fields, "l");
    order->quote_done += json_units(fields, "Y");
    assert_false(json_is_null(fields, "N"));
    assert_true(json_is(fields, "N", json_is(fields, "S", "BUY") ? "BTC" : "USDT"));
    assert_true(json_has(fields, "W"));
}

static void bot_execution(struct bot *bot, const struct json_fields *fields)
{
    u64 id = json_number(fields, "i");
    assert_true(id > 0);
    struct bot_order *order = bot_order_of(bot, id);
    bool is_new = order->status[0] == 0;
    assert_true(is_new || order->is_open);
    assert_true(!is_new || json_is(fields, "x", "NEW"));
    if (json_is(fields, "x", "TRADE")) {
        bot_trade(bot, order, fields);
    } else {
        assert_int_equal(json_units(fields, "l"), 0);
        assert_int_equal(json_units(fields, "Y"), 0);
    }
    if (json_is(fields, "x", "TRADE_PREVENTION")) {
        order->prevented += json_units(fields, "B");
        assert_true(json_units(fields, "pl") > 0 && json_number(fields, "U") > 0);
    }
    assert_int_equal(order->executed, json_units(fields, "z"));
    assert_int_equal(order->quote_done, json_units(fields, "Z"));
    assert_int_equal(order->prevented, json_has(fields, "A") ? json_units(fields, "A") : 0);
    bool is_replaced = json_is(fields, "x", "REPLACED");
    assert_true(is_new || (order->qty > json_units(fields, "q")) == is_replaced);
    assert_true(is_replaced || is_new || order->qty == json_units(fields, "q"));
    assert_true(!is_replaced || json_is(fields, "X", order->status));
    order->qty = json_units(fields, "q");
    assert_true(order->qty >= order->executed + order->prevented);
    if (json_is(fields, "x", "CANCELED")) {
        /* The cancellation has a name of its own. */
        char original[CLIENT_ID_SYMBOLS_MAX + 1];
        json_text(fields, "C", original, sizeof original);
        assert_string_equal(original, order->client);
    } else if (is_replaced) {
        char original[CLIENT_ID_SYMBOLS_MAX + 1];
        json_text(fields, "C", original, sizeof original);
        assert_string_equal(original, order->client);
        json_text(fields, "c", order->client, sizeof order->client);
    } else if (is_new) {
        json_text(fields, "c", order->client, sizeof order->client);
    } else {
        char client[CLIENT_ID_SYMBOLS_MAX + 1];
        json_text(fields, "c", client, sizeof client);
        assert_string_equal(client, order->client);
    }
    json_text(fields, "X", order->status, sizeof order->status);
    order->is_open = !is_end(fields);
    order->is_working = json_is(fields, "w", "true");
    assert_true(order->is_open || !order->is_working);
    assert_true(json_is(fields, "x", "EXPIRED") || !json_has(fields, "eR"));
    assert_true(order->is_working || order->is_open || !json_is(fields, "x", "NEW"));
    assert_true(!order->is_working || json_has(fields, "W"));
}

static struct bot_balance *bot_balance_of(struct bot *bot, const char *asset)
{
    for (u32 i = 0; i < bot->balances_count; i++) {
        if (strcmp(bot->balances[i].asset, asset) == 0) {
            return &bot->balances[i];
        }
    }
    assert_true(bot->balances_count < BOT_BALANCES_MAX);
    struct bot_balance *balance = &bot->balances[bot->balances_count++];
    *balance = (struct bot_balance){0};
    memcpy(balance->asset, asset, strlen(asset) + 1);
    return balance;
}

static void bot_position(struct bot *bot, const struct json_fields *fields)
{
    struct json_pull pull;
    struct json_fields row;
    json_fields_array(&pull, json_value(fields, "B"));
    u32 rows = 0;
    for (; json_fields_next(&pull, &row); rows++) {
        char asset[9];
        json_text(&row, "a", asset, sizeof asset);
        struct bot_balance *balance = bot_balance_of(bot, asset);
        balance->free = json_units(&row, "f");
        balance->locked = json_units(&row, "l");
    }
    assert_true(rows > 0);
}

static void on_event(struct user_sink *sink, u32 account, struct user_event *event)
{
    (void)sink;
    struct bot *bot = &bots[account];
    bot->events++;
    struct span text = user_event_text(event, bot->events % 2 == 0);
    struct json_fields fields;
    json_fields_of(text, &fields);
    if (json_is(&fields, "e", "executionReport")) {
        bot_execution(bot, &fields);
    } else if (json_is(&fields, "e", "outboundAccountPosition")) {
        bot_position(bot, &fields);
    } else {
        assert_true(json_is(&fields, "e", "listStatus") || json_is(&fields, "e", "balanceUpdate"));
    }
}

static bool listens(struct user_sink *sink, u32 account)
{
    (void)sink;
    assert_true(account < WORLD_ACCOUNTS);
    return true;
}

static void on_filled(struct user_sink *sink, u32 account, bool is_maker)
{
    (void)sink;
    (void)is_maker;
    bots[account].fills_announced++;
}

/* ---- against the view ---- */

static void compare_orders(struct bot *bot, u32 account)
{
    u32 open = 0;
    const struct view_order *order = view_order_newest(bot_view, account, true);
    for (; order != NULL; order = view_order_older(bot_view, order)) {
        struct bot_order *known = bot_order_of(bot, order->id);
        struct order_shown shown = order_shown_of_view(order);
        char client[CLIENT_ID_SYMBOLS_MAX + 1];
        (void)client_id_print(&order->client, client);
        assert_true(known->is_open);
        assert_string_equal(known->status, order_status_name(view_order_status(order)));
        assert_string_equal(known->client, client);
        assert_int_equal(known->qty, shown.qty.units);
        assert_int_equal(known->executed, shown.executed.units);
        assert_int_equal(known->quote_done, shown.quote_done.units);
        assert_int_equal(known->prevented, shown.prevented.units);
        assert_int_equal(known->is_working, order->is_working);
        open++;
    }
    u32 known_open = 0;
    for (u32 i = 0; i < bot->orders_count; i++) {
        known_open += bot->orders[i].is_open;
    }
    assert_int_equal(known_open, open);
}

static void compare_closed(const struct bot *bot)
{
    for (u32 i = 0; i < bot->orders_count; i++) {
        const struct bot_order *known = &bot->orders[i];
        const struct view_order *order = view_order_of(bot_view, known->id);
        if (order != NULL) {
            assert_string_equal(known->status, order_status_name(view_order_status(order)));
            assert_int_equal(known->executed, order->executed.units);
            assert_int_equal(known->quote_done, order->quote_done.units);
            assert_int_equal(known->prevented, order->prevented.units);
        }
    }
}

static void seed_balances(struct bot *bot, u32 account)
{
    const struct view_balance *row = view_balance_newest(bot_view, account);
    for (; row != NULL; row = view_balance_older(bot_view, row)) {
        char name[9];
        call_asset_name(bot_view, row->asset, name);
        struct bot_balance *balance = bot_balance_of(bot, name);
        balance->free = row->free.units;
        balance->locked = row->locked.units;
    }
}

static void compare_balances(struct bot *bot, u32 account)
{
    const struct view_balance *row = view_balance_newest(bot_view, account);
    for (; row != NULL; row = view_balance_older(bot_view, row)) {
        char name[9];
        call_asset_name(bot_view, row->asset, name);
        const struct bot_balance *balance = bot_balance_of(bot, name);
        assert_int_equal(balance->free, row->free.units);
        assert_int_equal(balance->locked, row->locked.units);
    }
}

/* A core that runs one trigger a command leaves some to later commands of every kind. */
static void start_run(struct view_run *run, u64 seed)
{
    view_run_start(run, seed);
    if (seed % 2 == 0) {
        struct command_genesis limits = run->world.limits;
        limits.triggers_per_command_max = 1;
        world_close(&run->world);
        world_open_empty(&run->world, &limits);
        world_fill(&run->world);
        core_set_time(run->world.core, run->time_us);
    }
}

struct bot_scene {
    struct view_run run;
    struct view_scene view;
    struct user_events *made;
    void *memory;
    struct user_sink sink;
};

static void open_bots(struct bot_scene *scene, u64 seed)
{
    struct arena arena;
    size_t bytes = (user_events_footprint() + 63) & ~(size_t)63;
    start_run(&scene->run, seed);
    struct view_config config = view_scene_config(&scene->run.world.limits);
    view_scene_open(&scene->view, &config);
    view_run_follow(&scene->run, &scene->view, 0);
    view_history_passed(scene->view.view, UINT64_MAX);
    scene->memory = aligned_alloc(64, bytes);
    assert_non_null(scene->memory);
    memset(scene->memory, 0, bytes);
    arena_init(&arena, scene->memory, bytes);
    assert_int_equal(user_events_open(&scene->made, &arena), FAULT_NONE);
    scene->sink = (struct user_sink){.listens = listens, .event = on_event, .filled = on_filled};
    memset(bots, 0, sizeof bots);
    bot_view = scene->view.view;
    for (u32 i = 0; i < WORLD_ACCOUNTS; i++) {
        seed_balances(&bots[i], i);
    }
}

static void close_bots(struct bot_scene *scene)
{
    assert_int_equal(user_events_overflows(scene->made), 0);
    free(scene->memory);
    view_scene_close(&scene->view);
    world_close(&scene->run.world);
}

/* The bots hear of the world's last command. */
static void hear(struct bot_scene *scene)
{
    const struct core_output *output = &scene->run.world.output;
    view_scene_events(&scene->view, output->data, output->used);
    user_events_tell(scene->made, scene->view.view, span_of(output->data, output->used),
                     scene->run.time_us + 7, &scene->sink);
    for (u32 account = 0; account < WORLD_ACCOUNTS; account++) {
        compare_orders(&bots[account], account);
        compare_balances(&bots[account], account);
        assert_int_equal(bots[account].fills_seen, bots[account].fills_announced);
    }
}

static void bots_know_what_the_view_knows(void **state)
{
    (void)state;
    for (u64 seed = test_seed(); seed < test_seed() + test_rounds(6); seed++) {
        struct bot_scene scene;
        open_bots(&scene, seed);
        for (u32 i = 0; i < COMMANDS; i++) {
            view_run_step(&scene.run);
            hear(&scene);
        }
        u32 fills = 0;
        for (u32 account = 0; account < WORLD_ACCOUNTS; account++) {
            compare_closed(&bots[account]);
            fills += bots[account].fills_seen;
        }
        assert_true(fills > 100);
        close_bots(&scene);
    }
}

/* A stop that was left over runs before the amend of the same command makes it smaller. */
static void a_stop_is_told_before_its_amend(void **state)
{
    (void)state;
    struct bot_scene scene;
    open_bots(&scene, 0);
    struct core_world *world = &scene.run.world;
    (void)world_place(world, 4, world_limit(SIDE_SELL, 10000, 1));
    hear(&scene);
    (void)world_place(world, 5, world_limit(SIDE_BUY, 10000, 1));
    hear(&scene);
    u64 stops[2];
    for (u32 i = 0; i < 2; i++) {
        struct world_order stop = world_stop(ORDER_TYPE_STOP_LOSS_LIMIT, SIDE_SELL, 9000, 50);
        stop.price = 8900;
        stops[i] = world_place(world, 0, stop);
        hear(&scene);
    }
    (void)world_place(world, 4, world_limit(SIDE_BUY, 9000, 1));
    hear(&scene);
    (void)world_place(world, 5, world_limit(SIDE_SELL, 9000, 1));
    hear(&scene);
    assert_int_equal(world_count(world, EVENT_ORDER_TRIGGERED), 1);
    world_amend(world, 0, stops[1], 40);
    ASSERT_KINDS(world, EVENT_ORDER_TRIGGERED, EVENT_ORDER_BOOKED, EVENT_ORDER_AMENDED);
    hear(&scene);
    close_bots(&scene);
}

static void refuses_a_small_arena(void **state)
{
    (void)state;
    struct arena arena;
    u8 memory[64];
    struct user_events *none = NULL;
    arena_init(&arena, memory, sizeof memory);
    assert_int_equal(user_events_open(&none, &arena), FAULT_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bots_know_what_the_view_knows),
        cmocka_unit_test(a_stop_is_told_before_its_amend),
        cmocka_unit_test(refuses_a_small_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
