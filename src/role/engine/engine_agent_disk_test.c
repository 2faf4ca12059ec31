/* Aim: on the real disk and with real threads, what got into the channel is in the journal exactly
 * once, however often the engine's process is killed; an agent asleep wakes for a command and for
 * its write; segments of the event log that nobody needs are removed.
 *
 * Method: the agent runs in a thread (to be run under TSan) or in a forked process, which is killed
 * by its number while the test goes on filling the channel. */
#include "base/random.h"
#include "base/span.h"
#include "io/eventlog_format.h"
#include "io/log.h"
#include "role/engine/engine_agent.h"
#include "role/engine/snapshot_run.h"
#include "tests/support/engine_scene.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    BYTES = CHANNEL_BYTES_MIN * 2,
    SEGMENT_BYTES = 1 << 20,
    LIVES = 12,
    FLOW = 30000,
    WAIT_US = 100000,
    PAUSE_US = 2000,
    WAITS_MAX = 300,
    SEGMENTS_MAX = 1000,
};

static char base[SCENE_PATH_BYTES];
static char folder[FILE_PATH_BYTES];
static struct command_genesis genesis;
static struct scene_commands commands;
static struct channel channel;
static struct channel bells;
static struct channel_writer writer;
static struct channel_reader reader;
static struct link_bell bell; /* the last one taken */
static size_t used;           /* of commands */

static int setup(void **state)
{
    static const u16 kind = LINK_BELL;
    (void)state;
    scene_folder_make(base);
    scene_must(file_path(folder, base, "venue"));
    genesis = scene_genesis();
    genesis.head.source_index = 1;
    scene_commands_init(&commands);
    commands.source_index = 1;
    scene_put_venue(&commands);
    scene_put_flow(&commands, test_seed(), test_rounds(FLOW));
    scene_must(channel_create(&channel, "commands", BYTES));
    scene_must(channel_create(&bells, "bells", CHANNEL_BYTES_MIN));
    scene_must(channel_writer_open(&writer, &channel));
    scene_must(channel_reader_open(&reader, &bells, &kind, 1, SCENE_SOURCE));
    bell = (struct link_bell){.flags = 0};
    used = 0;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    channel_close(&channel);
    channel_close(&bells);
    scene_commands_free(&commands);
    scene_folder_remove(base);
    return 0;
}

static enum fault live(struct agent_requests *requests)
{
    u16 kinds[COMMAND_KIND_COUNT];
    u32 kinds_count = 0;
    for (u16 kind = COMMAND_CONTINUE + 1; kind <= COMMAND_ADJUST; kind += 1) {
        kinds[kinds_count] = kind;
        kinds_count += 1;
    }
    struct engine_agent_input input = {
        .channel = &channel, .source = SCENE_SOURCE, .kinds = kinds, .kinds_count = kinds_count};
    struct engine_agent_listener listener = {.channel = &bells, .source = SCENE_SOURCE};
    struct engine_agent_options options = {.engine = {.disk = disk_real(),
                                                      .clock = clock_real(),
                                                      .folder = folder,
                                                      .genesis = &genesis,
                                                      .batch_commands = 300,
                                                      .journal_segment = SEGMENT_BYTES,
                                                      .event_segment = SEGMENT_BYTES,
                                                      .threads = true,
                                                      .no_continue = true},
                                           .inputs = &input,
                                           .inputs_count = 1,
                                           .listeners = &listener,
                                           .listeners_count = 1,
                                           .collect_ms = 20};
    struct agent *agent = NULL;
    TRY(engine_agent_open(&agent, &options));
    struct agents_options run = {
        .requests = requests, .spin_ns = AGENT_SPIN_DEFAULT_NS, .sleep_us = ENGINE_AGENT_SLEEP_US};
    enum fault fault = agents_run(&agent, 1, &run);
    engine_agent_close(agent);
    return fault;
}

/* Puts what fits; false when nothing did. */
static bool put_some(u32 records_max)
{
    u32 count = 0;
    while (used < commands.used && count < records_max) {
        const u8 *record = commands.bytes + used;
        size_t size = (size_t)record[offsetof(struct command_head, units)] * WIRE_UNIT;
        if (channel_put(&writer, span_of(record, size)) != CHANNEL_PUT) {
            break;
        }
        used += size;
        count += 1;
    }
    channel_flush(&writer);
    return count > 0;
}

static void bells_take(void)
{
    u8 record[CHANNEL_RECORD_BYTES_MAX];
    size_t size = 0;
    while (channel_take(&reader, record, &size) == CHANNEL_RECORD) {
        assert_true(link_bell_read(span_of(record, size), &bell));
    }
    channel_release(&reader);
}

/* Puts everything that is left and waits until an engine that began after `after` has it. */
static void all_through(u64 after)
{
    for (u32 count = 0; bell.head.source_index < commands.source_index || bell.generation <= after;
         count += 1) {
        u64 position = bell.position;
        if (!put_some(UINT32_MAX)) {
            channel_wait(&reader, 0, WAIT_US);
        }
        bells_take();
        count = bell.position == position ? count : 0;
        assert_true(count < WAITS_MAX); /* without progress */
    }
}

/* ---- a thread ---- */

static struct agent_requests requests;
static enum fault thread_fault;

static void *thread_run(void *argument)
{
    (void)argument;
    thread_fault = live(&requests);
    return NULL;
}

static void a_thread_serves_and_stops(void **state)
{
    (void)state;
    pthread_t thread;
    atomic_store(&requests.stop, 0);
    assert_int_equal(pthread_create(&thread, NULL, thread_run, NULL), 0);
    all_through(0);
    u64 position = bell.position;
    assert_true(position > 0);
    assert_int_equal(bell.seq, commands.count + 1);
    atomic_store(&requests.stop, 1);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(thread_fault, FAULT_NONE);
    bells_take();
    assert_int_equal(bell.flags, LINK_BELL_STOPPING);
    assert_int_equal(bell.position, position);
}

static u32 segments_count(void)
{
    u64 positions[SEGMENTS_MAX];
    char events[FILE_PATH_BYTES];
    u32 count = 0;
    scene_must(file_path(events, folder, "events"));
    scene_must(eventlog_list(disk_real(), events, EVENTLOG_SEGMENT_SUFFIX, positions, SEGMENTS_MAX,
                             &count));
    return count;
}

static void segments_behind_an_image_go(void **state)
{
    (void)state;
    pthread_t thread;
    struct snapshot_result result = {.written = false};
    struct snapshot_options options = {
        .disk = disk_real(), .clock = clock_real(), .folder = folder, .image = true};
    atomic_store(&requests.stop, 0);
    assert_int_equal(pthread_create(&thread, NULL, thread_run, NULL), 0);
    all_through(0);
    usleep(60000); /* it has looked by now, and kept everything */
    u32 before = segments_count();
    scene_must(snapshot_run(&options, &result));
    assert_true(result.image_written);
    u32 after = before;
    for (u32 count = 0; after == before && count < 1000; count += 1) {
        usleep(10000);
        after = segments_count();
    }
    atomic_store(&requests.stop, 1);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(thread_fault, FAULT_NONE);
    /* A short run has but one segment, which stays. */
    assert_true(before == 1 || after < before);
}

/* ---- processes ---- */

static pid_t child_start(void)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        static struct agent_requests ours;
        agent_requests_of_signals(&ours);
        enum fault fault = live(&ours);
        if (fault != FAULT_NONE) {
            (void)fprintf(stderr, "%s\n", fault_text());
        }
        _exit(fault_exit_code(fault));
    }
    return child;
}

static int child_end(pid_t child, int number)
{
    int status = 0;
    assert_int_equal(kill(child, number), 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

static void killed_engines_lose_nothing(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, test_seed());
    u64 generation = 0;
    for (u32 life = 0; life < LIVES; life += 1) {
        pid_t child = child_start();
        /* At some record the process dies, with others in the channel and on their way. */
        size_t until = u64_min(commands.used, used + commands.used / LIVES);
        bool has_rung = false;
        for (u32 count = 0; (used < until || !has_rung) && count < commands.count; count += 1) {
            if (!put_some((u32)random_between(&random, 1, 100))) {
                channel_wait(&reader, 0, WAIT_US);
            }
            bells_take();
            has_rung = bell.generation > generation;
        }
        assert_true(has_rung);
        usleep((useconds_t)random_below(&random, PAUSE_US));
        int status = child_end(child, SIGKILL);
        assert_true(WIFSIGNALED(status));
        bells_take();
        generation = bell.generation;
    }
    pid_t child = child_start();
    all_through(generation);
    assert_int_equal(child_end(child, SIGTERM), 0);
    /* Each once: as many commands as indexes, and the genesis. */
    struct scene_sink sink;
    scene_sink_init(&sink);
    struct engine_options options = {.disk = disk_real(),
                                     .clock = clock_real(),
                                     .folder = folder,
                                     .event_segment = SEGMENT_BYTES,
                                     .journal_segment = SEGMENT_BYTES,
                                     .no_continue = true,
                                     .sink = &sink.sink};
    struct engine *engine = NULL;
    scene_must(engine_open(&engine, &options));
    assert_int_equal(engine_source_index(engine, SCENE_SOURCE), commands.source_index);
    assert_int_equal(engine_status(engine).seq_durable, commands.count + 1);
    assert_int_equal(engine_status(engine).event_position, bell.position);
    engine_close(engine);
    scene_sink_free(&sink);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_thread_serves_and_stops, setup, teardown),
        cmocka_unit_test_setup_teardown(segments_behind_an_image_go, setup, teardown),
        cmocka_unit_test_setup_teardown(killed_engines_lose_nothing, setup, teardown),
    };
    log_setup(2, LOG_FORMAT_TEXT, LOG_LEVEL_ERROR, clock_real());
    return cmocka_run_group_tests(tests, NULL, NULL);
}
