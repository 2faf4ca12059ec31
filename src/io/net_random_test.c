/* Aim: whatever is called out of whichever callback, on whichever connection, the loop keeps its
 * promises: `closed` once and last, nothing while paused or shut, every buffer freed, no CHECK.
 *
 * Method: clients that come, send, read, close and reset at random, and a handler that answers each
 * callback with random calls on random connections; time is false and jumps. The seed is printed
 * when a promise is broken. */
#include "base/random.h"
#include "base/span.h"
#include "io/net_loop.h"
#include "tests/support/test.h"
#include "tests/support/tls_files.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    USERS_MAX = 40,
    CLIENTS_MAX = 48,
    TURNS = 20000,
    KIB = 1024,
    CALLS_MAX = 3,
};

struct user {
    struct net_conn *conn; /* NULL: free */
    bool is_paused;
    bool is_shut; /* only `closed` may come */
    bool has_deadline;
};

struct client {
    int socket; /* -1: none */
    SSL *ssl;
};

static struct random random_calls;
static struct net_pool pool;
static struct net_loop *loop;
static struct net *net;
static struct clock_false false_clock;
static struct user users[USERS_MAX];
static struct client clients[CLIENTS_MAX];
static SSL_CTX *client_context; /* NULL: without TLS */
static u64 accepted_count;
static u64 closed_count;
static u64 ends_count[NET_END_COUNT];

static u64 below(u64 bound)
{
    return random_below(&random_calls, bound);
}

static void send_something(struct user *user)
{
    struct net_buffer *buffer = net_buffer_take(&pool, 1 + below(1ULL << below(17)));
    if (buffer == NULL) {
        return;
    }
    memset(buffer->data, 'x', buffer->capacity);
    buffer->size = (u32)below((u64)buffer->capacity + 1);
    u32 copies = (u32)below(4);
    for (u32 i = 0; i < copies; i++) {
        struct user *other = &users[below(USERS_MAX)];
        if (other->conn != NULL && !net_send(other->conn, buffer)) {
            other->is_shut = true;
        }
    }
    if (!net_send_last(user->conn, buffer)) {
        user->is_shut = true;
    }
}

static void call_something(struct user *user)
{
    switch (below(12)) {
    case 0:
        net_shut_now(user->conn);
        user->is_shut = true;
        break;
    case 1:
        net_shut_flushed(user->conn);
        user->is_shut = true;
        break;
    case 2:
    case 3:
        net_pause(user->conn);
        user->is_paused = true;
        break;
    case 4:
    case 5:
    case 6:
        net_resume(user->conn);
        user->is_paused = false;
        break;
    case 7:
        user->has_deadline = below(3) > 0;
        net_deadline(user->conn, user->has_deadline ? 1 + below(5000) : 0);
        break;
    case 8:
        net_bound(user->conn, (u32)below(64 * KIB), 1 + (u32)below(64));
        break;
    default: /* not an enum: a random number */
        send_something(user);
        break;
    }
}

static void call_random(void)
{
    for (u64 calls = below(CALLS_MAX + 1); calls > 0; calls--) {
        struct user *user = &users[below(USERS_MAX)];
        if (user->conn != NULL) {
            call_something(user);
        }
    }
}

static void *on_accept(void *context, struct net_conn *conn, const struct net_arrival *arrival)
{
    (void)context;
    (void)arrival;
    call_random();
    struct user *user = users;
    while (user < users + USERS_MAX && user->conn != NULL) {
        user++;
    }
    if (user == users + USERS_MAX || below(10) == 0) {
        (void)net_send_copy(conn, span_of_text("refused"));
        return NULL;
    }
    *user = (struct user){.conn = conn};
    accepted_count++;
    call_something(user);
    return user;
}

static struct user *alive(void *context)
{
    struct user *user = context;
    assert_non_null(user->conn);
    assert_ptr_equal(user->conn->user, user);
    assert_false(user->is_shut);
    return user;
}

static void on_input(void *context, struct span bytes)
{
    struct user *user = alive(context);
    assert_false(user->is_paused);
    assert_true(bytes.size > 0);
    call_random();
    if (!user->is_shut) {
        call_something(user);
    }
}

static void on_end(void *context)
{
    struct user *user = alive(context);
    assert_false(user->is_paused);
    net_shut_flushed(user->conn);
    user->is_shut = true;
    call_random();
}

static void on_drained(void *context)
{
    alive(context);
    call_random();
}

static void on_deadline(void *context)
{
    struct user *user = alive(context);
    assert_true(user->has_deadline);
    user->has_deadline = false;
    call_random();
}

static void on_closed(void *context, enum net_end why)
{
    struct user *user = context;
    assert_non_null(user->conn);
    assert_int_equal(net_queued(user->conn), 0);
    closed_count++;
    ends_count[why]++;
    call_random();
    user->conn = NULL;
}

static void on_prepare(void *context)
{
    (void)context;
    call_random();
}

static const struct net_handler handler = {.accept = on_accept,
                                           .input = on_input,
                                           .end = on_end,
                                           .drained = on_drained,
                                           .deadline = on_deadline,
                                           .closed = on_closed,
                                           .prepare = on_prepare,
                                           .tick = on_prepare};

static void client_open(struct client *client, u16 port)
{
    int made = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    assert_true(made >= 0);
    int small = 4 * KIB;
    assert_int_equal(setsockopt(made, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small)), 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int result = connect(made, (struct sockaddr *)&address, sizeof(address));
    (void)result; /* loopback: it is connected, or under way */
    client->socket = made;
    if (client_context != NULL && below(10) > 0) { /* some do not speak TLS */
        client->ssl = SSL_new(client_context);
        assert_non_null(client->ssl);
        SSL_set_connect_state(client->ssl);
        assert_int_equal(SSL_set_fd(client->ssl, made), 1);
    }
}

static void client_close(struct client *client)
{
    if (client->socket >= 0) {
        SSL_free(client->ssl);
        close(client->socket);
        *client = (struct client){.socket = -1};
    }
}

static void client_reset(struct client *client)
{
    struct linger reset = {.l_onoff = 1};
    assert_int_equal(setsockopt(client->socket, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset)), 0);
    client_close(client);
}

/* Any outcome is one. */
static void client_write(struct client *client)
{
    static u8 bytes[64 * KIB];
    size_t size = 1 + below(1ULL << below(16));
    if (client->ssl != NULL) {
        (void)!SSL_write(client->ssl, bytes, (int)size);
    } else {
        (void)!send(client->socket, bytes, size, MSG_NOSIGNAL);
    }
}

static void client_read(struct client *client)
{
    static u8 bytes[64 * KIB];
    if (client->ssl != NULL) {
        (void)!SSL_read(client->ssl, bytes, sizeof(bytes));
    } else {
        (void)!recv(client->socket, bytes, sizeof(bytes), 0);
    }
}

static void client_act(struct client *client, u16 port)
{
    ERR_clear_error();
    if (client->socket < 0) {
        client_open(client, port);
        return;
    }
    switch (below(20)) {
    case 0:
        client_reset(client);
        break;
    case 1:
        client_close(client);
        break;
    case 2:
        (void)!shutdown(client->socket, SHUT_WR);
        break;
    case 3:
        if (client->ssl != NULL) {
            (void)!SSL_shutdown(client->ssl);
        }
        break;
    default: /* not an enum: a random number */
        if (below(2) == 0) {
            client_write(client);
        } else {
            client_read(client);
        }
        break;
    }
}

static void run(struct tls_server *server)
{
    print_message("seed %llu\n", (unsigned long long)test_seed());
    random_init(&random_calls, test_seed());
    accepted_count = 0;
    closed_count = 0;
    memset(ends_count, 0, sizeof(ends_count));
    for (u32 i = 0; i < CLIENTS_MAX; i++) {
        clients[i] = (struct client){.socket = -1};
    }
    clock_false_init(&false_clock, 0);
    assert_int_equal(net_pool_open(&pool, 2 * KIB * KIB, 128 * KIB), FAULT_NONE);
    struct net_loop_options options = NET_LOOP_OPTIONS_DEFAULT;
    options.pool = &pool;
    options.handler = &handler;
    options.clock = &false_clock.clock;
    options.connections_max = USERS_MAX - 5;
    options.references_max = 500;
    options.queue_bytes_max = 64 * KIB;
    options.send_buffer_bytes = 8 * KIB;
    assert_int_equal(net_loop_open(&loop, &options), FAULT_NONE);
    net = net_loop_net(loop);
    struct net_listen_options listen = {.address = "127.0.0.1", .descriptor = -1, .tls = server};
    u16 port = 0;
    assert_int_equal(net_loop_listen(loop, &listen, &port), FAULT_NONE);
    u64 turns = test_rounds(TURNS);
    for (u64 i = 0; i < turns; i++) {
        client_act(&clients[below(CLIENTS_MAX)], port);
        client_act(&clients[below(CLIENTS_MAX)], port);
        clock_false_advance(&false_clock, below(1ULL << below(32)));
        call_random();
        bool busy = false;
        assert_int_equal(net_run_once(net, 0, &busy), FAULT_NONE);
        if (below(5000) == 0) {
            net_close_all(net);
            assert_int_equal(net->counts.connections, 0);
        }
    }
    u64 handshakes_count = net->counts.tls_handshakes;
    net_loop_close(loop);
    assert_int_equal(closed_count, accepted_count);
    print_message("%llu connections, %llu handshakes: %llu ended by us, %llu broken, %llu slow\n",
                  (unsigned long long)accepted_count, (unsigned long long)handshakes_count,
                  (unsigned long long)ends_count[NET_END_OURS],
                  (unsigned long long)ends_count[NET_END_BROKEN],
                  (unsigned long long)ends_count[NET_END_SLOW]);
    if (turns == TURNS) {
        assert_true(ends_count[NET_END_OURS] > 0 && ends_count[NET_END_BROKEN] > 0);
        assert_true(ends_count[NET_END_SLOW] > 0);
        assert_int_equal(handshakes_count > 0, server != NULL);
        assert_int_equal(ends_count[NET_END_TLS] > 0, server != NULL);
    }
    net_pool_close(&pool);
    for (u32 i = 0; i < CLIENTS_MAX; i++) {
        client_close(&clients[i]);
    }
}

static void any_call_out_of_any_callback(void **state)
{
    (void)state;
    run(NULL);
}

static void any_call_out_of_any_callback_with_tls(void **state)
{
    (void)state;
    struct tls_files files;
    tls_files_make(&files);
    struct tls_server *server = NULL;
    assert_int_equal(tls_server_open(&server, files.certificate, files.key), FAULT_NONE);
    client_context = SSL_CTX_new(TLS_client_method());
    assert_non_null(client_context);
    SSL_CTX_set_mode(client_context,
                     SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    run(server);
    SSL_CTX_free(client_context);
    client_context = NULL;
    tls_server_close(server);
    tls_files_remove(&files);
}

int main(void)
{
    const struct sigaction ignore = {.sa_handler = SIG_IGN};
    if (sigaction(SIGPIPE, &ignore, NULL) != 0) { /* the clients' SSL_write */
        return 1;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_call_out_of_any_callback),
        cmocka_unit_test(any_call_out_of_any_callback_with_tls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
