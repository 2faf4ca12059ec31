/* The parts of the door's agent, for its own files: door_agent.c (life), door_line.c (the
 * lines), door_talk.c (the operator's socket). */
#ifndef ROLE_DOOR_DOOR_AGENT_INNER_H
#define ROLE_DOOR_DOOR_AGENT_INNER_H

#include "io/net_loop.h"
#include "role/door/door_agent.h"

/* A connection, and the frame that it is sending. */
struct door_visit {
    struct net_conn *conn; /* NULL: free */
    struct door_agent *agent;
    u32 life; /* grows with each connection: answers for an earlier one find nobody */
    u32 frame_bytes;
    u8 frame[DOOR_FRAME_BYTES_MAX];
};

#define DOOR_ORIGIN_LINE    UINT64_MAX       /* of what came over the gateway's line */
#define DOOR_ORIGIN_EFFECTS (UINT64_MAX - 1) /* over that of effects */

struct door_agent {
    struct agent agent; /* first: it is cast back */
    struct door_agent_options options;
    char folder[FILE_PATH_BYTES]; /* the door's */
    struct door_desk *desk;
    struct net_pool pool;
    struct net_loop *loop;
    struct net *net;
    struct door_visit *visits; /* in locked memory, as what they send is */
    u8 *line_frame;            /* DOOR_FRAME_BYTES_MAX and one more */
    struct door_agent_counts counts;
    struct door_ask *ask;       /* the one at work */
    struct door_answer *answer; /* and what is answered */
    enum fault turn_fault;
    bool tells_all; /* the gateway has not heard of every session that ended: it is told of all */
    bool is_busy;
};

/* Sends what agent->answer holds, if its asker is still there, and wipes it. */
void door_agent_answer(struct door_agent *agent);
/* A frame of `origin`, which is wiped: it is answered now or later. False: it is none, or not for
 * this end, which has been told. */
MUST_USE bool door_agent_frame(struct door_agent *agent, struct span frame, u64 origin);

MUST_USE enum fault door_talk_open(struct door_agent *agent);
void door_talk_close(struct door_agent *agent);
void door_talk_send(struct door_agent *agent);

/* What has come over the line of this origin, if there is one. */
MUST_USE enum fault door_line_open(struct door_agent *agent, u64 origin);
MUST_USE enum fault door_line_turn(struct door_agent *agent, u64 origin);
void door_line_send(struct door_agent *agent);
/* Tells which sessions have ended. */
void door_line_tell(struct door_agent *agent);

#endif /* ROLE_DOOR_DOOR_AGENT_INNER_H */
