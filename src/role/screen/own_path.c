#include "role/screen/own_path.h"

#include "base/check.h"
#include "base/hash.h"

#include <stdlib.h>

#define NO_STATE UINT32_MAX

/* A node reached with the last payment on any of some days. Only neighbours in the way bind each
 * other's days, so that every one of these days has a choice of the earlier ones that fits. */
struct state {
    u32 node;
    i32 first;
    i32 last;
    u32 parent; /* NO_STATE: the first */
    u32 edge;
    u8 hops;
    bool paid; /* a payment was crossed */
};

struct search {
    const struct own_path_query *query;
    const struct own_view *view;
    struct own_path *path;
    struct state *states; /* in the order of their visits: nearest first */
    u32 *slots;           /* state + 1 */
    u32 slots_count;
    u32 goal; /* the first undetermined, or blocked one */
};

struct own_path_query own_path_query_default(const struct own_cascade *cascade, u32 from)
{
    i32 valid = own_cascade_view(cascade)->moment.valid;
    return (struct own_path_query){
        .cascade = cascade,
        .from = from,
        .kinds = OWN_PATH_KINDS,
        .since = valid < OWN_DAY_EVER + 90 ? OWN_DAY_EVER : valid - 90,
        .hops_max = OWN_HOPS_MAX,
        .crowd_max = 200,
        .states_max = 1U << 18,
    };
}

static bool state_equal(const struct state *a, const struct state *b)
{
    return a->node == b->node && a->first == b->first && a->last == b->last && a->paid == b->paid;
}

static bool state_add(struct search *search, struct state state)
{
    u64 days = (u64)(u32)state.first << 32 | (u32)state.last;
    u64 hash = hash_pair((u64)state.node << 1 | (state.paid ? 1 : 0), days);
    u32 slot = (u32)hash & (search->slots_count - 1);
    for (; search->slots[slot] != 0; slot = (slot + 1) & (search->slots_count - 1)) {
        if (state_equal(&search->states[search->slots[slot] - 1], &state)) {
            return true;
        }
    }
    if (search->path->states_count == search->query->states_max) {
        return false;
    }
    search->states[search->path->states_count] = state;
    search->path->states_count += 1;
    search->slots[slot] = search->path->states_count;
    return true;
}

static i32 later(i32 a, i32 b)
{
    return a > b ? a : b;
}

static i32 earlier(i32 a, i32 b)
{
    return a < b ? a : b;
}

/* The days that an edge leaves to the state behind it. False: none. */
static bool days_cross(const struct search *search, const struct state *from,
                       const struct own_edge *edge, bool with_the_money, struct state *next)
{
    const struct own_path_query *query = search->query;
    struct own_moment moment = search->view->moment;
    const struct own_times *times = &edge->times;
    if (moment.known < times->recorded_from || moment.known >= times->recorded_until ||
        times->valid_from == times->valid_until) {
        return false;
    }
    next->first = later(times->valid_from, from->first);
    next->last = earlier(times->valid_until - 1, from->last);
    if (edge->kind == OWN_PAYMENT) {
        i32 first = with_the_money && from->paid ? from->first : query->since;
        next->first = later(times->valid_from, first);
        next->last = earlier(times->valid_until - 1, with_the_money ? moment.valid : from->last);
        next->paid = true;
    }
    return next->first <= next->last;
}

static bool cross(struct search *search, u32 from_state, u32 number, u32 to, bool with_the_money)
{
    const struct state *from = &search->states[from_state];
    struct own_edge edge;
    own_graph_edge_read(search->view->graph, number, &edge);
    struct state next = {.node = to,
                         .parent = from_state,
                         .edge = number,
                         .hops = (u8)(from->hops + 1),
                         .paid = from->paid};
    if ((search->query->kinds >> edge.kind & 1U) == 0 ||
        !days_cross(search, from, &edge, with_the_money, &next)) {
        return true;
    }
    return state_add(search, next);
}

/* Crosses every edge at a state's node. False: no room for more states. */
static bool state_spread(struct search *search, u32 number)
{
    const struct own_graph *graph = search->view->graph;
    u32 node = search->states[number].node;
    struct own_node facts;
    own_graph_node_read(graph, node, &facts);
    struct own_edges in = own_graph_holders_of(graph, node);
    bool is_shared = facts.kind == OWN_NODE_ADDRESS || facts.kind == OWN_NODE_CONTACT ||
                     facts.kind == OWN_NODE_WALLET;
    if (is_shared && in.count > search->query->crowd_max) {
        search->path->crowds_skipped += 1;
        return true;
    }
    struct own_edges out = own_graph_held_by(graph, node);
    struct own_edges by_way = own_graph_payments_via(graph, node);
    bool room = true;
    struct own_edge edge;
    for (u32 index = 0; index < out.count && room; index += 1) {
        own_graph_edge_read(graph, out.edges[index], &edge);
        u32 to = edge.via == OWN_NONE ? edge.target : edge.via;
        room = cross(search, number, out.edges[index], to, true);
    }
    for (u32 index = 0; index < in.count && room; index += 1) {
        own_graph_edge_read(graph, in.edges[index], &edge);
        u32 to = edge.via == OWN_NONE ? edge.holder : edge.via;
        room = cross(search, number, in.edges[index], to, false);
    }
    for (u32 index = 0; index < by_way.count && room; index += 1) {
        own_graph_edge_read(graph, by_way.edges[index], &edge);
        room = cross(search, number, by_way.edges[index], edge.target, true) &&
               cross(search, number, by_way.edges[index], edge.holder, false);
    }
    return room;
}

static void path_tell(const struct search *search)
{
    struct own_path *path = search->path;
    if (search->goal == NO_STATE) {
        return;
    }
    const struct state *state = &search->states[search->goal];
    path->found = true;
    path->goal = state->node;
    path->verdict = own_cascade_verdict(search->query->cascade, state->node);
    path->hops_count = state->hops;
    for (u32 hop = state->hops; hop > 0; hop -= 1) {
        const struct state *before = &search->states[state->parent];
        path->hops[hop - 1] = (struct own_hop){.from = before->node,
                                               .to = state->node,
                                               .edge = state->edge,
                                               .first = state->first,
                                               .last = state->last};
        state = before;
    }
    CHECK(state->parent == NO_STATE);
}

/* Of two states with the same verdict, whether the later one is the better goal: as near, and over
 * a later payment. */
static bool is_better(const struct search *search, u32 at)
{
    CHECK(search->goal != NO_STATE);
    const struct state *goal = &search->states[search->goal];
    const struct state *other = &search->states[at];
    return other->hops == goal->hops && other->last > goal->last;
}

static void search_run(struct search *search)
{
    const struct own_path_query *query = search->query;
    enum own_verdict best = OWN_CLEAR;
    bool room = state_add(search, (struct state){.node = query->from,
                                                 .first = search->view->moment.valid,
                                                 .last = search->view->moment.valid,
                                                 .parent = NO_STATE,
                                                 .edge = OWN_NONE});
    for (u32 at = 0; at < search->path->states_count; at += 1) {
        const struct state *state = &search->states[at];
        if (best == OWN_BLOCKED && state->hops > search->states[search->goal].hops) {
            break; /* nothing behind is as near */
        }
        enum own_verdict verdict = own_cascade_verdict(query->cascade, state->node);
        if (verdict > best || (verdict == best && verdict != OWN_CLEAR && is_better(search, at))) {
            best = verdict;
            search->goal = at;
        }
        if (room && best != OWN_BLOCKED && state->hops < query->hops_max) {
            room = state_spread(search, at);
        }
    }
    search->path->complete = room;
    path_tell(search);
}

enum fault own_path_find(const struct own_path_query *query, struct own_path *path_out)
{
    CHECK(query->hops_max <= OWN_HOPS_MAX && query->states_max >= 1);
    CHECK(query->states_max <= 1U << 28);
    *path_out = (struct own_path){.found = false, .goal = OWN_NONE};
    struct search search = {.query = query,
                            .view = own_cascade_view(query->cascade),
                            .path = path_out,
                            .goal = NO_STATE};
    search.slots_count = (u32)u64_power_of_two_ceil(2ULL * query->states_max);
    search.slots = calloc(search.slots_count, sizeof(*search.slots));
    search.states = malloc(query->states_max * sizeof(*search.states));
    enum fault fault = FAULT_NONE;
    if (search.slots == NULL || search.states == NULL) {
        fault =
            FAULT(FAULT_LIMIT, "ownership: no memory for a search of %u states", query->states_max);
    } else {
        search_run(&search);
    }
    free(search.slots);
    free(search.states);
    return fault;
}
