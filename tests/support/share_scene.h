/* Officers of a vault who hold a ceremony: their keys, their shares, and the group they make. The
 * secrets lie open here, for tests only. */
#ifndef TESTS_SUPPORT_SHARE_SCENE_H
#define TESTS_SUPPORT_SHARE_SCENE_H

#include "role/vault/share_text.h"

struct share_scene {
    struct share_transcript transcript;
    struct share_group group;
    struct seal_scalar keys[SHARE_MEMBERS_MAX];   /* of each member */
    struct seal_scalar shares[SHARE_MEMBERS_MAX]; /* after the ceremony */
};

/* A roster of `count` fresh officers, named by side, generation and number. */
void share_scene_roster(struct share_scene *scene, enum share_side side, u32 epoch, u32 threshold,
                        u32 count);

/* A whole first ceremony. */
void share_scene_hold(struct seal_room *room, struct share_scene *scene, enum share_side side,
                      u32 epoch, u32 threshold, u32 count);

/* `next`: fresh officers take over from the members `dealers` (indexes, in order) of `old`. */
void share_scene_reshare(struct seal_room *room, const struct share_scene *old,
                         struct share_scene *next, const u32 *dealers, u32 threshold, u32 count);

#endif /* TESTS_SUPPORT_SHARE_SCENE_H */
