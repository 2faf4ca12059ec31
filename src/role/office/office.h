/* The officers' console behind its listener: who is heard, who is signed in, and what they are
 * answered (docs/office.md).
 *
 *     HTTP ─▶ Host, Origin, Sec-Fetch-Site ─▶ cookie, X-CSRF-Token ─▶ one answer
 *                                               │                      ├── desk.sock, cases.sock
 *                                           office_session             └── office.db
 *
 * It decides nothing: acts are signed on officers' own machines and judged by the desk. One request
 * at a time, each a step; asking another process is bounded (office_line.h). */
#ifndef ROLE_OFFICE_OFFICE_H
#define ROLE_OFFICE_OFFICE_H

#include "base/base.h"
#include "base/span.h"
#include "io/clock.h"
#include "io/fault.h"
#include "io/http_serve.h"
#include "io/officers.h"
#include "role/office/office_json.h"

#define OFFICE_FOLDER       "office"    /* in the venue's */
#define OFFICE_STORE_FILE   "office.db" /* in it */
#define OFFICE_ANSWER_BYTES (8U << 20)
#define OFFICE_HEAD_BYTES   8192U
#define OFFICE_TARGET_BYTES 2048U
#define OFFICE_ORIGIN_BYTES 256U
#define OFFICE_VENUE_BYTES  65U
#define OFFICE_WORD_BYTES   32U

#define OFFICE_COOKIE      "__Host-office"
#define OFFICE_CSRF_HEADER "X-CSRF-Token"

/* An officer of the register; role and region are empty for who is not of the desk. */
struct office_person {
    struct officer officer;
    char role[OFFICE_WORD_BYTES];
    char region[OFFICE_WORD_BYTES];
};

struct office_people {
    char venue[OFFICE_VENUE_BYTES];
    u32 quorum_a; /* of desk-staff.txt */
    u32 quorum_b;
    u32 count;
    struct office_person list[OFFICERS_MAX];
};

struct office;

/* What is to be drafted; texts of the request. */
struct office_draft {
    struct span act;
    struct span name; /* the case: 32 digits, "new" or "none" */
    const char *officer;
    const struct office_body *body; /* its fields */
};

struct office_options {
    struct clock *clock;
    const char *path; /* of office.db */
    const struct office_people *people;
    const char *origin;      /* "https://desk.example", without a path */
    const char *desk_socket; /* NULL: there is none */
    const char *cases_socket;

    /* Instead of both sockets: a test's, as office_line has it. NULL: the sockets. */
    bool (*hear)(struct span question, char *target, size_t target_bytes, size_t *size_out);

    /* The page with this path; false: there is none. `path` is "/" for every path of the page's
     * own.
     */
    bool (*page)(struct span path, bool takes_gzip, struct http_reply *reply_out,
                 bool *is_gzip_out);
    /* Whether the client takes gzip. */
    bool (*takes_gzip)(const struct http_request *request);

    /* The unsigned text of an act. `ask` puts a question of the desk's socket and gives what is
     * behind `wanted` in the answer. Faults: what is wrong with the request (FAULT_USAGE,
     * FAULT_INPUT, FAULT_LIMIT), FAULT_REFUSED, FAULT_MISSING, else the desk does not answer. */
    enum fault (*draft)(struct office *office, const struct office_draft *draft,
                        struct span *text_out);
};

struct office_counts {
    u64 sessions;
    u64 signed_in;
    u64 wrong;
    u64 waits;
    u64 asked;
    u64 refused;
    u64 views;
    u64 away;
};

/* What the options point to outlives it. FAULT_CONFIG: an origin that is none. */
MUST_USE enum fault office_open(struct office **office_out, const struct office_options *options);
/* NULL is fine. */
void office_close(struct office *office);

/* http_serve_options.answer; the context is the office. */
void office_answer(void *context, const struct http_request *request, struct http_reply *reply_out);
/* A fault of the store that a request met: the process begins anew. FAULT_NONE: none. */
enum fault office_fault(const struct office *office);

struct office_counts office_counts(const struct office *office);

/* Of a draft: asks the desk, and gives what is behind the word `wanted`. FAULT_REFUSED,
 * FAULT_INPUT, FAULT_MISSING with the desk's words; FAULT_UNAVAILABLE. */
MUST_USE enum fault office_desk_ask(struct office *office, struct span question, const char *wanted,
                                    struct span *rest_out);

/* "https://desk.example:8443" -> "desk.example:8443" and "desk.example". False: no origin. */
MUST_USE bool office_origin_read(const char *origin, char host_out[OFFICE_ORIGIN_BYTES],
                                 char rp_out[OFFICE_ORIGIN_BYTES]);

extern const struct http_limits office_limits;
extern const struct http_field office_fields[];
extern const u32 office_fields_count;

#endif /* ROLE_OFFICE_OFFICE_H */
