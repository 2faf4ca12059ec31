/* A receipt (c2sp.org/tlog-proof@v1): that an entry is in a log, for whoever holds the entry and a
 * policy and asks nobody.
 *
 *     c2sp.org/tlog-proof@v1
 *     extra <base64>            may be absent; signed by nobody
 *     index <number>
 *     <base64 of a hash>        as many as the proof has
 *
 *     <the signed checkpoint as it is> */
#ifndef ROLE_VAULT_TLOG_RECEIPT_H
#define ROLE_VAULT_TLOG_RECEIPT_H

#include "base/base.h"
#include "role/vault/tlog_flaw.h"
#include "role/vault/tlog_merkle.h"
#include "role/vault/tlog_note.h"

#define TLOG_RECEIPT_EXTRA_MAX 4096U /* bytes, before base64 */
#define TLOG_RECEIPT_BYTES_MAX                                      \
    (TLOG_NOTE_BYTES_MAX + TLOG_HASHES_MAX * TLOG_HASH_TEXT_BYTES + \
     TLOG_RECEIPT_EXTRA_MAX / 3U * 4U + 128U)

/* Points into the bytes it was read from. */
struct tlog_receipt {
    struct span extra; /* the base64 text; size 0: none */
    u64 index;
    struct tlog_proof proof;
    struct span checkpoint; /* the whole note */
};

MUST_USE enum tlog_flaw tlog_receipt_read(struct span bytes, struct tlog_receipt *receipt_out);
/* Returns the bytes written, 0 when they do not fit. */
MUST_USE size_t tlog_receipt_write(const struct tlog_receipt *receipt, u8 *target,
                                   size_t target_bytes);

#endif /* ROLE_VAULT_TLOG_RECEIPT_H */
