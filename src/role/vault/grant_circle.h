/* Who may let records be opened, as each officer pins it on their own machine (docs/opening.md
 * "The circle"): officers with their group, region, person and signing key; authorities with the
 * key that answers go to; who is biased towards whom; how much one officer releases a day.
 *
 *     cambist circle v1
 *     venue: demo.invalid
 *     records-a-day: 40
 *     fresh-seconds: 1200
 *     officer: anna A fr 11 <public key, base64>
 *     opened-a-day: 60
 *     authority: fr-police age1... 20
 *     recused: anna fr-police
 *     case: wanted
 *
 * The number behind an authority, which may be left out: of an officer's records a day so many are
 * for it. `opened-a-day`, which may be left out: what the opener opens in a day, whoever released.
 *
 * `case: wanted`, which may be left out: nothing is approved, answered or opened without the acts
 * of the grant's case at the desk (app/grant_case.h).
 *
 * An officer's code is their name in the ceremony of their group. A person may have two keys, in
 * one group; then two codes have one number, and count once. */
#ifndef ROLE_VAULT_GRANT_CIRCLE_H
#define ROLE_VAULT_GRANT_CIRCLE_H

#include "base/base.h"
#include "io/fault.h"
#include "io/officers.h"
#include "role/vault/approvals.h"
#include "role/vault/grant.h"

#define CIRCLE_TEXT_BYTES      32768U
#define CIRCLE_OFFICERS_MAX    APPROVALS_MAX
#define CIRCLE_AUTHORITIES_MAX 128U
#define CIRCLE_RECUSED_MAX     128U
#define CIRCLE_A_DAY_MAX       10000U
#define CIRCLE_FRESH_MIN_S     60U
#define CIRCLE_FRESH_MAX_S     86400U

struct circle_officer {
    enum share_side side;
    char region[CODE_NAME_BYTES];
    struct officer signer; /* code, key; its number is that of the person */
};

struct circle_authority {
    char name[GRANT_AUTHORITY_BYTES];
    u8 recipient[AGE_KEY_BYTES];
    u32 records_a_day; /* 0: as many as in all */
};

/* Records a day, 1 to CIRCLE_A_DAY_MAX each. */
struct release_budget {
    u32 records;   /* in all */
    u32 authority; /* for the grant's authority */
};

struct circle_recused {
    u32 officer; /* its place among the officers */
    u32 authority;
};

struct grant_circle {
    char venue[SHARE_VENUE_SYMBOLS + 1];
    u32 records_a_day; /* that one officer releases */
    u32 opened_a_day;  /* by the opener; 0: it keeps no book */
    u32 fresh_s;       /* how old the witnesses' word about an opening may be */
    bool wants_case;   /* the acts of a grant's case go with it */
    u32 officers_count;
    u32 authorities_count;
    u32 recused_count;
    struct circle_officer officers[CIRCLE_OFFICERS_MAX];
    struct circle_authority authorities[CIRCLE_AUTHORITIES_MAX];
    struct circle_recused recused[CIRCLE_RECUSED_MAX];
};

/* FAULT_INPUT with "NAME:LINE: reason": also one key twice, one person in both groups. */
MUST_USE enum fault grant_circle_read(struct span text, const char *name,
                                      struct grant_circle *circle_out);
/* NULL: nobody. */
const struct circle_officer *grant_circle_officer(const struct grant_circle *circle,
                                                  struct span code);

/* ---- a grant with approvals: its text, then a line for each signature, by code ---- */

#define GRANT_FILE_BYTES (GRANT_TEXT_BYTES + APPROVALS_BYTES)

struct grant_file {
    struct grant grant;
    char text[GRANT_TEXT_BYTES]; /* what is signed */
    size_t text_bytes;
    u8 hash[GRANT_HASH_BYTES]; /* SHA-256 of it */
    u32 signatures_count;
    struct grant_signature signatures[CIRCLE_OFFICERS_MAX];
};

/* FAULT_INPUT with "NAME:LINE: reason". The signatures' shape alone is looked at. */
MUST_USE enum fault grant_file_read(struct span bytes, const char *name,
                                    struct grant_file *file_out);
/* Its size, without the zero at the end. */
size_t grant_file_print(const struct grant_file *file, char target[GRANT_FILE_BYTES]);
/* Adds one in its place, or instead of an earlier one of the same officer. FAULT_INPUT: too many.
 */
MUST_USE enum fault grant_file_add(struct grant_file *file,
                                   const struct grant_signature *signature);
/* The signatures of another file of the same grant. FAULT_INPUT: of another grant. */
MUST_USE enum fault grant_file_join(struct grant_file *file, const struct grant_file *other,
                                    const char *name);

/* Whether the grant may be signed at all in this circle: its venue, and the recipient that is
 * pinned for its authority. FAULT_REFUSED says why not. */
MUST_USE enum fault grant_circle_allows(const struct grant_circle *circle,
                                        const struct grant *grant);
/* Whether this officer may take part in it. FAULT_REFUSED: recused. */
MUST_USE enum fault grant_circle_may(const struct grant_circle *circle,
                                     const struct circle_officer *officer,
                                     const struct grant *grant);

/* How many records of a grant one officer releases a day. */
struct release_budget grant_circle_budget(const struct grant_circle *circle,
                                          const struct grant *grant);
/* How many the opener opens, over all officers; `records` is 0 where the circle does not say. */
struct release_budget grant_circle_opener_budget(const struct grant_circle *circle,
                                                 const struct grant *grant);

/* The grant, as the rule of approvals looks at it (approvals.h); points into the file. */
struct approvals_matter grant_matter(const struct grant_file *file);

/* Whether enough officers have approved: of each group as many people as its shares need (one more
 * for a bulk grant), members of the groups as they are now, nobody recused, every signature good,
 * no region in both groups. FAULT_REFUSED names the first thing that is not so. */
MUST_USE enum fault grant_approved(const struct grant_circle *circle, const struct share_key *key,
                                   const struct grant_file *file);

#endif /* ROLE_VAULT_GRANT_CIRCLE_H */
