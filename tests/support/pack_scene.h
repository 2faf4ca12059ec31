/* A folder of canonical packs, and perhaps a shelf that has read it. */
#ifndef TESTS_SUPPORT_PACK_SCENE_H
#define TESTS_SUPPORT_PACK_SCENE_H

#include "role/gateway/pack_shelf.h"

struct pack_scene {
    struct disk *disk;
    char folder[64];
    struct pack_shelf *shelf;
};

/* Three rules with an amount of EUR 10,000.00: 0 over it, 1 when listed, both told to customers,
 * and 2, told to nobody. */
extern const char pack_scene_text[];

/* A new folder of the machine, or this one of another disk. */
void pack_scene_open(struct pack_scene *scene);
void pack_scene_at(struct pack_scene *scene, struct disk *disk, const char *folder);
/* Writes a file NAME.json as it is; where `name` is NULL, under the hash of its bytes. */
void pack_scene_write(struct pack_scene *scene, const char *name, const char *text,
                      u8 hash_out[32]);
void pack_scene_groups(struct pack_scene *scene, const u8 hash[32], const char *text);
/* Reads the folder (again). */
void pack_scene_read(struct pack_scene *scene);
void pack_scene_close(struct pack_scene *scene);

#endif /* TESTS_SUPPORT_PACK_SCENE_H */
