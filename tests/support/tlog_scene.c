#include "tests/support/tlog_scene.h"

#include "base/check.h"
#include "base/span.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- files ---- */

struct tlog_scene_file *tlog_scene_find(struct tlog_scene *scene, const char *path)
{
    for (u32 i = 0; i < scene->list_count; i += 1) {
        if (strcmp(scene->list[i].path, path) == 0) {
            return &scene->list[i];
        }
    }
    return NULL;
}

void tlog_scene_remove(struct tlog_scene *scene, const char *path)
{
    struct tlog_scene_file *file = tlog_scene_find(scene, path);
    if (file != NULL) {
        free(file->data);
        scene->list_count -= 1;
        *file = scene->list[scene->list_count];
    }
}

void tlog_scene_put(struct tlog_scene *scene, const char *path, struct span bytes)
{
    tlog_scene_remove(scene, path);
    CHECK(scene->list_count < TLOG_SCENE_FILES_MAX);
    struct tlog_scene_file *file = &scene->list[scene->list_count];
    scene->list_count += 1;
    (void)snprintf(file->path, sizeof(file->path), "%s", path);
    file->size = bytes.size;
    file->data = malloc(bytes.size + 1);
    CHECK(file->data != NULL);
    CHECK(span_copy(bytes, file->data, bytes.size));
}

static enum fault scene_read(struct tlog_files *files, const char *path, u8 *target,
                             size_t bytes_max, size_t *size_out)
{
    const struct tlog_scene_file *file = tlog_scene_find((struct tlog_scene *)files, path);
    *size_out = 0;
    if (file == NULL) {
        return FAULT(FAULT_MISSING, "%s", path);
    }
    if (!span_copy(span_of(file->data, file->size), target, bytes_max)) {
        return FAULT(FAULT_LIMIT, "%s", path);
    }
    *size_out = file->size;
    return FAULT_NONE;
}

static enum fault scene_widths(struct tlog_partials *partials, const char *folder,
                               bool present[TLOG_TILE_WIDTH])
{
    u8 *base = (u8 *)partials - offsetof(struct tlog_scene, partials);
    struct tlog_scene *scene = (struct tlog_scene *)(void *)base;
    for (u32 width = 1; width < TLOG_TILE_WIDTH; width += 1) {
        char path[TLOG_TILE_PATH_BYTES + 8];
        (void)snprintf(path, sizeof(path), "%s/%u", folder, width);
        present[width] = tlog_scene_find(scene, path) != NULL;
    }
    return FAULT_NONE;
}

/* ---- keys ---- */

static void key_make(struct tlog_scene *scene, const char *name, enum tlog_key_kind kind,
                     struct sign_pair *pair, struct tlog_key *key)
{
    char text[SIGN_PUBLIC_TEXT_BYTES];
    char signature[SIGN_SIGNATURE_TEXT_BYTES];
    u8 public_key[TLOG_KEY_BYTES];
    enum fault fault = sign_pair_make(pair);
    CHECK(fault == FAULT_NONE);
    fault = sign_with_private(span_of_text(pair->private_pem), span_of_text("x"), text, signature);
    CHECK(fault == FAULT_NONE);
    size_t size = sign_decode_base64(span_of_text(text), public_key, sizeof(public_key));
    CHECK(size == sizeof(public_key));
    tlog_key_make(&scene->crypto.sha256, span_of_text(name), kind, public_key, key);
}

struct tlog_scene *tlog_scene_open(u64 seed)
{
    struct tlog_scene *scene = calloc(1, sizeof(*scene));
    CHECK(scene != NULL);
    enum fault fault = tlog_crypto_open(&scene->crypto);
    CHECK(fault == FAULT_NONE);
    scene->files.read = scene_read;
    scene->partials.widths = scene_widths;
    scene->seed = seed;
    key_make(scene, TLOG_SCENE_ORIGIN, TLOG_KEY_LOG, &scene->log_pair, &scene->log_key);
    for (u32 i = 0; i < TLOG_SCENE_WITNESSES; i += 1) {
        char name[32];
        (void)snprintf(name, sizeof(name), "w%u.invalid/witness", i + 1);
        key_make(scene, name, TLOG_KEY_WITNESS, &scene->pairs[i], &scene->keys[i]);
    }
    return scene;
}

void tlog_scene_close(struct tlog_scene *scene)
{
    while (scene->list_count > 0) {
        tlog_scene_remove(scene, scene->list[0].path);
    }
    tlog_crypto_close(&scene->crypto);
    free(scene);
}

void tlog_scene_policy(const struct tlog_scene *scene, char policy_out[TLOG_SCENE_POLICY_BYTES])
{
    char log[TLOG_VKEY_BYTES];
    char keys[TLOG_SCENE_WITNESSES][TLOG_VKEY_BYTES];
    tlog_key_text(&scene->log_key, log);
    for (u32 i = 0; i < TLOG_SCENE_WITNESSES; i += 1) {
        tlog_key_text(&scene->keys[i], keys[i]);
    }
    int size = snprintf(policy_out, TLOG_SCENE_POLICY_BYTES,
                        "# a log for tests\nlog %s\n\nwitness w1 %s\nwitness w2 %s\nwitness w3 %s "
                        "http://w3.invalid/\ngroup most 2 w1 w2 w3\nquorum most\noperator venue w1 "
                        "w2\noperator somebody w3\n",
                        log, keys[0], keys[1], keys[2]);
    CHECK(size > 0 && (u32)size < TLOG_SCENE_POLICY_BYTES);
}

/* ---- growing ---- */

struct span tlog_scene_entry(const struct tlog_scene *scene, u64 index, char target[64])
{
    if ((index * 7 + scene->seed) % 11 == 0) {
        return span_of(target, 0);
    }
    int size = snprintf(target, 64, "entry %llu of %llu", (unsigned long long)index,
                        (unsigned long long)scene->seed);
    return span_of(target, (size_t)size);
}

void tlog_scene_sign(struct tlog_scene *scene, const char *body, u64 time_s, u32 witnesses)
{
    char note[4096];
    char line[TLOG_LINE_BYTES];
    enum fault fault = tlog_note_sign(span_of_text(scene->log_pair.private_pem), &scene->log_key, 0,
                                      span_of_text(body), line);
    CHECK(fault == FAULT_NONE);
    int size = snprintf(note, sizeof(note), "%s\n%s", body, line);
    for (u32 i = 0; i < witnesses; i += 1) {
        fault = tlog_note_sign(span_of_text(scene->pairs[i].private_pem), &scene->keys[i],
                               time_s + i, span_of_text(body), line);
        CHECK(fault == FAULT_NONE);
        size += snprintf(note + size, sizeof(note) - (size_t)size, "%s", line);
    }
    CHECK((size_t)size < sizeof(note));
    tlog_scene_put(scene, "checkpoint", span_of(note, (size_t)size));
}

/* The hashes of a level, from the first on; the caller frees them. */
static struct tlog_hash *level_hashes(struct tlog_scene *scene, u32 level, u64 *count_out)
{
    u64 count = scene->size >> (TLOG_TILE_HEIGHT * level);
    struct tlog_hash *hashes = calloc(count + 1, sizeof(*hashes));
    CHECK(hashes != NULL);
    *count_out = count;
    if (level == 0) {
        for (u64 i = 0; i < count; i += 1) {
            char text[64];
            tlog_hash_leaf(&scene->crypto.sha256, tlog_scene_entry(scene, i, text), &hashes[i]);
        }
        return hashes;
    }
    u64 below_count = 0;
    struct tlog_hash *below = level_hashes(scene, level - 1, &below_count);
    for (u64 i = 0; i < count; i += 1) {
        tlog_tile_root(&scene->crypto.sha256, below + i * TLOG_TILE_WIDTH, 0, TLOG_TILE_HEIGHT,
                       &hashes[i]);
    }
    free(below);
    return hashes;
}

static void bundle_put(struct tlog_scene *scene, u64 index, u32 width)
{
    static u8 bundle[TLOG_TILE_WIDTH * 66];
    char path[TLOG_TILE_PATH_BYTES];
    size_t used = 0;
    for (u32 i = 0; i < width; i += 1) {
        char text[64];
        used = tlog_bundle_put(bundle, sizeof(bundle), used,
                               tlog_scene_entry(scene, index * TLOG_TILE_WIDTH + i, text));
        CHECK(used > 0);
    }
    tlog_tile_path(
        (struct tlog_tile_name){.level = TLOG_TILE_ENTRIES, .width = width, .index = index}, path);
    tlog_scene_put(scene, path, span_of(bundle, used));
}

void tlog_scene_grow(struct tlog_scene *scene, u64 size, u64 time_s)
{
    char body[TLOG_CHECKPOINT_BYTES];
    struct tlog_range range = {.size = 0};
    struct tlog_checkpoint checkpoint = {.origin = span_of_text(TLOG_SCENE_ORIGIN), .size = size};
    scene->size = size;
    for (u32 level = 0; level == 0 || tlog_tile_count(size, level) > 0; level += 1) {
        u64 count = 0;
        struct tlog_hash *hashes = level_hashes(scene, level, &count);
        for (u64 index = 0; index < tlog_tile_count(size, level); index += 1) {
            char path[TLOG_TILE_PATH_BYTES];
            u32 width = tlog_tile_width(size, level, index);
            tlog_tile_path((struct tlog_tile_name){.level = level, .width = width, .index = index},
                           path);
            tlog_scene_put(
                scene, path,
                span_of(hashes[index * TLOG_TILE_WIDTH].bytes, (size_t)width * TLOG_HASH_BYTES));
            if (level == 0) {
                bundle_put(scene, index, width);
            }
        }
        for (u64 i = 0; level == 0 && i < count; i += 1) {
            tlog_range_add(&scene->crypto.sha256, &range, &hashes[i]);
        }
        free(hashes);
    }
    tlog_range_root(&scene->crypto.sha256, &range, &checkpoint.root);
    (void)tlog_checkpoint_write(&checkpoint, body);
    tlog_scene_sign(scene, body, time_s, TLOG_SCENE_WITNESSES);
}
