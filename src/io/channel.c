#include "io/channel.h"

#include "base/bytes.h"
#include "base/check.h"
#include "io/shared_memory.h"

#include <errno.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum {
    HEAD_KIND = 0,
    HEAD_UNITS = 2,
    HEAD_SOURCE = 3,
};

_Static_assert(offsetof(struct command_head, kind) == HEAD_KIND, "wire format");
_Static_assert(offsetof(struct command_head, units) == HEAD_UNITS, "wire format");
_Static_assert(offsetof(struct command_head, source) == HEAD_SOURCE, "wire format");
_Static_assert(offsetof(struct event_head, kind) == HEAD_KIND, "wire format");
_Static_assert(offsetof(struct event_head, units) == HEAD_UNITS, "wire format");
_Static_assert(CHANNEL_RECORD_BYTES_MAX <= RING_RECORD_BYTES_MAX, "a record fits");
_Static_assert(CHANNEL_RECORD_BYTES_MAX < CHANNEL_BYTES_MIN / 2, "a record fits");
_Static_assert(CHANNEL_RECORD_BYTES_MAX == 255 * WIRE_UNIT, "units are one byte");
_Static_assert(sizeof(struct gate) == sizeof(((struct ring *)NULL)->gate), "the ring's gate");
_Static_assert(_Alignof(struct gate) == _Alignof(_Atomic u32), "the ring's gate");

static bool is_data_bytes(u32 data_bytes)
{
    return data_bytes >= CHANNEL_BYTES_MIN && data_bytes <= CHANNEL_BYTES_MAX &&
           (data_bytes & (data_bytes - 1)) == 0;
}

static struct gate *gate_of(struct ring *ring)
{
    return (void *)((u8 *)ring + offsetof(struct ring, gate));
}

static enum fault create(struct channel *channel, const char *name)
{
    struct shared_memory shared;
    TRY(shared_memory_create(&shared, name, ring_footprint(channel->data_bytes)));
    channel->ring = shared.memory;
    channel->memory = shared.descriptor;
    channel->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (channel->wake < 0) {
        return FAULT_ERRNO(errno, "channel %s", name);
    }
    (void)ring_init(channel->ring, channel->data_bytes);
    gate_init(gate_of(channel->ring));
    return FAULT_NONE;
}

enum fault channel_create(struct channel *channel, const char *name, u32 data_bytes)
{
    *channel = (struct channel){.data_bytes = data_bytes, .memory = -1, .wake = -1};
    if (!is_data_bytes(data_bytes)) {
        return FAULT(FAULT_CONFIG, "channel %s: %u bytes is not a power of two from %u to %u", name,
                     data_bytes, CHANNEL_BYTES_MIN, CHANNEL_BYTES_MAX);
    }
    enum fault fault = create(channel, name);
    if (fault != FAULT_NONE) {
        channel_close(channel);
    }
    return fault;
}

static enum fault attach(struct channel *channel, int memory)
{
    struct shared_memory shared;
    struct ring_producer producer;
    if (!is_data_bytes(channel->data_bytes)) {
        (void)close(memory);
        return FAULT(FAULT_FOREIGN, "channel: %u bytes is no size of one", channel->data_bytes);
    }
    TRY(shared_memory_attach(&shared, memory, ring_footprint(channel->data_bytes)));
    channel->ring = shared.memory;
    channel->memory = shared.descriptor;
    if (!ring_producer_init(&producer, channel->ring, channel->data_bytes)) {
        return FAULT(FAULT_FOREIGN, "channel: the memory holds something else");
    }
    return FAULT_NONE;
}

enum fault channel_attach(struct channel *channel, int memory, int wake, u32 data_bytes)
{
    *channel = (struct channel){.data_bytes = data_bytes, .memory = -1, .wake = wake};
    enum fault fault = attach(channel, memory);
    if (fault != FAULT_NONE) {
        channel_close(channel);
    }
    return fault;
}

void channel_close(struct channel *channel)
{
    struct shared_memory shared = {
        .memory = channel->ring,
        .bytes = channel->ring == NULL ? 0 : ring_footprint(channel->data_bytes),
        .descriptor = channel->memory};
    shared_memory_close(&shared);
    if (channel->wake >= 0) {
        (void)close(channel->wake);
    }
    *channel = (struct channel){.memory = -1, .wake = -1};
}

/* ---- writing ---- */

enum fault channel_writer_open(struct channel_writer *writer, const struct channel *channel)
{
    *writer = (struct channel_writer){.wake = channel->wake};
    if (!ring_producer_init(&writer->producer, channel->ring, channel->data_bytes)) {
        return FAULT(FAULT_FOREIGN, "channel: impossible indexes, nothing can be written");
    }
    return FAULT_NONE;
}

static bool is_shaped(const u8 *record, size_t size)
{
    return size >= WIRE_UNIT && size <= CHANNEL_RECORD_BYTES_MAX &&
           size == (size_t)record[HEAD_UNITS] * WIRE_UNIT;
}

enum channel_put channel_put(struct channel_writer *writer, struct span record)
{
    if (record.size < WIRE_UNIT || !is_shaped(record.data, record.size)) {
        return CHANNEL_MISSHAPED;
    }
    if (LIKELY(ring_push(&writer->producer, record))) {
        writer->records_count += 1;
        return CHANNEL_PUT;
    }
    if (writer->producer.broken) {
        (void)FAULT(FAULT_FOREIGN, "channel: the reader's index is impossible");
        return CHANNEL_PUT_BROKEN;
    }
    writer->full_count += 1;
    return CHANNEL_FULL;
}

enum channel_put channel_put_both(struct channel_writer *writer, struct span first,
                                  struct span second)
{
    u64 before = writer->producer.written;
    enum channel_put put = channel_put(writer, first);
    if (put != CHANNEL_PUT) {
        return put;
    }
    put = channel_put(writer, second);
    if (put != CHANNEL_PUT) {
        writer->producer.written = before; /* it was not published yet */
        writer->records_count -= 1;
    }
    return put;
}

void channel_flush(struct channel_writer *writer)
{
    if (writer->producer.published == writer->producer.written) {
        return; /* the reader has been told */
    }
    ring_publish(&writer->producer);
    if (gate_open(gate_of(writer->producer.ring))) {
        u64 one = 1;
        /* Refused only when the counter is full: then the reader has enough to wake up for. */
        ssize_t written = write(writer->wake, &one, sizeof(one));
        (void)written;
    }
}

/* ---- reading ---- */

enum fault channel_reader_open(struct channel_reader *reader, const struct channel *channel,
                               const u16 *kinds, u32 kinds_count, u32 source)
{
    CHECK(source <= CHANNEL_SOURCE_ANY);
    *reader = (struct channel_reader){.wake = channel->wake, .source = source};
    for (u32 index = 0; index < kinds_count; index += 1) {
        CHECK(kinds[index] < CHANNEL_KINDS_MAX);
        reader->kinds[kinds[index] / 64] |= 1ULL << (kinds[index] % 64);
    }
    if (!ring_consumer_init(&reader->consumer, channel->ring, channel->data_bytes)) {
        return FAULT(FAULT_FOREIGN, "channel: impossible indexes, nothing can be read");
    }
    return FAULT_NONE;
}

static bool is_allowed(const struct channel_reader *reader, const u8 *record, size_t size)
{
    if (size < WIRE_UNIT || !is_shaped(record, size)) {
        return false;
    }
    u16 kind = bytes_u16(record + HEAD_KIND);
    if (kind >= CHANNEL_KINDS_MAX || (reader->kinds[kind / 64] >> (kind % 64) & 1) == 0) {
        return false;
    }
    return reader->source == CHANNEL_SOURCE_ANY || reader->source == record[HEAD_SOURCE];
}

enum channel_take channel_take(struct channel_reader *reader, u8 *target, size_t *size_out)
{
    size_t size = ring_pop(&reader->consumer, target, CHANNEL_RECORD_BYTES_MAX);
    *size_out = size;
    if (size == 0) {
        if (!reader->consumer.broken) {
            return CHANNEL_EMPTY;
        }
        (void)FAULT(FAULT_FOREIGN, "channel: the writer's index or a length is impossible");
        return CHANNEL_TAKE_BROKEN;
    }
    /* `target` is ours: what is looked at here is what the caller gets. */
    if (UNLIKELY(!is_allowed(reader, target, size))) {
        reader->forbidden_count += 1;
        return CHANNEL_FORBIDDEN;
    }
    reader->records_count += 1;
    return CHANNEL_RECORD;
}

void channel_release(struct channel_reader *reader)
{
    ring_release(&reader->consumer);
}

u64 channel_mark(const struct channel_reader *reader)
{
    return ring_mark(&reader->consumer);
}

void channel_release_to(struct channel_reader *reader, u64 mark)
{
    ring_release_to(&reader->consumer, mark);
}

bool channel_is_empty(const struct channel_reader *reader)
{
    const struct ring_consumer *consumer = &reader->consumer;
    return consumer->broken || (consumer->written == consumer->taken &&
                                atomic_load_explicit(&consumer->ring->written,
                                                     memory_order_acquire) == consumer->taken);
}

u64 channel_depth(const struct channel_reader *reader)
{
    const struct ring_consumer *consumer = &reader->consumer;
    u64 written = atomic_load_explicit(&consumer->ring->written, memory_order_relaxed);
    return u64_min(written - consumer->taken, consumer->mask + 1);
}

struct gate *channel_gate(struct channel_reader *reader)
{
    return gate_of(reader->consumer.ring);
}

void channel_wait(struct channel_reader *reader, u64 spin_ns, u64 sleep_us)
{
    struct gate *gate = channel_gate(reader);
    u32 seen = gate_prepare(gate);
    if (channel_is_empty(reader)) {
        gate_wait_us(gate, seen, spin_ns, sleep_us);
    }
}

bool channel_poll_begin(struct channel_reader *reader)
{
    gate_prepare_poll(channel_gate(reader));
    return channel_is_empty(reader);
}

void channel_poll_drain(struct channel_reader *reader)
{
    u64 count = 0;
    ssize_t size = read(reader->wake, &count, sizeof(count));
    (void)size; /* nothing to read after all */
}

void channel_poll_end(struct channel_reader *reader)
{
    gate_awake(channel_gate(reader));
}
