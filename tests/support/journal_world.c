#include "tests/support/journal_world.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"

#include <stdlib.h>
#include <string.h>

enum { WAIT_MS = 1000, TIME_BEGIN_US = 1000000 };

void journal_world_init(struct journal_world *world, struct disk *disk, const char *folder,
                        u64 seed)
{
    *world = (struct journal_world){
        .seed = seed,
        .units_max = 4,
        .config =
            {
                .disk = disk,
                .folder = folder,
                .segment_bytes = 32U << 10,
                .batch_bytes_max = 12U << 10,
                .inline_bytes_max = 4096,
                .segments_ahead = 1,
            },
        .reading =
            {
                .disk = disk,
                .folder = folder,
                .segments_max = 256,
                .window_bytes = 16U << 10,
                .batch_bytes_max = 64U << 10,
                .windows_count = 1,
            },
        .seq_next = 1,
        .seq_durable = 1,
        .time_us = TIME_BEGIN_US,
    };
    clock_false_init(&world->clock, 0);
    struct random random;
    random_init(&random, seed);
    random_fill(&random, world->venue, sizeof(world->venue));
}

static void memory_free(struct journal_world_memory *memory)
{
    free(memory->memory);
    *memory = (struct journal_world_memory){.memory = NULL};
}

/* An arena of exactly `bytes`. */
static struct arena memory_arena(struct journal_world_memory *memory, size_t bytes)
{
    CHECK(bytes > 0);
    if (memory->bytes < bytes) {
        memory_free(memory);
        size_t whole = (bytes + 4095) / 4096 * 4096;
        memory->memory = aligned_alloc(4096, whole);
        CHECK(memory->memory != NULL);
        memory->bytes = bytes;
    }
    struct arena arena;
    arena_init(&arena, memory->memory, bytes);
    return arena;
}

void journal_world_free(struct journal_world *world)
{
    journal_world_stop(world);
    memory_free(&world->log_memory);
    memory_free(&world->reader_memory);
}

u32 journal_world_record(const struct journal_world *world, u64 seq,
                         u8 target[JOURNAL_WORLD_RECORD_MAX])
{
    u64 word = random_seed_derive(world->seed, seq);
    u32 units = 1 + (u32)(word >> 32) % world->units_max;
    u32 bytes = units * JOURNAL_RECORD_STEP;
    CHECK(bytes <= JOURNAL_WORLD_RECORD_MAX);
    for (u32 at = 0; at < bytes; at += sizeof(word)) {
        bytes_put_u64(target + at, word);
        word = (word << 7 | word >> 57) + seq;
    }
    bytes_put_u16(target, (u16)(seq % 1000));
    target[2] = (u8)units;
    target[3] = (u8)(seq % 7);
    bytes_put_u64(target + 4, seq);
    return bytes;
}

u32 journal_world_fill(const struct journal_world *world, u8 *target, u32 bytes_max, u32 *count)
{
    u32 wanted = *count;
    u32 length = 0;
    for (*count = 0; *count < wanted; *count += 1) {
        u8 record[JOURNAL_WORLD_RECORD_MAX];
        u32 bytes = journal_world_record(world, world->seq_next + *count, record);
        if (bytes > bytes_max - length) {
            break;
        }
        memcpy(target + length, record, bytes);
        length += bytes;
    }
    return length;
}

/* ---- reading ---- */

static void tally_records(struct journal_world *world, const struct journal_batch *batch)
{
    struct journal_tally *tally = &world->tally;
    size_t offset = 0;
    u32 seen = 0;
    struct span record;
    while (journal_record_next(batch->records, &offset, &record)) {
        u8 right[JOURNAL_WORLD_RECORD_MAX];
        u32 bytes = journal_world_record(world, batch->header.seq_first + seen, right);
        if (!span_equal(record, span_of(right, bytes))) {
            tally->wrong = "a record is not the one that was written";
        }
        seen += 1;
    }
    if (seen != batch->header.count) {
        tally->wrong = "a batch has another number of records than its header says";
    }
}

static void tally_batch(struct journal_world *world, const struct journal_batch *batch,
                        u64 *seq_expected, bool *durable_found)
{
    struct journal_tally *tally = &world->tally;
    const struct journal_batch_header *header = &batch->header;
    if (header->seq_first != *seq_expected) {
        tally->wrong = "the batches do not follow each other";
    }
    tally_records(world, batch);
    *seq_expected = header->seq_first + header->count;
    if (*seq_expected == world->seq_durable &&
        memcmp(header->hash, world->hash_durable, JOURNAL_HASH_BYTES) == 0) {
        *durable_found = true;
    }
    if (tally->places_count < JOURNAL_WORLD_PLACES_MAX) {
        tally->places[tally->places_count] = (struct journal_place){
            .segment = batch->segment,
            .offset = batch->offset,
            .seq_first = header->seq_first,
            .count = header->count,
            .bytes = journal_batch_bytes(header->length),
            .seal = header->flags == JOURNAL_FLAG_SEAL,
        };
        tally->places_count += 1;
    }
    tally->batches += 1;
    tally->seals += header->flags == JOURNAL_FLAG_SEAL;
    tally->records += header->count;
}

static void tally_end(struct journal_world *world, u64 seq_expected, bool durable_found)
{
    struct journal_tally *tally = &world->tally;
    if (tally->end.seq_next != seq_expected) {
        tally->wrong = "the end is not behind the last batch";
    }
    if (tally->end.seq_next < world->seq_durable) {
        tally->wrong = "records that were reported durable are missing";
    } else if (world->seq_durable > 1 && !durable_found) {
        tally->wrong = "the chain does not contain the hash that was reported durable";
    }
}

enum fault journal_world_read(struct journal_world *world)
{
    memset(&world->tally, 0, sizeof(world->tally));
    size_t bytes = journal_reader_footprint(&world->reading);
    struct arena arena = memory_arena(&world->reader_memory, bytes);
    struct journal_reader *reader = NULL;
    TRY(journal_reader_open(&reader, &world->reading, &arena));
    u64 seq_expected = 1;
    bool durable_found = false;
    bool more = true;
    enum fault fault = FAULT_NONE;
    while (more && fault == FAULT_NONE) {
        struct journal_batch batch;
        fault = journal_reader_next(reader, &batch, &more);
        if (fault == FAULT_NONE && more) {
            tally_batch(world, &batch, &seq_expected, &durable_found);
        }
    }
    if (fault == FAULT_NONE) {
        world->tally.end = *journal_reader_end(reader);
        tally_end(world, seq_expected, durable_found);
    }
    journal_reader_close(reader);
    return fault;
}

/* ---- writing ---- */

static enum fault world_open_log(struct journal_world *world)
{
    if (!world->config.threads) {
        world->config.clock = &world->clock.clock;
    }
    struct arena arena = memory_arena(&world->log_memory, seqlog_file_footprint(&world->config));
    TRY(seqlog_file_open(&world->file, &world->config, &arena));
    TRY(journal_world_read(world));
    TRY(seqlog_file_start(world->file, &world->tally.end, world->venue));
    return FAULT_NONE;
}

enum fault journal_world_start(struct journal_world *world)
{
    CHECK(world->file == NULL);
    enum fault fault = world_open_log(world);
    if (fault != FAULT_NONE) {
        journal_world_stop(world);
        return fault;
    }
    world->log = seqlog_file_log(world->file);
    world->seq_next = world->tally.end.seq_next;
    world->time_us = u64_max(world->time_us, world->tally.end.time_us);
    world->outcome = seqlog_poll(world->log);
    /* What recovery found is what everybody goes on from. */
    world->seq_durable = world->outcome.seq_next;
    memcpy(world->hash_durable, world->outcome.hash, JOURNAL_HASH_BYTES);
    return FAULT_NONE;
}

void journal_world_stop(struct journal_world *world)
{
    seqlog_file_close(world->file);
    world->file = NULL;
    world->log = NULL;
}

static bool world_take(struct journal_world *world, struct seqlog_outcome outcome)
{
    CHECK(outcome.seq_next >= world->seq_durable);
    CHECK(outcome.seq_next <= world->seq_next);
    CHECK(outcome.pending <= world->log->pending_max);
    CHECK(outcome.pending > 0 || outcome.status != SEQLOG_DURABLE ||
          outcome.seq_next == world->seq_next);
    world->outcome = outcome;
    world->seq_durable = outcome.seq_next;
    memcpy(world->hash_durable, outcome.hash, JOURNAL_HASH_BYTES);
    return outcome.status == SEQLOG_DURABLE;
}

bool journal_world_poll(struct journal_world *world)
{
    return world_take(world, seqlog_poll(world->log));
}

bool journal_world_settle(struct journal_world *world)
{
    do {
        if (!world_take(world, seqlog_wait(world->log, WAIT_MS))) {
            return false;
        }
    } while (world->outcome.pending > 0);
    return true;
}

bool journal_world_submit(struct journal_world *world, u32 count)
{
    CHECK(count >= 1);
    u8 *target = seqlog_buffer(world->log);
    while (target == NULL) {
        if (!world_take(world, seqlog_wait(world->log, WAIT_MS))) {
            return false;
        }
        target = seqlog_buffer(world->log);
    }
    u32 length = journal_world_fill(world, target, world->log->records_bytes_max, &count);
    world->time_us += world->seq_next % 3;
    struct seqlog_batch batch = {
        .seq_first = world->seq_next,
        .time_us = world->time_us,
        .count = count,
        .records = span_of(target, length),
    };
    world->seq_next += count;
    seqlog_submit(world->log, &batch);
    return true;
}

bool journal_world_seal(struct journal_world *world)
{
    seqlog_seal(world->log, world->time_us);
    return journal_world_settle(world);
}
