/* Packing closed segments with zstd: the same bytes in less space, read as before.
 *
 * A segment is closed once a later one exists. It is checked whole while it is packed, the packed
 * file is read back and compared before it gets its name, and only then the original goes. A crash
 * at any point leaves at least one whole copy. */
#ifndef IO_JOURNAL_PACK_H
#define IO_JOURNAL_PACK_H

#include "base/base.h"
#include "io/fault.h"
#include "io/file.h"

struct journal_pack_result {
    u64 bytes_before;
    u64 bytes_after;
};

/* Packs the segment that begins with `seq_first`. Already packed: nothing to do. The last segment,
 * which may still be written: FAULT_USAGE. May run beside the writer, from one process at a time.
 */
MUST_USE enum fault journal_pack(struct disk *disk, const char *folder, u64 seq_first, int level,
                                 struct journal_pack_result *result_out);

#endif /* IO_JOURNAL_PACK_H */
