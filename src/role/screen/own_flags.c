#include "role/screen/own_flags.h"

#include "base/check.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#define FATF_OWNERS "FATF and Egmont Group, Concealment of Beneficial Ownership, 2018"
#define FATF_ASSETS "FATF, Virtual Assets Red Flag Indicators, 2020"
#define EU_PAPER    "Council of the EU, Best Practices on restrictive measures, 2024"
#define REGISTER    "the register itself"

static const struct own_flag_row rows[OWN_FLAGS] = {
    [OWN_FLAG_OVER_WHOLE] = {"over_whole", 40, REGISTER,
                             "more than the whole is surely given away, in parts of 10^9"},
    [OWN_FLAG_SELF_OWNER] = {"self_owner", 20, REGISTER, "holds shares in itself, at most"},
    [OWN_FLAG_CLOSED_CIRCLE] = {"closed_circle", 70, FATF_OWNERS,
                                "a circle without an outside owner, of so many"},
    [OWN_FLAG_CONTRADICTED] = {"contradicted", 40, REGISTER,
                               "sources contradict each other about the same shares"},
    [OWN_FLAG_CIRCLE] = {"circle", 50, FATF_OWNERS, "part of a circle of so many owners"},
    [OWN_FLAG_COUNTRIES] = {"countries", 40, FATF_OWNERS,
                            "a chain of owners over so many countries"},
    [OWN_FLAG_NO_PERSON] = {"no_person", 50, FATF_OWNERS,
                            "no natural person at the end of any chain"},
    [OWN_FLAG_MOVED] = {"moved", 80, EU_PAPER,
                        "an owner came or went within so many days of a listing"},
    [OWN_FLAG_BUY_BACK] = {"buy_back", 70, EU_PAPER, "a former owner may buy back"},
    [OWN_FLAG_NOMINEE] = {"nominee", 60, EU_PAPER, "a nominee stands in the chain"},
    [OWN_FLAG_TRUST] = {"trust", 40, EU_PAPER, "a trust or similar vehicle stands in the chain"},
    [OWN_FLAG_UNDESCRIBED] = {"undescribed", 40, REGISTER,
                              "an owner in the chain whom no record describes, one of so many"},
    [OWN_FLAG_LISTED_ADDRESS] = {"listed_address", 80, FATF_OWNERS,
                                 "shares an address or contact with one listed"},
    [OWN_FLAG_CROWDED_ADDRESS] = {"crowded_address", 20, FATF_OWNERS,
                                  "an address shared by so many companies"},
    [OWN_FLAG_SHARED_WALLET] = {"shared_wallet", 60, FATF_ASSETS,
                                "a wallet or payout account shared by so many"},
    [OWN_FLAG_MANY_BOARDS] = {"many_boards", 30, FATF_OWNERS, "a director of so many companies"},
    [OWN_FLAG_AGENT_DIRECTOR] = {"agent_director", 40, FATF_OWNERS,
                                 "a founder of companies for others is director"},
    [OWN_FLAG_OTHER_PAYER] = {"other_payer", 60, FATF_ASSETS,
                              "paid for by another than the account's holder"},
    [OWN_FLAG_YOUNG_VOLUME] = {"young_volume", 50, FATF_ASSETS,
                               "young, with payments of so many cents of a euro"},
    [OWN_FLAG_JUST_UNDER] = {"just_under", 50, FATF_ASSETS,
                             "so many payments just under a threshold"},
    [OWN_FLAG_IN_AND_OUT] = {"in_and_out", 70, FATF_ASSETS,
                             "collects from so many and passes it on at once"},
    [OWN_FLAG_RELUCTANT] = {"reluctant", 60, FATF_ASSETS, "did not explain when asked"},
};

const struct own_flag_limits own_flag_limits_default = {
    .moved_days = 90,
    .countries = 3,
    .address_companies = 20,
    .boards = 10,
    .payment_days = 90,
    .young_days = 365,
    .young_cents = 10000000,
    .under_cents = 1000000,
    .under_count = 3,
    .collect_count = 5,
};

const struct own_flag_row *own_flag_row_of(enum own_flag flag)
{
    CHECK(flag < OWN_FLAGS);
    return &rows[flag];
}

/* ---- the whole register ---- */

struct check {
    const struct own_flag_scene *scene;
    void (*found)(void *context, const struct own_found *found);
    void *context;
};

static void report(const struct check *check, u32 *count, struct own_found found)
{
    *count += 1;
    if (check->found != NULL) {
        check->found(check->context, &found);
    }
}

static void column_check(const struct check *check, u32 node, const struct own_column *column,
                         struct own_data_counts *counts)
{
    u64 excess = own_column_excess(column);
    if (excess > 0) {
        report(check, &counts->over_whole,
               (struct own_found){.flag = OWN_FLAG_OVER_WHOLE,
                                  .node = node,
                                  .other = OWN_NONE,
                                  .edge = OWN_NONE,
                                  .value = excess});
    }
    if (column->self_upper > 0) {
        report(check, &counts->self_owners,
               (struct own_found){.flag = OWN_FLAG_SELF_OWNER,
                                  .node = node,
                                  .other = OWN_NONE,
                                  .edge = OWN_NONE,
                                  .value = column->self_upper});
    }
}

static void pair_check(const struct check *check, u32 node, struct own_edges pair,
                       struct own_data_counts *counts)
{
    static const enum own_kind kinds[] = {OWN_SHARE, OWN_VOTES};
    const struct own_view *view = check->scene->view;
    for (u32 turn = 0; turn < 2 * ARRAY_COUNT(kinds); turn += 1) {
        struct own_said said =
            own_said_of(view->graph, pair, kinds[turn / 2], turn % 2 != 0, view->moment);
        if (said.contradicted) {
            struct own_edge edge;
            own_graph_edge_read(view->graph, pair.edges[0], &edge);
            report(check, &counts->contradicted,
                   (struct own_found){.flag = OWN_FLAG_CONTRADICTED,
                                      .node = node,
                                      .other = edge.holder,
                                      .edge = pair.edges[0],
                                      .value = said.upper - said.lower});
        }
    }
}

static void node_check(const struct check *check, u32 node, struct own_data_counts *counts)
{
    const struct own_view *view = check->scene->view;
    column_check(check, node, &view->shares[node], counts);
    column_check(check, node, &view->votes[node], counts);
    struct own_edges edges = own_graph_holders_of(view->graph, node);
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
        if (end - first > 1) {
            pair_check(check, node,
                       (struct own_edges){.edges = edges.edges + first, .count = end - first},
                       counts);
        }
        first = end;
    }
}

/* Whether anybody outside the group holds shares in it. */
static bool group_is_open(const struct own_flag_scene *scene, u32 group)
{
    const struct own_circles *circles = scene->circles;
    const struct own_view *view = scene->view;
    for (u32 at = circles->start[group]; at < circles->start[group + 1]; at += 1) {
        struct own_edges edges = own_graph_holders_of(view->graph, circles->members[at]);
        for (u32 index = 0; index < edges.count; index += 1) {
            struct own_edge edge;
            own_graph_edge_read(view->graph, edges.edges[index], &edge);
            bool owns = edge.kind == OWN_SHARE || edge.kind == OWN_CONSOLIDATED;
            if (owns && circles->group[edge.holder] != group &&
                own_times_hold(&edge.times, view->moment)) {
                return true;
            }
        }
    }
    return false;
}

static void group_check(const struct check *check, u32 group, struct own_data_counts *counts)
{
    const struct own_circles *circles = check->scene->circles;
    u32 members = circles->start[group + 1] - circles->start[group];
    u32 node = circles->members[circles->start[group]];
    bool is_circle = members > 1 || check->scene->view->shares[node].self_upper > 0;
    if (is_circle && !group_is_open(check->scene, group)) {
        report(check, &counts->closed_circles,
               (struct own_found){.flag = OWN_FLAG_CLOSED_CIRCLE,
                                  .node = node,
                                  .other = OWN_NONE,
                                  .edge = OWN_NONE,
                                  .value = members});
    }
}

void own_data_check(const struct own_flag_scene *scene,
                    void (*found)(void *context, const struct own_found *found), void *context,
                    struct own_data_counts *counts_out)
{
    struct check check = {.scene = scene, .found = found, .context = context};
    *counts_out = (struct own_data_counts){.over_whole = 0};
    for (u32 node = 0; node < scene->view->nodes_count; node += 1) {
        node_check(&check, node, counts_out);
    }
    for (u32 group = 0; group < scene->circles->groups_count; group += 1) {
        group_check(&check, group, counts_out);
    }
}

void own_data_check_node(const struct own_flag_scene *scene, u32 node,
                         void (*found)(void *context, const struct own_found *found), void *context)
{
    struct check check = {.scene = scene, .found = found, .context = context};
    struct own_data_counts counts = {.over_whole = 0};
    node_check(&check, node, &counts);
    group_check(&check, scene->circles->group[node], &counts);
}

/* ---- as text ---- */

struct text {
    char *target;
    size_t used;
};

__attribute__((format(printf, 2, 3))) static void text_add(struct text *text, const char *format,
                                                           ...)
{
    va_list arguments;
    va_start(arguments, format);
    size_t room = OWN_FOUND_TEXT_BYTES - text->used;
    int wrote = vsnprintf(text->target + text->used, room, format, arguments);
    va_end(arguments);
    CHECK(wrote >= 0);
    text->used += u64_min((u64)wrote, room - 1);
}

/* Cut between letters; control characters of a register are no business of a terminal. */
static void text_span(struct text *text, struct span span)
{
    size_t size = (size_t)u64_min(span.size, 120);
    while (size > 0 && size < span.size && (span.data[size] & 0xc0) == 0x80) {
        size -= 1;
    }
    size_t first = text->used;
    text_add(text, "%.*s", (int)size, (const char *)span.data);
    for (size_t at = first; at < text->used; at += 1) {
        u8 byte = (u8)text->target[at];
        text->target[at] = (char)(byte < 0x20 || byte == 0x7f ? ' ' : byte);
    }
}

/* "60 %", "33.333333 %". */
static void text_share(struct text *text, u64 parts)
{
    u64 millionths = parts / 10;
    text_add(text, "%" PRIu64, millionths / 1000000);
    if (millionths % 1000000 != 0) {
        text_add(text, ".%06" PRIu64, millionths % 1000000);
    }
    text_add(text, " %%");
}

static void text_edge(struct text *text, const struct own_graph *graph, u32 number)
{
    struct own_edge edge;
    struct own_node holder;
    own_graph_edge_read(graph, number, &edge);
    own_graph_node_read(graph, edge.holder, &holder);
    text_span(text, holder.key);
    text_add(text, " %s", own_kind_name(edge.kind));
    if (edge.kind == OWN_SHARE || edge.kind == OWN_VOTES) {
        text_add(text, " ");
        text_share(text, edge.lower);
        if (edge.upper != edge.lower) {
            text_add(text, " to ");
            text_share(text, edge.upper);
        }
    }
    text_add(text, " (");
    text_span(text, own_graph_source_name(graph, edge.source));
    text_add(text, edge.source == OWN_NONE || edge.statement.size == 0 ? "" : ", ");
    text_span(text, edge.statement);
    text_add(text, ")");
}

/* The statements behind a flag of the register. */
static void text_documents(struct text *text, const struct own_view *view,
                           const struct own_found *found)
{
    struct own_edges edges = own_graph_holders_of(view->graph, found->node);
    u32 shown = 0;
    for (u32 index = 0; index < edges.count; index += 1) {
        struct own_edge edge;
        own_graph_edge_read(view->graph, edges.edges[index], &edge);
        bool is_part = edge.kind == OWN_SHARE || edge.kind == OWN_VOTES;
        bool is_meant = found->flag == OWN_FLAG_OVER_WHOLE ||
                        found->flag == OWN_FLAG_CLOSED_CIRCLE ||
                        (found->flag == OWN_FLAG_SELF_OWNER && edge.holder == found->node) ||
                        (found->flag == OWN_FLAG_CONTRADICTED && edge.holder == found->other);
        if (is_part && is_meant && own_times_hold(&edge.times, view->moment)) {
            text_add(text, shown == 0 ? ": " : ", ");
            text_edge(text, view->graph, edges.edges[index]);
            shown += 1;
        }
    }
}

static void text_value(struct text *text, const struct own_found *found)
{
    switch (found->flag) {
    case OWN_FLAG_OVER_WHOLE:
    case OWN_FLAG_SELF_OWNER:
    case OWN_FLAG_CONTRADICTED:
        text_add(text, " (");
        text_share(text, found->value);
        text_add(text, ")");
        break;
    case OWN_FLAG_CLOSED_CIRCLE:
    case OWN_FLAG_CIRCLE:
    case OWN_FLAG_COUNTRIES:
    case OWN_FLAG_UNDESCRIBED:
    case OWN_FLAG_MOVED:
    case OWN_FLAG_CROWDED_ADDRESS:
    case OWN_FLAG_SHARED_WALLET:
    case OWN_FLAG_MANY_BOARDS:
    case OWN_FLAG_YOUNG_VOLUME:
    case OWN_FLAG_JUST_UNDER:
    case OWN_FLAG_IN_AND_OUT:
        text_add(text, " (%" PRIu64 ")", found->value);
        break;
    case OWN_FLAG_NO_PERSON:
    case OWN_FLAG_BUY_BACK:
    case OWN_FLAG_NOMINEE:
    case OWN_FLAG_TRUST:
    case OWN_FLAG_LISTED_ADDRESS:
    case OWN_FLAG_AGENT_DIRECTOR:
    case OWN_FLAG_OTHER_PAYER:
    case OWN_FLAG_RELUCTANT:
        break;
    }
}

static void text_node(struct text *text, const struct own_graph *graph, u32 number)
{
    struct own_node node;
    own_graph_node_read(graph, number, &node);
    text_span(text, node.key);
    if (node.name.size > 0) {
        text_add(text, " (");
        text_span(text, node.name);
        text_add(text, ")");
    }
}

void own_found_print(const struct own_view *view, const struct own_found *found,
                     char target[OWN_FOUND_TEXT_BYTES])
{
    struct text text = {.target = target};
    target[0] = 0;
    text_node(&text, view->graph, found->node);
    text_add(&text, ": %s: %s", rows[found->flag].name, rows[found->flag].text);
    text_value(&text, found);
    if (found->flag < OWN_FLAGS_OF_DATA) {
        text_documents(&text, view, found);
        return;
    }
    if (found->other != OWN_NONE) {
        text_add(&text, ": ");
        text_node(&text, view->graph, found->other);
    }
    if (found->edge != OWN_NONE) {
        text_add(&text, ", by ");
        text_edge(&text, view->graph, found->edge);
    }
}
