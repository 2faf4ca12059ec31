/* The gateway's end of a line to another process, a pair of sockets that keep the bounds of
 * messages (SOCK_SEQPACKET): asks go out with ids of their own, answers come back with them, in
 * whatever order. So many may be out; what is late is given up, and its answer, when it comes, is
 * for nobody, as those for an earlier life of the gateway are. Nothing here waits, and a line that
 * is watched is read when something has come.
 *
 * It knows no message: door_client.h and keep_client.h do. */
#ifndef ROLE_GATEWAY_LINE_CLIENT_H
#define ROLE_GATEWAY_LINE_CLIENT_H

#include "base/base.h"
#include "io/clock.h"
#include "io/fault.h"
#include "io/net.h"

#define LINE_CLIENT_WAIT_MS 20000U

struct line_wait {
    u64 id; /* 0: free */
    u64 owner;
    u64 subject;
    u64 deadline_ms;
    u16 kind;
};

struct line_client {
    int line;
    bool is_watched;
    bool has_come;
    u64 id_last;
    u64 late_ms; /* when was last looked for what is late */
    struct line_wait *waits;
    u32 waits_max;
    u32 waits_count;
};

/* `line` stays the caller's, named `what` in faults; it is made not to block. `waits` are zeros. */
MUST_USE enum fault line_client_open(struct line_client *client, int line, const char *what,
                                     struct line_wait *waits, u32 waits_max, struct clock *clock);
/* Has the net tell when something has come; without it the line is read each time. */
MUST_USE enum fault line_client_watch(struct line_client *client, struct net *net);

/* The id of the next ask; 0: too many are out. */
u64 line_client_id(const struct line_client *client);
/* Sends the message of that id, and remembers whose it is: kind, owner and subject of *wait. False:
 * the line is full, the other end is away. */
MUST_USE bool line_client_send(struct line_client *client, struct span message,
                               const struct line_wait *wait, u64 now_ms);

/* The next message that has come. False: none. */
MUST_USE bool line_client_read(struct line_client *client, u8 *target, size_t room,
                               size_t *size_out);
/* Ends what waits for this id and kind. False: nothing does. */
MUST_USE bool line_client_end(struct line_client *client, u64 id, u16 kind,
                              struct line_wait *wait_out);
/* Ends one that is late; looks once in a millisecond. False: none is. */
MUST_USE bool line_client_late(struct line_client *client, u64 now_ms, struct line_wait *wait_out);

#endif /* ROLE_GATEWAY_LINE_CLIENT_H */
