#include "base/check.h"
#include "base/hash.h"
#include "base/span.h"
#include "io/entropy.h"
#include "role/screen/own_graph_state.h"

#include <stdlib.h>
#include <string.h>

#define ROWS_FIRST     1024U
#define TEXT_BYTES_MAX (UINT32_MAX - OWN_TEXT_MAX)

/* For fault texts: size, then data. */
#define TEXT_SHOWN(text) (int)(text).size, (const char *)(text).data

static enum fault rows_reserve(struct own_rows *rows, u32 more, size_t size, u32 max,
                               const char *what)
{
    if (more > max || rows->count > max - more) {
        return FAULT(FAULT_LIMIT, "ownership graph: more than %u %s", max, what);
    }
    u32 needed = rows->count + more;
    if (needed <= rows->capacity) {
        return FAULT_NONE;
    }
    u64 capacity = u64_min(max, u64_max(ROWS_FIRST, u64_power_of_two_ceil(needed)));
    void *grown = realloc(rows->rows, (size_t)capacity * size);
    if (grown == NULL) {
        return FAULT(FAULT_LIMIT, "ownership graph: no memory for %llu %s",
                     (unsigned long long)capacity, what);
    }
    rows->rows = grown;
    rows->capacity = (u32)capacity;
    return FAULT_NONE;
}

static enum fault text_keep(struct own_build *build, struct span bytes, struct own_text *text_out)
{
    CHECK(bytes.size <= OWN_TEXT_MAX);
    u32 size = (u32)bytes.size;
    TRY(rows_reserve(&build->text, size, 1, TEXT_BYTES_MAX, "bytes of text"));
    *text_out = (struct own_text){.at = build->text.count, .bytes = size};
    if (size > 0) {
        memcpy((u8 *)build->text.rows + build->text.count, bytes.data, size);
    }
    build->text.count += size;
    return FAULT_NONE;
}

/* ---- keys ---- */

static struct own_key_row *key_row(const struct own_key_table *table, u32 index)
{
    CHECK(index < table->keys.count);
    return (struct own_key_row *)table->keys.rows + index;
}

static u64 key_hash(const struct own_key_table *table, struct span key)
{
    return hash_bytes(key.data, key.size, table->seed);
}

u32 own_keys_find(const struct own_build *build, const struct own_key_table *table, struct span key)
{
    if (table->slots_count == 0) {
        return OWN_NONE;
    }
    u32 mask = table->slots_count - 1;
    u32 slot = (u32)key_hash(table, key) & mask;
    for (u32 probes = 0; probes < table->slots_count; probes += 1) {
        u32 filled = table->slots[slot];
        if (filled == 0) {
            return OWN_NONE;
        }
        if (span_equal(own_text_span(build, key_row(table, filled - 1)->text), key)) {
            return filled - 1;
        }
        slot = (slot + 1) & mask;
    }
    return OWN_NONE;
}

static void slot_fill(const struct own_build *build, struct own_key_table *table, u32 index)
{
    u32 mask = table->slots_count - 1;
    u32 slot = (u32)key_hash(table, own_text_span(build, key_row(table, index)->text)) & mask;
    while (table->slots[slot] != 0) { /* at most half are filled */
        slot = (slot + 1) & mask;
    }
    table->slots[slot] = index + 1;
}

static enum fault slots_grow(const struct own_build *build, struct own_key_table *table)
{
    u32 wanted = (u32)u64_power_of_two_ceil(2 * (u64)table->keys.capacity);
    if (wanted <= table->slots_count) {
        return FAULT_NONE;
    }
    u32 *slots = calloc(wanted, sizeof(*slots));
    if (slots == NULL) {
        return FAULT(FAULT_LIMIT, "ownership graph: no memory for %u keys", wanted / 2);
    }
    free(table->slots);
    table->slots = slots;
    table->slots_count = wanted;
    for (u32 index = 0; index < table->keys.count; index += 1) {
        slot_fill(build, table, index);
    }
    return FAULT_NONE;
}

static enum fault key_add(struct own_build *build, struct own_key_table *table, struct span key,
                          u32 node)
{
    struct own_key_row row = {.node = node};
    TRY(rows_reserve(&table->keys, 1, sizeof(row), OWN_NODES_MAX, "keys"));
    TRY(slots_grow(build, table));
    TRY(text_keep(build, key, &row.text));
    ((struct own_key_row *)table->keys.rows)[table->keys.count] = row;
    table->keys.count += 1;
    slot_fill(build, table, table->keys.count - 1);
    return FAULT_NONE;
}

static enum fault text_check(struct span text, bool may_be_empty, const char *what)
{
    if (text.size > OWN_TEXT_MAX) {
        return FAULT(FAULT_INPUT, "a %s of %zu bytes, at most %u", what, text.size, OWN_TEXT_MAX);
    }
    if (text.size == 0 && !may_be_empty) {
        return FAULT(FAULT_INPUT, "an empty %s", what);
    }
    return FAULT_NONE;
}

/* ---- nodes ---- */

static struct own_node_row *node_row(const struct own_build *build, u32 node)
{
    CHECK(node < build->nodes.count);
    return (struct own_node_row *)build->nodes.rows + node;
}

u32 own_build_root(const struct own_build *build, u32 node)
{
    struct own_node_row *row = node_row(build, node);
    while (row->same != node) { /* ever lower numbers; halves the way for the next who asks */
        row->same = node_row(build, row->same)->same;
        node = row->same;
        row = node_row(build, node);
    }
    return node;
}

enum fault own_build_open(struct own_build **build_out)
{
    struct own_build *build = calloc(1, sizeof(*build));
    if (build == NULL) {
        return FAULT(FAULT_LIMIT, "ownership graph: no memory");
    }
    enum fault fault = entropy_fill((u8 *)&build->node_keys.seed, sizeof(build->node_keys.seed));
    if (fault != FAULT_NONE) {
        free(build);
        return fault;
    }
    build->source_keys.seed = build->node_keys.seed;
    *build_out = build;
    return FAULT_NONE;
}

void own_build_close(struct own_build *build)
{
    if (build != NULL) {
        own_build_clear(build);
        free(build);
    }
}

void own_build_clear(struct own_build *build)
{
    free(build->text.rows);
    free(build->nodes.rows);
    free(build->edges.rows);
    free(build->listings.rows);
    free(build->sources.rows);
    free(build->node_keys.keys.rows);
    free(build->node_keys.slots);
    free(build->source_keys.keys.rows);
    free(build->source_keys.slots);
}

enum fault own_build_node(struct own_build *build, struct span key, u32 *node_out)
{
    TRY(text_check(key, false, "key"));
    u32 found = own_keys_find(build, &build->node_keys, key);
    if (found != OWN_NONE) {
        *node_out = key_row(&build->node_keys, found)->node;
        return FAULT_NONE;
    }
    u32 node = build->nodes.count;
    TRY(rows_reserve(&build->nodes, 1, sizeof(struct own_node_row), OWN_NODES_MAX, "nodes"));
    TRY(key_add(build, &build->node_keys, key, node));
    ((struct own_node_row *)build->nodes.rows)[node] = (struct own_node_row){
        .key = key_row(&build->node_keys, build->node_keys.keys.count - 1)->text,
        .founded = OWN_DAY_EVER,
        .same = node,
        .kind = OWN_NODE_UNKNOWN,
    };
    build->nodes.count += 1;
    *node_out = node;
    return FAULT_NONE;
}

static bool kinds_agree(u8 a, u8 b)
{
    return a == b || a == OWN_NODE_UNKNOWN || b == OWN_NODE_UNKNOWN;
}

static bool is_country(const char country[3])
{
    return country[0] >= 'A' && country[0] <= 'Z' && country[1] >= 'A' && country[1] <= 'Z' &&
           country[2] == 0;
}

enum fault own_build_describe(struct own_build *build, u32 node, const struct own_node *facts)
{
    CHECK(facts->kind < OWN_NODE_KINDS);
    struct own_node_row *row = node_row(build, own_build_root(build, node));
    struct span key = own_text_span(build, row->key);
    TRY(text_check(facts->name, true, "name"));
    if (facts->country[0] != 0 && !is_country(facts->country)) {
        return FAULT(FAULT_INPUT, "%.*s: a country that is not two capitals", TEXT_SHOWN(key));
    }
    if (!kinds_agree(row->kind, (u8)facts->kind)) {
        return FAULT(FAULT_INPUT, "%.*s: said to be of kind %s, and of kind %s", TEXT_SHOWN(key),
                     own_node_kind_name((enum own_node_kind)row->kind),
                     own_node_kind_name(facts->kind));
    }
    if (facts->name.size > 0) {
        TRY(text_keep(build, facts->name, &row->name));
    }
    if (facts->kind != OWN_NODE_UNKNOWN) {
        row->kind = (u8)facts->kind;
    }
    if (facts->country[0] != 0) {
        memcpy(row->country, facts->country, sizeof(row->country));
    }
    if (facts->founded != OWN_DAY_EVER) {
        row->founded = facts->founded;
    }
    row->flags |= facts->flags;
    return FAULT_NONE;
}

bool own_build_is_described(const struct own_build *build, u32 node)
{
    return (node_row(build, own_build_root(build, node))->flags & OWN_NODE_DESCRIBED) != 0;
}

static void nodes_join(struct own_build *build, u32 kept, u32 other)
{
    struct own_node_row *to = node_row(build, kept);
    const struct own_node_row *from = node_row(build, other);
    if (to->name.bytes == 0) {
        to->name = from->name;
    }
    if (to->kind == OWN_NODE_UNKNOWN) {
        to->kind = from->kind;
    }
    if (to->country[0] == 0) {
        memcpy(to->country, from->country, sizeof(to->country));
    }
    if (to->founded == OWN_DAY_EVER) {
        to->founded = from->founded;
    }
    to->flags |= from->flags;
    node_row(build, other)->same = kept;
}

enum fault own_build_alias(struct own_build *build, u32 node, struct span key)
{
    TRY(text_check(key, false, "key"));
    u32 found = own_keys_find(build, &build->node_keys, key);
    if (found == OWN_NONE) {
        return key_add(build, &build->node_keys, key, own_build_root(build, node));
    }
    u32 a = own_build_root(build, node);
    u32 b = own_build_root(build, key_row(&build->node_keys, found)->node);
    if (a == b) {
        return FAULT_NONE;
    }
    if (!kinds_agree(node_row(build, a)->kind, node_row(build, b)->kind)) {
        struct span first = own_text_span(build, node_row(build, a)->key);
        return FAULT(FAULT_INPUT, "%.*s and %.*s cannot be the same: %s and %s", TEXT_SHOWN(first),
                     TEXT_SHOWN(key),
                     own_node_kind_name((enum own_node_kind)node_row(build, a)->kind),
                     own_node_kind_name((enum own_node_kind)node_row(build, b)->kind));
    }
    nodes_join(build, a < b ? a : b, a < b ? b : a);
    return FAULT_NONE;
}

enum fault own_build_source(struct own_build *build, struct span name, u32 *source_out)
{
    TRY(text_check(name, false, "name of a source"));
    u32 found = own_keys_find(build, &build->source_keys, name);
    if (found != OWN_NONE) {
        *source_out = key_row(&build->source_keys, found)->node;
        return FAULT_NONE;
    }
    u32 source = build->sources.count;
    TRY(rows_reserve(&build->sources, 1, sizeof(struct own_text), OWN_SOURCES_MAX, "sources"));
    TRY(key_add(build, &build->source_keys, name, source));
    ((struct own_text *)build->sources.rows)[source] =
        key_row(&build->source_keys, build->source_keys.keys.count - 1)->text;
    build->sources.count += 1;
    *source_out = source;
    return FAULT_NONE;
}

/* ---- edges ---- */

static bool times_run(const struct own_times *times)
{
    return times->valid_from <= times->valid_until && times->recorded_from <= times->recorded_until;
}

/* What is wrong with it, or NULL. */
static const char *edge_wrong(const struct own_build *build, const struct own_edge *edge)
{
    bool has_share = edge->kind == OWN_SHARE || edge->kind == OWN_VOTES;
    if (edge->via != OWN_NONE && (edge->kind != OWN_PAYMENT || edge->via >= build->nodes.count)) {
        return "an intermediary that is none";
    }
    if (edge->source != OWN_NONE && edge->source >= build->sources.count) {
        return "a source that is none";
    }
    if (!times_run(&edge->times)) {
        return "an interval ends before it begins";
    }
    if (has_share && edge->upper > OWN_WHOLE) {
        return "a share over the whole";
    }
    if (has_share && edge->lower > edge->upper) {
        return "the lower limit of a share is above the upper";
    }
    if (!has_share && (edge->lower != 0 || edge->upper != 0)) {
        return "a share where the kind has none";
    }
    if (edge->kind != OWN_PAYMENT && edge->amount_cents != 0) {
        return "an amount where the kind has none";
    }
    if ((edge->flags & ~OWN_EDGE_FLAGS_ALL) != 0 || edge->statement.size > OWN_TEXT_MAX) {
        return "unknown flags, or an overlong statement id";
    }
    return NULL;
}

static struct own_edge_row *edge_row(const struct own_build *build, u32 edge)
{
    CHECK(edge < build->edges.count);
    return (struct own_edge_row *)build->edges.rows + edge;
}

static enum fault edge_keep(struct own_build *build, const struct own_edge_row *row, u32 *edge_out)
{
    TRY(rows_reserve(&build->edges, 1, sizeof(*row), OWN_EDGES_MAX, "edges"));
    ((struct own_edge_row *)build->edges.rows)[build->edges.count] = *row;
    *edge_out = build->edges.count;
    build->edges.count += 1;
    return FAULT_NONE;
}

enum fault own_build_edge(struct own_build *build, const struct own_edge *edge, u32 *edge_out)
{
    CHECK(edge->kind < OWN_KINDS);
    if (edge->holder >= build->nodes.count || edge->target >= build->nodes.count) {
        return FAULT(FAULT_INPUT, "an edge between nodes that are not there");
    }
    struct own_edge said = *edge;
    bool has_share = said.kind == OWN_SHARE || said.kind == OWN_VOTES;
    if (has_share && (said.flags & OWN_EDGE_UNKNOWN) != 0) {
        said.lower = 0;
        said.upper = OWN_WHOLE;
    }
    const char *wrong = edge_wrong(build, &said);
    if (wrong != NULL) {
        struct span holder = own_text_span(build, node_row(build, said.holder)->key);
        struct span target = own_text_span(build, node_row(build, said.target)->key);
        struct span statement = said.statement;
        statement.size = (size_t)u64_min(statement.size, 100);
        return FAULT(FAULT_INPUT, "%s of %.*s in %.*s, statement %.*s: %s",
                     own_kind_name(said.kind), TEXT_SHOWN(holder), TEXT_SHOWN(target),
                     TEXT_SHOWN(statement), wrong);
    }
    struct own_edge_row row = {
        .holder = said.holder,
        .target = said.target,
        .via = said.via,
        .lower = said.lower,
        .upper = said.upper,
        .source = said.source,
        .amount_cents = said.amount_cents,
        .times = said.times,
        .kind = (u8)said.kind,
        .flags = (u8)said.flags,
    };
    TRY(text_keep(build, said.statement, &row.statement));
    return edge_keep(build, &row, edge_out);
}

enum fault own_build_retract(struct own_build *build, u32 edge, i32 recorded_until)
{
    struct own_edge_row *row = edge_row(build, edge);
    if (recorded_until < row->times.recorded_from) {
        return FAULT(FAULT_INPUT, "statement %.*s: taken back before it was made",
                     TEXT_SHOWN(own_text_span(build, row->statement)));
    }
    if (recorded_until < row->times.recorded_until) {
        row->times.recorded_until = recorded_until;
    }
    return FAULT_NONE;
}

enum fault own_build_end(struct own_build *build, u32 edge, i32 valid_until, i32 recorded,
                         u32 *edge_out)
{
    struct own_edge_row row = *edge_row(build, edge);
    if (valid_until < row.times.valid_from) {
        return FAULT(FAULT_INPUT, "statement %.*s: ended before it began",
                     TEXT_SHOWN(own_text_span(build, row.statement)));
    }
    row.times.valid_until = valid_until;
    row.times.recorded_from = recorded;
    row.times.recorded_until = OWN_DAY_NEVER;
    TRY(own_build_retract(build, edge, recorded));
    return edge_keep(build, &row, edge_out);
}

enum fault own_build_listing(struct own_build *build, const struct own_listing *listing)
{
    if (listing->node >= build->nodes.count || listing->list >= OWN_LISTS_MAX) {
        return FAULT(FAULT_INPUT, "a listing of a node or on a list that is not there");
    }
    if (!times_run(&listing->times)) {
        return FAULT(FAULT_INPUT, "the listing of %.*s ends before it begins",
                     TEXT_SHOWN(own_text_span(build, node_row(build, listing->node)->key)));
    }
    TRY(rows_reserve(&build->listings, 1, sizeof(*listing), OWN_LISTINGS_MAX, "listings"));
    ((struct own_listing *)build->listings.rows)[build->listings.count] = *listing;
    build->listings.count += 1;
    return FAULT_NONE;
}

u32 own_build_nodes_count(const struct own_build *build)
{
    return build->nodes.count;
}

u32 own_build_edges_count(const struct own_build *build)
{
    return build->edges.count;
}
