/* How the core writes events: straight into the caller's buffer, whose room was checked before the
 * command began (core_event_bytes_max). */
#ifndef CORE_OUTPUT_H
#define CORE_OUTPUT_H

#include "core/state.h"

/* What events and consequences of the command need to know of it; set before anything but the
 * plainest of commands acts. */
ALWAYS_INLINE void output_begin(struct core *core, const struct command_head *command,
                                u64 first_order_id)
{
    core->current.source_index = command->source_index;
    core->current.first_order_id = first_order_id;
    core->current.steps = core->limits.triggers_per_command_max;
    core->current.source = command->source;
    core->current.canceling = false;
}

/* Room for one event of `bytes`, which the caller fills completely. core_apply made sure of it. */
ALWAYS_INLINE void *output_take(struct core *core, size_t bytes)
{
    CHECK_DEBUG(bytes <= (size_t)(core->cursor_end - core->cursor));
    void *event = core->cursor;
    core->cursor += bytes;
    return event;
}

ALWAYS_INLINE struct event_head output_head(const struct core *core, u16 kind, size_t bytes,
                                            u32 account)
{
    return (struct event_head){
        .kind = kind,
        .units = (u8)(bytes / WIRE_UNIT),
        .source = core->current.source,
        .account = account,
        .seq = core->seq,
    };
}

/* The same straight into an event, its first half as one word. Little-endian. */
ALWAYS_INLINE void output_head_word(const struct core *core, struct event_head *head, u16 kind,
                                    size_t bytes, u32 account)
{
    u64 word = kind | (u64)(bytes / WIRE_UNIT) << 16 | (u64)core->current.source << 24 |
               (u64)account << 32;
    memcpy(head, &word, sizeof word);
    head->seq = core->seq;
}

/* order_done, field by field: it is on the order path, where building a struct first costs more
 * than the rest of a cancel. */
ALWAYS_INLINE void output_order_done(struct core *core, u32 account, u64 source_index, u64 order_id,
                                     struct amount released, u64 entry, u64 update_id, u16 market,
                                     u8 status, u8 reason)
{
    struct event_order_done *event = output_take(core, sizeof *event);
    event->head = output_head(core, EVENT_ORDER_DONE, sizeof *event, account);
    event->source_index = source_index;
    event->order_id = order_id;
    event->released = released;
    event->entry = entry;
    event->update_id = update_id;
    event->market = market;
    event->status = status;
    event->reason = reason;
    memset(event->padding, 0, sizeof event->padding);
}

/* OUTPUT(core, order_done, EVENT_ORDER_DONE, account, .field = value, ...) */
#define OUTPUT(core_, type, kind_, account_, ...)                                            \
    (*(struct event_##type *)output_take((core_), sizeof(struct event_##type)) =             \
         (struct event_##type){                                                              \
             .head = output_head((core_), (kind_), sizeof(struct event_##type), (account_)), \
             __VA_ARGS__})

#endif /* CORE_OUTPUT_H */
