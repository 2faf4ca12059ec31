/* A gateway's view beside the core it follows: random commands for the tiny venue of core_world.h,
 * and everything the core's snapshot says compared with what the view answers, number by number. */
#ifndef TESTS_SUPPORT_VIEW_CHECK_H
#define TESTS_SUPPORT_VIEW_CHECK_H

#include "role/gateway/view.h"
#include "tests/support/core_random.h"
#include "tests/support/core_world.h"

struct view_scene {
    struct view *view;
    void *memory;
    struct arena arena;
    u64 position;
};

/* A configuration with much room for these limits. */
struct view_config view_scene_config(const struct command_genesis *limits);

void view_scene_open(struct view_scene *scene, const struct view_config *config);
void view_scene_close(struct view_scene *scene);

/* Gives the view whole event records as a chunk of their own. */
void view_scene_events(struct view_scene *scene, const u8 *events, size_t bytes);

/* Gives an empty view the records of a snapshot, at the position of another view. */
void view_scene_image(struct view_scene *scene, const u8 *snapshot, size_t bytes, u64 position);

struct view_run {
    struct core_world world;
    struct core_random random;
    u64 time_us;
    u64 pause_us; /* at most so long between two commands */
};

void view_run_start(struct view_run *run, u64 seed);

/* The next random command; its events are in world.output. */
void view_run_step(struct view_run *run);

/* Begins a view at an image of the run's state, since world_open's events are gone. */
void view_run_follow(const struct view_run *run, struct view_scene *scene, u64 position);

/* Fails the test unless the view answers as the snapshot says: books, best prices, balances, open
 * orders and lists, holds, markets, fees, accounts, limits, counters. */
void view_check_snapshot(const struct view *view, const u8 *snapshot, size_t bytes);

#endif /* TESTS_SUPPORT_VIEW_CHECK_H */
