/* The public log of a story of the disclosure desk, with three witnesses in the same process: the
 * shipped log and witnesses without their networks, on the story's clock (docs/public-log.md).
 *
 *     acts at the desk ─▶ publog ─▶ slots ─▶ tlog_store ─▶ tlog_ask ─▶ tlog_witness
 *
 *     DIR/log        the venue's log, where a venue has it
 *     DIR/witness    what each witness keeps
 *     DIR/forged     logs that somebody with the log's own key made out of it
 */
#ifndef APP_STORY_LOG_H
#define APP_STORY_LOG_H

#include "base/base.h"
#include "io/clock.h"
#include "io/fault.h"
#include "role/desk/desk_store.h"
#include "role/vault/publog.h"
#include "role/vault/publog_span.h"
#include "role/vault/tlog_check.h"

#define STORY_LOG_WITNESSES 3U

struct story_log;

/* Makes keys, policy and an empty log; what the folder and the clock point to outlives it. */
MUST_USE enum fault story_log_open(struct story_log **log_out, const char *folder,
                                   struct clock *clock);
/* NULL is fine. */
void story_log_close(struct story_log *log);

/* Tells it what the desk has done since, as the desk's process does. */
MUST_USE enum fault story_log_tell(struct story_log *log, struct desk_store *desk);
/* The clock was moved: slots are closed, witnesses cosign, and it is published. */
MUST_USE enum fault story_log_turn(struct story_log *log);
/* Remembers the checkpoint that is published now, as any reader may. */
void story_log_remember(struct story_log *log);

/* What openings leave, as `cambist open log` tells it; the event's number. */
MUST_USE enum fault story_log_event(struct story_log *log, const struct publog_told *told,
                                    u64 *number_out);
/* The event's receipt, and all slots from a moment to that of an opening, into FOLDER/NAME. */
MUST_USE enum fault story_log_show(struct story_log *log, u64 number, const char *folder,
                                   const char *name);
MUST_USE enum fault story_log_slots(struct story_log *log, u64 from_s, u64 to_s, const char *folder,
                                    const char *name);
/* Entries that are published. */
u64 story_log_size(const struct story_log *log);

/* What somebody with the log's key and its disk may try. */
enum story_log_forgery {
    STORY_LOG_CUT,   /* the log as it was when it was remembered */
    STORY_LOG_WRITE, /* the slot of `moment_s` changed, and signed anew */
    STORY_LOG_PATCH, /* what was forged last, under the checkpoint that the witnesses cosigned */
};

struct story_log_verdict {
    u32 cosigned;                /* by so many witnesses */
    char witnesses[160];         /* what asking them came to, where they were asked */
    struct tlog_finding finding; /* a reader's who remembers the newest checkpoint */
};

/* FAULT_NONE, whatever came of it. */
MUST_USE enum fault story_log_forge(struct story_log *log, enum story_log_forgery how, u64 moment_s,
                                    struct story_log_verdict *verdict_out);

#endif /* APP_STORY_LOG_H */
