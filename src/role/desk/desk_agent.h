/* The agent of the process `desk`: the disclosure desk behind a local socket.
 *
 *     desk.sock ─▶ lines ─▶ desk_store (desk.db) ─▶ answer
 *                 │            └── desk_tell ──▶ log.sock
 *     gateway ◀── desk_noticed: which openings a person was told of
 *     keep ◀── desk_search: of how many people it has what is searched for
 *
 * One line after the other, each act on the disk before it is answered. By itself it lets end what
 * is over. It has its own folder, its socket and nothing else: no network, no share, no key, no
 * record. docs/desk.md "The socket" has the lines. */
#ifndef ROLE_DESK_DESK_AGENT_H
#define ROLE_DESK_DESK_AGENT_H

#include "base/base.h"
#include "base/span.h"
#include "io/agent.h"
#include "io/clock.h"
#include "io/fault.h"
#include "io/file.h"
#include "role/desk/desk_list.h"
#include "role/desk/desk_store.h"

#define DESK_FOLDER     "desk"           /* in the venue's */
#define DESK_STORE_FILE "desk.db"        /* in the desk's */
#define DESK_STAFF_FILE "desk-staff.txt" /* in the venue's */

/* The thread of this agent may not sleep longer: nothing wakes it for the socket. */
#define DESK_SLEEP_US 10000ULL

#define DESK_LINE_BYTES_MAX   (2U * DESK_FILE_BYTES + 64U)
#define DESK_ANSWER_BYTES_MAX (DESK_LIST_LIMIT * DESK_LIST_BYTES + 4096U)
#define DESK_BY_LIMIT         500U       /* acts of an officer in one answer */
#define DESK_ACTS_BYTES_MAX   (1U << 20) /* of one case's acts, shown */

struct desk_agent_options {
    const char *folder;   /* the venue's */
    const char *officers; /* the register; its people are the staff's */
    struct disk *disk;
    struct clock *clock;
    int listener;    /* a listening local socket; duplicated at open */
    int line;        /* the gateway's (wire/desk_line.h), which stays the caller's; -1: none */
    int keep;        /* its line (wire/count_line.h), the caller's; 0 and below: there is none */
    const char *log; /* the log's socket (desk_tell.h); NULL: there is no public log */
    u32 cases_max;
};

/* For metrics. */
struct desk_agent_counts {
    u64 cases;
    u64 open;
    u64 late;
    u64 alarms;
    u64 asked;
    u64 taken;
    u64 refused; /* acts that a rule was against, and lines that are none */
    u64 connections;
    u64 turned_away;
    u64 told;       /* acts that the log has taken */
    u64 waits;      /* how often the log was away, full or stopped */
    u64 stuck;      /* 1: the log refuses an act, and none behind it is told */
    u64 strange;    /* openings in the log that no case has */
    u64 line_asked; /* by the gateway, for customers */
    u64 line_ended; /* 1: no sound gateway was at the line */
    u64 counted;    /* searches of which `keep` told the number */
};

struct desk_agent;

/* What the options point to outlives the agent. FAULT_LIMIT. */
MUST_USE enum fault desk_agent_create(struct desk_agent **agent_out,
                                      const struct desk_agent_options *options);
struct agent *desk_agent_of(struct desk_agent *agent);
/* After agent_close. NULL is fine. */
void desk_agent_destroy(struct desk_agent *agent);

/* The answer to a line of the socket, without its end; good until the next one. For tests and the
 * fuzzer: the agent is open. */
struct span desk_agent_answer(struct desk_agent *agent, struct span line);

struct desk_agent_counts desk_agent_counts(const struct desk_agent *agent);

#endif /* ROLE_DESK_DESK_AGENT_H */
