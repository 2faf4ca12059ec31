/* Numbers of events where keys.db is another than the one that the log was told of: a copy of
 * yesterday that was put back, or a new file.
 *
 * `fresh` is the number of the first event since the last opening, until the log has asked since;
 * then 0. The log cannot have been told of that event, so a log that asks for what is beyond it was
 * told by another file. What has happened since the opening is then moved behind what the log has,
 * with an event `restored` before it: the log is told both, and neither twice. One transaction: a
 * kill leaves the numbers of before, and the log asks again.
 *
 * A copy that is made while `fresh` is set would take the events before it for new ones where it is
 * put back: vault_copy_finish makes it say that there are none. */
#include "base/check.h"
#include "base/span.h"
#include "role/vault/vault_store_inner.h"

#define NUMBER_MAX (1ULL << 48) /* nobody has had so many events */

static enum fault one_number(struct vault_store *store, enum vault_statement statement,
                             u64 *number_out)
{
    struct sql_call call = vault_call(store, statement);
    bool row = false;
    TRY(sql_next(&store->keys, &call, &row));
    if (!row) {
        return vault_rot(&store->keys);
    }
    *number_out = sql_get_u64(&call);
    sql_end(&call);
    return FAULT_NONE;
}

static enum fault with_number(struct vault_store *store, enum vault_statement statement, u64 number)
{
    struct sql_call call = vault_call(store, statement);
    sql_put_u64(&call, number);
    return vault_do(store, statement, &call);
}

/* The first number that no event has. */
static enum fault next_number(struct vault_store *store, u64 *next_out)
{
    TRY(one_number(store, VAULT_SQL_EVENT_NEWEST, next_out));
    if (*next_out >= NUMBER_MAX) {
        return vault_rot(&store->keys);
    }
    *next_out += 1;
    return FAULT_NONE;
}

enum fault vault_fresh_open(struct vault_store *store)
{
    u64 fresh = 0;
    u64 next = 0;
    TRY(one_number(store, VAULT_SQL_FRESH, &fresh));
    if (fresh != 0) {
        return FAULT_NONE;
    }
    TRY(next_number(store, &next));
    return with_number(store, VAULT_SQL_FRESH_SET, next);
}

/* From `first` on behind `to`. Twice, so that no two have the same number in between. */
static enum fault events_move(struct vault_store *store, u64 first, u64 to, u64 now_us)
{
    static const u8 nobody[VAULT_CASE_BYTES] = {0};
    TRY(with_number(store, VAULT_SQL_EVENTS_LIFT, first));
    TRY(with_number(store, VAULT_SQL_EVENTS_DROP, to + 1 - first));
    struct sql_call call = vault_call(store, VAULT_SQL_EVENT_PUT);
    sql_put_u64(&call, to);
    sql_put_u64(&call, now_us);
    sql_put_u64(&call, VAULT_EVENT_RESTORED);
    sql_put_u64(&call, to - first);
    sql_put_bytes(&call, span_of(nobody, sizeof(nobody)));
    TRY(vault_do(store, VAULT_SQL_EVENT_PUT, &call));
    return with_number(store, VAULT_SQL_FRESH_SET, 0);
}

enum fault vault_store_asked(struct vault_store *store, u64 from, u64 now_us, u64 *passed_out)
{
    u64 fresh = 0;
    u64 next = 0;
    *passed_out = 0;
    TRY(one_number(store, VAULT_SQL_FRESH, &fresh));
    TRY(next_number(store, &next));
    u64 first = fresh == 0 ? next : u64_min(fresh, next);
    if (from <= first) {
        return fresh == 0 ? FAULT_NONE : with_number(store, VAULT_SQL_FRESH_SET, 0);
    }
    if (from >= NUMBER_MAX - next) {
        return FAULT(FAULT_REFUSED, "no log was told of %lu events", from - 1);
    }
    vault_step(store);
    TRY(vault_begin(store, VAULT_IN_KEYS));
    enum fault fault = events_move(store, first, from, now_us);
    vault_step(store);
    TRY(vault_end(store, VAULT_IN_KEYS, fault));
    vault_step(store);
    *passed_out = from - first;
    return FAULT_NONE;
}

enum fault vault_copy_finish(const char *path)
{
    struct sql sql;
    TRY(sql_open(&sql, path, SQL_WRITE, &vault_keys_format));
    enum fault fault = sql_run(&sql, "UPDATE told SET fresh=0");
    if (fault == FAULT_NONE) {
        fault = sql_settle(&sql);
    }
    sql_close(&sql);
    return fault;
}
