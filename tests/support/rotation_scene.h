/* A rotation as tests change it: the officers, circle and log of an opening (opening_scene.h),
 * whose groups are the old ones, new groups of the next epoch, and records of many people. */
#ifndef TESTS_SUPPORT_ROTATION_SCENE_H
#define TESTS_SUPPORT_ROTATION_SCENE_H

#include "role/vault/rewrapper.h"
#include "role/vault/rotation_book.h"
#include "tests/support/opening_scene.h"

#define ROTATION_SCENE_RECORDS 4096U
#define ROTATION_SCENE_BODY    SEAL_BODY_BYTES(64U)

struct rotation_scene_record {
    struct seal_label label;
    u8 key[SEAL_KEY_SIZE]; /* for tests that look for it */
    u8 body[ROTATION_SCENE_BODY];
    u8 hash[SEAL_HASH_BYTES];
    struct seal_wrap wrap;
};

struct rotation_scene {
    struct opening_scene old;
    struct share_scene sides[2]; /* of epoch 2 */
    struct share_key key;
    struct opening_judge opening_judge;
    struct rotation_judge judge;
    u32 records_count;
    struct rotation_scene_record records[ROTATION_SCENE_RECORDS];
};

/* The old groups of epoch 1, the new ones of epoch 2, each 2 of 3; no records. The judge's clock is
 * the caller's to set. */
void rotation_scene_open(struct rotation_scene *scene);
void rotation_scene_close(struct rotation_scene *scene);

/* Seals so many records more for the old key: of the persons from `person` on, each with one of
 * group bank. Their texts hold OPENING_SCENE_CANARY. */
void rotation_scene_add(struct rotation_scene *scene, u64 person, u32 count);
/* Their rows into a file that must not be there. */
void rotation_scene_rows(const struct rotation_scene *scene, const char *path);
/* The rotation of the rows in that file, issued then, for four days. */
struct rotation rotation_scene_make(const struct rotation_scene *scene, const char *rows,
                                    u64 issued_s);
/* With the approvals of these officers ("0" to "5"). */
void rotation_scene_sign(const struct rotation_scene *scene, const struct rotation *rotation,
                         const char *officers, struct rotation_file *file_out);

#endif /* TESTS_SUPPORT_ROTATION_SCENE_H */
