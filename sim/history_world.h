/* A random venue whose history is being written: commands of sim/flow.h through the naive model,
 * its events into a store, in transactions of random length, some of which are given up and done
 * again; and what the events said, kept plainly for comparison. */
#ifndef SIM_HISTORY_WORLD_H
#define SIM_HISTORY_WORLD_H

#include "base/random.h"
#include "role/history/query.h"
#include "sim/flow.h"
#include "sim/history_seen.h"

#define HISTORY_COMMANDS_MAX 2000U

struct seen_order {
    struct event_order_new event;
    u64 time_us;
    u64 executed;
    u64 quote;
    u64 iceberg;
    u32 amends;
    u32 prevented;
    bool pending; /* waits for the leg before it, or for its turn after that */
};

struct history_world {
    struct random random;
    struct flow *flow;
    struct model *model;
    struct store *store;
    /* All events so far, and where each batch ended. */
    u8 *bytes;
    size_t used;
    size_t committed;
    struct {
        size_t end;
        u64 seq;
        u64 time_us;
    } batches[HISTORY_COMMANDS_MAX];
    u32 batches_count;
    u32 batches_committed;
    struct seen_trades seen;
    struct seen_order *orders;
    u32 orders_count;
    u64 now_us;
};

/* A store in memory, after `commands` steps. */
void history_world_open(struct history_world *world, u64 seed, u64 commands);
void history_world_close(struct history_world *world);

struct seen_order *history_world_order(struct history_world *world, u64 order_id);

/* ---- pages ---- */

/* Any moment of the world's life, often exactly one at which something happened. */
u64 history_world_moment(struct history_world *world);
struct history_page history_world_page(struct history_world *world, u64 id_max);

bool history_page_holds(const struct history_page *page, u64 id, u64 time_us);
/* From which of `matches` rows on a page begins, and how many it has. */
u32 history_page_first(const struct history_page *page, u32 matches);
u32 history_page_size(const struct history_page *page, u32 matches);

#endif /* SIM_HISTORY_WORLD_H */
