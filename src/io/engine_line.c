#include "io/engine_line.h"

#include "base/check.h"
#include "base/span.h"
#include "io/log.h"

#define HELLO_NS 500000000ULL /* another one after so long without an answer */

enum fault engine_line_open(struct engine_line *line, struct clock *clock, u8 source,
                            const struct channel *commands, const struct channel *bell)
{
    static const u16 kinds[] = {LINK_BELL};
    CHECK(source != LINK_SOURCE_NONE);
    *line = (struct engine_line){.clock = clock, .source = source, .is_away = true};
    TRY(channel_writer_open(&line->commands, commands));
    return channel_reader_open(&line->bell, bell, kinds, ARRAY_COUNT(kinds), source);
}

/* ---- bells ---- */

static void send_hello(struct engine_line *line)
{
    u64 hello = u64_max(clock_wall_us(line->clock) | 1, line->hello + 1);
    struct link_hello record = link_hello_make(line->source, hello);
    line->hello_ns = clock_mono_ns(line->clock);
    if (channel_put(&line->commands, span_of(&record, sizeof(record))) == CHANNEL_PUT) {
        channel_flush(&line->commands);
        line->hello = hello;
        line->hello_first = line->hello_first == 0 ? hello : line->hello_first;
    }
}

static void bell_rang(struct engine_line *line, const struct link_bell *bell)
{
    bool is_new = bell->generation != line->last.generation;
    line->last = *bell;
    if ((bell->flags & LINK_BELL_STOPPING) != 0) {
        line->is_away = true;
        return;
    }
    if (is_new) {
        line->is_away = true;
        send_hello(line);
        return;
    }
    bool is_answer =
        line->hello_first != 0 && bell->hello >= line->hello_first && bell->hello <= line->hello;
    if (line->is_away && is_answer) {
        line->is_away = false;
        line->hello_first = 0;
        line->source_index = bell->head.source_index;
        log_info("line.engine", LOG_U64("source", line->source),
                 LOG_U64("generation", bell->generation), LOG_U64("index", line->source_index));
    }
}

static enum fault take_bells(struct engine_line *line, bool *busy_out)
{
    u8 bytes[CHANNEL_RECORD_BYTES_MAX] __attribute__((aligned(8)));
    for (;;) {
        size_t size = 0;
        struct link_bell bell;
        switch (channel_take(&line->bell, bytes, &size)) {
        case CHANNEL_EMPTY:
            channel_release(&line->bell);
            return FAULT_NONE;
        case CHANNEL_RECORD:
            *busy_out = true;
            if (link_bell_read(span_of(bytes, size), &bell)) {
                bell_rang(line, &bell);
            }
            break;
        case CHANNEL_FORBIDDEN:
            break;
        case CHANNEL_TAKE_BROKEN:
            return FAULT(FAULT_FOREIGN, "the engine's bell is broken: %s", fault_text());
        }
    }
}

enum fault engine_line_turn(struct engine_line *line, bool *busy_out)
{
    TRY(take_bells(line, busy_out));
    if (line->is_away && clock_mono_ns(line->clock) - line->hello_ns >= HELLO_NS) {
        send_hello(line);
    }
    return FAULT_NONE;
}

/* ---- commands ---- */

static void head_fill(const struct engine_line *line, void *record, u64 ahead)
{
    struct command_head *head = record;
    head->source = line->source;
    head->source_index = line->source_index + ahead;
}

bool engine_line_put(struct engine_line *line, void *record, size_t size)
{
    if (line->is_away) {
        return false;
    }
    head_fill(line, record, 1);
    if (channel_put(&line->commands, span_of(record, size)) != CHANNEL_PUT) {
        return false;
    }
    line->source_index += 1;
    return true;
}

bool engine_line_put_both(struct engine_line *line, void *first, size_t first_size, void *second,
                          size_t second_size)
{
    if (line->is_away) {
        return false;
    }
    head_fill(line, first, 1);
    head_fill(line, second, 2);
    if (channel_put_both(&line->commands, span_of(first, first_size),
                         span_of(second, second_size)) != CHANNEL_PUT) {
        return false;
    }
    line->source_index += 2;
    return true;
}

void engine_line_flush(struct engine_line *line)
{
    channel_flush(&line->commands);
}

bool engine_line_is_settled(const struct engine_line *line)
{
    return !line->is_away && line->last.head.source_index >= line->source_index;
}
