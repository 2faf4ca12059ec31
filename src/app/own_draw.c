/* The answer as a drawing: those above the node, and whom it pays or is paid by, in the language of
 * Graphviz. The listed are red, the blocked orange, the undetermined yellow; the statements of the
 * proof and of the way are drawn thick. */
#include "app/own_answer.h"
#include "base/check.h"
#include "base/span.h"

#include <stdlib.h>
#include <string.h>

enum { LABEL_BYTES = 2 * OWN_WORDS_BYTES };

struct drawing {
    const struct own_answer *answer;
    FILE *target;
    u32 nodes[OWN_DRAWN_MAX];
    u32 count;
    bool is_cut; /* there was no room for more */
};

static bool is_drawn(const struct drawing *drawing, u32 node)
{
    for (u32 i = 0; i < drawing->count; i += 1) {
        if (drawing->nodes[i] == node) {
            return true;
        }
    }
    return false;
}

static void choose(struct drawing *drawing, u32 node)
{
    if (is_drawn(drawing, node)) {
        return;
    }
    if (drawing->count == OWN_DRAWN_MAX) {
        drawing->is_cut = true;
        return;
    }
    drawing->nodes[drawing->count] = node;
    drawing->count += 1;
}

/* What is drawn between two that are there. */
static bool is_shown(const struct own_answer *answer, const struct own_edge *edge)
{
    return own_times_hold(&edge->times, answer->moment) && edge->kind != OWN_ATTRIBUTE;
}

/* Whether the edge makes its holder somebody to look at: directors and payers end the way. */
static bool leads_up(enum own_kind kind)
{
    return kind != OWN_DIRECTOR && kind != OWN_PAYMENT && kind != OWN_LINKED;
}

static void choose_above(struct drawing *drawing, u32 node)
{
    const struct own_graph *graph = drawing->answer->load->graph;
    struct own_edges edges = own_graph_holders_of(graph, node);
    for (u32 i = 0; i < edges.count; i += 1) {
        struct own_edge edge;
        own_graph_edge_read(graph, edges.edges[i], &edge);
        if (is_shown(drawing->answer, &edge) && leads_up(edge.kind)) {
            choose(drawing, edge.holder);
        }
    }
}

/* Whom the node pays, acts for, is linked to, or by whom it is paid or managed. */
static void choose_beside(struct drawing *drawing, u32 node)
{
    const struct own_graph *graph = drawing->answer->load->graph;
    struct own_edges sides[] = {own_graph_held_by(graph, node), own_graph_holders_of(graph, node)};
    for (u32 side = 0; side < ARRAY_COUNT(sides); side += 1) {
        for (u32 i = 0; i < sides[side].count; i += 1) {
            struct own_edge edge;
            own_graph_edge_read(graph, sides[side].edges[i], &edge);
            bool is_near = edge.kind == OWN_PAYMENT || edge.kind == OWN_BEHALF ||
                           edge.kind == OWN_NOMINEE || edge.kind == OWN_LINKED ||
                           (edge.kind == OWN_DIRECTOR && side == 1);
            if (is_near && is_shown(drawing->answer, &edge)) {
                choose(drawing, side == 0 ? edge.target : edge.holder);
            }
        }
    }
}

static void choose_all(struct drawing *drawing)
{
    const struct own_answer *answer = drawing->answer;
    choose(drawing, answer->node);
    for (u32 i = 0; i < answer->proof->steps_count; i += 1) {
        choose(drawing, answer->proof->steps[i].node);
    }
    for (u32 i = 0; answer->path.found && i < answer->path.hops_count; i += 1) {
        choose(drawing, answer->path.hops[i].to);
    }
    choose_beside(drawing, answer->node);
    for (u32 i = 0; i < drawing->count; i += 1) { /* those found meanwhile, too */
        choose_above(drawing, drawing->nodes[i]);
    }
}

/* Inside quotes: a quote and a backslash are written with a backslash. */
static void put_quoted(FILE *target, const char *text)
{
    (void)fputc('"', target);
    for (; *text != 0; text += 1) {
        if (*text == '"' || *text == '\\') {
            (void)fputc('\\', target);
        }
        (void)fputc(*text, target);
    }
    (void)fputc('"', target);
}

static const char *colour_of(const struct own_answer *answer, u32 node, const char **pen_out)
{
    bool is_listed = own_graph_listed(answer->load->graph, node, own_load_lists(answer->load),
                                      answer->moment) != OWN_NONE;
    enum own_verdict verdict = own_cascade_verdict(answer->cascade, node);
    *pen_out = "#1f2933";
    if (is_listed && verdict == OWN_BLOCKED) {
        *pen_out = "#ffffff";
        return "#c81e1e";
    }
    return verdict == OWN_BLOCKED ? "#f8b07a" : verdict == OWN_UNDETERMINED ? "#fbe58a" : "#eef2f6";
}

static void draw_node(const struct drawing *drawing, u32 node)
{
    const struct own_answer *answer = drawing->answer;
    struct own_node read;
    char name[OWN_WORDS_BYTES];
    char key[OWN_WORDS_BYTES];
    const char *pen = NULL;
    own_graph_node_read(answer->load->graph, node, &read);
    const char *colour = colour_of(answer, node, &pen);
    (void)fprintf(drawing->target, "  n%u [label=", node);
    put_quoted(drawing->target, own_words_name(answer->load->graph, node, name));
    (void)fprintf(drawing->target, ", tooltip=");
    put_quoted(drawing->target, own_words_span(read.key, key));
    (void)fprintf(drawing->target, ", shape=%s, fillcolor=\"%s\", fontcolor=\"%s\"%s];\n",
                  read.kind == OWN_NODE_PERSON   ? "ellipse"
                  : read.kind == OWN_NODE_ENTITY ? "box"
                                                 : "hexagon",
                  colour, pen, node == answer->node ? ", penwidth=3" : "");
}

static bool is_of_proof(const struct own_answer *answer, u32 number)
{
    for (u32 i = 0; i < answer->proof->edges_count; i += 1) {
        if (answer->proof->edges[i] == number) {
            return true;
        }
    }
    for (u32 i = 0; answer->path.found && i < answer->path.hops_count; i += 1) {
        if (answer->path.hops[i].edge == number) {
            return true;
        }
    }
    return false;
}

/* How the edges between two are drawn: as the strongest of them. */
struct line {
    u32 target;
    bool proves;
    bool is_owning;
    bool is_payment;
    size_t used;
    char label[LABEL_BYTES];
};

static void add_to_line(struct line *line, const struct own_answer *answer, u32 number,
                        const struct own_edge *edge)
{
    char what[OWN_WORDS_BYTES];
    line->proves = line->proves || is_of_proof(answer, number);
    line->is_owning = line->is_owning || edge->kind == OWN_SHARE || edge->kind == OWN_VOTES ||
                      edge->kind == OWN_BOARD || edge->kind == OWN_INFLUENCE ||
                      edge->kind == OWN_CONSOLIDATED;
    line->is_payment = line->is_payment || edge->kind == OWN_PAYMENT;
    int length = snprintf(line->label + line->used, sizeof(line->label) - line->used, "%s%s",
                          line->used > 0 ? "\n" : "", own_words_edge(edge, what));
    if (length > 0 && (size_t)length < sizeof(line->label) - line->used) {
        line->used += (size_t)length;
    } else {
        line->label[line->used] = 0; /* one more does not fit */
    }
}

static void draw_line(const struct drawing *drawing, u32 holder, const struct line *line)
{
    (void)fprintf(drawing->target, "  n%u -> n%u [label=", holder, line->target);
    put_quoted(drawing->target, line->label);
    (void)fprintf(drawing->target, ", color=\"%s\", style=%s%s];\n",
                  line->proves       ? "#c81e1e"
                  : line->is_payment ? "#1d6fa5"
                                     : "#64748b",
                  line->is_owning    ? "solid"
                  : line->is_payment ? "bold"
                                     : "dashed",
                  line->proves ? ", penwidth=3" : "");
}

/* The edges of a node come by their targets: those of one target are one line. */
static void draw_edges(const struct drawing *drawing, u32 node)
{
    const struct own_graph *graph = drawing->answer->load->graph;
    struct own_edges edges = own_graph_held_by(graph, node);
    struct line line = {.target = OWN_NONE};
    for (u32 i = 0; i < edges.count; i += 1) {
        struct own_edge edge;
        own_graph_edge_read(graph, edges.edges[i], &edge);
        if (!is_shown(drawing->answer, &edge) || !is_drawn(drawing, edge.target)) {
            continue;
        }
        if (edge.target != line.target) {
            if (line.target != OWN_NONE) {
                draw_line(drawing, node, &line);
            }
            line = (struct line){.target = edge.target};
        }
        add_to_line(&line, drawing->answer, edges.edges[i], &edge);
    }
    if (line.target != OWN_NONE) {
        draw_line(drawing, node, &line);
    }
}

enum fault own_answer_draw(const struct own_answer *answer, FILE *target)
{
    struct drawing *drawing = calloc(1, sizeof(*drawing));
    char node[OWN_WORDS_BYTES];
    char title[LABEL_BYTES];
    char day[OWN_WORDS_BYTES];
    if (drawing == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for a drawing");
    }
    drawing->answer = answer;
    drawing->target = target;
    choose_all(drawing);
    (void)snprintf(title, sizeof(title), "%.500s: %s %s, by %s%s",
                   own_words_name(answer->load->graph, answer->node, node),
                   own_verdict_name(answer->verdict),
                   own_words_days(answer->moment.valid, answer->moment.valid + 1, day),
                   answer->rule.name, drawing->is_cut ? " (cut)" : "");
    (void)fprintf(target,
                  "digraph ownership {\n  rankdir=TB;\n  labelloc=t;\n  fontname=\"sans-serif\";\n"
                  "  node [style=\"filled,rounded\", fontname=\"sans-serif\"];\n"
                  "  edge [fontname=\"sans-serif\", fontsize=10];\n  label=");
    put_quoted(target, title);
    (void)fprintf(target, ";\n");
    for (u32 i = 0; i < drawing->count; i += 1) {
        draw_node(drawing, drawing->nodes[i]);
    }
    for (u32 i = 0; i < drawing->count; i += 1) {
        draw_edges(drawing, drawing->nodes[i]);
    }
    (void)fprintf(target, "}\n");
    free(drawing);
    return FAULT_NONE;
}
