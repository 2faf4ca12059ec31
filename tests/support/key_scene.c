#include "tests/support/key_scene.h"

#include "role/gateway/keystore.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void view_make(struct key_scene *scene)
{
    struct command_genesis limits = {.semantics_version = 1,
                                     .assets_max = 1,
                                     .markets_max = 1,
                                     .networks_max = 1,
                                     .fee_tiers_max = 1,
                                     .accounts_max = KEY_SCENE_ACCOUNTS,
                                     .balance_rows_max = 3,
                                     .positions_max = 1,
                                     .orders_max = 1,
                                     .keys_max = KEY_SCENE_KEYS_MAX};
    struct view_config config = {.limits = limits,
                                 .closed_orders_max = 2,
                                 .closed_lists_max = 1,
                                 .fills_max = 1,
                                 .trades_max = 1,
                                 .changes_max = 1};
    struct arena arena;
    size_t bytes = (view_footprint(&config) + 63) & ~(size_t)63;
    assert_true(bytes > 0);
    scene->memory = aligned_alloc(64, bytes);
    assert_non_null(scene->memory);
    memset(scene->memory, 0, bytes);
    arena_init(&arena, scene->memory, bytes);
    assert_int_equal(view_open(&scene->view, &config, &arena), FAULT_NONE);
}

void key_scene_open(struct key_scene *scene)
{
    struct command_account_add account = {.trade_group = 0xFFFFFFFFU};
    *scene = (struct key_scene){.seq = 0};
    (void)snprintf(scene->folder, sizeof(scene->folder), "/tmp/cambist-keys-XXXXXX");
    assert_non_null(mkdtemp(scene->folder));
    view_make(scene);
    for (u32 i = 0; i < KEY_SCENE_ACCOUNTS; i += 1) {
        assert_int_equal(key_scene_applied(scene, &account, COMMAND_ACCOUNT_ADD, i), FAULT_NONE);
    }
}

void key_scene_close(struct key_scene *scene)
{
    static const char *const names[] = {KEYSTORE_FILE, KEYSTORE_FILE "-wal", KEYSTORE_FILE "-shm",
                                        KEYSTORE_SEAL_FILE};
    free(scene->memory);
    for (u32 i = 0; i < ARRAY_COUNT(names); i += 1) {
        char path[FILE_PATH_BYTES];
        assert_int_equal(file_path(path, scene->folder, names[i]), FAULT_NONE);
        (void)unlink(path);
    }
    assert_int_equal(rmdir(scene->folder), 0);
    fault_forget();
}

enum fault key_scene_applied(struct key_scene *scene, const void *command, u16 kind, u32 account)
{
    struct {
        struct event_applied event;
        u8 command[COMMAND_BYTES_MAX];
    } record = {.event = {.head = {.kind = EVENT_APPLIED, .account = account}}};
    u32 bytes = wire_commands[kind].size;
    struct command_head head = {.kind = kind, .units = (u8)(bytes / WIRE_UNIT), .account = account};
    memcpy(record.command, command, bytes);
    memcpy(record.command, &head, sizeof(head));
    bytes += (u32)sizeof(record.event);
    record.event.head.units = (u8)(bytes / WIRE_UNIT);
    record.event.head.seq = ++scene->seq;
    return view_apply(scene->view, (const u8 *)&record, bytes);
}
