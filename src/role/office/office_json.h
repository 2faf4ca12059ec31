/* What comes in the body of a request: one JSON object, each name once, texts only; and one name
 * that may have an object of its own, of texts and lists of texts. Nothing is guessed: an unknown
 * or missing name, another kind of value, a text that is too long are told by name. */
#ifndef ROLE_OFFICE_OFFICE_JSON_H
#define ROLE_OFFICE_OFFICE_JSON_H

#include "base/base.h"
#include "base/span.h"

#define OFFICE_BODY_BYTES      32768U
#define OFFICE_TEXTS_MAX       8U
#define OFFICE_FIELDS_MAX      96U
#define OFFICE_FIELD_NAME_MAX  24U
#define OFFICE_FIELD_VALUE_MAX 400U

/* A text that a request has to have. */
struct office_wanted {
    const char *name;
    u32 bytes_max;
};

struct office_body {
    struct span texts[OFFICE_TEXTS_MAX]; /* in the order of what was wanted */
    u32 fields_count;
    struct {
        struct span name;
        struct span value;
    } fields[OFFICE_FIELDS_MAX]; /* of "fields"; a list is its values one after the other */
    size_t used;
    u8 bytes[OFFICE_BODY_BYTES]; /* where texts lie that had escapes */
    char why[96];                /* what is wrong */
};

/* `has_fields`: "fields" has to be there too. False: `why` says what is wrong. The texts lie in
 * `text` or in the body. */
MUST_USE bool office_body_read(struct office_body *body, struct span text,
                               const struct office_wanted *wanted, u32 wanted_count,
                               bool has_fields);

/* ---- texts of the query ---- */

/* The value of `name` in "a=1&b=2", percent-decoded into `target`; false: not there, there twice,
 * too long, or no such text. *given_out tells the first from the others. */
MUST_USE bool office_query_text(struct span query, const char *name, char *target,
                                size_t target_bytes, bool *given_out);

/* ---- base64url without padding (RFC 4648 section 5), of WebAuthn ---- */

/* How many bytes; 0: it is none, or longer than there is room for. One text for the bytes. */
MUST_USE size_t office_from_base64url(struct span text, u8 *target, size_t target_bytes);
/* Room for 4 * ((size + 2) / 3) + 1 bytes. */
const char *office_to_base64url(const u8 *bytes, size_t size, char *target);

#endif /* ROLE_OFFICE_OFFICE_JSON_H */
