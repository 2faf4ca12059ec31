/* The published transparency reports over HTTP: which paths there are below /transparency, and what
 * is said of each. The files are written by `cambist report transparency --publish`
 * (docs/desk.md "Published"); only names of the forms below are ever looked for.
 *
 *     GET /transparency                  the page
 *     GET /transparency/list.json        what was published
 *     GET /transparency/2026-H1.json     a report, named by the last half-year that it counts
 *     GET /transparency/2026-H1.csv      the same as a table */
#ifndef ROLE_GATEWAY_REPORT_PAGE_H
#define ROLE_GATEWAY_REPORT_PAGE_H

#include "base/base.h"
#include "base/span.h"

#define REPORT_PAGE_NAME_BYTES 16U
#define REPORT_PAGE_HEAD_BYTES 512U
#define REPORT_PAGE_BYTES_MAX  (4U << 20) /* no file is longer */

bool report_page_is(struct span path);
/* What is looked for in the folder of reports; false: the path is none of a report's. */
MUST_USE bool report_page_name(struct span path, char name_out[REPORT_PAGE_NAME_BYTES]);

/* The head of the answer with a body of so many bytes; returns its bytes. Nothing is kept without
 * asking: a report that was published in error is replaced by an honest one. */
size_t report_page_head(const char *name, u64 body_bytes, const char *date, bool keep_alive,
                        u8 head_out[REPORT_PAGE_HEAD_BYTES]);

#endif /* ROLE_GATEWAY_REPORT_PAGE_H */
