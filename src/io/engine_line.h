/* The line of a sender of commands to the engine: what wire/link.h asks of one. Commands go out
 * with the sender's source and its own count; bells come back, which say how far the event log may
 * be read and which commands are durable. While the engine is away nothing is sent. */
#ifndef IO_ENGINE_LINE_H
#define IO_ENGINE_LINE_H

#include "base/base.h"
#include "io/channel.h"
#include "io/clock.h"
#include "io/fault.h"
#include "wire/link.h"

struct engine_line {
    struct clock *clock;
    struct channel_writer commands;
    struct channel_reader bell;
    struct link_bell last; /* generation 0: none yet */
    u64 source_index;      /* of the last record sent */
    u64 hello;             /* the last one sent */
    u64 hello_first;       /* no command was sent since this one; 0: none is waited for */
    u64 hello_ns;          /* when the last one was tried, by clock_mono_ns */
    u8 source;
    bool is_away; /* nothing can be sent */
};

/* The channels outlive the line. It begins away. */
MUST_USE enum fault engine_line_open(struct engine_line *line, struct clock *clock, u8 source,
                                     const struct channel *commands, const struct channel *bell);

/* Bells, and a HELLO where one is due. *busy_out becomes true when there were bells. */
MUST_USE enum fault engine_line_turn(struct engine_line *line, bool *busy_out);

/* Puts a record, or two or none, whose heads get source and source_index. False: the engine is
 * away, or there is no room; nothing was put. What was put goes out with engine_line_flush. */
MUST_USE bool engine_line_put(struct engine_line *line, void *record, size_t size);
MUST_USE bool engine_line_put_both(struct engine_line *line, void *first, size_t first_size,
                                   void *second, size_t second_size);
void engine_line_flush(struct engine_line *line);

/* Whether everything sent is durable, or was refused by the journal. False while the engine is
 * away. */
MUST_USE bool engine_line_is_settled(const struct engine_line *line);

#endif /* IO_ENGINE_LINE_H */
