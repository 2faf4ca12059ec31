/* Aim: trade groups come from declared and confirmed webs only, and from all of them. Method: webs
 * by hand; random webs against repeated joining over a table. */
#include "role/screen/own_group.h"

#include "base/random.h"
#include "tests/support/own_model.h"
#include "tests/support/own_random.h"
#include "tests/support/test.h"

#include <string.h>

#define PERCENT (OWN_WHOLE / 100)
#define DAY     (OWN_RANDOM_DAYS / 2)

enum { A, B, C, D, E, NODES };

static struct own_model model;
static u32 group[OWN_MODEL_NODES_MAX];
static u32 groups_count;

static struct own_edge *say(enum own_kind kind, u32 holder, u32 target, u32 percent)
{
    model.nodes_count = NODES;
    model.edges[model.edges_count] = (struct own_edge){.kind = kind,
                                                       .flags = OWN_EDGE_DECLARED,
                                                       .holder = holder,
                                                       .target = target,
                                                       .via = OWN_NONE,
                                                       .lower = percent * PERCENT,
                                                       .upper = percent * PERCENT,
                                                       .times = OWN_TIMES_ALWAYS};
    model.edges_count += 1;
    return &model.edges[model.edges_count - 1];
}

static void join(void)
{
    struct own_graph *graph = NULL;
    struct own_groups groups;
    assert_int_equal(own_model_graph(&model, &graph), FAULT_NONE);
    assert_int_equal(own_groups_open(graph, (struct own_moment){DAY, DAY}, &groups), FAULT_NONE);
    memcpy(group, groups.group, model.nodes_count * sizeof(u32));
    groups_count = groups.groups_count;
    own_groups_close(&groups);
    own_graph_close(graph);
}

static void majority_and_control_join(void **state)
{
    (void)state;
    model = (struct own_model){.nodes_count = NODES};
    say(OWN_SHARE, A, B, 51);
    say(OWN_SHARE, A, C, 50);
    say(OWN_BOARD, D, E, 0)->flags = OWN_EDGE_CONFIRMED;
    join();
    assert_int_equal(group[B], A);
    assert_int_equal(group[C], C); /* half is not more than half */
    assert_int_equal(group[E], D);
    assert_int_equal(groups_count, 2);
    say(OWN_VOTES, B, C, 51);
    join();
    assert_int_equal(group[C], A);
}

/* A and B, one group, hold 30 percent each of C; D alone holds 40. */
static void a_group_adds_up(void **state)
{
    (void)state;
    model = (struct own_model){.nodes_count = NODES};
    say(OWN_SHARE, A, C, 30);
    say(OWN_SHARE, B, C, 30);
    say(OWN_SHARE, D, C, 40);
    join();
    assert_int_equal(groups_count, 0);
    say(OWN_SHARE, E, A, 60);
    say(OWN_SHARE, E, B, 60);
    join();
    assert_int_equal(group[C], A);
    assert_int_equal(group[E], A);
    assert_int_equal(group[D], D);
    assert_int_equal(groups_count, 1);
}

static void what_is_inferred_does_not_show(void **state)
{
    (void)state;
    static const u32 flags[] = {0, OWN_EDGE_BAND, OWN_EDGE_DECLARED | OWN_EDGE_POSSIBLE};
    for (u32 index = 0; index < ARRAY_COUNT(flags); index += 1) {
        model = (struct own_model){.nodes_count = NODES};
        say(OWN_SHARE, A, B, 100)->flags = flags[index];
        join();
        assert_int_equal(groups_count, 0);
    }
    say(OWN_LINKED, A, B, 0);
    say(OWN_ATTRIBUTE, A, B, 0);
    say(OWN_SHARE, A, B, 100)->times.valid_until = DAY;
    join();
    assert_int_equal(groups_count, 0);
}

/* Joins whatever can be joined, until nothing can. */
static void plain_join(u32 *plain)
{
    struct own_model counted = model;
    counted.edges_count = 0;
    for (u32 index = 0; index < model.edges_count; index += 1) {
        const struct own_edge *edge = &model.edges[index];
        if ((edge->flags & (OWN_EDGE_DECLARED | OWN_EDGE_CONFIRMED)) != 0 &&
            (edge->flags & OWN_EDGE_POSSIBLE) == 0) {
            counted.edges[counted.edges_count] = *edge;
            counted.edges_count += 1;
        }
    }
    for (u32 node = 0; node < model.nodes_count; node += 1) {
        plain[node] = node;
    }
    struct own_moment moment = {DAY, DAY};
    for (bool changed = true; changed;) {
        changed = false;
        for (u32 turn = 0; turn < model.nodes_count * model.nodes_count; turn += 1) {
            u32 target = turn / model.nodes_count;
            u32 first = plain[turn % model.nodes_count];
            i64 sums[2] = {0, 0};
            bool whole = false;
            for (u32 holder = 0; holder < model.nodes_count; holder += 1) {
                if (plain[holder] != first || holder == target) {
                    continue;
                }
                for (u32 kind = OWN_SHARE; kind <= OWN_VOTES; kind += 1) {
                    i64 lower = 0;
                    i64 upper = 0;
                    (void)own_model_said(&counted, holder, target, (enum own_kind)kind, false,
                                         moment, &lower, &upper);
                    sums[kind] += lower;
                    (void)own_model_said(&counted, holder, target, (enum own_kind)kind, true,
                                         moment, &lower, &upper);
                    whole = whole || lower > OWN_WHOLE / 2;
                }
                for (u32 index = 0; index < counted.edges_count; index += 1) {
                    const struct own_edge *edge = &counted.edges[index];
                    bool control = edge->kind == OWN_BOARD || edge->kind == OWN_INFLUENCE ||
                                   edge->kind == OWN_CONSOLIDATED;
                    whole = whole || (control && edge->holder == holder && edge->target == target &&
                                      own_times_hold(&edge->times, moment));
                }
            }
            bool joins = whole || sums[0] > OWN_WHOLE / 2 || sums[1] > OWN_WHOLE / 2;
            if (joins && plain[target] != first) {
                u32 old = plain[target] > first ? plain[target] : first;
                u32 kept = plain[target] > first ? first : plain[target];
                for (u32 node = 0; node < model.nodes_count; node += 1) {
                    plain[node] = plain[node] == old ? kept : plain[node];
                }
                changed = true;
            }
        }
    }
}

static void random_webs_agree_with_plain_joining(void **state)
{
    (void)state;
    struct random random;
    u64 rounds = test_rounds(1500);
    u32 most = 0;
    for (u64 round = 0; round < rounds; round += 1) {
        random_init(&random, random_seed_derive(test_seed() + 5, round));
        own_random_model(&random, &model);
        for (u32 index = 0; index < model.edges_count; index += 1) {
            model.edges[index].flags |= random_chance(&random, 2, 3)   ? OWN_EDGE_DECLARED
                                        : random_chance(&random, 1, 2) ? OWN_EDGE_CONFIRMED
                                                                       : 0;
        }
        join();
        u32 plain[OWN_MODEL_NODES_MAX];
        plain_join(plain);
        for (u32 node = 0; node < model.nodes_count; node += 1) {
            if (group[node] != plain[node]) {
                fail_msg("seed %llu round %llu node %u: group %u, plainly %u",
                         (unsigned long long)test_seed(), (unsigned long long)round, node,
                         group[node], plain[node]);
            }
        }
        most = groups_count > most ? groups_count : most;
    }
    assert_true(most >= 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(majority_and_control_join),
        cmocka_unit_test(a_group_adds_up),
        cmocka_unit_test(what_is_inferred_does_not_show),
        cmocka_unit_test(random_webs_agree_with_plain_joining),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
