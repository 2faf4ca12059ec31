/* Aim: the gateway's view follows every kind of event there is. Method: random commands of all
 * profiles (sim/flow.h: awkward markets, trigger storms, self-trade storms, lists, holds,
 * restrictions, redefinitions) run on a core from its first command on; the view takes every event
 * and is compared with the core's snapshot, often after each command. A second view starts from an
 * image somewhere in the middle. */
#include "core/core.h"
#include "core/snapshot.h"
#include "role/gateway/view_order.h"
#include "sim/flow.h"
#include "sim/flow_rules.h"
#include "tests/support/test.h"
#include "tests/support/view_check.h"
#include "tests/support/view_person_check.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    SEEDS = 40,
    RULES_SEEDS = 12,
    COMMANDS = 2000,
    IMAGE_AFTER = 900,
    SNAPSHOT_BYTES_MAX = 1 << 22,
    EVENTS_BYTES = 1 << 24,
};

struct bytes {
    u8 *data;
    size_t used;
};

static bool bytes_write(void *context, const u8 *data, size_t size)
{
    struct bytes *bytes = context;
    assert_true(size <= SNAPSHOT_BYTES_MAX - bytes->used);
    memcpy(bytes->data + bytes->used, data, size);
    bytes->used += size;
    return true;
}

static void snapshot(const struct core *core, struct bytes *bytes)
{
    void *scratch = malloc(core_snapshot_scratch(core));
    assert_non_null(scratch);
    struct core_sink sink = {bytes, bytes_write};
    bytes->used = 0;
    assert_true(core_snapshot(core, scratch, &sink));
    free(scratch);
}

struct venue {
    struct flow *flow;
    struct model *model;
    struct core *core;
    void *memory;
    struct core_output output;
};

static void venue_open(struct venue *venue, u64 seed, bool is_rules)
{
    venue->flow = is_rules ? flow_rules_create(seed) : flow_create(seed);
    const struct command_genesis *limits = flow_limits(venue->flow);
    venue->model = model_create(limits);
    size_t size = (core_footprint(limits) + 63) & ~(size_t)63;
    venue->memory = aligned_alloc(64, size);
    assert_non_null(venue->memory);
    memset(venue->memory, 0, size);
    venue->core = core_init(venue->memory, core_footprint(limits), limits);
    venue->output = (struct core_output){.size = core_event_bytes_max(limits)};
    venue->output.data = malloc(venue->output.size);
    assert_non_null(venue->output.data);
}

static void venue_close(struct venue *venue)
{
    model_free(venue->model);
    flow_free(venue->flow);
    free(venue->output.data);
    free(venue->memory);
}

/* The generator looks at the model, so both take the step. */
static void venue_step(struct venue *venue)
{
    static u8 events[EVENTS_BYTES];
    struct flow_step step;
    flow_next(venue->flow, venue->model, &step);
    (void)flow_step_model(&step, venue->model, events, sizeof events);
    flow_step_core(&step, venue->core, &venue->output);
}

static void check(const struct view_scene *scene, const struct bytes *bytes, u64 *findings)
{
    view_check_snapshot(scene->view, bytes->data, bytes->used);
    *findings += view_check_persons(scene->view, bytes->data, bytes->used);
}

/* Returns how often a rule had something to say of somebody. */
static u64 run(u64 seed, bool is_rules, struct bytes *bytes)
{
    struct venue venue;
    struct view_scene whole;
    struct view_scene part = {0};
    u64 findings = 0;
    venue_open(&venue, seed, is_rules);
    struct view_config config = view_scene_config(flow_limits(venue.flow));
    view_scene_open(&whole, &config);
    view_history_passed(whole.view, UINT64_MAX);
    for (u32 i = 0; i < COMMANDS; i++) {
        venue_step(&venue);
        view_scene_events(&whole, venue.output.data, venue.output.used);
        if (part.view != NULL) {
            view_scene_events(&part, venue.output.data, venue.output.used);
        }
        if (i % 200 < 150 && i % 7 != 0) {
            continue;
        }
        snapshot(venue.core, bytes);
        check(&whole, bytes, &findings);
        if (part.view != NULL) {
            check(&part, bytes, &findings);
        } else if (i >= IMAGE_AFTER) {
            config.hash_seed = seed;
            view_scene_open(&part, &config);
            view_scene_image(&part, bytes->data, bytes->used, whole.position);
            view_history_passed(part.view, UINT64_MAX);
        }
    }
    view_scene_close(&whole);
    view_scene_close(&part);
    venue_close(&venue);
    return findings;
}

static void follows_every_event(void **state)
{
    (void)state;
    struct bytes bytes = {.data = malloc(SNAPSHOT_BYTES_MAX)};
    assert_non_null(bytes.data);
    for (u64 i = 0; i < test_rounds(SEEDS); i++) {
        print_message("seed %" PRIu64 "\n", test_seed() + i);
        (void)run(test_seed() + i, false, &bytes);
    }
    free(bytes.data);
}

/* Persons, packs, what rules say, prices and holdings, in a venue that has hardly anything else. */
static void follows_what_rules_say(void **state)
{
    (void)state;
    u64 findings = 0;
    struct bytes bytes = {.data = malloc(SNAPSHOT_BYTES_MAX)};
    assert_non_null(bytes.data);
    u64 rounds = test_rounds(RULES_SEEDS);
    for (u64 i = 0; i < rounds; i++) {
        print_message("seed %" PRIu64 "\n", test_seed() + i);
        findings += run(test_seed() + i, true, &bytes);
    }
    assert_true(findings >= 20 * (rounds - 1)); /* a single run may say little */
    free(bytes.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(follows_every_event),
                                       cmocka_unit_test(follows_what_rules_say)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
