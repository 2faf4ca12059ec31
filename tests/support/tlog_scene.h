/* A public log in memory with three witnesses, as files under their paths: grown step by step,
 * changed on purpose, read by the monitor, or put into a folder.
 *
 * Written for tests alone, the simple way: everything is computed anew at each step. */
#ifndef TESTS_SUPPORT_TLOG_SCENE_H
#define TESTS_SUPPORT_TLOG_SCENE_H

#include "base/base.h"
#include "io/sign_pair.h"
#include "role/vault/tlog_check.h"

#define TLOG_SCENE_FILES_MAX    16384U
#define TLOG_SCENE_WITNESSES    3U
#define TLOG_SCENE_ORIGIN       "demo.invalid/log"
#define TLOG_SCENE_POLICY_BYTES 4096U

struct tlog_scene_file {
    char path[TLOG_TILE_PATH_BYTES];
    u8 *data;
    size_t size;
};

struct tlog_scene {
    struct tlog_files files;
    struct tlog_partials partials;
    struct tlog_crypto crypto;
    u64 seed; /* of the entries' contents */
    u64 size;
    struct sign_pair log_pair;
    struct tlog_key log_key;
    struct sign_pair pairs[TLOG_SCENE_WITNESSES];
    struct tlog_key keys[TLOG_SCENE_WITNESSES];
    u32 list_count;
    struct tlog_scene_file list[TLOG_SCENE_FILES_MAX];
};

/* New keys each time. A failure ends the program: there is nothing to test then. */
struct tlog_scene *tlog_scene_open(u64 seed);
void tlog_scene_close(struct tlog_scene *scene);

/* What entry `index` of this seed is; at most 40 bytes, some empty. */
struct span tlog_scene_entry(const struct tlog_scene *scene, u64 index, char target[64]);

/* Grows (or shrinks) to `size` entries: bundles, tiles, and a checkpoint that the log signed and
 * every witness cosigned at `time_s`. Partial files of earlier sizes stay. */
void tlog_scene_grow(struct tlog_scene *scene, u64 size, u64 time_s);

/* Signs and cosigns this body anew, with the first `witnesses` of them. */
void tlog_scene_sign(struct tlog_scene *scene, const char *body, u64 time_s, u32 witnesses);

struct tlog_scene_file *tlog_scene_find(struct tlog_scene *scene, const char *path);
void tlog_scene_put(struct tlog_scene *scene, const char *path, struct span bytes);
void tlog_scene_remove(struct tlog_scene *scene, const char *path);

/* Quorum: two of the three. w1 and w2 are the venue's, w3 is run by somebody else. */
void tlog_scene_policy(const struct tlog_scene *scene, char policy_out[TLOG_SCENE_POLICY_BYTES]);

#endif /* TESTS_SUPPORT_TLOG_SCENE_H */
