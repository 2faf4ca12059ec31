/* The agent of the process `door`: customers' logins, behind two lines and a local socket.
 *
 *     the line   from the gateway: what customers want. A pair of sockets that keep the bounds of
 *                messages, one frame each, so that an end which dies leaves no half of one
 *     effects    a line of the same kind, from who makes commands of effects: nothing but those
 *     door.sock  the operator: counts, effects, ends of sessions
 *
 * Frames come in, answers go out, each with the id of what was asked: those that wait for a
 * password to be hashed come later than others. It has no network, no channel, and no folder but
 * `door/` (docs/sign-in.md). */
#ifndef ROLE_DOOR_DOOR_AGENT_H
#define ROLE_DOOR_DOOR_AGENT_H

#include "base/base.h"
#include "io/agent.h"
#include "io/clock.h"
#include "io/fault.h"
#include "role/door/door_desk.h"

#define DOOR_SLEEP_US        2000ULL /* nothing wakes its thread when a password has been hashed */
#define DOOR_VISITS_MAX      8U      /* connections of the socket */
#define DOOR_IDLE_MS         60000U  /* of a connection */
#define DOOR_LINE_FRAMES_MAX 32U     /* of the line, in one turn */

struct door_agent_options {
    struct door_desk_options desk; /* its folder is the venue's here */
    struct clock *clock;
    int line;     /* the door's end, SOCK_SEQPACKET; -1: no gateway */
    int effects;  /* the same for who makes commands of effects; -1: nobody does */
    int listener; /* a listening local socket; duplicated at open. -1: no operator asks */
};

struct door_agent_counts {
    u64 line_asked;
    u64 line_unheard; /* answers for which the line had no room: the asker gives up by itself */
};

struct door_agent;

/* What the options point to outlives the agent. FAULT_LIMIT. */
MUST_USE enum fault door_agent_create(struct door_agent **agent_out,
                                      const struct door_agent_options *options);
struct agent *door_agent_of(struct door_agent *agent);
/* After agent_close. NULL is fine. */
void door_agent_destroy(struct door_agent *agent);

struct door_agent_counts door_agent_counts(const struct door_agent *agent);
/* For tests and metrics. NULL while it is not open. */
struct door_desk *door_agent_desk(struct door_agent *agent);

#endif /* ROLE_DOOR_DOOR_AGENT_H */
