/* Routed payments: the shortest way from an account's holder to somebody blocked, over payments,
 * ownership and what two of them share (docs/ownership.md "Paths").
 *
 * A way has at most six hops, in either direction of each edge: from payer to intermediary is one,
 * from a company to its address and on to its neighbour there are two. Payments must follow each
 * other in time: where the way goes with the money, not before the payment crossed last, where it
 * goes against it, not after. Every other edge must hold on the day of the payment crossed last, or
 * on the day of the payment asked about while none was. A payment known to lie between two days may
 * have been on any of them, if one choice of days fits the whole way. Of ways of the same length
 * the one over the latest payment is told. A way is a reason to look, never a verdict. */
#ifndef ROLE_SCREEN_OWN_PATH_H
#define ROLE_SCREEN_OWN_PATH_H

#include "role/screen/own_cascade.h"

#define OWN_HOPS_MAX 6U

/* Everything but interests of an unknown nature. */
#define OWN_PATH_KINDS (((1U << OWN_KINDS) - 1U) & ~(1U << OWN_OTHER))

struct own_path_query {
    const struct own_cascade *cascade; /* its view's moment: the payment asked about, as known */
    u32 from;
    u32 kinds;      /* bits 1 << enum own_kind */
    i32 since;      /* payments of earlier days are not looked at */
    u32 hops_max;   /* at most OWN_HOPS_MAX */
    u32 crowd_max;  /* what more than so many share connects nobody: skipped, and counted */
    u32 states_max; /* nodes with days visited; beyond, the search is not complete */
};

/* since: 90 days before the moment; crowd_max 200; states_max 2^18. */
struct own_path_query own_path_query_default(const struct own_cascade *cascade, u32 from);

struct own_hop {
    u32 from;
    u32 to;
    u32 edge;
    i32 first; /* the days on which the payment crossed last, this one included, may have been */
    i32 last;
};

struct own_path {
    bool found;
    bool complete; /* false: states_max was reached, and "not found" says little */
    u32 goal;
    enum own_verdict verdict; /* of the goal: blocked before undetermined, whatever is nearer */
    u32 hops_count;
    struct own_hop hops[OWN_HOPS_MAX];
    u32 states_count;
    u32 crowds_skipped;
};

/* FAULT_LIMIT: no memory. */
MUST_USE enum fault own_path_find(const struct own_path_query *query, struct own_path *path_out);

#endif /* ROLE_SCREEN_OWN_PATH_H */
