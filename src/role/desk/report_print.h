/* The transparency report as text: JSON and CSV, of which each report has one form.
 *
 * Numbers of a country stand in rows; no cell of fewer than 5 is printed, and none that follows
 * from the others of its column. Rows with fewer than 5 requests are put together as "other". */
#ifndef ROLE_DESK_REPORT_PRINT_H
#define ROLE_DESK_REPORT_PRINT_H

#include "base/base.h"
#include "role/desk/report_count.h"

#define REPORT_LEAST   5U
#define REPORT_FORMAT  "cambist-transparency/v1"
#define REPORT_ROW_MAX 4096U /* rows of a half-year that are printed; further ones are "other" */

/* A row as it is printed. */
struct report_line {
    char country[8]; /* "FR", "none", "other" */
    const char *type;
    const char *basis;
    bool is_hidden[REPORT_CELLS + 1]; /* the last one: of the median */
    u64 cells[REPORT_CELLS];
    u64 minutes;
};

/* The rows of one half-year, hidden where they have to be. How many; at most `lines_max`, which is
 * at least 1. */
u32 report_lines(const struct report_half *half, const struct report_row *rows,
                 struct report_line *lines, u32 lines_max);

/* The whole, with a zero behind it. FAULT_LIMIT: no memory. The caller frees it. */
MUST_USE enum fault report_json(const struct report *report, const char *venue, char **text_out,
                                size_t *size_out);
MUST_USE enum fault report_csv(const struct report *report, char **text_out, size_t *size_out);

#endif /* ROLE_DESK_REPORT_PRINT_H */
