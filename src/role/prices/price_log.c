/* The event log as the price agent reads it: from the newest image, or from the first event. */
#include "base/arena.h"
#include "base/bytes.h"
#include "base/check.h"
#include "base/span.h"
#include "io/log.h"
#include "role/prices/price_agent_inner.h"
#include "wire/reject.h"

#include <string.h>

#define EVENTS_FOLDER "events"
#define CHUNKS_A_TURN 64U
#define PIECE_BYTES   65536U

_Static_assert(PIECE_BYTES <= PRICE_PACK_BYTES, "images are read there");

/* ---- images ---- */

static enum fault image_wrong(const struct price_agent *agent, const char *what)
{
    return FAULT(FAULT_ROT, "%s: an image: %s", agent->events, what);
}

static enum fault image_walk(struct price_agent *agent, struct eventlog_image *image)
{
    u64 offset = 0;
    size_t used = 0;
    while (offset < image->bytes) {
        size_t size = 0;
        TRY(eventlog_image_read(image, offset, agent->bytes + used, PIECE_BYTES - used, &size));
        if (size == 0) {
            return image_wrong(agent, "no record begins there");
        }
        used += size;
        offset += size;
        size_t at = 0;
        for (size = price_venue_state_size(agent->bytes, used); size > 0;
             size = price_venue_state_size(agent->bytes + at, used - at)) {
            if (!price_venue_state(&agent->venue, agent->bytes + at, size)) {
                return image_wrong(agent, "a record that cannot be");
            }
            at += size;
        }
        memmove(agent->bytes, agent->bytes + at, used - at);
        used -= at;
    }
    return used == 0 ? FAULT_NONE : image_wrong(agent, "cut short");
}

/* *position_out: where to go on; 0 without an image. */
static enum fault image_take(struct price_agent *agent, u64 *position_out)
{
    struct eventlog_image image;
    *position_out = 0;
    price_venue_init(&agent->venue);
    enum fault fault = eventlog_image_open(&image, agent->options.disk, agent->events);
    if (fault == FAULT_MISSING) {
        fault_forget();
        return FAULT_NONE;
    }
    TRY(fault);
    fault = image_walk(agent, &image);
    *position_out = image.point.position;
    eventlog_image_close(&image);
    return fault;
}

/* ---- the reader ---- */

static enum fault reader_open(struct price_agent *agent)
{
    struct arena arena;
    u64 position = 0;
    TRY(image_take(agent, &position));
    arena_init(&arena, agent->block.memory, agent->block.bytes);
    return eventlog_reader_open(&agent->reader, agent->options.disk, agent->events, NULL, position,
                                &arena);
}

static void reader_close(struct price_agent *agent)
{
    if (agent->reader != NULL) {
        eventlog_reader_close(agent->reader, false);
        agent->reader = NULL;
    }
}

/* FAULT_MISSING: there is no log yet, or it has just moved on; it is tried again. */
static enum fault reader_try(struct price_agent *agent)
{
    if (agent->reader != NULL) {
        return FAULT_NONE;
    }
    agent->is_current = false;
    enum fault fault = reader_open(agent);
    if (fault != FAULT_NONE) {
        agent->reader = NULL;
    }
    if (fault == FAULT_MISSING) {
        fault_forget();
        return FAULT_NONE;
    }
    return fault;
}

enum fault price_log_open(struct price_agent *agent)
{
    TRY(file_path(agent->events, agent->options.folder, EVENTS_FOLDER));
    TRY(block_take(eventlog_reader_footprint(), "the price agent", &agent->block));
    return reader_try(agent);
}

void price_log_close(struct price_agent *agent)
{
    reader_close(agent);
    block_give_back(&agent->block);
}

/* ---- events ---- */

/* One of our own commands was refused: nothing is sent for a while. */
static void refused(struct price_agent *agent, const u8 *record)
{
    struct event_rejected event;
    memcpy(&event, record, sizeof(event));
    if (event.head.source != LINK_SOURCE_PRICES || !agent->is_current) {
        return;
    }
    agent->counts.refused += 1;
    agent->refused_ns = clock_mono_ns(agent->options.clock) + PRICE_REFUSED_WAIT_US * 1000;
    log_warn("prices.refused",
             LOG_STR("command",
                     event.command < COMMAND_KIND_COUNT && wire_commands[event.command].name != NULL
                         ? wire_commands[event.command].name
                         : "?"),
             LOG_STR("reject", reject_name(event.reject)));
}

static enum fault chunk_come(struct price_agent *agent, const struct eventlog_chunk *chunk)
{
    for (size_t at = 0; at < chunk->events.size;) {
        const u8 *record = chunk->events.data + at;
        size_t size = (size_t)record[2] * WIRE_UNIT;
        if (size == 0 || size > chunk->events.size - at ||
            !price_venue_event(&agent->venue, record, size, chunk->time_us)) {
            return FAULT(FAULT_ROT, "%s: an event that cannot be", agent->events);
        }
        if (bytes_u16(record) == EVENT_REJECTED && size >= sizeof(struct event_rejected)) {
            refused(agent, record);
        }
        at += size;
    }
    return FAULT_NONE;
}

enum fault price_log_turn(struct price_agent *agent, bool *busy_out)
{
    agent->is_drained = false;
    TRY(reader_try(agent));
    for (u32 i = 0; i < CHUNKS_A_TURN && agent->reader != NULL; i += 1) {
        struct eventlog_chunk chunk;
        bool some = false;
        enum fault fault = eventlog_reader_next(agent->reader, &chunk, &some);
        if (fault == FAULT_MISSING) {
            /* What it had not read was removed: it begins at an image. */
            fault_forget();
            reader_close(agent);
            return FAULT_NONE;
        }
        TRY(fault);
        if (!some) {
            agent->is_drained = true;
            agent->is_current = true;
            return FAULT_NONE;
        }
        *busy_out = true;
        agent->counts.position = chunk.position_next;
        TRY(chunk_come(agent, &chunk));
    }
    return FAULT_NONE;
}
