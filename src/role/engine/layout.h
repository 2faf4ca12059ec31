/* Where things are in a venue's data folder, the same for every process that looks into it:
 *
 *     FOLDER/journal/    segments and the writer's LOCK (io/journal_folder.h)
 *     FOLDER/events/     the event log, images and readers (io/eventlog.h)
 *     FOLDER/snapshots/  SEQ.snapshot: the state after that sequence number (snapshot_file.h)
 *     FOLDER/voids       which sequence numbers are skipped: a cache of the journal (voids.h)
 *     FOLDER/applying    what was being applied when a process ended: for poison.h
 *
 * Only the journal is the truth; everything else can be made again from it. */
#ifndef ROLE_ENGINE_LAYOUT_H
#define ROLE_ENGINE_LAYOUT_H

#include "base/base.h"
#include "io/fault.h"
#include "io/file.h"
#include "io/journal.h"

struct layout_paths {
    char folder[FILE_PATH_BYTES];
    char journal[FILE_PATH_BYTES];
    char events[FILE_PATH_BYTES];
    char snapshots[FILE_PATH_BYTES];
    char voids[FILE_PATH_BYTES];
    char applying[FILE_PATH_BYTES];
};

/* FAULT_LIMIT when the folder's name is too long. */
MUST_USE enum fault layout_paths(struct layout_paths *paths_out, const char *folder);

/* Whether the folder holds a segment of a journal. FAULT_MISSING: there is no such folder. */
MUST_USE enum fault layout_has_journal(struct disk *disk, const struct layout_paths *paths,
                                       bool *has_out);

/* The venue's id, from the journal's last segment; *has_out is false where there is none to read.
 */
MUST_USE enum fault layout_venue(struct disk *disk, const struct layout_paths *paths,
                                 u8 venue_out[JOURNAL_VENUE_BYTES], bool *has_out);

#endif /* ROLE_ENGINE_LAYOUT_H */
