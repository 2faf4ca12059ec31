#include "role/screen/own_control.h"

#include "base/check.h"

#define HALF (OWN_WHOLE / 2)

struct climb {
    const struct own_view *view;
    u32 node; /* where it began */
    struct own_controller *found;
    u32 found_count;
};

/* The statement by which the pair's holder controls its target: control as such, else more than
 * half of the votes, else of the shares. OWN_NONE: it does not. */
static u32 controlling_edge(const struct own_view *view, struct own_edges pair)
{
    static const enum own_kind kinds[] = {OWN_VOTES, OWN_SHARE};
    struct own_edge edge;
    for (u32 index = 0; index < pair.count; index += 1) {
        own_graph_edge_read(view->graph, pair.edges[index], &edge);
        bool control =
            edge.kind == OWN_BOARD || edge.kind == OWN_INFLUENCE || edge.kind == OWN_CONSOLIDATED;
        if (control && (edge.flags & OWN_EDGE_POSSIBLE) == 0 &&
            own_times_hold(&edge.times, view->moment)) {
            return pair.edges[index];
        }
    }
    for (u32 turn = 0; turn < 2 * ARRAY_COUNT(kinds); turn += 1) {
        enum own_kind kind = kinds[turn / 2];
        bool indirect = turn % 2 != 0;
        struct own_said said = own_said_of(view->graph, pair, kind, indirect, view->moment);
        for (u32 index = 0; index < pair.count && said.lower > HALF; index += 1) {
            own_graph_edge_read(view->graph, pair.edges[index], &edge);
            if (edge.kind == kind && edge.source == said.lower_source &&
                ((edge.flags & OWN_EDGE_INDIRECT) != 0) == indirect &&
                own_times_hold(&edge.times, view->moment)) {
                return pair.edges[index];
            }
        }
    }
    return OWN_NONE;
}

static bool is_found(const struct climb *climb, u32 node)
{
    bool found = node == climb->node;
    for (u32 index = 0; index < climb->found_count; index += 1) {
        found = found || climb->found[index].node == node;
    }
    return found;
}

/* Adds those who control a node directly. False: there are none, known before or not. */
static bool climb_from(struct climb *climb, u32 node, u32 depth)
{
    const struct own_view *view = climb->view;
    struct own_edges edges = own_graph_holders_of(view->graph, node);
    bool any = false;
    for (u32 first = 0; first < edges.count;) {
        struct own_edge edge;
        own_graph_edge_read(view->graph, edges.edges[first], &edge);
        u32 holder = edge.holder;
        u32 end = first;
        while (end < edges.count && edge.holder == holder) {
            end += 1;
            if (end < edges.count) {
                own_graph_edge_read(view->graph, edges.edges[end], &edge);
            }
        }
        struct own_edges pair = {.edges = edges.edges + first, .count = end - first};
        first = end;
        u32 by = holder == node ? OWN_NONE : controlling_edge(view, pair);
        if (by == OWN_NONE) {
            continue;
        }
        any = true;
        if (!is_found(climb, holder) && climb->found_count < OWN_CONTROLLERS_MAX) {
            own_graph_edge_read(view->graph, by, &edge);
            climb->found[climb->found_count] = (struct own_controller){
                .node = holder, .over = node, .edge = by, .kind = edge.kind, .depth = depth};
            climb->found_count += 1;
        }
    }
    return any;
}

u32 own_controllers_of(const struct own_view *view, u32 node,
                       struct own_controller controllers_out[OWN_CONTROLLERS_MAX])
{
    CHECK(node < view->nodes_count);
    struct climb climb = {.view = view, .node = node, .found = controllers_out};
    (void)climb_from(&climb, node, 1);
    for (u32 index = 0; index < climb.found_count; index += 1) {
        struct own_controller *found = &controllers_out[index];
        found->is_last = !climb_from(&climb, found->node, found->depth + 1);
    }
    return climb.found_count;
}
