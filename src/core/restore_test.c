/* Aim: what core_validate would find in a state is refused when the state is restored. Method: the
 * snapshot of a small venue with all kinds of orders is restored as it is; then one field of one
 * record is changed at a time, so that each record fits by itself and the whole does not. */
#include "core/snapshot.h"
#include "tests/support/core_world.h"
#include "wire/schema.h"

#include <stdlib.h>
#include <string.h>

static struct core_world world;
static u8 *bytes;
static size_t bytes_count;

/* Resting orders with client ids, one of them an iceberg; a stop; a pair. */
static int setup(void **state)
{
    (void)state;
    world_open(&world);
    struct world_order order = world_limit(SIDE_BUY, 9000, 10);
    order.client = "one";
    assert_true(world_place(&world, 0, order) != 0);
    order.client = "two";
    assert_true(world_place(&world, 0, order) != 0);
    order = world_limit(SIDE_SELL, 9900, 40);
    order.iceberg = 10;
    assert_true(world_place(&world, 1, order) != 0);
    world_trade_at(&world, 9500);
    assert_true(world_place(&world, 2, world_stop(ORDER_TYPE_STOP_LOSS, SIDE_BUY, 9800, 7)) != 0);
    struct world_order pair[2] = {world_maker(SIDE_SELL, 9990, 5),
                                  world_stop(ORDER_TYPE_STOP_LOSS, SIDE_SELL, 9100, 5)};
    assert_true(world_list(&world, 3, LIST_KIND_OCO, pair, 2) != 0);
    bytes = world_snapshot(&world, &bytes_count);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    free(bytes);
    world_close(&world);
    return 0;
}

/* The record number `index` of a kind. */
static u8 *record(u16 kind, u32 index)
{
    size_t at = 0;
    while (at < bytes_count) {
        struct state_head head;
        memcpy(&head, bytes + at, sizeof head);
        if (head.kind == kind && index-- == 0) {
            return bytes + at;
        }
        at += core_restore_size(bytes + at, bytes_count - at);
    }
    fail_msg("there is no such record of kind %u", kind);
    return NULL;
}

/* NULL: restored, and sound; else why not. */
static const char *restored(const struct command_genesis *limits)
{
    size_t size = core_footprint(limits);
    void *memory = aligned_alloc(64, size);
    assert_non_null(memory);
    memset(memory, 0, size);
    struct core_restore work;
    core_restore_begin(&work, core_init(memory, size, limits));
    const char *reason = NULL;
    size_t at = 0;
    bool good = true;
    while (good && at < bytes_count) {
        size_t step = core_restore_size(bytes + at, bytes_count - at);
        assert_true(step > 0);
        good = core_restore_record(&work, bytes + at, step, &reason);
        at += step;
    }
    good = good && core_restore_end(&work, &reason);
    assert_true(good == (reason == NULL));
    if (good) {
        core_validate(work.core);
    }
    free(memory);
    return reason;
}

static void assert_refused(const char *part)
{
    const char *reason = restored(&world.limits);
    assert_non_null(reason);
    if (strstr(reason, part) == NULL) {
        fail_msg("\"%s\" is not in \"%s\"", part, reason);
    }
}

#define CHANGE(kind, type, index, field, change)                 \
    do {                                                         \
        struct state_##type change_record;                       \
        u8 *change_at = record((kind), (index));                 \
        memcpy(&change_record, change_at, sizeof change_record); \
        change_record.field change;                              \
        memcpy(change_at, &change_record, sizeof change_record); \
    } while (0)

static void a_sound_state_is_restored(void **state)
{
    (void)state;
    assert_null(restored(&world.limits));
    struct command_genesis more = world.limits;
    more.pages_max += 5;
    more.orders_max += 7;
    assert_null(restored(&more));
}

static void locked_is_what_the_orders_lock(void **state)
{
    (void)state;
    for (u32 i = 0; i < 2 * WORLD_ACCOUNTS; i++) {
        CHANGE(STATE_BALANCE, balance, i, free.units, -= 1);
        CHANGE(STATE_BALANCE, balance, i, locked.units, += 1);
        assert_refused("locked");
        CHANGE(STATE_BALANCE, balance, i, free.units, += 1);
        CHANGE(STATE_BALANCE, balance, i, locked.units, -= 1);
    }
    CHANGE(STATE_BALANCE, balance, 1, free.units, += 1);
    CHANGE(STATE_BALANCE, balance, 1, locked.units, -= 1);
    assert_refused("lock_of");
    CHANGE(STATE_BALANCE, balance, 1, free.units, -= 1);
    CHANGE(STATE_BALANCE, balance, 1, locked.units, += 1);
    CHANGE(STATE_ORDER, order, 0, left, -= 1);
    assert_refused("locked");
    CHANGE(STATE_ORDER, order, 0, left, += 1);
    CHANGE(STATE_LIST, list, 0, locked.units, -= 1);
    assert_refused("locked");
    CHANGE(STATE_LIST, list, 0, locked.units, += 1);
    assert_null(restored(&world.limits));
}

/* 2^60 lots of 10^4 units fit into no amount; of their product 64 bits would show 0. */
static void a_need_fits_an_amount(void **state)
{
    (void)state;
    CHANGE(STATE_ORDER, order, 2, lots, = 1ULL << 60);
    CHANGE(STATE_ORDER, order, 2, left, = 1ULL << 60);
    CHANGE(STATE_BALANCE, balance, 2, free.units, += 40 * WORLD_LOT);
    CHANGE(STATE_BALANCE, balance, 2, locked.units, = 0);
    assert_refused("need_uncut");
}

/* What an asset has is the sum of its networks, each named once, and fits an amount. */
static void custody_is_named_once(void **state)
{
    (void)state;
    memcpy(record(STATE_CUSTODY, 1), record(STATE_CUSTODY, 0), sizeof(struct state_custody));
    assert_refused("amount_is_zero");
    CHANGE(STATE_CUSTODY, custody, 1, network, += 1);
    CHANGE(STATE_CUSTODY, custody, 1, amount.units, = 0 - WORLD_COIN);
    assert_refused("AMOUNT_BOUND");
}

/* What the venue owes its customers is less than an amount's bound, and so is what it has: no sum
 * with equity in it overflows. */
static void equity_is_an_amount(void **state)
{
    (void)state;
    const i64 outside[] = {INT64_MAX, INT64_MIN, 1, -2};
    for (u32 i = 0; i < sizeof outside / sizeof *outside; i++) {
        i64 was;
        struct state_asset asset;
        memcpy(&asset, record(STATE_ASSET, 0), sizeof asset);
        was = asset.equity_high;
        CHANGE(STATE_ASSET, asset, 0, equity_high, = outside[i]);
        assert_refused("equity");
        CHANGE(STATE_ASSET, asset, 0, equity_high, = was);
    }
    assert_null(restored(&world.limits));
}

static void lots_prevented_were_ordered(void **state)
{
    (void)state;
    CHANGE(STATE_ORDER, order, 0, prevented, += 1);
    assert_refused("prevented");
}

static void a_client_id_is_open_once(void **state)
{
    (void)state;
    struct state_order first;
    memcpy(&first, record(STATE_ORDER, 0), sizeof first);
    CHANGE(STATE_ORDER, order, 1, client, = first.client);
    assert_refused("client");
}

static void what_rests_is_seen(void **state)
{
    (void)state;
    CHANGE(STATE_ORDER_DETAIL, order_detail, 0, visible, = 0);
    assert_refused("order_visible");
}

static void an_order_rests_once(void **state)
{
    (void)state;
    /* Alone on its level it has no neighbour that would show it. */
    memcpy(record(STATE_REST, 3), record(STATE_REST, 2), sizeof(struct state_rest));
    assert_refused("head != slot");
}

static void a_leg_is_in_one_list_of_its_owner(void **state)
{
    (void)state;
    struct state_list list;
    struct state_order other;
    memcpy(&list, record(STATE_LIST, 0), sizeof list);
    memcpy(&other, record(STATE_ORDER, 2), sizeof other);
    CHANGE(STATE_LIST, list, 0, leg1, = list.leg0);
    assert_refused("list == 0");
    CHANGE(STATE_LIST, list, 0, leg1, = other.head.id);
    assert_refused("position == position");
}

/* Nothing waits for a page, or trails, beyond the limits. */
static void limits_hold(void **state)
{
    (void)state;
    struct world_order trailing = world_stop(ORDER_TYPE_STOP_LOSS, SIDE_SELL, 9000, 5);
    trailing.trailing = 100;
    assert_true(world_place(&world, 4, trailing) != 0);
    assert_true(world_place(&world, 4, trailing) != 0);
    struct world_order waiting = world_stop(ORDER_TYPE_STOP_LOSS_LIMIT, SIDE_SELL, 9000, 5);
    waiting.price = 9000;
    assert_true(world_place(&world, 4, waiting) != 0);
    free(bytes);
    bytes = world_snapshot(&world, &bytes_count);
    assert_null(restored(&world.limits));
    struct command_genesis less = world.limits;
    less.trailing_max = 1;
    const char *reason = restored(&less);
    assert_non_null(reason);
    assert_non_null(strstr(reason, "trailing_max"));
    less = world.limits;
    less.pages_max = 2;
    reason = restored(&less);
    assert_non_null(reason);
    assert_non_null(strstr(reason, "pages_reserved"));
}

#define RESTORE_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        RESTORE_TEST(a_sound_state_is_restored),
        RESTORE_TEST(locked_is_what_the_orders_lock),
        RESTORE_TEST(a_need_fits_an_amount),
        RESTORE_TEST(custody_is_named_once),
        RESTORE_TEST(equity_is_an_amount),
        RESTORE_TEST(lots_prevented_were_ordered),
        RESTORE_TEST(a_client_id_is_open_once),
        RESTORE_TEST(what_rests_is_seen),
        RESTORE_TEST(an_order_rests_once),
        RESTORE_TEST(a_leg_is_in_one_list_of_its_owner),
        RESTORE_TEST(limits_hold),
    };
    return cmocka_run_group_tests_name("restore", tests, NULL, NULL);
}
