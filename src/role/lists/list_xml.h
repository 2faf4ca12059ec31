/* XML files of lists: record by record, each as a small tree.
 *
 * Read with expat, a chunk at a time. Elements of the names that the visitor asks for are records:
 * everything inside becomes a tree, which lives until the visitor returns; the rest of the file is
 * passed over, but for the outermost element and its attributes. Names lose their prefix
 * ("ns2:entity" is "entity"). A document type with its entities is refused: no list needs one. */
#ifndef ROLE_LISTS_LIST_XML_H
#define ROLE_LISTS_LIST_XML_H

#include "role/lists/list_reader.h"

#define XML_NODES_MAX      65536U /* of one record */
#define XML_ATTRIBUTES_MAX 65536U
#define XML_TEXT_BYTES     (4U << 20)
#define XML_DEPTH_MAX      64U

struct xml_attribute {
    struct span name;
    struct span value;
};

struct xml_node {
    struct span name;
    struct span text; /* trimmed, of an element without elements in it */
    u64 line;
    const struct xml_attribute *attributes;
    u32 attributes_count;
    struct xml_node *first;
    struct xml_node *last;
    struct xml_node *next;
    struct xml_node *parent;
};

struct xml_visitor {
    const char *const *records; /* names; NULL ends them */
    enum fault (*visit)(struct xml_visitor *visitor, const struct xml_node *record);
    /* The outermost element, without what is in it. NULL: not wanted. */
    enum fault (*root)(struct xml_visitor *visitor, const struct xml_node *root);
};

/* Reads the current file to its end. FAULT_INPUT with the line when it is not well-formed. */
MUST_USE enum fault xml_read(struct list_reader *reader, struct input *input,
                             struct xml_visitor *visitor);

bool xml_is(const struct xml_node *node, const char *name);
/* The first element of this name in the node, or an empty one: never NULL. */
const struct xml_node *xml_child(const struct xml_node *node, const char *name);
/* The text of that element. */
struct span xml_text(const struct xml_node *node, const char *name);
/* The value, trimmed; empty without the attribute. */
struct span xml_attribute(const struct xml_node *node, const char *name);

#endif /* ROLE_LISTS_LIST_XML_H */
