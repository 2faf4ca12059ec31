/* A small YAML file as a tree in memory, for files that are data and not configuration: rule packs
 * and what belongs to them.
 *
 * Every scalar is text: there are no numbers, truths or dates here, so NO is a country. Refused
 * with file, line, key and reason: anchors, aliases, tags, repeated keys, keys that are no plain
 * words, a second document, control characters, more than the bounds below. The canonical form is
 * the same tree as JSON, keys sorted by their bytes and no blanks: equal trees, equal bytes. */
#ifndef APP_YAML_TREE_H
#define APP_YAML_TREE_H

#include "base/base.h"
#include "io/fault.h"

#define YAML_TREE_BYTES_MAX  262144U
#define YAML_TREE_NODES_MAX  8192U
#define YAML_TREE_DEPTH_MAX  16U
#define YAML_TREE_KEY_BYTES  64U
#define YAML_TREE_PATH_BYTES 160U
#define YAML_TREE_NAME_BYTES 128U

enum yaml_tree_kind { YAML_TREE_SCALAR, YAML_TREE_LIST, YAML_TREE_MAP };

/* Node 0 is the root; links of 0 lead nowhere. */
struct yaml_tree_node {
    enum yaml_tree_kind kind;
    u32 line; /* of its key, where it has one */
    u32 parent;
    u32 place; /* among its parent's children, from 0 */
    u32 first;
    u32 next;
    u32 count;
    u32 key; /* of a map's child: where its text begins */
    u32 text;
    u32 text_bytes;
};

struct yaml_tree {
    char name[YAML_TREE_NAME_BYTES]; /* what messages call the file */
    u32 nodes_count;
    u32 text_used;
    struct yaml_tree_node nodes[YAML_TREE_NODES_MAX];
    char text[YAML_TREE_BYTES_MAX * 2]; /* each piece ends with a zero */
};

/* The whole file; its root is a map. */
MUST_USE enum fault yaml_tree_read(struct span bytes, const char *name, struct yaml_tree *tree_out);

/* The child of that key; 0: there is none. */
u32 yaml_tree_find(const struct yaml_tree *tree, u32 map, const char *key);

const char *yaml_tree_key(const struct yaml_tree *tree, u32 node);
const char *yaml_tree_text(const struct yaml_tree *tree, u32 node);
struct span yaml_tree_span(const struct yaml_tree *tree, u32 node);

/* FAULT_INPUT with "NAME:LINE: rules[0].id: reason". */
__attribute__((format(printf, 3, 4))) COLD enum fault yaml_tree_fault(const struct yaml_tree *tree,
                                                                      u32 node, const char *format,
                                                                      ...);

/* Refuses keys of a map that are not in `keys` (NULL at the end). */
MUST_USE enum fault yaml_tree_keys(const struct yaml_tree *tree, u32 map, const char *const *keys);

/* The canonical form; its size, 0 when it does not fit. */
size_t yaml_tree_canonical(const struct yaml_tree *tree, u8 *target, size_t target_bytes);

#endif /* APP_YAML_TREE_H */
