/* The officers' queue of a venue as a projection of the event log (io/projection.h): its database
 * is that of case_store.h, cases/cases.db in the venue's folder. docs/cases.md. */
#ifndef ROLE_CASES_CASES_H
#define ROLE_CASES_CASES_H

#include "io/projection.h"
#include "role/cases/case_store.h"

#define CASES_FOLDER      "cases"
#define CASES_DATABASE    "cases.db"
#define CASES_READER_NAME "cases"
#define CASES_PACKS       "packs" /* canonical forms, in the venue's folder */

/* Where the log no longer reaches back to the first event, a new database begins with the newest
 * image, if that knows no person yet; else FAULT_MISSING. */
extern const struct projection_kind cases_projection;

/* The database of a venue's folder for queries (case_query.h); case_store_close gives it back. */
MUST_USE enum fault cases_reader(struct case_store **store_out, const char *folder);

#endif /* ROLE_CASES_CASES_H */
