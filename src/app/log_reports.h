/* `cambist log check`: the transparency reports that a log names (docs/desk.md "Published").
 *
 *     approval report 20261 sha256 5e1c... at 2026-11-23T06:00:00Z
 *
 * The number is the last half-year that the report counts, 20261 for 2026-H1; the hash is that of
 * its JSON. The file text/<the hash> must be the bytes that were logged, and a report through the
 * end of that half-year. It comes after its line: one that is not there is said, and is a flaw when
 * it stays away for LOG_REPORTS_LATE_S. Of two lines of one half-year the later one stands; both
 * files must be there. */
#ifndef APP_LOG_REPORTS_H
#define APP_LOG_REPORTS_H

#include "base/base.h"
#include "io/digest.h"
#include "io/fault.h"
#include "role/vault/publog_words.h"
#include "role/vault/tlog_check.h"

#define LOG_REPORTS_MAX        1024U
#define LOG_REPORTS_BYTES_MAX  (4U << 20) /* of a report */
#define LOG_REPORTS_LATE_S     (30ULL * 24 * 3600)
#define LOG_REPORT_HALF_BYTES  8U /* "2026-H1", with its zero */
#define LOG_REPORT_LINE_FORMAT "approval report %u sha256 %s"

struct log_report {
    u32 number; /* year * 10, and 1 or 2 */
    u8 hash[PUBLOG_HASH_BYTES];
    u64 time_us;
    bool is_read; /* it is there, and as it was logged */
};

struct log_reports {
    struct tlog_leaf_check leaves; /* first: it is cast back */
    struct tlog_leaf_check *next;  /* asked first; NULL: nobody */
    enum fault fault;              /* of memory, while entries were looked at */
    struct log_report *found;
    u32 count;
    u32 room;
    u64 newest_s; /* the newest slot: the log's own time */
};

void log_reports_init(struct log_reports *reports, struct tlog_leaf_check *next);
void log_reports_close(struct log_reports *reports);

/* False: the entry is no such line. */
MUST_USE bool log_report_read(struct span entry, struct log_report *report_out);
/* "2026-H1" as 20261 and back. False: it is none. */
MUST_USE bool log_report_number(struct span half, u32 *number_out);
void log_report_half(u32 number, char target[LOG_REPORT_HALF_BYTES]);

/* The line that names this text for this half-year; NULL: none. */
const struct log_report *log_reports_find(const struct log_reports *reports, u32 number,
                                          const u8 hash[PUBLOG_HASH_BYTES]);

/* After a run of the log's check without a flaw. */
MUST_USE enum fault log_reports_check(struct log_reports *reports, struct tlog_files *files,
                                      struct sha256 *sha256, struct tlog_finding *finding);
/* How many are there, as they were logged. */
u32 log_reports_held(const struct log_reports *reports);
/* Lines for people; nothing where no report is named. */
void log_reports_print(const struct log_reports *reports);

#endif /* APP_LOG_REPORTS_H */
