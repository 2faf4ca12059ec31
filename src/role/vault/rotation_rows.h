/* The tables of a rotation, files of any size that are read and written piece by piece
 * (docs/rotation.md): what is to be wrapped anew, and the new wraps.
 *
 *     rows      "cambist rotation rows v1\n",  then label 20, hash of the body 32, wrap 144
 *     wraps     "cambist rotation wraps v1\n", then label 20 (of the new epoch), wrap 144
 *
 * A table is read whole when it is opened: each row, their order, the hash of the file and of each
 * piece. A piece that is read again is the same one, or refused: nobody works on rows that were not
 * judged. */
#ifndef ROLE_VAULT_ROTATION_ROWS_H
#define ROLE_VAULT_ROTATION_ROWS_H

#include "base/base.h"
#include "io/fault.h"
#include "io/file.h"
#include "role/vault/rotation.h"

#include <sodium.h>

#define ROTATION_PIECE      256U /* rows that are read at once */
#define ROTATION_ROW_BYTES  (SEAL_LABEL_BYTES + SEAL_HASH_BYTES + SEAL_WRAP_BYTES)
#define ROTATION_WRAP_BYTES (SEAL_LABEL_BYTES + SEAL_WRAP_BYTES)
#define ROTATION_HEAD_BYTES 26U /* the longer first line */

struct rotation_table {
    struct file file;
    bool has_hash; /* rows have it, wraps have not */
    u32 count;
    u8 hash[SHA256_BYTES]; /* of the file */
    u8 (*pieces)[SHA256_BYTES];
};

struct rotation_piece {
    u32 first; /* row, from 0 */
    u32 count;
    struct opening_row rows[ROTATION_PIECE]; /* of wraps without hash */
};

/* Reads it whole. FAULT_INPUT names the row: not such a table, not rising, not all of one epoch;
 * FAULT_LIMIT: more rows than a rotation has, or no memory. */
MUST_USE enum fault rotation_table_open(struct disk *disk, const char *path, bool has_hash,
                                        struct rotation_table *table_out);
void rotation_table_close(struct rotation_table *table);

u32 rotation_table_pieces(const struct rotation_table *table);
/* FAULT_ROT: not the one that was read when it was opened. */
MUST_USE enum fault rotation_table_piece(struct rotation_table *table, u32 number,
                                         struct rotation_piece *piece_out);

/* By subject, group and version: below 0, 0, above. */
int rotation_order(const struct seal_label *a, const struct seal_label *b);

/* Whether the table is the one that the rotation names. FAULT_REFUSED. */
MUST_USE enum fault rotation_judge_rows(struct rotation_table *table,
                                        const struct rotation *rotation);

/* ---- writing ---- */

/* Into a file that must not be there; rows in their order. */
struct rotation_writer {
    struct file file;
    bool has_hash;
    u64 bytes;
    u32 count;
    crypto_hash_sha256_state hash;
};

MUST_USE enum fault rotation_writer_open(struct disk *disk, const char *path, bool has_hash,
                                         struct rotation_writer *writer_out);
MUST_USE enum fault rotation_writer_put(struct rotation_writer *writer,
                                        const struct opening_row *rows, u32 count);
/* To the disk; *hash_out is that of the file. The caller closes it afterwards as well. */
MUST_USE enum fault rotation_writer_end(struct rotation_writer *writer, u8 hash_out[SHA256_BYTES]);
void rotation_writer_close(struct rotation_writer *writer);

#endif /* ROLE_VAULT_ROTATION_ROWS_H */
