/* Aim: a batch is its commands one by one, event for event and byte for byte, however it is cut.
 * Method: random commands on two venues, one applying singly, one in batches of random length that
 * also straddle the size the core fetches ahead by; then outputs too short for the whole, and
 * records that do not fit. */
#include "base/random.h"
#include "core/core.h"
#include "tests/support/core_random.h"
#include "tests/support/core_world.h"

#include <stdlib.h>
#include <string.h>

enum {
    COMMANDS = 2000, /* more than three pieces of 512 */
    EVENTS_BYTES = 1 << 26,
};

static struct core_world single;
static struct core_world batched;

struct script {
    u8 *records;
    size_t bytes;
    u32 count;
};

/* One after the other, without a gap. */
static struct script script_write(u64 seed, u32 count, u32 plain)
{
    struct core_random random = {.plain = plain, .accounts = WORLD_ACCOUNTS};
    struct script script = {.records = malloc((size_t)count * CORE_RANDOM_BYTES), .count = count};
    assert_non_null(script.records);
    random_init(&random.random, seed);
    for (u32 i = 0; i < count; i++) {
        script.bytes += core_random_next(&random, script.records + script.bytes);
    }
    /* The exact size, so that a sanitizer sees one byte read too many. */
    u8 *exact = malloc(script.bytes);
    assert_non_null(exact);
    memcpy(exact, script.records, script.bytes);
    free(script.records);
    script.records = exact;
    return script;
}

static const struct command_head *command_at(const struct script *script, size_t at)
{
    return (const struct command_head *)(const void *)(script->records + at);
}

static size_t command_bytes(const struct script *script, size_t at)
{
    return (size_t)command_at(script, at)->units * WIRE_UNIT;
}

/* Applies the whole script singly. */
static void apply_singly(const struct script *script)
{
    single.output.used = 0;
    size_t at = 0;
    for (u32 i = 0; i < script->count; i++) {
        core_apply(single.core, command_at(script, at), &single.output);
        at += command_bytes(script, at);
    }
    assert_int_equal(at, script->bytes);
}

static void open_both(void)
{
    struct core_world *both[2] = {&single, &batched};
    for (u32 i = 0; i < 2; i++) {
        world_open(both[i]);
        free(both[i]->output.data);
        both[i]->output = (struct core_output){.data = malloc(EVENTS_BYTES), .size = EVENTS_BYTES};
        assert_non_null(both[i]->output.data);
    }
}

static void close_both(void)
{
    assert_true(world_digest(&single) == world_digest(&batched));
    world_close(&single);
    world_close(&batched);
}

static void assert_same_events(void)
{
    assert_int_equal(single.output.used, batched.output.used);
    assert_memory_equal(single.output.data, batched.output.data, single.output.used);
}

static void a_batch_of_any_length_is_its_commands(void **state)
{
    (void)state;
    const u32 lengths[] = {1, 2, 23, 24, 25, 511, 512, 513, 1024, 1025, COMMANDS};
    for (u32 i = 0; i < ARRAY_COUNT(lengths); i++) {
        open_both();
        struct script script = script_write(test_seed() + i, lengths[i], 50);
        apply_singly(&script);
        size_t bytes = 0;
        batched.output.used = 0;
        u32 applied = core_apply_batch(batched.core, script.records, script.bytes, script.count,
                                       &batched.output, &bytes);
        assert_int_equal(applied, script.count);
        assert_int_equal(bytes, script.bytes);
        assert_same_events();
        close_both();
        free(script.records);
    }
}

static void a_stream_cut_anywhere_is_the_same_stream(void **state)
{
    (void)state;
    open_both();
    u32 count = (u32)test_rounds(20000);
    struct script script = script_write(test_seed(), count, 70);
    struct random random;
    random_init(&random, test_seed());
    apply_singly(&script);
    batched.output.used = 0;
    size_t at = 0;
    for (u32 done = 0; done < count;) {
        u32 length = 1 + (u32)random_below(&random, 1500);
        length = length < count - done ? length : count - done;
        size_t bytes = 0;
        u32 applied = core_apply_batch(batched.core, script.records + at, script.bytes - at, length,
                                       &batched.output, &bytes);
        assert_int_equal(applied, length);
        at += bytes;
        done += applied;
    }
    assert_int_equal(at, script.bytes);
    assert_same_events();
    assert_true(count < 20000 || core_counts_of(batched.core).trades > 500);
    close_both();
    free(script.records);
}

static void an_empty_batch_does_nothing(void **state)
{
    (void)state;
    open_both();
    size_t bytes = 99;
    u8 nothing = 0;
    batched.output.used = 7;
    assert_int_equal(core_apply_batch(batched.core, &nothing, 0, 0, &batched.output, &bytes), 0);
    assert_int_equal(bytes, 0);
    assert_int_equal(batched.output.used, 7);
    close_both();
}

/* With room for one command's worst case beyond what is used, the batch stops in time and goes on
 * where it stopped. */
static void a_short_output_cuts_the_batch(void **state)
{
    (void)state;
    open_both();
    struct script script = script_write(test_seed(), COMMANDS, 60);
    apply_singly(&script);
    u8 *events = malloc(EVENTS_BYTES);
    assert_non_null(events);
    size_t most = core_event_bytes_max(&batched.limits);
    struct core_output output = {.data = malloc(most + 3000), .size = most + 3000};
    assert_non_null(output.data);
    size_t at = 0;
    size_t used = 0;
    u32 cuts = 0;
    for (u32 done = 0; done < script.count;) {
        size_t bytes = 0;
        u32 applied = core_apply_batch(batched.core, script.records + at, script.bytes - at,
                                       script.count - done, &output, &bytes);
        assert_true(applied > 0); /* room for one there always is */
        assert_true(output.used <= output.size);
        bool is_cut = done + applied < script.count;
        assert_true(!is_cut || output.size - output.used < most);
        cuts += is_cut;
        memcpy(events + used, output.data, output.used);
        used += output.used;
        output.used = 0;
        done += applied;
        at += bytes;
    }
    assert_int_equal(at, script.bytes);
    assert_true(cuts > 10);
    assert_int_equal(used, single.output.used);
    assert_memory_equal(events, single.output.data, used);
    close_both();
    free(events);
    free(output.data);
    free(script.records);
}

static void without_room_for_one_nothing_is_applied(void **state)
{
    (void)state;
    open_both();
    struct script script = script_write(1, 10, 50);
    u64 seq = core_seq(batched.core);
    batched.output.used = batched.output.size - core_event_bytes_max(&batched.limits) + 1;
    size_t used = batched.output.used;
    size_t bytes = 99;
    assert_int_equal(
        core_apply_batch(batched.core, script.records, script.bytes, 10, &batched.output, &bytes),
        0);
    assert_int_equal(bytes, 0);
    assert_int_equal(core_seq(batched.core), seq);
    assert_int_equal(batched.output.used, used);
    close_both();
    free(script.records);
}

static u8 short_record[WIRE_UNIT * 2];

static NEVER_INLINE void apply_cut_record(void)
{
    size_t bytes = 0;
    (void)core_apply_batch(batched.core, short_record, WIRE_UNIT, 1, &batched.output, &bytes);
}

static NEVER_INLINE void apply_one_too_many(void)
{
    size_t bytes = 0;
    (void)core_apply_batch(batched.core, short_record, sizeof short_record, 2, &batched.output,
                           &bytes);
}

static void records_beyond_the_bytes_given_are_our_fault(void **state)
{
    (void)state;
    open_both();
    struct command_head head = {.kind = COMMAND_CANCEL, .units = 2};
    memset(short_record, 0, sizeof short_record);
    memcpy(short_record, &head, sizeof head);
    expect_assert_failure(apply_cut_record());
    expect_assert_failure(apply_one_too_many());
    close_both();
}

/* Records that name accounts, markets and orders far outside: what is fetched ahead must not be
 * looked for there. */
static void wild_numbers_are_not_followed(void **state)
{
    (void)state;
    open_both();
    enum { COUNT = 300 };
    struct script script = {.records = malloc(COUNT * sizeof(struct command_order)),
                            .count = COUNT};
    struct random random;
    random_init(&random, test_seed());
    assert_non_null(script.records);
    for (u32 i = 0; i < COUNT; i++) {
        struct command_order order = {.head = {.kind = COMMAND_ORDER, .units = 2},
                                      .price = price_of(random_u64(&random)),
                                      .qty = amount_of(random_u64(&random)),
                                      .market = (u16)random_u64(&random)};
        struct command_cancel cancel = {.head = {.kind = COMMAND_CANCEL, .units = 2},
                                        .order_id = random_u64(&random)};
        order.head.account = (u32)random_u64(&random) >> (i % 32);
        order.market = i % 3 == 0 ? 0 : order.market;
        cancel.head.account = (u32)random_u64(&random) >> (i % 32);
        memcpy(script.records + script.bytes, i % 2 ? (const void *)&order : &cancel, 64);
        script.bytes += 64;
    }
    apply_singly(&script);
    batched.output.used = 0;
    size_t bytes = 0;
    assert_int_equal(core_apply_batch(batched.core, script.records, script.bytes, COUNT,
                                      &batched.output, &bytes),
                     COUNT);
    assert_same_events();
    close_both();
    free(script.records);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_batch_of_any_length_is_its_commands),
        cmocka_unit_test(a_stream_cut_anywhere_is_the_same_stream),
        cmocka_unit_test(an_empty_batch_does_nothing),
        cmocka_unit_test(a_short_output_cuts_the_batch),
        cmocka_unit_test(without_room_for_one_nothing_is_applied),
        cmocka_unit_test(records_beyond_the_bytes_given_are_our_fault),
        cmocka_unit_test(wild_numbers_are_not_followed),
    };
    return cmocka_run_group_tests_name("batch", tests, NULL, NULL);
}
