/* Aim: control is followed up to whom nobody controls. Method: chains by hand, through each kind of
 * control, with circles and with what does not suffice. */
#include "role/screen/own_control.h"

#include "base/span.h"
#include "tests/support/own_model.h"
#include "tests/support/test.h"

#define PERCENT (OWN_WHOLE / 100)

enum { A, B, C, D, E, NODES };

static struct own_model model;

static struct own_edge *say(enum own_kind kind, u32 holder, u32 target, u32 percent)
{
    model.nodes_count = NODES;
    model.edges[model.edges_count] = (struct own_edge){.kind = kind,
                                                       .holder = holder,
                                                       .target = target,
                                                       .via = OWN_NONE,
                                                       .lower = percent * PERCENT,
                                                       .upper = percent * PERCENT,
                                                       .times = OWN_TIMES_ALWAYS};
    model.edges_count += 1;
    return &model.edges[model.edges_count - 1];
}

static struct own_controller found[OWN_CONTROLLERS_MAX];

static u32 climb(u32 node)
{
    struct own_graph *graph = NULL;
    struct own_view *view = NULL;
    assert_int_equal(own_model_graph(&model, &graph), FAULT_NONE);
    assert_int_equal(own_view_open(graph, (struct own_moment){9, 9}, &view), FAULT_NONE);
    u32 count = own_controllers_of(view, node, found);
    own_view_close(view);
    own_graph_close(graph);
    return count;
}

/* B controls A with 30 percent and the board, C holds 51 of B, D 60 of C's votes; E 70 of A's
 * shares. */
static void up_to_the_last(void **state)
{
    (void)state;
    model = (struct own_model){.nodes_count = 0};
    say(OWN_SHARE, B, A, 30);
    say(OWN_BOARD, B, A, 0);
    say(OWN_SHARE, C, B, 51);
    say(OWN_VOTES, D, C, 60);
    say(OWN_SHARE, E, A, 70);
    assert_int_equal(climb(A), 4);
    assert_int_equal(found[0].node, B);
    assert_int_equal(found[0].kind, OWN_BOARD);
    assert_int_equal(found[0].edge, 1);
    assert_false(found[0].is_last);
    assert_int_equal(found[1].node, E);
    assert_true(found[1].is_last);
    assert_int_equal(found[2].node, C);
    assert_int_equal(found[2].over, B);
    assert_int_equal(found[3].node, D);
    assert_int_equal(found[3].kind, OWN_VOTES);
    assert_int_equal(found[3].depth, 3);
    assert_true(found[3].is_last);
    assert_int_equal(climb(D), 0);
}

static void half_is_not_enough_and_circles_end(void **state)
{
    (void)state;
    model = (struct own_model){.nodes_count = 0};
    say(OWN_SHARE, B, A, 50);
    say(OWN_INFLUENCE, C, A, 0)->flags = OWN_EDGE_POSSIBLE;
    say(OWN_SHARE, A, A, 100);
    say(OWN_SHARE, D, A, 51)->times.valid_until = 9;
    assert_int_equal(climb(A), 0);
    say(OWN_SHARE, E, A, 100);
    say(OWN_SHARE, A, E, 100);
    assert_int_equal(climb(A), 1);
    assert_false(found[0].is_last); /* A itself controls E */
    say(OWN_SHARE, C, D, 100);
    say(OWN_SHARE, C, C, 100);
    assert_int_equal(climb(D), 1);
    assert_true(found[0].is_last); /* who holds only itself */
}

static void more_than_fit_are_cut(void **state)
{
    (void)state;
    model = (struct own_model){.nodes_count = 0};
    for (u32 holder = 1; holder <= OWN_CONTROLLERS_MAX + 1; holder += 1) {
        say(OWN_BOARD, holder, A, 0);
    }
    struct own_build *build = NULL;
    assert_int_equal(own_build_open(&build), FAULT_NONE);
    for (u32 node = 0; node <= OWN_CONTROLLERS_MAX + 1; node += 1) {
        u8 key = (u8)node;
        u32 number = 0;
        assert_int_equal(own_build_node(build, span_of(&key, 1), &number), FAULT_NONE);
    }
    for (u32 edge = 0; edge < model.edges_count; edge += 1) {
        u32 number = 0;
        model.edges[edge].source = OWN_NONE;
        assert_int_equal(own_build_edge(build, &model.edges[edge], &number), FAULT_NONE);
    }
    struct own_graph *graph = NULL;
    struct own_view *view = NULL;
    assert_int_equal(own_graph_seal(build, &graph), FAULT_NONE);
    own_build_close(build);
    assert_int_equal(own_view_open(graph, (struct own_moment){9, 9}, &view), FAULT_NONE);
    assert_int_equal(own_controllers_of(view, A, found), OWN_CONTROLLERS_MAX);
    own_view_close(view);
    own_graph_close(graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(up_to_the_last),
        cmocka_unit_test(more_than_fit_are_cut),
        cmocka_unit_test(half_is_not_enough_and_circles_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
