/* The admin agent: takes the orders of `cambist admin` from a local socket, whose file's
 * permissions say who may give them, and hands them to the engine as journalled commands, each
 * behind a note of who gave it and why. It lives apart from the process that faces the internet.
 *
 *     socket ─▶ request (wire/admin_link.h) ─▶ note, command ─▶ engine ─▶ event log ─▶ answer
 *                                └▶ key ask ─▶ gateway ─▶ name and secret ─▶ key_set ─▶ ...
 *
 * With a register of officers, what loosens comes with their signatures or not at all
 * (role/admin/order_gate.h, docs/officers.md).
 *
 * Customers' acts in cases come from the officers' queue (role/cases/inbox.h) as commands that name
 * no officer and no case; they are sent as they are, and what comes of them is the queue's to see.
 *
 * One request is worked on at a time, others wait in their connections. What a request does not
 * answer within ADMIN_WAIT_US is answered as unknown. One thread; docs/admin.md. */
#ifndef ROLE_ADMIN_ADMIN_AGENT_H
#define ROLE_ADMIN_ADMIN_AGENT_H

#include "base/base.h"
#include "io/agent.h"
#include "io/channel.h"
#include "io/clock.h"
#include "io/fault.h"
#include "io/file.h"

#define ADMIN_CONNECTIONS_MAX 16U
#define ADMIN_WAIT_US         10000000ULL
#define ADMIN_IDLE_MS         60000U
/* The thread of this agent may not sleep longer: nothing wakes it for the socket. */
#define ADMIN_SLEEP_US 20000ULL

struct admin_agent;

struct admin_agent_options {
    const char *folder; /* the venue's */
    struct disk *disk;
    struct clock *clock;
    int listener;                      /* a listening local socket; duplicated at open */
    const struct channel *commands;    /* to the engine, source LINK_SOURCE_ADMIN */
    const struct channel *bell;        /* from the engine */
    const struct channel *key_asks;    /* to the gateway */
    const struct channel *key_answers; /* from it */
    const struct channel *acts;        /* customers' acts, from the queue; NULL: none */
    const u16 *kinds;                  /* commands that the socket may send */
    u32 kinds_count;
    const char *officers; /* path of the register; NULL: nothing needs a signature */
};

/* What the options point to outlives the agent. FAULT_LIMIT. */
MUST_USE enum fault admin_agent_create(struct admin_agent **agent_out,
                                       const struct admin_agent_options *options);
struct agent *admin_agent_of(struct admin_agent *agent);
/* After agent_close. NULL is fine. */
void admin_agent_destroy(struct admin_agent *agent);

/* The engine has told where the agent's commands stand. */
bool admin_agent_is_ready(const struct admin_agent *agent);

struct admin_counts {
    u64 officers; /* in the register */
    u64 waiting;  /* orders that a second officer has yet to confirm, */
    u64 late;     /* and of those whose time is over */
    u64 orders;   /* with signatures, carried out */
    u64 refused;  /* for want of good signatures */
};
struct admin_counts admin_agent_counts(const struct admin_agent *agent);

#endif /* ROLE_ADMIN_ADMIN_AGENT_H */
