#include "app/yaml_tree.h"

#include "app/options.h"
#include "base/check.h"
#include "base/span.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <yaml.h>

#define KEYS_MAX     64U
#define MAP_KEYS_MAX 256U /* of one map in a file */

const char *yaml_tree_key(const struct yaml_tree *tree, u32 node)
{
    return tree->text + tree->nodes[node].key;
}

const char *yaml_tree_text(const struct yaml_tree *tree, u32 node)
{
    return tree->text + tree->nodes[node].text;
}

struct span yaml_tree_span(const struct yaml_tree *tree, u32 node)
{
    return span_of(tree->text + tree->nodes[node].text, tree->nodes[node].text_bytes);
}

/* ---- what is wrong, and where ---- */

static void print_path(const struct yaml_tree *tree, u32 node, char target[YAML_TREE_PATH_BYTES])
{
    u32 chain[YAML_TREE_DEPTH_MAX + 1];
    u32 count = 0;
    size_t used = 0;
    for (u32 at = node; at != 0; at = tree->nodes[at].parent) {
        CHECK(count <= YAML_TREE_DEPTH_MAX);
        chain[count] = at;
        count += 1;
    }
    target[0] = 0;
    for (u32 i = count; i > 0 && used < YAML_TREE_PATH_BYTES; i -= 1) {
        u32 at = chain[i - 1];
        bool in_list = tree->nodes[tree->nodes[at].parent].kind == YAML_TREE_LIST;
        int length = in_list ? snprintf(target + used, YAML_TREE_PATH_BYTES - used, "[%u]",
                                        tree->nodes[at].place)
                             : snprintf(target + used, YAML_TREE_PATH_BYTES - used, "%s%s",
                                        used == 0 ? "" : ".", yaml_tree_key(tree, at));
        used += length > 0 ? (size_t)length : 0;
    }
}

enum fault yaml_tree_fault(const struct yaml_tree *tree, u32 node, const char *format, ...)
{
    char reason[FAULT_TEXT_BYTES];
    char path[YAML_TREE_PATH_BYTES];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(reason, sizeof(reason), format, arguments);
    va_end(arguments);
    print_path(tree, node, path);
    return FAULT(FAULT_INPUT, "%s:%u: %s%s%s", tree->name, tree->nodes[node].line, path,
                 path[0] == 0 ? "" : ": ", reason);
}

/* ---- reading ---- */

struct builder {
    yaml_parser_t *parser;
    struct yaml_tree *tree;
    u32 stack[YAML_TREE_DEPTH_MAX]; /* open lists and maps */
    u32 last[YAML_TREE_DEPTH_MAX];  /* their latest child; 0: none */
    u32 depth;
    u32 key; /* the text of a key whose value comes next, and its line */
    u32 key_line;
    bool has_key;
};

static u32 line_of(yaml_mark_t mark)
{
    return (u32)u64_min(mark.line, UINT32_MAX - 1) + 1;
}

static enum fault refuse(const struct builder *builder, const yaml_event_t *event,
                         const char *reason)
{
    return FAULT(FAULT_INPUT, "%s:%u: %s", builder->tree->name, line_of(event->start_mark), reason);
}

/* Whether the text has what no file may hold as it is: control characters, the line and paragraph
 * separators of Unicode, marks of byte order and U+FFFE, U+FFFF. They can be written as escapes,
 * and the canonical form would not be read back as the same text. */
static bool has_control(const u8 *text, size_t size)
{
    for (size_t i = 0; i < size; i += 1) {
        u8 second = i + 1 < size ? text[i + 1] : 0;
        u8 third = i + 2 < size ? text[i + 2] : 0;
        bool is_control = (text[i] < 0x20 && text[i] != '\n') || text[i] == 0x7f ||
                          (text[i] == 0xc2 && second < 0xa0) ||
                          (text[i] == 0xe2 && second == 0x80 && (third == 0xa8 || third == 0xa9)) ||
                          (text[i] == 0xef && second == 0xbb && third == 0xbf) ||
                          (text[i] == 0xef && second == 0xbf && third >= 0xbe);
        if (is_control) {
            return true;
        }
    }
    return false;
}

static enum fault keep_text(struct builder *builder, const yaml_event_t *event, u32 *text_out)
{
    struct yaml_tree *tree = builder->tree;
    const u8 *value = event->data.scalar.value;
    size_t size = event->data.scalar.length;
    if (size + 1 > sizeof(tree->text) - tree->text_used) {
        return refuse(builder, event, "too much text");
    }
    if (has_control(value, size)) {
        return refuse(builder, event, "a control character");
    }
    *text_out = tree->text_used;
    memcpy(tree->text + tree->text_used, value, size);
    tree->text[tree->text_used + size] = 0;
    tree->text_used += (u32)size + 1;
    return FAULT_NONE;
}

static enum fault take_key(struct builder *builder, const yaml_event_t *event)
{
    u32 map = builder->stack[builder->depth - 1];
    const struct yaml_tree *tree = builder->tree;
    bool is_word = event->type == YAML_SCALAR_EVENT && event->data.scalar.anchor == NULL &&
                   event->data.scalar.tag == NULL && event->data.scalar.length > 0 &&
                   event->data.scalar.length < YAML_TREE_KEY_BYTES;
    for (size_t i = 0; is_word && i < event->data.scalar.length; i += 1) {
        is_word = event->data.scalar.value[i] > 0x20 && event->data.scalar.value[i] < 0x7f;
    }
    if (!is_word) {
        return refuse(builder, event, "a key is a plain word");
    }
    if (tree->nodes[map].count == MAP_KEYS_MAX) {
        return refuse(builder, event, "too many keys");
    }
    TRY(keep_text(builder, event, &builder->key));
    builder->key_line = line_of(event->start_mark);
    u32 before = yaml_tree_find(tree, map, tree->text + builder->key);
    if (before != 0) {
        return yaml_tree_fault(tree, before, "given again in line %u", line_of(event->start_mark));
    }
    builder->has_key = true;
    return FAULT_NONE;
}

/* A new node behind its brothers. */
static enum fault add_node(struct builder *builder, const yaml_event_t *event,
                           enum yaml_tree_kind kind, u32 *index_out)
{
    struct yaml_tree *tree = builder->tree;
    if (tree->nodes_count == YAML_TREE_NODES_MAX) {
        return refuse(builder, event, "too many values");
    }
    u32 index = tree->nodes_count;
    struct yaml_tree_node *node = &tree->nodes[index];
    *node = (struct yaml_tree_node){.kind = kind, .line = line_of(event->start_mark)};
    tree->nodes_count += 1;
    if (builder->depth > 0) {
        u32 parent = builder->stack[builder->depth - 1];
        u32 last = builder->last[builder->depth - 1];
        node->parent = parent;
        node->place = tree->nodes[parent].count;
        node->key = builder->key;
        node->line = builder->has_key ? builder->key_line : node->line;
        tree->nodes[parent].count += 1;
        if (last == 0) {
            tree->nodes[parent].first = index;
        } else {
            tree->nodes[last].next = index;
        }
        builder->last[builder->depth - 1] = index;
    }
    builder->has_key = false;
    *index_out = index;
    return FAULT_NONE;
}

static enum fault open_node(struct builder *builder, const yaml_event_t *event,
                            enum yaml_tree_kind kind)
{
    u32 index = 0;
    const yaml_char_t *tag =
        kind == YAML_TREE_MAP ? event->data.mapping_start.tag : event->data.sequence_start.tag;
    const yaml_char_t *anchor = kind == YAML_TREE_MAP ? event->data.mapping_start.anchor
                                                      : event->data.sequence_start.anchor;
    if (tag != NULL || anchor != NULL) {
        return refuse(builder, event, "tags and anchors are not allowed");
    }
    if (builder->depth == YAML_TREE_DEPTH_MAX) {
        return refuse(builder, event, "too many levels");
    }
    TRY(add_node(builder, event, kind, &index));
    builder->stack[builder->depth] = index;
    builder->last[builder->depth] = 0;
    builder->depth += 1;
    return FAULT_NONE;
}

static enum fault take_scalar(struct builder *builder, const yaml_event_t *event)
{
    u32 index = 0;
    u32 text = 0;
    if (event->data.scalar.tag != NULL || event->data.scalar.anchor != NULL) {
        return refuse(builder, event, "tags and anchors are not allowed");
    }
    TRY(add_node(builder, event, YAML_TREE_SCALAR, &index));
    TRY(keep_text(builder, event, &text));
    builder->tree->nodes[index].text = text;
    builder->tree->nodes[index].text_bytes = (u32)event->data.scalar.length;
    return FAULT_NONE;
}

/* *end_out: the root was closed. */
static enum fault take(struct builder *builder, const yaml_event_t *event, bool *end_out)
{
    const struct yaml_tree *tree = builder->tree;
    bool in_map =
        builder->depth > 0 && tree->nodes[builder->stack[builder->depth - 1]].kind == YAML_TREE_MAP;
    bool is_end = event->type == YAML_MAPPING_END_EVENT || event->type == YAML_SEQUENCE_END_EVENT;
    if (is_end) {
        CHECK(builder->depth > 0);
        builder->depth -= 1;
        *end_out = builder->depth == 0;
        return FAULT_NONE;
    }
    if (in_map && !builder->has_key) {
        return take_key(builder, event);
    }
    if (builder->depth == 0 && event->type != YAML_MAPPING_START_EVENT) {
        return refuse(builder, event, "keys are wanted here, each \"name: value\"");
    }
    if (event->type == YAML_MAPPING_START_EVENT) {
        return open_node(builder, event, YAML_TREE_MAP);
    }
    if (event->type == YAML_SEQUENCE_START_EVENT) {
        return open_node(builder, event, YAML_TREE_LIST);
    }
    if (event->type == YAML_SCALAR_EVENT) {
        return take_scalar(builder, event);
    }
    return refuse(builder, event, "aliases are not allowed");
}

static enum fault next(struct builder *builder, yaml_event_t *event)
{
    if (yaml_parser_parse(builder->parser, event) == 0) {
        const char *problem = builder->parser->problem;
        return FAULT(FAULT_INPUT, "%s:%u: not YAML: %s", builder->tree->name,
                     line_of(builder->parser->problem_mark),
                     problem == NULL ? "unreadable" : problem);
    }
    return FAULT_NONE;
}

static enum fault expect(struct builder *builder, yaml_event_type_t type, const char *reason)
{
    yaml_event_t event;
    TRY(next(builder, &event));
    enum fault fault = event.type == type ? FAULT_NONE : refuse(builder, &event, reason);
    yaml_event_delete(&event);
    return fault;
}

static enum fault build(struct builder *builder)
{
    TRY(expect(builder, YAML_STREAM_START_EVENT, "not YAML"));
    TRY(expect(builder, YAML_DOCUMENT_START_EVENT, "empty"));
    for (bool end = false; !end;) {
        yaml_event_t event;
        TRY(next(builder, &event));
        enum fault fault = take(builder, &event, &end);
        yaml_event_delete(&event);
        TRY(fault);
    }
    TRY(expect(builder, YAML_DOCUMENT_END_EVENT, "nothing may follow"));
    return expect(builder, YAML_STREAM_END_EVENT, "a second document");
}

enum fault yaml_tree_read(struct span bytes, const char *name, struct yaml_tree *tree_out)
{
    tree_out->nodes_count = 0;
    tree_out->text_used = 1;
    tree_out->text[0] = 0;
    (void)snprintf(tree_out->name, sizeof(tree_out->name), "%s", name);
    if (bytes.size > YAML_TREE_BYTES_MAX) {
        return FAULT(FAULT_INPUT, "%s:1: larger than %u bytes", name, YAML_TREE_BYTES_MAX);
    }
    yaml_parser_t parser;
    if (yaml_parser_initialize(&parser) == 0) {
        return FAULT(FAULT_LIMIT, "%s: no memory to read it", name);
    }
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, bytes.size == 0 ? (const u8 *)"" : bytes.data,
                                 bytes.size);
    struct builder builder = {.parser = &parser, .tree = tree_out};
    enum fault fault = build(&builder);
    yaml_parser_delete(&parser);
    return fault;
}

/* ---- looking ---- */

u32 yaml_tree_find(const struct yaml_tree *tree, u32 map, const char *key)
{
    CHECK(tree->nodes[map].kind == YAML_TREE_MAP);
    for (u32 at = tree->nodes[map].first; at != 0; at = tree->nodes[at].next) {
        if (strcmp(yaml_tree_key(tree, at), key) == 0) {
            return at;
        }
    }
    return 0;
}

enum fault yaml_tree_keys(const struct yaml_tree *tree, u32 map, const char *const *keys)
{
    u32 count = 0;
    if (tree->nodes[map].kind != YAML_TREE_MAP) {
        return yaml_tree_fault(tree, map, "keys are wanted here, each \"name: value\"");
    }
    while (keys[count] != NULL) {
        count += 1;
    }
    CHECK(count <= KEYS_MAX);
    for (u32 at = tree->nodes[map].first; at != 0; at = tree->nodes[at].next) {
        bool is_known = false;
        for (u32 i = 0; i < count && !is_known; i += 1) {
            is_known = strcmp(keys[i], yaml_tree_key(tree, at)) == 0;
        }
        if (!is_known) {
            const char *nearest = options_nearest(yaml_tree_key(tree, at), keys, count);
            return yaml_tree_fault(tree, at, "unknown key%s%s",
                                   nearest == NULL ? "" : "; did you mean ",
                                   nearest == NULL ? "" : nearest);
        }
    }
    return FAULT_NONE;
}

/* ---- the canonical form ---- */

struct printer {
    const struct yaml_tree *tree;
    u8 *target;
    size_t target_bytes;
    size_t used;
    bool is_full;
};

static void put(struct printer *printer, const void *data, size_t size)
{
    printer->is_full = printer->is_full || size > printer->target_bytes - printer->used;
    if (!printer->is_full) {
        memcpy(printer->target + printer->used, data, size);
        printer->used += size;
    }
}

static void put_string(struct printer *printer, struct span text)
{
    put(printer, "\"", 1);
    for (size_t i = 0; i < text.size; i += 1) {
        u8 byte = text.data[i];
        if (byte == '"' || byte == '\\') {
            put(printer, "\\", 1);
            put(printer, &byte, 1);
        } else if (byte == '\n') {
            put(printer, "\\n", 2);
        } else {
            put(printer, &byte, 1);
        }
    }
    put(printer, "\"", 1);
}

/* The child with the smallest key above `above`; quadratic, and maps are small. */
static u32 child_after(const struct yaml_tree *tree, u32 map, const char *above)
{
    u32 best = 0;
    for (u32 at = tree->nodes[map].first; at != 0; at = tree->nodes[at].next) {
        const char *key = yaml_tree_key(tree, at);
        if ((above == NULL || strcmp(key, above) > 0) &&
            (best == 0 || strcmp(key, yaml_tree_key(tree, best)) < 0)) {
            best = at;
        }
    }
    return best;
}

/* Lists and maps within one another are at most YAML_TREE_DEPTH_MAX deep. */
static void put_node(struct printer *printer, u32 node)
{
    const struct yaml_tree *tree = printer->tree;
    if (printer->is_full) {
        return;
    }
    switch (tree->nodes[node].kind) {
    case YAML_TREE_SCALAR:
        put_string(printer, yaml_tree_span(tree, node));
        break;
    case YAML_TREE_LIST:
        put(printer, "[", 1);
        for (u32 at = tree->nodes[node].first; at != 0; at = tree->nodes[at].next) {
            put_node(printer, at);
            put(printer, ",", tree->nodes[at].next == 0 ? 0 : 1);
        }
        put(printer, "]", 1);
        break;
    case YAML_TREE_MAP:
        put(printer, "{", 1);
        for (u32 at = child_after(tree, node, NULL); at != 0;) {
            put_string(printer, span_of_text(yaml_tree_key(tree, at)));
            put(printer, ":", 1);
            put_node(printer, at);
            at = child_after(tree, node, yaml_tree_key(tree, at));
            put(printer, ",", at == 0 ? 0 : 1);
        }
        put(printer, "}", 1);
        break;
    }
}

size_t yaml_tree_canonical(const struct yaml_tree *tree, u8 *target, size_t target_bytes)
{
    struct printer printer = {.tree = tree, .target = target, .target_bytes = target_bytes};
    put_node(&printer, 0);
    return printer.is_full ? 0 : printer.used;
}
