/* Aim: what the journal and the vault say is in the log exactly once, whenever the process is
 * killed; below the quorum the log goes on and an alarm says since when; a log that has stopped
 * stops nothing else.
 *
 * Method: an event log that the test writes, a vault that it plays over real channels, witnesses
 * that are real and unreachable at will, a clock moved by hand; a disk that kills the process at
 * its n-th change, for every n. */
#include "role/vault/log_agent.h"

#include "base/span.h"
#include "io/eventlog.h"
#include "io/sql.h"
#include "role/vault/log_agent_inner.h"
#include "role/vault/publog_check.h"
#include "role/vault/publog_vault.h"
#include "role/vault/vault_store.h"
#include "tests/support/log_scene.h"
#include "wire/vault_link.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WITNESSES = 3, SEGMENT = 1 << 16, KILLS = 40, WORKS_MAX = 20000, MINUTE = 60 };
#define BEGIN   1769169600ULL
#define WORK_NS 60000000ULL
#define DAY_S   86400ULL

struct network {
    struct tlog_transport transport; /* first: it is cast back */
    struct tlog_witness *witnesses[WITNESSES];
    bool silent[WITNESSES];
};

static struct {
    char folder[64];
    char events[FILE_PATH_BYTES];
    void *memory;
    struct eventlog *log;
    u64 seq;
    u64 entries;     /* log entries of the journal */
    u64 keep_events; /* of the vault */
    bool has_keep;
    bool has_root; /* and says what it holds */
    u64 vault_lines;
    u64 vault_day;              /* of the last one */
    struct channel channels[2]; /* asks, events */
    struct channel_reader asks;
    struct channel_writer answers;
    struct clock_false now;
    struct network network;
    struct log_agent *agent;
} place;

static struct log_scene_key keys[WITNESSES];
static struct tlog_witness_answer answer;

/* ---- witnesses ---- */

static u32 post(struct tlog_transport *transport, const char *url, struct span body, u8 *target,
                size_t bytes_max, size_t *bytes_out)
{
    struct network *network = (struct network *)(void *)transport;
    u32 index = (u32)url[strlen("http://127.0.0.")] - '1';
    assert_true(index < WITNESSES);
    *bytes_out = 0;
    if (network->silent[index]) {
        return 0;
    }
    tlog_witness_add(network->witnesses[index], body, &answer);
    assert_true(answer.size <= bytes_max);
    memcpy(target, answer.bytes, answer.size);
    *bytes_out = answer.size;
    return answer.status;
}

static void text_put(const char *name, const char *text)
{
    char path[FILE_PATH_BYTES];
    (void)snprintf(path, sizeof(path), "%s/%s", place.folder, name);
    assert_int_equal(
        tlog_file_write(disk_real(), path, FILE_CREATE | FILE_WRITE, span_of_text(text)),
        FAULT_NONE);
}

static void policy_put(const struct tlog_key *log_key)
{
    static char text[4096];
    char vkeys[WITNESSES + 1][TLOG_VKEY_BYTES];
    tlog_key_text(log_key, vkeys[WITNESSES]);
    for (u32 i = 0; i < WITNESSES; i += 1) {
        tlog_key_text(&keys[i].key, vkeys[i]);
    }
    (void)snprintf(text, sizeof(text),
                   "log %s\nwitness a %s http://127.0.0.1/\nwitness b %s http://127.0.0.2\n"
                   "witness c %s http://127.0.0.3\ngroup most 2 a b c\nquorum most\n",
                   vkeys[WITNESSES], vkeys[0], vkeys[1], vkeys[2]);
    text_put("log/policy.txt", text);
}

static void witnesses_open(const struct tlog_key *log_key)
{
    for (u32 i = 0; i < WITNESSES; i += 1) {
        char path[FILE_PATH_BYTES];
        struct tlog_secret secret = {.key = keys[i].key,
                                     .pem_bytes = (u32)strlen(keys[i].pair.private_pem)};
        memcpy(secret.pem, keys[i].pair.private_pem, secret.pem_bytes);
        (void)snprintf(path, sizeof(path), "%s/w%u", place.folder, i);
        struct tlog_witness_options options = {.disk = disk_real(),
                                               .folder = path,
                                               .clock = &place.now.clock,
                                               .secret = &secret,
                                               .logs = log_key,
                                               .logs_count = 1};
        assert_int_equal(tlog_witness_open(&place.network.witnesses[i], &options), FAULT_NONE);
    }
}

/* A key, and a policy that wants two of three. */
static void with_witnesses(void)
{
    char path[FILE_PATH_BYTES];
    struct tlog_key key;
    (void)snprintf(path, sizeof(path), "%s/log", place.folder);
    assert_int_equal(tlog_folder_make(disk_real(), path), FAULT_NONE);
    (void)snprintf(path, sizeof(path), "%s/log/key", place.folder);
    assert_int_equal(
        tlog_secret_make(disk_real(), path, span_of_text("log.test.invalid/a"), TLOG_KEY_LOG, &key),
        FAULT_NONE);
    policy_put(&key);
    witnesses_open(&key);
}

/* ---- the journal and the vault ---- */

static void event_put(const void *record, size_t size)
{
    assert_int_equal(eventlog_append(place.log, place.seq, clock_wall_us(&place.now.clock),
                                     span_of(record, size)),
                     FAULT_NONE);
    eventlog_release(place.log, eventlog_end(place.log));
}

static void entry_put(void)
{
    struct {
        struct event_applied applied;
        struct command_log_entry entry;
    } record;
    memset(&record, 0, sizeof(record));
    place.seq += 1;
    place.entries += 1;
    record.applied.head.kind = EVENT_APPLIED;
    record.applied.head.units = sizeof(record) / WIRE_UNIT;
    record.applied.head.seq = place.seq;
    record.entry.head.kind = COMMAND_LOG_ENTRY;
    record.entry.head.units = sizeof(record.entry) / WIRE_UNIT;
    record.entry.topic = LOG_TOPIC_SCREENED;
    record.entry.count = place.entries;
    event_put(&record, sizeof(record));
}

/* Something that says nothing in public. */
static void other_put(void)
{
    place.seq += 1;
    struct event_time event = {
        .head = {.kind = EVENT_TIME, .units = sizeof(event) / WIRE_UNIT, .seq = place.seq},
        .time_us = place.seq};
    event_put(&event, sizeof(event));
}

static void keep_open(void)
{
    static const u16 kinds[] = {VAULT_LINK_ASK, VAULT_LINK_LOOK};
    assert_int_equal(
        channel_reader_open(&place.asks, &place.channels[0], kinds, 2, LINK_SOURCE_LOG),
        FAULT_NONE);
    assert_int_equal(channel_writer_open(&place.answers, &place.channels[1]), FAULT_NONE);
}

/* Twice, as where an answer was late. */
static void root_tell(void)
{
    struct vault_link_root root = {.time_us = clock_wall_us(&place.now.clock),
                                   .records = 4,
                                   .put = 7,
                                   .erased = 3,
                                   .root = {0xa5}};
    vault_link_root_finish(&root);
    for (u32 i = 0; place.has_root && i < 2; i += 1) {
        assert_int_equal(channel_put(&place.answers, span_of(&root, sizeof(root))), CHANNEL_PUT);
    }
    channel_flush(&place.answers);
}

/* The vault's side, as keep would: a few at a time. */
static void keep_play(void)
{
    static u8 record[CHANNEL_RECORD_BYTES_MAX];
    size_t size = 0;
    struct vault_link_from ask;
    if (!place.has_keep || channel_take(&place.asks, record, &size) != CHANNEL_RECORD) {
        return;
    }
    assert_true(vault_link_from_read(span_of(record, size), &ask));
    channel_release(&place.asks);
    if (ask.head.kind == VAULT_LINK_LOOK) {
        root_tell();
        return;
    }
    for (u64 number = ask.from; number <= place.keep_events && number < ask.from + 3; number += 1) {
        struct vault_link_event event = {.number = number,
                                         .time_us = number,
                                         .count = number,
                                         .kind = (u16)(number % VAULT_EVENT_DRILL + 1)};
        vault_link_event_finish(&event);
        assert_int_equal(channel_put(&place.answers, span_of(&event, sizeof(event))), CHANNEL_PUT);
    }
    struct vault_link_from end = vault_link_end(ask.from);
    assert_int_equal(channel_put(&place.answers, span_of(&end, sizeof(end))), CHANNEL_PUT);
    channel_flush(&place.answers);
}

/* ---- the agent ---- */

static enum fault agent_begin_on(struct disk *disk, const char *origin)
{
    struct log_agent_options options = {
        .folder = place.folder,
        .disk = disk,
        .clock = &place.now.clock,
        .origin = origin,
        .transport = &place.network.transport,
        .asks = place.has_keep ? &place.channels[0] : NULL,
        .events = place.has_keep ? &place.channels[1] : NULL,
        .listener = -1,
    };
    assert_int_equal(log_agent_create(&place.agent, &options), FAULT_NONE);
    return agent_open(log_agent_of(place.agent));
}

static void agent_begin(void)
{
    if (agent_begin_on(disk_real(), "log.test.invalid/a") != FAULT_NONE) {
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
    keep_play();
}

static void pass(u64 seconds)
{
    u64 end = clock_mono_ns(&place.now.clock) + seconds * 1000000000ULL;
    for (u32 count = 0; clock_mono_ns(&place.now.clock) < end; count += 1) {
        assert_true(count < WORKS_MAX);
        work();
    }
}

static struct log_agent_counts counts(void)
{
    return log_agent_counts(place.agent);
}

/* One of each day at most. */
static void vault_line_is_right(struct span entry)
{
    struct publog_vault vault;
    assert_true(publog_vault_read(entry, &vault));
    assert_true(publog_vault_adds_up(&vault) && vault.put == 7 && vault.root[0] == 0xa5);
    assert_true(vault.time_us / (DAY_S * 1000000) > place.vault_day);
    place.vault_day = vault.time_us / (DAY_S * 1000000);
    place.vault_lines += 1;
}

/* Every entry is the next line, or the next slot of its class; how many lines there are. */
static u64 lines_are_right(void)
{
    struct publog_check check;
    u64 lines = 0;
    place.vault_lines = 0;
    place.vault_day = 0;
    publog_check_init(&check, NULL);
    for (u64 index = 0; index < tlog_store_signed_size(place.agent->store); index += 1) {
        struct span entry;
        char wanted[64];
        assert_int_equal(tlog_store_entry(place.agent->store, index, &entry), FAULT_NONE);
        assert_int_equal(check.leaves.leaf(&check.leaves, index, entry), TLOG_FLAW_NONE);
        if (publog_vault_is(entry)) {
            vault_line_is_right(entry);
        } else if (publog_line_valid(entry)) {
            lines += 1;
            int size =
                snprintf(wanted, sizeof(wanted), "searches %llu at ", (unsigned long long)lines);
            assert_true(entry.size > (size_t)size);
            assert_memory_equal(entry.data, wanted, (size_t)size);
        }
    }
    return lines;
}

static u64 events_kept(void)
{
    static const struct sql_format format = {
        .application = PUBLOG_APPLICATION, .version = PUBLOG_VERSION, .what = "events of the log"};
    char path[FILE_PATH_BYTES];
    struct sql sql;
    struct sqlite3_stmt *statement = NULL;
    bool row = false;
    (void)snprintf(path, sizeof(path), "%s/log/events.db", place.folder);
    assert_int_equal(sql_open(&sql, path, SQL_READ, &format), FAULT_NONE);
    assert_int_equal(
        sql_prepare(&sql, "SELECT count(*), count(DISTINCT text) FROM events", &statement),
        FAULT_NONE);
    struct sql_call call = sql_call(statement);
    assert_int_equal(sql_next(&sql, &call, &row), FAULT_NONE);
    u64 all = sql_get_u64(&call);
    assert_int_equal(all, sql_get_u64(&call)); /* none twice */
    sql_end(&call);
    sql_give_back(&statement);
    sql_close(&sql);
    return all;
}

/* ---- the scene ---- */

static int group_open(void **state)
{
    (void)state;
    for (u32 i = 0; i < WITNESSES; i += 1) {
        char name[32];
        (void)snprintf(name, sizeof(name), "w%u.test.invalid", i);
        log_scene_key_make(name, TLOG_KEY_WITNESS, &keys[i]);
    }
    return 0;
}

static int make(void **state)
{
    struct arena arena;
    (void)state;
    memset(&place, 0, sizeof(place));
    (void)snprintf(place.folder, sizeof(place.folder), "/tmp/cambist-log-XXXXXX");
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
    place.network.transport.post = post;
    place.has_keep = true;
    for (u32 i = 0; i < 2; i += 1) {
        assert_int_equal(channel_create(&place.channels[i], "test", CHANNEL_BYTES_MIN), FAULT_NONE);
    }
    keep_open();
    return 0;
}

static int clear(void **state)
{
    char command[128];
    (void)state;
    agent_end();
    for (u32 i = 0; i < WITNESSES; i += 1) {
        tlog_witness_close(place.network.witnesses[i]);
    }
    for (u32 i = 0; i < 2; i += 1) {
        channel_close(&place.channels[i]);
    }
    eventlog_close(place.log);
    free(place.memory);
    (void)snprintf(command, sizeof(command), "rm -r %s", place.folder);
    return system(command);
}

/* ---- tests ---- */

static void what_happens_is_logged_and_shown(void **state)
{
    (void)state;
    with_witnesses();
    agent_begin();
    place.keep_events = 7;
    for (u32 i = 0; i < 5; i += 1) {
        entry_put();
        other_put();
    }
    pass(2);
    assert_int_equal(lines_are_right(), 5);
    assert_int_equal(counts().publog.lines, 5);
    assert_int_equal(counts().publog.events, 7);
    assert_int_equal(counts().shown, 5); /* lines do not wait for a slot */
    assert_int_equal(counts().ask.reached, WITNESSES);
    pass(MINUTE);
    assert_int_equal(counts().size, 6); /* an emergency slot, empty */
    assert_int_equal(counts().shown, 6);
    assert_int_equal(counts().lag_s, 0);
    agent_end();
    agent_begin(); /* it goes on where it was */
    entry_put();
    place.keep_events += 1;
    pass(15);
    assert_int_equal(lines_are_right(), 6);
    assert_int_equal(events_kept(), 8);
    assert_int_equal(counts().released, counts().position);
    assert_int_equal(counts().keep_next, 9);
}

static void below_the_quorum_the_log_goes_on(void **state)
{
    (void)state;
    with_witnesses();
    agent_begin();
    entry_put();
    pass(1);
    assert_int_equal(counts().shown, 1);
    place.network.silent[0] = true;
    place.network.silent[2] = true;
    entry_put();
    pass(4 * MINUTE);
    assert_int_equal(counts().shown, 1);
    assert_int_equal(counts().size, 6); /* two lines, four slots */
    assert_in_range(counts().lag_s, 4 * MINUTE - 3, 4 * MINUTE);
    assert_false(place.agent->has_lag);
    pass(MINUTE + 5);
    assert_true(place.agent->has_lag);
    assert_true(counts().ask.below_quorum > 10);
    agent_end();
    agent_begin(); /* since when is known to the witnesses */
    pass(1);
    assert_in_range(counts().lag_s, 5 * MINUTE, 6 * MINUTE);
    place.network.silent[0] = false;
    pass(10);
    assert_int_equal(counts().shown, counts().size);
    assert_int_equal(counts().lag_s, 0);
    assert_false(place.agent->has_lag);
    assert_int_equal(counts().stopped, 0);
}

/* Orders that come all the time do not keep it busy all the time; what it is behind with does. */
static void little_news_waits_for_the_next_look(void **state)
{
    (void)state;
    agent_begin();
    pass(1);
    for (u32 turn = 0; turn < 20; turn += 1) {
        bool busy = false;
        other_put();
        clock_false_advance(&place.now, WORK_NS);
        assert_int_equal(agent_work(log_agent_of(place.agent), &busy), FAULT_NONE);
        assert_false(busy);
        assert_int_equal(counts().position, eventlog_end(place.log).position);
    }
    for (u32 turn = 0; turn < 500; turn += 1) {
        other_put();
    }
    bool busy = false;
    clock_false_advance(&place.now, WORK_NS);
    assert_int_equal(agent_work(log_agent_of(place.agent), &busy), FAULT_NONE);
    assert_true(busy);
    pass(1);
    assert_int_equal(counts().position, eventlog_end(place.log).position);
}

/* Yesterday's folder, put back: the witnesses know more. */
static void a_stopped_log_stops_nothing_else(void **state)
{
    (void)state;
    char command[256];
    with_witnesses();
    agent_begin();
    entry_put();
    pass(1);
    agent_end();
    (void)snprintf(command, sizeof(command), "cp -r %s/log %s/old", place.folder, place.folder);
    assert_int_equal(system(command), 0);
    agent_begin();
    for (u64 count = 0, index = 0; count < 9; count += 1) { /* what the copy will not read again */
        assert_int_equal(publog_line(place.agent->publog, span_of_text("x"), &index), FAULT_NONE);
    }
    pass(1);
    agent_end();
    (void)snprintf(command, sizeof(command), "cd %s && rm -r log && mv old log", place.folder);
    assert_int_equal(system(command), 0);
    agent_begin();
    entry_put();
    pass(1);
    assert_int_equal(counts().stopped, 1);
    assert_int_equal(counts().stops, 1);
    pass(6 * MINUTE); /* and stays so: it does not sign again */
    assert_int_equal(counts().stops, 1);
    assert_true(counts().lag_s >= 6 * MINUTE);
    assert_true(place.agent->has_lag);
}

static void a_fault_of_the_disk_is_tried_again(void **state)
{
    (void)state;
    struct disk_lock lock;
    char path[FILE_PATH_BYTES];
    agent_begin();
    entry_put();
    pass(1);
    agent_end();
    (void)snprintf(path, sizeof(path), "%s/log", place.folder);
    assert_int_equal(disk_lock(disk_real(), path, &lock), FAULT_NONE);
    agent_begin();
    assert_int_equal(counts().stopped, 1);
    pass(1);
    assert_in_range(counts().lag_s, 0, 1);
    disk_unlock(&lock);
    entry_put();
    pass(12);
    assert_int_equal(counts().stopped, 0);
    assert_int_equal(lines_are_right(), 2);
}

static void what_was_removed_unread_is_told(void **state)
{
    (void)state;
    char path[FILE_PATH_BYTES];
    struct eventlog_image image;
    struct span entry;
    u8 venue[EVENTLOG_VENUE_BYTES] = {0};
    u32 removed = 0;
    for (u32 i = 0; i < 4000; i += 1) {
        other_put();
    }
    u64 kept = eventlog_end(place.log).position;
    assert_int_equal(
        eventlog_image_create(&image, disk_real(), place.events, venue, eventlog_end(place.log)),
        FAULT_NONE);
    assert_int_equal(eventlog_image_finish(&image), FAULT_NONE);
    assert_int_equal(eventlog_collect(place.log, kept, &removed), FAULT_NONE);
    assert_true(removed > 0);
    agent_begin();
    entry_put();
    pass(1);
    assert_int_equal(counts().publog.lines, 2);
    (void)snprintf(path, sizeof(path), "missed events from position 0 to %llu",
                   (unsigned long long)kept);
    assert_int_equal(tlog_store_entry(place.agent->store, 0, &entry), FAULT_NONE);
    assert_true(span_equal(entry, span_of_text(path)));
}

static void a_start_refuses_what_does_not_fit(void **state)
{
    (void)state;
    struct log_scene_key other;
    assert_int_equal(agent_begin_on(disk_real(), ""), FAULT_MISSING); /* no key, and no name */
    agent_end();
    agent_begin(); /* makes both */
    agent_end();
    assert_int_equal(agent_begin_on(disk_real(), ""), FAULT_NONE); /* and needs no name later */
    pass(1);
    agent_end();
    log_scene_key_make("log.test.invalid/a", TLOG_KEY_LOG, &other);
    policy_put(&other.key);
    assert_int_equal(agent_begin_on(disk_real(), ""), FAULT_CONFIG); /* not this log's */
    agent_end();
    text_put("log/policy.txt", "log nonsense\n");
    assert_int_equal(agent_begin_on(disk_real(), ""), FAULT_INPUT);
    agent_end();
    char path[FILE_PATH_BYTES];
    (void)snprintf(path, sizeof(path), "%s/log/policy.txt", place.folder);
    assert_int_equal(disk_unlink(disk_real(), path), FAULT_NONE);
    /* There is a log already: none is made that wants no witness. */
    assert_int_equal(agent_begin_on(disk_real(), "log.test.invalid/a"), FAULT_MISSING);
}

/* ---- kills ---- */

static struct disk_ops deadly_ops;
static struct disk deadly = {.ops = &deadly_ops};
static u32 changes_left;

static void change(void)
{
    changes_left -= 1;
    if (changes_left == 0) {
        (void)raise(SIGKILL);
    }
}

static enum fault deadly_write(struct file *file, u64 offset, const void *source, size_t size)
{
    enum fault fault = disk_real()->ops->write_at(file, offset, source, size);
    change();
    return fault;
}

static enum fault deadly_sync(struct file *file)
{
    enum fault fault = disk_real()->ops->sync(file);
    change();
    return fault;
}

static enum fault deadly_rename(struct disk *disk, const char *source, const char *target)
{
    (void)disk;
    change();
    return disk_real()->ops->rename(disk_real(), source, target);
}

static enum fault deadly_unlink(struct disk *disk, const char *path)
{
    (void)disk;
    change();
    return disk_real()->ops->unlink(disk_real(), path);
}

static enum fault deadly_sync_folder(struct disk *disk, const char *path)
{
    (void)disk;
    enum fault fault = disk_real()->ops->sync_folder(disk_real(), path);
    change();
    return fault;
}

/* A life that ends at a change of the disk; false: it came to its end. */
static bool killed_at(u32 number)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        bool busy = false;
        changes_left = number;
        keep_open(); /* where the last life has left the channels */
        if (agent_begin_on(&deadly, "log.test.invalid/a") != FAULT_NONE) {
            _exit(2);
        }
        for (u32 count = 0; count < 1500; count += 1) {
            clock_false_advance(&place.now, WORK_NS);
            if (agent_work(log_agent_of(place.agent), &busy) != FAULT_NONE) {
                _exit(3);
            }
            keep_play();
        }
        _exit(counts().stopped != 0 ? 4 : 0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) ? WTERMSIG(status) == SIGKILL
                                    : WIFEXITED(status) && WEXITSTATUS(status) == 0);
    return WIFSIGNALED(status);
}

static void a_line_a_day_says_what_the_vault_holds(void **state)
{
    (void)state;
    place.has_root = true;
    agent_begin();
    pass(MINUTE + 5); /* it asks once a minute */
    assert_int_equal(lines_are_right(), 0);
    assert_int_equal(place.vault_lines, 1);
    agent_end();
    agent_begin(); /* which remembers it */
    pass(MINUTE + 5);
    (void)lines_are_right();
    assert_int_equal(place.vault_lines, 1);
    clock_false_advance(&place.now, DAY_S * 1000000000ULL);
    place.has_root = false; /* an answer that is lost */
    pass(5);
    place.has_root = true;
    pass(MINUTE + 5);
    (void)lines_are_right();
    assert_int_equal(place.vault_lines, 2);
    assert_int_equal(place.vault_day, clock_wall_us(&place.now.clock) / (DAY_S * 1000000));
}

static void killed_anywhere_nothing_is_lost_or_twice(void **state)
{
    (void)state;
    u32 killed = 0;
    deadly_ops = *disk_real()->ops;
    deadly_ops.write_at = deadly_write;
    deadly_ops.sync = deadly_sync;
    deadly_ops.rename = deadly_rename;
    deadly_ops.unlink = deadly_unlink;
    deadly_ops.sync_folder = deadly_sync_folder;
    place.has_root = true;
    agent_begin(); /* the key is made */
    agent_end();
    for (u32 number = 1; number <= KILLS; number += 1) {
        entry_put();
        entry_put();
        place.keep_events += 2;
        killed += killed_at(number) ? 1 : 0;
        clock_false_advance(&place.now, 90ULL * 1000000000ULL);
    }
    assert_true(killed > KILLS / 2);
    keep_open();
    agent_begin();
    pass(MINUTE);
    pass(MINUTE);
    assert_int_equal(lines_are_right(), place.entries);
    assert_int_equal(events_kept(), place.keep_events);
    assert_int_equal(counts().shown, counts().size);
    assert_int_equal(place.vault_day, clock_wall_us(&place.now.clock) / (DAY_S * 1000000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_happens_is_logged_and_shown, make, clear),
        cmocka_unit_test_setup_teardown(below_the_quorum_the_log_goes_on, make, clear),
        cmocka_unit_test_setup_teardown(little_news_waits_for_the_next_look, make, clear),
        cmocka_unit_test_setup_teardown(a_stopped_log_stops_nothing_else, make, clear),
        cmocka_unit_test_setup_teardown(a_fault_of_the_disk_is_tried_again, make, clear),
        cmocka_unit_test_setup_teardown(what_was_removed_unread_is_told, make, clear),
        cmocka_unit_test_setup_teardown(a_start_refuses_what_does_not_fit, make, clear),
        cmocka_unit_test_setup_teardown(a_line_a_day_says_what_the_vault_holds, make, clear),
        cmocka_unit_test_setup_teardown(killed_anywhere_nothing_is_lost_or_twice, make, clear),
    };
    return cmocka_run_group_tests(tests, group_open, NULL);
}
