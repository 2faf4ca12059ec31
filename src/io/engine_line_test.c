/* Aim: a line sends only while it knows where it stands, counts on from there, and knows when all
 * of it is durable. Method: the test is the engine's end of both channels. */
#include "io/engine_line.h"

#include "base/span.h"
#include "io/clock.h"
#include "tests/support/test.h"

#include <string.h>

enum { CHANNEL_BYTES = 1 << 16, SOURCE = 3 };

static struct clock_false false_clock;
static struct channel commands;
static struct channel bells;
static struct channel_reader engine;
static struct channel_writer ringer;
static struct engine_line line;

static void begin(void)
{
    static const u16 kinds[] = {LINK_HELLO, COMMAND_VALUATION, COMMAND_NOTE};
    clock_false_init(&false_clock, 1795000000000000ULL);
    assert_int_equal(channel_create(&commands, "line-commands", CHANNEL_BYTES), FAULT_NONE);
    assert_int_equal(channel_create(&bells, "line-bells", CHANNEL_BYTES), FAULT_NONE);
    assert_int_equal(channel_writer_open(&ringer, &bells), FAULT_NONE);
    assert_int_equal(channel_reader_open(&engine, &commands, kinds, ARRAY_COUNT(kinds), SOURCE),
                     FAULT_NONE);
    assert_int_equal(engine_line_open(&line, &false_clock.clock, SOURCE, &commands, &bells),
                     FAULT_NONE);
}

static void end(void)
{
    channel_close(&commands);
    channel_close(&bells);
}

static void turn(void)
{
    bool busy = false;
    assert_int_equal(engine_line_turn(&line, &busy), FAULT_NONE);
}

static void rings(u64 generation, u64 hello, u64 source_index)
{
    struct link_bell bell = {.generation = generation, .position = 1, .hello = hello};
    bell = link_bell_make(&bell);
    bell.head.source = SOURCE;
    bell.head.source_index = source_index;
    assert_int_equal(channel_put(&ringer, span_of(&bell, sizeof bell)), CHANNEL_PUT);
    channel_flush(&ringer);
    turn();
}

/* The next record, as the engine takes it. */
static bool taken(struct command_head *head_out, struct link_hello *hello_out)
{
    u8 bytes[CHANNEL_RECORD_BYTES_MAX] __attribute__((aligned(8)));
    size_t size = 0;
    if (channel_take(&engine, bytes, &size) != CHANNEL_RECORD) {
        return false;
    }
    memcpy(head_out, bytes, sizeof(*head_out));
    *hello_out = (struct link_hello){0};
    if (head_out->kind == LINK_HELLO) {
        assert_true(link_hello_read(span_of(bytes, size), hello_out));
    }
    channel_release(&engine);
    return true;
}

/* The next HELLO that was sent; 0: none. */
static u64 heard(void)
{
    struct command_head head;
    struct link_hello hello;
    return taken(&head, &hello) ? hello.hello : 0;
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

static struct command_valuation valuation(void)
{
    return (struct command_valuation){
        .head = {.kind = COMMAND_VALUATION, .units = sizeof(struct command_valuation) / WIRE_UNIT}};
}

static void expect(u16 kind, u64 source_index)
{
    struct command_head head;
    struct link_hello hello;
    assert_true(taken(&head, &hello));
    assert_int_equal(head.kind, kind);
    assert_int_equal(head.source, SOURCE);
    assert_true(head.source_index == source_index);
}

static void commands_are_counted_and_settle(void **state)
{
    (void)state;
    struct command_valuation first = valuation();
    struct command_valuation second = valuation();
    begin();
    rings(5, 0, 0);
    assert_false(engine_line_put(&line, &first, sizeof(first)));
    assert_false(engine_line_put_both(&line, &first, sizeof(first), &second, sizeof(second)));
    assert_false(engine_line_is_settled(&line));
    rings(5, heard(), 17);
    assert_true(engine_line_is_settled(&line));
    assert_true(engine_line_put(&line, &first, sizeof(first)));
    assert_true(engine_line_put_both(&line, &first, sizeof(first), &second, sizeof(second)));
    assert_true(heard() == 0); /* nothing is there before it is flushed */
    engine_line_flush(&line);
    for (u64 index = 18; index <= 20; index += 1) {
        expect(COMMAND_VALUATION, index);
    }
    assert_false(engine_line_is_settled(&line));
    rings(5, 0, 19);
    assert_false(engine_line_is_settled(&line));
    rings(5, 0, 20);
    assert_true(engine_line_is_settled(&line));
    /* The engine has died: nobody knows anything until a HELLO is answered. */
    rings(6, 0, 20);
    assert_false(engine_line_is_settled(&line));
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_hello_since_it_went_away_is_answered),
        cmocka_unit_test(a_clock_set_back_does_not_fill_the_channel),
        cmocka_unit_test(commands_are_counted_and_settle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
