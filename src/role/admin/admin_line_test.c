/* Aim: the line sends a command only together with its note. Method: the test is the engine's end
 * of both channels; an event log comes from an engine that has ended. */
#include "role/admin/admin_line.h"

#include "base/bytes.h"
#include "base/span.h"
#include "tests/support/engine_scene.h"

#include <string.h>

enum { CHANNEL_BYTES = 1 << 16, LARGE_UNITS = 255 };

static struct clock_false false_clock;
static struct channel commands;
static struct channel bells;
static struct channel_reader engine;
static struct channel_writer ringer;
static struct admin_line line;

static void begin(const char *folder)
{
    static const u16 kinds[] = {LINK_HELLO};
    clock_false_init(&false_clock, 1795000000000000ULL);
    assert_int_equal(channel_create(&commands, "line-commands", CHANNEL_BYTES), FAULT_NONE);
    assert_int_equal(channel_create(&bells, "line-bells", CHANNEL_BYTES), FAULT_NONE);
    assert_int_equal(channel_writer_open(&ringer, &bells), FAULT_NONE);
    assert_int_equal(channel_reader_open(&engine, &commands, kinds, 1, LINK_SOURCE_ADMIN),
                     FAULT_NONE);
    assert_int_equal(
        admin_line_open(&line, disk_real(), &false_clock.clock, folder, &commands, &bells),
        FAULT_NONE);
}

static void engine_leave_log(const char *folder)
{
    struct command_genesis genesis = scene_genesis();
    struct engine_options options = {
        .disk = disk_real(), .clock = clock_real(), .folder = folder, .genesis = &genesis};
    struct engine *begun = NULL;
    genesis.head.source_index = 1;
    scene_must(engine_open(&begun, &options));
    scene_must(engine_finish(begun));
    engine_close(begun);
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

/* The size of the next record, as the engine takes it; 0: there is none. */
static size_t taken(u64 *source_index_out)
{
    u8 bytes[CHANNEL_RECORD_BYTES_MAX] __attribute__((aligned(8)));
    size_t size = 0;
    if (channel_take(&engine, bytes, &size) == CHANNEL_EMPTY) {
        return 0;
    }
    *source_index_out = bytes_u64(bytes + offsetof(struct command_head, source_index));
    return size;
}

static void a_note_goes_with_its_command_or_not_at_all(void **state)
{
    static u8 record[LARGE_UNITS * WIRE_UNIT] __attribute__((aligned(8)));
    char folder[SCENE_PATH_BYTES];
    u64 index = 0;
    u32 count = 0;
    (void)state;
    scene_folder_make(folder);
    engine_leave_log(folder);
    begin(folder);
    rings(5, 0, 0);
    rings(5, heard(), 17);
    assert_false(line.engine.is_away);
    record[2] = LARGE_UNITS;
    struct span filler = span_of(record, sizeof record);
    for (; channel_put(&line.engine.commands, filler) == CHANNEL_PUT; count += 1) {
    }
    channel_flush(&line.engine.commands);
    /* There is room for the note, and not for the command. */
    assert_false(admin_line_send(&line, record, sizeof record, 41, 7));
    assert_true(line.engine.source_index == 17 && line.awaited == 0);
    channel_flush(&line.engine.commands);
    for (; count > 0; count -= 1) {
        assert_int_equal(taken(&index), sizeof record);
    }
    assert_int_equal(taken(&index), 0);
    channel_release(&engine);
    assert_true(admin_line_send(&line, record, sizeof record, 41, 7));
    assert_int_equal(taken(&index), sizeof(struct command_note));
    assert_true(index == 18);
    assert_int_equal(taken(&index), sizeof record);
    assert_true(index == 19 && line.awaited == 19);
    end();
    scene_folder_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_note_goes_with_its_command_or_not_at_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
