#include "role/history/history.h"

#include "role/history/image.h"

_Static_assert(STORE_VENUE_BYTES == EVENTLOG_VENUE_BYTES, "the same id");

static enum fault rows_open(void **store_out, const struct projection_place *place,
                            const char *path, struct disk *disk,
                            const u8 venue[EVENTLOG_VENUE_BYTES])
{
    struct store *store = NULL;
    (void)place;
    (void)disk;
    enum fault fault = store_open(&store, path, SQL_WRITE, venue);
    *store_out = store;
    return fault;
}

static void rows_close(void *store)
{
    store_close(store);
}

static enum fault rows_point(void *store, struct projection_point *point_out)
{
    struct store_point point;
    TRY(store_point(store, &point));
    *point_out = (struct projection_point){
        .position = point.position, .seq = point.seq, .time_us = point.time_us};
    return FAULT_NONE;
}

static enum fault rows_image(void *store, struct disk *disk, const char *events)
{
    return image_apply(store, disk, events);
}

static enum fault rows_begin(void *store)
{
    return store_begin(store);
}

static enum fault rows_apply(void *store, struct span events, u64 seq, u64 time_us)
{
    return store_apply(store, events, seq, time_us);
}

static enum fault rows_commit(void *store, u64 position)
{
    return store_commit(store, position);
}

static void rows_abandon(void *store)
{
    store_abandon(store);
}

static enum fault rows_settle(void *store)
{
    return store_settle(store);
}

const struct projection_kind history_projection = {
    .what = "the history",
    .folder = HISTORY_FOLDER,
    .database = HISTORY_DATABASE,
    .reader = HISTORY_READER_NAME,
    .open = rows_open,
    .close = rows_close,
    .point = rows_point,
    .image = rows_image,
    .begin = rows_begin,
    .apply = rows_apply,
    .commit = rows_commit,
    .abandon = rows_abandon,
    .settle = rows_settle,
};

enum fault history_reader(struct store **store_out, const char *folder)
{
    struct projection_place place;
    *store_out = NULL;
    TRY(projection_place_of(&history_projection, folder, NULL, &place));
    return store_open(store_out, place.database, SQL_READ, NULL);
}
