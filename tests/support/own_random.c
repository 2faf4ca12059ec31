#include "tests/support/own_random.h"

#define PERCENT (OWN_WHOLE / 100)

static struct own_times random_times(struct random *random)
{
    struct own_times times = OWN_TIMES_ALWAYS;
    if (random_chance(random, 1, 8)) {
        times.valid_from = (i32)random_below(random, OWN_RANDOM_DAYS);
        times.valid_until = (i32)random_between(random, (u64)times.valid_from, OWN_RANDOM_DAYS);
    }
    if (random_chance(random, 1, 8)) {
        times.recorded_from = (i32)random_below(random, OWN_RANDOM_DAYS);
        times.recorded_until =
            (i32)random_between(random, (u64)times.recorded_from, OWN_RANDOM_DAYS);
    }
    return times;
}

static u32 random_share(struct random *random)
{
    static const u32 percents[] = {0, 1, 10, 20, 25, 30, 40, 49, 50, 51, 60, 75, 100};
    u32 share = percents[random_below(random, ARRAY_COUNT(percents))] * PERCENT;
    if (random_chance(random, 1, 10)) {
        share += share == OWN_WHOLE ? 0 : 1;
    }
    return share;
}

static enum own_kind random_kind(struct random *random)
{
    static const enum own_kind kinds[] = {
        OWN_VOTES,   OWN_BOARD,    OWN_INFLUENCE, OWN_CONSOLIDATED, OWN_BEHALF,
        OWN_NOMINEE, OWN_DIRECTOR, OWN_PAYMENT,   OWN_LINKED,       OWN_OTHER,
    };
    return random_chance(random, 7, 10) ? OWN_SHARE
                                        : kinds[random_below(random, ARRAY_COUNT(kinds))];
}

static struct own_edge random_edge(struct random *random, u32 nodes_count)
{
    struct own_edge edge = {
        .kind = random_kind(random),
        .holder = (u32)random_below(random, nodes_count),
        .target = (u32)random_below(random, nodes_count),
        .via = OWN_NONE,
        .source = random_chance(random, 1, 4) ? (u32)random_below(random, 3) : 0,
        .times = random_times(random),
    };
    if (random_chance(random, 1, 50)) {
        edge.source = OWN_NONE;
    }
    if (edge.kind == OWN_SHARE || edge.kind == OWN_VOTES) {
        u32 a = random_share(random);
        u32 b = random_chance(random, 1, 3) ? random_share(random) : a;
        edge.lower = a < b ? a : b;
        edge.upper = a < b ? b : a;
        if (random_chance(random, 1, 12)) {
            edge.flags |= OWN_EDGE_UNKNOWN;
            edge.lower = 0;
            edge.upper = OWN_WHOLE;
        }
        edge.flags |= random_chance(random, 1, 12) ? OWN_EDGE_INDIRECT : 0;
    }
    edge.flags |= random_chance(random, 1, 16) ? OWN_EDGE_POSSIBLE : 0;
    return edge;
}

void own_random_model(struct random *random, struct own_model *model_out)
{
    *model_out = (struct own_model){.nodes_count = (u32)random_between(random, 2, 9)};
    u32 edges_count = (u32)random_between(random, 1, 3ULL * model_out->nodes_count);
    for (u32 index = 0; index < edges_count; index += 1) {
        model_out->edges[index] = random_edge(random, model_out->nodes_count);
    }
    model_out->edges_count = edges_count;
    model_out->listings_count = (u32)random_between(random, 1, 3);
    for (u32 index = 0; index < model_out->listings_count; index += 1) {
        model_out->listings[index] = (struct own_listing){
            .node = (u32)random_below(random, model_out->nodes_count),
            .list = (u32)random_below(random, 3),
            .entry = index,
            .flags = random_chance(random, 1, 8) ? OWN_LISTING_POSSIBLE : 0,
            .times = random_times(random),
        };
    }
}
