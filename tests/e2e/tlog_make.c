/* Makes a public log of invented entries in a folder, for log_test.py and for figures: grown from
 * size to size, older checkpoints kept as checkpoint.SIZE, and beside it policy.txt, log.vkey and
 * an entry after the other as entry.N where the log is small.
 *
 *     tlog_make FOLDER SEED SIZE... */
#include "base/check.h"
#include "base/span.h"
#include "tests/support/tlog_scene.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define ENTRIES_KEPT 1000U

static void put(const char *folder, const char *name, struct span bytes)
{
    char path[1024];
    int size = snprintf(path, sizeof(path), "%s/%s", folder, name);
    CHECK(size > 0 && (size_t)size < sizeof(path));
    for (char *slash = path + strlen(folder); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        CHECK(mkdir(path, 0755) == 0 || errno == EEXIST);
        *slash = '/';
    }
    FILE *stream = fopen(path, "wb");
    CHECK(stream != NULL);
    CHECK(fwrite(bytes.data, 1, bytes.size, stream) == bytes.size);
    CHECK(fclose(stream) == 0);
}

static void put_all(struct tlog_scene *scene, const char *folder)
{
    char text[TLOG_SCENE_POLICY_BYTES];
    for (u32 i = 0; i < scene->list_count; i += 1) {
        put(folder, scene->list[i].path, span_of(scene->list[i].data, scene->list[i].size));
    }
    tlog_scene_policy(scene, text);
    put(folder, "policy.txt", span_of_text(text));
    tlog_key_text(&scene->log_key, text);
    put(folder, "log.vkey", span_of_text(text));
    for (u64 i = 0; i < scene->size && scene->size <= ENTRIES_KEPT; i += 1) {
        char name[32];
        (void)snprintf(name, sizeof(name), "entry.%llu", (unsigned long long)i);
        put(folder, name, tlog_scene_entry(scene, i, text));
    }
}

int main(int count, char **arguments)
{
    if (count < 4) {
        (void)fprintf(stderr, "tlog_make FOLDER SEED SIZE...\n");
        return 2;
    }
    struct tlog_scene *scene = tlog_scene_open(strtoull(arguments[2], NULL, 10));
    u64 now_s = (u64)time(NULL);
    for (int i = 3; i < count; i += 1) {
        const struct tlog_scene_file *file = tlog_scene_find(scene, "checkpoint");
        if (file != NULL) {
            char name[64];
            (void)snprintf(name, sizeof(name), "checkpoint.%llu", (unsigned long long)scene->size);
            tlog_scene_put(scene, name, span_of(file->data, file->size));
        }
        tlog_scene_grow(scene, strtoull(arguments[i], NULL, 10), now_s - (u64)(count - i));
    }
    put_all(scene, arguments[1]);
    tlog_scene_close(scene);
    return 0;
}
