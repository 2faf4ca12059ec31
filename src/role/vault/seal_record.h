/* A sealed field group: its body under a key of its own, and that key wrapped for the officers
 * (docs/vault-crypto.md "Records").
 *
 * The body stands in one store, the wrap in another. The wrap is made by a rule from the key and
 * the label, so whoever sees the key (the reviewer of a sign-up, the opener) makes it again and
 * refuses another. Its proof shows, to anybody, that its maker knew the randomness for exactly this
 * subject, group, version, epoch, wrapped key and body: another record's point cannot be reused. */
#ifndef ROLE_VAULT_SEAL_RECORD_H
#define ROLE_VAULT_SEAL_RECORD_H

#include "base/base.h"
#include "io/fault.h"
#include "role/vault/seal_curve.h"
#include "role/vault/seal_label.h"
#include "role/vault/seal_room.h"

#define SEAL_KEY_SIZE         32U /* of a record's own key */
#define SEAL_WRAPPED_BYTES    48U
#define SEAL_WRAP_BYTES       144U
#define SEAL_HAND_BYTES       88U
#define SEAL_HASH_BYTES       32U
#define SEAL_BODY_EXTRA_BYTES 40U  /* nonce and tag */
#define SEAL_PAD_BYTES        128U /* a text's length is told only in steps of this */
#define SEAL_TEXT_BYTES_MAX   (8U * 1024U * 1024U)

/* The text's length rounded up, at least one byte of padding, and the nonce and tag. */
#define SEAL_BODY_BYTES(text_bytes) \
    (((text_bytes) / SEAL_PAD_BYTES + 1) * SEAL_PAD_BYTES + SEAL_BODY_EXTRA_BYTES)
#define SEAL_BODY_BYTES_MAX SEAL_BODY_BYTES(SEAL_TEXT_BYTES_MAX)

/* The row of the key table, beside the label and the body's hash. */
struct seal_wrap {
    struct seal_point point; /* R */
    u8 wrapped[SEAL_WRAPPED_BYTES];
    struct seal_proof proof;
};
_Static_assert(sizeof(struct seal_wrap) == SEAL_WRAP_BYTES, "stored as bytes");

/* A copy of a record's key for one holder. */
enum seal_hand_kind {
    SEAL_HAND_REVIEW = 1, /* the reviewer of a sign-up; dies at the decision */
    SEAL_HAND_OWNER = 2,  /* the person's own */
};

/* ---- bodies ---- */

/* `body` gets SEAL_BODY_BYTES(text.size) bytes, `hash_out` their hash. The text is at most
 * SEAL_TEXT_BYTES_MAX. */
void seal_body_close(const struct seal_label *label, const u8 key[SEAL_KEY_SIZE], struct span text,
                     u8 *body, u8 hash_out[SEAL_HASH_BYTES]);

/* `text` gets body.size - SEAL_BODY_EXTRA_BYTES bytes, of which *text_bytes_out are the text (what
 * is behind them is zeros). FAULT_ROT, and zeros in the target: changed, another key or label. */
MUST_USE enum fault seal_body_open(const struct seal_label *label, const u8 key[SEAL_KEY_SIZE],
                                   struct span body, u8 *text, size_t *text_bytes_out);

/* BLAKE2b-256 under the name "body". */
void seal_body_hash(struct span body, u8 hash_out[SEAL_HASH_BYTES]);

/* ---- wraps ---- */

/* A fresh key for one record. */
void seal_key_make(u8 key_out[SEAL_KEY_SIZE]);

/* FAULT_INPUT: the group key is no point. */
MUST_USE enum fault seal_wrap_make(struct seal_room *room, const struct seal_label *label,
                                   const struct seal_point *group_key, const u8 key[SEAL_KEY_SIZE],
                                   const u8 body_hash[SEAL_HASH_BYTES], struct seal_wrap *wrap_out);

/* What a client checks before it stores, shows or helps to open: the proof. FAULT_INPUT names what
 * is wrong. */
MUST_USE enum fault seal_wrap_check(const struct seal_label *label,
                                    const struct seal_point *group_key,
                                    const u8 body_hash[SEAL_HASH_BYTES],
                                    const struct seal_wrap *wrap);

/* What the reviewer checks: seal_wrap_check, and that the point and the wrapped key are those that
 * the rule makes of this key. FAULT_INPUT. */
MUST_USE enum fault seal_wrap_recompute(struct seal_room *room, const struct seal_label *label,
                                        const struct seal_point *group_key,
                                        const u8 key[SEAL_KEY_SIZE],
                                        const u8 body_hash[SEAL_HASH_BYTES],
                                        const struct seal_wrap *wrap);

/* The record's key, from the point that the officers' partials make (share_open: the group's
 * secret times R). Recomputes as above. FAULT_INPUT, and zeros in key_out. */
MUST_USE enum fault seal_wrap_open(struct seal_room *room, const struct seal_label *label,
                                   const struct seal_point *group_key,
                                   const struct seal_point *shared,
                                   const u8 body_hash[SEAL_HASH_BYTES],
                                   const struct seal_wrap *wrap, u8 key_out[SEAL_KEY_SIZE]);

/* ---- hands ---- */

/* The same key for one holder: their point, what for, and until when (seconds since 1970, 0 for
 * ever), all bound. FAULT_INPUT: `holder` is no point. */
MUST_USE enum fault seal_hand_make(struct seal_room *room, const struct seal_label *label,
                                   enum seal_hand_kind kind, const struct seal_point *holder,
                                   u64 until, const u8 key[SEAL_KEY_SIZE],
                                   u8 hand_out[SEAL_HAND_BYTES]);

/* FAULT_REFUSED: `now` is past it. FAULT_ROT: changed, or another's. Zeros in key_out after both.
 */
MUST_USE enum fault seal_hand_open(struct seal_room *room, const struct seal_label *label,
                                   enum seal_hand_kind kind, const struct seal_scalar *holder,
                                   u64 now, struct span hand, u8 key_out[SEAL_KEY_SIZE]);

#endif /* ROLE_VAULT_SEAL_RECORD_H */
