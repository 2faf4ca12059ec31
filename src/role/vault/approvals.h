/* Approvals: the signatures of officers below a text, a line each, and whether they are enough of
 * both groups. A grant (grant_circle.h) and a rotation (rotation.h) are approved by the same rule.
 *
 *     <the text that is signed>
 *     signature: anna <base64>
 *     signature: bela <base64>
 *
 * Lines stand by officer, each once. */
#ifndef ROLE_VAULT_APPROVALS_H
#define ROLE_VAULT_APPROVALS_H

#include "base/base.h"
#include "io/fault.h"
#include "io/officers.h"
#include "role/vault/share_group.h"

#define APPROVALS_MAX   (2U * SHARE_MEMBERS_MAX)
#define APPROVALS_BYTES (APPROVALS_MAX * 128U) /* the longest lines of all */

struct grant_circle;
struct circle_officer;

struct grant_signature {
    char officer[CODE_NAME_BYTES];
    u8 bytes[OFFICER_SIGNATURE_BYTES];
};

/* Signatures that lie in somebody's struct: APPROVALS_MAX of them at `list`. */
struct approvals {
    u32 *count;
    struct grant_signature *list;
};

/* Where the text ends and the signatures begin: at the first line that begins as theirs do. */
size_t approvals_begin(struct span bytes);

/* The lines from `begin` on; their shape alone is looked at. FAULT_INPUT with "NAME:LINE: reason".
 */
MUST_USE enum fault approvals_read(struct span bytes, size_t begin, const char *name,
                                   struct approvals approvals);
/* Writes the lines; their size, without the zero at the end. */
size_t approvals_print(const struct grant_signature *list, u32 count, char target[APPROVALS_BYTES]);
/* Adds one in its place, or instead of an earlier one of the same officer. FAULT_INPUT: too many.
 */
MUST_USE enum fault approvals_add(struct approvals approvals,
                                  const struct grant_signature *signature);

/* What is approved, as far as that rule looks at it. */
struct approvals_matter {
    const char *word;  /* "grant": for messages */
    const char *venue; /* as the text says */
    struct span text;  /* what is signed */
    const struct grant_signature *list;
    u32 count;
    u32 more; /* people of each group above its threshold */
    /* Whether the officer may take part: FAULT_REFUSED. NULL: everybody may. */
    enum fault (*may)(const struct grant_circle *circle, const struct circle_officer *officer,
                      const void *argument);
    const void *argument;
};

/* Whether a signature counts: of an officer of the circle who is a member of their group as `key`
 * has it, good, and of one who may take part. FAULT_REFUSED says why not. *officer_out: whose it
 * is; NULL: the circle knows nobody of that code. */
MUST_USE enum fault approvals_counts(const struct grant_circle *circle, const struct share_key *key,
                                     const struct approvals_matter *matter,
                                     const struct grant_signature *signature,
                                     const struct circle_officer **officer_out);
/* How many people of the group with this roster it takes. */
u32 approvals_wanted(const struct share_roster *roster, const struct approvals_matter *matter);

/* Whether enough officers have signed: of each group as many people as its shares need and `more`,
 * members of the groups as `key` has them, every signature good, no region in both groups.
 * FAULT_REFUSED names the first thing that is not so. */
MUST_USE enum fault approvals_are_enough(const struct grant_circle *circle,
                                         const struct share_key *key,
                                         const struct approvals_matter *matter);

#endif /* ROLE_VAULT_APPROVALS_H */
