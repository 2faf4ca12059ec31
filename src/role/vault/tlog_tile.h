/* Tiles and bundles of entries (c2sp.org/tlog-tiles): the files a log consists of.
 *
 * A tile is up to 256 hashes of one level; level 0 holds leaves, level n + 1 the roots of the full
 * tiles of level n. A bundle holds the entries under a tile of level 0, each behind its length. The
 * last of each level may be partial and carries its width in its name. From tiles every complete
 * subtree can be computed; struct tlog_tiles does that for the makers of proofs. */
#ifndef ROLE_VAULT_TLOG_TILE_H
#define ROLE_VAULT_TLOG_TILE_H

#include "base/base.h"
#include "io/fault.h"
#include "role/vault/tlog_merkle.h"

#define TLOG_TILE_WIDTH       256U
#define TLOG_TILE_HEIGHT      8U
#define TLOG_TILE_BYTES       (TLOG_TILE_WIDTH * TLOG_HASH_BYTES)
#define TLOG_TILE_LEVELS      8U /* of the largest log: 0 to 7 */
#define TLOG_BUNDLE_BYTES_MAX (TLOG_TILE_WIDTH * (2U + TLOG_ENTRY_BYTES_MAX))
#define TLOG_TILE_PATH_BYTES  64U
#define TLOG_TILE_ENTRIES     64U /* the level that stands for bundles */

struct tlog_tile_name {
    u32 level; /* or TLOG_TILE_ENTRIES */
    u32 width; /* 1 to 256: full */
    u64 index;
};

/* "tile/0/x001/x234/067", "tile/entries/000.p/7": under the log's prefix. */
void tlog_tile_path(struct tlog_tile_name name, char path_out[TLOG_TILE_PATH_BYTES]);
/* The reverse; false for every other path. */
MUST_USE bool tlog_tile_path_read(struct span path, struct tlog_tile_name *name_out);

/* How wide a log of `size` needs the tile to be: 0 when it does not exist. */
MUST_USE u32 tlog_tile_width(u64 size, u32 level, u64 index);
/* How many tiles a log of `size` has at a level, the partial one counted. */
MUST_USE u64 tlog_tile_count(u64 size, u32 level);

/* The root over the first 2^height hashes from `first` on (a multiple of it); height at most 8. */
void tlog_tile_root(struct sha256 *sha256, const struct tlog_hash *hashes, u32 first, u32 height,
                    struct tlog_hash *root_out);

/* ---- bundles ---- */

/* Cuts the next entry off `rest`; false when the bundle is cut short. Ask while rest->size > 0. */
MUST_USE bool tlog_bundle_next(struct span *rest, struct span *entry_out);
/* Appends an entry at `used`; returns the new count of bytes, 0 when it does not fit. */
MUST_USE size_t tlog_bundle_put(u8 *bundle, size_t bundle_bytes, size_t used, struct span entry);

/* ---- subtrees out of tiles ---- */

/* Reads a file of the log: at most `bytes_max`, FAULT_MISSING when it is not there, FAULT_LIMIT
 * when it is longer. A folder, a server, memory. */
struct tlog_files {
    enum fault (*read)(struct tlog_files *files, const char *path, u8 *target, size_t bytes_max,
                       size_t *size_out);
};

/* Reads tiles as they are needed and keeps the last one of each level. What they say is not
 * verified: a proof made of wrong tiles does not verify. */
struct tlog_tiles {
    struct tlog_nodes nodes; /* for the makers of proofs; nodes.size is the log's */
    struct sha256 *sha256;
    struct tlog_files *files;
    bool held[TLOG_TILE_LEVELS];
    u64 index[TLOG_TILE_LEVELS];
    struct tlog_hash hashes[TLOG_TILE_LEVELS][TLOG_TILE_WIDTH];
};

void tlog_tiles_init(struct tlog_tiles *tiles, struct sha256 *sha256, struct tlog_files *files,
                     u64 size);

/* Reads the tile as wide as a log of `size` needs it; where the partial one is gone, the beginning
 * of the full one. FAULT_MISSING, or FAULT_ROT when its size is not a tile's. */
MUST_USE enum fault tlog_tile_read(struct tlog_files *files, u64 size, u32 level, u64 index,
                                   struct tlog_hash hashes_out[TLOG_TILE_WIDTH], u32 *width_out);

#endif /* ROLE_VAULT_TLOG_TILE_H */
