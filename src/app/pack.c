#include "app/pack.h"

#include "base/arena.h"
#include "io/block.h"
#include "io/journal_folder.h"
#include "io/journal_pack.h"
#include "role/engine/layout.h"

enum { ZSTD_LEVEL = 3 };

static enum fault pack_segments(const struct layout_paths *paths, struct arena *arena,
                                struct progress *progress, struct pack_result *result)
{
    struct journal_folder folder;
    TRY(journal_folder_init(&folder, disk_real(), paths->journal, JOURNAL_SEGMENTS_MAX_DEFAULT,
                            arena));
    TRY(journal_folder_scan(&folder));
    progress_begin(progress, "packing", "segments");
    /* The last one may still be written. */
    for (u32 i = 0; i + 1 < folder.segments_count; i += 1) {
        if (!folder.segments[i].raw) {
            continue;
        }
        struct journal_pack_result packed;
        TRY(journal_pack(disk_real(), paths->journal, folder.segments[i].seq_first, ZSTD_LEVEL,
                         &packed));
        result->segments += 1;
        result->bytes_before += packed.bytes_before;
        result->bytes_after += packed.bytes_after;
        progress_update(progress, i + 1, folder.segments_count - 1);
    }
    return FAULT_NONE;
}

enum fault pack_run(const char *folder, struct progress *progress, struct pack_result *result_out)
{
    *result_out = (struct pack_result){.segments = 0};
    struct layout_paths paths;
    TRY(layout_paths(&paths, folder));
    SCOPED_BLOCK block = {.memory = NULL};
    size_t bytes = journal_folder_footprint(JOURNAL_SEGMENTS_MAX_DEFAULT);
    TRY(block_take(bytes + JOURNAL_BLOCK_BYTES, "the journal's folder", &block));
    struct arena arena;
    arena_init(&arena, block.memory, block.bytes);
    struct disk_lock lock;
    TRY(disk_lock(disk_real(), paths.snapshots, &lock));
    enum fault fault = pack_segments(&paths, &arena, progress, result_out);
    disk_unlock(&lock);
    return fault;
}
