#include "app/price_sources.h"

#include "base/span.h"
#include "io/file.h"

#include <stdio.h>
#include <string.h>

/* The list being read. */
struct list {
    struct feed_list feed; /* first: it is cast back */
    const char *folder;
    struct price_sources *sources;
};

static enum fault wrong(const struct list *list, const char *reason)
{
    return feed_list_wrong(&list->feed, reason);
}

static enum fault path_take(const struct list *list, const char *folder, const char *file,
                            struct price_source *source)
{
    int size = file[0] == '/' ? snprintf(source->path, sizeof(source->path), "%s", file)
                              : snprintf(source->path, sizeof(source->path), "%s/%s", folder, file);
    return size < 0 || (size_t)size >= sizeof(source->path) ? wrong(list, "the path is too long")
                                                            : FAULT_NONE;
}

/* `words` behind NAME and "command". */
static enum fault command_take(struct list *list, const char *name, const char *const *words,
                               u32 count, struct price_source *source)
{
    struct price_sources *sources = list->sources;
    char file[FILE_NAME_BYTES];
    const char *reason = feed_command_take(words, count, sources->count,
                                           &sources->commands[sources->commands_count]);
    if (reason != NULL) {
        return wrong(list, reason);
    }
    (void)snprintf(file, sizeof(file), "%s/%s%s", PRICE_FOLDER, name, PRICE_COMMAND_ENDING);
    sources->commands_count += 1;
    return path_take(list, list->folder, file, source);
}

static enum fault line_take(struct feed_list *feed, char *text)
{
    struct list *list = (struct list *)(void *)feed;
    const char *words[FEED_WORDS_MAX];
    struct price_sources *sources = list->sources;
    u32 count = feed_words(text, words, FEED_WORDS_MAX);
    if (count < 3) {
        return wrong(list, "NAME file PATH, or NAME command EVERY LIMIT PROGRAM, is wanted, with "
                           "one blank between words");
    }
    if (!feed_is_name(words[0], PRICE_SOURCE_NAME_MAX)) {
        return wrong(list, "NAME is 1 to 24 small letters, digits and -");
    }
    for (u32 i = 0; i < sources->count; i += 1) {
        if (strcmp(sources->sources[i].name, words[0]) == 0) {
            return wrong(list, "a source of this name was given before");
        }
    }
    if (sources->count == PRICE_SOURCES_MAX) {
        return wrong(list, "more than 16 sources");
    }
    struct price_source *source = &sources->sources[sources->count];
    (void)snprintf(source->name, sizeof(source->name), "%s", words[0]);
    if (strcmp(words[1], "command") == 0) {
        TRY(command_take(list, words[0], words + 2, count - 2, source));
    } else if (strcmp(words[1], "file") == 0 && count == 3) {
        TRY(path_take(list, list->folder, words[2], source));
    } else {
        return wrong(list, "neither NAME file PATH nor NAME command EVERY LIMIT PROGRAM");
    }
    sources->count += 1;
    return FAULT_NONE;
}

enum fault price_sources_read(struct span text, const char *name, const char *folder,
                              struct price_sources *sources_out)
{
    struct list list = {
        .feed = {.name = name, .take = line_take}, .folder = folder, .sources = sources_out};
    memset(sources_out, 0, sizeof(*sources_out));
    return feed_list_read(&list.feed, text);
}

enum fault price_sources_read_file(const char *path, const char *folder,
                                   struct price_sources *sources_out)
{
    char whole[FILE_PATH_BYTES] = "none";
    struct span text;
    memset(sources_out, 0, sizeof(*sources_out));
    TRY(feed_list_bytes("prices.sources", path, folder, whole, &text));
    return price_sources_read(text, whole, folder, sources_out);
}
