#include "app/screen_lists.h"

#include "base/check.h"
#include "base/span.h"
#include "io/clock.h"
#include "io/input.h"
#include "role/lists/list_read.h"

#include <string.h>

enum { PATHS_BYTES = 4096 };

/* Entries on their way from a government's file into the index. */
struct sink {
    struct list_sink sink;
    struct screen_lists *lists;
    struct index_builder *builder;
    const struct index_filter *filter;
    u8 list;
};

static enum fault take(struct list_sink *sink, const struct list_entry *entry)
{
    struct sink *self = (struct sink *)(void *)sink;
    return index_read_entry(self->builder, self->filter, entry, self->list, &self->lists->read);
}

/* The file's name up to the first dot, as a code. */
static void code_of(const char *path, char code[LIST_CODE_BYTES + 1])
{
    const char *slash = strrchr(path, '/');
    const char *name = slash == NULL ? path : slash + 1;
    u32 size = 0;
    for (; *name != 0 && *name != '.' && size < LIST_CODE_BYTES; name += 1) {
        char c = *name >= 'A' && *name <= 'Z' ? (char)(*name - 'A' + 'a') : *name;
        bool is_kept = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        code[size] = is_kept ? c : '-';
        size += 1;
    }
    code[size] = 0;
}

/* Files of one list stand with commas between them. */
static enum fault read_source(struct sink *sink, const char *path)
{
    char texts[PATHS_BYTES];
    char code[LIST_CODE_BYTES + 1];
    const char *paths[LIST_FILES_MAX];
    struct list_report report;
    struct list_source source = {.list = code, .paths = paths};
    if (strlen(path) >= sizeof(texts)) {
        return FAULT(FAULT_USAGE, "--list: too long");
    }
    (void)strcpy(texts, path);
    code_of(path, code);
    for (char *at = texts; at != NULL && source.paths_count < LIST_FILES_MAX;) {
        char *comma = strchr(at, ',');
        paths[source.paths_count] = at;
        source.paths_count += 1;
        if (comma != NULL) {
            *comma = 0;
        }
        at = comma == NULL ? NULL : comma + 1;
    }
    TRY(list_read(&source, &sink->sink, &report));
    sink->lists->headers[sink->list] = report.header;
    return FAULT_NONE;
}

static enum fault is_compiled(const char *path, bool *is_compiled_out)
{
    SCOPED_INPUT *input = NULL;
    *is_compiled_out = false;
    if (strchr(path, ',') != NULL) {
        return FAULT_NONE;
    }
    TRY(input_open(&input, disk_real(), path, LIST_LINE_BYTES));
    u8 first[16];
    size_t size = 0;
    TRY(input_read(input, first, sizeof(first), &size));
    *is_compiled_out = index_read_knows(span_of(first, size));
    return FAULT_NONE;
}

static enum fault read_path(struct screen_lists *lists, struct index_builder *builder,
                            const struct index_filter *filter, const char *path)
{
    bool compiled = false;
    struct sink sink = {
        .sink = {.take = take},
        .lists = lists,
        .builder = builder,
        .filter = filter,
        .list = (u8)lists->count,
    };
    TRY(is_compiled(path, &compiled));
    lists->count += 1;
    if (!compiled) {
        return read_source(&sink, path);
    }
    SCOPED_INPUT *input = NULL;
    TRY(input_open(&input, disk_real(), path, LIST_LINE_BYTES));
    return index_read_file(builder, filter, input, sink.list, &lists->headers[sink.list],
                           &lists->read);
}

static enum fault read_paths(struct screen_lists *lists, struct index_builder *builder,
                             const char *const *paths, u32 paths_count,
                             const struct index_filter *filter)
{
    for (u32 i = 0; i < paths_count; i += 1) {
        TRY(read_path(lists, builder, filter, paths[i]));
    }
    return index_finish(builder, &lists->index);
}

enum fault screen_lists_open(struct screen_lists *lists, const char *const *paths, u32 paths_count,
                             const struct index_filter *filter)
{
    *lists = (struct screen_lists){.count = 0};
    if (paths_count > SCREEN_LISTS_MAX) {
        return FAULT(FAULT_LIMIT, "more than %u lists", SCREEN_LISTS_MAX);
    }
    u64 begin_us = clock_mono_ns(clock_real()) / 1000;
    struct index_builder *builder = NULL;
    TRY(index_builder_open(&builder, NULL, true));
    enum fault fault = read_paths(lists, builder, paths, paths_count, filter);
    index_builder_close(builder);
    lists->elapsed_us = clock_mono_ns(clock_real()) / 1000 - begin_us;
    return fault;
}

void screen_lists_close(struct screen_lists *lists)
{
    index_close(lists->index);
    lists->index = NULL;
}

struct span screen_label(const struct screen_index *index, u32 subject)
{
    const struct index_subject *one = &index->subjects[subject];
    return span_of(index->texts + one->label, one->label_size);
}

struct span screen_name_text(const struct screen_index *index, u32 name)
{
    const struct index_name *one = &index->names[name];
    return span_of(index->texts + one->text, one->text_size);
}
