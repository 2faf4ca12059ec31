#include "tests/support/pack_scene.h"

#include "tests/support/test.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char pack_scene_text[] =
    "{\"pack\":{\"effective_from\":\"2022-04-09\",\"effective_until\":\"2022-10-07\","
    "\"id\":\"law-a\",\"jurisdiction\":\"EU\",\"origin\":\"law\",\"published\":\"2022-04-08\","
    "\"title\":{\"en\":\"Act A\",\"fr\":\"Acte A\"},\"version\":\"1\"},\"rules\":["
    "{\"audience\":\"customer\",\"cite\":[{\"article\":\"5b\",\"paragraph\":\"2\","
    "\"source\":\"none-such\"}],\"explain\":{\"en\":\"Above the amount only withdrawals.\","
    "\"fr\":\"Au-dessus du montant, seuls les retraits.\"},\"id\":\"a.over\","
    "\"on_unknown\":{\"actions\":[\"review\"],\"days\":\"14\",\"evidence\":\"residence\","
    "\"then\":[\"withdraw_only\"]},\"scope\":\"person\","
    "\"threshold\":{\"amount\":\"10000.00\",\"op\":\">\"}},"
    "{\"audience\":\"customer\",\"cite\":[{\"article\":\"2\",\"source\":\"none-such\"}],"
    "\"explain\":{\"en\":\"All of it is frozen.\",\"fr\":\"Tout est bloque.\"},"
    "\"id\":\"a.listed\",\"scope\":\"person\"},"
    "{\"audience\":\"neutral\",\"cite\":[{\"article\":\"9\",\"source\":\"none-such\"}],"
    "\"explain\":{\"en\":\"Quiet words.\",\"fr\":\"Mots discrets.\"},"
    "\"id\":\"a.quiet\",\"scope\":\"person\"}]}";

static void hash_name(const u8 hash[32], char target[65])
{
    for (u32 i = 0; i < 32; i += 1) {
        (void)snprintf(target + (size_t)2 * i, 3, "%02x", hash[i]);
    }
}

static void file_write(const struct pack_scene *scene, const char *name, const char *suffix,
                       const char *text)
{
    char path[256];
    (void)snprintf(path, sizeof path, "%s/%s%s", scene->folder, name, suffix);
    SCOPED_FILE file = {0};
    bool exists = false;
    assert_int_equal(disk_exists(scene->disk, path, &exists), FAULT_NONE);
    if (exists) {
        assert_int_equal(disk_unlink(scene->disk, path), FAULT_NONE);
    }
    assert_int_equal(file_open(scene->disk, path, FILE_WRITE | FILE_CREATE, &file), FAULT_NONE);
    if (text[0] != 0) {
        assert_int_equal(file_write_at(&file, 0, text, strlen(text)), FAULT_NONE);
    }
}

void pack_scene_open(struct pack_scene *scene)
{
    memset(scene, 0, sizeof *scene);
    (void)snprintf(scene->folder, sizeof scene->folder, "/tmp/cambist-packs-XXXXXX");
    assert_non_null(mkdtemp(scene->folder));
    scene->disk = disk_real();
}

void pack_scene_at(struct pack_scene *scene, struct disk *disk, const char *folder)
{
    memset(scene, 0, sizeof *scene);
    scene->disk = disk;
    assert_true(strlen(folder) < sizeof scene->folder);
    memcpy(scene->folder, folder, strlen(folder) + 1);
    assert_int_equal(disk_make_folder(disk, folder), FAULT_NONE);
}

void pack_scene_write(struct pack_scene *scene, const char *name, const char *text, u8 hash_out[32])
{
    struct sha256 sha256;
    char own[65];
    assert_int_equal(sha256_open(&sha256), FAULT_NONE);
    sha256_begin(&sha256);
    sha256_add(&sha256, span_of_text(text));
    sha256_end(&sha256, hash_out);
    sha256_close(&sha256);
    hash_name(hash_out, own);
    file_write(scene, name == NULL ? own : name, ".json", text);
}

void pack_scene_groups(struct pack_scene *scene, const u8 hash[32], const char *text)
{
    char name[65];
    hash_name(hash, name);
    file_write(scene, name, ".groups.json", text);
}

void pack_scene_read(struct pack_scene *scene)
{
    pack_shelf_close(scene->shelf);
    assert_int_equal(pack_shelf_open(&scene->shelf, scene->disk, scene->folder), FAULT_NONE);
}

void pack_scene_close(struct pack_scene *scene)
{
    pack_shelf_close(scene->shelf);
    if (scene->disk != disk_real()) {
        return;
    }
    DIR *folder = opendir(scene->folder);
    assert_non_null(folder);
    for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        char path[512];
        (void)snprintf(path, sizeof path, "%s/%s", scene->folder, entry->d_name);
        if (entry->d_name[0] != '.') {
            assert_int_equal(unlink(path), 0);
        }
    }
    assert_int_equal(closedir(folder), 0);
    assert_int_equal(rmdir(scene->folder), 0);
}
