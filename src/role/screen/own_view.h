/* The ownership graph as it was at one moment: who passes what to whom (docs/ownership.md
 * "Holdings").
 *
 * Of the edges that hold at the moment, those of one kind between the same two nodes become one
 * holding. Edges of one source are added up: several blocks of shares. Different sources speak of
 * the same shares: the holding is what all of them agree on, and where they contradict each other,
 * everything between the least and the most that one says.
 *
 * A node's shares in itself are no holding. They stand in its column, with what others surely hold.
 */
#ifndef ROLE_SCREEN_OWN_VIEW_H
#define ROLE_SCREEN_OWN_VIEW_H

#include "role/screen/own_graph.h"

enum own_hold_kind {
    OWN_HOLD_SHARE,
    OWN_HOLD_SHARE_INDIRECT, /* sums up a chain: never added to direct shares */
    OWN_HOLD_VOTES,
    OWN_HOLD_VOTES_INDIRECT,
    OWN_HOLD_CONTROL, /* board, influence, consolidated */
    OWN_HOLD_BEHALF,  /* this and the next two pass from an edge's target to its holder */
    OWN_HOLD_NOMINEE,
    OWN_HOLD_LINKED,
};
#define OWN_HOLD_KINDS 8U

struct own_hold {
    u32 to;
    u32 lower; /* of kinds without a share: OWN_WHOLE when the register is sure, else 0 */
    u32 upper;
    enum own_hold_kind kind;
};

/* What is said of the shares, or votes, in one node. */
struct own_column {
    u64 lower;      /* the sum of what others surely hold directly */
    u32 self_lower; /* held in itself */
    u32 self_upper;
};

struct own_view {
    const struct own_graph *graph;
    struct own_moment moment;
    u32 nodes_count;
    u32 holds_count;
    u32 edges_count; /* that hold at the moment */
    u32 *start;      /* the holdings of node n: holds[start[n]] .. holds[start[n + 1] - 1] */
    struct own_hold *holds;
    struct own_column *shares; /* by node */
    struct own_column *votes;
    u64 memory_bytes;
};

/* The graph outlives the view. FAULT_LIMIT: no memory. */
MUST_USE enum fault own_view_open(const struct own_graph *graph, struct own_moment moment,
                                  struct own_view **view_out);
void own_view_close(struct own_view *view); /* NULL: nothing */

/* How much more than the whole the column surely holds: the register contradicts itself there. */
u64 own_column_excess(const struct own_column *column);

/* Which source of a holding says its lower, and which its upper limit. */
struct own_said {
    u32 lower;
    u32 upper;
    u32 lower_source;
    u32 upper_source;
    u32 sources_count; /* 0: nothing is said */
    bool contradicted;
};

/* What the edges of one kind say, all between the same two nodes and ascending by source, as
 * own_graph_held_by has them; edges that do not hold, of other kinds or of the other directness are
 * passed over. */
struct own_said own_said_of(const struct own_graph *graph, struct own_edges edges,
                            enum own_kind kind, bool indirect, struct own_moment moment);

#endif /* ROLE_SCREEN_OWN_VIEW_H */
