/* Snapshot files: the whole state after one batch of the journal, with its hash.
 *
 *     SEQ.snapshot   a block of header, then the records of core/snapshot.h
 *     SEQ.tmp        one being written; removed by the next writer
 *
 * The header names venue, sequence number, time, the hash of the batch that ends with SEQ, the
 * event log's position and the SHA-256 of the records: the state hash. A file gets its name when
 * all of it is on the disk. */
#ifndef ROLE_ENGINE_SNAPSHOT_FILE_H
#define ROLE_ENGINE_SNAPSHOT_FILE_H

#include "base/base.h"
#include "core/snapshot.h"
#include "io/block.h"
#include "io/digest.h"
#include "io/fault.h"
#include "io/file.h"
#include "io/journal.h"
#include "role/engine/layout.h"

#define SNAPSHOT_FILES_MAX 1024U

/* Where in the journal and in the event log a state belongs. */
struct snapshot_point {
    u8 venue[JOURNAL_VENUE_BYTES];
    u64 seq;                           /* the last command of its batch */
    u64 time_us;                       /* of that batch */
    u8 batch_hash[JOURNAL_HASH_BYTES]; /* of that batch */
    u64 event_position;
    u64 event_seq; /* of the last chunk before event_position */
};

struct snapshot_info {
    struct snapshot_point point;
    u64 bytes; /* of records */
    u64 records;
    u8 state_hash[SHA256_BYTES];
};

/* "FOLDER/SEQ.snapshot". */
MUST_USE enum fault snapshot_file_path(char path_out[FILE_PATH_BYTES], const char *folder, u64 seq);

/* The state hash of a core as it stands. */
MUST_USE enum fault snapshot_state_hash(const struct core *core, u8 hash_out[SHA256_BYTES]);

/* Writes SEQ.snapshot into the folder, which exists. */
MUST_USE enum fault snapshot_file_write(struct disk *disk, const char *folder,
                                        const struct core *core, const struct snapshot_point *point,
                                        struct snapshot_info *info_out);

/* The sequence numbers of the folder's snapshots, rising, at most `max`: the newest ones. A missing
 * folder has none. */
MUST_USE enum fault snapshot_file_list(struct disk *disk, const char *folder, u64 *seqs_out,
                                       u32 max, u32 *count_out);

/* Reads the header alone. */
MUST_USE enum fault snapshot_file_info(struct disk *disk, const char *folder, u64 seq,
                                       struct snapshot_info *info_out);

/* A snapshot in memory, checked against its hash. */
struct snapshot_image {
    struct snapshot_info info;
    struct block block;
    struct span records; /* in it */
};

MUST_USE enum fault snapshot_file_read(struct disk *disk, const char *folder, u64 seq,
                                       struct snapshot_image *image_out);
void snapshot_image_close(struct snapshot_image *image);
#define SCOPED_SNAPSHOT_IMAGE __attribute__((cleanup(snapshot_image_close))) struct snapshot_image

/* Restores records into a fresh core. FAULT_ROT names the field. */
MUST_USE enum fault snapshot_restore(struct core *core, struct span records, const char *path);

#endif /* ROLE_ENGINE_SNAPSHOT_FILE_H */
