#include "role/engine/layout.h"

#include "base/arena.h"
#include "base/check.h"
#include "io/block.h"
#include "io/journal_folder.h"
#include "io/journal_source.h"

#include <string.h>

enum fault layout_paths(struct layout_paths *paths_out, const char *folder)
{
    size_t length = strlen(folder);
    if (length == 0 || length >= FILE_PATH_BYTES) {
        return FAULT(FAULT_USAGE, "%.200s: the path of a data folder has 1 to %u bytes", folder,
                     FILE_PATH_BYTES - 1);
    }
    memcpy(paths_out->folder, folder, length + 1);
    TRY(file_path(paths_out->journal, folder, "journal"));
    TRY(file_path(paths_out->events, folder, "events"));
    TRY(file_path(paths_out->snapshots, folder, "snapshots"));
    TRY(file_path(paths_out->voids, folder, "voids"));
    TRY(file_path(paths_out->applying, folder, "applying"));
    return FAULT_NONE;
}

/* The header of the journal's last segment. */
static enum fault last_header(struct disk *disk, const char *folder, struct arena *arena,
                              struct journal_segment_header *header_out, bool *has_out)
{
    *has_out = false;
    struct journal_folder segments;
    TRY(journal_folder_init(&segments, disk, folder, JOURNAL_SEGMENTS_MAX_DEFAULT, arena));
    TRY(journal_folder_scan(&segments));
    if (segments.segments_count == 0) {
        return FAULT_NONE;
    }
    const struct journal_segment_name *last = &segments.segments[segments.segments_count - 1];
    char path[FILE_PATH_BYTES];
    TRY(journal_segment_path(path, folder, last->seq_first, !last->raw));
    u8 *block = arena_take(arena, JOURNAL_SEGMENT_HEADER, JOURNAL_BLOCK_BYTES);
    CHECK(block != NULL);
    struct journal_source source;
    journal_source_init(&source, arena);
    TRY(journal_source_open(&source, disk, path, !last->raw));
    size_t got = 0;
    enum fault fault = journal_source_read(&source, block, JOURNAL_SEGMENT_HEADER, &got);
    journal_source_close(&source);
    TRY(fault);
    /* A header that is not good is for the journal's reader to judge. */
    struct span bytes = {.data = block, .size = got};
    *has_out = journal_segment_decode(bytes, header_out) == JOURNAL_GOOD;
    return FAULT_NONE;
}

enum fault layout_venue(struct disk *disk, const struct layout_paths *paths,
                        u8 venue_out[JOURNAL_VENUE_BYTES], bool *has_out)
{
    struct footprint footprint = {0};
    footprint_add(&footprint, 1, journal_folder_footprint(JOURNAL_SEGMENTS_MAX_DEFAULT),
                  JOURNAL_BLOCK_BYTES);
    footprint_add(&footprint, 1, JOURNAL_SEGMENT_HEADER, JOURNAL_BLOCK_BYTES);
    footprint_add(&footprint, 1, journal_source_footprint(), JOURNAL_BLOCK_BYTES);
    footprint_add(&footprint, 1, JOURNAL_BLOCK_BYTES, JOURNAL_BLOCK_BYTES);
    SCOPED_BLOCK block = {.memory = NULL};
    TRY(block_take(footprint.bytes, "a look at the journal", &block));
    struct arena arena;
    arena_init(&arena, block.memory, block.bytes);
    struct journal_segment_header header;
    TRY(last_header(disk, paths->journal, &arena, &header, has_out));
    if (*has_out) {
        memcpy(venue_out, header.venue, JOURNAL_VENUE_BYTES);
    }
    return FAULT_NONE;
}

enum fault layout_has_journal(struct disk *disk, const struct layout_paths *paths, bool *has_out)
{
    *has_out = false;
    bool exists = false;
    TRY(disk_exists(disk, paths->folder, &exists));
    if (!exists) {
        return FAULT(FAULT_MISSING, "%s: there is no such folder", paths->folder);
    }
    TRY(disk_exists(disk, paths->journal, &exists));
    if (!exists) {
        return FAULT_NONE;
    }
    struct footprint footprint = {0};
    footprint_add(&footprint, 1, journal_folder_footprint(JOURNAL_SEGMENTS_MAX_DEFAULT),
                  JOURNAL_BLOCK_BYTES);
    SCOPED_BLOCK block = {.memory = NULL};
    TRY(block_take(footprint.bytes, "a look at the journal", &block));
    struct arena arena;
    arena_init(&arena, block.memory, block.bytes);
    struct journal_folder segments;
    TRY(journal_folder_init(&segments, disk, paths->journal, JOURNAL_SEGMENTS_MAX_DEFAULT, &arena));
    TRY(journal_folder_scan(&segments));
    *has_out = segments.segments_count > 0;
    return FAULT_NONE;
}
