/* What the log's process is told of the vault's events (wire/vault_link.h). */
#include "base/check.h"
#include "base/span.h"
#include "io/log.h"
#include "role/vault/vault_agent_inner.h"
#include "wire/vault_link.h"

#include <string.h>

#define EVENTS_A_TURN 32U
#define ASKS_A_TURN   16U

_Static_assert(VAULT_LINK_MATTER_BYTES == VAULT_CASE_BYTES, "the same");
_Static_assert(VAULT_LINK_ROOT_BYTES == VAULT_HASH_BYTES, "the same");

enum fault vault_tell_open(struct vault_agent *agent)
{
    static const u16 kinds[] = {VAULT_LINK_ASK, VAULT_LINK_LOOK};
    const struct vault_agent_options *options = &agent->options;
    if (options->asks == NULL) {
        return FAULT_NONE;
    }
    TRY(channel_reader_open(&agent->asks, options->asks, kinds, ARRAY_COUNT(kinds),
                            LINK_SOURCE_LOG));
    return channel_writer_open(&agent->events, options->events);
}

/* False: there is no room. It will be asked again. */
static bool put(struct vault_agent *agent, const void *record, size_t size)
{
    return channel_put(&agent->events, span_of(record, size)) == CHANNEL_PUT;
}

static enum fault answer(struct vault_agent *agent, u64 from)
{
    static struct vault_event events[EVENTS_A_TURN];
    u32 count = 0;
    u64 passed = 0;
    bool has_room = true;
    u64 now_us = clock_wall_us(agent->options.clock);
    enum fault fault = vault_store_asked(&agent->store, from, now_us, &passed);
    if (fault == FAULT_REFUSED) {
        log_error("vault.asked_wrong", LOG_FAULT(fault));
        fault_forget();
        return FAULT_NONE;
    }
    TRY(fault);
    if (passed > 0) {
        log_error("vault.restored", LOG_U64("passed", passed), LOG_U64("number", from));
    }
    TRY(vault_store_events(&agent->store, from, events, EVENTS_A_TURN, &count));
    for (u32 index = 0; index < count && has_room; index += 1) {
        struct vault_link_event event = {.number = events[index].number,
                                         .time_us = events[index].time_us,
                                         .count = events[index].count,
                                         .kind = events[index].kind,
                                         .field = events[index].field};
        memcpy(event.matter, events[index].matter, sizeof(event.matter));
        vault_link_event_finish(&event);
        has_room = put(agent, &event, sizeof(event));
    }
    struct vault_link_from end = vault_link_end(from);
    (void)put(agent, &end, sizeof(end));
    channel_flush(&agent->events);
    return FAULT_NONE;
}

static enum fault root_tell(struct vault_agent *agent)
{
    struct vault_verdict verdict;
    TRY(vault_store_root(&agent->store, &verdict));
    struct vault_link_root root = {.time_us = clock_wall_us(agent->options.clock),
                                   .records = verdict.records,
                                   .put = verdict.put,
                                   .erased = verdict.erased};
    memcpy(root.root, verdict.root, sizeof(root.root));
    vault_link_root_finish(&root);
    (void)put(agent, &root, sizeof(root));
    channel_flush(&agent->events);
    return FAULT_NONE;
}

/* What the log has asked last: an ask before it may be of a process that has ended. */
enum fault vault_tell_turn(struct vault_agent *agent)
{
    static u8 record[CHANNEL_RECORD_BYTES_MAX];
    struct vault_link_from ask;
    struct vault_link_from last = {.from = 0};
    size_t size = 0;
    bool is_look = false;
    bool is_empty = agent->options.asks == NULL;
    for (u32 count = 0; count < ASKS_A_TURN && !is_empty; count += 1) {
        switch (channel_take(&agent->asks, record, &size)) {
        case CHANNEL_EMPTY:
            is_empty = true;
            break;
        case CHANNEL_RECORD:
            if (vault_link_from_read(span_of(record, size), &ask)) {
                is_look = is_look || ask.head.kind == VAULT_LINK_LOOK;
                last = ask.head.kind == VAULT_LINK_ASK ? ask : last;
            }
            agent->is_busy = true;
            break;
        case CHANNEL_FORBIDDEN:
            break;
        case CHANNEL_TAKE_BROKEN:
            return FAULT(FAULT_FOREIGN, "what the log asks is broken");
        }
        channel_release(&agent->asks);
    }
    if (is_look) {
        TRY(root_tell(agent));
    }
    return last.from > 0 ? answer(agent, last.from) : FAULT_NONE;
}
