/* Aim: a core rebuilt from its snapshot is the same core. Method: random commands (sim/flow.h) run
 * on one core; every few hundred of them its snapshot builds a second one in fresh memory, whose
 * own snapshot must be the same bytes, and which then takes over beside the first: both must answer
 * all further commands with the same events. Slots and free lists differ between the two, so
 * anything that depends on them shows. A snapshot with one record of the rules spoilt is refused,
 * or gives a core that is sound. */
#include "core/snapshot.h"

#include "base/random.h"
#include "core/core.h"
#include "sim/flow.h"
#include "sim/flow_rules.h"
#include "tests/support/test.h"
#include "wire/schema.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SEEDS = 30,
    COMMANDS = 2400,
    TAKE_OVER_EVERY = 300,
    SNAPSHOT_BYTES_MAX = 1 << 22,
    SPOILT_SEEDS = 6,
    SPOILT_AFTER = 500, /* commands */
    SPOILT = 60,        /* snapshots of one core */
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

/* False: refused, for a reason. */
static bool restore_tried(struct twin *twin, const struct bytes *bytes, const char **reason_out)
{
    struct command_genesis limits;
    assert_true(core_snapshot_limits(bytes->data, bytes->used, false, &limits));
    twin_open(twin, &limits);
    struct core_restore work;
    core_restore_begin(&work, twin->core);
    for (size_t at = 0; at < bytes->used;) {
        size_t size = core_restore_size(bytes->data + at, bytes->used - at);
        if (size == 0) {
            *reason_out = "size";
            return false;
        }
        if (!core_restore_record(&work, bytes->data + at, size, reason_out)) {
            return false;
        }
        at += size;
    }
    return core_restore_end(&work, reason_out);
}

static void restore(struct twin *twin, const struct bytes *bytes)
{
    const char *reason = "";
    if (!restore_tried(twin, bytes, &reason)) {
        fail_msg("restore refused: %s", reason);
    }
    core_validate(twin->core);
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
        (void)flow_step_model(&step, model, model_events, sizeof model_events);
        flow_step_core(&step, a.core, &a.output);
        if (b.core) {
            flow_step_core(&step, b.core, &b.output);
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

/* ---- spoilt ---- */

static const u64 odd[] = {0, 1, 2, 3, 15, 16, 255, 65535, 0xFFFFFFFFULL, 1ULL << 63, UINT64_MAX};

/* For a failing test. */
static char spoilt_what[128];

/* Puts an odd number into a field of a record; a client id or a struct is left alone. */
static void spoil(struct random *random, const struct wire_record *record, u8 *bytes)
{
    u32 count = 0;
    while (record->fields[count].name != NULL) {
        count += 1;
    }
    if (count == 0) {
        return;
    }
    const struct wire_field *field = &record->fields[random_below(random, count)];
    u64 number = odd[random_below(random, ARRAY_COUNT(odd))];
    u64 old = 0;
    static const u8 sizes[] = {
        [WIRE_U8] = 1,    [WIRE_U16] = 2,    [WIRE_U32] = 4,   [WIRE_U64] = 8, [WIRE_I64] = 8,
        [WIRE_PRICE] = 8, [WIRE_AMOUNT] = 8, [WIRE_BYTES] = 1, [WIRE_HEX] = 1};
    size_t size = field->type < ARRAY_COUNT(sizes) ? sizes[field->type] : 0;
    u8 *at = bytes + field->offset;
    if (field->type == WIRE_BYTES || field->type == WIRE_HEX) {
        at += random_below(random, field->count);
    }
    memcpy(&old, at, size);
    number = random_chance(random, 1, 2) ? old + random_below(random, 3) - 1 : number;
    memcpy(at, &number, size);
    (void)snprintf(spoilt_what, sizeof spoilt_what, "%s.%s from %" PRIu64 " to %" PRIu64,
                   record->name, field->name, old, number);
}

/* One record of the rules, or a hold, is spoilt, left out or there twice. */
static void spoil_one(struct random *random, struct bytes *bytes)
{
    size_t places[4096];
    u32 count = 0;
    for (size_t at = 0; at < bytes->used;) {
        struct state_head head;
        memcpy(&head, bytes->data + at, sizeof head);
        bool is_wanted = head.kind >= STATE_RULES || head.kind == STATE_HOLD;
        if (is_wanted && count < ARRAY_COUNT(places)) {
            places[count++] = at;
        }
        at += (size_t)head.units * WIRE_UNIT; /* raw: the record's length */
    }
    if (count == 0) {
        return;
    }
    u8 *place = bytes->data + places[random_below(random, count)];
    struct state_head head;
    memcpy(&head, place, sizeof head);
    size_t size = (size_t)head.units * WIRE_UNIT; /* raw: the record's length */
    size_t behind = bytes->used - (size_t)(place - bytes->data) - size;
    u64 draw = random_below(random, 12);
    (void)snprintf(spoilt_what, sizeof spoilt_what, "%s %" PRIu64 " in way %" PRIu64,
                   wire_states[head.kind].name, head.id, draw);
    if (draw == 0) {
        memmove(place, place + size, behind);
        bytes->used -= size;
    } else if (draw == 1) {
        memmove(place + size, place, behind + size);
        bytes->used += size;
    } else {
        u64 id = head.id + random_below(random, 3) - 1;
        head.id = draw == 2 ? id : head.id;
        head.account = draw == 3 ? head.account + 1 : head.account;
        memcpy(place, &head, sizeof head);
        if (draw > 3) {
            spoil(random, &wire_states[head.kind], place);
        }
    }
}

/* What is accepted all the same is sound, and goes on. */
static bool survives(const struct bytes *spoilt, struct bytes *second, struct flow *flow,
                     const struct model *model)
{
    struct twin twin;
    struct twin again;
    const char *reason = "";
    if (!restore_tried(&twin, spoilt, &reason)) {
        assert_true(reason[0] != 0);
        twin_close(&twin);
        return false;
    }
    core_validate(twin.core);
    snapshot(twin.core, second);
    restore(&again, second);
    for (u32 i = 0; i < 12; i++) {
        struct flow_step step;
        flow_next(flow, model, &step); /* the model stands still: any commands will do */
        flow_step_core(&step, twin.core, &twin.output);
        flow_step_core(&step, again.core, &again.output);
        assert_int_equal(twin.output.used, again.output.used);
        assert_memory_equal(twin.output.data, again.output.data, twin.output.used);
    }
    core_validate(twin.core);
    twin_close(&twin);
    twin_close(&again);
    return true;
}

static void spoil_seed(u64 seed, struct bytes *first, struct bytes *second, u32 *accepted)
{
    struct flow *flow = flow_rules_create(seed);
    struct model *model = model_create(flow_limits(flow));
    static u8 model_events[1 << 24];
    struct twin twin;
    struct random random;
    struct bytes spoilt = {malloc(SNAPSHOT_BYTES_MAX), 0};
    assert_non_null(spoilt.data);
    random_init(&random, seed);
    twin_open(&twin, flow_limits(flow));
    for (u32 i = 0; i < SPOILT_AFTER; i++) {
        struct flow_step step;
        flow_next(flow, model, &step);
        (void)flow_step_model(&step, model, model_events, sizeof model_events);
        flow_step_core(&step, twin.core, &twin.output);
    }
    snapshot(twin.core, first);
    for (u32 i = 0; i < SPOILT; i++) {
        memcpy(spoilt.data, first->data, first->used);
        spoilt.used = first->used;
        spoil_one(&random, &spoilt);
        *accepted += survives(&spoilt, second, flow, model);
    }
    free(spoilt.data);
    twin_close(&twin);
    model_free(model);
    flow_free(flow);
}

/* A failed CHECK has left the test: say what was spoilt. */
static int say_what(void **state)
{
    (void)state;
    if (spoilt_what[0] != 0) {
        fprintf(stderr, "spoilt: %s\n", spoilt_what);
    }
    return 0;
}

static void spoilt_rules_are_refused_or_sound(void **state)
{
    (void)state;
    struct bytes first = {malloc(SNAPSHOT_BYTES_MAX), 0};
    struct bytes second = {malloc(SNAPSHOT_BYTES_MAX), 0};
    u32 accepted = 0;
    assert_non_null(first.data);
    assert_non_null(second.data);
    u64 seeds = test_rounds(SPOILT_SEEDS);
    for (u64 i = 0; i < seeds; i++) {
        spoil_seed(test_seed() * 1000003 + i, &first, &second, &accepted);
    }
    spoilt_what[0] = 0;
    assert_true(accepted > 0);
    assert_true(accepted < seeds * SPOILT * 9 / 10);
    free(first.data);
    free(second.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(restored_core_is_the_same_core),
        cmocka_unit_test(restored_core_has_the_same_rules),
        cmocka_unit_test_teardown(spoilt_rules_are_refused_or_sound, say_what),
    };
    return cmocka_run_group_tests_name("snapshot", tests, NULL, NULL);
}
