/* The one-shot opener: makes its keys, and once officers of both groups have answered, opens
 * exactly the records of one grant and writes them for one recipient (docs/opening.md "The
 * opener").
 *
 * It judges everything anew. Before anything is written, what the paper says of each person is
 * compared with the opened identity: if one of them is somebody else, nothing is delivered. What is
 * opened lies in locked memory and goes into an age file alone: a tar archive with the grant's text
 * and a file for each delivered record. Dated lines outside of the grant's days are left out, and
 * counted. The manifest says what the file holds, and is signed with the key that the opening in
 * the public log names. */
#ifndef ROLE_VAULT_OPENER_H
#define ROLE_VAULT_OPENER_H

#include "base/base.h"
#include "io/fault.h"
#include "role/vault/age_file.h"
#include "role/vault/opening.h"

#define OPENER_RELEASES_MAX   (2U * SHARE_MEMBERS_MAX)
#define OPENER_MANIFEST_BYTES 8192U

struct opener;

/* Makes both keys in locked memory. FAULT_UNPROTECTED: there is none. */
MUST_USE enum fault opener_open(struct opener **opener_out, const struct grant_file *file,
                                u64 now_s);
/* Forgets the keys; NULL is nothing. */
void opener_close(struct opener *opener);
/* What is to be logged before any officer answers. */
const struct opening *opener_opening(const struct opener *opener);

struct opener_release {
    const char *name; /* for messages */
    struct span text;
    enum share_side side; /* whose it must be; index 0: anybody's */
    u32 index;
};

/* Hands out the body of the grant's record number `index`, until the next call. */
struct opener_bodies {
    enum fault (*body)(struct opener_bodies *bodies, u32 index, struct span *body_out);
};

struct opener_call {
    const struct opening_judge *judge;
    const struct grant_file *file;
    struct span grant_shown;
    struct span opening_shown;
    struct span slots; /* from the grant's issue to the opening (publog_span.h) */
    const struct opening_rows *rows;
    struct opener_bodies *bodies;
    const struct opener_release *releases;
    u32 releases_count;
    struct age_target *target; /* gets the age file; worth nothing unless all went well */
};

struct opener_result {
    bool is_mismatch; /* somebody else than the paper says: to be logged as such */
    bool is_release;  /* an answer is why: that number of the releases */
    u32 release;
    struct share_wrong wrong; /* whose share was wrong, where its bytes name one */
    u64 file_bytes;
    u32 withheld_lines;
    char manifest[OPENER_MANIFEST_BYTES];
    size_t manifest_bytes;
};

/* Once. FAULT_REFUSED, FAULT_INPUT, FAULT_ROT name what does not hold, and what the target has got
 * must be thrown away. As long as nothing was opened (answers are missing, or one is wrong) it may
 * be called again with other answers; after a mismatch or a fault of the target it may not. */
MUST_USE enum fault opener_deliver(struct opener *opener, const struct opener_call *call,
                                   struct opener_result *result_out);

/* Whether the manifest is signed by that opening's key, and about that grant. FAULT_REFUSED. */
MUST_USE enum fault opener_manifest_check(struct span manifest, const struct opening *opening);

#endif /* ROLE_VAULT_OPENER_H */
