/* Files of evidence that customers send: age files, sealed in their browsers to one key of the
 * officers. Nothing of the venue opens them; they are kept under the SHA-256 of their bytes, which
 * the journal has too.
 *
 *     cases/evidence/<64 small hexadecimal digits>.age */
#ifndef ROLE_CASES_EVIDENCE_H
#define ROLE_CASES_EVIDENCE_H

#include "base/base.h"
#include "base/span.h"
#include "io/fault.h"
#include "io/file.h"

#define EVIDENCE_FOLDER     "cases/evidence"
#define EVIDENCE_HASH_BYTES 32U
#define EVIDENCE_BYTES_MAX  (60U << 10) /* of a file */
#define EVIDENCE_NAME_BYTES 72U         /* 64 digits, ".age" and a zero */

/* How many are kept. */
#define EVIDENCE_OF_PERSON 16U
#define EVIDENCE_IN_ALL    4096U

/* Whether it has the head of an age file for exactly one X25519 key, and a body behind it
 * (age-encryption.org/v1). Whose key it is nobody can see. */
bool evidence_is_sealed(struct span file);

void evidence_name(const u8 hash[EVIDENCE_HASH_BYTES], char name_out[EVIDENCE_NAME_BYTES]);

/* Keeps it in the venue's folder: on the disk, whole, when this returns. *hash_out is its SHA-256.
 */
MUST_USE enum fault evidence_keep(struct disk *disk, const char *venue, struct span file,
                                  u8 hash_out[EVIDENCE_HASH_BYTES]);

#endif /* ROLE_CASES_EVIDENCE_H */
