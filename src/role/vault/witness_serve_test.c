/* Aim: what tlog_witness answers comes over HTTP as it is, with its status and type, on connections
 * that stay open; and no request, however it is cut or however wrong, does more than end its own
 * connection.
 *
 * Method: a witness on loopback, driven by hand in this thread, asked over plain sockets. */
#include "role/vault/witness_serve.h"

#include "tests/support/log_scene.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { TURNS_MAX = 2000, TEXT_BYTES = 8192 };

static char folder[64];
static struct log_scene_key log_key;
static struct tlog_secret secret;
static struct tlog_witness *witness;
static struct witness_serve *serve;
static struct clock_false now;
static char body[TEXT_BYTES];
static char got[TEXT_BYTES];

static int group_open(void **state)
{
    (void)state;
    struct log_scene_key own;
    struct sha256 sha256;
    struct tlog_checkpoint checkpoint = {.size = 1};
    char text[TLOG_CHECKPOINT_BYTES];
    char line[TLOG_LINE_BYTES];
    log_scene_key_make("log.test.invalid/a", TLOG_KEY_LOG, &log_key);
    log_scene_key_make("w.test.invalid/a", TLOG_KEY_WITNESS, &own);
    secret.key = own.key;
    secret.pem_bytes = (u32)strlen(own.pair.private_pem);
    memcpy(secret.pem, own.pair.private_pem, secret.pem_bytes);
    assert_int_equal(sha256_open(&sha256), FAULT_NONE);
    tlog_hash_leaf(&sha256, span_of_text("entry"), &checkpoint.root);
    sha256_close(&sha256);
    checkpoint.origin = span_of(log_key.key.name, log_key.key.name_bytes);
    size_t bytes = tlog_checkpoint_write(&checkpoint, text);
    assert_int_equal(
        tlog_note_sign(log_scene_pem(&log_key), &log_key.key, 0, span_of(text, bytes), line),
        FAULT_NONE);
    (void)snprintf(body, sizeof(body), "old 0\n\n%s\n%s", text, line);
    return 0;
}

static int make(void **state)
{
    (void)state;
    char path[128];
    (void)snprintf(folder, sizeof(folder), "/tmp/cambist-witness-XXXXXX");
    assert_non_null(mkdtemp(folder));
    (void)snprintf(path, sizeof(path), "%s/witness", folder);
    struct tlog_witness_options of_witness = {.disk = disk_real(),
                                              .folder = path,
                                              .clock = clock_real(),
                                              .secret = &secret,
                                              .logs = &log_key.key,
                                              .logs_count = 1};
    assert_int_equal(tlog_witness_open(&witness, &of_witness), FAULT_NONE);
    clock_false_init(&now, 1700000000000000ULL);
    struct witness_serve_options of_serve = {
        .witness = witness, .clock = &now.clock, .address = "127.0.0.1"};
    assert_int_equal(witness_serve_open(&serve, &of_serve), FAULT_NONE);
    return 0;
}

static int clear(void **state)
{
    (void)state;
    char command[128];
    witness_serve_close(serve);
    tlog_witness_close(witness);
    (void)snprintf(command, sizeof(command), "rm -r '%s'", folder);
    return system(command);
}

static int client_open(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(witness_serve_port(serve)),
                                  .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(client >= 0);
    assert_int_equal(
        connect(client, (const struct sockaddr *)(const void *)&address, sizeof(address)), 0);
    return client;
}

/* Lets the service work until `wanted` stands in what came, or the connection has ended. */
static bool client_read(int client, const char *wanted)
{
    size_t used = 0;
    got[0] = 0;
    for (u32 turn = 0; turn < TURNS_MAX; turn += 1) {
        struct pollfd ready = {.fd = client, .events = POLLIN};
        assert_int_equal(witness_serve_run(serve, 1000), FAULT_NONE);
        if (poll(&ready, 1, 0) != 1) {
            continue;
        }
        ssize_t size = recv(client, got + used, sizeof(got) - 1 - used, 0);
        if (size <= 0) {
            return wanted == NULL;
        }
        used += (size_t)size;
        got[used] = 0;
        if (wanted != NULL && strstr(got, wanted) != NULL) {
            return true;
        }
    }
    return false;
}

static void client_send(int client, const char *text, size_t bytes)
{
    assert_int_equal(send(client, text, bytes, MSG_NOSIGNAL), bytes);
}

static void post(int client, const char *path, const char *text)
{
    char head[256];
    int bytes = snprintf(head, sizeof(head),
                         "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Length: %zu\r\n\r\n", path,
                         strlen(text));
    client_send(client, head, (size_t)bytes);
    client_send(client, text, strlen(text));
}

static void a_checkpoint_is_cosigned_over_one_connection(void **state)
{
    (void)state;
    int client = client_open();
    char ask[256];
    char name[65];
    u8 hash[SHA256_BYTES];
    struct sha256 sha256;
    assert_int_equal(sha256_open(&sha256), FAULT_NONE);
    sha256_begin(&sha256);
    sha256_add(&sha256, span_of(log_key.key.name, log_key.key.name_bytes));
    sha256_end(&sha256, hash);
    sha256_close(&sha256);
    for (u32 i = 0; i < SHA256_BYTES; i += 1) {
        (void)snprintf(name + (size_t)2 * i, 3, "%02x", hash[i]);
    }
    (void)snprintf(ask, sizeof(ask), "GET /%s/checkpoint HTTP/1.1\r\nHost: localhost\r\n\r\n",
                   name);
    client_send(client, ask, strlen(ask));
    assert_true(client_read(client, "nothing was cosigned"));
    assert_non_null(strstr(got, "HTTP/1.1 404 "));
    post(client, "/add-checkpoint", body);
    assert_true(client_read(client, "\xe2\x80\x94 w.test.invalid/a "));
    assert_non_null(strstr(got, "HTTP/1.1 200 "));
    post(client, "/add-checkpoint", body);
    assert_true(client_read(client, "\r\n\r\n1\n"));
    assert_non_null(strstr(got, "HTTP/1.1 409 "));
    assert_non_null(strstr(got, "Content-Type: text/x.tlog.size\r\n"));
    client_send(client, ask, strlen(ask));
    assert_true(client_read(client, "\xe2\x80\x94 w.test.invalid/a "));
    assert_non_null(strstr(got, "\xe2\x80\x94 log.test.invalid/a "));
    (void)close(client);
}

static void a_request_may_come_byte_by_byte_or_two_at_once(void **state)
{
    (void)state;
    int client = client_open();
    char both[2 * TEXT_BYTES];
    int bytes = snprintf(both, sizeof(both),
                         "POST /add-checkpoint HTTP/1.1\r\nHost: h\r\nContent-Length: %zu\r\n\r\n%s"
                         "POST /add-checkpoint HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nxy",
                         strlen(body), body);
    for (int at = 0; at < bytes; at += at < 200 ? 1 : 97) {
        int size = at < 200 ? 1 : 97;
        client_send(client, both + at, (size_t)(at + size > bytes ? bytes - at : size));
        assert_int_equal(witness_serve_run(serve, 0), FAULT_NONE);
    }
    assert_true(client_read(client, "not an add-checkpoint"));
    assert_non_null(strstr(got, "HTTP/1.1 200 "));
    assert_non_null(strstr(got, "HTTP/1.1 400 "));
    (void)close(client);
}

static void other_requests_are_refused(void **state)
{
    (void)state;
    static const char *const asks[][2] = {
        {"GET / HTTP/1.1\r\nHost: h\r\n\r\n", "404"},
        {"GET /checkpoint HTTP/1.1\r\nHost: h\r\n\r\n", "404"},
        {"GET /../checkpoint HTTP/1.1\r\nHost: h\r\n\r\n", "404"},
        {"GET /add-checkpoint HTTP/1.1\r\nHost: h\r\n\r\n", "405"},
        {"PUT /add-checkpoint HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n", "405"},
        {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n", "405"},
        {"POST /add-checkpoint HTTP/1.1\r\nHost: h\r\nContent-Length: 900000\r\n\r\n", "413"},
        {"nonsense\r\n\r\n", "400"},
    };
    for (u32 i = 0; i < ARRAY_COUNT(asks); i += 1) {
        char status[32];
        int client = client_open();
        (void)snprintf(status, sizeof(status), "HTTP/1.1 %s ", asks[i][1]);
        client_send(client, asks[i][0], strlen(asks[i][0]));
        assert_true(client_read(client, status));
        (void)close(client);
    }
    assert_int_equal(tlog_witness_counts(witness).cosigned, 0);
}

/* All places taken: the next is closed; when one leaves, there is a place again. */
static void connections_are_bounded(void **state)
{
    (void)state;
    int clients[WITNESS_CONNECTIONS_MAX];
    for (u32 i = 0; i < WITNESS_CONNECTIONS_MAX; i += 1) {
        clients[i] = client_open();
        client_send(clients[i], "G", 1);
        assert_int_equal(witness_serve_run(serve, 1000), FAULT_NONE);
    }
    int late = client_open();
    assert_true(client_read(late, NULL));
    (void)close(late);
    (void)close(clients[0]);
    for (u32 turn = 0; turn < 20; turn += 1) {
        assert_int_equal(witness_serve_run(serve, 1000), FAULT_NONE);
    }
    late = client_open();
    post(late, "/add-checkpoint", body);
    assert_true(client_read(late, "HTTP/1.1 200 "));
    (void)close(late);
    for (u32 i = 1; i < WITNESS_CONNECTIONS_MAX; i += 1) {
        (void)close(clients[i]);
    }
}

static void pass(u64 seconds)
{
    clock_false_advance(&now, seconds * 1000000000ULL);
    for (u32 turn = 0; turn < 10; turn += 1) {
        assert_int_equal(witness_serve_run(serve, 1000), FAULT_NONE);
    }
}

/* Who sends a byte now and then holds no place for longer than who sends none. */
static void a_request_has_an_end(void **state)
{
    (void)state;
    static const char slow[] = "GET /checkpoint";
    int client = client_open();
    int quick = client_open();
    pass(0);
    for (u32 at = 0; at < 3; at += 1) {
        pass(9);
        client_send(client, slow + at, 1);
        post(quick, "/add-checkpoint", "xy"); /* each request has its own time */
        assert_true(client_read(quick, "HTTP/1.1 400 "));
    }
    for (u32 at = 3; at < 6; at += 1) {
        pass(9);
        (void)send(client, slow + at, 1, MSG_NOSIGNAL);
        post(quick, "/add-checkpoint", "xy");
        assert_true(client_read(quick, "HTTP/1.1 400 "));
    }
    assert_true(client_read(client, NULL));
    pass(31);
    assert_true(client_read(quick, NULL));
    (void)close(client);
    (void)close(quick);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_checkpoint_is_cosigned_over_one_connection, make, clear),
        cmocka_unit_test_setup_teardown(a_request_may_come_byte_by_byte_or_two_at_once, make,
                                        clear),
        cmocka_unit_test_setup_teardown(other_requests_are_refused, make, clear),
        cmocka_unit_test_setup_teardown(connections_are_bounded, make, clear),
        cmocka_unit_test_setup_teardown(a_request_has_an_end, make, clear),
    };
    return cmocka_run_group_tests(tests, group_open, NULL);
}
