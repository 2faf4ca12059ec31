/* JSON of registers: a file cut into its values, and one value as a tree.
 *
 * A file is JSON lines, a value a line, or one array, however it is broken into lines. Values are
 * handed out one after the other with the line they begin in, so a register of any size needs the
 * memory of its largest value.
 *
 * A tree lives in memory of a fixed size. Numbers stay text: nothing is rounded. */
#ifndef ROLE_SCREEN_OWN_READ_JSON_H
#define ROLE_SCREEN_OWN_READ_JSON_H

#include "base/base.h"
#include "io/fault.h"
#include "io/input.h"
#include "wire/json_pull.h"

#define OWN_JSON_BYTES_MAX (1U << 20) /* of one value, and of a line */
#define OWN_JSON_NODES_MAX 16384U
#define OWN_JSON_NONE      UINT32_MAX

/* ---- a file ---- */

struct own_values {
    struct input *input;
    bool is_array;
    bool is_ended;
    bool has_value; /* of an array, one was handed out */
    u64 line;       /* the line that is read, from 1 */
    u8 *bytes;      /* OWN_JSON_BYTES_MAX: of an array, the value */
    u32 used;
    u8 chunk[4096];
    u32 chunk_at;
    u32 chunk_size;
};

/* Looks at the first bytes of the input, which must not have been read from. */
MUST_USE enum fault own_values_begin(struct own_values *values, struct input *input, u8 *bytes,
                                     bool is_array);

/* The next value, in place until the next call; blank lines are passed over. What stands in a line
 * need not be JSON; an array that is not one, or ends too early, is FAULT_INPUT. */
MUST_USE enum fault own_values_next(struct own_values *values, struct span *value_out,
                                    u64 *line_out, bool *more_out);

/* ---- a value ---- */

struct own_json_node {
    enum json_token kind; /* OBJECT_BEGIN, ARRAY_BEGIN, STRING, NUMBER, TRUE, FALSE, NULL */
    struct span key;      /* of a member */
    struct span text;     /* of a string what it means, of a number its letters */
    u32 next;             /* sibling */
    u32 child;            /* the first */
};

struct own_json {
    u32 count; /* node 0 is the whole */
    u32 text_used;
    enum json_pull_fault fault; /* why it is none; FINE: it has too many nodes */
    struct json_pull pull;
    struct own_json_node nodes[OWN_JSON_NODES_MAX];
    u8 text[OWN_JSON_BYTES_MAX];
};

/* The text stays with the caller: the tree points into it. */
MUST_USE bool own_json_read(struct own_json *json, struct span text);

/* OWN_JSON_NONE also of a node that is none, or no object: look-ups can be chained. */
u32 own_json_member(const struct own_json *json, u32 node, const char *key);
u32 own_json_first(const struct own_json *json, u32 node); /* child */
u32 own_json_next(const struct own_json *json, u32 node);  /* sibling */
bool own_json_is(const struct own_json *json, u32 node, enum json_token kind);

/* The text of a string or number; empty for all else. */
struct span own_json_text(const struct own_json *json, u32 node);
/* own_json_text(own_json_member(...)). */
struct span own_json_field(const struct own_json *json, u32 node, const char *key);

#endif /* ROLE_SCREEN_OWN_READ_JSON_H */
