/* The history as a projection of the event log (io/projection.h): its database is that of store.h,
 * history/history.db in the venue's folder, and it is a cache. Nobody asks the agent that keeps it
 * anything: who wants rows opens the database for reading. */
#ifndef ROLE_HISTORY_HISTORY_H
#define ROLE_HISTORY_HISTORY_H

#include "io/projection.h"
#include "role/history/store.h"

#define HISTORY_FOLDER      "history"
#define HISTORY_DATABASE    "history.db"
#define HISTORY_READER_NAME "history"

/* Where the log no longer reaches back to the first event, a new database begins with the newest
 * image (image.h): store_point.began_position says which. */
extern const struct projection_kind history_projection;

/* The database of a venue's folder for queries (query.h); store_close gives it back. */
MUST_USE enum fault history_reader(struct store **store_out, const char *folder);

#endif /* ROLE_HISTORY_HISTORY_H */
