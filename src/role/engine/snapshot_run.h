/* The snapshot process: a separate, unhurried process that replays the journal from the last
 * snapshot and writes the next one. The engine's thread never does that, and never forks. */
#ifndef ROLE_ENGINE_SNAPSHOT_RUN_H
#define ROLE_ENGINE_SNAPSHOT_RUN_H

#include "base/base.h"
#include "io/clock.h"
#include "io/fault.h"
#include "io/file.h"
#include "role/engine/recovery.h"
#include "role/engine/snapshot_file.h"

struct snapshot_options {
    struct disk *disk;
    struct clock *clock;
    const char *folder; /* the venue's */
    u64 commands_min;   /* 0: 1; fewer new commands than this: nothing is written */
    u32 keep_count; /* 0: all; older snapshots, and their images, beyond this many are removed */
    bool image;     /* also writes an image for the event log's readers */
    bool threads;
    /* An engine is there, or will be at once: its lock is not touched, also while nobody holds it,
     * so that its start waits for nobody. A bad tail is then the engine's to find. */
    bool leaves_lock;
    struct recovery_progress *progress; /* may be NULL */
    const _Atomic u32 *stop;            /* not 0: ends soon, with FAULT_STOPPED; may be NULL */
};

struct snapshot_result {
    bool written;
    struct snapshot_info info; /* of the one written; seq 0: none */
    u64 seq_start;             /* from which snapshot it went on; 0: genesis */
    u64 commands;              /* applied on the way */
    u32 removed_count;
    bool image_written;
    u64 duration_ns;
};

/* Writes the image that belongs to a snapshot, for readers of the event log to start from: the
 * snapshot's records, read back from the disk and so checked once more. */
MUST_USE enum fault snapshot_image_write(struct disk *disk, const struct layout_paths *paths,
                                         const struct snapshot_info *info);

/* Runs beside the engine: it holds no lock but that of the snapshots' folder, and leaves out a last
 * batch that may not be durable yet. If no engine holds the journal's lock, damage in the last
 * segment is told too (FAULT_ROT), and nothing written. A journal without a genesis: FAULT_MISSING.
 */
MUST_USE enum fault snapshot_run(const struct snapshot_options *options,
                                 struct snapshot_result *result_out);

#endif /* ROLE_ENGINE_SNAPSHOT_RUN_H */
