#include "io/sql.h"

#include "base/check.h"
#include "base/span.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#define BUSY_MS          5000
#define STEPS_AT_ONCE    1000 /* between two looks at the limit */
#define CHECKPOINT_PAGES "4000"

/* Which fault a result code is. */
static enum fault fault_of(int code)
{
    switch (code & 0xff) {
    case SQLITE_NOTADB:
        return FAULT_FOREIGN;
    case SQLITE_CORRUPT:
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
        return FAULT_ROT;
    case SQLITE_FULL:
        return FAULT_DISK_FULL;
    case SQLITE_READONLY:
        return FAULT_READ_ONLY;
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return FAULT_PERMISSION;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return FAULT_LOCKED;
    case SQLITE_CANTOPEN:
        return FAULT_MISSING;
    case SQLITE_INTERRUPT:
        return FAULT_STOPPED;
    case SQLITE_NOMEM:
    case SQLITE_TOOBIG:
        return FAULT_LIMIT;
    default: /* not an enum: a number of the library's */
        return FAULT_IO;
    }
}

static enum fault failed(const struct sql *sql, int code)
{
    return FAULT(fault_of(code), "%s: %s", sql->path,
                 sql->db == NULL ? sqlite3_errstr(code) : sqlite3_errmsg(sql->db));
}

enum fault sql_run(struct sql *sql, const char *text)
{
    int code = sqlite3_exec(sql->db, text, NULL, NULL, NULL);
    return code == SQLITE_OK ? FAULT_NONE : failed(sql, code);
}

/* Not 0: stop. */
static int steps_taken(void *argument)
{
    struct sql *sql = argument;
    if (sql->steps_left <= STEPS_AT_ONCE) {
        sql->steps_left = 0;
        return 1;
    }
    sql->steps_left -= STEPS_AT_ONCE;
    return 0;
}

void sql_steps_limit(struct sql *sql, u64 steps)
{
    sql->steps_left = steps;
    sqlite3_progress_handler(sql->db, STEPS_AT_ONCE, steps > 0 ? steps_taken : NULL, sql);
}

enum fault sql_checkpoint(struct sql *sql, bool *whole_out)
{
    int code = sqlite3_wal_checkpoint_v2(sql->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    *whole_out = code == SQLITE_OK;
    return code == SQLITE_OK || (code & 0xff) == SQLITE_BUSY ? FAULT_NONE : failed(sql, code);
}

enum fault sql_settle(struct sql *sql)
{
    bool is_whole = false;
    TRY(sql_checkpoint(sql, &is_whole));
    return is_whole ? FAULT_NONE
                    : FAULT(FAULT_LOCKED, "%s: somebody reads it; try again later", sql->path);
}

static enum fault number_of(struct sql *sql, const char *text, u64 *number_out)
{
    struct sqlite3_stmt *statement = NULL;
    TRY(sql_prepare(sql, text, &statement));
    struct sql_call call = sql_call(statement);
    bool row = false;
    enum fault fault = sql_next(sql, &call, &row);
    *number_out = fault == FAULT_NONE && row ? sql_get_u64(&call) : 0;
    sql_give_back(&statement);
    return fault;
}

static enum fault schema_make(struct sql *sql, const struct sql_format *format)
{
    char text[128];
    TRY(sql_run(sql, "BEGIN IMMEDIATE"));
    for (u32 i = 0; format->schema[i] != NULL; i += 1) {
        TRY(sql_run(sql, format->schema[i]));
    }
    (void)snprintf(text, sizeof(text), "PRAGMA application_id=%u; PRAGMA user_version=%u",
                   format->application, format->version);
    TRY(sql_run(sql, text));
    return sql_run(sql, "COMMIT");
}

static enum fault schema_upgrade(struct sql *sql, const struct sql_format *format, u64 version)
{
    char text[64];
    TRY(sql_run(sql, "BEGIN IMMEDIATE"));
    for (u64 from = version; from < format->version; from += 1) {
        const char *const *texts = format->upgrades[from - 1];
        for (u32 i = 0; texts[i] != NULL; i += 1) {
            TRY(sql_run(sql, texts[i]));
        }
    }
    (void)snprintf(text, sizeof(text), "PRAGMA user_version=%u; COMMIT", format->version);
    return sql_run(sql, text);
}

/* Whose file it is, before anything in it is believed. */
static enum fault format_check(struct sql *sql, enum sql_access access,
                               const struct sql_format *format)
{
    u64 application = 0;
    u64 version = 0;
    u64 tables = 0;
    TRY(number_of(sql, "PRAGMA application_id", &application));
    TRY(number_of(sql, "PRAGMA user_version", &version));
    TRY(number_of(sql, "SELECT count(*) FROM sqlite_schema", &tables));
    if (application == 0 && version == 0 && tables == 0 && access == SQL_WRITE) {
        return schema_make(sql, format);
    }
    if (application != format->application) {
        return FAULT(FAULT_FOREIGN, "%s: not a database of %s", sql->path, format->what);
    }
    if (version > format->version) {
        return FAULT(FAULT_NEWER, "%s: schema version %llu, this program knows %u", sql->path,
                     (unsigned long long)version, format->version);
    }
    if (version > 0 && version < format->version && access == SQL_WRITE &&
        format->upgrades != NULL) {
        return schema_upgrade(sql, format, version);
    }
    if (version != format->version) {
        return FAULT(FAULT_FOREIGN, "%s: schema version %llu of %s is not known", sql->path,
                     (unsigned long long)version, format->what);
    }
    return FAULT_NONE;
}

static enum fault settings(struct sql *sql, enum sql_access access)
{
    TRY(sql_run(sql, "PRAGMA trusted_schema=OFF; PRAGMA cache_size=-32768; PRAGMA temp_store=2"));
    if (access == SQL_READ) {
        return sql_run(sql, "PRAGMA query_only=ON");
    }
    return sql_run(sql, "PRAGMA synchronous=NORMAL; PRAGMA wal_autocheckpoint=" CHECKPOINT_PAGES);
}

/* The first bytes a writer puts down are the mode, so not before the format is known. */
static enum fault open_inner(struct sql *sql, enum sql_access access,
                             const struct sql_format *format)
{
    int flags = SQLITE_OPEN_NOMUTEX;
    flags |=
        access == SQL_WRITE ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READWRITE;
    int code = sqlite3_open_v2(sql->path, &sql->db, flags, NULL);
    if (code != SQLITE_OK) {
        return failed(sql, code);
    }
    (void)sqlite3_extended_result_codes(sql->db, 1);
    (void)sqlite3_busy_timeout(sql->db, BUSY_MS);
    /* Plans do not depend on parameters, else a statement is prepared anew for each. */
    code = sqlite3_db_config(sql->db, SQLITE_DBCONFIG_ENABLE_QPSG, 1, NULL);
    if (code != SQLITE_OK) {
        return failed(sql, code);
    }
    TRY(settings(sql, access));
    TRY(format_check(sql, access, format));
    return access == SQL_WRITE ? sql_run(sql, "PRAGMA journal_mode=WAL") : FAULT_NONE;
}

enum fault sql_open(struct sql *sql, const char *path, enum sql_access access,
                    const struct sql_format *format)
{
    *sql = (struct sql){.db = NULL};
    size_t length = strlen(path);
    if (length == 0 || length >= FILE_PATH_BYTES) {
        return FAULT(FAULT_LIMIT, "%.200s: a path has 1 to %u bytes", path, FILE_PATH_BYTES - 1);
    }
    memcpy(sql->path, path, length + 1);
    enum fault fault = open_inner(sql, access, format);
    if (fault != FAULT_NONE) {
        sql_close(sql);
    }
    return fault;
}

enum fault sql_file_make(const char *folder, const char *path)
{
    bool exists = false;
    TRY(disk_exists(disk_real(), path, &exists));
    if (exists) {
        return FAULT_NONE;
    }
    SCOPED_FILE file;
    TRY(file_open(disk_real(), path, FILE_WRITE | FILE_CREATE | FILE_SECRET, &file));
    return disk_sync_folder(disk_real(), folder);
}

static enum fault copy_inner(struct sql *sql, const char *target)
{
    struct sqlite3_stmt *statement = NULL;
    int code =
        sqlite3_open_v2(sql->path, &sql->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    if (code != SQLITE_OK) {
        return failed(sql, code);
    }
    (void)sqlite3_busy_timeout(sql->db, BUSY_MS);
    TRY(sql_prepare(sql, "VACUUM INTO CAST(? AS TEXT)", &statement));
    struct sql_call call = sql_call(statement);
    sql_put_bytes(&call, span_of((const u8 *)target, strlen(target)));
    enum fault fault = sql_do(sql, &call);
    sql_give_back(&statement);
    return fault;
}

enum fault sql_copy(const char *path, const char *folder, const char *target)
{
    struct sql sql = {.db = NULL};
    bool exists = false;
    TRY(disk_exists(disk_real(), target, &exists));
    if (exists) {
        return FAULT(FAULT_EXISTS, "%s: is there already", target);
    }
    int length = snprintf(sql.path, sizeof(sql.path), "%s", path);
    if (length < 0 || (size_t)length >= sizeof(sql.path)) {
        return FAULT(FAULT_LIMIT, "%.200s: a path has 1 to %u bytes", path, FILE_PATH_BYTES - 1);
    }
    TRY(sql_file_make(folder, target));
    enum fault fault = copy_inner(&sql, target);
    sql_close(&sql);
    TRY(fault);
    SCOPED_FILE file = {.disk = NULL};
    TRY(file_open(disk_real(), target, FILE_WRITE, &file));
    return file_sync(&file);
}

void sql_close(struct sql *sql)
{
    if (sql->db != NULL) {
        int code = sqlite3_close(sql->db);
        CHECK(code == SQLITE_OK);
        sql->db = NULL;
    }
}

enum fault sql_prepare(struct sql *sql, const char *text, struct sqlite3_stmt **out)
{
    int code = sqlite3_prepare_v3(sql->db, text, -1, SQLITE_PREPARE_PERSISTENT, out, NULL);
    return code == SQLITE_OK ? FAULT_NONE : failed(sql, code);
}

void sql_give_back(struct sqlite3_stmt **statement)
{
    (void)sqlite3_finalize(*statement);
    *statement = NULL;
}

struct sql_call sql_call(struct sqlite3_stmt *statement)
{
    CHECK(statement != NULL);
    return (struct sql_call){.statement = statement, .next = 1};
}

/* A parameter that the text does not have is our own mistake. */
static void put(struct sql_call *call, i64 value)
{
    int code = sqlite3_bind_int64(call->statement, call->next, value);
    CHECK(code == SQLITE_OK);
    call->next += 1;
}

void sql_put_u64(struct sql_call *call, u64 value)
{
    put(call, (i64)value);
}

void sql_put_i64(struct sql_call *call, i64 value)
{
    put(call, value);
}

void sql_put_amount(struct sql_call *call, struct amount value)
{
    put(call, (i64)value.units); /* raw: stored as it is */
}

void sql_put_price(struct sql_call *call, struct price value)
{
    put(call, (i64)value.units); /* raw: stored as it is */
}

void sql_put_bytes(struct sql_call *call, struct span value)
{
    CHECK(value.size <= INT32_MAX);
    int code = sqlite3_bind_blob(call->statement, call->next,
                                 value.size == 0 ? "" : (const void *)value.data, (int)value.size,
                                 SQLITE_STATIC);
    CHECK(code == SQLITE_OK);
    call->next += 1;
}

enum fault sql_next(struct sql *sql, struct sql_call *call, bool *row_out)
{
    int code = sqlite3_step(call->statement);
    call->next = 0;
    *row_out = code == SQLITE_ROW;
    if (code == SQLITE_ROW) {
        return FAULT_NONE;
    }
    enum fault fault = code == SQLITE_DONE ? FAULT_NONE : failed(sql, code);
    (void)sqlite3_reset(call->statement);
    return fault;
}

enum fault sql_do(struct sql *sql, struct sql_call *call)
{
    bool row = false;
    TRY(sql_next(sql, call, &row));
    CHECK(!row);
    return FAULT_NONE;
}

void sql_end(struct sql_call *call)
{
    (void)sqlite3_reset(call->statement);
}

u64 sql_changes(const struct sql *sql)
{
    return (u64)sqlite3_changes(sql->db);
}

i64 sql_get_i64(struct sql_call *call)
{
    CHECK(call->next < sqlite3_column_count(call->statement));
    i64 value = sqlite3_column_int64(call->statement, call->next);
    call->next += 1;
    return value;
}

u64 sql_get_u64(struct sql_call *call)
{
    return (u64)sql_get_i64(call);
}

struct amount sql_get_amount(struct sql_call *call)
{
    return amount_of(sql_get_u64(call));
}

struct price sql_get_price(struct sql_call *call)
{
    return price_of(sql_get_u64(call));
}

void sql_get_bytes(struct sql_call *call, void *target, size_t bytes)
{
    CHECK(call->next < sqlite3_column_count(call->statement));
    const void *data = sqlite3_column_blob(call->statement, call->next);
    size_t size = (size_t)sqlite3_column_bytes(call->statement, call->next);
    size = size < bytes ? size : bytes;
    memset(target, 0, bytes);
    if (size > 0) {
        memcpy(target, data, size);
    }
    call->next += 1;
}

struct span sql_get_span(struct sql_call *call)
{
    CHECK(call->next < sqlite3_column_count(call->statement));
    const void *data = sqlite3_column_blob(call->statement, call->next);
    size_t size = (size_t)sqlite3_column_bytes(call->statement, call->next);
    call->next += 1;
    return span_of(data, data == NULL ? 0 : size);
}
