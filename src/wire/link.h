/* What the engine and those who send it commands tell each other beside commands and events:
 * records on channels (io/channel.h) with the head of a command, and never in the journal.
 *
 *     LINK_HELLO   sender -> engine, on its command channel: "tell me where I stand". Taken in its
 *                  turn, so it also says: everything that I put before this
 *     LINK_BELL    engine -> each listener: "look". How far the event log may be read, and what
 *                  has become of the listener's own commands
 *
 * A bell only says what is true already: it may be left out when its channel is full, and the next
 * one says all. A listener looks at the event log now and then without one.
 *
 * How a sender uses them. At its start it puts a HELLO with a number of its own that no earlier
 * life used (the time will do), and waits for a bell whose `hello` is that number. Every command
 * flushed into the channel before, also by an earlier life, has then been taken and is durable, or
 * was refused. It goes on counting above that bell's head.source_index. In a new generation (the
 * engine has died and is back) it does the same: commands that were in the channel were not lost
 * and have been taken; an index above head.source_index was not.
 *
 * A command that the engine refuses to journal (misshaped, forbidden, repeated) gets no event. A
 * source's events come in the order of source_index, so whoever sees an event of his with a higher
 * index knows of those below it that they were refused. */
#ifndef WIRE_LINK_H
#define WIRE_LINK_H

#include "base/base.h"
#include "wire/schema.h"

#define LINK_BELL  200U
#define LINK_HELLO 201U
_Static_assert(COMMAND_KIND_COUNT <= LINK_BELL && EVENT_KIND_COUNT <= LINK_BELL, "kinds differ");

/* Who sends commands: head.source. 0 is the engine's own. */
#define LINK_SOURCE_NONE    0U /* of a listener that sends no commands */
#define LINK_SOURCE_GATEWAY 1U
#define LINK_SOURCE_ADMIN   2U
#define LINK_SOURCE_PRICES  3U
#define LINK_SOURCE_SCREEN  4U
#define LINK_SOURCE_KEEP    5U /* of records that are no commands: wire/vault_link.h */
#define LINK_SOURCE_LOG     6U
#define LINK_SOURCE_LOGINS  7U
#define LINK_SOURCE_CASES   8U /* of acts that the administrator's agent sends as its own */

/* Bits of link_bell.flags. */
#define LINK_BELL_STARTED  1U /* the first of this generation: recovery is done */
#define LINK_BELL_STOPPING 2U /* the engine takes no more commands, and ends in order */
#define LINK_BELL_FLAGS    (LINK_BELL_STARTED | LINK_BELL_STOPPING)

struct link_hello {
    struct command_head head; /* source: the sender's; account and source_index: 0 */
    u64 hello;                /* not 0: comes back in the bell */
    u8 reserved[8];           /* zeros */
};

struct link_bell {
    /* source: the listener's; account: 0; source_index: the highest of this source that is durable,
     * 0 when there is none. */
    struct command_head head;
    u64 generation; /* not 0, another one for each start of the engine, rising */
    u64 position;   /* the event log may be read up to here (io/eventlog.h) */
    u64 seq;        /* everything up to this command is durable, and its events are out */
    u64 time_us;    /* of the last released batch */
    u64 hello;      /* of the last HELLO answered in this generation; 0: none */
    u32 flags;      /* LINK_BELL_... */
    u32 reserved;   /* 0 */
};

_Static_assert(sizeof(struct link_hello) == WIRE_UNIT, "channel format");
_Static_assert(sizeof(struct link_bell) == 2 * WIRE_UNIT, "channel format");

/* A well-formed record of each kind. CHECK: hello is not 0. */
struct link_hello link_hello_make(u8 source, u64 hello);

/* `bell` with its head filled in, except source and source_index, which are the caller's. */
struct link_bell link_bell_make(const struct link_bell *bell);

/* Copies a record that came over a channel and was taken as being of this kind; false when it is
 * not well-formed: another size, kind or length, a reserved byte, an unknown flag, a zero that
 * cannot be. */
MUST_USE bool link_hello_read(struct span record, struct link_hello *hello_out);
MUST_USE bool link_bell_read(struct span record, struct link_bell *bell_out);

#endif /* WIRE_LINK_H */
