/* A whole venue in one thread without a machine: the engine's agent on a false disk, the gateway's
 * agent on a false network, channels between them, one false clock. The venue is that of
 * engine_scene.h (BTC, USDT, market BTCUSDT, four accounts with 1,000,000 of each); history is not
 * there, so nobody answers what the gateway asks it. */
#ifndef TESTS_SUPPORT_GATEWAY_WORLD_H
#define TESTS_SUPPORT_GATEWAY_WORLD_H

#include "io/channel.h"
#include "io/clock.h"
#include "role/gateway/gateway.h"
#include "role/gateway/keys.h"
#include "sim/disk.h"
#include "sim/net.h"
#include "tests/support/engine_scene.h"

#define GATEWAY_WORLD_TIME_US 1795000000000000ULL

enum gateway_world_channel {
    WORLD_COMMANDS,
    WORLD_BELL,
    WORLD_ADMIN_COMMANDS,
    WORLD_ADMIN_BELL,
    WORLD_ASKS,
    WORLD_ANSWERS,
    WORLD_LOGINS,
    WORLD_CHANNELS,
};

struct gateway_world {
    struct disk_false *disk;
    struct clock_false clock;
    struct sim_net *net;
    struct channel channels[WORLD_CHANNELS];
    struct channel_writer admin;
    u64 admin_index;
    struct channel_writer logins;
    u64 logins_index;
    struct command_genesis genesis;
    u64 event_segment;
    struct agent *engine; /* NULL: not running */
    struct gateway *gateway;
    struct gateway_options options; /* to be changed between init and start */
};

/* Clock, disk, network and channels; nothing runs. */
void gateway_world_init(struct gateway_world *world, u64 seed, bool pieces);
/* Engine, the venue's definitions, gateway. */
void gateway_world_start(struct gateway_world *world);
void gateway_world_close(struct gateway_world *world);

void gateway_world_engine_start(struct gateway_world *world);
/* As by kill -9: what was written survives. */
void gateway_world_engine_kill(struct gateway_world *world);
void gateway_world_gateway_start(struct gateway_world *world);
void gateway_world_gateway_kill(struct gateway_world *world);

/* Both agents work once, and a millisecond passes. */
void gateway_world_turn(struct gateway_world *world);
void gateway_world_turns(struct gateway_world *world, u32 turns);

/* Commands of the administrator (scene_put): sent, and worked on until they are done. */
void gateway_world_admin(struct gateway_world *world, const struct scene_commands *commands);

/* Opens the account of a login of the door, and waits until the gateway knows it. Where the genesis
 * has persons. */
u32 gateway_world_login(struct gateway_world *world, u64 login);

/* ---- keys ---- */

struct world_key {
    char name[AUTH_KEY_BYTES + 1];
    char secret[KEYS_SECRET_BYTES + 1]; /* hmac */
    void *pair;                         /* ed25519: an EVP_PKEY */
    u8 id[KEY_ID_BYTES];
    u8 public_key[32]; /* as key_set has it */
    u32 account;
    u8 kind; /* enum key_kind */
};

/* A key for an account with these rights (enum key_right), in force. Freed by world_key_free. */
void gateway_world_key(struct gateway_world *world, u32 account, u8 kind, u32 rights,
                       struct world_key *key_out);
/* Other rights for it; also for one that was revoked, and then perhaps another account. */
void gateway_world_key_set(struct gateway_world *world, const struct world_key *key, u32 rights);
void gateway_world_key_revoke(struct gateway_world *world, const struct world_key *key);
void world_key_free(struct world_key *key);

/* The signature over the text, as it goes into JSON: hex, or base64. */
void world_key_sign(const struct world_key *key, const char *text, char signature_out[256]);

/* Sends a signed request of HTTP ("GET", "/api/v3/account", "a=1"); the timestamp is added. */
void gateway_world_request(struct gateway_world *world, struct sim_client *client,
                           const struct world_key *key, const char *method, const char *path,
                           const char *query);

/* ---- a client's side of HTTP ---- */

struct http_got {
    u32 status;
    char head[2048];
    char body[65536];
    size_t body_bytes;
};

/* Turns until a whole answer is there, at most so many; takes it from the client. False: none. */
bool gateway_world_http(struct gateway_world *world, struct sim_client *client, u32 turns_max,
                        struct http_got *got_out);

/* Sends "GET <target>" and waits for the answer. */
void gateway_world_get(struct gateway_world *world, struct sim_client *client, const char *target,
                       struct http_got *got_out);

/* ---- a client's side of a WebSocket ---- */

/* Asks for a WebSocket there; true: 101. */
bool gateway_world_upgrade(struct gateway_world *world, struct sim_client *client,
                           const char *target);
/* A text message, masked. */
void gateway_world_send(struct sim_client *client, const char *text);
/* The next frame's payload, as text; false: none came in so many turns. *opcode_out as in it. */
bool gateway_world_frame(struct gateway_world *world, struct sim_client *client, u32 turns_max,
                         char *text_out, size_t text_bytes, u8 *opcode_out);

#endif /* TESTS_SUPPORT_GATEWAY_WORLD_H */
