/* The admin agent's line to the engine: commands go out, each behind its note, and what came of a
 * command comes back out of the event log. One command at a time. */
#ifndef ROLE_ADMIN_ADMIN_LINE_H
#define ROLE_ADMIN_ADMIN_LINE_H

#include "base/base.h"
#include "io/block.h"
#include "io/channel.h"
#include "io/clock.h"
#include "io/engine_line.h"
#include "io/eventlog.h"
#include "io/fault.h"
#include "io/file.h"

struct admin_line {
    struct engine_line engine;
    struct disk *disk;
    struct block block;
    struct eventlog_reader *reader; /* NULL: there is no event log yet */
    char events[FILE_PATH_BYTES];
    u64 awaited; /* source_index; 0: nothing is awaited */
    u8 *found;   /* the events of the awaited command, LINE_FOUND_BYTES_MAX */
    size_t found_bytes;
    u64 found_seq;
    bool is_drained; /* everything released was read in this turn */
    bool is_cut;     /* found holds all it can, and more came */
};

#define LINE_FOUND_BYTES_MAX (6U << 20)

/* The channels outlive the line. */
MUST_USE enum fault admin_line_open(struct admin_line *line, struct disk *disk, struct clock *clock,
                                    const char *folder, const struct channel *commands,
                                    const struct channel *bell);
void admin_line_close(struct admin_line *line);

/* Bells and events. *busy_out becomes true when there were any. */
MUST_USE enum fault admin_line_turn(struct admin_line *line, bool *busy_out);

/* Sends a note and the command, whose head gets source and source_index; then it is awaited. False:
 * the engine is away, or there is no room; nothing was sent. */
MUST_USE bool admin_line_send(struct admin_line *line, u8 *record, size_t size, u32 actor,
                              u32 reason);

/* Whether the awaited command's events are all there: found, found_bytes, found_seq; then nothing
 * is awaited. */
MUST_USE bool admin_line_answered(struct admin_line *line);

/* The awaited command is given up. */
void admin_line_forget(struct admin_line *line);

#endif /* ROLE_ADMIN_ADMIN_LINE_H */
