#include "role/screen/own_group.h"

#include "base/check.h"
#include "role/screen/own_view.h"

#include <stdlib.h>
#include <string.h>

#define HALF (OWN_WHOLE / 2)

enum part_kind { PART_SHARE, PART_VOTES, PART_WHOLE };

/* A holder's part of a target that counts. */
struct part {
    u32 holder;
    u32 target;
    u32 lower;
    enum part_kind kind; /* WHOLE: it is enough by itself */
};

/* What one group holds in the target looked at. */
struct held {
    u64 shares;
    u64 votes;
    bool whole;
};

struct web {
    const struct own_graph *graph;
    struct own_moment moment;
    u32 nodes_count;
    struct part *parts; /* by target */
    u32 parts_count;
    u32 *target_start; /* by node, in parts */
    u32 *holder_start; /* by node, in by_holder */
    u32 *by_holder;    /* places in parts */
    u32 *root;         /* by node: a union-find with the larger group's root kept */
    u32 *size;
    struct held *held; /* by root */
    u32 *next;         /* the members of a group, in a ring */
    u32 *queue;        /* targets to look at */
    u32 queue_count;
    u8 *queued;
    u32 *edges; /* room for the edges of one pair */
};

static u32 root_of(struct web *web, u32 node)
{
    while (web->root[node] != node) {
        web->root[node] = web->root[web->root[node]];
        node = web->root[node];
    }
    return node;
}

static void target_queue(struct web *web, u32 target)
{
    if (web->queued[target] == 0) {
        web->queued[target] = 1;
        web->queue[web->queue_count] = target;
        web->queue_count += 1;
    }
}

/* The smaller group joins the larger: what its members hold is looked at again. */
static void groups_join(struct web *web, u32 a, u32 b)
{
    u32 large = root_of(web, a);
    u32 small = root_of(web, b);
    if (large == small) {
        return;
    }
    if (web->size[large] < web->size[small]) {
        u32 other = large;
        large = small;
        small = other;
    }
    u32 member = small;
    do {
        for (u32 index = web->holder_start[member]; index < web->holder_start[member + 1];
             index += 1) {
            target_queue(web, web->parts[web->by_holder[index]].target);
        }
        member = web->next[member];
    } while (member != small);
    u32 after = web->next[large];
    web->next[large] = web->next[small];
    web->next[small] = after;
    web->root[small] = large;
    web->size[large] += web->size[small];
}

/* Sums up what each group holds in the target, and joins those that hold more than half, or control
 * it; then looks again, since groups that joined here add up. */
static void target_look(struct web *web, u32 target)
{
    const struct part *first = &web->parts[web->target_start[target]];
    u32 count = web->target_start[target + 1] - web->target_start[target];
    for (u32 index = 0; index < count; index += 1) {
        struct held *held = &web->held[root_of(web, first[index].holder)];
        *held = (struct held){.shares = 0};
    }
    for (u32 index = 0; index < count; index += 1) {
        struct held *held = &web->held[root_of(web, first[index].holder)];
        held->shares += first[index].kind == PART_SHARE ? first[index].lower : 0;
        held->votes += first[index].kind == PART_VOTES ? first[index].lower : 0;
        held->whole = held->whole || first[index].kind == PART_WHOLE;
    }
    for (u32 index = 0; index < count; index += 1) {
        u32 group = root_of(web, first[index].holder);
        const struct held *held = &web->held[group];
        bool joins = held->whole || held->shares > HALF || held->votes > HALF;
        if (joins && group != root_of(web, target)) {
            groups_join(web, group, target);
            target_queue(web, target);
        }
    }
}

/* ---- the statements that count ---- */

static bool counts(const struct web *web, const struct own_edge *edge)
{
    return (edge->flags & (OWN_EDGE_DECLARED | OWN_EDGE_CONFIRMED)) != 0 &&
           (edge->flags & OWN_EDGE_POSSIBLE) == 0 && edge->holder != edge->target &&
           own_times_hold(&edge->times, web->moment);
}

static void part_keep(struct web *web, u32 holder, u32 target, u32 lower, enum part_kind kind)
{
    web->parts[web->parts_count] =
        (struct part){.holder = holder, .target = target, .lower = lower, .kind = kind};
    web->parts_count += 1;
}

/* What one holder has in one target, of the edges gathered. */
static void pair_read(struct web *web, u32 holder, u32 target, u32 edges_count, bool whole)
{
    struct own_edges edges = {.edges = web->edges, .count = edges_count};
    struct own_said shares = own_said_of(web->graph, edges, OWN_SHARE, false, web->moment);
    struct own_said votes = own_said_of(web->graph, edges, OWN_VOTES, false, web->moment);
    struct own_said chain = own_said_of(web->graph, edges, OWN_SHARE, true, web->moment);
    struct own_said chain_votes = own_said_of(web->graph, edges, OWN_VOTES, true, web->moment);
    if (whole || chain.lower > HALF || chain_votes.lower > HALF) {
        part_keep(web, holder, target, OWN_WHOLE, PART_WHOLE);
        return;
    }
    if (shares.lower > 0) {
        part_keep(web, holder, target, shares.lower, PART_SHARE);
    }
    if (votes.lower > 0) {
        part_keep(web, holder, target, votes.lower, PART_VOTES);
    }
}

static void target_read(struct web *web, u32 target)
{
    struct own_edges edges = own_graph_holders_of(web->graph, target);
    u32 holder = OWN_NONE;
    u32 gathered = 0;
    bool whole = false;
    web->target_start[target] = web->parts_count;
    for (u32 index = 0; index < edges.count; index += 1) {
        struct own_edge edge;
        own_graph_edge_read(web->graph, edges.edges[index], &edge);
        if (!counts(web, &edge)) {
            continue;
        }
        if (edge.holder != holder && gathered > 0) {
            pair_read(web, holder, target, gathered, whole);
            gathered = 0;
            whole = false;
        }
        holder = edge.holder;
        web->edges[gathered] = edges.edges[index];
        gathered += 1;
        whole = whole || edge.kind == OWN_BOARD || edge.kind == OWN_INFLUENCE ||
                edge.kind == OWN_CONSOLIDATED;
    }
    if (gathered > 0) {
        pair_read(web, holder, target, gathered, whole);
    }
}

static void holders_order(struct web *web)
{
    for (u32 index = 0; index < web->parts_count; index += 1) {
        web->holder_start[web->parts[index].holder + 2] += 1;
    }
    for (u32 node = 0; node < web->nodes_count; node += 1) {
        web->holder_start[node + 2] += web->holder_start[node + 1];
    }
    for (u32 index = 0; index < web->parts_count; index += 1) {
        u32 *place = &web->holder_start[web->parts[index].holder + 1];
        web->by_holder[*place] = index;
        *place += 1;
    }
}

static enum fault web_take(struct web *web)
{
    u64 nodes = web->nodes_count + 3ULL;
    u64 edges = 2ULL * own_graph_counts(web->graph)->edges + 1;
    web->parts = malloc(edges * sizeof(*web->parts));
    web->by_holder = malloc(edges * sizeof(u32));
    web->edges = malloc(edges * sizeof(u32));
    web->target_start = calloc(nodes, sizeof(u32));
    web->holder_start = calloc(nodes, sizeof(u32));
    web->root = malloc(nodes * sizeof(u32));
    web->size = malloc(nodes * sizeof(u32));
    web->next = malloc(nodes * sizeof(u32));
    web->queue = malloc(nodes * sizeof(u32));
    web->held = malloc(nodes * sizeof(*web->held));
    web->queued = calloc(nodes, 1);
    bool taken = web->parts != NULL && web->by_holder != NULL && web->edges != NULL &&
                 web->target_start != NULL && web->holder_start != NULL && web->root != NULL &&
                 web->size != NULL && web->next != NULL && web->queue != NULL &&
                 web->queued != NULL && web->held != NULL;
    return taken ? FAULT_NONE
                 : FAULT(FAULT_LIMIT, "ownership: no memory for groups of %u nodes",
                         web->nodes_count);
}

static void web_give(struct web *web)
{
    free(web->parts);
    free(web->by_holder);
    free(web->edges);
    free(web->target_start);
    free(web->holder_start);
    free(web->root);
    free(web->size);
    free(web->next);
    free(web->queue);
    free(web->queued);
    free(web->held);
}

static void web_join(struct web *web)
{
    for (u32 node = 0; node < web->nodes_count; node += 1) {
        web->root[node] = node;
        web->size[node] = 1;
        web->next[node] = node;
        target_read(web, node);
    }
    web->target_start[web->nodes_count] = web->parts_count;
    holders_order(web);
    for (u32 node = 0; node < web->nodes_count; node += 1) {
        target_queue(web, node);
    }
    while (web->queue_count > 0) { /* a target comes again only when groups have joined */
        web->queue_count -= 1;
        u32 target = web->queue[web->queue_count];
        web->queued[target] = 0;
        target_look(web, target);
    }
}

/* A group's number is that of its lowest node. */
static void groups_tell(struct web *web, struct own_groups *groups)
{
    memset(groups->group, 0xff, (web->nodes_count + 1ULL) * sizeof(u32)); /* OWN_NONE, by root */
    for (u32 node = 0; node < web->nodes_count; node += 1) {
        u32 root = root_of(web, node);
        groups->groups_count += root == node && web->size[node] > 1 ? 1 : 0;
        web->queue[node] = OWN_NONE;
    }
    for (u32 node = 0; node < web->nodes_count; node += 1) { /* ascending: the first is lowest */
        u32 root = root_of(web, node);
        web->queue[root] = web->queue[root] == OWN_NONE ? node : web->queue[root];
        groups->group[node] = web->queue[root];
    }
}

enum fault own_groups_open(const struct own_graph *graph, struct own_moment moment,
                           struct own_groups *groups_out)
{
    struct web web = {
        .graph = graph, .moment = moment, .nodes_count = own_graph_counts(graph)->nodes};
    *groups_out = (struct own_groups){.nodes_count = web.nodes_count};
    groups_out->group = malloc((web.nodes_count + 1ULL) * sizeof(u32));
    enum fault fault = web_take(&web);
    if (fault == FAULT_NONE && groups_out->group == NULL) {
        fault = FAULT(FAULT_LIMIT, "ownership: no memory for groups");
    }
    if (fault == FAULT_NONE) {
        web_join(&web);
        groups_tell(&web, groups_out);
    } else {
        own_groups_close(groups_out);
    }
    web_give(&web);
    return fault;
}

void own_groups_close(struct own_groups *groups)
{
    free(groups->group);
    *groups = (struct own_groups){.nodes_count = 0};
}
