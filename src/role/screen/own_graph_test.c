/* Aim: what is said is what is read, in order and at both clocks; what contradicts itself is
 * refused in words. Method: small graphs by hand, and one of random edges against a plain array. */
#include "role/screen/own_graph.h"

#include "base/random.h"
#include "base/span.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

static struct own_build *build_new(void)
{
    struct own_build *build = NULL;
    assert_int_equal(own_build_open(&build), FAULT_NONE);
    return build;
}

static u32 node_of(struct own_build *build, const char *key)
{
    u32 node = OWN_NONE;
    assert_int_equal(own_build_node(build, span_of_text(key), &node), FAULT_NONE);
    return node;
}

static struct own_edge share_of(u32 holder, u32 target, u32 lower, u32 upper)
{
    return (struct own_edge){
        .kind = OWN_SHARE,
        .holder = holder,
        .target = target,
        .via = OWN_NONE,
        .lower = lower,
        .upper = upper,
        .times = OWN_TIMES_ALWAYS,
        .source = OWN_NONE,
        .statement = span_of_text("s-1"),
    };
}

static u32 edge_add(struct own_build *build, struct own_edge edge)
{
    u32 number = OWN_NONE;
    assert_int_equal(own_build_edge(build, &edge, &number), FAULT_NONE);
    return number;
}

static struct own_graph *seal(struct own_build *build)
{
    struct own_graph *graph = NULL;
    assert_int_equal(own_graph_seal(build, &graph), FAULT_NONE);
    own_build_close(build);
    return graph;
}

static void read_what_was_said(void **state)
{
    (void)state;
    struct own_build *build = build_new();
    u32 parent = node_of(build, "XI-LEI:PARENT");
    u32 child = node_of(build, "GB-COH:00000001");
    assert_int_equal(node_of(build, "XI-LEI:PARENT"), parent);
    struct own_node facts = {.name = span_of_text("Parent AG"),
                             .country = "CH",
                             .kind = OWN_NODE_ENTITY,
                             .flags = OWN_NODE_TRADED,
                             .founded = -400};
    assert_int_equal(own_build_describe(build, parent, &facts), FAULT_NONE);
    u32 source = OWN_NONE;
    u32 again = OWN_NONE;
    assert_int_equal(own_build_source(build, span_of_text("register.jsonl"), &source), FAULT_NONE);
    assert_int_equal(own_build_source(build, span_of_text("register.jsonl"), &again), FAULT_NONE);
    assert_int_equal(source, again);
    struct own_edge edge = share_of(parent, child, OWN_WHOLE / 4, OWN_WHOLE / 2);
    edge.flags = OWN_EDGE_BAND;
    edge.source = source;
    edge_add(build, edge);
    struct own_graph *graph = seal(build);

    u32 node = own_graph_find(graph, span_of_text("XI-LEI:PARENT"));
    assert_int_equal(node, own_graph_node(graph, parent));
    assert_int_equal(own_graph_find(graph, span_of_text("XI-LEI:OTHER")), OWN_NONE);
    struct own_node read;
    own_graph_node_read(graph, node, &read);
    assert_true(span_equal(read.name, span_of_text("Parent AG")));
    assert_string_equal(read.country, "CH");
    assert_int_equal(read.founded, -400);
    assert_int_equal(read.flags, OWN_NODE_TRADED);
    u32 named[2];
    assert_int_equal(own_graph_find_name(graph, span_of_text("Parent AG"), named, 2), 1);
    assert_int_equal(named[0], node);
    struct own_edges held = own_graph_held_by(graph, node);
    assert_int_equal(held.count, 1);
    struct own_edge said;
    own_graph_edge_read(graph, held.edges[0], &said);
    assert_int_equal(said.target, own_graph_node(graph, child));
    assert_int_equal(said.lower, OWN_WHOLE / 4);
    assert_int_equal(said.flags, OWN_EDGE_BAND);
    assert_true(span_equal(said.statement, span_of_text("s-1")));
    assert_true(
        span_equal(own_graph_source_name(graph, said.source), span_of_text("register.jsonl")));
    own_graph_close(graph);
}

static void expect_refusal(struct own_build *build, struct own_edge edge, const char *words)
{
    u32 number = 0;
    u32 before = own_build_edges_count(build);
    assert_int_equal(own_build_edge(build, &edge, &number), FAULT_INPUT);
    if (strstr(fault_text(), words) == NULL) {
        fail_msg("\"%s\" lacks \"%s\"", fault_text(), words);
    }
    assert_int_equal(own_build_edges_count(build), before);
}

static void refuse_contradictions(void **state)
{
    (void)state;
    struct own_build *build = build_new();
    u32 a = node_of(build, "a:1");
    u32 b = node_of(build, "b:2");
    expect_refusal(build, share_of(a, b, 0, OWN_WHOLE + 1), "share of a:1 in b:2, statement s-1");
    expect_refusal(build, share_of(a, b, 5, 4), "above the upper");
    expect_refusal(build, share_of(a, 77, 0, 1), "nodes that are not there");
    struct own_edge edge = share_of(a, b, 0, 1);
    edge.times.valid_from = 10;
    edge.times.valid_until = 9;
    expect_refusal(build, edge, "ends before it begins");
    edge = share_of(a, b, 0, 1);
    edge.kind = OWN_BOARD;
    expect_refusal(build, edge, "a share where the kind has none");
    edge.kind = OWN_SHARE;
    edge.via = a;
    expect_refusal(build, edge, "intermediary");
    u32 node = 0;
    assert_int_equal(own_build_node(build, span_of_text(""), &node), FAULT_INPUT);
    static u8 text[OWN_TEXT_MAX + 1];
    memset(text, 'x', sizeof(text));
    assert_int_equal(own_build_node(build, span_of(text, sizeof(text)), &node), FAULT_INPUT);
    assert_int_equal(own_build_node(build, span_of(text, sizeof(text) - 1), &node), FAULT_NONE);
    struct own_node facts = {.country = "ch", .kind = OWN_NODE_UNKNOWN, .founded = OWN_DAY_EVER};
    assert_int_equal(own_build_describe(build, a, &facts), FAULT_INPUT);
    u32 number = edge_add(build, share_of(a, b, 0, 1));
    assert_int_equal(own_build_end(build, number, 50, 60, &number), FAULT_NONE);
    assert_int_equal(own_build_retract(build, number, 59), FAULT_INPUT);
    own_build_close(build);
}

static void same_company_by_two_keys(void **state)
{
    (void)state;
    struct own_build *build = build_new();
    u32 person = node_of(build, "id:person");
    u32 lei = node_of(build, "XI-LEI:1");
    u32 house = node_of(build, "GB-COH:1");
    u32 holder = node_of(build, "GB-COH:2");
    struct own_node facts = {.name = span_of_text("One Ltd"),
                             .country = "GB",
                             .kind = OWN_NODE_ENTITY,
                             .founded = OWN_DAY_EVER};
    assert_int_equal(own_build_describe(build, house, &facts), FAULT_NONE);
    facts.kind = OWN_NODE_PERSON;
    assert_int_equal(own_build_describe(build, house, &facts), FAULT_INPUT);
    assert_int_equal(own_build_describe(build, person, &facts), FAULT_NONE);
    edge_add(build, share_of(holder, house, 1, 1));
    assert_int_equal(own_build_alias(build, lei, span_of_text("GB-COH:1")), FAULT_NONE);
    assert_int_equal(own_build_alias(build, lei, span_of_text("GB-VAT:9")), FAULT_NONE);
    assert_int_equal(own_build_alias(build, person, span_of_text("GB-VAT:9")), FAULT_INPUT);
    struct own_graph *graph = seal(build);
    assert_int_equal(own_graph_counts(graph)->nodes, 3);
    assert_int_equal(own_graph_counts(graph)->nodes_merged, 1);
    u32 node = own_graph_find(graph, span_of_text("XI-LEI:1"));
    assert_int_equal(own_graph_find(graph, span_of_text("GB-COH:1")), node);
    assert_int_equal(own_graph_find(graph, span_of_text("GB-VAT:9")), node);
    assert_int_equal(own_graph_node(graph, house), node);
    struct own_node read;
    own_graph_node_read(graph, node, &read);
    assert_true(span_equal(read.name, span_of_text("One Ltd")));
    assert_int_equal(own_graph_holders_of(graph, node).count, 1);
    own_graph_close(graph);
}

static bool holds(const struct own_graph *graph, u32 edge, i32 valid, i32 known)
{
    struct own_edge said;
    own_graph_edge_read(graph, edge, &said);
    return own_times_hold(&said.times, (struct own_moment){.valid = valid, .known = known});
}

/* Held from day 100, so recorded on day 110; ended on day 200, recorded on day 220. */
static void corrections_keep_what_was_known(void **state)
{
    (void)state;
    struct own_build *build = build_new();
    u32 a = node_of(build, "a");
    struct own_edge edge = share_of(a, node_of(build, "b"), 1, 1);
    edge.times.valid_from = 100;
    edge.times.recorded_from = 110;
    u32 open = edge_add(build, edge);
    u32 ended = OWN_NONE;
    assert_int_equal(own_build_end(build, open, 200, 220, &ended), FAULT_NONE);
    struct own_graph *graph = seal(build);
    assert_false(holds(graph, open, 150, 109));
    assert_true(holds(graph, open, 150, 110));
    assert_true(holds(graph, open, 205, 219)); /* we did not know yet */
    assert_false(holds(graph, open, 205, 220) || holds(graph, ended, 205, 220));
    assert_false(holds(graph, open, 150, 220));
    assert_true(holds(graph, ended, 150, 220));
    assert_false(holds(graph, ended, 99, 220));
    own_graph_close(graph);
}

static void listings_by_list_and_moment(void **state)
{
    (void)state;
    struct own_build *build = build_new();
    node_of(build, "nobody");
    struct own_listing listing = {
        .node = node_of(build, "a"), .list = 3, .entry = 36456, .times = OWN_TIMES_ALWAYS};
    listing.times.valid_from = 100;
    listing.times.recorded_from = 102;
    assert_int_equal(own_build_listing(build, &listing), FAULT_NONE);
    struct own_listing possible = listing;
    possible.flags = OWN_LISTING_POSSIBLE;
    possible.list = 2;
    possible.times.valid_from = 90;
    possible.times.recorded_from = 90;
    assert_int_equal(own_build_listing(build, &possible), FAULT_NONE);
    struct own_listing wrong = listing;
    wrong.list = OWN_LISTS_MAX;
    assert_int_equal(own_build_listing(build, &wrong), FAULT_INPUT);
    struct own_graph *graph = seal(build);
    u32 node = own_graph_find(graph, span_of_text("a"));
    u32 nobody = own_graph_find(graph, span_of_text("nobody"));
    struct own_moment day = {.valid = 100, .known = 102};
    struct own_listing read;
    own_graph_listing_read(graph, own_graph_listed(graph, node, UINT64_MAX, day), &read);
    assert_int_equal(read.list, 3); /* the certain one, though the other comes first */
    assert_int_equal(read.entry, 36456);
    assert_int_equal(own_graph_listed(graph, node, 1U << 4, day), OWN_NONE);
    assert_int_equal(own_graph_listed(graph, nobody, UINT64_MAX, day), OWN_NONE);
    day.known = 101;
    own_graph_listing_read(graph, own_graph_listed(graph, node, UINT64_MAX, day), &read);
    assert_int_equal(read.list, 2);
    assert_int_equal(own_graph_listed(graph, node, 1U << 3, day), OWN_NONE);
    own_graph_close(graph);
}

#define RANDOM_NODES 40U
#define RANDOM_EDGES 3000U

struct plain_edge {
    u32 holder;
    u32 target;
    u32 via;
};

static u32 plain_end(const struct plain_edge *edge, u32 which)
{
    return which == 0 ? edge->holder : which == 1 ? edge->target : edge->via;
}

static void order_check(const struct own_graph *graph, const struct plain_edge *plain, u32 which)
{
    u32 total = 0;
    for (u32 node = 0; node < RANDOM_NODES; node += 1) {
        struct own_edges edges = which == 0   ? own_graph_held_by(graph, node)
                                 : which == 1 ? own_graph_holders_of(graph, node)
                                              : own_graph_payments_via(graph, node);
        total += edges.count;
        for (u32 index = 0; index < edges.count; index += 1) {
            u32 edge = edges.edges[index];
            assert_int_equal(plain_end(&plain[edge], which), node);
            if (index > 0) {
                u32 before = edges.edges[index - 1];
                u32 far = which == 2 ? 0 : plain_end(&plain[edge], 1 - which);
                u32 far_before = which == 2 ? 0 : plain_end(&plain[before], 1 - which);
                assert_true(far_before < far || (far_before == far && before < edge));
            }
        }
    }
    u32 expected = 0;
    for (u32 edge = 0; edge < RANDOM_EDGES; edge += 1) {
        expected += plain_end(&plain[edge], which) != OWN_NONE ? 1 : 0;
    }
    assert_int_equal(total, expected);
}

static void edges_in_order_from_each_end(void **state)
{
    (void)state;
    static struct plain_edge plain[RANDOM_EDGES];
    struct random random;
    random_init(&random, test_seed());
    struct own_build *build = build_new();
    char key[32];
    for (u32 node = 0; node < RANDOM_NODES; node += 1) {
        (void)snprintf(key, sizeof(key), "n:%u", node);
        assert_int_equal(node_of(build, key), node);
    }
    for (u32 edge = 0; edge < RANDOM_EDGES; edge += 1) {
        struct own_edge said = share_of((u32)random_below(&random, RANDOM_NODES),
                                        (u32)random_below(&random, RANDOM_NODES), 0, 0);
        if (random_chance(&random, 1, 3)) {
            said.kind = OWN_PAYMENT;
            said.amount_cents = 100;
            said.via = (u32)random_below(&random, RANDOM_NODES);
        }
        plain[edge] = (struct plain_edge){said.holder, said.target, said.via};
        assert_int_equal(edge_add(build, said), edge);
    }
    struct own_graph *graph = seal(build);
    for (u32 which = 0; which < 3; which += 1) {
        order_check(graph, plain, which);
    }
    own_graph_close(graph);
}

static void an_empty_graph(void **state)
{
    (void)state;
    struct own_graph *graph = seal(build_new());
    assert_int_equal(own_graph_counts(graph)->nodes, 0);
    assert_int_equal(own_graph_find(graph, span_of_text("x")), OWN_NONE);
    own_graph_close(graph);
    own_graph_close(NULL);
    own_build_close(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(read_what_was_said),
        cmocka_unit_test(refuse_contradictions),
        cmocka_unit_test(same_company_by_two_keys),
        cmocka_unit_test(corrections_keep_what_was_known),
        cmocka_unit_test(listings_by_list_and_moment),
        cmocka_unit_test(edges_in_order_from_each_end),
        cmocka_unit_test(an_empty_graph),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
