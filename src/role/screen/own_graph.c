#include "role/screen/own_graph.h"

#include "base/check.h"
#include "base/span.h"
#include "role/screen/own_graph_state.h"

#include <stdlib.h>
#include <string.h>

static const char *const kind_names[OWN_KINDS] = {
    [OWN_SHARE] = "share",
    [OWN_VOTES] = "votes",
    [OWN_BOARD] = "board",
    [OWN_INFLUENCE] = "influence",
    [OWN_CONSOLIDATED] = "consolidated",
    [OWN_BEHALF] = "behalf",
    [OWN_NOMINEE] = "nominee",
    [OWN_DIRECTOR] = "director",
    [OWN_PAYMENT] = "payment",
    [OWN_ATTRIBUTE] = "attribute",
    [OWN_LINKED] = "linked",
    [OWN_OTHER] = "other",
};

static const char *const node_kind_names[OWN_NODE_KINDS] = {
    [OWN_NODE_ENTITY] = "entity",   [OWN_NODE_PERSON] = "person",   [OWN_NODE_UNKNOWN] = "unknown",
    [OWN_NODE_ADDRESS] = "address", [OWN_NODE_CONTACT] = "contact", [OWN_NODE_WALLET] = "wallet",
};

const char *own_kind_name(enum own_kind kind)
{
    CHECK(kind < OWN_KINDS);
    return kind_names[kind];
}

const char *own_node_kind_name(enum own_node_kind kind)
{
    CHECK(kind < OWN_NODE_KINDS);
    return node_kind_names[kind];
}

bool own_times_hold(const struct own_times *times, struct own_moment moment)
{
    return times->valid_from <= moment.valid && moment.valid < times->valid_until &&
           times->recorded_from <= moment.known && moment.known < times->recorded_until;
}

static struct own_node_row *nodes_of(const struct own_graph *graph)
{
    return (struct own_node_row *)graph->content.nodes.rows;
}

static struct own_edge_row *edges_of(const struct own_graph *graph)
{
    return (struct own_edge_row *)graph->content.edges.rows;
}

/* ---- sealing ---- */

static u32 *numbers_take(struct own_graph *graph, u64 count)
{
    u32 *numbers = calloc((size_t)count, sizeof(*numbers));
    if (numbers != NULL) {
        graph->counts.memory_bytes += count * sizeof(*numbers);
    }
    return numbers;
}

/* Numbers the nodes that stand for themselves, in their order, and moves them together. */
static void nodes_number(struct own_graph *graph)
{
    struct own_node_row *nodes = nodes_of(graph);
    u32 count = 0;
    for (u32 node = 0; node < graph->numbers_count; node += 1) {
        u32 root = nodes[node].same;
        graph->number_of[node] = root == node ? count : graph->number_of[root];
        count += root == node ? 1 : 0;
    }
    for (u32 node = 0; node < graph->numbers_count; node += 1) {
        if (nodes[node].same == node) {
            nodes[graph->number_of[node]] = nodes[node];
            nodes[graph->number_of[node]].same = graph->number_of[node];
        }
    }
    graph->content.nodes.count = count;
}

static void rows_renumber(struct own_graph *graph)
{
    struct own_edge_row *edges = edges_of(graph);
    for (u32 edge = 0; edge < graph->content.edges.count; edge += 1) {
        struct own_edge_row *row = &edges[edge];
        row->holder = graph->number_of[row->holder];
        row->target = graph->number_of[row->target];
        row->via = row->via == OWN_NONE ? OWN_NONE : graph->number_of[row->via];
        bool is_part = row->kind == OWN_SHARE || row->kind == OWN_VOTES;
        graph->counts.self_owners += is_part && row->holder == row->target ? 1 : 0;
    }
    struct own_listing *listings = (struct own_listing *)graph->content.listings.rows;
    for (u32 listing = 0; listing < graph->content.listings.count; listing += 1) {
        listings[listing].node = graph->number_of[listings[listing].node];
    }
    struct own_key_row *keys = (struct own_key_row *)graph->content.node_keys.keys.rows;
    for (u32 key = 0; key < graph->content.node_keys.keys.count; key += 1) {
        keys[key].node = graph->number_of[keys[key].node];
    }
}

enum edge_end { END_HOLDER, END_TARGET, END_VIA };

static u32 edge_end_of(const struct own_edge_row *row, enum edge_end end)
{
    switch (end) {
    case END_HOLDER:
        return row->holder;
    case END_TARGET:
        return row->target;
    case END_VIA:
        return row->via;
    }
    return OWN_NONE;
}

/* Sorts the edges of `from` (NULL: all, by number) by one end, keeping their order within a node;
 * edges without that end are left out. start[n] of the result is where node n begins. */
static void order_sort(const struct own_graph *graph, const u32 *from, enum edge_end end,
                       struct own_order *order)
{
    const struct own_edge_row *edges = edges_of(graph);
    u32 nodes_count = graph->content.nodes.count;
    u32 edges_count = graph->content.edges.count;
    memset(order->start, 0, (nodes_count + 2ULL) * sizeof(u32));
    for (u32 edge = 0; edge < edges_count; edge += 1) {
        u32 node = edge_end_of(&edges[edge], end);
        if (node != OWN_NONE) {
            order->start[node + 2] += 1;
        }
    }
    for (u32 node = 0; node < nodes_count; node += 1) {
        order->start[node + 2] += order->start[node + 1];
    }
    /* start[n + 1] is where the next edge of n goes; in the end it is where n + 1 begins. */
    for (u32 index = 0; index < edges_count; index += 1) {
        u32 edge = from == NULL ? index : from[index];
        u32 node = edge_end_of(&edges[edge], end);
        if (node != OWN_NONE) {
            order->order[order->start[node + 1]] = edge;
            order->start[node + 1] += 1;
        }
    }
}

/* Edge numbers by source, those without one last. */
static void order_by_source(const struct own_graph *graph, u32 *starts, u32 *order)
{
    const struct own_edge_row *edges = edges_of(graph);
    u32 sources_count = graph->content.sources.count;
    u32 edges_count = graph->content.edges.count;
    memset(starts, 0, (sources_count + 2ULL) * sizeof(u32));
    for (u32 edge = 0; edge < edges_count; edge += 1) {
        starts[u64_min(edges[edge].source, sources_count) + 1] += 1;
    }
    for (u32 source = 0; source < sources_count; source += 1) {
        starts[source + 1] += starts[source];
    }
    for (u32 edge = 0; edge < edges_count; edge += 1) {
        u64 source = u64_min(edges[edge].source, sources_count);
        order[starts[source]] = edge;
        starts[source] += 1;
    }
}

/* Each way by the node at the other end, then by source, then by number. */
static enum fault edges_sort(struct own_graph *graph)
{
    u32 *starts = calloc(graph->content.sources.count + 2ULL, sizeof(*starts));
    if (starts == NULL) {
        return FAULT(FAULT_LIMIT, "ownership graph: no memory");
    }
    order_sort(graph, NULL, END_VIA, &graph->by_via);
    order_by_source(graph, starts, graph->by_holder.order);
    free(starts);
    order_sort(graph, graph->by_holder.order, END_TARGET, &graph->by_target);
    order_sort(graph, graph->by_target.order, END_HOLDER, &graph->by_holder);
    order_sort(graph, graph->by_holder.order, END_TARGET, &graph->by_target);
    return FAULT_NONE;
}

static int listings_compare(const void *left, const void *right)
{
    const struct own_listing *a = (const struct own_listing *)left;
    const struct own_listing *b = (const struct own_listing *)right;
    if (a->node != b->node) {
        return a->node < b->node ? -1 : 1;
    }
    if (a->list != b->list) {
        return a->list < b->list ? -1 : 1;
    }
    if (a->times.valid_from != b->times.valid_from) {
        return a->times.valid_from < b->times.valid_from ? -1 : 1;
    }
    return a->entry == b->entry ? 0 : a->entry < b->entry ? -1 : 1;
}

static void listings_sort(struct own_graph *graph)
{
    struct own_listing *listings = (struct own_listing *)graph->content.listings.rows;
    u32 count = graph->content.listings.count;
    if (count > 0) {
        qsort(listings, count, sizeof(*listings), listings_compare);
    }
    u32 at = 0;
    for (u32 node = 0; node <= graph->content.nodes.count; node += 1) {
        while (at < count && listings[at].node < node) {
            at += 1;
        }
        graph->listings_start[node] = at;
    }
}

static enum fault graph_take(struct own_graph *graph)
{
    u64 starts = graph->numbers_count + 2ULL;
    u64 edges = graph->content.edges.count + 1ULL; /* never 0, so that NULL means no memory */
    graph->number_of = numbers_take(graph, starts);
    graph->listings_start = numbers_take(graph, starts);
    struct own_order *orders[] = {&graph->by_holder, &graph->by_target, &graph->by_via};
    bool taken = graph->number_of != NULL && graph->listings_start != NULL;
    for (u32 index = 0; index < ARRAY_COUNT(orders); index += 1) {
        orders[index]->start = numbers_take(graph, starts);
        orders[index]->order = numbers_take(graph, edges);
        taken = taken && orders[index]->start != NULL && orders[index]->order != NULL;
    }
    if (!taken) {
        return FAULT(FAULT_LIMIT, "ownership graph: no memory to order %llu edges",
                     (unsigned long long)edges - 1);
    }
    return FAULT_NONE;
}

static u64 content_bytes(const struct own_build *content)
{
    return content->text.capacity + (u64)content->nodes.capacity * sizeof(struct own_node_row) +
           (u64)content->edges.capacity * sizeof(struct own_edge_row) +
           (u64)content->listings.capacity * sizeof(struct own_listing) +
           (u64)content->node_keys.keys.capacity * sizeof(struct own_key_row) +
           (u64)content->node_keys.slots_count * sizeof(u32);
}

static void owners_count(struct own_graph *graph)
{
    const struct own_edge_row *edges = edges_of(graph);
    for (u32 node = 0; node < graph->counts.nodes; node += 1) {
        if (own_graph_is_described(graph, node)) {
            continue;
        }
        struct own_edges held = own_graph_held_by(graph, node);
        bool owns = false;
        for (u32 index = 0; index < held.count && !owns; index += 1) {
            owns = own_kind_owns((enum own_kind)edges[held.edges[index]].kind);
        }
        graph->counts.owners_undescribed += owns ? 1 : 0;
    }
}

enum fault own_graph_seal(struct own_build *build, struct own_graph **graph_out)
{
    struct own_graph *graph = calloc(1, sizeof(*graph));
    if (graph == NULL) {
        return FAULT(FAULT_LIMIT, "ownership graph: no memory");
    }
    for (u32 node = 0; node < build->nodes.count; node += 1) {
        ((struct own_node_row *)build->nodes.rows)[node].same = own_build_root(build, node);
    }
    graph->content = *build;
    memset(build, 0, sizeof(*build));
    graph->numbers_count = graph->content.nodes.count;
    graph->counts.memory_bytes = sizeof(*graph) + content_bytes(&graph->content);
    enum fault fault = graph_take(graph);
    if (fault != FAULT_NONE) {
        own_graph_close(graph);
        return fault;
    }
    nodes_number(graph);
    rows_renumber(graph);
    listings_sort(graph);
    fault = edges_sort(graph);
    if (fault != FAULT_NONE) {
        own_graph_close(graph);
        return fault;
    }
    graph->counts.nodes = graph->content.nodes.count;
    graph->counts.nodes_merged = graph->numbers_count - graph->content.nodes.count;
    graph->counts.edges = graph->content.edges.count;
    graph->counts.listings = graph->content.listings.count;
    owners_count(graph);
    *graph_out = graph;
    return FAULT_NONE;
}

void own_graph_close(struct own_graph *graph)
{
    if (graph == NULL) {
        return;
    }
    own_build_clear(&graph->content);
    free(graph->number_of);
    free(graph->listings_start);
    free(graph->by_holder.start);
    free(graph->by_holder.order);
    free(graph->by_target.start);
    free(graph->by_target.order);
    free(graph->by_via.start);
    free(graph->by_via.order);
    free(graph);
}

/* ---- reading ---- */

const struct own_counts *own_graph_counts(const struct own_graph *graph)
{
    return &graph->counts;
}

u32 own_graph_node(const struct own_graph *graph, u32 build_node)
{
    CHECK(build_node < graph->numbers_count);
    return graph->number_of[build_node];
}

u32 own_graph_find(const struct own_graph *graph, struct span key)
{
    const struct own_build *content = &graph->content;
    u32 row = own_keys_find(content, &content->node_keys, key);
    return row == OWN_NONE ? OWN_NONE
                           : ((const struct own_key_row *)content->node_keys.keys.rows)[row].node;
}

u32 own_graph_find_name(const struct own_graph *graph, struct span name, u32 *nodes_out,
                        u32 nodes_max)
{
    u32 found = 0;
    for (u32 node = 0; node < graph->counts.nodes; node += 1) {
        struct span has = own_text_span(&graph->content, nodes_of(graph)[node].name);
        if (has.size > 0 && span_equal(has, name)) {
            if (found < nodes_max) {
                nodes_out[found] = node;
            }
            found += 1;
        }
    }
    return found;
}

void own_graph_node_read(const struct own_graph *graph, u32 node, struct own_node *node_out)
{
    CHECK(node < graph->counts.nodes);
    const struct own_node_row *row = &nodes_of(graph)[node];
    *node_out = (struct own_node){
        .key = own_text_span(&graph->content, row->key),
        .name = own_text_span(&graph->content, row->name),
        .kind = (enum own_node_kind)row->kind,
        .flags = row->flags,
        .founded = row->founded,
    };
    memcpy(node_out->country, row->country, sizeof(node_out->country));
}

void own_graph_edge_read(const struct own_graph *graph, u32 edge, struct own_edge *edge_out)
{
    CHECK(edge < graph->counts.edges);
    const struct own_edge_row *row = &edges_of(graph)[edge];
    *edge_out = (struct own_edge){
        .kind = (enum own_kind)row->kind,
        .flags = row->flags,
        .holder = row->holder,
        .target = row->target,
        .via = row->via,
        .lower = row->lower,
        .upper = row->upper,
        .amount_cents = row->amount_cents,
        .times = row->times,
        .source = row->source,
        .statement = own_text_span(&graph->content, row->statement),
    };
}

struct span own_graph_source_name(const struct own_graph *graph, u32 source)
{
    if (source == OWN_NONE) {
        return (struct span){.data = NULL, .size = 0};
    }
    CHECK(source < graph->content.sources.count);
    return own_text_span(&graph->content,
                         ((const struct own_text *)graph->content.sources.rows)[source]);
}

void own_graph_listing_read(const struct own_graph *graph, u32 listing,
                            struct own_listing *listing_out)
{
    CHECK(listing < graph->counts.listings);
    *listing_out = ((const struct own_listing *)graph->content.listings.rows)[listing];
}

static struct own_edges order_of(const struct own_graph *graph, const struct own_order *order,
                                 u32 node)
{
    CHECK(node < graph->counts.nodes);
    return (struct own_edges){
        .edges = order->order + order->start[node],
        .count = order->start[node + 1] - order->start[node],
    };
}

struct own_edges own_graph_held_by(const struct own_graph *graph, u32 holder)
{
    return order_of(graph, &graph->by_holder, holder);
}

struct own_edges own_graph_holders_of(const struct own_graph *graph, u32 target)
{
    return order_of(graph, &graph->by_target, target);
}

struct own_edges own_graph_payments_via(const struct own_graph *graph, u32 via)
{
    return order_of(graph, &graph->by_via, via);
}

void own_graph_listings_of(const struct own_graph *graph, u32 node, u32 *first_out, u32 *count_out)
{
    CHECK(node < graph->counts.nodes);
    *first_out = graph->listings_start[node];
    *count_out = graph->listings_start[node + 1] - graph->listings_start[node];
}

bool own_graph_is_described(const struct own_graph *graph, u32 node)
{
    u32 first = 0;
    u32 count = 0;
    own_graph_listings_of(graph, node, &first, &count);
    const struct own_node_row *row = &nodes_of(graph)[node];
    return count > 0 || (row->flags & OWN_NODE_DESCRIBED) != 0 || row->kind > OWN_NODE_UNKNOWN;
}

u32 own_graph_later(const struct own_graph *graph, i32 day, u32 *first_out)
{
    const struct own_edge_row *edges = edges_of(graph);
    u32 count = 0;
    *first_out = OWN_NONE;
    for (u32 edge = 0; edge < graph->counts.edges; edge += 1) {
        if (edges[edge].times.recorded_from > day) {
            *first_out = count == 0 ? edge : *first_out;
            count += 1;
        }
    }
    return count;
}

bool own_kind_owns(enum own_kind kind)
{
    return kind == OWN_SHARE || kind == OWN_VOTES || kind == OWN_BOARD || kind == OWN_INFLUENCE ||
           kind == OWN_CONSOLIDATED;
}

u32 own_graph_listed(const struct own_graph *graph, u32 node, u64 lists, struct own_moment moment)
{
    u32 first = 0;
    u32 count = 0;
    u32 possible = OWN_NONE;
    own_graph_listings_of(graph, node, &first, &count);
    for (u32 listing = first; listing < first + count; listing += 1) {
        const struct own_listing *row =
            &((const struct own_listing *)graph->content.listings.rows)[listing];
        if ((lists >> row->list & 1U) == 0 || !own_times_hold(&row->times, moment)) {
            continue;
        }
        if ((row->flags & OWN_LISTING_POSSIBLE) == 0) {
            return listing;
        }
        possible = possible == OWN_NONE ? listing : possible;
    }
    return possible;
}
