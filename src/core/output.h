/* How the core writes events: straight into the caller's buffer, whose room was checked before the
 * command began (core_event_bytes_max). */
#ifndef CORE_OUTPUT_H
#define CORE_OUTPUT_H

#include "core/state.h"

/* Room for one event of `bytes`, which the caller fills completely. core_apply made sure of it. */
ALWAYS_INLINE void *output_take(struct core *core, size_t bytes)
{
    struct core_output *output = core->output;
    CHECK_DEBUG(bytes <= output->size - output->used);
    void *event = output->data + output->used;
    output->used += bytes;
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
