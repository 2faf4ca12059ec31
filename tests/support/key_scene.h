/* A folder for keys.db, and a small view that is told which keys are in force. */
#ifndef TESTS_SUPPORT_KEY_SCENE_H
#define TESTS_SUPPORT_KEY_SCENE_H

#include "io/file.h"
#include "role/gateway/view.h"

enum { KEY_SCENE_KEYS_MAX = 8, KEY_SCENE_ACCOUNTS = 2 };

struct key_scene {
    char folder[FILE_PATH_BYTES];
    struct view *view;
    void *memory;
    u64 seq;
};

/* An empty folder; a view of a venue with KEY_SCENE_ACCOUNTS accounts and this limit of keys. */
void key_scene_open(struct key_scene *scene);
/* The files of the keystore go with the folder; anything else in it fails the test. */
void key_scene_close(struct key_scene *scene);

/* The view sees that this command was applied. */
enum fault key_scene_applied(struct key_scene *scene, const void *command, u16 kind, u32 account);

#endif /* TESTS_SUPPORT_KEY_SCENE_H */
