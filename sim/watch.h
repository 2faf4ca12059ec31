/* Whoever watches a long simulation: told every so often how far it is. */
#ifndef SIM_WATCH_H
#define SIM_WATCH_H

#include "base/base.h"

struct sim_watch {
    void (*tick)(struct sim_watch *watch, const char *unit, u64 done, u64 all);
};

/* `watch` may be NULL. */
static inline void sim_watch_tick(struct sim_watch *watch, const char *unit, u64 done, u64 all)
{
    if (watch != NULL) {
        watch->tick(watch, unit, done, all);
    }
}

#endif /* SIM_WATCH_H */
