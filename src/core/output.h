/* How the core writes events: straight into the caller's buffer, whose room was checked before the
 * command began (core_event_bytes_max). */
#ifndef CORE_OUTPUT_H
#define CORE_OUTPUT_H

#include "core/state.h"

/* Room for one event of `bytes`, which the caller fills completely. */
ALWAYS_INLINE void *output_take(struct core *core, size_t bytes)
{
    struct core_output *output = core->output;
    CHECK(bytes <= output->size - output->used);
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

/* OUTPUT(core, order_done, EVENT_ORDER_DONE, account, .field = value, ...) */
#define OUTPUT(core_, type, kind_, account_, ...)                                            \
    (*(struct event_##type *)output_take((core_), sizeof(struct event_##type)) =             \
         (struct event_##type){                                                              \
             .head = output_head((core_), (kind_), sizeof(struct event_##type), (account_)), \
             __VA_ARGS__})

#endif /* CORE_OUTPUT_H */
