/* Which rotations an officer has answered, in a file of their own: each for one opening alone, and
 * in 30 days towards one key only (docs/rotation.md "The answer").
 *
 *     cambist rotated v1
 *     rotation: <hash> <hash of the opening's text> <the key it leads to> <when>
 *
 * A rotation opens every record's key once: who could ask for one after the other, towards keys of
 * their choice, would need only one of them to be theirs. Towards the same key a few are taken: the
 * rest of the records, and a re-wrapper that was killed. Written before an answer leaves. */
#ifndef ROLE_VAULT_ROTATION_BOOK_H
#define ROLE_VAULT_ROTATION_BOOK_H

#include "base/base.h"
#include "io/fault.h"
#include "io/file.h"
#include "role/vault/rotation.h"

#define ROTATION_BOOK_FILE  "rotated"
#define ROTATION_BOOK_S     2592000U /* 30 days */
#define ROTATION_BOOK_MAX   4U       /* in that time */
#define ROTATION_BOOK_BYTES (64U + ROTATION_BOOK_MAX * 256U)

/* Enters an opening of a rotation in FOLDER/rotated, which is on the disk when this returns; the
 * folder must exist, and one process at a time may do this (FAULT_LOCKED). The same opening again
 * is entered already. FAULT_REFUSED: another opening of it, towards another key, too many.
 * FAULT_INPUT: the file is no such book. */
MUST_USE enum fault rotation_book_enter(struct disk *disk, const char *folder,
                                        const struct rotation_file *file,
                                        const struct opening *opening, u64 now_s);

#endif /* ROLE_VAULT_ROTATION_BOOK_H */
