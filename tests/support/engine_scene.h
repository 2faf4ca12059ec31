/* What the tests of src/role/engine share: a temporary folder, a small venue as commands, and a
 * sink that keeps what was released.
 *
 * The venue has BTC and USDT with 8 decimals, market 0 with a tick of 0.01 and a lot of 0.0001,
 * and four accounts with 1,000,000 of each. Commands come from source 1. */
#ifndef TESTS_SUPPORT_ENGINE_SCENE_H
#define TESTS_SUPPORT_ENGINE_SCENE_H

#include "io/clock.h"
#include "role/engine/engine.h"
#include "tests/support/test.h"

enum { SCENE_PATH_BYTES = 256, SCENE_ACCOUNTS = 4, SCENE_SOURCE = 1 };

/* Makes a folder of its own below the temporary folder, and removes it with all that is in it. */
void scene_folder_make(char path_out[SCENE_PATH_BYTES]);
void scene_folder_remove(const char *path);

/* Fails the test with the fault's text. */
void scene_must(enum fault fault);

/* ---- commands ---- */

struct scene_commands {
    u8 *bytes;
    size_t used;
    size_t size;
    u64 count;
    u64 source_index;
};

void scene_commands_init(struct scene_commands *commands);
void scene_commands_free(struct scene_commands *commands);

struct command_genesis scene_genesis(void);

/* Appends the definitions and deposits of the venue, the genesis left out. */
void scene_put_venue(struct scene_commands *commands);

/* Appends a command of any kind; head.kind and what is behind the head are the caller's. */
void scene_put(struct scene_commands *commands, const void *command, u16 kind, u32 account);

/* Appends a limit order: price in 0.01, quantity in 0.0001. */
void scene_put_order(struct scene_commands *commands, u32 account, enum side side, u64 price,
                     u64 qty);

/* Appends `count` orders of all accounts that match each other now and then. */
void scene_put_flow(struct scene_commands *commands, u64 seed, u64 count);

/* ---- a sink that keeps everything ---- */

struct scene_sink {
    struct release_sink sink;
    u8 *events;
    size_t used;
    size_t size;
    u64 chunks;
    u64 seq_next;
    u64 position;
    size_t chunk_bytes_max;
};

void scene_sink_init(struct scene_sink *sink);
void scene_sink_free(struct scene_sink *sink);

/* How many released events are of this kind. */
u64 scene_sink_count(const struct scene_sink *sink, u16 kind);

/* Writes a snapshot and an image, and returns the image's position in the event log. */
u64 scene_image(const char *folder, struct clock *clock);

/* Submits everything, working whenever the engine is full. */
void scene_submit_all(struct engine *engine, struct span commands);

#endif /* TESTS_SUPPORT_ENGINE_SCENE_H */
