/* The event log: what the engine tells everybody else, as mapped files.
 *
 * It is a cache of what replaying the journal gives: nothing is synced, and after a crash it is cut
 * and written again, byte for byte. One writer appends chunks: a 32-byte chunk header, then the
 * event records of one or more commands. Readers in other threads and processes follow by position,
 * the number of 32-byte steps since the log's first event, chunk headers included; it never changes
 * its meaning. The engine never waits for a reader.
 *
 * Appended is not yet visible. eventlog_release shows everything up to a position, after the batch
 * that caused it has become durable.
 *
 * The folder:
 *     control                        what is released: position, causing sequence number,
 * generation P.events                       a segment: a block of header, then chunks from position
 * P on P.image                        the state at position P, from which a new reader starts
 *     NAME.reader                    how far the reader NAME has come; segments wait for it
 *
 * An image is written beside the log by the snapshot process, not by the engine, so it has a file
 * of its own and may appear later than the segment that it precedes. */
#ifndef IO_EVENTLOG_H
#define IO_EVENTLOG_H

#include "base/arena.h"
#include "base/base.h"
#include "io/fault.h"
#include "io/file.h"
#include "io/gate.h"

#define EVENTLOG_STEP         32U
#define EVENTLOG_BLOCK_BYTES  4096U
#define EVENTLOG_VENUE_BYTES  16U
#define EVENTLOG_HASH_BYTES   32U
#define EVENTLOG_SEGMENTS_MAX 4096U
#define EVENTLOG_READERS_MAX  16U
#define EVENTLOG_READER_NAME  32U

struct eventlog_config {
    struct disk *disk;
    const char *folder;
    u8 venue[EVENTLOG_VENUE_BYTES];
    u64 segment_bytes; /* 0: 64 MiB */
    bool threads;      /* a thread prepares the next segment and writes large chunks */
    struct gate *gate; /* opened when that thread has written one; may be NULL */
};

/* One end of the log. */
struct eventlog_point {
    u64 position; /* steps before it */
    u64 seq;      /* of the command that caused the last chunk before it; 0: none */
};

/* Where the journal's chain stood, and with it everything that the events came from. */
struct eventlog_head {
    u64 seq;                      /* the last command of a batch; 0: nothing is known */
    u64 time_us;                  /* of that batch */
    u8 hash[EVENTLOG_HASH_BYTES]; /* of that batch, in the journal's chain */
    bool has_state;
    u8 state[EVENTLOG_HASH_BYTES]; /* the state hash behind it */
};

struct eventlog;

size_t eventlog_footprint(const struct eventlog_config *config);

/* Opens or makes the folder and looks how far its chunks can be trusted: eventlog_end. A folder of
 * another venue or format is refused. Bytes that are damaged are no fault: the log ends before. */
MUST_USE enum fault eventlog_open(struct eventlog **log_out, const struct eventlog_config *config,
                                  struct arena *arena);

/* The trusted end after open; later, the end of what was appended. */
struct eventlog_point eventlog_end(const struct eventlog *log);

/* Begins writing at `point`, which a snapshot or the genesis (0, 0) knows: what lies behind is cut
 * and nothing behind is visible any more. `point` must be where a chunk began or the log's end, or
 * lie outside of what the log holds: then it begins anew there. Once, before the first append. */
MUST_USE enum fault eventlog_begin(struct eventlog *log, struct eventlog_point point);

/* Appends a chunk caused by commands up to `seq` (not below the last one's). `events` is a multiple
 * of 32 bytes, at most eventlog_chunk_max. Not yet visible. */
MUST_USE enum fault eventlog_append(struct eventlog *log, u64 seq, u64 time_us, struct span events);
size_t eventlog_chunk_max(const struct eventlog *log);

/* The same, but with threads another one may do it, if the chunk is large: `events` stays as it is
 * until eventlog_written says that the chunk is there. */
MUST_USE enum fault eventlog_append_later(struct eventlog *log, u64 seq, u64 time_us,
                                          struct span events);
/* Everything before *position_out is there. A fault is final. */
MUST_USE enum fault eventlog_written(struct eventlog *log, u64 *position_out);
/* Helps writing, or waits until one more chunk is there, none is under way, or the time is over. */
void eventlog_wait(struct eventlog *log, u32 timeout_ms);

/* Shows everything up to `point`, an eventlog_end of before, which must have been written. */
void eventlog_release(struct eventlog *log, struct eventlog_point point);

/* Shows how far the journal is durable: its chain, without a state. May be ahead of the events.
 * After eventlog_begin, which forgets it. */
void eventlog_head_show(struct eventlog *log, const struct eventlog_head *head);

/* Removes segments that all registered readers have passed and that lie before `keep_from`, the
 * position of the newest image. From time to time. */
MUST_USE enum fault eventlog_collect(struct eventlog *log, u64 keep_from, u32 *removed_out);

void eventlog_close(struct eventlog *log);

/* ---- readers ---- */

struct eventlog_reader;

/* What one call hands out: a piece of one chunk, whole records as they were appended. */
struct eventlog_chunk {
    struct span events; /* in the mapped file: valid until the next call */
    u64 seq;            /* the last command that caused them */
    u64 time_us;
    u64 position;      /* of the chunk's header */
    u64 position_next; /* where to go on, now or after a restart */
};

size_t eventlog_reader_footprint(void);

/* Follows the log from `position`: 0, or a position_next of before, or an image's. With a `name`
 * the reader is registered, and segments wait for it. FAULT_MISSING: that position is no longer
 * held; start from an image. */
MUST_USE enum fault eventlog_reader_open(struct eventlog_reader **reader_out, struct disk *disk,
                                         const char *folder, const char *name, u64 position,
                                         struct arena *arena);

/* *some_out is false when everything released has been read. */
MUST_USE enum fault eventlog_reader_next(struct eventlog_reader *reader,
                                         struct eventlog_chunk *chunk_out, bool *some_out);

/* What the writer has released, as one consistent pair. */
MUST_USE enum fault eventlog_reader_released(struct eventlog_reader *reader,
                                             struct eventlog_point *point_out);

/* The journal's chain as the writer showed it last; seq 0: it has not. */
void eventlog_reader_head(struct eventlog_reader *reader, struct eventlog_head *head_out);

/* The same of a folder, without a reader; zeros where there is no log or it does not say. */
MUST_USE enum fault eventlog_released(struct disk *disk, const char *folder,
                                      struct eventlog_point *point_out);

/* Whose log this is. */
void eventlog_reader_venue(const struct eventlog_reader *reader,
                           u8 venue_out[EVENTLOG_VENUE_BYTES]);

/* Says that everything before `position` need not be kept for this reader. */
void eventlog_reader_passed(struct eventlog_reader *reader, u64 position);

/* Forgets the registration too when `leave` is set. */
void eventlog_reader_close(struct eventlog_reader *reader, bool leave);

/* ---- images ---- */

/* Writes P.image from parts, whole or not at all: it gets its name at the end. */
struct eventlog_image {
    struct file file;
    char folder[FILE_PATH_BYTES];
    u8 venue[EVENTLOG_VENUE_BYTES];
    struct eventlog_point point;
    struct eventlog_head head; /* kept with it; seq 0: not */
    u64 bytes;
    u32 crc;
};

MUST_USE enum fault eventlog_image_create(struct eventlog_image *image, struct disk *disk,
                                          const char *folder, const u8 venue[EVENTLOG_VENUE_BYTES],
                                          struct eventlog_point point);
/* Before finish, if something is known: image->head. */
MUST_USE enum fault eventlog_image_add(struct eventlog_image *image, struct span part);
MUST_USE enum fault eventlog_image_finish(struct eventlog_image *image);

/* The position of the newest image, going by the names in the folder; 0 when there is none. */
MUST_USE enum fault eventlog_image_newest(struct disk *disk, const char *folder, u64 *position_out);

/* What is kept with the image of that position about the journal and the state, out of its first
 * block alone; seq 0: nothing, or nothing that can be trusted. FAULT_MISSING: no such image. */
MUST_USE enum fault eventlog_image_head(struct disk *disk, const char *folder, u64 position,
                                        struct eventlog_head *head_out);

/* Opens the newest image; FAULT_MISSING when there is none. image->point says where to go on. */
MUST_USE enum fault eventlog_image_open(struct eventlog_image *image, struct disk *disk,
                                        const char *folder);
/* Up to target_bytes at `offset`; the whole has image->bytes. Its checksum was checked at open. */
MUST_USE enum fault eventlog_image_read(struct eventlog_image *image, u64 offset, void *target,
                                        size_t target_bytes, size_t *size_out);
void eventlog_image_close(struct eventlog_image *image);

#endif /* IO_EVENTLOG_H */
