/* Aim: what one side makes the other reads, and nothing else passes.
 *
 * Method: records as made, then with each byte changed in turn; which bytes are free is known. */
#include "wire/link.h"

#include "tests/support/test.h"

#include <string.h>

static struct span as_span(const void *record, size_t size)
{
    return (struct span){.data = record, .size = size};
}

static void hello_comes_back(void **state)
{
    (void)state;
    struct link_hello made = link_hello_make(LINK_SOURCE_ADMIN, 77);
    struct link_hello read;
    assert_true(link_hello_read(as_span(&made, sizeof(made)), &read));
    assert_int_equal(read.head.source, LINK_SOURCE_ADMIN);
    assert_int_equal(read.hello, 77);
    assert_memory_equal(&made, &read, sizeof(made));
    assert_false(link_hello_read(as_span(&made, sizeof(made) - 1), &read));
}

static struct link_bell example(void)
{
    struct link_bell bell = {.head = {.source = LINK_SOURCE_GATEWAY, .source_index = 5},
                             .generation = 9,
                             .position = 1000,
                             .seq = 40,
                             .time_us = 50,
                             .hello = 60,
                             .flags = LINK_BELL_STARTED};
    return link_bell_make(&bell);
}

static void bell_comes_back(void **state)
{
    (void)state;
    struct link_bell made = example();
    struct link_bell read;
    assert_true(link_bell_read(as_span(&made, sizeof(made)), &read));
    assert_memory_equal(&made, &read, sizeof(made));
    assert_int_equal(read.head.source_index, 5);
    made.generation = 0;
    assert_false(link_bell_read(as_span(&made, sizeof(made)), &read));
    made = example();
    made.flags |= 4;
    assert_false(link_bell_read(as_span(&made, sizeof(made)), &read));
}

/* Every byte outside the fields that carry numbers is fixed. */
static void fixed_bytes_are_looked_at(void **state)
{
    (void)state;
    struct link_hello hello = link_hello_make(LINK_SOURCE_GATEWAY, 1);
    struct link_bell bell = example();
    for (u32 index = 0; index < sizeof(hello); index += 1) {
        u8 bytes[sizeof(hello)];
        struct link_hello read;
        memcpy(bytes, &hello, sizeof(hello));
        bytes[index] ^= 0x80;
        bool is_free = index == offsetof(struct command_head, source) ||
                       (index >= offsetof(struct link_hello, hello) &&
                        index < offsetof(struct link_hello, reserved));
        assert_int_equal(link_hello_read(as_span(bytes, sizeof(bytes)), &read), is_free);
    }
    for (u32 index = 0; index < sizeof(bell); index += 1) {
        u8 bytes[sizeof(bell)];
        struct link_bell read;
        memcpy(bytes, &bell, sizeof(bell));
        bytes[index] ^= 0x80;
        bool is_free = index == offsetof(struct command_head, source) ||
                       (index >= offsetof(struct command_head, source_index) &&
                        index < offsetof(struct link_bell, flags));
        assert_int_equal(link_bell_read(as_span(bytes, sizeof(bytes)), &read), is_free);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(hello_comes_back),
                                       cmocka_unit_test(bell_comes_back),
                                       cmocka_unit_test(fixed_bytes_are_looked_at)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
