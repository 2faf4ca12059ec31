#include "role/engine/engine_input.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "io/log.h"
#include "wire/link.h"

#include <string.h>

#define SECOND_NS 1000000000ULL

static void input_break(struct engine_input *input)
{
    log_error("engine.input_broken", LOG_U64("source", input->source), LOG_FAULT(FAULT_FOREIGN));
    fault_forget();
    input->is_broken = true;
}

void engine_input_open(struct engine_input *input, const struct channel *channel, u8 source,
                       const u16 *kinds, u32 kinds_count)
{
    CHECK(source != ENGINE_SOURCE);
    CHECK(kinds_count < ENGINE_INPUT_KINDS_MAX);
    u16 allowed[ENGINE_INPUT_KINDS_MAX] = {LINK_HELLO};
    memcpy(allowed + 1, kinds, kinds_count * sizeof(kinds[0]));
    input->source = source;
    if (channel_reader_open(&input->reader, channel, allowed, kinds_count + 1, source) !=
        FAULT_NONE) {
        input_break(input);
    }
}

void engine_input_start(struct engine_input *input, const struct engine *engine)
{
    input->source_index = engine_source_index(engine, input->source);
    input->now.source_index = input->source_index;
    input->now.position = input->is_broken ? 0 : channel_mark(&input->reader);
}

/* ---- taking ---- */

/* At most once a second for each source: whoever sends such records may send many. */
static void refused_tell(struct engine_input *input, u64 now_ns, const char *why, const char *field,
                         const u8 *record)
{
    if (input->told_ns != 0 && now_ns - input->told_ns < SECOND_NS) {
        return;
    }
    input->told_ns = now_ns;
    log_warn("engine.command_refused", LOG_U64("source", input->source), LOG_STR("why", why),
             LOG_STR("field", field), LOG_U64("kind", bytes_u16(record)),
             LOG_U64("refused", input->malformed + input->forbidden));
}

static void hello_take(struct engine_input *input, struct span record, u64 now_ns)
{
    struct link_hello hello;
    if (link_hello_read(record, &hello)) {
        input->hello_waiting = hello.hello;
    } else {
        input->malformed += 1;
        refused_tell(input, now_ns, "malformed", "hello", record.data);
    }
}

/* Fills an empty `taken` from the channel, up to a HELLO. */
static void fill(struct engine_input *input, u64 now_ns)
{
    input->begin = 0;
    input->end = 0;
    while (input->hello_waiting == 0 &&
           ENGINE_INPUT_TAKEN_BYTES - input->end >= CHANNEL_RECORD_BYTES_MAX) {
        u8 *record = input->taken + input->end;
        size_t size = 0;
        switch (channel_take(&input->reader, record, &size)) {
        case CHANNEL_EMPTY:
            return;
        case CHANNEL_RECORD:
            if (bytes_u16(record) == LINK_HELLO) {
                hello_take(input, span_of(record, size), now_ns);
            } else {
                input->records += 1;
                input->end += (u32)size;
            }
            break;
        case CHANNEL_FORBIDDEN:
            input->forbidden += 1;
            refused_tell(input, now_ns, "forbidden", "head", record);
            break;
        case CHANNEL_TAKE_BROKEN:
            input_break(input);
            return;
        }
    }
}

/* Hands `taken` to the engine, as far as it has room. */
static void submit(struct engine_input *input, struct engine *engine, u64 now_ns)
{
    while (input->begin < input->end) {
        size_t bytes = 0;
        const char *field = NULL;
        struct span rest = span_of(input->taken + input->begin, input->end - input->begin);
        enum engine_answer answer = engine_submit(engine, rest, &bytes, &field);
        input->begin += (u32)bytes;
        const u8 *record = rest.data + bytes;
        switch (answer) {
        case ENGINE_TAKEN:
            return;
        case ENGINE_FULL:
            input->full += 1;
            return;
        case ENGINE_MALFORMED:
            input->malformed += 1;
            refused_tell(input, now_ns, "malformed", field, record);
            break;
        case ENGINE_FORBIDDEN:
            input->forbidden += 1;
            refused_tell(input, now_ns, "forbidden", field, record);
            break;
        case ENGINE_REPEATED:
            input->repeated += 1;
            break;
        }
        /* The channel lets whole records through, as long as their heads say. */
        input->begin += record[offsetof(struct command_head, units)] * WIRE_UNIT;
        CHECK(input->begin <= input->end);
    }
}

/* Notes what the engine has now. */
static void mark_put(struct engine_input *input, const struct engine *engine, u64 now_ns)
{
    struct engine_input_mark mark = input->now;
    mark.batches = engine_batches_taken(engine);
    mark.since_ns = now_ns;
    u32 end = input->marks_first + input->marks_count;
    if (input->marks_count > 0) {
        struct engine_input_mark *last = &input->marks[(end - 1) % ENGINE_INPUT_MARKS_MAX];
        if (last->batches == mark.batches) {
            mark.since_ns = last->since_ns;
            *last = mark;
            return;
        }
    }
    CHECK(input->marks_count < ENGINE_INPUT_MARKS_MAX);
    input->marks[end % ENGINE_INPUT_MARKS_MAX] = mark;
    input->marks_count += 1;
}

bool engine_input_take(struct engine_input *input, struct engine *engine, u64 now_ns)
{
    if (input->begin == input->end && !input->is_broken) {
        fill(input, now_ns);
    }
    submit(input, engine, now_ns);
    struct engine_input_mark before = input->now;
    input->now.source_index = engine_source_index(engine, input->source);
    if (input->begin == input->end) {
        input->now.position = channel_mark(&input->reader);
        input->now.hello = input->hello_waiting != 0 ? input->hello_waiting : input->now.hello;
        input->hello_waiting = 0;
    }
    bool some =
        before.source_index != input->now.source_index || before.position != input->now.position;
    if (some) {
        mark_put(input, engine, now_ns);
    }
    return some;
}

bool engine_input_release(struct engine_input *input, const struct engine *engine, u64 now_ns,
                          struct histogram *durable_ns)
{
    bool some = false;
    u64 released = engine_batches_released(engine);
    while (input->marks_count > 0 && input->marks[input->marks_first].batches <= released) {
        const struct engine_input_mark *mark = &input->marks[input->marks_first];
        if (durable_ns != NULL && mark->source_index != input->source_index) {
            histogram_add(durable_ns, now_ns - mark->since_ns);
        }
        some = some || mark->source_index != input->source_index || mark->hello != input->hello;
        input->source_index = mark->source_index;
        input->hello = mark->hello;
        if (!input->is_broken) {
            channel_release_to(&input->reader, mark->position);
        }
        input->marks_first = (input->marks_first + 1) % ENGINE_INPUT_MARKS_MAX;
        input->marks_count -= 1;
    }
    return some;
}

bool engine_input_is_empty(const struct engine_input *input)
{
    return input->begin == input->end && (input->is_broken || channel_is_empty(&input->reader));
}

bool engine_input_has_more(const struct engine_input *input)
{
    return !input->is_broken && input->begin == input->end && !channel_is_empty(&input->reader);
}
