/* What an officer does with a share: answers for one record under one grant, and shows in a drill
 * that the share is there (docs/vault-crypto.md "Partials").
 *
 * An answer is a partial: share * R, with a proof that it is by the officer's own share. Putting
 * partials together gives the one point that opens this wrap, and nothing about any other. */
#ifndef ROLE_VAULT_SHARE_PART_H
#define ROLE_VAULT_SHARE_PART_H

#include "base/base.h"
#include "io/fault.h"
#include "role/vault/seal_record.h"
#include "role/vault/share_group.h"

#define SHARE_PARTIAL_BYTES 108U
#define SHARE_NONCE_BYTES   32U
#define SHARE_PARTIALS_MAX  (2U * SHARE_MEMBERS_MAX)

struct share_partial {
    u8 place[SHARE_PLACE_BYTES];
    struct seal_point point;
    struct seal_proof proof;
};
_Static_assert(sizeof(struct share_partial) == SHARE_PARTIAL_BYTES, "sent as bytes");

/* One record that is to be opened, and for what. */
struct share_case {
    const struct share_key *key;
    struct seal_label label;
    const struct seal_wrap *wrap;
    const u8 *body_hash; /* SEAL_HASH_BYTES */
    const u8 *context;   /* SHARE_HASH_BYTES: the hash of the grant and the opener's key */
};

/* Whom a refusal is about; index 0: nobody. */
struct share_wrong {
    enum share_side side;
    u32 index;
};

/* FAULT_INPUT: the wrap's proof does not hold, the label is of another epoch, or the share is not
 * this member's. */
MUST_USE enum fault share_answer(struct seal_room *room, const struct share_case *about,
                                 enum share_side side, u32 index, const struct seal_scalar *share,
                                 struct share_partial *partial_out);

/* Whether the partial is the right answer of the officer it names, for this case. FAULT_INPUT says
 * whose it is; *wrong_out is the officer where the bytes name one. */
MUST_USE enum fault share_partial_check(const struct share_case *about,
                                        const struct share_partial *partial,
                                        struct share_wrong *wrong_out);

/* The record's key. Every partial is checked, and one that is wrong, or one officer twice, refuses
 * the whole: FAULT_INPUT, with *wrong_out. FAULT_REFUSED: too few of a group. Zeros in key_out
 * after both. */
MUST_USE enum fault share_open(struct seal_room *room, const struct share_case *about,
                               const struct share_partial *partials, u32 count,
                               u8 key_out[SEAL_KEY_SIZE], struct share_wrong *wrong_out);

/* FAULT_INPUT: not 108 bytes of a partial. The proof is not looked at. */
MUST_USE enum fault share_partial_decode(struct span bytes, struct share_partial *partial_out);

/* Possession of a share, on a nonce of whoever asks. FAULT_INPUT: not this member's share. */
MUST_USE enum fault share_drill(struct seal_room *room, const struct share_group *group, u32 index,
                                const struct seal_scalar *share, const u8 nonce[SHARE_NONCE_BYTES],
                                struct seal_proof *proof_out);
MUST_USE bool share_drill_holds(const struct share_group *group, u32 index,
                                const u8 nonce[SHARE_NONCE_BYTES], const struct seal_proof *proof);

#endif /* ROLE_VAULT_SHARE_PART_H */
