/* The log's own folder: takes entries, writes tiles and bundles, signs checkpoints, publishes them.
 *
 *     add ─▶ bundle, tiles in memory; full ones written at once
 *     commit ─▶ partial tiles ─▶ folders synced ─▶ read back, proved ─▶ signed checkpoint, synced
 *     publish ─▶ public/checkpoint, with what the witnesses added
 *
 * FOLDER/public is served as it is, by any web server; FOLDER/signed is the newest checkpoint that
 * the log has signed, whether or not witnesses have seen it. What a signed checkpoint covers is on
 * the disk before it is signed, and is never written again: before signing, the tree is computed
 * once more from the tiles on the disk, and proved to begin with the tree that was signed before.
 * So a kill at any point leaves either the old log or the new one, and nothing that contradicts a
 * checkpoint somebody may have seen; what lies beyond the old one is removed at opening. After a
 * fault nobody knows what reached the disk: the store
 * refuses everything (FAULT_UNAVAILABLE) until it is opened again. One thread. */
#ifndef ROLE_VAULT_TLOG_STORE_H
#define ROLE_VAULT_TLOG_STORE_H

#include "base/base.h"
#include "io/fault.h"
#include "io/file.h"
#include "role/vault/tlog_checkpoint.h"
#include "role/vault/tlog_merkle.h"
#include "role/vault/tlog_note.h"
#include "role/vault/tlog_tile.h"

#define TLOG_STORE_PUBLIC     "public"
#define TLOG_STORE_SIGNED     "signed"
#define TLOG_STORE_CHECKPOINT "checkpoint"

/* So many entries may wait for a commit. What a lost one leaves behind is looked for no further. */
#define TLOG_STORE_WAITING_MAX 8192U

struct tlog_store;

struct tlog_store_options {
    struct disk *disk;
    const char *folder;
    struct tlog_key key;     /* of the log; its name is the origin */
    struct span private_pem; /* of the same key: stays where it is until close */
    u32 entry_bytes_max;     /* 1 to TLOG_ENTRY_BYTES_MAX */
};

/* Makes the folder and signs the empty log when there is none. FAULT_LOCKED: another process has
 * it. FAULT_FOREIGN: it is the log of another key. FAULT_ROT: what is on the disk is not what was
 * signed. FAULT_INPUT: the private key is not that of `key`. */
MUST_USE enum fault tlog_store_open(struct tlog_store **store_out,
                                    const struct tlog_store_options *options);
/* What was added and not committed is forgotten. NULL is fine. */
void tlog_store_close(struct tlog_store *store);

/* Entries that the signed and that the published checkpoint cover; and with those added. */
u64 tlog_store_signed_size(const struct tlog_store *store);
u64 tlog_store_published_size(const struct tlog_store *store);
u64 tlog_store_size(const struct tlog_store *store);

/* Adds an entry. Nothing may be told about it before it is committed. FAULT_LIMIT: it is longer
 * than entry_bytes_max, or TLOG_STORE_WAITING_MAX wait for a commit; it was not added, and the
 * store goes on. */
MUST_USE enum fault tlog_store_add(struct tlog_store *store, struct span entry, u64 *index_out);

/* All that was added is on the disk and under a signed checkpoint when this returns. */
MUST_USE enum fault tlog_store_commit(struct tlog_store *store);

/* The newest signed checkpoint, a note with the log's signature alone; valid until the next commit.
 * Its text is what witnesses sign. */
struct span tlog_store_signed_note(const struct tlog_store *store);
struct tlog_checkpoint tlog_store_signed_checkpoint(const struct tlog_store *store);

/* Makes `note`, a signed checkpoint of this store with further signatures, the one that is served.
 * FAULT_INPUT: it is not one; one older than what is served is refused so too. Partial tiles that
 * have become full ones are removed. */
MUST_USE enum fault tlog_store_publish(struct tlog_store *store, struct span note);

/* The served checkpoint as it is; size 0: none yet. Valid until the next publish. */
struct span tlog_store_published_note(const struct tlog_store *store);

/* Proofs within the signed log. FAULT_LIMIT: sizes beyond it. */
MUST_USE enum fault tlog_store_consistency(struct tlog_store *store, u64 old, u64 size,
                                           struct tlog_proof *proof_out);
MUST_USE enum fault tlog_store_inclusion(struct tlog_store *store, u64 index, u64 size,
                                         struct tlog_proof *proof_out);
/* A committed entry; valid until the next call. FAULT_LIMIT: there is none at `index`. */
MUST_USE enum fault tlog_store_entry(struct tlog_store *store, u64 index, struct span *entry_out);

#endif /* ROLE_VAULT_TLOG_STORE_H */
