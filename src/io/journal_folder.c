#include "io/journal_folder.h"

#include "base/check.h"
#include "io/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char raw_suffix[] = ".journal";
static const char packed_suffix[] = ".journal.zst";
static const char prepared_prefix[] = "prepared-";
static const char prepared_suffix[] = ".tmp";

enum { DIGITS = 20, CLEAN_NAMES_MAX = 64 };

size_t journal_folder_footprint(u32 segments_max)
{
    struct footprint footprint = {0};
    footprint_add(&footprint, segments_max, sizeof(struct journal_segment_name),
                  _Alignof(struct journal_segment_name));
    CHECK(!footprint.overflown);
    return footprint.bytes;
}

enum fault journal_folder_init(struct journal_folder *folder, struct disk *disk, const char *path,
                               u32 segments_max, struct arena *arena)
{
    *folder = (struct journal_folder){.disk = disk, .segments_max = segments_max};
    size_t length = strlen(path);
    if (length == 0 || length >= FILE_PATH_BYTES) {
        return FAULT(FAULT_LIMIT, "%.200s: the path of a folder has 1 to %u bytes", path,
                     FILE_PATH_BYTES - 1);
    }
    memcpy(folder->path, path, length + 1);
    folder->segments = arena_take_array(arena, segments_max, sizeof(struct journal_segment_name),
                                        _Alignof(struct journal_segment_name));
    CHECK(folder->segments != NULL);
    return FAULT_NONE;
}

static bool is_prepared(const char *name)
{
    size_t length = strlen(name);
    size_t prefix_length = strlen(prepared_prefix);
    size_t suffix_length = strlen(prepared_suffix);
    return length >= prefix_length + suffix_length &&
           strncmp(name, prepared_prefix, prefix_length) == 0 &&
           strcmp(name + length - suffix_length, prepared_suffix) == 0;
}

/* The 20 digits before `suffix`; false for any other name. */
static bool parse_name(const char *name, const char *suffix, u64 *seq_out)
{
    if (strlen(name) != DIGITS + strlen(suffix) || strcmp(name + DIGITS, suffix) != 0) {
        return false;
    }
    u64 seq = 0;
    for (size_t index = 0; index < DIGITS; index += 1) {
        if (name[index] < '0' || name[index] > '9' || __builtin_mul_overflow(seq, 10ULL, &seq) ||
            __builtin_add_overflow(seq, (u64)(name[index] - '0'), &seq)) {
            return false;
        }
    }
    *seq_out = seq;
    return seq >= 1;
}

struct folder_visitor {
    struct disk_visitor visitor;
    struct journal_folder *folder;
};

static struct folder_visitor *folder_visitor_of(struct disk_visitor *visitor)
{
    return (struct folder_visitor *)(void *)visitor;
}

static enum fault visit_name(struct disk_visitor *visitor, const char *name)
{
    struct journal_folder *folder = folder_visitor_of(visitor)->folder;
    u64 seq = 0;
    bool raw = parse_name(name, raw_suffix, &seq);
    bool packed = !raw && parse_name(name, packed_suffix, &seq);
    if (!raw && !packed) {
        return FAULT_NONE;
    }
    if (folder->segments_count == folder->segments_max) {
        return FAULT(FAULT_LIMIT, "%s: more than %u segments", folder->path, folder->segments_max);
    }
    folder->segments[folder->segments_count] =
        (struct journal_segment_name){.seq_first = seq, .raw = raw, .packed = packed};
    folder->segments_count += 1;
    return FAULT_NONE;
}

static int compare_segments(const void *a, const void *b)
{
    u64 left = ((const struct journal_segment_name *)a)->seq_first;
    u64 right = ((const struct journal_segment_name *)b)->seq_first;
    return left < right ? -1 : left > right;
}

/* A segment that is there both raw and packed is one segment. */
static void merge_pairs(struct journal_folder *folder)
{
    u32 kept = 0;
    for (u32 index = 0; index < folder->segments_count; index += 1) {
        struct journal_segment_name next = folder->segments[index];
        if (kept > 0 && folder->segments[kept - 1].seq_first == next.seq_first) {
            folder->segments[kept - 1].raw |= next.raw;
            folder->segments[kept - 1].packed |= next.packed;
            continue;
        }
        folder->segments[kept] = next;
        kept += 1;
    }
    folder->segments_count = kept;
}

enum fault journal_folder_scan(struct journal_folder *folder)
{
    folder->segments_count = 0;
    bool exists = false;
    TRY(disk_exists(folder->disk, folder->path, &exists));
    if (!exists) {
        return FAULT_NONE;
    }
    struct folder_visitor visitor = {.visitor = {.visit = visit_name}, .folder = folder};
    TRY(disk_list(folder->disk, folder->path, &visitor.visitor));
    qsort(folder->segments, folder->segments_count, sizeof(*folder->segments), compare_segments);
    merge_pairs(folder);
    return FAULT_NONE;
}

/* Names are gathered first: removing from a folder while it is being listed may skip some. */
struct clean_visitor {
    struct disk_visitor visitor;
    char names[CLEAN_NAMES_MAX][FILE_NAME_BYTES];
    u32 names_count;
};

static enum fault visit_leftover(struct disk_visitor *visitor, const char *name)
{
    struct clean_visitor *self = (struct clean_visitor *)(void *)visitor;
    size_t length = strlen(name);
    if (is_prepared(name) && length < FILE_NAME_BYTES && self->names_count < CLEAN_NAMES_MAX) {
        memcpy(self->names[self->names_count], name, length + 1);
        self->names_count += 1;
    }
    return FAULT_NONE;
}

enum fault journal_folder_clean(struct journal_folder *folder)
{
    struct clean_visitor visitor = {.visitor = {.visit = visit_leftover}, .names_count = 0};
    TRY(disk_list(folder->disk, folder->path, &visitor.visitor));
    for (u32 index = 0; index < visitor.names_count; index += 1) {
        char path[FILE_PATH_BYTES];
        TRY(file_path(path, folder->path, visitor.names[index]));
        TRY(disk_unlink(folder->disk, path));
        log_info("journal.leftover_removed", LOG_STR("file", path));
    }
    return FAULT_NONE;
}

enum fault journal_prepared_path(char path_out[FILE_PATH_BYTES], const char *folder, u64 number)
{
    char name[FILE_NAME_BYTES];
    (void)snprintf(name, sizeof(name), "%s%llu%s", prepared_prefix, (unsigned long long)number,
                   prepared_suffix);
    TRY(file_path(path_out, folder, name));
    return FAULT_NONE;
}

enum fault journal_segment_path(char path_out[FILE_PATH_BYTES], const char *folder, u64 seq_first,
                                bool packed)
{
    char name[FILE_NAME_BYTES];
    (void)snprintf(name, sizeof(name), "%020llu%s", (unsigned long long)seq_first,
                   packed ? packed_suffix : raw_suffix);
    TRY(file_path(path_out, folder, name));
    return FAULT_NONE;
}
