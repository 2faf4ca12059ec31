/* The event log as the price agent reads it. */
#include "base/bytes.h"
#include "io/log.h"
#include "role/prices/price_agent_inner.h"
#include "wire/reject.h"

#include <string.h>

#define CHUNKS_A_TURN 64U

static struct price_agent *agent_of(struct event_sink *sink)
{
    return (struct price_agent *)(void *)((u8 *)sink - offsetof(struct price_agent, sink));
}

static void begin(struct event_sink *sink)
{
    price_venue_init(&agent_of(sink)->venue);
}

static bool on_state(struct event_sink *sink, const u8 *record, size_t size)
{
    return price_venue_state(&agent_of(sink)->venue, record, size);
}

/* One of our own commands was refused: nothing is sent for a while. */
static void refused(struct price_agent *agent, const u8 *record)
{
    struct event_rejected event;
    memcpy(&event, record, sizeof(event));
    if (event.head.source != LINK_SOURCE_PRICES || !agent->log.is_current) {
        return;
    }
    bool is_known = event.command < COMMAND_KIND_COUNT && wire_commands[event.command].name != NULL;
    agent->counts.refused += 1;
    agent->refused_ns = clock_mono_ns(agent->options.clock) + PRICE_REFUSED_WAIT_US * 1000;
    log_warn("prices.refused",
             LOG_STR("command", is_known ? wire_commands[event.command].name : "?"),
             LOG_STR("reject", reject_name(event.reject)));
}

static bool on_event(struct event_sink *sink, const u8 *record, size_t size, u64 time_us)
{
    struct price_agent *agent = agent_of(sink);
    if (bytes_u16(record) == EVENT_REJECTED && size >= sizeof(struct event_rejected)) {
        refused(agent, record);
    }
    return price_venue_event(&agent->venue, record, size, time_us);
}

enum fault price_log_open(struct price_agent *agent)
{
    agent->sink = (struct event_sink){.begin = begin, .state = on_state, .event = on_event};
    return event_follow_open(&agent->log, agent->options.disk, agent->options.folder, &agent->sink);
}

enum fault price_log_turn(struct price_agent *agent, bool *busy_out)
{
    enum fault fault = event_follow_turn(&agent->log, CHUNKS_A_TURN, busy_out);
    agent->counts.position = agent->log.position;
    return fault;
}
