/* Aim: the nearest blocked one is found over payments, ownership and shared facts, and only if the
 * days fit. Method: a miner whose bills another company pays, day by day; the limits by hand;
 * random graphs against a plain search of every way. */
#include "role/screen/own_path.h"

#include "base/random.h"
#include "base/span.h"
#include "tests/support/own_model.h"
#include "tests/support/own_random.h"
#include "tests/support/test.h"

#define PERCENT (OWN_WHOLE / 100)
#define LISTED  19102 /* 2022-04-20 */

enum { MINER, SHELL, SUBSIDIARY, GROUP, STREET, OTHER, NODES };

static struct own_model model;

static struct own_edge *say(enum own_kind kind, u32 holder, u32 target, u32 percent)
{
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

static void pay(u32 payer, u32 payee, u32 via, i32 day)
{
    struct own_edge *edge = say(OWN_PAYMENT, payer, payee, 0);
    edge->via = via;
    edge->times.valid_from = day;
    edge->times.valid_until = day + 1;
}

/* The shell pays for the miner; a subsidiary of the group owns the shell; the group is listed. */
static void begin(void)
{
    model = (struct own_model){.nodes_count = NODES, .listings_count = 1};
    model.listings[0] = (struct own_listing){.node = GROUP, .times = OWN_TIMES_ALWAYS};
    model.listings[0].times.valid_from = LISTED;
    say(OWN_SHARE, GROUP, SUBSIDIARY, 100);
    say(OWN_SHARE, SUBSIDIARY, SHELL, 60);
    pay(SHELL, MINER, OWN_NONE, LISTED - 10);
}

static struct own_path find(u32 from, i32 day, struct own_path_query change)
{
    struct own_graph *graph = NULL;
    struct own_view *view = NULL;
    struct own_cascade *cascade = NULL;
    struct own_rule rule;
    struct own_path path;
    assert_true(own_rule_find(span_of_text("ofac50"), day, &rule));
    assert_int_equal(own_model_graph(&model, &graph), FAULT_NONE);
    assert_int_equal(own_view_open(graph, (struct own_moment){day, day}, &view), FAULT_NONE);
    assert_int_equal(own_cascade_run(view, &rule, 3, &cascade), FAULT_NONE);
    struct own_path_query query = own_path_query_default(cascade, from);
    query.kinds = change.kinds != 0 ? change.kinds : query.kinds;
    query.since = change.since != 0 ? change.since : query.since;
    query.hops_max = change.hops_max != 0 ? change.hops_max : query.hops_max;
    query.states_max = change.states_max != 0 ? change.states_max : query.states_max;
    query.crowd_max = change.crowd_max != 0 ? change.crowd_max : query.crowd_max;
    assert_int_equal(own_path_find(&query, &path), FAULT_NONE);
    own_cascade_close(cascade);
    own_view_close(view);
    own_graph_close(graph);
    return path;
}

static const struct own_path_query as_it_is;

static void a_payer_owned_by_the_listed(void **state)
{
    (void)state;
    begin();
    struct own_path path = find(MINER, LISTED - 1, as_it_is);
    assert_true(path.complete && !path.found);
    path = find(MINER, LISTED, as_it_is);
    assert_true(path.found);
    assert_int_equal(path.goal, SHELL); /* blocked itself, by two steps of ownership */
    assert_int_equal(path.verdict, OWN_BLOCKED);
    assert_int_equal(path.hops_count, 1);
    assert_int_equal(path.hops[0].edge, 2);
    assert_int_equal(path.hops[0].first, LISTED - 10);
    assert_int_equal(path.hops[0].last, LISTED - 10);
    model.edges[1].lower = 40 * PERCENT; /* 40 to 60: undetermined, the subsidiary is behind it */
    path = find(MINER, LISTED, as_it_is);
    assert_int_equal(path.goal, SUBSIDIARY);
    assert_int_equal(path.hops_count, 2);
    assert_int_equal(find(MINER, LISTED, (struct own_path_query){.hops_max = 1}).verdict,
                     OWN_UNDETERMINED);
}

static void edges_must_hold_on_the_day_of_the_payment(void **state)
{
    (void)state;
    begin();
    model.edges[1].lower = model.edges[1].upper = 30 * PERCENT;
    assert_true(find(MINER, LISTED, as_it_is).found);
    model.edges[1].times.valid_from = LISTED - 9; /* bought the shell the day after it paid */
    assert_false(find(MINER, LISTED, as_it_is).found);
    model.edges[1].times.valid_from = LISTED - 10;
    assert_true(find(MINER, LISTED, as_it_is).found);
    model.edges[1].times.recorded_from = LISTED + 1; /* nobody knew */
    assert_false(find(MINER, LISTED, as_it_is).found);
    assert_true(find(MINER, LISTED + 1, as_it_is).found);
    assert_false(find(MINER, LISTED + 81, as_it_is).found); /* 91 days after the payment */
    assert_true(find(MINER, LISTED + 80, as_it_is).found);
}

static void payments_follow_each_other(void **state)
{
    (void)state;
    begin();
    model.edges[2].times.valid_until = OWN_DAY_NEVER; /* the shell goes on paying */
    model.edges_count = 2;
    model.edges[1].target = OTHER; /* the subsidiary owns another */
    pay(SHELL, MINER, OWN_NONE, LISTED - 5);
    pay(OTHER, SHELL, OWN_NONE, LISTED - 5);
    assert_true(find(MINER, LISTED, as_it_is).found); /* on the same day */
    model.edges[3].times.valid_from += 1;
    model.edges[3].times.valid_until += 1;
    assert_false(find(MINER, LISTED, as_it_is).found); /* the shell had it from elsewhere */
    model.edges_count = 2;
    pay(MINER, SHELL, OWN_NONE, LISTED - 5); /* with the money: not before */
    pay(SHELL, OTHER, OWN_NONE, LISTED - 5);
    assert_true(find(MINER, LISTED, as_it_is).found);
    model.edges[3].times.valid_from -= 1;
    model.edges[3].times.valid_until -= 1;
    assert_false(find(MINER, LISTED, as_it_is).found);
}

static void intermediaries_and_what_is_shared(void **state)
{
    (void)state;
    begin();
    model.edges_count = 2;
    pay(OTHER, MINER, SHELL, LISTED - 1); /* by way of the shell */
    struct own_path path = find(MINER, LISTED, as_it_is);
    assert_int_equal(path.goal, SHELL);
    assert_int_equal(path.hops_count, 1);
    begin();
    model.edges_count = 1;
    say(OWN_ATTRIBUTE, SUBSIDIARY, STREET, 0);
    say(OWN_ATTRIBUTE, MINER, STREET, 0);
    path = find(MINER, LISTED, as_it_is);
    assert_int_equal(path.goal, SUBSIDIARY);
    assert_int_equal(path.hops_count, 2);
    assert_false(find(MINER, LISTED, (struct own_path_query){.kinds = 1U << OWN_PAYMENT}).found);
    path = find(MINER, LISTED, (struct own_path_query){.states_max = 1});
    assert_false(path.found || path.complete);
    path = find(GROUP, LISTED, as_it_is);
    assert_true(path.found && path.hops_count == 0 && path.goal == GROUP);
}

/* Crowds connect nobody, six hops and no more. */
static void limits(void **state)
{
    (void)state;
    model = (struct own_model){.nodes_count = 9, .listings_count = 1};
    model.listings[0] = (struct own_listing){.node = 7, .times = OWN_TIMES_ALWAYS};
    for (u32 node = 0; node < 7; node += 1) {
        say(OWN_DIRECTOR, node, node + 1, 0);
    }
    struct own_path path = find(1, LISTED, as_it_is);
    assert_true(path.found);
    assert_int_equal(path.hops_count, OWN_HOPS_MAX);
    path = find(0, LISTED, as_it_is);
    assert_true(!path.found && path.complete);

    struct own_build *build = NULL;
    struct own_graph *graph = NULL;
    u32 crowd = 0;
    assert_int_equal(own_build_open(&build), FAULT_NONE);
    assert_int_equal(own_build_node(build, span_of_text("tower"), &crowd), FAULT_NONE);
    struct own_node facts = {.kind = OWN_NODE_ADDRESS, .founded = OWN_DAY_EVER};
    assert_int_equal(own_build_describe(build, crowd, &facts), FAULT_NONE);
    for (u32 node = 1; node <= 3; node += 1) {
        u32 number = 0;
        u8 key = (u8)('0' + node);
        assert_int_equal(own_build_node(build, span_of(&key, 1), &number), FAULT_NONE);
        struct own_edge edge = {.kind = OWN_ATTRIBUTE,
                                .holder = number,
                                .target = crowd,
                                .via = OWN_NONE,
                                .source = OWN_NONE,
                                .times = OWN_TIMES_ALWAYS};
        assert_int_equal(own_build_edge(build, &edge, &number), FAULT_NONE);
    }
    struct own_listing listing = {.node = 3, .times = OWN_TIMES_ALWAYS};
    assert_int_equal(own_build_listing(build, &listing), FAULT_NONE);
    assert_int_equal(own_graph_seal(build, &graph), FAULT_NONE);
    own_build_close(build);
    struct own_view *view = NULL;
    struct own_cascade *cascade = NULL;
    struct own_rule rule;
    assert_true(own_rule_find(span_of_text("ofac50"), LISTED, &rule));
    assert_int_equal(own_view_open(graph, (struct own_moment){LISTED, LISTED}, &view), FAULT_NONE);
    assert_int_equal(own_cascade_run(view, &rule, 1, &cascade), FAULT_NONE);
    struct own_path_query query = own_path_query_default(cascade, 1);
    query.crowd_max = 3;
    assert_int_equal(own_path_find(&query, &path), FAULT_NONE);
    assert_true(path.found && path.hops_count == 2);
    query.crowd_max = 2;
    assert_int_equal(own_path_find(&query, &path), FAULT_NONE);
    assert_true(!path.found && path.crowds_skipped == 1);
    own_cascade_close(cascade);
    own_view_close(view);
    own_graph_close(graph);
}

/* A payment between two days has been on one of them for all of the way. */
static void one_day_for_all_of_the_way(void **state)
{
    (void)state;
    begin();
    model.edges[2].times.valid_from = LISTED - 10;
    model.edges[2].times.valid_until = LISTED - 5;
    model.edges[1].lower = model.edges[1].upper = 30 * PERCENT;
    model.edges[1].times.valid_from = LISTED - 6;
    struct own_path path = find(MINER, LISTED, as_it_is);
    assert_int_equal(path.hops_count, 2);
    assert_int_equal(path.hops[0].first, LISTED - 10);
    assert_int_equal(path.hops[0].last, LISTED - 6);
    assert_int_equal(path.hops[1].first, LISTED - 6);
    assert_int_equal(path.hops[1].last, LISTED - 6);
    model.edges[1].target = OTHER; /* before it, the shell had money from the other */
    pay(OTHER, SHELL, OWN_NONE, LISTED - 6);
    assert_true(find(MINER, LISTED, as_it_is).found);
    model.edges[3].times.valid_from = LISTED - 5;
    model.edges[3].times.valid_until = LISTED - 4;
    assert_false(find(MINER, LISTED, as_it_is).found);
}

static void the_latest_of_several_payments(void **state)
{
    (void)state;
    begin();
    pay(SHELL, MINER, OWN_NONE, LISTED - 1);
    pay(SHELL, MINER, OWN_NONE, LISTED - 3);
    struct own_path path = find(MINER, LISTED, as_it_is);
    assert_int_equal(path.hops_count, 1);
    assert_int_equal(path.hops[0].edge, 3);
    assert_int_equal(path.hops[0].last, LISTED - 1);
    path = find(SHELL, LISTED, as_it_is);
    assert_int_equal(path.hops_count, 0);
}

/* ---- a plain search ---- */

#define PLAIN_HOPS 4U

struct plain {
    const enum own_verdict *verdicts;
    struct own_moment moment;
    i32 since;
    u32 best[3]; /* hops to the nearest of each verdict */
};

/* Tries every way: from a node with `day`, one end of each edge to the other. */
static void plain_walk(struct plain *plain, u32 node, i32 day, bool paid, u32 hops)
{
    enum own_verdict verdict = plain->verdicts[node];
    plain->best[verdict] = hops < plain->best[verdict] ? hops : plain->best[verdict];
    for (u32 index = 0; index < model.edges_count && hops < PLAIN_HOPS; index += 1) {
        const struct own_edge *edge = &model.edges[index];
        bool is_payment = edge->kind == OWN_PAYMENT;
        u32 stations[3] = {edge->holder, edge->via, edge->target};
        for (u32 turn = 0; turn < 9; turn += 1) {
            u32 from = turn / 3;
            u32 to = turn % 3;
            bool next =
                from != to && (edge->via == OWN_NONE ? from != 1 && to != 1 : from == 1 || to == 1);
            if (!next || stations[from] != node || edge->kind == OWN_OTHER ||
                plain->moment.known < edge->times.recorded_from ||
                plain->moment.known >= edge->times.recorded_until) {
                continue;
            }
            if (!is_payment) {
                if (day >= edge->times.valid_from && day < edge->times.valid_until) {
                    plain_walk(plain, stations[to], day, paid, hops + 1);
                }
                continue;
            }
            /* every day on which the payment may have been is a day of its own */
            for (i32 on = plain->since; on <= plain->moment.valid; on += 1) {
                bool in_time = from < to ? !paid || on >= day : on <= day;
                if (in_time && on >= edge->times.valid_from && on < edge->times.valid_until) {
                    plain_walk(plain, stations[to], on, true, hops + 1);
                }
            }
        }
    }
}

static void random_ways_agree_with_a_plain_search(void **state)
{
    (void)state;
    struct random random;
    u64 rounds = test_rounds(300);
    u32 found = 0;
    for (u64 round = 0; round < rounds; round += 1) {
        random_init(&random, random_seed_derive(test_seed() + 77, round));
        own_random_model(&random, &model);
        model.edges_count = model.edges_count > 9 ? 9 : model.edges_count;
        for (u32 index = 0; index < model.edges_count; index += 1) {
            struct own_edge *edge = &model.edges[index];
            if (random_chance(&random, 1, 2)) {
                edge->kind = OWN_PAYMENT;
                edge->lower = edge->upper = 0;
                edge->flags = 0;
                edge->via = random_chance(&random, 1, 2)
                                ? (u32)random_below(&random, model.nodes_count)
                                : OWN_NONE;
                edge->times.valid_from = (i32)random_below(&random, OWN_RANDOM_DAYS);
                edge->times.valid_until =
                    edge->times.valid_from + (i32)random_between(&random, 1, 4);
            }
        }
        struct own_rule rule;
        i32 day = OWN_RANDOM_DAYS / 2;
        enum own_verdict verdicts[OWN_MODEL_NODES_MAX];
        assert_true(own_rule_find(span_of_text("ofac50"), day, &rule));
        own_model_verdicts(&model, &rule, 3, (struct own_moment){day, day}, verdicts);
        struct plain plain = {
            .verdicts = verdicts, .moment = {day, day}, .since = 1, .best = {99, 99, 99}};
        u32 from = (u32)random_below(&random, model.nodes_count);
        plain_walk(&plain, from, day, false, 0);
        struct own_path path =
            find(from, day, (struct own_path_query){.hops_max = PLAIN_HOPS, .since = 1});
        assert_true(path.complete);
        u32 best =
            plain.best[OWN_BLOCKED] != 99 ? plain.best[OWN_BLOCKED] : plain.best[OWN_UNDETERMINED];
        if (path.found != (best != 99) || (path.found && path.hops_count != best)) {
            fail_msg("seed %llu round %llu: %u hops, plainly %u", (unsigned long long)test_seed(),
                     (unsigned long long)round, path.found ? path.hops_count : 99, best);
        }
        found += path.found && path.hops_count > 1 ? 1 : 0;
    }
    assert_true(rounds < 100 || found > rounds / 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_payer_owned_by_the_listed),
        cmocka_unit_test(edges_must_hold_on_the_day_of_the_payment),
        cmocka_unit_test(payments_follow_each_other),
        cmocka_unit_test(intermediaries_and_what_is_shared),
        cmocka_unit_test(limits),
        cmocka_unit_test(the_latest_of_several_payments),
        cmocka_unit_test(one_day_for_all_of_the_way),
        cmocka_unit_test(random_ways_agree_with_a_plain_search),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
