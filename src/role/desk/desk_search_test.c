/* Aim: a search that is logged and has waited is counted by what `keep` answers, once and as the
 * process's act, with the evidence that names case and approved text; before that, of another case,
 * with anything else than what the line takes, and whatever `keep` says, nothing is.
 * Method: cases of the desk's scene, a pair of sockets with the test as `keep`. */
#include "role/desk/desk_search.h"

#include "base/span.h"
#include "tests/support/desk_scene.h"
#include "tests/support/test.h"
#include "wire/count_line.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct desk_scene scene;
static struct desk_search *search;
static struct clock_false now;
static struct count_line_ask asked;
static u8 message[COUNT_LINE_ASK_MAX + 1];
static int line[2]; /* keep's end, the desk's */
static const u8 name[DESK_NAME_BYTES] = {1, 2, 3};
static const u8 other[DESK_NAME_BYTES] = {4, 5, 6};
static const char paper[] = "1 document XY 000100\n";

static void ok(struct desk_act act, enum desk_scene_who who)
{
    assert_int_equal(desk_scene_put(&scene, &act, who), DESK_RULE_NONE);
}

static struct desk_act act_of(enum desk_act_kind kind, enum desk_scene_who who, const u8 *at)
{
    return desk_scene_act(&scene, kind, who, at);
}

/* A region is in one group alone: for the time of its approval AXEL is of another one. */
static void approve_by_all(const u8 *at)
{
    static const enum desk_scene_who who[] = {DESK_SCENE_ABEL, DESK_SCENE_ALMA, DESK_SCENE_BELA,
                                              DESK_SCENE_BRUNO, DESK_SCENE_BERTA};
    struct desk_staff staff = scene.staff;
    for (u32 i = 0; i < ARRAY_COUNT(who); i += 1) {
        ok(act_of(DESK_ACT_APPROVE, who[i], at), who[i]);
    }
    memcpy(scene.staff.list[DESK_SCENE_AXEL].region, "fr", sizeof("fr"));
    struct desk_act last = act_of(DESK_ACT_APPROVE, DESK_SCENE_AXEL, at);
    memcpy(last.region, "fr", sizeof("fr"));
    ok(last, DESK_SCENE_AXEL);
    scene.staff = staff;
}

/* A search that is prepared. */
static void prepared(const u8 *at)
{
    struct desk_act request = desk_scene_request(&scene, at, 1);
    request.class = DESK_CLASS_SEARCH;
    ok(request, DESK_SCENE_CLEO);
    struct desk_act call = act_of(DESK_ACT_CALL_BACK, DESK_SCENE_CLEO, at);
    memcpy(call.telephone, "+00 1 23", sizeof("+00 1 23"));
    ok(call, DESK_SCENE_CLEO);
    ok(act_of(DESK_ACT_AUTHENTICATE, DESK_SCENE_CLEO, at), DESK_SCENE_CLEO);
    ok(act_of(DESK_ACT_ASSESS, DESK_SCENE_ANNA, at), DESK_SCENE_ANNA);
    struct desk_act prepare = act_of(DESK_ACT_PREPARE, DESK_SCENE_PIA, at);
    desk_scene_hash(&scene, prepare.grant);
    prepare.until_s = scene.now_s + DESK_GRANT_BULK_S;
    ok(prepare, DESK_SCENE_PIA);
}

static void logged(const u8 *at)
{
    prepared(at);
    approve_by_all(at);
    (void)desk_scene_tell(&scene);
    assert_int_equal(desk_scene_process(&scene, DESK_ACT_LOGGED, at), DESK_RULE_NONE);
}

static int make(void **state)
{
    (void)state;
    desk_scene_open(&scene);
    desk_scene_store(&scene);
    desk_scene_authorities(&scene);
    clock_false_init(&now, scene.now_s * 1000000ULL);
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, line),
                     0);
    assert_int_equal(desk_search_open(&search, line[1], &now.clock), FAULT_NONE);
    return 0;
}

static int clear(void **state)
{
    (void)state;
    desk_search_close(search);
    (void)close(line[0]);
    (void)close(line[1]);
    desk_scene_close(&scene);
    return 0;
}

static const struct desk_case *case_at(const u8 *at)
{
    return desk_case(desk_store_desk(scene.store), at);
}

static void is_state(const u8 *at, const char *wanted)
{
    assert_string_equal(desk_search_state(search, case_at(at)), wanted);
}

static void turn(void)
{
    bool busy = false;
    assert_int_equal(desk_search_turn(search, scene.store, &scene.staff, scene.now_s, &busy),
                     FAULT_NONE);
}

static void asks(const u8 *at)
{
    assert_int_equal(desk_search_ask(search, case_at(at), span_of_text(paper), scene.now_s),
                     FAULT_NONE);
    is_state(at, "waits");
    ssize_t size = read(line[0], message, sizeof(message));
    assert_true(size > 0 && count_line_ask_read(span_of(message, (size_t)size), &asked));
}

static void refuses(const u8 *at, const char *says)
{
    assert_int_equal(desk_search_ask(search, case_at(at), span_of_text(paper), scene.now_s),
                     FAULT_REFUSED);
    if (strncmp(fault_text(), says, strlen(says)) != 0) {
        fail_msg("%s: %s", says, fault_text());
    }
    fault_forget();
    assert_int_equal(read(line[0], message, sizeof(message)), -1); /* nothing was asked */
}

static void keep_says(u64 id, u32 code, u32 people)
{
    u8 bytes[COUNT_LINE_ANSWER_BYTES];
    const struct count_line_answer answer = {.id = id, .code = code, .people = people};
    count_line_answer_write(&answer, bytes);
    assert_int_equal(send(line[0], bytes, sizeof(bytes), MSG_NOSIGNAL), sizeof(bytes));
    turn();
}

struct looking {
    struct desk_visitor visitor; /* first: it is cast back */
    struct desk_act act;
};

static enum fault look(struct desk_visitor *visitor, const struct desk_row *row)
{
    ((struct looking *)(void *)visitor)->act = row->file.act;
    return FAULT_NONE;
}

static void only_what_waited_is_counted(void **state)
{
    (void)state;
    desk_scene_approved(&scene, other);
    refuses(other, "request: ");
    prepared(name);
    refuses(name, "state: ");
    approve_by_all(name);
    refuses(name, "state: "); /* approved is not in the log */
    (void)desk_scene_tell(&scene);
    assert_int_equal(desk_scene_process(&scene, DESK_ACT_LOGGED, name), DESK_RULE_NONE);
    scene.now_s += DESK_BULK_WAIT_S - 1;
    refuses(name, "wait: ");
    is_state(name, "none");
    scene.now_s += 1;
    asks(name);
    assert_memory_equal(asked.name, name, sizeof(name));
    assert_int_equal(asked.values_count, 1);
    assert_true(span_equal(asked.values[0].bytes, span_of_text("XY 000100")));
    assert_int_equal(asked.hashes_count, case_at(name)->subjects_count);
    assert_memory_equal(asked.hashes[0].hash, case_at(name)->subjects[0].hash, DESK_HASH_BYTES);
    refuses(name, "busy: ");
    keep_says(asked.id, COUNT_LINE_OK, 3);
    is_state(name, "counted");
    assert_true(case_at(name)->is_counted);
    assert_int_equal(case_at(name)->found_count, 3);
    assert_int_equal(desk_scene_state(&scene, name), DESK_STATE_AUTHENTICATED);
    struct looking last = {.visitor = {.visit = look}};
    assert_int_equal(desk_store_walk(scene.store, name, &last.visitor), FAULT_NONE);
    assert_int_equal(last.act.kind, DESK_ACT_COUNTED);
    assert_int_equal(last.act.count, 3);
    assert_memory_equal(last.act.evidence, asked.matter, sizeof(asked.matter));
    refuses(name, "request: "); /* once */
    assert_int_equal(desk_search_counts(search).counted, 1);
    desk_scene_store(&scene); /* and for good */
    is_state(name, "counted");
}

static void what_keep_says_beside_a_number(void **state)
{
    static const struct {
        u32 code;
        const char *says;
    } rows[] = {
        {COUNT_LINE_OTHER, "other"}, {COUNT_LINE_FORM, "form"}, {COUNT_LINE_LIMIT, "limit"}};
    (void)state;
    logged(name);
    logged(other);
    scene.now_s += DESK_BULK_WAIT_S;
    for (u32 i = 0; i < ARRAY_COUNT(rows); i += 1) {
        asks(name);
        keep_says(asked.id + 1, COUNT_LINE_OK, 9); /* to nobody's question */
        is_state(name, "waits");
        keep_says(asked.id, rows[i].code, 0);
        is_state(name, rows[i].says);
        is_state(other, "none");
        assert_int_equal(desk_scene_state(&scene, name), DESK_STATE_LOGGED);
    }
    asks(name);
    u64 late = asked.id;
    clock_false_advance(&now, DESK_SEARCH_WAIT_S * 1000000000ULL);
    turn();
    is_state(name, "away");
    asks(other);
    is_state(name, "none");
    assert_true(asked.id > late);
    keep_says(late, COUNT_LINE_OK, 9); /* of the question that was given up */
    is_state(other, "waits");
    keep_says(asked.id, COUNT_LINE_OK, 0);
    is_state(other, "counted");
    assert_int_equal(case_at(other)->found_count, 0);
    assert_false(case_at(name)->is_counted);
}

static void a_case_that_went_on_is_not_counted(void **state)
{
    (void)state;
    logged(name);
    scene.now_s += DESK_BULK_WAIT_S;
    asks(name);
    struct desk_act reject = act_of(DESK_ACT_REJECT, DESK_SCENE_BELA, name);
    reject.reason = DESK_REASON_TOO_WIDE;
    ok(reject, DESK_SCENE_BELA);
    keep_says(asked.id, COUNT_LINE_OK, 3);
    is_state(name, "refused");
    assert_int_equal(desk_scene_state(&scene, name), DESK_STATE_REJECTED);
    logged(other);
    scene.now_s += DESK_GRANT_BULK_S;
    refuses(other, "expired: ");
}

static void what_is_no_value(void **state)
{
    static const char *const rows[] = {"",
                                       "1 document XY 000100",
                                       "1 document \n",
                                       "1 document\n",
                                       "2 document XY\n",
                                       "1  XY\n",
                                       "1\n",
                                       "1 \n",
                                       "\n",
                                       "1 colour red\n",
                                       "1 nationality FR\n",
                                       "1 name Ines Nobody\n",
                                       "1 document XY\n1 document XZ\n",
                                       "1 name A\n1 birth-date 1990-02-03\n1 document XY\n"};
    (void)state;
    logged(name);
    scene.now_s += DESK_BULK_WAIT_S;
    for (u32 i = 0; i < ARRAY_COUNT(rows); i += 1) {
        assert_int_equal(desk_search_ask(search, case_at(name), span_of_text(rows[i]), scene.now_s),
                         FAULT_INPUT);
        fault_forget();
    }
    is_state(name, "none");
    static const char person[] = "1 birth-date 1990-02-03\n1 name Ines Nobody\n";
    assert_int_equal(desk_search_ask(search, case_at(name), span_of_text(person), scene.now_s),
                     FAULT_NONE);
    ssize_t size = read(line[0], message, sizeof(message));
    assert_true(size > 0 && count_line_ask_read(span_of(message, (size_t)size), &asked));
    assert_true(span_equal(asked.values[0].bytes, span_of_text("Ines Nobody")));
}

static void a_keep_that_is_not_sound_is_asked_no_more(void **state)
{
    (void)state;
    logged(name);
    scene.now_s += DESK_BULK_WAIT_S;
    asks(name);
    memset(message, 0, sizeof(message));
    assert_int_equal(send(line[0], message, COUNT_LINE_ANSWER_BYTES + 1, MSG_NOSIGNAL),
                     COUNT_LINE_ANSWER_BYTES + 1);
    turn();
    is_state(name, "away");
    assert_int_equal(desk_search_counts(search).wrong, 1);
    keep_says(asked.id, COUNT_LINE_OK, 3);
    assert_false(case_at(name)->is_counted);
    refuses(name, "away: ");
    desk_search_close(search);
    assert_int_equal(desk_search_open(&search, -1, &now.clock), FAULT_NONE);
    refuses(name, "away: "); /* there is no vault */
    turn();
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, make, clear)
    const struct CMUnitTest tests[] = {
        TEST(only_what_waited_is_counted),
        TEST(what_keep_says_beside_a_number),
        TEST(a_case_that_went_on_is_not_counted),
        TEST(what_is_no_value),
        TEST(a_keep_that_is_not_sound_is_asked_no_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
