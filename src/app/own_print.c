/* The answer in lines. */
#include "app/cli.h"
#include "app/own_answer.h"
#include "base/check.h"
#include "role/screen/own_read_text.h"

static void print_edge(const struct own_answer *answer, u32 number, FILE *target)
{
    const struct own_graph *graph = answer->load->graph;
    struct own_edge edge;
    char what[OWN_WORDS_BYTES];
    char holder[OWN_WORDS_BYTES];
    char days[OWN_WORDS_BYTES];
    char source[OWN_WORDS_BYTES];
    char statement[OWN_WORDS_BYTES];
    char recorded[OWN_DAY_TEXT_BYTES];
    own_graph_edge_read(graph, number, &edge);
    struct span from = edge.source == OWN_NONE ? (struct span){.data = NULL, .size = 0}
                                               : own_graph_source_name(graph, edge.source);
    (void)fprintf(target, "         %s, %s: %s\n", own_words_edge(&edge, what),
                  own_words_node(graph, edge.holder, holder),
                  own_words_days(edge.times.valid_from, edge.times.valid_until, days));
    (void)fprintf(target, "           %s%sstatement %s, recorded %s\n",
                  own_words_span(from, source), from.size > 0 ? ", " : "",
                  own_words_span(edge.statement, statement),
                  own_text_day_print(edge.times.recorded_from, recorded));
}

static void print_listing(const struct own_answer *answer, u32 number, FILE *target)
{
    struct own_listing listing;
    char day[OWN_DAY_TEXT_BYTES];
    own_graph_listing_read(answer->load->graph, number, &listing);
    bool is_possible = (listing.flags & OWN_LISTING_POSSIBLE) != 0;
    CHECK(listing.list < answer->load->lists_count);
    (void)fprintf(target, "%s %s, entry %u%s%s",
                  is_possible ? "perhaps listed, by name alone:" : "listed:",
                  answer->load->codes[listing.list], listing.entry,
                  listing.times.valid_from == OWN_DAY_EVER ? "" : ", since ",
                  listing.times.valid_from == OWN_DAY_EVER
                      ? ""
                      : own_text_day_print(listing.times.valid_from, day));
    (void)fputc('\n', target);
}

static void print_held(const struct own_answer *answer, const struct own_step *step, FILE *target)
{
    char held[OWN_WORDS_BYTES];
    char need[OWN_WORDS_BYTES];
    u64 upper = answer->proof->run == OWN_SURE ? step->held_lower : step->held_upper;
    bool is_sure = own_cascade_verdict(answer->cascade, step->node) == OWN_BLOCKED;
    (void)fprintf(target, "%s of the %s %sheld by the above, %s needed\n",
                  own_words_parts(step->held_lower, upper, held),
                  step->because == OWN_BECAUSE_SHARES ? "shares" : "votes",
                  is_sure ? "" : "perhaps ", own_words_parts(step->need, step->need, need));
}

static void print_step(const struct own_answer *answer, u32 place, FILE *target)
{
    const struct own_step *step = &answer->proof->steps[place];
    char node[OWN_WORDS_BYTES];
    (void)fprintf(target, "    %2u. %s\n         ", place + 1,
                  own_words_node(answer->load->graph, step->node, node));
    switch (step->because) {
    case OWN_BECAUSE_LISTED:
        print_listing(answer, step->listing, target);
        break;
    case OWN_BECAUSE_SHARES:
    case OWN_BECAUSE_VOTES:
        print_held(answer, step, target);
        break;
    case OWN_BECAUSE_CONTROL:
        (void)fprintf(target, "controlled by the above\n");
        break;
    case OWN_BECAUSE_NOMINEE:
        (void)fprintf(target, "holds in its name what belongs to the above\n");
        break;
    case OWN_BECAUSE_BEHALF:
        (void)fprintf(target, "acts on behalf of the above\n");
        break;
    case OWN_BECAUSE_LINKED:
        (void)fprintf(target, "linked to the above\n");
        break;
    }
    for (u32 i = step->edges_first; i < step->edges_first + step->edges_count; i += 1) {
        print_edge(answer, answer->proof->edges[i], target);
    }
}

static void print_path(const struct own_answer *answer, FILE *target)
{
    const struct own_graph *graph = answer->load->graph;
    const struct own_path *path = &answer->path;
    char node[OWN_WORDS_BYTES];
    if (!path->found || path->hops_count == 0) {
        return;
    }
    (void)fprintf(target, "  the way to %s, which is %s\n", own_words_node(graph, path->goal, node),
                  own_verdict_name(path->verdict));
    for (u32 i = 0; i < path->hops_count; i += 1) {
        const struct own_hop *hop = &path->hops[i];
        struct own_edge edge;
        char what[OWN_WORDS_BYTES];
        char days[OWN_WORDS_BYTES];
        own_graph_edge_read(graph, hop->edge, &edge);
        (void)fprintf(target, "    %s %s, %s\n", hop->from == edge.holder ? "--" : "<-",
                      own_words_edge(&edge, what),
                      own_words_days(edge.times.valid_from, edge.times.valid_until, days));
        (void)fprintf(target, "      %s %s\n", hop->from == edge.holder ? "->" : "--",
                      own_words_node(graph, hop->to, node));
    }
}

static void print_flags(const struct own_answer *answer, FILE *target)
{
    for (u32 i = 0; i < answer->found_count; i += 1) {
        char text[OWN_FOUND_TEXT_BYTES];
        const struct own_flag_row *row = own_flag_row_of(answer->found[i].flag);
        own_found_print(answer->view, &answer->found[i], text);
        own_words_clean(text);
        (void)fprintf(target, "    %3u  %s\n         (%s)\n", row->weight, text, row->source);
    }
}

/* What is wrong with the registers, wherever: the flags of each one asked about name it. */
static void print_data(const struct own_answer *answer, FILE *target)
{
    char text[OWN_FOUND_TEXT_BYTES];
    const struct own_data_counts *data = &answer->data;
    if (answer->data_first.node == OWN_NONE) {
        return;
    }
    own_found_print(answer->view, &answer->data_first, text);
    own_words_clean(text);
    (void)fprintf(
        target,
        "  %-20s %u over the whole, %u own themselves, %u closed circles, %u contradicted; "
        "the first:\n         %s\n",
        "the registers have", data->over_whole, data->self_owners, data->closed_circles,
        data->contradicted, text);
}

void own_answer_print(const struct own_answer *answer, FILE *target)
{
    char text[OWN_WORDS_BYTES];
    char day[OWN_DAY_TEXT_BYTES];
    char known[OWN_DAY_TEXT_BYTES];
    u32 node = answer->node;
    (void)fprintf(target, "%s\n", own_words_node(answer->load->graph, node, text));
    (void)fprintf(target, "  %-20s %s, by %s\n", "verdict", own_verdict_name(answer->verdict),
                  answer->rule.name);
    if (own_report_refused(&answer->load->report) > 0) {
        (void)fprintf(target,
                      "  %-20s %llu records or interests were refused: the verdict may be wrong\n",
                      "but", (unsigned long long)own_report_refused(&answer->load->report));
    }
    (void)fprintf(target, "  %-20s %s, as known on %s\n", "on",
                  own_text_day_print(answer->moment.valid, day),
                  own_text_day_print(answer->moment.known, known));
    (void)fprintf(target, "  %-20s %s\n", "held by the listed",
                  own_words_parts(answer->held_lower, answer->held_upper, text));
    (void)fprintf(
        target, "  %-20s %s\n", "share of profits",
        own_words_parts(answer->exposure->lower[node], answer->exposure->upper[node], text));
    if (answer->proof->steps_count > 0) {
        (void)fprintf(target, "  why%s%s\n",
                      answer->proof_holds ? "" : ": THE PROOF DOES NOT HOLD: ",
                      answer->proof_holds ? "" : answer->proof_note);
    }
    for (u32 i = 0; i < answer->proof->steps_count; i += 1) {
        print_step(answer, i, target);
    }
    print_path(answer, target);
    if (answer->found_count > 0) {
        (void)fprintf(target, "  flags, which restrict nobody\n");
        print_flags(answer, target);
    }
    print_data(answer, target);
}
