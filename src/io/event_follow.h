/* Follows the event log of a venue from what is known of its state: every record of the newest
 * image, then every event behind it; without an image, every event from the first one on. For
 * readers that keep a small part of the state, and can begin anew at any time: when what was not
 * read yet has been removed, `begin` is called and the next image read.
 *
 * Records are whole and of known kinds of the schema; what is in them is the caller's to check. */
#ifndef IO_EVENT_FOLLOW_H
#define IO_EVENT_FOLLOW_H

#include "base/base.h"
#include "io/block.h"
#include "io/eventlog.h"
#include "io/fault.h"
#include "io/file.h"

#define EVENT_FOLLOW_FOLDER "events" /* in the venue's */

/* False: the record cannot be; event_follow_turn is FAULT_ROT then. */
struct event_sink {
    void (*begin)(struct event_sink *sink);
    bool (*state)(struct event_sink *sink, const u8 *record, size_t size);
    bool (*event)(struct event_sink *sink, const u8 *record, size_t size, u64 time_us);
};

struct event_follow {
    struct disk *disk;
    struct event_sink *sink;
    struct block block;
    struct eventlog_reader *reader; /* NULL: there is no event log yet */
    char events[FILE_PATH_BYTES];
    u64 position;
    bool is_drained; /* everything released was read in the last turn */
    bool is_current; /* it was drained once since `begin` */
};

/* Nothing is read yet. */
MUST_USE enum fault event_follow_open(struct event_follow *follow, struct disk *disk,
                                      const char *folder, struct event_sink *sink);
void event_follow_close(struct event_follow *follow);

/* Reads what is there, so many chunks at most. *busy_out becomes true when there were any. */
MUST_USE enum fault event_follow_turn(struct event_follow *follow, u32 chunks_max, bool *busy_out);

#endif /* IO_EVENT_FOLLOW_H */
