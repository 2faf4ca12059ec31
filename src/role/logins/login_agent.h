/* The agent of logins: makes a command of each effect of the door (docs/sign-in.md "Effects"), so
 * that a login gets an account and a reset holds what leaves it.
 *
 *     door ◀──── a line ────▶ agent ─▶ login_open, withdraw_pause ─▶ engine
 *     event log ─▶ what became of them
 *
 * The number of an effect is the source index of its command. Only when the command is durable, and
 * its event was read, is the effect done; nothing of it is kept here. An effect that is still there
 * although the engine has had its number (somebody was killed in between), or whose command was
 * refused, gets the next number and is tried again: both commands do nothing the second time.
 *
 * A refusal holds nobody else up: it is tried again a minute later, while others go on. */
#ifndef ROLE_LOGINS_LOGIN_AGENT_H
#define ROLE_LOGINS_LOGIN_AGENT_H

#include "base/base.h"
#include "io/agent.h"
#include "io/channel.h"
#include "io/clock.h"
#include "io/fault.h"

#define LOGIN_LIST_MAX    64U         /* effects that are asked for at once */
#define LOGIN_REST_US     200000ULL   /* between two questions that found nothing */
#define LOGIN_PATIENCE_US 5000000ULL  /* for an answer; then it is asked again */
#define LOGIN_LATER_US    60000000ULL /* what was refused is tried again */

struct login_agent_options {
    const char *folder; /* the venue's; NULL with line -1 */
    struct disk *disk;
    struct clock *clock;            /* the venue's */
    u64 clock_behind_us;            /* so far behind the machine's, which the door's times are of */
    const struct channel *commands; /* to the engine, source LINK_SOURCE_LOGINS */
    const struct channel *bell;     /* from the engine */
    int line;         /* to the door, SOCK_SEQPACKET; -1: there is none, nothing is done */
    u64 restrictions; /* of a new account, set by hand */
};

/* For metrics. */
struct login_agent_counts {
    u64 position; /* of the event log */
    u64 opened;   /* accounts */
    u64 paused;   /* pauses */
    u64 told;     /* of other effects */
    u64 refused;  /* commands that were refused */
    u64 waiting;  /* effects that wait for another try: an alarm */
    u64 full;     /* 1: there is no room for another account or person */
    u64 again;    /* effects that got another number */
};

struct login_agent;

/* What the options point to outlives the agent. FAULT_LIMIT. */
MUST_USE enum fault login_agent_create(struct login_agent **agent_out,
                                       const struct login_agent_options *options);
struct agent *login_agent_of(struct login_agent *agent);
/* After agent_close. NULL is fine. */
void login_agent_destroy(struct login_agent *agent);

/* It has read the event log to its end, and the engine has told where its commands stand; or there
 * is nothing to do. */
bool login_agent_is_ready(const struct login_agent *agent);
struct login_agent_counts login_agent_counts(const struct login_agent *agent);

#endif /* ROLE_LOGINS_LOGIN_AGENT_H */
