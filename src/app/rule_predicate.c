#include "app/rule_read_inner.h"
#include "base/check.h"
#include "base/span.h"
#include "wire/code.h"

#include <string.h>

#define CHILDREN_MAX 32U

const struct rule_word rule_fact_words[] = {
    {"kind", RULE_FACT_KIND},
    {"nationality", RULE_FACT_NATIONALITY},
    {"residence", RULE_FACT_RESIDENCE},
    {"residence_permit", RULE_FACT_PERMIT},
    {"establishment", RULE_FACT_ESTABLISHMENT},
    {"document_country", RULE_FACT_DOCUMENT},
    {"role", RULE_FACT_ROLE},
    {NULL, 0},
};

const struct rule_word rule_compare_words[] = {
    {">", RULE_ABOVE},
    {">=", RULE_AT_LEAST},
    {NULL, 0},
};

static const struct rule_word kind_words[] = {
    {"natural", RULE_KIND_NATURAL},
    {"legal", RULE_KIND_LEGAL},
    {NULL, 0},
};

static const struct rule_word role_words[] = {
    {"owner", RULE_ROLE_OWNER},
    {"governing_body", RULE_ROLE_GOVERNING},
    {"own_entity", RULE_ROLE_ENTITY},
    {"payment_route", RULE_ROLE_ROUTE},
    {NULL, 0},
};
_Static_assert(RULE_ROLE_ENTITY == CODE_ROLE_ENTITY && RULE_ROLE_ROUTE == CODE_ROLE_ROUTE,
               "wire/code.h names them for the administrator's agent");

static const struct rule_word method_words[] = {
    {"document", RULE_VERIFIED_DOCUMENT},
    {"proof_of_address", RULE_VERIFIED_ADDRESS},
    {"register", RULE_VERIFIED_REGISTER},
    {NULL, 0},
};

/* ---- sets ---- */

/* A set under way: in the pack's values from `first`, ascending. */
static enum fault add_value(struct rule_reading *reading, u32 node, u16 first, u16 value)
{
    struct rule_pack *pack = reading->pack;
    u32 place = first;
    while (place < pack->values_count && pack->values[place] < value) {
        place += 1;
    }
    if (place < pack->values_count && pack->values[place] == value) {
        return FAULT_NONE;
    }
    if (pack->values_count == RULE_VALUES_MAX) {
        return yaml_tree_fault(reading->tree, node, "more than %u values in the pack's predicates",
                               RULE_VALUES_MAX);
    }
    memmove(&pack->values[place + 1], &pack->values[place],
            (pack->values_count - place) * sizeof(pack->values[0]));
    pack->values[place] = value;
    pack->values_count += 1;
    return FAULT_NONE;
}

static enum fault add_country(struct rule_reading *reading, u32 node, u16 first)
{
    bool is_scalar = reading->tree->nodes[node].kind == YAML_TREE_SCALAR;
    u16 country = is_scalar ? rule_country_of(yaml_tree_span(reading->tree, node)) : 0;
    if (country == 0) {
        return yaml_tree_fault(reading->tree, node, "a country is two capital letters");
    }
    return add_value(reading, node, first, country);
}

static enum fault add_group(struct rule_reading *reading, u32 node, u16 first)
{
    const struct yaml_tree *tree = reading->tree;
    const char *name = yaml_tree_text(tree, node) + 1;
    u32 group = reading->groups == 0 ? 0 : yaml_tree_find(tree, reading->groups, name);
    if (group == 0) {
        return yaml_tree_fault(tree, node, "there is no group \"%.40s\"", name);
    }
    if (tree->nodes[group].kind != YAML_TREE_LIST || tree->nodes[group].count == 0) {
        return yaml_tree_fault(tree, group, "a list of countries is wanted here");
    }
    for (u32 at = tree->nodes[group].first; at != 0; at = tree->nodes[at].next) {
        TRY(add_country(reading, at, first));
    }
    return FAULT_NONE;
}

static enum fault add_entry(struct rule_reading *reading, u32 node, u8 kind, u16 first)
{
    u64 value = 0;
    if (kind == RULE_FACT_KIND || kind == RULE_FACT_ROLE) {
        TRY(rule_take_word(reading, node, kind == RULE_FACT_KIND ? kind_words : role_words,
                           &value));
        return add_value(reading, node, first, (u16)value);
    }
    bool is_group = reading->tree->nodes[node].kind == YAML_TREE_SCALAR &&
                    yaml_tree_text(reading->tree, node)[0] == '@';
    return is_group ? add_group(reading, node, first) : add_country(reading, node, first);
}

/* One value or group, or a list of them. */
static enum fault compile_set(struct rule_reading *reading, u32 node, u8 kind,
                              struct rule_node *leaf)
{
    const struct yaml_tree *tree = reading->tree;
    leaf->first = reading->pack->values_count;
    if (tree->nodes[node].kind == YAML_TREE_SCALAR) {
        TRY(add_entry(reading, node, kind, leaf->first));
    } else if (tree->nodes[node].kind == YAML_TREE_LIST && tree->nodes[node].count > 0) {
        for (u32 at = tree->nodes[node].first; at != 0; at = tree->nodes[at].next) {
            TRY(add_entry(reading, at, kind, leaf->first));
        }
    } else {
        return yaml_tree_fault(tree, node, "a list of values is wanted here");
    }
    leaf->count = (u16)(reading->pack->values_count - leaf->first);
    return FAULT_NONE;
}

enum fault rule_compile_names(struct rule_reading *reading, u32 list, u16 *first_out,
                              u16 *count_out)
{
    const struct yaml_tree *tree = reading->tree;
    struct rule_pack *pack = reading->pack;
    if (tree->nodes[list].kind != YAML_TREE_LIST || tree->nodes[list].count == 0) {
        return yaml_tree_fault(tree, list, "a list of names is wanted here");
    }
    *first_out = pack->names_count;
    for (u32 at = tree->nodes[list].first; at != 0; at = tree->nodes[at].next) {
        u64 name = 0;
        u32 place = *first_out;
        TRY(rule_take_name(reading, at, &name));
        while (place < pack->names_count && pack->names[place] < name) {
            place += 1;
        }
        if (place < pack->names_count && pack->names[place] == name) {
            return yaml_tree_fault(tree, at, "given before");
        }
        if (pack->names_count == RULE_NAMES_MAX) {
            return yaml_tree_fault(tree, at, "more than %u names in the pack", RULE_NAMES_MAX);
        }
        memmove(&pack->names[place + 1], &pack->names[place],
                (pack->names_count - place) * sizeof(pack->names[0]));
        pack->names[place] = name;
        pack->names_count += 1;
    }
    *count_out = (u16)(pack->names_count - *first_out);
    return FAULT_NONE;
}

/* ---- leaves ---- */

static enum fault compile_has(struct rule_reading *reading, u32 map, struct rule_node *leaf)
{
    static const char *const keys[] = {"has", "in", "not_in", "verified", "unexpired", NULL};
    const struct yaml_tree *tree = reading->tree;
    u64 value = 0;
    u32 in = yaml_tree_find(tree, map, "in");
    u32 not_in = yaml_tree_find(tree, map, "not_in");
    u32 verified = yaml_tree_find(tree, map, "verified");
    u32 unexpired = yaml_tree_find(tree, map, "unexpired");
    TRY(yaml_tree_keys(tree, map, keys));
    TRY(rule_take_word(reading, yaml_tree_find(tree, map, "has"), rule_fact_words, &value));
    leaf->op = RULE_OP_HAS;
    leaf->detail = (u8)value;
    if ((in == 0) == (not_in == 0)) {
        return yaml_tree_fault(tree, map, "has wants one of in and not_in");
    }
    leaf->flags |= not_in != 0 ? RULE_NODE_NEGATED : 0;
    TRY(compile_set(reading, in != 0 ? in : not_in, leaf->detail, leaf));
    if (verified != 0) {
        TRY(rule_take_word(reading, verified, method_words, &value));
        leaf->verified = (u8)value;
    }
    if (unexpired != 0) {
        bool is_wanted = false;
        TRY(rule_take_truth(reading, unexpired, &is_wanted));
        leaf->flags |= is_wanted ? RULE_NODE_UNEXPIRED : 0;
    }
    return FAULT_NONE;
}

/* kind: natural, role: [owner]: short for has. */
static enum fault compile_short(struct rule_reading *reading, u32 map, const char *key, u8 kind,
                                struct rule_node *leaf)
{
    leaf->op = RULE_OP_HAS;
    leaf->detail = kind;
    if (reading->tree->nodes[map].count != 1) {
        return yaml_tree_fault(reading->tree, map, "%s stands alone", key);
    }
    return compile_set(reading, yaml_tree_find(reading->tree, map, key), kind, leaf);
}

static enum fault compile_missing(struct rule_reading *reading, u32 map, struct rule_node *leaf)
{
    u64 kind = 0;
    if (reading->tree->nodes[map].count != 1) {
        return yaml_tree_fault(reading->tree, map, "unknown stands alone");
    }
    TRY(rule_take_word(reading, yaml_tree_find(reading->tree, map, "unknown"), rule_fact_words,
                       &kind));
    leaf->op = RULE_OP_MISSING;
    leaf->detail = (u8)kind;
    return FAULT_NONE;
}

static enum fault compile_listed(struct rule_reading *reading, u32 map, struct rule_node *leaf)
{
    static const char *const keys[] = {"list", "programmes", "min_state", NULL};
    static const struct rule_word states[] = {
        {"candidate", RULE_LISTING_CANDIDATE}, {"confirmed", RULE_LISTING_CONFIRMED}, {NULL, 0}};
    const struct yaml_tree *tree = reading->tree;
    u32 inner = yaml_tree_find(tree, map, "listed");
    u32 child = 0;
    u64 state = 0;
    if (tree->nodes[map].count != 1) {
        return yaml_tree_fault(tree, map, "listed stands alone");
    }
    TRY(yaml_tree_keys(tree, inner, keys));
    TRY(rule_want(reading, inner, "list", &child));
    TRY(rule_take_name(reading, child, &leaf->list));
    TRY(rule_want(reading, inner, "min_state", &child));
    TRY(rule_take_word(reading, child, states, &state));
    leaf->op = RULE_OP_LISTED;
    leaf->detail = (u8)state;
    u32 programmes = yaml_tree_find(tree, inner, "programmes");
    return programmes == 0 ? FAULT_NONE
                           : rule_compile_names(reading, programmes, &leaf->first, &leaf->count);
}

static enum fault compile_owned(struct rule_reading *reading, u32 map, struct rule_node *leaf)
{
    static const char *const keys[] = {"by",        "method",     "op", "percent",
                                       "aggregate", "or_control", NULL};
    static const struct rule_word methods[] = {{"cascade", 1}, {NULL, 0}};
    static const struct rule_word yes[] = {{"true", 1}, {NULL, 0}};
    const struct yaml_tree *tree = reading->tree;
    u32 inner = yaml_tree_find(tree, map, "owned");
    u32 child = 0;
    u64 value = 0;
    if (tree->nodes[map].count != 1) {
        return yaml_tree_fault(tree, map, "owned stands alone");
    }
    leaf->op = RULE_OP_OWNED;
    TRY(yaml_tree_keys(tree, inner, keys));
    TRY(rule_want(reading, inner, "by", &child));
    TRY(rule_take_name(reading, child, &leaf->list));
    TRY(rule_want(reading, inner, "method", &child));
    TRY(rule_take_word(reading, child, methods, &value));
    TRY(rule_want(reading, inner, "aggregate", &child));
    TRY(rule_take_word(reading, child, yes, &value));
    TRY(rule_want(reading, inner, "op", &child));
    TRY(rule_take_word(reading, child, rule_compare_words, &value));
    leaf->detail = (u8)value;
    TRY(rule_want(reading, inner, "percent", &child));
    TRY(rule_take_decimal(reading, child, 2, RULE_PERCENT_ONE, &value));
    if (value == 0) {
        return yaml_tree_fault(tree, child, "more than 0 is wanted");
    }
    leaf->percent = (u16)value;
    child = yaml_tree_find(tree, inner, "or_control");
    bool or_control = false;
    if (child != 0) {
        TRY(rule_take_truth(reading, child, &or_control));
    }
    leaf->flags = or_control ? RULE_NODE_CONTROL : 0;
    return FAULT_NONE;
}

/* ---- the tree ---- */

static enum fault emit(struct rule_reading *reading, u32 node, u32 depth, u16 *index_out);

static enum fault append(struct rule_reading *reading, u32 node, const struct rule_node *leaf,
                         u16 *index_out)
{
    struct rule_pack *pack = reading->pack;
    if (pack->nodes_count == RULE_NODES_MAX) {
        return yaml_tree_fault(reading->tree, node, "more than %u predicates in the pack",
                               RULE_NODES_MAX);
    }
    *index_out = pack->nodes_count;
    pack->nodes[pack->nodes_count] = *leaf;
    pack->nodes_count += 1;
    return FAULT_NONE;
}

static enum fault emit_connective(struct rule_reading *reading, u32 map, enum rule_op op, u32 depth,
                                  u16 *index_out)
{
    const struct yaml_tree *tree = reading->tree;
    u16 children[CHILDREN_MAX];
    u32 count = 0;
    u32 inner = tree->nodes[map].first;
    if (tree->nodes[map].count != 1) {
        return yaml_tree_fault(tree, map, "all, any and not stand alone");
    }
    if (op == RULE_OP_NOT) {
        TRY(emit(reading, inner, depth + 1, &children[0]));
        count = 1;
    } else if (tree->nodes[inner].kind != YAML_TREE_LIST || tree->nodes[inner].count == 0 ||
               tree->nodes[inner].count > CHILDREN_MAX) {
        return yaml_tree_fault(tree, inner, "a list of 1 to %u predicates is wanted here",
                               CHILDREN_MAX);
    } else {
        for (u32 at = tree->nodes[inner].first; at != 0; at = tree->nodes[at].next) {
            TRY(emit(reading, at, depth + 1, &children[count]));
            count += 1;
        }
    }
    struct rule_node node = {.op = (u8)op, .parent = RULE_NONE};
    TRY(append(reading, map, &node, index_out));
    for (u32 i = 0; i < count; i += 1) {
        reading->pack->nodes[children[i]].parent = *index_out;
    }
    return FAULT_NONE;
}

static enum fault emit_use(struct rule_reading *reading, u32 map, u32 depth, u16 *index_out)
{
    const struct yaml_tree *tree = reading->tree;
    u32 use = yaml_tree_find(tree, map, "use");
    bool is_good = tree->nodes[map].count == 1 && tree->nodes[use].kind == YAML_TREE_SCALAR;
    u32 named = !is_good || reading->predicates == 0
                    ? 0
                    : yaml_tree_find(tree, reading->predicates, yaml_tree_text(tree, use));
    if (named == 0) {
        return yaml_tree_fault(tree, use,
                               "there is no such predicate, or use does not stand alone");
    }
    return emit(reading, named, depth + 1, index_out);
}

/* Which predicate a map is: its telling key. */
static const struct rule_word predicate_words[] = {
    {"all", RULE_OP_ALL},
    {"any", RULE_OP_ANY},
    {"not", RULE_OP_NOT},
    {"has", RULE_OP_HAS},
    {"unknown", RULE_OP_MISSING},
    {"listed", RULE_OP_LISTED},
    {"owned", RULE_OP_OWNED},
    {"use", 100},
    {"kind", 101},
    {"role", 102},
    {NULL, 0},
};

static u64 telling_key(const struct yaml_tree *tree, u32 map)
{
    for (u32 i = 0; predicate_words[i].text != NULL; i += 1) {
        if (yaml_tree_find(tree, map, predicate_words[i].text) != 0) {
            return predicate_words[i].value;
        }
    }
    return 0;
}

static enum fault emit_leaf(struct rule_reading *reading, u32 map, u64 word, u16 *index_out)
{
    struct rule_node leaf = {.parent = RULE_NONE};
    switch (word) {
    case RULE_OP_HAS:
        TRY(compile_has(reading, map, &leaf));
        break;
    case RULE_OP_MISSING:
        TRY(compile_missing(reading, map, &leaf));
        break;
    case RULE_OP_LISTED:
        TRY(compile_listed(reading, map, &leaf));
        break;
    case RULE_OP_OWNED:
        TRY(compile_owned(reading, map, &leaf));
        break;
    case 101:
        TRY(compile_short(reading, map, "kind", RULE_FACT_KIND, &leaf));
        break;
    case 102:
        TRY(compile_short(reading, map, "role", RULE_FACT_ROLE, &leaf));
        break;
    default: /* not an enum: no key of the table */
        return yaml_tree_fault(reading->tree, map,
                               "a predicate is all, any, not, use, has, kind, role, unknown, "
                               "listed or owned");
    }
    return append(reading, map, &leaf, index_out);
}

static enum fault emit(struct rule_reading *reading, u32 node, u32 depth, u16 *index_out)
{
    const struct yaml_tree *tree = reading->tree;
    if (depth > RULE_DEPTH_MAX) {
        return yaml_tree_fault(tree, node, "a predicate deeper than %u, or one that uses itself",
                               RULE_DEPTH_MAX);
    }
    if (tree->nodes[node].kind != YAML_TREE_MAP) {
        return yaml_tree_fault(tree, node, "a predicate is wanted here");
    }
    u64 word = telling_key(tree, node);
    switch (word) {
    case RULE_OP_ALL:
    case RULE_OP_ANY:
    case RULE_OP_NOT:
        return emit_connective(reading, node, (enum rule_op)word, depth, index_out);
    case 100:
        return emit_use(reading, node, depth, index_out);
    default: /* not an enum: a leaf, or nothing of ours */
        return emit_leaf(reading, node, word, index_out);
    }
}

enum fault rule_compile_predicate(struct rule_reading *reading, u32 node, u16 *first_out,
                                  u16 *count_out)
{
    u16 root = 0;
    *first_out = reading->pack->nodes_count;
    TRY(emit(reading, node, 1, &root));
    CHECK(root + 1U == reading->pack->nodes_count);
    *count_out = (u16)(reading->pack->nodes_count - *first_out);
    return FAULT_NONE;
}
