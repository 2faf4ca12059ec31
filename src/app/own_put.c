/* The answer as JSON. */
#include "app/own_answer.h"
#include "base/check.h"
#include "base/span.h"
#include "role/screen/own_read_text.h"

enum { PERCENT_PLACES = 7 };

static void put_span(struct json_writer *writer, const char *key, struct span text)
{
    json_key(writer, key);
    json_put_span(writer, text);
}

/* The open ends are null. */
static void put_day(struct json_writer *writer, const char *key, i32 day)
{
    char text[OWN_DAY_TEXT_BYTES];
    json_key(writer, key);
    if (day == OWN_DAY_EVER || day == OWN_DAY_NEVER) {
        json_put_null(writer);
    } else {
        json_put_text(writer, own_text_day_print(day, text));
    }
}

static void put_percent(struct json_writer *writer, const char *key, u64 parts)
{
    json_key(writer, key);
    json_put_fixed(writer, parts, PERCENT_PLACES);
}

static void put_node(struct json_writer *writer, const char *key, const struct own_graph *graph,
                     u32 number)
{
    struct own_node node;
    own_graph_node_read(graph, number, &node);
    json_key(writer, key);
    json_object_begin(writer);
    put_span(writer, "key", node.key);
    put_span(writer, "name", node.name);
    json_field_text(writer, "country", node.country);
    json_field_text(writer, "kind", own_node_kind_name(node.kind));
    json_object_end(writer);
}

static void put_flags(struct json_writer *writer, u32 flags)
{
    static const struct {
        u32 flag;
        const char *name;
    } names[] = {{OWN_EDGE_BAND, "band"},           {OWN_EDGE_UNKNOWN, "unknown"},
                 {OWN_EDGE_INDIRECT, "indirect"},   {OWN_EDGE_DECLARED, "declared"},
                 {OWN_EDGE_CONFIRMED, "confirmed"}, {OWN_EDGE_BUY_BACK, "buy_back"},
                 {OWN_EDGE_POSSIBLE, "possible"}};
    json_key(writer, "flags");
    json_array_begin(writer);
    for (u32 i = 0; i < ARRAY_COUNT(names); i += 1) {
        if ((flags & names[i].flag) != 0) {
            json_put_text(writer, names[i].name);
        }
    }
    json_array_end(writer);
}

static void put_edge(struct json_writer *writer, const struct own_graph *graph, u32 number)
{
    struct own_edge edge;
    own_graph_edge_read(graph, number, &edge);
    json_object_begin(writer);
    json_field_text(writer, "kind", own_kind_name(edge.kind));
    put_node(writer, "holder", graph, edge.holder);
    put_node(writer, "target", graph, edge.target);
    if (edge.via != OWN_NONE) {
        put_node(writer, "via", graph, edge.via);
    }
    if (edge.kind == OWN_SHARE || edge.kind == OWN_VOTES) {
        put_percent(writer, "lower", edge.lower);
        put_percent(writer, "upper", edge.upper);
    }
    if (edge.kind == OWN_PAYMENT) {
        json_key(writer, "eur");
        json_put_fixed(writer, edge.amount_cents, 2);
    }
    put_flags(writer, edge.flags);
    put_day(writer, "from", edge.times.valid_from);
    put_day(writer, "until", edge.times.valid_until);
    put_day(writer, "recordedFrom", edge.times.recorded_from);
    put_day(writer, "recordedUntil", edge.times.recorded_until);
    if (edge.source != OWN_NONE) {
        put_span(writer, "source", own_graph_source_name(graph, edge.source));
    }
    put_span(writer, "statement", edge.statement);
    json_object_end(writer);
}

static void put_listing(struct json_writer *writer, const struct own_answer *answer, u32 number)
{
    struct own_listing listing;
    own_graph_listing_read(answer->load->graph, number, &listing);
    CHECK(listing.list < answer->load->lists_count);
    json_key(writer, "listing");
    json_object_begin(writer);
    json_field_text(writer, "list", answer->load->codes[listing.list]);
    json_field_u64(writer, "entry", listing.entry);
    put_day(writer, "since", listing.times.valid_from);
    json_key(writer, "possible");
    json_put_bool(writer, (listing.flags & OWN_LISTING_POSSIBLE) != 0);
    json_object_end(writer);
}

static void put_step(struct json_writer *writer, const struct own_answer *answer,
                     const struct own_step *step)
{
    json_object_begin(writer);
    put_node(writer, "node", answer->load->graph, step->node);
    json_field_text(writer, "because", own_because_name(step->because));
    if (step->because == OWN_BECAUSE_LISTED) {
        put_listing(writer, answer, step->listing);
    }
    if (step->because == OWN_BECAUSE_SHARES || step->because == OWN_BECAUSE_VOTES) {
        put_percent(writer, "heldLower", step->held_lower);
        put_percent(writer, "heldUpper", step->held_upper);
        put_percent(writer, "needed", step->need);
    }
    json_key(writer, "statements");
    json_array_begin(writer);
    for (u32 i = step->edges_first; i < step->edges_first + step->edges_count; i += 1) {
        put_edge(writer, answer->load->graph, answer->proof->edges[i]);
    }
    json_array_end(writer);
    json_object_end(writer);
}

static void put_path(struct json_writer *writer, const struct own_answer *answer)
{
    const struct own_path *path = &answer->path;
    json_key(writer, "way");
    if (!path->found) {
        json_put_null(writer);
        return;
    }
    json_object_begin(writer);
    put_node(writer, "goal", answer->load->graph, path->goal);
    json_field_text(writer, "verdict", own_verdict_name(path->verdict));
    json_key(writer, "hops");
    json_array_begin(writer);
    for (u32 i = 0; i < path->hops_count; i += 1) {
        put_edge(writer, answer->load->graph, path->hops[i].edge);
    }
    json_array_end(writer);
    json_object_end(writer);
}

static void put_found(struct json_writer *writer, const struct own_answer *answer)
{
    json_key(writer, "flags");
    json_array_begin(writer);
    for (u32 i = 0; i < answer->found_count; i += 1) {
        char text[OWN_FOUND_TEXT_BYTES];
        const struct own_flag_row *row = own_flag_row_of(answer->found[i].flag);
        own_found_print(answer->view, &answer->found[i], text);
        json_object_begin(writer);
        json_field_text(writer, "flag", row->name);
        json_field_u64(writer, "weight", row->weight);
        json_field_text(writer, "text", text);
        json_field_text(writer, "source", row->source);
        json_object_end(writer);
    }
    json_array_end(writer);
}

static void put_data(struct json_writer *writer, const struct own_data_counts *data)
{
    json_key(writer, "data");
    json_object_begin(writer);
    json_field_u64(writer, "overWhole", data->over_whole);
    json_field_u64(writer, "selfOwners", data->self_owners);
    json_field_u64(writer, "closedCircles", data->closed_circles);
    json_field_u64(writer, "contradicted", data->contradicted);
    json_object_end(writer);
}

static void put_read(struct json_writer *writer, const struct own_load *load)
{
    const struct own_report *report = &load->report;
    json_key(writer, "read");
    json_object_begin(writer);
    json_field_u64(writer, "files", report->files);
    json_field_u64(writer, "records", report->records);
    json_field_u64(writer, "described", report->described);
    json_field_u64(writer, "linked", report->linked);
    json_field_u64(writer, "repeated", report->repeated);
    json_field_u64(writer, "passed", report->passed);
    json_field_u64(writer, "interests", report->interests);
    json_field_u64(writer, "interestsTaken", report->interests_taken);
    json_field_u64(writer, "refused", own_report_refused(report));
    json_field_u64(writer, "edges", report->edges);
    json_field_u64(writer, "entries", report->entries);
    json_field_u64(writer, "entriesKnown", report->entries_known);
    json_field_u64(writer, "entriesNamed", report->entries_named);
    json_field_u64(writer, "listRowsRefused", load->rows_refused);
    json_field_u64(writer, "ownersUndescribed", own_graph_counts(load->graph)->owners_undescribed);
    json_object_end(writer);
}

void own_answer_put(const struct own_answer *answer, struct json_writer *writer)
{
    u32 node = answer->node;
    put_node(writer, "entity", answer->load->graph, node);
    json_field_text(writer, "verdict", own_verdict_name(answer->verdict));
    json_field_text(writer, "rule", answer->rule.name);
    put_day(writer, "at", answer->moment.valid);
    put_day(writer, "knownAt", answer->moment.known);
    put_percent(writer, "heldLower", answer->held_lower);
    put_percent(writer, "heldUpper", answer->held_upper);
    put_percent(writer, "profitsLower", answer->exposure->lower[node]);
    put_percent(writer, "profitsUpper", answer->exposure->upper[node]);
    json_key(writer, "proofHolds");
    json_put_bool(writer, answer->proof_holds);
    json_key(writer, "why");
    json_array_begin(writer);
    for (u32 i = 0; i < answer->proof->steps_count; i += 1) {
        put_step(writer, answer, &answer->proof->steps[i]);
    }
    json_array_end(writer);
    put_path(writer, answer);
    put_found(writer, answer);
    put_data(writer, &answer->data);
    put_read(writer, answer->load);
}
