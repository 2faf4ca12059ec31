/* An opening under a grant: the text that comes into the public log before any share moves, the
 * rows of the records, and what every party judges anew before it does its part (docs/opening.md).
 *
 *     cambist opening v1
 *     venue: demo.invalid
 *     grant: <SHA-256 of the grant's text>
 *     key: <the opener's one-time point: answers are sealed to it>
 *     signer: <the opener's one-time Ed25519 key: it signs the manifest>
 *     begins: 2026-11-23T12:10:00Z
 *
 * The opener makes both keys at that moment, in memory alone, and forgets them at the latest
 * OPENING_SECONDS later. So an opening can be done once, by the process that began it: killed, it
 * takes another grant. */
#ifndef ROLE_VAULT_OPENING_H
#define ROLE_VAULT_OPENING_H

#include "base/base.h"
#include "io/fault.h"
#include "role/vault/grant_circle.h"
#include "role/vault/publog_shown.h"
#include "role/vault/share_part.h"

#define OPENING_SECONDS    900U
#define OPENING_TEXT_BYTES 512U
#define OPENING_AHEAD_S    300U /* a witness's clock may be so much before ours */
#define OPENING_ROWS_BYTES (64U + GRANT_RECORDS_MAX * 512U)

struct opening {
    char venue[SHARE_VENUE_SYMBOLS + 1];
    u8 grant[GRANT_HASH_BYTES];
    struct seal_point key;
    u8 signer[OFFICER_KEY_BYTES];
    u64 begins_s;
};

/* One-time keys in `key` and `signer` (crypto_sign_SECRETKEYBYTES), both in locked memory, and the
 * opening that names them, of what has this hash. */
void opening_make(const char *venue, const u8 hash[GRANT_HASH_BYTES], u64 now_s,
                  struct seal_scalar *key, u8 *signer, struct opening *opening_out);
/* Appends "signature: BASE64" over the `size` bytes of a manifest, by that key; the whole size.
 * CHECK: it fits into `room`. */
size_t opening_manifest_sign(const u8 *signer, char *text, size_t size, size_t room);

size_t opening_print(const struct opening *opening, char target[OPENING_TEXT_BYTES]);
/* FAULT_INPUT with "NAME: reason". */
MUST_USE enum fault opening_read(struct span text, const char *name, struct opening *opening_out);
/* What partials are bound to: SHA-256 of the opening's text, which names grant and key. */
void opening_context(const struct opening *opening, u8 context_out[SHARE_HASH_BYTES]);

/* ---- rows: of each record of a grant, in its order, what its share is asked with ---- */

struct opening_row {
    struct seal_label label;
    u8 body_hash[SEAL_HASH_BYTES];
    struct seal_wrap wrap;
};

struct opening_rows {
    u32 count;
    struct opening_row list[GRANT_RECORDS_MAX];
};

/* Text: "cambist rows v1", then "row: LABEL BODY WRAP" in hexadecimal digits each. */
size_t opening_rows_print(const struct opening_rows *rows, char target[OPENING_ROWS_BYTES]);
MUST_USE enum fault opening_rows_read(struct span text, const char *name,
                                      struct opening_rows *rows_out);

/* ---- judging ---- */

/* What each party has of its own, and believes. */
struct opening_judge {
    struct tlog_crypto *crypto;
    const struct tlog_policy *policy;
    const struct grant_circle *circle;
    const struct share_key *key;
    u64 now_s; /* of its own clock */
};

/* What was found about a grant. */
struct opening_granted {
    struct publog_seen seen;
};

/* What was approved, as far as grants and rotations (rotation.h) are judged alike. */
struct opening_matter {
    const char *word; /* "grant", "rotation": for messages */
    const char *venue;
    const u8 *name; /* of the case: PUBLOG_CASE_BYTES */
    const u8 *hash; /* SHA-256 of the text that is signed */
    enum publog_class class;
    u8 flags; /* of its event: bulk and search wait GRANT_BULK_WAIT_S; 0 does not */
    u64 issued_s;
    u64 expires_s;
    u64 log_size;
    u32 opening_s;                   /* how long an opening of it may last */
    u8 mark_salt[PUBLOG_SALT_BYTES]; /* of every opening of it */
};

/* That `approved`, the text with its approvals, is in the log as the event `grant`, seen by the
 * witnesses, not before it was written, and has not expired; a bulk one or a search's, that the
 * wait is over. The approvals themselves are not looked at. FAULT_REFUSED, FAULT_INPUT. */
MUST_USE enum fault opening_judge_logged(const struct opening_judge *judge,
                                         const struct opening_matter *matter, struct span approved,
                                         struct span shown, struct opening_granted *granted_out);
/* As opening_judge_opening and opening_judge_first below. */
MUST_USE enum fault opening_judge_begun(const struct opening_judge *judge,
                                        const struct opening_matter *matter,
                                        const struct opening_granted *granted,
                                        const struct opening *opening, struct span shown);
MUST_USE enum fault opening_judge_alone(const struct opening_judge *judge,
                                        const struct opening_matter *matter,
                                        const struct opening *opening, struct span shown,
                                        struct span slots);

/* All that must hold before an opening may begin: approvals, time, recipient; and the receipt: that
 * exactly this approved grant is in the log, seen by the witnesses, not before it was written; for
 * a grant that waits, that this is over. FAULT_REFUSED (FAULT_INPUT for bytes that are no such
 * thing) names the first thing that does not hold. */
MUST_USE enum fault opening_judge_grant(const struct opening_judge *judge,
                                        const struct grant_file *file, struct span shown,
                                        struct opening_granted *granted_out);

/* That the rows are those of the grant's records, sealed for the officers' key, each with a proof
 * for its own label and body. FAULT_REFUSED. */
MUST_USE enum fault opening_judge_rows(const struct opening_judge *judge,
                                       const struct grant_file *file,
                                       const struct opening_rows *rows);

/* All that must hold before a share may move: the opening is of this grant, not over, and its event
 * is in the log with the grant's own mark, behind the grant, in a checkpoint that the witnesses saw
 * not long ago. */
MUST_USE enum fault opening_judge_opening(const struct opening_judge *judge,
                                          const struct grant_file *file,
                                          const struct opening_granted *granted,
                                          const struct opening *opening, struct span shown);

/* That it is the first opening of this grant, whatever anybody remembers: `slots` (publog_span.h)
 * shows the log whole from the slot in which the grant was issued, before which no event of it can
 * be, to that of the opening; no other event there has this grant's mark. FAULT_REFUSED. */
MUST_USE enum fault opening_judge_first(const struct opening_judge *judge,
                                        const struct grant_file *file,
                                        const struct opening *opening, struct span shown,
                                        struct span slots);

/* ---- an officer's answer ---- */

/*     cambist release v1
 *     opening: <SHA-256 of the opening's text>
 *     answer: <the partial for a record, sealed to the opener's key>     in the grant's order
 */
#define RELEASE_BOX_BYTES  (SHARE_PARTIAL_BYTES + SEAL_BOX_EXTRA_BYTES)
#define RELEASE_TEXT_BYTES (256U + GRANT_RECORDS_MAX * (2U * RELEASE_BOX_BYTES + 16U))

/* With this officer's share; everything was judged. The size of the text. FAULT_INPUT: the share is
 * not this member's, or of another generation. */
MUST_USE enum fault release_make(struct seal_room *room, const struct share_key *key,
                                 const struct opening *opening, const struct opening_rows *rows,
                                 enum share_side side, u32 index, const struct seal_scalar *share,
                                 char target[RELEASE_TEXT_BYTES], size_t *size_out);

/* The partials in it, `rows` of them. FAULT_INPUT: not such a text, FAULT_REFUSED: of another
 * opening, FAULT_ROT: sealed to another key. The partials are not checked. */
MUST_USE enum fault release_read(struct seal_room *room, struct span text, const char *name,
                                 const struct opening *opening, const struct seal_scalar *key,
                                 const struct opening_rows *rows,
                                 struct share_partial partials_out[GRANT_RECORDS_MAX]);

#endif /* ROLE_VAULT_OPENING_H */
