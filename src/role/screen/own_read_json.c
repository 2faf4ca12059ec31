#include "role/screen/own_read_json.h"

#include "base/check.h"
#include "base/span.h"

#include <string.h>

/* ---- a file ---- */

static bool is_blank(u8 byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

enum fault own_values_begin(struct own_values *values, struct input *input, u8 *bytes,
                            bool is_array)
{
    *values = (struct own_values){.input = input, .bytes = bytes, .is_array = is_array, .line = 1};
    return FAULT_NONE;
}

static enum fault next_line(struct own_values *values, struct span *value_out, u64 *line_out,
                            bool *more_out)
{
    for (;;) {
        TRY(input_line(values->input, value_out, more_out));
        if (!*more_out) {
            return FAULT_NONE;
        }
        *line_out = input_line_number(values->input);
        if (*line_out == 1 && value_out->size >= 3 &&
            memcmp(value_out->data, "\xef\xbb\xbf", 3) == 0) {
            *value_out = span_after(*value_out, 3);
        }
        for (size_t i = 0; i < value_out->size; i += 1) {
            if (!is_blank(value_out->data[i])) {
                return FAULT_NONE;
            }
        }
    }
}

/* One byte of an array's file; *more_out false at its end. */
static enum fault next_byte(struct own_values *values, u8 *byte_out, bool *more_out)
{
    if (values->chunk_at == values->chunk_size) {
        size_t size = 0;
        TRY(input_read(values->input, values->chunk, sizeof(values->chunk), &size));
        values->chunk_at = 0;
        values->chunk_size = (u32)size;
    }
    *more_out = values->chunk_at < values->chunk_size;
    if (*more_out) {
        *byte_out = values->chunk[values->chunk_at];
        values->chunk_at += 1;
        values->line += *byte_out == '\n' ? 1 : 0;
    }
    return FAULT_NONE;
}

static enum fault array_fault(const struct own_values *values, const char *what)
{
    return FAULT(FAULT_INPUT, "%s:%llu: %s", input_path(values->input),
                 (unsigned long long)values->line, what);
}

/* The first byte that is not blank (nor of the mark that says UTF-8). */
static enum fault next_mark(struct own_values *values, u8 *byte_out)
{
    bool more = true;
    do {
        TRY(next_byte(values, byte_out, &more));
        if (!more) {
            return array_fault(values, "the array is not closed: the file is cut off");
        }
    } while (is_blank(*byte_out) ||
             (values->line == 1 && (*byte_out == 0xef || *byte_out == 0xbb || *byte_out == 0xbf)));
    return FAULT_NONE;
}

static enum fault keep_byte(struct own_values *values, u8 byte)
{
    if (values->used == OWN_JSON_BYTES_MAX) {
        return array_fault(values, "a value of more than 1048576 bytes");
    }
    values->bytes[values->used] = byte;
    values->used += 1;
    return FAULT_NONE;
}

/* A value from its first byte on, up to the comma or bracket behind it, which *end_out is. */
static enum fault take_value(struct own_values *values, u8 byte, u8 *end_out)
{
    u32 depth = 0;
    bool in_text = false;
    bool is_escaped = false;
    bool more = true;
    values->used = 0;
    for (;;) {
        if (!in_text && depth == 0 && (byte == ',' || byte == ']')) {
            *end_out = byte;
            return FAULT_NONE;
        }
        TRY(keep_byte(values, byte));
        if (in_text) {
            in_text = is_escaped || byte != '"';
            is_escaped = !is_escaped && byte == '\\';
        } else if (byte == '"') {
            in_text = true;
        } else if (byte == '{' || byte == '[') {
            depth += 1;
        } else if (byte == '}' || byte == ']') {
            if (depth == 0) {
                return array_fault(values, "a bracket that closes nothing");
            }
            depth -= 1;
        }
        TRY(next_byte(values, &byte, &more));
        if (!more) {
            return array_fault(values, "the array is not closed: the file is cut off");
        }
    }
}

static enum fault end_array(struct own_values *values)
{
    u8 byte = 0;
    bool more = true;
    values->is_ended = true;
    for (;;) {
        TRY(next_byte(values, &byte, &more));
        if (!more) {
            return FAULT_NONE;
        }
        if (!is_blank(byte)) {
            return array_fault(values, "more behind the end of the array");
        }
    }
}

static enum fault next_of_array(struct own_values *values, struct span *value_out, u64 *line_out,
                                bool *more_out)
{
    u8 byte = 0;
    *more_out = false;
    if (values->is_ended) {
        return FAULT_NONE;
    }
    bool is_first = !values->has_value;
    if (is_first) {
        TRY(next_mark(values, &byte));
        if (byte != '[') {
            return array_fault(values, "no array");
        }
    }
    TRY(next_mark(values, &byte));
    if (byte == ']' && is_first) {
        return end_array(values);
    }
    *line_out = values->line;
    u8 end = 0;
    TRY(take_value(values, byte, &end));
    values->has_value = true;
    *more_out = true;
    *value_out = span_of(values->bytes, values->used);
    return end == ']' ? end_array(values) : FAULT_NONE;
}

enum fault own_values_next(struct own_values *values, struct span *value_out, u64 *line_out,
                           bool *more_out)
{
    return values->is_array ? next_of_array(values, value_out, line_out, more_out)
                            : next_line(values, value_out, line_out, more_out);
}

/* ---- a value ---- */

/* What the last token means, in the tree's own memory if it must be written anew. */
static struct span meaning(struct own_json *json)
{
    struct span text = {.data = NULL, .size = 0};
    bool fits = json_pull_text(&json->pull, json->text + json->text_used,
                               sizeof(json->text) - json->text_used, &text);
    CHECK(fits); /* all texts together are no longer than the value */
    json->text_used += json->pull.escaped ? (u32)text.size : 0;
    return text;
}

/* Takes the tokens of one value; its containers are walked, not entered by calls. */
struct walk {
    u32 parents[JSON_PULL_DEPTH_MAX];
    u32 lasts[JSON_PULL_DEPTH_MAX]; /* the last child so far */
    u32 depth;
    struct span key;
};

static void attach(struct own_json *json, struct walk *walk, u32 node)
{
    if (walk->depth > 0) {
        u32 last = walk->lasts[walk->depth - 1];
        if (last == OWN_JSON_NONE) {
            json->nodes[walk->parents[walk->depth - 1]].child = node;
        } else {
            json->nodes[last].next = node;
        }
        walk->lasts[walk->depth - 1] = node;
    }
}

static bool take_token(struct own_json *json, struct walk *walk, enum json_token token)
{
    if (token == JSON_TOKEN_KEY) {
        walk->key = meaning(json);
        return true;
    }
    if (token == JSON_TOKEN_OBJECT_END || token == JSON_TOKEN_ARRAY_END) {
        walk->depth -= 1;
        return true;
    }
    if (json->count == OWN_JSON_NODES_MAX) {
        return false;
    }
    u32 node = json->count;
    json->count += 1;
    json->nodes[node] = (struct own_json_node){
        .kind = token, .key = walk->key, .next = OWN_JSON_NONE, .child = OWN_JSON_NONE};
    walk->key = (struct span){.data = NULL, .size = 0};
    attach(json, walk, node);
    if (token == JSON_TOKEN_STRING) {
        json->nodes[node].text = meaning(json);
    } else if (token == JSON_TOKEN_NUMBER) {
        json->nodes[node].text = json->pull.raw;
    } else if (token == JSON_TOKEN_OBJECT_BEGIN || token == JSON_TOKEN_ARRAY_BEGIN) {
        CHECK(walk->depth < JSON_PULL_DEPTH_MAX);
        walk->parents[walk->depth] = node;
        walk->lasts[walk->depth] = OWN_JSON_NONE;
        walk->depth += 1;
    }
    return true;
}

bool own_json_read(struct own_json *json, struct span text)
{
    struct walk walk = {.depth = 0};
    json->count = 0;
    json->text_used = 0;
    json->fault = JSON_PULL_FINE;
    if (text.size > sizeof(json->text)) {
        return false;
    }
    json_pull_begin(&json->pull, text);
    for (;;) {
        enum json_token token = json_pull_next(&json->pull);
        if (token == JSON_TOKEN_END) {
            return true;
        }
        if (token == JSON_TOKEN_BAD) {
            json->fault = (enum json_pull_fault)json->pull.fault;
            return false;
        }
        if (!take_token(json, &walk, token)) {
            return false;
        }
    }
}

u32 own_json_first(const struct own_json *json, u32 node)
{
    return node < json->count ? json->nodes[node].child : OWN_JSON_NONE;
}

u32 own_json_next(const struct own_json *json, u32 node)
{
    return node < json->count ? json->nodes[node].next : OWN_JSON_NONE;
}

bool own_json_is(const struct own_json *json, u32 node, enum json_token kind)
{
    return node < json->count && json->nodes[node].kind == kind;
}

u32 own_json_member(const struct own_json *json, u32 node, const char *key)
{
    if (!own_json_is(json, node, JSON_TOKEN_OBJECT_BEGIN)) {
        return OWN_JSON_NONE;
    }
    struct span wanted = span_of_text(key);
    u32 member = json->nodes[node].child;
    while (member != OWN_JSON_NONE && !span_equal(json->nodes[member].key, wanted)) {
        member = json->nodes[member].next;
    }
    return member;
}

struct span own_json_text(const struct own_json *json, u32 node)
{
    bool has_text =
        own_json_is(json, node, JSON_TOKEN_STRING) || own_json_is(json, node, JSON_TOKEN_NUMBER);
    return has_text ? json->nodes[node].text : (struct span){.data = NULL, .size = 0};
}

struct span own_json_field(const struct own_json *json, u32 node, const char *key)
{
    return own_json_text(json, own_json_member(json, node, key));
}
