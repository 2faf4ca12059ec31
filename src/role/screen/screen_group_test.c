/* Aim: people of one web come into one group and stay in it; a group keeps its number while people
 * come, two that become one get the lower number, nobody is taken out and no number is given to a
 * second web. Method: webs and people by hand; random webs that grow and fall apart, in which every
 * command is applied as the writer does and what follows is compared with the webs. */
#include "role/screen/screen_group.h"

#include "base/random.h"
#include "tests/support/test.h"

#include <string.h>

enum { NODES = 12, PEOPLE = 9 };

#define GROUP(person) (SCREEN_GROUP_FIRST + (person))

static struct screen_groups groups;
static u32 web[NODES];
static struct own_groups webs = {.nodes_count = NODES, .group = web};
static u32 held[PEOPLE + 1]; /* by the writer */

static int begin(void **state)
{
    (void)state;
    screen_groups_init(&groups);
    memset(held, 0, sizeof(held));
    for (u32 node = 0; node < NODES; node += 1) {
        web[node] = node;
    }
    return 0;
}

static int end(void **state)
{
    (void)state;
    screen_groups_close(&groups);
    return 0;
}

static void applied(const void *command, size_t size, u16 kind)
{
    struct {
        struct event_applied event;
        u8 command[64];
    } record = {.event = {.head = {.kind = EVENT_APPLIED}}};
    struct command_head head = {.kind = kind, .units = (u8)(size / WIRE_UNIT)};
    assert_true(size <= sizeof(record.command));
    memcpy(record.command, command, size);
    memcpy(record.command, &head, sizeof(head));
    assert_true(screen_groups_event(&groups, (const u8 *)&record, sizeof(record.event) + size));
}

/* As the writer takes it: from officers anything, from screening only into a group or a lower one.
 */
static void sets(u32 person, u32 group)
{
    struct command_person_group set = {.person = person, .group = group};
    held[person] = group;
    applied(&set, sizeof(set), COMMAND_PERSON_GROUP);
}

static u32 web_of(u32 person)
{
    u32 node = person < groups.room ? groups.node[person] : OWN_NONE;
    return node == OWN_NONE ? NODES + person : web[node];
}

/* A number comes from somebody of the same web, or nobody has it. */
static void is_ours_or_fresh(const struct command_person_group *command)
{
    bool is_ours = false;
    bool is_others = false;
    for (u32 person = 1; person <= PEOPLE; person += 1) {
        bool has_it = person != command->person && held[person] == command->group;
        is_ours = is_ours || (has_it && web_of(person) == web_of(command->person));
        is_others = is_others || (has_it && web_of(person) != web_of(command->person));
    }
    assert_true(is_ours || !is_others);
}

static u32 told(void)
{
    struct command_person_group command;
    u32 count = 0;
    assert_int_equal(screen_groups_judge(&groups, &webs), FAULT_NONE);
    while (screen_groups_next(&groups, &webs, &command)) {
        struct command_person_group again;
        assert_true(screen_groups_next(&groups, &webs, &again));
        assert_memory_equal(&again, &command, sizeof(again));
        assert_in_range(command.person, 1, PEOPLE);
        is_ours_or_fresh(&command);
        assert_true(held[command.person] == 0 || command.group < held[command.person]);
        assert_int_equal(command.officer, 0);
        assert_int_equal(command.second, 0);
        screen_groups_sent(&groups);
        sets(command.person, command.group);
        count += 1;
    }
    assert_int_equal(screen_groups_judge(&groups, &webs), FAULT_NONE);
    assert_false(screen_groups_next(&groups, &webs, &command)); /* nothing is said twice */
    return count;
}

static void people_of_one_web_are_one_group(void **state)
{
    (void)state;
    assert_int_equal(told(), 0);
    web[4] = 2;
    screen_groups_node(&groups, 3, 2);
    screen_groups_node(&groups, 7, 5);
    assert_int_equal(told(), 0); /* one of the web alone, and a stranger */
    screen_groups_node(&groups, 5, 4);
    assert_int_equal(told(), 2);
    assert_int_equal(held[3], GROUP(3));
    assert_int_equal(held[5], GROUP(3));
    assert_int_equal(held[7], 0);
    screen_groups_node(&groups, 1, 2); /* one that is lower comes: the number stays */
    assert_int_equal(told(), 1);
    assert_int_equal(held[1], GROUP(3));
}

static void two_webs_that_become_one_get_the_lower_number(void **state)
{
    (void)state;
    web[1] = 0;
    web[3] = 2;
    for (u32 person = 1; person <= 4; person += 1) {
        screen_groups_node(&groups, person, person - 1);
    }
    assert_int_equal(told(), 4);
    assert_int_equal(held[4], GROUP(3));
    web[2] = 0;
    web[3] = 0;
    groups.is_old = true;
    assert_int_equal(told(), 2);
    assert_int_equal(held[4], GROUP(1));
    sets(2, 12); /* officers have a group of their own */
    assert_int_equal(told(), 3);
    assert_int_equal(held[4], 12);
}

static void a_web_that_falls_apart_waits_for_officers(void **state)
{
    (void)state;
    web[1] = 0;
    screen_groups_node(&groups, 1, 0);
    screen_groups_node(&groups, 2, 1);
    assert_int_equal(told(), 2);
    assert_int_equal(groups.apart, 0);
    web[1] = 1;
    groups.is_old = true;
    assert_int_equal(told(), 0);
    assert_int_equal(groups.apart, 1);
    sets(1, 0);
    assert_int_equal(told(), 0);
    assert_int_equal(groups.apart, 0);
    web[2] = 0; /* the number of the first is somebody's: the second of the new web gives its own */
    screen_groups_node(&groups, 3, 2);
    assert_int_equal(told(), 2);
    assert_int_equal(held[1], GROUP(3));
    assert_int_equal(held[2], GROUP(1));
}

static void who_starts_again_says_nothing_new(void **state)
{
    (void)state;
    web[1] = 0;
    screen_groups_clear(&groups);
    for (u32 person = 1; person <= 3; person += 1) {
        struct state_person record = {.head = {.kind = STATE_PERSON, .id = person},
                                      .group = person == 3 ? 0 : 77};
        held[person] = record.group;
        assert_true(screen_groups_state(&groups, (const u8 *)&record, sizeof(record)));
        assert_false(screen_groups_state(&groups, (const u8 *)&record, sizeof(record) - 1));
    }
    assert_int_equal(told(), 0); /* nobody is known yet */
    screen_groups_node(&groups, 2, 0);
    screen_groups_node(&groups, 3, 1);
    assert_int_equal(told(), 1);
    assert_int_equal(held[3], 77);
    screen_groups_nodes_clear(&groups);
    assert_int_equal(told(), 0);
    screen_groups_clear(&groups); /* the log begins anew */
    screen_groups_node(&groups, 2, 0);
    screen_groups_node(&groups, 3, 1);
    memset(held, 0, sizeof(held));
    assert_int_equal(told(), 2);
}

/* Random webs: merged and split, people who come and go, officers who take out. */
static void random_webs(void **state)
{
    struct random random;
    u64 rounds = test_rounds(3000);
    u64 joined = 0;
    random_init(&random, test_seed());
    for (u64 round = 0; round < rounds; round += 1) {
        (void)begin(state);
        for (u32 step = 0; step < 30; step += 1) {
            u32 person = 1 + (u32)random_below(&random, PEOPLE);
            u32 node = (u32)random_below(&random, NODES);
            u32 other = (u32)random_below(&random, NODES);
            u64 draw = random_below(&random, 10);
            if (draw < 5) {
                screen_groups_node(&groups, person, draw == 0 ? OWN_NONE : node);
            } else if (draw < 8) { /* a join: the lower names the web */
                u32 low = web[node] < web[other] ? web[node] : web[other];
                u32 high = web[node] ^ web[other] ^ low;
                for (u32 i = 0; i < NODES; i += 1) {
                    web[i] = web[i] == high ? low : web[i];
                }
                groups.is_old = true;
            } else if (draw == 8) {
                sets(person, 0);
            } else if (web[node] != node) {
                web[node] = node;
                groups.is_old = true;
            }
            joined += told();
            for (u32 a = 1; a <= PEOPLE; a += 1) {
                for (u32 b = 1; b < a; b += 1) {
                    if (web_of(a) == web_of(b) && (held[a] != held[b] || held[a] == 0)) {
                        fail_msg("seed %llu round %llu: %u and %u are in groups %u and %u",
                                 (unsigned long long)test_seed(), (unsigned long long)round, a, b,
                                 held[a], held[b]);
                    }
                }
            }
        }
        (void)end(state);
    }
    assert_true(joined > rounds);
}

int main(void)
{
#define EXAMPLE(test) cmocka_unit_test_setup_teardown(test, begin, end)
    const struct CMUnitTest tests[] = {
        EXAMPLE(people_of_one_web_are_one_group),
        EXAMPLE(two_webs_that_become_one_get_the_lower_number),
        EXAMPLE(a_web_that_falls_apart_waits_for_officers),
        EXAMPLE(who_starts_again_says_nothing_new),
        cmocka_unit_test(random_webs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
