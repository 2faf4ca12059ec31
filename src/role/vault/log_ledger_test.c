/* Aim: where the journal's chain stands is in the log soon after a start, then once in each
 * interval while something is new, and once for each image; never twice, whenever the process is
 * killed.
 *
 * Method: an event log whose head and images the test writes, an agent without vault and witnesses,
 * a clock moved by hand; a child that ends at its n-th turn, for every n. */
#include "base/span.h"
#include "io/eventlog.h"
#include "io/eventlog_format.h"
#include "io/log.h"
#include "role/vault/log_agent.h"
#include "role/vault/log_agent_inner.h"
#include "role/vault/publog_check.h"
#include "role/vault/publog_ledger.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SEGMENT = 1 << 16, HEADS_MAX = 64, TURNS = 12, WORKS_MAX = 4000 };
#define BEGIN     1769169600ULL
#define WORK_NS   60000000ULL
#define SECOND_NS 1000000000ULL
#define EVERY_S   60ULL

static struct {
    char folder[64];
    char events[FILE_PATH_BYTES];
    void *memory;
    struct eventlog *log;
    struct clock_false now;
    struct tlog_transport transport;
    struct log_agent *agent;
} place;

static u32 nobody(struct tlog_transport *transport, const char *url, struct span body, u8 *target,
                  size_t bytes_max, size_t *bytes_out)
{
    (void)transport;
    (void)url;
    (void)body;
    (void)target;
    (void)bytes_max;
    *bytes_out = 0;
    return 0;
}

static struct eventlog_head head_of(u64 seq, bool has_state)
{
    struct eventlog_head head = {
        .seq = seq, .time_us = BEGIN * 1000000 + seq, .has_state = has_state};
    memset(head.hash, (int)(seq % 251), sizeof(head.hash));
    if (has_state) {
        memset(head.state, (int)(seq % 241), sizeof(head.state));
    }
    return head;
}

static void head_put(u64 seq)
{
    struct eventlog_head head = head_of(seq, false);
    eventlog_head_show(place.log, &head);
}

static void image_put(u64 seq)
{
    static const u8 venue[EVENTLOG_VENUE_BYTES];
    struct eventlog_image image;
    struct eventlog_point point = {.position = 100 * seq, .seq = seq};
    assert_int_equal(eventlog_image_create(&image, disk_real(), place.events, venue, point),
                     FAULT_NONE);
    image.head = head_of(seq, true);
    assert_int_equal(eventlog_image_add(&image, span_of_text("state")), FAULT_NONE);
    assert_int_equal(eventlog_image_finish(&image), FAULT_NONE);
    eventlog_image_close(&image);
}

static void agent_begin(void)
{
    struct log_agent_options options = {
        .folder = place.folder,
        .disk = disk_real(),
        .clock = &place.now.clock,
        .origin = "log.test.invalid/a",
        .transport = &place.transport,
        .ledger_every_us = EVERY_S * 1000000,
        .listener = -1,
    };
    assert_int_equal(log_agent_create(&place.agent, &options), FAULT_NONE);
    if (agent_open(log_agent_of(place.agent)) != FAULT_NONE) {
        fail_msg("%s", fault_text());
    }
}

static void agent_end(void)
{
    if (place.agent != NULL) {
        agent_close(log_agent_of(place.agent));
        log_agent_destroy(place.agent);
        place.agent = NULL;
    }
}

static void work(void)
{
    bool busy = false;
    clock_false_advance(&place.now, WORK_NS);
    if (agent_work(log_agent_of(place.agent), &busy) != FAULT_NONE) {
        fail_msg("%s", fault_text());
    }
}

static void pass(u64 seconds)
{
    u64 end = clock_mono_ns(&place.now.clock) + seconds * SECOND_NS;
    for (u32 count = 0; clock_mono_ns(&place.now.clock) < end; count += 1) {
        assert_true(count < WORKS_MAX);
        work();
    }
}

/* The log's ledger lines, all of them right; their numbers, 1000000 more with a state. */
static u32 logged(u64 seqs_out[HEADS_MAX])
{
    struct publog_check check;
    u32 count = 0;
    publog_check_init(&check, NULL);
    for (u64 index = 0; index < tlog_store_signed_size(place.agent->store); index += 1) {
        struct span entry;
        struct eventlog_head head;
        assert_int_equal(tlog_store_entry(place.agent->store, index, &entry), FAULT_NONE);
        assert_int_equal(check.leaves.leaf(&check.leaves, index, entry), TLOG_FLAW_NONE);
        if (!publog_ledger_is(entry)) {
            continue;
        }
        assert_true(publog_ledger_read(entry, &head));
        struct eventlog_head wanted = head_of(head.seq, head.has_state);
        assert_memory_equal(head.hash, wanted.hash, sizeof(head.hash));
        assert_memory_equal(head.state, wanted.state, sizeof(head.state));
        assert_true(count < HEADS_MAX);
        seqs_out[count] = head.seq + (head.has_state ? 1000000 : 0);
        count += 1;
    }
    return count;
}

static void logged_are(const u64 *wanted, u32 wanted_count)
{
    u64 seqs[HEADS_MAX];
    u32 count = logged(seqs);
    for (u32 i = 0; i < (u32)u64_min(count, wanted_count); i += 1) {
        assert_int_equal(seqs[i], wanted[i]);
    }
    assert_int_equal(count, wanted_count);
}

static int make(void **state)
{
    struct arena arena;
    (void)state;
    memset(&place, 0, sizeof(place));
    (void)snprintf(place.folder, sizeof(place.folder), "/tmp/cambist-ledger-XXXXXX");
    assert_non_null(mkdtemp(place.folder));
    (void)snprintf(place.events, sizeof(place.events), "%s/events", place.folder);
    struct eventlog_config config = {
        .disk = disk_real(), .folder = place.events, .segment_bytes = SEGMENT};
    size_t bytes = eventlog_footprint(&config);
    place.memory = aligned_alloc(4096, (bytes + 4095) & ~(size_t)4095);
    assert_non_null(place.memory);
    arena_init(&arena, place.memory, bytes);
    assert_int_equal(eventlog_open(&place.log, &config, &arena), FAULT_NONE);
    assert_int_equal(eventlog_begin(place.log, (struct eventlog_point){0}), FAULT_NONE);
    clock_false_init(&place.now, BEGIN * 1000000);
    place.transport.post = nobody;
    return 0;
}

static int clear(void **state)
{
    char command[128];
    (void)state;
    agent_end();
    eventlog_close(place.log);
    free(place.memory);
    (void)snprintf(command, sizeof(command), "rm -r %s", place.folder);
    return system(command);
}

/* ---- tests ---- */

static void each_interval_has_one(void **state)
{
    (void)state;
    agent_begin();
    pass(5); /* the venue has not begun */
    logged_are(NULL, 0);
    head_put(7);
    pass(2); /* at once */
    logged_are((const u64[]){7}, 1);
    head_put(9);
    pass(EVERY_S / 2);
    logged_are((const u64[]){7}, 1);
    head_put(30);
    pass(EVERY_S / 2);
    logged_are((const u64[]){7, 30}, 2);
    pass(2 * EVERY_S / 3); /* nothing new: nothing is said */
    agent_end();
    agent_begin();
    pass(2);
    logged_are((const u64[]){7, 30}, 2);
    agent_end();
    head_put(31);
    agent_begin(); /* a start does not wait */
    pass(2);
    logged_are((const u64[]){7, 30, 31}, 3);
}

static void each_image_has_one(void **state)
{
    (void)state;
    agent_begin();
    image_put(20);
    pass(12);
    logged_are((const u64[]){1000020}, 1);
    image_put(40);
    image_put(60);
    head_put(61);
    pass(12); /* the newest */
    u64 seqs[HEADS_MAX];
    assert_int_equal(logged(seqs), 3);
    assert_true(seqs[1] + seqs[2] == 1000060 + 61);
    agent_end();
    agent_begin();
    pass(30);
    assert_int_equal(logged(seqs), 3);
}

/* A journal that was put back is not kept quiet. */
static void what_goes_back_is_said(void **state)
{
    (void)state;
    agent_begin();
    head_put(50);
    pass(2);
    head_put(30);
    pass(EVERY_S);
    logged_are((const u64[]){50, 30}, 2);
}

static void a_damaged_image_says_nothing(void **state)
{
    char path[FILE_PATH_BYTES];
    (void)state;
    image_put(20);
    assert_int_equal(eventlog_path(path, place.events, 2000, EVENTLOG_IMAGE_SUFFIX), FAULT_NONE);
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, 1024 + 50, SEEK_SET), 0);
    assert_int_equal(fputc(0xff, file), 0xff);
    assert_int_equal(fclose(file), 0);
    agent_begin();
    pass(12);
    logged_are(NULL, 0);
}

/* The process ends without a word after so many turns. */
static void life(u32 turns)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        agent_begin();
        for (u32 turn = 0; turn < turns; turn += 1) {
            work();
        }
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void kills_lose_and_double_nothing(void **state)
{
    (void)state;
    u64 wanted[HEADS_MAX];
    for (u32 turns = 0; turns < TURNS; turns += 1) {
        head_put(turns + 1);
        life(turns);
    }
    agent_begin();
    pass(2);
    u32 count = logged(wanted);
    assert_true(count >= 1 && count <= TURNS);
    assert_int_equal(wanted[count - 1], TURNS);
    for (u32 i = 1; i < count; i += 1) {
        assert_true(wanted[i] > wanted[i - 1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_interval_has_one, make, clear),
        cmocka_unit_test_setup_teardown(each_image_has_one, make, clear),
        cmocka_unit_test_setup_teardown(what_goes_back_is_said, make, clear),
        cmocka_unit_test_setup_teardown(a_damaged_image_says_nothing, make, clear),
        cmocka_unit_test_setup_teardown(kills_lose_and_double_nothing, make, clear),
    };
    log_setup(2, LOG_FORMAT_TEXT, (enum log_level)(LOG_LEVEL_ERROR + 1), clock_real());
    return cmocka_run_group_tests_name("log_ledger", tests, NULL, NULL);
}
