/* Who wants the user data events of which account: the subscriptions of the WebSocket API. A
 * session has at most one for an account. Fixed memory; the chains run through the slots, both
 * ways, so that one goes as fast among ten thousand as alone. */
#ifndef ROLE_GATEWAY_USER_STREAM_H
#define ROLE_GATEWAY_USER_STREAM_H

#include "base/arena.h"
#include "io/fault.h"

/* API web-socket-api.md "User Data Stream subscription" */
#define USER_STREAM_ACTIVE_MAX 1000U
#define USER_STREAM_EVER_MAX   65535U

struct user_subscription {
    u64 session; /* handle */
    u32 account;
    u32 id;         /* subscriptionId */
    u32 of_account; /* the next one; 0: none */
    u32 of_session;
    u32 before_account; /* the one before; 0: it is the first */
    u32 before_session;
    bool by_logon; /* ends with session.logout */
    bool is_used;
};

struct user_stream {
    struct user_subscription *slots; /* counted from 1 */
    u32 *accounts;                   /* the first of each account */
    u32 slots_max;
    u32 accounts_max;
    u32 used;
    u32 free;
    u32 count;
};

size_t user_stream_footprint(u32 subscriptions_max, u32 accounts_max);
MUST_USE enum fault user_stream_open(struct user_stream *table, u32 subscriptions_max,
                                     u32 accounts_max, struct arena *arena);

/* Adds one to the session's chain; 0: the table is full, or no such account. */
u32 user_stream_add(struct user_stream *table, u32 *chain, u64 session, u32 account, u32 id,
                    bool by_logon);

/* Takes one out of the session's chain. */
void user_stream_remove(struct user_stream *table, u32 *chain, u32 slot);

/* NULL for 0. */
struct user_subscription *user_stream_at(struct user_stream *table, u32 slot);

/* The first subscription of an account; 0: nobody listens. */
u32 user_stream_first(const struct user_stream *table, u32 account);

#endif /* ROLE_GATEWAY_USER_STREAM_H */
