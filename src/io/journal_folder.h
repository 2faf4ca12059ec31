/* The journal's folder: which files it holds and what they are called.
 *
 *     LOCK                           held by the one process that may write
 *     00000000000000000001.journal   a segment, named by its first sequence number
 *     00000000000000000001.journal.zst   the same bytes, packed, once the segment is closed
 *     prepared-N.tmp                 the next segment, still without a name; removed at start
 *     *.journal.zst.tmp              unfinished work of the packer; it begins anew
 *
 * A name comes into being by rename and the folder is synced before the segment is used, so a file
 * with a segment's name always has a whole header. Other names are left alone. */
#ifndef IO_JOURNAL_FOLDER_H
#define IO_JOURNAL_FOLDER_H

#include "base/arena.h"
#include "base/base.h"
#include "io/fault.h"
#include "io/file.h"

#define JOURNAL_SEGMENTS_MAX_DEFAULT 65536U

struct journal_segment_name {
    u64 seq_first;
    bool raw;    /* N.journal exists */
    bool packed; /* N.journal.zst exists */
};

/* The segments of a folder, by rising sequence number. */
struct journal_folder {
    struct disk *disk;
    char path[FILE_PATH_BYTES];
    struct journal_segment_name *segments;
    u32 segments_count;
    u32 segments_max;
};

size_t journal_folder_footprint(u32 segments_max);

/* `path` need not exist. Reads nothing yet. */
MUST_USE enum fault journal_folder_init(struct journal_folder *folder, struct disk *disk,
                                        const char *path, u32 segments_max, struct arena *arena);

/* Looks at what is there now. A missing folder has no segments. */
MUST_USE enum fault journal_folder_scan(struct journal_folder *folder);

/* Removes segments that an earlier process prepared and did not use. Only under the lock. */
MUST_USE enum fault journal_folder_clean(struct journal_folder *folder);

/* The path of a segment's file. */
MUST_USE enum fault journal_segment_path(char path_out[FILE_PATH_BYTES], const char *folder,
                                         u64 seq_first, bool packed);

/* The path of a segment being prepared. */
MUST_USE enum fault journal_prepared_path(char path_out[FILE_PATH_BYTES], const char *folder,
                                          u64 number);

#endif /* IO_JOURNAL_FOLDER_H */
