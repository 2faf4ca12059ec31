#include "app/list_sources.h"

#include "app/options.h"
#include "base/span.h"
#include "io/file.h"
#include "wire/code.h"

#include <stdio.h>
#include <string.h>

#define WORDS_HEAD 4U /* NAME FORMAT HOURS file|command */

/* The list being read. */
struct list {
    struct feed_list feed; /* first: it is cast back */
    const char *folder;
    struct list_sources *sources;
};

static enum fault wrong(const struct list *list, const char *reason)
{
    return feed_list_wrong(&list->feed, reason);
}

static enum fault files_take(const struct list *list, const char *const *words, u32 count,
                             struct list_watch *watch)
{
    if (count > LIST_FILES_MAX) {
        return wrong(list, "more than 8 files");
    }
    watch->paths_count = count;
    for (u32 i = 0; i < count; i += 1) {
        int size = words[i][0] == '/' ? snprintf(watch->paths[i], FILE_PATH_BYTES, "%s", words[i])
                                      : snprintf(watch->paths[i], FILE_PATH_BYTES, "%s/%s",
                                                 list->folder, words[i]);
        if (size < 0 || (size_t)size >= FILE_PATH_BYTES) {
            return wrong(list, "the path is too long");
        }
    }
    return FAULT_NONE;
}

static enum fault head_take(const struct list *list, const char *const *words,
                            struct list_watch *watch)
{
    u64 hours = 0;
    watch->list = code_name_of(span_of_text(words[0]));
    if (watch->list == 0) {
        return wrong(list, "NAME is 1 to 12 small letters, digits and -");
    }
    for (u32 i = 0; i < list->sources->count; i += 1) {
        if (list->sources->watches[i].list == watch->list) {
            return wrong(list, "a list of this name was given before");
        }
    }
    if (!list_format_find(span_of_text(words[1]), &watch->format)) {
        return wrong(list, "no such FORMAT; auto tells it from the content");
    }
    if (!options_number(words[2], 1, LIST_SOURCE_HOURS_MAX, &hours)) {
        return wrong(list, "HOURS is 1 to 8760");
    }
    watch->stale_after_us = hours * LIST_HOUR_US;
    return FAULT_NONE;
}

static enum fault line_take(struct feed_list *feed, char *text)
{
    struct list *list = (struct list *)(void *)feed;
    struct list_sources *sources = list->sources;
    const char *words[FEED_WORDS_MAX];
    u32 count = feed_words(text, words, FEED_WORDS_MAX);
    if (count <= WORDS_HEAD) {
        return wrong(list, "NAME FORMAT HOURS file PATH..., or NAME FORMAT HOURS command EVERY "
                           "LIMIT PROGRAM, is wanted, with one blank between words");
    }
    if (sources->count == LIST_WATCHES_MAX) {
        return wrong(list, "more than 32 lists");
    }
    struct list_watch *watch = &sources->watches[sources->count];
    TRY(head_take(list, words, watch));
    if (strcmp(words[3], "command") == 0) {
        const char *reason =
            feed_command_take(words + WORDS_HEAD, count - WORDS_HEAD, sources->count,
                              &sources->commands[sources->commands_count]);
        if (reason != NULL) {
            return wrong(list, reason);
        }
        watch->is_fetched = true;
        sources->commands_count += 1;
    } else if (strcmp(words[3], "file") == 0) {
        TRY(files_take(list, words + WORDS_HEAD, count - WORDS_HEAD, watch));
    } else {
        return wrong(list, "neither file nor command behind HOURS");
    }
    sources->count += 1;
    return FAULT_NONE;
}

enum fault list_sources_read(struct span text, const char *name, const char *folder,
                             struct list_sources *sources_out)
{
    struct list list = {
        .feed = {.name = name, .take = line_take}, .folder = folder, .sources = sources_out};
    memset(sources_out, 0, sizeof(*sources_out));
    return feed_list_read(&list.feed, text);
}

enum fault list_sources_read_file(const char *path, const char *folder,
                                  struct list_sources *sources_out)
{
    char whole[FILE_PATH_BYTES] = "none";
    struct span text;
    memset(sources_out, 0, sizeof(*sources_out));
    TRY(feed_list_bytes("lists.sources", path, folder, whole, &text));
    return list_sources_read(text, whole, folder, sources_out);
}
