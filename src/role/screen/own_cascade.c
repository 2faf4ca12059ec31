#include "role/screen/own_cascade.h"

#include "base/check.h"
#include "base/span.h"

#include <stdlib.h>
#include <string.h>

#define HALF (OWN_WHOLE / 2)

/* 3 July 2024: from that day on half is enough (Council Best Practices). */
#define EU_HALF_FROM 19907

struct own_cascade {
    const struct own_view *view;
    struct own_rule rule;
    u64 lists;
    u32 *rank[2];  /* by run and node */
    u32 *queue[2]; /* the nodes of one run in the order of their ranks */
    u32 count[2];
    struct own_tally *shares; /* of the run at hand */
    struct own_tally *votes;
};

bool own_rule_find(struct span name, i32 day, struct own_rule *rule_out)
{
    static const struct own_rule rules[] = {
        {.name = "ofac50", .threshold = HALF, .strict = false, .control = false},
        {.name = "eu-2014", .threshold = HALF, .strict = true, .control = true},
        {.name = "eu-2024", .threshold = HALF, .strict = false, .control = true},
    };
    if (span_equal(name, span_of_text("eu"))) {
        *rule_out = rules[day < EU_HALF_FROM ? 1 : 2];
        return true;
    }
    for (u32 index = 0; index < ARRAY_COUNT(rules); index += 1) {
        if (span_equal(name, span_of_text(rules[index].name))) {
            *rule_out = rules[index];
            return true;
        }
    }
    return false;
}

/* Where a register contradicts itself, the blocked must hold the excess on top: it may be theirs.
 */
u64 own_need_sure(const struct own_column *column, u32 threshold, bool strict)
{
    return (u64)threshold + (strict ? 1 : 0) + own_column_excess(column);
}

/* Shares that a company holds in itself may be left out of the whole. */
u64 own_need_possible(const struct own_column *column, u32 threshold, bool strict)
{
    u64 product = (u64)threshold * (OWN_WHOLE - column->self_upper);
    u64 need = strict ? product / OWN_WHOLE + 1 : (product + OWN_WHOLE - 1) / OWN_WHOLE;
    return u64_max(need, 1);
}

bool own_tally_reaches(const struct own_tally *tally, const struct own_column *column,
                       enum own_run run, u32 threshold, bool strict)
{
    if (run == OWN_SURE) {
        return tally->lower >= own_need_sure(column, threshold, strict);
    }
    u64 need = own_need_possible(column, threshold, strict);
    if (tally->upper < need) {
        return false;
    }
    /* What others surely hold cannot be theirs, unless the register contradicts itself or sums up
     * chains that may run through those others. */
    return tally->indirect || own_column_excess(column) > 0 ||
           tally->lower + OWN_WHOLE >= need + column->lower;
}

/* A blocked holder's part arrives: whether the node is reached by it. */
static bool part_arrives(struct own_tally *tally, const struct own_column *column,
                         const struct own_hold *hold, enum own_run run, u32 threshold, bool strict)
{
    bool is_indirect =
        hold->kind == OWN_HOLD_SHARE_INDIRECT || hold->kind == OWN_HOLD_VOTES_INDIRECT;
    if (is_indirect && run == OWN_SURE) {
        return hold->lower >= (u64)threshold + (strict ? 1 : 0);
    }
    tally->lower += is_indirect ? 0 : hold->lower;
    tally->upper += hold->upper;
    tally->indirect = tally->indirect || is_indirect;
    return own_tally_reaches(tally, column, run, threshold, strict);
}

static bool hold_reaches(struct own_cascade *cascade, const struct own_hold *hold, enum own_run run)
{
    const struct own_rule *rule = &cascade->rule;
    const struct own_view *view = cascade->view;
    switch (hold->kind) {
    case OWN_HOLD_SHARE:
    case OWN_HOLD_SHARE_INDIRECT:
        return part_arrives(&cascade->shares[hold->to], &view->shares[hold->to], hold, run,
                            rule->threshold, rule->strict);
    case OWN_HOLD_VOTES:
    case OWN_HOLD_VOTES_INDIRECT:
        return rule->control && part_arrives(&cascade->votes[hold->to], &view->votes[hold->to],
                                             hold, run, OWN_VOTES_HALF, true);
    case OWN_HOLD_CONTROL:
        return rule->control && (run == OWN_POSSIBLE || hold->lower == OWN_WHOLE);
    case OWN_HOLD_BEHALF:
        return rule->control && run == OWN_POSSIBLE;
    case OWN_HOLD_NOMINEE:
    case OWN_HOLD_LINKED:
        return run == OWN_POSSIBLE;
    }
    return false;
}

static void node_reach(struct own_cascade *cascade, enum own_run run, u32 node)
{
    if (cascade->rank[run][node] == 0) {
        cascade->queue[run][cascade->count[run]] = node;
        cascade->count[run] += 1;
        cascade->rank[run][node] = cascade->count[run];
    }
}

/* The queue holds those it starts from. */
static void cascade_spread(struct own_cascade *cascade, enum own_run run)
{
    const struct own_view *view = cascade->view;
    for (u32 at = 0; at < cascade->count[run]; at += 1) {
        u32 node = cascade->queue[run][at];
        for (u32 index = view->start[node]; index < view->start[node + 1]; index += 1) {
            const struct own_hold *hold = &view->holds[index];
            if (cascade->rank[run][hold->to] == 0 && hold_reaches(cascade, hold, run)) {
                node_reach(cascade, run, hold->to);
            }
        }
    }
    CHECK(cascade->count[run] <= view->nodes_count);
}

static enum fault cascade_take(struct own_cascade *cascade)
{
    u64 nodes = cascade->view->nodes_count + 1ULL;
    cascade->rank[OWN_SURE] = calloc(nodes, sizeof(u32));
    cascade->rank[OWN_POSSIBLE] = calloc(nodes, sizeof(u32));
    cascade->queue[OWN_SURE] = malloc(nodes * sizeof(u32));
    cascade->queue[OWN_POSSIBLE] = malloc(nodes * sizeof(u32));
    cascade->shares = calloc(nodes, sizeof(struct own_tally));
    cascade->votes = cascade->rule.control ? calloc(nodes, sizeof(struct own_tally)) : NULL;
    bool taken = cascade->rank[OWN_SURE] != NULL && cascade->rank[OWN_POSSIBLE] != NULL &&
                 cascade->queue[OWN_SURE] != NULL && cascade->queue[OWN_POSSIBLE] != NULL &&
                 cascade->shares != NULL && (cascade->votes != NULL || !cascade->rule.control);
    if (!taken) {
        return FAULT(FAULT_LIMIT, "ownership: no memory for a cascade over %u nodes",
                     cascade->view->nodes_count);
    }
    return FAULT_NONE;
}

static void run_clear(struct own_cascade *cascade)
{
    u64 nodes = cascade->view->nodes_count;
    memset(cascade->shares, 0, nodes * sizeof(struct own_tally));
    if (cascade->votes != NULL) {
        memset(cascade->votes, 0, nodes * sizeof(struct own_tally));
    }
}

static enum fault cascade_new(const struct own_view *view, const struct own_rule *rule, u64 lists,
                              struct own_cascade **cascade_out)
{
    CHECK(rule->threshold <= OWN_WHOLE);
    struct own_cascade *cascade = calloc(1, sizeof(*cascade));
    if (cascade == NULL) {
        return FAULT(FAULT_LIMIT, "ownership: no memory");
    }
    cascade->view = view;
    cascade->rule = *rule;
    cascade->lists = lists;
    enum fault fault = cascade_take(cascade);
    if (fault != FAULT_NONE) {
        own_cascade_close(cascade);
        return fault;
    }
    *cascade_out = cascade;
    return FAULT_NONE;
}

/* Results stay, what the runs needed goes. */
static void cascade_finish(struct own_cascade *cascade)
{
    free(cascade->shares);
    free(cascade->votes);
    cascade->shares = NULL;
    cascade->votes = NULL;
}

enum fault own_cascade_run(const struct own_view *view, const struct own_rule *rule, u64 lists,
                           struct own_cascade **cascade_out)
{
    struct own_cascade *cascade = NULL;
    TRY(cascade_new(view, rule, lists, &cascade));
    u32 listings = own_graph_counts(view->graph)->listings;
    for (u32 run = OWN_SURE; run <= OWN_POSSIBLE; run += 1) {
        run_clear(cascade);
        for (u32 listing = 0; listing < listings; listing += 1) { /* ascending by node */
            struct own_listing row;
            own_graph_listing_read(view->graph, listing, &row);
            if (own_cascade_listing(cascade, (enum own_run)run, row.node) != OWN_NONE) {
                node_reach(cascade, (enum own_run)run, row.node);
            }
        }
        cascade_spread(cascade, (enum own_run)run);
    }
    cascade_finish(cascade);
    *cascade_out = cascade;
    return FAULT_NONE;
}

enum fault own_cascade_from(const struct own_view *view, const struct own_rule *rule,
                            const u32 *nodes, u32 nodes_count, struct own_cascade **cascade_out)
{
    struct own_cascade *cascade = NULL;
    TRY(cascade_new(view, rule, 0, &cascade));
    for (u32 run = OWN_SURE; run <= OWN_POSSIBLE; run += 1) {
        run_clear(cascade);
        for (u32 index = 0; index < nodes_count; index += 1) {
            CHECK(nodes[index] < view->nodes_count);
            node_reach(cascade, (enum own_run)run, nodes[index]);
        }
        cascade_spread(cascade, (enum own_run)run);
    }
    cascade_finish(cascade);
    *cascade_out = cascade;
    return FAULT_NONE;
}

void own_cascade_close(struct own_cascade *cascade)
{
    if (cascade == NULL) {
        return;
    }
    cascade_finish(cascade);
    free(cascade->rank[OWN_SURE]);
    free(cascade->rank[OWN_POSSIBLE]);
    free(cascade->queue[OWN_SURE]);
    free(cascade->queue[OWN_POSSIBLE]);
    free(cascade);
}

enum own_verdict own_cascade_verdict(const struct own_cascade *cascade, u32 node)
{
    CHECK(node < cascade->view->nodes_count);
    bool possibly = cascade->rank[OWN_POSSIBLE][node] != 0;
    if (cascade->rank[OWN_SURE][node] != 0) {
        CHECK(possibly);
        return OWN_BLOCKED;
    }
    return possibly ? OWN_UNDETERMINED : OWN_CLEAR;
}

u32 own_cascade_rank(const struct own_cascade *cascade, enum own_run run, u32 node)
{
    CHECK(node < cascade->view->nodes_count);
    return cascade->rank[run][node];
}

u32 own_cascade_nth(const struct own_cascade *cascade, enum own_run run, u32 rank)
{
    CHECK(rank >= 1 && rank <= cascade->count[run]);
    return cascade->queue[run][rank - 1];
}

u32 own_cascade_listing(const struct own_cascade *cascade, enum own_run run, u32 node)
{
    const struct own_view *view = cascade->view;
    u32 listing = own_graph_listed(view->graph, node, cascade->lists, view->moment);
    if (listing == OWN_NONE) {
        return OWN_NONE;
    }
    struct own_listing row;
    own_graph_listing_read(view->graph, listing, &row);
    bool is_possible = (row.flags & OWN_LISTING_POSSIBLE) != 0;
    return is_possible && run == OWN_SURE ? OWN_NONE : listing;
}

u32 own_cascade_count(const struct own_cascade *cascade, enum own_run run)
{
    return cascade->count[run];
}

const struct own_view *own_cascade_view(const struct own_cascade *cascade)
{
    return cascade->view;
}

const struct own_rule *own_cascade_rule(const struct own_cascade *cascade)
{
    return &cascade->rule;
}

u64 own_cascade_lists(const struct own_cascade *cascade)
{
    return cascade->lists;
}

const char *own_verdict_name(enum own_verdict verdict)
{
    static const char *const names[] = {
        [OWN_CLEAR] = "clear", [OWN_UNDETERMINED] = "undetermined", [OWN_BLOCKED] = "blocked"};
    CHECK(verdict <= OWN_BLOCKED);
    return names[verdict];
}
