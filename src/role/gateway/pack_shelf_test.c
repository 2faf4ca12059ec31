/* Aim: the shelf holds what is in the folder under the hash of its bytes, and nothing else.
 * Method: folders with good, wrong, cut and strange files; bounds reached and passed. */
#include "role/gateway/pack_shelf.h"

#include "tests/support/pack_scene.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct pack_scene scene;

static int open_scene(void **state)
{
    (void)state;
    pack_scene_open(&scene);
    return 0;
}

static int close_scene(void **state)
{
    (void)state;
    pack_scene_close(&scene);
    return 0;
}

/* A small pack of this id and version. */
static void write_pack(const char *id, u32 version, u8 hash_out[32])
{
    char text[512];
    (void)snprintf(text, sizeof text,
                   "{\"pack\":{\"id\":\"%s\",\"version\":\"%u\"},\"rules\":[{\"id\":\"r\"}]}", id,
                   version);
    pack_scene_write(&scene, NULL, text, hash_out);
}

static void reads_a_folder_in_order(void **state)
{
    (void)state;
    u8 hash[32];
    write_pack("b", 2, hash);
    write_pack("b", 10, hash);
    write_pack("aa", 1, hash);
    write_pack("a", 7, hash);
    write_pack("b", 1, hash);
    pack_scene_read(&scene);
    static const char *const ids[] = {"a", "aa", "b", "b", "b"};
    static const u32 versions[] = {7, 1, 1, 2, 10};
    for (u32 i = 0; i < ARRAY_COUNT(ids); i += 1) {
        const struct shelf_pack *pack = pack_shelf_at(scene.shelf, i);
        assert_non_null(pack);
        assert_true(span_equal(pack->text.id, span_of_text(ids[i])));
        assert_int_equal(pack->text.version, versions[i]);
        assert_ptr_equal(pack_shelf_find(scene.shelf, pack->hash), pack);
        assert_ptr_equal(pack_shelf_named(scene.shelf, span_of_text(pack->name)), pack);
    }
    assert_null(pack_shelf_at(scene.shelf, ARRAY_COUNT(ids)));
    assert_null(pack_shelf_named(scene.shelf, span_of_text("none")));
    assert_null(pack_shelf_at(NULL, 0));
    assert_null(pack_shelf_find(NULL, hash));
}

static void a_folder_that_is_not_there_is_empty(void **state)
{
    (void)state;
    struct pack_shelf *shelf = NULL;
    char path[128];
    (void)snprintf(path, sizeof path, "%s/none", scene.folder);
    assert_int_equal(pack_shelf_open(&shelf, disk_real(), path), FAULT_NONE);
    assert_null(pack_shelf_at(shelf, 0));
    pack_shelf_close(shelf);
}

static void fetches_what_comes_later(void **state)
{
    (void)state;
    u8 hash[32];
    u8 other[32] = {1, 2, 3};
    pack_scene_read(&scene);
    pack_shelf_fetch(scene.shelf, other);
    assert_null(pack_shelf_find(scene.shelf, other));
    write_pack("late", 1, hash);
    assert_null(pack_shelf_find(scene.shelf, hash));
    pack_shelf_fetch(scene.shelf, hash);
    pack_shelf_fetch(scene.shelf, hash);
    assert_non_null(pack_shelf_find(scene.shelf, hash));
    assert_non_null(pack_shelf_at(scene.shelf, 0));
    assert_null(pack_shelf_at(scene.shelf, 1));
}

static void leaves_out_what_is_no_pack(void **state)
{
    (void)state;
    u8 hash[32];
    static const char *const texts[] = {"", "{", "{}", "[]", "{\"pack\":{},\"rules\":[]}"};
    for (u32 i = 0; i < ARRAY_COUNT(texts); i += 1) {
        pack_scene_write(&scene, NULL, texts[i], hash);
    }
    /* Names that are none, and a good pack under the name of another. */
    pack_scene_write(&scene, "pack", pack_scene_text, hash);
    char name[65];
    memset(name, 'a', 64);
    name[64] = 0;
    pack_scene_write(&scene, name, pack_scene_text, hash);
    memset(name, 'A', 64);
    pack_scene_write(&scene, name, pack_scene_text, hash);
    pack_scene_read(&scene);
    assert_null(pack_shelf_at(scene.shelf, 0));
}

static void tells_groups_and_never_more(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        u32 count;
    } cases[] = {
        {"{\"groups\":[\"legal\",\"compliance\"]}", 2},
        {"{\"groups\":[]}", 0},
        {"{\"groups\":[\"a\",\"b\",\"c\",\"d\"]}", SHELF_GROUPS_MAX},
        {"{\"groups\":[\"a\",\"b\",\"c\",\"d\",\"e\"]}", 0},
        {"{\"groups\":[\"legal\"],\"names\":[\"x\"]}", 0},
        {"{\"names\":[\"x\"]}", 0},
        {"{\"groups\":[\"le\\u0067al\"]}", 0},
        {"{\"groups\":[1]}", 0},
        {"{\"groups\":[\"0123456789012345678901234567890\"]}", 1},
        {"{\"groups\":[\"01234567890123456789012345678901\"]}", 0},
        {"", 0},
    };
    u8 hash[32];
    for (u32 i = 0; i < ARRAY_COUNT(cases); i += 1) {
        pack_scene_write(&scene, NULL, pack_scene_text, hash);
        pack_scene_groups(&scene, hash, cases[i].text);
        pack_scene_read(&scene);
        assert_int_equal(pack_shelf_find(scene.shelf, hash)->groups_count, cases[i].count);
    }
    pack_scene_groups(&scene, hash, cases[0].text);
    pack_scene_read(&scene);
    assert_string_equal(pack_shelf_find(scene.shelf, hash)->groups[1], "compliance");
}

static void is_full_at_its_bounds(void **state)
{
    (void)state;
    u8 hash[32];
    for (u32 i = 0; i <= SHELF_PACKS_MAX; i += 1) {
        write_pack("many", i + 1, hash);
    }
    pack_scene_read(&scene);
    assert_non_null(pack_shelf_at(scene.shelf, SHELF_PACKS_MAX - 1));
    assert_null(pack_shelf_at(scene.shelf, SHELF_PACKS_MAX));
}

/* Canonical forms as large as they may be, until there is no room for another. */
static void is_full_of_bytes(void **state)
{
    (void)state;
    u8 hash[32];
    char *text = malloc(PACK_TEXT_JSON_MAX + 2);
    assert_non_null(text);
    for (u32 i = 0; i <= SHELF_BYTES_MAX / PACK_TEXT_JSON_MAX; i += 1) {
        int head = snprintf(
            text, 256, "{\"pack\":{\"id\":\"p\",\"version\":\"%u\"},\"rules\":[{\"id\":\"r\"}]}",
            i + 1);
        memset(text + head, ' ', PACK_TEXT_JSON_MAX - (u32)head);
        text[PACK_TEXT_JSON_MAX] = 0;
        pack_scene_write(&scene, NULL, text, hash);
    }
    memset(text + PACK_TEXT_JSON_MAX, ' ', 1);
    text[PACK_TEXT_JSON_MAX + 1] = 0;
    u8 too_large[32];
    pack_scene_write(&scene, NULL, text, too_large);
    pack_scene_read(&scene);
    assert_null(pack_shelf_find(scene.shelf, too_large));
    assert_non_null(pack_shelf_at(scene.shelf, SHELF_BYTES_MAX / PACK_TEXT_JSON_MAX - 1));
    assert_null(pack_shelf_at(scene.shelf, SHELF_BYTES_MAX / PACK_TEXT_JSON_MAX));
    free(text);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, open_scene, close_scene)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(reads_a_folder_in_order),
        CASE(a_folder_that_is_not_there_is_empty),
        CASE(fetches_what_comes_later),
        CASE(leaves_out_what_is_no_pack),
        CASE(tells_groups_and_never_more),
        CASE(is_full_at_its_bounds),
        CASE(is_full_of_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
