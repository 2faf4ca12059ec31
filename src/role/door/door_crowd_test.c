/* Aim: whoever floods from one site takes nobody else's place, and gives way first. Method:
 * examples by name; then random sites beside a plain count of each. */
#include "role/door/door_crowd.h"

#include "base/bytes.h"
#include "base/random.h"
#include "tests/support/test.h"

#include <string.h>

enum { MAX = 64, SITES = 5 };

static struct door_crowd *crowd;
static u8 id[DOOR_TICKET_BYTES];

static int setup(void **state)
{
    (void)state;
    assert_int_equal(door_crowd_open(&crowd, MAX), FAULT_NONE);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    door_crowd_close(crowd);
    return 0;
}

static const u8 *name(u64 number)
{
    static u8 ids[2][DOOR_TICKET_BYTES];
    static u32 turn;
    turn ^= 1;
    bytes_put_u64(ids[turn], number);
    return ids[turn];
}

static u64 given(u64 site, u64 now_us)
{
    return door_crowd_yields(crowd, site, now_us, id) ? bytes_u64(id) : 0;
}

static void sites_are_48_bits_or_24(void **state)
{
    u8 one[DOOR_NETWORK_BYTES];
    u8 other[DOOR_NETWORK_BYTES];
    (void)state;
    memset(one, 0x20, sizeof(one));
    for (u32 byte = 0; byte < DOOR_NETWORK_BYTES; byte += 1) {
        memcpy(other, one, sizeof(one));
        other[byte] ^= 1;
        assert_int_equal(door_crowd_site(one) == door_crowd_site(other), byte >= 6);
    }
    memset(one, 0, sizeof(one));
    one[10] = 0xff;
    one[11] = 0xff;
    for (u32 byte = 12; byte < DOOR_NETWORK_BYTES; byte += 1) {
        memcpy(other, one, sizeof(one));
        other[byte] ^= 1;
        assert_int_equal(door_crowd_site(one) == door_crowd_site(other), byte >= 15);
    }
    memset(other, 0, sizeof(other)); /* :: is not 0.0.0.0 */
    assert_true(door_crowd_site(one) != door_crowd_site(other));
    assert_true(door_crowd_site(other) != 0);
}

static void the_oldest_of_the_largest_site_gives_way(void **state)
{
    (void)state;
    assert_int_equal(given(1, 0), 0);
    door_crowd_add(crowd, name(11), 1, 100);
    door_crowd_add(crowd, name(22), 2, 90);
    door_crowd_add(crowd, name(21), 2, 80);
    door_crowd_add(crowd, name(23), 2, 95);
    assert_int_equal(given(3, 0), 21);
    assert_int_equal(given(1, 0), 21);
    assert_int_equal(given(2, 0), 0); /* it has most itself */
    door_crowd_forget(crowd, name(21));
    door_crowd_forget(crowd, name(99));
    assert_int_equal(given(3, 0), 22);
    assert_int_equal(given(1, 0), 22);
    assert_int_equal(given(1, 90), 0); /* over: one each */
    assert_int_equal(given(3, 90), 11);
    assert_int_equal(given(3, 100), 0);
}

static void random_sites_beside_a_count(void **state)
{
    struct random random;
    u64 sites[MAX];
    u32 count = 0;
    (void)state;
    random_init(&random, test_seed());
    for (u64 step = 1; step < 2000; step += 1) {
        u64 site = random_chance(&random, 1, 2) ? 1 : random_between(&random, 1, SITES);
        if (count == MAX) {
            u32 of[SITES + 1] = {0};
            u32 most = 0;
            for (u32 i = 0; i < MAX; i += 1) {
                of[sites[i]] += 1;
            }
            for (u32 i = 1; i <= SITES; i += 1) {
                most = of[i] > most ? of[i] : most;
            }
            bool yields = door_crowd_yields(crowd, site, 0, id);
            assert_int_equal(yields, of[site] < most);
            if (!yields) {
                continue;
            }
            u64 place = bytes_u64(id) % MAX;
            assert_int_equal(of[sites[place]], most);
            door_crowd_forget(crowd, id);
            sites[place] = site;
            door_crowd_add(crowd, name(step * MAX + place), site, step);
        } else {
            sites[count] = site;
            door_crowd_add(crowd, name(step * MAX + count), site, step);
            count += 1;
        }
    }
    door_crowd_add(crowd, name(1), 1, 1); /* no room: nothing happens */
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(sites_are_48_bits_or_24),
        TEST(the_oldest_of_the_largest_site_gives_way),
        TEST(random_sites_beside_a_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
