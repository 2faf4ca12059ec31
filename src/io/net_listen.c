#include "io/net_inner.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    struct sockaddr_storage storage;
};

_Static_assert(sizeof(((struct net_arrival *)NULL)->address) == sizeof(struct in6_addr), "IPv6");

int reserve_open(void)
{
    return eventfd(0, EFD_CLOEXEC);
}

/* ---- accepting ---- */

static void arrival_fill(struct net_arrival *arrival, const union address *peer)
{
    if (peer->any.sa_family == AF_INET) {
        arrival->address[10] = 0xff;
        arrival->address[11] = 0xff;
        memcpy(arrival->address + 12, &peer->v4.sin_addr, 4);
        arrival->port = ntohs(peer->v4.sin_port);
    } else if (peer->any.sa_family == AF_INET6) {
        memcpy(arrival->address, &peer->v6.sin6_addr, 16);
        arrival->port = ntohs(peer->v6.sin6_port);
    }
}

static void option_set(int socket, int level, int name, int value)
{
    /* What the system does not want is no reason to refuse a customer. */
    int result = setsockopt(socket, level, name, &value, sizeof(value));
    (void)result;
}

static void arrive(struct listener *listener, int socket, const union address *peer)
{
    struct net_loop *loop = listener->loop;
    struct conn *conn = NULL;
    if (loop->net.counts.connections < loop->options.connections_max) {
        conn = conn_take(loop, socket);
    }
    if (conn == NULL) {
        loop->net.counts.refused_limit++;
        close(socket);
        return;
    }
    conn->is_local = listener->is_local;
    if (!conn->is_local) {
        option_set(socket, IPPROTO_TCP, TCP_NODELAY, 1);
    }
    if (listener->tls != NULL) {
        conn->tls = tls_session_open(listener->tls);
        if (conn->tls == NULL) {
            loop->net.counts.refused_limit++;
            conn_refuse(conn);
            return;
        }
        conn->handshake_due_ms = loop->now_ms + loop->options.handshake_ms;
    }
    struct net_arrival arrival = {.is_tls = listener->tls != NULL, .listener = listener->number};
    arrival_fill(&arrival, peer);
    conn->conn.user = loop->handler->accept(loop->context, &conn->conn, &arrival);
    if (conn->conn.user == NULL) {
        loop->net.counts.refused_handler++;
        conn_refuse(conn);
        return;
    }
    loop->net.counts.accepted++;
    conn_begin(conn);
}

/* No descriptor is left: with the reserve's one the next in the queue is told so by a close. */
static bool shed(struct listener *listener)
{
    struct net_loop *loop = listener->loop;
    if (loop->reserve < 0) {
        return false;
    }
    close(loop->reserve);
    int socket = accept4(listener->socket, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (socket >= 0) {
        loop->net.counts.refused_descriptor++;
        close(socket);
    }
    loop->reserve = reserve_open();
    return socket >= 0;
}

/* The queue of the listener keeps what comes meanwhile. */
static void rest(struct listener *listener)
{
    listener->rest_until_ms = listener->loop->now_ms + NET_LOOP_REST_MS;
    uv_poll_stop(&listener->poll);
}

static void on_listener(uv_poll_t *poll, int status, int events)
{
    (void)events;
    struct listener *listener = poll->data;
    loop_happened(listener->loop);
    if (status < 0) {
        rest(listener);
        return;
    }
    for (u32 i = 0; i < NET_LOOP_ACCEPTS_MAX && listener->socket >= 0; i++) {
        union address peer = {0};
        socklen_t size = sizeof(peer);
        int socket = accept4(listener->socket, &peer.any, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (socket >= 0) {
            arrive(listener, socket, &peer);
            continue;
        }
        switch (errno) {
        case EAGAIN:
            return;
        case EMFILE:
        case ENFILE:
            if (shed(listener)) {
                continue;
            }
            rest(listener);
            return;
        case ENOBUFS:
        case ENOMEM:
            rest(listener);
            return;
        default: /* not an enum: an errno. That one is gone already, or a signal came */
            continue;
        }
    }
}

static void listener_poll(struct listener *listener)
{
    int result = uv_poll_start(&listener->poll, UV_READABLE, on_listener);
    CHECK(result == 0);
}

void listeners_wake(struct net_loop *loop)
{
    for (u32 i = 0; i < loop->listeners_count; i++) {
        struct listener *listener = &loop->listeners[i];
        if (listener->socket < 0 || listener->rest_until_ms == 0 ||
            listener->rest_until_ms > loop->now_ms) {
            continue;
        }
        listener->rest_until_ms = 0;
        if (loop->reserve < 0) {
            loop->reserve = reserve_open();
        }
        listener_poll(listener);
    }
}

u64 listeners_wait_ms(const struct net_loop *loop)
{
    u64 wait = UINT64_MAX;
    for (u32 i = 0; i < loop->listeners_count; i++) {
        const struct listener *listener = &loop->listeners[i];
        if (listener->socket >= 0 && listener->rest_until_ms != 0) {
            u64 until = listener->rest_until_ms;
            wait = u64_min(wait, until > loop->now_ms ? until - loop->now_ms : 0);
        }
    }
    return wait;
}

void listeners_stop(struct net_loop *loop)
{
    for (u32 i = 0; i < loop->listeners_count; i++) {
        struct listener *listener = &loop->listeners[i];
        if (listener->socket >= 0) {
            uv_close((uv_handle_t *)&listener->poll, NULL);
            close(listener->socket);
            listener->socket = -1;
        }
    }
}

/* ---- listening ---- */

static bool address_parse(const char *text, u16 port, union address *address, socklen_t *size_out)
{
    memset(address, 0, sizeof(*address));
    if (inet_pton(AF_INET, text, &address->v4.sin_addr) == 1) {
        address->v4.sin_family = AF_INET;
        address->v4.sin_port = htons(port);
        *size_out = sizeof(address->v4);
        return true;
    }
    if (inet_pton(AF_INET6, text, &address->v6.sin6_addr) == 1) {
        address->v6.sin6_family = AF_INET6;
        address->v6.sin6_port = htons(port);
        *size_out = sizeof(address->v6);
        return true;
    }
    return false;
}

static enum fault socket_bind(int socket, const struct net_listen_options *options,
                              const union address *address, socklen_t size)
{
    option_set(socket, SOL_SOCKET, SO_REUSEADDR, 1);
    if (address->any.sa_family == AF_INET6) {
        option_set(socket, IPPROTO_IPV6, IPV6_V6ONLY, 0);
    }
    if (bind(socket, &address->any, size) != 0) {
        return FAULT_ERRNO(errno, "listen on %s port %u", options->address,
                           (unsigned)options->port);
    }
    int backlog = options->backlog == 0 ? SOMAXCONN : (int)u64_min(options->backlog, INT_MAX);
    if (listen(socket, backlog) != 0) {
        return FAULT_ERRNO(errno, "listen on %s port %u", options->address,
                           (unsigned)options->port);
    }
    return FAULT_NONE;
}

static enum fault socket_make(const struct net_listen_options *options, int *socket_out)
{
    union address address;
    socklen_t size = 0;
    if (options->address == NULL ||
        !address_parse(options->address, options->port, &address, &size)) {
        return FAULT(FAULT_CONFIG, "listen: \"%s\" is not an IP address",
                     options->address != NULL ? options->address : "");
    }
    int made = socket(address.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (made < 0) {
        return FAULT_ERRNO(errno, "listen on %s", options->address);
    }
    enum fault fault = socket_bind(made, options, &address, size);
    if (fault != FAULT_NONE) {
        close(made);
        return fault;
    }
    *socket_out = made;
    return FAULT_NONE;
}

/* What was handed over is believed only as far as it is a listening stream socket. */
static enum fault socket_check(int socket, union address *address)
{
    int is_listening = 0;
    int kind = 0;
    socklen_t size = sizeof(is_listening);
    socklen_t kind_size = sizeof(kind);
    socklen_t address_size = sizeof(*address);
    if (getsockopt(socket, SOL_SOCKET, SO_ACCEPTCONN, &is_listening, &size) != 0 ||
        getsockopt(socket, SOL_SOCKET, SO_TYPE, &kind, &kind_size) != 0 ||
        getsockname(socket, &address->any, &address_size) != 0) {
        return FAULT_ERRNO(errno, "listen: the descriptor");
    }
    if (is_listening == 0 || kind != SOCK_STREAM) {
        return FAULT(FAULT_FOREIGN, "listen: the descriptor is not a listening stream socket");
    }
    return FAULT_NONE;
}

static u16 port_of(const union address *address)
{
    if (address->any.sa_family == AF_INET) {
        return ntohs(address->v4.sin_port);
    }
    return address->any.sa_family == AF_INET6 ? ntohs(address->v6.sin6_port) : 0;
}

static enum fault listener_open(struct net_loop *loop, int socket,
                                const struct net_listen_options *options, u16 *port_out)
{
    union address address = {0};
    TRY(socket_check(socket, &address));
    if (loop->listeners_count == NET_LISTENERS_MAX) {
        return FAULT(FAULT_LIMIT, "more than %u listeners", NET_LISTENERS_MAX);
    }
    struct listener *listener = &loop->listeners[loop->listeners_count];
    *listener = (struct listener){.loop = loop,
                                  .tls = options->tls,
                                  .socket = socket,
                                  .number = options->number,
                                  .is_local = address.any.sa_family != AF_INET &&
                                              address.any.sa_family != AF_INET6};
    if (loop->options.send_buffer_bytes != 0) {
        /* Accepted sockets inherit it. */
        option_set(socket, SOL_SOCKET, SO_SNDBUF,
                   (int)u64_min(loop->options.send_buffer_bytes, INT_MAX));
    }
    int result = uv_poll_init(&loop->uv, &listener->poll, socket);
    if (result != 0) {
        return FAULT_ERRNO(-result, "listen: polling");
    }
    listener->poll.data = listener;
    loop->listeners_count++;
    listener_poll(listener);
    if (port_out != NULL) {
        *port_out = port_of(&address);
    }
    return FAULT_NONE;
}

enum fault net_loop_listen(struct net_loop *loop, const struct net_listen_options *options,
                           u16 *port_out)
{
    int socket = options->descriptor;
    if (socket < 0) {
        TRY(socket_make(options, &socket));
    }
    enum fault fault = listener_open(loop, socket, options, port_out);
    if (fault != FAULT_NONE) {
        close(socket);
    }
    return fault;
}
