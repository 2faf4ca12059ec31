/* Aim: what one side writes the other reads whole or not at all, whoever dies or lies in between.
 *
 * Method: two mappings of one page; a thread that writes for as long as the test reads (to be run
 * under TSan); shared words set to what they cannot be. */
#include "io/metrics_page.h"

#include "tests/support/test.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

enum { VERSION = 0, SIZE = 1, WORDS = 4, READS = 20000 };

static struct metrics_page ours;
static struct metrics_page theirs;
static struct metrics metrics;
static struct metric *counter;
static char text[METRICS_TEXT_BYTES_ENOUGH];

static int setup(void **state)
{
    (void)state;
    assert_int_equal(metrics_page_create(&ours, "page"), FAULT_NONE);
    assert_int_equal(metrics_page_attach(&theirs, dup(ours.shared.descriptor)), FAULT_NONE);
    metrics_init(&metrics);
    counter = metrics_counter(&metrics, &(struct metric_declaration){
                                            .name = "cambist_example_total", .help = "Examples."});
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    metrics_page_close(&theirs);
    metrics_page_close(&ours);
    return 0;
}

static bool get(size_t *size_out, struct metrics_page_state *state_out)
{
    memset(text, 0, sizeof(text));
    return metrics_page_get(&ours, text, size_out, state_out);
}

static void what_is_put_is_read(void **state)
{
    size_t size = 0;
    struct metrics_page_state said = {.time_us = 5, .is_ready = true};
    struct metrics_page_state found;
    (void)state;
    assert_false(get(&size, &found)); /* nobody has written yet */
    static struct metrics none;
    metrics_init(&none);
    assert_int_equal(metrics_page_put(&theirs, &none, &said), FAULT_NONE);
    assert_true(get(&size, &found));
    assert_int_equal(size, 0);
    metric_add(counter, 12345);
    assert_int_equal(metrics_page_put(&theirs, &metrics, &said), FAULT_NONE);
    assert_true(get(&size, &found));
    assert_int_equal(size, strlen(text));
    assert_non_null(strstr(text, "cambist_example_total 12345\n"));
    assert_int_equal(found.time_us, 5);
    assert_true(found.is_ready);
    /* A shorter one replaces it whole. */
    metrics_init(&metrics);
    (void)metrics_gauge(&metrics, &(struct metric_declaration){.name = "cambist_g", .help = "G."});
    said.is_ready = false;
    assert_int_equal(metrics_page_put(&theirs, &metrics, &said), FAULT_NONE);
    assert_true(get(&size, &found));
    assert_null(strstr(text, "example"));
    assert_false(found.is_ready);
}

static void a_writer_that_died_is_no_harm(void **state)
{
    size_t size = 0;
    struct metrics_page_state found = {.time_us = 1};
    _Atomic u64 *words = ours.shared.memory;
    (void)state;
    assert_int_equal(metrics_page_put(&theirs, &metrics, &found), FAULT_NONE);
    atomic_fetch_add(&words[VERSION], 1);
    assert_false(get(&size, &found));
    assert_int_equal(size, 0);
    assert_int_equal(metrics_page_put(&theirs, &metrics, &found), FAULT_NONE);
    assert_true(get(&size, &found));
}

static void lies_are_no_text(void **state)
{
    static const u64 sizes[] = {METRICS_TEXT_BYTES_ENOUGH + 1, UINT64_MAX};
    size_t size = 0;
    struct metrics_page_state found = {.time_us = 1};
    _Atomic u64 *words = ours.shared.memory;
    (void)state;
    for (u32 index = 0; index < ARRAY_COUNT(sizes); index += 1) {
        assert_int_equal(metrics_page_put(&theirs, &metrics, &found), FAULT_NONE);
        atomic_store(&words[SIZE], sizes[index]);
        assert_false(get(&size, &found));
    }
    assert_int_equal(metrics_page_put(&theirs, &metrics, &found), FAULT_NONE);
    u64 word = atomic_load(&words[WORDS]);
    atomic_store(&words[WORDS], word ^ 0x80);
    assert_false(get(&size, &found));
    atomic_store(&words[WORDS], word);
    assert_true(get(&size, &found));
    atomic_fetch_sub(&words[SIZE], 1); /* does not end with its line */
    assert_false(get(&size, &found));
}

static _Atomic bool is_over;

/* The number stands at both ends of what is written. */
static void *write_on(void *argument)
{
    struct metric *last = argument;
    for (u64 number = 1; !atomic_load(&is_over); number += 1) {
        struct metrics_page_state said = {.time_us = number};
        metric_set(counter, (i64)number);
        metric_set(last, (i64)number);
        if (metrics_page_put(&theirs, &metrics, &said) != FAULT_NONE) {
            return argument;
        }
    }
    return NULL;
}

static u64 number_after(const char *name)
{
    const char *at = strstr(text, name);
    u64 number = 0;
    assert_non_null(at);
    for (at += strlen(name); *at >= '0' && *at <= '9'; at += 1) {
        number = number * 10 + (u64)(*at - '0');
    }
    return number;
}

static void texts_are_never_mixed(void **state)
{
    pthread_t thread;
    void *failed = NULL;
    u64 seen = 0;
    (void)state;
    struct metric *last = metrics_gauge(
        &metrics, &(struct metric_declaration){.name = "cambist_last", .help = "The end."});
    atomic_store(&is_over, false);
    assert_int_equal(pthread_create(&thread, NULL, write_on, last), 0);
    for (u64 reads = test_rounds(READS); reads > 0; reads -= 1) {
        size_t size = 0;
        struct metrics_page_state found;
        if (get(&size, &found)) {
            u64 number = number_after("\ncambist_example_total ");
            assert_int_equal(number_after("\ncambist_last "), number);
            assert_int_equal(found.time_us, number);
            assert_true(number >= seen);
            seen = number;
        }
    }
    atomic_store(&is_over, true);
    assert_int_equal(pthread_join(thread, &failed), 0);
    assert_null(failed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_put_is_read, setup, teardown),
        cmocka_unit_test_setup_teardown(a_writer_that_died_is_no_harm, setup, teardown),
        cmocka_unit_test_setup_teardown(lies_are_no_text, setup, teardown),
        cmocka_unit_test_setup_teardown(texts_are_never_mixed, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
