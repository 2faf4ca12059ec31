#include "role/screen/own_circles.h"

#include "base/check.h"

#include <stdlib.h>
#include <string.h>

/* Tarjan's search for strongly connected components, with a stack of its own. */
struct walk {
    const struct own_view *view;
    u32 *number; /* the order of visits, from 1; 0: not yet */
    u32 *low;    /* the earliest visited that is reached from here */
    u32 *next;   /* the holding to follow next */
    u32 *path;   /* from the root to here */
    u32 *open;   /* visited, in no group yet */
    u32 *group;
    u32 path_count;
    u32 open_count;
    u32 visits;
    u32 groups_count;
};

static bool is_share(const struct own_hold *hold)
{
    return hold->kind == OWN_HOLD_SHARE || hold->kind == OWN_HOLD_SHARE_INDIRECT;
}

static void node_enter(struct walk *walk, u32 node)
{
    walk->visits += 1;
    walk->number[node] = walk->visits;
    walk->low[node] = walk->visits;
    walk->next[node] = walk->view->start[node];
    walk->path[walk->path_count] = node;
    walk->path_count += 1;
    walk->open[walk->open_count] = node;
    walk->open_count += 1;
}

static void node_leave(struct walk *walk, u32 node)
{
    walk->path_count -= 1;
    if (walk->path_count > 0) {
        u32 *low = &walk->low[walk->path[walk->path_count - 1]];
        *low = (u32)u64_min(*low, walk->low[node]);
    }
    if (walk->low[node] != walk->number[node]) {
        return;
    }
    u32 member = OWN_NONE;
    while (member != node) {
        walk->open_count -= 1;
        member = walk->open[walk->open_count];
        walk->group[member] = walk->groups_count;
    }
    walk->groups_count += 1;
}

static void node_follow(struct walk *walk, u32 root)
{
    node_enter(walk, root);
    while (walk->path_count > 0) {
        u32 node = walk->path[walk->path_count - 1];
        if (walk->next[node] == walk->view->start[node + 1]) {
            node_leave(walk, node);
            continue;
        }
        const struct own_hold *hold = &walk->view->holds[walk->next[node]];
        walk->next[node] += 1;
        if (!is_share(hold)) {
            continue;
        }
        if (walk->number[hold->to] == 0) {
            node_enter(walk, hold->to);
        } else if (walk->group[hold->to] == OWN_NONE) {
            walk->low[node] = (u32)u64_min(walk->low[node], walk->number[hold->to]);
        }
    }
}

/* Groups come with those held first: turned around, and the members gathered. */
static void groups_order(struct own_circles *circles, u32 nodes_count)
{
    u32 groups = circles->groups_count;
    for (u32 node = 0; node < nodes_count; node += 1) {
        circles->group[node] = groups - 1 - circles->group[node];
        circles->start[circles->group[node] + 1] += 1;
    }
    for (u32 group = 0; group < groups; group += 1) {
        circles->start[group + 1] += circles->start[group];
    }
    for (u32 node = nodes_count; node > 0; node -= 1) { /* fills each group from its end */
        u32 *end = &circles->start[circles->group[node - 1] + 1];
        *end -= 1;
        circles->members[*end] = node - 1;
    }
    /* Now start[g + 1] is where g begins. */
    memmove(circles->start, circles->start + 1, (size_t)groups * sizeof(u32));
    circles->start[groups] = nodes_count;
}

enum fault own_circles_open(const struct own_view *view, struct own_circles *circles_out)
{
    u32 nodes = view->nodes_count;
    struct walk walk = {.view = view};
    u32 *block = calloc(5 * (nodes + 1ULL), sizeof(u32));
    *circles_out = (struct own_circles){
        .group = malloc((nodes + 1ULL) * sizeof(u32)),
        .members = malloc((nodes + 1ULL) * sizeof(u32)),
        .start = calloc(nodes + 2ULL, sizeof(u32)),
    };
    if (block == NULL || circles_out->group == NULL || circles_out->members == NULL ||
        circles_out->start == NULL) {
        free(block);
        own_circles_close(circles_out);
        return FAULT(FAULT_LIMIT, "ownership: no memory for the circles of %u nodes", nodes);
    }
    walk.number = block;
    walk.low = walk.number + nodes + 1;
    walk.next = walk.low + nodes + 1;
    walk.path = walk.next + nodes + 1;
    walk.open = walk.path + nodes + 1;
    walk.group = circles_out->group;
    memset(walk.group, 0xff, (nodes + 1ULL) * sizeof(u32)); /* OWN_NONE */
    for (u32 node = 0; node < nodes; node += 1) {
        if (walk.number[node] == 0) {
            node_follow(&walk, node);
        }
    }
    free(block);
    CHECK(walk.visits == nodes && walk.open_count == 0);
    circles_out->groups_count = walk.groups_count;
    groups_order(circles_out, nodes);
    return FAULT_NONE;
}

void own_circles_close(struct own_circles *circles)
{
    free(circles->group);
    free(circles->members);
    free(circles->start);
    *circles = (struct own_circles){.groups_count = 0};
}
