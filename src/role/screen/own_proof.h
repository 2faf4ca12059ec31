/* Why a verdict: the few statements that prove it, in an order in which a human can follow them
 * (docs/ownership.md "Why").
 *
 * Each step says of one node that it is listed, or that nodes of earlier steps hold enough of it,
 * with the statements that say so; the last step is the node asked about. Nothing in it can be left
 * out: without any one statement of a blocked verdict, or any one holding of an undetermined one,
 * it proves nothing. own_proof_check follows a proof without the engine, by the edges alone. */
#ifndef ROLE_SCREEN_OWN_PROOF_H
#define ROLE_SCREEN_OWN_PROOF_H

#include "role/screen/own_cascade.h"

enum own_because {
    OWN_BECAUSE_LISTED,
    OWN_BECAUSE_SHARES,
    OWN_BECAUSE_VOTES,
    OWN_BECAUSE_CONTROL, /* board, influence or consolidated: the edge says which */
    OWN_BECAUSE_NOMINEE,
    OWN_BECAUSE_BEHALF,
    OWN_BECAUSE_LINKED,
};
#define OWN_BECAUSES 7U

struct own_step {
    u32 node;
    enum own_because because;
    u32 listing;     /* of LISTED; else OWN_NONE */
    u32 edges_first; /* in the proof's edges */
    u32 edges_count;
    u64 held_lower; /* of SHARES and VOTES: what the step's holders hold together */
    u64 held_upper;
    u64 need; /* what that had to reach: the sure run looks at lower, the possible one at upper */
};

#define OWN_PROOF_NOTE_BYTES 160U

struct own_proof {
    u32 node;
    enum own_run run; /* SURE: it is blocked; POSSIBLE: it may be, so it is undetermined */
    u32 steps_count;  /* 0: the verdict is clear, or the cascade began with the node by number */
    u32 edges_count;
    struct own_step *steps;
    u32 *edges;
};

/* The proof of the verdict on a node. FAULT_LIMIT: no memory. */
MUST_USE enum fault own_proof_make(const struct own_cascade *cascade, u32 node,
                                   struct own_proof **proof_out);
void own_proof_close(struct own_proof *proof); /* NULL: nothing */

/* Whether the edges of the graph bear out every step; `note_out` says why not. */
MUST_USE bool own_proof_check(const struct own_proof *proof, const struct own_graph *graph,
                              struct own_moment moment, const struct own_rule *rule, u64 lists,
                              char note_out[OWN_PROOF_NOTE_BYTES]);

/* What those reached by the run hold in a node, shares or votes, as far as it is known. */
struct own_tally own_held(const struct own_cascade *cascade, enum own_run run, u32 node,
                          enum own_kind kind);

const char *own_because_name(enum own_because because); /* "shares" */

#endif /* ROLE_SCREEN_OWN_PROOF_H */
