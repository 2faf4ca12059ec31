/* Aim: an index finds what was put in and nothing else, also where homes collide, where a run goes
 * round the end of the table, and where two records share a key. Method: small tables with keys
 * sought for their home, random work against a plain list, and orders whose ids or client ids share
 * their hash. */
#include "core/index.h"

#include "base/random.h"
#include "tests/support/core_world.h"

#include <stdlib.h>
#include <string.h>

enum {
    ENTRIES = 16,
    CLIENTS = 300000, /* so many random ids hold some ten pairs with the same 32-bit key */
};

static struct index_entry entries[ENTRIES];
static struct index table;

static int open_table(void **state)
{
    (void)state;
    memset(entries, 0, sizeof entries);
    table = (struct index){.entries = entries, .mask = ENTRIES - 1, .shift = 32 - 4};
    return 0;
}

/* The `nth` key, from 0, whose home this is. */
static u32 key_at(u32 home, u32 nth)
{
    for (u32 key = 1;; key++) {
        if (index_home(&table, key) == home && nth-- == 0) {
            return key;
        }
    }
}

static u32 find(u32 key)
{
    u32 position = 0;
    return index_find(&table, key, &position);
}

static u32 used_entries(void)
{
    u32 count = 0;
    for (u32 i = 0; i < ENTRIES; i++) {
        count += entries[i].slot != 0;
    }
    return count;
}

static void homes_lie_inside_the_table(void **state)
{
    (void)state;
    u32 seen = 0;
    for (u32 key = 0; key < 1000; key++) {
        assert_true(index_home(&table, key) < ENTRIES);
        seen |= 1U << index_home(&table, key);
    }
    assert_int_equal(seen, 0xFFFF); /* and everywhere in it */
}

static void what_was_not_put_in_is_not_found(void **state)
{
    (void)state;
    assert_int_equal(find(7), 0);
    index_insert(&table, key_at(3, 0), 1);
    assert_int_equal(find(key_at(3, 1)), 0);
    assert_int_equal(find(key_at(3, 0)), 1);
}

static void keys_of_one_home_stand_behind_each_other(void **state)
{
    (void)state;
    for (u32 i = 0; i < 5; i++) {
        index_insert(&table, key_at(5, i), 10 + i);
    }
    for (u32 i = 0; i < 5; i++) {
        assert_int_equal(find(key_at(5, i)), 10 + i);
        assert_int_equal(entries[5 + i].slot, 10 + i);
    }
}

static void a_run_goes_round_the_end(void **state)
{
    (void)state;
    for (u32 i = 0; i < 4; i++) {
        index_insert(&table, key_at(14, i), 20 + i);
    }
    assert_int_equal(entries[1].slot, 23);
    index_remove(&table, key_at(14, 0), 20);
    for (u32 i = 1; i < 4; i++) {
        assert_int_equal(find(key_at(14, i)), 20 + i);
    }
    assert_int_equal(entries[1].slot, 0);
}

static void a_removal_leaves_strangers_in_their_home(void **state)
{
    (void)state;
    index_insert(&table, key_at(6, 0), 1);
    index_insert(&table, key_at(6, 1), 2); /* at 7 */
    index_insert(&table, key_at(8, 0), 3); /* at home */
    index_insert(&table, key_at(6, 2), 4); /* at 9 */
    index_remove(&table, key_at(6, 1), 2);
    assert_int_equal(entries[8].slot, 3);
    assert_int_equal(entries[7].slot, 4);
    assert_int_equal(entries[9].slot, 0);
    assert_int_equal(find(key_at(6, 2)), 4);
}

static void two_records_with_one_key_are_both_found(void **state)
{
    (void)state;
    u32 key = key_at(2, 0);
    index_insert(&table, key, 1);
    index_insert(&table, key_at(2, 1), 2);
    index_insert(&table, key, 3);
    u32 position = 0;
    assert_int_equal(index_find(&table, key, &position), 1);
    assert_int_equal(index_find_next(&table, key, &position), 3);
    assert_int_equal(index_find_next(&table, key, &position), 0);
    index_remove(&table, key, 3); /* the one named, not the first */
    assert_int_equal(find(key), 1);
    assert_int_equal(used_entries(), 2);
}

static NEVER_INLINE void remove_stranger(void)
{
    index_remove(&table, key_at(2, 0), 9);
}

static void removing_what_is_not_there_is_our_fault(void **state)
{
    (void)state;
    expect_assert_failure(remove_stranger());
    index_insert(&table, key_at(2, 0), 1);
    expect_assert_failure(remove_stranger());
    assert_int_equal(find(key_at(2, 0)), 1);
}

/* Half full at most, as the core keeps its tables. */
static void random_work_agrees_with_a_list(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, test_seed());
    u32 keys[ENTRIES / 2] = {0}; /* of slot i + 1; 0: not in the table */
    u64 rounds = test_rounds(100000);
    for (u64 round = 0; round < rounds; round++) {
        u32 i = (u32)random_below(&random, ENTRIES / 2);
        if (keys[i]) {
            index_remove(&table, keys[i], i + 1);
            keys[i] = 0;
        } else {
            keys[i] = 1 + (u32)random_below(&random, 40);
            index_insert(&table, keys[i], i + 1);
        }
        u32 count = 0;
        for (u32 k = 0; k < ENTRIES / 2; k++) {
            u32 position = 0;
            u32 slot = keys[k] ? index_find(&table, keys[k], &position) : k + 1;
            while (slot != k + 1) {
                assert_int_not_equal(slot, 0);
                slot = index_find_next(&table, keys[k], &position);
            }
            count += keys[k] != 0;
        }
        assert_int_equal(used_entries(), count);
    }
}

/* ---- in the core ---- */

static struct core_world world;

static int open_world(void **state)
{
    (void)state;
    world_open(&world);
    return 0;
}

static int close_world(void **state)
{
    (void)state;
    world_close(&world);
    return 0;
}

static void ids_that_share_their_low_half_are_told_apart(void **state)
{
    (void)state;
    u64 low = world_place(&world, 0, world_limit(SIDE_BUY, 9000, 1));
    world.core->next_order_id = low + (1ULL << 32);
    u64 high = world_place(&world, 0, world_limit(SIDE_BUY, 9001, 1));
    assert_int_equal(high, low + (1ULL << 32));
    assert_int_not_equal(index_order(world.core, low), index_order(world.core, high));
    assert_int_equal(world.core->orders[index_order(world.core, high)].id, high);
    assert_int_equal(index_order(world.core, low + (2ULL << 32)), 0);
    world_cancel(&world, 0, low);
    assert_int_equal(index_order(world.core, low), 0);
    assert_int_not_equal(index_order(world.core, high), 0);
}

static void lists_and_holds_are_found_by_their_whole_id(void **state)
{
    (void)state;
    struct command_withdraw_hold hold = {.amount = amount_of(5), .asset = WORLD_USDT};
    world_apply(&world, &hold, COMMAND_WITHDRAW_HOLD, 0);
    assert_int_not_equal(index_hold(world.core, 1), 0);
    assert_int_equal(index_hold(world.core, 1 + (1ULL << 32)), 0);
    const struct world_order legs[] = {world_limit(SIDE_BUY, 9000, 1),
                                       world_limit(SIDE_SELL, 12000, 1)};
    (void)world_list(&world, 0, LIST_KIND_OTO, legs, 2);
    assert_int_not_equal(index_list(world.core, 1), 0);
    assert_int_equal(index_list(world.core, 1 + (1ULL << 32)), 0);
}

static void a_client_id_belongs_to_account_and_market(void **state)
{
    (void)state;
    world_add_second_market(&world);
    world_deposit(&world, 0, 3, WORLD_COIN);
    struct world_order order = world_limit(SIDE_BUY, 100, 1);
    order.client = "mine";
    struct client_id client = world_client("mine");
    assert_true(world_place(&world, 0, order) > 0);
    assert_true(world_place(&world, 1, order) > 0);
    order.market = 1;
    assert_true(world_place(&world, 0, order) > 0);
    u32 first = index_client(world.core, 0, 0, &client);
    u32 second = index_client(world.core, 1, 0, &client);
    u32 third = index_client(world.core, 0, 1, &client);
    assert_true(first && second && third);
    assert_true(first != second && second != third && first != third);
    assert_int_equal(index_client(world.core, 1, 1, &client), 0);
    struct client_id prefix = world_client("min");
    assert_int_equal(index_client(world.core, 0, 0, &prefix), 0);
}

static struct client_id client_number(u64 seed, u32 number)
{
    static const char digits[] = "0123456789abcdef";
    char text[17] = "";
    u64 value = random_seed_derive(seed, number);
    for (u32 i = 0; i < 16; i++) {
        text[i] = digits[value >> (4 * i) & 15];
    }
    return world_client(text);
}

static int compare_u64(const void *a, const void *b)
{
    u64 x = *(const u64 *)a;
    u64 y = *(const u64 *)b;
    return x < y ? -1 : x > y;
}

/* Two client ids of account 0 with the same hash, or the same id twice if there is no such pair. */
static void colliding_clients(struct client_id pair_out[2])
{
    u64 *rows = malloc(CLIENTS * sizeof *rows);
    assert_non_null(rows);
    for (u32 i = 0; i < CLIENTS; i++) {
        struct client_id client = client_number(1, i);
        rows[i] = (u64)index_client_key(0, 0, &client) << 32 | i;
    }
    qsort(rows, CLIENTS, sizeof *rows, compare_u64);
    u32 i = 1;
    while (i + 1 < CLIENTS && rows[i - 1] >> 32 != rows[i] >> 32) {
        i++;
    }
    assert_int_equal(rows[i - 1] >> 32, rows[i] >> 32);
    pair_out[0] = client_number(1, (u32)rows[i - 1]);
    pair_out[1] = client_number(1, (u32)rows[i]);
    free(rows);
}

static void client_ids_with_one_hash_are_told_apart(void **state)
{
    (void)state;
    struct client_id pair[2];
    colliding_clients(pair);
    assert_false(client_id_equal(&pair[0], &pair[1]));
    for (u32 i = 0; i < 2; i++) {
        struct world_order terms = world_limit(SIDE_BUY, 9000, 1);
        struct command_order order = world_order_command(&terms);
        order.client = pair[i];
        world_apply(&world, &order, COMMAND_ORDER, 0);
        world_assert_reject(world_reject(&world), REJECT_NONE);
    }
    u32 first = index_client(world.core, 0, 0, &pair[0]);
    u32 second = index_client(world.core, 0, 0, &pair[1]);
    assert_true(first != second && first && second);
    world_cancel(&world, 0, world.core->orders[first].id);
    assert_int_equal(index_client(world.core, 0, 0, &pair[0]), 0);
    assert_int_equal(index_client(world.core, 0, 0, &pair[1]), second);
}

static void bytes_behind_the_used_ones_do_not_count(void **state)
{
    (void)state;
    struct client_id client = world_client("abc");
    u32 key = index_client_key(4, 1, &client);
    client.packed[20] = 0xFF;
    assert_int_equal(index_client_key(4, 1, &client), key);
    assert_int_not_equal(index_client_key(5, 1, &client), key);
    assert_int_not_equal(index_client_key(4, 2, &client), key);
}

#define TABLE(name)   cmocka_unit_test_setup(name, open_table)
#define EXAMPLE(name) cmocka_unit_test_setup_teardown(name, open_world, close_world)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TABLE(homes_lie_inside_the_table),
        TABLE(what_was_not_put_in_is_not_found),
        TABLE(keys_of_one_home_stand_behind_each_other),
        TABLE(a_run_goes_round_the_end),
        TABLE(a_removal_leaves_strangers_in_their_home),
        TABLE(two_records_with_one_key_are_both_found),
        TABLE(removing_what_is_not_there_is_our_fault),
        TABLE(random_work_agrees_with_a_list),
        EXAMPLE(ids_that_share_their_low_half_are_told_apart),
        EXAMPLE(lists_and_holds_are_found_by_their_whole_id),
        EXAMPLE(a_client_id_belongs_to_account_and_market),
        EXAMPLE(client_ids_with_one_hash_are_told_apart),
        EXAMPLE(bytes_behind_the_used_ones_do_not_count),
    };
    return cmocka_run_group_tests_name("index", tests, NULL, NULL);
}
