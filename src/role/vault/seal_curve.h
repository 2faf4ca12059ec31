/* The few operations on ristretto255 that everything sealed is built from, with their exact hashes
 * (docs/vault-crypto.md "Primitives").
 *
 * Points and scalars are 32 bytes in their one canonical form. The point at infinity and the scalar
 * 0 are refused wherever they come from outside. Secret scalars stay in a seal_room. */
#ifndef ROLE_VAULT_SEAL_CURVE_H
#define ROLE_VAULT_SEAL_CURVE_H

#include "base/base.h"
#include "io/fault.h"
#include "role/vault/seal_room.h"

#define SEAL_POINT_BYTES     32U
#define SEAL_SCALAR_BYTES    32U
#define SEAL_PROOF_BYTES     64U   /* challenge and answer */
#define SEAL_BOX_EXTRA_BYTES 48U   /* a point and a tag */
#define SEAL_BOX_PLAIN_MAX   1024U /* what one box holds */
#define SEAL_PARTS_MAX       12U

struct seal_point {
    u8 bytes[SEAL_POINT_BYTES];
};
struct seal_scalar {
    u8 bytes[SEAL_SCALAR_BYTES];
};
struct seal_proof {
    struct seal_scalar challenge;
    struct seal_scalar answer;
};

_Static_assert(sizeof(struct seal_proof) == SEAL_PROOF_BYTES, "copied as bytes");

/* A canonical point that is not the point at infinity. */
MUST_USE bool seal_point_is_sound(const struct seal_point *point);
/* Canonical: below the group's order. 0 is canonical. */
MUST_USE bool seal_scalar_is_canonical(const struct seal_scalar *scalar);
MUST_USE bool seal_scalar_is_zero(const struct seal_scalar *scalar);

struct seal_scalar seal_scalar_of(u32 number);
/* Evenly from 1 .. order - 1. */
void seal_scalar_random(struct seal_scalar *scalar_out);

/* scalar * base point. False: the scalar is 0. */
MUST_USE bool seal_point_of(const struct seal_scalar *scalar, struct seal_point *point_out);
/* scalar * point. False: the point is none, or the product is the point at infinity. */
MUST_USE bool seal_point_times(const struct seal_scalar *scalar, const struct seal_point *point,
                               struct seal_point *product_out);
/* False: one of them is none, or the sum is the point at infinity. */
MUST_USE bool seal_point_add(const struct seal_point *a, const struct seal_point *b,
                             struct seal_point *sum_out);

/* The hash under a name (its tag is "cambist/vault/1/" and the name), as 32 bytes and as a scalar.
 */
void seal_hash(const char *name, const struct span *parts, u32 parts_count, u8 hash_out[32]);
void seal_hash_scalar(const char *name, const struct span *parts, u32 parts_count,
                      struct seal_scalar *scalar_out);

/* HKDF-SHA-512 (RFC 5869), 32 bytes: the salt is the tag of `name`, the info the parts joined. */
void seal_derive(const char *name, struct seal_room *room, const struct seal_point *secret,
                 const struct span *info, u32 info_count, u8 key_out[32]);

/* ---- proofs ---- */

/* That the maker knows `secret`, of which `public` = secret * base; bound to the name and the parts
 * (the statement). */
void seal_prove(const char *name, struct seal_room *room, const struct seal_scalar *secret,
                const struct seal_point *public, const struct span *parts, u32 parts_count,
                struct seal_proof *proof_out);
MUST_USE bool seal_proof_holds(const char *name, const struct seal_point *public,
                               const struct span *parts, u32 parts_count,
                               const struct seal_proof *proof);

/* That public = secret * base and image = secret * point for one secret (Chaum and Pedersen). */
void seal_prove_same(const char *name, struct seal_room *room, const struct seal_scalar *secret,
                     const struct seal_point *public, const struct seal_point *point,
                     const struct seal_point *image, const struct span *parts, u32 parts_count,
                     struct seal_proof *proof_out);
MUST_USE bool seal_same_holds(const char *name, const struct seal_point *public,
                              const struct seal_point *point, const struct seal_point *image,
                              const struct span *parts, u32 parts_count,
                              const struct seal_proof *proof);

/* ---- boxes: a few bytes for the holder of one key ---- */

/* `target` gets plain.size + SEAL_BOX_EXTRA_BYTES bytes: a fresh point, then the sealed bytes.
 * FAULT_INPUT: `to` is no point. */
MUST_USE enum fault seal_box_close(const char *name, struct seal_room *room,
                                   const struct seal_point *to, struct span bound,
                                   struct span plain, u8 *target);
/* The same with the box's scalar, which is used for this box alone and is not 0. */
MUST_USE enum fault seal_box_close_with(const char *name, struct seal_room *room,
                                        const struct seal_scalar *secret,
                                        const struct seal_point *to, struct span bound,
                                        struct span plain, u8 *target);
/* `target` gets box.size - SEAL_BOX_EXTRA_BYTES bytes. FAULT_ROT, and zeros in the target: changed,
 * for another key, or bound to something else. */
MUST_USE enum fault seal_box_open(const char *name, struct seal_room *room,
                                  const struct seal_scalar *key, struct span bound, struct span box,
                                  u8 *target);

#endif /* ROLE_VAULT_SEAL_CURVE_H */
