/* Aim: an officer's acts are theirs alone, the newest first, within their times and number; also in
 * a file of before, which has no index for it. Method: a desk with two authorities, asked for each
 * of its people and compared with a walk over all rows. */
#include "io/sql.h"
#include "tests/support/desk_scene.h"
#include "tests/support/test.h"

#include <string.h>

enum { ROWS_MAX = 64 };

struct collected {
    struct desk_visitor visitor; /* first: it is cast back */
    u32 count;
    u64 numbers[ROWS_MAX];
    u32 persons[ROWS_MAX];
    u64 times[ROWS_MAX];
};

static struct desk_scene scene;

static enum fault collect(struct desk_visitor *visitor, const struct desk_row *row)
{
    struct collected *to = (struct collected *)(void *)visitor;
    assert_true(to->count < ROWS_MAX);
    to->numbers[to->count] = row->number;
    to->persons[to->count] = row->step.person;
    to->times[to->count] = row->step.now_s;
    to->count += 1;
    return FAULT_NONE;
}

static int make(void **state)
{
    (void)state;
    u8 name[DESK_NAME_BYTES] = {7};
    desk_scene_open(&scene);
    desk_scene_store(&scene);
    desk_scene_authorities(&scene);
    desk_scene_approved(&scene, name);
    return 0;
}

static int clear(void **state)
{
    (void)state;
    desk_scene_close(&scene);
    return 0;
}

static void by(u32 person, u64 from_s, u64 until_s, u32 limit, struct collected *found)
{
    *found = (struct collected){.visitor = {.visit = collect}};
    assert_int_equal(desk_store_by(scene.store, person, from_s, until_s, limit, &found->visitor),
                     FAULT_NONE);
}

static void everybody_is_as_in_the_walk(void)
{
    static struct collected all;
    static struct collected found;
    u32 sum = 0;
    all = (struct collected){.visitor = {.visit = collect}};
    assert_int_equal(desk_store_walk(scene.store, NULL, &all.visitor), FAULT_NONE);
    for (u32 who = 0; who < DESK_SCENE_PEOPLE; who += 1) {
        u32 person = scene.staff.list[who].officer.number;
        by(person, 0, UINT64_MAX, ROWS_MAX, &found);
        u32 at = 0;
        for (u32 i = all.count; i > 0; i -= 1) {
            if (all.persons[i - 1] == person) {
                assert_true(at < found.count);
                assert_int_equal(found.numbers[at], all.numbers[i - 1]);
                at += 1;
            }
        }
        assert_int_equal(at, found.count);
        sum += found.count;
    }
    assert_true(sum > 5);
}

static void acts_are_their_officers(void **state)
{
    (void)state;
    everybody_is_as_in_the_walk();
}

static void times_and_number_bound_them(void **state)
{
    static struct collected all;
    static struct collected found;
    (void)state;
    u32 person = scene.staff.list[DESK_SCENE_ANNA].officer.number;
    by(person, 0, UINT64_MAX, ROWS_MAX, &all);
    assert_true(all.count >= 2);
    by(person, 0, UINT64_MAX, 1, &found);
    assert_int_equal(found.count, 1);
    assert_int_equal(found.numbers[0], all.numbers[0]);
    by(person, 0, all.times[0], ROWS_MAX, &found);
    for (u32 i = 0; i < found.count; i += 1) {
        assert_true(found.times[i] < all.times[0]);
    }
    by(person, all.times[0] + 1, UINT64_MAX, ROWS_MAX, &found);
    assert_int_equal(found.count, 0);
    by(person, all.times[0], all.times[0] + 1, ROWS_MAX, &found);
    assert_true(found.count >= 1);
}

static void a_file_of_before_gets_its_index(void **state)
{
    struct sql sql = {.db = NULL};
    static const char *const schema[] = {NULL};
    const struct sql_format format = {
        .application = 0x434d4244U, .version = 1, .what = "a desk", .schema = schema};
    (void)state;
    desk_store_close(scene.store);
    scene.store = NULL;
    assert_int_equal(sql_open(&sql, scene.path, SQL_WRITE, &format), FAULT_NONE);
    assert_int_equal(sql_run(&sql, "DROP INDEX events_by"), FAULT_NONE);
    sql_close(&sql);
    desk_scene_store(&scene);
    everybody_is_as_in_the_walk();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(acts_are_their_officers, make, clear),
        cmocka_unit_test_setup_teardown(times_and_number_bound_them, make, clear),
        cmocka_unit_test_setup_teardown(a_file_of_before_gets_its_index, make, clear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
