/* The gateway's end of its line to the door (docs/sign-in.md): asks go out, answers come back with
 * their ids, in whatever order. So many may be out; what is late is given up, and its answer, when
 * it comes, is dropped, as those for an earlier life of the gateway are. Nothing here waits. */
#ifndef ROLE_GATEWAY_DOOR_CLIENT_H
#define ROLE_GATEWAY_DOOR_CLIENT_H

#include "base/base.h"
#include "io/clock.h"
#include "io/fault.h"
#include "wire/door_message.h"

#define DOOR_CLIENT_ASKS_MAX    64U
#define DOOR_CLIENT_ANSWERS_MAX 64U /* looked at in one turn */
#define DOOR_CLIENT_WAIT_MS     20000U

struct door_wait {
    u64 id; /* 0: free */
    u64 owner;
    u64 deadline_ms;
    u16 kind;
};

struct door_client {
    int line;
    u64 id_next;
    u32 waits_count;
    struct door_wait waits[DOOR_CLIENT_ASKS_MAX];
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
