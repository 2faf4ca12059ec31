/* Signing up and in over HTTP: requests become what the door is asked (wire/door_message.h), and
 * its answers JSON and a cookie. Pure. docs/sign-in.md "Over HTTP" has the whole shape.
 *
 *     POST /page/v1/NAME   Origin: the venue's own    Content-Type: application/json
 *                          Cookie: __Host-session=64 hex digits
 *                          X-CSRF-Token: 64 hex digits, with everything that changes something
 *
 * What is not exactly so is refused here, and nothing is asked. Nothing here knows who is signed
 * in: a token that nobody has is the door's to refuse. */
#ifndef ROLE_GATEWAY_DOOR_HTTP_H
#define ROLE_GATEWAY_DOOR_HTTP_H

#include "base/base.h"
#include "wire/door_message.h"
#include "wire/http.h"
#include "wire/json.h"

#define DOOR_HTTP_BODY_BYTES_MAX 2048U
#define DOOR_HTTP_JSON_BYTES     8192U /* no answer is longer */
#define DOOR_HTTP_COOKIE_BYTES   192U
#define DOOR_HTTP_NONE           UINT32_MAX
#define DOOR_HTTP_STATE_BYTES    72U /* of a session's state, as the door answers it */

/* Refusals of the gateway's own: constant, status, name in the answer. */
#define DOOR_HTTP_NO_TABLE(ROW)                                                    \
    ROW(METHOD, 405, "method")      /* no POST */                                  \
    ROW(ORIGIN, 403, "origin")      /* none, or another site's */                  \
    ROW(TYPE, 415, "type")          /* no JSON */                                  \
    ROW(SIZE, 413, "size")          /* a body longer than any that there can be */ \
    ROW(BODY, 400, "body")          /* not the object that is asked for */         \
    ROW(ACCOUNT, 409, "no-account") /* the login has none yet */                   \
    ROW(LIMIT, 409, "limit")        /* as many API keys as an account may have */  \
    ROW(BUSY, 503, "busy")          /* the door is away, or has too much to do */  \
    ROW(LATE, 504, "late")          /* what became of it is not known */           \
    ROW(FAILED, 500, "failed")      /* an answer that is none */

#define DOOR_HTTP_NO_ROW(constant, status, name) DOOR_HTTP_NO_##constant,
enum door_http_no { DOOR_HTTP_FINE, DOOR_HTTP_NO_TABLE(DOOR_HTTP_NO_ROW) };
#undef DOOR_HTTP_NO_ROW

/* Which of the paths it is; DOOR_HTTP_NONE: none. */
u32 door_http_route(struct span path);

/* Whether it comes from a page of the venue with a body of JSON, of so many bytes at most. */
MUST_USE enum door_http_no door_http_check(const struct http_request *request, u32 bytes_max);
/* The cookie's token and the cross-site token; zeros, which nobody has, where there is none. */
void door_http_tokens(const struct http_request *request, struct door_ask *ask);

/* Fills *ask_out but for its id and network. Else why not, and *ask_out is wiped. */
MUST_USE enum door_http_no door_http_read(const struct http_request *request, u32 route,
                                          struct door_ask *ask_out);

/* What a session is, of the answer to look and use. */
struct door_http_state {
    u64 login;
    u64 handle;
    u64 until_us;
    u64 fresh_until_us; /* of its proof; 0: it is not fresh */
    bool is_full;
};
/* False: these are no such contents. */
MUST_USE bool door_http_state_read(struct span contents, struct door_http_state *state_out);

struct door_http_said {
    u32 status;
    u32 wait_s;                          /* for Retry-After; 0: none */
    char cookie[DOOR_HTTP_COOKIE_BYTES]; /* for Set-Cookie; empty: none. A secret */
};

/* Writes the answer's body. */
void door_http_say(struct json_writer *json, const struct door_answer_head *head,
                   struct door_http_said *said_out);
void door_http_refuse(struct json_writer *json, enum door_http_no no,
                      struct door_http_said *said_out);
/* A refusal that the door has named: status and body. */
void door_http_refuse_code(struct json_writer *json, const struct door_answer_head *head,
                           struct door_http_said *said_out);

#endif /* ROLE_GATEWAY_DOOR_HTTP_H */
