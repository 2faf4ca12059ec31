/* The parts of the log's store, for its own files: tlog_store.c (adding, committing, publishing),
 * tlog_store_open.c (what is found on the disk), tlog_store_file.c (files and folders). */
#ifndef ROLE_VAULT_TLOG_STORE_INNER_H
#define ROLE_VAULT_TLOG_STORE_INNER_H

#include "io/block.h"
#include "role/vault/tlog_file.h"
#include "role/vault/tlog_store.h"

#define STORE_NOTE_BYTES  TLOG_NOTE_BYTES_MAX
#define STORE_FOLDERS_MAX 32U /* whose names wait for a sync */

/* The right edge of one level: hashes of the tile that is not full yet. */
struct store_edge {
    u32 width;
    struct tlog_hash hashes[TLOG_TILE_WIDTH];
};

/* A checkpoint as it is on the disk. */
struct store_note {
    size_t size; /* 0: none */
    struct tlog_checkpoint checkpoint;
    u8 bytes[STORE_NOTE_BYTES];
};

/* Reads below the public folder. */
struct store_files {
    struct tlog_files files; /* first: it is cast back */
    struct disk *disk;
    const char *folder;
};

struct tlog_store {
    struct disk *disk;
    struct disk_lock lock;
    struct tlog_key key;
    struct span pem; /* the caller's */
    u32 entry_bytes_max;
    bool is_broken;
    bool is_locked;
    u64 size; /* with what was added */
    struct store_edge edges[TLOG_TILE_LEVELS];
    struct block block; /* of both bundles */
    u8 *bundle;         /* of the entries in the tile at level 0 that is not full */
    size_t bundle_bytes;
    size_t bundle_bytes_max;
    u8 *read;       /* a bundle that was read */
    u8 *note_bytes; /* of a checkpoint that is being read */
    struct store_note is_signed;
    struct store_note published;
    char folder[FILE_PATH_BYTES];
    char public_folder[FILE_PATH_BYTES];
    char folders[STORE_FOLDERS_MAX][FILE_PATH_BYTES];
    u32 folders_count;
    struct store_files files;
    struct tlog_tiles tiles; /* of the signed log */
    struct tlog_crypto crypto;
};

/* ---- tlog_store_file.c ---- */

/* Writes a file below the public folder that no signed checkpoint covers, and syncs it. The folder
 * is noted for store_folders_sync. */
MUST_USE enum fault store_file_write(struct tlog_store *store, struct tlog_tile_name name,
                                     struct span bytes);
MUST_USE enum fault store_folders_sync(struct tlog_store *store);
/* Removes what a commit left behind that was lost: tiles and bundles that are wider than what is
 * signed or stand behind it, as far as TLOG_STORE_WAITING_MAX entries reach. A reader of a later
 * log would take them for lies. Gone from the disk when this returns. */
MUST_USE enum fault store_leftovers_remove(struct tlog_store *store);
/* Removes partial tiles that a log of `size` has as full ones and one of `old` had not. */
MUST_USE enum fault store_partials_remove(struct tlog_store *store, u64 old, u64 size);
void store_files_init(struct tlog_store *store);

/* ---- tlog_store_open.c ---- */

/* The right edge of the signed log, from the disk into memory; verified. */
MUST_USE enum fault store_edge_load(struct tlog_store *store);
/* Takes the note over, verified; FAULT_ROT or FAULT_FOREIGN when it is not this log's. */
MUST_USE enum fault store_note_take(struct tlog_store *store, struct span bytes, const char *path,
                                    struct store_note *note);

/* ---- tlog_store.c ---- */

/* The root over all that was added. */
void store_edge_root(struct tlog_store *store, struct tlog_hash *root_out);
/* Signs a checkpoint of that size and root, and keeps it in FOLDER/signed. */
MUST_USE enum fault store_sign(struct tlog_store *store, u64 size, const struct tlog_hash *root);

#endif /* ROLE_VAULT_TLOG_STORE_INNER_H */
