/* Why an officer does not approve a grant: a note to the desk, signed with the key that an approval
 * would be signed with (docs/officer-page.md "A refusal").
 *
 *     cambist refusal v1
 *     venue: demo.invalid
 *     grant: <SHA-256 of the grant's text>
 *     case: <16 bytes in hexadecimal>
 *     officer: anna
 *     at: 2026-11-23T12:00:00Z
 *     reason: The order names an account of somebody else.
 *     signature: <Ed25519 over all lines above, base64>
 *
 * It binds nobody: whoever refused may still approve. As with a grant, what is read is printed
 * again, and refused when that gives other bytes. */
#ifndef ROLE_VAULT_GRANT_REFUSAL_H
#define ROLE_VAULT_GRANT_REFUSAL_H

#include "base/base.h"
#include "io/fault.h"
#include "role/vault/grant_circle.h"

#define REFUSAL_REASON_BYTES 400U  /* at most */
#define REFUSAL_TEXT_BYTES   1024U /* the longest, with the zero: asserted in grant_refusal.c */

struct grant_refusal {
    char venue[SHARE_VENUE_SYMBOLS + 1];
    u8 grant[GRANT_HASH_BYTES];
    u8 name[PUBLOG_CASE_BYTES]; /* of the case */
    char officer[CODE_NAME_BYTES];
    u64 at_s;
    char reason[REFUSAL_REASON_BYTES + 1];
    u8 signature[OFFICER_SIGNATURE_BYTES];
};

/* Whether it may stand as a reason: UTF-8 in one line, 1 to REFUSAL_REASON_BYTES bytes, no control
 * characters (also not U+0080 to U+009F, nor the signs that turn the direction of a line or end
 * it), no blank at either end. */
MUST_USE bool grant_refusal_reason_fits(struct span reason);

/* Of this grant, by this officer: everything but the signature. CHECK: the reason fits. */
void grant_refusal_make(const struct grant_file *file, const char *officer, struct span reason,
                        u64 now_s, struct grant_refusal *refusal_out);

/* The lines that are signed, and all of it; the size without the zero behind it. */
size_t grant_refusal_print_signed(const struct grant_refusal *refusal,
                                  char target[REFUSAL_TEXT_BYTES]);
size_t grant_refusal_print(const struct grant_refusal *refusal, char target[REFUSAL_TEXT_BYTES]);

/* FAULT_INPUT with "NAME: reason". The signature's shape alone is looked at. */
MUST_USE enum fault grant_refusal_read(struct span text, const char *name,
                                       struct grant_refusal *refusal_out);

/* Whether it is of this grant, and signed by the officer of that code in the circle. FAULT_REFUSED
 * says what is not so. */
MUST_USE enum fault grant_refusal_check(const struct grant_circle *circle,
                                        const struct grant_file *file,
                                        const struct grant_refusal *refusal);

#endif /* ROLE_VAULT_GRANT_REFUSAL_H */
