/* The gateway's end of its line to the desk (line_client.h, wire/desk_line.h): of whose openings it
 * is asked, and what it answers. */
#ifndef ROLE_GATEWAY_DESK_CLIENT_H
#define ROLE_GATEWAY_DESK_CLIENT_H

#include "base/base.h"
#include "role/gateway/line_client.h"
#include "wire/desk_line.h"

#define DESK_CLIENT_ASKS_MAX    16U
#define DESK_CLIENT_ANSWERS_MAX 16U /* looked at in one turn */
#define DESK_CLIENT_WAIT_MS     LINE_CLIENT_WAIT_MS

struct desk_client {
    struct line_client line;
    struct line_wait waits[DESK_CLIENT_ASKS_MAX];
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
