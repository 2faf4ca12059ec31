/* The finest clock there is, for timing single commands: the processor's own counter where it has
 * one, else nanoseconds. Only differences mean something, after ticks_to_ns. */
#ifndef APP_TICKS_H
#define APP_TICKS_H

#include "base/base.h"
#include "io/clock.h"

#if defined(__x86_64__)
#include <x86intrin.h>
#endif

/* Waits until everything before it has been executed. */
static inline u64 ticks_now(void)
{
#if defined(__x86_64__)
    unsigned processor = 0;
    return __rdtscp(&processor);
#else
    return clock_mono_ns(clock_real());
#endif
}

/* A stretch measured by both clocks says how long a tick is. */
struct ticks_scale {
    u64 ticks;
    u64 ns;
};

static inline u64 ticks_to_ns(const struct ticks_scale *scale, u64 ticks)
{
    return scale->ticks == 0 ? ticks : (u64)((u128)ticks * scale->ns / scale->ticks);
}

#endif /* APP_TICKS_H */
