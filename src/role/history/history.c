#include "role/history/history.h"

#include "base/arena.h"
#include "base/check.h"
#include "io/block.h"
#include "io/eventlog.h"
#include "role/history/image.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REBUILD_DATABASE "rebuild.db"
#define EVENTS_FOLDER    "events"

/* Where things lie in a venue's folder. */
struct place {
    char events[FILE_PATH_BYTES];
    char folder[FILE_PATH_BYTES];
    char database[FILE_PATH_BYTES];
    char rebuild[FILE_PATH_BYTES];
};

struct history {
    struct disk *disk; /* of the event log */
    struct place place;
    struct disk_lock lock;
    struct store *store;
    struct block block;
    struct eventlog_reader *reader;
    u64 bytes_max;
    u64 transactions;
    u64 event_bytes;
};

struct history_feed {
    struct place place;
    struct disk_lock lock;
    struct store *store;
    u64 position; /* fed so far */
    u64 bytes;    /* in this transaction */
    struct history_rebuild report;
};

/* `database` NULL: in the same folder. */
static enum fault place_of(const char *folder, const char *database, struct place *place_out)
{
    TRY(file_path(place_out->events, folder, EVENTS_FOLDER));
    TRY(file_path(place_out->folder, database == NULL ? folder : database, HISTORY_FOLDER));
    TRY(file_path(place_out->database, place_out->folder, HISTORY_DATABASE));
    TRY(file_path(place_out->rebuild, place_out->folder, REBUILD_DATABASE));
    return FAULT_NONE;
}

static enum fault remove_if_there(const char *path, const char *suffix)
{
    char name[FILE_PATH_BYTES + 8];
    bool exists = false;
    (void)snprintf(name, sizeof(name), "%s%s", path, suffix);
    TRY(disk_exists(disk_real(), name, &exists));
    return exists ? disk_unlink(disk_real(), name) : FAULT_NONE;
}

/* The database before its log: one without the other is begun anew, a log without its database is
 * not believed. */
static enum fault database_remove(const char *path)
{
    TRY(remove_if_there(path, ""));
    TRY(remove_if_there(path, "-wal"));
    return remove_if_there(path, "-shm");
}

/* A log of a database that is gone must not get into a new one of that name. */
static enum fault leftovers_remove(const char *path)
{
    bool exists = false;
    TRY(disk_exists(disk_real(), path, &exists));
    return exists ? FAULT_NONE : database_remove(path);
}

static enum fault reader_open(struct history *history, u64 position)
{
    struct arena arena;
    TRY(block_take(eventlog_reader_footprint(), "a reader of events", &history->block));
    arena_init(&arena, history->block.memory, history->block.bytes);
    return eventlog_reader_open(&history->reader, history->disk, history->place.events,
                                HISTORY_READER_NAME, position, &arena);
}

/* The venue's id and the position to go on at: of two things that need each other, the reader is
 * opened first, unregistered, for the id. */
static enum fault venue_of(struct disk *disk, const char *events,
                           u8 venue_out[EVENTLOG_VENUE_BYTES])
{
    SCOPED_BLOCK block = {.memory = NULL};
    struct arena arena;
    struct eventlog_reader *reader = NULL;
    TRY(block_take(eventlog_reader_footprint(), "a reader of events", &block));
    arena_init(&arena, block.memory, block.bytes);
    TRY(eventlog_reader_open(&reader, disk, events, NULL, 0, &arena));
    eventlog_reader_venue(reader, venue_out);
    eventlog_reader_close(reader, false);
    return FAULT_NONE;
}

/* Whether the log still holds its first event. Nothing shown yet is as good as that. */
static enum fault log_is_whole(struct disk *disk, const char *events, bool *whole_out)
{
    SCOPED_BLOCK block = {.memory = NULL};
    struct arena arena;
    struct eventlog_reader *reader = NULL;
    struct eventlog_chunk chunk;
    bool some = false;
    TRY(block_take(eventlog_reader_footprint(), "a reader of events", &block));
    arena_init(&arena, block.memory, block.bytes);
    TRY(eventlog_reader_open(&reader, disk, events, NULL, 0, &arena));
    enum fault fault = eventlog_reader_next(reader, &chunk, &some);
    eventlog_reader_close(reader, false);
    *whole_out = fault != FAULT_MISSING;
    if (fault == FAULT_MISSING) {
        fault_forget();
        return FAULT_NONE;
    }
    return fault;
}

/* A new database begins with the first event, or with an image where that is gone. */
static enum fault begin(struct history *history)
{
    bool whole = false;
    TRY(log_is_whole(history->disk, history->place.events, &whole));
    return whole ? FAULT_NONE : image_apply(history->store, history->disk, history->place.events);
}

static enum fault open_inner(struct history *history, const struct history_options *options)
{
    u8 venue[EVENTLOG_VENUE_BYTES];
    struct store_point point;
    TRY(place_of(options->folder, options->database, &history->place));
    TRY(venue_of(history->disk, history->place.events, venue));
    TRY(disk_make_folder(disk_real(), history->place.folder));
    TRY(disk_lock(disk_real(), history->place.folder, &history->lock));
    TRY(leftovers_remove(history->place.database));
    TRY(store_open(&history->store, history->place.database, SQL_WRITE, venue));
    TRY(store_point(history->store, &point));
    if (point.position == 0) {
        TRY(begin(history));
        TRY(store_point(history->store, &point));
    }
    return reader_open(history, point.position);
}

enum fault history_open(struct history **history_out, const struct history_options *options)
{
    _Static_assert(STORE_VENUE_BYTES == EVENTLOG_VENUE_BYTES, "the same id");
    *history_out = NULL;
    struct history *history = calloc(1, sizeof(struct history));
    if (history == NULL) {
        return FAULT(FAULT_LIMIT, "%s: no memory for the history", options->folder);
    }
    history->disk = options->disk == NULL ? disk_real() : options->disk;
    history->bytes_max = options->bytes_max == 0 ? HISTORY_BYTES_MAX : options->bytes_max;
    enum fault fault = open_inner(history, options);
    if (fault != FAULT_NONE) {
        history_close(history, false);
        return fault;
    }
    *history_out = history;
    return FAULT_NONE;
}

void history_close(struct history *history, bool leave)
{
    if (history == NULL) {
        return;
    }
    eventlog_reader_close(history->reader, leave);
    block_give_back(&history->block);
    store_close(history->store);
    disk_unlock(&history->lock);
    free(history);
}

/* The chunks of one transaction, beginning with `chunk`. */
static enum fault chunks_apply(struct history *history, struct eventlog_chunk *chunk,
                               u64 *position_out)
{
    u64 bytes = 0;
    bool some = true;
    while (some) {
        TRY(store_apply(history->store, chunk->events, chunk->seq, chunk->time_us));
        bytes += chunk->events.size;
        *position_out = chunk->position_next;
        if (bytes >= history->bytes_max) {
            break;
        }
        TRY(eventlog_reader_next(history->reader, chunk, &some));
    }
    history->event_bytes += bytes;
    return FAULT_NONE;
}

enum fault history_work(struct history *history, bool *some_out)
{
    struct eventlog_chunk chunk;
    TRY(eventlog_reader_next(history->reader, &chunk, some_out));
    if (!*some_out) {
        return FAULT_NONE;
    }
    u64 position = 0;
    TRY(store_begin(history->store));
    enum fault fault = chunks_apply(history, &chunk, &position);
    if (fault != FAULT_NONE) {
        store_abandon(history->store);
        return fault;
    }
    TRY(store_commit(history->store, position));
    history->transactions += 1;
    eventlog_reader_passed(history->reader, position);
    return FAULT_NONE;
}

enum fault history_status(struct history *history, struct history_status *status_out)
{
    struct eventlog_point released;
    struct store_point point;
    TRY(eventlog_reader_released(history->reader, &released));
    TRY(store_point(history->store, &point));
    bool ahead = point.position > released.position;
    *status_out = (struct history_status){
        .point = point,
        .position_released = released.position,
        .behind_bytes = ahead ? 0 : (released.position - point.position) * EVENTLOG_STEP,
        .ahead = ahead,
        .transactions = history->transactions,
        .event_bytes = history->event_bytes,
    };
    return FAULT_NONE;
}

enum fault history_reader(struct store **store_out, const char *folder)
{
    struct place place;
    *store_out = NULL;
    TRY(place_of(folder, NULL, &place));
    return store_open(store_out, place.database, SQL_READ, NULL);
}

enum fault history_own_reader(struct store **store_out, const struct history *history)
{
    return store_open(store_out, history->place.database, SQL_READ, NULL);
}

/* ---- made anew ---- */

void history_feed_abandon(struct history_feed *feed)
{
    if (feed == NULL) {
        return;
    }
    struct fault_trail trail;
    fault_trail_copy(&trail);
    if (feed->store != NULL) {
        store_close(feed->store);
        enum fault ignored = database_remove(feed->place.rebuild);
        (void)ignored;
    }
    disk_unlock(&feed->lock);
    free(feed);
    fault_trail_adopt(&trail);
}

static enum fault feed_open(struct history_feed *feed, const char *folder,
                            const u8 venue[STORE_VENUE_BYTES])
{
    TRY(place_of(folder, NULL, &feed->place));
    TRY(disk_make_folder(disk_real(), feed->place.folder));
    TRY(disk_lock(disk_real(), feed->place.folder, &feed->lock));
    TRY(database_remove(feed->place.rebuild));
    TRY(store_open(&feed->store, feed->place.rebuild, SQL_WRITE, venue));
    return store_begin(feed->store);
}

enum fault history_feed_begin(struct history_feed **feed_out, const char *folder,
                              const u8 venue[STORE_VENUE_BYTES])
{
    *feed_out = NULL;
    struct history_feed *feed = calloc(1, sizeof(struct history_feed));
    if (feed == NULL) {
        return FAULT(FAULT_LIMIT, "%s: no memory for a history", folder);
    }
    enum fault fault = feed_open(feed, folder, venue);
    if (fault != FAULT_NONE) {
        history_feed_abandon(feed);
        return fault;
    }
    *feed_out = feed;
    return FAULT_NONE;
}

enum fault history_feed(struct history_feed *feed, struct span events, u64 seq, u64 time_us,
                        u64 position)
{
    CHECK(position >= feed->position);
    if (feed->bytes >= HISTORY_BYTES_MAX) {
        TRY(store_commit(feed->store, feed->position));
        TRY(store_begin(feed->store));
        feed->report.transactions += 1;
        feed->bytes = 0;
    }
    TRY(store_apply(feed->store, events, seq, time_us));
    feed->position = position;
    feed->bytes += events.size;
    feed->report.event_bytes += events.size;
    return FAULT_NONE;
}

/* In this order: no moment has the new database beside the old one's log. */
static enum fault rebuild_place(const struct place *place)
{
    TRY(database_remove(place->database));
    TRY(disk_rename(disk_real(), place->rebuild, place->database));
    return disk_sync_folder(disk_real(), place->folder);
}

static enum fault feed_finish(struct history_feed *feed)
{
    TRY(store_commit(feed->store, feed->position));
    feed->report.transactions += 1;
    TRY(store_settle(feed->store));
    TRY(store_point(feed->store, &feed->report.point));
    store_close(feed->store);
    feed->store = NULL;
    return rebuild_place(&feed->place);
}

enum fault history_feed_end(struct history_feed *feed, struct history_rebuild *report_out)
{
    enum fault fault = feed_finish(feed);
    *report_out = feed->report;
    history_feed_abandon(feed);
    return fault;
}

static enum fault feed_log(struct history_feed *feed, struct eventlog_reader *reader,
                           struct history_progress *progress)
{
    struct eventlog_chunk chunk;
    struct eventlog_point released;
    bool some = false;
    TRY(eventlog_reader_released(reader, &released));
    TRY(eventlog_reader_next(reader, &chunk, &some));
    while (some) {
        TRY(history_feed(feed, chunk.events, chunk.seq, chunk.time_us, chunk.position_next));
        if (progress != NULL) {
            progress->report(progress, chunk.position_next * EVENTLOG_STEP,
                             u64_max(released.position, chunk.position_next) * EVENTLOG_STEP);
        }
        TRY(eventlog_reader_next(reader, &chunk, &some));
    }
    return FAULT_NONE;
}

static enum fault rebuild_from(struct eventlog_reader *reader, const char *folder,
                               struct history_progress *progress,
                               struct history_rebuild *report_out)
{
    struct history_feed *feed = NULL;
    u8 venue[EVENTLOG_VENUE_BYTES];
    eventlog_reader_venue(reader, venue);
    TRY(history_feed_begin(&feed, folder, venue));
    enum fault fault = feed_log(feed, reader, progress);
    if (fault != FAULT_NONE) {
        history_feed_abandon(feed);
        return fault;
    }
    return history_feed_end(feed, report_out);
}

enum fault history_rebuild(const char *folder, struct history_progress *progress,
                           struct history_rebuild *report_out)
{
    struct place place;
    struct arena arena;
    struct eventlog_reader *reader = NULL;
    SCOPED_BLOCK block = {.memory = NULL};
    *report_out = (struct history_rebuild){.transactions = 0};
    TRY(place_of(folder, NULL, &place));
    TRY(block_take(eventlog_reader_footprint(), "a reader of events", &block));
    arena_init(&arena, block.memory, block.bytes);
    TRY(eventlog_reader_open(&reader, disk_real(), place.events, NULL, 0, &arena));
    enum fault fault = rebuild_from(reader, folder, progress, report_out);
    eventlog_reader_close(reader, false);
    return fault;
}
