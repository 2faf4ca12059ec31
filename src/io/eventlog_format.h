/* The event log's files as bytes: headers of segments, chunks, images, readers and the control
 * page.
 *
 * Shared by the writer (eventlog.c), the readers (eventlog_read.c) and the images
 * (eventlog_image.c). Little-endian; docs/eventlog-format.md has the tables. */
#ifndef IO_EVENTLOG_FORMAT_H
#define IO_EVENTLOG_FORMAT_H

#include "base/base.h"
#include "io/eventlog.h"
#include "io/fault.h"
#include "io/file.h"

#define EVENTLOG_VERSION      1U
#define EVENTLOG_CHUNK_HEADER EVENTLOG_STEP
#define EVENTLOG_CHUNK_MIN    (2U * EVENTLOG_STEP)

enum eventlog_kind {
    EVENTLOG_KIND_CONTROL,
    EVENTLOG_KIND_SEGMENT,
    EVENTLOG_KIND_IMAGE,
    EVENTLOG_KIND_READER,
};

/* The first block of every file. Not every kind uses every field. */
struct eventlog_header {
    enum eventlog_kind kind;
    u8 venue[EVENTLOG_VENUE_BYTES];
    u64 position;    /* segment: of its first chunk; image: the state it holds */
    u64 seq;         /* of the last chunk before it */
    u64 bytes;       /* segment: size of the file; image: size of what follows */
    u32 payload_crc; /* image only */
};

void eventlog_header_encode(const struct eventlog_header *header,
                            u8 block_out[EVENTLOG_BLOCK_BYTES]);
/* FAULT_FOREIGN, FAULT_NEWER or FAULT_ROT, naming `path`. */
MUST_USE enum fault eventlog_header_decode(struct span block, enum eventlog_kind kind,
                                           const char *path, struct eventlog_header *header_out);

struct eventlog_chunk_header {
    u64 position; /* of the header itself */
    u64 seq;
    u64 time_us;
    u32 bytes; /* of events; EVENTLOG_CHUNK_END: the log goes on in the next segment */
};

#define EVENTLOG_CHUNK_END UINT32_MAX

/* The header's 32 bytes for events that follow it in memory. */
void eventlog_chunk_encode(const struct eventlog_chunk_header *header, struct span events,
                           u8 out[EVENTLOG_CHUNK_HEADER]);

enum eventlog_look {
    EVENTLOG_LOOK_CHUNK, /* a whole chunk at that position */
    EVENTLOG_LOOK_END,   /* the end mark, or too little room for a chunk */
    EVENTLOG_LOOK_NONE,  /* nothing that can be trusted */
};

/* What stands at the start of `bytes`, which reach to the end of the segment. */
enum eventlog_look eventlog_chunk_decode(struct span bytes, u64 position,
                                         struct eventlog_chunk_header *header_out);

/* ---- the control page: one writer, many readers in other processes ---- */

/* Behind the header in the same block, at offset 1024. */
struct eventlog_control {
    _Atomic u64 version; /* odd while the pair below is being changed */
    _Atomic u64 position;
    _Atomic u64 seq;
    _Atomic u64 generation; /* grows at every cut: look for your place again */
};

/* And behind that, at offset 2048. */
struct eventlog_control_head {
    _Atomic u64 version; /* odd while the rest is being changed */
    _Atomic u64 seq;
    _Atomic u64 time_us;
    _Atomic u64 hash[EVENTLOG_HASH_BYTES / sizeof(u64)]; /* as bytes */
};

#define EVENTLOG_CONTROL_OFFSET 1024U
#define EVENTLOG_HEAD_OFFSET    2048U
#define EVENTLOG_READER_OFFSET  1024U /* of the position in a reader's file */

struct eventlog_control *eventlog_control_of(u8 *block);
void eventlog_control_put(struct eventlog_control *control, struct eventlog_point point);
/* A consistent pair; false when the writer seems to have stopped between the two. */
bool eventlog_control_get(struct eventlog_control *control, struct eventlog_point *point_out);

struct eventlog_control_head *eventlog_control_head_of(u8 *block);
void eventlog_control_head_put(struct eventlog_control_head *control,
                               const struct eventlog_head *head);
/* seq 0 where the writer has not said, or seems to have stopped in between. */
void eventlog_control_head_get(struct eventlog_control_head *control,
                               struct eventlog_head *head_out);

/* In the first block of an image, with a checksum of its own. */
void eventlog_image_head_encode(const struct eventlog_head *head, u8 block[EVENTLOG_BLOCK_BYTES]);
/* seq 0: there is none, or its checksum is another. */
void eventlog_image_head_decode(const u8 block[EVENTLOG_BLOCK_BYTES],
                                struct eventlog_head *head_out);

/* How far the reader with the file `name` has come. A file that cannot be made sense of counts as
 * 0: then nothing is removed, and the reader says why when it comes. */
MUST_USE enum fault eventlog_reader_position(struct disk *disk, const char *folder,
                                             const char *name, u64 *position_out);
/* Lowers *floor to the position before which no registered reader needs anything. */
MUST_USE enum fault eventlog_readers_floor(struct disk *disk, const char *folder, u64 *floor);

/* ---- names ---- */

MUST_USE enum fault eventlog_path(char path_out[FILE_PATH_BYTES], const char *folder, u64 position,
                                  const char *suffix);

/* The positions in the names of all files with `suffix`, rising. FAULT_LIMIT beyond `max`. */
MUST_USE enum fault eventlog_list(struct disk *disk, const char *folder, const char *suffix,
                                  u64 *positions, u32 max, u32 *count_out);

#define EVENTLOG_SEGMENT_SUFFIX ".events"
#define EVENTLOG_IMAGE_SUFFIX   ".image"
#define EVENTLOG_READER_SUFFIX  ".reader"
#define EVENTLOG_CONTROL_NAME   "control"

#endif /* IO_EVENTLOG_FORMAT_H */
