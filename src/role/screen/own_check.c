/* Follows a proof by the edges alone: nothing here comes from the cascade or from its view of the
 * graph, so that a mistake there shows here (own_proof.h). */
#include "base/check.h"
#include "role/screen/own_proof.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct checker {
    const struct own_proof *proof;
    const struct own_graph *graph;
    const struct own_rule *rule;
    struct own_moment moment;
    u64 lists;
    u8 *is_proven; /* by node */
    const char *wrong;
};

static bool wrong(struct checker *checker, const char *what)
{
    checker->wrong = what;
    return false;
}

static bool is_sure(const struct checker *checker)
{
    return checker->proof->run == OWN_SURE;
}

static bool times_cover(const struct own_times *times, struct own_moment moment)
{
    return moment.valid >= times->valid_from && moment.valid < times->valid_until &&
           moment.known >= times->recorded_from && moment.known < times->recorded_until;
}

/* What the sources say of one holder's part, set against each other. */
struct part {
    u64 lower;
    u64 upper;
    bool is_said;
};

static struct part part_of(const struct checker *checker, u32 holder, u32 target,
                           enum own_kind kind, bool indirect)
{
    struct own_edges edges = own_graph_holders_of(checker->graph, target);
    u64 lower_min = OWN_WHOLE;
    u64 lower_max = 0;
    u64 upper_min = OWN_WHOLE;
    u64 upper_max = 0;
    bool is_said = false;
    for (u32 index = 0; index < edges.count;) {
        u64 lower = 0;
        u64 upper = 0;
        u32 source = OWN_NONE;
        bool any = false;
        for (; index < edges.count; index += 1) { /* one source's edges stand together */
            struct own_edge edge;
            own_graph_edge_read(checker->graph, edges.edges[index], &edge);
            if (edge.holder != holder || edge.kind != kind ||
                ((edge.flags & OWN_EDGE_INDIRECT) != 0) != indirect ||
                !times_cover(&edge.times, checker->moment)) {
                continue;
            }
            if (any && edge.source != source) {
                break;
            }
            any = true;
            source = edge.source;
            lower += (edge.flags & OWN_EDGE_POSSIBLE) != 0 ? 0 : edge.lower;
            upper += edge.upper;
        }
        if (any) {
            is_said = true;
            lower = u64_min(lower, OWN_WHOLE);
            upper = u64_min(upper, OWN_WHOLE);
            lower_min = u64_min(lower_min, lower);
            lower_max = u64_max(lower_max, lower);
            upper_min = u64_min(upper_min, upper);
            upper_max = u64_max(upper_max, upper);
        }
    }
    bool agree = lower_max <= upper_min;
    return (struct part){.lower = !is_said ? 0
                                  : agree  ? lower_max
                                           : lower_min,
                         .upper = !is_said ? 0
                                  : agree  ? upper_min
                                           : upper_max,
                         .is_said = is_said};
}

/* What everybody surely holds directly; the node's own part apart. */
static u64 others_lower(const struct checker *checker, u32 node, enum own_kind kind)
{
    struct own_edges edges = own_graph_holders_of(checker->graph, node);
    u64 sum = 0;
    u32 before = OWN_NONE;
    for (u32 index = 0; index < edges.count; index += 1) {
        struct own_edge edge;
        own_graph_edge_read(checker->graph, edges.edges[index], &edge);
        if (edge.holder != node && edge.holder != before) {
            sum += part_of(checker, edge.holder, node, kind, false).lower;
        }
        before = edge.holder;
    }
    return sum;
}

static struct own_edge edge_in(const struct checker *checker, const struct own_step *step,
                               u32 index)
{
    struct own_edge edge;
    own_graph_edge_read(checker->graph, checker->proof->edges[step->edges_first + index], &edge);
    return edge;
}

/* Each edge once, in force, and between the node and one of an earlier step. */
static bool edges_check(struct checker *checker, const struct own_step *step)
{
    if (step->edges_count == 0) {
        return wrong(checker, "a step without a statement");
    }
    for (u32 index = 0; index < step->edges_count; index += 1) {
        struct own_edge edge = edge_in(checker, step, index);
        bool backward = step->because == OWN_BECAUSE_NOMINEE ||
                        step->because == OWN_BECAUSE_BEHALF || step->because == OWN_BECAUSE_LINKED;
        u32 node = backward ? edge.holder : edge.target;
        u32 other = backward ? edge.target : edge.holder;
        if (node != step->node || checker->is_proven[other] == 0) {
            return wrong(checker, "a statement about others than the proven");
        }
        if (!times_cover(&edge.times, checker->moment)) {
            return wrong(checker, "a statement that is not in force at the moment");
        }
        if (is_sure(checker) && (edge.flags & OWN_EDGE_POSSIBLE) != 0) {
            return wrong(checker, "a statement of what may be, where it must be sure");
        }
        for (u32 other_index = 0; other_index < index; other_index += 1) {
            if (checker->proof->edges[step->edges_first + other_index] ==
                checker->proof->edges[step->edges_first + index]) {
                return wrong(checker, "a statement twice");
            }
        }
    }
    return true;
}

/* The edges of one holder in the step, as far as they are of its kind, may not say more than the
 * whole of what is said of it. */
static bool sure_check(struct checker *checker, const struct own_step *step, enum own_kind kind,
                       u64 threshold)
{
    u64 sum = 0;
    bool indirect = (edge_in(checker, step, 0).flags & OWN_EDGE_INDIRECT) != 0;
    u32 first_holder = edge_in(checker, step, 0).holder;
    for (u32 index = 0; index < step->edges_count; index += 1) {
        struct own_edge edge = edge_in(checker, step, index);
        if (edge.kind != kind || ((edge.flags & OWN_EDGE_INDIRECT) != 0) != indirect ||
            (indirect && edge.holder != first_holder)) {
            return wrong(checker, "shares of different kinds added up");
        }
        u64 of_holder = 0;
        for (u32 other = 0; other < step->edges_count; other += 1) {
            struct own_edge more = edge_in(checker, step, other);
            of_holder += more.holder == edge.holder ? more.lower : 0;
        }
        u64 said = part_of(checker, edge.holder, step->node, kind, indirect).lower;
        if (said < OWN_WHOLE && of_holder > said) {
            return wrong(checker, "more of a holder than all statements together bear out");
        }
        sum += edge.lower;
    }
    u64 self = indirect ? 0 : part_of(checker, step->node, step->node, kind, false).lower;
    u64 all = indirect ? 0 : others_lower(checker, step->node, kind) + self;
    u64 excess = all > OWN_WHOLE ? all - OWN_WHOLE : 0;
    if (sum < threshold + excess) {
        return wrong(checker, "the shares are not enough");
    }
    return true;
}

static bool is_first_of_holder(const struct checker *checker, const struct own_step *step,
                               u32 index, bool indirect)
{
    u32 holder = edge_in(checker, step, index).holder;
    for (u32 other = 0; other < index; other += 1) {
        struct own_edge edge = edge_in(checker, step, other);
        if (edge.holder == holder && ((edge.flags & OWN_EDGE_INDIRECT) != 0) == indirect) {
            return false;
        }
    }
    return true;
}

static bool possible_check(struct checker *checker, const struct own_step *step, enum own_kind kind,
                           u64 threshold, bool strict)
{
    u64 upper = 0;
    u64 lower = 0;
    bool any_indirect = false;
    for (u32 index = 0; index < step->edges_count; index += 1) {
        struct own_edge edge = edge_in(checker, step, index);
        bool indirect = (edge.flags & OWN_EDGE_INDIRECT) != 0;
        if (!is_first_of_holder(checker, step, index, indirect)) {
            continue;
        }
        struct part part = part_of(checker, edge.holder, step->node, kind, indirect);
        if (edge.kind == OWN_CONSOLIDATED && kind == OWN_SHARE && !part.is_said) {
            part.upper = OWN_WHOLE;
        } else if (edge.kind != kind) {
            return wrong(checker, "a statement of another kind");
        }
        upper += part.upper;
        lower += indirect ? 0 : part.lower;
        any_indirect = any_indirect || indirect;
    }
    struct part self = part_of(checker, step->node, step->node, kind, false);
    u64 others = others_lower(checker, step->node, kind);
    bool contradicted = others + self.lower > OWN_WHOLE;
    if (!contradicted && !any_indirect) { /* what the rest surely hold is not theirs */
        upper = u64_min(upper, OWN_WHOLE - (others - lower));
    }
    u64 rest = OWN_WHOLE - self.upper;
    u64 scaled = u64_min(upper, OWN_WHOLE) * OWN_WHOLE;
    bool enough = strict ? scaled > threshold * rest : scaled >= threshold * rest;
    return (enough && upper > 0) || wrong(checker, "the shares are not enough, even at most");
}

static bool listed_check(struct checker *checker, const struct own_step *step)
{
    if (step->listing >= own_graph_counts(checker->graph)->listings) {
        return wrong(checker, "a listing that is not there");
    }
    struct own_listing listing;
    own_graph_listing_read(checker->graph, step->listing, &listing);
    bool counts = listing.node == step->node && (checker->lists >> listing.list & 1U) != 0 &&
                  times_cover(&listing.times, checker->moment) &&
                  (!is_sure(checker) || (listing.flags & OWN_LISTING_POSSIBLE) == 0);
    return counts || wrong(checker, "a listing of another, of another list or day, or not sure");
}

static bool alone_check(struct checker *checker, const struct own_step *step, u32 kinds,
                        bool counts)
{
    if (!counts || step->edges_count != 1 || (kinds >> edge_in(checker, step, 0).kind & 1U) == 0) {
        return wrong(checker, "a ground that the rule does not know");
    }
    return true;
}

static bool parts_check(struct checker *checker, const struct own_step *step, enum own_kind kind,
                        u64 threshold, bool strict)
{
    return is_sure(checker) ? sure_check(checker, step, kind, threshold + (strict ? 1 : 0))
                            : possible_check(checker, step, kind, threshold, strict);
}

static bool step_check(struct checker *checker, const struct own_step *step)
{
    const struct own_rule *rule = checker->rule;
    if (step->because == OWN_BECAUSE_LISTED) {
        return listed_check(checker, step);
    }
    if (!edges_check(checker, step)) {
        return false;
    }
    bool may = !is_sure(checker);
    switch (step->because) {
    case OWN_BECAUSE_LISTED:
        return false;
    case OWN_BECAUSE_SHARES:
        return parts_check(checker, step, OWN_SHARE, rule->threshold, rule->strict);
    case OWN_BECAUSE_VOTES:
        return rule->control ? parts_check(checker, step, OWN_VOTES, OWN_WHOLE / 2, true)
                             : wrong(checker, "votes, which the rule does not count");
    case OWN_BECAUSE_CONTROL:
        return alone_check(checker, step,
                           1U << OWN_BOARD | 1U << OWN_INFLUENCE | 1U << OWN_CONSOLIDATED,
                           rule->control);
    case OWN_BECAUSE_NOMINEE:
        return alone_check(checker, step, 1U << OWN_NOMINEE, may);
    case OWN_BECAUSE_BEHALF:
        return alone_check(checker, step, 1U << OWN_BEHALF, may && rule->control);
    case OWN_BECAUSE_LINKED:
        return alone_check(checker, step, 1U << OWN_LINKED, may);
    }
    return false;
}

bool own_proof_check(const struct own_proof *proof, const struct own_graph *graph,
                     struct own_moment moment, const struct own_rule *rule, u64 lists,
                     char note_out[OWN_PROOF_NOTE_BYTES])
{
    u32 nodes_count = own_graph_counts(graph)->nodes;
    struct checker checker = {.proof = proof,
                              .graph = graph,
                              .rule = rule,
                              .moment = moment,
                              .lists = lists,
                              .is_proven = calloc(nodes_count + 1ULL, 1)};
    bool holds = checker.is_proven != NULL || wrong(&checker, "no memory");
    u32 at = 0;
    for (; at < proof->steps_count && holds; at += 1) {
        const struct own_step *step = &proof->steps[at];
        CHECK(step->node < nodes_count);
        CHECK(step->edges_first <= proof->edges_count &&
              step->edges_count <= proof->edges_count - step->edges_first);
        holds = step_check(&checker, step);
        checker.is_proven[step->node] = 1;
    }
    if (holds &&
        (proof->steps_count == 0 || proof->steps[proof->steps_count - 1].node != proof->node)) {
        holds = wrong(&checker, "the last step is not about the node");
    }
    note_out[0] = 0;
    if (!holds) {
        (void)snprintf(note_out, OWN_PROOF_NOTE_BYTES, "step %u: %s", at, checker.wrong);
    }
    free(checker.is_proven);
    return holds;
}
