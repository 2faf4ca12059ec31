/* Aim: every verdict that restricts can be shown by a few statements which hold without the engine
 * and of which none can be left out. Method: random graphs, their proofs followed by the checker,
 * whole and with each piece taken away; the order and content of one proof by hand; proofs spoilt
 * in each way the checker names. */
#include "role/screen/own_proof.h"

#include "base/random.h"
#include "base/span.h"
#include "tests/support/own_model.h"
#include "tests/support/own_random.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PERCENT (OWN_WHOLE / 100)

struct scene {
    struct own_graph *graph;
    struct own_view *view;
    struct own_cascade *cascade;
    struct own_rule rule;
    struct own_moment moment;
    u64 lists;
};

static void scene_open(struct scene *scene, const struct own_model *model, const char *rule,
                       struct own_moment moment)
{
    scene->moment = moment;
    scene->lists = 3;
    assert_true(own_rule_find(span_of_text(rule), moment.valid, &scene->rule));
    assert_int_equal(own_model_graph(model, &scene->graph), FAULT_NONE);
    assert_int_equal(own_view_open(scene->graph, moment, &scene->view), FAULT_NONE);
    assert_int_equal(own_cascade_run(scene->view, &scene->rule, scene->lists, &scene->cascade),
                     FAULT_NONE);
}

static void scene_close(struct scene *scene)
{
    own_cascade_close(scene->cascade);
    own_view_close(scene->view);
    own_graph_close(scene->graph);
}

static bool follows(const struct scene *scene, const struct own_proof *proof)
{
    char note[OWN_PROOF_NOTE_BYTES];
    return own_proof_check(proof, scene->graph, scene->moment, &scene->rule, scene->lists, note);
}

/* The proof without a step's edges of one holder (or only one edge): a copy to be freed. */
static struct own_proof *proof_without(const struct own_proof *proof, u32 edge, bool whole_holding,
                                       const struct own_graph *graph)
{
    struct own_edge left;
    own_graph_edge_read(graph, edge, &left);
    struct own_proof *copy = calloc(1, sizeof(*copy));
    assert_non_null(copy);
    *copy = *proof;
    copy->steps = calloc(proof->steps_count + 1ULL, sizeof(*copy->steps));
    copy->edges = calloc(proof->edges_count + 1ULL, sizeof(*copy->edges));
    assert_true(copy->steps != NULL && copy->edges != NULL);
    copy->edges_count = 0;
    for (u32 index = 0; index < proof->steps_count; index += 1) {
        struct own_step *step = &copy->steps[index];
        *step = proof->steps[index];
        step->edges_first = copy->edges_count;
        step->edges_count = 0;
        for (u32 at = 0; at < proof->steps[index].edges_count; at += 1) {
            u32 number = proof->edges[proof->steps[index].edges_first + at];
            struct own_edge other;
            own_graph_edge_read(graph, number, &other);
            bool same_holding = other.holder == left.holder && other.target == left.target &&
                                ((other.flags ^ left.flags) & OWN_EDGE_INDIRECT) == 0;
            if (number != edge && !(whole_holding && same_holding)) {
                copy->edges[copy->edges_count] = number;
                copy->edges_count += 1;
                step->edges_count += 1;
            }
        }
    }
    return copy;
}

static u32 check_node(const struct scene *scene, u32 node, u64 round)
{
    struct own_proof *proof = NULL;
    assert_int_equal(own_proof_make(scene->cascade, node, &proof), FAULT_NONE);
    if (own_cascade_verdict(scene->cascade, node) == OWN_CLEAR) {
        assert_int_equal(proof->steps_count, 0);
        assert_false(follows(scene, proof));
        own_proof_close(proof);
        return 0;
    }
    char note[OWN_PROOF_NOTE_BYTES];
    if (!own_proof_check(proof, scene->graph, scene->moment, &scene->rule, scene->lists, note)) {
        fail_msg("seed %llu round %llu node %u, %s: %s", (unsigned long long)test_seed(),
                 (unsigned long long)round, node, scene->rule.name, note);
    }
    for (u32 index = 0; index < proof->edges_count; index += 1) {
        struct own_proof *less =
            proof_without(proof, proof->edges[index], proof->run == OWN_POSSIBLE, scene->graph);
        if (follows(scene, less)) {
            fail_msg("seed %llu round %llu node %u, %s: edge %u can be left out",
                     (unsigned long long)test_seed(), (unsigned long long)round, node,
                     scene->rule.name, proof->edges[index]);
        }
        own_proof_close(less);
    }
    /* Without any one listing it does not begin. */
    u32 longest = proof->steps_count;
    if (proof->steps[0].because == OWN_BECAUSE_LISTED && proof->steps_count > 1) {
        struct own_proof less = *proof;
        less.steps += 1;
        less.steps_count -= 1;
        assert_false(follows(scene, &less));
    }
    own_proof_close(proof);
    return longest;
}

static void random_verdicts_have_minimal_proofs(void **state)
{
    (void)state;
    static const char *const rules[] = {"ofac50", "eu-2014", "eu-2024"};
    static struct own_model model;
    struct random random;
    u64 rounds = test_rounds(3000);
    u32 longest = 0;
    for (u64 round = 0; round < rounds; round += 1) {
        random_init(&random, random_seed_derive(test_seed() + 1000, round));
        own_random_model(&random, &model);
        struct scene scene;
        struct own_moment moment = {.valid = OWN_RANDOM_DAYS / 2, .known = OWN_RANDOM_DAYS / 2};
        scene_open(&scene, &model, rules[round % ARRAY_COUNT(rules)], moment);
        for (u32 node = 0; node < model.nodes_count; node += 1) {
            u32 steps = check_node(&scene, node, round);
            longest = steps > longest ? steps : longest;
        }
        scene_close(&scene);
    }
    assert_true(longest >= 3);
}

enum { X, Y, A, B, C, NODES };

static struct own_edge share(u32 holder, u32 target, u32 percent)
{
    return (struct own_edge){.kind = OWN_SHARE,
                             .holder = holder,
                             .target = target,
                             .via = OWN_NONE,
                             .lower = percent * PERCENT,
                             .upper = percent * PERCENT,
                             .times = OWN_TIMES_ALWAYS};
}

/* X owns 60 percent of A and 10 of C, A 30 and B 25 of C, Y 45 of B and 15 of C: B is not blocked;
 * for C the 30 of A and the 15 of Y, both listed or blocked, with X's 10 are 55, of which X's 10
 * and A's 30 are too few and A's 30, Y's 15 and X's 10 are all needed. */
static struct own_model by_hand(void)
{
    struct own_model model = {.nodes_count = NODES, .edges_count = 6, .listings_count = 2};
    model.edges[0] = share(X, A, 60);
    model.edges[1] = share(X, C, 10);
    model.edges[2] = share(A, C, 30);
    model.edges[3] = share(B, C, 25);
    model.edges[4] = share(Y, B, 45);
    model.edges[5] = share(Y, C, 15);
    model.listings[0] = (struct own_listing){.node = X, .entry = 7, .times = OWN_TIMES_ALWAYS};
    model.listings[1] = (struct own_listing){.node = Y, .entry = 8, .times = OWN_TIMES_ALWAYS};
    return model;
}

#define TODAY ((struct own_moment){.valid = 20000, .known = 20000})

static void a_proof_by_hand(void **state)
{
    (void)state;
    struct own_model model = by_hand();
    struct scene scene;
    scene_open(&scene, &model, "ofac50", TODAY);
    struct own_proof *proof = NULL;
    assert_int_equal(own_proof_make(scene.cascade, C, &proof), FAULT_NONE);
    assert_int_equal(proof->run, OWN_SURE);
    assert_int_equal(proof->steps_count, 4); /* X and Y listed, A by X, C by A, Y and X */
    assert_int_equal(proof->edges_count, 4);
    assert_int_equal(proof->steps[0].because, OWN_BECAUSE_LISTED);
    assert_int_equal(proof->steps[2].node, A);
    const struct own_step *last = &proof->steps[3];
    assert_int_equal(last->node, C);
    assert_int_equal(last->held_lower, 55ULL * PERCENT);
    assert_int_equal(last->need, 50ULL * PERCENT);
    assert_int_equal(proof->edges[last->edges_first], 2); /* the largest first */
    own_proof_close(proof);
    struct own_tally held = own_held(scene.cascade, OWN_SURE, B, OWN_SHARE);
    assert_int_equal(held.lower, 45ULL * PERCENT);
    scene_close(&scene);
}

static void expect_note(const struct scene *scene, const struct own_proof *proof, const char *words)
{
    char note[OWN_PROOF_NOTE_BYTES];
    assert_false(
        own_proof_check(proof, scene->graph, scene->moment, &scene->rule, scene->lists, note));
    if (strstr(note, words) == NULL) {
        fail_msg("\"%s\" lacks \"%s\"", note, words);
    }
}

static void spoilt_proofs_are_refused(void **state)
{
    (void)state;
    struct own_model model = by_hand();
    model.edges[6] = share(X, C, 20);
    model.edges[6].times.valid_until = 19000;
    model.edges_count = 7;
    struct scene scene;
    scene_open(&scene, &model, "ofac50", TODAY);
    struct own_proof *proof = NULL;
    assert_int_equal(own_proof_make(scene.cascade, C, &proof), FAULT_NONE);
    assert_true(follows(&scene, proof));
    struct own_step *last = &proof->steps[proof->steps_count - 1];
    u32 *edge = &proof->edges[last->edges_first + 2];
    u32 kept = *edge;
    *edge = proof->edges[last->edges_first];
    expect_note(&scene, proof, "twice");
    *edge = 3; /* B's part, and B is not blocked */
    expect_note(&scene, proof, "others than the proven");
    *edge = 6;
    expect_note(&scene, proof, "not in force");
    *edge = kept;
    last->edges_count -= 1;
    expect_note(&scene, proof, "not enough");
    last->edges_count += 1;
    last->because = OWN_BECAUSE_VOTES;
    expect_note(&scene, proof, "votes");
    last->because = OWN_BECAUSE_CONTROL;
    expect_note(&scene, proof, "a ground");
    last->because = OWN_BECAUSE_SHARES;
    proof->steps[0].listing = proof->steps[1].listing;
    expect_note(&scene, proof, "a listing of another");
    proof->steps[0].listing = OWN_NONE;
    expect_note(&scene, proof, "not there");
    proof->steps_count -= 1;
    own_proof_close(proof);
    scene_close(&scene);
}

/* A second source that contradicts the first takes its part from the proof. */
static void a_contradicted_part_proves_only_the_least(void **state)
{
    (void)state;
    struct own_model model = by_hand();
    model.edges[6] = share(A, C, 24);
    model.edges[6].source = 1;
    model.edges_count = 7;
    struct scene scene;
    scene_open(&scene, &model, "ofac50", TODAY);
    assert_int_equal(own_cascade_verdict(scene.cascade, C), OWN_UNDETERMINED); /* 49 to 55 */
    struct own_proof *proof = NULL;
    assert_int_equal(own_proof_make(scene.cascade, C, &proof), FAULT_NONE);
    assert_int_equal(proof->run, OWN_POSSIBLE);
    assert_true(follows(&scene, proof));
    proof->run = OWN_SURE;
    assert_false(follows(&scene, proof));
    own_proof_close(proof);
    scene_close(&scene);
}

/* What may be is no proof of what is, and acting on behalf counts only where control does. */
static void possible_grounds_are_no_proof(void **state)
{
    (void)state;
    struct own_model model = by_hand();
    model.listings[0].flags = OWN_LISTING_POSSIBLE;
    model.edges[0].kind = OWN_BEHALF; /* X acts on behalf of A, which is listed by name */
    model.edges[0].lower = model.edges[0].upper = 0;
    model.listings[0].node = A;
    struct scene scene;
    scene_open(&scene, &model, "eu", TODAY);
    struct own_proof *proof = NULL;
    assert_int_equal(own_cascade_verdict(scene.cascade, X), OWN_UNDETERMINED);
    assert_int_equal(own_proof_make(scene.cascade, X, &proof), FAULT_NONE);
    assert_int_equal(proof->steps_count, 2);
    assert_int_equal(proof->steps[1].because, OWN_BECAUSE_BEHALF);
    assert_true(follows(&scene, proof));
    scene.rule.control = false;
    expect_note(&scene, proof, "a ground");
    scene.rule.control = true;
    proof->node = A;
    proof->steps_count = 1;
    assert_true(follows(&scene, proof));
    proof->run = OWN_SURE;
    expect_note(&scene, proof, "not sure");
    own_proof_close(proof);
    scene_close(&scene);
}

/* ---- a larger register ---- */

static struct own_graph *register_by_chance(struct random *random, u32 nodes)
{
    struct own_build *build = NULL;
    assert_int_equal(own_build_open(&build), FAULT_NONE);
    for (u32 node = 0; node < nodes; node += 1) {
        char key[32];
        u32 number = 0;
        (void)snprintf(key, sizeof(key), "n:%u", node);
        assert_int_equal(own_build_node(build, span_of_text(key), &number), FAULT_NONE);
    }
    for (u32 edge = 0; edge < 2 * nodes; edge += 1) {
        u32 number = 0;
        struct own_edge said =
            share((u32)random_below(random, nodes), (u32)random_below(random, nodes),
                  (u32)random_between(random, 1, 60));
        said.source = OWN_NONE;
        said.upper += random_chance(random, 1, 3) ? 20 * PERCENT : 0;
        assert_int_equal(own_build_edge(build, &said, &number), FAULT_NONE);
    }
    for (u32 index = 0; index < nodes / 10; index += 1) {
        struct own_listing listing = {.node = (u32)random_below(random, nodes),
                                      .times = OWN_TIMES_ALWAYS};
        assert_int_equal(own_build_listing(build, &listing), FAULT_NONE);
    }
    struct own_graph *graph = NULL;
    assert_int_equal(own_graph_seal(build, &graph), FAULT_NONE);
    own_build_close(build);
    return graph;
}

/* Whoever is reached has a proof that holds; whoever is not, is held too little by those reached.
 */
static void a_larger_register_is_settled(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, test_seed());
    u32 nodes = (u32)test_rounds(20000) + 100;
    struct scene scene = {.moment = TODAY, .lists = 1};
    scene.graph = register_by_chance(&random, nodes);
    assert_true(own_rule_find(span_of_text("ofac50"), 0, &scene.rule));
    assert_int_equal(own_view_open(scene.graph, TODAY, &scene.view), FAULT_NONE);
    assert_int_equal(own_cascade_run(scene.view, &scene.rule, 1, &scene.cascade), FAULT_NONE);
    u32 longest = 0;
    for (u32 node = 0; node < nodes; node += 1) {
        const struct own_column *column = &scene.view->shares[node];
        for (u32 run = OWN_SURE; run <= OWN_POSSIBLE; run += 1) {
            struct own_tally held = own_held(scene.cascade, (enum own_run)run, node, OWN_SHARE);
            bool listed = own_graph_listed(scene.graph, node, 1, TODAY) != OWN_NONE;
            bool reached = own_cascade_rank(scene.cascade, (enum own_run)run, node) != 0;
            assert_int_equal(reached, listed || own_tally_reaches(&held, column, (enum own_run)run,
                                                                  scene.rule.threshold, false));
        }
        if (own_cascade_verdict(scene.cascade, node) != OWN_CLEAR) {
            struct own_proof *proof = NULL;
            assert_int_equal(own_proof_make(scene.cascade, node, &proof), FAULT_NONE);
            assert_true(follows(&scene, proof));
            longest = proof->steps_count > longest ? proof->steps_count : longest;
            own_proof_close(proof);
        }
    }
    assert_true(longest > 4);
    scene_close(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_proof_by_hand),
        cmocka_unit_test(spoilt_proofs_are_refused),
        cmocka_unit_test(possible_grounds_are_no_proof),
        cmocka_unit_test(a_contradicted_part_proves_only_the_least),
        cmocka_unit_test(a_larger_register_is_settled),
        cmocka_unit_test(random_verdicts_have_minimal_proofs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
