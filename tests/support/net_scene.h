/* A loop with a handler whose behaviour a test sets, and clients of it, all in one thread on
 * loopback sockets. */
#ifndef TESTS_SUPPORT_NET_SCENE_H
#define TESTS_SUPPORT_NET_SCENE_H

#include "io/net_loop.h"
#include "tests/support/test.h"

enum {
    SCENE_USERS_MAX = 1024,
    SCENE_TURNS_MAX = 3000,
    SCENE_SLEEP_US = 10000,
    KIB = 1024,
};

enum manner { MANNER_KEEP, MANNER_ECHO, MANNER_SHUT_NOW, MANNER_SHUT_FLUSHED, MANNER_PAUSE };

struct scene_user {
    struct net_conn *conn;
    struct net_arrival arrival;
    u64 input_bytes;
    u8 input[64];
    u32 inputs;
    u32 ends;
    u32 drained;
    u32 deadlines;
    u32 closed;
    enum net_end why;
};

struct scene {
    struct net_pool pool;
    struct net_loop *loop;
    struct net *net;
    struct clock_false false_clock; /* for who puts it into the options */
    struct scene_user users[SCENE_USERS_MAX];
    u32 users_count;
    u32 prepares;
    u32 ticks;
    u16 port;
    /* How the handler behaves. */
    enum manner manner;
    bool refuses;
    bool shuts_at_accept;
    struct net_buffer *greeting;
    u32 chunks_left;           /* the greeting again, whenever drained */
    struct scene_user *victim; /* shut when another one's input comes */
};

extern struct scene scene;
extern const struct net_handler scene_handler;
extern const struct net_handler scene_handler_least; /* without what may be NULL */

struct net_loop_options options_usual(void);

/* A loop that listens at scene.port of 127.0.0.1; and its end, which checks that each user's
 * connection was closed once and each buffer freed. */
void net_scene_begin(const struct net_loop_options *options);
void net_scene_end(void);
void net_scene_turn(u64 sleep_us);

#define TURN_UNTIL(condition)                                                   \
    do {                                                                        \
        for (u32 turns = 0; !(condition) && turns < SCENE_TURNS_MAX; turns++) { \
            net_scene_turn(SCENE_SLEEP_US);                                     \
        }                                                                       \
        assert_true(condition);                                                 \
    } while (0)

/* Clients that do not block. The first one with a small buffer for what it receives, unless 0. */
int client_open_at(u16 at, int receive_bytes);
int client_open(void);
void client_send(int client, const void *data, size_t size);

/* Reads until `size` bytes have come, the end, or an error, turning the loop meanwhile; returns how
 * many. *error_out: 0 at the size or at the end. */
size_t client_receive(int client, u8 *target, size_t size, int *error_out);
void client_expect(int client, const void *data, size_t size);
void client_expect_end(int client);

/* Random bytes in a buffer of the scene's pool. */
struct net_buffer *buffer_of(size_t size, u64 seed);

#endif /* TESTS_SUPPORT_NET_SCENE_H */
