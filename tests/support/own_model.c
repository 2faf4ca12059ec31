#include "tests/support/own_model.h"

#include "base/check.h"
#include "base/span.h"

#include <stdio.h>
#include <string.h>

#define WHOLE ((i64)OWN_WHOLE)
#define HALF  (WHOLE / 2)

static bool is_in_force(const struct own_times *times, struct own_moment moment)
{
    bool was_so = moment.valid >= times->valid_from && moment.valid < times->valid_until;
    bool was_said = moment.known >= times->recorded_from && moment.known < times->recorded_until;
    return was_so && was_said;
}

static bool is_part(const struct own_edge *edge, u32 holder, u32 target, enum own_kind kind,
                    bool indirect, struct own_moment moment)
{
    return edge->holder == holder && edge->target == target && edge->kind == kind &&
           ((edge->flags & OWN_EDGE_INDIRECT) != 0) == indirect &&
           is_in_force(&edge->times, moment);
}

bool own_model_said(const struct own_model *model, u32 holder, u32 target, enum own_kind kind,
                    bool indirect, struct own_moment moment, i64 *lower_out, i64 *upper_out)
{
    i64 meet_lower = 0;
    i64 meet_upper = WHOLE;
    i64 hull_lower = WHOLE;
    i64 hull_upper = 0;
    bool said = false;
    for (u32 first = 0; first < model->edges_count; first += 1) {
        const struct own_edge *edge = &model->edges[first];
        if (!is_part(edge, holder, target, kind, indirect, moment)) {
            continue;
        }
        i64 lower = 0; /* everything that this edge's source says; repeated for each of its edges */
        i64 upper = 0;
        for (u32 other = 0; other < model->edges_count; other += 1) {
            const struct own_edge *more = &model->edges[other];
            if (more->source == edge->source &&
                is_part(more, holder, target, kind, indirect, moment)) {
                lower += (more->flags & OWN_EDGE_POSSIBLE) != 0 ? 0 : more->lower;
                upper += more->upper;
            }
        }
        lower = lower > WHOLE ? WHOLE : lower;
        upper = upper > WHOLE ? WHOLE : upper;
        meet_lower = lower > meet_lower ? lower : meet_lower;
        meet_upper = upper < meet_upper ? upper : meet_upper;
        hull_lower = lower < hull_lower ? lower : hull_lower;
        hull_upper = upper > hull_upper ? upper : hull_upper;
        said = true;
    }
    *lower_out = meet_lower <= meet_upper ? meet_lower : hull_lower;
    *upper_out = meet_lower <= meet_upper ? meet_upper : hull_upper;
    if (!said) {
        *lower_out = 0;
        *upper_out = 0;
    }
    return said;
}

/* One kind of direct share of everybody in one node. */
struct column {
    i64 blocked_lower;
    i64 blocked_upper;
    i64 others_lower;
    i64 self_lower;
    i64 self_upper;
    i64 indirect_lower_most;
    i64 indirect_upper;
};

static bool has_edge(const struct own_model *model, u32 holder, u32 target, enum own_kind kind,
                     bool sure, struct own_moment moment)
{
    for (u32 index = 0; index < model->edges_count; index += 1) {
        const struct own_edge *edge = &model->edges[index];
        if (edge->holder == holder && edge->target == target && edge->kind == kind &&
            is_in_force(&edge->times, moment) &&
            (!sure || (edge->flags & OWN_EDGE_POSSIBLE) == 0)) {
            return true;
        }
    }
    return false;
}

static struct column column_of(const struct own_model *model, u32 target, enum own_kind kind,
                               const bool *blocked, struct own_moment moment)
{
    struct column column = {.blocked_lower = 0};
    for (u32 holder = 0; holder < model->nodes_count; holder += 1) {
        i64 lower = 0;
        i64 upper = 0;
        i64 indirect_lower = 0;
        i64 indirect_upper = 0;
        bool said = own_model_said(model, holder, target, kind, false, moment, &lower, &upper);
        said = own_model_said(model, holder, target, kind, true, moment, &indirect_lower,
                              &indirect_upper) ||
               said;
        if (!said && kind == OWN_SHARE &&
            has_edge(model, holder, target, OWN_CONSOLIDATED, false, moment)) {
            upper = WHOLE;
        }
        if (holder == target) {
            /* self-ownership is never consolidation */
            column.self_lower = said ? lower : 0;
            column.self_upper = said ? upper : 0;
            continue;
        }
        if (!blocked[holder]) {
            column.others_lower += lower;
            continue;
        }
        column.blocked_lower += lower;
        column.blocked_upper += upper;
        column.indirect_upper += indirect_upper;
        if (indirect_lower > column.indirect_lower_most) {
            column.indirect_lower_most = indirect_lower;
        }
    }
    return column;
}

static bool is_enough(struct column column, i64 threshold, bool strict, bool sure)
{
    i64 more = strict ? 1 : 0;
    i64 said = column.blocked_lower + column.others_lower + column.self_lower;
    if (sure) {
        /* what the blocked hold even if all that is said too much is theirs */
        i64 excess = said > WHOLE ? said - WHOLE : 0;
        return column.blocked_lower - excess >= threshold + more ||
               column.indirect_lower_most >= threshold + more;
    }
    i64 most = column.blocked_upper;
    if (said <= WHOLE && column.indirect_upper == 0) {
        i64 left = WHOLE - column.others_lower;
        most = most < left ? most : left;
    }
    most += column.indirect_upper;
    /* of the whole without what the node holds in itself */
    i64 rest = WHOLE - column.self_upper;
    return most > 0 &&
           (strict ? most * WHOLE > threshold * rest : most * WHOLE >= threshold * rest);
}

static bool is_reached(const struct own_model *model, const struct own_rule *rule, u32 node,
                       const bool *blocked, bool sure, struct own_moment moment)
{
    if (is_enough(column_of(model, node, OWN_SHARE, blocked, moment), rule->threshold, rule->strict,
                  sure)) {
        return true;
    }
    if (rule->control &&
        is_enough(column_of(model, node, OWN_VOTES, blocked, moment), HALF, true, sure)) {
        return true;
    }
    for (u32 other = 0; other < model->nodes_count; other += 1) {
        if (other == node || !blocked[other]) {
            continue;
        }
        if (rule->control && (has_edge(model, other, node, OWN_BOARD, sure, moment) ||
                              has_edge(model, other, node, OWN_INFLUENCE, sure, moment) ||
                              has_edge(model, other, node, OWN_CONSOLIDATED, sure, moment))) {
            return true;
        }
        if (!sure && ((rule->control && has_edge(model, node, other, OWN_BEHALF, false, moment)) ||
                      has_edge(model, node, other, OWN_NOMINEE, false, moment) ||
                      has_edge(model, node, other, OWN_LINKED, false, moment))) {
            return true;
        }
    }
    return false;
}

static void run(const struct own_model *model, const struct own_rule *rule, u64 lists, bool sure,
                struct own_moment moment, bool *blocked)
{
    memset(blocked, 0, OWN_MODEL_NODES_MAX * sizeof(*blocked));
    for (u32 index = 0; index < model->listings_count; index += 1) {
        const struct own_listing *listing = &model->listings[index];
        bool is_sure = (listing->flags & OWN_LISTING_POSSIBLE) == 0;
        if ((lists & (1ULL << listing->list)) != 0 && (is_sure || !sure) &&
            is_in_force(&listing->times, moment)) {
            blocked[listing->node] = true;
        }
    }
    bool changed = true;
    while (changed) {
        changed = false;
        for (u32 node = 0; node < model->nodes_count; node += 1) {
            if (!blocked[node] && is_reached(model, rule, node, blocked, sure, moment)) {
                blocked[node] = true;
                changed = true;
            }
        }
    }
}

void own_model_verdicts(const struct own_model *model, const struct own_rule *rule, u64 lists,
                        struct own_moment moment, enum own_verdict *verdicts_out)
{
    bool surely[OWN_MODEL_NODES_MAX];
    bool possibly[OWN_MODEL_NODES_MAX];
    run(model, rule, lists, true, moment, surely);
    run(model, rule, lists, false, moment, possibly);
    for (u32 node = 0; node < model->nodes_count; node += 1) {
        verdicts_out[node] = surely[node]     ? OWN_BLOCKED
                             : possibly[node] ? OWN_UNDETERMINED
                                              : OWN_CLEAR;
    }
}

enum fault own_model_graph(const struct own_model *model, struct own_graph **graph_out)
{
    struct own_build *build = NULL;
    TRY(own_build_open(&build));
    for (u32 number = 0; number < model->nodes_count; number += 1) {
        char key[16];
        (void)snprintf(key, sizeof(key), "n:%u", number);
        u32 node = OWN_NONE;
        TRY(own_build_node(build, span_of_text(key), &node));
        CHECK(node == number);
    }
    u32 sources_count = 0;
    for (u32 index = 0; index < model->edges_count; index += 1) {
        u32 source = model->edges[index].source;
        for (; source != OWN_NONE && sources_count <= source; sources_count += 1) {
            char name[16];
            (void)snprintf(name, sizeof(name), "source %u", sources_count);
            u32 number = OWN_NONE;
            TRY(own_build_source(build, span_of_text(name), &number));
        }
        u32 edge = OWN_NONE;
        TRY(own_build_edge(build, &model->edges[index], &edge));
        CHECK(edge == index);
    }
    for (u32 index = 0; index < model->listings_count; index += 1) {
        TRY(own_build_listing(build, &model->listings[index]));
    }
    enum fault fault = own_graph_seal(build, graph_out);
    own_build_close(build);
    return fault;
}
