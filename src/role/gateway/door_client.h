/* The gateway's end of its line to the door (line_client.h, docs/sign-in.md): what it is asked, and
 * what it answers or tells unasked. */
#ifndef ROLE_GATEWAY_DOOR_CLIENT_H
#define ROLE_GATEWAY_DOOR_CLIENT_H

#include "base/base.h"
#include "role/gateway/line_client.h"
#include "wire/door_message.h"

#define DOOR_CLIENT_ASKS_MAX    64U
#define DOOR_CLIENT_ANSWERS_MAX 64U /* looked at in one turn */
#define DOOR_CLIENT_WAIT_MS     LINE_CLIENT_WAIT_MS

struct door_client {
    struct line_client line;
    struct line_wait waits[DOOR_CLIENT_ASKS_MAX];
    size_t answer_bytes; /* that are not wiped yet */
    u8 answer[DOOR_ANSWER_BYTES_MAX + 1];
};

/* `line` stays the caller's; it is made not to block. */
MUST_USE enum fault door_client_open(struct door_client *client, int line, struct clock *clock);

/* Sends it with an id of its own, and remembers whose it is. False: too many are out, or the line
 * is full: the door is away. */
MUST_USE bool door_client_send(struct door_client *client, struct door_ask *ask, u64 owner,
                               u64 now_ms);

/* The next one that has ended. *head_out has code DOOR_CODE_OK and kind 0 where it was given up.
 * Sessions that have ended come unasked (wire/door_message.h): then owner and id are 0.
 * Contents are valid until the next call, which wipes them. False: none. */
MUST_USE bool door_client_take(struct door_client *client, u64 now_ms, u64 *owner_out,
                               struct door_answer_head *head_out);

#endif /* ROLE_GATEWAY_DOOR_CLIENT_H */
