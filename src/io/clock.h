/* Two clocks behind one small interface, so that the simulator can put its own in place.
 *
 * wall: microseconds since 1970-01-01 UTC, for stamps; it may jump. mono: nanoseconds since some
 * start, for durations; it never goes back. The core sees neither: the engine stamps a batch. */
#ifndef IO_CLOCK_H
#define IO_CLOCK_H

#include "base/base.h"

struct clock {
    u64 (*wall_us)(struct clock *clock);
    u64 (*mono_ns)(struct clock *clock);
};

/* The machine's clocks. */
struct clock *clock_real(void);

/* Runs with the machine's clocks, its wall clock a fixed time behind: a demo's law date. */
struct clock_behind {
    struct clock clock;
    u64 behind_us;
};

void clock_behind_init(struct clock_behind *clock, u64 behind_us);

/* A clock that stands still until it is moved: for tests and the simulator. */
struct clock_false {
    struct clock clock;
    u64 now_ns;
    u64 wall_offset_us;
};

void clock_false_init(struct clock_false *clock, u64 wall_us);
void clock_false_advance(struct clock_false *clock, u64 duration_ns);

static inline u64 clock_wall_us(struct clock *clock)
{
    return clock->wall_us(clock);
}

static inline u64 clock_mono_ns(struct clock *clock)
{
    return clock->mono_ns(clock);
}

#endif /* IO_CLOCK_H */
