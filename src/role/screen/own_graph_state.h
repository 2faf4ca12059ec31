/* Inside of own_build and own_graph (own_graph.h): the rows, and how they grow. */
#ifndef ROLE_SCREEN_OWN_GRAPH_STATE_H
#define ROLE_SCREEN_OWN_GRAPH_STATE_H

#include "role/screen/own_graph.h"

/* A piece of the text pool. */
struct own_text {
    u32 at;
    u32 bytes;
};

struct own_key_row {
    struct own_text text;
    u32 node;
};

struct own_node_row {
    struct own_text key;
    struct own_text name;
    i32 founded;
    u32 flags;
    u32 same; /* another node of the build that is the same, or itself */
    u8 kind;
    char country[3];
};

struct own_edge_row {
    u32 holder;
    u32 target;
    u32 via;
    u32 lower;
    u32 upper;
    u32 source;
    u64 amount_cents;
    struct own_times times;
    struct own_text statement;
    u8 kind;
    u8 flags;
};

/* Rows that grow by doubling, up to a named limit. */
struct own_rows {
    void *rows;
    u32 count;
    u32 capacity;
};

/* Keys by hash: open addressing, at most half full; a slot holds the row's number plus 1. */
struct own_key_table {
    struct own_rows keys; /* struct own_key_row */
    u32 *slots;
    u32 slots_count; /* a power of two, or 0 */
    u64 seed;        /* by chance, so that nobody can choose keys that collide */
};

struct own_build {
    struct own_rows text;     /* u8 */
    struct own_rows nodes;    /* struct own_node_row */
    struct own_rows edges;    /* struct own_edge_row */
    struct own_rows listings; /* struct own_listing */
    struct own_rows sources;  /* struct own_text */
    struct own_key_table node_keys;
    struct own_key_table source_keys;
};

/* Edges by one of their nodes: those of node n are order[start[n]] .. order[start[n + 1] - 1]. */
struct own_order {
    u32 *start;
    u32 *order;
};

struct own_graph {
    struct own_build content; /* nodes and edges renumbered */
    u32 *number_of;           /* build number -> sealed number */
    u32 numbers_count;
    u32 *listings_start; /* by node */
    struct own_order by_holder;
    struct own_order by_target;
    struct own_order by_via;
    struct own_counts counts;
};

/* Gives back what the build holds. */
void own_build_clear(struct own_build *build);

/* The row's number, or OWN_NONE. */
u32 own_keys_find(const struct own_build *build, const struct own_key_table *table,
                  struct span key);

/* The node that stands for all that were said to be the same: the one with the lowest number. */
u32 own_build_root(const struct own_build *build, u32 node);

ALWAYS_INLINE struct span own_text_span(const struct own_build *build, struct own_text text)
{
    const u8 *bytes = (const u8 *)build->text.rows;
    return (struct span){.data = text.bytes == 0 ? NULL : bytes + text.at, .size = text.bytes};
}

#endif /* ROLE_SCREEN_OWN_GRAPH_STATE_H */
