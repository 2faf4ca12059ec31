/* The matching agent: answers yente's `/match` out of the compiled lists, and knows nobody.
 *
 *     monitor ── connections, nothing read of them ──▶ match ──▶ answer, close
 *     lists/LIST.list ─▶ index, lines ──────────────────┘
 *
 * It has no channel, no network of its own and no file but the lists: what it is asked is compared,
 * answered and wiped. A connection carries one request. docs/screening.md "/match". */
#ifndef ROLE_SCREEN_MATCH_AGENT_H
#define ROLE_SCREEN_MATCH_AGENT_H

#include "base/base.h"
#include "io/agent.h"
#include "io/clock.h"
#include "io/fault.h"
#include "io/file.h"
#include "role/screen/screen_agent.h"

/* The thread of this agent may not sleep longer: nothing wakes it for connections. */
#define MATCH_SLEEP_US 10000ULL

struct match_agent_options {
    const char *folder; /* the venue's */
    struct disk *disk;
    struct clock *clock;
    int line;  /* where the monitor hands connections over; the agent's from now on */
    int count; /* an eventfd that gets the number of queries answered, for `screen`; -1: none */
    char lists[SCREEN_LISTS_MAX][SCREEN_LIST_NAME];
    u32 lists_count;
    u32 threshold;  /* millionths: a match, where the request does not say */
    u32 per_second; /* queries; more are refused */
};

/* For metrics. */
struct match_agent_counts {
    u64 lists; /* in use */
    u64 lists_stale;
    u64 lists_missing;
    u64 entries;
    u64 requests; /* that were answered with 200 */
    u64 queries;  /* in them */
    u64 results;  /* of them */
    u64 refused;  /* requests that were answered with anything else */
    u64 too_many; /* of these, since there were too many in that second */
    u64 dropped;  /* connections that came while all places were taken, or ended before an answer */
};

struct match_agent;

/* What the options point to outlives the agent. FAULT_LIMIT: the line is the caller's still. */
MUST_USE enum fault match_agent_create(struct match_agent **agent_out,
                                       const struct match_agent_options *options);
struct agent *match_agent_of(struct match_agent *agent);
/* After agent_close. NULL is fine. */
void match_agent_destroy(struct match_agent *agent);

/* It has looked for its lists. One that is missing is told to whoever asks for it. */
bool match_agent_is_ready(const struct match_agent *agent);
struct match_agent_counts match_agent_counts(const struct match_agent *agent);

#endif /* ROLE_SCREEN_MATCH_AGENT_H */
