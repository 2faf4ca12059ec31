/* User data events: what one command's events mean for each account, told as JSON (API
 * user-data-stream.md, user_json.h).
 *
 * The view is exactly behind the command, so what it says of an order is how the command left it.
 * Sums and states after each single event are found by going back: a first pass adds up what the
 * command did to each order, a second one starts below the view's numbers by so much and tells each
 * event in turn. Balances are told once for each account, after its reports.
 *
 * Nothing is printed for an account that nobody listens to. One arena; one thread. */
#ifndef ROLE_GATEWAY_USER_EVENT_H
#define ROLE_GATEWAY_USER_EVENT_H

#include "base/arena.h"
#include "io/fault.h"
#include "role/gateway/call.h"
#include "role/gateway/view.h"

/* Orders that one command may concern: each takes 64 bytes of its events at least, and the feed
 * hands out FEED_COMMAND_BYTES_MAX at a time. Those beyond it are told with the sums of the
 * command's end. */
#define USER_EVENT_ORDERS_MAX (1U << 17)
/* A position of all assets of a venue with 1,024 of them fits. */
#define USER_EVENT_TEXT_BYTES (192U << 10)

struct user_events;
struct user_event; /* one event on its way */

struct user_sink {
    /* Whether anybody wants this account's events. */
    bool (*listens)(struct user_sink *sink, u32 account);
    /* One of them; user_event_text while this function runs. */
    void (*event)(struct user_sink *sink, u32 account, struct user_event *event);
    /* The first fill of an order, of any account, for limit_orders_filled; NULL: no matter. */
    void (*filled)(struct user_sink *sink, u32 account, bool is_maker);
    /* The call that waits for this command, which knows what its cancellation is called and which
     * order was refused; NULL, or a NULL answer: nobody of this gateway. */
    const struct call_state *(*sender)(struct user_sink *sink, u8 source, u64 source_index);
};

size_t user_events_footprint(void);

/* The arena's memory must be zeroed. FAULT_LIMIT: it is too small. */
MUST_USE enum fault user_events_open(struct user_events **made_out, struct arena *arena);

/* Tells what a command's events mean. `now_us` is the time of the telling; one
 * before the venue's counts as the venue's. */
void user_events_tell(struct user_events *made, const struct view *view, struct span events,
                      u64 now_us, struct user_sink *sink);

/* The event's JSON with times in milliseconds or microseconds, each printed once when it is first
 * asked for; valid until the sink's function returns. */
struct span user_event_text(struct user_event *event, bool microseconds);

/* Orders that had no room in the table: a metric. */
u64 user_events_overflows(const struct user_events *made);

#endif /* ROLE_GATEWAY_USER_EVENT_H */
