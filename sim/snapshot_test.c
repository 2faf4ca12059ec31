/* Aim: a core rebuilt from its snapshot is the same core. Method: random commands (sim/flow.h) run
 * on one core; every few hundred of them its snapshot builds a second one in fresh memory, whose
 * own snapshot must be the same bytes, and which then takes over beside the first: both must answer
 * all further commands with the same events. Slots and free lists differ between the two, so
 * anything that depends on them shows. */
#include "core/snapshot.h"

#include "core/core.h"
#include "sim/flow.h"
#include "sim/flow_rules.h"
#include "tests/support/test.h"
#include "wire/schema.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    SEEDS = 30,
    COMMANDS = 2400,
    TAKE_OVER_EVERY = 300,
    SNAPSHOT_BYTES_MAX = 1 << 22,
};

struct bytes {
    u8 *data;
    size_t used;
};

struct twin {
    struct core *core;
    void *memory;
    struct core_output output;
};

static void *aligned(size_t size)
{
    void *memory = aligned_alloc(64, (size + 63) & ~(size_t)63);
    assert_non_null(memory);
    memset(memory, 0, (size + 63) & ~(size_t)63);
    return memory;
}

static void twin_open(struct twin *twin, const struct command_genesis *limits)
{
    size_t size = core_footprint(limits);
    assert_true(size != 0);
    twin->memory = aligned(size);
    twin->core = core_init(twin->memory, size, limits);
    twin->output.size = core_event_bytes_max(limits);
    twin->output.used = 0;
    twin->output.data = aligned(twin->output.size);
}

static void twin_close(struct twin *twin)
{
    free(twin->memory);
    free(twin->output.data);
}

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
    void *scratch = aligned(core_snapshot_scratch(core));
    struct core_sink sink = {bytes, bytes_write};
    bytes->used = 0;
    assert_true(core_snapshot(core, scratch, &sink));
    free(scratch);
}

static void restore(struct twin *twin, const struct bytes *bytes)
{
    struct command_genesis limits;
    assert_true(core_snapshot_limits(bytes->data, bytes->used, false, &limits));
    twin_open(twin, &limits);
    struct core_restore work;
    const char *reason = "";
    core_restore_begin(&work, twin->core);
    for (size_t at = 0; at < bytes->used;) {
        size_t size = core_restore_size(bytes->data + at, bytes->used - at);
        assert_true(size != 0);
        if (!core_restore_record(&work, bytes->data + at, size, &reason)) {
            fail_msg("record at %zu refused: %s", at, reason);
        }
        at += size;
    }
    if (!core_restore_end(&work, &reason)) {
        fail_msg("restore refused at its end: %s", reason);
    }
    core_validate(twin->core);
}

static void step_apply(struct twin *twin, const struct flow_step *step)
{
    twin->output.used = 0;
    core_set_time(twin->core, step->time_us);
    if (step->is_void) {
        core_void(twin->core, &twin->output);
    } else {
        core_apply(twin->core, (const struct command_head *)(const void *)step->record,
                   &twin->output);
    }
}

static void run(struct flow *flow, u64 seed, struct bytes *first, struct bytes *second)
{
    struct model *model = model_create(flow_limits(flow));
    static u8 model_events[1 << 24];
    struct twin a;
    struct twin b = {0};
    twin_open(&a, flow_limits(flow));
    for (u32 i = 0; i < COMMANDS; i++) {
        struct flow_step step;
        flow_next(flow, model, &step);
        model_set_time(model, step.time_us);
        if (step.is_void) {
            (void)model_void(model, model_events, sizeof model_events);
        } else {
            (void)model_apply(model, (const struct command_head *)(const void *)step.record,
                              model_events, sizeof model_events);
        }
        step_apply(&a, &step);
        if (b.core) {
            step_apply(&b, &step);
            if (a.output.used != b.output.used ||
                memcmp(a.output.data, b.output.data, a.output.used) != 0) {
                fail_msg("seed %" PRIu64 " command %u: the restored core answers otherwise", seed,
                         i);
            }
        }
        if (i % TAKE_OVER_EVERY == TAKE_OVER_EVERY - 1) {
            snapshot(a.core, first);
            if (b.core) {
                twin_close(&a);
                a = b;
            }
            restore(&b, first);
            snapshot(b.core, second);
            if (first->used != second->used ||
                memcmp(first->data, second->data, first->used) != 0) {
                fail_msg("seed %" PRIu64 " command %u: the snapshot changed on its way", seed, i);
            }
        }
    }
    twin_close(&a);
    twin_close(&b);
    model_free(model);
    flow_free(flow);
}

static void run_seeds(struct flow *(*create)(u64 seed))
{
    struct bytes first = {malloc(SNAPSHOT_BYTES_MAX), 0};
    struct bytes second = {malloc(SNAPSHOT_BYTES_MAX), 0};
    assert_non_null(first.data);
    assert_non_null(second.data);
    for (u64 i = 0; i < test_rounds(SEEDS); i++) {
        u64 seed = test_seed() * 1000003 + i;
        run(create(seed), seed, &first, &second);
    }
    free(first.data);
    free(second.data);
}

static void restored_core_is_the_same_core(void **state)
{
    (void)state;
    run_seeds(flow_create);
}

static void restored_core_has_the_same_rules(void **state)
{
    (void)state;
    run_seeds(flow_rules_create);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(restored_core_is_the_same_core),
        cmocka_unit_test(restored_core_has_the_same_rules),
    };
    return cmocka_run_group_tests_name("snapshot", tests, NULL, NULL);
}
