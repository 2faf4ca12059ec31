/* A checkpoint (c2sp.org/tlog-checkpoint): the text that a log signs, origin, size and root on a
 * line each.
 *
 * Further lines are allowed in logs of others and read over; ours has none. */
#ifndef ROLE_VAULT_TLOG_CHECKPOINT_H
#define ROLE_VAULT_TLOG_CHECKPOINT_H

#include "base/base.h"
#include "role/vault/tlog_flaw.h"
#include "role/vault/tlog_merkle.h"
#include "role/vault/tlog_note.h"

/* Origin, 20 digits, a hash, three newlines and a zero. */
#define TLOG_CHECKPOINT_BYTES (TLOG_NAME_BYTES_MAX + 20U + TLOG_HASH_TEXT_BYTES + 4U)

struct tlog_checkpoint {
    struct span origin; /* points into the text it was read from */
    u64 size;
    struct tlog_hash root;
};

/* The text of a note, as tlog_note_read gives it. */
MUST_USE enum tlog_flaw tlog_checkpoint_read(struct span text,
                                             struct tlog_checkpoint *checkpoint_out);

/* Writes the text and a zero; returns its bytes without the zero. The origin is a valid name. */
size_t tlog_checkpoint_write(const struct tlog_checkpoint *checkpoint,
                             char text_out[TLOG_CHECKPOINT_BYTES]);

/* A number without sign, leading zeros or anything behind it; at most `max`. */
MUST_USE bool tlog_number_read(struct span text, u64 max, u64 *number_out);

#endif /* ROLE_VAULT_TLOG_CHECKPOINT_H */
