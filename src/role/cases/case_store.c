#include "role/cases/case_store.h"

#include "base/check.h"
#include "base/span.h"
#include "io/log.h"
#include "role/cases/case_statements.h"
#include "role/cases/case_text.h"

#include <stdlib.h>
#include <string.h>

#define CASE_APPLICATION 0x434d4243U /* CMBC */

static const struct sql_format format = {
    .application = CASE_APPLICATION,
    .version = CASE_VERSION,
    .what = "an officers' queue",
    .schema = case_schema,
};

struct sql_call case_call(struct case_store *store, enum case_statement statement)
{
    return sql_call(store->statements[statement]);
}

enum fault case_do(struct case_store *store, struct sql_call *call)
{
    return sql_do(&store->sql, call);
}

/* ---- the texts of packs ---- */

const struct pack_rule_text *case_rule_text(const struct case_store *store, u32 pack, u32 rule)
{
    if (pack >= CASE_PACKS_MAX || store->texts == NULL || !store->packs[pack].has_text ||
        rule >= store->texts[pack].rules_count) {
        return NULL;
    }
    return &store->texts[pack].rules[rule];
}

/* A text that is missing, damaged or no pack is told in the log; its restrictions are neutral. */
enum fault case_pack_read(struct case_store *store, u32 number)
{
    struct case_pack *pack = &store->packs[number];
    const char *reason = NULL;
    pack->has_text = false;
    TRY(case_text_read(store->disk, store->packs_folder, pack->hash, store->json,
                       &store->texts[number], &reason));
    pack->has_text = reason == NULL;
    if (reason != NULL) {
        store->textless += 1;
        log_warn("cases.pack_without_text",
                 LOG_HEX("hash", span_of(pack->hash, sizeof(pack->hash))),
                 LOG_STR("reason", reason));
    }
    return FAULT_NONE;
}

static enum fault packs_read(struct case_store *store)
{
    struct sql_call call = case_call(store, CASE_PACKS);
    bool row = false;
    TRY(sql_next(&store->sql, &call, &row));
    while (row) {
        u64 number = sql_get_u64(&call);
        if (number >= CASE_PACKS_MAX) {
            sql_end(&call);
            return FAULT(FAULT_ROT, "%s: pack %llu", store->sql.path, (unsigned long long)number);
        }
        struct case_pack *pack = &store->packs[number];
        pack->is_known = true;
        sql_get_bytes(&call, pack->hash, sizeof(pack->hash));
        sql_get_bytes(&call, pack->id, sizeof(pack->id));
        pack->version = (u32)sql_get_u64(&call);
        TRY(case_pack_read(store, (u32)number));
        TRY(sql_next(&store->sql, &call, &row));
    }
    return FAULT_NONE;
}

/* ---- opening ---- */

static enum fault venue_check(struct case_store *store, const u8 *venue)
{
    struct projection_owner owner = {
        .what = format.what,
        .insert = "INSERT INTO venue (one, id, position, seq, time_us) VALUES (1, ?, 0, 0, 0)",
        .venue = venue,
        .writes = store->access == SQL_WRITE,
    };
    return projection_owner_check(&store->sql, &owner, store->venue);
}

static enum fault point_read(struct case_store *store, struct projection_point *point_out)
{
    struct sql_call call = case_call(store, CASE_POINT_GET);
    bool row = false;
    TRY(sql_next(&store->sql, &call, &row));
    if (!row) {
        return FAULT(FAULT_ROT, "%s: a queue without a position", store->sql.path);
    }
    point_out->position = sql_get_u64(&call);
    point_out->seq = sql_get_u64(&call);
    point_out->time_us = sql_get_u64(&call);
    sql_end(&call);
    return FAULT_NONE;
}

static enum fault open_inner(struct case_store *store, const struct case_store_options *options)
{
    TRY(sql_open(&store->sql, options->path, options->access, &format));
    TRY(venue_check(store, options->venue));
    for (u32 i = 0; store->access == SQL_WRITE && case_indexes[i] != NULL; i += 1) {
        TRY(sql_run(&store->sql, case_indexes[i]));
    }
    for (u32 i = 0; i < CASE_STATEMENTS; i += 1) {
        CHECK(case_texts[i] != NULL);
        TRY(sql_prepare(&store->sql, case_texts[i], &store->statements[i]));
    }
    TRY(point_read(store, &store->point));
    if (store->access == SQL_READ) {
        return FAULT_NONE;
    }
    struct span packs = span_of(options->packs, strlen(options->packs) + 1);
    if (!span_copy(packs, store->packs_folder, sizeof(store->packs_folder))) {
        return FAULT(FAULT_LIMIT, "%.200s...: a path is too long", options->packs);
    }
    store->texts = calloc(CASE_PACKS_MAX, sizeof(struct pack_text));
    store->json = malloc(PACK_TEXT_JSON_MAX);
    if (store->texts == NULL || store->json == NULL) {
        return FAULT(FAULT_LIMIT, "%s: no memory for the packs' texts", store->sql.path);
    }
    return packs_read(store);
}

enum fault case_store_open(struct case_store **store_out, const struct case_store_options *options)
{
    *store_out = NULL;
    struct case_store *store = calloc(1, sizeof(struct case_store));
    if (store == NULL) {
        return FAULT(FAULT_LIMIT, "%s: no memory for the officers' queue", options->path);
    }
    store->access = options->access;
    store->disk = options->disk;
    enum fault fault = open_inner(store, options);
    if (fault != FAULT_NONE) {
        case_store_close(store);
        return fault;
    }
    *store_out = store;
    return FAULT_NONE;
}

void case_store_close(struct case_store *store)
{
    if (store == NULL) {
        return;
    }
    case_store_abandon(store);
    for (u32 i = 0; i < CASE_STATEMENTS; i += 1) {
        sql_give_back(&store->statements[i]);
    }
    sql_close(&store->sql);
    free(store->texts);
    free(store->json);
    free(store);
}

enum fault case_store_point(struct case_store *store, struct projection_point *point_out)
{
    if (store->access == SQL_READ) {
        TRY(point_read(store, &store->point));
    }
    *point_out = store->point;
    return FAULT_NONE;
}

enum fault case_store_settle(struct case_store *store)
{
    CHECK(!store->open);
    return sql_settle(&store->sql);
}

u64 case_store_textless(const struct case_store *store)
{
    return store->textless;
}

/* ---- transactions ---- */

static enum fault run(struct case_store *store, enum case_statement statement)
{
    struct sql_call call = case_call(store, statement);
    return sql_do(&store->sql, &call);
}

enum fault case_store_begin(struct case_store *store)
{
    CHECK(store->access == SQL_WRITE);
    CHECK(!store->open);
    TRY(run(store, CASE_BEGIN));
    store->open = true;
    store->ahead = store->point;
    struct projection_point stored;
    enum fault fault = point_read(store, &stored);
    if (fault == FAULT_NONE && stored.position != store->point.position) {
        fault = FAULT(FAULT_FENCED, "%s: another process writes this queue", store->sql.path);
    }
    if (fault != FAULT_NONE) {
        case_store_abandon(store);
    }
    return fault;
}

static enum fault commit(struct case_store *store)
{
    struct sql_call call = case_call(store, CASE_POINT_SET);
    sql_put_u64(&call, store->ahead.position);
    sql_put_u64(&call, store->ahead.seq);
    sql_put_u64(&call, store->ahead.time_us);
    TRY(sql_do(&store->sql, &call));
    return run(store, CASE_COMMIT);
}

enum fault case_store_commit(struct case_store *store, u64 position)
{
    CHECK(store->open);
    CHECK(position >= store->point.position);
    store->ahead.position = position;
    enum fault fault = commit(store);
    if (fault != FAULT_NONE) {
        case_store_abandon(store);
        return fault;
    }
    store->open = false;
    store->point = store->ahead;
    return FAULT_NONE;
}

/* The packs in memory may be ahead of the rows then: who abandons closes. */
void case_store_abandon(struct case_store *store)
{
    if (!store->open) {
        return;
    }
    store->open = false;
    struct fault_trail trail;
    fault_trail_copy(&trail);
    enum fault fault = run(store, CASE_ABANDON);
    if (fault != FAULT_NONE) {
        fault_forget(); /* the library has rolled back itself */
    }
    fault_trail_adopt(&trail);
}
