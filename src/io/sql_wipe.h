/* SQLite that leaves nothing behind in memory: what it gives back is wiped first. For a process
 * that promises that what it deletes is gone, as the vault's does; others need not pay for it.
 *
 * Without it pages and rows that were read long ago stay in freed memory until something else is
 * written there. It holds for the whole process, and for connections opened from then on. */
#ifndef IO_SQL_WIPE_H
#define IO_SQL_WIPE_H

#include "base/base.h"

/* Before the process's first connection. False: SQLite was in use already and nothing is changed.
 */
MUST_USE bool sql_wipe_freed(void);

/* Every connection of the process is closed: SQLite is as before its first use, so that a process
 * forked from now on may still call sql_wipe_freed. */
void sql_unuse(void);

#endif /* IO_SQL_WIPE_H */
