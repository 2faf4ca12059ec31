/* The gateway's network on this machine: listeners on io/net_loop.h, with or without TLS. */
#ifndef ROLE_GATEWAY_GATEWAY_NET_H
#define ROLE_GATEWAY_GATEWAY_NET_H

#include "base/base.h"
#include "io/net_loop.h"
#include "role/gateway/gateway.h"

struct gateway_net_options {
    const char *address; /* "127.0.0.1", "::"; with a descriptor NULL */
    u16 port;            /* 0: any free one */
    int descriptor;      /* -1, or a listening socket: duplicated at each open */
    u32 connections_max;
    u64 pool_bytes;          /* all output and unread input together */
    u32 queue_bytes_max;     /* output of one connection that may wait */
    const char *certificate; /* of TLS: PEM files; NULL: plain */
    const char *key;
};

#define GATEWAY_NET_OPTIONS_DEFAULT                         \
    ((struct gateway_net_options){.address = "127.0.0.1",   \
                                  .descriptor = -1,         \
                                  .connections_max = 16384, \
                                  .pool_bytes = 1ULL << 30, \
                                  .queue_bytes_max = 8U << 20})

struct gateway_net {
    struct gateway_network network; /* first: it is cast back */
    struct gateway_net_options options;
    struct net_pool pool;
    struct net_loop *loop;
    struct tls_server *tls;
    u16 port; /* that it listens on, once open */
};

/* What the options point to stays the caller's. */
void gateway_net_init(struct gateway_net *net, const struct gateway_net_options *options);

#endif /* ROLE_GATEWAY_GATEWAY_NET_H */
