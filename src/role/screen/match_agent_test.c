/* Aim: whoever asks `/match` gets the entries that may be meant, in the order of their scores, and
 * never an answer that looks clear where nothing was compared: a list that is missing, a name that
 * nobody can read, too many questions are told. A new load is used, a damaged one is not.
 *
 * Method: the agent step by step with connections handed over by the test, lists of invented people
 * in a folder of its own, a clock that the test moves. */
#include "role/screen/match_agent.h"

#include "base/span.h"
#include "io/handover.h"
#include "tests/support/engine_scene.h"
#include "tests/support/test.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

enum { STEPS = 400, ANSWER_BYTES = 1 << 20, PER_SECOND = 10 };
#define START_US 1700000000000000ULL

static char folder[SCENE_PATH_BYTES];
static struct match_agent *agent;
static struct clock_false clock_false;
static int line;
static int counter;
static char answer[ANSWER_BYTES];
static u32 load;

static const char *const first_entries[] = {
    "{\"number\":7,\"id\":\"P-7\",\"kind\":\"person\",\"names\":[{\"text\":\"Zorvan "
    "Quillfeather\",\"quality\":\"primary\"},{\"text\":\"Zorvan Brackwater\",\"quality\":"
    "\"strong\",\"former\":true}]}",
    "{\"number\":9,\"id\":\"E-9\",\"kind\":\"entity\",\"names\":[{\"text\":\"Zorvan Quillfeather "
    "Trading\",\"quality\":\"primary\"}],\"wallets\":[{\"asset\":\"XBT\",\"address\":"
    "\"bc1qinventedinvented\"}]}",
};

static void list_put(const char *name, const char *const *entries, u32 count, u32 told)
{
    char path[SCENE_PATH_BYTES + 64];
    load += 1;
    (void)snprintf(path, sizeof(path), "%s/lists/%s.list", folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    (void)fprintf(file, "{\"list\":\"%s\",\"format\":\"test\",\"rows_in\":%u,\"entries\":%u,", name,
                  told, told);
    (void)fprintf(file, "\"load\":%u}\n", load);
    for (u32 index = 0; index < count; index += 1) {
        (void)fprintf(file, "%s\n", entries[index]);
    }
    assert_int_equal(fclose(file), 0);
}

static void work(u64 ms)
{
    bool busy = false;
    clock_false_advance(&clock_false, ms * 1000000);
    assert_int_equal(agent_work(match_agent_of(agent), &busy), FAULT_NONE);
}

static int setup(void **state)
{
    (void)state;
    char path[SCENE_PATH_BYTES + 64];
    int line_pair[2];
    scene_folder_make(folder);
    (void)snprintf(path, sizeof(path), "%s/lists", folder);
    assert_int_equal(disk_make_folder(disk_real(), path), FAULT_NONE);
    clock_false_init(&clock_false, START_US);
    assert_int_equal(handover_pair(line_pair), FAULT_NONE);
    line = line_pair[0];
    counter = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    assert_true(counter >= 0);
    struct match_agent_options options = {.folder = folder,
                                          .disk = disk_real(),
                                          .clock = &clock_false.clock,
                                          .line = line_pair[1],
                                          .count = counter,
                                          .lists = {"demo-list", "other"},
                                          .lists_count = 2,
                                          .threshold = 700000,
                                          .per_second = PER_SECOND};
    load = 0;
    list_put("demo-list", first_entries, 2, 2);
    assert_int_equal(match_agent_create(&agent, &options), FAULT_NONE);
    assert_int_equal(agent_open(match_agent_of(agent)), FAULT_NONE);
    assert_false(match_agent_is_ready(agent));
    work(1);
    assert_true(match_agent_is_ready(agent));
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    agent_close(match_agent_of(agent));
    match_agent_destroy(agent);
    (void)close(line);
    (void)close(counter);
    scene_folder_remove(folder);
    return 0;
}

/* A connection of which the agent has the other end. */
static int client_open(void)
{
    int ends[2];
    struct handover_item item = {.name = "match"};
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
    item.descriptor = ends[1];
    assert_int_equal(handover_send(line, &item, 1), FAULT_NONE);
    (void)close(ends[1]);
    return ends[0];
}

static const char *client_receive(int client)
{
    size_t used = 0;
    for (u32 step = 0; step < STEPS; step += 1) {
        work(0);
        ssize_t size = read(client, answer + used, sizeof(answer) - 1 - used);
        used += size > 0 ? (size_t)size : 0;
        if (size == 0) {
            (void)close(client);
            work(0);
            answer[used] = 0;
            return answer;
        }
    }
    fail_msg("no answer");
    return NULL;
}

static const char *ask_as(const char *method, const char *path, const char *type, const char *body)
{
    static char request[8192];
    int client = client_open();
    int size = snprintf(request, sizeof(request),
                        "%s %s HTTP/1.1\r\nHost: x\r\nContent-Type: %s\r\n"
                        "Content-Length: %zu\r\n\r\n%s",
                        method, path, type, strlen(body), body);
    assert_int_equal(send(client, request, (size_t)size, MSG_NOSIGNAL), size);
    return client_receive(client);
}

/* A second passes, so that the bound on queries does not matter. */
static const char *ask(const char *path, const char *body)
{
    work(1001);
    return ask_as("POST", path, "application/json; charset=utf-8", body);
}

#define QUERY(schema, properties) \
    "{\"queries\":{\"q\":{\"schema\":\"" schema "\",\"properties\":{" properties "}}}}"
#define ZORVAN QUERY("Person", "\"name\":[\"Zorvan Quillfeather\"]")

static void status_is(u32 status, const char *word)
{
    char begin[32];
    (void)snprintf(begin, sizeof(begin), "HTTP/1.1 %u ", status);
    if (strncmp(answer, begin, strlen(begin)) != 0 || strstr(answer, word) == NULL) {
        fail_msg("not %u with %s: %s", status, word, answer);
    }
}

static void who_is_meant_is_told(void **state)
{
    (void)state;
    (void)ask("/match/demo-list", ZORVAN);
    status_is(200, "\"id\":\"demo-list:P-7\",\"caption\":\"Zorvan Quillfeather\","
                   "\"schema\":\"Person\",\"properties\":{\"name\":[\"Zorvan Quillfeather\"],"
                   "\"previousName\":[\"Zorvan Brackwater\"]},\"datasets\":[\"demo-list\"]");
    status_is(200, "\"score\":1.000000,\"match\":true,\"features\":{\"word\":1.000000}");
    status_is(200, "\"total\":{\"value\":1,\"relation\":\"eq\"}"); /* the company is none */
    status_is(200, "\"query\":{\"schema\":\"Person\",\"properties\":{\"name\":[\"Zorvan Quill");
    status_is(200, "\"limit\":5,\"lists\":[{\"name\":\"demo-list\",\"load\":1,");
    assert_null(strstr(answer, "E-9"));
    /* Of a kind that may be both. The best first; no more than was asked for. */
    (void)ask("/match/demo-list", QUERY("LegalEntity", "\"name\":\"Zorvan Quillfeather Trading\""));
    status_is(200, "\"total\":{\"value\":2,");
    assert_true(strstr(answer, "P-7") > strstr(answer, "E-9"));
    (void)ask("/match/demo-list?limit=1",
              QUERY("LegalEntity", "\"name\":\"Zorvan Quillfeather Trading\""));
    status_is(200, "\"total\":{\"value\":2,");
    assert_null(strstr(answer, "P-7"));
    (void)ask("/match/demo-list", QUERY("CryptoWallet", "\"publicKey\":\"bc1qinventedinvented\""));
    status_is(200, "\"features\":{\"wallet\":1.000000}");
    (void)ask("/match/demo-list", QUERY("Person", "\"name\":\"Ottoline Harrowgate\""));
    status_is(200, "\"results\":[],\"total\":{\"value\":0,\"relation\":\"eq\"}");
    /* Only what is below the threshold is none. */
    (void)ask("/match/demo-list?threshold=0.9&cutoff=0.4",
              QUERY("Person", "\"name\":\"Zorvan Quilfether\""));
    status_is(200, "P-7");
    assert_int_equal(match_agent_counts(agent).requests, 6);
    assert_int_equal(match_agent_counts(agent).queries, 6);
    u64 told = 0;
    assert_int_equal(read(counter, &told, sizeof(told)), sizeof(told));
    assert_int_equal(told, 6);
    assert_int_equal(match_agent_counts(agent).refused, 0);
    assert_int_equal(match_agent_counts(agent).dropped, 0);
}

static void nothing_compared_is_no_answer(void **state)
{
    (void)state;
    (void)ask("/match/default", ZORVAN); /* the second list was never loaded */
    status_is(503, "{\"detail\":\"a list was never loaded\"}");
    (void)ask("/match/other", ZORVAN);
    status_is(503, "detail");
    (void)ask("/match/demo-list", QUERY("Person", "\"name\":\"...\""));
    status_is(400, "that can be compared");
}

static void lists_come_anew(void **state)
{
    static const char *const more[] = {
        "{\"number\":3,\"id\":\"P-3\",\"kind\":\"person\",\"names\":[{\"text\":\"Ottoline "
        "Harrowgate\",\"quality\":\"primary\"}]}",
    };
    (void)state;
    list_put("other", more, 1, 1);
    (void)ask("/match/default", QUERY("Person", "\"name\":\"Ottoline Harrowgate\""));
    status_is(200, "\"id\":\"other:P-3\"");
    status_is(200, "\"lists\":[{\"name\":\"demo-list\",\"load\":1,");
    list_put("demo-list", more, 1, 2); /* its header says otherwise */
    (void)ask("/match/demo-list", ZORVAN);
    status_is(200, "demo-list:P-7");
    list_put("demo-list", more, 1, 1);
    (void)ask("/match/demo-list", ZORVAN);
    status_is(200, "\"results\":[]");
    status_is(200, "\"load\":4,");
    assert_int_equal(match_agent_counts(agent).entries, 2);
}

static void wrong_requests_are_told(void **state)
{
    (void)state;
    (void)ask("/match/nowhere", ZORVAN);
    status_is(404, "{\"detail\":\"no such dataset");
    (void)ask("/matching", ZORVAN);
    status_is(404, "detail");
    (void)ask("/match/demo-list?limit=1000", ZORVAN);
    status_is(400, "limit: ");
    (void)ask("/match/demo-list", "{\"queries\":");
    status_is(400, "no JSON");
    (void)ask("/match/demo-list", QUERY("Banana", ""));
    status_is(400, "schema");
    (void)ask_as("PUT", "/match/demo-list", "application/json", ZORVAN);
    status_is(405, "\r\nAllow: POST\r\n");
    (void)ask_as("POST", "/match/demo-list", "text/plain", ZORVAN);
    status_is(415, "application/json");
    int client = client_open();
    static const char large[] = "POST /match/demo-list HTTP/1.1\r\nHost: x\r\n"
                                "Content-Length: 2000000\r\n\r\n{";
    assert_true(send(client, large, sizeof(large) - 1, MSG_NOSIGNAL) > 0);
    (void)client_receive(client);
    status_is(413, "detail");
    assert_int_equal(match_agent_counts(agent).refused, 8);
}

/* A second's worth at once, and then none until it is paid for. */
static void too_many_are_refused(void **state)
{
    (void)state;
    work(1001);
    for (u32 index = 0; index < PER_SECOND; index += 1) {
        (void)ask_as("POST", "/match/demo-list", "application/json", ZORVAN);
        status_is(200, "P-7");
    }
    (void)ask_as("POST", "/match/demo-list", "application/json", ZORVAN);
    status_is(429, "\r\nRetry-After: 1\r\n");
    assert_int_equal(match_agent_counts(agent).too_many, 1);
    work(101); /* one is paid for */
    (void)ask_as("POST", "/match/demo-list", "application/json", ZORVAN);
    status_is(200, "P-7");
    (void)ask_as("POST", "/match/demo-list", "application/json", ZORVAN);
    status_is(429, "detail");
}

/* Byte by byte it is taken all the same; silent ones and more than there is room for end. */
static void slow_ones_end(void **state)
{
    static const char body[] = ZORVAN;
    char head[256];
    int silent[12];
    (void)state;
    work(1001);
    int client = client_open();
    int size = snprintf(head, sizeof(head),
                        "POST /match/demo-list HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"
                        "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n",
                        sizeof(body) - 1);
    for (int at = 0; at < size; at += 1) {
        assert_int_equal(send(client, head + at, 1, MSG_NOSIGNAL), 1);
        work(1);
    }
    size = (int)read(client, answer, sizeof(answer));
    assert_true(size > 0 && strncmp(answer, "HTTP/1.1 100 ", 13) == 0);
    assert_true(send(client, body, sizeof(body) - 1, MSG_NOSIGNAL) > 0);
    (void)client_receive(client);
    status_is(200, "P-7");
    for (u32 index = 0; index < ARRAY_COUNT(silent); index += 1) {
        silent[index] = client_open();
    }
    for (u32 step = 0; step < 40; step += 1) {
        work(1000);
    }
    for (u32 index = 0; index < ARRAY_COUNT(silent); index += 1) {
        assert_int_equal(read(silent[index], answer, 1), 0);
        (void)close(silent[index]);
    }
    assert_int_equal(match_agent_counts(agent).dropped, ARRAY_COUNT(silent));
    (void)ask("/match/demo-list", ZORVAN);
    status_is(200, "P-7");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(who_is_meant_is_told, setup, teardown),
        cmocka_unit_test_setup_teardown(nothing_compared_is_no_answer, setup, teardown),
        cmocka_unit_test_setup_teardown(lists_come_anew, setup, teardown),
        cmocka_unit_test_setup_teardown(wrong_requests_are_told, setup, teardown),
        cmocka_unit_test_setup_teardown(too_many_are_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(slow_ones_end, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
