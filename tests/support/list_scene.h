/* Lists read into memory, for tests: texts as files, all entries as lines, one found by its id. */
#ifndef TESTS_SUPPORT_LIST_SCENE_H
#define TESTS_SUPPORT_LIST_SCENE_H

#include "base/span.h"
#include "role/lists/list_read.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct list_scene {
    struct list_sink sink;
    char **lines;
    size_t count;
    size_t size;
    char *line; /* LIST_LINE_BYTES + 1 */
    struct list_report report;
    struct list_entry entry; /* the one found last */
};

static inline enum fault list_scene_take(struct list_sink *sink, const struct list_entry *entry)
{
    struct list_scene *scene = (struct list_scene *)(void *)sink;
    size_t bytes = list_entry_print(entry, scene->line, LIST_LINE_BYTES + 1);
    assert_true(bytes > 0);
    if (scene->count == scene->size) {
        scene->size = scene->size == 0 ? 64 : scene->size * 2;
        scene->lines = realloc(scene->lines, scene->size * sizeof(scene->lines[0]));
        assert_non_null(scene->lines);
    }
    scene->lines[scene->count] = strdup(scene->line);
    assert_non_null(scene->lines[scene->count]);
    scene->count += 1;
    return FAULT_NONE;
}

static inline void list_scene_clear(struct list_scene *scene)
{
    for (size_t i = 0; i < scene->count; i += 1) {
        free(scene->lines[i]);
    }
    free(scene->lines);
    free(scene->line);
    scene->lines = NULL;
    scene->line = NULL;
    scene->count = 0;
    scene->size = 0;
}

/* Forgets what was read before. */
static inline enum fault list_scene_source(struct list_scene *scene,
                                           const struct list_source *source)
{
    list_scene_clear(scene);
    scene->sink.take = list_scene_take;
    scene->line = malloc(LIST_LINE_BYTES + 1);
    assert_non_null(scene->line);
    enum fault fault = list_read(source, &scene->sink, &scene->report);
    const struct list_header *header = &scene->report.header;
    u64 refused = 0;
    for (u32 i = 0; i < LIST_REFUSAL_COUNT; i += 1) {
        refused += scene->report.refused[i];
    }
    assert_int_equal(header->entries_count, scene->count);
    assert_int_equal(header->rows_refused, refused);
    assert_int_equal(header->rows_in,
                     header->entries_count + header->rows_merged + header->rows_refused);
    return fault;
}

static inline enum fault list_scene_files(struct list_scene *scene, const char *const *paths,
                                          u32 paths_count, enum list_format format)
{
    struct list_source source = {
        .list = "test", .paths = paths, .paths_count = paths_count, .format = (u8)format};
    return list_scene_source(scene, &source);
}

/* The same over texts, each a file of its own, named by its number. */
static inline enum fault list_scene_texts(struct list_scene *scene, const struct span *texts,
                                          u32 count, enum list_format format)
{
    static const char *const names[LIST_FILES_MAX] = {"0", "1", "2", "3", "4", "5", "6", "7"};
    assert_true(count <= LIST_FILES_MAX);
    struct list_source source = {
        .list = "test", .paths = names, .paths_count = count, .format = (u8)format, .texts = texts};
    return list_scene_source(scene, &source);
}

static inline enum fault list_scene_text(struct list_scene *scene, const char *text)
{
    struct span span = span_of_text(text);
    return list_scene_texts(scene, &span, 1, LIST_FORMAT_AUTO);
}

/* The fault's text must have the word in it. */
#define list_scene_refuses(scene, text, word)                            \
    do {                                                                 \
        assert_int_equal(list_scene_text((scene), (text)), FAULT_INPUT); \
        if (strstr(fault_text(), (word)) == NULL) {                      \
            print_error("\"%s\" is not in: %s\n", (word), fault_text()); \
        }                                                                \
        assert_non_null(strstr(fault_text(), (word)));                   \
    } while (0)

/* The entry with this id, or the test fails. */
static inline const struct list_entry *list_scene_find(struct list_scene *scene, const char *id)
{
    for (size_t i = 0; i < scene->count; i += 1) {
        char key[64];
        (void)snprintf(key, sizeof(key), "{\"id\":\"%s\",", id);
        if (strncmp(scene->lines[i], key, strlen(key)) == 0) {
            assert_int_equal(list_entry_read(&scene->entry, span_of_text(scene->lines[i])),
                             LIST_LINE_OK);
            return &scene->entry;
        }
    }
    fail_msg("no entry %s", id);
    return NULL;
}

/* The line of the entry, to compare with. */
static inline const char *list_scene_line(struct list_scene *scene, const char *id)
{
    (void)list_scene_find(scene, id);
    assert_true(list_entry_print(&scene->entry, scene->line, LIST_LINE_BYTES + 1) > 0);
    return scene->line;
}

#endif /* TESTS_SUPPORT_LIST_SCENE_H */
