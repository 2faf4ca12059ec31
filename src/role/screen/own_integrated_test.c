/* Aim: parts of profits over chains and circles are right, and their limits never wrong. Method:
 * chains, cross-holdings and closed circles with known answers; random exact worlds that random
 * bands allow, solved by plain repetition, lie within the limits. */
#include "role/screen/own_integrated.h"

#include "base/random.h"
#include "base/span.h"
#include "role/screen/own_proof.h"
#include "tests/support/own_model.h"
#include "tests/support/test.h"

#define PERCENT (OWN_WHOLE / 100)

enum { X, Y, A, B, C, D, NODES };

static struct own_model model;

static void begin(void)
{
    model = (struct own_model){.nodes_count = NODES, .listings_count = 1};
    model.listings[0] = (struct own_listing){.node = X, .times = OWN_TIMES_ALWAYS};
}

static void owns(u32 holder, u32 target, u32 low, u32 high)
{
    model.edges[model.edges_count] = (struct own_edge){.kind = OWN_SHARE,
                                                       .holder = holder,
                                                       .target = target,
                                                       .via = OWN_NONE,
                                                       .lower = low,
                                                       .upper = high,
                                                       .times = OWN_TIMES_ALWAYS};
    model.edges_count += 1;
}

static void owns_percent(u32 holder, u32 target, u32 percent)
{
    owns(holder, target, percent * PERCENT, percent * PERCENT);
}

static u32 lower[NODES];
static u32 upper[NODES];
static struct own_exposure counts; /* its arrays are gone */

static void solve(void)
{
    struct own_graph *graph = NULL;
    struct own_view *view = NULL;
    struct own_exposure *exposure = NULL;
    struct own_moment moment = {.valid = 20000, .known = 20000};
    assert_int_equal(own_model_graph(&model, &graph), FAULT_NONE);
    assert_int_equal(own_view_open(graph, moment, &view), FAULT_NONE);
    assert_int_equal(own_exposure_to_lists(view, 1, &exposure), FAULT_NONE);
    counts = *exposure;
    for (u32 node = 0; node < NODES; node += 1) {
        lower[node] = exposure->lower[node];
        upper[node] = exposure->upper[node];
    }
    own_exposure_close(exposure);
    own_view_close(view);
    own_graph_close(graph);
}

/* Exact to one part. */
static void expect(u32 node, u32 parts)
{
    assert_in_range(lower[node], parts == 0 ? 0 : parts - 1, parts);
    assert_in_range(upper[node], parts, parts + 1);
}

static void chains_multiply(void **state)
{
    (void)state;
    begin();
    owns_percent(X, A, 50);
    owns_percent(A, B, 50);
    owns_percent(Y, B, 50);
    owns_percent(A, C, 10);
    owns_percent(B, C, 20);
    solve();
    expect(X, OWN_WHOLE);
    expect(Y, 0);
    expect(B, 25 * PERCENT); /* blocked by the cascade all the same */
    expect(C, 10 * PERCENT);
    assert_int_equal(counts.circles_count, 0);
}

static void cross_holdings_settle(void **state)
{
    (void)state;
    begin();
    owns_percent(X, A, 40);
    owns_percent(X, B, 40);
    owns_percent(A, B, 40);
    owns_percent(B, A, 40);
    solve();
    expect(A, 666666666 + 1); /* 0.4 + 0.4 y = y */
    assert_int_equal(counts.circles_count, 1);
    assert_int_equal(counts.circle_most, 2);
    assert_int_equal(counts.unsettled_count, 0);
    begin(); /* 40 of the 60 that are not its own */
    owns_percent(A, A, 40);
    owns_percent(X, A, 40);
    owns_percent(A, B, 30);
    solve();
    expect(A, 666666666 + 1);
    expect(B, 200000000);
}

static void a_closed_circle_stays_open(void **state)
{
    (void)state;
    begin();
    owns_percent(A, B, 100);
    owns_percent(B, A, 100);
    owns_percent(A, C, 50);
    owns_percent(X, D, 50);
    solve();
    assert_int_equal(lower[A], 0);
    assert_int_equal(upper[A], OWN_WHOLE); /* nobody can say */
    assert_int_equal(upper[C], OWN_WHOLE / 2);
    expect(D, OWN_WHOLE / 2);
    begin();
    owns_percent(A, A, 100);
    owns_percent(X, A, 10); /* too much by 10 */
    solve();
    assert_int_equal(lower[A], 0);
    assert_int_equal(upper[A], OWN_WHOLE);
}

static void bands_give_bands(void **state)
{
    (void)state;
    begin();
    owns(X, A, 25 * PERCENT, 50 * PERCENT);
    owns(A, B, 50 * PERCENT, 75 * PERCENT);
    owns(Y, B, 40 * PERCENT, 50 * PERCENT); /* leaves 60 at most */
    solve();
    assert_int_equal(lower[B], 125 * PERCENT / 10);
    assert_int_equal(upper[B], 30 * PERCENT);
}

/* At most one share a pair; no column surely over the whole. */
static void bands_by_chance(struct random *random)
{
    begin();
    for (u32 target = 1; target < NODES; target += 1) {
        u64 left = OWN_WHOLE;
        for (u32 holder = 0; holder < NODES; holder += 1) {
            if (random_chance(random, 1, 2)) {
                u32 low = (u32)random_below(random, left / 2 + 1);
                u32 high = (u32)random_between(random, low, OWN_WHOLE);
                high = random_chance(random, 1, 2) ? low : high;
                owns(holder, target, low, high);
                left -= low;
            }
        }
    }
}

/* Exact shares within the bands, columns not over the whole: the parts by plain repetition. */
static void world_solve(struct random *random, u64 *parts)
{
    static u64 shares[OWN_MODEL_EDGES_MAX];
    u64 left[NODES];
    for (u32 node = 0; node < NODES; node += 1) {
        left[node] = OWN_WHOLE;
        parts[node] = 0;
    }
    for (u32 edge = 0; edge < model.edges_count; edge += 1) {
        shares[edge] = model.edges[edge].lower;
        left[model.edges[edge].target] -= shares[edge];
    }
    for (u32 edge = 0; edge < model.edges_count; edge += 1) {
        u64 room = u64_min(left[model.edges[edge].target], model.edges[edge].upper - shares[edge]);
        u64 more = random_chance(random, 1, 2) ? room : random_below(random, room + 1);
        shares[edge] += more;
        left[model.edges[edge].target] -= more;
    }
    parts[X] = 1000000000ULL * OWN_WHOLE;
    for (u32 round = 0; round < 3000; round += 1) {
        for (u32 node = 1; node < NODES; node += 1) {
            u128 sum = 0;
            for (u32 edge = 0; edge < model.edges_count; edge += 1) {
                sum += model.edges[edge].target == node
                           ? (u128)shares[edge] * parts[model.edges[edge].holder]
                           : 0;
            }
            parts[node] = (u64)(sum / OWN_WHOLE);
        }
    }
}

static void worlds_lie_within_the_limits(void **state)
{
    (void)state;
    struct random random;
    u64 rounds = test_rounds(60);
    for (u64 round = 0; round < rounds; round += 1) {
        random_init(&random, random_seed_derive(test_seed(), round));
        bands_by_chance(&random);
        solve();
        for (u32 draw = 0; draw < 5; draw += 1) {
            u64 parts[NODES];
            world_solve(&random, parts);
            for (u32 node = 0; node < NODES; node += 1) {
                u64 part = parts[node] / 1000000000;
                if (part > upper[node] || part + 1 < lower[node]) {
                    fail_msg("seed %llu round %llu node %u: %llu is not in %u .. %u",
                             (unsigned long long)test_seed(), (unsigned long long)round, node,
                             (unsigned long long)part, lower[node], upper[node]);
                }
            }
        }
    }
}

/* X owns 60 percent of the first of many, each owns the next, and the last 40 percent of the first:
 * depth costs no stack, everybody is blocked with a proof as long as the chain, and all profits are
 * X's. */
static void a_long_chain_ends_in_a_circle(void **state)
{
    (void)state;
    u32 length = (u32)test_rounds(100000) + 10;
    struct own_build *build = NULL;
    struct own_graph *graph = NULL;
    assert_int_equal(own_build_open(&build), FAULT_NONE);
    for (u32 node = 0; node <= length; node += 1) {
        u8 key[4] = {(u8)node, (u8)(node >> 8), (u8)(node >> 16), 'k'};
        u32 number = 0;
        assert_int_equal(own_build_node(build, span_of(key, sizeof(key)), &number), FAULT_NONE);
        begin();
        owns_percent(node, node + 1, node == 0 ? 60 : 100);
        if (node == length) {
            begin();
            owns_percent(length, 1, 40);
        }
        model.edges[0].source = OWN_NONE;
        u32 other = 0;
        u8 next[4] = {(u8)(node + 1), (u8)((node + 1) >> 8), (u8)((node + 1) >> 16), 'k'};
        assert_true(node == length ||
                    own_build_node(build, span_of(next, sizeof(next)), &other) == FAULT_NONE);
        assert_int_equal(own_build_edge(build, &model.edges[0], &number), FAULT_NONE);
    }
    assert_int_equal(own_build_listing(build, &model.listings[0]), FAULT_NONE);
    assert_int_equal(own_graph_seal(build, &graph), FAULT_NONE);
    own_build_close(build);
    struct own_moment moment = {.valid = 20000, .known = 20000};
    struct own_view *view = NULL;
    struct own_cascade *cascade = NULL;
    struct own_proof *proof = NULL;
    struct own_exposure *exposure = NULL;
    struct own_rule rule;
    char note[OWN_PROOF_NOTE_BYTES];
    assert_true(own_rule_find(span_of_text("ofac50"), 0, &rule));
    assert_int_equal(own_view_open(graph, moment, &view), FAULT_NONE);
    assert_int_equal(own_cascade_run(view, &rule, 1, &cascade), FAULT_NONE);
    assert_int_equal(own_cascade_count(cascade, OWN_SURE), length + 1);
    assert_int_equal(own_proof_make(cascade, length, &proof), FAULT_NONE);
    assert_int_equal(proof->steps_count, length + 1);
    assert_true(own_proof_check(proof, graph, moment, &rule, 1, note));
    assert_int_equal(own_exposure_to_lists(view, 1, &exposure), FAULT_NONE);
    assert_int_equal(exposure->circles_count, 1);
    assert_int_equal(exposure->circle_most, length);
    assert_int_equal(exposure->unsettled_count, 0);
    assert_true(exposure->lower[length] >= OWN_WHOLE - 1);
    own_exposure_close(exposure);
    own_proof_close(proof);
    own_cascade_close(cascade);
    own_view_close(view);
    own_graph_close(graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chains_multiply),
        cmocka_unit_test(cross_holdings_settle),
        cmocka_unit_test(a_closed_circle_stays_open),
        cmocka_unit_test(a_long_chain_ends_in_a_circle),
        cmocka_unit_test(bands_give_bands),
        cmocka_unit_test(worlds_lie_within_the_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
