/* Last days, erasure by key, and the sweep after it. */
#include "base/check.h"
#include "role/vault/vault_store_inner.h"

static u32 day_of(u64 now_us)
{
    return (u32)(now_us / VAULT_US_DAY);
}

enum fault vault_store_retain(struct vault_store *store, u64 subject, u8 group, u32 until_day,
                              u64 *changed_out)
{
    struct sql_call call = vault_call(store, VAULT_SQL_RETAIN);
    sql_put_u64(&call, until_day);
    sql_put_u64(&call, subject);
    sql_put_u64(&call, group);
    sql_put_u64(&call, group);
    TRY(vault_do(store, VAULT_SQL_RETAIN, &call));
    *changed_out = sql_changes(&store->keys);
    return FAULT_NONE;
}

/* ---- erasure ---- */

static enum fault key_remove(struct vault_store *store, const struct seal_label *label, u64 now_us)
{
    struct vault_event event = {.time_us = now_us, .count = 1, .kind = VAULT_EVENT_ERASED};
    TRY(vault_do_place(store, VAULT_SQL_WRAP_REMOVE, label));
    if (sql_changes(&store->keys) != 1) {
        return vault_rot(&store->keys);
    }
    TRY(vault_do_place(store, VAULT_SQL_HANDS_REMOVE, label));
    TRY(vault_do_place(store, VAULT_SQL_TAGS_REMOVE, label));
    TRY(vault_do_place(store, VAULT_SQL_DEAD_ADD, label));
    TRY(vault_review_remove(store, label));
    TRY(vault_marks_gone(store, label, day_of(now_us)));
    struct sql_call call = vault_call(store, VAULT_SQL_SHREDDED_ADD);
    sql_put_u64(&call, day_of(now_us));
    TRY(vault_do(store, VAULT_SQL_SHREDDED_ADD, &call));
    TRY(vault_count(store, 0, 1));
    return vault_event_add(store, &event);
}

enum fault vault_store_erase(struct vault_store *store, struct seal_label label, u64 now_us)
{
    struct vault_record record;
    bool found = false;
    if (label.version != 0) {
        TRY(vault_find(store, &label, &record, &found));
    }
    if (!found) {
        return FAULT(FAULT_MISSING, "there is no such record");
    }
    if (record.until_day == 0) {
        return FAULT(FAULT_REFUSED, "the record has no last day yet");
    }
    if (record.until_day >= day_of(now_us)) {
        return FAULT(FAULT_REFUSED, "the record is kept until its last day has passed");
    }
    vault_step(store);
    TRY(vault_begin(store, VAULT_IN_KEYS));
    TRY(vault_end(store, VAULT_IN_KEYS, key_remove(store, &label, now_us)));
    vault_step(store);
    TRY(vault_do_place(store, VAULT_SQL_BODY_REMOVE, &label));
    vault_step(store);
    TRY(vault_do_place(store, VAULT_SQL_DEAD_REMOVE, &label));
    vault_step(store);
    return FAULT_NONE;
}

/* Runs a statement that removes hands, with its event. */
static enum fault hands_remove(struct vault_store *store, enum vault_statement statement,
                               struct sql_call *call, u64 now_us, u64 *count_out)
{
    struct vault_event event = {.time_us = now_us, .kind = VAULT_EVENT_HANDS};
    TRY(vault_do(store, statement, call));
    *count_out = sql_changes(&store->keys);
    event.count = *count_out;
    return *count_out > 0 ? vault_event_add(store, &event) : FAULT_NONE;
}

enum fault vault_store_erase_due(struct vault_store *store, u64 now_us, u64 *count_out)
{
    struct vault_listed due[VAULT_LIST_MAX];
    u32 count = 0;
    TRY(vault_begin(store, VAULT_IN_KEYS));
    struct sql_call call = vault_call(store, VAULT_SQL_HANDS_OVER);
    sql_put_u64(&call, now_us / VAULT_US_S);
    TRY(vault_end(store, VAULT_IN_KEYS,
                  hands_remove(store, VAULT_SQL_HANDS_OVER, &call, now_us, count_out)));
    TRY(vault_reviews_over(store, now_us));
    TRY(vault_due(store, day_of(now_us), due, &count));
    bool is_rotten = false; /* a row that cannot be keeps no other from being erased */
    for (u32 i = 0; i < count; i += 1) {
        if (!seal_label_is_sound(&due[i].label)) {
            is_rotten = true;
            continue;
        }
        TRY(vault_store_erase(store, due[i].label, now_us));
        *count_out += 1;
    }
    return is_rotten ? vault_rot(&store->keys) : FAULT_NONE;
}

enum fault vault_store_hands_drop(struct vault_store *store, struct seal_label label, u64 now_us,
                                  u64 *count_out)
{
    TRY(vault_begin(store, VAULT_IN_KEYS));
    struct sql_call call = vault_call(store, VAULT_SQL_HANDS_REMOVE);
    vault_put_place(&call, &label);
    return vault_end(store, VAULT_IN_KEYS,
                     hands_remove(store, VAULT_SQL_HANDS_REMOVE, &call, now_us, count_out));
}

/* ---- sweeps ---- */

/* Everything of the log into the file, and the log empty. A reader in the way is FAULT_LOCKED. */
static enum fault log_empty(struct sql *sql)
{
    struct sqlite3_stmt *statement = NULL;
    bool row = false;
    u64 busy = 1;
    TRY(sql_prepare(sql, "PRAGMA wal_checkpoint(TRUNCATE)", &statement));
    struct sql_call call = sql_call(statement);
    enum fault fault = sql_next(sql, &call, &row);
    if (fault == FAULT_NONE && row) {
        busy = sql_get_u64(&call);
    }
    sql_end(&call);
    sql_give_back(&statement);
    TRY(fault);
    return busy == 0 ? FAULT_NONE
                     : FAULT(FAULT_LOCKED, "%s: somebody is reading it; its log stays", sql->path);
}

enum fault vault_store_sweep(struct vault_store *store, u64 now_us)
{
    struct vault_event event = {.time_us = now_us, .kind = VAULT_EVENT_SWEPT};
    TRY(sql_run(&store->keys, "VACUUM"));
    vault_step(store);
    TRY(log_empty(&store->keys));
    TRY(vault_event_add(store, &event));
    return log_empty(&store->bodies);
}

enum fault vault_store_unswept(struct vault_store *store, u64 *since_us_out)
{
    struct sql_call call = vault_call(store, VAULT_SQL_UNSWEPT);
    bool row = false;
    TRY(sql_next(&store->keys, &call, &row));
    *since_us_out = row ? sql_get_u64(&call) : 0;
    sql_end(&call);
    return FAULT_NONE;
}

enum fault vault_store_shredded(struct vault_store *store, u32 day, u64 *count_out)
{
    struct sql_call call = vault_call(store, VAULT_SQL_SHREDDED);
    bool row = false;
    sql_put_u64(&call, day);
    TRY(sql_next(&store->keys, &call, &row));
    *count_out = row ? sql_get_u64(&call) : 0;
    sql_end(&call);
    return FAULT_NONE;
}
