/* `cambist report transparency --publish`: puts a report where everybody finds it, below
 * /transparency/ and, by its hash, beside the public log (docs/desk.md "Published"). Only a report
 * that a line of the log as it is published names gets there. */
#ifndef APP_REPORT_PUBLISH_H
#define APP_REPORT_PUBLISH_H

#include "base/base.h"
#include "base/span.h"
#include "io/digest.h"
#include "io/fault.h"

struct report_published {
    const char *folder; /* the venue's data folder */
    const char *half;   /* "2026-H1": the last half-year that it counts, which is over */
    struct span json;   /* as a file, with its last newline */
    struct span csv;
    u8 hash[SHA256_BYTES]; /* out: of the JSON */
};

/* The files are on the disk, each whole, when this returns. FAULT_REFUSED: there is no public log,
 * or no line of it names the report yet; the text says which line. */
MUST_USE enum fault report_publish(struct report_published *report);

#endif /* APP_REPORT_PUBLISH_H */
