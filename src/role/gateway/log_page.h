/* The public log over HTTP: which paths there are below /log/, and what is said of each. The files
 * are written by another process (docs/public-log.md "Tiles and bundles"); only names of the forms
 * below are ever looked for, so no path leads anywhere else.
 *
 *     /log/checkpoint                      /log/policy.txt
 *     /log/tile/<0 to 63>/<index>          /log/tile/<0 to 63>/<index>.p/<1 to 255>
 *     /log/tile/entries/<index>            /log/tile/entries/<index>.p/<1 to 255>
 *
 *     /log/month/<four digits>-<two digits>.<1 to 999>
 *     /log/text/<64 small hexadecimal digits>
 *
 * An index is one or more groups of three digits, all but the last behind an x. */
#ifndef ROLE_GATEWAY_LOG_PAGE_H
#define ROLE_GATEWAY_LOG_PAGE_H

#include "base/base.h"
#include "base/span.h"

#define LOG_PAGE_NAME_BYTES 80U
#define LOG_PAGE_HEAD_BYTES 512U
#define LOG_PAGE_BYTES_MAX  (2U << 20) /* no file is longer: 256 entries of 4 KiB */

/* What is looked for below the log's folder; false: the path is none of the log's. */
MUST_USE bool log_page_name(struct span path, char name_out[LOG_PAGE_NAME_BYTES]);
/* Whether it changes; else it may be kept for ever. */
bool log_page_changes(const char *name);

/* The head of the answer with a body of so many bytes; returns its bytes. */
size_t log_page_head(const char *name, u64 body_bytes, const char *date, bool keep_alive,
                     u8 head_out[LOG_PAGE_HEAD_BYTES]);

#endif /* ROLE_GATEWAY_LOG_PAGE_H */
