/* The false network: connections in memory behind io/net.h, with a client's end for the test.
 *
 * What a client sends arrives in pieces of random size, after random delays, connections in random
 * order; what the gateway sends waits in a queue with the bounds of a real one, and a client that
 * reads slowly or not at all is cut off as on a machine. Nothing else is random: the same seed and
 * the same calls give the same run. Time is the clock's. */
#ifndef SIM_NET_H
#define SIM_NET_H

#include "base/base.h"
#include "io/clock.h"
#include "io/net.h"
#include "role/gateway/gateway.h"

#define SIM_NET_CLIENTS_MAX 256U

struct sim_net;
struct sim_client;

struct sim_net_options {
    struct clock *clock;
    u64 seed;
    u32 queue_bytes_max; /* of one connection; 0: 1 MiB */
    bool pieces;         /* input comes in random pieces and at random times; else at once */
};

struct sim_net *sim_net_create(const struct sim_net_options *options);
void sim_net_destroy(struct sim_net *net); /* also closes what clients still have */

/* What the gateway's options want; open once at a time. */
struct gateway_network *sim_net_network(struct sim_net *net);

/* Where its buffers come from. */
const struct net_pool *sim_net_pool(const struct sim_net *net);

/* A new connection from an IPv4 address of this last byte; it is accepted in one of the next turns.
 * NULL: the gateway does not listen. */
struct sim_client *sim_connect(struct sim_net *net, u8 host);
/* The same from 127.0.0.1. */
struct sim_client *sim_connect_local(struct sim_net *net);

void sim_client_send(struct sim_client *client, struct span bytes);
void sim_client_send_text(struct sim_client *client, const char *text);

/* What has come and was not taken; valid until the next turn. */
struct span sim_client_received(const struct sim_client *client);
void sim_client_take(struct sim_client *client, size_t bytes);

/* So many bytes a turn are taken from the gateway's queue; UINT32_MAX: all. */
void sim_client_reads(struct sim_client *client, u32 bytes_a_turn);

/* Sends nothing more, but reads on. */
void sim_client_end(struct sim_client *client);
/* The line is cut: what is under way is lost. */
void sim_client_cut(struct sim_client *client);
/* The gateway has closed it, or it was cut; what came before can still be read. */
bool sim_client_is_closed(const struct sim_client *client);
enum net_end sim_client_why(const struct sim_client *client);
/* Gives the slot back, cutting the line if need be. */
void sim_client_free(struct sim_client *client);

#endif /* SIM_NET_H */
