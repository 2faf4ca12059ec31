/* Aim: what openings leave is taken over the socket exactly once, whoever asks however often and
 * whenever the process is killed; it is shown once its slot is published, and not before; nothing
 * else is taken or shown there, and a stopped log says so.
 *
 * Method: the agent with a real socket in a folder, a clock moved by hand, a policy without
 * witnesses; what is shown is verified as an officer's client does it. */
#include "base/bytes.h"
#include "base/span.h"
#include "role/vault/log_agent_inner.h"
#include "role/vault/log_ask.h"
#include "role/vault/tlog_policy.h"
#include "tests/support/log_scene.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SEGMENT = 1 << 16, WORKS_MAX = 20000, MINUTE = 60, STEPS = 1000 };
#define BEGIN   1769169600ULL
#define WORK_NS 60000000ULL

static struct {
    char folder[64];
    void *memory;
    struct eventlog *log;
    struct clock_false now;
    struct tlog_transport transport;
    struct log_agent *agent;
    struct sockaddr_un address;
    int listener;
} place;

static char line[LOG_ASK_BYTES_MAX + 2];
static char heard[LOG_ANSWER_BYTES_MAX + 2];
static u8 shown_bytes[PUBLOG_SHOWN_BYTES_MAX];
static u8 slots_text[PUBLOG_SPAN_BYTES_MAX];
static const u8 salt[PUBLOG_SALT_BYTES] = {1, 2, 3};

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
    struct log_agent_options options = {.folder = place.folder,
                                        .disk = disk_real(),
                                        .clock = &place.now.clock,
                                        .origin = "log.test.invalid/a",
                                        .transport = &place.transport,
                                        .listener = place.listener};
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
    assert_int_equal(agent_work(log_agent_of(place.agent), &busy), FAULT_NONE);
}

static void pass(u64 seconds)
{
    u64 end = clock_mono_ns(&place.now.clock) + seconds * 1000000000ULL;
    for (u32 count = 0; clock_mono_ns(&place.now.clock) < end; count += 1) {
        assert_true(count < WORKS_MAX);
        work();
    }
}

/* The answer to a line, in `heard` without its end. The clock stands still. */
static const char *ask(const char *text)
{
    int client = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    size_t sent = 0;
    size_t used = 0;
    bool busy = false;
    assert_int_equal(connect(client, (struct sockaddr *)&place.address, sizeof(place.address)), 0);
    for (u32 step = 0; step < STEPS && (used == 0 || heard[used - 1] != '\n'); step += 1) {
        ssize_t size = send(client, text + sent, strlen(text) - sent, MSG_NOSIGNAL);
        sent += size > 0 ? (size_t)size : 0;
        assert_int_equal(agent_work(log_agent_of(place.agent), &busy), FAULT_NONE);
        size = read(client, heard + used, sizeof(heard) - 1 - used);
        used += size > 0 ? (size_t)size : 0;
    }
    (void)close(client);
    assert_true(used > 0 && heard[used - 1] == '\n');
    heard[used - 1] = 0;
    return heard;
}

static struct publog_told event_of(enum publog_kind kind, enum publog_class class, const char *text)
{
    return (struct publog_told){
        .class = class, .kind = kind, .name = {9, 8}, .text = span_of_text(text)};
}

static const char *tell(const struct publog_told *told)
{
    (void)log_ask_print(told, line);
    return ask(line);
}

static void is_said(const char *found, const char *word)
{
    if (strncmp(found, word, strlen(word)) != 0) {
        fail_msg("\"%.100s\" instead of %s", found, word);
    }
}

/* What `heard` shows, judged as a reader of the policy does it. */
static enum fault verify(const struct publog_told *told)
{
    static struct tlog_policy policy;
    struct tlog_crypto crypto;
    struct publog_shown shown;
    struct publog_seen seen;
    size_t size = (strlen(heard) - strlen(LOG_SAYS_SHOWN)) / 2;
    is_said(heard, LOG_SAYS_SHOWN);
    assert_true(size <= sizeof(shown_bytes));
    assert_true(bytes_from_hex(span_of_text(heard + strlen(LOG_SAYS_SHOWN)), shown_bytes, size));
    assert_true(publog_shown_read(span_of(shown_bytes, size), &shown));
    assert_int_equal(tlog_crypto_open(&crypto), FAULT_NONE);
    assert_int_equal(log_policy_load(disk_real(), place.folder, &crypto.sha256, &policy),
                     FAULT_NONE);
    struct publog_wanted wanted = {.kind = told->kind,
                                   .class = told->class,
                                   .flags = told->flags,
                                   .name = told->name,
                                   .until = told->until,
                                   .text = told->text,
                                   .mark_salt = told->mark_salt};
    enum fault fault = publog_shown_verify(&crypto, &policy, "event", &shown, &wanted, &seen);
    tlog_crypto_close(&crypto);
    return fault;
}

/* The text that was announced in `heard`, put together; its bytes. */
static size_t pieces_take(void)
{
    unsigned long long number = 0;
    unsigned long long bytes = 0;
    size_t used = 0;
    is_said(heard, LOG_SAYS_SLOTS);
    assert_int_equal(sscanf(heard, LOG_SAYS_SLOTS "%20llu %20llu", &number, &bytes), 2);
    assert_true(bytes > 0 && bytes <= sizeof(slots_text));
    while (used < bytes) {
        (void)snprintf(line, sizeof(line), "piece %llu %zu\n", number, used);
        is_said(ask(line), LOG_SAYS_PIECE);
        size_t size = (strlen(heard) - strlen(LOG_SAYS_PIECE)) / 2;
        assert_true(size == LOG_PIECE_BYTES || size == bytes - used);
        assert_true(
            bytes_from_hex(span_of_text(heard + strlen(LOG_SAYS_PIECE)), slots_text + used, size));
        used += size;
    }
    return used;
}

/* Whether the text shows all slots of the event in shown_bytes, from that moment to its own. */
static enum publog_span_flaw verify_slots(const struct publog_told *told, u64 first_s,
                                          size_t shown_size, size_t slots_size)
{
    static struct tlog_policy policy;
    static struct publog_span_slot room;
    struct publog_span_counts counts;
    struct tlog_crypto crypto;
    struct publog_shown shown;
    struct publog_seen seen;
    assert_true(publog_shown_read(span_of(shown_bytes, shown_size), &shown));
    assert_int_equal(tlog_crypto_open(&crypto), FAULT_NONE);
    assert_int_equal(log_policy_load(disk_real(), place.folder, &crypto.sha256, &policy),
                     FAULT_NONE);
    struct publog_wanted event = {.kind = told->kind,
                                  .class = told->class,
                                  .name = told->name,
                                  .text = told->text,
                                  .mark_salt = told->mark_salt};
    assert_int_equal(publog_shown_verify(&crypto, &policy, "event", &shown, &event, &seen),
                     FAULT_NONE);
    struct publog_span_wanted wanted = {
        .first_s = first_s, .receipt = &shown.receipt, .seen = &seen};
    enum publog_span_flaw flaw = publog_span_verify(
        &crypto, &policy, span_of(slots_text, slots_size), &wanted, &room, &counts);
    tlog_crypto_close(&crypto);
    return flaw;
}

static const char *ask_slots(enum publog_class class, u64 from_s, u64 to_s)
{
    (void)log_ask_slots_print(class, from_s, to_s, line);
    return ask(line);
}

/* ---- the scene ---- */

static int make(void **state)
{
    struct arena arena;
    char events[FILE_PATH_BYTES];
    (void)state;
    memset(&place, 0, sizeof(place));
    (void)snprintf(place.folder, sizeof(place.folder), "/tmp/cambist-asked-XXXXXX");
    assert_non_null(mkdtemp(place.folder));
    (void)snprintf(events, sizeof(events), "%s/events", place.folder);
    struct eventlog_config config = {
        .disk = disk_real(), .folder = events, .segment_bytes = SEGMENT};
    size_t bytes = eventlog_footprint(&config);
    place.memory = aligned_alloc(4096, (bytes + 4095) & ~(size_t)4095);
    assert_non_null(place.memory);
    arena_init(&arena, place.memory, bytes);
    assert_int_equal(eventlog_open(&place.log, &config, &arena), FAULT_NONE);
    assert_int_equal(eventlog_begin(place.log, (struct eventlog_point){0}), FAULT_NONE);
    clock_false_init(&place.now, BEGIN * 1000000);
    place.transport.post = nobody;
    place.address.sun_family = AF_UNIX;
    (void)snprintf(place.address.sun_path, sizeof(place.address.sun_path), "%s/log.sock",
                   place.folder);
    place.listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(place.listener, (struct sockaddr *)&place.address, sizeof(place.address)),
                     0);
    assert_int_equal(listen(place.listener, 8), 0);
    agent_begin();
    return 0;
}

static int clear(void **state)
{
    char command[128];
    (void)state;
    agent_end();
    (void)close(place.listener);
    eventlog_close(place.log);
    free(place.memory);
    (void)snprintf(command, sizeof(command), "rm -r %s", place.folder);
    return system(command);
}

/* ---- tests ---- */

static void an_event_is_shown_when_its_slot_is_published(void **state)
{
    struct publog_told grant = event_of(PUBLOG_KIND_GRANT, PUBLOG_CLASS_ORDINARY, "a grant");
    struct publog_told opening =
        event_of(PUBLOG_KIND_OPENING, PUBLOG_CLASS_EMERGENCY, "an opening");
    (void)state;
    grant.flags = PUBLOG_FLAG_BULK;
    grant.until = 5;
    opening.mark_salt = salt;
    assert_string_equal(tell(&grant), "told 1");
    assert_string_equal(tell(&opening), "told 2");
    is_said(ask("show 1\n"), LOG_SAYS_LATER "the event's slot has not ended");
    is_said(ask("show 2\n"), LOG_SAYS_LATER);
    pass(MINUTE);
    is_said(ask("show 1\n"), LOG_SAYS_LATER);
    (void)ask("show 2\n");
    assert_int_equal(verify(&opening), FAULT_NONE);
    opening.text = span_of_text("an Opening");
    assert_int_equal(verify(&opening), FAULT_REFUSED);
    pass(9 * MINUTE);
    (void)ask("show 1\n");
    assert_int_equal(verify(&grant), FAULT_NONE);
    grant.flags = 0;
    assert_int_equal(verify(&grant), FAULT_REFUSED);
    work();
    struct log_agent_counts counts = log_agent_counts(place.agent);
    assert_int_equal(counts.asked, 7);
    assert_int_equal(counts.refused, 3);
    assert_int_equal(counts.publog.events, 2);
}

static void a_text_is_told_once(void **state)
{
    struct publog_told told = event_of(PUBLOG_KIND_OPENING, PUBLOG_CLASS_ORDINARY, "an opening");
    (void)state;
    told.mark_salt = salt;
    assert_string_equal(tell(&told), "told 1");
    assert_string_equal(tell(&told), "told 1");
    told.kind = PUBLOG_KIND_MISMATCH; /* says the opening's text again */
    assert_string_equal(tell(&told), "told 2");
    told.class = PUBLOG_CLASS_EMERGENCY;
    assert_string_equal(tell(&told), "told 3");
    told = event_of(PUBLOG_KIND_OPENING, PUBLOG_CLASS_ORDINARY, "an openinG");
    assert_string_equal(tell(&told), "told 4");
    pass(11 * MINUTE); /* in another slot it is the same */
    assert_string_equal(tell(&told), "told 4");
    agent_end();
    agent_begin();
    assert_string_equal(tell(&told), "told 4");
    told.text = span_of_text("an opening"); /* whatever its salt was */
    assert_string_equal(tell(&told), "told 1");
    assert_int_equal(place.agent->counts.publog.events, 0);
}

/* Nobody takes an event of one case for that of another. */
static void a_text_that_says_otherwise_is_refused(void **state)
{
    static const u8 other[PUBLOG_SALT_BYTES] = {1, 2, 4};
    struct publog_told told = event_of(PUBLOG_KIND_GRANT, PUBLOG_CLASS_ORDINARY, "a grant");
    struct publog_told changed = told;
    (void)state;
    told.mark_salt = salt;
    assert_string_equal(tell(&told), "told 1");
    changed.flags = PUBLOG_FLAG_BULK;
    is_said(tell(&changed), LOG_SAYS_EXISTS "event 1");
    changed = told;
    changed.name[15] = 1;
    is_said(tell(&changed), LOG_SAYS_EXISTS);
    changed = told;
    changed.until = 1;
    is_said(tell(&changed), LOG_SAYS_EXISTS);
    changed = told;
    changed.mark_salt = other;
    is_said(tell(&changed), LOG_SAYS_EXISTS);
    pass(1);
    assert_int_equal(log_agent_counts(place.agent).publog.events, 1);
}

static void an_act_of_the_desk_is_told_once(void **state)
{
    struct publog_told told = event_of(PUBLOG_KIND_STEP, PUBLOG_CLASS_ORDINARY, "an act");
    (void)state;
    assert_string_equal(tell(&told), "told 1");
    assert_string_equal(tell(&told), "told 1");
    pass(11 * MINUTE);
    assert_string_equal(tell(&told), "told 1");
    told.kind = PUBLOG_KIND_SILENCE;
    told.until = clock_wall_us(&place.now.clock) / 1000000 + 3600;
    assert_string_equal(tell(&told), "told 2");
    told.until += 1;
    is_said(tell(&told), LOG_SAYS_EXISTS);
    is_said(ask("show 1\n"), LOG_SAYS_SHOWN);
}

#define GRANT_NAME "09080000000000000000000000000000"
#define OTHER_NAME "01080000000000000000000000000000"

static void which_event_is_about_a_grant(void **state)
{
    static const char hash[] = /* of nothing that is here */
        "6d7b93c4b5fbbc8c3bb1e9b2bc9b7f9fe4ec1ddcb9d6e2d8c25f5f6d6b7e0a11";
    struct sha256 sha256;
    u8 digest[SHA256_BYTES];
    char digits[sizeof(hash)];
    char text[256];
    (void)state;
    assert_int_equal(sha256_open(&sha256), FAULT_NONE);
    sha256_begin(&sha256);
    sha256_add(&sha256, span_of_text("a grant\n"));
    sha256_end(&sha256, digest);
    sha256_close(&sha256);
    (void)bytes_to_hex(digest, sizeof(digest), digits);
    struct publog_told other =
        event_of(PUBLOG_KIND_GRANT, PUBLOG_CLASS_ORDINARY, "a grant\nmore\nsignature: a b\n");
    struct publog_told grant =
        event_of(PUBLOG_KIND_GRANT, PUBLOG_CLASS_ORDINARY, "a grant\nsignature: a b\n");
    assert_string_equal(tell(&other), "told 1");
    (void)snprintf(line, sizeof(line), "find grant " GRANT_NAME " %s\n", digits);
    is_said(ask(line), LOG_SAYS_MISSING "no such event");
    assert_string_equal(tell(&grant), "told 2");
    (void)snprintf(line, sizeof(line), "find grant " GRANT_NAME " %s\n", digits);
    is_said(ask(line), LOG_SAYS_FOUND "2 ");
    (void)snprintf(line, sizeof(line), "find grant %s %s\n", OTHER_NAME, digits);
    is_said(ask(line), LOG_SAYS_MISSING);
    (void)snprintf(text, sizeof(text), "an opening\ngrant: %s\n", digits);
    struct publog_told opening = event_of(PUBLOG_KIND_OPENING, PUBLOG_CLASS_ORDINARY, text);
    assert_string_equal(tell(&opening), "told 3");
    (void)snprintf(line, sizeof(line), "find opening " GRANT_NAME " %s\n", digits);
    is_said(ask(line), LOG_SAYS_FOUND "3 ");
    (void)snprintf(line, sizeof(line), "find opening " GRANT_NAME " %s\n", hash);
    is_said(ask(line), LOG_SAYS_MISSING);
    assert_string_equal(ask("openings 0\n"), LOG_SAYS_FOUND "3 " GRANT_NAME);
    assert_string_equal(ask("openings 2\n"), LOG_SAYS_FOUND "3 " GRANT_NAME);
    is_said(ask("openings 3\n"), LOG_SAYS_MISSING "no opening");
}

static void nothing_else_is_taken_or_shown(void **state)
{
    struct publog_told lookup = event_of(PUBLOG_KIND_LOOKUP, PUBLOG_CLASS_EMERGENCY, "a look-up");
    u64 number = 0;
    (void)state;
    is_said(ask("show 1\n"), LOG_SAYS_MISSING "no event has the number 1");
    is_said(ask("show one\n"), LOG_SAYS_WRONG);
    is_said(ask("\n"), LOG_SAYS_WRONG);
    is_said(ask("tell lookup ordinary 0 00 0 - 00\n"), LOG_SAYS_WRONG "the kind");
    assert_int_equal(publog_tell(place.agent->publog, &lookup, &number), FAULT_NONE);
    pass(MINUTE + 1);
    is_said(ask("show 1\n"), LOG_SAYS_MISSING "an event of another kind");
    memset(line, '0', sizeof(line) - 1);
    line[sizeof(line) - 1] = 0;
    is_said(ask(line), LOG_SAYS_WRONG "the line is too long");
}

static void a_full_slot_leaves_it_to_the_next(void **state)
{
    char text[24] = "delivery";
    struct publog_told told = event_of(PUBLOG_KIND_DELIVERED, PUBLOG_CLASS_EMERGENCY, text);
    (void)state;
    for (u32 i = 0; i <= PUBLOG_PLACES; i += 1) {
        int size = snprintf(text, sizeof(text), "delivery %u", i);
        told.text = span_of(text, (size_t)size);
        is_said(tell(&told), i < PUBLOG_PLACES ? LOG_SAYS_TOLD : LOG_SAYS_FULL);
    }
    pass(MINUTE);
    assert_string_equal(tell(&told), "told 257");
    assert_int_equal(log_agent_counts(place.agent).stops, 0);
}

/* Two openings of one grant, shown to whoever asks for the second: in many pieces. */
static void slots_are_shown_whole(void **state)
{
    enum { EVENTS = 900 };
    char text[24] = "an opening";
    struct publog_told told = event_of(PUBLOG_KIND_OPENING, PUBLOG_CLASS_EMERGENCY, text);
    (void)state;
    told.mark_salt = salt;
    for (u32 i = 0; i < EVENTS; i += 1) {
        if (i % 200 == 199) {
            pass(MINUTE);
        }
        told.mark_salt = i == 0 || i == EVENTS - 1 ? salt : NULL;
        told.text = span_of(text, (size_t)snprintf(text, sizeof(text), "an opening %u", i));
        is_said(tell(&told), LOG_SAYS_TOLD);
    }
    u64 now_s = clock_wall_us(&place.now.clock) / 1000000;
    is_said(ask_slots(PUBLOG_CLASS_EMERGENCY, BEGIN, now_s), LOG_SAYS_LATER "not every slot");
    pass(MINUTE);
    (void)ask("show 900\n");
    assert_int_equal(verify(&told), FAULT_NONE);
    size_t shown_size = (strlen(heard) - strlen(LOG_SAYS_SHOWN)) / 2;
    (void)ask_slots(PUBLOG_CLASS_EMERGENCY, BEGIN, now_s);
    size_t size = pieces_take();
    assert_true(size > 2U * LOG_PIECE_BYTES);
    assert_int_equal(verify_slots(&told, BEGIN, shown_size, size), PUBLOG_SPAN_FLAW_AGAIN);
    (void)ask_slots(PUBLOG_CLASS_EMERGENCY, BEGIN + MINUTE, now_s);
    assert_int_equal(verify_slots(&told, BEGIN + MINUTE, shown_size, pieces_take()),
                     PUBLOG_SPAN_FLAW_NONE);
}

/* Of two who ask at once, one begins again; nobody gets parts of two texts. */
static void pieces_are_of_one_text(void **state)
{
    (void)state;
    is_said(ask("piece 0 0\n"), LOG_SAYS_LATER);
    is_said(ask("piece 1 0\n"), LOG_SAYS_LATER);
    pass(2 * MINUTE);
    is_said(ask_slots(PUBLOG_CLASS_EMERGENCY, BEGIN, BEGIN), LOG_SAYS_SLOTS "1 ");
    is_said(ask("piece 1 0\n"), LOG_SAYS_PIECE);
    is_said(ask("piece 1 4194304\n"), LOG_SAYS_WRONG);
    is_said(ask_slots(PUBLOG_CLASS_EMERGENCY, BEGIN, BEGIN + MINUTE), LOG_SAYS_SLOTS "2 ");
    is_said(ask("piece 1 0\n"), LOG_SAYS_LATER "another text");
    is_said(ask("piece 2 0\n"), LOG_SAYS_PIECE);
    is_said(ask_slots(PUBLOG_CLASS_EMERGENCY, BEGIN - MINUTE, BEGIN), LOG_SAYS_MISSING);
    is_said(ask("piece 2 0\n"), LOG_SAYS_LATER);
    is_said(ask("piece 3 0\n"), LOG_SAYS_WRONG);
    is_said(ask_slots(PUBLOG_CLASS_EMERGENCY, BEGIN, BEGIN + 600 * MINUTE), LOG_SAYS_FULL);
    is_said(ask("slots emergency 2 1\n"), LOG_SAYS_WRONG);
    assert_int_equal(log_agent_counts(place.agent).stops, 0);
}

static void a_stopped_log_takes_nothing(void **state)
{
    struct publog_told told = event_of(PUBLOG_KIND_GRANT, PUBLOG_CLASS_ORDINARY, "a grant");
    struct disk_lock lock;
    char path[FILE_PATH_BYTES];
    (void)state;
    agent_end();
    (void)snprintf(path, sizeof(path), "%s/log", place.folder);
    assert_int_equal(disk_lock(disk_real(), path, &lock), FAULT_NONE);
    agent_begin();
    is_said(tell(&told), LOG_SAYS_STOPPED);
    is_said(ask("show 1\n"), LOG_SAYS_STOPPED);
    is_said(ask_slots(PUBLOG_CLASS_ORDINARY, BEGIN, BEGIN), LOG_SAYS_STOPPED);
    disk_unlock(&lock);
    pass(12);
    assert_string_equal(tell(&told), "told 1");
}

/* Killed when the answer is out, or before anybody has read it. */
static void what_was_told_outlives_a_kill(void **state)
{
    struct publog_told told = event_of(PUBLOG_KIND_GRANT, PUBLOG_CLASS_ORDINARY, "a grant");
    (void)state;
    agent_end();
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        agent_begin();
        (void)tell(&told);
        (void)raise(SIGKILL);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    agent_begin();
    assert_string_equal(tell(&told), "told 1");
    pass(10 * MINUTE);
    assert_int_equal(log_agent_counts(place.agent).publog.events, 0); /* it was there */
    (void)ask("show 1\n");
    assert_int_equal(verify(&told), FAULT_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_event_is_shown_when_its_slot_is_published, make, clear),
        cmocka_unit_test_setup_teardown(a_text_is_told_once, make, clear),
        cmocka_unit_test_setup_teardown(a_text_that_says_otherwise_is_refused, make, clear),
        cmocka_unit_test_setup_teardown(an_act_of_the_desk_is_told_once, make, clear),
        cmocka_unit_test_setup_teardown(which_event_is_about_a_grant, make, clear),
        cmocka_unit_test_setup_teardown(nothing_else_is_taken_or_shown, make, clear),
        cmocka_unit_test_setup_teardown(a_full_slot_leaves_it_to_the_next, make, clear),
        cmocka_unit_test_setup_teardown(slots_are_shown_whole, make, clear),
        cmocka_unit_test_setup_teardown(pieces_are_of_one_text, make, clear),
        cmocka_unit_test_setup_teardown(a_stopped_log_takes_nothing, make, clear),
        cmocka_unit_test_setup_teardown(what_was_told_outlives_a_kill, make, clear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
