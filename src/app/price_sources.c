#include "app/price_sources.h"

#include "app/options.h"
#include "app/rule_read.h"
#include "base/span.h"
#include "io/file.h"

#include <stdio.h>
#include <string.h>

#define WORDS_MAX     (PRICE_ARGUMENTS_MAX + 5U)
#define WORDS_COMMAND 5U /* NAME command EVERY LIMIT PROGRAM */

/* The list being read. */
struct list {
    const char *name;
    const char *folder;
    u32 line;
    struct price_sources *sources;
};

static enum fault wrong(const struct list *list, const char *reason)
{
    return FAULT(FAULT_CONFIG, "%s:%u: %s", list->name, list->line, reason);
}

/* The words of a line, with zeros behind them, in `text`. 0: too many, or not one blank between. */
static u32 split(char *text, const char *words_out[WORDS_MAX])
{
    u32 count = 0;
    for (char *at = text;;) {
        size_t length = strcspn(at, " ");
        if (length == 0 || count == WORDS_MAX) {
            return 0;
        }
        words_out[count] = at;
        count += 1;
        if (at[length] == 0) {
            return count;
        }
        at[length] = 0;
        at += length + 1;
    }
}

static bool is_name(const char *word)
{
    size_t length = strlen(word);
    bool is_good = length >= 1 && length <= PRICE_SOURCE_NAME_MAX;
    for (size_t at = 0; at < length && is_good; at += 1) {
        is_good = (word[at] >= 'a' && word[at] <= 'z') || (word[at] >= '0' && word[at] <= '9') ||
                  word[at] == '-';
    }
    return is_good;
}

static enum fault path_take(const struct list *list, const char *folder, const char *file,
                            struct price_source *source)
{
    int size = file[0] == '/' ? snprintf(source->path, sizeof(source->path), "%s", file)
                              : snprintf(source->path, sizeof(source->path), "%s/%s", folder, file);
    return size < 0 || (size_t)size >= sizeof(source->path) ? wrong(list, "the path is too long")
                                                            : FAULT_NONE;
}

static enum fault command_take(struct list *list, const char *const *words, u32 count,
                               struct price_source *source)
{
    struct price_sources *sources = list->sources;
    struct price_command *command = &sources->commands[sources->commands_count];
    char file[FILE_NAME_BYTES];
    u64 every_s = 0;
    u64 limit_s = 0;
    size_t used = 0;
    if (count < WORDS_COMMAND) {
        return wrong(list, "NAME command EVERY LIMIT PROGRAM is wanted");
    }
    if (!options_number(words[2], 1, PRICE_COMMAND_S_MAX, &every_s) ||
        !options_number(words[3], 1, every_s, &limit_s)) {
        return wrong(list, "EVERY is 1 to 86400 seconds, and LIMIT is 1 to EVERY");
    }
    if (words[4][0] != '/') {
        return wrong(list, "PROGRAM is not an absolute path");
    }
    *command = (struct price_command){.source = sources->count,
                                      .every_s = (u32)every_s,
                                      .limit_s = (u32)limit_s,
                                      .words = count - (WORDS_COMMAND - 1)};
    for (u32 i = WORDS_COMMAND - 1; i < count; i += 1) {
        size_t size = strlen(words[i]) + 1;
        if (size > sizeof(command->text) - used) {
            return wrong(list, "the command is too long");
        }
        memcpy(command->text + used, words[i], size);
        used += size;
    }
    (void)snprintf(file, sizeof(file), "%s/%s%s", PRICE_FOLDER, words[0], PRICE_COMMAND_ENDING);
    sources->commands_count += 1;
    return path_take(list, list->folder, file, source);
}

static enum fault line_take(struct list *list, char *text)
{
    const char *words[WORDS_MAX];
    struct price_sources *sources = list->sources;
    u32 count = split(text, words);
    if (count < 3) {
        return wrong(list, "NAME file PATH, or NAME command EVERY LIMIT PROGRAM, is wanted, with "
                           "one blank between words");
    }
    if (!is_name(words[0])) {
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
        TRY(command_take(list, words, count, source));
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
    struct list list = {.name = name, .folder = folder, .sources = sources_out};
    memset(sources_out, 0, sizeof(*sources_out));
    while (text.size > 0) {
        char line[PRICE_COMMAND_BYTES + FILE_PATH_BYTES];
        const u8 *end = memchr(text.data, '\n', text.size);
        size_t size = end == NULL ? text.size : (size_t)(end - text.data);
        list.line += 1;
        if (size >= sizeof(line) || memchr(text.data, 0, size) != NULL) {
            return wrong(&list, "longer than a line may be, or with a zero in it");
        }
        memcpy(line, text.data, size);
        line[size] = 0;
        if (size > 0 && line[0] != '#') {
            TRY(line_take(&list, line));
        }
        text = span_after(text, end == NULL ? size : size + 1);
    }
    return FAULT_NONE;
}

enum fault price_sources_read_file(const char *path, const char *folder,
                                   struct price_sources *sources_out)
{
    static u8 bytes[PRICE_LIST_BYTES_MAX];
    char whole[FILE_PATH_BYTES];
    size_t size = 0;
    memset(sources_out, 0, sizeof(*sources_out));
    if (strcmp(path, "none") == 0) {
        return FAULT_NONE;
    }
    int length = path[0] == '/' ? snprintf(whole, sizeof(whole), "%s", path)
                                : snprintf(whole, sizeof(whole), "%s/%s", folder, path);
    if (length < 0 || (size_t)length >= sizeof(whole)) {
        return FAULT(FAULT_CONFIG, "prices.sources: the path is too long");
    }
    TRY(rule_read_bytes(whole, bytes, sizeof(bytes), &size));
    return price_sources_read(span_of(bytes, size), whole, folder, sources_out);
}
