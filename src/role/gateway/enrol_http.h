/* Enrolling over HTTP: which requests are one, and the answers as JSON. Pure. docs/enrolment.md
 * "Over HTTP" has the whole shape.
 *
 *     GET  /page/v1/enrolment   signed        an offer
 *     POST /page/v1/enrolment   signed        Origin: the venue's own
 *                                             Content-Type: application/octet-stream
 *     POST /page/v1/enrolment/piece           the same; a piece of one that is longer
 *
 * What was sealed is never looked into here, and no request says whom it concerns. */
#ifndef ROLE_GATEWAY_ENROL_HTTP_H
#define ROLE_GATEWAY_ENROL_HTTP_H

#include "base/base.h"
#include "wire/http.h"
#include "wire/json.h"
#include "wire/keep_line.h"

#define ENROL_HTTP_JSON_BYTES 1024U /* no answer is longer */

/* Refusals: constant, status, name in the answer. */
#define ENROL_HTTP_NO_TABLE(ROW)                                                \
    ROW(METHOD, 405, "method")       /* neither GET nor POST */                 \
    ROW(ORIGIN, 403, "origin")       /* another site's; POST: or none */        \
    ROW(TYPE, 415, "type")           /* no application/octet-stream */          \
    ROW(SIZE, 413, "size")           /* longer than is taken */                 \
    ROW(BODY, 400, "body")           /* not the bytes of an enrolment */        \
    ROW(SESSION, 401, "no-session")  /* nobody is signed in */                  \
    ROW(ACCOUNT, 409, "no-account")  /* a login without an account */           \
    ROW(PERSON, 409, "no-person")    /* an account of nobody who is known */    \
    ROW(REFUSED, 409, "refused")     /* not as it was offered; nobody enrols */ \
    ROW(REVIEW, 409, "under-review") /* a form of this person is looked at */   \
    ROW(WAIT, 429, "wait")           /* too many in this hour */                \
    ROW(BUSY, 503, "busy")           /* keep is away, or has too much to do */  \
    ROW(LATE, 504, "late")           /* what became of it is not known */

#define ENROL_HTTP_NO_ROW(constant, status, name) ENROL_HTTP_NO_##constant,
enum enrol_http_no { ENROL_HTTP_FINE, ENROL_HTTP_NO_TABLE(ENROL_HTTP_NO_ROW) };
#undef ENROL_HTTP_NO_ROW

MUST_USE bool enrol_http_is(struct span path);
/* Whether the ask begins an enrolment, and so counts as one: it comes whole, or its first piece. */
MUST_USE bool enrol_http_begins(const struct keep_line_ask *ask);

/* Everything but who asks. Fills the kind and contents of *ask_out, which lie in the request. */
MUST_USE enum enrol_http_no enrol_http_read(const struct http_request *request,
                                            struct keep_line_ask *ask_out);

/* Whether it is signed with a key; else why not: SESSION, or ACCOUNT where a browser has signed in
 * at the door. */
MUST_USE enum enrol_http_no enrol_http_signed(const struct http_request *request, bool has_door);

/* Writes the body of what `keep` has answered for this subject; the status. */
u32 enrol_http_say(struct json_writer *json, u64 subject, const struct keep_line_answer *answer);
/* wait_s: seconds, with WAIT. */
u32 enrol_http_refuse(struct json_writer *json, enum enrol_http_no no, u32 wait_s);

#endif /* ROLE_GATEWAY_ENROL_HTTP_H */
