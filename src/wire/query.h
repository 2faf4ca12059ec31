/* The parameters of a request: from the query string and from a form body.
 *
 * Names and values are decoded into the caller's memory; the bytes as received stay beside them,
 * because the signature is over those: query and body one after the other with nothing between,
 * the parameter `signature` cut out (API rest-api.md "SIGNED Endpoint Examples"). Nothing is ever
 * encoded again.
 *
 * A parameter in both query and body counts as the query has it. One that comes twice in the same
 * part is refused, and so is a signature in both parts, since then nobody knows what was signed. */
#ifndef WIRE_QUERY_H
#define WIRE_QUERY_H

#include "base/base.h"

#define QUERY_PARAMS_MAX 64U

enum query_fault {
    QUERY_OK,
    QUERY_TOO_MANY, /* more than QUERY_PARAMS_MAX */
    QUERY_TOO_LONG, /* the caller's memory is too small for what is decoded */
    QUERY_ENCODING, /* '%' without two digits, not UTF-8, a control character, a name of 0 bytes */
    QUERY_REPEATED, /* a name twice in the query, or twice in the body */
};

struct query_param {
    struct span name;  /* decoded */
    struct span value; /* decoded; not NULL; size 0 for "a=" and for "a" */
    struct span raw;   /* name=value, as received */
    bool in_body;
    bool hidden; /* in the body, but the query has it too: the value does not count */
};

struct query {
    struct query_param params[QUERY_PARAMS_MAX];
    u32 count;
    u32 fault_index; /* after REPEATED and ENCODING: how many parameters came before that one */
    struct span query;
    struct span body;
    struct span cut; /* `signature` and one '&' beside it, as received; {NULL, 0} without one */
};

/* Memory that is always enough for a query and body of these sizes. */
ALWAYS_INLINE size_t query_text_bytes(size_t query_bytes, size_t body_bytes)
{
    return query_bytes + body_bytes;
}

/* Reads both; `body` is empty when it is no form. The spans, and all in *out, live as long as
 * `query`, `body` and `text`. After a fault *out holds the parameters before it. */
MUST_USE enum query_fault query_read(struct query *out, struct span query, struct span body,
                                     void *text, size_t text_bytes);

/* The parameter that counts, or NULL. */
const struct query_param *query_find(const struct query *query, const char *name);

/* Its value; {NULL, 0} without it. */
struct span query_value(const struct query *query, const char *name);

/* What was signed, into the caller's memory. Returns false when it is too small (query and body
 * together are always enough). Without a signature it is all that was sent. */
MUST_USE bool query_payload(const struct query *query, void *target, size_t target_bytes,
                            size_t *size_out);

#endif /* WIRE_QUERY_H */
