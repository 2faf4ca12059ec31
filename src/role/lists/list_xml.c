#include "role/lists/list_xml.h"

#include "base/check.h"

#include <expat.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK_BYTES 65536

struct xml {
    struct list_reader *reader;
    struct xml_visitor *visitor;
    XML_Parser parser;
    u32 depth;
    struct xml_node *node; /* the open one of the record; NULL outside of records */
    u32 record_depth;
    u64 record_line;
    bool too_large;
    enum fault fault;
    size_t nodes_count;
    size_t attributes_count;
    size_t text_used;
    struct xml_node nodes[XML_NODES_MAX];
    struct xml_attribute attributes[XML_ATTRIBUTES_MAX];
    u8 text[XML_TEXT_BYTES];
};

static void stop(struct xml *xml, enum fault fault)
{
    if (xml->fault == FAULT_NONE) {
        xml->fault = fault;
    }
    (void)XML_StopParser(xml->parser, XML_FALSE);
}

/* A copy in the record's memory; empty, and the record too large, when it does not fit. */
static struct span keep(struct xml *xml, const char *text, size_t size)
{
    if (size > XML_TEXT_BYTES - xml->text_used) {
        xml->too_large = true;
        return (struct span){.data = NULL, .size = 0};
    }
    u8 *target = xml->text + xml->text_used;
    if (size > 0) {
        memcpy(target, text, size);
    }
    xml->text_used += size;
    return span_of(target, size);
}

/* A name without its prefix. */
static struct span keep_name(struct xml *xml, const char *name)
{
    const char *colon = strrchr(name, ':');
    const char *local = colon == NULL ? name : colon + 1;
    return keep(xml, local, strlen(local));
}

static struct xml_node *node_new(struct xml *xml, const char *name, const char **attributes)
{
    if (xml->nodes_count == XML_NODES_MAX) {
        xml->too_large = true;
        return NULL;
    }
    struct xml_node *node = &xml->nodes[xml->nodes_count];
    xml->nodes_count += 1;
    *node = (struct xml_node){.name = keep_name(xml, name),
                              .line = XML_GetCurrentLineNumber(xml->parser),
                              .attributes = &xml->attributes[xml->attributes_count]};
    for (; attributes[0] != NULL; attributes += 2) {
        if (xml->attributes_count == XML_ATTRIBUTES_MAX) {
            xml->too_large = true;
            break;
        }
        xml->attributes[xml->attributes_count] =
            (struct xml_attribute){.name = keep_name(xml, attributes[0]),
                                   .value = keep(xml, attributes[1], strlen(attributes[1]))};
        xml->attributes_count += 1;
        node->attributes_count += 1;
    }
    return node;
}

static bool is_record(const struct xml *xml, const char *name)
{
    const char *colon = strrchr(name, ':');
    for (const char *const *record = xml->visitor->records; *record != NULL; record += 1) {
        if (strcmp(*record, colon == NULL ? name : colon + 1) == 0) {
            return true;
        }
    }
    return false;
}

static void record_clear(struct xml *xml)
{
    xml->nodes_count = 0;
    xml->attributes_count = 0;
    xml->text_used = 0;
    xml->too_large = false;
    xml->node = NULL;
}

static void on_start(void *context, const char *name, const char **attributes)
{
    struct xml *xml = context;
    xml->depth += 1;
    if (xml->depth > XML_DEPTH_MAX) {
        stop(xml, FAULT(FAULT_INPUT, "%s:%llu: elements more than %u deep",
                        xml->reader->source->paths[xml->reader->file],
                        (unsigned long long)XML_GetCurrentLineNumber(xml->parser), XML_DEPTH_MAX));
        return;
    }
    if (xml->node == NULL) {
        if (xml->depth == 1 && xml->visitor->root != NULL) {
            struct xml_node *root = node_new(xml, name, attributes);
            enum fault fault = xml->visitor->root(xml->visitor, root);
            record_clear(xml);
            if (fault != FAULT_NONE) {
                stop(xml, fault);
            }
        } else if (xml->depth > 1 && is_record(xml, name)) {
            record_clear(xml);
            xml->record_depth = xml->depth;
            xml->record_line = XML_GetCurrentLineNumber(xml->parser);
            xml->node = node_new(xml, name, attributes);
        }
        return;
    }
    struct xml_node *node = node_new(xml, name, attributes);
    if (node == NULL) {
        return;
    }
    struct xml_node *parent = xml->node;
    node->parent = parent;
    if (parent->last == NULL) {
        parent->first = node;
    } else {
        parent->last->next = node;
    }
    parent->last = node;
    parent->text.size = 0;
    xml->node = node;
}

static void on_text(void *context, const char *text, int size)
{
    struct xml *xml = context;
    if (xml->node == NULL || xml->node->first != NULL || xml->too_large) {
        return;
    }
    struct span kept = keep(xml, text, (size_t)size);
    if (xml->node->text.size == 0) {
        xml->node->text = kept;
    } else {
        xml->node->text.size += kept.size; /* right behind what came before */
    }
}

static void record_end(struct xml *xml)
{
    struct xml_node *record = xml->node;
    if (xml->too_large) {
        list_reader_refuse(xml->reader, xml->record_line, LIST_REFUSAL_TOO_LARGE, "element",
                           record->name);
    } else if (xml->fault == FAULT_NONE) {
        enum fault fault = xml->visitor->visit(xml->visitor, record);
        if (fault != FAULT_NONE) {
            stop(xml, fault);
        }
    }
    record_clear(xml);
}

static void on_end(void *context, const char *name)
{
    (void)name;
    struct xml *xml = context;
    if (xml->node != NULL && xml->depth == xml->record_depth) {
        /* When the record did not fit, the node is not the one that ends: the record is. */
        xml->node = &xml->nodes[0];
        record_end(xml);
    } else if (xml->node != NULL && !xml->too_large) {
        xml->node->text = text_trim(xml->node->text);
        xml->node = xml->node->parent;
    }
    xml->depth -= 1;
}

static void on_doctype(void *context, const char *name, const char *system, const char *public_id,
                       int has_internal)
{
    (void)name;
    (void)system;
    (void)public_id;
    (void)has_internal;
    struct xml *xml = context;
    stop(xml, FAULT(FAULT_INPUT, "%s:%llu: a document type, which no list needs, is refused",
                    xml->reader->source->paths[xml->reader->file],
                    (unsigned long long)XML_GetCurrentLineNumber(xml->parser)));
}

/* What expat says, with file and line; an end that comes too early says so. */
static enum fault parse_fault(struct xml *xml, bool is_last)
{
    if (xml->fault != FAULT_NONE) {
        return xml->fault;
    }
    enum XML_Error error = XML_GetErrorCode(xml->parser);
    bool is_cut = is_last && (error == XML_ERROR_NO_ELEMENTS || error == XML_ERROR_UNCLOSED_TOKEN ||
                              error == XML_ERROR_PARTIAL_CHAR);
    return FAULT(error == XML_ERROR_NO_MEMORY ? FAULT_LIMIT : FAULT_INPUT,
                 "%s:%llu: not well-formed XML: %s%s",
                 xml->reader->source->paths[xml->reader->file],
                 (unsigned long long)XML_GetCurrentLineNumber(xml->parser), XML_ErrorString(error),
                 is_cut ? ": the file is cut off" : "");
}

static enum fault xml_chunks(struct xml *xml, struct input *input)
{
    for (;;) {
        void *buffer = XML_GetBuffer(xml->parser, CHUNK_BYTES);
        size_t size = 0;
        if (buffer == NULL) {
            return FAULT(FAULT_LIMIT, "no memory to read XML");
        }
        TRY(input_read(input, buffer, CHUNK_BYTES, &size));
        bool is_last = size == 0;
        if (XML_ParseBuffer(xml->parser, (int)size, is_last) != XML_STATUS_OK) {
            return parse_fault(xml, is_last);
        }
        if (is_last) {
            return xml->fault;
        }
    }
}

enum fault xml_read(struct list_reader *reader, struct input *input, struct xml_visitor *visitor)
{
    struct xml *xml = malloc(sizeof(*xml));
    XML_Parser parser = XML_ParserCreate(NULL);
    if (xml == NULL || parser == NULL) {
        free(xml);
        XML_ParserFree(parser);
        return FAULT(FAULT_LIMIT, "no memory to read XML");
    }
    xml->reader = reader;
    xml->visitor = visitor;
    xml->parser = parser;
    xml->depth = 0;
    xml->fault = FAULT_NONE;
    record_clear(xml);
    XML_SetUserData(parser, xml);
    XML_SetElementHandler(parser, on_start, on_end);
    XML_SetCharacterDataHandler(parser, on_text);
    XML_SetStartDoctypeDeclHandler(parser, on_doctype);
    enum fault fault = xml_chunks(xml, input);
    XML_ParserFree(parser);
    free(xml);
    return fault;
}

/* ---- looking into trees ---- */

bool xml_is(const struct xml_node *node, const char *name)
{
    return span_equal(node->name, span_of_text(name));
}

const struct xml_node *xml_child(const struct xml_node *node, const char *name)
{
    static const struct xml_node none;
    for (const struct xml_node *child = node->first; child != NULL; child = child->next) {
        if (xml_is(child, name)) {
            return child;
        }
    }
    return &none;
}

struct span xml_text(const struct xml_node *node, const char *name)
{
    return xml_child(node, name)->text;
}

struct span xml_attribute(const struct xml_node *node, const char *name)
{
    for (u32 i = 0; i < node->attributes_count; i += 1) {
        if (span_equal(node->attributes[i].name, span_of_text(name))) {
            return text_trim(node->attributes[i].value);
        }
    }
    return (struct span){.data = NULL, .size = 0};
}
