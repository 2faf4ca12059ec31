/* Trade groups: companies in one declared or confirmed web (docs/ownership.md "Trade groups").
 *
 * Who controls a company, or holds more than half of it, is in one group with it; and a group that
 * together holds more than half of another company's shares or votes takes it in. Only statements
 * count that the customer declared or an officer confirmed: the group's number is visible to its
 * members, and nothing inferred may show there. Possible statements never count. */
#ifndef ROLE_SCREEN_OWN_GROUP_H
#define ROLE_SCREEN_OWN_GROUP_H

#include "role/screen/own_graph.h"

struct own_groups {
    u32 nodes_count;
    u32 *group;       /* by node: the lowest node of its group; a node alone has its own number */
    u32 groups_count; /* of two nodes and more */
};

/* FAULT_LIMIT: no memory. */
MUST_USE enum fault own_groups_open(const struct own_graph *graph, struct own_moment moment,
                                    struct own_groups *groups_out);
void own_groups_close(struct own_groups *groups);

#endif /* ROLE_SCREEN_OWN_GROUP_H */
