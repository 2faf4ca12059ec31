#include "role/gateway/feed.h"

#include "base/arena.h"
#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "io/block.h"
#include "io/image_walk.h"
#include "wire/event_source.h"
#include "wire/schema.h"

#include <stdlib.h>
#include <string.h>

#define SPAN_NONE     ((struct span){NULL, 0})
#define EVENTS_FOLDER "events"
/* Chunks are filled up to this less one record before a batch goes on in another one (the engine's
 * RELEASE_CHUNK_BYTES): a smaller chunk ends with the end of a command. */
#define CHUNK_BYTES_FULL ((256U << 10) - COMMAND_BYTES_MAX)
#define IDLE_STEPS       2U /* without news after a full chunk: its last command was whole */

struct feed {
    struct feed_sink *sink;
    struct disk *disk;
    char events[FILE_PATH_BYTES];
    const char *name;
    struct block reader_block;
    struct block view_block;
    struct block held_block;
    struct eventlog_reader *reader;
    struct view *view;
    struct eventlog_chunk chunk;
    size_t offset; /* of what is not applied yet in the chunk */
    bool has_chunk;
    u64 position;
    /* The command whose events may go on in the next chunk. */
    struct feed_command open;
    size_t held_bytes;
    u64 open_position; /* before the first event of it that is held */
    bool is_open;
    u32 idle_steps;
};

/* ---- limits and beginning ---- */

static struct command_genesis limits_of_state(const struct state_limits *state)
{
    struct command_genesis limits = {.head = {.kind = COMMAND_GENESIS}, .semantics_version = 1};
    size_t from = offsetof(struct state_limits, assets_max);
    size_t to = offsetof(struct command_genesis, assets_max);
    size_t own = sizeof(*state) - from;
    size_t bytes = own < sizeof(limits) - to ? own : sizeof(limits) - to;
    memcpy((u8 *)&limits + to, (const u8 *)state + from, bytes);
    return limits;
}

/* The genesis that the first chunk of the log repeats. */
static enum fault limits_of_log(struct feed *feed, struct command_genesis *limits_out)
{
    struct eventlog_chunk chunk;
    bool some = false;
    TRY(eventlog_reader_next(feed->reader, &chunk, &some));
    if (!some) {
        return FAULT(FAULT_MISSING, "%s: nothing is released yet", feed->events);
    }
    for (size_t at = 0; at < chunk.events.size;) {
        const u8 *record = chunk.events.data + at;
        size_t size = (size_t)record[2] * WIRE_UNIT;
        if (size == 0 || size > chunk.events.size - at) {
            break;
        }
        bool is_genesis = bytes_u16(record) == EVENT_APPLIED &&
                          size >= sizeof(struct event_applied) + WIRE_UNIT &&
                          bytes_u16(record + sizeof(struct event_applied)) == COMMAND_GENESIS;
        if (is_genesis) {
            *limits_out = (struct command_genesis){0};
            size_t bytes = size - sizeof(struct event_applied);
            memcpy(limits_out, record + sizeof(struct event_applied),
                   bytes < sizeof(*limits_out) ? bytes : sizeof(*limits_out));
            return FAULT_NONE;
        }
        at += size;
    }
    return FAULT(FAULT_ROT, "%s: the first chunk holds no genesis", feed->events);
}

static enum fault reader_open(struct feed *feed, const char *name, u64 position)
{
    if (feed->reader_block.memory == NULL) {
        TRY(block_take(eventlog_reader_footprint(), "a reader of events", &feed->reader_block));
    }
    if (feed->reader != NULL) {
        eventlog_reader_close(feed->reader, false);
        feed->reader = NULL;
    }
    struct arena arena;
    arena_init(&arena, feed->reader_block.memory, feed->reader_block.bytes);
    return eventlog_reader_open(&feed->reader, feed->disk, feed->events, name, position, &arena);
}

static enum fault view_make(struct feed *feed, struct view_config config,
                            const struct command_genesis *limits)
{
    config.limits = *limits;
    size_t bytes = view_footprint(&config);
    if (bytes == 0) {
        return FAULT(FAULT_CONFIG, "the gateway's view: a limit is out of bounds");
    }
    struct arena arena;
    TRY(block_take(bytes, "the gateway's view", &feed->view_block));
    arena_init(&arena, feed->view_block.memory, feed->view_block.bytes);
    return view_open(&feed->view, &config, &arena);
}

/* ---- an image ---- */

struct image_reading {
    struct image_sink sink;
    struct feed *feed;
    const struct view_config *config;
    u8 piece[IMAGE_PIECE_BYTES];
};

/* The limits in force; those still to come, which say so, are not looked for. */
static enum fault image_limits(struct image_sink *sink, const u8 *record, size_t size)
{
    struct image_reading *reading = (struct image_reading *)(void *)sink; /* its first member */
    struct state_limits state;
    if (bytes_u16(record) != STATE_LIMITS) {
        return FAULT_NONE;
    }
    CHECK(size == sizeof(state));
    memcpy(&state, record, sizeof(state));
    if (state.next != 0) {
        return FAULT_NONE;
    }
    struct command_genesis limits = limits_of_state(&state);
    sink->is_satisfied = true;
    return view_make(reading->feed, *reading->config, &limits);
}

static enum fault image_record(struct image_sink *sink, const u8 *record, size_t size)
{
    struct image_reading *reading = (struct image_reading *)(void *)sink; /* its first member */
    size_t used = 0;
    return view_image_record(reading->feed->view, record, size, &used);
}

/* Twice: the limits, which say how large the view is, are not its first record. */
static enum fault image_read(struct image_reading *reading, struct eventlog_image *image)
{
    reading->sink = (struct image_sink){.record = image_limits};
    TRY(image_walk(image, reading->piece, &reading->sink));
    if (reading->feed->view == NULL) {
        return FAULT(FAULT_ROT, "%s: an image without limits", reading->feed->events);
    }
    reading->sink = (struct image_sink){.record = image_record};
    TRY(image_walk(image, reading->piece, &reading->sink));
    return view_image_end(reading->feed->view, image->point.position);
}

static enum fault begin_at_image(struct feed *feed, const struct view_config *config)
{
    struct eventlog_image image;
    TRY(eventlog_image_open(&image, feed->disk, feed->events));
    struct image_reading *reading = calloc(1, sizeof(*reading));
    enum fault fault = FAULT_NONE;
    if (reading == NULL) {
        fault = FAULT(FAULT_LIMIT, "no memory to read an image");
    } else {
        reading->feed = feed;
        reading->config = config;
        fault = image_read(reading, &image);
        free(reading);
    }
    u64 position = image.point.position;
    eventlog_image_close(&image);
    TRY(fault);
    feed->position = position;
    return reader_open(feed, feed->name, position);
}

static enum fault begin(struct feed *feed, const struct view_config *config)
{
    struct command_genesis limits;
    enum fault fault = reader_open(feed, NULL, 0);
    fault = fault == FAULT_NONE ? limits_of_log(feed, &limits) : fault;
    if (fault == FAULT_MISSING) {
        /* There is no first event, or not any more: the log was collected. */
        fault_forget();
        return begin_at_image(feed, config);
    }
    TRY(fault);
    TRY(view_make(feed, *config, &limits));
    return reader_open(feed, feed->name, 0);
}

enum fault feed_open(struct feed **feed_out, const struct feed_options *options)
{
    *feed_out = NULL;
    struct feed *feed = calloc(1, sizeof(*feed));
    if (feed == NULL) {
        return FAULT(FAULT_LIMIT, "no memory for the feed");
    }
    feed->sink = options->sink;
    feed->disk = options->disk;
    feed->name = options->reader;
    enum fault fault = file_path(feed->events, options->folder, EVENTS_FOLDER);
    if (fault == FAULT_NONE) {
        fault = block_take(FEED_COMMAND_BYTES_MAX, "a command's events", &feed->held_block);
    }
    if (fault == FAULT_NONE) {
        fault = begin(feed, &options->config);
    }
    if (fault != FAULT_NONE) {
        feed_close(feed);
        return fault;
    }
    *feed_out = feed;
    return FAULT_NONE;
}

void feed_close(struct feed *feed)
{
    if (feed == NULL) {
        return;
    }
    if (feed->reader != NULL) {
        eventlog_reader_close(feed->reader, false);
    }
    block_give_back(&feed->reader_block);
    block_give_back(&feed->view_block);
    block_give_back(&feed->held_block);
    free(feed);
}

/* ---- following ---- */

static void hand_out(struct feed *feed, struct span events)
{
    feed->open.events = events;
    if (!event_source_of(events, &feed->open.source, &feed->open.source_index)) {
        feed->open.source = 0;
        feed->open.source_index = 0;
    }
    feed->sink->command(feed->sink, &feed->open);
}

/* The end of what was held, with `more` behind it. */
static void close_held(struct feed *feed, struct span more)
{
    if (feed->held_bytes == 0) {
        hand_out(feed, more);
    } else {
        if (more.size > FEED_COMMAND_BYTES_MAX - feed->held_bytes) {
            hand_out(feed, span_of(feed->held_block.memory, feed->held_bytes));
            feed->held_bytes = 0;
            hand_out(feed, more);
        } else {
            if (more.size > 0) {
                memcpy(feed->held_block.memory + feed->held_bytes, more.data, more.size);
            }
            hand_out(feed, span_of(feed->held_block.memory, feed->held_bytes + more.size));
        }
    }
    feed->held_bytes = 0;
    feed->is_open = false;
}

static void hold(struct feed *feed, struct span events)
{
    if (events.size > FEED_COMMAND_BYTES_MAX - feed->held_bytes) {
        hand_out(feed, span_of(feed->held_block.memory, feed->held_bytes));
        feed->held_bytes = 0;
    }
    memcpy(feed->held_block.memory + feed->held_bytes, events.data, events.size);
    feed->held_bytes += events.size;
    feed->open_position = feed->is_open ? feed->open_position : feed->position;
    feed->is_open = true;
}

/* Applies the events of one command from the chunk's offset on. */
static enum fault apply_command(struct feed *feed, u64 seq, size_t *end_out)
{
    struct span events = feed->chunk.events;
    size_t at = feed->offset;
    while (at < events.size && bytes_u64(events.data + at + 8) == seq) {
        size_t size = (size_t)events.data[at + 2] * WIRE_UNIT;
        if (size == 0 || size > events.size - at) {
            return FAULT(FAULT_ROT, "%s: an event does not fit its chunk", feed->events);
        }
        TRY(view_apply(feed->view, events.data + at, size));
        at += size;
    }
    *end_out = at;
    return FAULT_NONE;
}

static enum fault next_command(struct feed *feed)
{
    struct span events = feed->chunk.events;
    u64 seq = bytes_u64(events.data + feed->offset + 8);
    if (feed->is_open && feed->open.seq != seq) {
        close_held(feed, SPAN_NONE);
    }
    size_t begin_at = feed->offset;
    size_t end = 0;
    TRY(apply_command(feed, seq, &end));
    struct span piece = span_of(events.data + begin_at, end - begin_at);
    feed->offset = end;
    feed->open.seq = seq;
    feed->open.time_us = feed->chunk.time_us;
    if (end == events.size && events.size > CHUNK_BYTES_FULL) {
        hold(feed, piece);
        feed->idle_steps = 0;
    } else {
        close_held(feed, piece);
    }
    return FAULT_NONE;
}

static enum fault next_chunk(struct feed *feed)
{
    TRY(eventlog_reader_next(feed->reader, &feed->chunk, &feed->has_chunk));
    feed->offset = 0;
    if (feed->has_chunk) {
        view_chunk(feed->view, feed->chunk.position_next);
        return FAULT_NONE;
    }
    if (feed->is_open) {
        feed->idle_steps += 1;
        if (feed->idle_steps >= IDLE_STEPS) {
            close_held(feed, SPAN_NONE);
        }
    }
    return FAULT_NONE;
}

enum fault feed_step(struct feed *feed, u32 commands_max, bool *some_out)
{
    *some_out = false;
    for (u32 i = 0; i < commands_max; i += 1) {
        if (!feed->has_chunk) {
            TRY(next_chunk(feed));
            if (!feed->has_chunk) {
                return FAULT_NONE;
            }
        }
        if (feed->offset < feed->chunk.events.size) {
            if (!view_has_room(feed->view)) {
                return FAULT_NONE; /* history is behind: view_history_passed makes room */
            }
            TRY(next_command(feed));
            *some_out = true;
        }
        if (feed->offset >= feed->chunk.events.size) {
            feed->position = feed->chunk.position_next;
            feed->has_chunk = false;
            eventlog_reader_passed(feed->reader, feed->position);
        }
    }
    return FAULT_NONE;
}

struct view *feed_view(struct feed *feed)
{
    return feed->view;
}

u64 feed_position(const struct feed *feed)
{
    return feed->is_open ? feed->open_position : feed->position;
}

enum fault feed_released(struct feed *feed, u64 *position_out)
{
    struct eventlog_point point;
    TRY(eventlog_reader_released(feed->reader, &point));
    *position_out = point.position;
    return FAULT_NONE;
}
