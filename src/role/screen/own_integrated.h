/* Integrated ownership: which part of a company's profits ends with some nodes, over all chains and
 * circles (docs/ownership.md "Integrated ownership").
 *
 * It decides nothing; it stands beside the verdict. A part is an interval too: lower with the least
 * that registers allow, upper with the most, both rounded away from the truth. Whole circles are
 * worked off in turn until they settle; where they do not, the interval stays wide, never wrong. */
#ifndef ROLE_SCREEN_OWN_INTEGRATED_H
#define ROLE_SCREEN_OWN_INTEGRATED_H

#include "role/screen/own_view.h"

struct own_exposure {
    u32 nodes_count;
    u32 *lower; /* by node, in parts of OWN_WHOLE */
    u32 *upper;
    u32 circles_count; /* groups of nodes that hold each other */
    u32 circle_most;   /* nodes of the largest */
    u32 rounds_most;
    u32 unsettled_count; /* circles that did not settle to a part of OWN_WHOLE */
};

/* Of those who stand on one of the lists at the view's moment. FAULT_LIMIT: no memory. */
MUST_USE enum fault own_exposure_to_lists(const struct own_view *view, u64 lists,
                                          struct own_exposure **exposure_out);

/* Of the given nodes. */
MUST_USE enum fault own_exposure_to(const struct own_view *view, const u32 *nodes, u32 nodes_count,
                                    struct own_exposure **exposure_out);
void own_exposure_close(struct own_exposure *exposure); /* NULL: nothing */

#endif /* ROLE_SCREEN_OWN_INTEGRATED_H */
