#include "role/cases/cases.h"

#include "role/cases/case_statements.h"

_Static_assert(CASE_VENUE_BYTES == EVENTLOG_VENUE_BYTES, "the same id");

static enum fault rows_open(void **store_out, const struct projection_place *place,
                            const char *path, struct disk *disk,
                            const u8 venue[EVENTLOG_VENUE_BYTES])
{
    char packs[FILE_PATH_BYTES];
    struct case_store *store = NULL;
    struct case_store_options options = {
        .path = path, .access = SQL_WRITE, .venue = venue, .disk = disk, .packs = packs};
    TRY(file_path(packs, place->venue, CASES_PACKS));
    TRY(sql_file_make(place->folder, path));
    enum fault fault = case_store_open(&store, &options);
    *store_out = store;
    return fault;
}

static void rows_close(void *store)
{
    case_store_close(store);
}

static enum fault rows_point(void *store, struct projection_point *point_out)
{
    return case_store_point(store, point_out);
}

static enum fault rows_image(void *store, struct disk *disk, const char *events)
{
    return case_image(store, disk, events);
}

static enum fault rows_begin(void *store)
{
    return case_store_begin(store);
}

static enum fault rows_apply(void *store, struct span events, u64 seq, u64 time_us)
{
    return case_store_apply(store, events, seq, time_us);
}

static enum fault rows_commit(void *store, u64 position)
{
    return case_store_commit(store, position);
}

static void rows_abandon(void *store)
{
    case_store_abandon(store);
}

static enum fault rows_settle(void *store)
{
    return case_store_settle(store);
}

const struct projection_kind cases_projection = {
    .what = "the officers' queue",
    .folder = CASES_FOLDER,
    .database = CASES_DATABASE,
    .reader = CASES_READER_NAME,
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

enum fault cases_reader(struct case_store **store_out, const char *folder)
{
    struct projection_place place;
    *store_out = NULL;
    TRY(projection_place_of(&cases_projection, folder, NULL, &place));
    struct case_store_options options = {.path = place.database, .access = SQL_READ};
    return case_store_open(store_out, &options);
}
