/* A grant and the case that it is of: what the desk's acts say of a case, as `cambist desk acts`
 * prints them; whether a grant says what was assessed and no more; and the grant's text out of both
 * the acts and the vault's rows (docs/desk.md "The grant of a case").
 *
 *     acts ──▶ grant_case ──┬── grant_case_holds ◀── a grant        (preparer, officers)
 *                           └── grant_case_write ──▶ a grant        (preparer)
 *
 * The desk has identifiers as hashes under the case, a grant has them under a nonce of its own and
 * with persons' numbers: no one follows from the other without the paper's values, so that the
 * desk's file and the log together say nothing of whom a grant is about. Who has the paper compares
 * both. */
#ifndef APP_GRANT_CASE_H
#define APP_GRANT_CASE_H

#include "base/base.h"
#include "base/span.h"
#include "io/fault.h"
#include "role/desk/desk.h"
#include "role/desk/desk_act.h"
#include "role/vault/grant_circle.h"

#define GRANT_CASE_ACTS_BYTES (1U << 20) /* of a case, as they are printed, at most */

struct grant_case {
    u8 name[DESK_NAME_BYTES];
    u32 acts;
    u32 acts_known;           /* by officers of the circle, with their signatures */
    struct desk_act asked;    /* the last receive or amend, with the instrument that came later */
    struct desk_act assessed; /* the last assessment; kind 0: none */
    struct desk_act prepared; /* the preparation behind it; kind 0: none */
    bool is_assessor_known;   /* the circle has who assessed */
    u64 silence_s;            /* the end of the last silence; 0: none */
    u32 proposers_count;      /* whoever took in, assessed or prepared, ever */
    char proposers[DESK_PROPOSERS_MAX][CODE_NAME_BYTES];
    char recipient[DESK_RECIPIENT_BYTES]; /* of the authority; "": the caller does not know it */
};

/* Acts as `cambist desk acts` prints them: each behind a line "# NUMBER LOG", of one case, each
 * following one before it, so that who believes the last one believes all. Whose code the circle
 * has (NULL: no circle), their signature is checked with its key; the desk has officers whom no
 * circle has. FAULT_INPUT names the act; FAULT_REFUSED: nothing was assessed, or nothing is to be
 * disclosed. */
MUST_USE enum fault grant_case_read(struct span acts, const char *name,
                                    const struct grant_circle *circle, struct grant_case *case_out);

/* FAULT_REFUSED: the grant is of another case, or says more than was assessed; the fault's text
 * says what. `persons` are those of a preparation: the number of ordinal i + 1, 0 for none. */
MUST_USE enum fault grant_case_holds(const struct grant_case *at, const struct grant *grant,
                                     const u64 *persons, u32 persons_count);

/* The same for what the paper says: the value is one that the case names this person by.
 * FAULT_REFUSED. */
MUST_USE enum fault grant_case_value(const struct grant_case *at, u32 ordinal, u32 field,
                                     struct span value);

/* Who proposes does not approve, whatever the desk has taken: FAULT_REFUSED where this person took
 * in, assessed or prepared anything of the case, under whatever code the circle has for them. */
MUST_USE enum fault grant_case_may_approve(const struct grant_case *at,
                                           const struct grant_circle *circle,
                                           const struct circle_officer *officer);

/* All that an officer's client holds a grant against: it is the case's prepared one, says no more
 * than was assessed, and none of those who have signed it proposed. In a circle that wants cases
 * somebody of the circle has assessed it. `acts` as above, `name` what messages call them.
 * FAULT_INPUT, FAULT_REFUSED. */
MUST_USE enum fault grant_case_judge(struct span acts, const char *name,
                                     const struct grant_circle *circle,
                                     const struct grant_file *file, struct grant_case *case_out);

/* What a grant is made of beside the case. Texts are lines; both may end with an empty one. */
struct grant_case_parts {
    u64 now_s;
    u64 until_s; /* 0: as long as a grant of its class may hold */
    u64 log_size;
    u8 nonce[GRANT_NONCE_BYTES];
    const u64 *persons;
    u32 persons_count;
    struct span rows;  /* as `cambist open collect` prints them, of exactly what is granted */
    struct span paper; /* "ORDINAL FIELD VALUE": what the paper says, by the case's numbers */
};

/* FAULT_INPUT: a line that is none; FAULT_REFUSED: it is not of this case, more than was assessed,
 * or no grant may say it. */
MUST_USE enum fault grant_case_write(const struct grant_case *at,
                                     const struct grant_case_parts *parts, struct grant *grant_out);

#endif /* APP_GRANT_CASE_H */
