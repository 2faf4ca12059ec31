/* Aim: the process's agent answers each line as docs/desk.md "The socket" says, keeps what it took
 * over a start, and lets end what is over.
 *
 * Method: the agent in a folder of its own, with the scene's people and a clock of ours; lines are
 * asked over its socket, and where that adds nothing, of the agent itself. */
#include "role/desk/desk_agent.h"

#include "base/bytes.h"
#include "io/sign.h"
#include "io/sign_pair.h"
#include "tests/support/desk_scene.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static struct desk_scene scene;
static struct clock_false now;
static struct desk_agent *agent;
static char officers[96];
static char text[DESK_LINE_BYTES_MAX + 2];
static const u8 name[DESK_NAME_BYTES] = {1, 2, 3};
#define CASE "01020300000000000000000000000000"

static void file_make(const char *file_name, const char *bytes)
{
    char path[96];
    (void)snprintf(path, sizeof(path), "%s/%s", scene.folder, file_name);
    FILE *file = fopen(path, "wbe");
    assert_non_null(file);
    assert_true(fputs(bytes, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void people_write(void)
{
    char registered[4096];
    char staff[2048];
    size_t used = 0;
    size_t size = (size_t)snprintf(staff, sizeof(staff),
                                   "cambist desk-staff v1\nvenue: demo.invalid\nquorum: 2 2\n");
    for (u32 i = 0; i < DESK_SCENE_PEOPLE; i += 1) {
        const struct desk_member *member = &scene.staff.list[i];
        char key[SIGN_PUBLIC_TEXT_BYTES];
        char signature[SIGN_SIGNATURE_TEXT_BYTES];
        assert_int_equal(sign_with_private(span_of_text(scene.private_pem[i]), span_of_text("x"),
                                           key, signature),
                         FAULT_NONE);
        used += (size_t)snprintf(registered + used, sizeof(registered) - used, "%s %u %s %s\n",
                                 member->officer.code, member->officer.number,
                                 member->officer.group, key);
        size += (size_t)snprintf(staff + size, sizeof(staff) - size, "officer: %s %s %s\n",
                                 member->officer.code, desk_word(DESK_WORDS_ROLE, member->role),
                                 member->region);
    }
    file_make("officers.txt", registered);
    file_make(DESK_STAFF_FILE, staff);
    (void)snprintf(officers, sizeof(officers), "%s/officers.txt", scene.folder);
}

static void address_make(struct sockaddr_un *address)
{
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    (void)snprintf(address->sun_path, sizeof(address->sun_path), "%s/desk.sock", scene.folder);
}

static enum fault desk_begin(void)
{
    struct sockaddr_un address;
    address_make(&address);
    (void)unlink(address.sun_path);
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(listener, (const void *)&address, sizeof(address)), 0);
    assert_int_equal(listen(listener, 4), 0);
    const struct desk_agent_options options = {.folder = scene.folder,
                                               .officers = officers,
                                               .disk = disk_real(),
                                               .clock = &now.clock,
                                               .listener = listener,
                                               .cases_max = 16};
    assert_int_equal(desk_agent_create(&agent, &options), FAULT_NONE);
    enum fault fault = desk_agent_of(agent)->ops->open(desk_agent_of(agent));
    (void)close(listener);
    return fault;
}

static void desk_end(void)
{
    if (agent != NULL) {
        desk_agent_of(agent)->ops->close(desk_agent_of(agent));
    }
    desk_agent_destroy(agent);
    agent = NULL;
}

static int make(void **state)
{
    (void)state;
    desk_scene_open(&scene);
    desk_scene_store(&scene); /* a desk of its own, for what acts follow: it stays empty */
    clock_false_init(&now, scene.now_s * 1000000ULL);
    people_write();
    assert_int_equal(desk_begin(), FAULT_NONE);
    return 0;
}

static int clear(void **state)
{
    (void)state;
    desk_end();
    desk_scene_close(&scene);
    return 0;
}

static void turn(void)
{
    bool busy = false;
    assert_int_equal(desk_agent_of(agent)->ops->work(desk_agent_of(agent), &busy), FAULT_NONE);
}

static void is_said(const char *line, const char *begins)
{
    struct span answer = desk_agent_answer(agent, span_of_text(line));
    size_t size = strlen(begins);
    if (answer.size < size || memcmp(answer.data, begins, size) != 0) {
        fail_msg("%s: %.*s", line, (int)(answer.size < 200 ? answer.size : 200),
                 (const char *)answer.data);
    }
}

static bool is_in(const char *line, const char *word)
{
    struct span answer = desk_agent_answer(agent, span_of_text(line));
    return memmem(answer.data, answer.size, word, strlen(word)) != NULL;
}

static const char *line_of(const char *word, const struct desk_act *act, enum desk_scene_who who,
                           bool is_signed)
{
    static struct desk_file file;
    static char bytes[DESK_FILE_BYTES];
    desk_scene_sign(&scene, act, who, &file);
    file.is_signed = is_signed;
    size_t size = desk_file_print(&file, bytes);
    size_t head = (size_t)snprintf(text, sizeof(text), "%s ", word);
    assert_true(head + 2 * size < sizeof(text));
    (void)bytes_to_hex((const u8 *)bytes, size, text + head);
    return text;
}

static struct desk_act authority_act(void)
{
    struct desk_act act = desk_scene_act(&scene, DESK_ACT_AUTHORITY, DESK_SCENE_ANNA, NULL);
    (void)snprintf(act.authority, sizeof(act.authority), "%s", DESK_SCENE_HOME);
    memcpy(act.country, "FR", 3);
    act.type = DESK_TYPE_COURT;
    memcpy(act.recipient, "age1invented", sizeof("age1invented"));
    memcpy(act.telephone, "+00 1", sizeof("+00 1"));
    return act;
}

static struct desk_act emergency(void)
{
    struct desk_act act = desk_scene_request(&scene, name, 1);
    act.urgency = DESK_URGENCY_EMERGENCY;
    memset(act.instrument, 0, sizeof(act.instrument));
    memset(act.sealed, 0, sizeof(act.sealed));
    act.dated_s = 0;
    return act;
}

static void acts_are_taken_or_refused_by_name(void **state)
{
    (void)state;
    struct desk_act act = authority_act();
    is_said(line_of("put", &act, DESK_SCENE_BELA, true), "refused signature: ");
    is_said(line_of("put", &act, DESK_SCENE_ANNA, false), "refused signature: ");
    is_said(line_of("put", &act, DESK_SCENE_ANNA, true), "taken none");
    is_said(line_of("put", &act, DESK_SCENE_ANNA, true), "refused used: ");
    is_said("authority " DESK_SCENE_HOME, "authority {\"name\":\"" DESK_SCENE_HOME "\"");
    act = emergency();
    is_said(line_of("put", &act, DESK_SCENE_CLEO, true), "taken received");
    is_said("show " CASE, "case {\"case\":\"" CASE "\",\"state\":\"received\"");
    is_said("acts " CASE, "acts 23203220"); /* "# 2 " */
    is_said("head cleo " CASE " -", "head demo.invalid clerk fr ");
    is_said("search " CASE, "search none");
    is_said("search " CASE " zz", "wrong no value");
    is_said("search " CASE " 3120", "refused request: ");
    is_said("head cleo - -", "head demo.invalid clerk fr none none none ");
    struct desk_act reject = desk_scene_act(&scene, DESK_ACT_REJECT, DESK_SCENE_ANNA, name);
    reject.reason = DESK_REASON_TOO_WIDE;
    is_said(line_of("letter", &reject, DESK_SCENE_ANNA, true), "wrong ");
    char *hex = text + strlen("letter ");
    size_t unsigned_bytes = desk_act_print(&reject, (char[DESK_ACT_TEXT_BYTES]){0});
    hex[2 * unsigned_bytes] = '\0'; /* an act that nobody has signed yet */
    is_said(text, "letter ");
    struct desk_agent_counts counts = desk_agent_counts(agent);
    assert_int_equal(counts.taken, 2);
    assert_int_equal(counts.refused, 6);
}

static void what_is_no_line_is_said(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        const char *says;
    } rows[] = {{"", "wrong the line begins"},
                {"open " CASE, "wrong the line begins"},
                {"list colour=red", "wrong "},
                {"list  state=assessed", "wrong "},
                {"show", "missing no such case"},
                {"show " CASE, "missing no such case"},
                {"show 12", "missing no such case"},
                {"acts " CASE, "missing no such case"},
                {"authority x", "missing no such authority"},
                {"head eve - -", "missing no officer"},
                {"head", "missing no officer"},
                {"letter", "wrong no act"},
                {"letter 0", "wrong no act"},
                {"letter zz", "wrong no act"},
                {"put", "wrong no act"},
                {"put 00", "wrong "},
                {"search", "missing no such case"},
                {"search " CASE, "missing no such case"}};
    for (u32 i = 0; i < ARRAY_COUNT(rows); i += 1) {
        is_said(rows[i].line, rows[i].says);
    }
    memset(text, 'a', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    memcpy(text, "put ", 4);
    is_said(text, "wrong the line begins");
    is_said("list", "cases {\"cases\":[],\"count\":0,\"all\":0}");
    is_said("contacts", "contacts {\"contacts\":[],\"count\":0,\"next\":null}");
    is_said("recusals limit=3", "recusals {\"recusals\":[],\"count\":0,\"next\":null}");
    is_said("recusals limit=0", "wrong a value ");
    is_said("contacts all=yes", "wrong a word is none of authority=");
}

/* As it goes over the socket, a line at a time. */
static void it_answers_at_its_socket(void **state)
{
    (void)state;
    static const char asked[] = "list\nshow 12\n";
    static const char wanted[] =
        "cases {\"cases\":[],\"count\":0,\"all\":0}\nmissing no such case\n";
    char answer[sizeof(wanted)] = "";
    struct sockaddr_un address;
    address_make(&address);
    int client = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(client, (const void *)&address, sizeof(address)), 0);
    assert_int_equal(send(client, asked, sizeof(asked) - 1, MSG_NOSIGNAL), sizeof(asked) - 1);
    size_t used = 0;
    for (u32 i = 0; i < 1000 && used + 1 < sizeof(answer); i += 1) {
        turn();
        ssize_t got = recv(client, answer + used, sizeof(answer) - 1 - used, MSG_DONTWAIT);
        used += got > 0 ? (size_t)got : 0;
    }
    (void)close(client);
    assert_string_equal(answer, wanted);
    assert_int_equal(desk_agent_counts(agent).connections, 1);
}

static void what_is_over_ends_by_itself(void **state)
{
    (void)state;
    struct desk_act act = emergency();
    is_said(line_of("put", &act, DESK_SCENE_CLEO, true), "taken received");
    turn();
    assert_int_equal(desk_agent_counts(agent).open, 1);
    assert_int_equal(desk_agent_counts(agent).alarms, 0);
    assert_true(is_in("show " CASE, "\"lapsed\":false"));
    clock_false_advance(&now, DESK_INSTRUMENT_S * 1000000000ULL);
    turn();
    assert_true(is_in("show " CASE, "\"lapsed\":true"));
    assert_true(is_in("list alarm=yes", CASE));
    assert_int_equal(desk_agent_counts(agent).alarms, 1);
    desk_end();
    assert_int_equal(desk_begin(), FAULT_NONE);
    assert_true(is_in("show " CASE, "\"lapsed\":true"));
}

static void without_its_files_it_does_not_begin(void **state)
{
    (void)state;
    desk_end();
    file_make(DESK_STAFF_FILE, "cambist desk-staff v1\nvenue: demo.invalid\nquorum: 9 9\n");
    assert_int_equal(desk_begin(), FAULT_INPUT);
    desk_end();
    people_write();
    assert_int_equal(unlink(officers), 0);
    assert_int_equal(desk_begin(), FAULT_MISSING);
    desk_end();
    people_write();
    assert_int_equal(desk_begin(), FAULT_NONE);
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, make, clear)
    const struct CMUnitTest tests[] = {
        TEST(acts_are_taken_or_refused_by_name),
        TEST(what_is_no_line_is_said),
        TEST(it_answers_at_its_socket),
        TEST(what_is_over_ends_by_itself),
        TEST(without_its_files_it_does_not_begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
