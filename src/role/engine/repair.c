#include "role/engine/repair.h"

#include "base/arena.h"
#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "io/block.h"
#include "io/eventlog.h"
#include "io/journal_read.h"
#include "io/seqlog_file.h"
#include "role/engine/engine.h"
#include "role/engine/layout.h"
#include "role/engine/snapshot_file.h"
#include "role/engine/voids.h"
#include "wire/schema.h"

#include <string.h>

enum {
    UNITS_OFFSET = 2,
    WAIT_MS = 100,
    /* One record is to be written; should that begin a segment, a small one will do. */
    BATCH_BYTES = 16 << 10,
    SEGMENT_BYTES = 64 << 10,
};

struct repair {
    const struct repair_options *options;
    struct layout_paths paths;
    struct seqlog_file *log;
    u64 seq;
    u32 code;
    struct void_list voids; /* as the journal's records say */
    struct journal_end end;
    bool found;
    struct repair_result *result;
};

/* ---- looking ---- */

static void note_command(struct repair *repair, const struct journal_batch *batch)
{
    size_t at = 0;
    for (u64 seq = batch->header.seq_first; seq < repair->seq; seq += 1) {
        at += (size_t)batch->records.data[at + UNITS_OFFSET] * WIRE_UNIT;
    }
    struct command_head head;
    memcpy(&head, batch->records.data + at, sizeof(head));
    repair->found = true;
    repair->result->kind = head.kind;
    repair->result->source = head.source;
    repair->result->source_index = head.source_index;
}

static enum fault note_void(struct repair *repair, const struct journal_batch *batch)
{
    struct command_void record;
    memcpy(&record, batch->records.data, sizeof(record));
    struct void_entry entry = {
        .seq = record.void_seq, .seq_record = batch->header.seq_first, .code = record.code};
    if (record.void_seq == repair->seq) {
        return FAULT(FAULT_USAGE, "command %llu is void already, by command %llu",
                     (unsigned long long)repair->seq, (unsigned long long)batch->header.seq_first);
    }
    return voids_find(&repair->voids, entry.seq) == NULL ? voids_add(&repair->voids, &entry)
                                                         : FAULT_NONE;
}

static void tell_progress(const struct repair *repair, const struct journal_reader *reader, u64 seq)
{
    struct recovery_progress *progress = repair->options->progress;
    if (progress != NULL) {
        u64 done = 0;
        u64 all = 0;
        journal_reader_progress(reader, &done, &all);
        progress->report(progress, done, all, seq);
    }
}

static enum fault batches_read(struct repair *repair, struct journal_reader *reader)
{
    bool more = true;
    while (more) {
        struct journal_batch batch;
        TRY(journal_reader_next(reader, &batch, &more));
        if (!more || batch.header.count == 0) {
            continue;
        }
        tell_progress(repair, reader, batch.header.seq_first + batch.header.count - 1);
        if (batch.header.seq_first <= repair->seq &&
            repair->seq - batch.header.seq_first < batch.header.count) {
            note_command(repair, &batch);
        }
        if (batch.header.count == 1 && bytes_u16(batch.records.data) == COMMAND_VOID) {
            TRY(note_void(repair, &batch));
        }
    }
    repair->end = *journal_reader_end(reader);
    tell_progress(repair, reader, repair->end.seq_next - 1);
    return FAULT_NONE;
}

static enum fault journal_look(struct repair *repair)
{
    struct journal_reader_config config = {
        .disk = repair->options->disk,
        .folder = repair->paths.journal,
        .windows_count = repair->options->threads ? 3 : 1,
    };
    SCOPED_BLOCK block = {.memory = NULL};
    TRY(block_take(journal_reader_footprint(&config), "reading the journal", &block));
    struct arena arena;
    arena_init(&arena, block.memory, block.bytes);
    struct journal_reader *reader = NULL;
    TRY(journal_reader_open(&reader, &config, &arena));
    enum fault fault = batches_read(repair, reader);
    journal_reader_close(reader);
    return fault;
}

/* ---- may it be skipped? ---- */

static enum fault seen(const struct repair *repair, const char *by, u64 seq)
{
    return FAULT(FAULT_USAGE,
                 "command %llu cannot be skipped: its effect was seen, %s reaches to command %llu",
                 (unsigned long long)repair->seq, by, (unsigned long long)seq);
}

static enum fault snapshots_check(const struct repair *repair)
{
    u64 newest = 0;
    u32 count = 0;
    TRY(snapshot_file_list(repair->options->disk, repair->paths.snapshots, &newest, 1, &count));
    return count == 1 && newest >= repair->seq ? seen(repair, "a snapshot", newest) : FAULT_NONE;
}

static enum fault events_check(const struct repair *repair)
{
    struct disk *disk = repair->options->disk;
    bool exists = false;
    TRY(disk_exists(disk, repair->paths.events, &exists));
    if (!exists) {
        return FAULT_NONE;
    }
    struct eventlog_config config = {.disk = disk, .folder = repair->paths.events};
    memcpy(config.venue, repair->end.venue, JOURNAL_VENUE_BYTES);
    SCOPED_BLOCK block = {.memory = NULL};
    TRY(block_take(eventlog_footprint(&config), "the event log", &block));
    struct arena arena;
    arena_init(&arena, block.memory, block.bytes);
    struct eventlog *log = NULL;
    TRY(eventlog_open(&log, &config, &arena));
    u64 seq = eventlog_end(log).seq;
    eventlog_close(log);
    return seq >= repair->seq ? seen(repair, "the event log", seq) : FAULT_NONE;
}

static enum fault command_check_voidable(const struct repair *repair)
{
    if (!repair->found) {
        return FAULT(FAULT_USAGE, "%s: there is no command %llu, the journal ends with %llu",
                     repair->paths.folder, (unsigned long long)repair->seq,
                     (unsigned long long)repair->end.seq_next - 1);
    }
    u16 kind = repair->result->kind;
    if (kind == COMMAND_GENESIS || kind == COMMAND_VOID || kind == COMMAND_LIMITS_APPLY) {
        return FAULT(FAULT_USAGE, "command %llu cannot be skipped: it is a %s record",
                     (unsigned long long)repair->seq, wire_commands[kind].name);
    }
    TRY(snapshots_check(repair));
    return events_check(repair);
}

/* ---- the record ---- */

static enum fault wait_durable(struct seqlog *log, u8 hash_out[JOURNAL_HASH_BYTES])
{
    struct seqlog_outcome outcome = seqlog_poll(log);
    while (outcome.status == SEQLOG_DURABLE && outcome.pending > 0) {
        outcome = seqlog_wait(log, WAIT_MS);
    }
    if (outcome.status != SEQLOG_DURABLE) {
        return outcome.fault;
    }
    memcpy(hash_out, outcome.hash, JOURNAL_HASH_BYTES);
    return FAULT_NONE;
}

static enum fault record_append(struct repair *repair)
{
    TRY(seqlog_file_start(repair->log, &repair->end, NULL));
    struct seqlog *log = seqlog_file_log(repair->log);
    struct command_void record = {
        .head = {.kind = COMMAND_VOID,
                 .units = sizeof(struct command_void) / WIRE_UNIT,
                 .source = ENGINE_SOURCE},
        .void_seq = repair->seq,
        .code = repair->code,
    };
    u8 *buffer = seqlog_buffer(log);
    CHECK(buffer != NULL);
    struct seqlog_batch batch = {
        .seq_first = repair->end.seq_next,
        .time_us = u64_max(repair->end.time_us, clock_wall_us(repair->options->clock)),
        .count = 1,
        .records = span_of(buffer, sizeof(record)),
    };
    memcpy(buffer, &record, sizeof(record));
    seqlog_submit(log, &batch);
    TRY(wait_durable(log, repair->result->hash));
    repair->result->seq_record = batch.seq_first;
    u8 hash[JOURNAL_HASH_BYTES];
    seqlog_seal(log, batch.time_us);
    return wait_durable(log, hash);
}

static enum fault run(struct repair *repair)
{
    TRY(journal_look(repair));
    TRY(command_check_voidable(repair));
    /* The list first: recovery takes out an entry that no record confirms. */
    struct void_entry entry = {
        .seq = repair->seq, .seq_record = repair->end.seq_next, .code = repair->code};
    TRY(voids_add(&repair->voids, &entry));
    TRY(voids_store(repair->options->disk, repair->paths.folder, repair->paths.voids,
                    &repair->voids));
    return record_append(repair);
}

enum fault repair_void(const struct repair_options *options, u64 seq, u32 code,
                       struct repair_result *result_out)
{
    *result_out = (struct repair_result){.seq_void = seq};
    SCOPED_BLOCK memory = {.memory = NULL};
    TRY(block_take(sizeof(struct repair), "the repair", &memory));
    struct repair *repair = (struct repair *)(void *)memory.memory;
    repair->options = options;
    repair->seq = seq;
    repair->code = code;
    repair->result = result_out;
    TRY(layout_paths(&repair->paths, options->folder));
    bool has = false;
    TRY(layout_has_journal(options->disk, &repair->paths, &has));
    if (!has) {
        return FAULT(FAULT_MISSING, "%s: there is no journal in this folder", options->folder);
    }
    struct seqlog_file_config config = {
        .disk = options->disk,
        .clock = options->clock,
        .folder = repair->paths.journal,
        .segment_bytes = SEGMENT_BYTES,
        .batch_bytes_max = BATCH_BYTES,
        .threads = options->threads,
    };
    SCOPED_BLOCK block = {.memory = NULL};
    TRY(block_take(seqlog_file_footprint(&config), "the journal", &block));
    struct arena arena;
    arena_init(&arena, block.memory, block.bytes);
    TRY(seqlog_file_open(&repair->log, &config, &arena));
    enum fault fault = run(repair);
    seqlog_file_close(repair->log);
    return fault;
}
