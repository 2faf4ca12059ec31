#include "role/screen/own_view.h"

#include "base/check.h"
#include "role/screen/own_graph_state.h"

#include <stdlib.h>
#include <string.h>

/* Sums the edges of one source, and sets the sources against each other. */
struct claims {
    u64 lower; /* of the source at hand */
    u64 upper;
    u32 source;
    u32 sources_count;
    u32 lower_least;
    u32 lower_most;
    u32 upper_least;
    u32 upper_most;
    u32 lower_least_source;
    u32 lower_most_source;
    u32 upper_least_source;
    u32 upper_most_source;
    bool is_open;
};

static void claims_close(struct claims *claims)
{
    if (!claims->is_open) {
        return;
    }
    claims->is_open = false;
    u32 lower = (u32)u64_min(claims->lower, OWN_WHOLE);
    u32 upper = (u32)u64_min(claims->upper, OWN_WHOLE);
    bool first = claims->sources_count == 0;
    claims->sources_count += 1;
    if (first || lower < claims->lower_least) {
        claims->lower_least = lower;
        claims->lower_least_source = claims->source;
    }
    if (first || lower > claims->lower_most) {
        claims->lower_most = lower;
        claims->lower_most_source = claims->source;
    }
    if (first || upper < claims->upper_least) {
        claims->upper_least = upper;
        claims->upper_least_source = claims->source;
    }
    if (first || upper > claims->upper_most) {
        claims->upper_most = upper;
        claims->upper_most_source = claims->source;
    }
}

static void claims_add(struct claims *claims, const struct own_edge_row *row)
{
    if (!claims->is_open || claims->source != row->source) {
        claims_close(claims);
        claims->is_open = true;
        claims->source = row->source;
        claims->lower = 0;
        claims->upper = 0;
    }
    claims->lower += (row->flags & OWN_EDGE_POSSIBLE) != 0 ? 0 : row->lower;
    claims->upper += row->upper;
}

static struct own_said claims_end(struct claims *claims)
{
    claims_close(claims);
    bool agree = claims->lower_most <= claims->upper_least;
    return (struct own_said){
        .lower = agree ? claims->lower_most : claims->lower_least,
        .upper = agree ? claims->upper_least : claims->upper_most,
        .lower_source = agree ? claims->lower_most_source : claims->lower_least_source,
        .upper_source = agree ? claims->upper_least_source : claims->upper_most_source,
        .sources_count = claims->sources_count,
        .contradicted = !agree,
    };
}

static const struct own_edge_row *edge_at(const struct own_graph *graph, u32 edge)
{
    return (const struct own_edge_row *)graph->content.edges.rows + edge;
}

struct own_said own_said_of(const struct own_graph *graph, struct own_edges edges,
                            enum own_kind kind, bool indirect, struct own_moment moment)
{
    struct claims claims = {.is_open = false};
    for (u32 index = 0; index < edges.count; index += 1) {
        const struct own_edge_row *row = edge_at(graph, edges.edges[index]);
        bool is_indirect = (row->flags & OWN_EDGE_INDIRECT) != 0;
        if (row->kind == kind && is_indirect == indirect && own_times_hold(&row->times, moment)) {
            claims_add(&claims, row);
        }
    }
    return claims_end(&claims);
}

/* What one node passes to another, while its edges are read. */
struct pair {
    struct claims claims[OWN_HOLD_VOTES_INDIRECT + 1];
    bool has_control;
    bool is_sure;
    bool has_consolidated;
};

static void pair_add(struct pair *pair, const struct own_edge_row *row)
{
    bool indirect = (row->flags & OWN_EDGE_INDIRECT) != 0;
    switch ((enum own_kind)row->kind) {
    case OWN_SHARE:
        claims_add(&pair->claims[indirect ? OWN_HOLD_SHARE_INDIRECT : OWN_HOLD_SHARE], row);
        break;
    case OWN_VOTES:
        claims_add(&pair->claims[indirect ? OWN_HOLD_VOTES_INDIRECT : OWN_HOLD_VOTES], row);
        break;
    case OWN_CONSOLIDATED:
        pair->has_consolidated = true;
        pair->has_control = true;
        pair->is_sure = pair->is_sure || (row->flags & OWN_EDGE_POSSIBLE) == 0;
        break;
    case OWN_BOARD:
    case OWN_INFLUENCE:
        pair->has_control = true;
        pair->is_sure = pair->is_sure || (row->flags & OWN_EDGE_POSSIBLE) == 0;
        break;
    case OWN_BEHALF:
    case OWN_NOMINEE:
    case OWN_LINKED:
    case OWN_DIRECTOR:
    case OWN_PAYMENT:
    case OWN_ATTRIBUTE:
    case OWN_OTHER:
        break;
    }
}

static void hold_keep(struct own_view *view, struct own_hold hold)
{
    view->holds[view->holds_count] = hold;
    view->holds_count += 1;
}

static void column_add(struct own_view *view, u32 holder, u32 target, enum own_hold_kind kind,
                       struct own_said said)
{
    bool is_direct = kind == OWN_HOLD_SHARE || kind == OWN_HOLD_VOTES;
    struct own_column *column =
        kind == OWN_HOLD_SHARE ? &view->shares[target] : &view->votes[target];
    if (is_direct && holder == target) {
        column->self_lower = said.lower;
        column->self_upper = said.upper;
    } else if (is_direct) {
        column->lower += said.lower;
    }
}

static void pair_end(struct own_view *view, u32 holder, u32 target, struct pair *pair)
{
    bool has_share = false;
    for (u32 kind = OWN_HOLD_SHARE; kind <= OWN_HOLD_VOTES_INDIRECT; kind += 1) {
        struct own_said said = claims_end(&pair->claims[kind]);
        if (said.sources_count == 0) {
            continue;
        }
        has_share = has_share || kind == OWN_HOLD_SHARE || kind == OWN_HOLD_SHARE_INDIRECT;
        column_add(view, holder, target, (enum own_hold_kind)kind, said);
        if (holder != target && said.upper > 0) {
            hold_keep(view, (struct own_hold){.to = target,
                                              .lower = said.lower,
                                              .upper = said.upper,
                                              .kind = (enum own_hold_kind)kind});
        }
    }
    if (holder == target) {
        return;
    }
    /* Who consolidates another's accounts owns shares in it, of which nothing is said. */
    if (pair->has_consolidated && !has_share) {
        hold_keep(view, (struct own_hold){
                            .to = target, .lower = 0, .upper = OWN_WHOLE, .kind = OWN_HOLD_SHARE});
    }
    if (pair->has_control) {
        hold_keep(view, (struct own_hold){.to = target,
                                          .lower = pair->is_sure ? OWN_WHOLE : 0,
                                          .upper = OWN_WHOLE,
                                          .kind = OWN_HOLD_CONTROL});
    }
}

/* The holdings that run along the edges of one node. */
static void view_read_forward(struct own_view *view, u32 holder)
{
    struct own_edges edges = own_graph_held_by(view->graph, holder);
    struct pair pair = {.has_control = false};
    u32 target = OWN_NONE;
    for (u32 index = 0; index < edges.count; index += 1) {
        const struct own_edge_row *row = edge_at(view->graph, edges.edges[index]);
        if (!own_times_hold(&row->times, view->moment)) {
            continue;
        }
        view->edges_count += 1;
        if (row->target != target) {
            if (target != OWN_NONE) {
                pair_end(view, holder, target, &pair);
            }
            memset(&pair, 0, sizeof(pair));
            target = row->target;
        }
        pair_add(&pair, row);
    }
    if (target != OWN_NONE) {
        pair_end(view, holder, target, &pair);
    }
}

/* Those that run against them: from whom somebody acts for to who acts. */
static void view_read_backward(struct own_view *view, u32 target)
{
    struct own_edges edges = own_graph_holders_of(view->graph, target);
    for (u32 index = 0; index < edges.count; index += 1) {
        const struct own_edge_row *row = edge_at(view->graph, edges.edges[index]);
        bool passes =
            row->kind == OWN_BEHALF || row->kind == OWN_NOMINEE || row->kind == OWN_LINKED;
        if (!passes || row->holder == target || !own_times_hold(&row->times, view->moment)) {
            continue;
        }
        hold_keep(view,
                  (struct own_hold){.to = row->holder,
                                    .lower = 0, /* never sure: see docs/ownership.md "Rules" */
                                    .upper = OWN_WHOLE,
                                    .kind = row->kind == OWN_BEHALF    ? OWN_HOLD_BEHALF
                                            : row->kind == OWN_NOMINEE ? OWN_HOLD_NOMINEE
                                                                       : OWN_HOLD_LINKED});
    }
}

/* Whether the node is the target of an edge that passes backward: one pass in the order of the
 * edges is cheaper than visiting all edges by target. */
static void backward_mark(const struct own_graph *graph, u32 *marks)
{
    for (u32 edge = 0; edge < graph->counts.edges; edge += 1) {
        const struct own_edge_row *row = edge_at(graph, edge);
        if (row->kind == OWN_BEHALF || row->kind == OWN_NOMINEE || row->kind == OWN_LINKED) {
            marks[row->target + 1] = 1;
        }
    }
}

enum fault own_view_open(const struct own_graph *graph, struct own_moment moment,
                         struct own_view **view_out)
{
    struct own_view *view = calloc(1, sizeof(*view));
    if (view == NULL) {
        return FAULT(FAULT_LIMIT, "ownership: no memory");
    }
    u64 nodes = graph->counts.nodes + 1ULL;     /* never 0, so that NULL means no memory */
    u64 holds = 2ULL * graph->counts.edges + 1; /* at most two an edge: consolidated */
    view->graph = graph;
    view->moment = moment;
    view->nodes_count = graph->counts.nodes;
    view->start = calloc(nodes + 1, sizeof(*view->start));
    view->holds = malloc(holds * sizeof(*view->holds));
    view->shares = calloc(nodes, sizeof(*view->shares));
    view->votes = calloc(nodes, sizeof(*view->votes));
    if (view->start == NULL || view->holds == NULL || view->shares == NULL || view->votes == NULL) {
        own_view_close(view);
        return FAULT(FAULT_LIMIT, "ownership: no memory for a view of %u edges",
                     graph->counts.edges);
    }
    view->memory_bytes = nodes * (sizeof(u32) + 2 * sizeof(struct own_column));
    backward_mark(graph, view->start);
    for (u32 node = 0; node < view->nodes_count; node += 1) {
        bool is_marked = view->start[node + 1] != 0;
        view_read_forward(view, node);
        if (is_marked) {
            view_read_backward(view, node);
        }
        view->start[node + 1] = view->holds_count;
    }
    CHECK(view->holds_count <= 2ULL * graph->counts.edges);
    view->memory_bytes += view->holds_count * sizeof(struct own_hold);
    *view_out = view;
    return FAULT_NONE;
}

void own_view_close(struct own_view *view)
{
    if (view == NULL) {
        return;
    }
    free(view->start);
    free(view->holds);
    free(view->shares);
    free(view->votes);
    free(view);
}

u64 own_column_excess(const struct own_column *column)
{
    u64 sum = column->lower + column->self_lower;
    return sum > OWN_WHOLE ? sum - OWN_WHOLE : 0;
}
