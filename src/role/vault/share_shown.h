/* What an officer answers in a drill: a proof that the share is there, for a nonce of whoever asks
 * and one of the officer's own (docs/vault-crypto.md "Drills").
 *
 * Whoever asks chooses what is asked, and could choose the hash of a ceremony's text: a proof on
 * that alone would be a confirmation of that ceremony. So the proof is on a hash of both, and
 * nobody but the officer's own client knows the second before the answer is made. */
#ifndef ROLE_VAULT_SHARE_SHOWN_H
#define ROLE_VAULT_SHARE_SHOWN_H

#include "base/base.h"
#include "io/fault.h"
#include "role/vault/share_part.h"

#define SHARE_SHOWN_BYTES      140U
#define SHARE_SHOWN_TEXT_BYTES 320U /* of the line, its end included */

struct share_shown {
    u8 place[SHARE_PLACE_BYTES];
    u8 asked[SHARE_NONCE_BYTES];
    u8 own[SHARE_NONCE_BYTES];
    struct seal_proof proof;
};
_Static_assert(sizeof(struct share_shown) == SHARE_SHOWN_BYTES, "sent as bytes");

/* What a drill's proof is about: H(drill-nonce; asked, own). */
void share_shown_nonce(const u8 asked[SHARE_NONCE_BYTES], const u8 own[SHARE_NONCE_BYTES],
                       u8 nonce_out[SHARE_NONCE_BYTES]);

/* Draws a nonce of its own and proves. FAULT_INPUT: not the share of member `index`. */
MUST_USE enum fault share_shown_make(struct seal_room *room, const struct share_group *group,
                                     u32 index, const struct seal_scalar *share,
                                     const u8 asked[SHARE_NONCE_BYTES],
                                     struct share_shown *shown_out);

/* Whether it shows a share that the group has now, for exactly what was asked. FAULT_INPUT says
 * what is wrong, and names the officer where the place is one of this group's. */
MUST_USE enum fault share_shown_check(const struct share_group *group,
                                      const u8 asked[SHARE_NONCE_BYTES],
                                      const struct share_shown *shown);

/* The line "drill SIDE EPOCH GENERATION INDEX ASKED OWN PROOF"; its size, with a zero behind it. */
size_t share_shown_print(const struct share_shown *shown, char target[SHARE_SHOWN_TEXT_BYTES]);
/* The canonical line and nothing behind it. FAULT_INPUT with "NAME: reason". The proof is not
 * looked at. */
MUST_USE enum fault share_shown_read(struct span text, const char *name,
                                     struct share_shown *shown_out);
/* FAULT_INPUT: not 140 bytes of one. The proof is not looked at. */
MUST_USE enum fault share_shown_decode(struct span bytes, struct share_shown *shown_out);

#endif /* ROLE_VAULT_SHARE_SHOWN_H */
