/* What moves in a rotation (docs/rotation.md "The answer", "The re-wrapper"): an officer's partials
 * for every row, and the one process that combines them and wraps each record's key anew.
 *
 * The re-wrapper has one-time keys as the opener has (opener.h). A record's key lies in locked
 * memory for the moment between two wraps; bodies never come near it. */
#ifndef ROLE_VAULT_REWRAPPER_H
#define ROLE_VAULT_REWRAPPER_H

#include "base/base.h"
#include "io/fault.h"
#include "role/vault/rotation_rows.h"

#define ROTATION_ANSWER_BYTES      (SHARE_PARTIAL_BYTES + 16U) /* of a row: partial and tag */
#define ROTATION_ANSWER_HEAD_BYTES 320U                        /* the longest, with a zero */
#define REWRAPPER_MANIFEST_BYTES   1024U
#define REWRAPPER_ANSWERS_MAX      (2U * SHARE_MEMBERS_MAX)

/* ---- an officer's answer: a head, then ROTATION_ANSWER_BYTES of each row ----
 *
 *     cambist rotation release v1
 *     opening: <SHA-256 of the opening's text>
 *     place: A 1
 *     key: <a random key in a box for the re-wrapper>
 */
struct rotation_answerer {
    struct seal_room *room; /* with the share, and what the rows are sealed with */
    const struct share_key *key;
    const struct seal_scalar *share;
    enum share_side side;
    u32 index;
    u8 context[SHARE_HASH_BYTES];
    u8 *sealing;
};

/* Makes the key that rows are sealed with, and the head. Everything was judged. `share` stays the
 * caller's. FAULT_INPUT: the opening's key is no point. */
MUST_USE enum fault rotation_answer_begin(struct rotation_answerer *answerer,
                                          const struct opening *opening,
                                          char head[ROTATION_ANSWER_HEAD_BYTES], size_t *size_out);
/* The answers of a piece. FAULT_INPUT: the proof of a row's wrap does not hold, or the share is not
 * this member's. */
MUST_USE enum fault rotation_answer_piece(const struct rotation_answerer *answerer,
                                          const struct rotation_piece *piece,
                                          u8 target[ROTATION_PIECE * ROTATION_ANSWER_BYTES]);

/* ---- the re-wrapper ---- */

struct rewrapper;

/* Makes both keys in locked memory. FAULT_UNPROTECTED: there is none. */
MUST_USE enum fault rewrapper_open(struct rewrapper **rewrapper_out,
                                   const struct rotation_file *file, u64 now_s);
/* Forgets the keys; NULL is nothing. */
void rewrapper_close(struct rewrapper *rewrapper);
/* What is to be logged before any officer answers. */
const struct opening *rewrapper_opening(const struct rewrapper *rewrapper);

/* What it works on. */
struct rewrapper_task {
    const struct rotation_judge *judge;
    const struct rotation_file *file;
    struct rotation_table *rows;
    struct span shown;
    struct span opening_shown;
    struct span slots;
};
/* Judges everything anew; without it nothing is wrapped. FAULT_REFUSED and others. */
MUST_USE enum fault rewrapper_allow(struct rewrapper *rewrapper, const struct rewrapper_task *task);

/* Takes the head of an officer's file; *head_bytes_out: the rows begin there. FAULT_INPUT: not such
 * a file, or another officer's. FAULT_REFUSED: for another opening. FAULT_ROT: for another key. */
MUST_USE enum fault rewrapper_take(struct rewrapper *rewrapper, struct span head, const char *name,
                                   enum share_side side, u32 index, size_t *head_bytes_out);

/* An officer whose head was taken, and the answers for one piece. */
struct rewrapper_answer {
    const char *name;
    enum share_side side;
    u32 index;
    struct span bytes;
};

/* Wraps the rows of the next piece anew, as rows_out. Pieces come in order, each once; after a
 * fault that is an answer's (*wrong_out is its number; UINT32_MAX: none is at fault) the same piece
 * may be tried again with others. */
MUST_USE enum fault rewrapper_piece(struct rewrapper *rewrapper, const struct rotation_piece *piece,
                                    const struct rewrapper_answer *answers, u32 answers_count,
                                    struct opening_row rows_out[ROTATION_PIECE], u32 *wrong_out);

/* After the last piece: what the file of wraps with this hash is, signed. Its size. */
size_t rewrapper_manifest(struct rewrapper *rewrapper, const u8 wraps[SHA256_BYTES],
                          char target[REWRAPPER_MANIFEST_BYTES]);

/* Its whole memory and that of its keys, for a test that looks for what should be gone. */
struct span rewrapper_bytes(const struct rewrapper *rewrapper);
struct span rewrapper_room_bytes(const struct rewrapper *rewrapper);

/* ---- for whoever puts the wraps into the vault ---- */

/* Whether the manifest is signed by that opening's key, of this rotation, and about this table of
 * wraps, which are as many as the rotation has records and of its new epoch. FAULT_REFUSED,
 * FAULT_ROT. */
MUST_USE enum fault rewrapper_manifest_check(struct span manifest, const struct opening *opening,
                                             const struct rotation_file *file,
                                             struct rotation_table *wraps);

#endif /* ROLE_VAULT_REWRAPPER_H */
