/* The transparency report, counted: a pure function of the desk's acts that the public log has, in
 * their order, and of the last second that counts (docs/desk.md "The report").
 *
 * Each act counts in the half-year in which it came, under the case's country, type of authority
 * and basis. So a half-year that is over is never changed by what comes later, and whoever has the
 * acts gets the same numbers. Acts that the log has not taken are left out and counted apart. */
#ifndef ROLE_DESK_REPORT_COUNT_H
#define ROLE_DESK_REPORT_COUNT_H

#include "base/base.h"
#include "io/fault.h"
#include "role/desk/desk.h"

/* constant, name: permanent, in the order of the columns. */
#define REPORT_CELL_TABLE(ROW)              \
    ROW(REQUESTS, "requests")               \
    ROW(ASKED, "subjects_asked")            \
    ROW(ANSWERED, "subjects_answered")      \
    ROW(FULL, "full")                       \
    ROW(PARTIAL, "partial")                 \
    ROW(REJECTED, "rejected")               \
    ROW(NARROWED, "narrowed")               \
    ROW(CHALLENGED, "challenged")           \
    ROW(PRESERVED, "preserved")             \
    ROW(RESTRICTED, "restricted")           \
    ROW(EMERGENCY, "emergency")             \
    ROW(LAPSED, "lapsed")                   \
    ROW(WITHDRAWN, "withdrawn")             \
    ROW(NOTICES, "notices_sent")            \
    ROW(DELAYED, "notices_delayed")         \
    ROW(SILENCES_ACTIVE, "silences_active") \
    ROW(SILENCES_ENDED, "silences_expired") \
    ROW(BULK, "bulk")                       \
    ROW(SEARCHES, "searches")               \
    ROW(OWN_MOTION, "own_motion")

#define REPORT_CELL_ROW(constant, name) REPORT_CELL_##constant,
enum report_cell { REPORT_CELL_TABLE(REPORT_CELL_ROW) REPORT_CELLS };
#undef REPORT_CELL_ROW

#define REPORT_CONTACTS  4U  /* kinds of contacts with authorities */
#define REPORT_OPENINGS  4U  /* kinds of openings; there are no others */
#define REPORT_KINDS     4U  /* of requests */
#define REPORT_MARKS     5U  /* what requests rest on */
#define REPORT_LOG_KINDS 16U /* words for events that desks leave in the log */
#define REPORT_HALVES    256U

const char *report_cell_name(enum report_cell cell);
/* The log's word at a place below REPORT_LOG_KINDS; NULL: there are no more. */
const char *report_log_kind(u32 place);

/* Cases of one country, type of authority and basis, in one half-year. */
struct report_row {
    u32 half;        /* year * 2, one more for July to December */
    char country[3]; /* "" where no authority asked */
    u8 type;         /* enum desk_type; 0 where no authority asked */
    u8 basis;        /* enum desk_basis */
    u64 cells[REPORT_CELLS];
    u64 answers; /* how many were answered, */
    u64 minutes; /* and the median of the time that it took */
};

struct report_half {
    u32 half;
    u64 begins_s;
    u64 ends_s;    /* the first second behind it */
    u32 rows_from; /* its rows follow each other, by country, type, basis */
    u32 rows_count;
    u64 untold; /* acts that the log has not taken */
    u64 totals[REPORT_CELLS];
    u64 answers;
    u64 minutes;
    u64 contacts[REPORT_CONTACTS];
    u64 openings[REPORT_OPENINGS]; /* acts `opened`, by the case's enum desk_opening, from 0 */
    u64 kinds[REPORT_KINDS];       /* acts `receive`, by enum desk_request, from 0 */
    u64 marks[REPORT_MARKS];       /* the same, by enum desk_mark, from 0 */
    u64 log[REPORT_LOG_KINDS];
};

struct report;

/* `through_s`: the last second that counts. FAULT_LIMIT: no memory. */
MUST_USE enum fault report_open(struct report **report_out, u64 through_s);
/* NULL is fine. */
void report_close(struct report *report);

/* The next act, in the desk's order. `log`: its number in the log, 0 where it has none. `now_s`:
 * when it came; from the first that came after `through_s` on none counts. FAULT_ROT: it is of a
 * case that never came. FAULT_LIMIT: no memory, or more half-years than a report has. Not after
 * report_end (CHECK) or a fault. */
MUST_USE enum fault report_take(struct report *report, const struct desk_act *act, u64 log,
                                u64 now_s);

/* Ends with the half-year in which `through_s` is. Silences that run at the end of a half-year, or
 * at `through_s`, are active in it. */
MUST_USE enum fault report_end(struct report *report);

u64 report_through(const struct report *report);
/* After report_end: half-years from that of the first act on, without a gap. */
u32 report_halves(const struct report *report);
const struct report_half *report_half(const struct report *report, u32 index);
const struct report_row *report_rows(const struct report *report, u32 index);

/* The half-year that a moment is in, its first second, and the first behind it. False: after the
 * year 9999. */
MUST_USE bool report_half_of(u64 seconds, u32 *half_out, u64 *begins_out, u64 *ends_out);
/* "2026-H2", with its zero. */
#define REPORT_HALF_BYTES 16U
void report_half_print(u32 half, char target[REPORT_HALF_BYTES]);
MUST_USE bool report_half_read(struct span text, u64 *begins_out, u64 *ends_out);

#endif /* ROLE_DESK_REPORT_COUNT_H */
