/* The ownership graph: who holds, controls, acts for and pays whom, as registers and documents
 * say it (docs/ownership.md).
 *
 * A node is a company, a person or something that two of them can share, such as an address. An
 * edge is one statement: `holder` has something in `target`, with the interval in which that was so
 * in the world (valid) and the interval in which our registers said so (recorded). Shares are
 * intervals, since registers give bands. Nothing is ever overwritten: a correction ends the
 * recorded interval of the old edge and adds another.
 *
 * Importers fill an own_build and seal it; the sealed graph never changes and may be read by many
 * threads. Two keys found to name the same company become one node when the graph is sealed: node
 * numbers of the build are then translated by own_graph_node. */
#ifndef ROLE_SCREEN_OWN_GRAPH_H
#define ROLE_SCREEN_OWN_GRAPH_H

#include "base/base.h"
#include "io/fault.h"

/* Shares are parts of this. */
#define OWN_WHOLE 1000000000U

#define OWN_NONE UINT32_MAX /* no node, no source */

/* Days since 1970, UTC; negative before. An interval holds its first day and not its last. */
#define OWN_DAY_EVER  INT32_MIN /* from: nobody knows since when */
#define OWN_DAY_NEVER INT32_MAX /* until: still */

#define OWN_NODES_MAX    (1U << 28)
#define OWN_EDGES_MAX    (1U << 28)
#define OWN_LISTINGS_MAX (1U << 24)
#define OWN_SOURCES_MAX  (1U << 20)
#define OWN_LISTS_MAX    64U   /* lists that can be told apart: a rule names them by a mask */
#define OWN_TEXT_MAX     4096U /* bytes of one key, name or statement id */

enum own_node_kind {
    OWN_NODE_ENTITY,
    OWN_NODE_PERSON,
    OWN_NODE_UNKNOWN, /* the register does not say which of the two */
    OWN_NODE_ADDRESS, /* shared by those who have an edge to it, as are the next two */
    OWN_NODE_CONTACT, /* telephone, e-mail, website */
    OWN_NODE_WALLET,  /* crypto address, payout account of a pool */
};
#define OWN_NODE_KINDS 6U

/* Facts of a node that are not edges. */
#define OWN_NODE_FORMATION_AGENT (1U << 0) /* founds companies for others */
#define OWN_NODE_EXEMPT          (1U << 1) /* a reporting exception stands where the owner should */
#define OWN_NODE_TRADED          (1U << 2) /* its shares are on an exchange */
#define OWN_NODE_STATE           (1U << 3) /* a state or one of its bodies */
#define OWN_NODE_TRUST           (1U << 4) /* trust, foundation, nominee vehicle, partnership */
#define OWN_NODE_RELUCTANT       (1U << 5) /* did not explain when asked */
#define OWN_NODE_CUSTOMER        (1U << 6) /* has an account with the venue */
#define OWN_NODE_VENUE           (1U << 7) /* the venue itself or one of its own companies */
#define OWN_NODE_DESCRIBED       (1U << 8) /* a register has a record of it, not only of its ties */

/* What `holder` has in or does to `target`. */
enum own_kind {
    OWN_SHARE,        /* economic share; lower and upper count */
    OWN_VOTES,        /* voting rights; lower and upper count */
    OWN_BOARD,        /* appoints or removes the majority of the board */
    OWN_INFLUENCE,    /* dominant influence, by contract, articles or in fact */
    OWN_CONSOLIDATED, /* the holder consolidates the target's accounts (GLEIF level 2) */
    OWN_BEHALF,       /* the holder acts on behalf of the target */
    OWN_NOMINEE,      /* the holder holds in its name what belongs to the target */
    OWN_DIRECTOR,     /* the holder sits on the target's board or manages it */
    OWN_PAYMENT,      /* the holder paid the target, perhaps by way of `via` */
    OWN_ATTRIBUTE,    /* the holder has the address, contact or wallet that the target node is */
    OWN_LINKED,       /* the holder is "linked to" the target (OFAC's word, no share) */
    OWN_OTHER,        /* an interest of another or unknown nature: shown, never counted */
};
#define OWN_KINDS 12U

#define OWN_EDGE_BAND      (1U << 0) /* lower and upper are the limits of a band */
#define OWN_EDGE_UNKNOWN   (1U << 1) /* a share of unknown size: 0 to OWN_WHOLE */
#define OWN_EDGE_INDIRECT  (1U << 2) /* sums up a chain: not added to direct shares */
#define OWN_EDGE_DECLARED  (1U << 3) /* the customer said so */
#define OWN_EDGE_CONFIRMED (1U << 4) /* an officer found it so */
#define OWN_EDGE_BUY_BACK  (1U << 5) /* the former holder may buy it back */
#define OWN_EDGE_POSSIBLE  (1U << 6) /* the register only says that it may be so: never proves */
#define OWN_EDGE_FLAGS_ALL ((1U << 7) - 1U)

#define OWN_LISTING_POSSIBLE (1U << 0) /* matched by name alone: never proves */

/* Both clocks: what was so from..until, and said so by our registers from..until. */
struct own_times {
    i32 valid_from;
    i32 valid_until;
    i32 recorded_from;
    i32 recorded_until;
};

#define OWN_TIMES_ALWAYS                               \
    ((struct own_times){.valid_from = OWN_DAY_EVER,    \
                        .valid_until = OWN_DAY_NEVER,  \
                        .recorded_from = OWN_DAY_EVER, \
                        .recorded_until = OWN_DAY_NEVER})

/* The moment asked about: what was so on `valid`, as our registers said it on `known`. */
struct own_moment {
    i32 valid;
    i32 known;
};

struct own_node {
    struct span key; /* "scheme:id", the first one given */
    struct span name;
    char country[3]; /* two capitals, or empty */
    enum own_node_kind kind;
    u32 flags;   /* OWN_NODE_... */
    i32 founded; /* OWN_DAY_EVER: not known */
};

struct own_edge {
    enum own_kind kind;
    u32 flags; /* OWN_EDGE_... */
    u32 holder;
    u32 target;
    u32 via;   /* of a payment; else OWN_NONE */
    u32 lower; /* of shares and votes, in parts of OWN_WHOLE; else 0 */
    u32 upper;
    u64 amount_cents; /* of a payment, in hundredths of a euro; 0: not known */
    struct own_times times;
    u32 source;            /* own_build_source; OWN_NONE: none given */
    struct span statement; /* the statement's id or line in its source */
};

/* `node` stands on list `list` (below OWN_LISTS_MAX) under this entry number. */
struct own_listing {
    u32 node;
    u32 list;
    u32 entry;
    u32 flags;              /* OWN_LISTING_... */
    struct own_times times; /* valid_from: the day it was listed */
};

struct own_build;
struct own_graph;

/* What sealing found wrong with what was said. Nothing is dropped for it: own_flags.h names each
 * place. */
struct own_counts {
    u32 nodes;
    u32 nodes_merged; /* numbers of the build that are another node now */
    u32 edges;
    u32 listings;
    u32 self_owners;        /* share or vote edges of a node in itself */
    u32 owners_undescribed; /* own or control somebody, and no record says who they are */
    u64 memory_bytes;
};

/* ---- building ---- */

MUST_USE enum fault own_build_open(struct own_build **build_out);
void own_build_close(struct own_build *build); /* NULL: nothing */

/* The node of this key, made when it is new: of kind unknown, without a name. FAULT_INPUT: an empty
 * or overlong key. FAULT_LIMIT: full, as in all that follow. */
MUST_USE enum fault own_build_node(struct own_build *build, struct span key, u32 *node_out);

/* Sets what is known of a node; name, country and founded are kept where the new ones are empty,
 * flags are added. FAULT_INPUT: an overlong name, a country that is not two letters, a kind that
 * contradicts the one known. */
MUST_USE enum fault own_build_describe(struct own_build *build, u32 node,
                                       const struct own_node *facts);

/* The key names the same as the node. If it has a node of its own already, the two become one when
 * the graph is sealed. FAULT_INPUT: one is a company and the other a person; nothing is changed. */
MUST_USE enum fault own_build_alias(struct own_build *build, u32 node, struct span key);

/* A source: a file, a register or a document by name. The same name gives the same number. */
MUST_USE enum fault own_build_source(struct own_build *build, struct span name, u32 *source_out);

/* FAULT_INPUT: a share over the whole, lower above upper, an interval that ends before it begins, a
 * number that is no node or source; the text names holder, target and statement. Shares and votes
 * flagged OWN_EDGE_UNKNOWN become 0 to OWN_WHOLE. */
MUST_USE enum fault own_build_edge(struct own_build *build, const struct own_edge *edge,
                                   u32 *edge_out);

/* The register corrected itself on this day: from then on the edge is no longer said. */
MUST_USE enum fault own_build_retract(struct own_build *build, u32 edge, i32 recorded_until);

/* The interest ended on this day, and the register says so from `recorded` on: the edge as it stood
 * ends its recorded interval, and one with an end takes its place. */
MUST_USE enum fault own_build_end(struct own_build *build, u32 edge, i32 valid_until, i32 recorded,
                                  u32 *edge_out);

MUST_USE enum fault own_build_listing(struct own_build *build, const struct own_listing *listing);

/* A register describes this node, or one that is the same as far as is known. */
MUST_USE bool own_build_is_described(const struct own_build *build, u32 node);

u32 own_build_nodes_count(const struct own_build *build);
u32 own_build_edges_count(const struct own_build *build);

/* ---- the sealed graph ---- */

/* Takes the build's content; the build may only be closed afterwards, also after a fault. */
MUST_USE enum fault own_graph_seal(struct own_build *build, struct own_graph **graph_out);
void own_graph_close(struct own_graph *graph);

const struct own_counts *own_graph_counts(const struct own_graph *graph);

/* The sealed number of a build's node. */
u32 own_graph_node(const struct own_graph *graph, u32 build_node);

/* OWN_NONE: no such key. */
u32 own_graph_find(const struct own_graph *graph, struct span key);

/* The nodes of exactly this name, ascending, at most `nodes_max`; returns how many there are. */
u32 own_graph_find_name(const struct own_graph *graph, struct span name, u32 *nodes_out,
                        u32 nodes_max);

/* Spans point into the graph. */
void own_graph_node_read(const struct own_graph *graph, u32 node, struct own_node *node_out);
void own_graph_edge_read(const struct own_graph *graph, u32 edge, struct own_edge *edge_out);
struct span own_graph_source_name(const struct own_graph *graph, u32 source);
void own_graph_listing_read(const struct own_graph *graph, u32 listing,
                            struct own_listing *listing_out);

/* The edges that leave a node as holder, or reach it as target, ascending by the node at the other
 * end, then by source, then by number. */
struct own_edges {
    const u32 *edges;
    u32 count;
};
struct own_edges own_graph_held_by(const struct own_graph *graph, u32 holder);
struct own_edges own_graph_holders_of(const struct own_graph *graph, u32 target);

/* The payments by way of a node, ascending by edge. */
struct own_edges own_graph_payments_via(const struct own_graph *graph, u32 via);

/* The listings of a node: numbers first .. first + count - 1. */
void own_graph_listings_of(const struct own_graph *graph, u32 node, u32 *first_out, u32 *count_out);

/* The listing by which a node stands on one of the lists at that moment, or OWN_NONE: one that is
 * more than possible if there is one. */
u32 own_graph_listed(const struct own_graph *graph, u32 node, u64 lists, struct own_moment moment);

MUST_USE bool own_times_hold(const struct own_times *times, struct own_moment moment);

/* A register has a record of it, or a list an entry: more is known than what others say of their
 * ties to it. True also of addresses, contacts and wallets. */
MUST_USE bool own_graph_is_described(const struct own_graph *graph, u32 node);

/* Statements that the registers date later than this day: nobody knows them yet. *first_out: one of
 * them. */
u32 own_graph_later(const struct own_graph *graph, i32 day, u32 *first_out);

/* The holder owns or controls: share, votes, board, influence, consolidated. */
MUST_USE bool own_kind_owns(enum own_kind kind);

const char *own_kind_name(enum own_kind kind);           /* "share" */
const char *own_node_kind_name(enum own_node_kind kind); /* "entity" */

#endif /* ROLE_SCREEN_OWN_GRAPH_H */
