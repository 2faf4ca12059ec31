/* What a client of yente's `/match` asks: the body of the request and what stands behind the '?'.
 *
 *     {"queries": {KEY: {"id": .., "schema": "Person", "properties": {"name": [..], ..}}, ..}}
 *
 * The body is read twice: first as a whole, so that nothing is answered of one that is damaged, and
 * then each query for itself, into an entry of the normal form, which is what the search compares.
 * Properties that no list has are left aside; the entry says what was understood. */
#ifndef ROLE_SCREEN_MATCH_REQUEST_H
#define ROLE_SCREEN_MATCH_REQUEST_H

#include "base/base.h"
#include "wire/list_entry.h"

#define MATCH_QUERIES_MAX     100U
#define MATCH_LIMIT_MAX       100U
#define MATCH_LIMIT_OTHERWISE 5U
#define MATCH_WHY_BYTES       160U

/* Spans lie in the body; both texts as they came, between their quotes. */
struct match_query {
    struct span key;
    struct span object;
};

struct match_request {
    struct match_query queries[MATCH_QUERIES_MAX];
    u32 count; /* 1 or more */
};

/* What one query names besides what is compared. */
struct match_subject {
    const char *schema; /* one that is known */
    struct span id;     /* as it came, between its quotes; {NULL, 0}: none */
};

struct match_options {
    u32 limit;
    u32 threshold; /* millionths: a match from here on */
    u32 cutoff;    /* millionths: shown from here on; at most the threshold */
};

/* False: why_out says what is wrong with it. */
MUST_USE bool match_request_read(struct match_request *request, struct span body,
                                 char why_out[MATCH_WHY_BYTES]);

/* One query of a request that was read, as a settled entry. False: it has no schema or an unknown
 * one, a property is no text, or there is too much of it. */
MUST_USE bool match_query_read(const struct match_query *query, struct list_entry *entry,
                               struct match_subject *subject_out, char why_out[MATCH_WHY_BYTES]);

/* limit, threshold and cutoff out of the query string; what it does not say is as in *options.
 * Other parameters are left aside. */
MUST_USE bool match_options_read(struct match_options *options, struct span query,
                                 char why_out[MATCH_WHY_BYTES]);

/* The property under which an identifier is told: its type if that is one, else by the type's words
 * and the kind of the entry. */
const char *match_identifier_property(const struct list_identifier *identifier,
                                      enum list_entry_kind kind);
/* All of them, NULL at the end. */
extern const char *const match_identifier_properties[];

#endif /* ROLE_SCREEN_MATCH_REQUEST_H */
