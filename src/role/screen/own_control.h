/* Who controls a company: up the chain of those who control it whole, each by itself
 * (docs/ownership.md "Control"). What several hold together is the cascade's business.
 *
 * Control shows beside the economic part: a holder with 30 percent of the shares may control all.
 */
#ifndef ROLE_SCREEN_OWN_CONTROL_H
#define ROLE_SCREEN_OWN_CONTROL_H

#include "role/screen/own_view.h"

#define OWN_CONTROLLERS_MAX 64U

struct own_controller {
    u32 node;
    u32 over;           /* the node that it controls directly */
    u32 edge;           /* one statement that says so */
    enum own_kind kind; /* by more than half of the shares, or votes, or by which control */
    u32 depth;          /* 1: directly */
    bool is_last;       /* nobody is known to control it */
};

/* The controllers of a node, nearest first, each node once; control by two ways tells the first.
 * Returns how many, at most OWN_CONTROLLERS_MAX; more than those are cut. */
u32 own_controllers_of(const struct own_view *view, u32 node,
                       struct own_controller controllers_out[OWN_CONTROLLERS_MAX]);

#endif /* ROLE_SCREEN_OWN_CONTROL_H */
