/* What registers say of relationships, version by version, until the edges can be made.
 *
 * A relationship is a record with an id; each statement about it is a version with the day it was
 * recorded and the interests it then had. A later version replaces an earlier one from its day on,
 * but not the past: what held before the day from which the later one speaks is still said. So a
 * share of 100 % since 2002 and a later version of 40 % since 2021-09-24 give 100 % from 2002 until
 * that day, and 40 % since. An interest that a later version does not name any more ended on that
 * version's day. A version that says the same again changes nothing.
 *
 * An indirect interest may name the records of the chain that it sums up. When at least two
 * relationships of them are there and each has a share of known size, the chain speaks for itself,
 * and the interest becomes OWN_EDGE_POSSIBLE: it proves nothing that the chain does not. */
#ifndef ROLE_SCREEN_OWN_READ_ROWS_H
#define ROLE_SCREEN_OWN_READ_ROWS_H

#include "role/screen/own_graph.h"
#include "role/screen/own_read_texts.h"

#define OWN_INTERESTS_MAX  65U  /* of one version */
#define OWN_COMPONENTS_MAX 256U /* records of which an indirect interest is made up */

/* An interest: what an edge says, and which of the register's own kinds it is. */
struct own_interest {
    u16 type; /* two of one type are the same interest at two times */
    u8 kind;  /* enum own_kind */
    u32 flags;
    u32 lower;
    u32 upper;
    i32 from;
    i32 until;
};

struct own_version {
    u32 holder; /* nodes of the build */
    u32 target;
    u32 source;
    struct span statement;
    i32 day; /* recorded; OWN_DAY_EVER: not known */
    u32 second;
    bool is_closed;
    u32 interests_count;
    u32 components_count;
    struct own_interest interests[OWN_INTERESTS_MAX];
    struct span components[OWN_COMPONENTS_MAX];
};

struct own_rows_book {
    struct own_read_texts records;
    struct own_read_texts ids; /* of statements */
    struct own_version_row *versions;
    u32 versions_count;
    u32 versions_capacity;
    struct own_interest *interests;
    u32 interests_count;
    u32 interests_capacity;
    struct own_component_row *components;
    u32 components_count;
    u32 components_capacity;
};

MUST_USE enum fault own_rows_open(struct own_rows_book *book);
void own_rows_close(struct own_rows_book *book);

MUST_USE enum fault own_rows_take(struct own_rows_book *book, struct span record,
                                  const struct own_version *version);

/* Makes the edges; afterwards the book is empty. */
MUST_USE enum fault own_rows_build(struct own_rows_book *book, struct own_build *build,
                                   u64 *edges_out);

#endif /* ROLE_SCREEN_OWN_READ_ROWS_H */
