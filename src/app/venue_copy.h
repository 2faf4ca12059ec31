/* A copy of a venue's data folder, whole or up to a point: what backup and restore have in common.
 *
 *     venue_copy_open     looks: is there a journal, is the target free, where does the cut lie.
 *                         Nothing is made yet, so what cannot be is said before anything is begun
 *     venue_copy_journal  makes TARGET.part and copies the journal up to the cut (io/journal_cut.h)
 *     venue_copy_keys     copies API keys, the key file they are sealed under, payouts, the
 *                         register of officers, the approvals that were used, the texts of packs,
 *                         the history of lists, the disclosure desk with its staff and sealed
 *                         papers, logins without the key that they are kept under. After the
 *                         journal: no key, no withdrawal and no signed order in it lacks its row
 *                         then
 *     venue_copy_finish   gives TARGET.part its name
 *
 * The source is only read, and its venue may be running. Whatever goes wrong, there is no TARGET;
 * what is left is TARGET.part, which may be removed. */
#ifndef APP_VENUE_COPY_H
#define APP_VENUE_COPY_H

#include "app/progress.h"
#include "base/base.h"
#include "io/fault.h"
#include "io/file.h"
#include "io/journal_cut.h"
#include "role/engine/layout.h"
#include "role/engine/voids.h"

struct venue_copy {
    char target[FILE_PATH_BYTES];
    char part[FILE_PATH_BYTES];
    struct layout_paths from;
    struct layout_paths to; /* in `part` */
    struct journal_cut_options options;
    struct journal_cut cut;
    struct void_list voids; /* of commands before the cut */
    struct disk_lock lock;
    bool is_locked;
    u64 journal_bytes; /* written */
    bool has_keys;
    bool has_logins; /* door.db; its key is kept apart */
    /* The progress line. */
    struct journal_cut_progress report;
    struct progress progress;
    const char *what;
};

/* Bounds of 0: none. `sparse` as of journal_cut_options. On a fault everything is closed. */
MUST_USE enum fault venue_copy_open(struct venue_copy *copy, const char *source, const char *target,
                                    u64 seq_max, u64 time_max_us, bool sparse);
void venue_copy_close(struct venue_copy *copy);

MUST_USE enum fault venue_copy_journal(struct venue_copy *copy);
MUST_USE enum fault venue_copy_keys(struct venue_copy *copy);
MUST_USE enum fault venue_copy_finish(struct venue_copy *copy);

/* A file's bytes into a new one, and to the disk. `flags` of the new one: 0 or FILE_SECRET. */
MUST_USE enum fault venue_copy_file(const char *source, const char *target, u32 flags);

#endif /* APP_VENUE_COPY_H */
