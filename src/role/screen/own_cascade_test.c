/* Aim: the verdicts of the 50 percent rules. Method: the examples of OFAC's question 401 by name,
 * the edges of the EU's threshold by day, bands, circles and contradictions by hand; and random
 * graphs against the naive model (tests/support/own_model.h). */
#include "role/screen/own_cascade.h"

#include "base/random.h"
#include "base/span.h"
#include "tests/support/own_model.h"
#include "tests/support/own_random.h"
#include "tests/support/test.h"

#define PERCENT (OWN_WHOLE / 100)

enum { X, Y, A, B, C, D, NODES };

static struct own_model model;

static void begin(void)
{
    model = (struct own_model){.nodes_count = NODES};
}

static void list(u32 node)
{
    model.listings[model.listings_count] =
        (struct own_listing){.node = node, .times = OWN_TIMES_ALWAYS};
    model.listings_count += 1;
}

static struct own_edge *say(enum own_kind kind, u32 holder, u32 target, u32 low, u32 high)
{
    struct own_edge *edge = &model.edges[model.edges_count];
    model.edges_count += 1;
    *edge = (struct own_edge){
        .kind = kind,
        .holder = holder,
        .target = target,
        .via = OWN_NONE,
        .lower = low * PERCENT,
        .upper = high * PERCENT,
        .source = 0,
        .times = OWN_TIMES_ALWAYS,
    };
    return edge;
}

static void owns(u32 holder, u32 target, u32 percent)
{
    say(OWN_SHARE, holder, target, percent, percent);
}

/* Verdicts and ranks of the possible run of all nodes; the naive model must agree. */
static void run_on(const char *rule_name, i32 day, enum own_verdict *verdicts_out, u32 *ranks_out)
{
    struct own_rule rule;
    assert_true(own_rule_find(span_of_text(rule_name), day, &rule));
    struct own_moment moment = {.valid = day, .known = day};
    struct own_graph *graph = NULL;
    struct own_view *view = NULL;
    struct own_cascade *cascade = NULL;
    assert_int_equal(own_model_graph(&model, &graph), FAULT_NONE);
    assert_int_equal(own_view_open(graph, moment, &view), FAULT_NONE);
    assert_int_equal(own_cascade_run(view, &rule, 1, &cascade), FAULT_NONE);
    enum own_verdict naive[OWN_MODEL_NODES_MAX];
    own_model_verdicts(&model, &rule, 1, moment, naive);
    for (u32 node = 0; node < model.nodes_count; node += 1) {
        verdicts_out[node] = own_cascade_verdict(cascade, node);
        ranks_out[node] = own_cascade_rank(cascade, OWN_POSSIBLE, node);
        assert_int_equal(verdicts_out[node], naive[node]);
    }
    own_cascade_close(cascade);
    own_view_close(view);
    own_graph_close(graph);
}

static enum own_verdict verdict_on(const char *rule_name, u32 node, i32 day)
{
    enum own_verdict verdicts[NODES];
    u32 ranks[NODES];
    run_on(rule_name, day, verdicts, ranks);
    return verdicts[node];
}

#define BEFORE_HALF 19906 /* 2024-07-02 */
#define SINCE_HALF  19907 /* 2024-07-03 */

static void expect(const char *rule, u32 node, enum own_verdict verdict)
{
    assert_int_equal(verdict_on(rule, node, SINCE_HALF), verdict);
}

/* X owns 50 percent of A, and A 50 percent of B: B is blocked, though the product is 25. */
static void ofac_401_half_of_half(void **state)
{
    (void)state;
    begin();
    list(X);
    owns(X, A, 50);
    owns(A, B, 50);
    expect("ofac50", A, OWN_BLOCKED);
    expect("ofac50", B, OWN_BLOCKED);
}

/* X owns 50 percent of A and 50 of B; A and B own 25 each of C: aggregated, C is blocked. */
static void ofac_401_two_branches_aggregate(void **state)
{
    (void)state;
    begin();
    list(X);
    owns(X, A, 50);
    owns(X, B, 50);
    owns(A, C, 25);
    owns(B, C, 25);
    expect("ofac50", C, OWN_BLOCKED);
}

/* X owns 50 percent of A and 10 of B; A owns 40 of B: 10 and 40 aggregate. */
static void ofac_401_direct_and_indirect_aggregate(void **state)
{
    (void)state;
    begin();
    list(X);
    owns(X, A, 50);
    owns(X, B, 10);
    owns(A, B, 40);
    expect("ofac50", B, OWN_BLOCKED);
}

/* X owns 50 percent of A and 25 of B; A and B own 25 each of C: B is not blocked, so its 25 do not
 * count, and C is not blocked. */
static void ofac_401_unblocked_branch_does_not_count(void **state)
{
    (void)state;
    begin();
    list(X);
    owns(X, A, 50);
    owns(X, B, 25);
    owns(A, C, 25);
    owns(B, C, 25);
    expect("ofac50", A, OWN_BLOCKED);
    expect("ofac50", B, OWN_CLEAR);
    expect("ofac50", C, OWN_CLEAR);
}

/* X owns 25 percent of A and 25 of B; A and B own 50 each of C: none of the three is blocked. */
static void ofac_401_quarters_of_both_parents(void **state)
{
    (void)state;
    begin();
    list(X);
    owns(X, A, 25);
    owns(X, B, 25);
    owns(A, C, 50);
    owns(B, C, 50);
    expect("ofac50", A, OWN_CLEAR);
    expect("ofac50", B, OWN_CLEAR);
    expect("ofac50", C, OWN_CLEAR);
}

/* Two blocked persons under different programmes, 25 percent each: they are added up. */
static void ofac_399_blocked_persons_aggregate(void **state)
{
    (void)state;
    begin();
    list(X);
    list(Y);
    owns(X, A, 25);
    owns(Y, A, 25);
    expect("ofac50", A, OWN_BLOCKED);
}

/* Control without ownership: not blocked under OFAC's rule (question 398), frozen under the EU's.
 */
static void control_counts_for_the_eu_only(void **state)
{
    (void)state;
    static const enum own_kind kinds[] = {OWN_BOARD, OWN_INFLUENCE};
    for (u32 index = 0; index < ARRAY_COUNT(kinds); index += 1) {
        begin();
        list(X);
        owns(X, A, 30);
        say(kinds[index], X, A, 0, 0);
        owns(A, B, 50);
        expect("ofac50", A, OWN_CLEAR);
        expect("eu", A, OWN_BLOCKED);
        expect("eu", B, OWN_BLOCKED); /* control passes whole */
    }
    begin();
    list(X);
    say(OWN_VOTES, X, A, 50, 50);
    expect("eu", A, OWN_CLEAR); /* votes: more than half */
    say(OWN_VOTES, X, A, 1, 1);
    expect("eu", A, OWN_BLOCKED);
    expect("ofac50", A, OWN_CLEAR);
}

static void eu_threshold_turns_on_3_july_2024(void **state)
{
    (void)state;
    begin();
    list(X);
    owns(X, A, 50);
    assert_int_equal(verdict_on("eu", A, BEFORE_HALF), OWN_CLEAR);
    assert_int_equal(verdict_on("eu", A, SINCE_HALF), OWN_BLOCKED);
    assert_int_equal(verdict_on("eu-2014", A, SINCE_HALF), OWN_CLEAR);
    assert_int_equal(verdict_on("eu-2024", A, BEFORE_HALF), OWN_BLOCKED);
    model.edges[0].lower += 1;
    model.edges[0].upper += 1;
    assert_int_equal(verdict_on("eu", A, BEFORE_HALF), OWN_BLOCKED);
    struct own_rule rule;
    assert_false(own_rule_find(span_of_text("eu-1999"), 0, &rule));
}

static void bands_are_undetermined(void **state)
{
    (void)state;
    begin();
    list(X);
    list(Y);
    say(OWN_SHARE, X, A, 25, 50)->flags = OWN_EDGE_BAND;
    say(OWN_SHARE, Y, A, 25, 50)->flags = OWN_EDGE_BAND;
    expect("ofac50", A, OWN_BLOCKED); /* 25 + 25 is half: even the lower limits are enough */
    assert_int_equal(verdict_on("eu-2014", A, SINCE_HALF), OWN_UNDETERMINED);
    begin();
    list(X);
    say(OWN_SHARE, X, A, 25, 50)->flags = OWN_EDGE_BAND;
    say(OWN_SHARE, X, B, 75, 100)->flags = OWN_EDGE_BAND;
    say(OWN_SHARE, A, C, 25, 50)->flags = OWN_EDGE_BAND;
    say(OWN_SHARE, B, C, 25, 50)->flags = OWN_EDGE_BAND;
    say(OWN_SHARE, X, D, 25, 49)->flags = OWN_EDGE_BAND;
    expect("ofac50", A, OWN_UNDETERMINED);
    expect("ofac50", B, OWN_BLOCKED);
    expect("ofac50", C, OWN_UNDETERMINED); /* 25-50 of a blocked and of an undetermined one */
    expect("ofac50", D, OWN_CLEAR);
}

/* A share of unknown size is bounded by what others surely hold. */
static void others_bound_an_unknown_share(void **state)
{
    (void)state;
    begin();
    list(X);
    say(OWN_SHARE, X, A, 0, 0)->flags = OWN_EDGE_UNKNOWN;
    model.edges[0].upper = OWN_WHOLE;
    expect("ofac50", A, OWN_UNDETERMINED);
    owns(Y, A, 50);
    expect("ofac50", A, OWN_UNDETERMINED);
    owns(B, A, 1);
    expect("ofac50", A, OWN_CLEAR);
    list(Y);
    expect("ofac50", A, OWN_BLOCKED);
}

static void contradictions_never_prove(void **state)
{
    (void)state;
    begin(); /* one source says more than the whole */
    list(X);
    owns(X, A, 55);
    owns(Y, A, 55);
    expect("ofac50", A, OWN_UNDETERMINED);
    model.edges[1].lower = model.edges[1].upper = 50 * PERCENT;
    expect("ofac50", A, OWN_BLOCKED); /* 5 too much, and 55 - 5 is half */
    begin();                          /* two sources disagree about the same shares */
    list(X);
    owns(X, A, 60);
    say(OWN_SHARE, X, A, 40, 40)->source = 1;
    expect("ofac50", A, OWN_UNDETERMINED);
    begin(); /* one is finer than the other */
    list(X);
    say(OWN_SHARE, X, A, 25, 75);
    say(OWN_SHARE, X, A, 60, 60)->source = 1;
    expect("ofac50", A, OWN_BLOCKED);
    begin(); /* two blocks of shares in one source */
    list(X);
    owns(X, A, 30);
    owns(X, A, 30);
    expect("ofac50", A, OWN_BLOCKED);
}

static void circles_and_self_owners_end(void **state)
{
    (void)state;
    begin();
    owns(A, B, 100);
    owns(B, A, 100);
    expect("ofac50", A, OWN_CLEAR); /* nobody listed: a circle blocks nobody */
    list(X);
    owns(X, C, 50);
    owns(C, D, 60);
    owns(D, C, 50);
    expect("ofac50", D, OWN_BLOCKED);
    begin(); /* 40 of the 60 that are not A's own */
    list(X);
    owns(A, A, 40);
    owns(X, A, 40);
    expect("ofac50", A, OWN_UNDETERMINED);
    model.edges[1].lower = model.edges[1].upper = 29 * PERCENT;
    expect("ofac50", A, OWN_CLEAR);
}

static void statements_that_never_prove(void **state)
{
    (void)state;
    begin();
    list(X);
    say(OWN_NOMINEE, A, X, 0, 0); /* A is X's nominee */
    owns(A, B, 100);
    expect("ofac50", A, OWN_UNDETERMINED);
    expect("ofac50", B, OWN_UNDETERMINED);
    begin();
    list(X);
    say(OWN_BEHALF, A, X, 0, 0);
    expect("ofac50", A, OWN_CLEAR);
    expect("eu", A, OWN_UNDETERMINED);
    begin();
    list(X);
    say(OWN_INFLUENCE, X, A, 0, 0)->flags = OWN_EDGE_POSSIBLE;
    owns(X, B, 80);
    model.edges[1].flags = OWN_EDGE_POSSIBLE;
    say(OWN_CONSOLIDATED, X, C, 0, 0);
    expect("eu", A, OWN_UNDETERMINED);
    expect("ofac50", A, OWN_CLEAR);
    expect("ofac50", B, OWN_UNDETERMINED);
    expect("ofac50", C, OWN_UNDETERMINED); /* it holds shares, nobody says how many */
    expect("eu", C, OWN_BLOCKED);
    model.listings[0].flags = OWN_LISTING_POSSIBLE;
    owns(X, D, 100);
    expect("eu", X, OWN_UNDETERMINED);
    expect("eu", D, OWN_UNDETERMINED);
}

static void indirect_shares_are_not_added(void **state)
{
    (void)state;
    begin(); /* X's 40 percent of C sum up the chain by A: 40, not 80 */
    list(X);
    owns(X, A, 100);
    owns(A, C, 40);
    say(OWN_SHARE, X, C, 40, 40)->flags = OWN_EDGE_INDIRECT;
    expect("ofac50", C, OWN_UNDETERMINED);
    model.edges[2].lower = model.edges[2].upper = 50 * PERCENT;
    expect("ofac50", C, OWN_BLOCKED);
}

/* Sold on 1 March, recorded on 1 May: what was known decides. */
static void as_of_two_clocks(void **state)
{
    (void)state;
    begin();
    list(X);
    owns(X, A, 60);
    model.edges[0].times.recorded_until = 200;
    owns(X, A, 60);
    model.edges[1].times.recorded_from = 200;
    model.edges[1].times.valid_until = 100;
    assert_int_equal(verdict_on("ofac50", A, 150), OWN_BLOCKED);
    assert_int_equal(verdict_on("ofac50", A, 200), OWN_CLEAR);
    model.listings[0].times.valid_from = 160;
    assert_int_equal(verdict_on("ofac50", A, 150), OWN_CLEAR);
    assert_int_equal(verdict_on("ofac50", A, 160), OWN_BLOCKED);
}

static void compare_with_the_model(const struct own_rule *rule, u64 round)
{
    struct own_moment moment = {.valid = OWN_RANDOM_DAYS / 2, .known = OWN_RANDOM_DAYS / 2};
    struct own_graph *graph = NULL;
    struct own_view *view = NULL;
    struct own_cascade *cascade = NULL;
    assert_int_equal(own_model_graph(&model, &graph), FAULT_NONE);
    assert_int_equal(own_view_open(graph, moment, &view), FAULT_NONE);
    assert_int_equal(own_cascade_run(view, rule, 3, &cascade), FAULT_NONE);
    enum own_verdict naive[OWN_MODEL_NODES_MAX];
    own_model_verdicts(&model, rule, 3, moment, naive);
    for (u32 node = 0; node < model.nodes_count; node += 1) {
        if (own_cascade_verdict(cascade, node) != naive[node]) {
            fail_msg("seed %llu round %llu, %s, node %u: %s, naively %s",
                     (unsigned long long)test_seed(), (unsigned long long)round, rule->name, node,
                     own_verdict_name(own_cascade_verdict(cascade, node)),
                     own_verdict_name(naive[node]));
        }
    }
    own_cascade_close(cascade);
    own_view_close(view);
    own_graph_close(graph);
}

static void random_graphs_agree_with_the_model(void **state)
{
    (void)state;
    static const char *const names[] = {"ofac50", "eu-2014", "eu-2024"};
    struct random random;
    u64 rounds = test_rounds(4000);
    u32 seen[3] = {0};
    for (u64 round = 0; round < rounds; round += 1) {
        random_init(&random, random_seed_derive(test_seed(), round));
        own_random_model(&random, &model);
        for (u32 index = 0; index < ARRAY_COUNT(names); index += 1) {
            struct own_rule rule;
            assert_true(own_rule_find(span_of_text(names[index]), 0, &rule));
            compare_with_the_model(&rule, round);
        }
        enum own_verdict naive[OWN_MODEL_NODES_MAX];
        struct own_rule rule;
        assert_true(own_rule_find(span_of_text("eu"), 0, &rule));
        own_model_verdicts(&model, &rule, 3,
                           (struct own_moment){OWN_RANDOM_DAYS / 2, OWN_RANDOM_DAYS / 2}, naive);
        for (u32 node = 0; node < model.nodes_count; node += 1) {
            seen[naive[node]] += 1;
        }
    }
    /* The random graphs meet every verdict, none too rarely. */
    u32 all = seen[0] + seen[1] + seen[2];
    assert_true(seen[OWN_CLEAR] > all / 20);
    assert_true(seen[OWN_UNDETERMINED] > all / 20);
    assert_true(seen[OWN_BLOCKED] > all / 20);
}

/* ---- worlds: exact shares that the intervals allow ---- */

enum world { WORLD_ANY, WORLD_FOR_THE_BLOCKED, WORLD_AGAINST_THEM };

/* At most one share a pair, none in itself, no column surely over the whole. */
static void bands_by_chance(struct random *random)
{
    static const u32 percents[] = {0, 10, 25, 50, 51, 75, 100};
    begin();
    list((u32)random_below(random, NODES));
    u32 left[NODES];
    for (u32 node = 0; node < NODES; node += 1) {
        left[node] = 100;
    }
    for (u32 holder = 0; holder < NODES; holder += 1) {
        for (u32 target = 0; target < NODES; target += 1) {
            u32 low = percents[random_below(random, ARRAY_COUNT(percents))];
            u32 high = percents[random_below(random, ARRAY_COUNT(percents))];
            low = low > high ? high : low;
            if (holder != target && low <= left[target] && random_chance(random, 1, 2)) {
                left[target] -= low;
                say(OWN_SHARE, holder, target, low, high);
            }
        }
    }
}

/* One edge more of what is left of its column. */
static void world_fill(u32 edge, u32 *shares, struct random *random)
{
    u64 sum = 0;
    for (u32 other = 0; other < model.edges_count; other += 1) {
        sum += model.edges[other].target == model.edges[edge].target ? shares[other] : 0;
    }
    u64 room = u64_min(OWN_WHOLE - sum, model.edges[edge].upper - shares[edge]);
    shares[edge] += (u32)(random == NULL ? room : random_below(random, room + 1));
}

/* Gives every edge its lower limit, and what is left of each column to its edges by chance, or
 * first to the holders that are possibly blocked in the order of their ranks, or to nobody. */
static void world_draw(struct random *random, enum world world, const u32 *ranks, u32 *shares)
{
    for (u32 edge = 0; edge < model.edges_count; edge += 1) {
        shares[edge] = model.edges[edge].lower;
    }
    for (u32 turn = 0; turn < 3 * model.edges_count && world == WORLD_ANY; turn += 1) {
        world_fill((u32)random_below(random, model.edges_count), shares, random);
    }
    for (u32 rank = 1; rank <= NODES && world == WORLD_FOR_THE_BLOCKED; rank += 1) {
        for (u32 edge = 0; edge < model.edges_count; edge += 1) {
            if (ranks[model.edges[edge].holder] == rank) {
                world_fill(edge, shares, NULL);
            }
        }
    }
}

static void world_block(const u32 *shares, bool *blocked)
{
    for (u32 node = 0; node < NODES; node += 1) {
        blocked[node] = node == model.listings[0].node;
    }
    for (u32 round = 0; round < NODES; round += 1) {
        for (u32 node = 0; node < NODES; node += 1) {
            u64 sum = 0;
            for (u32 edge = 0; edge < model.edges_count; edge += 1) {
                bool counts = model.edges[edge].target == node && blocked[model.edges[edge].holder];
                sum += counts ? shares[edge] : 0;
            }
            blocked[node] = blocked[node] || 2 * sum >= OWN_WHOLE;
        }
    }
}

/* Blocked in every world that the bands allow, clear in none; and undetermined means that there is
 * a world of each kind. */
static void verdicts_hold_in_every_world(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, test_seed());
    u64 rounds = test_rounds(1000);
    for (u64 round = 0; round < rounds; round += 1) {
        bands_by_chance(&random);
        enum own_verdict verdicts[NODES];
        u32 ranks[NODES];
        run_on("ofac50", SINCE_HALF, verdicts, ranks);
        for (u32 draw = 0; draw < 12; draw += 1) {
            enum world world = draw < 10    ? WORLD_ANY
                               : draw == 10 ? WORLD_FOR_THE_BLOCKED
                                            : WORLD_AGAINST_THEM;
            u32 shares[OWN_MODEL_EDGES_MAX];
            bool blocked[NODES];
            world_draw(&random, world, ranks, shares);
            world_block(shares, blocked);
            for (u32 node = 0; node < NODES; node += 1) {
                assert_true(blocked[node] || verdicts[node] != OWN_BLOCKED);
                assert_true(!blocked[node] || verdicts[node] != OWN_CLEAR);
                assert_true(world != WORLD_FOR_THE_BLOCKED || blocked[node] ||
                            verdicts[node] == OWN_CLEAR);
                assert_true(world != WORLD_AGAINST_THEM || !blocked[node] ||
                            verdicts[node] == OWN_BLOCKED);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ofac_401_half_of_half),
        cmocka_unit_test(ofac_401_two_branches_aggregate),
        cmocka_unit_test(ofac_401_direct_and_indirect_aggregate),
        cmocka_unit_test(ofac_401_unblocked_branch_does_not_count),
        cmocka_unit_test(ofac_401_quarters_of_both_parents),
        cmocka_unit_test(ofac_399_blocked_persons_aggregate),
        cmocka_unit_test(control_counts_for_the_eu_only),
        cmocka_unit_test(eu_threshold_turns_on_3_july_2024),
        cmocka_unit_test(bands_are_undetermined),
        cmocka_unit_test(others_bound_an_unknown_share),
        cmocka_unit_test(contradictions_never_prove),
        cmocka_unit_test(circles_and_self_owners_end),
        cmocka_unit_test(statements_that_never_prove),
        cmocka_unit_test(indirect_shares_are_not_added),
        cmocka_unit_test(as_of_two_clocks),
        cmocka_unit_test(verdicts_hold_in_every_world),
        cmocka_unit_test(random_graphs_agree_with_the_model),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
