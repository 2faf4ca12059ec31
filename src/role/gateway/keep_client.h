/* The gateway's end of its line to `keep` (wire/keep_line.h): asks go out, answers come back with
 * their ids. So many may be out; what is late is given up, and its answer, when it comes, is
 * dropped, as those for an earlier life of the gateway are. Nothing here waits. */
#ifndef ROLE_GATEWAY_KEEP_CLIENT_H
#define ROLE_GATEWAY_KEEP_CLIENT_H

#include "base/base.h"
#include "io/clock.h"
#include "io/fault.h"
#include "wire/keep_line.h"

#define KEEP_CLIENT_ASKS_MAX    16U
#define KEEP_CLIENT_ANSWERS_MAX 16U /* looked at in one turn */
#define KEEP_CLIENT_WAIT_MS     20000U

struct keep_wait {
    u64 id; /* 0: free */
    u64 owner;
    u64 subject;
    u64 deadline_ms;
    u16 kind;
};

struct keep_client {
    int line;
    u64 id_next;
    u32 waits_count;
    struct keep_wait waits[KEEP_CLIENT_ASKS_MAX];
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
MUST_USE bool keep_client_take(struct keep_client *client, u64 now_ms, struct keep_wait *wait_out,
                               struct keep_line_answer *answer_out, bool *late_out);

#endif /* ROLE_GATEWAY_KEEP_CLIENT_H */
