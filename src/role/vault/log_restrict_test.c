/* Aim: each UTC day has one line, with the root over exactly the decisions that the event log told
 * for it, whenever the process is killed, starts late, sleeps over days or loses events; and two
 * who read the same events write the same roots.
 *
 * Method: an event log that the test writes at random, a clock moved by hand, an agent without
 * vault and witnesses; beside it the same said plainly (tests/support/restrict_scene.h). */
#include "base/random.h"
#include "base/span.h"
#include "io/eventlog.h"
#include "io/eventlog_format.h"
#include "io/log.h"
#include "role/vault/log_agent.h"
#include "role/vault/log_agent_inner.h"
#include "role/vault/publog_inner.h"
#include "role/vault/restrict_line.h"
#include "role/vault/restrict_proof.h"
#include "role/vault/restrict_rows.h"
#include "tests/support/restrict_scene.h"
#include "tests/support/test.h"
#include "wire/schema.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SEGMENT = 1 << 16, WORKS_MAX = 4000, TURNS = 14 };
#define DAY_S     86400ULL
#define BEGIN_S   (20475ULL * DAY_S + 1000) /* 2026-01-22 */
#define SECOND_NS 1000000000ULL
#define WORK_NS   60000000ULL

static struct restrict_scene scene;

static struct {
    char folder[64];
    char events[FILE_PATH_BYTES];
    void *memory;
    struct eventlog *log;
    struct clock_false now;     /* the venue's, which leaps over days */
    struct clock_false machine; /* by which slots are closed */
    struct tlog_transport transport;
    struct log_agent *agent;
} place;

/* ---- the agent ---- */

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

static void agent_begin(void)
{
    struct log_agent_options options = {
        .folder = place.folder,
        .disk = disk_real(),
        .clock = &place.machine.clock,
        .venue_clock = &place.now.clock,
        .origin = "log.test.invalid/a",
        .transport = &place.transport,
        .ledger_every_us = 3600ULL * 1000000,
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
    clock_false_advance(&place.machine, WORK_NS);
    if (agent_work(log_agent_of(place.agent), &busy) != FAULT_NONE) {
        fail_msg("%s", fault_text());
    }
}

static void works(u32 count)
{
    for (u32 i = 0; i < count; i += 1) {
        work();
    }
    assert_int_equal(log_agent_counts(place.agent).stopped, 0);
}

/* The key is made at the first opening. */
static void key_take(void)
{
    char log[FILE_PATH_BYTES];
    (void)snprintf(log, sizeof(log), "%s/log", place.folder);
    assert_int_equal(log_restrict_key_read(disk_real(), log, scene.secret), FAULT_NONE);
}

static u64 now_us(void)
{
    return clock_wall_us(&place.now.clock);
}

static void lines_are(u32 wanted_count)
{
    struct restrict_order order;
    char wanted[RESTRICT_LINE_BYTES];
    u32 count = 0;
    key_take();
    restrict_order_init(&order, NULL);
    for (u64 index = 0; index < tlog_store_signed_size(place.agent->store); index += 1) {
        struct span entry;
        assert_int_equal(tlog_store_entry(place.agent->store, index, &entry), FAULT_NONE);
        assert_int_equal(order.leaves.leaf(&order.leaves, index, entry), TLOG_FLAW_NONE);
        if (!restrict_line_is(entry)) {
            continue;
        }
        assert_true(count < wanted_count);
        restrict_scene_line(&scene, &scene.days[count], wanted);
        if (entry.size < strlen(wanted) || memcmp(entry.data, wanted, strlen(wanted)) != 0) {
            fail_msg("seed %llu: \"%.*s\" instead of \"%s\"", (unsigned long long)test_seed(),
                     (int)entry.size, (const char *)entry.data, wanted);
        }
        count += 1;
    }
    assert_int_equal(count, wanted_count);
    assert_int_equal(order.days, wanted_count);
}

static int make(void **state)
{
    struct arena arena;
    (void)state;
    memset(&place, 0, sizeof(place));
    memset(&scene, 0, sizeof(scene));
    (void)snprintf(place.folder, sizeof(place.folder), "/tmp/cambist-restrict-XXXXXX");
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
    clock_false_init(&place.now, BEGIN_S * 1000000);
    clock_false_init(&place.machine, BEGIN_S * 1000000);
    place.transport.post = nobody;
    return sha256_open(&scene.sha256) == FAULT_NONE ? 0 : -1;
}

static int clear(void **state)
{
    char command[128];
    (void)state;
    agent_end();
    restrict_scene_close(&scene);
    eventlog_close(place.log);
    free(place.memory);
    (void)snprintf(command, sizeof(command), "rm -r %s", place.folder);
    return system(command);
}

/* ---- tests ---- */

/* Days end because something is told of a later one, or by the clock a minute after their end. */
static void each_day_has_its_root(void **state)
{
    struct random random;
    (void)state;
    random_init(&random, test_seed());
    agent_begin();
    for (u32 i = 0; i < 60; i += 1) {
        scene.time_us = now_us() + random_below(&random, 1000000);
        restrict_scene_put(&scene, place.log, &random);
        works(3);
        if (random_chance(&random, 1, 4)) {
            clock_false_advance(&place.now, random_below(&random, 2 * DAY_S) * SECOND_NS);
            works(40);
            restrict_scene_reach(&scene, now_us() - 61 * 1000000);
        }
        if (random_chance(&random, 1, 6)) {
            agent_end();
            agent_begin();
        }
    }
    works(40);
    lines_are(scene.days_count - 1);
}

static void idle_days_are_made_up(void **state)
{
    struct random random;
    (void)state;
    random_init(&random, test_seed());
    scene.time_us = now_us();
    restrict_scene_put(&scene, place.log, &random);
    agent_begin();
    works(20);
    lines_are(0);
    u64 left_s = DAY_S - scene.time_us / 1000000 % DAY_S;
    clock_false_advance(&place.now, (left_s + 50) * SECOND_NS);
    works(20);
    lines_are(0); /* a batch of the day may still come */
    clock_false_advance(&place.now, 15 * SECOND_NS);
    works(20);
    restrict_scene_reach(&scene, scene.time_us + left_s * 1000000);
    lines_are(1);
    agent_end(); /* and it sleeps for years */
    clock_false_advance(&place.now, 900 * DAY_S * SECOND_NS);
    agent_begin();
    works(80);
    restrict_scene_reach(&scene, scene.time_us + left_s * 1000000 + 900 * DAY_S * 1000000);
    lines_are(901);
}

/* What comes after its day was closed is counted in the next one. */
static void a_straggler_is_counted_once(void **state)
{
    struct random random;
    (void)state;
    random_init(&random, test_seed());
    agent_begin();
    scene.time_us = now_us();
    restrict_scene_put(&scene, place.log, &random);
    works(20);
    u64 first = scene.time_us;
    clock_false_advance(&place.now, DAY_S * SECOND_NS);
    works(40);
    restrict_scene_reach(&scene, first + DAY_S * 1000000);
    scene.time_us = first + 5;
    restrict_scene_put(&scene, place.log, &random);
    works(20);
    clock_false_advance(&place.now, DAY_S * SECOND_NS);
    works(40);
    restrict_scene_reach(&scene, first + 2 * DAY_S * 1000000);
    lines_are(2);
}

/* A log that begins when the venue has been there for days makes the same roots. */
static void a_late_start_makes_the_same(void **state)
{
    struct random random;
    (void)state;
    random_init(&random, test_seed());
    for (u32 i = 0; i < 40; i += 1) {
        clock_false_advance(&place.now, random_below(&random, DAY_S) * SECOND_NS);
        scene.time_us = now_us();
        restrict_scene_put(&scene, place.log, &random);
    }
    agent_begin();
    works(40);
    lines_are(scene.days_count - 1);
}

/* So does one whose book comes later than its log: what was read already is read again. */
static void a_book_that_is_new_catches_up(void **state)
{
    struct random random;
    (void)state;
    random_init(&random, test_seed());
    for (u32 i = 0; i < 20; i += 1) {
        clock_false_advance(&place.now, random_below(&random, DAY_S) * SECOND_NS);
        scene.time_us = now_us();
        restrict_scene_put(&scene, place.log, &random);
    }
    agent_begin();
    works(1); /* it has read, and kept lines, but nothing is logged yet */
    struct sql *sql = &place.agent->publog->sql;
    assert_int_equal(sql_run(sql, "DELETE FROM lines WHERE line GLOB 'restrictions *'"),
                     FAULT_NONE);
    assert_int_equal(sql_run(sql, "DELETE FROM restrict_state"), FAULT_NONE);
    assert_int_equal(sql_run(sql, "DELETE FROM restrict_leaves"), FAULT_NONE);
    assert_int_equal(sql_run(sql, "DELETE FROM restrict_days"), FAULT_NONE);
    u64 entries = tlog_store_signed_size(place.agent->store);
    agent_end();
    if (entries == 0) {
        agent_begin();
        works(40);
        lines_are(scene.days_count - 1);
    }
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
    struct random random;
    (void)state;
    random_init(&random, test_seed());
    for (u32 turns = 0; turns < TURNS; turns += 1) {
        clock_false_advance(&place.now, DAY_S / 2 * SECOND_NS);
        scene.time_us = now_us();
        restrict_scene_put(&scene, place.log, &random);
        life(turns);
    }
    agent_begin();
    works(40);
    restrict_scene_reach(&scene, now_us() - 61 * 1000000);
    lines_are(scene.days_count - 1);
}

static void image_put(u64 seq, u64 time_us, u64 position)
{
    static const u8 venue[EVENTLOG_VENUE_BYTES];
    struct eventlog_image image;
    struct eventlog_point point = {.position = position, .seq = seq};
    struct state_venue first = {
        .head = {.kind = STATE_VENUE, .units = sizeof(first) / 32}, .seq = seq, .now_us = time_us};
    assert_int_equal(eventlog_image_create(&image, disk_real(), place.events, venue, point),
                     FAULT_NONE);
    assert_int_equal(eventlog_image_add(&image, span_of(&first, sizeof(first))), FAULT_NONE);
    for (u32 i = 0; i < 4; i += 1) {
        struct state_pack pack = {
            .head = {.kind = STATE_PACK, .units = sizeof(pack) / 32, .id = i}};
        memcpy(pack.content_hash, scene.packs[i], sizeof(pack.content_hash));
        assert_int_equal(eventlog_image_add(&image, span_of(&pack, sizeof(pack))), FAULT_NONE);
    }
    for (u32 i = 1; i <= RESTRICT_SCENE_ACCOUNTS; i += 1) {
        struct state_link link = {
            .head = {.kind = STATE_LINK, .units = sizeof(link) / 32, .account = i},
            .person = scene.owners[i]};
        if (link.person != 0) {
            assert_int_equal(eventlog_image_add(&image, span_of(&link, sizeof(link))), FAULT_NONE);
        }
    }
    for (u32 i = 0; i < scene.facts_count; i += 1) {
        const struct scene_fact *fact = &scene.facts[i];
        struct state_fact row = {
            .head = {.kind = STATE_FACT, .units = sizeof(row) / 32, .id = fact->row},
            .person = fact->person,
            .fact = (u8)fact->kind,
            .value = (u16)fact->country,
            .from = fact->from,
            .until = fact->until};
        assert_int_equal(eventlog_image_add(&image, span_of(&row, sizeof(row))), FAULT_NONE);
    }
    assert_int_equal(eventlog_image_finish(&image), FAULT_NONE);
    eventlog_image_close(&image);
}

/* Events that nobody held: the days say so, and what comes behind an image is whole again. */
static void what_was_missed_is_said(void **state)
{
    struct random random;
    u32 removed = 0;
    (void)state;
    random_init(&random, test_seed());
    agent_begin();
    scene.time_us = now_us();
    restrict_scene_put(&scene, place.log, &random);
    works(600); /* what was read is passed */
    agent_end();
    char path[FILE_PATH_BYTES];
    (void)snprintf(path, sizeof(path), "%s/events/log.reader", place.folder);
    assert_int_equal(unlink(path), 0);
    u64 begin = scene.time_us;
    u32 leaves = scene.leaves_count;
    u64 last = scene.seq;
    u64 end = eventlog_end(place.log).position;
    while (eventlog_end(place.log).position < end + 3 * SEGMENT / 32) {
        scene.time_us = begin + 2 * DAY_S * 1000000; /* nobody sees these */
        scene.leaves_count = leaves;
        restrict_scene_put(&scene, place.log, &random);
    }
    image_put(scene.seq, scene.time_us, eventlog_end(place.log).position);
    /* What the model has of them is what the log may say. */
    scene.leaves_count = leaves;
    scene.days_count = 1;
    scene.days[0].missed = true;
    scene.days[0].last = last;
    for (u32 i = 1; i < 3; i += 1) {
        scene.days[i] = (struct scene_day){.day = scene.days[0].day + i,
                                           .first_leaf = leaves,
                                           .first = last + 1,
                                           .last = last,
                                           .missed = true};
        scene.days_count += 1;
    }
    scene.days[2].first = scene.seq + 1;
    scene.days[2].last = scene.seq;
    assert_int_equal(eventlog_collect(place.log, eventlog_end(place.log).position, &removed),
                     FAULT_NONE);
    assert_true(removed > 0);
    clock_false_advance(&place.now, 2 * DAY_S * SECOND_NS);
    for (u32 i = 0; i < 8; i += 1) {
        scene.time_us = begin + (2 * DAY_S + DAY_S / 5 * i) * 1000000;
        restrict_scene_put(&scene, place.log, &random);
    }
    agent_begin();
    works(60);
    assert_true(scene.days_count >= 4);
    lines_are(scene.days_count - 1);
}

static void a_key_that_was_lost_stops_the_log(void **state)
{
    char path[FILE_PATH_BYTES];
    struct random random;
    (void)state;
    random_init(&random, test_seed());
    scene.time_us = now_us();
    restrict_scene_put(&scene, place.log, &random);
    agent_begin();
    works(10);
    agent_end();
    (void)snprintf(path, sizeof(path), "%s/log/%s", place.folder, LOG_SALTS_FILE);
    assert_int_equal(unlink(path), 0);
    agent_begin();
    assert_int_equal(log_agent_counts(place.agent).stopped, 1);
}

/* ---- exported decisions ---- */

static struct {
    struct restrict_row_visitor visitor; /* first: it is cast back */
    struct restrict_rows *rows;
    struct tlog_crypto crypto;
    struct tlog_policy policy;
    struct tlog_receipt receipt;
    struct restrict_proof proof;
    struct restrict_proof again;
    struct restrict_proof_verdict verdict;
    const struct scene_day *day;
    bool with_facts;
    u32 seen;
    u8 receipt_bytes[TLOG_RECEIPT_BYTES_MAX];
    u8 file[RESTRICT_PROOF_BYTES_MAX];
    u8 changed[RESTRICT_PROOF_BYTES_MAX];
    size_t size;
} shown;

static enum restrict_proof_flaw flaw_of(const u8 *bytes, size_t size)
{
    return restrict_proof_read(span_of(bytes, size), &shown.again)
               ? restrict_proof_verify(&shown.crypto, &shown.policy, &shown.again, &shown.verdict)
               : RESTRICT_PROOF_TEXT;
}

static enum fault row_shown(struct restrict_row_visitor *visitor, const struct restrict_row *row)
{
    struct tlog_store *store = place.agent->store;
    const struct scene_leaf *leaf = &scene.leaves[shown.day->first_leaf + row->number];
    u64 index = 0;
    (void)visitor;
    assert_int_equal(restrict_rows_proof(shown.rows, row, shown.with_facts, &shown.proof, &index),
                     FAULT_NONE);
    assert_true(span_equal(shown.proof.code, span_of_text(leaf->code)));
    assert_true(span_equal(shown.proof.decision, span_of_text(leaf->decision)));
    assert_true(span_equal(shown.proof.facts, span_of_text(leaf->facts)));
    shown.receipt =
        (struct tlog_receipt){.index = index, .checkpoint = tlog_store_published_note(store)};
    assert_int_equal(
        tlog_store_inclusion(store, index, tlog_store_published_size(store), &shown.receipt.proof),
        FAULT_NONE);
    size_t bytes =
        tlog_receipt_write(&shown.receipt, shown.receipt_bytes, sizeof(shown.receipt_bytes));
    shown.proof.receipt = span_of(shown.receipt_bytes, bytes);
    shown.size = restrict_proof_write(&shown.proof, shown.file, sizeof(shown.file));
    assert_true(shown.size > 0);
    assert_int_equal(flaw_of(shown.file, shown.size), RESTRICT_PROOF_NONE);
    assert_int_equal(shown.again.has_facts, shown.with_facts);
    assert_int_equal(shown.verdict.seq, leaf->seq);
    shown.seen += 1;
    return FAULT_NONE;
}

/* Days with decisions, a log that shows them, and who reads it. */
static void shown_begin(struct random *random)
{
    char log[FILE_PATH_BYTES];
    memset(&shown, 0, sizeof(shown));
    agent_begin();
    for (u32 i = 0; i < 30; i += 1) {
        scene.time_us = now_us();
        restrict_scene_put(&scene, place.log, random);
        clock_false_advance(&place.now, random_below(random, DAY_S / 3) * SECOND_NS);
    }
    works(60);
    shown.visitor.row = row_shown;
    (void)snprintf(log, sizeof(log), "%s/log", place.folder);
    assert_int_equal(tlog_crypto_open(&shown.crypto), FAULT_NONE);
    assert_int_equal(
        log_policy_load(disk_real(), place.folder, &shown.crypto.sha256, &shown.policy),
        FAULT_NONE);
    assert_int_equal(restrict_rows_open(&shown.rows, log), FAULT_NONE);
}

static void shown_end(void)
{
    restrict_rows_close(shown.rows);
    tlog_crypto_close(&shown.crypto);
}

static void an_export_proves_one_decision(void **state)
{
    struct random random;
    u32 wanted = 0;
    (void)state;
    random_init(&random, test_seed());
    shown_begin(&random);
    for (u32 i = 0; i + 1 < scene.days_count; i += 1) {
        shown.day = &scene.days[i];
        shown.with_facts = i % 2 == 0;
        wanted += scene.days[i].count;
        assert_int_equal(restrict_rows_day(shown.rows, (u32)shown.day->day, &shown.visitor),
                         FAULT_NONE);
    }
    assert_true(wanted > 10);
    assert_int_equal(shown.seen, wanted);
    struct restrict_row open = {.day = (u32)scene.days[scene.days_count - 1].day + 2};
    u64 index = 0;
    /* It is not over. */
    assert_int_equal(restrict_rows_proof(shown.rows, &open, true, &shown.proof, &index),
                     FAULT_UNAVAILABLE);
    fault_forget();
    shown_end();
}

/* No byte may be another one, none may be missing, and no decision stands in for another. */
static void a_changed_export_is_named(void **state)
{
    struct random random;
    (void)state;
    random_init(&random, test_seed());
    shown_begin(&random);
    for (u32 with_facts = 0; with_facts < 2; with_facts += 1) {
        shown.day = &scene.days[0];
        shown.with_facts = with_facts == 1;
        for (u32 i = 0; shown.day->count == 0; i += 1) {
            shown.day = &scene.days[i];
        }
        assert_int_equal(restrict_rows_day(shown.rows, (u32)shown.day->day, &shown.visitor),
                         FAULT_NONE);
        for (size_t at = 0; at < shown.size; at += 1) {
            memcpy(shown.changed, shown.file, shown.size);
            shown.changed[at] ^= (u8)(1U << random_below(&random, 8));
            if (flaw_of(shown.changed, shown.size) == RESTRICT_PROOF_NONE) {
                fail_msg("seed %llu: byte %zu", (unsigned long long)test_seed(), at);
            }
            if (at % 7 == 0) {
                assert_int_not_equal(flaw_of(shown.file, at), RESTRICT_PROOF_NONE);
            }
        }
        shown.again = shown.proof;
        shown.again.number += 1;
        size_t size = restrict_proof_write(&shown.again, shown.changed, sizeof(shown.changed));
        assert_int_not_equal(flaw_of(shown.changed, size), RESTRICT_PROOF_NONE);
    }
    shown_end();
}

static enum fault row_refused(struct restrict_row_visitor *visitor, const struct restrict_row *row)
{
    u64 index = 0;
    (void)visitor;
    assert_int_equal(restrict_rows_proof(shown.rows, row, true, &shown.proof, &index),
                     FAULT_DIVERGED);
    fault_forget();
    shown.seen += 1;
    return FAULT_NONE;
}

/* What was kept is not what was logged: nothing is shown. */
static void a_changed_book_shows_nothing(void **state)
{
    static const char *const changes[] = {
        "UPDATE restrict_leaves SET facts = CAST('none' || char(10) AS BLOB), hash = x'00'",
        "UPDATE restrict_leaves SET decision = CAST(replace(decision, 'item 0', 'item 7') AS BLOB)",
        "DELETE FROM restrict_leaves WHERE number = 0"};
    struct random random;
    (void)state;
    random_init(&random, test_seed());
    shown_begin(&random);
    struct sql *sql = &place.agent->publog->sql;
    for (u32 i = 0; i < ARRAY_COUNT(changes); i += 1) {
        shown.day = &scene.days[0];
        for (u32 k = 0; shown.day->count < 2; k += 1) {
            shown.day = &scene.days[k];
        }
        assert_int_equal(sql_run(sql, "SAVEPOINT change"), FAULT_NONE);
        assert_int_equal(sql_run(sql, changes[i]), FAULT_NONE);
        assert_int_equal(sql_run(sql, "RELEASE change"), FAULT_NONE);
        shown.visitor.row = row_refused;
        shown.seen = 0;
        assert_int_equal(restrict_rows_day(shown.rows, (u32)shown.day->day, &shown.visitor),
                         FAULT_NONE);
        assert_true(shown.seen > 0);
        fault_forget();
    }
    shown_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_day_has_its_root, make, clear),
        cmocka_unit_test_setup_teardown(idle_days_are_made_up, make, clear),
        cmocka_unit_test_setup_teardown(a_straggler_is_counted_once, make, clear),
        cmocka_unit_test_setup_teardown(a_late_start_makes_the_same, make, clear),
        cmocka_unit_test_setup_teardown(a_book_that_is_new_catches_up, make, clear),
        cmocka_unit_test_setup_teardown(kills_lose_and_double_nothing, make, clear),
        cmocka_unit_test_setup_teardown(what_was_missed_is_said, make, clear),
        cmocka_unit_test_setup_teardown(a_key_that_was_lost_stops_the_log, make, clear),
        cmocka_unit_test_setup_teardown(an_export_proves_one_decision, make, clear),
        cmocka_unit_test_setup_teardown(a_changed_export_is_named, make, clear),
        cmocka_unit_test_setup_teardown(a_changed_book_shows_nothing, make, clear),
    };
    log_setup(2, LOG_FORMAT_TEXT, (enum log_level)(LOG_LEVEL_ERROR + 1), clock_real());
    return cmocka_run_group_tests_name("log_restrict", tests, NULL, NULL);
}
