#include "role/cases/cases.h"

#include "base/arena.h"
#include "base/check.h"
#include "io/block.h"
#include "io/eventlog.h"
#include "role/cases/case_query.h"
#include "role/cases/case_statements.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REBUILD_DATABASE "rebuild.db"
#define EVENTS_FOLDER    "events"

/* Where things lie in a venue's folder. */
struct place {
    char events[FILE_PATH_BYTES];
    char packs[FILE_PATH_BYTES];
    char folder[FILE_PATH_BYTES];
    char database[FILE_PATH_BYTES];
    char rebuild[FILE_PATH_BYTES];
};

struct cases {
    struct disk *disk; /* of the event log */
    struct place place;
    struct disk_lock lock;
    struct case_store *store;
    struct block block;
    struct eventlog_reader *reader;
    u64 bytes_max;
    u64 transactions;
};

struct cases_feed {
    struct place place;
    struct disk_lock lock;
    struct case_store *store;
    u64 position; /* fed so far */
    u64 bytes;    /* in this transaction */
    struct cases_rebuild report;
};

/* `database` NULL: in the same folder. */
static enum fault place_of(const char *folder, const char *database, struct place *place_out)
{
    TRY(file_path(place_out->events, folder, EVENTS_FOLDER));
    TRY(file_path(place_out->packs, folder, CASES_PACKS));
    TRY(file_path(place_out->folder, database == NULL ? folder : database, CASES_FOLDER));
    TRY(file_path(place_out->database, place_out->folder, CASES_DATABASE));
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

static enum fault store_of(const struct place *place, struct disk *disk, const char *path,
                           const u8 *venue, struct case_store **store_out)
{
    struct case_store_options options = {
        .path = path, .access = SQL_WRITE, .venue = venue, .disk = disk, .packs = place->packs};
    return case_store_open(store_out, &options);
}

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
static enum fault log_is_whole(struct cases *cases, bool *whole_out)
{
    SCOPED_BLOCK block = {.memory = NULL};
    struct arena arena;
    struct eventlog_reader *reader = NULL;
    struct eventlog_chunk chunk;
    bool some = false;
    TRY(block_take(eventlog_reader_footprint(), "a reader of events", &block));
    arena_init(&arena, block.memory, block.bytes);
    TRY(eventlog_reader_open(&reader, cases->disk, cases->place.events, NULL, 0, &arena));
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
static enum fault begin(struct cases *cases)
{
    bool whole = false;
    TRY(log_is_whole(cases, &whole));
    return whole ? FAULT_NONE : case_image(cases->store, cases->disk, cases->place.events);
}

static enum fault open_inner(struct cases *cases, const struct cases_options *options)
{
    u8 venue[EVENTLOG_VENUE_BYTES];
    struct case_point point;
    struct arena arena;
    TRY(place_of(options->folder, options->database, &cases->place));
    TRY(venue_of(cases->disk, cases->place.events, venue));
    TRY(disk_make_folder(disk_real(), cases->place.folder));
    TRY(disk_lock(disk_real(), cases->place.folder, &cases->lock));
    TRY(leftovers_remove(cases->place.database));
    TRY(sql_file_make(cases->place.folder, cases->place.database));
    TRY(store_of(&cases->place, cases->disk, cases->place.database, venue, &cases->store));
    TRY(case_store_point(cases->store, &point));
    if (point.position == 0) {
        TRY(begin(cases));
        TRY(case_store_point(cases->store, &point));
    }
    TRY(block_take(eventlog_reader_footprint(), "a reader of events", &cases->block));
    arena_init(&arena, cases->block.memory, cases->block.bytes);
    return eventlog_reader_open(&cases->reader, cases->disk, cases->place.events, CASES_READER_NAME,
                                point.position, &arena);
}

enum fault cases_open(struct cases **cases_out, const struct cases_options *options)
{
    _Static_assert(CASE_VENUE_BYTES == EVENTLOG_VENUE_BYTES, "the same id");
    *cases_out = NULL;
    struct cases *cases = calloc(1, sizeof(struct cases));
    if (cases == NULL) {
        return FAULT(FAULT_LIMIT, "%s: no memory for the officers' queue", options->folder);
    }
    cases->disk = options->disk == NULL ? disk_real() : options->disk;
    cases->bytes_max = options->bytes_max == 0 ? CASES_BYTES_MAX : options->bytes_max;
    enum fault fault = open_inner(cases, options);
    if (fault != FAULT_NONE) {
        cases_close(cases, false);
        return fault;
    }
    *cases_out = cases;
    return FAULT_NONE;
}

void cases_close(struct cases *cases, bool leave)
{
    if (cases == NULL) {
        return;
    }
    eventlog_reader_close(cases->reader, leave);
    block_give_back(&cases->block);
    case_store_close(cases->store);
    disk_unlock(&cases->lock);
    free(cases);
}

/* The chunks of one transaction, beginning with `chunk`. */
static enum fault chunks_apply(struct cases *cases, struct eventlog_chunk *chunk, u64 *position_out)
{
    u64 bytes = 0;
    bool some = true;
    while (some) {
        TRY(case_store_apply(cases->store, chunk->events, chunk->seq, chunk->time_us));
        bytes += chunk->events.size;
        *position_out = chunk->position_next;
        if (bytes >= cases->bytes_max) {
            break;
        }
        TRY(eventlog_reader_next(cases->reader, chunk, &some));
    }
    return FAULT_NONE;
}

/* The position is stored with every transaction, also one in which nothing of ours happened: what
 * was passed over needs no second look after a restart, and the log's segments may go. */
enum fault cases_work(struct cases *cases, bool *some_out)
{
    struct eventlog_chunk chunk;
    TRY(eventlog_reader_next(cases->reader, &chunk, some_out));
    if (!*some_out) {
        return FAULT_NONE;
    }
    u64 position = 0;
    TRY(case_store_begin(cases->store));
    enum fault fault = chunks_apply(cases, &chunk, &position);
    if (fault != FAULT_NONE) {
        case_store_abandon(cases->store);
        return fault;
    }
    TRY(case_store_commit(cases->store, position));
    cases->transactions += 1;
    eventlog_reader_passed(cases->reader, position);
    return FAULT_NONE;
}

enum fault cases_status(struct cases *cases, struct cases_status *status_out)
{
    struct eventlog_point released;
    struct case_point point;
    TRY(eventlog_reader_released(cases->reader, &released));
    TRY(case_store_point(cases->store, &point));
    bool ahead = point.position > released.position;
    *status_out = (struct cases_status){
        .point = point,
        .position_released = released.position,
        .behind_bytes = ahead ? 0 : (released.position - point.position) * EVENTLOG_STEP,
        .ahead = ahead,
        .transactions = cases->transactions,
        .textless = case_store_textless(cases->store),
    };
    return FAULT_NONE;
}

enum fault cases_counts(struct cases *cases, u64 now_us, u64 *open_out, u64 *late_out)
{
    return case_query_counts(cases->store, now_us, open_out, late_out);
}

enum fault cases_reader(struct case_store **store_out, const char *folder)
{
    struct place place;
    *store_out = NULL;
    TRY(place_of(folder, NULL, &place));
    struct case_store_options options = {
        .path = place.database, .access = SQL_READ, .disk = disk_real(), .packs = place.packs};
    return case_store_open(store_out, &options);
}

/* ---- made anew ---- */

void cases_feed_abandon(struct cases_feed *feed)
{
    if (feed == NULL) {
        return;
    }
    struct fault_trail trail;
    fault_trail_copy(&trail);
    if (feed->store != NULL) {
        case_store_close(feed->store);
        enum fault ignored = database_remove(feed->place.rebuild);
        (void)ignored;
    }
    disk_unlock(&feed->lock);
    free(feed);
    fault_trail_adopt(&trail);
}

static enum fault feed_open(struct cases_feed *feed, const char *folder,
                            const u8 venue[CASE_VENUE_BYTES])
{
    TRY(place_of(folder, NULL, &feed->place));
    TRY(disk_make_folder(disk_real(), feed->place.folder));
    TRY(disk_lock(disk_real(), feed->place.folder, &feed->lock));
    TRY(database_remove(feed->place.rebuild));
    TRY(sql_file_make(feed->place.folder, feed->place.rebuild));
    TRY(store_of(&feed->place, disk_real(), feed->place.rebuild, venue, &feed->store));
    return case_store_begin(feed->store);
}

enum fault cases_feed_begin(struct cases_feed **feed_out, const char *folder,
                            const u8 venue[CASE_VENUE_BYTES])
{
    *feed_out = NULL;
    struct cases_feed *feed = calloc(1, sizeof(struct cases_feed));
    if (feed == NULL) {
        return FAULT(FAULT_LIMIT, "%s: no memory for an officers' queue", folder);
    }
    enum fault fault = feed_open(feed, folder, venue);
    if (fault != FAULT_NONE) {
        cases_feed_abandon(feed);
        return fault;
    }
    *feed_out = feed;
    return FAULT_NONE;
}

enum fault cases_feed(struct cases_feed *feed, struct span events, u64 seq, u64 time_us,
                      u64 position)
{
    CHECK(position >= feed->position);
    if (feed->bytes >= CASES_BYTES_MAX) {
        TRY(case_store_commit(feed->store, feed->position));
        TRY(case_store_begin(feed->store));
        feed->report.transactions += 1;
        feed->bytes = 0;
    }
    TRY(case_store_apply(feed->store, events, seq, time_us));
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

static enum fault feed_finish(struct cases_feed *feed)
{
    TRY(case_store_commit(feed->store, feed->position));
    feed->report.transactions += 1;
    TRY(case_store_settle(feed->store));
    TRY(case_store_point(feed->store, &feed->report.point));
    case_store_close(feed->store);
    feed->store = NULL;
    return rebuild_place(&feed->place);
}

enum fault cases_feed_end(struct cases_feed *feed, struct cases_rebuild *report_out)
{
    enum fault fault = feed_finish(feed);
    *report_out = feed->report;
    cases_feed_abandon(feed);
    return fault;
}

static enum fault feed_log(struct cases_feed *feed, struct eventlog_reader *reader)
{
    struct eventlog_chunk chunk;
    bool some = false;
    TRY(eventlog_reader_next(reader, &chunk, &some));
    while (some) {
        TRY(cases_feed(feed, chunk.events, chunk.seq, chunk.time_us, chunk.position_next));
        TRY(eventlog_reader_next(reader, &chunk, &some));
    }
    return FAULT_NONE;
}

static enum fault rebuild_from(struct eventlog_reader *reader, const char *folder,
                               struct cases_rebuild *report_out)
{
    struct cases_feed *feed = NULL;
    u8 venue[EVENTLOG_VENUE_BYTES];
    eventlog_reader_venue(reader, venue);
    TRY(cases_feed_begin(&feed, folder, venue));
    enum fault fault = feed_log(feed, reader);
    if (fault != FAULT_NONE) {
        cases_feed_abandon(feed);
        return fault;
    }
    return cases_feed_end(feed, report_out);
}

enum fault cases_rebuild(const char *folder, struct cases_rebuild *report_out)
{
    struct place place;
    struct arena arena;
    struct eventlog_reader *reader = NULL;
    SCOPED_BLOCK block = {.memory = NULL};
    *report_out = (struct cases_rebuild){.transactions = 0};
    TRY(place_of(folder, NULL, &place));
    TRY(block_take(eventlog_reader_footprint(), "a reader of events", &block));
    arena_init(&arena, block.memory, block.bytes);
    TRY(eventlog_reader_open(&reader, disk_real(), place.events, NULL, 0, &arena));
    enum fault fault = rebuild_from(reader, folder, report_out);
    eventlog_reader_close(reader, false);
    return fault;
}
