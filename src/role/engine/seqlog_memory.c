#include "role/engine/seqlog_memory.h"

#include "base/check.h"

static struct seqlog_memory *memory_of(struct seqlog *log)
{
    return (struct seqlog_memory *)(void *)log;
}

static u8 *memory_buffer(struct seqlog *base)
{
    struct seqlog_memory *log = memory_of(base);
    return log->buffers[log->submitted_count % SEQLOG_MEMORY_BUFFERS];
}

static void memory_submit(struct seqlog *base, const struct seqlog_batch *batch)
{
    struct seqlog_memory *log = memory_of(base);
    CHECK(batch->seq_first == log->seq_next);
    CHECK(batch->time_us >= log->time_us);
    CHECK(batch->count >= 1);
    CHECK(batch->records.data == memory_buffer(base));
    CHECK(batch->records.size <= base->records_bytes_max);
    log->seq_next += batch->count;
    log->time_us = batch->time_us;
    log->submitted_count += 1;
    log->sealed = false;
}

static void memory_seal(struct seqlog *base, u64 time_us)
{
    struct seqlog_memory *log = memory_of(base);
    CHECK(time_us >= log->time_us);
    log->time_us = time_us;
    log->sealed = true;
}

static struct seqlog_outcome memory_poll(struct seqlog *base)
{
    const struct seqlog_memory *log = memory_of(base);
    return (struct seqlog_outcome){
        .status = SEQLOG_DURABLE, .seq_next = log->seq_next, .sealed = log->sealed};
}

static struct seqlog_outcome memory_wait(struct seqlog *base, u32 timeout_ms)
{
    (void)timeout_ms;
    return memory_poll(base);
}

size_t seqlog_memory_footprint(u32 batch_bytes)
{
    struct footprint footprint = {0};
    footprint_add(&footprint, SEQLOG_MEMORY_BUFFERS, batch_bytes, JOURNAL_BLOCK_BYTES);
    CHECK(!footprint.overflown);
    return footprint.bytes;
}

void seqlog_memory_init(struct seqlog_memory *log, u32 batch_bytes, struct arena *arena)
{
    static const struct seqlog_ops ops = {
        .buffer = memory_buffer,
        .submit = memory_submit,
        .seal = memory_seal,
        .poll = memory_poll,
        .wait = memory_wait,
    };
    *log = (struct seqlog_memory){.log = {.ops = &ops}, .seq_next = 1, .sealed = true};
    log->log.records_bytes_max = batch_bytes - JOURNAL_BATCH_HEADER_BYTES;
    log->log.pending_max = SEQLOG_MEMORY_BUFFERS;
    for (u32 i = 0; i < SEQLOG_MEMORY_BUFFERS; i += 1) {
        log->buffers[i] = arena_take(arena, batch_bytes, JOURNAL_BLOCK_BYTES);
        CHECK(log->buffers[i] != NULL);
    }
}
