/* The packs' own words: canonical forms out of a folder, HASH.json, kept in memory for pages and
 * notices. Beside one may lie HASH.groups.json, {"groups": [...]}: the groups of the officers who
 * signed it, never their names (docs/rules.md, docs/customers.md).
 *
 * A file whose bytes do not have the hash of its name, or that is no pack, is left out with a line
 * in the log: then its rules read as any neutral hold. Nothing of a shelf is ever let go while the
 * gateway lives; when it is full, what comes later is left out. */
#ifndef ROLE_GATEWAY_PACK_SHELF_H
#define ROLE_GATEWAY_PACK_SHELF_H

#include "base/span.h"
#include "io/digest.h"
#include "io/fault.h"
#include "io/file.h"
#include "wire/pack_text.h"

#define SHELF_PACKS_MAX   64U
#define SHELF_BYTES_MAX   (4U << 20) /* of all canonical forms */
#define SHELF_GROUPS_MAX  4U
#define SHELF_GROUP_BYTES 31U
#define SHELF_NAME_BYTES  (2 * SHA256_BYTES)

struct shelf_pack {
    u8 hash[SHA256_BYTES];
    char name[SHELF_NAME_BYTES + 1]; /* the hash in letters */
    struct span canonical;           /* the file's bytes */
    u32 groups_count;
    char groups[SHELF_GROUPS_MAX][SHELF_GROUP_BYTES + 1];
    struct pack_text text;
};

struct pack_shelf;

/* Reads what is in the folder; one that is not there is empty. FAULT_LIMIT: no memory. */
MUST_USE enum fault pack_shelf_open(struct pack_shelf **shelf_out, struct disk *disk,
                                    const char *folder);
/* NULL is fine. */
void pack_shelf_close(struct pack_shelf *shelf);

/* Looks into the folder for a pack that has come into force, unless it is here already. */
void pack_shelf_fetch(struct pack_shelf *shelf, const u8 hash[SHA256_BYTES]);

/* NULL: it is not here. */
const struct shelf_pack *pack_shelf_find(const struct pack_shelf *shelf,
                                         const u8 hash[SHA256_BYTES]);
/* The same by its name in letters. */
const struct shelf_pack *pack_shelf_named(const struct pack_shelf *shelf, struct span name);

/* By id and version; NULL: no more. A NULL shelf is empty. */
const struct shelf_pack *pack_shelf_at(const struct pack_shelf *shelf, u32 index);

#endif /* ROLE_GATEWAY_PACK_SHELF_H */
