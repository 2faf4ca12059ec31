/* The inside of the console, for its own files. */
#ifndef ROLE_OFFICE_OFFICE_INNER_H
#define ROLE_OFFICE_OFFICE_INNER_H

#include "role/office/office.h"
#include "role/office/office_limit.h"
#include "role/office/office_line.h"
#include "role/office/office_session.h"
#include "role/office/office_store.h"
#include "role/office/office_webauthn.h"
#include "wire/json.h"

#define OFFICE_HEX_BYTES      65U  /* 32 bytes and the zero */
#define OFFICE_COOKIE_BYTES   160U /* what Set-Cookie says */
#define OFFICE_QUESTION_BYTES 40960U

struct office {
    struct office_options options;
    struct office_store *store;
    struct office_sessions sessions;
    struct office_limit limit;
    struct office_line desk;
    struct office_line cases;
    struct office_party party;
    struct office_counts counts;
    enum fault fault; /* of the store */
    u64 now_ms;       /* of this request: a clock that never goes back */
    u64 wall_ms;
    /* Of the request. */
    const struct http_request *request;
    struct office_session *session; /* NULL: nobody is signed in */
    const struct office_person *person;
    struct office_body body;
    struct json_writer json;
    struct http_field set[2]; /* Set-Cookie, Retry-After */
    u32 set_count;
    char host[OFFICE_ORIGIN_BYTES];
    char rp[OFFICE_ORIGIN_BYTES];
    char cookie[OFFICE_COOKIE_BYTES];
    char wait[24];
    struct office_credential credentials[OFFICE_CREDENTIALS_MAX];
    struct office_row rows[OFFICE_ROWS_MAX];
    char question[OFFICE_QUESTION_BYTES];
    char heard[OFFICE_ANSWER_BYTES]; /* by a socket */
    char answer[OFFICE_ANSWER_BYTES];
};

/* ---- answers (office_http.c) ---- */

struct http_reply office_say(struct office *office, u32 status, struct span json);
/* {"error": NAME, "why": text} */
struct http_reply office_refuse(struct office *office, u32 status, const char *name,
                                const char *why);
struct http_reply office_wait(struct office *office, u64 wait_ms);
/* The store has failed: nothing is answered, and the process begins anew. */
struct http_reply office_fail(struct office *office, enum fault fault);
/* office->json, from its beginning to its end. */
void office_json_begin(struct office *office);
struct http_reply office_json_say(struct office *office);
/* Reads the body; false: *reply_out is the refusal. */
MUST_USE bool office_body_take(struct office *office, const struct office_wanted *wanted, u32 count,
                               bool has_fields, struct http_reply *reply_out);
/* Lets the browser forget the cookie. */
void office_cookie_clear(struct office *office);
void office_cookie_set(struct office *office, const u8 token[OFFICE_TOKEN_BYTES]);

const struct office_person *office_person_of(const struct office *office, struct span code);

/* ---- what is asked; each is one row of the table in office_http.c ---- */

struct http_reply office_sign_in_begin(struct office *office);
struct http_reply office_sign_in_key(struct office *office);
struct http_reply office_sign_in_webauthn(struct office *office);
struct http_reply office_session_say(struct office *office);
struct http_reply office_sign_out(struct office *office);
struct http_reply office_credentials_say(struct office *office);
struct http_reply office_credentials_begin(struct office *office);
struct http_reply office_credentials_put(struct office *office);
struct http_reply office_credentials_remove(struct office *office);

struct http_reply office_queue(struct office *office);
struct http_reply office_case(struct office *office);
struct http_reply office_authority(struct office *office);
struct http_reply office_contacts(struct office *office);
struct http_reply office_recusals(struct office *office);
struct http_reply office_letter(struct office *office);
struct http_reply office_draft_make(struct office *office);
struct http_reply office_put(struct office *office);

struct http_reply office_restrictions(struct office *office);
struct http_reply office_restriction(struct office *office);
struct http_reply office_reports(struct office *office);
struct http_reply office_whitelisted(struct office *office);

struct http_reply office_mine(struct office *office);

#endif /* ROLE_OFFICE_OFFICE_INNER_H */
