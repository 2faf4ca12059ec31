#include "tests/support/payout_scene.h"

#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct lookup_result *answer(struct call_scene *call, const struct lookup_ask *ask)
{
    struct payout_scene *scene = call->argument;
    assert_int_equal(ask->position_min, view_place(call->view.view).position);
    scene->found.kind = (enum lookup_kind)ask->lookup;
    return &scene->found;
}

void payout_scene_open(struct payout_scene *scene)
{
    memset(scene, 0, sizeof *scene);
    call_scene_open(&scene->call, &scene->ask);
    scene->call.argument = scene;
    scene->call.answer = answer;
    (void)snprintf(scene->folder, sizeof scene->folder, "/tmp/cambist-payout-XXXXXX");
    assert_non_null(mkdtemp(scene->folder));
    assert_int_equal(payouts_open(&scene->payouts, scene->folder), FAULT_NONE);
    scene->call.venue.payouts = &scene->payouts;
    scene->call.venue.withdraw_fee_bp = 10;
    payout_scene_lay(scene, NULL, 0);
}

void payout_scene_close(struct payout_scene *scene)
{
    call_scene_close(&scene->call);
    payouts_close(&scene->payouts);
    static const char *const names[] = {PAYOUT_FILE, PAYOUT_FILE "-wal", PAYOUT_FILE "-shm"};
    for (u32 i = 0; i < ARRAY_COUNT(names); i++) {
        char path[128];
        (void)snprintf(path, sizeof path, "%s/%s", scene->folder, names[i]);
        (void)unlink(path);
    }
    assert_int_equal(rmdir(scene->folder), 0);
}

void payout_scene_lay(struct payout_scene *scene, const void *rows, u32 count)
{
    scene->found = (struct lookup_result){.status = LOOKUP_OK, .count = count, .rows = rows};
}

void payout_scene_restrict(struct payout_scene *scene, u32 account, u64 restrictions)
{
    struct command_restrict command = {.restrictions = restrictions};
    world_apply(&scene->call.world, &command, COMMAND_RESTRICT, account);
    call_scene_follow(&scene->call);
}
