/* Sealed papers: files of age that officers made on their own machines, in desk/papers, each named
 * by its SHA-256. The desk cannot read them; whether one may come, the caller looks at.
 *
 * One is taken at a time, in pieces from the first byte on, and has its name only when it is whole
 * and has the hash. */
#ifndef ROLE_DESK_DESK_PAPER_H
#define ROLE_DESK_DESK_PAPER_H

#include "base/base.h"
#include "base/span.h"
#include "io/digest.h"
#include "io/fault.h"
#include "io/file.h"

#define DESK_PAPERS           "papers" /* in the desk's folder */
#define DESK_PAPER_ENDING     ".age"
#define DESK_PAPERS_MAX       20000U
#define DESK_PAPER_BYTES_MAX  (8U << 20)
#define DESK_PAPER_PIECE      7168U /* of one line that brings it */
#define DESK_PAPER_PIECE_READ 65536U

struct desk_papers {
    struct disk *disk;
    char folder[FILE_PATH_BYTES];
    u32 count;
    struct sha256 sha256;
    struct file file; /* that is being taken; its disk is NULL: none */
    u8 hash[SHA256_BYTES];
    u64 at;
    u64 total;
};

/* `folder` is the desk's; papers' is made. */
MUST_USE enum fault desk_papers_open(struct desk_papers *papers, struct disk *disk,
                                     const char *folder);
/* A zeroed one is fine. What was being taken is begun anew by whoever brings it. */
void desk_papers_close(struct desk_papers *papers);

/* A piece at `offset` of a paper of `total` bytes. *at_out: where the next one begins; `total`: it
 * is there, whole, on the disk (also where it was before). FAULT_REFUSED: not the next piece, not
 * of age, too long, one too many, or another hash, and then nothing of it is kept. */
MUST_USE enum fault desk_papers_put(struct desk_papers *papers, const u8 hash[SHA256_BYTES],
                                    u64 offset, u64 total, struct span bytes, u64 *at_out);

/* Up to DESK_PAPER_PIECE_READ bytes from `offset` on, and how many there are in all. FAULT_MISSING:
 * there is no such paper. */
MUST_USE enum fault desk_papers_get(struct desk_papers *papers, const u8 hash[SHA256_BYTES],
                                    u64 offset, u8 target[DESK_PAPER_PIECE_READ], size_t *size_out,
                                    u64 *total_out);

#endif /* ROLE_DESK_DESK_PAPER_H */
