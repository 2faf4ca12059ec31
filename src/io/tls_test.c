/* Aim: what TLS carries is what was sent, in both directions and in any pieces; clients that offer
 * too little are refused; a handshake that does not come to its end is ended; reading can be paused
 * and output stays bounded as without TLS.
 *
 * Method: a certificate made here; the server's session against OpenSSL's client over memory, and
 * the whole loop against it over loopback sockets in one thread, with a false clock. */
#include "io/tls.h"

#include "base/random.h"
#include "base/span.h"
#include "io/net_loop.h"
#include "tests/support/test.h"
#include "tests/support/tls_files.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { TURNS_MAX = 3000, ENDS_TURNS_MAX = 500, KIB = 1024 };

static struct tls_files files;
static struct tls_server *server;

static int group_setup(void **state)
{
    (void)state;
    tls_files_make(&files);
    assert_int_equal(tls_server_open(&server, files.certificate, files.key), FAULT_NONE);
    return 0;
}

static int group_teardown(void **state)
{
    (void)state;
    tls_server_close(server);
    tls_files_remove(&files);
    return 0;
}

/* ---- a client over memory ---- */

struct client {
    SSL_CTX *context;
    SSL *ssl;
    BIO *input;
    BIO *output;
    int socket; /* -1: the test carries the bytes */
};

static struct client client_make(int version_max, const char *protocols)
{
    struct client client = {.socket = -1};
    client.context = SSL_CTX_new(TLS_client_method());
    assert_non_null(client.context);
    SSL_CTX_set_security_level(client.context, 0);
    if (version_max < TLS1_2_VERSION) {
        assert_int_equal(SSL_CTX_set_min_proto_version(client.context, version_max), 1);
    }
    assert_int_equal(SSL_CTX_set_max_proto_version(client.context, version_max), 1);
    if (protocols != NULL) {
        assert_int_equal(SSL_CTX_set_alpn_protos(client.context, (const u8 *)protocols,
                                                 (unsigned)strlen(protocols)),
                         0);
    }
    client.ssl = SSL_new(client.context);
    client.input = BIO_new(BIO_s_mem());
    client.output = BIO_new(BIO_s_mem());
    assert_true(client.ssl != NULL && client.input != NULL && client.output != NULL);
    SSL_set_bio(client.ssl, client.input, client.output);
    SSL_set_connect_state(client.ssl);
    return client;
}

static void client_free(struct client *client)
{
    SSL_free(client->ssl);
    SSL_CTX_free(client->context);
    if (client->socket >= 0) {
        close(client->socket);
    }
    ERR_clear_error();
}

/* Carries all that is waiting, in pieces of at most `piece` bytes. */
static bool carry(struct client *client, struct tls_session *session, size_t piece)
{
    bool is_moved = false;
    u8 bytes[2048];
    int size = BIO_read(client->output, bytes, (int)u64_min(piece, sizeof(bytes)));
    if (size > 0) {
        assert_true(tls_session_feed(session, span_of(bytes, (size_t)size)));
        is_moved = true;
    }
    struct span output = tls_session_output(session);
    size_t part = u64_min(output.size, piece);
    if (part > 0) {
        assert_int_equal(BIO_write(client->input, output.data, (int)part), part);
        tls_session_sent(session, part);
        is_moved = true;
    }
    return is_moved;
}

static void shake_hands(struct client *client, struct tls_session *session, size_t piece)
{
    u8 bytes[64];
    size_t size = 0;
    for (u32 i = 0; i < 100000; i++) {
        int result = SSL_do_handshake(client->ssl);
        enum tls_step step = tls_session_read(session, bytes, sizeof(bytes), &size);
        assert_int_equal(step, TLS_STEP_MORE);
        if (!carry(client, session, piece) && result == 1 && tls_session_is_ready(session)) {
            return;
        }
    }
    fail();
}

/* ---- sessions ---- */

static void files_are_checked(void **state)
{
    (void)state;
    struct tls_server *none = NULL;
    assert_int_equal(tls_server_open(&none, "/nonexistent", files.key), FAULT_CONFIG);
    assert_non_null(strstr(fault_text(), "/nonexistent"));
    assert_int_equal(tls_server_open(&none, files.key, files.key), FAULT_CONFIG);
    assert_int_equal(tls_server_open(&none, files.certificate, files.other_key), FAULT_CONFIG);
    assert_non_null(strstr(fault_text(), files.other_key));
    assert_null(none);
}

/* The passphrase waits where OpenSSL would ask for it: at standard input, without a terminal. */
static void nobody_is_asked_for_a_passphrase(void **state)
{
    (void)state;
    struct tls_server *none = NULL;
    int ends[2];
    int before = dup(STDIN_FILENO);
    assert_true(before >= 0);
    assert_int_equal(pipe(ends), 0);
    static const char line[] = TLS_FILES_PASSPHRASE "\n";
    assert_int_equal(write(ends[1], line, sizeof(line) - 1), sizeof(line) - 1);
    close(ends[1]);
    assert_int_equal(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
    close(ends[0]);
    enum fault fault = tls_server_open(&none, files.certificate, files.locked_key);
    assert_int_equal(dup2(before, STDIN_FILENO), STDIN_FILENO);
    close(before);
    assert_int_equal(fault, FAULT_CONFIG);
    assert_non_null(strstr(fault_text(), files.locked_key));
    assert_null(none);
}

static void session_carries(int version, const char *protocols, size_t piece)
{
    struct tls_session *session = tls_session_open(server);
    assert_non_null(session);
    assert_false(tls_session_is_ready(session));
    struct client client = client_make(version, protocols);
    shake_hands(&client, session, piece);
    assert_int_equal(SSL_version(client.ssl), version);
    const unsigned char *chosen = NULL;
    unsigned chosen_size = 0;
    SSL_get0_alpn_selected(client.ssl, &chosen, &chosen_size);
    assert_int_equal(chosen_size, protocols == NULL ? 0 : 8);
    assert_int_equal(SSL_write(client.ssl, "question", 8), 8);
    while (carry(&client, session, piece)) {
    }
    u8 bytes[64];
    size_t size = 0;
    assert_int_equal(tls_session_read(session, bytes, sizeof(bytes), &size), TLS_STEP_DATA);
    assert_int_equal(size, 8);
    assert_memory_equal(bytes, "question", 8);
    assert_int_equal(tls_session_read(session, bytes, sizeof(bytes), &size), TLS_STEP_MORE);
    assert_true(tls_session_write(session, span_of_text("answer")));
    tls_session_end(session);
    while (carry(&client, session, piece)) {
    }
    assert_int_equal(SSL_read(client.ssl, bytes, sizeof(bytes)), 6);
    assert_memory_equal(bytes, "answer", 6);
    int result = SSL_read(client.ssl, bytes, sizeof(bytes));
    assert_int_equal(SSL_get_error(client.ssl, result), SSL_ERROR_ZERO_RETURN);
    SSL_shutdown(client.ssl);
    while (carry(&client, session, piece)) {
    }
    assert_int_equal(tls_session_read(session, bytes, sizeof(bytes), &size), TLS_STEP_END);
    tls_session_close(session);
    client_free(&client);
}

static void session_carries_both_versions_in_any_pieces(void **state)
{
    (void)state;
    session_carries(TLS1_2_VERSION, NULL, 2048);
    session_carries(TLS1_3_VERSION, NULL, 2048);
    session_carries(TLS1_3_VERSION, "\x02h2\x08http/1.1", 7);
    session_carries(TLS1_2_VERSION, "\x08http/1.1", 1);
}

static void session_refuses(struct client *client)
{
    struct tls_session *session = tls_session_open(server);
    assert_non_null(session);
    enum tls_step step = TLS_STEP_MORE;
    u8 bytes[64];
    size_t size = 0;
    for (u32 i = 0; i < 100 && step == TLS_STEP_MORE; i++) {
        SSL_do_handshake(client->ssl);
        carry(client, session, 2048);
        step = tls_session_read(session, bytes, sizeof(bytes), &size);
    }
    assert_int_equal(step, TLS_STEP_FAILED);
    assert_true(tls_session_output(session).size > 0); /* an alert */
    assert_false(tls_session_is_ready(session));
    assert_false(tls_session_write(session, span_of_text("x")));
    assert_int_equal(tls_session_read(session, bytes, sizeof(bytes), &size), TLS_STEP_FAILED);
    tls_session_end(session);
    tls_session_close(session);
    client_free(client);
}

static void session_refuses_the_weak(void **state)
{
    (void)state;
    struct client old = client_make(TLS1_1_VERSION, NULL);
    session_refuses(&old);
    struct client two = client_make(TLS1_3_VERSION, "\x02h2");
    session_refuses(&two);
    struct client weak = client_make(TLS1_2_VERSION, NULL);
    assert_int_equal(SSL_set_cipher_list(weak.ssl, "AES128-SHA"), 1);
    session_refuses(&weak);
    struct tls_session *session = tls_session_open(server);
    assert_non_null(session);
    assert_true(tls_session_feed(session, span_of_text("GET / HTTP/1.1\r\nHost: a\r\n\r\n")));
    u8 bytes[64];
    size_t size = 0;
    assert_int_equal(tls_session_read(session, bytes, sizeof(bytes), &size), TLS_STEP_FAILED);
    tls_session_close(session);
}

static void client_cannot_renegotiate(void **state)
{
    (void)state;
    struct tls_session *session = tls_session_open(server);
    assert_non_null(session);
    struct client client = client_make(TLS1_2_VERSION, NULL);
    shake_hands(&client, session, 2048);
    assert_int_equal(SSL_renegotiate(client.ssl), 1);
    SSL_do_handshake(client.ssl);
    u8 bytes[64];
    size_t size = 0;
    enum tls_step step = TLS_STEP_MORE;
    for (u32 i = 0; i < 10; i++) {
        carry(&client, session, 2048);
        step = tls_session_read(session, bytes, sizeof(bytes), &size);
        assert_int_not_equal(step, TLS_STEP_DATA);
        int result = SSL_do_handshake(client.ssl);
        assert_int_not_equal(result, 1);
    }
    tls_session_close(session);
    client_free(&client);
}

/* ---- the loop ---- */

struct user {
    struct net_conn *conn;
    struct net_arrival arrival;
    u8 input[256 * KIB];
    u64 input_bytes;
    u32 inputs;
    u32 ends;
    u32 drained;
    u32 closed;
    enum net_end why;
};

static struct net_pool pool;
static struct net_loop *loop;
static struct net *net;
static struct clock_false false_clock;
static struct user user;
static u16 port;
static bool echoes;
static bool pauses;

static void *on_accept(void *context, struct net_conn *conn, const struct net_arrival *arrival)
{
    (void)context;
    memset(&user, 0, sizeof(user));
    user.conn = conn;
    user.arrival = *arrival;
    return &user;
}

static void on_input(void *context, struct span bytes)
{
    assert_ptr_equal(context, &user);
    assert_true(user.input_bytes + bytes.size <= sizeof(user.input));
    memcpy(user.input + user.input_bytes, bytes.data, bytes.size);
    user.input_bytes += bytes.size;
    user.inputs++;
    if (echoes) {
        assert_true(net_send_copy(user.conn, bytes));
    }
    if (pauses) {
        net_pause(user.conn);
    }
}

static void on_end(void *context)
{
    assert_ptr_equal(context, &user);
    user.ends++;
    net_shut_flushed(user.conn);
}

static void on_drained(void *context)
{
    assert_ptr_equal(context, &user);
    user.drained++;
}

static void on_closed(void *context, enum net_end why)
{
    assert_ptr_equal(context, &user);
    user.closed++;
    user.why = why;
}

static const struct net_handler handler = {.accept = on_accept,
                                           .input = on_input,
                                           .end = on_end,
                                           .drained = on_drained,
                                           .closed = on_closed};

static int setup(void **state)
{
    (void)state;
    echoes = false;
    pauses = false;
    memset(&user, 0, sizeof(user));
    assert_int_equal(net_pool_open(&pool, 4 * KIB * KIB, KIB * KIB), FAULT_NONE);
    clock_false_init(&false_clock, 0);
    struct net_loop_options options = NET_LOOP_OPTIONS_DEFAULT;
    options.pool = &pool;
    options.handler = &handler;
    options.clock = &false_clock.clock;
    options.connections_max = 10;
    options.queue_bytes_max = 128 * KIB;
    options.tick_ms = 0;
    options.send_buffer_bytes = 8 * KIB;
    assert_int_equal(net_loop_open(&loop, &options), FAULT_NONE);
    net = net_loop_net(loop);
    struct net_listen_options listen = {.address = "127.0.0.1", .descriptor = -1, .tls = server};
    assert_int_equal(net_loop_listen(loop, &listen, &port), FAULT_NONE);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    net_loop_close(loop);
    net_pool_close(&pool);
    return 0;
}

static void turn(void)
{
    bool busy = false;
    assert_int_equal(net_run_once(net, 1000, &busy), FAULT_NONE);
}

#define TURN_UNTIL(condition)                                             \
    do {                                                                  \
        for (u32 turns = 0; !(condition) && turns < TURNS_MAX; turns++) { \
            turn();                                                       \
        }                                                                 \
        assert_true(condition);                                           \
    } while (0)

static int socket_open(void)
{
    int made = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(made >= 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int small = 8 * KIB;
    assert_int_equal(setsockopt(made, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small)), 0);
    assert_int_equal(connect(made, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(fcntl(made, F_SETFL, O_NONBLOCK), 0);
    return made;
}

/* Between the client's memory and its socket. */
static void client_move(struct client *client)
{
    u8 bytes[16 * KIB];
    char *waiting = NULL;
    long size = BIO_get_mem_data(client->output, &waiting);
    if (size > 0) {
        ssize_t sent = send(client->socket, waiting, (size_t)size, MSG_NOSIGNAL);
        if (sent > 0) {
            u8 *dropped = malloc((size_t)sent);
            assert_non_null(dropped);
            assert_int_equal(BIO_read(client->output, dropped, (int)sent), sent);
            free(dropped);
        }
    }
    ssize_t came = recv(client->socket, bytes, sizeof(bytes), 0);
    if (came > 0) {
        assert_int_equal(BIO_write(client->input, bytes, (int)came), came);
    }
    turn();
}

static struct client client_connect(void)
{
    struct client client = client_make(TLS1_3_VERSION, NULL);
    client.socket = socket_open();
    int result = 0;
    for (u32 i = 0; i < TURNS_MAX && result != 1; i++) {
        result = SSL_do_handshake(client.ssl);
        client_move(&client);
    }
    assert_int_equal(result, 1);
    return client;
}

static void client_expect(struct client *client, const u8 *expected, size_t size)
{
    u8 *bytes = malloc(size);
    assert_non_null(bytes);
    size_t done = 0;
    for (u32 i = 0; i < TURNS_MAX && done < size; i++) {
        size_t piece = 0;
        if (SSL_read_ex(client->ssl, bytes + done, size - done, &piece) == 1) {
            done += piece;
        } else {
            client_move(client);
        }
    }
    assert_int_equal(done, size);
    assert_int_equal(memcmp(bytes, expected, size), 0);
    free(bytes);
}

/* True when the peer said that nothing more comes, behind `size` bytes. */
static bool client_is_told_the_end(struct client *client, size_t size)
{
    static u8 bytes[16 * KIB];
    size_t done = 0;
    int error = SSL_ERROR_WANT_READ;
    for (u32 i = 0; i < ENDS_TURNS_MAX && error == SSL_ERROR_WANT_READ; i++) {
        size_t piece = 0;
        int result = SSL_read_ex(client->ssl, bytes, sizeof(bytes), &piece);
        if (result == 1) {
            done += piece;
            continue;
        }
        error = SSL_get_error(client->ssl, result);
        client_move(client);
    }
    assert_int_equal(done, size);
    return error == SSL_ERROR_ZERO_RETURN;
}

/* Of these answers some leave the small socket no room, or only some, for the last record, which
 * says that it is over. */
static void the_end_is_told_whatever_room_there_is(void **state)
{
    (void)state;
    static u8 answer[48 * KIB];
    for (size_t size = 48 * KIB - 128; size <= 48 * KIB; size += 12) {
        struct client client = client_connect();
        TURN_UNTIL(user.conn != NULL && user.closed == 0);
        assert_true(net_send_copy(user.conn, span_of(answer, size)));
        net_shut_flushed(user.conn);
        for (u32 i = 0; i < 5; i++) { /* a while without reading */
            turn();
        }
        assert_true(client_is_told_the_end(&client, size));
        client_free(&client);
        TURN_UNTIL(user.closed == 1);
        assert_int_equal(user.why, NET_END_OURS);
    }
}

static void loop_echoes_and_ends(void **state)
{
    (void)state;
    echoes = true;
    struct client client = client_connect();
    TURN_UNTIL(net->counts.tls_handshakes == 1);
    assert_true(user.arrival.is_tls);
    assert_int_equal(SSL_write(client.ssl, "hello", 5), 5);
    client_expect(&client, (const u8 *)"hello", 5);
    TURN_UNTIL(user.drained == 1);
    SSL_shutdown(client.ssl);
    for (u32 i = 0; i < TURNS_MAX && user.ends == 0; i++) {
        client_move(&client);
    }
    assert_int_equal(user.ends, 1);
    int result = 0;
    for (u32 i = 0; i < TURNS_MAX && result != 1; i++) {
        client_move(&client);
        result = SSL_shutdown(client.ssl); /* 1: the server's close_notify came */
    }
    assert_int_equal(result, 1);
    client_free(&client);
    TURN_UNTIL(user.closed == 1);
    assert_int_equal(user.why, NET_END_OURS);
}

static void loop_sends_much(void **state)
{
    (void)state;
    struct client client = client_connect();
    TURN_UNTIL(net->counts.tls_handshakes == 1);
    struct net_buffer *buffer = net_buffer_take(&pool, 300 * KIB);
    assert_non_null(buffer);
    struct random random;
    random_init(&random, 3);
    random_fill(&random, buffer->data, 300 * KIB);
    buffer->size = 300 * KIB;
    assert_true(net_send(user.conn, buffer));
    turn();
    assert_true(net->counts.writes_partial > 0);
    assert_true(net_queued(user.conn) > 0);
    net_shut_flushed(user.conn);
    client_expect(&client, buffer->data, buffer->size);
    assert_int_equal(buffer->references, 1);
    net_buffer_release(buffer);
    client_free(&client);
    TURN_UNTIL(user.closed == 1);
}

static void loop_cuts_off_the_slow(void **state)
{
    (void)state;
    struct client client = client_connect();
    TURN_UNTIL(net->counts.tls_handshakes == 1);
    struct net_buffer *buffer = net_buffer_take(&pool, 16 * KIB);
    assert_non_null(buffer);
    memset(buffer->data, 0, 16 * KIB);
    buffer->size = 16 * KIB;
    bool is_sent = true;
    for (u32 i = 0; i < 100 && is_sent; i++) {
        is_sent = net_send(user.conn, buffer);
        turn();
    }
    assert_false(is_sent);
    assert_int_equal(user.closed, 1);
    assert_int_equal(user.why, NET_END_SLOW);
    assert_int_equal(buffer->references, 1);
    net_buffer_release(buffer);
    client_free(&client);
}

static void loop_pauses_within_a_read(void **state)
{
    (void)state;
    pauses = true;
    struct client client = client_connect();
    TURN_UNTIL(net->counts.tls_handshakes == 1);
    for (u32 i = 0; i < 20; i++) { /* as many records, which come in one read */
        u8 bytes[100];
        memset(bytes, (int)i, sizeof(bytes));
        assert_int_equal(SSL_write(client.ssl, bytes, sizeof(bytes)), sizeof(bytes));
    }
    SSL_shutdown(client.ssl);
    for (u32 i = 0; i < 20; i++) {
        client_move(&client);
        TURN_UNTIL(user.inputs == i + 1);
        turn();
        turn();
        assert_int_equal(user.inputs, i + 1);
        assert_int_equal(user.ends, 0);
        net_resume(user.conn);
    }
    TURN_UNTIL(user.ends == 1);
    assert_int_equal(user.input_bytes, 2000);
    for (u32 i = 0; i < 2000; i++) {
        assert_int_equal(user.input[i], i / 100);
    }
    client_free(&client);
}

static void handshake_has_a_deadline(void **state)
{
    (void)state;
    int silent = socket_open();
    TURN_UNTIL(user.conn != NULL);
    net_deadline(user.conn, 3600 * 1000); /* a later one does not put it off */
    clock_false_advance(&false_clock, 9000ULL * 1000000);
    turn();
    assert_int_equal(user.closed, 0);
    clock_false_advance(&false_clock, 2000ULL * 1000000);
    turn();
    assert_int_equal(user.closed, 1);
    assert_int_equal(user.why, NET_END_TLS);
    close(silent);
    /* After it, it no longer counts. */
    struct client client = client_connect();
    TURN_UNTIL(net->counts.tls_handshakes == 1);
    clock_false_advance(&false_clock, 20000ULL * 1000000);
    turn();
    turn();
    assert_int_equal(user.closed, 0);
    client_free(&client);
}

static void nonsense_is_told(void **state)
{
    (void)state;
    int client = socket_open();
    TURN_UNTIL(user.conn != NULL);
    net_pause(user.conn);
    net_resume(user.conn);
    assert_int_equal(send(client, "\x16\x03\x01\x00\x04\x01\xff\xff\xff", 9, MSG_NOSIGNAL), 9);
    TURN_UNTIL(user.closed == 1);
    assert_int_equal(user.why, NET_END_TLS);
    assert_int_equal(user.inputs, 0);
    u8 alert[64];
    assert_true(recv(client, alert, sizeof(alert), 0) >= 7);
    assert_int_equal(alert[0], 21); /* RFC 8446 5.1: alert */
    close(client);
    /* Shut before there was a handshake: nothing can be said. */
    client = socket_open();
    TURN_UNTIL(user.closed == 0);
    assert_true(net_send_copy(user.conn, span_of_text("x")));
    net_shut_flushed(user.conn);
    TURN_UNTIL(user.closed == 1);
    close(client);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_are_checked),
        cmocka_unit_test(nobody_is_asked_for_a_passphrase),
        cmocka_unit_test(session_carries_both_versions_in_any_pieces),
        cmocka_unit_test(session_refuses_the_weak),
        cmocka_unit_test(client_cannot_renegotiate),
        cmocka_unit_test_setup_teardown(loop_echoes_and_ends, setup, teardown),
        cmocka_unit_test_setup_teardown(the_end_is_told_whatever_room_there_is, setup, teardown),
        cmocka_unit_test_setup_teardown(loop_sends_much, setup, teardown),
        cmocka_unit_test_setup_teardown(loop_cuts_off_the_slow, setup, teardown),
        cmocka_unit_test_setup_teardown(loop_pauses_within_a_read, setup, teardown),
        cmocka_unit_test_setup_teardown(handshake_has_a_deadline, setup, teardown),
        cmocka_unit_test_setup_teardown(nonsense_is_told, setup, teardown),
    };
    return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
