/* Aim: a checkpoint reaches a witness over the pair of sockets and its cosignature comes back;
 * whoever the policy does not name is not gone to; nobody there, or an answer too late, is none.
 *
 * Method: both agents in one thread, a real witness behind a real port of loopback. */
#include "role/vault/courier.h"

#include "base/span.h"
#include "io/handover.h"
#include "role/vault/log_agent.h"
#include "role/vault/witness_serve.h"
#include "tests/support/log_scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TURNS_MAX = 20000 };

static char folder[64];
static struct log_scene_key log_key;
static struct log_scene_key key;
static struct tlog_witness *witness;
static struct witness_serve *serve;
static struct courier_line *line;
static struct courier *courier;
static struct clock_false now;
static char url[128];
static u8 answer[TLOG_ASK_ANSWER_BYTES];

static void policy_put(const char *address)
{
    char path[128];
    char text[1024];
    char log_text[TLOG_VKEY_BYTES];
    char key_text[TLOG_VKEY_BYTES];
    tlog_key_text(&log_key.key, log_text);
    tlog_key_text(&key.key, key_text);
    int size = snprintf(text, sizeof(text), "log %s\nwitness w %s %s\nquorum w\n", log_text,
                        key_text, address);
    assert_true(size > 0);
    (void)snprintf(path, sizeof(path), "%s/log/policy.txt", folder);
    assert_int_equal(
        tlog_file_write(disk_real(), path, FILE_CREATE | FILE_WRITE, span_of(text, (size_t)size)),
        FAULT_NONE);
}

static void witness_begin(void)
{
    char path[128];
    struct tlog_secret secret = {.key = key.key, .pem_bytes = (u32)strlen(key.pair.private_pem)};
    memcpy(secret.pem, key.pair.private_pem, secret.pem_bytes);
    (void)snprintf(path, sizeof(path), "%s/w", folder);
    struct tlog_witness_options options = {.disk = disk_real(),
                                           .folder = path,
                                           .clock = clock_real(),
                                           .secret = &secret,
                                           .logs = &log_key.key,
                                           .logs_count = 1};
    assert_int_equal(tlog_witness_open(&witness, &options), FAULT_NONE);
    struct witness_serve_options of_serve = {
        .witness = witness, .clock = clock_real(), .address = "127.0.0.1"};
    assert_int_equal(witness_serve_open(&serve, &of_serve), FAULT_NONE);
}

static enum fault both_open(void)
{
    int pair[2];
    assert_int_equal(handover_pair(pair), FAULT_NONE);
    struct courier_options options = {
        .folder = folder, .disk = disk_real(), .clock = &now.clock, .socket = pair[1]};
    assert_int_equal(courier_line_open(&line, &now.clock, pair[0]), FAULT_NONE);
    assert_int_equal(courier_create(&courier, &options), FAULT_NONE);
    return agent_open(courier_of(courier));
}

static void both_close(void)
{
    agent_close(courier_of(courier));
    courier_destroy(courier);
    courier_line_close(line);
}

static int make(void **state)
{
    char path[128];
    (void)state;
    (void)snprintf(folder, sizeof(folder), "/tmp/cambist-courier-XXXXXX");
    assert_non_null(mkdtemp(folder));
    (void)snprintf(path, sizeof(path), "%s/log", folder);
    assert_int_equal(tlog_folder_make(disk_real(), path), FAULT_NONE);
    log_scene_key_make("log.test.invalid/a", TLOG_KEY_LOG, &log_key);
    log_scene_key_make("w.test.invalid", TLOG_KEY_WITNESS, &key);
    clock_false_init(&now, 1769169600000000ULL);
    witness_begin();
    (void)snprintf(url, sizeof(url), "http://127.0.0.1:%u", witness_serve_port(serve));
    policy_put(url);
    assert_int_equal(both_open(), FAULT_NONE);
    (void)snprintf(url, sizeof(url), "http://127.0.0.1:%u/add-checkpoint",
                   witness_serve_port(serve));
    return 0;
}

static int clear(void **state)
{
    char command[128];
    (void)state;
    both_close();
    witness_serve_close(serve);
    tlog_witness_close(witness);
    (void)snprintf(command, sizeof(command), "rm -r %s", folder);
    return system(command);
}

/* The line of the log's end, until it says something; `step_ns` passes with each turn. */
static u32 asked(const char *to, const char *body, u64 step_ns, size_t *bytes_out)
{
    struct tlog_transport *transport = courier_line_transport(line);
    u32 status = TLOG_POST_WAITS;
    for (u32 turn = 0; status == TLOG_POST_WAITS; turn += 1) {
        bool busy = false;
        assert_true(turn < TURNS_MAX);
        status =
            transport->post(transport, to, span_of_text(body), answer, sizeof(answer), bytes_out);
        assert_int_equal(agent_work(courier_of(courier), &busy), FAULT_NONE);
        assert_int_equal(witness_serve_run(serve, 200), FAULT_NONE);
        clock_false_advance(&now, step_ns);
    }
    return status;
}

static void a_checkpoint_is_cosigned(void **state)
{
    (void)state;
    static char body[2048];
    char text[256];
    char signature[TLOG_LINE_BYTES];
    size_t bytes = 0;
    (void)snprintf(text, sizeof(text), "log.test.invalid/a\n0\n%s\n",
                   "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
    assert_int_equal(
        tlog_note_sign(log_scene_pem(&log_key), &log_key.key, 0, span_of_text(text), signature),
        FAULT_NONE);
    (void)snprintf(body, sizeof(body), "old 0\n\n%s\n%s", text, signature);
    for (u32 turn = 0; turn < 3; turn += 1) {
        assert_int_equal(asked(url, body, 0, &bytes), 200);
        assert_true(bytes > 100);
    }
    assert_int_equal(asked(url, "nonsense", 0, &bytes), 400);
    assert_int_equal(courier_counts(courier).answered, 4);
}

static void nobody_else_is_gone_to(void **state)
{
    (void)state;
    size_t bytes = 0;
    char other[160];
    assert_int_equal(asked("http://127.0.0.1:1/add-checkpoint", "x", 0, &bytes), 0);
    (void)snprintf(other, sizeof(other), "%sx", url);
    assert_int_equal(asked(other, "x", 0, &bytes), 0);
    assert_int_equal(courier_counts(courier).refused, 2);
    assert_int_equal(courier_counts(courier).posts, 0);
}

/* Who asked has given up; the answer that comes later is not taken for the next one's. */
static void a_late_answer_is_dropped(void **state)
{
    (void)state;
    struct tlog_transport *transport = courier_line_transport(line);
    size_t bytes = 0;
    bool busy = false;
    assert_int_equal(
        transport->post(transport, url, span_of_text("one"), answer, sizeof(answer), &bytes),
        TLOG_POST_WAITS);
    clock_false_advance(&now, (COURIER_WAITS_MS + 1) * 1000000ULL);
    assert_int_equal(
        transport->post(transport, url, span_of_text("one"), answer, sizeof(answer), &bytes), 0);
    assert_int_equal(asked("http://127.0.0.1:1/add-checkpoint", "two", 0, &bytes), 0);
    assert_int_equal(agent_work(courier_of(courier), &busy), FAULT_NONE);
    assert_int_equal(courier_counts(courier).refused, 1);
}

static void nobody_there_is_no_answer(void **state)
{
    (void)state;
    size_t bytes = 0;
    witness_serve_close(serve); /* the port has nobody */
    struct witness_serve_options of_serve = {
        .witness = witness, .clock = clock_real(), .address = "127.0.0.2"};
    assert_int_equal(witness_serve_open(&serve, &of_serve), FAULT_NONE);
    assert_int_equal(asked(url, "x", 1000000, &bytes), 0);
    assert_int_equal(bytes, 0);
}

static void an_address_that_needs_a_proxy_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {"https://127.0.0.1/", "http://witness.test.invalid/"};
    for (size_t i = 0; i < ARRAY_COUNT(wrong); i += 1) {
        both_close();
        policy_put(wrong[i]);
        assert_int_equal(both_open(), FAULT_CONFIG);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_checkpoint_is_cosigned, make, clear),
        cmocka_unit_test_setup_teardown(nobody_else_is_gone_to, make, clear),
        cmocka_unit_test_setup_teardown(a_late_answer_is_dropped, make, clear),
        cmocka_unit_test_setup_teardown(nobody_there_is_no_answer, make, clear),
        cmocka_unit_test_setup_teardown(an_address_that_needs_a_proxy_is_refused, make, clear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
