#include "role/engine/verify.h"

#include "base/check.h"
#include "io/log.h"
#include "role/engine/snapshot_file.h"

#include <stdio.h>
#include <string.h>

enum { HEX_BYTES = 2 * SHA256_BYTES + 1 };

struct verifier {
    struct recovery_hooks hooks;
    const struct verify_options *options;
    struct layout_paths paths;
    struct verify_report *report;
    u64 snapshots[SNAPSHOT_FILES_MAX];
    u32 snapshots_count;
    u32 snapshots_done;
    u32 roots_done;
};

static void hex(const u8 hash[SHA256_BYTES], char text_out[HEX_BYTES])
{
    for (u32 i = 0; i < SHA256_BYTES; i += 1) {
        (void)snprintf(text_out + 2 * (size_t)i, 3, "%02x", hash[i]);
    }
}

/* A snapshot and the state at the same sequence number. */
static enum fault snapshot_compare(struct verifier *verifier, const struct recovery *recovery,
                                   u64 seq)
{
    const char *folder = verifier->paths.snapshots;
    SCOPED_SNAPSHOT_IMAGE image = {.records = {.data = NULL}};
    enum fault fault = snapshot_file_read(verifier->options->disk, folder, seq, &image);
    if (fault != FAULT_NONE) {
        log_warn("verify.snapshot_unsound", LOG_U64("seq", seq), LOG_FAULT(fault));
        fault_forget();
        verifier->report->snapshots_unsound += 1;
        return FAULT_NONE;
    }
    char path[FILE_PATH_BYTES];
    TRY(snapshot_file_path(path, folder, seq));
    const struct snapshot_point *point = &image.info.point;
    if (point->seq != recovery->point.seq || point->time_us != recovery->point.time_us ||
        memcmp(point->batch_hash, recovery->point.batch_hash, JOURNAL_HASH_BYTES) != 0) {
        return FAULT(FAULT_DIVERGED, "%s: it belongs to another journal: its batch ends otherwise",
                     path);
    }
    u8 hash[SHA256_BYTES];
    TRY(snapshot_state_hash(recovery->house.core, hash));
    if (memcmp(hash, image.info.state_hash, SHA256_BYTES) != 0) {
        char theirs[HEX_BYTES];
        char ours[HEX_BYTES];
        hex(image.info.state_hash, theirs);
        hex(hash, ours);
        return FAULT(FAULT_DIVERGED, "%s: its state hash is %s, the journal gives %s", path, theirs,
                     ours);
    }
    if (point->event_position != recovery->point.event_position ||
        point->event_seq != recovery->point.event_seq) {
        return FAULT(FAULT_DIVERGED, "%s: its event position is %llu, the journal gives %llu", path,
                     (unsigned long long)point->event_position,
                     (unsigned long long)recovery->point.event_position);
    }
    verifier->report->snapshots_equal += 1;
    return FAULT_NONE;
}

static enum fault root_differs(const struct verifier *verifier, const struct verify_root *root,
                               const char *why)
{
    return FAULT(FAULT_DIVERGED, "%s %llu says of command %llu what is not in the journal: %s",
                 verifier->options->roots_name, (unsigned long long)root->number,
                 (unsigned long long)root->seq, why);
}

/* The state hash is that of the whole core: only made where one is wanted. */
static enum fault root_compare(const struct verifier *verifier, const struct recovery *recovery,
                               const struct verify_root *root)
{
    u8 hash[SHA256_BYTES];
    if (root->seq < recovery->point.seq) {
        return root_differs(verifier, root, "no batch ends there");
    }
    if (memcmp(root->hash, recovery->point.batch_hash, JOURNAL_HASH_BYTES) != 0) {
        return root_differs(verifier, root, "another hash of the chain");
    }
    if (!root->has_state) {
        return FAULT_NONE;
    }
    TRY(snapshot_state_hash(recovery->house.core, hash));
    return memcmp(root->state, hash, SHA256_BYTES) == 0
               ? FAULT_NONE
               : root_differs(verifier, root, "another state");
}

static enum fault roots_compare(struct verifier *verifier, const struct recovery *recovery)
{
    const struct verify_options *options = verifier->options;
    for (; verifier->roots_done < options->roots_count; verifier->roots_done += 1) {
        const struct verify_root *root = &options->roots[verifier->roots_done];
        if (root->seq > recovery->point.seq) {
            return FAULT_NONE;
        }
        TRY(root_compare(verifier, recovery, root));
        verifier->report->roots_equal += 1;
    }
    return FAULT_NONE;
}

/* Beside a living engine the last batch is not applied: its header says enough. */
static bool root_is_held(const struct recovery *recovery, const struct verify_root *root)
{
    const struct journal_batch_header *header = &recovery->held.header;
    return recovery->holds && root->seq == header->seq_first + header->count - 1 &&
           memcmp(root->hash, header->hash, JOURNAL_HASH_BYTES) == 0;
}

static enum fault roots_end(struct verifier *verifier, const struct recovery *recovery)
{
    const struct verify_options *options = verifier->options;
    for (; verifier->roots_done < options->roots_count; verifier->roots_done += 1) {
        const struct verify_root *root = &options->roots[verifier->roots_done];
        if (!root_is_held(recovery, root)) {
            return root_differs(verifier, root, "the journal ends before it");
        }
        verifier->report->roots_equal += 1;
    }
    return FAULT_NONE;
}

static enum fault verify_applied(struct recovery_hooks *hooks, const struct recovery *recovery)
{
    struct verifier *verifier = (struct verifier *)(void *)hooks;
    while (verifier->snapshots_done < verifier->snapshots_count &&
           verifier->snapshots[verifier->snapshots_done] <= recovery->point.seq) {
        u64 seq = verifier->snapshots[verifier->snapshots_done];
        if (seq < recovery->point.seq) {
            return FAULT(FAULT_DIVERGED,
                         "%s: there is a snapshot of sequence %llu, where no batch ends",
                         verifier->paths.snapshots, (unsigned long long)seq);
        }
        TRY(snapshot_compare(verifier, recovery, seq));
        verifier->snapshots_done += 1;
    }
    return roots_compare(verifier, recovery);
}

static enum fault verify_begin(struct recovery_hooks *hooks, const struct recovery *recovery)
{
    (void)recovery;
    struct verifier *verifier = (struct verifier *)(void *)hooks;
    verifier->snapshots_done = 0;
    verifier->roots_done = 0;
    verifier->report->roots_equal = 0;
    verifier->report->snapshots_equal = 0;
    verifier->report->snapshots_unsound = 0;
    return FAULT_NONE;
}

/* What the replay has found, also when it did not get to the end. */
static void report_fill(struct verify_report *report, const struct recovery *recovery)
{
    const struct recovery_report *replayed = &recovery->report;
    report->batches = replayed->batches;
    report->seals = replayed->seals;
    report->commands = replayed->commands;
    report->voided = recovery->applier.voided;
    report->bytes = replayed->bytes;
    report->event_bytes = replayed->event_bytes;
    report->event_position = recovery->point.event_position;
    report->seq_last = recovery->point.seq;
    report->time_us = recovery->point.time_us;
    memcpy(report->batch_hash, recovery->point.batch_hash, JOURNAL_HASH_BYTES);
}

enum fault verify_core(const struct core *core, u32 *assets_out)
{
    *assets_out = core_assets_count(core);
    for (u32 asset = 0; asset < *assets_out; asset += 1) {
        i128 sum = core_ledger_sum(core, (u16)asset);
        if (sum != 0) {
            return FAULT(FAULT_DIVERGED, "the ledger of asset %u does not add up: %s by %llu",
                         asset, sum > 0 ? "too much" : "too little",
                         (unsigned long long)(sum > 0 ? sum : -sum));
        }
    }
    core_validate(core);
    return FAULT_NONE;
}

static enum fault end_check(struct verifier *verifier, const struct recovery *recovery)
{
    struct verify_report *report = verifier->report;
    const struct journal_end *end = &recovery->end;
    memcpy(report->venue, end->venue, JOURNAL_VENUE_BYTES);
    memcpy(report->batch_hash, end->hash, JOURNAL_HASH_BYTES);
    report->sealed = end->sealed;
    report->torn_bytes = end->torn_bytes;
    report->snapshots_beyond = verifier->snapshots_count - verifier->snapshots_done;
    TRY(roots_end(verifier, recovery));
    if (recovery->house.core == NULL) {
        return FAULT_NONE;
    }
    TRY(verify_core(recovery->house.core, &report->assets));
    report->counts = core_counts_of(recovery->house.core);
    return snapshot_state_hash(recovery->house.core, report->state_hash);
}

/* Takes the journal's lock if there is nobody else: an engine that started meanwhile would write
 * into what is being read. On a disk that takes no lock nobody can write either. */
static enum fault lock_take(const struct verifier *verifier, struct disk_lock *lock,
                            bool *locked_out)
{
    *locked_out = false;
    enum fault fault = disk_lock(verifier->options->disk, verifier->paths.journal, lock);
    verifier->report->live = fault == FAULT_LOCKED;
    if (fault == FAULT_LOCKED || fault == FAULT_READ_ONLY || fault == FAULT_PERMISSION) {
        fault_forget();
        return FAULT_NONE;
    }
    TRY(fault);
    *locked_out = true;
    return FAULT_NONE;
}

static enum fault run(struct verifier *verifier, struct recovery *recovery)
{
    const struct verify_options *options = verifier->options;
    struct recovery_config config = {
        .disk = options->disk,
        .clock = options->clock,
        .paths = &verifier->paths,
        .hooks = &verifier->hooks,
        .progress = options->progress,
        .outputs_count = 1,
        .from_genesis = true,
        .check_records = true,
        .live = verifier->report->live,
        .threads = options->threads,
    };
    TRY(snapshot_file_list(options->disk, verifier->paths.snapshots, verifier->snapshots,
                           SNAPSHOT_FILES_MAX, &verifier->snapshots_count));
    enum fault fault = recovery_run(recovery, &config);
    report_fill(verifier->report, recovery);
    TRY(fault);
    return end_check(verifier, recovery);
}

enum fault verify_run(const struct verify_options *options, struct verify_report *report_out)
{
    memset(report_out, 0, sizeof(*report_out));
    u64 start_ns = clock_mono_ns(options->clock);
    struct verifier verifier = {
        .hooks = {.begin = verify_begin, .applied = verify_applied},
        .options = options,
        .report = report_out,
    };
    TRY(layout_paths(&verifier.paths, options->folder));
    bool has = false;
    TRY(layout_has_journal(options->disk, &verifier.paths, &has));
    if (!has) {
        return FAULT(FAULT_MISSING, "%s: there is no journal in this folder", options->folder);
    }
    struct disk_lock lock;
    bool locked = false;
    TRY(lock_take(&verifier, &lock, &locked));
    SCOPED_BLOCK block = {.memory = NULL};
    enum fault fault = block_take(sizeof(struct recovery), "a replay", &block);
    if (fault == FAULT_NONE) {
        struct recovery *recovery = (struct recovery *)(void *)block.memory;
        fault = run(&verifier, recovery);
        recovery_close(recovery);
    }
    if (locked) {
        disk_unlock(&lock);
    }
    report_out->duration_ns = clock_mono_ns(options->clock) - start_ns;
    return fault;
}
