#include "app/backup.h"

#include "app/venue_copy.h"
#include "io/block.h"
#include "io/log.h"
#include "role/engine/snapshot_file.h"

#include <string.h>

/* One snapshot, checked in its new place. Old ones may be removed while we look, and a backup needs
 * none: one that is gone or damaged is left aside. */
static enum fault snapshot_copy(const struct venue_copy *copy, u64 seq, bool *sound_out)
{
    char source[FILE_PATH_BYTES];
    char target[FILE_PATH_BYTES];
    TRY(snapshot_file_path(source, copy->from.snapshots, seq));
    TRY(snapshot_file_path(target, copy->to.snapshots, seq));
    enum fault fault = venue_copy_file(source, target, 0);
    bool is_copied = fault == FAULT_NONE;
    if (is_copied) {
        SCOPED_SNAPSHOT_IMAGE image = {.records = {.data = NULL}};
        fault = snapshot_file_read(disk_real(), copy->to.snapshots, seq, &image);
    }
    *sound_out = fault == FAULT_NONE;
    if (fault == FAULT_MISSING || fault == FAULT_ROT || fault == FAULT_FOREIGN) {
        log_warn("backup.snapshot_left_out", LOG_U64("seq", seq), LOG_FAULT(fault));
        fault_forget();
        return is_copied ? disk_unlink(disk_real(), target) : FAULT_NONE;
    }
    return fault;
}

/* The newest one up to the cut. */
static enum fault snapshots_copy(const struct venue_copy *copy, u64 *seq_out)
{
    u64 seqs[SNAPSHOT_FILES_MAX];
    u32 count = 0;
    *seq_out = 0;
    TRY(snapshot_file_list(disk_real(), copy->from.snapshots, seqs, SNAPSHOT_FILES_MAX, &count));
    while (count > 0 && *seq_out == 0) {
        bool sound = false;
        count -= 1;
        if (seqs[count] <= copy->cut.seq) {
            TRY(snapshot_copy(copy, seqs[count], &sound));
        }
        *seq_out = sound ? seqs[count] : 0;
    }
    return FAULT_NONE;
}

static enum fault run(struct venue_copy *copy, struct backup_result *result)
{
    TRY(venue_copy_journal(copy));
    TRY(journal_cut_check(&copy->options, &copy->cut, copy->to.journal));
    TRY(snapshots_copy(copy, &result->snapshot_seq));
    TRY(venue_copy_keys(copy));
    return venue_copy_finish(copy);
}

enum fault backup_run(const char *source, const char *target, struct backup_result *result_out)
{
    *result_out = (struct backup_result){.seq = 0};
    SCOPED_BLOCK block = {.memory = NULL};
    TRY(block_take(sizeof(struct venue_copy), "a backup", &block));
    struct venue_copy *copy = (struct venue_copy *)(void *)block.memory;
    TRY(venue_copy_open(copy, source, target, 0, 0, true));
    enum fault fault = run(copy, result_out);
    result_out->seq = copy->cut.seq;
    result_out->time_us = copy->cut.time_us;
    memcpy(result_out->batch_hash, copy->cut.hash, JOURNAL_HASH_BYTES);
    result_out->journal_bytes = copy->journal_bytes;
    result_out->has_keys = copy->has_keys;
    result_out->has_logins = copy->has_logins;
    result_out->was_live = copy->options.live;
    venue_copy_close(copy);
    return fault;
}
