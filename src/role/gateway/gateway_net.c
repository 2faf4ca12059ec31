#include "role/gateway/gateway_net.h"

#include <unistd.h>

#define BLOCK_BYTES_MAX (16U << 20) /* the longest answer with its head */
#define TICK_MS         100U

static struct gateway_net *net_of(struct gateway_network *network)
{
    return (struct gateway_net *)(void *)network;
}

static void net_close_inner(struct gateway_net *net)
{
    net_loop_close(net->loop);
    net->loop = NULL;
    tls_server_close(net->tls);
    net->tls = NULL;
    if (net->pool.memory != NULL) {
        net_pool_close(&net->pool);
        net->pool = (struct net_pool){0};
    }
}

static enum fault listen_on(struct gateway_net *net)
{
    struct net_listen_options options = {.address = net->options.address,
                                         .port = net->options.port,
                                         .descriptor = -1,
                                         .tls = net->tls};
    if (net->options.descriptor >= 0) {
        options.address = NULL;
        options.descriptor = dup(net->options.descriptor);
        if (options.descriptor < 0) {
            return FAULT(FAULT_LIMIT, "the listening socket cannot be duplicated");
        }
    }
    return net_loop_listen(net->loop, &options, &net->port);
}

static enum fault open_inner(struct gateway_net *net, const struct net_handler *handler,
                             void *context)
{
    TRY(net_pool_open(&net->pool, net->options.pool_bytes, BLOCK_BYTES_MAX));
    struct net_loop_options options = NET_LOOP_OPTIONS_DEFAULT;
    options.pool = &net->pool;
    options.handler = handler;
    options.context = context;
    options.connections_max = net->options.connections_max;
    options.queue_bytes_max = net->options.queue_bytes_max;
    options.tick_ms = TICK_MS;
    TRY(net_loop_open(&net->loop, &options));
    if (net->options.certificate != NULL) {
        TRY(tls_server_open(&net->tls, net->options.certificate, net->options.key));
    }
    return listen_on(net);
}

static enum fault net_open(struct gateway_network *network, const struct net_handler *handler,
                           void *context, struct net **net_out)
{
    struct gateway_net *net = net_of(network);
    enum fault fault = open_inner(net, handler, context);
    if (fault != FAULT_NONE) {
        net_close_inner(net);
        return fault;
    }
    *net_out = net_loop_net(net->loop);
    return FAULT_NONE;
}

static void net_close(struct gateway_network *network, struct net *opened)
{
    (void)opened;
    net_close_inner(net_of(network));
}

void gateway_net_init(struct gateway_net *net, const struct gateway_net_options *options)
{
    *net = (struct gateway_net){.network = {.open = net_open, .close = net_close},
                                .options = *options};
}
