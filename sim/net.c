#include "sim/net.h"

#include "base/check.h"
#include "base/random.h"
#include "base/span.h"

#include <stdlib.h>
#include <string.h>

#define POOL_BYTES      (64U << 20)
#define BLOCK_BYTES_MAX (16U << 20)
#define TICK_MS         100U
#define QUEUE_MAX       4096U

struct text {
    u8 *data;
    size_t size;
    size_t room;
};

struct sim_client {
    struct net_conn conn; /* first: it is cast back */
    struct sim_net *net;
    struct text sent;     /* not delivered yet */
    struct text received; /* not taken yet */
    struct net_buffer *queue[QUEUE_MAX];
    u32 queue_first;
    u32 queue_count;
    u64 queue_bytes;
    size_t queue_offset; /* of the first buffer, read already */
    u64 deadline_ms;     /* 0: none */
    u32 reads;
    u32 bytes_max;
    u32 count_max;
    enum net_end why;
    u8 host;
    bool is_local; /* 127.0.0.1, not 10.0.0.host */
    bool is_used;
    bool is_accepted;
    bool is_paused;
    bool wants_end; /* the client sends no more */
    bool told_end;
    bool is_flushing; /* net_shut_flushed */
    bool must_close;  /* the next turn closes it, because of `why` */
    bool is_closed;
};

struct sim_net {
    struct net net; /* first */
    struct gateway_network network;
    struct sim_net_options options;
    struct net_pool pool;
    const struct net_handler *handler;
    void *context;
    struct random random;
    u64 ticked_ms;
    bool is_open;
    bool is_listening;
    bool in_turn;
    struct sim_client *clients[SIM_NET_CLIENTS_MAX];
};

static void text_add(struct text *text, const void *data, size_t size)
{
    if (text->size + size > text->room) {
        text->room = (text->size + size) * 2;
        text->data = realloc(text->data, text->room);
        CHECK(text->data != NULL);
    }
    if (size > 0) {
        memcpy(text->data + text->size, data, size);
    }
    text->size += size;
}

static void text_drop(struct text *text, size_t size)
{
    CHECK(size <= text->size);
    text->size -= size;
    if (text->size > 0) {
        memmove(text->data, text->data + size, text->size);
    }
}

static struct sim_net *net_of(const struct net *net)
{
    return (struct sim_net *)(void *)(u8 *)(uintptr_t)net;
}

static struct sim_client *client_of(const struct net_conn *conn)
{
    return (struct sim_client *)(void *)(u8 *)(uintptr_t)conn;
}

/* ---- what the gateway calls ---- */

static u64 op_now(const struct net *net)
{
    return clock_mono_ns(net_of(net)->options.clock) / 1000000;
}

static bool op_send(struct net_conn *conn, struct net_buffer *buffer)
{
    struct sim_client *client = client_of(conn);
    if (client->must_close || client->is_closed || client->is_flushing) {
        return false;
    }
    if (buffer->size == 0) {
        return true;
    }
    bool is_full = client->queue_count > 0 &&
                   (client->queue_bytes + buffer->size > client->bytes_max ||
                    client->queue_count >= client->count_max || client->queue_count == QUEUE_MAX);
    if (is_full) {
        client->must_close = true;
        client->why = NET_END_SLOW;
        return false;
    }
    net_buffer_hold(buffer);
    client->queue[(client->queue_first + client->queue_count) % QUEUE_MAX] = buffer;
    client->queue_count += 1;
    client->queue_bytes += buffer->size;
    return true;
}

static void op_bound(struct net_conn *conn, u32 bytes_max, u32 count_max)
{
    client_of(conn)->bytes_max = bytes_max;
    client_of(conn)->count_max = count_max;
}

static void op_pause(struct net_conn *conn)
{
    client_of(conn)->is_paused = true;
}

static void op_resume(struct net_conn *conn)
{
    client_of(conn)->is_paused = false;
}

static void op_deadline(struct net_conn *conn, u64 after_ms)
{
    client_of(conn)->deadline_ms = after_ms == 0 ? 0 : op_now(conn->net) + after_ms;
}

static void op_shut_now(struct net_conn *conn)
{
    struct sim_client *client = client_of(conn);
    if (!client->must_close) {
        client->must_close = true;
        client->why = NET_END_OURS;
    }
}

static void op_shut_flushed(struct net_conn *conn)
{
    client_of(conn)->is_flushing = true;
}

static u64 op_queued(const struct net_conn *conn)
{
    return client_of(conn)->queue_bytes;
}

static enum fault op_watch(struct net *net, int descriptor, void (*ready)(void *argument),
                           void *argument)
{
    (void)net;
    (void)descriptor;
    (void)ready;
    (void)argument;
    return FAULT_NONE; /* every turn looks at everything */
}

static void op_unwatch(struct net *net, int descriptor)
{
    (void)net;
    (void)descriptor;
}

static void op_listen_stop(struct net *net)
{
    net_of(net)->is_listening = false;
}

/* ---- turns ---- */

static void queue_drop(struct sim_client *client)
{
    while (client->queue_count > 0) {
        net_buffer_release(client->queue[client->queue_first]);
        client->queue_first = (client->queue_first + 1) % QUEUE_MAX;
        client->queue_count -= 1;
    }
    client->queue_bytes = 0;
    client->queue_offset = 0;
}

static void close_client(struct sim_client *client, enum net_end why)
{
    client->is_closed = true;
    client->why = why;
    queue_drop(client);
    if (client->is_accepted) {
        client->is_accepted = false;
        client->net->handler->closed(client->conn.user, why);
    }
}

/* Moves output to the client, as fast as it reads. */
static bool deliver_output(struct sim_client *client)
{
    u64 room = client->reads;
    bool some = false;
    while (client->queue_count > 0 && room > 0) {
        struct net_buffer *buffer = client->queue[client->queue_first];
        u64 rest = buffer->size - client->queue_offset;
        u64 size = rest < room ? rest : room;
        text_add(&client->received, buffer->data + client->queue_offset, size);
        some = true;
        room -= size;
        client->queue_offset += size;
        if (client->queue_offset == buffer->size) {
            client->queue_bytes -= buffer->size;
            client->queue_offset = 0;
            client->queue_first = (client->queue_first + 1) % QUEUE_MAX;
            client->queue_count -= 1;
            net_buffer_release(buffer);
        }
    }
    bool is_open = !client->is_flushing && !client->must_close && !client->is_closed;
    if (some && client->queue_count == 0 && is_open && client->net->handler->drained != NULL) {
        client->net->handler->drained(client->conn.user);
    }
    if (client->is_flushing && client->queue_count == 0 && !client->must_close) {
        client->must_close = true;
        client->why = NET_END_OURS;
    }
    return some;
}

static void accept_client(struct sim_client *client)
{
    struct sim_net *net = client->net;
    struct net_arrival arrival = {
        .address = {[10] = 0xff, [11] = 0xff, [12] = 10, [15] = client->host}};
    if (client->is_local) {
        memcpy(arrival.address + 12, "\x7f\0\0\1", 4);
    }
    client->conn = (struct net_conn){.net = &net->net};
    client->conn.user = net->handler->accept(net->context, &client->conn, &arrival);
    if (client->conn.user == NULL) {
        client->is_closed = true;
        client->why = NET_END_OURS;
    } else {
        client->is_accepted = true;
        net->net.counts.accepted += 1;
    }
}

static void deliver_input(struct sim_client *client)
{
    struct sim_net *net = client->net;
    size_t size = client->sent.size < NET_INPUT_BYTES_MAX ? client->sent.size : NET_INPUT_BYTES_MAX;
    if (net->options.pieces && random_chance(&net->random, 1, 2)) {
        size = 1 + (size_t)random_below(&net->random, size);
    }
    u8 *copy = malloc(size);
    CHECK(copy != NULL);
    memcpy(copy, client->sent.data, size);
    text_drop(&client->sent, size);
    net->handler->input(client->conn.user, span_of(copy, size));
    free(copy);
}

static bool client_turn(struct sim_client *client)
{
    struct sim_net *net = client->net;
    if (client->is_closed) {
        return false;
    }
    if (!client->is_accepted) {
        if (!net->is_listening) {
            close_client(client, NET_END_OURS);
        } else {
            accept_client(client);
        }
        return true;
    }
    bool shutting = client->must_close || client->is_flushing;
    if (!shutting && client->deadline_ms != 0 && client->deadline_ms <= op_now(&net->net)) {
        client->deadline_ms = 0;
        net->handler->deadline(client->conn.user);
    } else if (!shutting && client->sent.size > 0 && !client->is_paused) {
        deliver_input(client);
    } else if (!shutting && client->wants_end && !client->told_end && client->sent.size == 0 &&
               !client->is_paused) {
        client->told_end = true;
        net->handler->end(client->conn.user);
    } else if (client->must_close) {
        close_client(client, client->why);
    } else {
        return false;
    }
    return true;
}

static void write_all(struct sim_net *net)
{
    if (net->handler->prepare != NULL) {
        net->handler->prepare(net->context);
    }
    for (u32 i = 0; i < SIM_NET_CLIENTS_MAX; i += 1) {
        struct sim_client *client = net->clients[i];
        if (client != NULL && !client->is_closed) {
            (void)deliver_output(client);
        }
    }
}

static enum fault op_run(struct net *base, u64 sleep_us, bool *busy_out)
{
    (void)sleep_us;
    struct sim_net *net = net_of(base);
    CHECK(!net->in_turn);
    net->in_turn = true;
    *busy_out = false;
    write_all(net);
    u64 now = op_now(base);
    if (net->handler->tick != NULL && now >= net->ticked_ms + TICK_MS) {
        net->ticked_ms = now;
        net->handler->tick(net->context);
        *busy_out = true;
    }
    u32 start = (u32)random_below(&net->random, SIM_NET_CLIENTS_MAX);
    for (u32 i = 0; i < SIM_NET_CLIENTS_MAX; i += 1) {
        struct sim_client *client = net->clients[(start + i) % SIM_NET_CLIENTS_MAX];
        bool sleeps = net->options.pieces && random_chance(&net->random, 1, 4);
        if (client != NULL && !sleeps && client_turn(client)) {
            *busy_out = true;
        }
    }
    write_all(net);
    net->in_turn = false;
    return FAULT_NONE;
}

static void op_close_all(struct net *base)
{
    struct sim_net *net = net_of(base);
    for (u32 i = 0; i < SIM_NET_CLIENTS_MAX; i += 1) {
        if (net->clients[i] != NULL && !net->clients[i]->is_closed) {
            close_client(net->clients[i], NET_END_SHUTDOWN);
        }
    }
}

static const struct net_ops sim_ops = {
    .run = op_run,
    .watch = op_watch,
    .unwatch = op_unwatch,
    .listen_stop = op_listen_stop,
    .close_all = op_close_all,
    .now_ms = op_now,
    .send = op_send,
    .bound = op_bound,
    .pause = op_pause,
    .resume = op_resume,
    .deadline = op_deadline,
    .shut_now = op_shut_now,
    .shut_flushed = op_shut_flushed,
    .queued = op_queued,
};

/* ---- opening ---- */

static struct sim_net *net_of_network(struct gateway_network *network)
{
    return (struct sim_net *)(void *)((u8 *)network - offsetof(struct sim_net, network));
}

static enum fault network_open(struct gateway_network *network, const struct net_handler *handler,
                               void *context, struct net **net_out)
{
    struct sim_net *net = net_of_network(network);
    CHECK(!net->is_open);
    net->handler = handler;
    net->context = context;
    net->is_open = true;
    net->is_listening = true;
    net->in_turn = false;
    *net_out = &net->net;
    return FAULT_NONE;
}

static void network_close(struct gateway_network *network, struct net *opened)
{
    struct sim_net *net = net_of_network(network);
    net->is_open = false;
    net->is_listening = false;
    op_close_all(opened);
}

struct sim_net *sim_net_create(const struct sim_net_options *options)
{
    struct sim_net *net = calloc(1, sizeof(*net));
    CHECK(net != NULL);
    net->options = *options;
    if (net->options.queue_bytes_max == 0) {
        net->options.queue_bytes_max = 1U << 20;
    }
    enum fault fault = net_pool_open(&net->pool, POOL_BYTES, BLOCK_BYTES_MAX);
    CHECK(fault == FAULT_NONE);
    random_init(&net->random, options->seed);
    net->net = (struct net){.ops = &sim_ops, .pool = &net->pool};
    net->network = (struct gateway_network){.open = network_open, .close = network_close};
    return net;
}

struct gateway_network *sim_net_network(struct sim_net *net)
{
    return &net->network;
}

void sim_net_destroy(struct sim_net *net)
{
    for (u32 i = 0; i < SIM_NET_CLIENTS_MAX; i += 1) {
        if (net->clients[i] != NULL) {
            sim_client_free(net->clients[i]);
        }
    }
    net_pool_close(&net->pool);
    free(net);
}

/* ---- the client's end ---- */

const struct net_pool *sim_net_pool(const struct sim_net *net)
{
    return &net->pool;
}

struct sim_client *sim_connect(struct sim_net *net, u8 host)
{
    u32 slot = 0;
    while (slot < SIM_NET_CLIENTS_MAX && net->clients[slot] != NULL) {
        slot += 1;
    }
    if (!net->is_listening || slot == SIM_NET_CLIENTS_MAX) {
        return NULL;
    }
    struct sim_client *client = calloc(1, sizeof(*client));
    CHECK(client != NULL);
    client->net = net;
    client->host = host;
    client->reads = UINT32_MAX;
    client->bytes_max = net->options.queue_bytes_max;
    client->count_max = QUEUE_MAX;
    net->clients[slot] = client;
    return client;
}

struct sim_client *sim_connect_local(struct sim_net *net)
{
    struct sim_client *client = sim_connect(net, 1);
    if (client != NULL) {
        client->is_local = true;
    }
    return client;
}

void sim_client_send(struct sim_client *client, struct span bytes)
{
    if (!client->is_closed) {
        text_add(&client->sent, bytes.data, bytes.size);
    }
}

void sim_client_send_text(struct sim_client *client, const char *text)
{
    sim_client_send(client, span_of_text(text));
}

struct span sim_client_received(const struct sim_client *client)
{
    return span_of(client->received.data, client->received.size);
}

void sim_client_take(struct sim_client *client, size_t bytes)
{
    text_drop(&client->received, bytes);
}

void sim_client_reads(struct sim_client *client, u32 bytes_a_turn)
{
    client->reads = bytes_a_turn;
}

void sim_client_end(struct sim_client *client)
{
    client->wants_end = true;
}

void sim_client_cut(struct sim_client *client)
{
    if (!client->is_closed) {
        close_client(client, NET_END_BROKEN);
    }
}

bool sim_client_is_closed(const struct sim_client *client)
{
    return client->is_closed;
}

enum net_end sim_client_why(const struct sim_client *client)
{
    return client->why;
}

void sim_client_free(struct sim_client *client)
{
    sim_client_cut(client);
    struct sim_net *net = client->net;
    for (u32 i = 0; i < SIM_NET_CLIENTS_MAX; i += 1) {
        if (net->clients[i] == client) {
            net->clients[i] = NULL;
        }
    }
    free(client->sent.data);
    free(client->received.data);
    free(client);
}
