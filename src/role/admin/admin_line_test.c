#include "role/admin/admin_line.h"

#include "base/span.h"
#include "tests/support/test.h"

#include <string.h>

enum { CHANNEL_BYTES = 1 << 16 };

static struct clock_false false_clock;
static struct channel commands;
static struct channel bells;
static struct channel_reader engine;
static struct channel_writer ringer;
static struct admin_line line;

static void begin(void)
{
    static const u16 kinds[] = {LINK_HELLO};
    clock_false_init(&false_clock, 1795000000000000ULL);
    assert_int_equal(channel_create(&commands, "line-commands", CHANNEL_BYTES), FAULT_NONE);
    assert_int_equal(channel_create(&bells, "line-bells", CHANNEL_BYTES), FAULT_NONE);
    assert_int_equal(channel_writer_open(&ringer, &bells), FAULT_NONE);
    assert_int_equal(channel_reader_open(&engine, &commands, kinds, 1, LINK_SOURCE_ADMIN),
                     FAULT_NONE);
    assert_int_equal(
        admin_line_open(&line, disk_real(), &false_clock.clock, "no-such-venue", &commands, &bells),
        FAULT_NONE);
}

static void end(void)
{
    admin_line_close(&line);
    channel_close(&commands);
    channel_close(&bells);
}

static void turn(void)
{
    bool busy = false;
    assert_int_equal(admin_line_turn(&line, &busy), FAULT_NONE);
}

static void rings(u64 generation, u64 hello, u64 source_index)
{
    struct link_bell bell = {.generation = generation, .position = 1, .hello = hello};
    bell.head.source = LINK_SOURCE_ADMIN;
    bell.head.source_index = source_index;
    bell = link_bell_make(&bell);
    bell.head.source = LINK_SOURCE_ADMIN;
    bell.head.source_index = source_index;
    assert_int_equal(channel_put(&ringer, span_of(&bell, sizeof bell)), CHANNEL_PUT);
    channel_flush(&ringer);
    turn();
}

/* The next HELLO that was sent; 0: none. */
static u64 heard(void)
{
    u8 bytes[CHANNEL_RECORD_BYTES_MAX] __attribute__((aligned(8)));
    struct link_hello hello;
    size_t size = 0;
    if (channel_take(&engine, bytes, &size) != CHANNEL_RECORD) {
        return 0;
    }
    assert_true(link_hello_read(span_of(bytes, size), &hello));
    channel_release(&engine);
    return hello.hello;
}

static void any_hello_since_it_went_away_is_answered(void **state)
{
    (void)state;
    begin();
    rings(5, 0, 0);
    u64 first = heard();
    assert_true(first != 0 && heard() == 0);
    for (u32 i = 0; i < 3; i++) {
        clock_false_advance(&false_clock, 600000000);
        turn();
        u64 next = heard();
        assert_true(next > first && heard() == 0);
    }
    assert_true(line.is_away);
    rings(5, first, 17);
    assert_false(line.is_away);
    assert_true(line.source_index == 17);
    /* What was answered says nothing about the next generation. */
    rings(6, first, 17);
    assert_true(line.is_away);
    rings(6, heard(), 19);
    assert_false(line.is_away);
    assert_true(line.source_index == 19);
    end();
}

static void a_clock_set_back_does_not_fill_the_channel(void **state)
{
    (void)state;
    begin();
    rings(5, 0, 0);
    assert_true(heard() != 0);
    false_clock.wall_offset_us -= 3600000000ULL;
    for (u32 i = 0; i < 50; i++) {
        clock_false_advance(&false_clock, 1000000);
        turn();
    }
    assert_true(heard() == 0);
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_hello_since_it_went_away_is_answered),
        cmocka_unit_test(a_clock_set_back_does_not_fill_the_channel),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
