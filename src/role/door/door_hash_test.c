/* Aim: what was hashed is verified, the queue is bounded, jobs come back in their order with one
 * thread, and passwords are never more at once than threads. Method: small parameters; with and
 * without threads; one run with the parameters that are used. */
#include "role/door/door_hash.h"

#include "base/span.h"
#include "tests/support/engine_scene.h"
#include "tests/support/test.h"

#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { TURNS_MAX = 20000 };

static const struct door_hash_options small = {
    .threads = 0, .jobs_max = 4, .memory_bytes = 8192, .passes = 1};

static struct door_hash_result take(struct door_hash *hash)
{
    struct door_hash_result result = {.job = 0};
    for (u32 turn = 0; turn < TURNS_MAX; turn += 1) {
        if (door_hash_take(hash, &result)) {
            return result;
        }
        struct timespec pause = {.tv_nsec = 1000000};
        (void)nanosleep(&pause, NULL);
    }
    fail_msg("no hash came");
    return result;
}

static bool is_right(struct door_hash *hash, struct span password, const char *text)
{
    u32 job = 0;
    assert_true(door_hash_put(hash, DOOR_HASH_VERIFY, password, text, &job));
    struct door_hash_result result = take(hash);
    assert_int_equal(result.job, job);
    assert_false(result.is_failed);
    return result.is_right;
}

static void there_and_back(const struct door_hash_options *options)
{
    struct door_hash *hash = NULL;
    u32 job = 0;
    u8 long_one[DOOR_HASH_SECRET_BYTES + 1];
    scene_must(door_hash_open(&hash, options));
    scene_must(door_hash_start(hash));
    assert_true(door_hash_put(hash, DOOR_HASH_MAKE, span_of_text("invented words"), NULL, &job));
    struct door_hash_result made = take(hash);
    assert_int_equal(made.kind, DOOR_HASH_MAKE);
    assert_memory_equal(made.text, "$argon2id$v=19$", 15);
    assert_true(is_right(hash, span_of_text("invented words"), made.text));
    assert_false(is_right(hash, span_of_text("invented word"), made.text));
    assert_false(is_right(hash, span_of_text(""), made.text));
    memset(long_one, 'x', sizeof(long_one));
    assert_true(
        door_hash_put(hash, DOOR_HASH_MAKE, span_of(long_one, sizeof(long_one) - 1), NULL, &job));
    made = take(hash);
    assert_true(is_right(hash, span_of(long_one, sizeof(long_one) - 1), made.text));
    assert_false(is_right(hash, span_of(long_one, sizeof(long_one)), made.text));
    assert_int_equal(door_hash_runs(hash), 7);
    door_hash_close(hash);
}

static void what_was_hashed_is_verified(void **state)
{
    (void)state;
    there_and_back(&small);
}

static void threads_do_the_same(void **state)
{
    struct door_hash_options options = small;
    (void)state;
    options.threads = 2;
    there_and_back(&options);
}

static void the_queue_is_bounded_and_in_order(void **state)
{
    struct door_hash_options options = small;
    (void)state;
    for (u32 threads = 0; threads < 2; threads += 1) {
        struct door_hash *hash = NULL;
        u32 jobs[4];
        u32 more = 0;
        options.threads = threads;
        scene_must(door_hash_open(&hash, &options));
        for (u32 i = 0; i < 4; i += 1) {
            assert_true(door_hash_has_room(hash));
            assert_true(
                door_hash_put(hash, DOOR_HASH_MAKE, span_of_text("some words"), NULL, &jobs[i]));
        }
        assert_false(door_hash_has_room(hash));
        assert_false(door_hash_put(hash, DOOR_HASH_MAKE, span_of_text("some words"), NULL, &more));
        scene_must(door_hash_start(hash));
        for (u32 i = 0; i < 4; i += 1) {
            assert_int_equal(door_hash_jobs(hash), 4 - i);
            assert_int_equal(take(hash).job, jobs[i]);
        }
        assert_true(door_hash_has_room(hash));
        door_hash_close(hash);
    }
}

static void closing_leaves_nothing_behind(void **state)
{
    struct door_hash_options options = small;
    (void)state;
    options.threads = 2;
    for (u32 round = 0; round < 20; round += 1) {
        struct door_hash *hash = NULL;
        u32 job = 0;
        scene_must(door_hash_open(&hash, &options));
        scene_must(door_hash_start(hash));
        for (u32 i = 0; i < round % 5; i += 1) {
            assert_true(
                door_hash_put(hash, DOOR_HASH_MAKE, span_of_text("some words"), NULL, &job));
        }
        door_hash_close(hash);
    }
    door_hash_close(NULL);
}

static u64 cpu_us(void)
{
    struct rusage usage;
    assert_int_equal(getrusage(RUSAGE_SELF, &usage), 0);
    return (u64)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000U +
           (u64)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

/* Says what one takes; asserts nothing about time. */
static void what_is_used_works(void **state)
{
    const struct door_hash_options options = {.threads = 1,
                                              .jobs_max = 2,
                                              .memory_bytes = DOOR_HASH_MEMORY_BYTES,
                                              .passes = DOOR_HASH_PASSES};
    struct door_hash *hash = NULL;
    u32 job = 0;
    (void)state;
    scene_must(door_hash_open(&hash, &options));
    scene_must(door_hash_start(hash));
    u64 before = cpu_us();
    assert_true(door_hash_put(hash, DOOR_HASH_MAKE, span_of_text("some words"), NULL, &job));
    struct door_hash_result made = take(hash);
    assert_non_null(strstr(made.text, "m=65536,t=2,p=1$"));
    print_message("one hash: %lu us of CPU\n", cpu_us() - before);
    assert_true(is_right(hash, span_of_text("some words"), made.text));
    door_hash_close(hash);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_hashed_is_verified),
        cmocka_unit_test(threads_do_the_same),
        cmocka_unit_test(the_queue_is_bounded_and_in_order),
        cmocka_unit_test(closing_leaves_nothing_behind),
        cmocka_unit_test(what_is_used_works),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
