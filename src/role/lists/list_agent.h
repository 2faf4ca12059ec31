/* The agent of the lists: looks now and then at the files of each configured list, loads what has
 * changed (list_load.h), and keeps the compiled files true: a list that has grown stale is written
 * again with that said, and one that is damaged or gone is written anew.
 *
 *     files that somebody keeps ────────┐
 *     lists/fetched/NAME.SECONDS (feeds) ┴▶ a round, in its own thread ─▶ lists.db, NAME.list
 *
 * A round is the work of a thread that lives as long as the round, so that a large list keeps no
 * other agent of the process waiting. A fault of one list is told in the log and ends nothing: what
 * is in force stays, and grows stale. The agent reads files; programs that fetch them run elsewhere
 * (app/list_feeds.h). docs/lists.md. */
#ifndef ROLE_LISTS_LIST_AGENT_H
#define ROLE_LISTS_LIST_AGENT_H

#include "base/base.h"
#include "io/agent.h"
#include "io/clock.h"
#include "io/fault.h"
#include "io/file.h"
#include "role/lists/list_load.h"

#define LIST_WATCHES_MAX    32U
#define LIST_FETCHED_FOLDER "lists/fetched" /* in the venue's */

/* A list that is kept up to date. */
struct list_watch {
    u64 list; /* wire/code.h */
    enum list_format format;
    u64 stale_after_us;
    bool is_fetched; /* the files of the newest folder lists/fetched/NAME.SECONDS; else `paths` */
    u32 paths_count;
    char paths[LIST_FILES_MAX][FILE_PATH_BYTES];
};

struct list_agent_options {
    const char *folder; /* the venue's */
    struct clock *clock;
    const struct list_watch *watches; /* outlive the agent */
    u32 watches_count;
    u32 keep_percent;
    u64 every_us; /* between two rounds */
};

/* For metrics. */
struct list_agent_counts {
    u64 in_force; /* lists */
    u64 entries;  /* of all of them */
    u64 stale;
    u64 missing; /* configured, and nothing is in force */
    u64 refused; /* the newest load was refused */
    u64 rounds;
    u64 loads;
    u64 refusals;
    u64 faults;
};

/* FAULT_LIMIT. */
MUST_USE enum fault list_agent_create(struct agent **agent_out,
                                      const struct list_agent_options *options);
/* After agent_close. NULL is fine. */
void list_agent_destroy(struct agent *agent);

/* As of the last round. */
struct list_agent_counts list_agent_counts(const struct agent *agent);

#endif /* ROLE_LISTS_LIST_AGENT_H */
