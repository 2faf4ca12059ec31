/* The gateway's end of its line to the desk (wire/desk_line.h): asks go out, answers come back with
 * their ids. So many may be out; what is late is given up, and its answer, when it comes, is
 * dropped, as those for an earlier life of the gateway are. Nothing here waits. */
#ifndef ROLE_GATEWAY_DESK_CLIENT_H
#define ROLE_GATEWAY_DESK_CLIENT_H

#include "base/base.h"
#include "io/clock.h"
#include "io/fault.h"
#include "wire/desk_line.h"

#define DESK_CLIENT_ASKS_MAX    16U
#define DESK_CLIENT_ANSWERS_MAX 16U /* looked at in one turn */
#define DESK_CLIENT_WAIT_MS     20000U

struct desk_wait {
    u64 id; /* 0: free */
    u64 owner;
    u64 deadline_ms;
};

struct desk_client {
    int line;
    u64 id_next;
    u32 waits_count;
    struct desk_wait waits[DESK_CLIENT_ASKS_MAX];
    struct desk_line_answer answer;
    u8 message[DESK_LINE_MESSAGE_MAX + 1];
};

/* `line` stays the caller's; it is made not to block. */
MUST_USE enum fault desk_client_open(struct desk_client *client, int line, struct clock *clock);

/* Asks of which openings the person was told, and remembers for whom. False: too many asks are out,
 * or the line is full: the desk is away. */
MUST_USE bool desk_client_send(struct desk_client *client, u64 person, u64 owner, u64 now_ms);

/* The next one that has ended, for *owner_out: client->answer has what came, until the next call.
 * *late_out: it was given up, and there is no answer. False: none. */
MUST_USE bool desk_client_take(struct desk_client *client, u64 now_ms, u64 *owner_out,
                               bool *late_out);

#endif /* ROLE_GATEWAY_DESK_CLIENT_H */
