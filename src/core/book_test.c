/* Aim: the next best price is found wherever it lies, queues keep their order, and pages come and
 * go with what rests in them. Method: orders put straight into the book of a market of 2^30 ticks,
 * whose directory needs all three layers of bitmaps; first at the edges of words, pages and layers,
 * then at random against a plain sorted list. */
#include "core/book.h"

#include "base/random.h"
#include "tests/support/core_world.h"

#include <string.h>

enum {
    TICKS_MAX = 1 << 30,
    SLOTS = 60,
    PAGES = 40,
};

static struct core_world world;
static struct market *market;

static int open_world(void **state)
{
    (void)state;
    struct command_genesis limits = world_limits();
    limits.orders_max = SLOTS;
    limits.pages_max = PAGES;
    limits.directory_max = (TICKS_MAX >> PAGE_SHIFT) + 1;
    world_open_empty(&world, &limits);
    for (u16 i = 0; i < 2; i++) {
        struct command_asset_add asset = {.asset = i, .scale = 8, .name = {(u8)('A' + i)}};
        world_apply(&world, &asset, COMMAND_ASSET_ADD, 0);
    }
    struct command_market_add definition = world_definition();
    definition.ticks_max = TICKS_MAX;
    world_apply(&world, &definition, COMMAND_MARKET_ADD, 0);
    world_assert_reject(world_reject(&world), REJECT_NONE);
    market = &world.core->markets[0];
    return 0;
}

/* The orders below are known to the book only. */
static int close_world(void **state)
{
    (void)state;
    assert_int_equal(world.core->resting_count, 0);
    assert_int_equal(world.core->page_slab.count, 0);
    assert_int_equal(market->best[SIDE_BUY], 0);
    assert_int_equal(market->best[SIDE_SELL], TICKS_NONE);
    world_close(&world);
    return 0;
}

static void put(u32 slot, u8 side, u32 ticks)
{
    world.core->orders[slot] = (struct order){
        .id = slot, .left = 1, .ticks = ticks, .side = side, .state = ORDER_STATE_WORKING};
    book_append(world.core, market, slot);
}

static void take(u32 slot)
{
    book_remove(world.core, market, slot);
    world.core->orders[slot].id = 0;
}

/* ---- queues ---- */

static void assert_queue(u32 ticks, const u32 *slots, u32 count)
{
    const struct level *level = book_level(world.core, market, ticks);
    u32 before = 0;
    u32 slot = level->head;
    for (u32 i = 0; i < count; i++) {
        assert_int_equal(slot, slots[i]);
        assert_int_equal(world.core->orders[slot].prev, before);
        before = slot;
        slot = world.core->orders[slot].next;
    }
    assert_int_equal(slot, 0);
    assert_int_equal(level->tail, before);
}

static void a_level_is_a_queue(void **state)
{
    (void)state;
    for (u32 slot = 1; slot <= 4; slot++) {
        put(slot, SIDE_BUY, 700);
    }
    assert_queue(700, (const u32[]){1, 2, 3, 4}, 4);
    take(2);
    assert_queue(700, (const u32[]){1, 3, 4}, 3);
    take(1);
    assert_queue(700, (const u32[]){3, 4}, 2);
    take(4);
    assert_queue(700, (const u32[]){3}, 1);
    put(5, SIDE_BUY, 700);
    assert_queue(700, (const u32[]){3, 5}, 2);
    take(5);
    take(3);
}

static void requeueing_goes_to_the_end_of_the_level(void **state)
{
    (void)state;
    for (u32 slot = 1; slot <= 4; slot++) {
        put(slot, SIDE_SELL, 700);
    }
    book_requeue(world.core, market, 1);
    assert_queue(700, (const u32[]){2, 3, 4, 1}, 4);
    book_requeue(world.core, market, 3);
    assert_queue(700, (const u32[]){2, 4, 1, 3}, 4);
    book_requeue(world.core, market, 3); /* is there already */
    assert_queue(700, (const u32[]){2, 4, 1, 3}, 4);
    assert_int_equal(world.core->resting_count, 4);
    for (u32 slot = 1; slot <= 4; slot++) {
        take(slot);
    }
}

static void requeueing_a_lone_order_changes_nothing(void **state)
{
    (void)state;
    put(1, SIDE_SELL, 700);
    book_requeue(world.core, market, 1);
    assert_queue(700, (const u32[]){1}, 1);
    take(1);
}

static NEVER_INLINE void take_twice(void)
{
    take(1);
    world.core->orders[1].ticks = 700;
    put(2, SIDE_BUY, 700);
    book_remove(world.core, market, 1);
}

static void removing_twice_is_our_fault(void **state)
{
    (void)state;
    put(1, SIDE_BUY, 700);
    expect_assert_failure(take_twice());
    take(2);
}

/* ---- best prices ---- */

static void an_empty_side_has_no_best(void **state)
{
    (void)state;
    assert_true(book_side_is_empty(market, SIDE_BUY));
    assert_true(book_side_is_empty(market, SIDE_SELL));
    put(1, SIDE_BUY, 1);
    assert_false(book_side_is_empty(market, SIDE_BUY));
    assert_true(book_side_is_empty(market, SIDE_SELL));
    take(1);
    assert_true(book_side_is_empty(market, SIDE_BUY));
}

static void crossing_is_at_the_best_opposite_price_or_better(void **state)
{
    (void)state;
    assert_false(book_crosses(market, SIDE_BUY, TICKS_MAX));
    assert_false(book_crosses(market, SIDE_SELL, 1));
    put(1, SIDE_BUY, 100);
    put(2, SIDE_SELL, 103);
    assert_false(book_crosses(market, SIDE_BUY, 102));
    assert_true(book_crosses(market, SIDE_BUY, 103));
    assert_true(book_crosses(market, SIDE_BUY, 104));
    assert_true(book_crosses(market, SIDE_SELL, 99));
    assert_true(book_crosses(market, SIDE_SELL, 100));
    assert_false(book_crosses(market, SIDE_SELL, 101));
    take(1);
    take(2);
}

/* Ticks at both sides of every boundary of words, pages and the directory's layers. */
static const u32 edges[] = {
    1,         2,         62,        63,        64,        65,        511,       512,
    513,       575,       576,       32767,     32768,     32769,     2097151,   2097152,
    2097153,   134217727, 134217728, 134217729, 268435455, 268435456, 805306368, TICKS_MAX - 1,
    TICKS_MAX,
};

static void bids_go_down_over_every_boundary(void **state)
{
    (void)state;
    for (u32 i = 0; i < ARRAY_COUNT(edges); i++) {
        put(i + 1, SIDE_BUY, edges[i]);
        assert_int_equal(market->best[SIDE_BUY], edges[i]);
    }
    for (u32 i = ARRAY_COUNT(edges); i > 0; i--) {
        assert_int_equal(market->best[SIDE_BUY], edges[i - 1]);
        u32 behind = i > 1 ? edges[i - 2] : 0;
        assert_int_equal(book_next(world.core, market, SIDE_BUY, edges[i - 1]), behind);
        take(i);
        assert_int_equal(market->best[SIDE_BUY], behind);
    }
}

static void asks_go_up_over_every_boundary(void **state)
{
    (void)state;
    for (u32 i = ARRAY_COUNT(edges); i > 0; i--) {
        put(i, SIDE_SELL, edges[i - 1]);
        assert_int_equal(market->best[SIDE_SELL], edges[i - 1]);
    }
    for (u32 i = 0; i < ARRAY_COUNT(edges); i++) {
        assert_int_equal(market->best[SIDE_SELL], edges[i]);
        u32 behind = i + 1 < ARRAY_COUNT(edges) ? edges[i + 1] : TICKS_NONE;
        assert_int_equal(book_next(world.core, market, SIDE_SELL, edges[i]), behind);
        take(i + 1);
        assert_int_equal(market->best[SIDE_SELL], behind);
    }
}

/* Each pair of edges alone, so that no neighbour helps. */
static void any_two_edges_find_each_other(void **state)
{
    (void)state;
    for (u32 i = 0; i < ARRAY_COUNT(edges); i++) {
        for (u32 k = i + 1; k < ARRAY_COUNT(edges); k++) {
            put(1, SIDE_SELL, edges[i]);
            put(2, SIDE_SELL, edges[k]);
            assert_int_equal(book_next(world.core, market, SIDE_SELL, edges[i]), edges[k]);
            assert_int_equal(book_next(world.core, market, SIDE_SELL, edges[k]), TICKS_NONE);
            assert_int_equal(book_next(world.core, market, SIDE_BUY, edges[k]), edges[i]);
            assert_int_equal(book_next(world.core, market, SIDE_BUY, edges[i]), 0);
            take(1);
            take(2);
        }
    }
}

static void a_worse_price_leaves_the_best_alone(void **state)
{
    (void)state;
    put(1, SIDE_BUY, 100);
    put(2, SIDE_BUY, 90);
    put(3, SIDE_SELL, 110);
    put(4, SIDE_SELL, 120);
    assert_int_equal(market->best[SIDE_BUY], 100);
    assert_int_equal(market->best[SIDE_SELL], 110);
    take(2);
    take(4);
    assert_int_equal(market->best[SIDE_BUY], 100);
    assert_int_equal(market->best[SIDE_SELL], 110);
    take(1);
    take(3);
}

/* ---- pages ---- */

static void a_page_is_taken_with_its_first_order_and_given_back_with_its_last(void **state)
{
    (void)state;
    assert_false(book_has_page(market, 1000));
    put(1, SIDE_BUY, 1000);
    put(2, SIDE_BUY, 1023);
    assert_true(book_has_page(market, 512));
    assert_false(book_has_page(market, 1024));
    assert_int_equal(world.core->page_slab.count, 1);
    put(3, SIDE_SELL, 1024);
    assert_int_equal(world.core->page_slab.count, 2);
    take(1);
    assert_true(book_has_page(market, 1000));
    take(2);
    assert_false(book_has_page(market, 1000));
    assert_int_equal(world.core->page_slab.count, 1);
    take(3);
}

static void both_sides_share_a_page(void **state)
{
    (void)state;
    put(1, SIDE_BUY, 600);
    put(2, SIDE_SELL, 601);
    assert_int_equal(world.core->page_slab.count, 1);
    take(1);
    assert_int_equal(world.core->page_slab.count, 1);
    assert_int_equal(market->best[SIDE_SELL], 601);
    take(2);
}

static void a_page_used_again_is_empty(void **state)
{
    (void)state;
    for (u32 round = 0; round < 3; round++) {
        for (u32 i = 0; i < PAGES; i++) {
            put(i + 1, SIDE_BUY, (i + 1) * 512 * 1000 + i + round * 7);
        }
        assert_int_equal(world.core->page_slab.count, PAGES);
        for (u32 i = 0; i < PAGES; i++) {
            take(i + 1);
        }
        assert_int_equal(world.core->page_slab.count, 0);
    }
}

static NEVER_INLINE void put_beyond_pages(void)
{
    put(PAGES + 1, SIDE_BUY, 512 * 1000 * 100);
}

static void a_page_too_many_is_our_fault(void **state)
{
    (void)state;
    for (u32 i = 0; i < PAGES; i++) {
        put(i + 1, SIDE_BUY, (i + 1) * 512 * 1000);
    }
    expect_assert_failure(put_beyond_pages());
    world.core->orders[PAGES + 1].id = 0;
    for (u32 i = 0; i < PAGES; i++) {
        take(i + 1);
    }
}

static void all_ticks_of_a_page_can_be_occupied(void **state)
{
    (void)state;
    for (u32 first = 1024; first < 1536; first += SLOTS) {
        u32 count = 1536 - first < SLOTS ? 1536 - first : SLOTS;
        for (u32 i = 0; i < count; i++) {
            put(i + 1, SIDE_SELL, first + i);
        }
        for (u32 i = 0; i < count; i++) {
            assert_int_equal(market->best[SIDE_SELL], first + i);
            take(i + 1);
        }
    }
}

/* ---- at random ---- */

struct naive {
    u32 slots[SLOTS]; /* in order of price, then of time; bids and asks in one */
    u32 count;
};

static void naive_put(struct naive *naive, u32 slot)
{
    u32 ticks = world.core->orders[slot].ticks;
    u32 place = naive->count;
    while (place > 0 && world.core->orders[naive->slots[place - 1]].ticks > ticks) {
        place--;
    }
    memmove(&naive->slots[place + 1], &naive->slots[place], (naive->count - place) * sizeof slot);
    naive->slots[place] = slot;
    naive->count++;
}

static void naive_take(struct naive *naive, u32 place)
{
    naive->count--;
    memmove(&naive->slots[place], &naive->slots[place + 1],
            (naive->count - place) * sizeof naive->slots[0]);
}

static void naive_compare(const struct naive *naive, u8 side)
{
    u32 none = side == SIDE_BUY ? 0 : TICKS_NONE;
    u32 ticks = market->best[side];
    u32 seen = 0;
    u32 count = 0;
    for (u32 i = 0; i < naive->count; i++) {
        count += world.core->orders[naive->slots[i]].side == side;
    }
    for (; ticks != none; ticks = book_next(world.core, market, side, ticks)) {
        u32 place = 0;
        while (world.core->orders[naive->slots[place]].ticks != ticks) {
            place++;
            assert_true(place < naive->count);
        }
        for (u32 slot = book_level(world.core, market, ticks)->head; slot;
             slot = world.core->orders[slot].next) {
            assert_int_equal(naive->slots[place], slot);
            place++;
            seen++;
        }
        bool is_last = place == naive->count;
        assert_true(is_last || world.core->orders[naive->slots[place]].ticks > ticks);
    }
    assert_int_equal(seen, count);
}

/* Bids below the middle, asks above it, near edges more often than not. */
static u32 random_ticks(struct random *random, u8 side)
{
    const u32 middle = TICKS_MAX / 4;
    u64 ticks = edges[random_below(random, ARRAY_COUNT(edges))] + random_below(random, 3);
    ticks = random_chance(random, 1, 4) ? random_below(random, TICKS_MAX) : ticks;
    ticks = u64_max(1, u64_min(ticks, TICKS_MAX));
    bool fits = side == SIDE_BUY ? ticks < middle : ticks >= middle;
    return fits ? (u32)ticks : side == SIDE_BUY ? middle - 1 : middle;
}

static void random_work_agrees_with_a_sorted_list(void **state)
{
    (void)state;
    struct random random;
    struct naive naive = {.count = 0};
    random_init(&random, test_seed());
    u64 rounds = test_rounds(20000);
    for (u64 round = 0; round < rounds; round++) {
        u32 slot = 1 + (u32)random_below(&random, PAGES);
        if (world.core->orders[slot].id == 0) {
            u8 side = (u8)random_below(&random, 2);
            put(slot, side, random_ticks(&random, side));
            naive_put(&naive, slot);
        } else {
            u32 place = 0;
            while (naive.slots[place] != slot) {
                place++;
            }
            naive_take(&naive, place);
            if (random_chance(&random, 1, 3)) {
                book_requeue(world.core, market, slot);
                naive_put(&naive, slot);
            } else {
                take(slot);
            }
        }
        naive_compare(&naive, SIDE_BUY);
        naive_compare(&naive, SIDE_SELL);
    }
    while (naive.count > 0) {
        take(naive.slots[0]);
        naive_take(&naive, 0);
    }
}

#define EXAMPLE(name) cmocka_unit_test_setup_teardown(name, open_world, close_world)

int main(void)
{
    const struct CMUnitTest tests[] = {
        EXAMPLE(a_level_is_a_queue),
        EXAMPLE(requeueing_goes_to_the_end_of_the_level),
        EXAMPLE(requeueing_a_lone_order_changes_nothing),
        EXAMPLE(removing_twice_is_our_fault),
        EXAMPLE(an_empty_side_has_no_best),
        EXAMPLE(crossing_is_at_the_best_opposite_price_or_better),
        EXAMPLE(bids_go_down_over_every_boundary),
        EXAMPLE(asks_go_up_over_every_boundary),
        EXAMPLE(any_two_edges_find_each_other),
        EXAMPLE(a_worse_price_leaves_the_best_alone),
        EXAMPLE(a_page_is_taken_with_its_first_order_and_given_back_with_its_last),
        EXAMPLE(both_sides_share_a_page),
        EXAMPLE(a_page_used_again_is_empty),
        EXAMPLE(a_page_too_many_is_our_fault),
        EXAMPLE(all_ticks_of_a_page_can_be_occupied),
        EXAMPLE(random_work_agrees_with_a_sorted_list),
    };
    return cmocka_run_group_tests_name("book", tests, NULL, NULL);
}
