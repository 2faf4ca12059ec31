/* How the desk tells the public log what was done, and learns from it what came of a grant: one
 * line at a time over log.sock, an answer each (docs/public-log.md "The socket").
 *
 *     desk.db ── acts, in their order ──▶ tell ──▶ number ──▶ desk.db
 *     approved, logged, opened ─────────▶ find ──▶ event  ──▶ the act of the process
 *     every opening in the log ◀──────── openings ──▶ has the case it? else an alarm
 *
 * So nothing is `logged` but what the log has, and nothing `opened` or `delivered` of which it has
 * no event. A log that is away or full is asked again; what was told twice is one event. Nothing
 * here waits. */
#ifndef ROLE_DESK_DESK_TELL_H
#define ROLE_DESK_DESK_TELL_H

#include "base/base.h"
#include "io/clock.h"
#include "io/fault.h"
#include "role/desk/desk_store.h"

struct desk_tell;

struct desk_tell_counts {
    u64 told;
    u64 found;
    u64 waits;   /* how often the log was away, full, stopped, or slow */
    u64 stuck;   /* 1: the log refuses an act, and none behind it is told */
    u64 strange; /* openings in the log that no case has, after a look before */
};

/* The length of the log's slots, by its classes (role/vault/publog_leaf.h; app/place_desk.c
 * compares). */
#define DESK_SLOT_ORDINARY_S  600U
#define DESK_SLOT_EMERGENCY_S 60U

/* `path` outlives it. FAULT_LIMIT; FAULT_CONFIG: longer than a local socket's path may be. */
MUST_USE enum fault desk_tell_open(struct desk_tell **tell_out, const char *path,
                                   struct clock *clock, u32 cases_max);
/* NULL is fine. */
void desk_tell_close(struct desk_tell *tell);

/* A little, without waiting. A fault is the store's. */
MUST_USE enum fault desk_tell_turn(struct desk_tell *tell, struct desk_store *store,
                                   const struct desk_staff *staff, u64 now_s, bool *busy_out);

struct desk_tell_counts desk_tell_counts(const struct desk_tell *tell);

#endif /* ROLE_DESK_DESK_TELL_H */
