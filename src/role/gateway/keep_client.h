/* The gateway's end of its line to `keep` (line_client.h, wire/keep_line.h): what it is asked, and
 * what it answers. */
#ifndef ROLE_GATEWAY_KEEP_CLIENT_H
#define ROLE_GATEWAY_KEEP_CLIENT_H

#include "base/base.h"
#include "role/gateway/line_client.h"
#include "wire/keep_line.h"

#define KEEP_CLIENT_ASKS_MAX    16U
#define KEEP_CLIENT_ANSWERS_MAX 16U /* looked at in one turn */
#define KEEP_CLIENT_WAIT_MS     LINE_CLIENT_WAIT_MS

struct keep_client {
    struct line_client line;
    struct line_wait waits[KEEP_CLIENT_ASKS_MAX];
    u8 ask[KEEP_LINE_BYTES_MAX];
    u8 answer[KEEP_LINE_ANSWER_BYTES_MAX + 1];
};

/* `line` stays the caller's; it is made not to block. */
MUST_USE enum fault keep_client_open(struct keep_client *client, int line, struct clock *clock);

/* Sends it with an id of its own, and remembers whose it is. False: too many are out, or the line
 * is full: `keep` is away. */
MUST_USE bool keep_client_send(struct keep_client *client, struct keep_line_ask *ask, u64 owner,
                               u64 now_ms);

/* The next one that has ended: *wait_out is what was asked. Contents are valid until the next call.
 * *late_out: it was given up, and *answer_out says nothing. False: none. */
MUST_USE bool keep_client_take(struct keep_client *client, u64 now_ms, struct line_wait *wait_out,
                               struct keep_line_answer *answer_out, bool *late_out);

#endif /* ROLE_GATEWAY_KEEP_CLIENT_H */
