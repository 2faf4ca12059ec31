#include "tests/support/gateway_world.h"

#include "base/bytes.h"
#include "base/span.h"
#include "role/engine/engine_agent.h"
#include "role/gateway/frame.h"
#include "role/gateway/gateway_state.h"
#include "role/gateway/view_person.h"
#include "tests/support/frame_client.h"
#include "tests/support/test.h"
#include "wire/link.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FOLDER "venue"

enum { CHANNEL_BYTES = 1 << 20, DRAIN_TURNS = 20000 };

void gateway_world_init(struct gateway_world *world, u64 seed, bool pieces)
{
    static const char *const names[WORLD_CHANNELS] = {
        "commands", "bell", "admin-commands", "admin-bell", "asks", "answers", "login-commands"};
    memset(world, 0, sizeof *world);
    clock_false_init(&world->clock, GATEWAY_WORLD_TIME_US);
    world->disk = disk_false_open(&(struct disk_false_config){.seed = seed});
    world->net = sim_net_create(
        &(struct sim_net_options){.clock = &world->clock.clock, .seed = seed, .pieces = pieces});
    for (u32 i = 0; i < WORLD_CHANNELS; i++) {
        scene_must(channel_create(&world->channels[i], names[i], CHANNEL_BYTES));
    }
    scene_must(channel_writer_open(&world->admin, &world->channels[WORLD_ADMIN_COMMANDS]));
    scene_must(channel_writer_open(&world->logins, &world->channels[WORLD_LOGINS]));
    world->genesis = scene_genesis();
    world->event_segment = 4U << 20;
    world->options = gateway_defaults;
    world->options.folder = FOLDER;
    world->options.disk = disk_false_disk(world->disk);
    world->options.clock = &world->clock.clock;
    world->options.network = sim_net_network(world->net);
    world->options.commands = &world->channels[WORLD_COMMANDS];
    world->options.bell = &world->channels[WORLD_BELL];
    world->options.asks = &world->channels[WORLD_ASKS];
    world->options.answers = &world->channels[WORLD_ANSWERS];
    world->options.closed_orders_max = 1000;
    world->options.fills_max = 1000;
    world->options.trades_max = 64;
    world->options.changes_max = 256;
    world->options.sessions_max = 64;
    world->options.pending_max = 64;
}

void gateway_world_engine_start(struct gateway_world *world)
{
    const struct engine_agent_input inputs[] = {
        {&world->channels[WORLD_COMMANDS], LINK_SOURCE_GATEWAY, engine_agent_gateway_kinds,
         engine_agent_gateway_kinds_count},
        {&world->channels[WORLD_ADMIN_COMMANDS], LINK_SOURCE_ADMIN, engine_agent_admin_kinds,
         engine_agent_admin_kinds_count},
        {&world->channels[WORLD_LOGINS], LINK_SOURCE_LOGINS, engine_agent_login_kinds,
         engine_agent_login_kinds_count},
    };
    const struct engine_agent_listener listeners[] = {
        {&world->channels[WORLD_BELL], LINK_SOURCE_GATEWAY},
        {&world->channels[WORLD_ADMIN_BELL], LINK_SOURCE_ADMIN},
    };
    static const u8 venue[JOURNAL_VENUE_BYTES] = {7};
    struct engine_agent_options options = {
        .engine = {.disk = disk_false_disk(world->disk),
                   .clock = &world->clock.clock,
                   .folder = FOLDER,
                   .genesis = &world->genesis,
                   .venue = venue,
                   .journal_segment = 1U << 20,
                   .event_segment = world->event_segment},
        .inputs = inputs,
        .inputs_count = ARRAY_COUNT(inputs),
        .listeners = listeners,
        .listeners_count = ARRAY_COUNT(listeners),
    };
    scene_must(engine_agent_open(&world->engine, &options));
    scene_must(agent_open(world->engine));
    scene_must(agent_start(world->engine));
}

void gateway_world_engine_kill(struct gateway_world *world)
{
    agent_close(world->engine);
    engine_agent_close(world->engine);
    world->engine = NULL;
    disk_false_restart_process(world->disk);
}

void gateway_world_gateway_start(struct gateway_world *world)
{
    scene_must(gateway_create(&world->gateway, &world->options));
    scene_must(agent_open(gateway_agent(world->gateway)));
    scene_must(agent_start(gateway_agent(world->gateway)));
}

void gateway_world_gateway_kill(struct gateway_world *world)
{
    agent_close(gateway_agent(world->gateway));
    gateway_destroy(world->gateway);
    world->gateway = NULL;
}

void gateway_world_turn(struct gateway_world *world)
{
    bool busy = false;
    if (world->engine != NULL) {
        scene_must(agent_work(world->engine, &busy));
    }
    if (world->gateway != NULL) {
        scene_must(agent_work(gateway_agent(world->gateway), &busy));
    }
    clock_false_advance(&world->clock, 1000000);
}

void gateway_world_turns(struct gateway_world *world, u32 turns)
{
    for (u32 i = 0; i < turns; i++) {
        gateway_world_turn(world);
    }
}

void gateway_world_admin(struct gateway_world *world, const struct scene_commands *commands)
{
    for (size_t at = 0; at < commands->used;) {
        u8 record[COMMAND_BYTES_MAX] __attribute__((aligned(8)));
        size_t size = (size_t)commands->bytes[at + 2] * WIRE_UNIT;
        memcpy(record, commands->bytes + at, size);
        struct command_head *head = (void *)record;
        world->admin_index += 1;
        head->source = LINK_SOURCE_ADMIN;
        head->source_index = world->admin_index;
        assert_int_equal(channel_put(&world->admin, span_of(record, size)), CHANNEL_PUT);
        at += size;
    }
    channel_flush(&world->admin);
    u64 index = 0;
    for (u32 i = 0; i < DRAIN_TURNS && index < world->admin_index; i++) {
        gateway_world_turn(world);
        index = engine_source_index(engine_agent_engine(world->engine), LINK_SOURCE_ADMIN);
    }
    assert_true(index == world->admin_index);
    gateway_world_turns(world, 10);
}

void gateway_world_start(struct gateway_world *world)
{
    struct scene_commands commands;
    scene_commands_init(&commands);
    scene_put_venue(&commands);
    gateway_world_engine_start(world);
    gateway_world_admin(world, &commands);
    scene_commands_free(&commands);
    gateway_world_gateway_start(world);
    gateway_world_turns(world, 200);
    assert_true(gateway_status(world->gateway).engine_ready);
}

void gateway_world_close(struct gateway_world *world)
{
    if (world->gateway != NULL) {
        gateway_world_gateway_kill(world);
    }
    if (world->engine != NULL) {
        gateway_world_engine_kill(world);
    }
    sim_net_destroy(world->net);
    for (u32 i = 0; i < WORLD_CHANNELS; i++) {
        channel_close(&world->channels[i]);
    }
    disk_false_close(world->disk);
}

u32 gateway_world_login(struct gateway_world *world, u64 login)
{
    world->logins_index += 1;
    const struct command_login_open open = {.head = {.kind = COMMAND_LOGIN_OPEN,
                                                     .units = sizeof(open) / WIRE_UNIT,
                                                     .source = LINK_SOURCE_LOGINS,
                                                     .source_index = world->logins_index},
                                            .login = login};
    assert_int_equal(channel_put(&world->logins, span_of(&open, sizeof open)), CHANNEL_PUT);
    channel_flush(&world->logins);
    u32 next = 0;
    for (u32 i = 0; i < DRAIN_TURNS && next == 0; i++) {
        gateway_world_turn(world);
        next = view_login_account(world->gateway->venue.view, login);
    }
    assert_true(next > 0);
    return next - 1;
}

/* ---- keys ---- */

void gateway_world_key_set(struct gateway_world *world, const struct world_key *key, u32 rights)
{
    struct scene_commands commands;
    struct command_key_set set = {.rights = rights, .key_kind = key->kind};
    memcpy(set.key_id, key->id, sizeof set.key_id);
    memcpy(set.public_key, key->public_key, sizeof set.public_key);
    scene_commands_init(&commands);
    scene_put(&commands, &set, COMMAND_KEY_SET, key->account);
    gateway_world_admin(world, &commands);
    scene_commands_free(&commands);
}

void gateway_world_key(struct gateway_world *world, u32 account, u8 kind, u32 rights,
                       struct world_key *key_out)
{
    u8 der[128];
    memset(key_out, 0, sizeof *key_out);
    key_out->account = account;
    key_out->kind = kind;
    scene_must(keys_invent((u8 *)key_out->name, (u8 *)key_out->secret));
    scene_must(keys_id(span_of(key_out->name, AUTH_KEY_BYTES), key_out->id));
    struct keys_new key = {.api_key = span_of(key_out->name, AUTH_KEY_BYTES)};
    if (kind == KEY_KIND_HMAC) {
        key.secret = span_of(key_out->secret, KEYS_SECRET_BYTES);
    } else {
        key_out->pair = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
        assert_non_null(key_out->pair);
        size_t size = sizeof key_out->public_key;
        assert_int_equal(EVP_PKEY_get_raw_public_key(key_out->pair, key_out->public_key, &size), 1);
        u8 *at = der;
        int bytes = i2d_PUBKEY(key_out->pair, &at);
        assert_true(bytes > 0 && (size_t)bytes <= sizeof der);
        key.public = span_of(der, (size_t)bytes);
    }
    scene_must(gateway_key_put(world->gateway, &key));
    gateway_world_key_set(world, key_out, rights);
}

void gateway_world_key_revoke(struct gateway_world *world, const struct world_key *key)
{
    struct scene_commands commands;
    struct command_key_revoke revoke = {0};
    memcpy(revoke.key_id, key->id, sizeof revoke.key_id);
    scene_commands_init(&commands);
    scene_put(&commands, &revoke, COMMAND_KEY_REVOKE, key->account);
    gateway_world_admin(world, &commands);
    scene_commands_free(&commands);
}

void world_key_free(struct world_key *key)
{
    EVP_PKEY_free(key->pair);
    key->pair = NULL;
}

void world_key_sign(const struct world_key *key, const char *text, char signature_out[256])
{
    u8 bytes[64];
    size_t size = sizeof bytes;
    if (key->pair == NULL) {
        unsigned int hmac_bytes = 0;
        assert_non_null(HMAC(EVP_sha256(), key->secret, KEYS_SECRET_BYTES, (const u8 *)text,
                             strlen(text), bytes, &hmac_bytes));
        for (u32 i = 0; i < hmac_bytes; i++) {
            (void)snprintf(signature_out + i * (size_t)2, 3, "%02x", bytes[i]);
        }
        return;
    }
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    assert_non_null(context);
    assert_int_equal(EVP_DigestSignInit(context, NULL, NULL, NULL, key->pair), 1);
    assert_int_equal(EVP_DigestSign(context, bytes, &size, (const u8 *)text, strlen(text)), 1);
    EVP_MD_CTX_free(context);
    (void)EVP_EncodeBlock((u8 *)signature_out, bytes, (int)size);
}

void gateway_world_request(struct gateway_world *world, struct sim_client *client,
                           const struct world_key *key, const char *method, const char *path,
                           const char *query)
{
    char signed_text[2048];
    char signature[256];
    char text[4096];
    (void)snprintf(signed_text, sizeof signed_text, "%s%stimestamp=%llu", query,
                   query[0] == 0 ? "" : "&",
                   (unsigned long long)(clock_wall_us(&world->clock.clock) / 1000));
    world_key_sign(key, signed_text, signature);
    (void)snprintf(text, sizeof text,
                   "%s %s?%s&signature=%s HTTP/1.1\r\nHost: venue\r\nX-MBX-APIKEY: %s\r\n"
                   "Content-Length: 0\r\n\r\n",
                   method, path, signed_text, signature, key->name);
    sim_client_send_text(client, text);
}

/* ---- HTTP ---- */

static bool http_whole(struct sim_client *client, struct http_got *got)
{
    struct span bytes = sim_client_received(client);
    const u8 *end = bytes.size == 0 ? NULL : memmem(bytes.data, bytes.size, "\r\n\r\n", 4);
    if (end == NULL) {
        return false;
    }
    size_t head = (size_t)(end - bytes.data) + 4;
    assert_true(head < sizeof got->head);
    memcpy(got->head, bytes.data, head);
    got->head[head] = 0;
    assert_true(strncmp(got->head, "HTTP/1.1 ", 9) == 0);
    got->status = (u32)strtoul(got->head + 9, NULL, 10);
    const char *length = strcasestr(got->head, "content-length: ");
    got->body_bytes = length == NULL ? 0 : strtoul(length + 16, NULL, 10);
    assert_true(got->body_bytes < sizeof got->body);
    if (bytes.size < head + got->body_bytes) {
        return false;
    }
    memcpy(got->body, bytes.data + head, got->body_bytes);
    got->body[got->body_bytes] = 0;
    sim_client_take(client, head + got->body_bytes);
    return true;
}

bool gateway_world_http(struct gateway_world *world, struct sim_client *client, u32 turns_max,
                        struct http_got *got_out)
{
    for (u32 i = 0; i < turns_max; i++) {
        if (http_whole(client, got_out)) {
            return true;
        }
        gateway_world_turn(world);
    }
    return http_whole(client, got_out);
}

void gateway_world_get(struct gateway_world *world, struct sim_client *client, const char *target,
                       struct http_got *got_out)
{
    char text[4096];
    (void)snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: venue\r\n\r\n", target);
    sim_client_send_text(client, text);
    if (!gateway_world_http(world, client, 1000, got_out)) {
        fail_msg("no answer to %s", target);
    }
}

/* ---- WebSockets ---- */

bool gateway_world_upgrade(struct gateway_world *world, struct sim_client *client,
                           const char *target)
{
    static struct http_got got;
    char text[4096];
    (void)snprintf(text, sizeof text,
                   "GET %s HTTP/1.1\r\nHost: venue\r\nUpgrade: websocket\r\n"
                   "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                   "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
                   target);
    sim_client_send_text(client, text);
    return gateway_world_http(world, client, 1000, &got) && got.status == 101;
}

void gateway_world_send(struct sim_client *client, const char *text)
{
    static u8 frame[1 << 16];
    size_t size =
        client_frame(frame, sizeof frame, CLIENT_FIN | FRAME_TEXT, 0x01020304, span_of_text(text));
    sim_client_send(client, span_of(frame, size));
}

static bool frame_whole(struct sim_client *client, char *text_out, size_t text_bytes,
                        u8 *opcode_out)
{
    struct span bytes = sim_client_received(client);
    struct span payload;
    size_t before = bytes.size;
    u8 first = 0;
    if (!client_take(&bytes, &first, &payload)) {
        return false;
    }
    assert_true(payload.size < text_bytes);
    memcpy(text_out, payload.data, payload.size);
    text_out[payload.size] = 0;
    *opcode_out = first & 15;
    sim_client_take(client, before - bytes.size);
    return true;
}

bool gateway_world_frame(struct gateway_world *world, struct sim_client *client, u32 turns_max,
                         char *text_out, size_t text_bytes, u8 *opcode_out)
{
    for (u32 i = 0; i < turns_max; i++) {
        if (frame_whole(client, text_out, text_bytes, opcode_out)) {
            return true;
        }
        gateway_world_turn(world);
    }
    return frame_whole(client, text_out, text_bytes, opcode_out);
}
