/* Red flags and bad data: what an officer should look at (docs/ownership.md "Flags").
 *
 * A flag is a fact with a weight and the source that calls it one. It restricts nobody: it opens a
 * review. Bad data are flags of the register: shares over the whole, nodes that own themselves,
 * circles without an outside owner, sources that contradict each other. They are counted and named
 * with entity and documents, and the statements stay in the graph. */
#ifndef ROLE_SCREEN_OWN_FLAGS_H
#define ROLE_SCREEN_OWN_FLAGS_H

#include "role/screen/own_circles.h"
#include "role/screen/own_view.h"

enum own_flag {
    /* of the register */
    OWN_FLAG_OVER_WHOLE,
    OWN_FLAG_SELF_OWNER,
    OWN_FLAG_CLOSED_CIRCLE,
    OWN_FLAG_CONTRADICTED,
    /* of ownership */
    OWN_FLAG_CIRCLE,
    OWN_FLAG_COUNTRIES,
    OWN_FLAG_NO_PERSON,
    OWN_FLAG_MOVED,
    OWN_FLAG_BUY_BACK,
    OWN_FLAG_NOMINEE,
    OWN_FLAG_TRUST,
    OWN_FLAG_UNDESCRIBED,
    /* of what is shared, and of boards */
    OWN_FLAG_LISTED_ADDRESS,
    OWN_FLAG_CROWDED_ADDRESS,
    OWN_FLAG_SHARED_WALLET,
    OWN_FLAG_MANY_BOARDS,
    OWN_FLAG_AGENT_DIRECTOR,
    /* of payments and conduct */
    OWN_FLAG_OTHER_PAYER,
    OWN_FLAG_YOUNG_VOLUME,
    OWN_FLAG_JUST_UNDER,
    OWN_FLAG_IN_AND_OUT,
    OWN_FLAG_RELUCTANT,
};
#define OWN_FLAGS         22U
#define OWN_FLAGS_OF_DATA 4U /* the first ones */

struct own_flag_row {
    const char *name; /* "over_whole" */
    u32 weight;       /* 1 .. 100, for the order in the officers' queue */
    const char *source;
    const char *text;
};

struct own_found {
    enum own_flag flag;
    u32 node;
    u32 other; /* the listed one, director, payer, owner, who is exempt; or OWN_NONE */
    u32 edge;  /* the statement, or OWN_NONE */
    u64 value; /* parts, days, countries, companies or cents, as the flag's text says */
};

/* What counts as many, near, young, large. */
struct own_flag_limits {
    u32 moved_days;        /* about a listing */
    u32 countries;         /* in one chain */
    u32 address_companies; /* at one address */
    u32 boards;            /* of one person */
    u32 payment_days;      /* how far back payments are looked at */
    u32 young_days;
    u64 young_cents;
    u64 under_cents; /* the threshold under which payments stay */
    u32 under_count;
    u32 collect_count; /* payers into one */
};

extern const struct own_flag_limits own_flag_limits_default;

struct own_flag_scene {
    const struct own_view *view;
    const struct own_circles *circles; /* of the view */
    u64 lists;
    bool is_customer; /* the node asked about, whatever its register says */
    struct own_flag_limits limits;
};

#define OWN_FOUND_MAX      66U   /* flags of one node: three of each kind */
#define OWN_WALK_NODES_MAX 4096U /* owners looked at above one node */

const struct own_flag_row *own_flag_row_of(enum own_flag flag);

/* The flags of one node, ascending; at most OWN_FOUND_MAX, at most three of a kind. */
u32 own_flags_of(const struct own_flag_scene *scene, u32 node,
                 struct own_found found_out[OWN_FOUND_MAX]);

struct own_data_counts {
    u32 over_whole;
    u32 self_owners;
    u32 closed_circles;
    u32 contradicted;
};

/* Goes over the whole view for what is wrong with its data; `found` may be NULL. */
void own_data_check(const struct own_flag_scene *scene,
                    void (*found)(void *context, const struct own_found *found), void *context,
                    struct own_data_counts *counts_out);

/* The same for one node and its circle. */
void own_data_check_node(const struct own_flag_scene *scene, u32 node,
                         void (*found)(void *context, const struct own_found *found),
                         void *context);

#define OWN_FOUND_TEXT_BYTES 960U

/* "KEY (NAME): over_whole: shares of 110 % in all: SOURCE STATEMENT 60 %, ...": entity and
 * documents, cut to size. */
void own_found_print(const struct own_view *view, const struct own_found *found,
                     char target[OWN_FOUND_TEXT_BYTES]);

#endif /* ROLE_SCREEN_OWN_FLAGS_H */
