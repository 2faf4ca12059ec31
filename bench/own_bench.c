/* What ownership costs: a register by chance, and the verdicts over all of it.
 *
 *     own_bench [EDGES [ROUNDS]]
 *
 * 1,000,000 edges by default over three fifths as many nodes in no order: seven in ten shares (a
 * third of them bands), the rest votes, control, directors and payments; one node in ten is
 * listed. Printed in processor time,
 * the least and the median of the rounds (7): adding and sealing, the view of one day, the cascade
 * (both runs) under OFAC's and the EU's rule, one proof, and the memory of each. */
#include "base/random.h"
#include "base/span.h"
#include "role/screen/own_integrated.h"
#include "role/screen/own_proof.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define ROUNDS_MAX 99U
#define PERCENT    (OWN_WHOLE / 100)
#define PROOFS     1000U

enum figure { ADD, SEAL, VIEW, OFAC, EU, EXPOSURE, PROOF, FIGURES };

static u64 figures[FIGURES][ROUNDS_MAX];

static void die(const char *what)
{
    (void)fprintf(stderr, "own_bench: %s: %s\n", what, fault_text());
    exit(1);
}

static void must(enum fault fault, const char *what)
{
    if (fault != FAULT_NONE) {
        die(what);
    }
}

/* Processor time of this process: the machine may do other work beside. */
static u64 now_ns(void)
{
    struct timespec time;
    if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) != 0) {
        die("clock");
    }
    return (u64)time.tv_sec * 1000000000ULL + (u64)time.tv_nsec;
}

static struct own_edge edge_draw(struct random *random, u32 nodes)
{
    static const u32 bands[][2] = {{25, 50}, {50, 75}, {75, 100}};
    struct own_edge edge = {.holder = (u32)random_below(random, nodes),
                            .target = (u32)random_below(random, nodes),
                            .via = OWN_NONE,
                            .source = (u32)random_below(random, 4),
                            .statement = span_of_text("0123456789-0123456789-0123456789"),
                            .times = OWN_TIMES_ALWAYS};
    u64 draw = random_below(random, 10);
    edge.kind = draw < 7    ? OWN_SHARE
                : draw == 7 ? OWN_VOTES
                : draw == 8 ? OWN_DIRECTOR
                            : OWN_PAYMENT;
    if (draw == 8 && random_chance(random, 1, 3)) {
        edge.kind = OWN_BOARD;
    }
    if (draw <= 7 && random_chance(random, 1, 3)) {
        const u32 *band = bands[random_below(random, ARRAY_COUNT(bands))];
        edge.lower = band[0] * PERCENT;
        edge.upper = band[1] * PERCENT;
        edge.flags = OWN_EDGE_BAND;
    } else if (draw <= 7) {
        edge.lower = edge.upper = (u32)random_between(random, 1, 100) * PERCENT;
    }
    edge.times.valid_from = (i32)random_between(random, 10000, 20000);
    return edge;
}

static struct own_graph *graph_make(u32 edges, u32 round)
{
    struct random random;
    random_init(&random, 1);
    struct own_build *build = NULL;
    u32 nodes = edges / 5 * 3 + 2;
    u64 begin = now_ns();
    must(own_build_open(&build), "open");
    for (u32 node = 0; node < nodes; node += 1) {
        char key[32];
        u32 number = 0;
        (void)snprintf(key, sizeof(key), "GB-COH:%08u", node);
        must(own_build_node(build, span_of_text(key), &number), "node");
    }
    for (u32 source = 0; source < 4; source += 1) {
        char name[32];
        u32 number = 0;
        (void)snprintf(name, sizeof(name), "register %u", source);
        must(own_build_source(build, span_of_text(name), &number), "source");
    }
    for (u32 edge = 0; edge < edges; edge += 1) {
        struct own_edge drawn = edge_draw(&random, nodes);
        u32 number = 0;
        must(own_build_edge(build, &drawn, &number), "edge");
    }
    for (u32 listing = 0; listing < nodes / 10; listing += 1) {
        struct own_listing drawn = {
            .node = (u32)random_below(&random, nodes), .entry = listing, .times = OWN_TIMES_ALWAYS};
        must(own_build_listing(build, &drawn), "listing");
    }
    figures[ADD][round] = now_ns() - begin;
    struct own_graph *graph = NULL;
    begin = now_ns();
    must(own_graph_seal(build, &graph), "seal");
    figures[SEAL][round] = now_ns() - begin;
    own_build_close(build);
    return graph;
}

static void proofs_time(const struct own_cascade *cascade, u32 nodes, u32 round)
{
    struct random random;
    random_init(&random, 2);
    u64 begin = now_ns();
    for (u32 turn = 0; turn < PROOFS; turn += 1) {
        struct own_proof *proof = NULL;
        must(own_proof_make(cascade, (u32)random_below(&random, nodes), &proof), "proof");
        own_proof_close(proof);
    }
    figures[PROOF][round] = (now_ns() - begin) / PROOFS;
}

static struct own_cascade *cascade_time(const struct own_view *view, const char *name,
                                        enum figure figure, u32 round)
{
    struct own_rule rule;
    if (!own_rule_find(span_of_text(name), view->moment.valid, &rule)) {
        die("rule");
    }
    struct own_cascade *cascade = NULL;
    u64 begin = now_ns();
    must(own_cascade_run(view, &rule, 1, &cascade), "cascade");
    figures[figure][round] = now_ns() - begin;
    return cascade;
}

static void round_run(u32 edges, u32 round, bool print)
{
    struct own_graph *graph = graph_make(edges, round);
    const struct own_counts *counts = own_graph_counts(graph);
    struct own_view *view = NULL;
    u64 begin = now_ns();
    must(own_view_open(graph, (struct own_moment){.valid = 19000, .known = 19000}, &view), "view");
    figures[VIEW][round] = now_ns() - begin;
    struct own_cascade *eu = cascade_time(view, "eu", EU, round);
    struct own_cascade *ofac = cascade_time(view, "ofac50", OFAC, round);
    struct own_exposure *exposure = NULL;
    begin = now_ns();
    must(own_exposure_to_lists(view, 1, &exposure), "exposure");
    figures[EXPOSURE][round] = now_ns() - begin;
    proofs_time(ofac, counts->nodes, round);
    if (print) {
        (void)printf("%u nodes, %u edges (%u on the day), %u listed\n", counts->nodes,
                     counts->edges, view->edges_count, counts->listings);
        (void)printf("blocked surely, possibly: ofac50 %u, %u; eu %u, %u\n",
                     own_cascade_count(ofac, OWN_SURE), own_cascade_count(ofac, OWN_POSSIBLE),
                     own_cascade_count(eu, OWN_SURE), own_cascade_count(eu, OWN_POSSIBLE));
        (void)printf("memory: graph %" PRIu64 " MB, view %" PRIu64 " MB\n",
                     counts->memory_bytes >> 20, view->memory_bytes >> 20);
        (void)printf("exposure: %u groups in circles, the largest of %u; %u rounds at most, %u "
                     "unsettled\n",
                     exposure->circles_count, exposure->circle_most, exposure->rounds_most,
                     exposure->unsettled_count);
    }
    own_exposure_close(exposure);
    own_cascade_close(ofac);
    own_cascade_close(eu);
    own_view_close(view);
    own_graph_close(graph);
}

static int compare(const void *left, const void *right)
{
    u64 a = *(const u64 *)left;
    u64 b = *(const u64 *)right;
    return a < b ? -1 : a > b ? 1 : 0;
}

int main(int argc, char **argv)
{
    static const char *const names[FIGURES] = {
        [ADD] = "add nodes and edges",  [SEAL] = "seal",
        [VIEW] = "view of a day",       [OFAC] = "cascade ofac50, both runs",
        [EU] = "cascade eu, both runs", [EXPOSURE] = "exposure to the listed",
        [PROOF] = "one proof",
    };
    u64 edges = argc > 1 ? strtoull(argv[1], NULL, 10) : 1000000;
    u64 rounds = argc > 2 ? strtoull(argv[2], NULL, 10) : 7;
    if (edges < 10 || edges > 100000000 || rounds < 1 || rounds > ROUNDS_MAX) {
        (void)fprintf(stderr, "own_bench [EDGES [ROUNDS]]\n");
        return 2;
    }
    for (u32 round = 0; round < rounds; round += 1) {
        round_run((u32)edges, round, round == 0);
    }
    for (u32 figure = 0; figure < FIGURES; figure += 1) {
        qsort(figures[figure], rounds, sizeof(u64), compare);
        (void)printf("%-26s least %10.3f ms, median %10.3f ms\n", names[figure],
                     (double)figures[figure][0] / 1e6, (double)figures[figure][rounds / 2] / 1e6);
    }
    return 0;
}
