/* Aim: what an officer's page is told is what the officer's own circle and log say, whoever named
 * the files; and an act does only what was confirmed.
 *
 * Method: a real folder of work with grants, approvals, notes and openings of a scene, changed one
 * thing at a time; the page is asked as its listener would ask it, and its answers are searched. */
#include "app/officer_page.h"

#include "base/bytes.h"
#include "base/span.h"
#include "tests/support/opening_scene.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { PEOPLE = 2, ME = 0 };

static struct opening_scene scene;
static struct grant grant;
static struct grant_file file;
static struct open_pins pins;
static char root[64];
static char work[96];
static char book[96];
static char key_text[SHARE_FILE_BYTES];
static size_t key_bytes;
static struct officer_page *page;
static struct officer_reply reply;
static char body[OFFICER_SERVE_BODY_BYTES + 1];
static u32 logged;

static void log_it(const char *what, const char *name)
{
    (void)what;
    (void)name;
    logged += 1;
}

static void put(const char *name, const void *bytes, size_t size)
{
    char path[256];
    (void)snprintf(path, sizeof(path), "%s/%s", work, name);
    FILE *stream = fopen(path, "we");
    assert_non_null(stream);
    assert_int_equal(fwrite(bytes, 1, size, stream), size);
    assert_int_equal(fclose(stream), 0);
}

static bool is_there(const char *name)
{
    char path[256];
    (void)snprintf(path, sizeof(path), "%s/%s", work, name);
    return access(path, F_OK) == 0;
}

/* The grant with the approvals of these officers ("034"), under this name. */
static void put_grant(const char *name, const char *officers)
{
    static char text[GRANT_FILE_BYTES];
    u32 list[OPENING_SCENE_OFFICERS] = {0};
    u32 count = 0;
    for (; officers[count] != 0; count += 1) {
        list[count] = (u32)(officers[count] - '0');
    }
    opening_scene_sign(&scene, &grant, list, count, &file);
    put(name, text, grant_file_print(&file, text));
}

static void make_key(void)
{
    const struct share_scene *side = &scene.sides[0];
    const struct share_roster *roster = &side->group.roster;
    struct share_holder holder = {.index = 1,
                                  .side = roster->side,
                                  .epoch = roster->epoch,
                                  .passes = 1,
                                  .memory_kb = SHARE_FILE_MEMORY_KB_MIN,
                                  .key = roster->members[0].key};
    size_t mark = seal_room_mark(scene.room);
    struct share_secrets *secrets = seal_room_take(scene.room, sizeof(*secrets));
    memcpy(holder.name, roster->members[0].name, sizeof(holder.name));
    *secrets = (struct share_secrets){.key = side->keys[0], .share = side->shares[0]};
    assert_int_equal(share_file_print(scene.room, &holder, secrets, span_of_text("words of mine"),
                                      key_text, &key_bytes),
                     FAULT_NONE);
    seal_room_leave(scene.room, mark);
}

static int open_all(void **state)
{
    (void)state;
    opening_scene_open(&scene);
    make_key();
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    opening_scene_close(&scene);
    return 0;
}

static void grant_make(void)
{
    u64 now = (u64)time(NULL);
    grant = grant_scene_make(PEOPLE);
    grant.issued_s = now;
    grant.expires_s = now + GRANT_PLAIN_S;
    grant.silence_s = 0;
    grant.log_size = scene.leaves_count;
    opening_scene_fill(&scene, &grant);
    /* Filled with other records each time: the identifiers stay those of grant_scene_make. */
}

static int make(void **state)
{
    (void)state;
    (void)snprintf(root, sizeof(root), "/tmp/cambist-page-XXXXXX");
    if (mkdtemp(root) == NULL) {
        return -1;
    }
    (void)snprintf(work, sizeof(work), "%s/work", root);
    (void)snprintf(book, sizeof(book), "%s/book", root);
    assert_int_equal(mkdir(work, 0700) + mkdir(book, 0700), 0);
    memset(&pins, 0, sizeof(pins));
    assert_int_equal(tlog_crypto_open(&pins.crypto), FAULT_NONE);
    pins.circle = scene.circle;
    pins.key = scene.key;
    pins.policy = scene.policy;
    pins.judge = (struct opening_judge){
        .crypto = &pins.crypto, .policy = &pins.policy, .circle = &pins.circle, .key = &pins.key};
    grant_make();
    logged = 0;
    const struct officer_page_options options = {
        .disk = disk_real(),
        .folder = work,
        .book = book,
        .pins = &pins,
        .me = &pins.circle.officers[ME],
        .sign_key = {.pem = span_of_text(scene.signers[ME].pair.private_pem), .name = "me.pem"},
        .key_text = span_of(key_text, key_bytes),
        .key_name = "me.key",
        .log = log_it};
    return officer_page_open(&page, &options) == FAULT_NONE ? 0 : -1;
}

static int clear(void **state)
{
    (void)state;
    char command[128];
    officer_page_close(page);
    tlog_crypto_close(&pins.crypto);
    (void)snprintf(command, sizeof(command), "rm -r '%s'", root);
    return system(command);
}

static u32 ask(bool is_post, const char *path, const char *query, struct span bytes)
{
    const struct officer_asked asked = {.is_post = is_post,
                                        .path = span_of_text(path),
                                        .query = span_of_text(query),
                                        .body = bytes};
    reply = (struct officer_reply){.status = 0};
    officer_page_answer(page, &asked, &reply);
    return reply.status;
}

static u32 look(const char *path)
{
    return ask(false, path, "", span_of_text(""));
}

static bool says(const char *words)
{
    return memmem(reply.body.data, reply.body.size, words, strlen(words)) != NULL;
}

#define assert_says(words)                                                 \
    do {                                                                   \
        if (!says(words)) {                                                \
            fail_msg("\"%.*s\" does not say \"%s\"", (int)reply.body.size, \
                     (const char *)reply.body.data, words);                \
        }                                                                  \
    } while (0)

/* "grant=HASH" of the grant last written, and more behind it. */
static const char *of_grant(const char *more)
{
    static char text[512];
    char hex[2 * GRANT_HASH_BYTES + 1];
    (void)snprintf(text, sizeof(text), "grant=%s%s",
                   bytes_to_hex(file.hash, sizeof(file.hash), hex), more);
    return text;
}

static u32 act(const char *path, const char *more, const char *bytes)
{
    return ask(true, path, of_grant(more), span_of_text(bytes));
}

/* The name of what the officer at the page makes of the grant. */
static const char *made(const char *ending)
{
    static char name[FILE_NAME_BYTES];
    officer_desk_name(&file, pins.circle.officers[ME].signer.code, ending, name);
    return name;
}

/* ---- looking ---- */

static void each_state_is_told(void **state)
{
    (void)state;
    assert_int_equal(look("desk"), 200);
    assert_says("\"grants\":[]");
    put_grant("one.grant", "");
    assert_int_equal(look("desk"), 200);
    assert_says("\"state\":\"approve\"");
    assert_says("group A: 0 of the 2 people");
    put_grant("one.grant", "0");
    (void)look("desk");
    assert_says("\"state\":\"approved\"");
    assert_says("{\"group\":\"A\",\"have\":1,\"want\":2}");
    put_grant("two.grant", "134"); /* with the first file's they are enough */
    (void)look("desk");
    assert_says("\"state\":\"enough\"");
    assert_says("\"mine\":true");
    assert_true(reply.is_quiet);
}

static void files_of_one_grant_are_one_row(void **state)
{
    (void)state;
    put_grant("a.grant", "");
    put_grant("b.grant", "3");
    put_grant("c.grant", "14");
    (void)look("desk");
    assert_says("{\"group\":\"A\",\"have\":1,\"want\":2},{\"group\":\"B\",\"have\":2,\"want\":2}");
    const char *first = memmem(reply.body.data, reply.body.size, "\"hash\"", 6);
    assert_non_null(first);
    assert_null(memmem(first + 6,
                       reply.body.size - (size_t)(first + 6 - (const char *)reply.body.data),
                       "\"hash\"", 6));
}

static void who_may_not_is_told_why(void **state)
{
    (void)state;
    put_grant("a.grant", "");
    pins.circle.recused[0] = (struct circle_recused){.officer = ME, .authority = 0};
    pins.circle.recused_count = 1;
    (void)look("desk");
    assert_says("\"state\":\"recused\"");
    assert_says("is recused in what concerns");
    assert_int_equal(act("approve", "&confirm=3c3c", ""), 409);
    assert_says("is recused in what concerns");
    pins.circle.recused_count = 0;
    pins.circle.authorities[0].recipient[0] ^= 1;
    (void)look("desk");
    assert_says("\"state\":\"barred\"");
    assert_int_equal(act("approve", "&confirm=3c3c", ""), 409);
    assert_says("its recipient is not the key that is pinned");
    pins.circle.authorities[0].recipient[0] ^= 1;
    grant.issued_s -= GRANT_PLAIN_S + 60;
    grant.expires_s -= GRANT_PLAIN_S + 60;
    put_grant("a.grant", "");
    (void)look("desk");
    assert_says("\"state\":\"expired\"");
    assert_int_equal(act("approve", "&confirm=3c3c", ""), 409);
    assert_says("the grant has expired");
    assert_false(is_there(made(DESK_GRANT)));
    assert_int_equal(logged, 0);
}

static void a_signature_that_does_not_count_says_why(void **state)
{
    static char text[GRANT_FILE_BYTES];
    (void)state;
    put_grant("a.grant", "03");
    file.signatures[0].bytes[7] ^= 1;
    put("a.grant", text, grant_file_print(&file, text));
    assert_int_equal(ask(false, "grant", of_grant(""), span_of_text("")), 200);
    assert_says(
        "\"counts\":false,\"why\":\"approval of a0-1: the signature is not over this grant\"");
    assert_says("\"mine\":false");
    assert_says("{\"group\":\"A\",\"have\":0,\"want\":2},{\"group\":\"B\",\"have\":1,\"want\":2}");
}

static void two_keys_of_one_person_are_one(void **state)
{
    (void)state;
    pins.circle.officers[1].signer.number = pins.circle.officers[0].signer.number;
    put_grant("a.grant", "01");
    (void)look("desk");
    assert_says("{\"group\":\"A\",\"have\":1,\"want\":2}");
}

static void what_is_no_grant_is_told_as_text(void **state)
{
    static char text[GRANT_FILE_BYTES];
    static const char evil[] = "<img src=x onerror=globalThis.taken=1>";
    char *place = NULL;
    (void)state;
    put_grant("a.grant", "");
    size_t size = grant_file_print(&file, text);
    text[size] = '\0';
    place = strstr(text, "fr-police");
    assert_non_null(place);
    memmove(place + strlen(evil), place + 9, strlen(place + 9) + 1);
    memcpy(place, evil, strlen(evil));
    put("evil.grant", text, strlen(text));
    put("<img src=x onerror=alert(1)>.grant", "no grant", 8);
    put("\xff\x01.grant", "no grant", 8);
    assert_int_equal(look("desk"), 200);
    assert_says("{\"file\":\"evil.grant\",\"why\":\"evil.grant:");
    assert_says("<img src=x onerror=alert(1)>.grant");
    assert_says("\\u0001.grant");
    assert_says("\"state\":\"approve\""); /* the good one is there all the same */
}

static void a_folder_that_is_too_full(void **state)
{
    char name[32];
    (void)state;
    for (u32 i = 0; i < DESK_GRANTS_MAX + 3; i += 1) {
        grant.nonce[0] = (u8)i;
        (void)snprintf(name, sizeof(name), "g%u.grant", i);
        put_grant(name, "");
    }
    assert_int_equal(look("desk"), 200);
    assert_says("\"leftOut\":3");
    for (u32 i = 0; i < DESK_NAMES_MAX; i += 1) {
        (void)snprintf(name, sizeof(name), "no%u.grant", i);
        put(name, "", 0);
    }
    assert_int_equal(look("desk"), 200);
}

/* ---- the paper ---- */

static void the_paper_is_compared_line_by_line(void **state)
{
    (void)state;
    put_grant("a.grant", "");
    assert_int_equal(
        act("paper", "", "7 document XY-000100\r\n\n8 document xy 000102\n8 name Lind\nx"), 200);
    assert_says("{\"line\":1,\"form\":true,\"fits\":true,\"person\":7,\"field\":\"document\"}");
    assert_says("{\"line\":3,\"form\":true,\"fits\":false,\"person\":8,\"field\":\"document\"}");
    assert_says("{\"line\":5,\"form\":false,\"fits\":false}");
    assert_says("\"met\":[true,false]");
    assert_false(says("XY"));
    assert_false(says("Lind"));
    static const char *const no_lines[] = {"7",
                                           "7 ",
                                           "7 document",
                                           "7 document ",
                                           "-7 document a",
                                           "07 document a",
                                           "7 wealth a",
                                           " 7 document a",
                                           "18446744073709551616 document a"};
    for (u32 i = 0; i < ARRAY_COUNT(no_lines); i += 1) {
        assert_int_equal(act("paper", "", no_lines[i]), 200);
        assert_says("\"form\":false");
    }
}

/* ---- acts ---- */

static void an_approval_wants_the_case_confirmed(void **state)
{
    static const char *const wrong[] = {"",
                                        "&confirm=",
                                        "&confirm=3c3",
                                        "&confirm=3c3c3",
                                        "&confirm=3C3C",
                                        "&confirm=0000",
                                        "&confirm=3c3c%00"};
    (void)state;
    put_grant("a.grant", "");
    for (u32 i = 0; i < ARRAY_COUNT(wrong); i += 1) {
        assert_in_range(act("approve", wrong[i], ""), 400, 409);
        assert_false(is_there(made(DESK_GRANT)));
    }
    assert_int_equal(act("approve", "&confirm=3c3c", ""), 200);
    assert_true(is_there(made(DESK_GRANT)));
    assert_int_equal(logged, 1);
    (void)look("desk");
    assert_says("\"mine\":true");
    file.hash[0] ^= 1;
    assert_int_equal(act("approve", "&confirm=3c3c", ""), 404);
}

/* What the acts say is grant_case_test.c's; here they are wanted, and read where they lie. */
static void the_acts_of_the_case_are_wanted(void **state)
{
    static const char of_case[] = "3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c" DESK_ACTS;
    (void)state;
    put_grant("a.grant", "");
    pins.circle.wants_case = true;
    assert_int_equal(act("approve", "&confirm=3c3c", ""), 409);
    assert_says("the circle wants the acts of the grant's case");
    put(of_case, "# 1 0\nno act\n", 13);
    assert_int_equal(act("approve", "&confirm=3c3c", ""), 409);
    assert_says(of_case);
    pins.circle.wants_case = false; /* those that are there are read all the same */
    assert_int_equal(act("approve", "&confirm=3c3c", ""), 409);
    assert_says(of_case);
    assert_false(is_there(made(DESK_GRANT)));
    assert_int_equal(logged, 0);
}

static void a_note_of_refusal_is_told_until_approved(void **state)
{
    (void)state;
    put_grant("a.grant", "");
    assert_int_equal(act("refuse", "", ""), 409);
    assert_int_equal(act("refuse", "", "two\nlines"), 409);
    assert_int_equal(act("refuse", "", "The order has no date."), 200);
    assert_true(is_there(made(DESK_REFUSAL)));
    (void)look("desk");
    assert_says("\"state\":\"refused\"");
    /* Somebody else's note, or a changed one, under this officer's name. */
    put(made(DESK_REFUSAL), "cambist refusal v1\n", 19);
    (void)look("desk");
    assert_says("\"state\":\"approve\"");
    assert_int_equal(act("refuse", "", "The order has no date."), 200);
    assert_int_equal(act("approve", "&confirm=3c3c", ""), 200);
    (void)look("desk");
    assert_says("\"state\":\"approved\"");
}

static void nothing_is_released_without_the_log(void **state)
{
    char path[256];
    (void)state;
    (void)snprintf(path, sizeof(path), "%s/case", work);
    assert_int_equal(mkdir(path, 0700), 0);
    put_grant("case/grant", "0134");
    (void)look("desk");
    assert_says("\"step\":\"waits\"");
    assert_int_equal(act("release", "&folder=case", "words of mine"), 409);
    assert_says("grant.shown");
    put("case/grant.shown", "no receipt", 10);
    put("case/rows", "no rows", 7);
    (void)look("desk");
    assert_says("\"step\":\"held\"");
    assert_int_equal(act("release", "&folder=case", "words of mine"), 409);
    assert_int_equal(act("release", "&folder=..", "words of mine"), 404);
    assert_int_equal(act("release", "&folder=case%2f..%2fcase", "words of mine"), 404);
    assert_int_equal(act("release", "", "words of mine"), 404);
    assert_false(is_there("case/release.a0-1"));
    assert_false(says("words of mine"));
    assert_int_equal(logged, 0);
}

static void bodies_and_parameters_have_bounds(void **state)
{
    (void)state;
    put_grant("a.grant", "");
    memset(body, 'a', sizeof(body) - 1);
    assert_int_equal(act("release", "&folder=case", body), 413);
    assert_int_equal(act("refuse", "", body), 413);
    assert_int_equal(act("approve", "", "a"), 413);
    assert_int_equal(act("paper", "", body), 200);
    assert_int_equal(act("paper", "&grant=again", ""), 400);
    assert_int_equal(act("paper", "&a=%ff", ""), 400);
    assert_int_equal(ask(true, "paper", "grant=", span_of_text("")), 404);
    assert_int_equal(look("approve"), 405);
    assert_int_equal(ask(true, "desk", "", span_of_text("")), 405);
    assert_int_equal(look("nothing"), 404);
    assert_int_equal(look(""), 404);
    assert_int_equal(ask(true, "end", "", span_of_text("")), 200);
    assert_true(reply.is_end);
}

static void a_key_file_of_somebody_else(void **state)
{
    struct officer_page *other = NULL;
    const struct officer_page_options options = {.disk = disk_real(),
                                                 .folder = work,
                                                 .book = book,
                                                 .pins = &pins,
                                                 .me = &pins.circle.officers[1],
                                                 .key_text = span_of(key_text, key_bytes),
                                                 .key_name = "me.key",
                                                 .log = log_it};
    (void)state;
    assert_int_equal(officer_page_open(&other, &options), FAULT_REFUSED);
    assert_null(other);
}

#define PAGE_TEST(test) cmocka_unit_test_setup_teardown(test, make, clear)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PAGE_TEST(each_state_is_told),
        PAGE_TEST(files_of_one_grant_are_one_row),
        PAGE_TEST(who_may_not_is_told_why),
        PAGE_TEST(a_signature_that_does_not_count_says_why),
        PAGE_TEST(two_keys_of_one_person_are_one),
        PAGE_TEST(what_is_no_grant_is_told_as_text),
        PAGE_TEST(a_folder_that_is_too_full),
        PAGE_TEST(the_paper_is_compared_line_by_line),
        PAGE_TEST(an_approval_wants_the_case_confirmed),
        PAGE_TEST(the_acts_of_the_case_are_wanted),
        PAGE_TEST(a_note_of_refusal_is_told_until_approved),
        PAGE_TEST(nothing_is_released_without_the_log),
        PAGE_TEST(bodies_and_parameters_have_bounds),
        PAGE_TEST(a_key_file_of_somebody_else),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
