#include "role/screen/screen_list.h"

#include "base/check.h"
#include "base/hash.h"
#include "base/span.h"
#include "io/input.h"
#include "role/screen/index_read.h"

#include <stdlib.h>
#include <string.h>

#define HASHES_FIRST 4096U

/* Room that the lists being read have taken. */
struct rooms {
    u32 hashes;
    u64 lines;
};

static bool line_keep(struct screen_list *list, struct rooms *rooms, struct span line)
{
    if (line.size > rooms->lines - list->lines_bytes) {
        u64 grown = u64_max(rooms->lines * 2, list->lines_bytes + LIST_LINE_BYTES);
        u8 *lines = grown > SCREEN_LIST_BYTES_MAX ? NULL : realloc(list->lines, grown);
        if (lines == NULL) {
            return false;
        }
        list->lines = lines;
        rooms->lines = grown;
    }
    memcpy(list->lines + list->lines_bytes, line.data, line.size);
    list->lines_bytes += line.size;
    return true;
}

static bool hashes_put(struct screen_list *list, struct rooms *rooms, u32 entry, struct span line)
{
    u32 *room = &rooms->hashes;
    u64 line_at = list->lines_bytes;
    if (list->keeps_lines && !line_keep(list, rooms, line)) {
        return false;
    }
    if (list->hashes_count == *room) {
        u32 grown = *room == 0 ? HASHES_FIRST : *room * 2;
        struct screen_entry_hash *hashes =
            grown > INDEX_SUBJECTS_MAX ? NULL
                                       : realloc(list->hashes, grown * sizeof(list->hashes[0]));
        if (hashes == NULL) {
            return false;
        }
        list->hashes = hashes;
        *room = grown;
    }
    list->hashes[list->hashes_count] =
        (struct screen_entry_hash){.hash = hash_bytes(line.data, line.size, 0),
                                   .line_at = line_at,
                                   .line_bytes = (u32)line.size,
                                   .entry = entry};
    list->hashes_count += 1;
    return true;
}

static enum fault header_take(struct input *input, struct list_header *header_out)
{
    struct span line = {NULL, 0};
    bool more = false;
    TRY(input_line(input, &line, &more));
    enum list_line_fault wrong = more ? list_header_read(header_out, line) : LIST_LINE_JSON;
    return wrong == LIST_LINE_OK
               ? FAULT_NONE
               : FAULT(FAULT_INPUT, "%s:1: %s", input_path(input), list_line_fault_text(wrong));
}

/* Entries come in the order of their numbers, as the store writes them. */
static enum fault entry_take(struct screen_list *list, struct input *input,
                             struct index_builder *builder, struct list_entry *entry,
                             struct span line, struct rooms *rooms)
{
    static const struct index_filter all = {.source = NULL};
    struct index_read read = {0};
    enum list_line_fault wrong = list_entry_read(entry, line);
    u64 at = input_line_number(input);
    if (wrong != LIST_LINE_OK) {
        return FAULT(FAULT_INPUT, "%s:%lu: %s", input_path(input), at, list_line_fault_text(wrong));
    }
    u32 before = list->hashes_count == 0 ? 0 : list->hashes[list->hashes_count - 1].entry;
    if (entry->number <= before) {
        return FAULT(FAULT_INPUT, "%s:%lu: entry %u does not come behind entry %u",
                     input_path(input), at, entry->number, before);
    }
    if (!hashes_put(list, rooms, entry->number, line)) {
        return FAULT(FAULT_LIMIT, "%s:%lu: no memory for entry %u", input_path(input), at,
                     entry->number);
    }
    return index_read_entry(builder, &all, entry, 0, &read);
}

static enum fault read_all(struct screen_list *list, struct input *input,
                           struct index_builder *builder, struct list_entry *entry)
{
    struct rooms rooms = {.hashes = 0};
    bool more = true;
    struct span line = {NULL, 0};
    TRY(header_take(input, &list->header));
    TRY(input_line(input, &line, &more));
    while (more) {
        TRY(entry_take(list, input, builder, entry, line, &rooms));
        TRY(input_line(input, &line, &more));
    }
    if (list->hashes_count != list->header.entries_count) {
        return FAULT(FAULT_INPUT, "%s: %u entries, the header says %lu", input_path(input),
                     list->hashes_count, list->header.entries_count);
    }
    return index_finish(builder, &list->index);
}

enum fault screen_list_read(struct screen_list *list, struct disk *disk, const char *path,
                            struct index_weights *weights, struct list_entry *entry)
{
    struct screen_list fresh = {.keeps_lines = list->keeps_lines};
    struct index_builder *builder = NULL;
    struct input *input = NULL;
    enum fault fault = input_open(&input, disk, path, LIST_LINE_BYTES);
    if (fault == FAULT_NONE) {
        fault = index_builder_open(&builder, weights, false);
    }
    if (fault == FAULT_NONE) {
        fault = read_all(&fresh, input, builder, entry);
    }
    index_builder_close(builder);
    input_close(input);
    struct screen_list *gone = fault == FAULT_NONE ? list : &fresh;
    screen_list_close(gone);
    if (fault == FAULT_NONE) {
        *list = fresh;
    }
    return fault;
}

void screen_list_close(struct screen_list *list)
{
    index_close(list->index);
    free(list->hashes);
    free(list->lines);
    *list = (struct screen_list){.keeps_lines = list->keeps_lines};
}

enum fault screen_list_peek(struct disk *disk, const char *path, struct list_header *header_out,
                            bool *exists_out)
{
    struct input *input = NULL;
    TRY(disk_exists(disk, path, exists_out));
    if (!*exists_out) {
        return FAULT_NONE;
    }
    TRY(input_open(&input, disk, path, LIST_LINE_BYTES));
    enum fault fault = header_take(input, header_out);
    input_close(input);
    return fault;
}

/* NULL: there is no such entry. */
static const struct screen_entry_hash *hash_find(const struct screen_list *list, u32 entry)
{
    u32 low = 0;
    u32 high = list->hashes_count;
    while (low < high) {
        u32 middle = low + (high - low) / 2;
        if (list->hashes[middle].entry < entry) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < list->hashes_count && list->hashes[low].entry == entry ? &list->hashes[low] : NULL;
}

u64 screen_list_hash(const struct screen_list *list, u32 entry)
{
    const struct screen_entry_hash *found = hash_find(list, entry);
    return found == NULL ? 0 : found->hash;
}

struct span screen_list_line(const struct screen_list *list, u32 entry)
{
    const struct screen_entry_hash *found = list->keeps_lines ? hash_find(list, entry) : NULL;
    return found == NULL ? (struct span){NULL, 0}
                         : span_of(list->lines + found->line_at, found->line_bytes);
}

/* ---- a searcher ---- */

/* clang-format off */
#define ALL_SCRIPTS                                                                               \
    "{\"number\":1,\"id\":\"1\",\"kind\":\"person\",\"names\":[{\"text\":\"a "                    \
    "\u0431 \u0628 \u05d1 \u03b2 \u5317 \u304b \uae40 \u0e01 \u0915 \u10d1 \u0562\","             \
    "\"quality\":\"primary\"}]}"
/* clang-format on */

static u32 larger(u32 a, u32 b)
{
    return a > b ? a : b;
}

static const struct screen_list *list_at(const struct screen_list *first, size_t stride, u32 place)
{
    return (const struct screen_list *)(const void *)((const u8 *)first + place * stride);
}

static void ask_once(struct find *find, const struct screen_index *index, struct list_entry *entry)
{
    const struct find_hit *hits = NULL;
    bool is_cut = false;
    CHECK(list_entry_read(entry, span_of_text(ALL_SCRIPTS)) == LIST_LINE_OK);
    (void)find_entry(find, index, entry, SCORE_ONE, &hits, &is_cut);
}

enum fault screen_list_searcher(struct find **find, const struct screen_list *first, size_t stride,
                                u32 count, u32 hits_max, struct list_entry *entry)
{
    struct search_sizes sizes = {.candidates_max = SEARCH_CANDIDATES_DEFAULT};
    const struct screen_index *any = NULL;
    bool fits = *find != NULL;
    for (u32 place = 0; place < count; place += 1) {
        const struct screen_index *index = list_at(first, stride, place)->index;
        if (index != NULL) {
            struct search_sizes one = search_sizes_of(index, SEARCH_CANDIDATES_DEFAULT);
            sizes.words_max = larger(sizes.words_max, one.words_max);
            sizes.names_max = larger(sizes.names_max, one.names_max);
            sizes.subjects_max = larger(sizes.subjects_max, one.subjects_max);
            fits = fits && find_fits(*find, index);
            any = index;
        }
    }
    if (fits || any == NULL) {
        return FAULT_NONE;
    }
    find_close(*find);
    *find = NULL;
    TRY(find_open(find, &sizes, hits_max));
    ask_once(*find, any, entry);
    return FAULT_NONE;
}
