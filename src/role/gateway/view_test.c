/* The view as a whole. Aim: after every command the view answers what the core knows, however it
 * came about, and it keeps what is closed for as long as it promised. Method: random commands
 * through a real core, every event into the view, and the core's snapshot beside it; a second view
 * that starts from an image in between; a third with hardly any room. */
#include "role/gateway/view.h"

#include "role/gateway/view_account.h"
#include "role/gateway/view_book.h"
#include "role/gateway/view_order.h"
#include "tests/support/view_check.h"

#include <stdlib.h>
#include <string.h>

enum { COMMANDS = 1500 };

static void check(const struct view_run *run, const struct view_scene *scene)
{
    size_t bytes = 0;
    u8 *snapshot = world_snapshot(&run->world, &bytes);
    view_check_snapshot(scene->view, snapshot, bytes);
    free(snapshot);
}

static void equals_the_core_after_every_command(void **state)
{
    (void)state;
    for (u64 seed = test_seed(); seed < test_seed() + test_rounds(4); seed++) {
        struct view_run run;
        struct view_scene scene;
        view_run_start(&run, seed);
        struct view_config config = view_scene_config(&run.world.limits);
        view_scene_open(&scene, &config);
        view_run_follow(&run, &scene, 0);
        check(&run, &scene);
        view_history_passed(scene.view, UINT64_MAX);
        for (u32 i = 0; i < COMMANDS; i++) {
            view_run_step(&run);
            view_scene_events(&scene, run.world.output.data, run.world.output.used);
            check(&run, &scene);
        }
        assert_true(view_orders_closed_count(scene.view) > 150);
        view_scene_close(&scene);
        world_close(&run.world);
    }
}

/* The core takes it, and the view follows. */
static void step(struct core_world *world, struct view_scene *scene, void *command, u16 kind,
                 u32 account)
{
    size_t bytes = 0;
    world_apply(world, command, kind, account);
    view_scene_events(scene, world->output.data, world->output.used);
    u8 *snapshot = world_snapshot(world, &bytes);
    view_check_snapshot(scene->view, snapshot, bytes);
    free(snapshot);
}

/* From the very first event on, definitions included. */
static void begins_at_genesis(void **state)
{
    (void)state;
    struct core_world world;
    struct view_scene scene;
    struct command_genesis limits = world_limits();
    world_open_empty(&world, &limits);
    struct view_config config = view_scene_config(&limits);
    view_scene_open(&scene, &config);
    view_scene_events(&scene, world.output.data, world.output.used);
    struct command_asset_add asset = {.asset = 0, .scale = 8, .name = "BTC"};
    world_apply(&world, &asset, COMMAND_ASSET_ADD, 0);
    view_scene_events(&scene, world.output.data, world.output.used);
    asset = (struct command_asset_add){.asset = 1, .scale = 8, .name = "USDT"};
    world_apply(&world, &asset, COMMAND_ASSET_ADD, 0);
    view_scene_events(&scene, world.output.data, world.output.used);
    struct command_market_add market = world_definition();
    world_apply(&world, &market, COMMAND_MARKET_ADD, 0);
    view_scene_events(&scene, world.output.data, world.output.used);
    for (u32 i = 0; i < 3; i++) {
        struct command_account_add account = {.trade_group = 0xFFFFFFFFU};
        world_apply(&world, &account, COMMAND_ACCOUNT_ADD, 0);
        view_scene_events(&scene, world.output.data, world.output.used);
        world_deposit(&world, i, WORLD_USDT, WORLD_FUNDS);
        view_scene_events(&scene, world.output.data, world.output.used);
    }
    size_t bytes = 0;
    u8 *snapshot = world_snapshot(&world, &bytes);
    view_check_snapshot(scene.view, snapshot, bytes);
    free(snapshot);
    view_scene_close(&scene);
    world_close(&world);
}

/* A held deposit has a row here and none in the core, an asset's limit too. */
static void room_of_rows_that_went_is_taken_again(void **state)
{
    (void)state;
    struct core_world world;
    struct view_scene scene;
    struct command_genesis limits = world_limits();
    limits.balance_rows_max = 3;
    limits.holds_max = 1;
    limits.asset_limits_max = 1;
    world_open_empty(&world, &limits);
    struct view_config config = view_scene_config(&limits);
    view_scene_open(&scene, &config);
    view_scene_events(&scene, world.output.data, world.output.used);
    struct command_asset_add asset = {.asset = 0, .scale = 8, .name = "BTC"};
    step(&world, &scene, &asset, COMMAND_ASSET_ADD, 0);
    for (u32 i = 0; i < 9; i++) {
        struct command_account_add account = {.trade_group = 0xFFFFFFFFU};
        struct command_restrict hold = {.restrictions = 1ULL << (2 * OPERATION_DEPOSIT)};
        struct command_deposit deposit = {.amount = amount_of(5 + i)};
        struct command_hold_release back = {.hold_id = i + 1};
        struct command_asset_limit limit = {.limit = amount_of(7)};
        step(&world, &scene, &account, COMMAND_ACCOUNT_ADD, 0);
        step(&world, &scene, &hold, COMMAND_RESTRICT, i);
        step(&world, &scene, &deposit, COMMAND_DEPOSIT, i);
        assert_int_equal(view_balance_of(scene.view, i, 0)->arriving.units, 5 + i);
        step(&world, &scene, &back, COMMAND_HOLD_RELEASE, 0xFFFFFFFFU);
        step(&world, &scene, &limit, COMMAND_ASSET_LIMIT, i);
        limit.limit = amount_of(0);
        step(&world, &scene, &limit, COMMAND_ASSET_LIMIT, i);
    }
    /* What says something stays: the held deposit here, and the balance there. */
    struct command_restrict lift = {.restrictions = 0};
    struct command_deposit deposit = {.amount = amount_of(90)};
    step(&world, &scene, &deposit, COMMAND_DEPOSIT, 8);
    step(&world, &scene, &lift, COMMAND_RESTRICT, 3);
    step(&world, &scene, &deposit, COMMAND_DEPOSIT, 3);
    assert_int_equal(view_balance_of(scene.view, 8, 0)->arriving.units, 90);
    assert_int_equal(view_balance_of(scene.view, 3, 0)->free.units, 90);
    view_scene_close(&scene);
    world_close(&world);
}

/* ---- an image in between ---- */

static void same_order(const struct view_order *a, const struct view_order *b)
{
    assert_non_null(b);
    assert_int_equal(a->id, b->id);
    assert_int_equal(a->list_id, b->list_id);
    assert_int_equal(a->executed.units, b->executed.units);
    assert_int_equal(a->quote_done.units, b->quote_done.units);
    assert_int_equal(a->prevented.units, b->prevented.units);
    assert_int_equal(a->visible.units, b->visible.units);
    assert_int_equal(a->qty.units, b->qty.units);
    assert_int_equal(a->time_us, b->time_us);
    assert_int_equal(a->is_open, b->is_open);
    assert_int_equal(view_order_status(a), view_order_status(b));
    assert_int_equal(a->done_reason, b->done_reason);
}

static void image_and_increments_equal_the_whole(void **state)
{
    (void)state;
    struct view_run run;
    struct view_scene whole;
    view_run_start(&run, test_seed() + 100);
    struct view_config config = view_scene_config(&run.world.limits);
    view_scene_open(&whole, &config);
    view_run_follow(&run, &whole, 0);
    view_history_passed(whole.view, UINT64_MAX);
    config.hash_seed = 99; /* which may change nothing */
    for (u32 i = 0; i < 4; i++) {
        for (u32 k = 0; k < 200; k++) {
            view_run_step(&run);
            view_scene_events(&whole, run.world.output.data, run.world.output.used);
        }
        struct view_scene part;
        view_scene_open(&part, &config);
        view_run_follow(&run, &part, whole.position);
        check(&run, &part);
        view_history_passed(part.view, UINT64_MAX);
        u64 first = core_counts_of(run.world.core).next_order_id;
        for (u32 k = 0; k < 300; k++) {
            view_run_step(&run);
            view_scene_events(&whole, run.world.output.data, run.world.output.used);
            view_scene_events(&part, run.world.output.data, run.world.output.used);
            if (k % 4 == 0) {
                check(&run, &part);
            }
        }
        check(&run, &part);
        u32 compared = 0;
        for (u64 id = first; id < core_counts_of(run.world.core).next_order_id; id++) {
            const struct view_order *order = view_order_of(whole.view, id);
            if (order != NULL) {
                same_order(order, view_order_of(part.view, id));
                compared++;
            }
        }
        assert_true(compared > 50);
        struct view_place a = view_place(whole.view);
        struct view_place b = view_place(part.view);
        assert_true(a.position == b.position && a.seq == b.seq && a.time_us == b.time_us);
        view_scene_close(&part);
    }
    view_scene_close(&whole);
    world_close(&run.world);
}

/* ---- what is closed ---- */

/* The fills kept of an order say what it executed. */
static void check_fills(const struct view *view, const struct view_order *order)
{
    u64 executed = 0;
    u64 prevented = 0;
    u64 before = UINT64_MAX;
    const struct view_fill *fill = view_fill_newest_of(view, order);
    for (; fill != NULL; fill = view_fill_older_of(view, fill, order)) {
        bool is_taker = fill->taker_order == order->id;
        assert_true(is_taker || fill->maker_order == order->id);
        assert_true(fill->time_us <= before);
        before = fill->time_us;
        executed += fill->is_prevented ? 0 : fill->qty.units;
        prevented += is_taker ? fill->taker_prevented.units : fill->maker_prevented.units;
    }
    assert_int_equal(executed, order->executed.units);
    assert_int_equal(prevented, order->prevented.units);
}

static void fills_add_up(void **state)
{
    (void)state;
    struct view_run run;
    struct view_scene scene;
    view_run_start(&run, test_seed() + 200);
    struct view_config config = view_scene_config(&run.world.limits);
    view_scene_open(&scene, &config);
    view_run_follow(&run, &scene, 0);
    for (u32 i = 0; i < 2000; i++) {
        view_run_step(&run);
        view_scene_events(&scene, run.world.output.data, run.world.output.used);
    }
    u32 closed = 0;
    for (u32 account = 0; account < WORLD_ACCOUNTS; account++) {
        for (u32 is_open = 0; is_open < 2; is_open++) {
            const struct view_order *order = view_order_newest(scene.view, account, is_open);
            for (; order != NULL; order = view_order_older(scene.view, order)) {
                check_fills(scene.view, order);
                closed += order->is_open ? 0 : 1;
            }
        }
        u32 fills = 0;
        const struct view_fill *fill = view_fill_newest(scene.view, account);
        for (; fill != NULL; fill = view_fill_older(scene.view, fill, account)) {
            assert_true(fill->taker_account == account || fill->maker_account == account);
            fills++;
        }
        assert_true(fills > 20);
    }
    assert_int_equal(closed, view_orders_closed_count(scene.view));
    view_scene_close(&scene);
    world_close(&run.world);
}

/* What outboundAccountPosition needs: the rows that this command's events concerned. */
static void rows_know_their_last_command(void **state)
{
    (void)state;
    struct view_run run;
    struct view_scene scene;
    view_run_start(&run, 1);
    struct view_config config = view_scene_config(&run.world.limits);
    view_scene_open(&scene, &config);
    view_run_follow(&run, &scene, 0);
    u64 before = core_seq(run.world.core);
    assert_true(world_place(&run.world, 4, world_limit(SIDE_BUY, 10000, 5)) > 0);
    view_scene_events(&scene, run.world.output.data, run.world.output.used);
    assert_true(world_place(&run.world, 5, world_limit(SIDE_SELL, 10000, 2)) > 0);
    view_scene_events(&scene, run.world.output.data, run.world.output.used);
    for (u16 asset = 0; asset < 2; asset++) {
        assert_int_equal(view_balance_of(scene.view, 3, asset)->update_seq, before);
        assert_int_equal(view_balance_of(scene.view, 4, asset)->update_seq, before + 2);
        assert_int_equal(view_balance_of(scene.view, 5, asset)->update_seq, before + 2);
        assert_int_equal(view_balance_of(scene.view, 5, asset)->update_us, run.time_us);
    }
    view_scene_close(&scene);
    world_close(&run.world);
}

/* Feeds one command's events; false: the view asks to wait. */
static bool feed(struct view_scene *scene, const struct core_world *world, size_t *at)
{
    while (*at < world->output.used) {
        if (!view_has_room(scene->view)) {
            const u8 *record = world->output.data + *at;
            assert_int_equal(view_apply(scene->view, record, (size_t)record[2] * WIRE_UNIT),
                             FAULT_LIMIT);
            return false;
        }
        const u8 *record = world->output.data + *at;
        size_t size = (size_t)record[2] * WIRE_UNIT;
        assert_int_equal(view_apply(scene->view, record, size), FAULT_NONE);
        *at += size;
    }
    return true;
}

static void waits_for_history(void **state)
{
    (void)state;
    struct view_run run;
    struct view_scene scene;
    view_run_start(&run, test_seed() + 300);
    struct view_config config = view_scene_config(&run.world.limits);
    config.closed_orders_max = 20;
    config.closed_lists_max = 5;
    config.fills_max = 30;
    view_scene_open(&scene, &config);
    view_run_follow(&run, &scene, 0);
    u32 waits = 0;
    u64 passed = 0;
    for (u32 i = 0; i < 2000; i++) {
        view_run_step(&run);
        scene.position += 1 + run.world.output.used / WIRE_UNIT;
        view_chunk(scene.view, scene.position);
        size_t at = 0;
        while (!feed(&scene, &run.world, &at)) {
            /* History is told chunk by chunk, so nothing newer may go. */
            waits++;
            passed = passed + 1;
            view_history_passed(scene.view, passed);
            assert_true(passed < scene.position + 1);
        }
        if (i % 4 == 0) {
            check(&run, &scene);
        }
        assert_true(view_orders_closed_count(scene.view) <= config.closed_orders_max);
    }
    assert_true(waits > 100);
    view_scene_close(&scene);
    world_close(&run.world);
}

/* ---- what does not follow ---- */

static void refuses_what_does_not_follow(void **state)
{
    (void)state;
    struct view_run run;
    struct view_scene scene;
    view_run_start(&run, 1);
    struct view_config config = view_scene_config(&run.world.limits);
    view_scene_open(&scene, &config);
    view_run_follow(&run, &scene, 0);
    assert_true(world_place(&run.world, 4, world_limit(SIDE_BUY, 10000, 5)) > 0);
    view_scene_events(&scene, run.world.output.data, run.world.output.used);
    /* The same booking again: neither the order id nor the update id is new. */
    const u8 *record = world_event(&run.world, EVENT_ORDER_NEW, 0);
    assert_non_null(record);
    size_t size = (size_t)record[2] * WIRE_UNIT;
    assert_int_equal(view_apply(scene.view, record, size), FAULT_DIVERGED);
    assert_non_null(strstr(fault_text(), "order id"));
    assert_int_equal(view_apply(scene.view, record, size), FAULT_UNAVAILABLE);
    view_scene_close(&scene);
    world_close(&run.world);
}

/* One that is cut, one that says another size, and one of an earlier command. */
static void stops_at_an_event_that_cannot_be(void **state)
{
    (void)state;
    struct view_run run;
    view_run_start(&run, 1);
    struct view_config config = view_scene_config(&run.world.limits);
    assert_true(world_place(&run.world, 4, world_limit(SIDE_BUY, 10000, 5)) > 0);
    const u8 *record = world_event(&run.world, EVENT_ORDER_NEW, 0);
    assert_non_null(record);
    size_t size = (size_t)record[2] * WIRE_UNIT;
    u8 early[WIRE_UNIT * 255];
    memcpy(early, record, size);
    memset(early + offsetof(struct event_head, seq), 0, sizeof(u64));
    const u8 *records[] = {record, record, early};
    const size_t sizes[] = {16, size + WIRE_UNIT, size};
    for (u32 i = 0; i < ARRAY_COUNT(sizes); i++) {
        struct view_scene scene;
        view_scene_open(&scene, &config);
        view_run_follow(&run, &scene, 0);
        assert_int_equal(view_apply(scene.view, records[i], sizes[i]), FAULT_DIVERGED);
        assert_int_equal(view_apply(scene.view, record, size), FAULT_UNAVAILABLE);
        view_scene_close(&scene);
    }
    world_close(&run.world);
}

static void stops_at_an_image_that_cannot_be(void **state)
{
    (void)state;
    struct view_run run;
    view_run_start(&run, 1);
    struct view_config config = view_scene_config(&run.world.limits);
    size_t bytes = 0;
    size_t used = 0;
    u8 *snapshot = world_snapshot(&run.world, &bytes);
    const struct span pieces[] = {{snapshot, 16}, {snapshot + 128, bytes - 128}};
    for (u32 i = 0; i < ARRAY_COUNT(pieces); i++) {
        struct view_scene scene;
        view_scene_open(&scene, &config);
        assert_int_equal(view_image_record(scene.view, pieces[i].data, pieces[i].size, &used),
                         FAULT_ROT);
        assert_int_equal(view_image_record(scene.view, snapshot, bytes, &used), FAULT_UNAVAILABLE);
        assert_int_equal(view_image_end(scene.view, 5), FAULT_ROT);
        view_scene_close(&scene);
    }
    free(snapshot);
    world_close(&run.world);
}

static void refuses_bad_limits(void **state)
{
    (void)state;
    struct command_genesis limits = world_limits();
    struct view_config config = view_scene_config(&limits);
    u8 memory[64] = {0};
    struct arena arena;
    arena_init(&arena, memory, sizeof memory);
    struct view *view = NULL;
    assert_int_equal(view_open(&view, &config, &arena), FAULT_LIMIT);
    config.changes_max = 1000;
    assert_int_equal(view_footprint(&config), 0);
    assert_int_equal(view_open(&view, &config, &arena), FAULT_CONFIG);
    assert_null(view);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equals_the_core_after_every_command),
        cmocka_unit_test(begins_at_genesis),
        cmocka_unit_test(room_of_rows_that_went_is_taken_again),
        cmocka_unit_test(image_and_increments_equal_the_whole),
        cmocka_unit_test(fills_add_up),
        cmocka_unit_test(rows_know_their_last_command),
        cmocka_unit_test(waits_for_history),
        cmocka_unit_test(refuses_what_does_not_follow),
        cmocka_unit_test(stops_at_an_event_that_cannot_be),
        cmocka_unit_test(stops_at_an_image_that_cannot_be),
        cmocka_unit_test(refuses_bad_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
