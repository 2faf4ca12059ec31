#include "role/screen/screen_cleared.h"

#include "base/secret.h"
#include "base/span.h"
#include "io/entropy.h"

#include <string.h>

#define APPLICATION 0x43536372U /* "CScr" */

#define DOUBLES_TABLE \
    "CREATE TABLE doubles (one INTEGER PRIMARY KEY CHECK (one = 1), number INTEGER NOT NULL) STRICT"
#define DOUBLES_ROW "INSERT INTO doubles (one, number) VALUES (1, 0)"

static const char *const schema[] = {
    "CREATE TABLE key (one INTEGER PRIMARY KEY CHECK (one = 1), key BLOB NOT NULL) STRICT",
    "CREATE TABLE cleared (row INTEGER PRIMARY KEY, digest BLOB NOT NULL) STRICT",
    DOUBLES_TABLE,
    DOUBLES_ROW,
    NULL,
};
static const char *const to_2[] = {DOUBLES_TABLE, DOUBLES_ROW, NULL};
static const char *const *const upgrades[] = {to_2};

static const struct sql_format format = {.application = APPLICATION,
                                         .version = 2,
                                         .what = "screening's clearances",
                                         .schema = schema,
                                         .upgrades = upgrades};

static enum fault key_take(struct screen_cleared *cleared)
{
    struct sqlite3_stmt *statement = NULL;
    bool has = false;
    TRY(sql_prepare(&cleared->sql, "SELECT key FROM key", &statement));
    struct sql_call call = sql_call(statement);
    enum fault fault = sql_next(&cleared->sql, &call, &has);
    if (fault == FAULT_NONE && has) {
        sql_get_bytes(&call, cleared->key, sizeof(cleared->key));
    }
    sql_end(&call);
    sql_give_back(&statement);
    if (fault != FAULT_NONE || has) {
        return fault;
    }
    TRY(entropy_fill(cleared->key, sizeof(cleared->key)));
    TRY(sql_prepare(&cleared->sql, "INSERT INTO key (one, key) VALUES (1, ?)", &statement));
    call = sql_call(statement);
    sql_put_bytes(&call, span_of(cleared->key, sizeof(cleared->key)));
    fault = sql_do(&cleared->sql, &call);
    sql_give_back(&statement);
    return fault;
}

enum fault screen_cleared_open(struct screen_cleared *cleared, struct disk *disk,
                               const char *folder)
{
    char path[FILE_PATH_BYTES];
    char below[FILE_PATH_BYTES];
    *cleared = (struct screen_cleared){.get = NULL};
    TRY(file_path(below, folder, SCREEN_FOLDER));
    TRY(disk_make_folder(disk, below));
    TRY(file_path(path, folder, SCREEN_FILE));
    TRY(sql_file_make(below, path));
    TRY(sql_open(&cleared->sql, path, SQL_WRITE, &format));
    TRY(key_take(cleared));
    TRY(sql_prepare(&cleared->sql, "SELECT digest FROM cleared WHERE row=?", &cleared->get));
    return sql_prepare(&cleared->sql, "INSERT INTO cleared (row, digest) VALUES (?, ?)",
                       &cleared->put);
}

void screen_cleared_close(struct screen_cleared *cleared)
{
    sql_give_back(&cleared->get);
    sql_give_back(&cleared->put);
    sql_close(&cleared->sql);
    secret_wipe(cleared->key, sizeof(cleared->key));
}

enum fault screen_cleared_holds(struct screen_cleared *cleared, u64 row,
                                const u8 digest[SHA256_BYTES], bool *holds_out)
{
    bool has = false;
    u8 kept[SHA256_BYTES] = {0};
    struct sql_call call = sql_call(cleared->get);
    sql_put_u64(&call, row);
    TRY(sql_next(&cleared->sql, &call, &has));
    if (has) {
        sql_get_bytes(&call, kept, sizeof(kept));
        *holds_out = memcmp(kept, digest, sizeof(kept)) == 0;
        sql_end(&call);
        return FAULT_NONE;
    }
    *holds_out = true;
    call = sql_call(cleared->put);
    sql_put_u64(&call, row);
    sql_put_bytes(&call, span_of(digest, SHA256_BYTES));
    return sql_do(&cleared->sql, &call);
}

enum fault screen_cleared_doubles(struct screen_cleared *cleared, u64 *number_out)
{
    struct sqlite3_stmt *statement = NULL;
    bool has = false;
    *number_out = 0;
    TRY(sql_prepare(&cleared->sql, "SELECT number FROM doubles", &statement));
    struct sql_call call = sql_call(statement);
    enum fault fault = sql_next(&cleared->sql, &call, &has);
    if (fault == FAULT_NONE && has) {
        *number_out = sql_get_u64(&call);
    }
    sql_end(&call);
    sql_give_back(&statement);
    return fault;
}

enum fault screen_cleared_doubles_put(struct screen_cleared *cleared, u64 number)
{
    struct sqlite3_stmt *statement = NULL;
    TRY(sql_prepare(&cleared->sql, "UPDATE doubles SET number=?", &statement));
    struct sql_call call = sql_call(statement);
    sql_put_u64(&call, number);
    enum fault fault = sql_do(&cleared->sql, &call);
    sql_give_back(&statement);
    return fault;
}
