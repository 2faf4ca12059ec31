#include "role/office/office_store.h"

#include "base/check.h"
#include "base/secret.h"
#include "io/entropy.h"

#include <stdlib.h>
#include <string.h>

#define OFFICE_APPLICATION 0x434d424fU /* CMBO */
#define OFFICE_VERSION     1U

#define REFUSES(name, table, what)                      \
    "CREATE TRIGGER " name " BEFORE " what " ON " table \
    " BEGIN SELECT RAISE(ABORT, 'rows are only added'); END"

static const char *const schema[] = {
    "CREATE TABLE venue(one INTEGER PRIMARY KEY CHECK(one = 1), secret BLOB NOT NULL)",
    "CREATE TABLE credentials(id BLOB PRIMARY KEY, officer INTEGER NOT NULL,"
    " officer_key BLOB NOT NULL, kind INTEGER NOT NULL, key BLOB NOT NULL,"
    " counter INTEGER NOT NULL, name BLOB NOT NULL, made_ms INTEGER NOT NULL,"
    " used_ms INTEGER NOT NULL)",
    "CREATE INDEX credentials_of ON credentials(officer, made_ms)",
    "CREATE TABLE rows(number INTEGER PRIMARY KEY, time_ms INTEGER NOT NULL,"
    " officer INTEGER NOT NULL, what INTEGER NOT NULL, about BLOB NOT NULL)",
    "CREATE INDEX rows_of ON rows(officer, time_ms)",
    REFUSES("rows_update", "rows", "UPDATE"),
    REFUSES("rows_delete", "rows", "DELETE"),
    NULL,
};

static const struct sql_format format = {.application = OFFICE_APPLICATION,
                                         .version = OFFICE_VERSION,
                                         .what = "a file of the officers' console",
                                         .schema = schema};

enum statement {
    CREDENTIALS_OF,
    CREDENTIAL_PUT,
    CREDENTIAL_USED,
    CREDENTIAL_REMOVE,
    CREDENTIAL_NAME,
    ROW_PUT,
    ROWS_OF,
    STATEMENTS
};

static const char *const texts[] = {
    [CREDENTIALS_OF] = "SELECT id, kind, key, counter, name, made_ms, used_ms FROM credentials"
                       " WHERE officer = ? AND officer_key = ? ORDER BY made_ms, id",
    [CREDENTIAL_PUT] = "INSERT INTO credentials(id, officer, officer_key, kind, key, counter, name,"
                       " made_ms, used_ms) VALUES(?, ?, ?, ?, ?, ?, ?, ?, 0)"
                       " ON CONFLICT DO NOTHING",
    [CREDENTIAL_USED] = "UPDATE credentials SET counter = ?, used_ms = ? WHERE id = ?",
    [CREDENTIAL_REMOVE] = "DELETE FROM credentials WHERE id = ? AND officer = ?",
    [CREDENTIAL_NAME] = "SELECT name FROM credentials WHERE id = ? AND officer = ?",
    [ROW_PUT] = "INSERT INTO rows(time_ms, officer, what, about) VALUES(?, ?, ?, ?)",
    [ROWS_OF] = "SELECT number, time_ms, what, about FROM rows WHERE officer = ? AND time_ms >= ?"
                " AND time_ms < ? AND (coalesce(length(?), 0) = 0 OR instr(about, ?) > 0)"
                " ORDER BY time_ms DESC, number DESC LIMIT ?",
};
_Static_assert(ARRAY_COUNT(texts) == STATEMENTS, "a text each");

struct office_store {
    struct sql sql;
    struct sqlite3_stmt *statements[STATEMENTS];
    u8 secret[OFFICE_SECRET_BYTES];
};

static struct sql_call call(struct office_store *store, enum statement statement)
{
    return sql_call(store->statements[statement]);
}

/* ---- opening ---- */

static enum fault secret_read(struct office_store *store, bool *some_out)
{
    struct sqlite3_stmt *statement = NULL;
    TRY(sql_prepare(&store->sql, "SELECT secret FROM venue", &statement));
    struct sql_call get = sql_call(statement);
    enum fault fault = sql_next(&store->sql, &get, some_out);
    if (fault == FAULT_NONE && *some_out) {
        sql_get_bytes(&get, store->secret, sizeof(store->secret));
        sql_end(&get);
    }
    sql_give_back(&statement);
    return fault;
}

static enum fault secret_make(struct office_store *store)
{
    struct sqlite3_stmt *statement = NULL;
    TRY(entropy_fill(store->secret, sizeof(store->secret)));
    TRY(sql_prepare(&store->sql, "INSERT INTO venue(one, secret) VALUES(1, ?)", &statement));
    struct sql_call put = sql_call(statement);
    sql_put_bytes(&put, span_of(store->secret, sizeof(store->secret)));
    enum fault fault = sql_do(&store->sql, &put);
    sql_give_back(&statement);
    return fault;
}

static enum fault open_inner(struct office_store *store, const char *path)
{
    bool some = false;
    TRY(sql_open(&store->sql, path, SQL_WRITE, &format));
    /* What was looked at is told before it is answered: a power cut must not take it back. */
    TRY(sql_run(&store->sql, "PRAGMA synchronous=FULL"));
    TRY(secret_read(store, &some));
    if (!some) {
        TRY(secret_make(store));
    }
    for (u32 i = 0; i < STATEMENTS; i += 1) {
        TRY(sql_prepare(&store->sql, texts[i], &store->statements[i]));
    }
    return FAULT_NONE;
}

enum fault office_store_open(struct office_store **store_out, const char *path)
{
    struct office_store *store = calloc(1, sizeof(*store));
    *store_out = NULL;
    if (store == NULL) {
        return FAULT(FAULT_LIMIT, "%s: no memory", path);
    }
    enum fault fault = open_inner(store, path);
    if (fault != FAULT_NONE) {
        office_store_close(store);
        return fault;
    }
    *store_out = store;
    return FAULT_NONE;
}

void office_store_close(struct office_store *store)
{
    if (store == NULL) {
        return;
    }
    for (u32 i = 0; i < STATEMENTS; i += 1) {
        sql_give_back(&store->statements[i]);
    }
    sql_close(&store->sql);
    secret_wipe(store->secret, sizeof(store->secret));
    free(store);
}

const u8 *office_store_secret(const struct office_store *store)
{
    return store->secret;
}

/* ---- credentials ---- */

/* Copies a column of at most `bytes_max`; false: it is longer. */
static bool take(struct sql_call *from, void *target, size_t bytes_max, size_t *bytes_out)
{
    struct span bytes = sql_get_span(from);
    *bytes_out = bytes.size;
    return span_copy(bytes, target, bytes_max);
}

static bool credential_read(struct sql_call *from, struct office_credential *to)
{
    bool fits = take(from, to->id, sizeof(to->id), &to->id_bytes);
    to->kind = (i32)sql_get_i64(from);
    fits = take(from, to->key, sizeof(to->key), &to->key_bytes) && fits;
    to->counter = (u32)sql_get_u64(from);
    fits = take(from, to->name, sizeof(to->name) - 1, &to->name_bytes) && fits;
    to->made_ms = sql_get_u64(from);
    to->used_ms = sql_get_u64(from);
    return fits;
}

enum fault office_credentials_of(struct office_store *store, const struct officer *officer,
                                 struct office_credential credentials_out[OFFICE_CREDENTIALS_MAX],
                                 u32 *count_out)
{
    struct sql_call get = call(store, CREDENTIALS_OF);
    bool row = false;
    *count_out = 0;
    sql_put_u64(&get, officer->number);
    sql_put_bytes(&get, span_of(officer->key, sizeof(officer->key)));
    TRY(sql_next(&store->sql, &get, &row));
    while (row && *count_out < OFFICE_CREDENTIALS_MAX) {
        struct office_credential *to = &credentials_out[*count_out];
        memset(to, 0, sizeof(*to));
        to->officer = officer->number;
        memcpy(to->officer_key, officer->key, sizeof(to->officer_key));
        if (!credential_read(&get, to)) {
            sql_end(&get);
            return FAULT(FAULT_ROT, "%s: a credential is longer than one is", store->sql.path);
        }
        *count_out += 1;
        TRY(sql_next(&store->sql, &get, &row));
    }
    if (row) {
        sql_end(&get);
    }
    return FAULT_NONE;
}

/* The end of a transaction, of which `fault` has become. */
static enum fault finish(struct office_store *store, enum fault fault)
{
    if (fault == FAULT_NONE) {
        fault = sql_run(&store->sql, "COMMIT");
    }
    if (fault != FAULT_NONE && sql_run(&store->sql, "ROLLBACK") != FAULT_NONE) {
        return FAULT(FAULT_IO, "%s: neither written nor taken back", store->sql.path);
    }
    return fault;
}

static enum fault put_inner(struct office_store *store, const struct office_credential *credential,
                            u64 now_ms)
{
    struct sql_call put = call(store, CREDENTIAL_PUT);
    sql_put_bytes(&put, span_of(credential->id, credential->id_bytes));
    sql_put_u64(&put, credential->officer);
    sql_put_bytes(&put, span_of(credential->officer_key, sizeof(credential->officer_key)));
    sql_put_i64(&put, credential->kind);
    sql_put_bytes(&put, span_of(credential->key, credential->key_bytes));
    sql_put_u64(&put, credential->counter);
    sql_put_bytes(&put, span_of(credential->name, credential->name_bytes));
    sql_put_u64(&put, now_ms);
    TRY(sql_do(&store->sql, &put));
    if (sql_changes(&store->sql) == 0) {
        return FAULT(FAULT_EXISTS, "this security key is bound already");
    }
    return office_row_put(store, credential->officer, OFFICE_WHAT_ADDED,
                          span_of(credential->name, credential->name_bytes), now_ms);
}

enum fault office_credential_put(struct office_store *store,
                                 const struct office_credential *credential, u64 now_ms)
{
    static struct office_credential own[OFFICE_CREDENTIALS_MAX];
    struct officer officer = {.number = credential->officer};
    u32 count = 0;
    CHECK(credential->id_bytes > 0 && credential->id_bytes <= OFFICE_ID_BYTES_MAX &&
          credential->key_bytes > 0 && credential->key_bytes <= OFFICE_KEY_BYTES_MAX &&
          credential->name_bytes <= OFFICE_NAME_BYTES_MAX);
    memcpy(officer.key, credential->officer_key, sizeof(officer.key));
    TRY(office_credentials_of(store, &officer, own, &count));
    if (count == OFFICE_CREDENTIALS_MAX) {
        return FAULT(FAULT_LIMIT, "an officer has %u security keys at most", count);
    }
    TRY(sql_run(&store->sql, "BEGIN IMMEDIATE"));
    return finish(store, put_inner(store, credential, now_ms));
}

enum fault office_credential_used(struct office_store *store, struct span id, u32 counter,
                                  u64 now_ms)
{
    struct sql_call put = call(store, CREDENTIAL_USED);
    sql_put_u64(&put, counter);
    sql_put_u64(&put, now_ms);
    sql_put_bytes(&put, id);
    return sql_do(&store->sql, &put);
}

static enum fault remove_inner(struct office_store *store, const struct officer *officer,
                               struct span id, u64 now_ms)
{
    struct sql_call get = call(store, CREDENTIAL_NAME);
    char name[OFFICE_NAME_BYTES_MAX + 1] = "";
    size_t size = 0;
    bool row = false;
    sql_put_bytes(&get, id);
    sql_put_u64(&get, officer->number);
    TRY(sql_next(&store->sql, &get, &row));
    if (!row) {
        return FAULT(FAULT_MISSING, "there is no such security key of yours");
    }
    bool fits = take(&get, name, sizeof(name) - 1, &size);
    sql_end(&get);
    struct sql_call del = call(store, CREDENTIAL_REMOVE);
    sql_put_bytes(&del, id);
    sql_put_u64(&del, officer->number);
    TRY(sql_do(&store->sql, &del));
    return office_row_put(store, officer->number, OFFICE_WHAT_REMOVED,
                          span_of(name, fits ? size : 0), now_ms);
}

enum fault office_credential_remove(struct office_store *store, const struct officer *officer,
                                    struct span id, u64 now_ms)
{
    TRY(sql_run(&store->sql, "BEGIN IMMEDIATE"));
    return finish(store, remove_inner(store, officer, id, now_ms));
}

/* ---- rows ---- */

enum fault office_row_put(struct office_store *store, u32 officer, enum office_what what,
                          struct span about, u64 now_ms)
{
    struct sql_call put = call(store, ROW_PUT);
    sql_put_u64(&put, now_ms);
    sql_put_u64(&put, officer);
    sql_put_u64(&put, (u64)what);
    sql_put_bytes(&put, span_of(about.data, u64_min(about.size, OFFICE_ABOUT_BYTES_MAX)));
    return sql_do(&store->sql, &put);
}

enum fault office_rows_of(struct office_store *store, u32 officer, u64 from_ms, u64 until_ms,
                          struct span text, u32 limit, struct office_row rows_out[OFFICE_ROWS_MAX],
                          u32 *count_out)
{
    struct sql_call get = call(store, ROWS_OF);
    bool row = false;
    size_t size = 0;
    CHECK(limit <= OFFICE_ROWS_MAX);
    *count_out = 0;
    sql_put_u64(&get, officer);
    sql_put_u64(&get, u64_min(from_ms, INT64_MAX));
    sql_put_u64(&get, u64_min(until_ms, INT64_MAX));
    sql_put_bytes(&get, text);
    sql_put_bytes(&get, text);
    sql_put_u64(&get, limit);
    TRY(sql_next(&store->sql, &get, &row));
    while (row) {
        struct office_row *to = &rows_out[*count_out];
        memset(to, 0, sizeof(*to));
        to->number = sql_get_u64(&get);
        to->time_ms = sql_get_u64(&get);
        to->officer = officer;
        u64 what = sql_get_u64(&get);
        to->what = what < OFFICE_WHATS_COUNT ? (enum office_what)what : OFFICE_WHAT_SIGN_IN;
        (void)take(&get, to->about, sizeof(to->about) - 1, &size);
        *count_out += 1;
        TRY(sql_next(&store->sql, &get, &row));
    }
    return FAULT_NONE;
}
