/* What an officer has released, or the opener has begun to open, in a file of their own: so many
 * records a day and no more, of them so many for one authority, and each grant for one opening
 * alone (docs/opening.md "The release").
 *
 *     cambist released v1
 *     day: 2026-11-23 12
 *     grant: <hash> <hash of the opening's text> <when it expires> 2026-11-23 4 fr-police
 *
 * It is written before an answer leaves. Grants that have expired drop out when their day is over:
 * their openings are refused for that. A clock that goes back begins no new day. A line without
 * day, records and authority, as there were earlier, counts to no authority. */
#ifndef ROLE_VAULT_RELEASE_BOOK_H
#define ROLE_VAULT_RELEASE_BOOK_H

#include "base/base.h"
#include "io/fault.h"
#include "io/file.h"
#include "role/vault/opening.h"

#define RELEASE_BOOK_FILE       "released"
#define RELEASE_BOOK_GRANTS_MAX 1024U
#define RELEASE_BOOK_BYTES      (256U + RELEASE_BOOK_GRANTS_MAX * 288U)

/* Enters an opening under a grant in FOLDER/released, which is on the disk when this returns; the
 * folder must exist, and one process at a time may do this (FAULT_LOCKED). The same opening again
 * is entered already and counts once. FAULT_REFUSED: the day's records would be too many, in all
 * or for the grant's authority, or the grant was released for another opening. FAULT_INPUT: the
 * file is no such book. */
MUST_USE enum fault release_book_enter(struct disk *disk, const char *folder,
                                       const struct grant_file *file, const struct opening *opening,
                                       const struct release_budget *budget, u64 now_s);

/* How many records count as released on the day of this moment; 0 where there is no book yet. */
MUST_USE enum fault release_book_used(struct disk *disk, const char *folder, u64 now_s,
                                      u32 *records_out);

#endif /* ROLE_VAULT_RELEASE_BOOK_H */
