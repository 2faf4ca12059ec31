#include "role/screen/screen_chain.h"

#include "role/screen/own_read_text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define CUT_TEXT       "(more than fits here)\n"
#define PARTS_A_STEP   (OWN_WHOLE / 10000U)
#define PERCENT_BYTES  48U
#define SPAN_SHOWN_MAX 200

struct chain {
    char *target;
    size_t room; /* without the text that says that more was there */
    size_t used;
    bool is_cut;
};

__attribute__((format(printf, 2, 3))) static void put(struct chain *chain, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(chain->target + chain->used, chain->room - chain->used, format, arguments);
    va_end(arguments);
    if (size < 0 || (size_t)size >= chain->room - chain->used) {
        chain->is_cut = true;
        return;
    }
    chain->used += (size_t)size;
}

static int shown(struct span text)
{
    return (int)u64_min(text.size, SPAN_SHOWN_MAX);
}

static const char *percent(u64 parts, char target[PERCENT_BYTES])
{
    u64 steps = parts / PARTS_A_STEP;
    (void)snprintf(target, PERCENT_BYTES, "%lu.%02lu %%", steps / 100, steps % 100);
    return target;
}

static void put_node(struct chain *chain, const struct own_graph *graph, u32 number)
{
    struct own_node node;
    own_graph_node_read(graph, number, &node);
    put(chain, "%.*s", shown(node.key), (const char *)node.key.data);
    if (node.name.size > 0) {
        put(chain, " (%.*s%s%s)", shown(node.name), (const char *)node.name.data,
            node.country[0] == 0 ? "" : ", ", node.country);
    }
}

static void put_share(struct chain *chain, const struct own_edge *edge)
{
    char lower[PERCENT_BYTES];
    char upper[PERCENT_BYTES];
    if (edge->kind != OWN_SHARE && edge->kind != OWN_VOTES) {
        return;
    }
    put(chain, edge->lower == edge->upper ? " %s" : " %s to %s", percent(edge->lower, lower),
        percent(edge->upper, upper));
}

static void put_statement(struct chain *chain, const struct own_graph *graph, u32 number)
{
    struct own_edge edge;
    char from[OWN_DAY_TEXT_BYTES];
    own_graph_edge_read(graph, number, &edge);
    put(chain, "  ");
    put_node(chain, graph, edge.holder);
    put(chain, ": %s", own_kind_name(edge.kind));
    put_share(chain, &edge);
    put(chain, " of ");
    put_node(chain, graph, edge.target);
    if (edge.times.valid_from != OWN_DAY_EVER) {
        put(chain, ", since %s", own_text_day_print(edge.times.valid_from, from));
    }
    struct span source = own_graph_source_name(graph, edge.source);
    put(chain, " [%.*s%s%.*s]\n", shown(source), (const char *)source.data,
        source.size > 0 ? ", " : "", shown(edge.statement), (const char *)edge.statement.data);
}

static void put_step(struct chain *chain, const struct own_graph *graph,
                     const struct own_proof *proof, const struct own_step *step)
{
    char held[2][PERCENT_BYTES];
    char need[PERCENT_BYTES];
    put_node(chain, graph, step->node);
    if (step->because == OWN_BECAUSE_LISTED) {
        struct own_listing listing;
        own_graph_listing_read(graph, step->listing, &listing);
        put(chain, ": on the list, entry %u%s\n", listing.entry,
            (listing.flags & OWN_LISTING_POSSIBLE) != 0 ? " (by name alone)" : "");
        return;
    }
    put(chain, ": %s", own_because_name(step->because));
    if (step->because == OWN_BECAUSE_SHARES || step->because == OWN_BECAUSE_VOTES) {
        bool is_one = step->held_lower == step->held_upper;
        put(chain, is_one ? ", %s" : ", %s to %s", percent(step->held_lower, held[0]),
            percent(step->held_upper, held[1]));
        put(chain, " held together, %s asked", percent(step->need, need));
    }
    put(chain, "\n");
    for (u32 index = 0; index < step->edges_count; index += 1) {
        put_statement(chain, graph, proof->edges[step->edges_first + index]);
    }
}

size_t screen_chain_print(const struct own_cascade *cascade, const struct own_proof *proof,
                          char *target, size_t target_bytes)
{
    const struct own_graph *graph = own_cascade_view(cascade)->graph;
    struct chain chain = {.target = target, .room = target_bytes - sizeof(CUT_TEXT)};
    put(&chain, "rule %s: %s\n", own_cascade_rule(cascade)->name,
        proof->run == OWN_SURE ? "surely" : "possibly");
    for (u32 index = 0; index < proof->steps_count && !chain.is_cut; index += 1) {
        size_t before = chain.used;
        put_step(&chain, graph, proof, &proof->steps[index]);
        chain.used = chain.is_cut ? before : chain.used;
    }
    if (chain.is_cut) {
        memcpy(target + chain.used, CUT_TEXT, sizeof(CUT_TEXT) - 1);
        chain.used += sizeof(CUT_TEXT) - 1;
    }
    return chain.used;
}
