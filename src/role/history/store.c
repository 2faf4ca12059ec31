#include "role/history/store.h"

#include "base/check.h"
#include "base/span.h"
#include "io/projection.h"
#include "role/history/statements.h"

#include <stdlib.h>
#include <string.h>

#define STORE_APPLICATION 0x434d4248U /* CMBH */

static const struct sql_format format = {
    .application = STORE_APPLICATION,
    .version = STORE_VERSION,
    .what = "a history",
    .schema = store_schema,
};

struct sql_call store_call(struct store *store, enum store_statement statement)
{
    return sql_call(store->statements[statement]);
}

struct sql *store_sql(struct store *store)
{
    return &store->sql;
}

/* ---- opening ---- */

static enum fault venue_check(struct store *store, const u8 *venue)
{
    struct projection_owner owner = {
        .what = format.what,
        .insert = "INSERT INTO venue (one, id, position, seq, time_us, market) "
                  "VALUES (1, ?, 0, 0, 0, 0)",
        .venue = venue,
        .writes = store->access == SQL_WRITE,
    };
    return projection_owner_check(&store->sql, &owner, store->venue);
}

static enum fault markets_read(struct store *store)
{
    struct sql_call call = store_call(store, STORE_MARKETS);
    bool row = false;
    TRY(sql_next(&store->sql, &call, &row));
    while (row) {
        u64 number = sql_get_u64(&call);
        if (number >= STORE_MARKETS_MAX) {
            sql_end(&call);
            return FAULT(FAULT_ROT, "%s: market %llu", store->sql.path, (unsigned long long)number);
        }
        struct store_market *market = &store->markets[number];
        *market = (struct store_market){.known = true};
        market->base = (u16)sql_get_u64(&call);
        market->quote = (u16)sql_get_u64(&call);
        TRY(sql_next(&store->sql, &call, &row));
    }
    return FAULT_NONE;
}

static enum fault point_read(struct store *store, struct store_point *point_out)
{
    struct sql_call call = store_call(store, STORE_POINT_GET);
    bool row = false;
    TRY(sql_next(&store->sql, &call, &row));
    if (!row) {
        return FAULT(FAULT_ROT, "%s: a history without a position", store->sql.path);
    }
    point_out->position = sql_get_u64(&call);
    point_out->seq = sql_get_u64(&call);
    point_out->time_us = sql_get_u64(&call);
    point_out->market = (u16)sql_get_u64(&call);
    point_out->began_position = sql_get_u64(&call);
    point_out->began_us = sql_get_u64(&call);
    sql_end(&call);
    return FAULT_NONE;
}

static enum fault open_inner(struct store *store, const char *path, const u8 *venue)
{
    TRY(sql_open(&store->sql, path, store->access, &format));
    TRY(venue_check(store, venue));
    for (u32 i = 0; i < STORE_STATEMENTS; i += 1) {
        CHECK(store_texts[i] != NULL);
        TRY(sql_prepare(&store->sql, store_texts[i], &store->statements[i]));
    }
    TRY(point_read(store, &store->point));
    if (store->access == SQL_READ) {
        return FAULT_NONE;
    }
    store->markets = calloc(STORE_MARKETS_MAX, sizeof(struct store_market));
    if (store->markets == NULL) {
        return FAULT(FAULT_LIMIT, "%s: no memory for the markets", path);
    }
    return markets_read(store);
}

enum fault store_open(struct store **store_out, const char *path, enum sql_access access,
                      const u8 *venue)
{
    *store_out = NULL;
    struct store *store = calloc(1, sizeof(struct store));
    if (store == NULL) {
        return FAULT(FAULT_LIMIT, "%s: no memory for a history", path);
    }
    store->access = access;
    enum fault fault = open_inner(store, path, venue);
    if (fault != FAULT_NONE) {
        store_close(store);
        return fault;
    }
    *store_out = store;
    return FAULT_NONE;
}

void store_close(struct store *store)
{
    if (store == NULL) {
        return;
    }
    store_abandon(store);
    for (u32 i = 0; i < STORE_STATEMENTS; i += 1) {
        sql_give_back(&store->statements[i]);
    }
    sql_close(&store->sql);
    free(store->markets);
    free(store);
}

const u8 *store_venue(const struct store *store)
{
    return store->venue;
}

enum fault store_point(struct store *store, struct store_point *point_out)
{
    if (store->access == SQL_READ) {
        TRY(point_read(store, &store->point));
    }
    *point_out = store->point;
    return FAULT_NONE;
}

enum fault store_settle(struct store *store)
{
    CHECK(!store->open);
    return sql_settle(&store->sql);
}

/* ---- views ---- */

enum fault store_view_begin(struct store *store)
{
    return store->access == SQL_READ ? sql_run(&store->sql, "BEGIN") : FAULT_NONE;
}

enum fault store_view_end(struct store *store, enum fault fault)
{
    if (store->access != SQL_READ) {
        return fault;
    }
    if (fault == FAULT_NONE) {
        return sql_run(&store->sql, "COMMIT");
    }
    struct fault_trail trail;
    fault_trail_copy(&trail);
    sql_steps_limit(&store->sql, 0);
    enum fault ignored = sql_run(&store->sql, "ROLLBACK");
    (void)ignored;
    fault_trail_adopt(&trail);
    return fault;
}

void store_steps_limit(struct store *store, u64 steps)
{
    sql_steps_limit(&store->sql, steps);
}

/* ---- transactions ---- */

static enum fault run(struct store *store, enum store_statement statement)
{
    struct sql_call call = store_call(store, statement);
    return sql_do(&store->sql, &call);
}

enum fault store_begin(struct store *store)
{
    CHECK(store->access == SQL_WRITE);
    CHECK(!store->open);
    TRY(run(store, STORE_BEGIN));
    store->open = true;
    store->ahead = store->point;
    struct store_point stored;
    enum fault fault = point_read(store, &stored);
    if (fault == FAULT_NONE && stored.position != store->point.position) {
        fault = FAULT(FAULT_FENCED, "%s: another process writes this history", store->sql.path);
    }
    if (fault != FAULT_NONE) {
        store_abandon(store);
    }
    return fault;
}

static enum fault commit(struct store *store)
{
    TRY(store_bars_flush(store));
    struct sql_call call = store_call(store, STORE_POINT_SET);
    sql_put_u64(&call, store->ahead.position);
    sql_put_u64(&call, store->ahead.seq);
    sql_put_u64(&call, store->ahead.time_us);
    sql_put_u64(&call, store->ahead.market);
    TRY(sql_do(&store->sql, &call));
    return run(store, STORE_COMMIT);
}

enum fault store_commit(struct store *store, u64 position)
{
    CHECK(store->open);
    CHECK(position >= store->point.position);
    store->ahead.position = position;
    enum fault fault = commit(store);
    if (fault != FAULT_NONE) {
        store_abandon(store);
        return fault;
    }
    store->open = false;
    store->point = store->ahead;
    return FAULT_NONE;
}

void store_abandon(struct store *store)
{
    if (!store->open) {
        return;
    }
    store->open = false;
    struct fault_trail trail;
    fault_trail_copy(&trail);
    enum fault fault = run(store, STORE_ABANDON);
    if (fault != FAULT_NONE) {
        fault_forget(); /* the library has rolled back itself */
    }
    fault_trail_adopt(&trail);
    /* What is in memory was made from rows that are gone. */
    for (u32 i = 0; i < STORE_MARKETS_MAX; i += 1) {
        store->markets[i].bars_known = false;
        store->markets[i].bars_dirty = 0;
    }
}
