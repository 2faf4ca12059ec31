/* Aim: an address has as many connections as were let in and have not gone, never more than it may,
 * and places are used again. Method: random comings and goings of few and of many addresses beside
 * a plain table; addresses that fall together are searched for. */
#include "role/gateway/crowd.h"

#include "base/hash.h"
#include "base/random.h"
#include "role/gateway/limit.h"
#include "tests/support/test.h"

#include <stdlib.h>
#include <string.h>

enum { CONNECTIONS_MAX = 200, HOSTS = 40, STEPS = 20000, SEED = 11 };

static struct crowd crowd;
static void *memory;

static int scene_open(void **state)
{
    (void)state;
    struct arena arena;
    size_t bytes = crowd_footprint(CONNECTIONS_MAX);
    memory = aligned_alloc(64, (bytes + 63) / 64 * 64);
    assert_non_null(memory);
    memset(memory, 0, bytes);
    arena_init(&arena, memory, bytes);
    assert_int_equal(crowd_open(&crowd, CONNECTIONS_MAX, SEED, &arena), FAULT_NONE);
    return 0;
}

static int scene_close(void **state)
{
    (void)state;
    free(memory);
    return 0;
}

static struct auth_address v4(u32 number)
{
    struct auth_address address = {.bytes = {[10] = 0xff, [11] = 0xff, [12] = 10}};
    address.bytes[14] = (u8)(number >> 8);
    address.bytes[15] = (u8)number;
    return address;
}

/* Another host of the same network each time. */
static struct auth_address v6(u32 network, u32 host)
{
    struct auth_address address = {.bytes = {0x20, 0x01, 0x0d, 0xb8}};
    memcpy(address.bytes + 4, &network, sizeof network);
    memcpy(address.bytes + 12, &host, sizeof host);
    return address;
}

static void an_address_has_what_it_may(void **state)
{
    (void)state;
    struct random random;
    u32 open[CONNECTIONS_MAX];
    u32 whose[CONNECTIONS_MAX];
    u32 counts[HOSTS] = {0};
    u32 count = 0;
    u64 refused = 0;
    random_init(&random, test_seed());
    for (u64 i = 0; i < test_rounds(STEPS); i++) {
        u32 most = (u32)random_below(&random, 9);
        if (count > 0 && (count == CONNECTIONS_MAX || random_chance(&random, 2, 5))) {
            u32 at = (u32)random_below(&random, count);
            crowd_leave(&crowd, open[at]);
            counts[whose[at]]--;
            count--;
            open[at] = open[count];
            whose[at] = whose[count];
        } else {
            u32 host = (u32)random_below(&random, HOSTS);
            struct auth_address address =
                host % 2 == 0 ? v4(host) : v6(host, (u32)random_u64(&random));
            u32 place = crowd_enter(&crowd, &address, most);
            assert_int_equal(place != 0, counts[host] < most);
            refused += place == 0;
            if (place != 0) {
                open[count] = place;
                whose[count] = host;
                counts[host]++;
                count++;
            }
        }
        u32 addresses = 0;
        for (u32 k = 0; k < HOSTS; k++) {
            addresses += counts[k] > 0;
        }
        assert_int_equal(crowd.addresses, addresses);
        assert_true(crowd.refused_count == refused);
    }
    while (count > 0) {
        count--;
        crowd_leave(&crowd, open[count]);
    }
    assert_int_equal(crowd.addresses, 0);
}

static void every_connection_may_be_from_elsewhere(void **state)
{
    (void)state;
    u32 places[CONNECTIONS_MAX];
    for (u32 round = 0; round < 2; round++) {
        for (u32 i = 0; i < CONNECTIONS_MAX; i++) {
            struct auth_address address = v4(i);
            places[i] = crowd_enter(&crowd, &address, 1);
            assert_int_not_equal(places[i], 0);
        }
        struct auth_address more = v4(CONNECTIONS_MAX);
        assert_int_equal(crowd_enter(&crowd, &more, 1), 0);
        for (u32 i = 0; i < CONNECTIONS_MAX; i++) {
            crowd_leave(&crowd, places[i]);
        }
    }
    crowd_leave(&crowd, 0); /* was not counted */
    assert_int_equal(crowd.addresses, 0);
}

static void a_chain_is_bounded(void **state)
{
    (void)state;
    u32 let_in = 0;
    for (u32 network = 0; let_in <= CROWD_CHAIN_MAX; network++) {
        struct auth_address address = v6(network, 1);
        struct auth_address key = limit_key(&address);
        if ((hash_bytes(key.bytes, sizeof key.bytes, SEED) & (crowd.heads_count - 1)) != 0) {
            continue;
        }
        assert_int_equal(crowd_enter(&crowd, &address, 5) != 0, let_in < CROWD_CHAIN_MAX);
        let_in++;
    }
    assert_int_equal(crowd.addresses, CROWD_CHAIN_MAX);
}

static void too_small_an_arena_is_said(void **state)
{
    (void)state;
    struct crowd small;
    struct arena arena;
    u8 bytes[64] __attribute__((aligned(64)));
    arena_init(&arena, bytes, sizeof bytes);
    assert_int_equal(crowd_open(&small, CONNECTIONS_MAX, SEED, &arena), FAULT_LIMIT);
    fault_forget();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_address_has_what_it_may, scene_open, scene_close),
        cmocka_unit_test_setup_teardown(every_connection_may_be_from_elsewhere, scene_open,
                                        scene_close),
        cmocka_unit_test_setup_teardown(a_chain_is_bounded, scene_open, scene_close),
        cmocka_unit_test(too_small_an_arena_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
