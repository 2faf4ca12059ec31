/* The history as an agent: follows the event log (history.h) and answers the gateway's questions
 * (wire/lookup.h) from its database.
 *
 *     asks     a channel of questions. Each is taken off at once, waits here until the database has
 *              reached its position_min, and then has its turn in the order of arrival
 *     answers  a channel of rows and ends of answers, and of how far the history is. When it is
 *              full, the answer under way goes on later; the log is followed all the same
 *     bell     a channel on which anything means "look at the log". Heard at once by an agent that
 *              was idle; one that has just written gathers first (gather_us), so that a transaction
 *              for each order does not take the processor from those whom the order waits for
 *
 * One step is some events, or one question, each bounded: nothing here waits, no question holds up
 * the following for longer than history_agent_options.steps_max is worth. While there is no event
 * log yet, the agent looks for one now and then. */
#ifndef ROLE_HISTORY_HISTORY_AGENT_H
#define ROLE_HISTORY_HISTORY_AGENT_H

#include "base/arena.h"
#include "io/agent.h"
#include "io/channel.h"
#include "io/clock.h"
#include "role/history/history.h"

#define HISTORY_QUESTIONS_MAX 512U         /* waiting here; more wait in the channel */
#define HISTORY_WAIT_US       1000000ULL   /* for position_min, then LOOKUP_BEHIND */
#define HISTORY_STEPS_MAX     20000000ULL  /* about half a second of a processor */
#define HISTORY_STEP_BYTES    (256U << 10) /* of events in one transaction */
#define HISTORY_TELL_US       20000ULL     /* the shortest time between two words of the position */
#define HISTORY_GATHER_US     20000ULL     /* in a venue: see gather_us */

struct history_agent;

struct history_agent_options {
    const char *folder;            /* the venue's */
    struct disk *disk;             /* as history_options */
    const char *database;          /* as history_options */
    struct clock *clock;           /* NULL: the machine's */
    const struct channel *asks;    /* this end reads */
    const struct channel *answers; /* this end writes */
    const struct channel *bell;    /* this end reads; NULL: none */
    u64 wait_us;                   /* 0: HISTORY_WAIT_US */
    u64 steps_max;                 /* of SQLite's machine for one question; 0: HISTORY_STEPS_MAX */
    u64 bytes_max;                 /* 0: HISTORY_STEP_BYTES */
    u64 gather_us; /* so long after the end of the log was reached, what comes is gathered, unless
                      somebody asks: one transaction instead of many. 0: never */
};

struct footprint history_agent_footprint(void);

/* Memory from `arena`. The folder's name and the channels outlive the agent; nothing is opened
 * before the agent is. FAULT_LIMIT: the arena is too small. */
MUST_USE enum fault history_agent_init(struct agent **agent_out,
                                       const struct history_agent_options *options,
                                       struct arena *arena);

struct history_agent_counts {
    u32 waiting;  /* questions that are here */
    u64 answered; /* with rows or without */
    u64 behind;   /* LOOKUP_BEHIND */
    u64 costly;   /* LOOKUP_COSTLY */
    u64 failed;   /* LOOKUP_FAILED */
    u64 refused;  /* records that are no question */
    u64 repeated; /* questions that were here already */
    u64 full;     /* times the answers' channel had no room */
    u64 rows;     /* handed out */
    u64 transactions;
    u64 event_bytes;
    u64 position; /* stored */
    u64 released; /* what the log showed then; 0: there was none yet */
};

struct history_agent_counts history_agent_counts(const struct agent *agent);

#endif /* ROLE_HISTORY_HISTORY_AGENT_H */
