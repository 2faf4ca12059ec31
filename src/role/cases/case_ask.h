/* A question to the officers' queue: one JSON object, as it comes over the queue's socket in a
 * line. docs/cases.md "The API" names its fields.
 *
 * A question is whole or refused: an unknown or repeated field, one that has no place in this kind
 * of question, a value of another kind or beyond its bounds is told by name. */
#ifndef ROLE_CASES_CASE_ASK_H
#define ROLE_CASES_CASE_ASK_H

#include "base/base.h"
#include "role/cases/case_query.h"
#include "wire/pack_text.h"

#define CASE_ASK_BYTES_MAX    4096U /* of a line, without its end */
#define CASE_ASK_ROWS_MAX     500U  /* cases, reports, acts in one answer */
#define CASE_ASK_NOTICES_MAX  100U
#define CASE_ASK_ROWS_USUAL   100U
#define CASE_ASK_NOTICE_USUAL 20U

enum case_ask_kind {
    CASE_ASK_LIST = 1,
    CASE_ASK_SHOW = 2,
    CASE_ASK_INBOX = 3,
    CASE_ASK_REPORTS = 4,
    CASE_ASK_WHITELISTED = 5,
    CASE_ASK_ACTS = 6,
};
#define CASE_ASK_KINDS_COUNT 7U

struct case_ask {
    enum case_ask_kind kind;
    u32 limit;                    /* rows: cases, acts, notices */
    struct case_filter filter;    /* LIST, REPORTS; its limit is left alone */
    u64 matter;                   /* SHOW */
    u32 acts_before;              /* SHOW: so many acts were given already */
    u32 account;                  /* INBOX */
    enum language language;       /* INBOX */
    bool has_newer;               /* INBOX: only what is older than `newer`, */
    struct case_notice_row newer; /* of which number and item are set */
    u32 rows_before;              /* WHITELISTED, ACTS: so many rows were given already */
    u64 from_us;                  /* ACTS */
    u64 until_us;                 /* ACTS */
    u64 at_us;                    /* REPORTS: late then; 0: now */
};

#define CASE_FIELD_BYTES  32U
#define CASE_REASON_BYTES 512U

/* Why there is no answer. */
struct case_refusal {
    char field[CASE_FIELD_BYTES]; /* empty: the whole line */
    char reason[CASE_REASON_BYTES];
};

/* False: *refusal_out says which field is wrong, and why. */
MUST_USE bool case_ask_read(struct span line, struct case_ask *ask_out,
                            struct case_refusal *refusal_out);

/* Fills one in; what is longer is cut. */
void case_refuse(struct case_refusal *refusal, const char *field, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif /* ROLE_CASES_CASE_ASK_H */
