#include "io/projection.h"

#include "base/arena.h"
#include "base/check.h"
#include "base/span.h"
#include "io/block.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REBUILD_DATABASE "rebuild.db"
#define EVENTS_FOLDER    "events"

/* A reader of the event log with its memory. */
struct source {
    struct block block;
    struct eventlog_reader *reader;
};

struct projection {
    const struct projection_kind *kind;
    struct disk *disk; /* of the event log */
    struct projection_place place;
    struct disk_lock lock;
    void *store;
    struct source source;
    u64 bytes_max;
    u64 transactions;
    u64 event_bytes;
};

struct projection_feed {
    const struct projection_kind *kind;
    struct projection_place place;
    struct disk_lock lock;
    void *store;
    u64 position; /* fed so far */
    u64 bytes;    /* in this transaction */
    struct projection_report report;
};

/* ---- files ---- */

enum fault projection_place_of(const struct projection_kind *kind, const char *folder,
                               const char *database, struct projection_place *place_out)
{
    TRY(file_path(place_out->events, folder, EVENTS_FOLDER));
    memcpy(place_out->venue, folder, strlen(folder) + 1); /* with more behind it, it fits */
    TRY(file_path(place_out->folder, database == NULL ? folder : database, kind->folder));
    TRY(file_path(place_out->database, place_out->folder, kind->database));
    return file_path(place_out->rebuild, place_out->folder, REBUILD_DATABASE);
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

/* ---- the event log ---- */

static enum fault source_open(struct source *source, struct disk *disk, const char *events,
                              const char *name, u64 position)
{
    struct arena arena;
    TRY(block_take(eventlog_reader_footprint(), "a reader of events", &source->block));
    arena_init(&arena, source->block.memory, source->block.bytes);
    return eventlog_reader_open(&source->reader, disk, events, name, position, &arena);
}

static void source_close(struct source *source, bool leave)
{
    eventlog_reader_close(source->reader, leave);
    block_give_back(&source->block);
}

static enum fault venue_of(struct disk *disk, const char *events,
                           u8 venue_out[EVENTLOG_VENUE_BYTES])
{
    struct source source = {.reader = NULL};
    enum fault fault = source_open(&source, disk, events, NULL, 0);
    if (fault == FAULT_NONE) {
        eventlog_reader_venue(source.reader, venue_out);
    }
    source_close(&source, false);
    return fault;
}

/* Whether the log still holds its first event. Nothing shown yet is as good as that. */
static enum fault log_is_whole(struct disk *disk, const char *events, bool *whole_out)
{
    struct source source = {.reader = NULL};
    struct eventlog_chunk chunk;
    bool some = false;
    enum fault fault = source_open(&source, disk, events, NULL, 0);
    if (fault == FAULT_NONE) {
        fault = eventlog_reader_next(source.reader, &chunk, &some);
        *whole_out = fault != FAULT_MISSING;
        if (fault == FAULT_MISSING) {
            fault_forget();
            fault = FAULT_NONE;
        }
    }
    source_close(&source, false);
    return fault;
}

/* ---- opening ---- */

/* A new database begins with the first event, or with an image where that is gone. */
static enum fault begin(struct projection *self)
{
    bool whole = false;
    TRY(log_is_whole(self->disk, self->place.events, &whole));
    return whole ? FAULT_NONE : self->kind->image(self->store, self->disk, self->place.events);
}

static enum fault open_inner(struct projection *self, const struct projection_options *options)
{
    const struct projection_kind *kind = self->kind;
    const struct projection_place *place = &self->place;
    u8 venue[EVENTLOG_VENUE_BYTES];
    struct projection_point point;
    TRY(projection_place_of(kind, options->folder, options->database, &self->place));
    TRY(venue_of(self->disk, place->events, venue));
    TRY(disk_make_folder(disk_real(), place->folder));
    TRY(disk_lock(disk_real(), place->folder, &self->lock));
    TRY(leftovers_remove(place->database));
    TRY(kind->open(&self->store, place, place->database, self->disk, venue));
    TRY(kind->point(self->store, &point));
    if (point.position == 0) {
        TRY(begin(self));
        TRY(kind->point(self->store, &point));
    }
    return source_open(&self->source, self->disk, place->events, kind->reader, point.position);
}

enum fault projection_open(struct projection **projection_out, const struct projection_kind *kind,
                           const struct projection_options *options)
{
    *projection_out = NULL;
    struct projection *self = calloc(1, sizeof(struct projection));
    if (self == NULL) {
        return FAULT(FAULT_LIMIT, "%s: no memory for %s", options->folder, kind->what);
    }
    self->kind = kind;
    self->disk = options->disk == NULL ? disk_real() : options->disk;
    self->bytes_max = options->bytes_max == 0 ? PROJECTION_BYTES_MAX : options->bytes_max;
    enum fault fault = open_inner(self, options);
    if (fault != FAULT_NONE) {
        projection_close(self, false);
        return fault;
    }
    *projection_out = self;
    return FAULT_NONE;
}

void projection_close(struct projection *projection, bool leave)
{
    if (projection == NULL) {
        return;
    }
    source_close(&projection->source, leave);
    projection->kind->close(projection->store);
    disk_unlock(&projection->lock);
    free(projection);
}

void *projection_store(const struct projection *projection)
{
    return projection->store;
}

const struct projection_place *projection_place(const struct projection *projection)
{
    return &projection->place;
}

/* ---- following ---- */

/* The chunks of one transaction, beginning with `chunk`. */
static enum fault chunks_apply(struct projection *self, struct eventlog_chunk *chunk,
                               u64 *position_out)
{
    u64 bytes = 0;
    bool some = true;
    while (some) {
        TRY(self->kind->apply(self->store, chunk->events, chunk->seq, chunk->time_us));
        bytes += chunk->events.size;
        *position_out = chunk->position_next;
        if (bytes >= self->bytes_max) {
            break;
        }
        TRY(eventlog_reader_next(self->source.reader, chunk, &some));
    }
    self->event_bytes += bytes;
    return FAULT_NONE;
}

/* The position is stored with every transaction, also one in which nothing of the role's happened:
 * what was passed over needs no second look after a restart, and the log's segments may go. */
enum fault projection_work(struct projection *projection, bool *some_out)
{
    struct eventlog_chunk chunk;
    TRY(eventlog_reader_next(projection->source.reader, &chunk, some_out));
    if (!*some_out) {
        return FAULT_NONE;
    }
    u64 position = 0;
    TRY(projection->kind->begin(projection->store));
    enum fault fault = chunks_apply(projection, &chunk, &position);
    if (fault != FAULT_NONE) {
        projection->kind->abandon(projection->store);
        return fault;
    }
    TRY(projection->kind->commit(projection->store, position));
    projection->transactions += 1;
    eventlog_reader_passed(projection->source.reader, position);
    return FAULT_NONE;
}

enum fault projection_status(struct projection *projection, struct projection_status *status_out)
{
    struct eventlog_point released;
    struct projection_point point;
    TRY(eventlog_reader_released(projection->source.reader, &released));
    TRY(projection->kind->point(projection->store, &point));
    bool ahead = point.position > released.position;
    *status_out = (struct projection_status){
        .point = point,
        .position_released = released.position,
        .behind_bytes = ahead ? 0 : (released.position - point.position) * EVENTLOG_STEP,
        .ahead = ahead,
        .transactions = projection->transactions,
        .event_bytes = projection->event_bytes,
    };
    return FAULT_NONE;
}

/* ---- whose it is ---- */

static enum fault owner_make(struct sql *sql, const struct projection_owner *owner)
{
    struct sqlite3_stmt *statement = NULL;
    TRY(sql_prepare(sql, owner->insert, &statement));
    struct sql_call call = sql_call(statement);
    sql_put_bytes(&call, span_of(owner->venue, EVENTLOG_VENUE_BYTES));
    enum fault fault = sql_do(sql, &call);
    sql_give_back(&statement);
    return fault;
}

static enum fault owner_read(struct sql *sql, u8 *venue_out, bool *there_out)
{
    struct sqlite3_stmt *statement = NULL;
    TRY(sql_prepare(sql, "SELECT id FROM venue", &statement));
    struct sql_call call = sql_call(statement);
    enum fault fault = sql_next(sql, &call, there_out);
    if (fault == FAULT_NONE && *there_out) {
        sql_get_bytes(&call, venue_out, EVENTLOG_VENUE_BYTES);
    }
    sql_give_back(&statement);
    return fault;
}

enum fault projection_owner_check(struct sql *sql, const struct projection_owner *owner,
                                  u8 venue_out[EVENTLOG_VENUE_BYTES])
{
    bool there = false;
    TRY(owner_read(sql, venue_out, &there));
    if (!there && owner->writes) {
        CHECK(owner->venue != NULL);
        TRY(owner_make(sql, owner));
        TRY(owner_read(sql, venue_out, &there));
    }
    if (!there) {
        return FAULT(FAULT_MISSING, "%s: %s that nothing has been written to", sql->path,
                     owner->what);
    }
    if (owner->venue != NULL && memcmp(owner->venue, venue_out, EVENTLOG_VENUE_BYTES) != 0) {
        return FAULT(FAULT_FOREIGN, "%s: %s of another venue", sql->path, owner->what);
    }
    return FAULT_NONE;
}

/* ---- made anew ---- */

void projection_feed_abandon(struct projection_feed *feed)
{
    if (feed == NULL) {
        return;
    }
    struct fault_trail trail;
    fault_trail_copy(&trail);
    if (feed->store != NULL) {
        feed->kind->close(feed->store);
        enum fault ignored = database_remove(feed->place.rebuild);
        (void)ignored;
    }
    disk_unlock(&feed->lock);
    free(feed);
    fault_trail_adopt(&trail);
}

static enum fault feed_open(struct projection_feed *feed, const char *folder,
                            const u8 venue[EVENTLOG_VENUE_BYTES])
{
    const struct projection_place *place = &feed->place;
    TRY(projection_place_of(feed->kind, folder, NULL, &feed->place));
    TRY(disk_make_folder(disk_real(), place->folder));
    TRY(disk_lock(disk_real(), place->folder, &feed->lock));
    TRY(database_remove(place->rebuild));
    TRY(feed->kind->open(&feed->store, place, place->rebuild, disk_real(), venue));
    return feed->kind->begin(feed->store);
}

enum fault projection_feed_begin(struct projection_feed **feed_out,
                                 const struct projection_kind *kind, const char *folder,
                                 const u8 venue[EVENTLOG_VENUE_BYTES])
{
    *feed_out = NULL;
    struct projection_feed *feed = calloc(1, sizeof(struct projection_feed));
    if (feed == NULL) {
        return FAULT(FAULT_LIMIT, "%s: no memory for %s", folder, kind->what);
    }
    feed->kind = kind;
    enum fault fault = feed_open(feed, folder, venue);
    if (fault != FAULT_NONE) {
        projection_feed_abandon(feed);
        return fault;
    }
    *feed_out = feed;
    return FAULT_NONE;
}

enum fault projection_feed(struct projection_feed *feed, struct span events, u64 seq, u64 time_us,
                           u64 position)
{
    CHECK(position >= feed->position);
    if (feed->bytes >= PROJECTION_BYTES_MAX) {
        TRY(feed->kind->commit(feed->store, feed->position));
        TRY(feed->kind->begin(feed->store));
        feed->report.transactions += 1;
        feed->bytes = 0;
    }
    TRY(feed->kind->apply(feed->store, events, seq, time_us));
    feed->position = position;
    feed->bytes += events.size;
    feed->report.event_bytes += events.size;
    return FAULT_NONE;
}

/* In this order: no moment has the new database beside the old one's log. */
static enum fault rebuild_place(const struct projection_place *place)
{
    TRY(database_remove(place->database));
    TRY(disk_rename(disk_real(), place->rebuild, place->database));
    return disk_sync_folder(disk_real(), place->folder);
}

static enum fault feed_finish(struct projection_feed *feed)
{
    TRY(feed->kind->commit(feed->store, feed->position));
    feed->report.transactions += 1;
    TRY(feed->kind->settle(feed->store));
    TRY(feed->kind->point(feed->store, &feed->report.point));
    feed->kind->close(feed->store);
    feed->store = NULL;
    return rebuild_place(&feed->place);
}

enum fault projection_feed_end(struct projection_feed *feed, struct projection_report *report_out)
{
    enum fault fault = feed_finish(feed);
    *report_out = feed->report;
    projection_feed_abandon(feed);
    return fault;
}

static enum fault feed_log(struct projection_feed *feed, struct eventlog_reader *reader,
                           struct projection_progress *progress)
{
    struct eventlog_chunk chunk;
    struct eventlog_point released;
    bool some = false;
    TRY(eventlog_reader_released(reader, &released));
    TRY(eventlog_reader_next(reader, &chunk, &some));
    while (some) {
        TRY(projection_feed(feed, chunk.events, chunk.seq, chunk.time_us, chunk.position_next));
        if (progress != NULL) {
            progress->report(progress, chunk.position_next * EVENTLOG_STEP,
                             u64_max(released.position, chunk.position_next) * EVENTLOG_STEP);
        }
        TRY(eventlog_reader_next(reader, &chunk, &some));
    }
    return FAULT_NONE;
}

static enum fault rebuild_from(struct eventlog_reader *reader, const struct projection_kind *kind,
                               const char *folder, struct projection_progress *progress,
                               struct projection_report *report_out)
{
    struct projection_feed *feed = NULL;
    u8 venue[EVENTLOG_VENUE_BYTES];
    eventlog_reader_venue(reader, venue);
    TRY(projection_feed_begin(&feed, kind, folder, venue));
    enum fault fault = feed_log(feed, reader, progress);
    if (fault != FAULT_NONE) {
        projection_feed_abandon(feed);
        return fault;
    }
    return projection_feed_end(feed, report_out);
}

enum fault projection_rebuild(const struct projection_kind *kind, const char *folder,
                              struct projection_progress *progress,
                              struct projection_report *report_out)
{
    struct projection_place place;
    struct source source = {.reader = NULL};
    *report_out = (struct projection_report){.transactions = 0};
    TRY(projection_place_of(kind, folder, NULL, &place));
    enum fault fault = source_open(&source, disk_real(), place.events, NULL, 0);
    if (fault == FAULT_NONE) {
        fault = rebuild_from(source.reader, kind, folder, progress, report_out);
    }
    source_close(&source, false);
    return fault;
}
