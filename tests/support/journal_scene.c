#include "tests/support/journal_scene.h"

#include "base/check.h"
#include "base/span.h"

#include <string.h>

int scene_open(void **state)
{
    static struct scene scene;
    scene.disk = disk_false_open(&(struct disk_false_config){.seed = test_seed()});
    journal_world_init(&scene.world, disk_false_disk(scene.disk), JOURNAL_WORLD_FOLDER,
                       test_seed());
    scene.world.units_max = 1;
    CHECK(scene.world.config.segment_bytes == SCENE_SEGMENT_BYTES);
    *state = &scene;
    return sha256_open(&scene.sha256) == FAULT_NONE ? 0 : 1;
}

int scene_close(void **state)
{
    struct scene *scene = *state;
    journal_world_free(&scene->world);
    disk_false_close(scene->disk);
    sha256_close(&scene->sha256);
    return 0;
}

void assert_ok(enum fault fault)
{
    if (fault != FAULT_NONE) {
        fail_msg("%s: %s", fault_name(fault), fault_text());
    }
}

void assert_fault(enum fault fault, enum fault expected, const char *text)
{
    assert_string_equal(fault_name(fault), fault_name(expected));
    assert_string_equal(fault_text(), text);
}

static void write_abc(struct journal_world *world)
{
    assert_true(journal_world_submit(world, 100) && journal_world_settle(world));
    assert_true(journal_world_submit(world, 200) && journal_world_settle(world));
    assert_true(journal_world_submit(world, 100) && journal_world_settle(world));
}

void scene_write(struct scene *scene, bool sealed)
{
    assert_ok(journal_world_start(&scene->world));
    write_abc(&scene->world);
    assert_true(!sealed || journal_world_seal(&scene->world));
    journal_world_stop(&scene->world);
}

void scene_write_three(struct scene *scene)
{
    for (u32 index = 0; index < 3; index += 1) {
        /* A larger bound on batches needs a new segment. */
        scene->world.config.batch_bytes_max = (5 + index) * SCENE_BLOCK;
        assert_ok(journal_world_start(&scene->world));
        write_abc(&scene->world);
        journal_world_stop(&scene->world);
    }
}

enum fault scene_read(struct scene *scene)
{
    scene->world.seq_durable = 1;
    return journal_world_read(&scene->world);
}

void scene_rots(struct scene *scene, const char *text)
{
    assert_fault(scene_read(scene), FAULT_ROT, text);
}

const struct journal_end *scene_end(struct scene *scene)
{
    if (scene->world.tally.wrong != NULL) {
        fail_msg("%s", scene->world.tally.wrong);
    }
    return &scene->world.tally.end;
}

void scene_take(struct scene *scene, const char *path)
{
    struct span content;
    bool found = disk_false_find(scene->disk, path, &content);
    assert_true(found && span_copy(content, scene->bytes, sizeof(scene->bytes)));
    scene->size = content.size;
}

void scene_put(struct scene *scene, const char *path)
{
    disk_false_put(scene->disk, path, span_of(scene->bytes, scene->size));
}

void scene_zero(struct scene *scene, const char *path, size_t from, size_t to)
{
    scene_take(scene, path);
    memset(scene->bytes + from, 0, to - from);
    scene_put(scene, path);
}

void scene_flip(struct scene *scene, const char *path, u64 offset)
{
    disk_false_flip(scene->disk, path, offset, (u32)(offset % 8));
}
