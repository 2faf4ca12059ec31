/* The monitor: reads a whole log from its files and believes nothing that it has not computed.
 *
 * From the entries it computes the hashes of level 0, from full tiles those of the next level and
 * at the end the root, and compares every tile with what it computed and the root with the
 * checkpoint, which a policy must accept. What it remembers of an earlier run (the checkpoint's
 * note) must be a beginning of the log, and no witness may have gone back in time.
 *
 * A flaw is no fault: a finding names the first thing that is wrong. Faults are disks and networks
 * that do not answer. */
#ifndef ROLE_VAULT_TLOG_CHECK_H
#define ROLE_VAULT_TLOG_CHECK_H

#include "base/base.h"
#include "io/fault.h"
#include "role/vault/tlog_flaw.h"
#include "role/vault/tlog_merkle.h"
#include "role/vault/tlog_policy.h"
#include "role/vault/tlog_tile.h"

#define TLOG_FINDING_FILE_BYTES 96U
#define TLOG_FINDING_WHY_BYTES  192U
#define TLOG_AHEAD_MAX_S        300U /* clocks of witnesses may differ from ours by so much */

struct tlog_finding {
    enum tlog_flaw flaw;
    char file[TLOG_FINDING_FILE_BYTES]; /* under the log's prefix */
    char why[TLOG_FINDING_WHY_BYTES];
};

/* Looks at every entry, in order, after its hash was found right: what the log's own rules say. */
struct tlog_leaf_check {
    enum tlog_flaw (*leaf)(struct tlog_leaf_check *check, u64 index, struct span entry);
};

/* Which partial files of a tile are there, where that can be asked: those of smaller logs. */
struct tlog_partials {
    enum fault (*widths)(struct tlog_partials *partials, const char *folder,
                         bool present[TLOG_TILE_WIDTH]);
};

/* Told after every bundle. */
struct tlog_progress {
    void (*entries)(struct tlog_progress *progress, u64 done, u64 size);
};

struct tlog_check {
    struct tlog_crypto *crypto;
    const struct tlog_policy *policy;
    struct tlog_files *files;
    struct tlog_partials *partials; /* NULL: only what the checkpoint needs */
    struct tlog_leaf_check *leaves; /* NULL: entries are any bytes */
    struct tlog_progress *progress; /* NULL: nobody */
    bool strangers_allowed; /* lines of keys that the policy does not name are passed over */
    u8 *bundle;             /* TLOG_BUNDLE_BYTES_MAX each */
    u8 *partial;            /* NULL when partials is */
    u64 now_s;              /* 0: times are not compared with a clock */
    u64 age_max_s;          /* 0: of any age */
    /* what comes out */
    u8 note[TLOG_NOTE_BYTES_MAX];
    size_t note_bytes;
    struct tlog_verdict verdict;
    u64 partials_count;
    /* its own */
    struct tlog_range range;
    u64 counts[TLOG_TILE_LEVELS]; /* hashes computed at a level */
    struct tlog_hash computed[TLOG_TILE_LEVELS][TLOG_TILE_WIDTH];
    struct tlog_hash read[TLOG_TILE_WIDTH];
};

/* Reads and judges everything. FAULT_NONE with finding->flaw NONE: all of it verifies. */
MUST_USE enum fault tlog_check_run(struct tlog_check *check, struct tlog_finding *finding_out);

/* After a run without a flaw: whether an earlier checkpoint of the same log, at `path` or from
 * memory, is signed under the policy and a beginning of this one. */
MUST_USE enum fault tlog_check_earlier(struct tlog_check *check, const char *path, struct span note,
                                       struct tlog_finding *finding_out);

#endif /* ROLE_VAULT_TLOG_CHECK_H */
