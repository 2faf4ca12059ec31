/* The receipt of an event: that it stands under a slot's root, and the slot's leaf in the log. For
 * whoever holds the event's text and salts, or its case and salt, and asks nobody.
 *
 *     cambist-event/v1
 *     event <the event's 68 bytes, small hexadecimal digits>
 *     place <0 to 255>
 *     <base64 of a hash>        eight of them: from the event's side up to the slot's root
 *     leaf <the leaf's 48 bytes, small hexadecimal digits>
 *
 *     <the receipt of the leaf: c2sp.org/tlog-proof@v1> */
#ifndef ROLE_VAULT_PUBLOG_RECEIPT_H
#define ROLE_VAULT_PUBLOG_RECEIPT_H

#include "base/base.h"
#include "role/vault/publog_leaf.h"
#include "role/vault/tlog_merkle.h"
#include "role/vault/tlog_receipt.h"

#define PUBLOG_RECEIPT_BYTES_MAX (1024U + TLOG_RECEIPT_BYTES_MAX)

struct publog_receipt {
    struct publog_event event;
    u32 place;
    u8 path[PUBLOG_PATH][SHA256_BYTES];
    u8 leaf_bytes[PUBLOG_LEAF_BYTES]; /* the entry in the log */
    struct publog_leaf leaf;
    struct span of_leaf; /* points into the bytes it was read from */
};

/* Returns the bytes written, 0 when they do not fit. The leaf is taken from `leaf_bytes`. */
MUST_USE size_t publog_receipt_write(const struct publog_receipt *receipt, u8 *target,
                                     size_t target_bytes);
/* False: the bytes are no such receipt. Nothing is verified yet. */
MUST_USE bool publog_receipt_read(struct span bytes, struct publog_receipt *receipt_out);
/* Whether the event's path leads to the root that the leaf holds. That the leaf is in the log is
 * what `of_leaf` says, to be judged under a policy with the leaf's bytes as the entry. */
MUST_USE bool publog_receipt_verify(struct sha256 *sha256, const struct publog_receipt *receipt);

#endif /* ROLE_VAULT_PUBLOG_RECEIPT_H */
