/* Aim: bytes arrive whole and in order, a connection's end is told exactly once, whatever happens
 * inside of callbacks; nobody can make the loop keep more than its bounds, and a shared buffer is
 * freed once. TLS carries the same.
 *
 * Method: the loop and its clients in one thread on loopback sockets; a handler whose behaviour
 * each test sets. Time is a false clock where deadlines are tested. */
#include "io/net_loop.h"

#include "base/span.h"
#include "tests/support/net_scene.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { MANY = 500 };

/* ---- tests ---- */

static void echoes(void **state)
{
    (void)state;
    struct net_loop_options options = options_usual();
    net_scene_begin(&options);
    scene.manner = MANNER_ECHO;
    int client = client_open();
    TURN_UNTIL(scene.users_count == 1);
    u8 mapped[16] = {[10] = 0xff, [11] = 0xff, [12] = 127, [15] = 1};
    assert_memory_equal(scene.users[0].arrival.address, mapped, 16);
    assert_int_not_equal(scene.users[0].arrival.port, 0);
    assert_int_equal(scene.users[0].arrival.listener, 7);
    assert_false(scene.users[0].arrival.is_tls);
    client_send(client, "one", 3);
    client_expect(client, "one", 3);
    client_send(client, "twotwo", 6);
    client_expect(client, "twotwo", 6);
    assert_int_equal(scene.users[0].input_bytes, 9);
    TURN_UNTIL(scene.users[0].drained == 2);
    assert_true(scene.prepares >= 2);
    assert_int_equal(scene.net->counts.output_bytes, 9);
    assert_int_equal(scene.net->counts.input_bytes, 9);
    close(client);
    TURN_UNTIL(scene.users[0].closed == 1);
    assert_int_equal(scene.users[0].ends, 1);
    assert_int_equal(scene.users[0].why, NET_END_OURS); /* on_end shuts */
    assert_int_equal(scene.net->counts.connections, 0);
    assert_int_equal(scene.net->counts.ended[NET_END_OURS], 1);
    net_scene_end();
}

static void end_of_peer_without_callback_ends(void **state)
{
    (void)state;
    struct net_loop_options options = options_usual();
    options.handler = &scene_handler_least;
    net_scene_begin(&options);
    int client = client_open();
    client_send(client, "x", 1);
    assert_int_equal(shutdown(client, SHUT_WR), 0);
    TURN_UNTIL(scene.users_count == 1 && scene.users[0].closed == 1);
    assert_int_equal(scene.users[0].input_bytes, 1);
    assert_int_equal(scene.users[0].why, NET_END_PEER);
    client_expect_end(client);
    close(client);
    net_scene_end();
}

static void half_closed_peer_is_answered(void **state)
{
    (void)state;
    struct net_loop_options options = options_usual();
    net_scene_begin(&options);
    scene.manner = MANNER_ECHO;
    int client = client_open();
    client_send(client, "question", 8);
    assert_int_equal(shutdown(client, SHUT_WR), 0);
    client_expect(client, "question", 8);
    client_expect_end(client);
    TURN_UNTIL(scene.users[0].closed == 1);
    assert_int_equal(scene.users[0].ends, 1);
    close(client);
    net_scene_end();
}

static void reset_ends(void **state)
{
    (void)state;
    struct net_loop_options options = options_usual();
    net_scene_begin(&options);
    int client = client_open();
    TURN_UNTIL(scene.users_count == 1);
    struct linger reset = {.l_onoff = 1};
    assert_int_equal(setsockopt(client, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset)), 0);
    close(client);
    TURN_UNTIL(scene.users[0].closed == 1);
    assert_int_equal(scene.users[0].why, NET_END_BROKEN);
    assert_int_equal(scene.users[0].ends, 0);
    net_scene_end();
}

static void large_output_is_written_in_parts(void **state)
{
    (void)state;
    struct net_loop_options options = options_usual();
    options.send_buffer_bytes = 8 * KIB;
    net_scene_begin(&options);
    scene.greeting = buffer_of(900 * KIB, 5); /* one may be larger than the bound */
    int client = client_open_at(scene.port, 8 * KIB);
    TURN_UNTIL(scene.users_count == 1);
    net_scene_turn(0);
    assert_true(scene.net->counts.writes_partial > 0);
    assert_true(net_queued(scene.users[0].conn) > 0);
    assert_int_equal(net_queued(scene.users[0].conn), scene.net->counts.queue_bytes);
    assert_int_equal(scene.greeting->references, 2);
    assert_int_equal(scene.users[0].drained, 0);
    client_expect(client, scene.greeting->data, scene.greeting->size);
    TURN_UNTIL(scene.users[0].drained == 1);
    assert_int_equal(scene.greeting->references, 1);
    assert_int_equal(net_queued(scene.users[0].conn), 0);
    close(client);
    net_scene_end();
}

/* 1,000 buffers of `bytes_each` bytes at once: how many writes they take. */
static u64 writes_of(u32 bytes_each)
{
    struct net_loop_options options = options_usual();
    net_scene_begin(&options);
    int client = client_open();
    TURN_UNTIL(scene.users_count == 1);
    u64 writes_before = scene.net->counts.writes;
    static u8 expected[64000];
    for (u32 i = 0; i < 1000; i++) {
        u8 *bytes = expected + (size_t)i * bytes_each;
        memset(bytes, (int)(i % 251), bytes_each);
        assert_true(net_send_copy(scene.users[0].conn, span_of(bytes, bytes_each)));
    }
    struct net_buffer *empty = net_buffer_take(&scene.pool, 0);
    assert_non_null(empty);
    assert_true(net_send_last(scene.users[0].conn, empty));
    client_expect(client, expected, 1000 * (size_t)bytes_each);
    u64 writes = scene.net->counts.writes - writes_before;
    close(client);
    net_scene_end();
    return writes;
}

static void many_buffers_share_a_write(void **state)
{
    (void)state;
    assert_int_equal(writes_of(64), 16); /* 64 buffers each */
    assert_int_equal(writes_of(1), 1);   /* copied into one */
}

static void long_answer_goes_on_when_drained(void **state)
{
    (void)state;
    struct net_loop_options options = options_usual();
    net_scene_begin(&options);
    scene.greeting = buffer_of(100 * KIB, 6);
    scene.chunks_left = 9;
    int client = client_open();
    for (u32 i = 0; i < 10; i++) {
        client_expect(client, scene.greeting->data, scene.greeting->size);
    }
    TURN_UNTIL(scene.users[0].drained == 10);
    close(client);
    net_scene_end();
}

static void slow_consumer_is_cut_off(void **state)
{
    (void)state;
    struct net_loop_options options = options_usual();
    options.send_buffer_bytes = 8 * KIB;
    net_scene_begin(&options);
    int slow = client_open_at(scene.port, 4 * KIB);
    TURN_UNTIL(scene.users_count == 1);
    int fast = client_open();
    TURN_UNTIL(scene.users_count == 2);
    scene.greeting = buffer_of(16 * KIB, 7);
    bool was_cut = false;
    for (u32 i = 0; i < 100; i++) {
        was_cut = !net_send(scene.users[0].conn, scene.greeting) || was_cut;
        assert_true(net_send(scene.users[1].conn, scene.greeting));
        client_expect(fast, scene.greeting->data, scene.greeting->size);
        assert_true(net_queued(scene.users[0].conn) <= options.queue_bytes_max ||
                    scene.users[0].closed == 1);
    }
    assert_true(was_cut);
    assert_int_equal(scene.users[0].closed, 1);
    assert_int_equal(scene.users[0].why, NET_END_SLOW);
    assert_int_equal(scene.net->counts.ended[NET_END_SLOW], 1);
    assert_int_equal(scene.users[1].closed, 0);
    assert_int_equal(scene.greeting->references, 1);
    close(slow);
    close(fast);
    net_scene_end();
}

static void queue_is_bounded_by_count_and_references(void **state)
{
    (void)state;
    struct net_loop_options options = options_usual();
    options.references_max = 100;
    net_scene_begin(&options);
    int client = client_open();
    int other = client_open();
    int third = client_open();
    TURN_UNTIL(scene.users_count == 3);
    net_bound(scene.users[0].conn, UINT32_MAX, 10);
    for (u32 i = 0; i < 10; i++) {
        assert_true(net_send_copy(scene.users[0].conn, span_of_text("a")));
    }
    assert_false(net_send_copy(scene.users[0].conn, span_of_text("b")));
    assert_int_equal(scene.pool.buffers_count, 0); /* all dropped at once */
    for (u32 i = 0; i < 100; i++) {
        assert_true(net_send_copy(scene.users[1].conn, span_of_text("a")));
    }
    assert_false(net_send_copy(scene.users[2].conn, span_of_text("b")));
    assert_int_equal(scene.users[0].closed, 0); /* not out of net_send */
    net_scene_turn(0);
    assert_int_equal(scene.users[0].closed, 1);
    assert_int_equal(scene.users[0].why, NET_END_SLOW);
    assert_int_equal(scene.users[2].why, NET_END_SLOW);
    assert_int_equal(scene.users[1].closed, 0);
    net_bound(scene.users[1].conn, 10, 10);
    assert_true(net_send_copy(scene.users[1].conn, span_of_text("more than ten bytes, but alone")));
    assert_false(net_send_copy(scene.users[1].conn, span_of_text("!")));
    close(client);
    close(other);
    close(third);
    net_scene_end();
}

static void many_connections_share_a_buffer(void **state)
{
    (void)state;
    struct net_loop_options options = options_usual();
    net_scene_begin(&options);
    int clients[MANY];
    for (u32 i = 0; i < MANY; i++) {
        clients[i] = client_open();
        net_scene_turn(0);
    }
    TURN_UNTIL(scene.users_count == MANY);
    assert_int_equal(scene.net->counts.connections, MANY);
    scene.greeting = buffer_of(3000, 8);
    for (u32 i = 0; i < MANY; i++) {
        assert_true(net_send(scene.users[i].conn, scene.greeting));
    }
    assert_int_equal(scene.greeting->references, MANY + 1);
    assert_int_equal(scene.pool.buffers_count, 1);
    for (u32 i = 0; i < MANY; i++) {
        client_expect(clients[i], scene.greeting->data, scene.greeting->size);
    }
    assert_int_equal(scene.greeting->references, 1);
    for (u32 i = 0; i < MANY; i += 2) {
        close(clients[i]);
    }
    TURN_UNTIL(scene.net->counts.connections == MANY / 2);
    for (u32 i = 0; i < MANY; i += 2) { /* slots come back */
        clients[i] = client_open();
        net_scene_turn(0);
    }
    TURN_UNTIL(scene.users_count == MANY + MANY / 2);
    assert_int_equal(scene.net->counts.refused_limit, 0);
    for (u32 i = 0; i < MANY; i++) {
        close(clients[i]);
    }
    net_scene_end();
}

static void connections_are_limited(void **state)
{
    (void)state;
    struct net_loop_options options = options_usual();
    options.connections_max = 3;
    net_scene_begin(&options);
    int clients[5];
    for (u32 i = 0; i < 5; i++) {
        clients[i] = client_open();
    }
    TURN_UNTIL(scene.net->counts.refused_limit == 2);
    assert_int_equal(scene.users_count, 3);
    client_expect_end(clients[3]);
    client_expect_end(clients[4]);
    close(clients[0]);
    TURN_UNTIL(scene.users[0].closed == 1);
    int next = client_open();
    TURN_UNTIL(scene.users_count == 4);
    assert_int_equal(scene.net->counts.connections_most, 3);
    close(next);
    for (u32 i = 1; i < 5; i++) {
        close(clients[i]);
    }
    net_scene_end();
}

static void handler_refuses(void **state)
{
    (void)state;
    struct net_loop_options options = options_usual();
    net_scene_begin(&options);
    scene.refuses = true;
    scene.greeting = buffer_of(100, 9); /* sent, but the connection is refused */
    int client = client_open();
    client_expect_end(client);
    assert_int_equal(scene.net->counts.refused_handler, 1);
    assert_int_equal(scene.net->counts.connections, 0);
    assert_int_equal(scene.net->counts.accepted, 0);
    assert_int_equal(scene.greeting->references, 1);
    close(client);
    scene.refuses = false;
    scene.shuts_at_accept = true;
    client = client_open();
    TURN_UNTIL(scene.users_count == 1 && scene.users[0].closed == 1);
    assert_int_equal(scene.users[0].why, NET_END_OURS);
    close(client);
    net_scene_end();
}

static void pause_holds_input_back(void **state)
{
    (void)state;
    struct net_loop_options options = options_usual();
    net_scene_begin(&options);
    scene.manner = MANNER_PAUSE;
    int client = client_open();
    client_send(client, "first", 5);
    TURN_UNTIL(scene.users_count == 1 && scene.users[0].inputs == 1);
    client_send(client, "second", 6);
    assert_int_equal(shutdown(client, SHUT_WR), 0);
    for (u32 i = 0; i < 20; i++) {
        net_scene_turn(1000);
    }
    assert_int_equal(scene.users[0].inputs, 1);
    assert_int_equal(scene.users[0].ends, 0);
    bool busy = true;
    assert_int_equal(net_run_once(scene.net, 0, &busy), FAULT_NONE);
    assert_false(busy); /* what waits in the socket does not keep the loop awake */
    scene.manner = MANNER_ECHO;
    net_resume(scene.users[0].conn);
    net_resume(scene.users[0].conn);
    client_expect(client, "second", 6);
    TURN_UNTIL(scene.users[0].ends == 1);
    assert_memory_equal(scene.users[0].input, "firstsecond", 11);
    close(client);
    net_scene_end();
}

static void shut_inside_of_input(void **state)
{
    (void)state;
    struct net_loop_options options = options_usual();
    net_scene_begin(&options);
    scene.manner = MANNER_SHUT_NOW;
    int client = client_open();
    client_send(client, "x", 1);
    TURN_UNTIL(scene.users_count == 1 && scene.users[0].closed == 1);
    assert_int_equal(scene.users[0].why, NET_END_OURS);
    assert_int_equal(scene.users[0].ends, 0);
    close(client);
    /* Another one's, while its own input is ready in the same turn. */
    scene.manner = MANNER_KEEP;
    int clients[2] = {client_open(), client_open()};
    TURN_UNTIL(scene.users_count == 3);
    client_send(clients[0], "a", 1);
    client_send(clients[1], "b", 1);
    scene.victim = &scene.users[1];
    TURN_UNTIL(scene.users[2].inputs == 1);
    TURN_UNTIL(scene.victim == NULL || scene.users[1].inputs > 0);
    if (scene.victim == NULL) {
        TURN_UNTIL(scene.users[1].closed == 1);
    }
    scene.victim = NULL;
    close(clients[0]);
    close(clients[1]);
    net_scene_end();
}

static void shut_flushed_delivers_all(void **state)
{
    (void)state;
    struct net_loop_options options = options_usual();
    options.send_buffer_bytes = 8 * KIB;
    net_scene_begin(&options);
    scene.manner = MANNER_SHUT_FLUSHED;
    int client = client_open_at(scene.port, 8 * KIB);
    TURN_UNTIL(scene.users_count == 1);
    scene.greeting = buffer_of(200 * KIB, 10);
    assert_true(net_send(scene.users[0].conn, scene.greeting));
    client_send(client, "bye", 3);
    TURN_UNTIL(scene.users[0].inputs == 1);
    /* What comes now is dropped, and does not make the system reset the connection. */
    client_send(client, "more", 4);
    client_expect(client, scene.greeting->data, scene.greeting->size);
    client_expect(client, "bye", 3);
    client_expect_end(client);
    assert_int_equal(scene.users[0].closed, 0); /* lingers until the peer closes */
    assert_int_equal(scene.users[0].inputs, 1);
    close(client);
    TURN_UNTIL(scene.users[0].closed == 1);
    assert_int_equal(scene.users[0].why, NET_END_OURS);
    assert_int_equal(scene.users[0].ends, 0);
    net_scene_end();
}

static void advance(u64 ms)
{
    clock_false_advance(&scene.false_clock, ms * 1000000);
    net_scene_turn(0);
}

static void shut_flushed_waits_only_so_long(void **state)
{
    (void)state;
    struct net_loop_options options = options_usual();
    clock_false_init(&scene.false_clock, 0);
    options.clock = &scene.false_clock.clock;
    options.send_buffer_bytes = 8 * KIB;
    net_scene_begin(&options);
    int deaf = client_open_at(scene.port, 4 * KIB);
    int polite = client_open();
    TURN_UNTIL(scene.users_count == 2);
    scene.greeting = buffer_of(200 * KIB, 11);
    assert_true(net_send(scene.users[0].conn, scene.greeting));
    net_shut_flushed(scene.users[0].conn);
    net_shut_flushed(scene.users[1].conn);
    client_expect_end(polite);
    advance(options.shut_ms - 100);
    assert_int_equal(scene.users[0].closed + scene.users[1].closed, 0);
    advance(300);
    assert_int_equal(scene.users[0].closed, 1);
    assert_int_equal(scene.users[1].closed, 1);
    assert_int_equal(scene.users[0].deadlines, 0);
    close(deaf);
    close(polite);
    net_scene_end();
}

static void lingering_takes_only_so_much(void **state)
{
    (void)state;
    struct net_loop_options options = options_usual();
    net_scene_begin(&options);
    int client = client_open();
    TURN_UNTIL(scene.users_count == 1);
    net_shut_flushed(scene.users[0].conn);
    client_expect_end(client);
    static u8 zeroes[64 * KIB];
    u64 sent = 0;
    for (u32 i = 0; i < SCENE_TURNS_MAX && scene.users[0].closed == 0; i++) {
        ssize_t size = send(client, zeroes, sizeof(zeroes), MSG_NOSIGNAL);
        sent += size > 0 ? (u64)size : 0;
        net_scene_turn(1000);
    }
    assert_int_equal(scene.users[0].closed, 1);
    assert_true(sent > NET_LOOP_LINGER_BYTES_MAX);
    assert_int_equal(scene.users[0].inputs, 0);
    close(client);
    net_scene_end();
}

static void deadline_comes_once(void **state)
{
    (void)state;
    struct net_loop_options options = options_usual();
    clock_false_init(&scene.false_clock, 0);
    options.clock = &scene.false_clock.clock;
    options.tick_ms = 1000;
    net_scene_begin(&options);
    int client = client_open();
    int other = client_open();
    TURN_UNTIL(scene.users_count == 2);
    net_deadline(scene.users[0].conn, 500);
    net_deadline(scene.users[1].conn, 500);
    advance(499);
    assert_int_equal(scene.users[0].deadlines, 0);
    net_deadline(scene.users[0].conn, 500); /* anew */
    net_deadline(scene.users[1].conn, 0);
    advance(400);
    assert_int_equal(scene.users[0].deadlines, 0);
    assert_int_equal(scene.ticks, 0);
    advance(101 + 128);
    assert_int_equal(scene.users[0].deadlines, 1);
    assert_int_equal(scene.ticks, 1);
    advance(5000);
    assert_int_equal(scene.users[0].deadlines, 1);
    assert_int_equal(scene.users[1].deadlines, 0);
    assert_int_equal(scene.ticks, 2); /* skipped ones are not repeated */
    net_scene_turn(0);
    advance(800);
    assert_int_equal(scene.ticks, 2);
    advance(72);
    assert_int_equal(scene.ticks, 3);
    assert_int_equal(net_now_ms(scene.net), scene.false_clock.now_ns / 1000000);
    net_deadline(scene.users[0].conn, UINT64_MAX);
    advance(1ULL << 38);
    assert_int_equal(scene.users[0].deadlines, 1);
    close(client);
    close(other);
    net_scene_end();
}

static void deadline_without_callback_ends(void **state)
{
    (void)state;
    struct net_loop_options options = options_usual();
    clock_false_init(&scene.false_clock, 0);
    options.clock = &scene.false_clock.clock;
    options.handler = &scene_handler_least;
    net_scene_begin(&options);
    int client = client_open();
    TURN_UNTIL(scene.users_count == 1);
    net_deadline(scene.users[0].conn, 1);
    advance(200);
    assert_int_equal(scene.users[0].closed, 1);
    assert_int_equal(scene.users[0].why, NET_END_OURS);
    close(client);
    net_scene_end();
}

static void descriptors_run_out(void **state)
{
    (void)state;
    if (test_is_valgrind()) {
        print_message("descriptors_run_out: skipped, valgrind has limits of its own\n");
        return;
    }
    struct net_loop_options options = options_usual();
    net_scene_begin(&options);
    int clients[6];
    for (u32 i = 0; i < ARRAY_COUNT(clients); i++) {
        clients[i] = client_open();
    }
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    int highest = dup(0);
    assert_true(highest >= 0);
    struct rlimit tight = {.rlim_cur = (rlim_t)highest + 2, .rlim_max = limit.rlim_max};
    close(highest);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &tight), 0);
    TURN_UNTIL(scene.users_count + scene.net->counts.refused_descriptor == ARRAY_COUNT(clients));
    assert_int_equal(scene.users_count, 2);
    assert_int_equal(scene.net->counts.refused_descriptor, 4);
    for (u32 i = 2; i < ARRAY_COUNT(clients); i++) {
        client_expect_end(clients[i]);
        close(clients[i]);
    }
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    int later = client_open();
    TURN_UNTIL(scene.users_count == 3);
    close(later);
    close(clients[0]);
    close(clients[1]);
    net_scene_end();
}

/* A sleep ends also when it is over before the poll has begun: at the shortest sleep that happens
 * every few hundred times. Else this test does not end. */
static void short_sleeps_end(void **state)
{
    (void)state;
    struct net_loop_options options = options_usual();
    net_scene_begin(&options);
    for (u64 round = test_rounds(2000); round > 0; round -= 1) {
        net_scene_turn(1000);
    }
    net_scene_end();
}

static u32 watched;

static void on_watched(void *argument)
{
    watched++;
    u64 count = 0;
    assert_int_equal(read(*(int *)argument, &count, sizeof(count)), sizeof(count));
}

static void foreign_descriptor_wakes(void **state)
{
    (void)state;
    struct net_loop_options options = options_usual();
    net_scene_begin(&options);
    int event = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    int silent = eventfd(1, EFD_NONBLOCK | EFD_CLOEXEC);
    assert_true(event >= 0 && silent >= 0);
    watched = 0;
    assert_int_equal(net_watch(scene.net, event, on_watched, &event), FAULT_NONE);
    net_scene_turn(0);
    assert_int_equal(watched, 0);
    bool busy = true;
    assert_int_equal(net_run_once(scene.net, 0, &busy), FAULT_NONE);
    assert_false(busy);
    u64 one = 1;
    assert_int_equal(write(event, &one, sizeof(one)), sizeof(one));
    assert_int_equal(net_run_once(scene.net, 10000000, &busy), FAULT_NONE);
    assert_int_equal(watched, 1);
    assert_true(busy);
    assert_int_equal(net_watch(scene.net, silent, NULL, NULL), FAULT_NONE);
    assert_int_equal(net_run_once(scene.net, 10000000, &busy), FAULT_NONE); /* only wakes */
    net_unwatch(scene.net, silent);
    net_unwatch(scene.net, silent);
    for (u32 i = 0; i < 2 * NET_WATCHES_MAX; i++) { /* places come back */
        assert_int_equal(net_watch(scene.net, silent, NULL, NULL), FAULT_NONE);
        net_unwatch(scene.net, silent);
        net_scene_turn(0);
    }
    assert_int_equal(net_watch(scene.net, -1, NULL, NULL), FAULT_IO);
    close(silent);
    net_scene_end();
    close(event);
}

static void greedy_one_does_not_starve_others(void **state)
{
    (void)state;
    struct net_loop_options options = options_usual();
    net_scene_begin(&options);
    int greedy = client_open();
    int modest = client_open();
    TURN_UNTIL(scene.users_count == 2);
    static u8 zeroes[512 * KIB];
    ssize_t sent = send(greedy, zeroes, sizeof(zeroes), MSG_NOSIGNAL);
    assert_true(sent > 2 * (ssize_t)NET_INPUT_BYTES_MAX);
    client_send(modest, "x", 1);
    net_scene_turn(SCENE_SLEEP_US);
    assert_int_equal(scene.users[0].inputs, 1); /* once, though there is more */
    assert_int_equal(scene.users[1].inputs, 1);
    close(greedy);
    close(modest);
    net_scene_end();
}

static void listener_is_refused(void **state)
{
    (void)state;
    struct net_loop_options options = options_usual();
    net_scene_begin(&options);
    struct net_listen_options wanted = {
        .address = "127.0.0.1", .port = scene.port, .descriptor = -1};
    assert_int_not_equal(net_loop_listen(scene.loop, &wanted, NULL), FAULT_NONE); /* taken */
    wanted.address = "localhost";
    assert_int_equal(net_loop_listen(scene.loop, &wanted, NULL), FAULT_CONFIG);
    wanted.address = NULL;
    assert_int_equal(net_loop_listen(scene.loop, &wanted, NULL), FAULT_CONFIG);
    wanted.descriptor = eventfd(0, EFD_CLOEXEC);
    assert_int_not_equal(net_loop_listen(scene.loop, &wanted, NULL), FAULT_NONE);
    assert_int_equal(fcntl(wanted.descriptor, F_GETFD), -1); /* taken in any case */
    wanted.descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(net_loop_listen(scene.loop, &wanted, NULL), FAULT_FOREIGN);
    struct net_listen_options more = {.address = "127.0.0.1", .descriptor = -1};
    for (u32 i = 1; i < NET_LISTENERS_MAX; i++) {
        assert_int_equal(net_loop_listen(scene.loop, &more, NULL), FAULT_NONE);
    }
    assert_int_equal(net_loop_listen(scene.loop, &more, NULL), FAULT_LIMIT);
    net_scene_end();
}

static void descriptor_is_handed_over(void **state)
{
    (void)state;
    struct net_loop_options options = options_usual();
    net_scene_begin(&options);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path + 1, sizeof(address.sun_path) - 1, "cambist-scene.net-%ld",
             (long)getpid());
    int local = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(local, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(listen(local, 5), 0);
    struct net_listen_options wanted = {.descriptor = local, .number = 9};
    u16 no_port = 1;
    assert_int_equal(net_loop_listen(scene.loop, &wanted, &no_port), FAULT_NONE);
    assert_int_equal(no_port, 0);
    int client = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(client, (struct sockaddr *)&address, sizeof(address)), 0);
    TURN_UNTIL(scene.users_count == 1);
    assert_int_equal(scene.users[0].arrival.listener, 9);
    assert_true(span_is_zero(span_of(scene.users[0].arrival.address, 16)));
    close(client);
    net_scene_end();
}

static void listening_stops(void **state)
{
    (void)state;
    struct net_loop_options options = options_usual();
    net_scene_begin(&options);
    int client = client_open();
    TURN_UNTIL(scene.users_count == 1);
    net_listen_stop(scene.net);
    net_listen_stop(scene.net);
    net_scene_turn(0);
    struct sockaddr_in gone = {.sin_family = AF_INET, .sin_port = htons(scene.port)};
    gone.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int late = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(late, (struct sockaddr *)&gone, sizeof(gone)), -1);
    assert_int_equal(scene.users[0].closed, 0);
    net_close_all(scene.net);
    assert_int_equal(scene.users[0].closed, 1);
    assert_int_equal(scene.users[0].why, NET_END_SHUTDOWN);
    close(late);
    close(client);
    net_scene_end();
}

static void both_families_come_through_one_listener(void **state)
{
    (void)state;
    struct net_loop_options options = options_usual();
    net_scene_begin(&options);
    struct net_listen_options wanted = {.address = "::", .descriptor = -1, .number = 3};
    u16 both = 0;
    if (net_loop_listen(scene.loop, &wanted, &both) != FAULT_NONE) {
        fault_forget();
        print_message("both_families_come_through_one_listener: no IPv6 here\n");
        net_scene_end();
        skip();
    }
    int v4 = client_open_at(both, 0);
    TURN_UNTIL(scene.users_count == 1);
    u8 mapped[16] = {[10] = 0xff, [11] = 0xff, [12] = 127, [15] = 1};
    assert_memory_equal(scene.users[0].arrival.address, mapped, 16);
    int v6 = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in6 address = {.sin6_family = AF_INET6, .sin6_port = htons(both)};
    address.sin6_addr.s6_addr[15] = 1;
    assert_int_equal(connect(v6, (struct sockaddr *)&address, sizeof(address)), 0);
    TURN_UNTIL(scene.users_count == 2);
    assert_memory_equal(scene.users[1].arrival.address, &address.sin6_addr, 16);
    close(v4);
    close(v6);
    net_scene_end();
}

static void options_are_checked(void **state)
{
    (void)state;
    struct net_loop *none = NULL;
    struct net_loop_options options = options_usual();
    options.connections_max = 0;
    assert_int_equal(net_loop_open(&none, &options), FAULT_CONFIG);
    options = options_usual();
    options.queue_count_max = UINT16_MAX + 1;
    assert_int_equal(net_loop_open(&none, &options), FAULT_CONFIG);
    options = options_usual();
    options.handler = &scene_handler_least;
    options.tick_ms = 5;
    assert_int_equal(net_loop_open(&none, &options), FAULT_CONFIG);
    assert_null(none);
    net_loop_close(NULL);
    print_message("a connection of ours takes %llu bytes\n",
                  (unsigned long long)net_loop_connection_bytes());
    assert_true(net_loop_connection_bytes() <= 400);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(echoes),
        cmocka_unit_test(end_of_peer_without_callback_ends),
        cmocka_unit_test(half_closed_peer_is_answered),
        cmocka_unit_test(reset_ends),
        cmocka_unit_test(large_output_is_written_in_parts),
        cmocka_unit_test(many_buffers_share_a_write),
        cmocka_unit_test(long_answer_goes_on_when_drained),
        cmocka_unit_test(slow_consumer_is_cut_off),
        cmocka_unit_test(queue_is_bounded_by_count_and_references),
        cmocka_unit_test(many_connections_share_a_buffer),
        cmocka_unit_test(connections_are_limited),
        cmocka_unit_test(handler_refuses),
        cmocka_unit_test(pause_holds_input_back),
        cmocka_unit_test(shut_inside_of_input),
        cmocka_unit_test(shut_flushed_delivers_all),
        cmocka_unit_test(shut_flushed_waits_only_so_long),
        cmocka_unit_test(lingering_takes_only_so_much),
        cmocka_unit_test(deadline_comes_once),
        cmocka_unit_test(deadline_without_callback_ends),
        cmocka_unit_test(descriptors_run_out),
        cmocka_unit_test(short_sleeps_end),
        cmocka_unit_test(foreign_descriptor_wakes),
        cmocka_unit_test(greedy_one_does_not_starve_others),
        cmocka_unit_test(listener_is_refused),
        cmocka_unit_test(descriptor_is_handed_over),
        cmocka_unit_test(listening_stops),
        cmocka_unit_test(both_families_come_through_one_listener),
        cmocka_unit_test(options_are_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
