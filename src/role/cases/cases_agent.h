/* The officers' queue as an agent: follows the event log (cases.h), and answers what comes over its
 * local socket (line_talk.h, case_ask.h, case_answer.h) and over the gateway's line (inbox.h) out
 * of what it has stored. It looks at the log every CASES_LOOK_US, or at once while it is behind;
 * while there is no event log yet, it looks for one now and then. */
#ifndef ROLE_CASES_CASES_AGENT_H
#define ROLE_CASES_CASES_AGENT_H

#include "io/agent.h"
#include "io/channel.h"
#include "io/clock.h"
#include "role/cases/cases.h"

#define CASES_LOOK_US    100000ULL
#define CASES_INBOX_US   10000ULL       /* between looks while a customer waits */
#define CASES_COUNT_NS   10000000000ULL /* between two counts of late cases */
#define CASES_STEP_BYTES (256U << 10)   /* of events in one transaction */
/* The thread of this agent may not sleep longer: nothing wakes it for the socket. */
#define CASES_SLEEP_US 10000ULL

struct cases_agent;

struct cases_agent_options {
    const char *folder;  /* the venue's */
    struct disk *disk;   /* as cases_options */
    struct clock *clock; /* NULL: the machine's */
    int listener;        /* a listening local socket, duplicated at open; -1: nobody can ask */
    int line;            /* the gateway's, SOCK_SEQPACKET (inbox.h); not above 0: none */
    const struct channel *acts; /* with a line: to the administrator's agent */
    u64 look_us;                /* 0: CASES_LOOK_US */
    u64 bytes_max;              /* 0: CASES_STEP_BYTES */
};

/* The folder's name outlives the agent; nothing is opened before the agent is. FAULT_LIMIT. */
MUST_USE enum fault cases_agent_create(struct agent **agent_out,
                                       const struct cases_agent_options *options);
/* After agent_close. NULL is fine. */
void cases_agent_destroy(struct agent *agent);

struct cases_agent_counts {
    u64 position; /* stored */
    u64 released; /* what the log showed then; 0: there was none yet */
    u64 transactions;
    u64 textless;
    u64 open;     /* cases, ... */
    u64 late;     /* ... and those whose clock is over */
    bool is_lost; /* it needs "cambist case rebuild --journal" */
    u64 asked;    /* lines that came to the socket, ... */
    u64 refused;  /* ... and were answered by an error */
    u64 connections;
    u64 turned_away;   /* connections that were one too many */
    u64 slow;          /* connections cut off while an answer waited */
    u64 inbox_asked;   /* over the gateway's line, ... */
    u64 inbox_refused; /* ... refused, ... */
    u64 inbox_late;    /* ... and given up */
};

struct cases_agent_counts cases_agent_counts(const struct agent *agent);

#endif /* ROLE_CASES_CASES_AGENT_H */
