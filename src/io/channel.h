/* A channel: records go one way from one process to another through a ring (base/ring.h) in memory
 * that both map, and a reader with nothing to do sleeps at the ring's gate (io/gate.h).
 *
 * Records are commands or events of src/wire/schema.txt: a head, whole steps of 32 bytes, and as
 * many of them as the head's `units` say. The other side is believed in nothing: a record is copied
 * out before it is looked at, sizes and indexes are checked as our own copies, the memory can
 * neither shrink nor grow, and a reader has a list of kinds and a source number beside which
 * nothing comes through. An impossible index or length breaks the channel for good: the side that
 * saw it is told, with a fault, and whoever made the channel makes a new one.
 *
 *     writer:  channel_put ... channel_put, channel_flush      CHANNEL_FULL: answer -1008
 *     reader:  channel_take until CHANNEL_EMPTY, channel_release, then wait
 *
 * A side that dies takes nothing with it: the memory lives as long as anybody holds it, and its
 * successor goes on at the shared indexes. What was put and not flushed is gone. What was taken and
 * not released comes again, so a reader that acts recognizes repeats by source_index. */
#ifndef IO_CHANNEL_H
#define IO_CHANNEL_H

#include "base/base.h"
#include "base/ring.h"
#include "io/fault.h"
#include "io/gate.h"
#include "wire/schema.h"

#define CHANNEL_RECORD_BYTES_MAX COMMAND_BYTES_MAX
#define CHANNEL_BYTES_MIN        (1U << 15)
#define CHANNEL_BYTES_MAX        RING_BYTES_MAX
#define CHANNEL_KINDS_MAX        256U /* kinds above are on no list */
#define CHANNEL_SOURCE_ANY       256U

/* The memory and the descriptor that wakes a reader sleeping in poll(2). Both descriptors are for
 * handing to the other process (io/handover.h) and stay with the channel. */
struct channel {
    struct ring *ring; /* NULL: closed */
    u32 data_bytes;
    int memory; /* descriptor */
    int wake;   /* descriptor */
};

/* New, empty, mapped. `data_bytes` is a power of two in CHANNEL_BYTES_MIN .. CHANNEL_BYTES_MAX, and
 * FAULT_CONFIG when not. `name` shows in /proc. */
MUST_USE enum fault channel_create(struct channel *channel, const char *name, u32 data_bytes);

/* Maps what another process made, and takes both descriptors, also when it fails. FAULT_FOREIGN
 * when the memory is not a channel of `data_bytes` that can neither shrink nor grow. */
MUST_USE enum fault channel_attach(struct channel *channel, int memory, int wake, u32 data_bytes);

void channel_close(struct channel *channel);

/* ---- writing ---- */

struct channel_writer {
    struct ring_producer producer;
    int wake;
    u64 records_count;
    u64 full_count; /* refused because there was no room */
};

/* One writer at a time. FAULT_FOREIGN when the shared indexes are impossible. The channel outlives
 * the writer. */
MUST_USE enum fault channel_writer_open(struct channel_writer *writer,
                                        const struct channel *channel);

enum channel_put {
    CHANNEL_PUT,
    CHANNEL_FULL,      /* nothing was written: flush, try later, or refuse the customer */
    CHANNEL_MISSHAPED, /* not whole steps of 32, or not as many as its head says */
    CHANNEL_PUT_BROKEN /* for good; the fault's text says so */
};

/* Copies one record in. The reader sees it after channel_flush. */
MUST_USE enum channel_put channel_put(struct channel_writer *writer, struct span record);

/* Both, or neither: as channel_put, which is right for each of them. */
MUST_USE enum channel_put channel_put_both(struct channel_writer *writer, struct span first,
                                           struct span second);

/* Shows everything put so far and wakes the reader if it sleeps. */
void channel_flush(struct channel_writer *writer);

/* ---- reading ---- */

struct channel_reader {
    struct ring_consumer consumer;
    int wake;
    u64 kinds[CHANNEL_KINDS_MAX / 64];
    u32 source;
    u64 records_count;
    u64 forbidden_count;
};

/* One reader at a time. Only records of `kinds` come through, and of them only those whose head
 * carries `source` (CHANNEL_SOURCE_ANY: any). CHECK: each kind is below CHANNEL_KINDS_MAX. */
MUST_USE enum fault channel_reader_open(struct channel_reader *reader,
                                        const struct channel *channel, const u16 *kinds,
                                        u32 kinds_count, u32 source);

enum channel_take {
    CHANNEL_EMPTY,
    CHANNEL_RECORD,
    CHANNEL_FORBIDDEN,  /* taken off: misshaped, its kind not listed, or of another source */
    CHANNEL_TAKE_BROKEN /* for good; the fault's text says so */
};

/* Copies the next record into `target`, which has CHANNEL_RECORD_BYTES_MAX bytes, also one that is
 * forbidden: for the log its head may be read. The fields behind the head are not checked yet. */
MUST_USE enum channel_take channel_take(struct channel_reader *reader, u8 *target,
                                        size_t *size_out);

/* Gives the room of what was taken back to the writer: once the records are safe elsewhere. */
void channel_release(struct channel_reader *reader);

/* The same for what was taken before `mark`, an earlier channel_mark, and nothing behind it. */
MUST_USE u64 channel_mark(const struct channel_reader *reader);
void channel_release_to(struct channel_reader *reader, u64 mark);

/* True when channel_take would say CHANNEL_EMPTY, or the channel is broken and has said so. */
MUST_USE bool channel_is_empty(const struct channel_reader *reader);

/* Bytes that wait, as far as the other side can be believed: for the metric. */
u64 channel_depth(const struct channel_reader *reader);

/* Returns when there may be something, after spinning for about spin_ns and then sleeping for at
 * most sleep_us. A reader of several channels gives their gates to gate_wait_any itself, and looks
 * at channel_is_empty of each between gate_prepare and that. */
void channel_wait(struct channel_reader *reader, u64 spin_ns, u64 sleep_us);
struct gate *channel_gate(struct channel_reader *reader);

/* For a loop on poll(2) or epoll(7): before sleeping, channel_poll_begin says whether it may; the
 * descriptor `wake` becomes readable with the next flush; after sleeping, channel_poll_end.
 * Whenever `wake` is readable, channel_poll_drain: most sleeps end for another reason, and there is
 * nothing to be read then. */
MUST_USE bool channel_poll_begin(struct channel_reader *reader);
void channel_poll_drain(struct channel_reader *reader);
void channel_poll_end(struct channel_reader *reader);

#endif /* IO_CHANNEL_H */
