#include "tests/support/share_scene.h"

#include "role/vault/share_part.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

static void fill_roster(struct share_scene *scene)
{
    struct share_roster *roster = &scene->transcript.roster;
    (void)snprintf(roster->venue, sizeof(roster->venue), "demo.invalid");
    for (u32 i = 0; i < roster->count; i += 1) {
        (void)snprintf(roster->members[i].name, sizeof(roster->members[i].name), "%c%u-%u",
                       roster->side == SHARE_SIDE_A ? 'a' : 'b', roster->generation % 1000,
                       (i + 1) % 100);
        seal_scalar_random(&scene->keys[i]);
        assert_true(seal_point_of(&scene->keys[i], &roster->members[i].key));
    }
    assert_int_equal(share_roster_check(roster), FAULT_NONE);
    share_roster_hash(roster);
}

void share_scene_roster(struct share_scene *scene, enum share_side side, u32 epoch, u32 threshold,
                        u32 count)
{
    memset(scene, 0, sizeof(*scene));
    scene->transcript.roster =
        (struct share_roster){.side = side, .epoch = epoch, .threshold = threshold, .count = count};
    fill_roster(scene);
}

/* The members take their shares and confirm. */
static void close_ceremony(struct seal_room *room, struct share_scene *scene,
                           const struct share_group *before, const u8 *before_hash)
{
    struct share_transcript *transcript = &scene->transcript;
    u8 gathered[SHARE_HASH_BYTES];
    assert_int_equal(share_deals_check(&transcript->roster, transcript->deals,
                                       transcript->deals_count, before, &scene->group),
                     FAULT_NONE);
    transcript->public = scene->group.public;
    share_transcript_hash_gathered(transcript, gathered);
    for (u32 i = 0; i < transcript->roster.count; i += 1) {
        assert_int_equal(share_deals_take(room, &scene->group, transcript->deals,
                                          transcript->deals_count, i + 1, &scene->keys[i],
                                          &scene->shares[i]),
                         FAULT_NONE);
        assert_int_equal(share_drill(room, &scene->group, i + 1, &scene->shares[i], gathered,
                                     &transcript->confirmed[i]),
                         FAULT_NONE);
    }
    transcript->confirmed_count = transcript->roster.count;
    assert_int_equal(share_transcript_check(transcript, before, before_hash, &scene->group),
                     FAULT_NONE);
}

void share_scene_hold(struct seal_room *room, struct share_scene *scene, enum share_side side,
                      u32 epoch, u32 threshold, u32 count)
{
    share_scene_roster(scene, side, epoch, threshold, count);
    for (u32 i = 0; i < count; i += 1) {
        share_deal_make(room, &scene->transcript.roster, i + 1, NULL, &scene->transcript.deals[i]);
    }
    scene->transcript.deals_count = count;
    close_ceremony(room, scene, NULL, NULL);
}

void share_scene_reshare(struct seal_room *room, const struct share_scene *old,
                         struct share_scene *next, const u32 *dealers, u32 threshold, u32 count)
{
    const struct share_roster *before = &old->group.roster;
    memset(next, 0, sizeof(*next));
    next->transcript.roster = (struct share_roster){.side = before->side,
                                                    .epoch = before->epoch,
                                                    .generation = before->generation + 1,
                                                    .threshold = threshold,
                                                    .count = count};
    share_transcript_hash(&old->transcript, next->transcript.roster.before);
    fill_roster(next);
    for (u32 i = 0; i < before->threshold; i += 1) {
        share_deal_make(room, &next->transcript.roster, dealers[i], &old->shares[dealers[i] - 1],
                        &next->transcript.deals[i]);
    }
    next->transcript.deals_count = before->threshold;
    close_ceremony(room, next, &old->group, next->transcript.roster.before);
}
