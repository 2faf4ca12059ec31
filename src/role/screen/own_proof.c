#include "role/screen/own_proof.h"

#include "base/check.h"

#include <stdlib.h>
#include <string.h>

/* What can be left out on its own: one edge when it must be sure, a holding when it may be. */
struct item {
    struct own_edges pair; /* the edges of its holder */
    u32 edge;              /* OWN_NONE: all that bear on the holding */
    u32 rank;              /* of the holder */
    u64 lower;
    u64 upper;
    bool indirect;
    bool dropped;
};

/* The search for what reached one node. */
struct search {
    const struct own_cascade *cascade;
    const struct own_view *view;
    enum own_run run;
    u32 node;
    u32 rank;
    struct item *items;
    u32 items_count;
    u32 items_capacity;
};

static struct own_edge edge_of(const struct search *search, u32 edge)
{
    struct own_edge read;
    own_graph_edge_read(search->view->graph, edge, &read);
    return read;
}

static bool edge_holds(const struct search *search, const struct own_edge *edge)
{
    return own_times_hold(&edge->times, search->view->moment);
}

/* The rank of a node that was reached earlier than the one searched for; else 0. */
static u32 rank_before(const struct search *search, u32 node)
{
    u32 rank = own_cascade_rank(search->cascade, search->run, node);
    return rank < search->rank ? rank : 0;
}

/* The edges from the holder of edges[first] on, as long as they are the same holder's. */
static struct own_edges pair_at(const struct search *search, struct own_edges edges, u32 first)
{
    u32 holder = edge_of(search, edges.edges[first]).holder;
    u32 end = first + 1;
    while (end < edges.count && edge_of(search, edges.edges[end]).holder == holder) {
        end += 1;
    }
    return (struct own_edges){.edges = edges.edges + first, .count = end - first};
}

static void item_keep(struct search *search, struct item item)
{
    search->items[search->items_count] = item;
    search->items_count += 1;
}

/* The edges of one source that together say a holding's lower limit. */
static void items_of_edges(struct search *search, struct own_edges pair, enum own_kind kind,
                           bool indirect, u32 rank)
{
    struct own_said said =
        own_said_of(search->view->graph, pair, kind, indirect, search->view->moment);
    for (u32 index = 0; index < pair.count && said.sources_count > 0; index += 1) {
        struct own_edge edge = edge_of(search, pair.edges[index]);
        bool bears = edge.kind == kind && ((edge.flags & OWN_EDGE_INDIRECT) != 0) == indirect &&
                     (edge.flags & OWN_EDGE_POSSIBLE) == 0 && edge.lower > 0 &&
                     edge.source == said.lower_source && edge_holds(search, &edge);
        if (bears) {
            item_keep(search, (struct item){.pair = pair,
                                            .edge = pair.edges[index],
                                            .rank = rank,
                                            .lower = edge.lower,
                                            .upper = edge.upper,
                                            .indirect = indirect});
        }
    }
}

static bool has_consolidated(const struct search *search, struct own_edges pair)
{
    for (u32 index = 0; index < pair.count; index += 1) {
        struct own_edge edge = edge_of(search, pair.edges[index]);
        if (edge.kind == OWN_CONSOLIDATED && edge_holds(search, &edge)) {
            return true;
        }
    }
    return false;
}

static void items_of_holding(struct search *search, struct own_edges pair, enum own_kind kind,
                             u32 rank)
{
    bool is_said = false;
    for (u32 indirect = 0; indirect <= 1; indirect += 1) {
        struct own_said said =
            own_said_of(search->view->graph, pair, kind, indirect != 0, search->view->moment);
        is_said = is_said || said.sources_count > 0;
        if (said.upper > 0) {
            item_keep(search, (struct item){.pair = pair,
                                            .edge = OWN_NONE,
                                            .rank = rank,
                                            .lower = indirect != 0 ? 0 : said.lower,
                                            .upper = said.upper,
                                            .indirect = indirect != 0});
        }
    }
    if (kind == OWN_SHARE && !is_said && has_consolidated(search, pair)) {
        item_keep(search,
                  (struct item){.pair = pair, .edge = OWN_NONE, .rank = rank, .upper = OWN_WHOLE});
    }
}

static void items_collect(struct search *search, enum own_kind kind, bool indirect)
{
    struct own_edges edges = own_graph_holders_of(search->view->graph, search->node);
    search->items_count = 0;
    for (u32 first = 0; first < edges.count;) {
        struct own_edges pair = pair_at(search, edges, first);
        u32 rank = rank_before(search, edge_of(search, pair.edges[0]).holder);
        if (rank != 0 && search->run == OWN_SURE) {
            items_of_edges(search, pair, kind, indirect, rank);
        } else if (rank != 0) {
            items_of_holding(search, pair, kind, rank);
        }
        first += pair.count;
    }
}

/* Smallest first, so that the largest stay; of the same size those reached last go first. */
static int items_compare(const void *left, const void *right)
{
    const struct item *a = (const struct item *)left;
    const struct item *b = (const struct item *)right;
    u64 size_a = a->edge == OWN_NONE ? a->upper : a->lower;
    u64 size_b = b->edge == OWN_NONE ? b->upper : b->lower;
    if (size_a != size_b) {
        return size_a < size_b ? -1 : 1;
    }
    if (a->rank != b->rank) {
        return a->rank > b->rank ? -1 : 1;
    }
    return a->edge == b->edge ? 0 : a->edge < b->edge ? -1 : 1;
}

static struct own_tally items_sum(const struct search *search)
{
    struct own_tally sum = {.lower = 0};
    for (u32 index = 0; index < search->items_count; index += 1) {
        const struct item *item = &search->items[index];
        if (!item->dropped) {
            sum.lower += item->lower;
            sum.upper += item->upper;
            sum.indirect = sum.indirect || item->indirect;
        }
    }
    return sum;
}

/* Drops what is not needed. False: all together is not enough. */
static bool items_reduce(struct search *search, const struct own_column *column, u32 threshold,
                         bool strict)
{
    struct own_tally sum = items_sum(search);
    if (search->items_count == 0 ||
        !own_tally_reaches(&sum, column, search->run, threshold, strict)) {
        return false;
    }
    qsort(search->items, search->items_count, sizeof(*search->items), items_compare);
    u32 indirect_count = 0;
    for (u32 index = 0; index < search->items_count; index += 1) {
        indirect_count += search->items[index].indirect ? 1 : 0;
    }
    for (u32 index = 0; index < search->items_count; index += 1) {
        struct item *item = &search->items[index];
        u32 indirect_left = indirect_count - (item->indirect ? 1 : 0);
        struct own_tally rest = {.lower = sum.lower - item->lower,
                                 .upper = sum.upper - item->upper,
                                 .indirect = indirect_left > 0};
        if (own_tally_reaches(&rest, column, search->run, threshold, strict)) {
            item->dropped = true;
            sum = rest;
            indirect_count = indirect_left;
        }
    }
    return true;
}

/* One chain summed up is enough by itself: the largest, and of its edges those needed. */
static bool indirect_reduce(struct search *search, enum own_kind kind, u32 threshold, bool strict)
{
    const struct own_column nothing = {.lower = 0};
    struct own_edges edges = own_graph_holders_of(search->view->graph, search->node);
    for (u32 first = 0; first < edges.count;) {
        struct own_edges pair = pair_at(search, edges, first);
        u32 rank = rank_before(search, edge_of(search, pair.edges[0]).holder);
        search->items_count = 0;
        if (rank != 0) {
            items_of_edges(search, pair, kind, true, rank);
            if (items_reduce(search, &nothing, threshold, strict)) {
                return true;
            }
        }
        first += pair.count;
    }
    return false;
}

/* ---- the proof grows ---- */

struct growth {
    struct own_proof *proof;
    u32 steps_capacity;
    u32 edges_capacity;
};

static enum fault edge_append(struct growth *growth, struct own_step *step, u32 edge)
{
    struct own_proof *proof = growth->proof;
    if (proof->edges_count == growth->edges_capacity) {
        u32 capacity = growth->edges_capacity == 0 ? 64 : 2 * growth->edges_capacity;
        u32 *grown = realloc(proof->edges, (size_t)capacity * sizeof(*grown));
        if (grown == NULL) {
            return FAULT(FAULT_LIMIT, "ownership: no memory for a proof of %u edges", capacity);
        }
        proof->edges = grown;
        growth->edges_capacity = capacity;
    }
    proof->edges[proof->edges_count] = edge;
    proof->edges_count += 1;
    step->edges_count += 1;
    return FAULT_NONE;
}

static enum fault step_append(struct growth *growth, const struct own_step *step)
{
    struct own_proof *proof = growth->proof;
    if (proof->steps_count == growth->steps_capacity) {
        u32 capacity = growth->steps_capacity == 0 ? 16 : 2 * growth->steps_capacity;
        struct own_step *grown = realloc(proof->steps, (size_t)capacity * sizeof(*grown));
        if (grown == NULL) {
            return FAULT(FAULT_LIMIT, "ownership: no memory for a proof of %u steps", capacity);
        }
        proof->steps = grown;
        growth->steps_capacity = capacity;
    }
    proof->steps[proof->steps_count] = *step;
    proof->steps_count += 1;
    return FAULT_NONE;
}

/* The edges that say a holding: those of the sources of its limits. */
static enum fault holding_append(const struct search *search, const struct item *item,
                                 enum own_kind kind, struct growth *growth, struct own_step *step)
{
    struct own_said said =
        own_said_of(search->view->graph, item->pair, kind, item->indirect, search->view->moment);
    for (u32 index = 0; index < item->pair.count; index += 1) {
        struct own_edge edge = edge_of(search, item->pair.edges[index]);
        bool is_share = edge.kind == kind && said.sources_count > 0 &&
                        ((edge.flags & OWN_EDGE_INDIRECT) != 0) == item->indirect &&
                        (edge.source == said.upper_source || edge.source == said.lower_source);
        bool is_consolidated = edge.kind == OWN_CONSOLIDATED && said.sources_count == 0;
        if ((is_share || is_consolidated) && edge_holds(search, &edge)) {
            TRY(edge_append(growth, step, item->pair.edges[index]));
        }
    }
    return FAULT_NONE;
}

static enum fault items_append(const struct search *search, enum own_kind kind,
                               struct growth *growth, struct own_step *step)
{
    struct own_tally sum = items_sum(search);
    step->held_lower = sum.lower;
    step->held_upper = sum.upper;
    for (u32 index = search->items_count; index > 0; index -= 1) { /* the largest first */
        const struct item *item = &search->items[index - 1];
        if (item->dropped) {
            continue;
        }
        if (item->edge != OWN_NONE) {
            TRY(edge_append(growth, step, item->edge));
        } else {
            TRY(holding_append(search, item, kind, growth, step));
        }
    }
    return FAULT_NONE;
}

/* One edge that is enough by itself, of the earliest holder; OWN_NONE: there is none. */
static u32 edge_alone(const struct search *search, u32 kinds, bool backward)
{
    const struct own_graph *graph = search->view->graph;
    struct own_edges edges = backward ? own_graph_held_by(graph, search->node)
                                      : own_graph_holders_of(graph, search->node);
    u32 found = OWN_NONE;
    u32 found_rank = UINT32_MAX;
    for (u32 index = 0; index < edges.count; index += 1) {
        struct own_edge edge = edge_of(search, edges.edges[index]);
        u32 rank = rank_before(search, backward ? edge.target : edge.holder);
        bool is_sure = (edge.flags & OWN_EDGE_POSSIBLE) == 0;
        if (rank != 0 && rank < found_rank && (kinds >> edge.kind & 1U) != 0 &&
            (is_sure || search->run == OWN_POSSIBLE) && edge_holds(search, &edge)) {
            found = edges.edges[index];
            found_rank = rank;
        }
    }
    return found;
}

static enum fault parts_try(struct search *search, enum own_kind kind, struct growth *growth,
                            struct own_step *step, bool *found_out)
{
    const struct own_rule *rule = own_cascade_rule(search->cascade);
    bool is_share = kind == OWN_SHARE;
    u32 threshold = is_share ? rule->threshold : OWN_VOTES_HALF;
    bool strict = is_share ? rule->strict : true;
    const struct own_column *column =
        is_share ? &search->view->shares[search->node] : &search->view->votes[search->node];
    step->because = is_share ? OWN_BECAUSE_SHARES : OWN_BECAUSE_VOTES;
    step->need = search->run == OWN_SURE ? own_need_sure(column, threshold, strict)
                                         : own_need_possible(column, threshold, strict);
    items_collect(search, kind, false);
    *found_out = items_reduce(search, column, threshold, strict);
    if (!*found_out && search->run == OWN_SURE) {
        *found_out = indirect_reduce(search, kind, threshold, strict);
        step->need = (u64)threshold + (strict ? 1 : 0);
    }
    return *found_out ? items_append(search, kind, growth, step) : FAULT_NONE;
}

/* Finds why the node was reached, and appends it as a step. */
static enum fault node_explain(struct search *search, struct growth *growth)
{
    static const struct {
        u32 kinds;
        enum own_because because;
        bool backward;
    } alone[] = {
        {1U << OWN_BOARD | 1U << OWN_INFLUENCE | 1U << OWN_CONSOLIDATED, OWN_BECAUSE_CONTROL,
         false},
        {1U << OWN_NOMINEE, OWN_BECAUSE_NOMINEE, true},
        {1U << OWN_BEHALF, OWN_BECAUSE_BEHALF, true},
        {1U << OWN_LINKED, OWN_BECAUSE_LINKED, true},
    };
    bool control = own_cascade_rule(search->cascade)->control;
    struct own_step step = {
        .node = search->node, .listing = OWN_NONE, .edges_first = growth->proof->edges_count};
    u32 listing = own_cascade_listing(search->cascade, search->run, search->node);
    if (listing != OWN_NONE) {
        step.because = OWN_BECAUSE_LISTED;
        step.listing = listing;
        return step_append(growth, &step);
    }
    bool found = false;
    TRY(parts_try(search, OWN_SHARE, growth, &step, &found));
    if (!found && control) {
        TRY(parts_try(search, OWN_VOTES, growth, &step, &found));
    }
    for (u32 index = 0; index < ARRAY_COUNT(alone) && !found; index += 1) {
        bool counts = alone[index].backward ? search->run == OWN_POSSIBLE : control;
        counts = counts && (alone[index].because != OWN_BECAUSE_BEHALF || control);
        u32 edge =
            counts ? edge_alone(search, alone[index].kinds, alone[index].backward) : OWN_NONE;
        if (edge != OWN_NONE) {
            found = true;
            step.because = alone[index].because;
            step.need = 0;
            TRY(edge_append(growth, &step, edge));
        }
    }
    CHECK(found);
    return step_append(growth, &step);
}

/* Room for every holding of a node: each may be two, direct and indirect. */
static enum fault items_reserve(struct search *search)
{
    u32 needed = 2 * own_graph_holders_of(search->view->graph, search->node).count + 1;
    if (needed <= search->items_capacity) {
        return FAULT_NONE;
    }
    u64 capacity = u64_power_of_two_ceil(needed);
    struct item *items = realloc(search->items, capacity * sizeof(*items));
    if (items == NULL) {
        return FAULT(FAULT_LIMIT, "ownership: no memory for a proof over %u holdings", needed);
    }
    search->items = items;
    search->items_capacity = (u32)capacity;
    return FAULT_NONE;
}

/* From the node asked about down to those listed: marks by rank whom each step needs. */
static enum fault proof_walk(struct search *search, struct growth *growth, u8 *needed)
{
    for (u32 rank = search->rank; rank > 0; rank -= 1) {
        if (needed[rank] == 0) {
            continue;
        }
        search->rank = rank;
        search->node = own_cascade_nth(search->cascade, search->run, rank);
        TRY(items_reserve(search));
        TRY(node_explain(search, growth));
        const struct own_step *step = &growth->proof->steps[growth->proof->steps_count - 1];
        for (u32 index = 0; index < step->edges_count; index += 1) {
            struct own_edge edge = edge_of(search, growth->proof->edges[step->edges_first + index]);
            u32 other = edge.target == search->node ? edge.holder : edge.target;
            needed[own_cascade_rank(search->cascade, search->run, other)] = 1;
        }
    }
    return FAULT_NONE;
}

static void steps_reverse(struct own_proof *proof)
{
    for (u32 index = 0; index < proof->steps_count / 2; index += 1) {
        struct own_step step = proof->steps[index];
        proof->steps[index] = proof->steps[proof->steps_count - 1 - index];
        proof->steps[proof->steps_count - 1 - index] = step;
    }
}

static bool starts_by_number(const struct own_cascade *cascade)
{
    return own_cascade_lists(cascade) == 0;
}

enum fault own_proof_make(const struct own_cascade *cascade, u32 node, struct own_proof **proof_out)
{
    struct own_proof *proof = calloc(1, sizeof(*proof));
    if (proof == NULL) {
        return FAULT(FAULT_LIMIT, "ownership: no memory");
    }
    enum own_verdict verdict = own_cascade_verdict(cascade, node);
    proof->node = node;
    proof->run = verdict == OWN_BLOCKED ? OWN_SURE : OWN_POSSIBLE;
    *proof_out = proof;
    if (verdict == OWN_CLEAR || starts_by_number(cascade)) {
        return FAULT_NONE;
    }
    struct search search = {.cascade = cascade,
                            .view = own_cascade_view(cascade),
                            .run = proof->run,
                            .rank = own_cascade_rank(cascade, proof->run, node)};
    struct growth growth = {.proof = proof};
    u8 *needed = calloc(search.rank + 1ULL, 1);
    enum fault fault = FAULT_NONE;
    if (needed == NULL) {
        fault = FAULT(FAULT_LIMIT, "ownership: no memory for a proof");
    } else {
        needed[search.rank] = 1;
        fault = proof_walk(&search, &growth, needed);
        steps_reverse(proof);
    }
    free(needed);
    free(search.items);
    if (fault != FAULT_NONE) {
        own_proof_close(proof);
        *proof_out = NULL;
    }
    return fault;
}

void own_proof_close(struct own_proof *proof)
{
    if (proof != NULL) {
        free(proof->steps);
        free(proof->edges);
        free(proof);
    }
}

struct own_tally own_held(const struct own_cascade *cascade, enum own_run run, u32 node,
                          enum own_kind kind)
{
    CHECK(kind == OWN_SHARE || kind == OWN_VOTES);
    struct search search = {
        .cascade = cascade, .view = own_cascade_view(cascade), .run = run, .rank = UINT32_MAX};
    struct own_edges edges = own_graph_holders_of(search.view->graph, node);
    struct own_tally sum = {.lower = 0};
    for (u32 first = 0; first < edges.count;) {
        struct own_edges pair = pair_at(&search, edges, first);
        u32 holder = edge_of(&search, pair.edges[0]).holder;
        if (holder != node && rank_before(&search, holder) != 0) {
            struct own_moment moment = search.view->moment;
            struct own_said direct = own_said_of(search.view->graph, pair, kind, false, moment);
            struct own_said indirect = own_said_of(search.view->graph, pair, kind, true, moment);
            sum.lower += direct.lower;
            sum.upper += (u64)direct.upper + indirect.upper;
            sum.indirect = sum.indirect || indirect.upper > 0;
        }
        first += pair.count;
    }
    return sum;
}

const char *own_because_name(enum own_because because)
{
    static const char *const names[OWN_BECAUSES] = {
        [OWN_BECAUSE_LISTED] = "listed",   [OWN_BECAUSE_SHARES] = "shares",
        [OWN_BECAUSE_VOTES] = "votes",     [OWN_BECAUSE_CONTROL] = "control",
        [OWN_BECAUSE_NOMINEE] = "nominee", [OWN_BECAUSE_BEHALF] = "behalf",
        [OWN_BECAUSE_LINKED] = "linked",
    };
    CHECK(because < OWN_BECAUSES);
    return names[because];
}
