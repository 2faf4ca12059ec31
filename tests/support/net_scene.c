#include "tests/support/net_scene.h"

#include "base/random.h"
#include "base/span.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct scene scene;

static void *on_accept(void *context, struct net_conn *conn, const struct net_arrival *arrival)
{
    assert_ptr_equal(context, &scene.pool);
    assert_true(scene.users_count < SCENE_USERS_MAX);
    if (scene.greeting != NULL) {
        assert_true(net_send(conn, scene.greeting));
    }
    if (scene.refuses) {
        return NULL;
    }
    struct scene_user *user = &scene.users[scene.users_count++];
    *user = (struct scene_user){.conn = conn, .arrival = *arrival};
    if (scene.shuts_at_accept) {
        net_shut_now(conn);
    }
    return user;
}

static void on_input(void *context, struct span bytes)
{
    struct scene_user *user = context;
    assert_int_equal(user->closed, 0);
    assert_true(bytes.size >= 1 && bytes.size <= NET_INPUT_BYTES_MAX);
    if (user->input_bytes < sizeof(user->input)) {
        size_t room = sizeof(user->input) - user->input_bytes;
        memcpy(user->input + user->input_bytes, bytes.data, u64_min(room, bytes.size));
    }
    user->input_bytes += bytes.size;
    user->inputs++;
    if (scene.victim != NULL && scene.victim != user) {
        net_shut_now(scene.victim->conn);
        scene.victim = NULL;
    }
    switch (scene.manner) {
    case MANNER_KEEP:
        break;
    case MANNER_ECHO:
        assert_true(net_send_copy(user->conn, bytes));
        break;
    case MANNER_SHUT_NOW:
        net_shut_now(user->conn);
        assert_false(net_send_copy(user->conn, bytes));
        net_shut_now(user->conn);
        net_shut_flushed(user->conn);
        net_pause(user->conn);
        net_resume(user->conn);
        net_deadline(user->conn, 1);
        break;
    case MANNER_SHUT_FLUSHED:
        assert_true(net_send_copy(user->conn, bytes));
        net_shut_flushed(user->conn);
        assert_false(net_send_copy(user->conn, bytes));
        break;
    case MANNER_PAUSE:
        net_pause(user->conn);
        break;
    }
}

static void on_end(void *context)
{
    struct scene_user *user = context;
    assert_int_equal(user->closed, 0);
    user->ends++;
    net_shut_flushed(user->conn);
}

static void on_drained(void *context)
{
    struct scene_user *user = context;
    assert_int_equal(user->closed, 0);
    user->drained++;
    if (scene.chunks_left > 0) {
        scene.chunks_left--;
        assert_true(net_send(user->conn, scene.greeting));
    }
}

static void on_deadline(void *context)
{
    struct scene_user *user = context;
    assert_int_equal(user->closed, 0);
    user->deadlines++;
}

static void on_closed(void *context, enum net_end why)
{
    struct scene_user *user = context;
    user->closed++;
    user->why = why;
    assert_int_equal(user->closed, 1);
    assert_false(net_send_copy(user->conn, span_of_text("too late")));
}

static void on_prepare(void *context)
{
    (void)context;
    scene.prepares++;
}

static void on_tick(void *context)
{
    (void)context;
    scene.ticks++;
}

const struct net_handler scene_handler = {.accept = on_accept,
                                          .input = on_input,
                                          .end = on_end,
                                          .drained = on_drained,
                                          .deadline = on_deadline,
                                          .closed = on_closed,
                                          .prepare = on_prepare,
                                          .tick = on_tick};
const struct net_handler scene_handler_least = {
    .accept = on_accept, .input = on_input, .closed = on_closed};

/* ---- the scene ---- */

struct net_loop_options options_usual(void)
{
    struct net_loop_options options = NET_LOOP_OPTIONS_DEFAULT;
    options.pool = &scene.pool;
    options.handler = &scene_handler;
    options.context = &scene.pool;
    options.connections_max = 600;
    options.queue_bytes_max = 256 * KIB;
    options.queue_count_max = 1000;
    options.tick_ms = 0;
    return options;
}

void net_scene_begin(const struct net_loop_options *options)
{
    scene.users_count = 0;
    scene.prepares = 0;
    scene.ticks = 0;
    scene.manner = MANNER_KEEP;
    scene.refuses = false;
    scene.shuts_at_accept = false;
    scene.greeting = NULL;
    scene.chunks_left = 0;
    scene.victim = NULL;
    assert_int_equal(net_pool_open(&scene.pool, 8 * KIB * KIB, KIB * KIB), FAULT_NONE);
    assert_int_equal(net_loop_open(&scene.loop, options), FAULT_NONE);
    scene.net = net_loop_net(scene.loop);
    struct net_listen_options listen = {.address = "127.0.0.1", .descriptor = -1, .number = 7};
    assert_int_equal(net_loop_listen(scene.loop, &listen, &scene.port), FAULT_NONE);
    assert_int_not_equal(scene.port, 0);
}

void net_scene_end(void)
{
    net_loop_close(scene.loop);
    for (u32 i = 0; i < scene.users_count; i++) {
        assert_int_equal(scene.users[i].closed, 1);
    }
    if (scene.greeting != NULL) {
        assert_int_equal(scene.greeting->references, 1);
        net_buffer_release(scene.greeting);
    }
    assert_int_equal(scene.pool.buffers_count, 0);
    net_pool_close(&scene.pool);
}

void net_scene_turn(u64 sleep_us)
{
    bool busy = false;
    assert_int_equal(net_run_once(scene.net, sleep_us, &busy), FAULT_NONE);
}

int client_open_at(u16 at, int receive_bytes)
{
    int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(client >= 0);
    if (receive_bytes != 0) {
        assert_int_equal(
            setsockopt(client, SOL_SOCKET, SO_RCVBUF, &receive_bytes, sizeof(receive_bytes)), 0);
    }
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(at)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(connect(client, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(fcntl(client, F_SETFL, O_NONBLOCK), 0);
    return client;
}

int client_open(void)
{
    return client_open_at(scene.port, 0);
}

void client_send(int client, const void *data, size_t size)
{
    assert_int_equal(send(client, data, size, MSG_NOSIGNAL), size);
}

/* Reads until `size` bytes have come, the end, or an error; returns how many. *error_out: 0 at the
 * size or at the end. */
size_t client_receive(int client, u8 *target, size_t size, int *error_out)
{
    size_t done = 0;
    *error_out = 0;
    for (u32 turns = 0; done < size && turns < SCENE_TURNS_MAX; turns++) {
        ssize_t piece = recv(client, target + done, size - done, 0);
        if (piece > 0) {
            done += (size_t)piece;
            continue;
        }
        if (piece == 0) {
            return done;
        }
        if (errno != EAGAIN) {
            *error_out = errno;
            return done;
        }
        net_scene_turn(1000);
    }
    return done;
}

void client_expect(int client, const void *data, size_t size)
{
    u8 *bytes = malloc(size);
    assert_non_null(bytes);
    int error = 0;
    assert_int_equal(client_receive(client, bytes, size, &error), size);
    assert_int_equal(error, 0);
    assert_int_equal(memcmp(bytes, data, size), 0);
    free(bytes);
}

void client_expect_end(int client)
{
    u8 byte = 0;
    int error = 0;
    assert_int_equal(client_receive(client, &byte, 1, &error), 0);
    assert_int_equal(error, 0);
}

struct net_buffer *buffer_of(size_t size, u64 seed)
{
    struct net_buffer *buffer = net_buffer_take(&scene.pool, size);
    assert_non_null(buffer);
    struct random random;
    random_init(&random, seed);
    random_fill(&random, buffer->data, size);
    buffer->size = (u32)size;
    return buffer;
}
