/* `cambist log check`: the opened months that a log lists. Each must be there as it was logged and
 * agree with the case leaves, none may be left out, each later opening of a month holds what the
 * earlier one did, and where a silence has ended a notice has followed
 * (role/vault/publog_silence.h).
 *
 * One pass over the log collects what is needed: the leaves and the lines. */
#ifndef APP_LOG_MONTHS_H
#define APP_LOG_MONTHS_H

#include "app/log_files.h"
#include "base/base.h"
#include "io/fault.h"
#include "role/vault/publog_check.h"
#include "role/vault/publog_opening.h"
#include "role/vault/publog_silence.h"

#define LOG_MONTHS_LEAVES_MAX   (1U << 23) /* of about fifteen years */
#define LOG_MONTHS_OPENINGS_MAX (1U << 16)
#define LOG_MONTHS_EVENTS_MAX   65536U /* of one month */
#define LOG_MONTHS_SHOWN_MAX    (1U << 20)

struct log_months_leaf {
    struct publog_leaf leaf;
    u32 month;
};

/* Told of each month, by its newest opening, in order. */
struct log_months_taker {
    void (*month)(struct log_months_taker *taker, u32 month,
                  const struct publog_month_counts *counts);
};

struct log_months {
    struct tlog_leaf_check leaves;  /* first: it is cast back */
    struct publog_check *venue;     /* asked first; NULL: the log may be anybody's */
    u32 since;                      /* months before it are there and unchanged, and no more */
    struct log_months_taker *taker; /* NULL: nobody wants to know */
    enum fault fault;               /* of memory, while entries were looked at */
    struct log_months_leaf *found;
    u32 found_count;
    u32 found_room;
    struct publog_opening *openings;
    u32 openings_count;
    u32 openings_room;
    /* what comes out */
    u32 months;   /* that are listed */
    u32 computed; /* held against their leaves */
    struct publog_month_counts counts;
};

void log_months_init(struct log_months *months, struct publog_check *venue, u32 since);
void log_months_close(struct log_months *months);

/* After a run of the log's check without a flaw. */
MUST_USE enum fault log_months_check(struct log_months *months, struct log_files *files,
                                     struct sha256 *sha256, struct tlog_finding *finding);
/* Lines for people; nothing where no month is listed. */
void log_months_print(const struct log_months *months);

#endif /* APP_LOG_MONTHS_H */
