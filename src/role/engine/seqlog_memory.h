/* A sequenced log that keeps nothing: what is submitted counts as durable at once. For tests and
 * for measuring the engine without a disk; the records are encoded all the same. */
#ifndef ROLE_ENGINE_SEQLOG_MEMORY_H
#define ROLE_ENGINE_SEQLOG_MEMORY_H

#include "base/arena.h"
#include "io/seqlog.h"

#define SEQLOG_MEMORY_BUFFERS 3U

struct seqlog_memory {
    struct seqlog log;
    u8 *buffers[SEQLOG_MEMORY_BUFFERS];
    u64 submitted_count;
    u64 seq_next;
    u64 time_us;
    bool sealed;
};

size_t seqlog_memory_footprint(u32 batch_bytes);
void seqlog_memory_init(struct seqlog_memory *log, u32 batch_bytes, struct arena *arena);

#endif /* ROLE_ENGINE_SEQLOG_MEMORY_H */
