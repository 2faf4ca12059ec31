/* Repair by hand: appends a `void` record, so that recovery skips a command that ends the process
 * whenever it is applied (poison.h names it).
 *
 * Only a command whose effect nobody has seen can be skipped: one behind the newest snapshot and
 * behind the released events. A torn tail needs no repair, recovery cuts it. */
#ifndef ROLE_ENGINE_REPAIR_H
#define ROLE_ENGINE_REPAIR_H

#include "base/base.h"
#include "io/clock.h"
#include "io/fault.h"
#include "io/file.h"
#include "io/journal.h"
#include "role/engine/recovery.h"

struct repair_options {
    struct disk *disk;
    struct clock *clock;
    const char *folder;
    bool threads;
    struct recovery_progress *progress; /* may be NULL; of reading the journal */
};

struct repair_result {
    u64 seq_void;
    u16 kind; /* of the command skipped */
    u8 source;
    u64 source_index;
    u64 seq_record;              /* of the void record */
    u8 hash[JOURNAL_HASH_BYTES]; /* of its batch */
};

/* FAULT_USAGE: no such sequence number, void already, or its effect was seen. */
MUST_USE enum fault repair_void(const struct repair_options *options, u64 seq, u32 code,
                                struct repair_result *result_out);

#endif /* ROLE_ENGINE_REPAIR_H */
