/* Whether the commands that a journal holds are this flow's: byte for byte, before anything is
 * appended, since nothing can be taken out of a journal again. */
#include "app/replay.h"
#include "io/block.h"
#include "io/file.h"
#include "io/journal_read.h"
#include "role/engine/layout.h"

#include <string.h>

enum { UNITS_OFFSET = 2 };

/* One source's commands, from the next one expected. */
struct held_part {
    const char *name;
    const u8 *next;
    u64 taken;
    u64 count;
};

struct held {
    const char *folder;
    struct held_part setup;
    struct held_part orders;
};

static enum fault compare_record(struct held *held, const u8 *record)
{
    struct command_head head;
    memcpy(&head, record, sizeof(head));
    struct held_part *part = NULL;
    if (head.source == FLOW_SOURCE_SETUP) {
        part = &held->setup;
    } else if (head.source == FLOW_SOURCE_ORDERS) {
        part = &held->orders;
    } else {
        return FAULT_NONE; /* the engine's own */
    }
    size_t bytes = (size_t)head.units * WIRE_UNIT;
    if (part->taken == part->count || part->next[UNITS_OFFSET] != head.units ||
        memcmp(part->next, record, bytes) != 0) {
        return FAULT(FAULT_DIVERGED,
                     "%s: the journal holds another flow: command %llu of its %s is not this one's",
                     held->folder, (unsigned long long)part->taken + 1, part->name);
    }
    part->next += bytes;
    part->taken += 1;
    return FAULT_NONE;
}

static enum fault compare_batches(struct held *held, struct journal_reader *reader,
                                  struct progress *progress)
{
    bool more = true;
    while (more) {
        struct journal_batch batch;
        TRY(journal_reader_next(reader, &batch, &more));
        for (size_t at = 0; more && at < batch.records.size;) {
            TRY(compare_record(held, batch.records.data + at));
            at += (size_t)batch.records.data[at + UNITS_OFFSET] * WIRE_UNIT;
        }
        u64 done = 0;
        u64 all = 0;
        journal_reader_progress(reader, &done, &all);
        progress_update(progress, done, all);
    }
    return FAULT_NONE;
}

static enum fault has_journal(const struct layout_paths *paths, bool *has_out)
{
    *has_out = false;
    TRY(disk_exists(disk_real(), paths->folder, has_out));
    return *has_out ? layout_has_journal(disk_real(), paths, has_out) : FAULT_NONE;
}

enum fault replay_compare_held(const struct flow *flow, const struct replay_config *config)
{
    struct layout_paths paths;
    bool has = false;
    TRY(layout_paths(&paths, config->journal));
    TRY(has_journal(&paths, &has));
    if (!has) {
        return FAULT_NONE;
    }
    struct held held = {
        .folder = config->journal,
        .setup = {.name = "setup", .next = flow->setup.data, .count = flow->setup_count},
        .orders = {.name = "orders", .next = flow->commands.data, .count = flow->commands_count},
    };
    /* A bad tail is for the engine to judge. */
    struct journal_reader_config reading = {
        .disk = disk_real(), .folder = paths.journal, .windows_count = 1, .live = true};
    SCOPED_BLOCK block = {.memory = NULL};
    TRY(block_take(journal_reader_footprint(&reading), "reading the journal", &block));
    struct arena arena;
    arena_init(&arena, block.memory, block.bytes);
    struct journal_reader *reader = NULL;
    TRY(journal_reader_open(&reader, &reading, &arena));
    progress_begin(config->progress, "comparing", "bytes");
    enum fault fault = compare_batches(&held, reader, config->progress);
    journal_reader_close(reader);
    return fault;
}
