#include "app/restore.h"

#include "app/placement.h"
#include "app/venue_copy.h"
#include "io/block.h"
#include "role/engine/events.h"
#include "role/engine/snapshot_run.h"
#include "role/engine/verify.h"
#include "role/gateway/payout.h"
#include "role/history/history.h"
#include "wire/link.h"

#include <string.h>

/* The replay, and what it fills. */
struct filling {
    struct recovery_hooks hooks;
    struct venue_copy *copy;
    struct recovery recovery;
    struct events events;
    struct projection_feed *feed; /* NULL: none open */
    u8 venue[JOURNAL_VENUE_BYTES];
};

/* Also when an attempt begins again. */
static enum fault fill_begin(struct recovery_hooks *hooks, const struct recovery *recovery)
{
    struct filling *filling = (struct filling *)(void *)hooks;
    struct eventlog_point point = {.position = recovery->point.event_position,
                                   .seq = recovery->point.event_seq};
    TRY(events_start(&filling->events, point));
    projection_feed_abandon(filling->feed);
    filling->feed = NULL;
    return projection_feed_begin(&filling->feed, &history_projection, filling->copy->part,
                                 filling->venue);
}

static enum fault fill_chunk(struct recovery_hooks *hooks, const struct release *chunk)
{
    struct filling *filling = (struct filling *)(void *)hooks;
    TRY(events_add(&filling->events, chunk));
    return projection_feed(filling->feed, chunk->events, chunk->seq, chunk->time_us,
                           chunk->position);
}

static enum fault replay(struct filling *filling, struct cli_recovery *line)
{
    const struct venue_copy *copy = filling->copy;
    struct recovery_config config = {.disk = disk_real(),
                                     .clock = clock_real(),
                                     .paths = &copy->to,
                                     .hooks = &filling->hooks,
                                     .progress = &line->recovery,
                                     .outputs_count = 1,
                                     .from_genesis = true,
                                     .check_records = true,
                                     .threads = true};
    TRY(recovery_run(&filling->recovery, &config));
    const struct snapshot_point *point = &filling->recovery.point;
    if (point->seq != copy->cut.seq ||
        memcmp(point->batch_hash, copy->cut.hash, JOURNAL_HASH_BYTES) != 0) {
        return FAULT(FAULT_DIVERGED, "%s: the replay ends with command %llu instead of %llu",
                     copy->part, (unsigned long long)point->seq, (unsigned long long)copy->cut.seq);
    }
    return events_settle(&filling->events);
}

static enum fault history_end(struct filling *filling, struct restore_result *result)
{
    struct projection_feed *feed = filling->feed;
    struct projection_report report;
    filling->feed = NULL;
    TRY(projection_feed_end(feed, &report));
    result->history_rows_seq = report.point.seq;
    return FAULT_NONE;
}

/* The next start goes on from a snapshot, and readers of events begin at an image. */
static enum fault state_write(struct filling *filling, struct restore_result *result)
{
    const struct core *core = filling->recovery.house.core;
    const struct layout_paths *paths = &filling->copy->to;
    struct snapshot_info info;
    u32 assets = 0;
    TRY(verify_core(core, &assets));
    TRY(snapshot_file_write(disk_real(), paths->snapshots, core, &filling->recovery.point, &info));
    memcpy(result->state_hash, info.state_hash, SHA256_BYTES);
    return snapshot_image_write(disk_real(), paths, &info);
}

/* Numbers behind the cut will be given anew. */
static enum fault payouts_cut_back(const struct filling *filling, struct restore_result *result)
{
    char folder[FILE_PATH_BYTES];
    char path[FILE_PATH_BYTES];
    TRY(file_path(folder, filling->copy->part, PLACE_KEYS_FOLDER));
    TRY(file_path(path, folder, PAYOUT_FILE));
    bool exists = false;
    TRY(disk_exists(disk_real(), path, &exists));
    if (!exists) {
        return FAULT_NONE;
    }
    SCOPED_BLOCK block = {.memory = NULL};
    TRY(block_take(sizeof(struct payouts), "payouts", &block));
    struct payouts *payouts = (struct payouts *)(void *)block.memory;
    TRY(payouts_open(payouts, folder));
    u64 index = core_source_index(filling->recovery.house.core, LINK_SOURCE_GATEWAY);
    enum fault fault =
        payouts_cut(payouts, index, filling->copy->cut.time_us, &result->payouts_dropped);
    payouts_close(payouts);
    return fault;
}

static enum fault fill(struct filling *filling, struct cli_recovery *line,
                       struct restore_result *result)
{
    struct venue_copy *copy = filling->copy;
    bool has = false;
    TRY(layout_venue(disk_real(), &copy->to, filling->venue, &has));
    struct eventlog_config events = {.disk = disk_real(), .folder = copy->to.events};
    memcpy(events.venue, filling->venue, JOURNAL_VENUE_BYTES);
    TRY(events_open(&filling->events, &events));
    progress_begin(&line->progress, "replaying", "bytes");
    TRY(replay(filling, line));
    TRY(history_end(filling, result));
    TRY(state_write(filling, result));
    result->commands = filling->recovery.report.commands;
    result->voided = filling->recovery.report.voided;
    result->event_bytes = filling->recovery.report.event_bytes;
    TRY(venue_copy_keys(copy));
    return payouts_cut_back(filling, result);
}

static enum fault run(struct venue_copy *copy, struct cli_recovery *line,
                      struct restore_result *result)
{
    if (copy->cut.seq_start != 1) {
        return FAULT(FAULT_MISSING,
                     "%s: the journal begins with command %llu; a restore needs it from the first "
                     "one",
                     copy->from.journal, (unsigned long long)copy->cut.seq_start);
    }
    SCOPED_BLOCK block = {.memory = NULL};
    TRY(block_take(sizeof(struct filling), "a replay", &block));
    struct filling *filling = (struct filling *)(void *)block.memory;
    filling->hooks = (struct recovery_hooks){.begin = fill_begin, .chunk = fill_chunk};
    filling->copy = copy;
    TRY(venue_copy_journal(copy));
    enum fault fault = fill(filling, line, result);
    projection_feed_abandon(filling->feed);
    events_close(&filling->events);
    recovery_close(&filling->recovery);
    TRY(fault);
    return venue_copy_finish(copy);
}

enum fault restore_run(const struct restore_options *options, struct cli_recovery *line,
                       struct restore_result *result_out)
{
    *result_out = (struct restore_result){.seq = 0};
    SCOPED_BLOCK block = {.memory = NULL};
    TRY(block_take(sizeof(struct venue_copy), "a restore", &block));
    struct venue_copy *copy = (struct venue_copy *)(void *)block.memory;
    TRY(venue_copy_open(copy, options->source, options->target, options->seq_max,
                        options->time_max_us, false));
    enum fault fault = run(copy, line, result_out);
    const struct journal_cut *cut = &copy->cut;
    result_out->seq = cut->seq;
    result_out->time_us = cut->time_us;
    result_out->is_cut = cut->bounded;
    result_out->behind_seq = cut->behind_seq;
    result_out->behind_count = cut->behind_count;
    result_out->behind_time_us = cut->behind_time_us;
    memcpy(result_out->batch_hash, cut->hash, JOURNAL_HASH_BYTES);
    result_out->journal_bytes = copy->journal_bytes;
    result_out->has_keys = copy->has_keys;
    result_out->has_logins = copy->has_logins;
    venue_copy_close(copy);
    return fault;
}
