/* A witness (c2sp.org/tlog-witness): cosigns the checkpoints of logs it knows, each only when it is
 * proved to begin with the one it cosigned before.
 *
 *     POST body ─▶ read ─▶ known log? signed? same old size? proof? ─▶ kept, synced ─▶ cosigned
 *
 * For each log it keeps one file, named by the SHA-256 of the origin: the newest checkpoint with
 * the log's signature and its own, which is also what monitors are given. The file is replaced
 * before the cosignature leaves, so a witness that was killed has forgotten nothing it said. It
 * looks at nothing but checkpoints and proofs; entries are none of its business. Requests are taken
 * one at a time, so that comparing and keeping are one step. One thread. */
#ifndef ROLE_VAULT_TLOG_WITNESS_H
#define ROLE_VAULT_TLOG_WITNESS_H

#include "base/base.h"
#include "io/clock.h"
#include "io/fault.h"
#include "io/file.h"
#include "role/vault/tlog_checkpoint.h"
#include "role/vault/tlog_file.h"
#include "role/vault/tlog_merkle.h"
#include "role/vault/tlog_note.h"

#define TLOG_WITNESS_LOGS_MAX   64U
#define TLOG_WITNESS_PROOF_MAX  63U /* lines */
#define TLOG_WITNESS_BODY_BYTES (TLOG_NOTE_BYTES_MAX + 64U * TLOG_HASH_TEXT_BYTES + 64U)

/* What add-checkpoint asks; points into the bytes it was read from. */
struct tlog_witness_ask {
    u64 old;
    struct tlog_proof proof;
    struct span note_bytes;
    struct tlog_note note;
    struct tlog_checkpoint checkpoint;
};

/* 0, or the status that refuses it: 400 when the bytes are no such request, 403 when a signature
 * line is not one. */
MUST_USE u32 tlog_witness_ask_read(struct span body, struct tlog_witness_ask *ask_out);

struct tlog_witness_options {
    struct disk *disk;
    const char *folder; /* its parent must exist */
    struct clock *clock;
    const struct tlog_secret *secret; /* of the witness; copied into locked memory */
    const struct tlog_key *logs;      /* their names are their origins */
    u32 logs_count;
};

struct tlog_witness_answer {
    u32 status;
    const char *type; /* Content-Type */
    size_t size;
    u8 bytes[TLOG_NOTE_BYTES_MAX]; /* text */
};

struct tlog_witness_counts {
    u64 cosigned;
    u64 refused;    /* other answers than 200, those below counted */
    u64 conflicts;  /* 409: the log was behind, or asked for the size */
    u64 misbehaved; /* signed by the log, and not the continuation of what it signed before */
};

struct tlog_witness;

/* FAULT_LOCKED: another process has the folder. FAULT_ROT: what was kept for a log is damaged. */
MUST_USE enum fault tlog_witness_open(struct tlog_witness **witness_out,
                                      const struct tlog_witness_options *options);
/* NULL is fine. */
void tlog_witness_close(struct tlog_witness *witness);

/* POST add-checkpoint. 200, 400, 403, 404, 409, 422; 500 when it could not be signed or kept:
 * nothing is cosigned for that log any more, until it is opened again; 503 while the clock is
 * behind the last cosignature. */
void tlog_witness_add(struct tlog_witness *witness, struct span body,
                      struct tlog_witness_answer *answer_out);
/* GET HASH/checkpoint, HASH in lower-case hexadecimal; 200 or 404. */
void tlog_witness_get(struct tlog_witness *witness, struct span hash,
                      struct tlog_witness_answer *answer_out);

struct tlog_witness_counts tlog_witness_counts(const struct tlog_witness *witness);

#endif /* ROLE_VAULT_TLOG_WITNESS_H */
