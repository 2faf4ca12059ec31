/* A rotation: what officers of both groups allow to be wrapped anew for the key of a later epoch,
 * as the one text that they sign (docs/rotation.md).
 *
 *     cambist rotation v1
 *     venue: demo.invalid
 *     case: 00112233445566778899aabbccddeeff
 *     from: 1
 *     to: 2
 *     from-key: <the groups' public key of the old epoch>
 *     to-key: <of the new one>
 *     from-a: <SHA-256 of the last closed transcript>     from-b, to-a, to-b
 *     records: 200
 *     rows: <SHA-256 of the file of rows>
 *     issued: 2026-11-23T12:00:00Z
 *     expires: 2026-11-27T12:00:00Z
 *     nonce: 00112233445566778899aabbccddeeff
 *     log-size: 1234
 *
 * Each meaning has one text: it is read, printed again, and refused when that gives other bytes.
 * Nothing is delivered to anybody by it: what comes out is wraps for `to-key` alone. */
#ifndef ROLE_VAULT_ROTATION_H
#define ROLE_VAULT_ROTATION_H

#include "base/base.h"
#include "io/fault.h"
#include "role/vault/approvals.h"
#include "role/vault/opening.h"

#define ROTATION_TEXT_BYTES  2048U
#define ROTATION_FILE_BYTES  (ROTATION_TEXT_BYTES + APPROVALS_BYTES)
#define ROTATION_RECORDS_MAX 16777216U
#define ROTATION_OPENING_S   21600U /* how long the re-wrapper's keys may live */

/* One epoch's key, and the ceremonies that it comes from. */
struct rotation_epoch {
    u32 number;
    struct seal_point public;
    u8 transcripts[2][SHARE_HASH_BYTES]; /* of A and B: the last closed one */
};

struct rotation {
    char venue[SHARE_VENUE_SYMBOLS + 1];
    u8 name[PUBLOG_CASE_BYTES]; /* of the case */
    struct rotation_epoch from;
    struct rotation_epoch to;
    u32 records;
    u8 rows[SHA256_BYTES];
    u64 issued_s;
    u64 expires_s;
    u8 nonce[GRANT_NONCE_BYTES];
    u64 log_size;
};

/* The size, without the zero at the end. */
size_t rotation_print(const struct rotation *rotation, char target[ROTATION_TEXT_BYTES]);
/* FAULT_INPUT with "NAME:LINE: reason", for what is no rotation in its one form, or says what none
 * may: epochs that do not rise, one key for both, a time in which no bulk grant fits. */
MUST_USE enum fault rotation_read(struct span text, const char *name,
                                  struct rotation *rotation_out);
/* The last of these rules alone, for who writes one. */
MUST_USE enum fault rotation_check(const struct rotation *rotation, const char *name);

/* ---- with approvals below the text ---- */

struct rotation_file {
    struct rotation rotation;
    char text[ROTATION_TEXT_BYTES];
    size_t text_bytes;
    u8 hash[GRANT_HASH_BYTES]; /* SHA-256 of it */
    u32 signatures_count;
    struct grant_signature signatures[APPROVALS_MAX];
};

MUST_USE enum fault rotation_file_read(struct span bytes, const char *name,
                                       struct rotation_file *file_out);
size_t rotation_file_print(const struct rotation_file *file, char target[ROTATION_FILE_BYTES]);
MUST_USE enum fault rotation_file_add(struct rotation_file *file,
                                      const struct grant_signature *signature);
/* The signatures of another file of the same rotation. FAULT_INPUT: of another one. */
MUST_USE enum fault rotation_file_join(struct rotation_file *file,
                                       const struct rotation_file *other, const char *name);

/* ---- judging ---- */

/* What each party has of its own: that of an opening, whose key is the old epoch's, and both epochs
 * as it has pinned them. */
struct rotation_judge {
    const struct opening_judge *judge;
    struct rotation_epoch from;
    struct rotation_epoch to;
};

/* What is pinned of an epoch. */
void rotation_epoch_of(const struct share_key *key, const u8 a[SHARE_HASH_BYTES],
                       const u8 b[SHARE_HASH_BYTES], struct rotation_epoch *epoch_out);

/* Whether it may be signed at all: the venue is the circle's, both epochs are those that are
 * pinned. FAULT_REFUSED says why not. */
MUST_USE enum fault rotation_judge_text(const struct rotation_judge *judge,
                                        const struct rotation *rotation);
/* That, and that one more than the threshold of each of the old groups has approved. */
MUST_USE enum fault rotation_judge_approved(const struct rotation_judge *judge,
                                            const struct rotation_file *file);
/* That, and what opening_judge_logged says of the event, with the flag of a bulk grant. */
MUST_USE enum fault rotation_judge_logged(const struct rotation_judge *judge,
                                          const struct rotation_file *file, struct span shown,
                                          struct opening_granted *granted_out);
/* That the opening is of this rotation, not over, in the log behind it as the witnesses saw not
 * long ago, and the only one of it in `slots`. */
MUST_USE enum fault rotation_judge_opening(const struct rotation_judge *judge,
                                           const struct rotation_file *file,
                                           const struct opening_granted *granted,
                                           const struct opening *opening, struct span shown,
                                           struct span slots);
/* The salt of the mark that every opening of it leaves. */
void rotation_mark_salt(const struct rotation_file *file, u8 salt_out[PUBLOG_SALT_BYTES]);

#endif /* ROLE_VAULT_ROTATION_H */
