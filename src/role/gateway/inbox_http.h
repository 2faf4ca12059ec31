/* A customer's appeal and evidence over HTTP: which requests are one, and the answers as JSON.
 * Pure. docs/customers.md "Appeal and evidence" has the whole shape.
 *
 *     GET  /page/v1/appeal     signed      how the newest one stands
 *     POST /page/v1/appeal     signed      Origin: the venue's own; application/json
 *     GET  /page/v1/evidence   signed      for whom a file is sealed
 *     POST /page/v1/evidence   signed      Origin: the venue's own; application/octet-stream
 *
 * No answer depends on what restricts the account. */
#ifndef ROLE_GATEWAY_INBOX_HTTP_H
#define ROLE_GATEWAY_INBOX_HTTP_H

#include "base/base.h"
#include "wire/http.h"
#include "wire/inbox_line.h"
#include "wire/json.h"

#define INBOX_HTTP_JSON_BYTES   1024U /* no answer is longer */
#define INBOX_HTTP_APPEAL_BYTES 512U  /* no body of an appeal is longer */

/* Refusals: constant, status, name in the answer. */
#define INBOX_HTTP_NO_TABLE(ROW)                                             \
    ROW(METHOD, 405, "method")      /* neither GET nor POST */               \
    ROW(ORIGIN, 403, "origin")      /* another site's; POST: or none */      \
    ROW(TYPE, 415, "type")          /* another Content-Type */               \
    ROW(SIZE, 413, "size")          /* longer than is taken */               \
    ROW(BODY, 400, "body")          /* not the fields, not a sealed file */  \
    ROW(SESSION, 401, "no-session") /* nobody is signed in */                \
    ROW(ACCOUNT, 409, "no-account") /* a login without an account */         \
    ROW(PERSON, 409, "no-person")   /* an account of nobody who is known */  \
    ROW(NOTHING, 409, "nothing")    /* nothing restricts the account */      \
    ROW(UNKNOWN, 409, "unknown")    /* evidence that was never sent */       \
    ROW(NOBODY, 409, "nobody")      /* the venue names no key to seal to */  \
    ROW(FULL, 409, "full")          /* no more files are taken */            \
    ROW(WAIT, 429, "wait")          /* too many in this hour */              \
    ROW(BUSY, 503, "busy")          /* the queue is away, or has too much */ \
    ROW(LATE, 504, "late")          /* what became of it is not known */

#define INBOX_HTTP_NO_ROW(constant, status, name) INBOX_HTTP_NO_##constant,
enum inbox_http_no { INBOX_HTTP_FINE, INBOX_HTTP_NO_TABLE(INBOX_HTTP_NO_ROW) };
#undef INBOX_HTTP_NO_ROW

struct inbox_http_ask {
    bool is_post;
    bool is_evidence;
    struct inbox_line_ask ask; /* its contents lie in the request, or in `appeal` */
    u8 appeal[INBOX_LINE_APPEAL_BYTES];
};

MUST_USE bool inbox_http_is(struct span path);

/* Everything but who asks. Contents point into the request or *ask_out. */
MUST_USE enum inbox_http_no inbox_http_read(const struct http_request *request,
                                            struct inbox_http_ask *ask_out);

/* Writes the body of an answer; the status. `is_post` as asked. */
u32 inbox_http_say(struct json_writer *json, bool is_post, const struct inbox_line_answer *answer);
/* GET of evidence; NULL: nobody. */
u32 inbox_http_say_recipient(struct json_writer *json, const char *recipient);
/* wait_s: seconds, with WAIT. */
u32 inbox_http_refuse(struct json_writer *json, enum inbox_http_no no, u32 wait_s);

#endif /* ROLE_GATEWAY_INBOX_HTTP_H */
