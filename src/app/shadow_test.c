/* Aim: the pictures of the book beside the core agree with it: the one a reader foresees (shadow),
 * the one made from events (view), and the tables they stand on. Method: random orders, cancels,
 * amends and replaces through all three, compared level by level at the end of each round. */
#include "app/shadow.h"

#include "app/book_view.h"
#include "app/id_map.h"
#include "base/random.h"
#include "tests/support/flow_run.h"

static void put_random(struct flow_run *run, struct shadow *shadow, struct random *random)
{
    u64 count = flow_orders_count(&run->flow);
    u64 target = count > 0 ? random_between(random, 1, count) : 0;
    const struct shadow_order *order = shadow_find(shadow, target);
    struct flow_place place = {.file_id = count + 1,
                               .account = (u32)random_below(random, 4),
                               .side = random_chance(random, 1, 2) ? SIDE_BUY : SIDE_SELL,
                               .tif = random_chance(random, 1, 5) ? TIME_IN_FORCE_IOC
                                                                  : TIME_IN_FORCE_GTC,
                               .ticks = random_between(random, 40, 60),
                               .lots = random_between(random, 1, 9)};
    u64 order_id = 0;
    u64 left = 0;
    u64 dice = random_below(random, 10);
    if (order == NULL || dice < 6) {
        assert_int_equal(flow_put_order(&run->flow, &place, &order_id), FAULT_NONE);
        assert_int_equal(shadow_place(shadow, order_id, &place, &left), FAULT_NONE);
    } else if (dice < 8) {
        assert_int_equal(flow_put_cancel(&run->flow, order->account, target), FAULT_NONE);
        shadow_remove(shadow, target);
    } else if (dice < 9 && order->lots > 1) {
        u64 lots = random_between(random, 1, order->lots - 1);
        u32 account = order->account;
        u64 total = shadow_reduce(shadow, target, lots);
        assert_int_equal(flow_put_amend(&run->flow, account, target, total), FAULT_NONE);
    } else {
        place.account = order->account;
        place.tif = TIME_IN_FORCE_GTC;
        place.side = order->side == 0 ? SIDE_BUY : SIDE_SELL;
        assert_int_equal(flow_put_replace(&run->flow, target, &place, &order_id), FAULT_NONE);
        shadow_remove(shadow, target);
        assert_int_equal(shadow_place(shadow, order_id, &place, &left), FAULT_NONE);
    }
}

static void assert_pictures_agree(const struct flow_run *run, const struct shadow *shadow)
{
    for (u32 side = 0; side < 2; side += 1) {
        struct flow_level core[64];
        struct flow_level view[64];
        u32 count = flow_run_levels(run, (enum side)side, core, 64);
        assert_int_equal(book_view_levels(&run->check.view, (enum side)side, view, 64), count);
        assert_int_equal(shadow->sides[side].count, count);
        for (u32 i = 0; i < count; i += 1) {
            assert_int_equal(view[i].ticks, core[i].ticks);
            assert_int_equal(view[i].lots, core[i].lots);
            assert_int_equal(shadow_level(shadow, (enum side)side, core[i].ticks), core[i].lots);
        }
        assert_int_equal(shadow_best(shadow, (enum side)side), count > 0 ? core[0].ticks : 0);
    }
}

static void shadow_view_and_core_agree(void **state)
{
    (void)state;
    static const struct flow_market market = {.name = "AB",
                                              .base = "A",
                                              .quote = "B",
                                              .base_scale = 8,
                                              .quote_scale = 8,
                                              .tick = 100000000,
                                              .lot = 100000000,
                                              .ticks_max = 1000};
    struct random random;
    random_init(&random, test_seed());
    for (u64 round = test_rounds(30); round > 0; round -= 1) {
        struct flow_run run;
        flow_run_init(&run);
        struct flow_market narrow = market;
        narrow.lot = 1000000;
        assert_int_equal(flow_set_market(&run.flow, &narrow), FAULT_NONE);
        SCOPED_SHADOW shadow;
        shadow_init(&shadow);
        for (u32 i = 0; i < 500; i += 1) {
            put_random(&run, &shadow, &random);
        }
        run.flow.orders_open_max = shadow.resting_max + 1;
        /* A picture makes the check keep a view. */
        struct flow_snapshot snapshot = {.commands = 0, .depth = 1};
        assert_int_equal(flow_table_add(&run.flow.snapshots, span_of(&snapshot, sizeof(snapshot))),
                         FAULT_NONE);
        assert_int_equal(flow_finish(&run.flow), FAULT_NONE);
        flow_run_replay(&run, 16);
        assert_int_equal(run.check.rejected, 0);
        assert_int_equal(run.check.misnumbered, 0);
        assert_int_equal(run.check.view.strange, 0);
        assert_int_equal(run.check.trades, shadow.trades);
        assert_int_equal(run.report->resting, shadow.resting);
        assert_pictures_agree(&run, &shadow);
        flow_run_close(&run);
    }
}

static void map_keeps_what_was_put(void **state)
{
    (void)state;
    struct id_map map = {.slots = NULL};
    assert_int_equal(id_map_find(&map, 5), ID_MAP_NONE);
    for (u32 i = 0; i < 10000; i += 1) {
        assert_int_equal(id_map_put(&map, (u64)i * 0x100000001, i), FAULT_NONE);
    }
    for (u32 i = 0; i < 10000; i += 1) {
        assert_int_equal(id_map_find(&map, (u64)i * 0x100000001), i);
        assert_int_equal(id_map_find(&map, (u64)i * 0x100000001 + 1), ID_MAP_NONE);
    }
    assert_int_equal(id_map_put(&map, 0, 77), FAULT_NONE);
    assert_int_equal(id_map_find(&map, 0), 77);
    assert_int_equal(map.count, 10000);
    id_map_release(&map);
}

static void sums_beyond_sixty_four_bits_are_refused(void **state)
{
    (void)state;
    SCOPED_SHADOW shadow;
    shadow_init(&shadow);
    struct flow_place place = {
        .side = SIDE_BUY, .tif = TIME_IN_FORCE_GTC, .ticks = 5, .lots = UINT64_MAX - 1};
    u64 left = 0;
    assert_int_equal(shadow_place(&shadow, 1, &place, &left), FAULT_NONE);
    place.lots = 2;
    assert_int_equal(shadow_place(&shadow, 2, &place, &left), FAULT_INPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shadow_view_and_core_agree),
        cmocka_unit_test(map_keeps_what_was_put),
        cmocka_unit_test(sums_beyond_sixty_four_bits_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
