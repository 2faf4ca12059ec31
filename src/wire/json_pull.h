/* JSON read token by token, without memory of its own: for requests on a WebSocket.
 *
 * json_pull_next gives one token after the other until END or BAD. It takes exactly what RFC 8259
 * allows, UTF-8 throughout, and refuses an object that names a key twice (however it is escaped),
 * nesting beyond JSON_PULL_DEPTH_MAX, and more than JSON_PULL_KEYS_MAX keys in the objects that are
 * open at one time. Numbers stay text: nothing is rounded. Strings stay as they came;
 * json_pull_text gives what they mean.
 *
 * A fault may come after tokens that looked well, so act on nothing before END. */
#ifndef WIRE_JSON_PULL_H
#define WIRE_JSON_PULL_H

#include "base/base.h"

#define JSON_PULL_DEPTH_MAX 16U
#define JSON_PULL_KEYS_MAX  128U
#define JSON_PULL_BYTES_MAX (16U << 20)

enum json_token {
    JSON_TOKEN_BAD, /* see json_pull.fault; every later call says the same */
    JSON_TOKEN_END, /* the text was one value */
    JSON_TOKEN_OBJECT_BEGIN,
    JSON_TOKEN_OBJECT_END,
    JSON_TOKEN_ARRAY_BEGIN,
    JSON_TOKEN_ARRAY_END,
    JSON_TOKEN_KEY,
    JSON_TOKEN_STRING,
    JSON_TOKEN_NUMBER,
    JSON_TOKEN_TRUE,
    JSON_TOKEN_FALSE,
    JSON_TOKEN_NULL,
};

enum json_pull_fault {
    JSON_PULL_FINE,
    JSON_PULL_SYNTAX,
    JSON_PULL_UNFINISHED, /* the text ends too early */
    JSON_PULL_UTF8,       /* bytes that are none, or half of a surrogate pair */
    JSON_PULL_REPEATED,   /* a key twice */
    JSON_PULL_TOO_DEEP,
    JSON_PULL_TOO_MANY_KEYS,
    JSON_PULL_TOO_LARGE,
};

struct json_pull {
    struct span text;
    size_t at;       /* of the next byte; after BAD, where the fault is */
    struct span raw; /* the last token: between its quotes if it has them */
    bool escaped;    /* the last token was a key or string with a backslash in it */
    u8 want;
    u8 depth;
    u8 fault;    /* enum json_pull_fault */
    u32 objects; /* bit n: the container at depth n is an object */
    u32 keys_count;
    u32 keys_first[JSON_PULL_DEPTH_MAX]; /* where the keys of the object at that depth begin */
    struct {
        u32 offset;
        u32 bytes; /* the top bit: it has escapes */
    } keys[JSON_PULL_KEYS_MAX];
};

void json_pull_begin(struct json_pull *pull, struct span text);

MUST_USE enum json_token json_pull_next(struct json_pull *pull);

/* After OBJECT_BEGIN or ARRAY_BEGIN: reads to its end, and `raw` is all of it, brackets included.
 * False: BAD. */
MUST_USE bool json_pull_skip(struct json_pull *pull);

/* What the last token, a key or string, means. Without escapes that is `raw` itself; else it is
 * written into the memory (raw.size is always enough). False: too small. */
MUST_USE bool json_pull_text(const struct json_pull *pull, void *target, size_t target_bytes,
                             struct span *text_out);

const char *json_pull_fault_text(enum json_pull_fault fault);

#endif /* WIRE_JSON_PULL_H */
