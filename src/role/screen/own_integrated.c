#include "role/screen/own_integrated.h"

#include "base/check.h"
#include "role/screen/own_circles.h"

#include <stdlib.h>
#include <string.h>

/* Parts are worked on in units this fine, so that long chains do not round away. */
#define FINE        (1000000000ULL * OWN_WHOLE)
#define FINE_A_PART (FINE / OWN_WHOLE)

/* A circle has settled when a round moves no part by more than this. */
#define SETTLED (FINE_A_PART / 1000)

/* Rounds over one circle: as many as this much work allows, within these limits. */
#define CIRCLE_WORK       20000000ULL
#define CIRCLE_ROUNDS_MIN 30U
#define CIRCLE_ROUNDS_MAX 20000U

/* A holding seen from the node held. */
struct part {
    u32 from;
    u32 lower;
    u32 upper;
    bool indirect;
};

/* One of a node's holders, while the most is shared out. */
struct claim {
    u64 value; /* what the holder passes on */
    u64 room;  /* how much more than surely it may hold */
};

struct solver {
    const struct own_view *view;
    struct own_circles circles;
    u32 *start; /* the parts of node n: parts[start[n]] .. parts[start[n + 1] - 1] */
    struct part *parts;
    struct claim *claims;
    u64 *low; /* by node, in FINE units */
    u64 *high;
    u8 *fixed; /* bit 0: surely whole, bit 1: possibly */
};

static bool is_share(const struct own_hold *hold)
{
    return hold->kind == OWN_HOLD_SHARE || hold->kind == OWN_HOLD_SHARE_INDIRECT;
}

static void parts_gather(struct solver *solver)
{
    const struct own_view *view = solver->view;
    for (u32 index = 0; index < view->holds_count; index += 1) {
        solver->start[view->holds[index].to + 2] += is_share(&view->holds[index]) ? 1 : 0;
    }
    for (u32 node = 0; node < view->nodes_count; node += 1) {
        solver->start[node + 2] += solver->start[node + 1];
    }
    for (u32 node = 0; node < view->nodes_count; node += 1) {
        for (u32 index = view->start[node]; index < view->start[node + 1]; index += 1) {
            const struct own_hold *hold = &view->holds[index];
            if (is_share(hold)) {
                solver->parts[solver->start[hold->to + 1]] =
                    (struct part){.from = node,
                                  .lower = hold->lower,
                                  .upper = hold->upper,
                                  .indirect = hold->kind == OWN_HOLD_SHARE_INDIRECT};
                solver->start[hold->to + 1] += 1;
            }
        }
    }
}

/* The least: what is surely held of what surely arrives there, rounded down. */
static u64 low_of(const struct solver *solver, u32 node)
{
    const struct own_column *column = &solver->view->shares[node];
    u128 sum = 0;
    u64 indirect_most = 0;
    for (u32 index = solver->start[node]; index < solver->start[node + 1]; index += 1) {
        const struct part *part = &solver->parts[index];
        u128 passed = (u128)part->lower * solver->low[part->from];
        if (part->indirect) {
            indirect_most = u64_max(indirect_most, (u64)(passed / OWN_WHOLE));
        } else {
            sum += passed;
        }
    }
    u128 excess = (u128)own_column_excess(column) * FINE; /* it may all be theirs */
    sum = sum > excess ? sum - excess : 0;
    u64 rest = OWN_WHOLE - column->self_lower;
    u64 direct = rest == 0 ? 0 : sum / rest > FINE ? FINE : (u64)(sum / rest);
    return u64_max(direct, indirect_most);
}

/* Those who pass on most first. */
static int claims_compare(const void *left, const void *right)
{
    const struct claim *a = (const struct claim *)left;
    const struct claim *b = (const struct claim *)right;
    return a->value == b->value ? 0 : a->value > b->value ? -1 : 1;
}

/* Shares out what nobody surely holds, to those who pass on most. */
static u128 room_share(struct claim *claims, u32 claims_count, u64 room)
{
    u128 sum = 0;
    qsort(claims, claims_count, sizeof(*claims), claims_compare);
    for (u32 index = 0; index < claims_count && room > 0; index += 1) {
        u64 taken = u64_min(room, claims[index].room);
        sum += (u128)taken * claims[index].value;
        room -= taken;
    }
    return sum;
}

/* The most, rounded up. */
static u64 high_of(const struct solver *solver, u32 node)
{
    const struct own_column *column = &solver->view->shares[node];
    u128 sum = 0;
    u128 indirect = 0;
    u64 most = 0;
    u32 claims_count = 0;
    bool contradicted = own_column_excess(column) > 0;
    for (u32 index = solver->start[node]; index < solver->start[node + 1]; index += 1) {
        const struct part *part = &solver->parts[index];
        u64 value = solver->high[part->from];
        most = u64_max(most, value);
        if (part->indirect) {
            indirect += (u128)part->upper * value;
        } else {
            sum += (u128)(contradicted ? part->upper : part->lower) * value;
            solver->claims[claims_count] = (struct claim){value, part->upper - part->lower};
            claims_count += contradicted ? 0 : 1;
        }
    }
    if (!contradicted && claims_count > 0) {
        u64 room = OWN_WHOLE - column->lower - column->self_lower;
        sum += room_share(solver->claims, claims_count, room);
    }
    u64 rest = OWN_WHOLE - column->self_upper;
    u128 direct = rest == 0 ? (sum > 0 ? FINE : 0) : (sum + rest - 1) / rest;
    u128 all = direct + (indirect + OWN_WHOLE - 1) / OWN_WHOLE;
    return all > most ? most : (u64)all; /* nobody passes on more than the best of its holders */
}

static u64 distance(u64 a, u64 b)
{
    return a > b ? a - b : b - a;
}

static void circle_settle(struct solver *solver, u32 group, struct own_exposure *exposure)
{
    const struct own_circles *circles = &solver->circles;
    u64 work = 1;
    for (u32 at = circles->start[group]; at < circles->start[group + 1]; at += 1) {
        u32 node = circles->members[at];
        solver->low[node] = (solver->fixed[node] & 1U) != 0 ? FINE : 0;
        solver->high[node] = FINE;
        work += solver->start[node + 1] - solver->start[node];
    }
    u64 rounds_max = u64_max(CIRCLE_ROUNDS_MIN, u64_min(CIRCLE_ROUNDS_MAX, CIRCLE_WORK / work));
    u64 moved = FINE;
    u32 round = 0;
    for (; round < rounds_max && moved > SETTLED; round += 1) {
        moved = 0;
        for (u32 at = circles->start[group]; at < circles->start[group + 1]; at += 1) {
            u32 node = circles->members[at];
            u64 low = (solver->fixed[node] & 1U) != 0 ? FINE : low_of(solver, node);
            u64 high = (solver->fixed[node] & 2U) != 0 ? FINE : high_of(solver, node);
            moved = u64_max(moved, distance(low, solver->low[node]));
            moved = u64_max(moved, distance(high, solver->high[node]));
            solver->low[node] = low;
            solver->high[node] = high;
        }
    }
    u32 members = circles->start[group + 1] - circles->start[group];
    exposure->circles_count += 1;
    exposure->circle_most = (u32)u64_max(exposure->circle_most, members);
    exposure->rounds_most = (u32)u64_max(exposure->rounds_most, round);
    exposure->unsettled_count += moved > SETTLED ? 1 : 0;
}

static void solve(struct solver *solver, struct own_exposure *exposure)
{
    const struct own_circles *circles = &solver->circles;
    for (u32 group = 0; group < circles->groups_count; group += 1) { /* holders first */
        u32 node = circles->members[circles->start[group]];
        if (circles->start[group + 1] - circles->start[group] > 1) {
            circle_settle(solver, group, exposure);
        } else {
            solver->low[node] = (solver->fixed[node] & 1U) != 0 ? FINE : low_of(solver, node);
            solver->high[node] = (solver->fixed[node] & 2U) != 0 ? FINE : high_of(solver, node);
        }
    }
    for (u32 node = 0; node < exposure->nodes_count; node += 1) {
        CHECK(solver->low[node] <= solver->high[node]);
        exposure->lower[node] = (u32)(solver->low[node] / FINE_A_PART);
        exposure->upper[node] = (u32)((solver->high[node] + FINE_A_PART - 1) / FINE_A_PART);
    }
}

static enum fault solver_take(struct solver *solver, const struct own_view *view)
{
    u64 nodes = view->nodes_count + 1ULL;
    u64 holds = view->holds_count + 1ULL;
    *solver = (struct solver){.view = view};
    TRY(own_circles_open(view, &solver->circles));
    solver->start = calloc(nodes + 2, sizeof(u32));
    solver->parts = malloc(holds * sizeof(struct part));
    solver->claims = malloc(holds * sizeof(struct claim));
    solver->low = calloc(nodes, sizeof(u64));
    solver->high = calloc(nodes, sizeof(u64));
    solver->fixed = calloc(nodes, 1);
    if (solver->start == NULL || solver->parts == NULL || solver->claims == NULL ||
        solver->low == NULL || solver->high == NULL || solver->fixed == NULL) {
        return FAULT(FAULT_LIMIT, "ownership: no memory for parts of %u holdings",
                     view->holds_count);
    }
    return FAULT_NONE;
}

static void solver_give(struct solver *solver)
{
    own_circles_close(&solver->circles);
    free(solver->start);
    free(solver->parts);
    free(solver->claims);
    free(solver->low);
    free(solver->high);
    free(solver->fixed);
}

static enum fault exposure_take(u32 nodes_count, struct own_exposure **exposure_out)
{
    struct own_exposure *exposure = calloc(1, sizeof(*exposure));
    if (exposure != NULL) {
        exposure->nodes_count = nodes_count;
        exposure->lower = calloc(nodes_count + 1ULL, sizeof(u32));
        exposure->upper = calloc(nodes_count + 1ULL, sizeof(u32));
    }
    if (exposure == NULL || exposure->lower == NULL || exposure->upper == NULL) {
        own_exposure_close(exposure);
        return FAULT(FAULT_LIMIT, "ownership: no memory for parts of %u nodes", nodes_count);
    }
    *exposure_out = exposure;
    return FAULT_NONE;
}

static void fix_listed(struct solver *solver, u64 lists)
{
    const struct own_view *view = solver->view;
    u32 listings = own_graph_counts(view->graph)->listings;
    for (u32 index = 0; index < listings; index += 1) {
        struct own_listing row;
        own_graph_listing_read(view->graph, index, &row);
        if ((lists >> row.list & 1U) != 0 && own_times_hold(&row.times, view->moment)) {
            bool is_sure = (row.flags & OWN_LISTING_POSSIBLE) == 0;
            solver->fixed[row.node] |= is_sure ? 3U : 2U;
        }
    }
}

static enum fault expose(const struct own_view *view, u64 lists, const u32 *nodes, u32 nodes_count,
                         struct own_exposure **exposure_out)
{
    struct solver solver;
    enum fault fault = solver_take(&solver, view);
    if (fault == FAULT_NONE) {
        fault = exposure_take(view->nodes_count, exposure_out);
    }
    if (fault == FAULT_NONE) {
        parts_gather(&solver);
        fix_listed(&solver, lists);
        for (u32 index = 0; index < nodes_count; index += 1) {
            CHECK(nodes[index] < view->nodes_count);
            solver.fixed[nodes[index]] = 3;
        }
        solve(&solver, *exposure_out);
    }
    solver_give(&solver);
    return fault;
}

enum fault own_exposure_to_lists(const struct own_view *view, u64 lists,
                                 struct own_exposure **exposure_out)
{
    return expose(view, lists, NULL, 0, exposure_out);
}

enum fault own_exposure_to(const struct own_view *view, const u32 *nodes, u32 nodes_count,
                           struct own_exposure **exposure_out)
{
    return expose(view, 0, nodes, nodes_count, exposure_out);
}

void own_exposure_close(struct own_exposure *exposure)
{
    if (exposure != NULL) {
        free(exposure->lower);
        free(exposure->upper);
        free(exposure);
    }
}
