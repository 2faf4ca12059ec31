/* Books. Aim: whoever has the depth at one update id and takes every change set after it has the
 * depth at the next, whatever the moments; no id is missing or told twice. Method: random commands
 * through a core, and listeners with windows of their own that keep a copy of the book. */
#include "role/gateway/view_book.h"

#include "tests/support/view_check.h"

#include <stdlib.h>
#include <string.h>

enum {
    LISTENERS = 3,
    LEVELS_MAX = 512,
};

struct listener {
    u64 update_id;
    u32 every; /* so many commands are a window */
    u32 count[2];
    struct view_level level[2][LEVELS_MAX];
};

static bool is_better(u32 side, u64 a, u64 b)
{
    return side == SIDE_BUY ? a > b : a < b;
}

static void listener_begin(struct listener *listener, const struct view *view)
{
    listener->update_id = view_book_update_id(view, 0);
    for (u32 side = 0; side < 2; side++) {
        listener->count[side] =
            view_book_depth(view, 0, (enum side)side, listener->level[side], LEVELS_MAX);
    }
}

/* As a client does: replaces, inserts or removes the level. */
static void listener_change(struct listener *listener, const struct view_change *change)
{
    struct view_level *level = listener->level[change->side];
    u32 *count = &listener->count[change->side];
    u32 at = 0;
    while (at < *count && is_better(change->side, level[at].price.units, change->price.units)) {
        at++;
    }
    bool is_there = at < *count && level[at].price.units == change->price.units;
    if (change->qty.units == 0) {
        if (is_there) {
            memmove(&level[at], &level[at + 1], (*count - at - 1) * sizeof *level);
            *count -= 1;
        }
        return;
    }
    if (!is_there) {
        assert_true(*count < LEVELS_MAX);
        memmove(&level[at + 1], &level[at], (*count - at) * sizeof *level);
        *count += 1;
    }
    level[at] = (struct view_level){change->price, change->qty};
}

static void listener_equals(const struct listener *listener, const struct view *view)
{
    struct view_level seen[LEVELS_MAX];
    for (u32 side = 0; side < 2; side++) {
        u32 count = view_book_depth(view, 0, (enum side)side, seen, LEVELS_MAX);
        assert_int_equal(count, listener->count[side]);
        for (u32 i = 0; i < count; i++) {
            assert_int_equal(seen[i].price.units, listener->level[side][i].price.units);
            assert_int_equal(seen[i].qty.units, listener->level[side][i].qty.units);
        }
    }
}

static u32 listener_update(struct listener *listener, struct view *view,
                           struct view_change *changes)
{
    u32 count = 0;
    u64 now = view_book_update_id(view, 0);
    assert_true(view_book_changes(view, 0, listener->update_id, changes, &count));
    assert_true(count <= now - listener->update_id);
    for (u32 i = 0; i < count; i++) {
        for (u32 k = 0; k < i; k++) {
            assert_true(changes[i].price.units != changes[k].price.units ||
                        changes[i].side != changes[k].side);
        }
        listener_change(listener, &changes[i]);
    }
    listener->update_id = now;
    listener_equals(listener, view);
    return count;
}

static void changes_lead_from_depth_to_depth(void **state)
{
    (void)state;
    struct view_run run;
    struct view_scene scene;
    view_run_start(&run, test_seed() + 400);
    struct view_config config = view_scene_config(&run.world.limits);
    view_scene_open(&scene, &config);
    view_run_follow(&run, &scene, 0);
    view_history_passed(scene.view, UINT64_MAX);
    static struct listener listeners[LISTENERS];
    struct view_change *changes = malloc(config.changes_max * sizeof *changes);
    assert_non_null(changes);
    for (u32 i = 0; i < LISTENERS; i++) {
        listener_begin(&listeners[i], scene.view);
        listeners[i].every = i == 0 ? 1 : i * 37;
    }
    u32 told = 0;
    for (u32 i = 1; i <= 6000; i++) {
        view_run_step(&run);
        view_scene_events(&scene, run.world.output.data, run.world.output.used);
        for (u32 k = 0; k < LISTENERS; k++) {
            if (i % listeners[k].every == 0) {
                told += listener_update(&listeners[k], scene.view, changes);
            }
        }
    }
    assert_true(told > 1000);
    free(changes);
    view_scene_close(&scene);
    world_close(&run.world);
}

static void what_is_too_long_ago_is_refused(void **state)
{
    (void)state;
    struct view_run run;
    struct view_scene scene;
    view_run_start(&run, 1);
    struct view_config config = view_scene_config(&run.world.limits);
    config.changes_max = 4;
    view_scene_open(&scene, &config);
    assert_int_equal(view_book_update_id(scene.view, 0), 0);
    view_run_follow(&run, &scene, 0);
    struct view_change changes[4];
    u32 count = 9;
    assert_true(view_book_changes(scene.view, 0, 0, changes, &count));
    assert_int_equal(count, 0);
    assert_false(view_book_changes(scene.view, 0, 1, changes, &count));
    assert_false(view_book_changes(scene.view, 7, 0, changes, &count));
    for (u64 i = 0; i < 6; i++) {
        assert_true(world_place(&run.world, 4, world_limit(SIDE_BUY, 10000 + i, 5)) > 0);
        view_scene_events(&scene, run.world.output.data, run.world.output.used);
    }
    assert_int_equal(view_book_update_id(scene.view, 0), 6);
    assert_int_equal(view_book_since_min(scene.view, 0), 2);
    assert_false(view_book_changes(scene.view, 0, 1, changes, &count));
    assert_true(view_book_changes(scene.view, 0, 2, changes, &count));
    assert_int_equal(count, 4);
    assert_true(view_book_changes(scene.view, 0, 6, changes, &count));
    assert_int_equal(count, 0);
    assert_false(view_book_changes(scene.view, 0, 7, changes, &count));
    view_scene_close(&scene);
    world_close(&run.world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(changes_lead_from_depth_to_depth),
        cmocka_unit_test(what_is_too_long_ago_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
