/* The circles of a view: groups of nodes that hold shares in each other, directly or by others. */
#ifndef ROLE_SCREEN_OWN_CIRCLES_H
#define ROLE_SCREEN_OWN_CIRCLES_H

#include "role/screen/own_view.h"

struct own_circles {
    u32 groups_count;
    u32 *group;   /* by node */
    u32 *members; /* nodes, group after group; holders' groups before those they hold */
    u32 *start;   /* group g: members[start[g]] .. members[start[g + 1] - 1] */
};

/* A node in no circle is a group of its own. FAULT_LIMIT: no memory. */
MUST_USE enum fault own_circles_open(const struct own_view *view, struct own_circles *circles_out);
void own_circles_close(struct own_circles *circles);

#endif /* ROLE_SCREEN_OWN_CIRCLES_H */
