/* The gateway's end of its line to the officers' queue (line_client.h, wire/inbox_line.h): what it
 * is asked for a customer, and what it answers. */
#ifndef ROLE_GATEWAY_INBOX_CLIENT_H
#define ROLE_GATEWAY_INBOX_CLIENT_H

#include "base/base.h"
#include "role/gateway/line_client.h"
#include "wire/inbox_line.h"

#define INBOX_CLIENT_ASKS_MAX    16U
#define INBOX_CLIENT_ANSWERS_MAX 16U /* looked at in one turn */
#define INBOX_CLIENT_WAIT_MS     LINE_CLIENT_WAIT_MS

struct inbox_client {
    struct line_client line;
    struct line_wait waits[INBOX_CLIENT_ASKS_MAX];
    u8 ask[INBOX_LINE_BYTES_MAX];
    u8 answer[INBOX_LINE_ANSWER_BYTES_MAX + 1];
};

/* `line` stays the caller's; it is made not to block. */
MUST_USE enum fault inbox_client_open(struct inbox_client *client, int line, struct clock *clock);

/* Sends it with an id of its own, and remembers whose it is. False: too many are out, or the line
 * is full: the queue is away. */
MUST_USE bool inbox_client_send(struct inbox_client *client, struct inbox_line_ask *ask, u64 owner,
                                u64 now_ms);

/* The next one that has ended: *wait_out is what was asked. *late_out: it was given up, and
 * *answer_out says nothing. False: none. */
MUST_USE bool inbox_client_take(struct inbox_client *client, u64 now_ms, struct line_wait *wait_out,
                                struct inbox_line_answer *answer_out, bool *late_out);

#endif /* ROLE_GATEWAY_INBOX_CLIENT_H */
