/* The feed: follows the event log into the view, command by command, and lets the rest of the
 * gateway look after each: streams, user data events, answers to pending calls.
 *
 * At open it begins where the log begins, or, when its beginning is no longer held, at the newest
 * image. A command's events are always handed out together, also when the log has cut them into
 * several chunks. Nothing is handed out for what an image holds. docs/gateway.md, docs/view.md */
#ifndef ROLE_GATEWAY_FEED_H
#define ROLE_GATEWAY_FEED_H

#include "base/base.h"
#include "io/fault.h"
#include "io/file.h"
#include "role/gateway/view.h"

/* Events of one command that were cut apart are put together up to so many bytes; what is more is
 * handed out in several parts. */
#define FEED_COMMAND_BYTES_MAX (8U << 20)

/* The view is at exactly this command when it is handed out. */
struct feed_command {
    struct span events; /* whole records, in order; valid until the function returns */
    u64 seq;
    u64 time_us;      /* of its batch */
    u64 source_index; /* of its first event that carries one; 0: none does */
    u8 source;
};

struct feed_sink {
    void (*command)(struct feed_sink *sink, const struct feed_command *command);
};

struct feed;

struct feed_options {
    struct disk *disk;
    const char *folder;        /* the venue's */
    const char *reader;        /* name under which the log waits for it; NULL: it does not */
    struct view_config config; /* limits: not looked at, the log says them */
    struct feed_sink *sink;
};

/* FAULT_MISSING: the engine has not made its event log yet; try again. */
MUST_USE enum fault feed_open(struct feed **feed_out, const struct feed_options *options);
void feed_close(struct feed *feed); /* NULL is fine */

/* Takes at most `commands_max` commands' events. *some_out: there were any. FAULT_DIVERGED and
 * FAULT_LIMIT as of view_apply: open anew. */
MUST_USE enum fault feed_step(struct feed *feed, u32 commands_max, bool *some_out);

struct view *feed_view(struct feed *feed);
/* Everything before this position of the log is in the view and was handed out. */
u64 feed_position(const struct feed *feed);
/* How far the log may be read now. */
MUST_USE enum fault feed_released(struct feed *feed, u64 *position_out);

#endif /* ROLE_GATEWAY_FEED_H */
