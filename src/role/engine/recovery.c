#include "role/engine/recovery.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "core/snapshot.h"
#include "io/log.h"
#include "wire/schema.h"

#include <string.h>

enum { PROGRESS_NS = 50000000, READ_AHEAD_WINDOWS = 8, UNITS_OFFSET = 2 };

/* ---- reading ---- */

static void reader_close(struct recovery *recovery)
{
    journal_reader_close(recovery->reader);
    recovery->reader = NULL;
}

static enum fault reader_open(struct recovery *recovery, u64 seq_from)
{
    const struct recovery_config *config = &recovery->config;
    CHECK(recovery->reader == NULL);
    struct journal_reader_config reader = {
        .disk = config->disk,
        .folder = config->paths->journal,
        .seq_from = seq_from,
        .windows_count = config->threads && !config->live ? READ_AHEAD_WINDOWS : 1,
        .live = config->live,
    };
    if (recovery->reader_block.memory == NULL) {
        TRY(block_take(journal_reader_footprint(&reader), "reading the journal",
                       &recovery->reader_block));
    }
    struct arena arena;
    arena_init(&arena, recovery->reader_block.memory, recovery->reader_block.bytes);
    return journal_reader_open(&recovery->reader, &reader, &arena);
}

static void tell_progress(struct recovery *recovery, bool now)
{
    struct recovery_progress *progress = recovery->config.progress;
    if (progress == NULL) {
        return;
    }
    u64 ns = clock_mono_ns(recovery->config.clock);
    if (!now && ns - recovery->progress_ns < PROGRESS_NS) {
        return;
    }
    recovery->progress_ns = ns;
    u64 done = 0;
    u64 all = 0;
    journal_reader_progress(recovery->reader, &done, &all);
    progress->report(progress, done, all, recovery->point.seq);
}

/* ---- where to begin ---- */

static void forget(struct recovery *recovery)
{
    reader_close(recovery);
    house_close(&recovery->house);
    recovery->point = (struct snapshot_point){.seq = 0};
    recovery->holds = false;
    recovery->output_cut = 0;
    recovery->again = false;
    for (u32 i = 0; i < recovery->voids.count; i += 1) {
        recovery->voids.entries[i].confirmed = false;
    }
}

static void output_reset(struct recovery *recovery)
{
    recovery->output = (struct core_output){.data = recovery->house.outputs[0],
                                            .size = recovery->house.output_bytes};
    recovery->output_cut = 0;
}

static enum fault unsound(const char *path, const char *reason)
{
    return FAULT(FAULT_ROT, "%s: %s", path, reason);
}

/* The batch that ends with the snapshot must be the journal's. */
static enum fault snapshot_on_chain(struct recovery *recovery, const struct snapshot_point *point,
                                    const char *path, bool *journal_fault_out)
{
    struct journal_batch batch = {.header = {.count = 0}};
    bool more = true;
    /* A seal before that batch carries its sequence number too. */
    while (more && batch.header.count == 0) {
        enum fault fault = journal_reader_next(recovery->reader, &batch, &more);
        *journal_fault_out = fault != FAULT_NONE;
        TRY(fault);
    }
    if (!more) {
        return unsound(path, "the journal ends before it");
    }
    if (batch.header.seq_first + batch.header.count != point->seq + 1 ||
        batch.header.time_us != point->time_us ||
        memcmp(batch.header.hash, point->batch_hash, JOURNAL_HASH_BYTES) != 0) {
        return unsound(path, "its batch is not the journal's");
    }
    return FAULT_NONE;
}

/* Restores the core from one snapshot. The fault is the snapshot's own unless *final_out. */
static enum fault snapshot_try(struct recovery *recovery, u64 seq, bool *final_out)
{
    *final_out = false;
    const char *folder = recovery->config.paths->snapshots;
    SCOPED_SNAPSHOT_IMAGE image = {.records = {.data = NULL}};
    TRY(snapshot_file_read(recovery->config.disk, folder, seq, &image));
    char path[FILE_PATH_BYTES];
    TRY(snapshot_file_path(path, folder, seq));
    struct command_genesis limits;
    if (!core_snapshot_limits(image.records.data, image.records.size, false, &limits) ||
        core_footprint(&limits) == 0) {
        return unsound(path, "its limits cannot be read");
    }
    enum fault fault = house_open(&recovery->house, &limits, recovery->config.outputs_count,
                                  recovery->config.spare);
    *final_out = fault != FAULT_NONE;
    TRY(fault);
    TRY(snapshot_restore(recovery->house.core, image.records, path));
    if (core_seq(recovery->house.core) != seq || image.info.point.seq != seq) {
        return unsound(path, "its sequence number is another");
    }
    fault = reader_open(recovery, seq);
    *final_out = fault != FAULT_NONE && fault != FAULT_MISSING;
    TRY(fault);
    TRY(snapshot_on_chain(recovery, &image.info.point, path, final_out));
    recovery->point = image.info.point;
    return FAULT_NONE;
}

/* The newest sound snapshot; *found_out is false when there is none. */
static enum fault snapshot_begin(struct recovery *recovery, bool *found_out)
{
    *found_out = false;
    const struct recovery_config *config = &recovery->config;
    u64 seqs[SNAPSHOT_FILES_MAX];
    u32 count = 0;
    TRY(snapshot_file_list(config->disk, config->paths->snapshots, seqs, SNAPSHOT_FILES_MAX,
                           &count));
    while (count > 0 && !*found_out) {
        count -= 1;
        u64 seq = seqs[count];
        if (config->seq_wanted != 0 && seq >= config->seq_wanted) {
            continue;
        }
        bool final = false;
        enum fault fault = snapshot_try(recovery, seq, &final);
        if (fault != FAULT_NONE && final) {
            return fault;
        }
        *found_out = fault == FAULT_NONE;
        if (fault != FAULT_NONE) {
            log_warn("recovery.snapshot_unsound", LOG_U64("seq", seq), LOG_FAULT(fault));
            fault_forget();
            recovery->report.snapshots_unsound += 1;
            forget(recovery);
        }
    }
    return FAULT_NONE;
}

static enum fault begin(struct recovery *recovery)
{
    bool found = false;
    if (!recovery->config.from_genesis && !recovery->genesis_only) {
        TRY(snapshot_begin(recovery, &found));
    }
    if (found) {
        output_reset(recovery);
    } else {
        TRY(reader_open(recovery, 0));
    }
    struct recovery_report *report = &recovery->report;
    *report = (struct recovery_report){
        .seq_start = recovery->point.seq,
        .snapshots_unsound = report->snapshots_unsound,
        .attempts = report->attempts + 1,
        .unclean = report->unclean,
    };
    recovery->applier = (struct applier){
        .house = &recovery->house,
        .voids = &recovery->voids,
        .poison = recovery->config.poison,
        .watch = recovery->config.watch,
    };
    struct recovery_hooks *hooks = recovery->config.hooks;
    return hooks != NULL && hooks->begin != NULL ? hooks->begin(hooks, recovery) : FAULT_NONE;
}

/* ---- batches ---- */

static enum fault batch_fault(const struct recovery *recovery, const struct journal_batch *batch,
                              enum fault fault, const char *reason)
{
    return FAULT(fault, "%s: segment %llu at byte offset %llu: %s", recovery->config.paths->journal,
                 (unsigned long long)batch->segment, (unsigned long long)batch->offset, reason);
}

/* The first record of all is the genesis, whose limits the core is laid out for. */
static enum fault genesis_begin(struct recovery *recovery, const struct journal_batch *batch)
{
    if (batch->header.seq_first != 1) {
        return FAULT(FAULT_MISSING,
                     "%s: the journal begins at sequence %llu, and there is no sound snapshot to "
                     "begin with",
                     recovery->config.paths->folder, (unsigned long long)batch->header.seq_first);
    }
    const char *reason = NULL;
    struct command_genesis genesis;
    if (!command_check(batch->records.data, batch->records.size, &reason) ||
        bytes_u16(batch->records.data) != COMMAND_GENESIS) {
        return batch_fault(recovery, batch, FAULT_FOREIGN,
                           "the journal does not begin with a genesis record");
    }
    memcpy(&genesis, batch->records.data, sizeof(genesis));
    TRY(house_open(&recovery->house, &genesis, recovery->config.outputs_count,
                   recovery->config.spare));
    output_reset(recovery);
    return FAULT_NONE;
}

static enum fault records_check(const struct recovery *recovery, const struct journal_batch *batch)
{
    size_t at = 0;
    while (at < batch->records.size) {
        const char *reason = NULL;
        if (!command_check(batch->records.data + at, batch->records.size - at, &reason)) {
            return FAULT(
                FAULT_ROT, "%s: segment %llu at byte offset %llu: a malformed command (%s)",
                recovery->config.paths->journal, (unsigned long long)batch->segment,
                (unsigned long long)batch->offset + JOURNAL_BATCH_HEADER_BYTES + at, reason);
        }
        at += (size_t)batch->records.data[at + UNITS_OFFSET] * WIRE_UNIT;
    }
    return FAULT_NONE;
}

/* Hands the events so far to the hook. With `more` the batch is not over. */
static enum fault output_flush(struct recovery *recovery, const struct journal_batch *batch,
                               bool more)
{
    struct core_output *output = &recovery->output;
    struct snapshot_point *point = &recovery->point;
    struct recovery_hooks *hooks = recovery->config.hooks;
    size_t begun = recovery->output_cut;
    for (;;) {
        struct span rest =
            span_of(output->data + recovery->output_cut, output->used - recovery->output_cut);
        u64 seq = 0;
        size_t size = release_cut(rest, more, &seq);
        if (size == 0) {
            break;
        }
        recovery->output_cut += size;
        bool last = !more && recovery->output_cut == output->used;
        point->event_seq = last ? batch->header.seq_first + batch->header.count - 1 : seq;
        point->event_position += recovery_chunk_steps(size);
        struct release chunk = {
            .seq = point->event_seq,
            .seq_next = last ? point->event_seq + 1 : batch->header.seq_first,
            .time_us = batch->header.time_us,
            .events = span_piece(rest, 0, size),
            .position = point->event_position,
            .recovered = true,
        };
        if (hooks != NULL && hooks->chunk != NULL) {
            TRY(hooks->chunk(hooks, &chunk));
        }
    }
    recovery->report.event_bytes += recovery->output_cut - begun;
    /* What is left begins the next chunk. */
    size_t left = output->used - recovery->output_cut;
    memmove(output->data, output->data + recovery->output_cut, left);
    output->used = left;
    recovery->output_cut = 0;
    return FAULT_NONE;
}

static enum fault batch_execute(struct recovery *recovery, const struct journal_batch *batch)
{
    const struct journal_batch_header *header = &batch->header;
    struct applier *applier = &recovery->applier;
    if (applier_is_limits(header->count, batch->records)) {
        TRY(applier_limits(applier, header->time_us));
        output_reset(recovery);
        return FAULT_NONE;
    }
    applier_begin(applier, header->seq_first, header->time_us, header->count, batch->records);
    bool done = false;
    while (!done) {
        TRY(applier_step(applier, &recovery->output, &done));
        TRY(output_flush(recovery, batch, !done));
    }
    return FAULT_NONE;
}

/* A `void` record: either we knew, or we have applied what it names and must begin anew. */
static enum fault batch_note_void(struct recovery *recovery, const struct journal_batch *batch)
{
    struct command_void record;
    if (batch->header.count != 1 || bytes_u16(batch->records.data) != COMMAND_VOID) {
        return FAULT_NONE;
    }
    memcpy(&record, batch->records.data, sizeof(record));
    if (record.void_seq == 0 || record.void_seq >= batch->header.seq_first) {
        return FAULT_NONE;
    }
    struct void_entry *entry = voids_find(&recovery->voids, record.void_seq);
    if (entry == NULL) {
        struct void_entry found = {.seq = record.void_seq};
        TRY(voids_add(&recovery->voids, &found));
        entry = voids_find(&recovery->voids, record.void_seq);
        recovery->voids_changed = true;
        recovery->again = true;
    }
    entry->seq_record = batch->header.seq_first;
    entry->code = record.code;
    entry->confirmed = true;
    if (record.void_seq <= recovery->report.seq_start) {
        /* The snapshot we began with has the effect of a command that is void. */
        recovery->genesis_only = true;
        recovery->again = true;
    }
    return FAULT_NONE;
}

static enum fault batch_apply(struct recovery *recovery, const struct journal_batch *batch)
{
    struct recovery_hooks *hooks = recovery->config.hooks;
    if (hooks != NULL && hooks->batch != NULL) {
        TRY(hooks->batch(hooks, batch));
    }
    if (batch->header.count == 0) {
        recovery->report.seals += 1;
        return FAULT_NONE;
    }
    if (recovery->house.core == NULL) {
        TRY(genesis_begin(recovery, batch));
    }
    if (recovery->config.check_records) {
        TRY(records_check(recovery, batch));
    }
    TRY(batch_execute(recovery, batch));
    TRY(batch_note_void(recovery, batch));
    recovery->point.seq = batch->header.seq_first + batch->header.count - 1;
    recovery->point.time_us = batch->header.time_us;
    memcpy(recovery->point.batch_hash, batch->header.hash, JOURNAL_HASH_BYTES);
    recovery->report.batches += 1;
    recovery->report.commands += batch->header.count;
    recovery->report.bytes += journal_batch_bytes(batch->header.length);
    tell_progress(recovery, false);
    if (hooks != NULL && hooks->applied != NULL) {
        TRY(hooks->applied(hooks, recovery));
    }
    return FAULT_NONE;
}

static enum fault batch_let_go(struct recovery *recovery)
{
    if (!recovery->holds) {
        return FAULT_NONE;
    }
    recovery->holds = false;
    return batch_apply(recovery, &recovery->held);
}

/* Beside a running writer the newest batch is kept back until something follows it: a write begins
 * only once the one before is durable. */
static enum fault batch_hold(struct recovery *recovery, const struct journal_batch *batch)
{
    TRY(batch_let_go(recovery));
    if (batch->header.count == 0) {
        return batch_apply(recovery, batch);
    }
    if (recovery->held_block.memory == NULL) {
        TRY(block_take(JOURNAL_BATCH_BYTES_MAX, "a batch", &recovery->held_block));
    }
    CHECK(batch->records.size <= recovery->held_block.bytes);
    memcpy(recovery->held_block.memory, batch->records.data, batch->records.size);
    recovery->held = *batch;
    recovery->held.records.data = recovery->held_block.memory;
    recovery->holds = true;
    return FAULT_NONE;
}

/* ---- the run ---- */

/* Entries that no record of the journal confirms were written by a repair that did not get far. */
static void voids_settle(struct recovery *recovery)
{
    for (u32 i = recovery->voids.count; i > 0; i -= 1) {
        const struct void_entry *entry = &recovery->voids.entries[i - 1];
        if (entry->confirmed || entry->seq <= recovery->report.seq_start) {
            continue;
        }
        recovery->again = recovery->again || entry->seq <= recovery->point.seq;
        recovery->voids_changed = true;
        voids_remove(&recovery->voids, entry->seq);
    }
}

static enum fault attempt(struct recovery *recovery)
{
    forget(recovery);
    TRY(begin(recovery));
    bool more = true;
    while (more && !recovery->again) {
        struct journal_batch batch;
        TRY(journal_reader_next(recovery->reader, &batch, &more));
        if (more) {
            TRY(recovery->config.live ? batch_hold(recovery, &batch)
                                      : batch_apply(recovery, &batch));
        }
    }
    if (!recovery->again && journal_reader_end(recovery->reader)->sealed) {
        /* What followed a batch that is still held is the header of a new segment. */
        TRY(batch_let_go(recovery));
    }
    if (!recovery->again) {
        recovery->end = *journal_reader_end(recovery->reader);
        recovery->report.torn_bytes = recovery->end.torn_bytes;
        tell_progress(recovery, true);
        voids_settle(recovery);
    }
    reader_close(recovery);
    return FAULT_NONE;
}

/* Goes through the journal without applying anything. */
static enum fault voids_look(struct recovery *recovery)
{
    TRY(reader_open(recovery, 0));
    bool more = true;
    while (more) {
        struct journal_batch batch;
        TRY(journal_reader_next(recovery->reader, &batch, &more));
        if (more && batch.header.count == 1) {
            TRY(batch_note_void(recovery, &batch));
        }
    }
    reader_close(recovery);
    recovery->genesis_only = false;
    return FAULT_NONE;
}

enum fault recovery_run(struct recovery *recovery, const struct recovery_config *config)
{
    memset(recovery, 0, sizeof(*recovery));
    recovery->config = *config;
    CHECK(config->outputs_count >= 1);
    u64 start_ns = clock_mono_ns(config->clock);
    recovery->end = (struct journal_end){.empty = true, .seq_next = 1, .sealed = true};
    bool exists = false;
    TRY(disk_exists(config->disk, config->paths->journal, &exists));
    if (!exists) {
        return FAULT_NONE;
    }
    TRY(voids_load(config->disk, config->paths->voids, &recovery->voids));
    if (config->poison != NULL) {
        recovery->report.unclean = config->poison->unclean;
        if (poison_suspects(config->poison)) {
            TRY(voids_look(recovery));
        }
    }
    do {
        CHECK(recovery->report.attempts <= 2 * VOIDS_MAX + 2);
        TRY(attempt(recovery));
    } while (recovery->again);
    recovery->report.voided = recovery->applier.voided;
    memcpy(recovery->point.venue, recovery->end.venue, JOURNAL_VENUE_BYTES);
    if (config->poison != NULL) {
        poison_clear(config->poison);
    }
    recovery->report.duration_ns = clock_mono_ns(config->clock) - start_ns;
    return FAULT_NONE;
}

void recovery_close(struct recovery *recovery)
{
    reader_close(recovery);
    house_close(&recovery->house);
    block_give_back(&recovery->reader_block);
    block_give_back(&recovery->held_block);
}
