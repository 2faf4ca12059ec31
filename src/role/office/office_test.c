/* Aim: who is heard at the console, and who is not: each attack by its name. What is asked of the
 * desk and the queue is what was meant, what they answer is passed on whole, and a case is shown
 * only after a row says so.
 *
 * Method: the console in memory (tests/support/office_scene.h); the desk and the queue are the
 * test's. */
#include "role/office/office.h"

#include "base/span.h"
#include "tests/support/office_scene.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define CASE_HEX "0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a"
#define MS_NS    1000000ULL

static struct office_scene scene;
static const char *answers[4]; /* of other processes, in turn; NULL: none comes */
static u32 answers_at;
static u32 rows_then; /* of Anna's, when the last question came */

static u32 rows_count(enum office_scene_who who)
{
    static struct office_row rows[OFFICE_ROWS_MAX];
    u32 count = 0;
    assert_int_equal(office_rows_of(scene.office->store, scene.people.list[who].officer.number, 0,
                                    INT64_MAX, span_of_text(""), OFFICE_ROWS_MAX, rows, &count),
                     FAULT_NONE);
    return count;
}

static bool hear(struct span question, char *target, size_t target_bytes, size_t *size_out)
{
    (void)question;
    assert_true(answers_at < ARRAY_COUNT(answers));
    const char *text = answers[answers_at];
    answers_at += 1;
    rows_then = rows_count(OFFICE_SCENE_ANNA);
    if (text == NULL) {
        return false;
    }
    *size_out = strlen(text);
    assert_true(*size_out <= target_bytes);
    memcpy(target, text, *size_out);
    return true;
}

static void hears(const char *first, const char *second)
{
    memset(answers, 0, sizeof(answers));
    answers[0] = first;
    answers[1] = second;
    answers_at = 0;
}

/* Processor time of this process: the machine may do other work beside. */
static u64 used_ns(void)
{
    struct timespec time;
    assert_int_equal(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time), 0);
    return (u64)time.tv_sec * 1000000000ULL + (u64)time.tv_nsec;
}

static enum fault draft(struct office *office, const struct office_draft *asked,
                        struct span *text_out)
{
    (void)office;
    assert_string_equal(asked->officer, "anna");
    *text_out = span_of_text("cambist desk v1\n");
    return FAULT_NONE;
}

static int make(void **state)
{
    (void)state;
    office_scene_open(&scene, draft);
    scene.hear = hear;
    hears(NULL, NULL);
    return 0;
}

static int make_signed(void **state)
{
    (void)make(state);
    office_scene_sign_in(&scene, OFFICE_SCENE_ANNA);
    office_scene_sign_in(&scene, OFFICE_SCENE_BELA);
    return 0;
}

static int clear(void **state)
{
    (void)state;
    office_scene_close(&scene);
    return 0;
}

static struct http_reply get(const char *target)
{
    return office_scene_by(&scene, OFFICE_SCENE_ANNA, false, target, NULL);
}

static struct http_reply post(const char *target, const char *body)
{
    return office_scene_by(&scene, OFFICE_SCENE_ANNA, true, target, body);
}

static bool has(struct span text, const char *words)
{
    return memmem(text.data, text.size, words, strlen(words)) != NULL;
}

static bool refuses(struct http_reply reply, u32 status, const char *name)
{
    return reply.status == status &&
           span_equal(office_scene_text(reply.body, "error"), span_of_text(name));
}

/* ---- who is heard ---- */

static void another_host_or_origin_is_not_heard(void **state)
{
    static const struct office_scene_ask wrong[] = {{.host = "evil.invalid"},
                                                    {.host = "localhost"},
                                                    {.origin = "http://evil.invalid"},
                                                    {.origin = "http://localhost"},
                                                    {.origin = "null"},
                                                    {.origin = "https://localhost:8443"},
                                                    {.is_post = true, .origin = ""},
                                                    {.site = "cross-site"},
                                                    {.site = "same-site"},
                                                    {.is_post = true, .site = "none"}};
    (void)state;
    for (u32 i = 0; i < ARRAY_COUNT(wrong); i += 1) {
        struct office_scene_ask ask = wrong[i];
        ask.target = ask.is_post ? "/office/v1/sign-out" : "/office/v1/session";
        ask.cookie = scene.cookies[OFFICE_SCENE_ANNA];
        ask.csrf = scene.tokens[OFFICE_SCENE_ANNA];
        assert_int_equal(office_scene_ask(&scene, &ask).status, 403);
    }
    assert_int_equal(get("/office/v1/session").status, 200);
}

static void cross_site_requests_lack_the_token(void **state)
{
    const struct office_scene_ask ask = {.is_post = true,
                                         .target = "/office/v1/put",
                                         .cookie = scene.cookies[OFFICE_SCENE_ANNA],
                                         .body = span_of_text("{\"act\":\"x\"}")};
    struct office_scene_ask other = ask;
    (void)state;
    assert_true(refuses(office_scene_ask(&scene, &ask), 403, "csrf"));
    other.csrf = scene.tokens[OFFICE_SCENE_BELA]; /* another session's */
    assert_true(refuses(office_scene_ask(&scene, &other), 403, "csrf"));
    assert_int_equal(scene.asked_count, 0);
    other.csrf = scene.tokens[OFFICE_SCENE_ANNA];
    other.type = "text/plain"; /* what a form can send */
    assert_true(refuses(office_scene_ask(&scene, &other), 415, "type"));
    assert_int_equal(scene.asked_count, 0);
}

static void cookies_are_one_and_whole(void **state)
{
    char text[320];
    struct office_scene_ask ask = {.target = "/office/v1/session", .cookie = text};
    const char *cookie = scene.cookies[OFFICE_SCENE_ANNA];
    (void)state;
    (void)snprintf(text, sizeof(text), "a=b; %s; c=d", cookie);
    assert_int_equal(office_scene_ask(&scene, &ask).status, 200);
    (void)snprintf(text, sizeof(text), "__Host-office-of-another-page=c; %s", cookie);
    assert_int_equal(office_scene_ask(&scene, &ask).status, 200);
    (void)snprintf(text, sizeof(text), "__Host-offices%s", strchr(cookie, '='));
    assert_int_equal(office_scene_ask(&scene, &ask).status, 401);
    (void)snprintf(text, sizeof(text), "%.*s", (int)strlen(cookie) - 2, cookie);
    assert_int_equal(office_scene_ask(&scene, &ask).status, 401);
    (void)snprintf(text, sizeof(text), "%s; %s", cookie, cookie);
    assert_int_equal(office_scene_ask(&scene, &ask).status, 401);
    (void)snprintf(text, sizeof(text), "%s0", cookie);
    assert_int_equal(office_scene_ask(&scene, &ask).status, 401);
    (void)snprintf(text, sizeof(text), "x%s", cookie);
    assert_int_equal(office_scene_ask(&scene, &ask).status, 401);
}

static void session_fixation(void **state)
{
    char body[1024];
    char before[128];
    struct office_scene_ask ask = {.is_post = true,
                                   .target = "/office/v1/sign-in/begin",
                                   .body = span_of_text("{\"officer\":\"anna\"}"),
                                   .cookie = scene.cookies[OFFICE_SCENE_ANNA]};
    (void)state;
    memcpy(before, scene.cookies[OFFICE_SCENE_ANNA], sizeof(before));
    struct http_reply reply = office_scene_ask(&scene, &ask);
    office_scene_signed(&scene, OFFICE_SCENE_ANNA, reply.body, body);
    ask.target = "/office/v1/sign-in/key";
    ask.body = span_of_text(body);
    reply = office_scene_ask(&scene, &ask);
    assert_int_equal(reply.status, 200);
    assert_int_equal(reply.fields_count, 1);
    assert_null(strstr(reply.fields[0].value, before)); /* another token */
    assert_non_null(strstr(reply.fields[0].value, "; Path=/; Secure; HttpOnly; SameSite=Strict"));
    assert_int_equal(get("/office/v1/session").status, 401);            /* that before is over */
    assert_true(refuses(office_scene_ask(&scene, &ask), 403, "wrong")); /* and the challenge used */
}

static void who_does_not_exist_gets_the_same(void **state)
{
    struct office_scene_ask ask = {.is_post = true, .target = "/office/v1/sign-in/begin"};
    size_t sizes[2];
    char first[1024] = "";
    char letters[87] = "";
    (void)state;
    memset(letters, 'A', sizeof(letters) - 1);
    static const char *const bodies[] = {"{\"officer\":\"anna\"}", "{\"officer\":\"eve1\"}"};
    for (u32 i = 0; i < 2; i += 1) {
        ask.body = span_of_text(bodies[i]);
        struct http_reply reply = office_scene_ask(&scene, &ask);
        assert_int_equal(reply.status, 200);
        sizes[i] = office_scene_text(reply.body, "text").size;
        assert_true(has(reply.body, "\"credentials\":[\""));
    }
    assert_int_equal(sizes[0], sizes[1]);
    ask.target = "/office/v1/sign-in/key";
    for (u32 i = 0; i < 2; i += 1) {
        char body[256];
        (void)snprintf(body, sizeof(body),
                       "{\"officer\":\"%s\",\"challenge\":\"%.43s\",\"signature\":\"%.86s==\"}",
                       i == 0 ? "anna" : "eve1", letters, letters);
        ask.body = span_of_text(body);
        struct http_reply reply = office_scene_ask(&scene, &ask);
        assert_int_equal(reply.status, 403);
        assert_true(i == 0 || span_equal(reply.body, span_of_text(first)));
        assert_true(span_copy(reply.body, first, sizeof(first) - 1));
    }
}

/* Nobody's word but the officer's own key: five wrong ones, then a pause, and nothing of a session.
 */
static void another_officers_key_signs_nobody_in(void **state)
{
    char body[1024];
    struct office_scene_ask ask = {.is_post = true, .body = span_of_text("{\"officer\":\"anna\"}")};
    struct http_reply reply;
    (void)state;
    memcpy(scene.private_pem[OFFICE_SCENE_ANNA], scene.private_pem[OFFICE_SCENE_BELA],
           sizeof(scene.private_pem[0]));
    for (u32 i = 0; i < OFFICE_LIMIT_FREE; i += 1) {
        ask.target = "/office/v1/sign-in/begin";
        ask.body = span_of_text("{\"officer\":\"anna\"}");
        reply = office_scene_ask(&scene, &ask);
        office_scene_signed(&scene, OFFICE_SCENE_ANNA, reply.body, body);
        ask.target = "/office/v1/sign-in/key";
        ask.body = span_of_text(body);
        reply = office_scene_ask(&scene, &ask);
        assert_true(refuses(reply, 403, "wrong"));
        assert_int_equal(reply.fields_count, 0);
    }
    reply = office_scene_ask(&scene, &ask);
    assert_true(refuses(reply, 429, "wait"));
    assert_int_equal(reply.fields_count, 1);
    assert_string_equal(reply.fields[0].name, "Retry-After");
    assert_string_equal(reply.fields[0].value, "1");
    assert_int_equal(rows_count(OFFICE_SCENE_ANNA), 0);
    assert_int_equal(office_counts(scene.office).sessions, 0);
    assert_int_equal(office_counts(scene.office).wrong, OFFICE_LIMIT_FREE);
}

static void a_use_makes_a_session_last(void **state)
{
    (void)state;
    for (u32 i = 0; i < 5; i += 1) {
        clock_false_advance(&scene.now, (OFFICE_IDLE_MS / 2) * MS_NS);
        hears("cases {}", NULL);
        assert_int_equal(get(i == 0 ? "/office/v1/queue?poll=no" : "/office/v1/queue").status, 200);
    }
    assert_int_equal(get("/office/v1/session").status, 200);
}

static void who_signs_out_is_out(void **state)
{
    (void)state;
    struct http_reply reply = post("/office/v1/sign-out", "{}");
    assert_int_equal(reply.status, 200);
    assert_int_equal(reply.fields_count, 1);
    assert_non_null(strstr(reply.fields[0].value, "; Max-Age=0"));
    assert_true(refuses(get("/office/v1/session"), 401, "no-session"));
    assert_int_equal(
        office_scene_by(&scene, OFFICE_SCENE_BELA, false, "/office/v1/session", NULL).status, 200);
}

static void sessions_end_by_themselves(void **state)
{
    (void)state;
    for (u32 i = 0; i < 3; i += 1) { /* to look again is no use of it */
        clock_false_advance(&scene.now, (OFFICE_IDLE_MS / 4) * MS_NS);
        hears("cases {}", NULL);
        assert_int_equal(get("/office/v1/queue?poll=yes").status, 200);
        assert_int_equal(get("/office/v1/session").status, 200);
    }
    clock_false_advance(&scene.now, (OFFICE_IDLE_MS / 4) * MS_NS);
    assert_true(refuses(get("/office/v1/queue?poll=yes"), 401, "no-session"));
}

static void who_is_not_of_the_desk_sees_none_of_it(void **state)
{
    static const char *const paths[] = {"queue", "case?case=0a", "authority?name=x", "contacts",
                                        "recusals"};
    static const char *const posts[] = {"letter", "draft", "put"};
    char target[128];
    (void)state;
    for (u32 i = 0; i < ARRAY_COUNT(paths); i += 1) {
        (void)snprintf(target, sizeof(target), "/office/v1/%s", paths[i]);
        assert_true(
            refuses(office_scene_by(&scene, OFFICE_SCENE_BELA, false, target, NULL), 403, "role"));
    }
    for (u32 i = 0; i < ARRAY_COUNT(posts); i += 1) {
        (void)snprintf(target, sizeof(target), "/office/v1/%s", posts[i]);
        assert_true(
            refuses(office_scene_by(&scene, OFFICE_SCENE_BELA, true, target, "{}"), 403, "role"));
    }
    assert_int_equal(scene.asked_count, 0);
    hears("{\"cases\":[]}", NULL);
    assert_int_equal(
        office_scene_by(&scene, OFFICE_SCENE_BELA, false, "/office/v1/restrictions", NULL).status,
        200);
}

/* ---- what is asked ---- */

static void the_queue_is_asked_in_its_words(void **state)
{
    (void)state;
    hears("cases {\"cases\":[]}", NULL);
    struct http_reply reply = get("/office/v1/queue?country=FR&state=assessed&limit=&alarm=yes");
    assert_int_equal(reply.status, 200);
    assert_true(span_equal(reply.body, span_of_text("{\"cases\":[]}")));
    assert_string_equal(scene.asked, "list state=assessed country=FR alarm=yes");
    assert_true(refuses(get("/office/v1/queue?state=a%20b"), 400, "query"));
    assert_true(refuses(get("/office/v1/queue?state=a&state=b"), 400, "query"));
    assert_true(refuses(get("/office/v1/queue?authority=a%0aput"), 400, "query"));
    hears("wrong a word is none of them", NULL);
    assert_true(refuses(get("/office/v1/queue?state=red"), 400, "wrong"));
    hears(NULL, NULL);
    assert_true(refuses(get("/office/v1/queue"), 503, "away"));
    hears("stopped the desk begins anew", NULL);
    assert_true(refuses(get("/office/v1/queue"), 503, "away"));
}

static void registers_are_asked_in_their_words(void **state)
{
    static const char said[] = "{\"contacts\":[],\"count\":0,\"next\":null}";
    (void)state;
    hears("contacts {\"contacts\":[],\"count\":0,\"next\":null}", NULL);
    struct http_reply reply = get("/office/v1/contacts?before=9&authority=xa-court&member=&from=5");
    assert_int_equal(reply.status, 200);
    assert_true(span_equal(reply.body, span_of_text(said)));
    assert_string_equal(scene.asked, "contacts authority=xa-court from=5 before=9");
    hears("recusals {\"recusals\":[]}", NULL);
    assert_int_equal(get("/office/v1/recusals").status, 200);
    assert_string_equal(scene.asked, "recusals");
    assert_true(refuses(get("/office/v1/recusals?member=a%20b"), 400, "query"));
    hears("contacts {}", NULL); /* not what was asked for */
    assert_true(refuses(get("/office/v1/recusals"), 503, "away"));
    hears("wrong a value that this word does not have", NULL);
    assert_true(refuses(get("/office/v1/contacts?limit=0"), 400, "wrong"));
    assert_int_equal(
        office_scene_by(&scene, OFFICE_SCENE_ANNA, true, "/office/v1/contacts", "{}").status, 405);
}

static void a_long_queue_is_passed_on_whole(void **state)
{
    static char text[6400032];
    (void)state;
    memset(text, 'x', sizeof(text) - 1);
    memcpy(text, "cases ", 6);
    hears(text, NULL);
    struct http_reply reply = get("/office/v1/queue");
    assert_int_equal(reply.status, 200);
    assert_true(span_equal(reply.body, span_of_text(text + 6)));
    text[6 + 3100000] = 0; /* 10,000 cases as they are */
    hears(text, NULL);
    u64 begun_ns = used_ns();
    reply = get("/office/v1/queue");
    u64 took_us = (used_ns() - begun_ns) / 1000;
    assert_int_equal(reply.body.size, 3100000);
    print_message("10,000 cases: %llu us of processor time\n", (unsigned long long)took_us);
}

static void a_case_is_seen_after_it_is_noted(void **state)
{
    u32 before = rows_count(OFFICE_SCENE_ANNA);
    (void)state;
    hears("missing no such case", NULL);
    assert_true(refuses(get("/office/v1/case?case=" CASE_HEX), 404, "none"));
    assert_int_equal(rows_count(OFFICE_SCENE_ANNA), before);
    /* "# 1 2\nact\n# 3 0\nb\n" */
    hears("case {\"case\":\"x\"}", "acts 23203120320a6163740a23203320300a620a");
    struct http_reply reply = get("/office/v1/case?case=" CASE_HEX);
    assert_int_equal(reply.status, 200);
    assert_true(span_equal(
        reply.body, span_of_text("{\"case\":{\"case\":\"x\"},\"acts\":[{\"number\":1,\"log\":2,"
                                 "\"text\":\"act\\u000a\"},{\"number\":3,\"log\":0,\"text\":"
                                 "\"b\\u000a\"}]}")));
    assert_int_equal(rows_then, before + 1); /* before the second question */
    assert_int_equal(rows_count(OFFICE_SCENE_BELA), 1);
    hears("case {}", "acts 2320");
    assert_true(refuses(get("/office/v1/case?case=" CASE_HEX), 503, "away"));
    assert_true(refuses(get("/office/v1/case?case=0a"), 400, "query"));
    hears("{\"case\":{}}", NULL);
    before = rows_count(OFFICE_SCENE_ANNA);
    assert_int_equal(get("/office/v1/restriction?case=12-0").status, 200);
    assert_string_equal(scene.asked, "{\"ask\":\"show\",\"case\":\"12-0\"}");
    assert_int_equal(rows_count(OFFICE_SCENE_ANNA), before + 1);
}

static void acts_go_to_the_desk_as_they_are(void **state)
{
    (void)state;
    hears("taken rejected", NULL);
    struct http_reply reply = post("/office/v1/put", "{\"act\":\"ab\\n\"}");
    assert_true(span_equal(reply.body, span_of_text("{\"state\":\"rejected\"}")));
    assert_string_equal(scene.asked, "put 61620a");
    hears("refused same-person: who proposed does not approve", NULL);
    reply = post("/office/v1/put", "{\"act\":\"ab\\n\"}");
    assert_true(refuses(reply, 409, "same-person"));
    assert_true(has(reply.body, "\"why\":\"who proposed does not approve\""));
    hears("letter 41420a", NULL);
    reply = post("/office/v1/letter", "{\"act\":\"ab\\n\"}");
    assert_true(span_equal(reply.body, span_of_text("{\"letter\":\"AB\\u000a\"}")));
    assert_true(refuses(post("/office/v1/put", "{\"act\":\"\"}"), 400, "body"));
}

static void drafts_take_no_file_and_no_persons_name(void **state)
{
    static const char *const wrong[] = {
        "\"evidence\":\"@/etc/passwd\"",       "\"reason\":\"a\\nact: close\"",
        "\"identifier\":\"1 name A\"",         "\"Reason\":\"a\"",
        "\"record\":[\"1 bank none\",\"@x\"]", "\"\":\"x\""};
    char body[256];
    (void)state;
    for (u32 i = 0; i < ARRAY_COUNT(wrong); i += 1) {
        (void)snprintf(body, sizeof(body),
                       "{\"act\":\"reject\",\"case\":\"none\",\"name\":\"\",\"fields\":{%s}}",
                       wrong[i]);
        assert_true(refuses(post("/office/v1/draft", body), 400, "body"));
    }
    struct http_reply reply =
        post("/office/v1/draft", "{\"act\":\"reject\",\"case\":\"none\",\"name\":\"\","
                                 "\"fields\":{\"reason\":\"TooWide\"}}");
    assert_true(span_equal(reply.body, span_of_text("{\"text\":\"cambist desk v1\\u000a\"}")));
}

static void the_queue_of_rules_is_asked_in_json(void **state)
{
    (void)state;
    hears("{\"cases\":[]}", NULL);
    assert_int_equal(get("/office/v1/restrictions?owner=11&kind=a%22b&all=yes&after=0.1.2").status,
                     200);
    assert_string_equal(scene.asked,
                        "{\"ask\":\"list\",\"kind\":\"a\\\"b\",\"owner\":11,\"all\":true,"
                        "\"after\":\"0.1.2\"}");
    assert_true(refuses(get("/office/v1/restrictions?owner=1e5"), 400, "query"));
    assert_true(refuses(get("/office/v1/restrictions?owner=011"), 400, "query"));
    hears("{\"error\":{\"field\":\"kind\",\"reason\":\"is none of its words\"}}", NULL);
    struct http_reply reply = get("/office/v1/reports?all=yes");
    assert_true(refuses(reply, 400, "query"));
    assert_true(has(reply.body, "\"why\":\"kind: is none of its words\""));
    hears(NULL, NULL);
    assert_true(refuses(get("/office/v1/whitelisted"), 503, "away"));
}

static void own_actions_come_from_everywhere(void **state)
{
    static const char desk[] =
        "by {\"acts\":[{\"number\":4,\"time_s\":1795428001,\"act\":\"reject\","
        "\"case\":\"" CASE_HEX "\",\"log\":7}]}";
    static const char queue[] =
        "{\"seq\":9,\"acts\":[{\"case\":\"12-0\",\"seq\":8,\"time_us\":"
        "1795427999000000,\"act\":\"take\",\"officer\":11}],\"next\":\"1\"}";
    (void)state;
    hears(desk, queue);
    struct http_reply reply = get("/office/v1/mine");
    assert_int_equal(reply.status, 200);
    assert_true(span_equal(
        reply.body,
        span_of_text(
            "{\"actions\":[{\"time\":1795428001000,\"what\":\"act\",\"case\":\"" CASE_HEX
            "\",\"act\":\"reject\",\"log\":7,\"seq\":null},{\"time\":1795428000000,\"what\":"
            "\"sign-in\",\"case\":null,\"act\":\"key\",\"log\":null,\"seq\":null},{\"time\":"
            "1795427999000,\"what\":\"case\",\"case\":\"12-0\",\"act\":\"take\",\"log\":null,"
            "\"seq\":8}],\"complete\":true}")));
    hears(desk, queue);
    reply = get("/office/v1/mine?text=12-0");
    assert_true(has(reply.body, "\"take\"") && !has(reply.body, "\"reject\""));
    hears(desk, NULL);
    reply = get("/office/v1/mine?limit=1");
    assert_true(has(reply.body, "\"reject\"") && has(reply.body, "\"complete\":false"));
    hears("by {\"acts\":[", queue);
    assert_true(has(get("/office/v1/mine").body, "\"complete\":false"));
    assert_true(refuses(get("/office/v1/mine?limit=501"), 400, "query"));
    assert_true(refuses(get("/office/v1/mine?from=x"), 400, "query"));
}

/* ---- what it costs ---- */

static void a_sign_in_is_cheap(void **state)
{
    u64 count = test_rounds(500);
    (void)state;
    u64 begun_ns = used_ns();
    for (u64 i = 0; i < count; i += 1) {
        clock_false_advance(&scene.now, 1000 * MS_NS); /* within the limits */
        office_scene_sign_in(&scene, OFFICE_SCENE_ANNA);
    }
    u64 each_us = (used_ns() - begun_ns) / 1000 / count;
    print_message("a sign-in: %llu us of processor time\n", (unsigned long long)each_us);
    assert_true(each_us < 150000);
}

/* ---- origins ---- */

static void an_origin_is_read_exactly(void **state)
{
    static const char *const wrong[] = {"",
                                        "none",
                                        "desk.example",
                                        "https://",
                                        "https://desk.example/",
                                        "https://desk.example:",
                                        "https://desk.example:123456",
                                        "https://desk.example:80/",
                                        "https://desk.example:80a",
                                        "https://Desk.example",
                                        "https://a@desk.example",
                                        "ftp://desk.example"};
    char host[OFFICE_ORIGIN_BYTES];
    char rp[OFFICE_ORIGIN_BYTES];
    (void)state;
    for (u32 i = 0; i < ARRAY_COUNT(wrong); i += 1) {
        assert_false(office_origin_read(wrong[i], host, rp));
    }
    assert_true(office_origin_read("https://desk.example", host, rp));
    assert_string_equal(host, "desk.example");
    assert_string_equal(rp, "desk.example");
    assert_true(office_origin_read("http://localhost:8443", host, rp));
    assert_string_equal(host, "localhost:8443");
    assert_string_equal(rp, "localhost");
}

#define SIGNED(test) cmocka_unit_test_setup_teardown(test, make_signed, clear)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SIGNED(another_host_or_origin_is_not_heard),
        SIGNED(cross_site_requests_lack_the_token),
        SIGNED(cookies_are_one_and_whole),
        SIGNED(session_fixation),
        cmocka_unit_test_setup_teardown(who_does_not_exist_gets_the_same, make, clear),
        cmocka_unit_test_setup_teardown(another_officers_key_signs_nobody_in, make, clear),
        SIGNED(a_use_makes_a_session_last),
        SIGNED(who_signs_out_is_out),
        SIGNED(sessions_end_by_themselves),
        SIGNED(who_is_not_of_the_desk_sees_none_of_it),
        SIGNED(the_queue_is_asked_in_its_words),
        SIGNED(registers_are_asked_in_their_words),
        SIGNED(a_long_queue_is_passed_on_whole),
        SIGNED(a_case_is_seen_after_it_is_noted),
        SIGNED(acts_go_to_the_desk_as_they_are),
        SIGNED(drafts_take_no_file_and_no_persons_name),
        SIGNED(the_queue_of_rules_is_asked_in_json),
        SIGNED(own_actions_come_from_everywhere),
        SIGNED(a_sign_in_is_cheap),
        cmocka_unit_test(an_origin_is_read_exactly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
