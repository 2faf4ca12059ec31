/* Aim: whoever knows nothing but an account's user data events knows its balances and open orders,
 * and executions add up. Method: random commands; a bot for each account, which reads the JSON and
 * keeps what it says; after each command the bots are compared with the view. */
#include "base/span.h"
#include "role/gateway/order_json.h"
#include "role/gateway/user_event.h"
#include "role/gateway/view_account.h"
#include "tests/support/test.h"
#include "tests/support/view_check.h"
#include "wire/json_pull.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COMMANDS         1500U
#define BOT_ORDERS_MAX   4096U
#define BOT_BALANCES_MAX 16U
#define FIELDS_MAX       64U

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

/* ---- reading ---- */

struct field {
    struct span key;
    struct span value; /* strings without quotes, containers whole */
    bool is_null;
};

struct fields {
    struct field fields[FIELDS_MAX];
    u32 count;
};

static void read_object(struct json_pull *pull, struct fields *fields)
{
    fields->count = 0;
    for (;;) {
        enum json_token token = json_pull_next(pull);
        if (token == JSON_TOKEN_OBJECT_END) {
            return;
        }
        assert_int_equal(token, JSON_TOKEN_KEY);
        assert_true(fields->count < FIELDS_MAX);
        struct field *field = &fields->fields[fields->count++];
        field->key = pull->raw;
        token = json_pull_next(pull);
        if (token == JSON_TOKEN_OBJECT_BEGIN || token == JSON_TOKEN_ARRAY_BEGIN) {
            assert_true(json_pull_skip(pull));
        }
        assert_true(token != JSON_TOKEN_BAD && token != JSON_TOKEN_END);
        field->value = pull->raw;
        field->is_null = token == JSON_TOKEN_NULL;
    }
}

static const struct field *field_of(const struct fields *fields, const char *key)
{
    for (u32 i = 0; i < fields->count; i++) {
        if (span_equal(fields->fields[i].key, span_of_text(key))) {
            return &fields->fields[i];
        }
    }
    return NULL;
}

static bool has(const struct fields *fields, const char *key)
{
    return field_of(fields, key) != NULL;
}

static struct span value_of(const struct fields *fields, const char *key)
{
    const struct field *field = field_of(fields, key);
    if (field == NULL) {
        fail_msg("no field %s", key);
    }
    return field->value;
}

static bool is(const struct fields *fields, const char *key, const char *value)
{
    return span_equal(value_of(fields, key), span_of_text(value));
}

/* Both assets of the venue have 8 decimals. */
static u64 units_of(const struct fields *fields, const char *key)
{
    struct amount amount;
    assert_int_equal(amount_parse(value_of(fields, key), 8, &amount), AMOUNT_OK);
    return amount.units;
}

static u64 number_of(const struct fields *fields, const char *key)
{
    struct amount amount;
    struct span text = value_of(fields, key);
    if (span_equal(text, span_of_text("-1"))) {
        return 0;
    }
    assert_int_equal(amount_parse(text, 0, &amount), AMOUNT_OK);
    return amount.units;
}

static void text_of(const struct fields *fields, const char *key, char *target, size_t bytes)
{
    struct span text = value_of(fields, key);
    assert_true(text.size < bytes);
    memcpy(target, text.data, text.size);
    target[text.size] = 0;
}

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

static bool is_end(const struct fields *fields)
{
    return is(fields, "X", "FILLED") || is(fields, "X", "CANCELED") || is(fields, "X", "EXPIRED") ||
           is(fields, "X", "EXPIRED_IN_MATCH");
}

static void bot_trade(struct bot *bot, struct bot_order *order, const struct fields *fields)
{
    bot->fills_seen += order->executed == 0;
    assert_true(units_of(fields, "l") > 0 && number_of(fields, "t") > 0);
    order->executed += units_of(fields, "l");
    order->quote_done += units_of(fields, "Y");
    assert_false(field_of(fields, "N")->is_null);
    assert_true(is(fields, "N", is(fields, "S", "BUY") ? "BTC" : "USDT"));
    assert_true(has(fields, "W"));
}

static void bot_execution(struct bot *bot, const struct fields *fields)
{
    u64 id = number_of(fields, "i");
    assert_true(id > 0);
    struct bot_order *order = bot_order_of(bot, id);
    bool is_new = order->status[0] == 0;
    assert_true(is_new || order->is_open);
    assert_true(!is_new || is(fields, "x", "NEW"));
    if (is(fields, "x", "TRADE")) {
        bot_trade(bot, order, fields);
    } else {
        assert_int_equal(units_of(fields, "l"), 0);
        assert_int_equal(units_of(fields, "Y"), 0);
    }
    if (is(fields, "x", "TRADE_PREVENTION")) {
        order->prevented += units_of(fields, "B");
        assert_true(units_of(fields, "pl") > 0 && number_of(fields, "U") > 0);
    }
    assert_int_equal(order->executed, units_of(fields, "z"));
    assert_int_equal(order->quote_done, units_of(fields, "Z"));
    assert_int_equal(order->prevented, has(fields, "A") ? units_of(fields, "A") : 0);
    bool is_replaced = is(fields, "x", "REPLACED");
    assert_true(is_new || (order->qty > units_of(fields, "q")) == is_replaced);
    assert_true(is_replaced || is_new || order->qty == units_of(fields, "q"));
    assert_true(!is_replaced || is(fields, "X", order->status));
    order->qty = units_of(fields, "q");
    assert_true(order->qty >= order->executed + order->prevented);
    if (is(fields, "x", "CANCELED")) {
        /* The cancellation has a name of its own. */
        char original[CLIENT_ID_SYMBOLS_MAX + 1];
        text_of(fields, "C", original, sizeof original);
        assert_string_equal(original, order->client);
    } else if (is_replaced) {
        char original[CLIENT_ID_SYMBOLS_MAX + 1];
        text_of(fields, "C", original, sizeof original);
        assert_string_equal(original, order->client);
        text_of(fields, "c", order->client, sizeof order->client);
    } else if (is_new) {
        text_of(fields, "c", order->client, sizeof order->client);
    } else {
        char client[CLIENT_ID_SYMBOLS_MAX + 1];
        text_of(fields, "c", client, sizeof client);
        assert_string_equal(client, order->client);
    }
    text_of(fields, "X", order->status, sizeof order->status);
    order->is_open = !is_end(fields);
    order->is_working = is(fields, "w", "true");
    assert_true(order->is_open || !order->is_working);
    assert_true(is(fields, "x", "EXPIRED") || !has(fields, "eR"));
    assert_true(order->is_working || order->is_open || !is(fields, "x", "NEW"));
    assert_true(!order->is_working || has(fields, "W"));
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

static void bot_position(struct bot *bot, const struct fields *fields)
{
    struct json_pull pull;
    json_pull_begin(&pull, value_of(fields, "B"));
    assert_int_equal(json_pull_next(&pull), JSON_TOKEN_ARRAY_BEGIN);
    u32 rows = 0;
    for (;; rows++) {
        enum json_token token = json_pull_next(&pull);
        if (token == JSON_TOKEN_ARRAY_END) {
            break;
        }
        assert_int_equal(token, JSON_TOKEN_OBJECT_BEGIN);
        struct fields row;
        read_object(&pull, &row);
        char asset[9];
        text_of(&row, "a", asset, sizeof asset);
        struct bot_balance *balance = bot_balance_of(bot, asset);
        balance->free = units_of(&row, "f");
        balance->locked = units_of(&row, "l");
    }
    assert_true(rows > 0);
}

static void on_event(struct user_sink *sink, u32 account, struct user_event *event)
{
    (void)sink;
    struct bot *bot = &bots[account];
    bot->events++;
    struct span text = user_event_text(event, bot->events % 2 == 0);
    struct json_pull pull;
    json_pull_begin(&pull, text);
    assert_int_equal(json_pull_next(&pull), JSON_TOKEN_OBJECT_BEGIN);
    struct fields fields;
    read_object(&pull, &fields);
    assert_int_equal(json_pull_next(&pull), JSON_TOKEN_END);
    if (is(&fields, "e", "executionReport")) {
        bot_execution(bot, &fields);
    } else if (is(&fields, "e", "outboundAccountPosition")) {
        bot_position(bot, &fields);
    } else {
        assert_true(is(&fields, "e", "listStatus") || is(&fields, "e", "balanceUpdate"));
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bots_know_what_the_view_knows),
        cmocka_unit_test(a_stop_is_told_before_its_amend),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
