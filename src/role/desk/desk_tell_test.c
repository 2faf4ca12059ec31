/* Aim: what the desk tells the log, and learns from it, comes once and in its order, whatever the
 * log answers; a notice is told in a later slot than its silence; an opening that no case has is
 * seen.
 *
 * Method: a log of a few lines behind a real local socket, with a clock of our own; the scene's
 * officers make the cases. */
#include "role/desk/desk_tell.h"

#include "base/bytes.h"
#include "base/span.h"
#include "tests/support/desk_scene.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { EVENTS_MAX = 64, LINE_BYTES = 32768, TURNS = 400, SECOND = 1000000000 };

struct event {
    char kind[16];
    char name[2 * DESK_NAME_BYTES + 1];
    char grant[2 * DESK_HASH_BYTES + 1]; /* of an opening's four */
    u64 at_s;
};

static struct desk_scene scene;
static struct clock_false now;
static struct desk_tell *tell;
static const u8 name[DESK_NAME_BYTES] = {1, 2, 3};
static const u8 other[DESK_NAME_BYTES] = {4, 5, 6};

/* The log of this test. */
static struct {
    char path[96];
    int listener;
    int client;
    char line[LINE_BYTES];
    size_t used;
    u32 count;
    u32 lines;
    struct event events[EVENTS_MAX];
    const char *says; /* instead of any answer; NULL: it answers */
} the_log;

static void listen_anew(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    (void)snprintf(the_log.path, sizeof(the_log.path), "%s/log.sock", scene.folder);
    (void)snprintf(address.sun_path, sizeof(address.sun_path), "%s", the_log.path);
    (void)unlink(the_log.path);
    the_log.listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    the_log.client = -1;
    the_log.used = 0;
    assert_int_equal(bind(the_log.listener, (const void *)&address, sizeof(address)), 0);
    assert_int_equal(listen(the_log.listener, 4), 0);
}

static void log_ends(void)
{
    if (the_log.client >= 0) {
        (void)close(the_log.client);
    }
    (void)close(the_log.listener);
    the_log.client = -1;
    the_log.listener = -1;
    (void)unlink(the_log.path);
}

static void tell_open(void)
{
    desk_tell_close(tell);
    assert_int_equal(desk_tell_open(&tell, the_log.path, &now.clock, 256), FAULT_NONE);
}

static int make(void **state)
{
    (void)state;
    desk_scene_open(&scene);
    desk_scene_store(&scene);
    desk_scene_authorities(&scene);
    memset(&the_log, 0, sizeof(the_log));
    clock_false_init(&now, scene.now_s * 1000000ULL);
    listen_anew();
    tell = NULL;
    tell_open();
    return 0;
}

static int clear(void **state)
{
    (void)state;
    desk_tell_close(tell);
    log_ends();
    desk_scene_close(&scene);
    return 0;
}

/* ---- what the log says ---- */

static u64 event_add(const char *kind, const u8 *of, const u8 *grant)
{
    struct event *event = &the_log.events[the_log.count];
    assert_true(the_log.count < EVENTS_MAX);
    (void)snprintf(event->kind, sizeof(event->kind), "%s", kind);
    (void)bytes_to_hex(of, DESK_NAME_BYTES, event->name);
    (void)bytes_to_hex(grant, DESK_HASH_BYTES, event->grant);
    event->at_s = scene.now_s;
    the_log.count += 1;
    return the_log.count;
}

static void answer(char *line, char *target, size_t size)
{
    char kind[32];
    char class[32];
    char hex[80];
    char grant[80];
    unsigned flags = 0;
    unsigned long long number = 0;
    if (sscanf(line, "tell %31s %31s %u %79s", kind, class, &flags, hex) == 4) {
        u8 of[DESK_NAME_BYTES];
        u8 none[DESK_HASH_BYTES] = {0};
        assert_true(bytes_from_hex(span_of_text(hex), of, sizeof(of)));
        number = event_add(kind, of, none);
        (void)snprintf(target, size, "told %llu\n", number);
        return;
    }
    bool finds = sscanf(line, "find %31s %79s %79s", kind, hex, grant) == 3;
    assert_true(finds || sscanf(line, "openings %llu", &number) == 1);
    for (u32 i = finds ? 0 : (u32)number; i < the_log.count; i += 1) {
        const struct event *event = &the_log.events[i];
        if (finds ? strcmp(event->kind, kind) == 0 && strcmp(event->name, hex) == 0 &&
                        strcmp(event->grant, grant) == 0
                  : strcmp(event->kind, "opening") == 0) {
            (void)snprintf(target, size, "found %u %s\n", i + 1, finds ? grant : event->name);
            return;
        }
    }
    (void)snprintf(target, size, "missing nothing\n");
}

static void log_turn(void)
{
    char text[256];
    if (the_log.listener < 0) {
        return;
    }
    if (the_log.client < 0) {
        the_log.client = accept4(the_log.listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        the_log.used = 0;
    }
    ssize_t got = the_log.client < 0 ? 0
                                     : recv(the_log.client, the_log.line + the_log.used,
                                            sizeof(the_log.line) - the_log.used - 1, 0);
    if (got == 0 && the_log.client >= 0) {
        (void)close(the_log.client);
        the_log.client = -1;
    }
    if (got <= 0) {
        return;
    }
    the_log.used += (size_t)got;
    if (the_log.line[the_log.used - 1] != '\n') {
        return;
    }
    the_log.line[the_log.used - 1] = '\0';
    the_log.lines += 1;
    if (the_log.says == NULL) {
        answer(the_log.line, text, sizeof(text));
    } else {
        (void)snprintf(text, sizeof(text), "%s\n", the_log.says);
    }
    the_log.used = 0;
    assert_int_equal(send(the_log.client, text, strlen(text), MSG_NOSIGNAL), strlen(text));
}

static void wait_s(u64 seconds)
{
    scene.now_s += seconds;
    clock_false_advance(&now, seconds * (u64)SECOND);
}

/* So many turns of both, a hundredth of a second each. */
static void turns(u32 count)
{
    for (u32 i = 0; i < count; i += 1) {
        bool busy = false;
        assert_int_equal(desk_tell_turn(tell, scene.store, &scene.staff, scene.now_s, &busy),
                         FAULT_NONE);
        log_turn();
        clock_false_advance(&now, SECOND / 100);
    }
}

static struct desk_act act_of(enum desk_act_kind kind, enum desk_scene_who who)
{
    return desk_scene_act(&scene, kind, who, name);
}

static void ok(struct desk_act act, enum desk_scene_who who)
{
    assert_int_equal(desk_scene_put(&scene, &act, who), DESK_RULE_NONE);
}

static const struct desk_case *at_name(void)
{
    return desk_case(desk_store_desk(scene.store), name);
}

static u32 events_of(const char *kind)
{
    u32 count = 0;
    for (u32 i = 0; i < the_log.count; i += 1) {
        count += strcmp(the_log.events[i].kind, kind) == 0;
    }
    return count;
}

/* ---- from the log to the case ---- */

static void acts_are_told_in_their_order(void **state)
{
    (void)state;
    turns(TURNS);
    assert_int_equal(events_of("registry"), 4);
    ok(desk_scene_request(&scene, name, 1), DESK_SCENE_CLEO);
    ok(desk_scene_request(&scene, other, 1), DESK_SCENE_CLEO);
    the_log.says = "full of it";
    turns(TURNS);
    assert_true(desk_tell_counts(tell).waits > 0);
    assert_int_equal(desk_tell_counts(tell).stuck, 0);
    the_log.says = "exists event 3 was told otherwise";
    turns(TURNS);
    assert_int_equal(desk_tell_counts(tell).stuck, 1);
    assert_int_equal(the_log.count, 4);
    the_log.says = NULL;
    wait_s(61);
    turns(TURNS);
    assert_int_equal(events_of("received"), 2);
    assert_string_equal(the_log.events[4].name, "01020300000000000000000000000000");
    assert_int_equal(desk_tell_counts(tell).stuck, 0);
    assert_int_equal(desk_tell_counts(tell).told, 6);
}

static void a_log_that_is_away_is_asked_again(void **state)
{
    (void)state;
    log_ends();
    turns(TURNS);
    assert_int_equal(desk_tell_counts(tell).told, 0);
    assert_true(desk_tell_counts(tell).waits > 0);
    listen_anew();
    turns(TURNS);
    assert_int_equal(desk_tell_counts(tell).told, 4);
    (void)close(the_log.client); /* in the middle of it */
    the_log.client = -1;
    ok(desk_scene_request(&scene, name, 1), DESK_SCENE_CLEO);
    turns(TURNS);
    assert_int_equal(events_of("received"), 1);
}

/* desk_scene_approved notes numbers by itself: the log here has none of these events. */
static void approved(void)
{
    turns(TURNS);
    desk_scene_approved(&scene, name);
}

static void what_the_log_has_moves_the_case(void **state)
{
    (void)state;
    approved();
    turns(TURNS);
    assert_int_equal(at_name()->state, DESK_STATE_APPROVED);
    (void)event_add("grant", other, at_name()->grant); /* another case's */
    turns(TURNS);
    assert_int_equal(at_name()->state, DESK_STATE_APPROVED);
    (void)event_add("delivered", name, at_name()->grant);
    u64 opening = event_add("opening", name, at_name()->grant);
    (void)event_add("grant", name, at_name()->grant);
    turns(TURNS);
    assert_int_equal(at_name()->state, DESK_STATE_DELIVERED);
    assert_int_equal(at_name()->opened_log, opening);
}

static void what_is_no_answer_moves_nothing(void **state)
{
    (void)state;
    static const char *const answers[] = {
        "found",   "found 0 00", "found 7", "found 7 zz",
        "found x", "told 1",     "",        "found 99999999999999999999 00",
    };
    approved();
    for (u32 i = 0; i < ARRAY_COUNT(answers); i += 1) {
        the_log.says = answers[i];
        wait_s(61);
        turns(TURNS / 2);
        assert_int_equal(at_name()->state, DESK_STATE_APPROVED);
    }
}

static void an_opening_is_heard_of_behind_the_grants_end(void **state)
{
    (void)state;
    u32 ended = 0;
    approved();
    log_ends();
    wait_s(DESK_GRANT_PLAIN_S + 2 * DESK_LATE_S);
    assert_int_equal(desk_store_turn(scene.store, &scene.staff, scene.now_s, &ended), FAULT_NONE);
    assert_int_equal(at_name()->state, DESK_STATE_EXPIRED);
    (void)event_add("grant", name, at_name()->grant);
    (void)event_add("opening", name, at_name()->grant);
    listen_anew();
    turns(TURNS);
    assert_int_equal(at_name()->state, DESK_STATE_OPENED);
}

static void what_never_came_is_asked_for_no_more(void **state)
{
    (void)state;
    u32 ended = 0;
    approved();
    wait_s(DESK_GRANT_PLAIN_S);
    assert_int_equal(desk_store_turn(scene.store, &scene.staff, scene.now_s, &ended), FAULT_NONE);
    turns(TURNS);
    wait_s(DESK_LATE_S);
    turns(TURNS);
    wait_s(1);
    u32 before = the_log.lines;
    turns(TURNS); /* of the case nothing any more, nor yet of openings */
    assert_true(the_log.lines - before <= 1);
}

/* ---- slots ---- */

static void silence(u64 seconds)
{
    struct desk_act act = act_of(DESK_ACT_SILENCE, DESK_SCENE_ANNA);
    act.until_s = scene.now_s + seconds;
    desk_scene_hash(&scene, act.instrument);
    desk_scene_hash(&scene, act.sealed);
    memcpy(act.reference, "S", sizeof("S"));
    act.dated_s = scene.now_s;
    ok(act, DESK_SCENE_ANNA);
}

static void a_notice_comes_in_a_later_slot_than_its_silence(void **state)
{
    (void)state;
    ok(desk_scene_request(&scene, name, 1), DESK_SCENE_CLEO);
    wait_s(DESK_SLOT_ORDINARY_S - scene.now_s % DESK_SLOT_ORDINARY_S + 1);
    silence(20);
    turns(TURNS);
    assert_int_equal(events_of("silence"), 1);
    struct desk_act veto = act_of(DESK_ACT_REJECT, DESK_SCENE_BELA);
    veto.reason = DESK_REASON_TOO_WIDE;
    ok(veto, DESK_SCENE_BELA);
    wait_s(20);
    ok(act_of(DESK_ACT_NOTICE, DESK_SCENE_CLEO), DESK_SCENE_CLEO);
    turns(TURNS);
    assert_int_equal(events_of("rejected"), 1);
    assert_int_equal(events_of("notice"), 0);
    wait_s(DESK_SLOT_ORDINARY_S);
    turns(TURNS);
    assert_int_equal(events_of("notice"), 1);
    assert_true(the_log.events[the_log.count - 1].at_s / DESK_SLOT_ORDINARY_S >
                the_log.events[5].at_s / DESK_SLOT_ORDINARY_S);
}

/* When the silence was told is in no file: after a start the slot of the start counts. */
static void a_start_between_silence_and_notice(void **state)
{
    (void)state;
    ok(desk_scene_request(&scene, name, 1), DESK_SCENE_CLEO);
    silence(1);
    turns(TURNS);
    wait_s(2);
    tell_open();
    struct desk_act veto = act_of(DESK_ACT_REJECT, DESK_SCENE_BELA);
    veto.reason = DESK_REASON_TOO_WIDE;
    ok(veto, DESK_SCENE_BELA);
    ok(act_of(DESK_ACT_NOTICE, DESK_SCENE_CLEO), DESK_SCENE_CLEO);
    log_ends(); /* which ends its connection with the one before */
    listen_anew();
    turns(TURNS);
    assert_int_equal(events_of("notice"), 0);
    wait_s(DESK_SLOT_ORDINARY_S);
    turns(TURNS);
    assert_int_equal(events_of("notice"), 1);
}

/* ---- strange openings ---- */

static void an_opening_that_no_case_has(void **state)
{
    (void)state;
    u8 grant[DESK_HASH_BYTES] = {7};
    approved();
    (void)event_add("grant", name, at_name()->grant);
    (void)event_add("opening", name, at_name()->grant);
    turns(TURNS);
    assert_int_equal(at_name()->state, DESK_STATE_OPENED);
    for (u32 i = 0; i < 3; i += 1) {
        wait_s(61);
        turns(TURNS);
        assert_int_equal(desk_tell_counts(tell).strange, 0);
    }
    (void)event_add("opening", other, grant); /* a case that the desk does not have */
    (void)event_add("opening", name, grant);  /* another grant of one that it has */
    wait_s(61);
    turns(TURNS);
    assert_int_equal(desk_tell_counts(tell).strange, 0); /* it may be heard of yet */
    for (u32 i = 0; i < 3; i += 1) {
        wait_s(61);
        turns(TURNS);
        assert_int_equal(desk_tell_counts(tell).strange, 2);
    }
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, make, clear)
    const struct CMUnitTest tests[] = {
        TEST(acts_are_told_in_their_order),
        TEST(a_log_that_is_away_is_asked_again),
        TEST(what_the_log_has_moves_the_case),
        TEST(what_is_no_answer_moves_nothing),
        TEST(an_opening_is_heard_of_behind_the_grants_end),
        TEST(what_never_came_is_asked_for_no_more),
        TEST(a_notice_comes_in_a_later_slot_than_its_silence),
        TEST(a_start_between_silence_and_notice),
        TEST(an_opening_that_no_case_has),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
