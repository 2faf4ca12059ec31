#include "tests/support/rotation_scene.h"

#include "base/check.h"
#include "base/span.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

static void must(enum fault fault)
{
    if (fault != FAULT_NONE) {
        fail_msg("%s", fault_text());
    }
}

static void epoch_of(const struct share_key *key, const struct share_scene sides[2],
                     struct rotation_epoch *epoch_out)
{
    u8 hashes[2][SHARE_HASH_BYTES];
    for (u32 i = 0; i < 2; i += 1) {
        share_transcript_hash(&sides[i].transcript, hashes[i]);
    }
    rotation_epoch_of(key, hashes[0], hashes[1], epoch_out);
}

void rotation_scene_open(struct rotation_scene *scene)
{
    memset(scene, 0, sizeof(*scene));
    opening_scene_open(&scene->old);
    share_scene_hold(scene->old.room, &scene->sides[0], SHARE_SIDE_A, 2, 2, 3);
    share_scene_hold(scene->old.room, &scene->sides[1], SHARE_SIDE_B, 2, 2, 3);
    must(share_key_form(&scene->sides[0].group, &scene->sides[1].group, &scene->key));
    scene->opening_judge = (struct opening_judge){.crypto = &scene->old.crypto,
                                                  .policy = &scene->old.policy,
                                                  .circle = &scene->old.circle,
                                                  .key = &scene->old.key};
    scene->judge.judge = &scene->opening_judge;
    epoch_of(&scene->old.key, scene->old.sides, &scene->judge.from);
    epoch_of(&scene->key, scene->sides, &scene->judge.to);
}

void rotation_scene_close(struct rotation_scene *scene)
{
    opening_scene_close(&scene->old);
}

/* ---- records ---- */

void rotation_scene_add(struct rotation_scene *scene, u64 person, u32 count)
{
    CHECK(count <= ROTATION_SCENE_RECORDS - scene->records_count);
    for (u32 i = 0; i < count; i += 1) {
        struct rotation_scene_record *record = &scene->records[scene->records_count];
        char text[64];
        (void)snprintf(text, sizeof(text), "account: " OPENING_SCENE_CANARY " of %llu\n",
                       (unsigned long long)(person + i));
        record->label = (struct seal_label){.subject = person + i,
                                            .version = 1,
                                            .epoch = 1,
                                            .group = SEAL_GROUP_BANK,
                                            .retention = 1};
        seal_key_make(record->key);
        CHECK(SEAL_BODY_BYTES(strlen(text)) == ROTATION_SCENE_BODY);
        seal_body_close(&record->label, record->key, span_of_text(text), record->body,
                        record->hash);
        must(seal_wrap_make(scene->old.room, &record->label, &scene->old.key.public, record->key,
                            record->hash, &record->wrap));
        scene->records_count += 1;
    }
}

void rotation_scene_rows(const struct rotation_scene *scene, const char *path)
{
    struct rotation_writer writer;
    u8 hash[SHA256_BYTES];
    must(rotation_writer_open(disk_real(), path, true, &writer));
    for (u32 i = 0; i < scene->records_count; i += 1) {
        struct opening_row row = {.label = scene->records[i].label, .wrap = scene->records[i].wrap};
        memcpy(row.body_hash, scene->records[i].hash, SEAL_HASH_BYTES);
        must(rotation_writer_put(&writer, &row, 1));
    }
    must(rotation_writer_end(&writer, hash));
    rotation_writer_close(&writer);
}

/* ---- the rotation ---- */

struct rotation rotation_scene_make(const struct rotation_scene *scene, const char *rows,
                                    u64 issued_s)
{
    struct rotation_table table;
    must(rotation_table_open(disk_real(), rows, true, &table));
    struct rotation rotation = {.venue = "demo.invalid",
                                .from = scene->judge.from,
                                .to = scene->judge.to,
                                .records = table.count,
                                .issued_s = issued_s,
                                .expires_s = issued_s + GRANT_BULK_S,
                                .log_size = scene->old.leaves_count};
    memcpy(rotation.rows, table.hash, sizeof(rotation.rows));
    randombytes_buf(rotation.name, sizeof(rotation.name));
    randombytes_buf(rotation.nonce, sizeof(rotation.nonce));
    rotation_table_close(&table);
    return rotation;
}

void rotation_scene_sign(const struct rotation_scene *scene, const struct rotation *rotation,
                         const char *officers, struct rotation_file *file_out)
{
    memset(file_out, 0, sizeof(*file_out));
    file_out->rotation = *rotation;
    file_out->text_bytes = rotation_print(rotation, file_out->text);
    (void)crypto_hash_sha256(file_out->hash, (const u8 *)file_out->text, file_out->text_bytes);
    for (; *officers != 0; officers += 1) {
        struct grant_signature signature;
        opening_scene_signature(&scene->old, (u32)(*officers - '0'),
                                span_of(file_out->text, file_out->text_bytes), &signature);
        must(rotation_file_add(file_out, &signature));
    }
}
