/* A queue of records between one producer and one consumer, in memory that both can see.
 *
 * The two sides may be threads or processes, and the other side may be hostile: each side keeps its
 * own index and its own copy of the size, and never believes the shared ones beyond what bounds
 * them. The consumer copies a record out before anybody looks at it, so nothing can change under a
 * check. A side that meets an impossible index or length marks its ring broken, for good.
 *
 * Records have 1 .. RING_RECORD_BYTES_MAX bytes; each takes its own length and a 4-byte prefix,
 * rounded up to 8. Publishing is a step of its own: ring_push many, ring_publish once. */
#ifndef BASE_RING_H
#define BASE_RING_H

#include "base/base.h"

#define RING_BYTES_MIN        1024U
#define RING_BYTES_MAX        (1U << 30)
#define RING_RECORD_BYTES_MAX 65536U

/* The shared part. The layout is the same on both sides; 64-byte lines keep the two indexes apart.
 */
struct ring {
    u64 magic;
    u32 data_bytes; /* a power of two */
    u32 reserved;
    u8 padding0[48];
    _Alignas(64) _Atomic u64 written; /* bytes ever published; only the producer stores */
    u8 padding1[56];
    _Alignas(64) _Atomic u64 taken; /* bytes ever consumed; only the consumer stores */
    /* For a consumer that sleeps (io/gate.h): the word it sleeps on. */
    _Atomic u32 gate[2];
    u8 padding2[48];
    u8 data[];
};

struct ring_producer {
    struct ring *ring;
    u8 *data;
    u64 mask;
    u64 written;   /* ours, published or not */
    u64 published; /* ours */
    u64 taken;     /* the consumer's, as last seen and found possible */
    bool broken;
};

struct ring_consumer {
    struct ring *ring;
    const u8 *data;
    u64 mask;
    u64 taken;   /* ours */
    u64 given;   /* ours, as last told to the producer */
    u64 written; /* the producer's, as last seen and found possible */
    bool broken;
};

/* Bytes of memory for a ring of `data_bytes` (a power of two in RING_BYTES_MIN .. RING_BYTES_MAX).
 */
size_t ring_footprint(u32 data_bytes);

/* Makes an empty ring in `memory` (64-byte aligned, ring_footprint bytes). Before either side. */
struct ring *ring_init(void *memory, u32 data_bytes);

/* Each side names the size it expects; false when the memory holds something else. The indexes are
 * taken over as they stand, so a side that restarts goes on where it was. */
MUST_USE bool ring_producer_init(struct ring_producer *producer, struct ring *ring, u32 data_bytes);
MUST_USE bool ring_consumer_init(struct ring_consumer *consumer, struct ring *ring, u32 data_bytes);

/* Copies the record in; false when the ring is full, broken, or the record has an impossible size.
 * The consumer sees it after ring_publish. */
MUST_USE bool ring_push(struct ring_producer *producer, struct span record);
void ring_publish(struct ring_producer *producer);

/* Copies the next record into `target` and returns its size; 0 when there is none. A record larger
 * than `target_bytes`, or an impossible index, breaks the ring. */
MUST_USE size_t ring_pop(struct ring_consumer *consumer, void *target, size_t target_bytes);

/* Tells the producer that the space of what was popped is free again: after a batch of pops. */
void ring_release(struct ring_consumer *consumer);

/* The same for what was popped before `mark`, an earlier ring_mark, and nothing behind it. A mark
 * that has been passed already changes nothing. CHECK: it is not ahead of what was popped. */
u64 ring_mark(const struct ring_consumer *consumer);
void ring_release_to(struct ring_consumer *consumer, u64 mark);

#endif /* BASE_RING_H */
