/* What was cleared: for each clearance of an officer, what person and entry were when screening
 * first saw it. A clearance stands as long as both are the same.
 *
 * Kept in screen/screen.db as digests, keyed with a number that was drawn when the file was made,
 * so that it tells no name. Losing it means that clearances are believed anew as they stand then.
 */
#ifndef ROLE_SCREEN_SCREEN_CLEARED_H
#define ROLE_SCREEN_SCREEN_CLEARED_H

#include "base/base.h"
#include "io/digest.h"
#include "io/fault.h"
#include "io/sql.h"
#include "role/screen/screen_agent.h"

#define SCREEN_FILE      "screen/screen.db"
#define SCREEN_KEY_BYTES 32U

struct screen_cleared {
    struct sql sql;
    struct sqlite3_stmt *get;
    struct sqlite3_stmt *put;
    u8 key[SCREEN_KEY_BYTES];
};

/* The folder is the venue's. Makes what is not there. */
MUST_USE enum fault screen_cleared_open(struct screen_cleared *cleared, struct disk *disk,
                                        const char *folder);
/* One that is all zero is fine. */
void screen_cleared_close(struct screen_cleared *cleared);

/* *holds_out: `digest` is what was kept for this row, or nothing was and it is from now on. */
MUST_USE enum fault screen_cleared_holds(struct screen_cleared *cleared, u64 row,
                                         const u8 digest[SHA256_BYTES], bool *holds_out);

/* Up to which of the vault's numbers those who were seen before are in the journal; 0: none. */
MUST_USE enum fault screen_cleared_doubles(struct screen_cleared *cleared, u64 *number_out);
MUST_USE enum fault screen_cleared_doubles_put(struct screen_cleared *cleared, u64 number);

#endif /* ROLE_SCREEN_SCREEN_CLEARED_H */
