/* Aim: the list of system calls in io/sandbox_calls.txt is enough for an engine: it begins a
 * journal, grows it and the event log by several segments, ends, and recovers, all of it inside.
 *
 * Method: a forked child enters the sandbox of the role and plays two lives; a call that is missing
 * from the list would end it with SIGSYS. */
#include "base/span.h"
#include "io/sandbox.h"
#include "role/engine/engine.h"
#include "tests/support/engine_scene.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ORDERS = 20000, SEGMENT_BYTES = 1 << 20, BATCH_BYTES = 128 << 10, NO_SANDBOX = 7 };

static struct command_genesis genesis;
static struct scene_commands commands;
static char base[SCENE_PATH_BYTES];
static char folder[FILE_PATH_BYTES];

static enum fault live(struct span records, u8 hash_out[JOURNAL_HASH_BYTES])
{
    struct engine_options options = {.disk = disk_real(),
                                     .clock = clock_real(),
                                     .folder = folder,
                                     .genesis = &genesis,
                                     .batch_commands = 700,
                                     .batch_bytes = BATCH_BYTES,
                                     .journal_segment = SEGMENT_BYTES,
                                     .event_segment = SEGMENT_BYTES,
                                     .threads = true,
                                     .no_continue = true};
    struct engine *engine = NULL;
    TRY(engine_open(&engine, &options));
    if (records.size > 0) {
        scene_submit_all(engine, records);
    }
    enum fault fault = engine_drain(engine);
    if (fault == FAULT_NONE) {
        fault = engine_state_hash(engine, hash_out);
    }
    engine_close(engine);
    return fault;
}

static int play(void)
{
    struct sandbox_path paths[] = {{.path = base, .is_writable = true}};
    struct sandbox_options options = {.role = "engine", .paths = paths, .paths_count = 1};
    struct sandbox_report report;
    u8 first[JOURNAL_HASH_BYTES];
    u8 second[JOURNAL_HASH_BYTES];
    if (sandbox_enter(&options, &report) != FAULT_NONE || !report.has_seccomp) {
        return NO_SANDBOX;
    }
    if (live(span_of(commands.bytes, commands.used), first) != FAULT_NONE ||
        live(span_of(NULL, 0), second) != FAULT_NONE) {
        (void)fprintf(stderr, "%s\n", fault_text());
        return 1;
    }
    return memcmp(first, second, sizeof(first)) == 0 ? 0 : 2;
}

static void an_engine_lives_in_its_sandbox(void **state)
{
    (void)state;
    if (!sandbox_is_built() || test_is_valgrind()) {
        (void)printf("skipped: no sandbox with a sanitizer or under valgrind\n");
        skip();
    }
    scene_folder_make(base);
    scene_must(file_path(folder, base, "venue"));
    genesis = scene_genesis();
    genesis.head.source_index = 1;
    scene_commands_init(&commands);
    commands.source_index = 1;
    scene_put_venue(&commands);
    scene_put_flow(&commands, test_seed(), test_rounds(ORDERS));
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        _exit(play());
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    scene_commands_free(&commands);
    scene_folder_remove(base);
    assert_int_equal(status, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(an_engine_lives_in_its_sandbox)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
