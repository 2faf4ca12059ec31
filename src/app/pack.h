/* Packs the closed segments of a data folder's journal (io/journal_pack.h), one after the other,
 * beside a running venue. */
#ifndef APP_PACK_H
#define APP_PACK_H

#include "app/progress.h"
#include "base/base.h"
#include "io/fault.h"

struct pack_result {
    u32 segments; /* packed now */
    u64 bytes_before;
    u64 bytes_after;
};

/* FAULT_LOCKED while another process makes snapshots or packs. */
MUST_USE enum fault pack_run(const char *folder, struct progress *progress,
                             struct pack_result *result_out);

#endif /* APP_PACK_H */
