#include "io/clock.h"

#include <time.h>

static u64 timespec_ns(const struct timespec *time)
{
    return (u64)time->tv_sec * 1000000000ULL + (u64)time->tv_nsec;
}

static u64 real_wall_us(struct clock *clock)
{
    (void)clock;
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return timespec_ns(&now) / 1000;
}

static u64 real_mono_ns(struct clock *clock)
{
    (void)clock;
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return timespec_ns(&now);
}

struct clock *clock_real(void)
{
    static struct clock real = {.wall_us = real_wall_us, .mono_ns = real_mono_ns};
    return &real;
}

static u64 behind_wall_us(struct clock *clock)
{
    const struct clock_behind *self = (const struct clock_behind *)(const void *)clock;
    u64 now_us = real_wall_us(clock);
    return now_us > self->behind_us ? now_us - self->behind_us : 0;
}

void clock_behind_init(struct clock_behind *clock, u64 behind_us)
{
    *clock = (struct clock_behind){.clock = {.wall_us = behind_wall_us, .mono_ns = real_mono_ns},
                                   .behind_us = behind_us};
}

static u64 false_wall_us(struct clock *clock)
{
    const struct clock_false *self = (const struct clock_false *)(const void *)clock;
    return self->wall_offset_us + self->now_ns / 1000;
}

static u64 false_mono_ns(struct clock *clock)
{
    const struct clock_false *self = (const struct clock_false *)(const void *)clock;
    return self->now_ns;
}

void clock_false_init(struct clock_false *clock, u64 wall_us)
{
    *clock = (struct clock_false){.clock = {.wall_us = false_wall_us, .mono_ns = false_mono_ns},
                                  .now_ns = 0,
                                  .wall_offset_us = wall_us};
}

void clock_false_advance(struct clock_false *clock, u64 duration_ns)
{
    clock->now_ns += duration_ns;
}
