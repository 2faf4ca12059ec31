/* What was asked of officers, and when each share was last shown (docs/vault.md "Drills"). */
#include "base/span.h"
#include "role/vault/vault_store_inner.h"

#define AHEAD_US VAULT_US_DAY /* how far a clock may have gone back */

static bool is_far_ahead(u64 time_us, u64 now_us)
{
    return time_us > now_us && time_us - now_us > AHEAD_US;
}

bool vault_time_within(u64 time_us, u64 now_us, u32 days)
{
    return !is_far_ahead(time_us, now_us) &&
           (time_us > now_us || now_us - time_us <= days * VAULT_US_DAY);
}

/* One number, where there is a row. */
static enum fault number_get(struct vault_store *store, enum vault_statement statement,
                             struct sql_call *call, u64 *number_out, bool *found_out)
{
    TRY(sql_next(&store->keys, call, found_out));
    *number_out = *found_out ? sql_get_u64(call) : 0;
    if (*found_out) {
        sql_end(call);
    }
    if (*number_out <= INT64_MAX) {
        return FAULT_NONE;
    }
    return FAULT(FAULT_ROT, "%s: %s: a row that cannot be", store->keys.path,
                 statement == VAULT_SQL_ASK_FIND ? "asks" : "drills");
}

/* ---- what is asked ---- */

enum fault vault_store_asks_over(struct vault_store *store, u64 now_us)
{
    const u64 span_us = VAULT_ASK_DAYS * VAULT_US_DAY;
    struct sql_call call = vault_call(store, VAULT_SQL_ASKS_OVER);
    sql_put_u64(&call, now_us < span_us ? 0 : now_us - span_us);
    sql_put_u64(&call, now_us + AHEAD_US);
    return vault_do(store, VAULT_SQL_ASKS_OVER, &call);
}

enum fault vault_store_asks_add(struct vault_store *store, const u8 nonce[VAULT_NONCE_BYTES],
                                u64 now_us)
{
    u64 count = 0;
    bool row = false;
    TRY(vault_store_asks_over(store, now_us));
    struct sql_call call = vault_call(store, VAULT_SQL_ASKS);
    TRY(number_get(store, VAULT_SQL_ASKS, &call, &count, &row));
    if (count >= VAULT_ASKS_MAX) {
        return FAULT(FAULT_LIMIT, "%u drills are open already", VAULT_ASKS_MAX);
    }
    call = vault_call(store, VAULT_SQL_ASK_ADD);
    sql_put_bytes(&call, span_of(nonce, VAULT_NONCE_BYTES));
    sql_put_u64(&call, now_us);
    return vault_do(store, VAULT_SQL_ASK_ADD, &call);
}

enum fault vault_store_ask_find(struct vault_store *store, const u8 nonce[VAULT_NONCE_BYTES],
                                u64 now_us, u64 *asked_us_out)
{
    bool found = false;
    struct sql_call call = vault_call(store, VAULT_SQL_ASK_FIND);
    sql_put_bytes(&call, span_of(nonce, VAULT_NONCE_BYTES));
    TRY(number_get(store, VAULT_SQL_ASK_FIND, &call, asked_us_out, &found));
    return found && vault_time_within(*asked_us_out, now_us, VAULT_ASK_DAYS)
               ? FAULT_NONE
               : FAULT(FAULT_MISSING, "no such drill was begun here in the last %u days",
                       VAULT_ASK_DAYS);
}

/* ---- what is shown ---- */

enum fault vault_store_shown(struct vault_store *store, const u8 point[VAULT_POINT_BYTES],
                             u64 *asked_us_out)
{
    bool found = false;
    struct sql_call call = vault_call(store, VAULT_SQL_DRILL_FIND);
    sql_put_bytes(&call, span_of(point, VAULT_POINT_BYTES));
    return number_get(store, VAULT_SQL_DRILL_FIND, &call, asked_us_out, &found);
}

static enum fault shown_set(struct vault_store *store, const u8 point[VAULT_POINT_BYTES],
                            u64 asked_us, const struct vault_event *event)
{
    struct sql_call call = vault_call(store, VAULT_SQL_DRILL_SET);
    sql_put_bytes(&call, span_of(point, VAULT_POINT_BYTES));
    sql_put_u64(&call, asked_us);
    TRY(vault_do(store, VAULT_SQL_DRILL_SET, &call));
    vault_step(store);
    TRY(vault_event_add(store, event));
    vault_step(store);
    return FAULT_NONE;
}

enum fault vault_store_show(struct vault_store *store, const u8 point[VAULT_POINT_BYTES],
                            u64 asked_us, const struct vault_event *event)
{
    u64 before_us = 0;
    enum fault fault = vault_store_shown(store, point, &before_us);
    if (fault == FAULT_ROT) { /* what is true takes its place */
        fault_forget();
        before_us = 0;
        fault = FAULT_NONE;
    }
    TRY(fault);
    /* One that a wrong clock put far ahead must not stand in the way of what is true. */
    if (before_us >= asked_us && !is_far_ahead(before_us, event->time_us)) {
        return FAULT(FAULT_EXISTS, "this share was shown in this drill already, or in a later one");
    }
    vault_step(store);
    TRY(vault_begin(store, VAULT_IN_KEYS));
    TRY(vault_end(store, VAULT_IN_KEYS, shown_set(store, point, asked_us, event)));
    vault_step(store);
    return FAULT_NONE;
}
