/* Aim: the progress line shows rate and remaining time in few words, and appears only after a
 * second and only where somebody looks. Method: lines rendered for chosen moments; a pipe and a
 * clock that is moved by hand. */
#include "app/progress.h"

#include "tests/support/test.h"

#include <string.h>
#include <unistd.h>

static void assert_line(const char *unit, u64 done, u64 all, u64 seconds, const char *text)
{
    struct progress progress = {.what = "replaying", .unit = unit};
    char line[PROGRESS_LINE_BYTES];
    u32 length = progress_render(&progress, done, all, seconds * 1000000000U, line);
    assert_string_equal(line, text);
    assert_int_equal(length, strlen(text));
}

static void line_shows_rate_and_remaining_time(void **state)
{
    (void)state;
    assert_line("orders", 500, 1000, 10, "replaying: 500 orders, 50 %, 50/s, 10 s left");
    assert_line("orders", 1000000, 100000000, 2,
                "replaying: 1000 k orders, 1 %, 500.0 k/s, 3 min 18 s left");
    assert_line("orders", 5, 100000, 1, "replaying: 5 orders, 0 %, 5/s, 5 h 33 min left");
    assert_line("orders", 5, 0, 1, "replaying: 5 orders, 5/s");
    assert_line("seeds", 3, 9, 12, "replaying: 3 seeds, 33 %, 0.25/s, 24 s left");
    assert_line("seeds", 0, 9, 12, "replaying: 0 seeds, 0.00/s");
    assert_line("orders", 0, 9, 0, "replaying: 0 orders, 0/s");
    assert_line("bytes", 3 << 20, 6 << 20, 3, "replaying: 3072 KiB, 50 %, 1024 KiB/s, 3 s left");
    assert_line("bytes", 1ULL << 40, 0, 1, "replaying: 1024 GiB, 1024 GiB/s");
}

static void line_is_never_longer_than_its_memory(void **state)
{
    (void)state;
    struct progress progress = {.what = "a very long description of what is being done at the "
                                        "moment, which goes on and on and on without an end",
                                .unit = "commands with a long name"};
    char line[PROGRESS_LINE_BYTES];
    u32 length = progress_render(&progress, UINT64_MAX, UINT64_MAX, UINT64_MAX, line);
    assert_int_equal(length, PROGRESS_LINE_BYTES - 1);
    assert_int_equal(strlen(line), length);
}

static void nothing_appears_before_a_second(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe2(ends, 0), 0);
    struct clock_false clock;
    clock_false_init(&clock, 0);
    struct progress progress = {
        .clock = &clock.clock, .descriptor = ends[1], .first_ns = 1000000000};
    progress_begin(&progress, "reading", "lines");
    clock_false_advance(&clock, 999999999);
    progress_update(&progress, 1, 2);
    assert_false(progress.shown);
    progress_end(&progress); /* leaves no trace either */
    clock_false_advance(&clock, 1);
    progress_update(&progress, 1, 2);
    assert_true(progress.shown);
    progress_update(&progress, 2, 2); /* too soon after the last one */
    progress_end(&progress);
    assert_int_equal(close(ends[1]), 0);
    char text[256] = {0};
    assert_true(read(ends[0], text, sizeof(text) - 1) > 0);
    assert_string_equal(text, "\rreading: 1 lines, 50 %, 1/s, 1 s left\x1b[K\r\x1b[K");
    assert_int_equal(close(ends[0]), 0);
}

static void a_second_job_appears_at_once(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe2(ends, 0), 0);
    struct clock_false clock;
    clock_false_init(&clock, 0);
    struct progress progress = {
        .clock = &clock.clock, .descriptor = ends[1], .first_ns = 1000000000};
    progress_begin(&progress, "reading", "lines");
    clock_false_advance(&clock, 950000000);
    progress_begin(&progress, "replaying", "orders");
    clock_false_advance(&clock, 199999999); /* no rate yet worth showing */
    progress_update(&progress, 10, 100);
    assert_false(progress.shown);
    clock_false_advance(&clock, 1);
    progress_update(&progress, 10, 100);
    assert_true(progress.shown);
    progress_end(&progress);
    assert_int_equal(close(ends[1]), 0);
    assert_int_equal(close(ends[0]), 0);
}

static void without_a_terminal_it_says_nothing(void **state)
{
    (void)state;
    struct clock_false clock;
    clock_false_init(&clock, 0);
    struct progress progress = {.clock = &clock.clock, .descriptor = -1};
    progress_begin(&progress, "reading", "lines");
    clock_false_advance(&clock, 5000000000);
    progress_update(&progress, 1, 2);
    assert_false(progress.shown);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(line_shows_rate_and_remaining_time),
        cmocka_unit_test(line_is_never_longer_than_its_memory),
        cmocka_unit_test(nothing_appears_before_a_second),
        cmocka_unit_test(a_second_job_appears_at_once),
        cmocka_unit_test(without_a_terminal_it_says_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
