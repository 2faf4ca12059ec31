/* The tree of hashes over a log (RFC 6962): leaves, nodes, roots, and proofs made and verified.
 *
 * A leaf is SHA-256(0x00, entry), a node SHA-256(0x01, left, right), the root of nothing
 * SHA-256(""). A range grows by one leaf at a time and keeps a hash per set bit of its size, so a
 * log of any length is hashed in constant memory. Proofs are made from complete subtrees, which a
 * struct tlog_nodes hands out: from memory, or from tiles (tlog_tile.h).
 *
 * Every function that verifies takes numbers and hashes from outside and may refuse; nothing here
 * keeps anything but the caller's structs. The struct sha256 is the caller's, one per thread. */
#ifndef ROLE_VAULT_TLOG_MERKLE_H
#define ROLE_VAULT_TLOG_MERKLE_H

#include "base/base.h"
#include "io/digest.h"
#include "io/fault.h"

#define TLOG_HASH_BYTES      32U
#define TLOG_HASHES_MAX      64U       /* in a proof or a range */
#define TLOG_SIZE_MAX        INT64_MAX /* entries in a log */
#define TLOG_ENTRY_BYTES_MAX 65535U

struct tlog_hash {
    u8 bytes[TLOG_HASH_BYTES];
};

void tlog_hash_leaf(struct sha256 *sha256, struct span entry, struct tlog_hash *hash_out);
/* `hash_out` may be `left` or `right`. */
void tlog_hash_node(struct sha256 *sha256, const struct tlog_hash *left,
                    const struct tlog_hash *right, struct tlog_hash *hash_out);
void tlog_hash_empty(struct sha256 *sha256, struct tlog_hash *hash_out);
MUST_USE bool tlog_hash_equal(const struct tlog_hash *a, const struct tlog_hash *b);

/* ---- a growing tree ---- */

/* Zeroed: empty. Hashes of complete subtrees, the largest first: one per set bit of `size`. */
struct tlog_range {
    u64 size;
    struct tlog_hash hashes[TLOG_HASHES_MAX];
};

/* Below TLOG_SIZE_MAX leaves. */
void tlog_range_add(struct sha256 *sha256, struct tlog_range *range, const struct tlog_hash *leaf);
/* Adds a complete subtree of 2^level leaves; `size` is a multiple of that. */
void tlog_range_add_tree(struct sha256 *sha256, struct tlog_range *range, u32 level,
                         const struct tlog_hash *root);
void tlog_range_root(struct sha256 *sha256, const struct tlog_range *range,
                     struct tlog_hash *root_out);

/* ---- proofs ---- */

struct tlog_proof {
    u32 count;
    struct tlog_hash hashes[TLOG_HASHES_MAX]; /* from the leaf's side up */
};

/* Hands out the root of the complete subtree over the leaves [index << level, index + 1 << level).
 * `size` is the tree's: nothing beyond it is asked for. */
struct tlog_nodes {
    u64 size;
    enum fault (*node)(struct tlog_nodes *nodes, u32 level, u64 index, struct tlog_hash *hash_out);
};

/* The root over the first `size` leaves; at most nodes->size. */
MUST_USE enum fault tlog_root_of(struct sha256 *sha256, struct tlog_nodes *nodes, u64 size,
                                 struct tlog_hash *root_out);
/* That leaf `index` is in the tree of `size`; index < size <= nodes->size. */
MUST_USE enum fault tlog_inclusion_make(struct sha256 *sha256, struct tlog_nodes *nodes, u64 index,
                                        u64 size, struct tlog_proof *proof_out);
/* That the tree of `size` begins with the tree of `old`; old <= size <= nodes->size. Nothing is
 * needed, and the proof empty, from 0 and from `size` itself. */
MUST_USE enum fault tlog_consistency_make(struct sha256 *sha256, struct tlog_nodes *nodes, u64 old,
                                          u64 size, struct tlog_proof *proof_out);

MUST_USE bool tlog_inclusion_verify(struct sha256 *sha256, u64 index, u64 size,
                                    const struct tlog_hash *leaf, const struct tlog_proof *proof,
                                    const struct tlog_hash *root);
/* From a log without entries nothing leads to one with entries: every log begins so, and its root
 * would be believed without a proof. The caller who accepts a first checkpoint says so himself. */
MUST_USE bool tlog_consistency_verify(struct sha256 *sha256, u64 old, u64 size,
                                      const struct tlog_hash *old_root,
                                      const struct tlog_hash *root, const struct tlog_proof *proof);

/* ---- as text ---- */

#define TLOG_HASH_TEXT_BYTES 45U /* base64, with the zero */

void tlog_hash_text(const struct tlog_hash *hash, char text_out[TLOG_HASH_TEXT_BYTES]);
MUST_USE bool tlog_hash_read(struct span text, struct tlog_hash *hash_out);

#endif /* ROLE_VAULT_TLOG_MERKLE_H */
