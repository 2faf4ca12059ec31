/* A channel whose other side is hostile: any word of the shared memory may change at any time.
 * Whatever comes through is a record of the allowed shape, kind and source; what is broken stays
 * so; nothing outside of the memory is touched (it lies on the heap, so that a sanitizer sees). */
#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "io/channel.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

enum { SOURCE = 3, KIND_A = 7, KIND_B = 200, STEPS_MAX = 4096 };

struct input {
    const u8 *data;
    size_t size;
    size_t at;
};

static u64 input_next(struct input *input, u32 bytes)
{
    u64 value = 0;
    for (u32 index = 0; index < bytes && input->at < input->size; index += 1) {
        value |= (u64)input->data[input->at] << (8 * index);
        input->at += 1;
    }
    return value;
}

static void scribble(struct input *input, struct ring *ring)
{
    u64 place = input_next(input, 2);
    u64 value = input_next(input, 8);
    switch (place % 5) {
    case 0:
        ring->written = value;
        return;
    case 1:
        ring->written += value % 64;
        return;
    case 2:
        ring->taken = value;
        return;
    case 3:
        ring->gate[place / 5 % 2] = (u32)value;
        return;
    default: /* not an enum: data */
        bytes_put_u32(ring->data + place / 5 % 512 * 8, (u32)value);
        return;
    }
}

static void take(struct channel_reader *reader)
{
    static u8 target[CHANNEL_RECORD_BYTES_MAX];
    size_t size = 0;
    bool was_broken = reader->consumer.broken;
    enum channel_take answer = channel_take(reader, target, &size);
    CHECK(!was_broken || answer == CHANNEL_TAKE_BROKEN);
    CHECK(size <= CHANNEL_RECORD_BYTES_MAX);
    CHECK(channel_depth(reader) <= CHANNEL_BYTES_MIN);
    if (answer == CHANNEL_RECORD) {
        u16 kind = bytes_u16(target);
        CHECK(size >= WIRE_UNIT && size == (size_t)target[2] * WIRE_UNIT);
        CHECK(kind == KIND_A || kind == KIND_B);
        CHECK(target[3] == SOURCE);
    }
    if (answer == CHANNEL_TAKE_BROKEN) {
        CHECK(channel_is_empty(reader) && fault_text()[0] != 0);
    }
}

static void put(struct input *input, struct channel_writer *writer, bool raw)
{
    u8 record[CHANNEL_RECORD_BYTES_MAX] = {0};
    u64 shape = input_next(input, 4);
    struct command_head head = {.kind = (shape & 1) != 0 ? KIND_A : (u16)(shape >> 8 & 0x1ff),
                                .units = (u8)(shape >> 24),
                                .source = (shape & 2) != 0 ? SOURCE : (u8)(shape >> 4 & 15)};
    memcpy(record, &head, sizeof(head));
    size_t size = (size_t)head.units * WIRE_UNIT + ((shape & 4) != 0 ? shape >> 17 & 15 : 0);
    size = size > sizeof(record) ? sizeof(record) : size;
    if (raw) {
        bool pushed = ring_push(&writer->producer, span_of(record, size));
        CHECK(!pushed || size > 0);
    } else {
        bool was_broken = writer->producer.broken;
        enum channel_put answer = channel_put(writer, span_of(record, size));
        CHECK(!was_broken || answer == CHANNEL_PUT_BROKEN || answer == CHANNEL_MISSHAPED);
    }
}

static void play(struct input *input, const struct channel *channel)
{
    static const u16 kinds[] = {KIND_A, KIND_B};
    struct channel_writer writer;
    struct channel_reader reader;
    CHECK(channel_writer_open(&writer, channel) == FAULT_NONE);
    CHECK(channel_reader_open(&reader, channel, kinds, ARRAY_COUNT(kinds), SOURCE) == FAULT_NONE);
    for (u32 step = 0; step < STEPS_MAX && input->at < input->size; step += 1) {
        struct channel_writer next_writer;
        struct channel_reader next_reader;
        switch (input_next(input, 1) % 10) {
        case 0:
            scribble(input, channel->ring);
            break;
        case 1:
            put(input, &writer, true);
            break;
        case 2:
        case 3:
            put(input, &writer, false);
            break;
        case 4:
            channel_release(&reader);
            break;
        case 5: /* a side restarts */
            if (channel_writer_open(&next_writer, channel) == FAULT_NONE) {
                writer = next_writer;
            }
            break;
        case 6:
            if (channel_reader_open(&next_reader, channel, kinds, 2, SOURCE) == FAULT_NONE) {
                reader = next_reader;
            }
            break;
        case 7:
            channel_flush(&writer);
            break;
        default: /* not an enum: an operation */
            take(&reader);
            break;
        }
    }
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    struct input input = {.data = data, .size = size, .at = 0};
    size_t bytes = ring_footprint(CHANNEL_BYTES_MIN);
    void *memory = aligned_alloc(64, bytes);
    CHECK(memory != NULL);
    memset(memory, 0, bytes);
    struct channel channel = {.ring = ring_init(memory, CHANNEL_BYTES_MIN),
                              .data_bytes = CHANNEL_BYTES_MIN,
                              .memory = -1,
                              .wake = -1};
    play(&input, &channel);
    free(memory);
    return 0;
}
