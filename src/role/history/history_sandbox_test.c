/* Aim: the list of system calls in io/sandbox_calls.txt is enough for a history: it begins a
 * database, follows the log over several segments, answers questions, ends, and goes on, all of it
 * inside.
 *
 * Method: an engine outside leaves a log; a forked child enters the sandbox of the role and plays
 * two lives; a call that is missing from the list would end it with SIGSYS. */
#include "base/span.h"
#include "io/sandbox.h"
#include "role/history/history_agent.h"
#include "tests/support/engine_scene.h"
#include "wire/lookup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ORDERS = 20000, SEGMENT_BYTES = 1 << 20, BYTES = 1 << 20, NO_SANDBOX = 7, QUESTIONS = 18 };

static char base[SCENE_PATH_BYTES];
static char folder[FILE_PATH_BYTES];
static struct channel asks;
static struct channel answers;
static struct scene_sink sink;

static void engine_leave_log(void)
{
    struct command_genesis genesis = scene_genesis();
    struct scene_commands commands;
    struct engine_options options = {.disk = disk_real(),
                                     .clock = clock_real(),
                                     .folder = folder,
                                     .genesis = &genesis,
                                     .batch_commands = 700,
                                     .batch_bytes = 128 << 10,
                                     .journal_segment = SEGMENT_BYTES,
                                     .event_segment = SEGMENT_BYTES,
                                     .sink = &sink.sink,
                                     .no_continue = true};
    struct engine *engine = NULL;
    genesis.head.source_index = 1;
    scene_commands_init(&commands);
    commands.source_index = 1;
    scene_put_venue(&commands);
    scene_put_flow(&commands, test_seed(), test_rounds(ORDERS));
    scene_sink_init(&sink);
    scene_must(engine_open(&engine, &options));
    scene_submit_all(engine, span_of(commands.bytes, commands.used));
    scene_must(engine_drain(engine));
    engine_close(engine);
    scene_commands_free(&commands);
}

/* One question of each kind; so many answers must come. */
static bool questions_put(void)
{
    struct channel_writer writer;
    if (channel_writer_open(&writer, &asks) != FAULT_NONE) {
        return false;
    }
    for (u32 lookup = 1; lookup < LOOKUP_KIND_COUNT; lookup += 1) {
        struct lookup_ask ask = lookup_ask_of((enum lookup_kind)lookup);
        ask.ticket = lookup;
        ask.account = 1;
        ask.position_min = sink.position;
        ask.now_us = clock_wall_us(clock_real());
        ask.from_us = lookup % 2;
        if (!client_id_pack(&ask.client, span_of_text("nobody")) ||
            channel_put(&writer, span_of(&ask, sizeof(ask))) != CHANNEL_PUT) {
            return false;
        }
    }
    channel_flush(&writer);
    return true;
}

static bool answers_are_good(void)
{
    static const u16 kinds[] = {LOOKUP_RECORD_ROWS, LOOKUP_RECORD_ANSWER};
    static u8 record[CHANNEL_RECORD_BYTES_MAX];
    struct channel_reader reader;
    size_t size = 0;
    u32 good = 0;
    if (channel_reader_open(&reader, &answers, kinds, ARRAY_COUNT(kinds), LOOKUP_SOURCE_HISTORY) !=
        FAULT_NONE) {
        return false;
    }
    while (channel_take(&reader, record, &size) == CHANNEL_RECORD) {
        struct lookup_answer answer;
        const char *reason = NULL;
        if (lookup_answer_check(&answer, record, size, &reason) && answer.ticket != 0) {
            good += answer.status == LOOKUP_OK;
        }
    }
    channel_release(&reader);
    return good == QUESTIONS;
}

static enum fault live(struct agent *agent)
{
    bool busy = true;
    TRY(agent_open(agent));
    while (busy) {
        TRY(agent_work(agent, &busy));
    }
    agent_close(agent);
    return FAULT_NONE;
}

static int play(void)
{
    struct sandbox_path paths[] = {{.path = base, .is_writable = true}};
    struct sandbox_options options = {.role = "history", .paths = paths, .paths_count = 1};
    struct history_agent_options history = {
        .folder = folder, .asks = &asks, .answers = &answers, .wait_us = 60000000};
    struct footprint footprint = history_agent_footprint();
    struct sandbox_report report;
    struct arena arena;
    struct agent *agent = NULL;
    void *memory = aligned_alloc(64, (footprint.bytes + 63) / 64 * 64);
    if (memory == NULL || sandbox_enter(&options, &report) != FAULT_NONE || !report.has_seccomp) {
        return NO_SANDBOX;
    }
    for (u32 lives = 0; lives < 2; lives += 1) {
        arena_init(&arena, memory, footprint.bytes);
        if (!questions_put() || history_agent_init(&agent, &history, &arena) != FAULT_NONE ||
            live(agent) != FAULT_NONE) {
            (void)fprintf(stderr, "%s\n", fault_text());
            return 1;
        }
        if (!answers_are_good()) {
            return 2;
        }
    }
    return 0;
}

static void a_history_lives_in_its_sandbox(void **state)
{
    (void)state;
    if (!sandbox_is_built() || test_is_valgrind()) {
        (void)printf("skipped: no sandbox with a sanitizer or under valgrind\n");
        skip();
    }
    assert_int_equal(LOOKUP_KIND_COUNT - 1, QUESTIONS);
    scene_folder_make(base);
    scene_must(file_path(folder, base, "venue"));
    scene_must(channel_create(&asks, "asks", BYTES));
    scene_must(channel_create(&answers, "answers", BYTES));
    engine_leave_log();
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        _exit(play());
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    channel_close(&asks);
    channel_close(&answers);
    scene_sink_free(&sink);
    scene_folder_remove(base);
    assert_int_equal(status, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_history_lives_in_its_sandbox)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
