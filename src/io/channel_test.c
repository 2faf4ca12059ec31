/* Aim: records cross between threads and between processes whole, in order and once; nothing that
 * the other side writes, and no death of it, can do more than break the channel; a successor goes
 * on where its predecessor stopped.
 *
 * Method: threads (to be run under TSan), forked processes which are killed by their number, and
 * shared words set to impossible values. The time of a hand-off is measured and printed. */
#include "io/channel.h"

#include "base/histogram.h"
#include "base/random.h"
#include "base/span.h"
#include "io/clock.h"
#include "tests/support/test.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BYTES = CHANNEL_BYTES_MIN, KIND = 7, OTHER_KIND = 9, SOURCE = 3, LIMIT_US = 20000000 };

static const u16 kinds[] = {KIND, KIND + 64, 255};

static struct channel channel;
static struct channel_writer writer;
static struct channel_reader reader;
static u8 taken[CHANNEL_RECORD_BYTES_MAX];

static int setup(void **state)
{
    (void)state;
    assert_int_equal(channel_create(&channel, "test", BYTES), FAULT_NONE);
    assert_int_equal(channel_writer_open(&writer, &channel), FAULT_NONE);
    assert_int_equal(channel_reader_open(&reader, &channel, kinds, ARRAY_COUNT(kinds), SOURCE),
                     FAULT_NONE);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    channel_close(&channel);
    return 0;
}

/* A record of 1 .. 8 units whose bytes follow from its number. */
static size_t record_make(u64 number, u8 *record)
{
    struct random random;
    random_init(&random, number);
    u8 units = (u8)random_between(&random, 1, 8);
    random_fill(&random, record, (size_t)units * WIRE_UNIT);
    struct command_head head = {
        .kind = KIND, .units = units, .source = SOURCE, .account = 5, .source_index = number};
    memcpy(record, &head, sizeof(head));
    return (size_t)units * WIRE_UNIT;
}

static enum channel_put put_number(struct channel_writer *to, u64 number)
{
    u8 record[8 * WIRE_UNIT];
    size_t size = record_make(number, record);
    return channel_put(to, span_of(record, size));
}

static void takes_number(struct channel_reader *from, u64 number)
{
    u8 expected[8 * WIRE_UNIT];
    size_t size = 0;
    assert_int_equal(channel_take(from, taken, &size), CHANNEL_RECORD);
    assert_int_equal(size, record_make(number, expected));
    assert_memory_equal(taken, expected, size);
}

static void takes(enum channel_take answer)
{
    size_t size = 0;
    assert_int_equal(channel_take(&reader, taken, &size), answer);
}

static void a_record_crosses_when_flushed(void **state)
{
    (void)state;
    takes(CHANNEL_EMPTY);
    assert_int_equal(put_number(&writer, 1), CHANNEL_PUT);
    assert_true(channel_is_empty(&reader));
    channel_flush(&writer);
    assert_false(channel_is_empty(&reader));
    assert_true(channel_depth(&reader) >= WIRE_UNIT);
    takes_number(&reader, 1);
    assert_true(channel_is_empty(&reader));
    assert_int_equal(channel_depth(&reader), 0);
    takes(CHANNEL_EMPTY);
}

/* A reader asleep in poll is woken once by what was flushed, and not by flushes of nothing. */
static void nothing_new_wakes_nobody(void **state)
{
    (void)state;
    struct pollfd waiting = {.fd = channel.wake, .events = POLLIN};
    assert_true(channel_poll_begin(&reader));
    channel_flush(&writer);
    assert_int_equal(poll(&waiting, 1, 0), 0);
    assert_int_equal(put_number(&writer, 1), CHANNEL_PUT);
    channel_flush(&writer);
    assert_int_equal(poll(&waiting, 1, 0), 1);
    channel_poll_end(&reader);
    assert_int_equal(poll(&waiting, 1, 0), 1);
    channel_poll_drain(&reader);
    takes_number(&reader, 1);
    assert_true(channel_poll_begin(&reader));
    channel_flush(&writer);
    assert_int_equal(poll(&waiting, 1, 0), 0);
    channel_poll_end(&reader);
}

static void misshapen_records_do_not_go_in(void **state)
{
    (void)state;
    static u8 record[CHANNEL_RECORD_BYTES_MAX + WIRE_UNIT];
    static const size_t sizes[] = {0, 16, 31, 33, 64, CHANNEL_RECORD_BYTES_MAX + WIRE_UNIT};
    record[2] = 1; /* units */
    for (u32 index = 0; index < ARRAY_COUNT(sizes); index += 1) {
        assert_int_equal(channel_put(&writer, span_of(record, sizes[index])), CHANNEL_MISSHAPED);
    }
    record[2] = 255;
    assert_int_equal(channel_put(&writer, span_of(record, CHANNEL_RECORD_BYTES_MAX)), CHANNEL_PUT);
}

static void a_full_channel_is_told(void **state)
{
    (void)state;
    u64 count = 0;
    while (put_number(&writer, count) == CHANNEL_PUT) {
        count += 1;
    }
    assert_true(count > BYTES / (9 * WIRE_UNIT));
    assert_int_equal(put_number(&writer, count), CHANNEL_FULL);
    assert_int_equal(writer.full_count, 2);
    channel_flush(&writer);
    for (u64 number = 0; number < count; number += 1) {
        takes_number(&reader, number);
    }
    assert_int_equal(put_number(&writer, count), CHANNEL_FULL);
    channel_release(&reader);
    assert_int_equal(put_number(&writer, count), CHANNEL_PUT);
    assert_int_equal(writer.records_count, count + 1);
}

static void both_go_in_or_neither(void **state)
{
    (void)state;
    enum { LARGE_UNITS = 100, LARGE_BYTES = LARGE_UNITS * WIRE_UNIT };
    static u8 large[LARGE_BYTES];
    static const u8 small[WIRE_UNIT] = {[2] = 1};
    size_t size = 0;
    u64 count = 0;
    large[2] = LARGE_UNITS;
    while (channel_put(&writer, span_of(large, sizeof(large))) == CHANNEL_PUT) {
        count += 1;
    }
    assert_true(count > 2);
    struct span first = span_of(small, sizeof(small));
    assert_int_equal(channel_put_both(&writer, first, span_of(large, sizeof(large))), CHANNEL_FULL);
    assert_int_equal(channel_put_both(&writer, first, span_of(large, 1)), CHANNEL_MISSHAPED);
    assert_int_equal(writer.records_count, count);
    channel_flush(&writer);
    for (u64 number = 0; number < count; number += 1) {
        assert_int_not_equal(channel_take(&reader, taken, &size), CHANNEL_EMPTY);
        assert_int_equal(size, LARGE_BYTES);
    }
    assert_int_equal(channel_take(&reader, taken, &size), CHANNEL_EMPTY);
    channel_release(&reader);
    assert_int_equal(channel_put_both(&writer, first, span_of(large, sizeof(large))), CHANNEL_PUT);
    channel_flush(&writer);
    assert_int_not_equal(channel_take(&reader, taken, &size), CHANNEL_EMPTY);
    assert_int_equal(size, sizeof(small));
    assert_int_not_equal(channel_take(&reader, taken, &size), CHANNEL_EMPTY);
    assert_int_equal(size, LARGE_BYTES);
}

/* Past channel_put, as a hostile writer would. */
static void push_raw(u16 kind, u8 units, u8 source, size_t size)
{
    u8 record[256] = {0};
    struct command_head head = {.kind = kind, .units = units, .source = source};
    memcpy(record, &head, sizeof(head));
    assert_true(ring_push(&writer.producer, span_of(record, size)));
}

static void only_what_is_listed_comes_through(void **state)
{
    (void)state;
    push_raw(OTHER_KIND, 1, SOURCE, 32);
    push_raw(KIND + 256, 1, SOURCE, 32);
    push_raw(65535, 1, SOURCE, 32);
    push_raw(KIND, 1, SOURCE + 1, 32);
    push_raw(KIND, 2, SOURCE, 32);
    push_raw(KIND, 0, SOURCE, 32);
    push_raw(KIND, 1, SOURCE, 33);
    push_raw(KIND, 1, SOURCE, 2);
    push_raw(KIND + 64, 1, SOURCE, 32);
    push_raw(255, 4, SOURCE, 128);
    channel_flush(&writer);
    for (u32 index = 0; index < 8; index += 1) {
        takes(CHANNEL_FORBIDDEN);
    }
    takes(CHANNEL_RECORD);
    takes(CHANNEL_RECORD);
    takes(CHANNEL_EMPTY);
    assert_int_equal(reader.forbidden_count, 8);
    assert_int_equal(reader.records_count, 2);
}

static void impossible_words_break_and_say_so(void **state)
{
    (void)state;
    fault_forget();
    atomic_store(&channel.ring->written, (u64)BYTES + 8);
    assert_false(channel_is_empty(&reader));
    assert_int_equal(channel_depth(&reader), BYTES);
    takes(CHANNEL_TAKE_BROKEN);
    assert_int_not_equal(fault_text()[0], 0);
    atomic_store(&channel.ring->written, 0);
    takes(CHANNEL_TAKE_BROKEN);
    assert_true(channel_is_empty(&reader));
    fault_forget();
    atomic_store(&channel.ring->taken, 4);
    while (put_number(&writer, 1) == CHANNEL_PUT) {
    }
    assert_int_equal(put_number(&writer, 1), CHANNEL_PUT_BROKEN);
    assert_int_not_equal(fault_text()[0], 0);
    /* Nor does a successor begin there. */
    assert_int_equal(channel_writer_open(&writer, &channel), FAULT_FOREIGN);
    assert_int_equal(channel_reader_open(&reader, &channel, kinds, 1, SOURCE), FAULT_FOREIGN);
}

static void only_sealed_memory_is_attached(void **state)
{
    (void)state;
    struct channel other;
    int same[2] = {dup(channel.memory), dup(channel.wake)};
    assert_int_equal(channel_attach(&other, same[0], same[1], BYTES), FAULT_NONE);
    assert_int_not_equal(ftruncate(other.memory, 0), 0);
    channel_close(&other);
    assert_int_equal(channel_attach(&other, dup(channel.memory), dup(channel.wake), BYTES * 2),
                     FAULT_FOREIGN);
    assert_int_equal(channel_attach(&other, dup(channel.memory), -1, 3), FAULT_FOREIGN);
    int plain = memfd_create("plain", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    assert_int_equal(ftruncate(plain, (off_t)ring_footprint(BYTES)), 0);
    /* All is right but the seals; then the seals, and nothing else. */
    size_t head = sizeof(struct ring);
    assert_int_equal(pwrite(plain, channel.ring, head, 0), head);
    assert_int_equal(channel_attach(&other, dup(plain), -1, BYTES), FAULT_FOREIGN);
    u8 zeros[sizeof(struct ring)] = {0};
    assert_int_equal(pwrite(plain, zeros, head, 0), head);
    assert_int_equal(fcntl(plain, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL), 0);
    assert_int_equal(channel_attach(&other, plain, -1, BYTES), FAULT_FOREIGN);
    assert_int_equal(channel_create(&other, "odd", BYTES + 1), FAULT_CONFIG);
    assert_int_equal(channel_create(&other, "small", BYTES / 2), FAULT_CONFIG);
    assert_null(other.ring);
}

static u64 stream_count;

static void *write_stream(void *argument)
{
    (void)argument;
    for (u64 number = 0; number < stream_count;) {
        if (put_number(&writer, number) == CHANNEL_PUT) {
            number += 1;
        } else {
            channel_flush(&writer);
            (void)sched_yield();
        }
        if (number % 5 == 0) {
            channel_flush(&writer);
        }
    }
    channel_flush(&writer);
    return NULL;
}

static void read_stream(u64 from, u64 to, u64 spin_ns)
{
    for (u64 number = from; number < to;) {
        if (channel_is_empty(&reader)) {
            channel_release(&reader);
            channel_wait(&reader, spin_ns, LIMIT_US);
        } else {
            takes_number(&reader, number);
            number += 1;
        }
    }
    channel_release(&reader);
}

static void two_threads_keep_order(void **state)
{
    (void)state;
    stream_count = test_rounds(20000);
    pthread_t thread;
    u64 begin_ns = clock_mono_ns(clock_real());
    assert_int_equal(pthread_create(&thread, NULL, write_stream, NULL), 0);
    read_stream(0, stream_count, 2000);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_true(clock_mono_ns(clock_real()) - begin_ns < LIMIT_US * 1000ULL);
}

static void *write_one(void *argument)
{
    (void)argument;
    (void)poll(NULL, 0, 20);
    assert_int_equal(put_number(&writer, 1), CHANNEL_PUT);
    channel_flush(&writer);
    return NULL;
}

static void a_loop_is_woken_by_its_descriptor(void **state)
{
    (void)state;
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, write_one, NULL), 0);
    struct pollfd waiting = {.fd = channel.wake, .events = POLLIN};
    assert_true(channel_poll_begin(&reader));
    assert_int_equal(poll(&waiting, 1, LIMIT_US / 1000), 1);
    channel_poll_drain(&reader);
    channel_poll_end(&reader);
    takes_number(&reader, 1);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(poll(&waiting, 1, 0), 0);
    assert_int_equal(put_number(&writer, 2), CHANNEL_PUT);
    channel_flush(&writer);
    assert_false(channel_poll_begin(&reader));
    channel_poll_end(&reader);
}

/* Writes the numbers from .. to in a process of its own, and then ends, or waits to be killed. */
static pid_t fork_writer(u64 from, u64 to, bool ends)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child != 0) {
        return child;
    }
    struct channel_writer mine;
    if (channel_writer_open(&mine, &channel) != FAULT_NONE) {
        _exit(1);
    }
    for (u64 number = from; number < to;) {
        if (put_number(&mine, number) == CHANNEL_PUT) {
            number += 1;
        } else {
            channel_flush(&mine);
            (void)sched_yield();
        }
    }
    channel_flush(&mine);
    /* Put and not flushed: dies with us. */
    (void)put_number(&mine, UINT64_MAX);
    while (!ends) {
        (void)pause();
    }
    _exit(0);
}

static void a_killed_writer_has_a_successor(void **state)
{
    (void)state;
    u64 half = test_rounds(5000);
    pid_t first = fork_writer(0, half, false);
    read_stream(0, half, 0);
    assert_int_equal(kill(first, SIGKILL), 0);
    assert_int_equal(waitpid(first, NULL, 0), first);
    assert_true(channel_is_empty(&reader));
    pid_t second = fork_writer(half, half * 2, true);
    read_stream(half, half * 2, 1000);
    int status = 0;
    assert_int_equal(waitpid(second, &status, 0), second);
    assert_int_equal(status, 0);
    assert_true(channel_is_empty(&reader));
}

/* Reads `release` records and gives their room back, takes one more, and waits to be killed. */
static pid_t fork_reader(u64 from, u64 release, int told)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child != 0) {
        return child;
    }
    struct channel_reader mine;
    u8 record[CHANNEL_RECORD_BYTES_MAX];
    size_t size = 0;
    if (channel_reader_open(&mine, &channel, kinds, 1, SOURCE) != FAULT_NONE) {
        _exit(1);
    }
    for (u64 count = 0; count <= release; count += 1) {
        struct command_head head = {.source_index = 0};
        if (channel_take(&mine, record, &size) != CHANNEL_RECORD) {
            _exit(2);
        }
        memcpy(&head, record, sizeof(head));
        if (head.source_index != from + count) {
            _exit(3);
        }
        if (count + 1 == release) {
            channel_release(&mine);
        }
    }
    if (write(told, "x", 1) != 1) {
        _exit(4);
    }
    for (;;) {
        (void)pause();
    }
}

static void a_killed_reader_has_a_successor(void **state)
{
    (void)state;
    int told[2];
    char byte = 0;
    assert_int_equal(pipe(told), 0);
    for (u64 number = 0; number < 40; number += 1) {
        assert_int_equal(put_number(&writer, number), CHANNEL_PUT);
    }
    channel_flush(&writer);
    for (u64 from = 0; from < 30; from += 10) {
        pid_t child = fork_reader(from, 10, told[1]);
        assert_int_equal(read(told[0], &byte, 1), 1);
        assert_int_equal(kill(child, SIGKILL), 0);
        assert_int_equal(waitpid(child, NULL, 0), child);
    }
    /* The record that was taken and not released comes again. */
    assert_int_equal(channel_reader_open(&reader, &channel, kinds, 1, SOURCE), FAULT_NONE);
    for (u64 number = 30; number < 40; number += 1) {
        takes_number(&reader, number);
    }
    takes(CHANNEL_EMPTY);
    (void)close(told[0]);
    (void)close(told[1]);
}

/* Answers each record of one channel with the same on another. */
static pid_t fork_echo(const struct channel *there, const struct channel *back, u64 count,
                       u64 spin_ns)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child != 0) {
        return child;
    }
    struct channel_reader from;
    struct channel_writer to;
    size_t size = 0;
    if (channel_reader_open(&from, there, kinds, 1, SOURCE) != FAULT_NONE ||
        channel_writer_open(&to, back) != FAULT_NONE) {
        _exit(1);
    }
    for (u64 number = 0; number < count;) {
        if (channel_take(&from, taken, &size) != CHANNEL_RECORD) {
            channel_wait(&from, spin_ns, LIMIT_US);
            continue;
        }
        channel_release(&from);
        if (channel_put(&to, span_of(taken, size)) != CHANNEL_PUT) {
            _exit(2);
        }
        channel_flush(&to);
        number += 1;
    }
    _exit(0);
}

static void measure(u64 spin_ns)
{
    struct channel back;
    struct channel_reader answers;
    static struct histogram times;
    u64 count = test_rounds(2000);
    histogram_init(&times);
    assert_int_equal(channel_create(&back, "back", BYTES), FAULT_NONE);
    assert_int_equal(channel_reader_open(&answers, &back, kinds, 1, SOURCE), FAULT_NONE);
    pid_t child = fork_echo(&channel, &back, count, spin_ns);
    for (u64 number = 0; number < count; number += 1) {
        u64 begin_ns = clock_mono_ns(clock_real());
        assert_int_equal(put_number(&writer, number), CHANNEL_PUT);
        channel_flush(&writer);
        while (channel_is_empty(&answers)) {
            channel_wait(&answers, spin_ns, LIMIT_US);
        }
        takes_number(&answers, number);
        channel_release(&answers);
        histogram_add(&times, clock_mono_ns(clock_real()) - begin_ns);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    (void)printf("there and back between processes, spin %llu ns: p50 %llu ns, p99 %llu ns\n",
                 (unsigned long long)spin_ns,
                 (unsigned long long)histogram_quantile(&times, 500000),
                 (unsigned long long)histogram_quantile(&times, 990000));
    channel_close(&back);
}

static void processes_hand_to_and_fro(void **state)
{
    (void)state;
    measure(0);
    measure(20000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_record_crosses_when_flushed, setup, teardown),
        cmocka_unit_test_setup_teardown(nothing_new_wakes_nobody, setup, teardown),
        cmocka_unit_test_setup_teardown(misshapen_records_do_not_go_in, setup, teardown),
        cmocka_unit_test_setup_teardown(a_full_channel_is_told, setup, teardown),
        cmocka_unit_test_setup_teardown(both_go_in_or_neither, setup, teardown),
        cmocka_unit_test_setup_teardown(only_what_is_listed_comes_through, setup, teardown),
        cmocka_unit_test_setup_teardown(impossible_words_break_and_say_so, setup, teardown),
        cmocka_unit_test_setup_teardown(only_sealed_memory_is_attached, setup, teardown),
        cmocka_unit_test_setup_teardown(two_threads_keep_order, setup, teardown),
        cmocka_unit_test_setup_teardown(a_loop_is_woken_by_its_descriptor, setup, teardown),
        cmocka_unit_test_setup_teardown(a_killed_writer_has_a_successor, setup, teardown),
        cmocka_unit_test_setup_teardown(a_killed_reader_has_a_successor, setup, teardown),
        cmocka_unit_test_setup_teardown(processes_hand_to_and_fro, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
